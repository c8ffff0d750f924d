//! What INIT and a simple upload allow.

use super::Machine;
use crate::api::UserId;
use crate::emulator::Refusal;
use crate::emulator::store::Store;
use crate::profile::Category;

impl<S: Store> Machine<S> {
    /// Refuses what is larger than the category takes; without one, than what the type takes, which for any image is the limit of
    /// a photo.
    pub(super) fn allow_size(&self, bytes: u64, category: Option<Category>, media_type: &str) -> Result<(), Refusal> {
        if bytes == 0 {
            return Err(Refusal::Invalid("total_bytes"));
        }
        let category = category.unwrap_or(match media_type {
            image if image.starts_with("image/") => Category::TweetImage,
            text if text.starts_with("text/") => Category::Subtitles,
            _ => Category::TweetVideo,
        });
        let limit = self.settings.profile.limits().file_too_large.of(Some(category)).value.0;
        let limit = limit.map_or(MAX_TOTAL, |limit| limit.0.min(MAX_TOTAL));
        if bytes > limit { Err(Refusal::TooLarge(limit)) } else { Ok(()) }
    }
}

/// The type as it is compared: without parameters, in lower case. Refuses what the platform does not take.
pub(super) fn known_type(media_type: &str, category: Option<Category>) -> Result<String, Refusal> {
    let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_subtitles = category == Some(Category::Subtitles);
    // Tables of types know SubRip by several names, and some not at all.
    let is_text =
        plain.starts_with("text/") || matches!(plain.as_str(), "application/x-subrip" | "application/octet-stream");
    if MEDIA_TYPES.contains(&plain.as_str()) || is_subtitles && is_text { Ok(plain) } else { Err(Refusal::MediaType) }
}

pub(super) fn allow_owners(owners: &[UserId]) -> Result<(), Refusal> {
    if owners.len() > MAX_OWNERS { Err(Refusal::Invalid("additional_owners")) } else { Ok(()) }
}

/// What INIT takes: the enumeration of v2, and what v1.1 clients are seen to send.
const MEDIA_TYPES: [&str; 14] = [
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "video/mp2t",
    "text/srt",
    "text/vtt",
    "image/jpeg",
    "image/jpg",
    "image/pjpeg",
    "image/gif",
    "image/png",
    "image/webp",
    "image/bmp",
    "image/tiff",
];

/// Most bytes of any upload: the maximum of `total_bytes` in v2.
pub(super) const MAX_TOTAL: u64 = 17_179_869_184;
/// Most other users of an upload.
const MAX_OWNERS: usize = 100;
