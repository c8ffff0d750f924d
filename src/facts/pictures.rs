//! Facts that only the coded pictures of a video tell.

use serde::{Deserialize, Serialize};

use crate::units::Duration;

/// One coded frame of a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PicturePlace {
    /// Frame in decoding order, counted from 0.
    pub frame: u64,
    /// Presentation time on the media's clock, edit list not applied.
    pub time: Duration,
    /// Offset of its sample in the file.
    pub offset: u64,
}

/// The open GOPs of a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OpenGops {
    /// How many there are; 0 says that every GOP is closed.
    pub count: u64,
    /// The first random access picture that opens one.
    pub first: Option<PicturePlace>,
    /// Number of pictures that follow it and are shown before it.
    pub leading_pictures: u64,
}

/// The longest GOP of a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GopLength {
    /// Frames from an IDR up to the next one or the end; a field pair is one. Where only the number of samples is
    /// known, that number: an upper bound.
    pub frames: u64,
    /// Whether `frames` is a bound taken from the number of samples and not from the pictures.
    pub upper_bound: bool,
    /// The IDR that begins it. Absent for a bound.
    pub first: Option<PicturePlace>,
}

/// How the pictures of a video are scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Scan {
    /// `frame_mbs_only_flag` is 1: frames only, whatever pic_struct says.
    Progressive,
    /// `frame_mbs_only_flag` is 0, and yet nothing says that a picture is interlaced.
    ProgressiveFrames {
        /// The pictures' headers that say so, such as `frame pictures` or `MBAFF with pic_struct 0`.
        how: String,
    },
    /// At least one picture is interlaced.
    Interlaced {
        /// What is interlaced, such as `field pictures` or `MBAFF frames with pic_struct 3`.
        how: String,
        /// The first interlaced picture.
        first: PicturePlace,
        /// Number of interlaced frames.
        frames: u64,
    },
}

/// A sync table that says other than the bitstream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SyncContradiction {
    /// The table: `stss`, `stps`, `sgpd` or `sdtp`.
    pub table: String,
    /// What it says.
    pub says: String,
    /// What the bitstream says.
    pub bitstream: String,
    /// The first picture about which they disagree.
    pub first: PicturePlace,
    /// Number of pictures about which they disagree.
    pub count: u64,
}

/// One group of pictures: from an IDR or another random access picture up to the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gop {
    /// The picture that begins it.
    pub first: PicturePlace,
    /// What begins it.
    pub kind: GopKind,
    /// Number of frames.
    pub frames: u64,
    /// Bytes of its samples.
    pub bytes: u64,
    /// One letter a frame in decoding order, as x264 writes them: `I` IDR, `i` another I, `P`, `B` a B that others
    /// refer to, `b` one that none does.
    pub types: String,
}

/// What begins a [`Gop`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum GopKind {
    /// An IDR picture, or an I picture with memory management operation 5.
    Idr,
    /// A random access picture that is no IDR, and no picture that needs others is shown before it.
    Closed,
    /// A random access picture that is no IDR, with leading pictures.
    Open,
    /// The first picture of a video that does not begin with a random access picture.
    Start,
}
