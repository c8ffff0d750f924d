//! Carries out what a plan says of images and GIFs: bytes in, bytes out, within limits of memory and work.

mod alpha;
mod animated;
mod bare;
mod profile;
mod still;

use crate::facts::{Facts, Format};
use crate::transcode::plan::{Action, extension_of};

pub use bare::bare;

/// Why an image could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file cannot be decoded.
    #[error("the picture cannot be decoded: {0}")]
    Undecodable(String),
    /// The result cannot be encoded.
    #[error("the picture cannot be encoded: {0}")]
    Unencodable(String),
    /// Decoding it would take more than the program allows itself.
    #[error("{what} would reach {needed}, and {allowed} is allowed")]
    TooLarge {
        /// What would.
        what: &'static str,
        /// How much.
        needed: u64,
        /// How much is allowed.
        allowed: u64,
    },
    /// Even a small and coarse picture has too many bytes.
    #[error("no picture of a sensible size fits {0} bytes")]
    DoesNotFit(u64),
    /// It moves, and nobody asked for its first picture alone.
    #[error("it is an animation, of which only the first picture could be written")]
    Animated,
    /// It was asked to end.
    #[error("interrupted")]
    Stopped,
}

impl ImageError {
    /// Whether it was asked to end.
    pub const fn is_stop(&self) -> bool {
        matches!(self, Self::Stopped)
    }

    fn undecodable(why: impl std::fmt::Display) -> Self {
        Self::Undecodable(why.to_string())
    }

    fn unencodable(why: impl std::fmt::Display) -> Self {
        Self::Unencodable(why.to_string())
    }
}

/// The file after the actions, and the extension of what it is then. `stop` is asked now and then whether to end.
pub fn apply(
    bytes: &[u8],
    facts: &Facts,
    actions: &[&Action],
    stop: &dyn Fn() -> bool,
) -> Result<(Vec<u8>, &'static str), ImageError> {
    let is_drawn = |action: &&Action| {
        matches!(action, Action::DropFrames { .. } | Action::ScaleGif { .. } | Action::FitGif { .. })
    };
    let is_ended = actions.iter().any(|action| matches!(action, Action::EndGif));
    let ended = if is_ended { Some(animated::ended(bytes)?) } else { None };
    let bytes = ended.as_deref().unwrap_or(bytes);
    let is_bared = actions.iter().any(|action| matches!(action, Action::DropMetadata { .. }));
    let orientation = facts.image.as_ref().and_then(|image| image.orientation.value().copied());
    let bared = if is_bared { bare(bytes, facts.format, orientation) } else { None };
    let bytes = bared.as_deref().unwrap_or(bytes);
    if facts.format == Format::Gif && actions.iter().any(is_drawn) {
        return Ok((animated::redrawn(bytes, actions, stop)?, "gif"));
    }
    let is_still = |action: &&Action| {
        matches!(
            action,
            Action::ScaleImage { .. } | Action::FitImage { .. } | Action::FirstPicture | Action::ToPng { .. }
        )
    };
    if actions.iter().any(is_still) {
        if facts.is_animated() && !actions.contains(&&Action::FirstPicture) {
            return Err(ImageError::Animated);
        }
        return still::made(bytes, facts, actions, stop);
    }
    Ok((bytes.to_vec(), extension_of(facts.format).unwrap_or("bin")))
}

/// Holds an amount of memory or of work against what is allowed.
fn within(what: &'static str, needed: u64, allowed: u64) -> Result<(), ImageError> {
    if needed > allowed { Err(ImageError::TooLarge { what, needed, allowed }) } else { Ok(()) }
}

/// Bytes held at one time by one decoded picture.
const MEMORY: u64 = 1 << 30;
/// Pixels decoded in all.
const WORK: u64 = 1 << 32;

#[cfg(test)]
mod tests;
