//! Facts of a video track.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::pictures::{Gop, GopLength, OpenGops, Scan, SyncContradiction};
use super::timeline::Timeline;
use crate::units::{Dimensions, Duration, Ratio};

/// A video track.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Video {
    /// Profile by name, such as `High` or `Main 10`.
    pub profile: Fact<Cow<'static, str>>,
    /// Level, as the standard writes it, such as `4.1`.
    pub level: Fact<Cow<'static, str>>,
    /// Chroma sampling.
    pub chroma_format: Fact<ChromaFormat>,
    /// Bits per luma sample.
    pub bit_depth_luma: Fact<u8>,
    /// Bits per chroma sample.
    pub bit_depth_chroma: Fact<u8>,
    /// Size of the decoded picture, cropping applied, before rotation: from the SPS for H.264.
    pub dimensions: Fact<Dimensions>,
    /// Further sizes that the pictures change to on the way, at most 16, as `dimensions` are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_dimensions: Vec<Fact<Dimensions>>,
    /// Size that the sample entry claims, which decides nothing where the bitstream tells.
    pub entry_dimensions: Fact<Dimensions>,
    /// Size that `tkhd` claims, in whole pixels, before rotation.
    pub track_dimensions: Fact<Dimensions>,
    /// Turn and flip of the `tkhd` matrix.
    pub rotation: Fact<Rotation>,
    /// `dimensions` turned by `rotation`.
    pub displayed: Fact<Dimensions>,
    /// Clean aperture (`clap`), rounded down to whole pixels. Absent: the whole picture.
    pub clean_aperture: Fact<Dimensions>,
    /// Width over height of a pixel, from `pasp`. Absent: not given there.
    pub pixel_aspect_box: Fact<Ratio>,
    /// Width over height of a pixel, from the VUI of the SPS. Absent: not given there.
    pub pixel_aspect_vui: Fact<Ratio>,
    /// Frames over time.
    pub frame_rate: Fact<FrameRate>,
    /// Colour description. Absent: not given.
    pub colour: Fact<Colour>,
    /// `frame_mbs_only_flag` of the SPS: true says that every picture is a progressive frame.
    pub frame_mbs_only: Fact<bool>,
    /// `fiel` box: 1 progressive, 2 interlaced. Absent: no such box.
    pub field_count_box: Fact<u8>,
    /// `fiel` box of interlaced video: which field is shown first. Absent: no such box, or it does not say.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub first_field: Option<FirstField>,
    /// Interlacing, decided from the coded pictures.
    pub scan: Fact<Scan>,
    /// Open GOPs, decided from the coded pictures.
    pub open_gops: Fact<OpenGops>,
    /// The longest GOP, in frames.
    pub longest_gop: Fact<GopLength>,
    /// First contradiction between the sync tables and the bitstream. Absent: they agree.
    pub sync_contradiction: Fact<SyncContradiction>,
    /// Whether the video has no IDR after its first and refreshes itself gradually (`recovery_frame_cnt` above 0).
    pub intra_refresh: Fact<bool>,
    /// All groups of pictures in decoding order, at most 16384, kept apart from the report because there may be many. None in
    /// scans that draw no timelines.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub gops: Vec<Gop>,
    /// How the bytes spread over the time. Absent: it was not asked for, or times cannot be read. Kept apart from the
    /// report, as the groups of pictures are.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub timeline: Option<Timeline>,
}

impl Video {
    /// The first size of the pictures, as they are shown, that breaks something; where none does, `displayed`.
    pub fn size_that(&self, breaks: impl Fn(Dimensions) -> bool) -> Cow<'_, Fact<Dimensions>> {
        let is_broken = |size: &Fact<Dimensions>| size.value().is_some_and(|size| breaks(*size));
        // Most pictures keep their size, so that nothing needs to be tried.
        if self.other_dimensions.is_empty() || is_broken(&self.displayed) {
            return Cow::Borrowed(&self.displayed);
        }
        let is_turned = self.rotation.value().is_some_and(|rotation| rotation.exchanges_axes());
        let mut others = self.other_dimensions.iter().map(|size| match size {
            Fact::Known { value, at } if is_turned => Cow::Owned(Fact::known(value.turned(), at.clone())),
            other => Cow::Borrowed(other),
        });
        others.find(|size| is_broken(size)).unwrap_or(Cow::Borrowed(&self.displayed))
    }

    /// Width over height of a pixel that players apply: `pasp` wins over the VUI. Absent: neither gives one.
    pub const fn pixel_aspect(&self) -> &Fact<Ratio> {
        if self.pixel_aspect_box.is_absent() { &self.pixel_aspect_vui } else { &self.pixel_aspect_box }
    }
}

/// The field of an interlaced frame that is shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstField {
    /// The one with the first row.
    Top,
    /// The one with the second row.
    Bottom,
}

/// How chroma is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ChromaFormat {
    /// No chroma: `chroma_format_idc` 0.
    #[serde(rename = "monochrome")]
    Monochrome,
    /// 4:2:0: `chroma_format_idc` 1.
    #[serde(rename = "4:2:0")]
    Yuv420,
    /// 4:2:2: `chroma_format_idc` 2.
    #[serde(rename = "4:2:2")]
    Yuv422,
    /// 4:4:4: `chroma_format_idc` 3.
    #[serde(rename = "4:4:4")]
    Yuv444,
    /// Red, green and blue planes: 4:4:4 with the identity matrix.
    #[serde(rename = "RGB")]
    Rgb,
}

impl fmt::Display for ChromaFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Monochrome => "monochrome",
            Self::Yuv420 => "4:2:0",
            Self::Yuv422 => "4:2:2",
            Self::Yuv444 => "4:4:4",
            Self::Rgb => "RGB",
        })
    }
}

/// Quarter turns and a mirror, from the matrix of `tkhd`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rotation {
    /// Degrees clockwise by which the picture is turned when shown: 0, 90, 180 or 270.
    pub degrees: u16,
    /// Whether the picture is mirrored left to right before it is turned.
    pub mirrored: bool,
}

impl Rotation {
    /// Whether width and height are exchanged.
    pub const fn exchanges_axes(self) -> bool {
        self.degrees % 180 == 90
    }
}

/// Frames over time, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FrameRate {
    /// Number of frames; a sample that holds two fields is one.
    pub frames: u64,
    /// Last minus first composition time.
    pub span: Duration,
    /// (frames - 1) / span, in frames a second.
    pub average: Ratio,
    /// Whether all decoding deltas but the last are equal, so that the average is exact; otherwise the clock may be rounded.
    pub uniform: bool,
    /// Frames a second that most deltas ask for: 1 / the most frequent composition delta. Absent: fewer than two frames.
    pub most_frequent: Option<Ratio>,
    /// The shortest run of 8 consecutive intervals in presentation order. Absent: fewer than 9 frames.
    pub fastest_run: Option<FastestRun>,
}

/// The shortest run of 8 consecutive intervals between frames in presentation order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FastestRun {
    /// Sum of the 8 intervals.
    pub span: Duration,
    /// Presentation time of the first of the 9 frames, on the media's clock.
    pub start: Duration,
}

/// Colour description: code points of ISO/IEC 23091-2 (ITU-T H.273).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Colour {
    /// `colour_primaries`.
    pub primaries: u16,
    /// `transfer_characteristics`.
    pub transfer: u16,
    /// `matrix_coefficients`.
    pub matrix: u16,
    /// Whether samples use the full range.
    pub full_range: bool,
}
