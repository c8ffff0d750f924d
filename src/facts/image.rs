//! Facts of still images, and of the canvas of animated ones.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use crate::units::Dimensions;

/// A still image, or the canvas of an animated one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Image {
    /// Size as stored, before the orientation is applied. For GIF the canvas: the logical screen, or the first
    /// frame's size where the screen is 0x0.
    pub dimensions: Fact<Dimensions>,
    /// EXIF orientation. Absent: shown as stored.
    pub orientation: Fact<Orientation>,
    /// Where it was taken, as ISO 6709 writes it, from Exif. Absent: not told; unknown where it was not asked for. It may be
    /// private, and is no part of a report's JSON.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub location: Fact<String>,
    /// Bytes that the picture does not need: metadata, comments, and what stands behind its end. Unknown where nobody looked.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub spare: Fact<u64>,
    /// TIFF only: number of pictures, at most 4096. Unknown for the others, which have one.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub pages: Fact<u64>,
    /// TIFF only: whether the first picture is a smaller copy of another, as in raw files of cameras.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub is_preview: bool,
    /// TIFF only: whether PNG holds all that is in the file.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub fits_png: bool,
    /// Bits per sample. Absent for GIF.
    pub bit_depth: Fact<u8>,
    /// Channels or palette, as the format names them, such as `palette`, `YCbCr` or `truecolour with alpha`.
    pub colour: Fact<Cow<'static, str>>,
    /// Coding process, such as `baseline DCT`, `progressive DCT`, `Adam7 interlace`, `lossy`, `lossless`. Absent where
    /// the format has one only.
    pub coding: Fact<Cow<'static, str>>,
}

/// How a stored image is turned and flipped to be shown (Exif 3.0, tag 0x0112): 1 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Orientation(u8);

impl Orientation {
    /// The orientation with the Exif value 1 to 8; `None` for any other.
    pub const fn new(value: u8) -> Option<Self> {
        if matches!(value, 1..=8) { Some(Self(value)) } else { None }
    }

    /// The Exif value, 1 to 8.
    pub const fn value(self) -> u8 {
        self.0
    }

    /// Whether width and height are exchanged when the image is shown.
    pub const fn exchanges_axes(self) -> bool {
        self.0 >= 5
    }
}

/// What decoding all pixels of an image or of all frames of an animation showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "result")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Pixels {
    /// Every pixel was decoded.
    Whole,
    /// Decoding failed.
    Damaged {
        /// The frame that could not be decoded, counted from 0; 0 for still images.
        frame: u64,
        /// What the decoder said.
        reason: String,
    },
    /// The image is coded in a way that is not decoded here, so nothing is known.
    Unsupported {
        /// What is not decoded.
        reason: String,
    },
    /// Decoding would pass the program's limits of memory or size, so nothing is known.
    TooLarge {
        /// The limit that would be passed.
        reason: String,
    },
}
