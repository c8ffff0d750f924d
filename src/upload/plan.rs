//! What is asked of an upload.

use serde::{Deserialize, Serialize};

use super::layout::chunk_size;
use crate::api::{Encoding, MediaId, Request, Subtitle, UserId};
use crate::profile::Category;

/// What is asked of one upload. It does not change while the upload is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Size of the file in bytes.
    pub size: u64,
    /// MIME type, such as `video/mp4`.
    pub media_type: String,
    /// What the upload is for. Absent: the server goes by the type.
    pub category: Option<Category>,
    /// Other users who may use the upload.
    pub additional_owners: Vec<UserId>,
    /// How media are written into requests.
    pub encoding: Encoding,
    /// Whether the file goes in one call, which cannot be resumed.
    pub simple: bool,
    /// Bytes of a segment. Absent: as few as have been seen to work everywhere.
    pub chunk: Option<u64>,
    /// Segments under way at the same time, at least 1.
    pub parallel: usize,
    /// What comes after the upload, in order.
    pub follow_ups: Vec<FollowUp>,
}

/// What comes after an upload has succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// The alternative text of an image or a GIF.
    AltText(String),
    /// Subtitles that were uploaded before.
    Subtitle(Subtitle),
}

impl Plan {
    /// Bytes of a segment where nothing has made them smaller yet.
    pub fn chunk_size(&self) -> u64 {
        chunk_size(self.size, self.chunk).max(1)
    }

    /// The call that begins the upload.
    pub(super) fn initialize(&self) -> Request {
        Request::Initialize {
            total_bytes: self.size,
            media_type: self.media_type.clone(),
            category: self.category,
            additional_owners: self.additional_owners.clone(),
            shared: false,
        }
    }

    /// The call of a follow-up. `id` is the upload.
    pub(super) fn follow_up(&self, id: MediaId, follow_up: &FollowUp) -> Request {
        match follow_up {
            FollowUp::AltText(text) => Request::Metadata { id, alt_text: text.clone() },
            FollowUp::Subtitle(subtitle) => Request::SubtitlesCreate {
                video: id,
                category: self.category.unwrap_or(Category::TweetVideo),
                subtitles: vec![subtitle.clone()],
            },
        }
    }
}
