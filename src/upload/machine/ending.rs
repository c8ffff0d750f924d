//! Why an upload could not go on.

use std::time::Duration;

use crate::api::{ApiError, ProcessingError};
use crate::units::Bytes;

use super::super::moment::Moment;

/// Why an upload could not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The server refused a call, and would again.
    #[error("the server refused {call}: {error}")]
    Refused {
        /// The call, such as `APPEND`.
        call: &'static str,
        /// What the server said.
        error: Box<ApiError>,
    },
    /// The server looked at the file and does not take it.
    #[error("the server does not take the file: {0}")]
    Processing(ProcessingError),
    /// The server looked at the file, does not take it, and gives no reason.
    #[error("the server does not take the file, and gives no reason")]
    ProcessingFailed,
    /// The server began an upload and did not say which.
    #[error("the server began an upload, and its answer has no media id")]
    Incomplete,
    /// The file has too many segments of the size that the server takes.
    #[error("{} in segments of {chunk} bytes are more than 1000 segments, which the server does not take", Bytes(*.size))]
    TooManySegments {
        /// Bytes of a segment.
        chunk: u64,
        /// Bytes of the file.
        size: u64,
    },
    /// The certificate of the server is not one that is trusted, and will not be by itself.
    #[error("the server is not trusted: {0}; name the certificate of its authority by --ca or SSL_CERT_FILE")]
    Untrusted(String),
    /// A call was made as often as it may be, and failed each time.
    #[error("{call} failed {tries} times, at last: {why}")]
    Exhausted {
        /// The call.
        call: &'static str,
        /// How often it was made.
        tries: u32,
        /// The last failure.
        why: String,
    },
    /// The next try would come after the id has expired.
    #[error("the next try would come when the upload has expired, in {} s", .until.since(*.expires).as_secs())]
    WouldExpire {
        /// When the next try would be.
        until: Moment,
        /// When the id expires.
        expires: Moment,
    },
    /// The server asks for more patience than there is.
    #[error("the rate limit of the server asks to wait for {} s", .0.as_secs())]
    RateLimited(Duration),
    /// The server still looks at the file.
    #[error("after {} s the server has not said yet whether it takes the file{}", .waited.as_secs(), percent_text(*.percent))]
    StillProcessing {
        /// How far it is. Absent: it does not say.
        percent: Option<u8>,
        /// How long it was given.
        waited: Duration,
    },
    /// The file is no longer the one that was checked.
    #[error("the file changed: {0}")]
    Changed(String),
    /// Somebody wants it to end.
    #[error("interrupted")]
    Interrupted,
}

impl Failure {
    /// Whether the same upload can go on later.
    pub const fn is_resumable(&self) -> bool {
        match self {
            Self::Exhausted { .. }
            | Self::WouldExpire { .. }
            | Self::RateLimited(_)
            | Self::StillProcessing { .. }
            | Self::Interrupted => true,
            Self::Refused { .. }
            | Self::Processing(_)
            | Self::ProcessingFailed
            | Self::Incomplete
            | Self::TooManySegments { .. }
            | Self::Untrusted(_)
            | Self::Changed(_) => false,
        }
    }
}

fn percent_text(percent: Option<u8>) -> String {
    percent.map(|percent| format!(" ({percent} % done)")).unwrap_or_default()
}
