//! Facts of a movie and its tracks.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::audio::Audio;
use super::fact::Fact;
use super::presentation::Presentation;
use super::tag::Tag;
use super::video::Video;
use crate::units::{BitRate, Duration};

/// An MP4 or QuickTime movie.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Movie {
    /// Major brand. Absent: there is no `ftyp`.
    pub brand: Fact<FourCc>,
    /// Whether the movie has fragments, or is set up to have them.
    pub fragmented: Fact<bool>,
    /// Number of `moof` boxes.
    pub fragments: u64,
    /// Whether `moov` stands after the first `mdat`. Advice only: players must fetch the end first.
    pub moov_at_end: Fact<bool>,
    /// Duration as presented: the longest of the enabled audio and video tracks, edit lists applied.
    pub duration: Fact<Duration>,
    /// The track, by index into `tracks`, whose duration decides.
    pub duration_track: Option<usize>,
    /// Duration that `mvhd` (and `mehd`) declares, which decides nothing.
    pub declared_duration: Fact<Duration>,
    /// All tracks in the order of the file.
    pub tracks: Vec<Track>,
    /// Whether the movie's metadata hold a place (latitude and longitude).
    pub location: Fact<String>,
    /// What the movie's metadata say, at most [`Tag::MOST`] entries in the order of the file. Absent: it was not asked for.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub tags: Option<Vec<Tag>>,
}

impl Movie {
    /// The video track that is checked: the first enabled one, or the first one if none is enabled.
    pub fn video_track(&self) -> Option<&Track> {
        let mut videos = self.tracks.iter().filter(|track| track.kind == TrackKind::Video);
        videos.clone().find(|track| track.is_enabled()).or_else(|| videos.next())
    }

    /// The audio tracks that are checked: every enabled one.
    pub fn audio_tracks(&self) -> impl Iterator<Item = &Track> {
        self.sounds().filter(|track| track.is_enabled())
    }

    /// All audio tracks, those too that are not enabled, such as the sound in other languages.
    pub fn sounds(&self) -> impl Iterator<Item = &Track> {
        self.tracks.iter().filter(|track| track.kind == TrackKind::Audio)
    }

    /// The tracks that are left out where only the picture that is checked and all sound are copied. Hints for servers are
    /// made anew by whoever needs them, and are no loss.
    pub fn beside_picture_and_sound(&self) -> impl Iterator<Item = &Track> {
        let video = self.video_track().map(|track| track.index);
        let is_kept = |track: &Track| matches!(track.kind, TrackKind::Audio | TrackKind::Hint);
        self.tracks.iter().filter(move |track| Some(track.index) != video && !is_kept(track))
    }
}

/// One track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Track {
    /// Index among the tracks of the file, counted from 0.
    pub index: usize,
    /// Identifier, from `tkhd`.
    pub track_id: Fact<u32>,
    /// What the track holds.
    pub kind: TrackKind,
    /// Whether `tkhd` says that the track is enabled.
    pub enabled: Fact<bool>,
    /// Handler type, from `hdlr`.
    pub handler: Fact<FourCc>,
    /// The codec, by sample entry (and object type).
    pub codec: Fact<Codec>,
    /// ISO 639-2 language. Absent: undetermined.
    pub language: Fact<String>,
    /// Alternate group; 0 is none.
    pub alternate_group: Fact<u16>,
    /// Ticks a second of the media's clock.
    pub timescale: Fact<u32>,
    /// Duration as presented: edit list applied, empty edits counted.
    pub duration: Fact<Duration>,
    /// Duration of the media before any edit: the sum of the samples' durations.
    pub media_duration: Fact<Duration>,
    /// By how much the sample that is stored last ends before the one that is shown last. Absent: not known.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub last_is_early: Option<Duration>,
    /// For how long nothing is heard behind the first sample of sound, which writers stretch over the gap. Absent: there is no
    /// gap of a sample's length or more.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub first_gap: Option<Duration>,
    /// Number of entries of the edit list. Absent: no edit list.
    pub edits: Fact<u32>,
    /// Number of samples in the tables and all fragments.
    pub samples: Fact<u64>,
    /// Bytes of all samples.
    pub sample_bytes: Fact<u64>,
    /// Bytes of all samples over the media's duration.
    pub bit_rate: Fact<BitRate>,
    /// When the samples are presented; unknown where it was not asked for.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub presentation: Fact<Presentation>,
    /// Present for video tracks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<Box<Video>>,
    /// Present for audio tracks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<Box<Audio>>,
    /// What further sample entries say that samples of the track use: of these only the codec, and what follows from it, is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_codings: Vec<Track>,
}

