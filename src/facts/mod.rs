//! What was read from a file, each fact with the place it was read from.
//!
//! A fact is known, absent or unknown with a reason: rules never take an unknown for a pass. Facts use plain
//! words (`bit_depth`); the structures of a standard keep its spelling and stay inside `syntax`.

mod animation;
mod anomaly;
mod audio;
mod captions;
mod container;
mod evidence;
mod fact;
mod format;
mod image;
mod movie;
mod pictures;
mod presentation;
mod tag;
mod timeline;
mod video;

use serde::{Deserialize, Serialize};

pub use animation::Animation;
pub use anomaly::{Anomaly, AnomalyKind};
pub use audio::{Audio, Extension};
pub use captions::{CaptionFault, CaptionFaultKind, Captions, TextEncoding};
pub use container::Container;
pub(crate) use container::FixedPath;
pub use evidence::{Evidence, Path};
pub use fact::{Fact, Why};
pub use format::{Format, MediaType};
pub use image::{Image, Orientation, Pixels};
pub use movie::{Codec, FourCc, Movie, Track, TrackKind};
pub use pictures::{Gop, GopKind, GopLength, OpenGops, PicturePlace, Scan, SyncContradiction};
pub use presentation::{Frames, Presentation};
pub use tag::Tag;
pub use timeline::Timeline;
pub use video::{ChromaFormat, Colour, FastestRun, FirstField, FrameRate, Rotation, Video};

/// All facts of one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Facts {
    /// Length of the file in bytes.
    pub size: u64,
    /// The format, by content.
    pub format: Format,
    /// Present for still and animated images, GIF included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Box<Image>>,
    /// Present for GIF, and for WebP and PNG that say they are animated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub animation: Option<Box<Animation>>,
    /// Present for MP4 and QuickTime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub movie: Option<Box<Movie>>,
    /// Present for SubRip and WebVTT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captions: Option<Box<Captions>>,
    /// What decoding every pixel showed. Absent: it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pixels: Option<Pixels>,
    /// What is wrong or odd in the structure of the file, in the order it was met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anomalies: Vec<Anomaly>,
}

impl Facts {
    /// Facts of a file of which only size and format are known.
    pub const fn new(size: u64, format: Format) -> Self {
        Self {
            size,
            format,
            image: None,
            animation: None,
            movie: None,
            captions: None,
            pixels: None,
            anomalies: Vec::new(),
        }
    }

    /// Whether the file holds more than one GIF frame.
    pub fn is_animated_gif(&self) -> bool {
        self.format == Format::Gif
            && self.animation.as_ref().is_some_and(|a| a.frames.value().is_some_and(|&frames| frames > 1))
    }

    /// Whether it is an image of several pictures, of any format, or one of which that cannot be told.
    pub fn is_animated(&self) -> bool {
        self.animation.as_ref().is_some_and(|animation| animation.frames.value() != Some(&1))
    }

    /// The video track that is checked: the first enabled one, or the first one if none is enabled.
    pub fn video_track(&self) -> Option<&Track> {
        self.movie.as_ref()?.video_track()
    }
}
