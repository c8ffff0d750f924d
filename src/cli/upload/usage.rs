//! What is wrong with the arguments of an upload.

use std::path::PathBuf;

use media_preflight::api::{EncodeError, Version};
use media_preflight::upload::{LARGEST_BASE64_CHUNK, LARGEST_CHUNK};

/// What is wrong with the arguments of an upload.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UploadUsage {
    /// Standard input cannot be read twice.
    #[error("standard input (-) cannot be uploaded: it could not be sent again; save it to a file first")]
    StandardInput,
    /// Only images go in one call.
    #[error("--simple is for images: {path} is {what}")]
    SimpleNeedsImage {
        /// The file.
        path: String,
        /// What it is.
        what: String,
    },
    /// The size of segments is out of bounds.
    #[error("--chunk-size {0}: a segment has from 1 to {LARGEST_CHUNK} bytes ({LARGEST_BASE64_CHUNK} with --base64)")]
    ChunkSize(u64),
    /// A file would have too many segments.
    #[error("--chunk-size {chunk}: {path} would have {segments} segments, and 1000 are allowed; take at least {least}")]
    TooManySegments {
        /// Bytes of a segment.
        chunk: u64,
        /// The file.
        path: String,
        /// How many it would have.
        segments: u64,
        /// Bytes of a segment that would do.
        least: u64,
    },
    /// The subtitles cannot be put in the words of the API.
    #[error("--subtitle: {0}")]
    Subtitle(EncodeError),
    /// The language cannot be put in the words of the API.
    #[error("{0}")]
    Language(EncodeError),
    /// Subtitles of one language replace each other.
    #[error(
        "the subtitles {first} and {second} are both {wire} for version {version} of the API, where a video has one of each: \
         the second would replace the first"
    )]
    SameLanguage {
        /// The tag that came first.
        first: String,
        /// The one that came later.
        second: String,
        /// What both are on the wire.
        wire: String,
        /// The version.
        version: Version,
    },
    /// There are subtitles and no video.
    #[error("--subtitle belongs to a video, and this run has none")]
    SubtitleWithoutVideo,
    /// The system names no place for state.
    #[error("there is no folder to remember uploads in: name one with --state-dir")]
    NoStateFolder,
    /// What was named is not remembered.
    #[error("no upload is remembered for {0}; `preflight uploads list` shows those that are")]
    UnknownUpload(String),
    /// What was named could be several.
    #[error("{0} could be several uploads: give more of the name that `preflight uploads list` shows")]
    AmbiguousUpload(String),
    /// The alternative text is too long.
    #[error("the alternative text has {0} characters, and 1000 are allowed")]
    AltTextTooLong(usize),
    /// The receipts cannot be used.
    #[error("--receipts {}: this is no folder", .0.display())]
    NoReceipts(PathBuf),
}
