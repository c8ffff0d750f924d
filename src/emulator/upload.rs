//! An upload as the server knows it: what INIT said, the segments that came, and what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::judgement::Judgement;
use crate::api::{MediaId, MediaKey, Subtitle, UserId, Version};
use crate::profile::{Category, Use};

/// Milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// The time so many seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Seconds since 1970, rounded down.
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }
}

/// One upload. It is stored as `meta.json` beside its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its identifier.
    #[serde(rename = "media_id_string")]
    pub id: MediaId,
    /// What other calls name it by.
    pub media_key: Option<MediaKey>,
    /// How far it is.
    pub phase: Phase,
    /// The version of the API that began it.
    pub api: Version,
    /// Size of the whole file in bytes, as INIT named it.
    pub total_bytes: u64,
    /// MIME type, as INIT named it.
    pub media_type: String,
    /// Category, if INIT named one.
    pub media_category: Option<Category>,
    /// Other users who may use it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_owners: Vec<UserId>,
    /// Whether several direct messages may use it.
    #[serde(default)]
    pub shared: bool,
    /// When it was begun.
    pub created_ms: Millis,
    /// From when on it can no longer be used.
    pub expires_ms: Millis,
    /// Whether it came in one call, without INIT.
    #[serde(default)]
    pub one_shot: bool,
    /// Length of each segment. Until FINALIZE the files of the segments say it, so that it need not be written each time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub segments: BTreeMap<u16, u64>,
    /// When FINALIZE was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finalized_ms: Option<Millis>,
    /// What the check made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<Judgement>,
    /// Alternative text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// Subtitles that were attached to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subtitles: Vec<Subtitle>,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Segments are taken.
    Receiving,
    /// FINALIZE was accepted, and the check is not done.
    Processing,
    /// The check is done, and the upload can be used.
    Succeeded,
    /// The check is done, and the upload is of no use.
    Failed,
}

impl Upload {
    /// Whether FINALIZE answers at once and STATUS tells the outcome: videos and animated GIFs with a category.
    pub fn is_asynchronous(&self) -> bool {
        self.media_category.is_some_and(|category| matches!(category.takes(), Use::Video | Use::Gif))
    }

    /// Whether these are subtitles.
    pub fn is_subtitles(&self) -> bool {
        self.media_category.is_some_and(|category| category.takes() == Use::Captions)
    }

    /// Whether it can no longer be used.
    pub fn is_expired(&self, now: Millis) -> bool {
        now >= self.expires_ms
    }

    /// Bytes of all segments.
    pub fn received(&self) -> u64 {
        self.segments.values().fold(0, |sum, length| sum.saturating_add(*length))
    }

    /// Whether the segments are there from the first to the last, without a gap, and make up the whole size.
    pub fn is_complete(&self) -> bool {
        let in_order = self.segments.keys().enumerate().all(|(place, &index)| place == usize::from(index));
        in_order && self.received() == self.total_bytes
    }
}

/// How an upload stands, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// `receiving`, or a state of the processing.
    pub(super) state: String,
    /// How much is processed.
    pub(super) percent: Option<u8>,
    /// Why it is of no use, in the words of the platform.
    pub(super) error: Option<String>,
}

/// What other calls name an upload by: 3 is an image, 7 a video, 13 a video for promotion, 16 an animated GIF.
pub(super) fn media_key(id: MediaId, category: Option<Category>, media_type: &str) -> Option<MediaKey> {
    let kind = match category {
        Some(Category::AmplifyVideo) => 13,
        Some(Category::TweetVideo | Category::DmVideo | Category::Subtitles) => 7,
        Some(Category::TweetGif | Category::DmGif) => 16,
        None if media_type.starts_with("video/") => 7,
        Some(Category::TweetImage | Category::DmImage) | None => 3,
    };
    format!("{kind}_{id}").parse().ok()
}