impl Track {
    /// A track of which nothing is known yet.
    pub fn new(index: usize, kind: TrackKind) -> Self {
        Self {
            index,
            kind,
            track_id: Fact::default(),
            enabled: Fact::default(),
            handler: Fact::default(),
            codec: Fact::default(),
            language: Fact::default(),
            alternate_group: Fact::default(),
            timescale: Fact::default(),
            duration: Fact::default(),
            media_duration: Fact::default(),
            last_is_early: None,
            first_gap: None,
            edits: Fact::default(),
            samples: Fact::default(),
            sample_bytes: Fact::default(),
            bit_rate: Fact::default(),
            presentation: Fact::default(),
            video: None,
            audio: None,
            other_codings: Vec::new(),
        }
    }

    /// The codings of the samples: that of the first ones, which is the track itself, and then all others.
    pub fn codings(&self) -> impl Iterator<Item = &Self> + Clone {
        std::iter::once(self).chain(&self.other_codings)
    }

    /// Whether the track is enabled; a track whose flag could not be read counts as enabled.
    pub fn is_enabled(&self) -> bool {
        self.enabled.value().copied().unwrap_or(true)
    }
}

/// What a track holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TrackKind {
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// A still picture attached to the movie, such as cover art.
    AttachedPicture,
    /// Time code.
    Timecode,
    /// Subtitles, captions or text.
    Subtitle,
    /// Hints for streaming servers.
    Hint,
    /// Timed metadata, chapters and other data.
    Data,
}

/// The codec of a track.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Codec {
    /// Type of the sample entry, such as `avc1`; for encrypted tracks the original one.
    pub fourcc: FourCc,
    /// The name people use, such as `H.264`, `HEVC`, `AAC`.
    pub name: Cow<'static, str>,
    /// Whether the samples are encrypted (`encv`, `enca`).
    pub encrypted: bool,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.fourcc)?;
        if self.encrypted { f.write_str(", encrypted") } else { Ok(()) }
    }
}

/// Four bytes that name a box, a brand or a codec; bytes that are not printable ASCII are shown as `\xNN`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FourCc(pub [u8; 4]);

impl fmt::Display for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &byte in &self.0 {
            match byte {
                b' '..=b'~' if byte != b'\\' => f.write_char(char::from(byte))?,
                // QuickTime's metadata names begin with 0xA9, the copyright sign of Mac OS Roman and Latin-1.
                0xa9 => f.write_str("©")?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{self}'")
    }
}

impl Serialize for FourCc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FourCc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is not a four-character code")))
    }
}

impl FourCc {
    fn parse(text: &str) -> Option<Self> {
        let mut bytes = Vec::with_capacity(4);
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            rest = &rest[first.len_utf8()..];
            bytes.push(match first {
                '©' => 0xa9,
                '\\' => {
                    let digits = rest.strip_prefix('x')?.get(..2)?;
                    rest = rest.get(3..)?;
                    u8::from_str_radix(digits, 16).ok()?
                }
                _ => u8::try_from(u32::from(first)).ok()?,
            });
        }
        bytes.try_into().ok().map(Self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for FourCc {
    fn schema_name() -> Cow<'static, str> {
        "FourCc".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A four-character code; bytes that are not printable ASCII are written \\xNN, 0xA9 as ©."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_four_character_code_reads_what_it_writes() {
        for bytes in [*b"avc1", *b"qt  ", [0xa9, b'x', b'y', b'z'], [0, 1, b'\\', 0xff]] {
            assert_eq!(FourCc::parse(&FourCc(bytes).to_string()), Some(FourCc(bytes)));
        }
    }
}
