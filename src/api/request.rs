//! What a client asks, whichever version it speaks.

use serde::{Deserialize, Serialize};

use super::{MediaId, UserId};
use crate::profile::Category;

/// One call of the upload API. The client encodes it, a server decodes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Begins a chunked upload: INIT, `initialize`.
    Initialize {
        /// Size of the whole file.
        total_bytes: u64,
        /// MIME type, such as `video/mp4`.
        media_type: String,
        /// What the upload is for; without it the server goes by the type.
        category: Option<Category>,
        /// Other users who may use the upload, at most 100.
        additional_owners: Vec<UserId>,
        /// Whether several direct messages may use it.
        shared: bool,
    },
    /// Sends one segment: APPEND, `append`.
    Append {
        /// The upload.
        id: MediaId,
        /// Which segment, from 0.
        segment_index: u16,
        /// The bytes of the segment.
        media: Media,
    },
    /// Ends a chunked upload: FINALIZE, `finalize`.
    Finalize {
        /// The upload.
        id: MediaId,
    },
    /// Asks how the processing goes: STATUS.
    Status {
        /// The upload.
        id: MediaId,
    },
    /// Sends a whole image in one call: the simple upload of v1.1, the one-shot upload of v2.
    Simple {
        /// The bytes of the file.
        media: Media,
        /// What the upload is for. v2 demands one, and is sent `tweet_image` where there is none.
        category: Option<Category>,
        /// Other users who may use the upload, at most 100.
        additional_owners: Vec<UserId>,
    },
    /// Attaches an alternative text: `metadata/create`, `metadata`.
    Metadata {
        /// The upload.
        id: MediaId,
        /// The text, at most 1000 characters.
        alt_text: String,
    },
    /// Attaches uploaded subtitles to a video: `subtitles/create`, `subtitles`.
    SubtitlesCreate {
        /// The video.
        video: MediaId,
        /// Its category.
        category: Category,
        /// The subtitles; v2 takes one a call.
        subtitles: Vec<Subtitle>,
    },
    /// Takes subtitles off a video: `subtitles/delete`, DELETE `subtitles`.
    SubtitlesDelete {
        /// The video.
        video: MediaId,
        /// Its category.
        category: Category,
        /// The languages to take off; v2 takes one a call.
        languages: Vec<String>,
    },
}

/// Uploaded subtitles as they are attached to a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subtitle {
    /// The upload of the subtitles.
    pub id: MediaId,
    /// Their language, a BCP 47 tag such as `en` or `pt-BR`.
    pub language_code: String,
    /// What viewers see, such as `English`.
    pub display_name: String,
}

/// Bytes of media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// A range of the file, which is read as it is sent and never held.
    Range {
        /// Where in the file it begins.
        offset: u64,
        /// How many bytes.
        length: u64,
    },
    /// The bytes themselves, as a server holds them.
    Bytes(Vec<u8>),
}

/// How media are written into a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As they are, in `media`.
    #[default]
    Raw,
    /// As base64 text: `media_data` in v1.1, JSON in v2.
    Base64,
}

impl Request {
    /// The name of the call, such as `APPEND`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Initialize { .. } => "INIT",
            Self::Append { .. } => "APPEND",
            Self::Finalize { .. } => "FINALIZE",
            Self::Status { .. } => "STATUS",
            Self::Simple { .. } => "simple upload",
            Self::Metadata { .. } => "metadata",
            Self::SubtitlesCreate { .. } => "subtitles/create",
            Self::SubtitlesDelete { .. } => "subtitles/delete",
        }
    }

    /// The upload that the call is about; the video for subtitles, `None` where the call makes a new one.
    pub const fn id(&self) -> Option<MediaId> {
        match self {
            Self::Initialize { .. } | Self::Simple { .. } => None,
            Self::Append { id, .. } | Self::Finalize { id } | Self::Status { id } | Self::Metadata { id, .. } => {
                Some(*id)
            }
            Self::SubtitlesCreate { video, .. } | Self::SubtitlesDelete { video, .. } => Some(*video),
        }
    }

    /// The media that the call carries, if it carries any.
    pub const fn media(&self) -> Option<&Media> {
        match self {
            Self::Append { media, .. } | Self::Simple { media, .. } => Some(media),
            _ => None,
        }
    }
}

impl Media {
    /// How many bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Range { length, .. } => *length,
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        }
    }
}
