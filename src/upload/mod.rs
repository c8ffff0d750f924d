//! Uploads of what passed: in segments, journalled, resumable.
//!
//! [`Machine`] is the protocol, without input or output: it says which call goes out, what must be written down first, and what an
//! answer means. What was written down makes the [`State`] that another run goes on from.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "an upload reads a file, writes a journal, and keeps the time; its machine does none of it"
)]

mod body;
mod call;
mod credentials;
mod driver;
mod hex;
mod http;
mod journal;
#[cfg(feature = "keyring")]
pub mod keyring;
mod layout;
mod machine;
mod media_file;
mod moment;
mod plan;
mod receipt;
mod record;
mod retry;
mod state;

pub use call::call;
pub use credentials::{CredentialName, CredentialsError, Origin, Places, Wallet};
pub use driver::{Ended, Report, Upload, UploadError, now};
pub use http::{Client, ClientError, ClientOptions, is_loopback};
pub use journal::{Entry, Header, Journal, JournalError, Journals, RawPath, Subject, Wanted, WantedSubtitle};
pub use layout::{LARGEST_BASE64_CHUNK, LARGEST_CHUNK, Layout, MOST_SEGMENTS, Segment};
pub use machine::{Failure, Machine, Outcome, Progress, RequestId, Step};
pub use media_file::{FileDigest, MediaFile, Stamp};
pub use moment::{Jitter, Moment};
pub use plan::{FollowUp, Plan};
pub use receipt::{Receipt, ruling};
pub use record::{Record, Stored, Uploaded};
pub use retry::Policy;
pub use state::{Session, State};
