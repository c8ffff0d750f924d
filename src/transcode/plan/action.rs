//! What can be done to a file.

use std::fmt;

use serde::Serialize;

use super::options::Trim;
use crate::facts::TextEncoding;
use crate::profile::Category;
use crate::units::{BitRate, Dimensions, Duration, Ratio};

/// What a step costs, from nothing to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Damage {
    /// Only the name, or how it is sent.
    Name,
    /// Bytes of the structure, or of the text of captions; what the file holds stays as it is.
    Patch,
    /// What is said about the picture is left out, and the picture is copied byte for byte.
    Metadata,
    /// The container is written anew, and picture and sound are copied byte for byte.
    Copy,
    /// The container is written anew, picture and sound are copied byte for byte, and other tracks are left out.
    Tracks,
    /// The text is kept if it is in the encoding that its letters look like, which nothing in the file says.
    Guess,
    /// The sound is encoded anew.
    Sound,
    /// The picture is encoded anew.
    Picture,
    /// A part of the film is left out.
    Time,
}

impl Damage {
    /// Whether nothing of picture and sound is lost.
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Name | Self::Patch | Self::Metadata | Self::Copy)
    }

    /// The cost in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Name => "only the name",
            Self::Patch => "patch, nothing is lost",
            Self::Metadata => "the picture stays byte for byte, its metadata go",
            Self::Copy => "copy, nothing is lost",
            Self::Tracks => "picture and sound stay, other tracks are left out",
            Self::Guess => "the encoding is guessed from the letters: look at the result",
            Self::Sound => "the sound is encoded anew",
            Self::Picture => "the picture is encoded anew",
            Self::Time => "a part is left out",
        }
    }
}

/// One thing that can be done to a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "action")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Action {
    /// Give the file the extension of its content.
    Rename {
        /// The extension.
        extension: &'static str,
    },
    /// Send it under another category.
    SendAs {
        /// The category.
        category: Category,
    },
    /// Write the trailer of a GIF behind its last whole frame, and leave out what comes after it.
    EndGif,
    /// Leave out of an image what its picture does not need: metadata, comments, thumbnails, and what stands behind its end. The colour
    /// profile and the orientation stay.
    DropMetadata {
        /// How many bytes that are.
        bytes: u64,
    },
    /// Write captions anew.
    Captions(Captions),
    /// Write WebVTT as SubRip.
    ToSubRip,
    /// Write SubRip as WebVTT.
    ToWebVtt,
    /// Bring the streams of a container that is not read here into an MP4; what they need is known only then.
    Rewrap {
        /// The container does not say when its pictures are shown, which only decoding tells: they are encoded anew.
        encoded: bool,
    },
    /// Write the container anew, with its streams copied.
    Remux {
        /// The file is damaged: what cannot be read is passed over.
        damaged: bool,
        /// The file has tracks that are neither its picture nor sound: they are left out.
        partial: bool,
    },
    /// Show the last picture for longer, by its time in the container alone.
    HoldLast {
        /// Number of the video's samples.
        samples: u64,
        /// How long the last one is shown.
        length: Duration,
    },
    /// Write an edit list that takes off the priming of sound, as every encoder of AAC makes it.
    SkipPriming {
        /// Index of the track in the file, counted from 0.
        track: usize,
        /// How long the priming is.
        length: Duration,
    },
    /// Encode an audio track as AAC LC.
    EncodeSound {
        /// Index of the track in the file, counted from 0.
        track: usize,
        /// Channels of the result; more are mixed down.
        channels: u16,
        /// Samples a second of the result.
        sample_rate: u32,
        /// Bit rate of the result.
        bit_rate: BitRate,
    },
    /// Encode the video as H.264.
    EncodeVideo(Encode),
    /// Make whole frames of fields.
    Deinterlace {
        /// Only those frames that say they are interlaced.
        marked_only: bool,
    },
    /// Show this many frames a second.
    SetRate {
        /// Frames a second.
        to: Ratio,
    },
    /// Scale the picture, to square pixels.
    Scale {
        /// Size as coded, before rotation.
        to: Dimensions,
    },
    /// Put black borders around the picture.
    Pad {
        /// Size as coded, before rotation.
        to: Dimensions,
    },
    /// Keep a part of the film.
    Trim(Trim),
    /// Show only some frames of a GIF, evenly, for as long as all of them.
    DropFrames {
        /// Frames of the result.
        keep: u64,
        /// Frames of the file.
        of: u64,
    },
    /// Make a film of an animated GIF.
    GifToFilm(GifFilm),
    /// Scale a GIF.
    ScaleGif {
        /// Size of the canvas.
        to: Dimensions,
    },
    /// Make a GIF so small that it fits: fewer colours first, then a smaller canvas.
    FitGif {
        /// Bytes at most.
        bytes: u64,
    },
    /// Write an image in another size.
    ScaleImage {
        /// Size as it is shown.
        to: Dimensions,
        /// Bytes at most. Absent: as many as it needs.
        most: Option<u64>,
    },
    /// Write an image so that it fits: at the best quality that does, and smaller only where none does.
    FitImage {
        /// Bytes at most.
        bytes: u64,
    },
    /// Keep the first picture of an animation.
    FirstPicture,
    /// Write an image that is not read here as PNG.
    ToPng {
        /// PNG holds all that is in it.
        exact: bool,
        /// ffmpeg decodes it; others are decoded in process.
        by_ffmpeg: bool,
    },
}

