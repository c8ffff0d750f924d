//! Where bytes come from: sources, bounded cursors over them, bit readers, and the budget that bounds all work.

mod bits;
mod budget;
mod cursor;
#[cfg(feature = "fs")]
mod file;
mod reader;
mod source;
#[cfg(test)]
pub(crate) mod testing;

pub use budget::{Budget, Exhausted, Extras, Limits, Resource};
#[cfg(feature = "fs")]
pub use file::FileSource;
pub use source::{ByteRange, Source, SourceError};

pub(crate) use bits::{BitReader, BitsEnded, unescape};
pub(crate) use cursor::{Cursor, CursorEnded};
pub(crate) use reader::{Reader, Stop};
