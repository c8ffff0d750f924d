//! Whole libraries: walks directories, checks what it finds on several threads, and remembers what it read.
//!
//! [`Scan::run`] hands the answers to one function in the order of the paths, whatever the number of threads, and holds
//! only a window of them. A [`Cache`] makes a second scan of an unchanged library open no file.

#![expect(clippy::disallowed_methods, reason = "a scan reads the file system")]

mod alt_text;
mod block;
mod cache;
mod chosen;
mod folder;
mod guard;
mod ignored;
mod kept;
mod listing;
mod media;
mod pack;
mod pool;
mod record;
mod ruling;
mod seen;
mod source;
mod stamp;
mod store;
mod walk;
#[cfg(feature = "watch")]
mod watch;
mod work;
mod writer;

pub use alt_text::{ALT_TEXT_ENDING, alt_text_beside};
pub use cache::{Cache, CacheStats, Opening};
pub use guard::silence_guarded_panics;
pub use media::{is_media, is_named_media};
pub use pool::{Scan, ScanError, ScanOptions, Scanned, Skip, Totals, Wanted};
pub use ruling::{Ruling, Rulings};
pub use seen::whole_from;
pub use walk::{Found, SYMBOLIC_LINK, Walk, WalkOptions};
#[cfg(feature = "watch")]
pub use watch::{Watch, WatchError, WatchOptions, Watched};