/// How a video is encoded. Always: High profile, 8 bits, 4:2:0, progressive, closed GOPs, its colours as they are tagged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Encode {
    /// Frames of a GOP at most.
    pub gop: u32,
    /// What decides the number of bits.
    pub rate: RateControl,
    /// Whether high dynamic range is mapped to the standard one.
    pub tone_map: bool,
    /// Deinterlace frames that say they are interlaced, which is not known before they are decoded.
    pub deinterlace_marked: bool,
    /// Deinterlace every frame, because the container says that each holds two fields.
    pub deinterlace_all: bool,
    /// Size to which rows and columns are cut off that have no chroma of their own. Absent: the size is even.
    pub crop: Option<Dimensions>,
}

/// How a film is made of an animated GIF: each picture at its time, over white where the GIF is transparent, as H.264 High without
/// B pictures, 4:2:0, closed GOPs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GifFilm {
    /// Frames of the GIF.
    pub frames: u64,
    /// How often they are shown, so that the film is long enough.
    pub plays: u32,
    /// How long the film is.
    pub duration: Duration,
    /// How long the last frame is shown.
    pub last: Duration,
    /// Size of the canvas in the film; whole multiples of that of the GIF, or smaller.
    pub picture: Dimensions,
    /// Size of the film, whose edges are even: with borders where it is larger by more than one row or column.
    pub whole: Dimensions,
    /// Frames of a GOP at most.
    pub gop: u32,
    /// What decides the number of bits.
    pub rate: RateControl,
}

impl GifFilm {
    /// Whether the last row or column is shown twice, since that makes the edges even.
    pub fn is_evened(&self) -> bool {
        self.picture != self.whole && !self.is_bordered()
    }

    /// Whether there are borders around the canvas.
    pub fn is_bordered(&self) -> bool {
        self.whole.width.saturating_sub(self.picture.width) > 1
            || self.whole.height.saturating_sub(self.picture.height) > 1
    }
}

/// What decides the number of bits of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RateControl {
    /// Constant quality under a bound.
    Quality {
        /// Constant rate factor of x264: smaller is better; 18 is taken for visually lossless.
        crf: u8,
        /// Bit rate that is never passed for long.
        most: BitRate,
    },
    /// An average that fills the bytes that are allowed, in two passes.
    Size {
        /// Bit rate on average.
        average: BitRate,
    },
}

/// What is done to captions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Captions {
    /// Encoding that they are in, to be written as UTF-8. Absent: they are UTF-8.
    pub from: Option<TextEncoding>,
    /// Count the cues from 1.
    pub renumber: bool,
    /// Put the cues in the order of their starts.
    pub sort: bool,
}

