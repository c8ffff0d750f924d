//! Facts of animated images: GIF always, WebP and PNG where they say they are animated.

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::fact::Fact;
use crate::units::Duration;

/// The frames of an animated image. Every GIF has these facts, one-frame GIFs too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Animation {
    /// Number of frames. For GIF, image descriptors before the first trailer; for PNG, what `acTL` says. In a file that
    /// is cut or damaged, those that begin in front of the damage.
    pub frames: Fact<u64>,
    /// How often the animation is played; 0 is for ever. For GIF, one more than the repetitions that the file asks for.
    /// Absent: once.
    pub loop_count: Fact<u32>,
    /// Sum of the frames' delays.
    pub duration: Fact<Duration>,
    /// GIF only: how long all frames are shown. Browsers take a delay of 0 or 1 hundredths of a second for a tenth of a second.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub shown: Fact<Duration>,
    /// GIF only: how long the last frame is shown, by the same rule.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub last_shown: Fact<Duration>,
    /// GIF only: when each frame is shown, by the same rule, in hundredths of a second, in the order of the file; unknown where it was not asked for, or where there are very many.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub times: Fact<Vec<u64>>,
    /// GIF only: whether a part of the canvas may be transparent at some time: the first frame does not cover it with opaque
    /// pixels, or a frame is cleared away.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub may_be_transparent: bool,
    /// GIF only: whether the trailer is there. Unknown for the other formats' facts is never used; they are absent.
    pub trailer: Fact<bool>,
    /// GIF only: number of frames that reach outside the canvas.
    pub frames_outside_canvas: u64,
    /// GIF only: the first frame that reaches outside the canvas, counted from 0.
    pub first_outside_canvas: Option<u64>,
    /// GIF only: where that frame's descriptor stands.
    pub outside_canvas_at: Option<Evidence>,
    /// GIF only: bytes after the first trailer.
    pub bytes_after_trailer: u64,
    /// GIF only: image descriptors after the first trailer, which no reader shows.
    pub frames_after_trailer: u64,
}