impl Action {
    /// What it costs.
    pub const fn damage(&self) -> Damage {
        match self {
            Self::Rename { .. } | Self::SendAs { .. } => Damage::Name,
            Self::Captions(Captions { from: Some(TextEncoding::SingleByte), .. }) => Damage::Guess,
            Self::EndGif | Self::Captions(_) | Self::ToSubRip | Self::ToWebVtt => Damage::Patch,
            Self::DropMetadata { .. } => Damage::Metadata,
            Self::Remux { partial: true, .. } => Damage::Tracks,
            Self::Rewrap { encoded: false }
            | Self::Remux { .. }
            | Self::HoldLast { .. }
            | Self::SkipPriming { .. }
            | Self::ToPng { exact: true, .. } => Damage::Copy,
            Self::EncodeSound { .. } => Damage::Sound,
            Self::Rewrap { encoded: true }
            | Self::EncodeVideo(_)
            | Self::Deinterlace { .. }
            | Self::SetRate { .. }
            | Self::Scale { .. }
            | Self::Pad { .. }
            | Self::GifToFilm(_)
            | Self::ScaleGif { .. }
            | Self::FitGif { .. }
            | Self::ScaleImage { .. }
            | Self::FitImage { .. }
            | Self::ToPng { exact: false, .. } => Damage::Picture,
            Self::Trim(_) | Self::DropFrames { .. } | Self::FirstPicture => Damage::Time,
        }
    }

    /// Whether ffmpeg does it; the rest is done in process.
    pub const fn needs_ffmpeg(&self) -> bool {
        matches!(self, Self::Rewrap { .. } | Self::ToPng { by_ffmpeg: true, .. } | Self::GifToFilm(_))
            || self.is_of_movie()
    }

    /// Whether it is done to a movie.
    pub(crate) const fn is_of_movie(&self) -> bool {
        matches!(
            self,
            Self::Remux { .. }
                | Self::HoldLast { .. }
                | Self::SkipPriming { .. }
                | Self::EncodeSound { .. }
                | Self::EncodeVideo(_)
                | Self::Deinterlace { .. }
                | Self::SetRate { .. }
                | Self::Scale { .. }
                | Self::Pad { .. }
                | Self::Trim(_)
        )
    }

    /// The order in which actions are done.
    pub(super) const fn order(&self) -> u8 {
        match self {
            Self::SendAs { .. } => 0,
            Self::Rename { .. } => 1,
            Self::Trim(_) => 2,
            Self::EndGif | Self::DropMetadata { .. } | Self::Captions(_) | Self::ToSubRip | Self::ToWebVtt => 3,
            Self::Rewrap { .. } | Self::Remux { .. } | Self::ToPng { .. } => 4,
            Self::HoldLast { .. } | Self::SkipPriming { .. } => 5,
            Self::EncodeSound { .. } => 6,
            Self::EncodeVideo(_) | Self::FirstPicture | Self::GifToFilm(_) => 7,
            Self::Deinterlace { .. } => 8,
            Self::SetRate { .. } | Self::DropFrames { .. } => 9,
            Self::Scale { .. } | Self::ScaleGif { .. } | Self::ScaleImage { .. } => 10,
            Self::Pad { .. } => 11,
            Self::FitGif { .. } | Self::FitImage { .. } => 12,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rename { extension } => write!(f, "rename it to .{extension}"),
            Self::SendAs { category } => write!(f, "send it as {category}"),
            Self::EndGif => f.write_str("end the GIF behind its last whole frame"),
            Self::DropMetadata { bytes } => {
                write!(f, "leave out {bytes} bytes of metadata, and of what stands behind the picture")
            }
            Self::Captions(captions) => captions.fmt(f),
            Self::ToSubRip => f.write_str("write the captions as SubRip"),
            Self::ToWebVtt => f.write_str("write the captions as WebVTT"),
            Self::Rewrap { encoded: false } => f.write_str("copy its streams into an MP4, and look at that"),
            Self::Rewrap { encoded: true } => {
                f.write_str("encode its pictures, which have no times of their own, into an MP4, and look at that")
            }
            Self::Remux { damaged: false, partial: false } => {
                f.write_str("write the container anew, with all streams copied")
            }
            Self::Remux { damaged: false, partial: true } => {
                f.write_str("write the container anew, with picture and sound copied")
            }
            Self::Remux { damaged: true, .. } => f.write_str("write the container anew, with what can be read copied"),
            Self::HoldLast { length, .. } => write!(f, "show the last picture for {length}"),
            Self::SkipPriming { track, length } => {
                let millis = length.seconds().times(Ratio::whole(1000)).unwrap_or(Ratio::whole(0)).decimal(1);
                write!(f, "take the {millis} ms of priming off the sound of track {track}, by an edit list")
            }
            Self::EncodeSound { track, channels, sample_rate, bit_rate } => {
                let channels = if *channels == 1 { "mono" } else { "stereo" };
                write!(f, "encode the sound of track {track} as AAC LC, {channels}, {sample_rate} Hz, {bit_rate}")
            }
            Self::EncodeVideo(encode) => encode.fmt(f),
            Self::Deinterlace { marked_only: false } => f.write_str("deinterlace every frame (bwdif)"),
            Self::Deinterlace { marked_only: true } => {
                f.write_str("deinterlace the frames that are interlaced (bwdif)")
            }
            Self::SetRate { to } => write!(f, "show {to} frames/s"),
            Self::Scale { to } => write!(f, "scale the picture to {to}, square pixels"),
            Self::Pad { to } => write!(f, "put borders around the picture, {to} in all"),
            Self::Trim(trim) => write!(f, "keep the part from {} to {}", trim.start, trim.end),
            Self::DropFrames { keep, of } => write!(f, "keep {keep} of {of} frames, evenly, in the same time"),
            Self::GifToFilm(film) => film.fmt(f),
            Self::ScaleGif { to } => write!(f, "scale the GIF to {to}"),
            Self::FitGif { bytes } => {
                write!(
                    f,
                    "fewer colours, and a smaller canvas where that is not enough, until it has at most {bytes} bytes"
                )
            }
            Self::ScaleImage { to, .. } => write!(f, "scale the image to {to}"),
            Self::FitImage { bytes } => write!(f, "write it at the best quality that fits {bytes} bytes"),
            Self::FirstPicture => f.write_str("keep the first picture of the animation"),
            Self::ToPng { .. } => f.write_str("write it as PNG"),
        }
    }
}

impl fmt::Display for Encode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "encode the video as H.264 High, closed GOPs of at most {} frames, ", self.gop)?;
        match self.rate {
            RateControl::Quality { crf, most } => write!(f, "at constant quality (CRF {crf}, at most {most})")?,
            RateControl::Size { average } => write!(f, "at {average} in two passes")?,
        }
        if self.deinterlace_all {
            f.write_str(", every frame deinterlaced (bwdif)")?;
        }
        if self.tone_map {
            f.write_str(", mapped from high to standard dynamic range")?;
        }
        if let Some(size) = self.crop {
            write!(f, ", cropped to {size}")?;
        }
        Ok(())
    }
}

impl fmt::Display for GifFilm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "make a film of the GIF, {}: H.264 High, each picture at its time", self.whole)?;
        match self.rate {
            RateControl::Quality { crf, most } => write!(f, ", constant quality (CRF {crf}, at most {most})")?,
            RateControl::Size { average } => write!(f, ", {average} in two passes")?,
        }
        if self.is_bordered() {
            write!(f, ", black borders around {}", self.picture)?;
        } else if self.is_evened() {
            f.write_str(", the last row or column shown twice, since edges are even")?;
        }
        if self.plays > 1 { write!(f, ", played {} times to be long enough", self.plays) } else { Ok(()) }
    }
}

impl fmt::Display for Captions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("write the captions anew")?;
        if self.from.is_some() {
            f.write_str(", as UTF-8")?;
        }
        if self.sort {
            f.write_str(", the cues sorted by their starts")?;
        }
        if self.renumber {
            f.write_str(", counted from 1")?;
        }
        Ok(())
    }
}
