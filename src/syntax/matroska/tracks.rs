//! Track entries: what each track holds and how (RFC 9559 5.1.4).

use super::ebml::{Children, is_zero, text, unsigned, whole_part};
use super::ids;
use crate::input::{Cursor, CursorEnded};

/// One track as its entry tells it.
#[derive(Clone, Debug)]
pub(super) struct TrackEntry<'a> {
    /// Absolute offset of the entry's data.
    pub(super) offset: u64,
    /// `TrackNumber`, by which blocks name it.
    pub(super) number: u64,
    /// `TrackType`: 1 is video, 2 audio, 17 subtitles.
    pub(super) kind: u64,
    /// `FlagEnabled`.
    pub(super) enabled: bool,
    /// `FlagDefault`.
    pub(super) default: bool,
    /// `DefaultDuration` in nanoseconds. Absent: not given.
    pub(super) default_duration: Option<u64>,
    /// Whether the timestamps of its blocks are scaled, which nobody writes any more.
    pub(super) scaled: bool,
    /// `LanguageBCP47` or `Language`; absent where neither is given, which means English.
    pub(super) language: Option<Given<String>>,
    /// `CodecID`.
    pub(super) codec_id: Given<String>,
    /// `CodecPrivate`. Absent: not given.
    pub(super) private: Option<Cursor<'a>>,
    /// `CodecDelay` in nanoseconds, by which each timestamp is too late.
    pub(super) codec_delay: u64,
    /// `Video`.
    pub(super) video: VideoEntry,
    /// `Audio`.
    pub(super) audio: AudioEntry,
    /// How the bytes of its blocks were changed.
    pub(super) encoding: Encoding,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Given<T> {
    pub(super) value: T,
    /// Absolute offset.
    pub(super) at: u64,
}

/// How the bytes of blocks were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Not at all.
    None,
    /// Packed, or without the bytes that all of them begin with.
    Packed,
    /// Encrypted.
    Encrypted,
}

/// The settings of video.
#[derive(Clone, Debug, Default)]
pub(super) struct VideoEntry {
    /// `PixelWidth` and `PixelHeight`.
    pub(super) size: (Option<Given<u64>>, Option<Given<u64>>),
    /// `DisplayWidth` and `DisplayHeight`.
    pub(super) display: (Option<Given<u64>>, Option<Given<u64>>),
    /// `DisplayUnit`: 0 pixels, 3 an aspect ratio, 1 and 2 lengths, 4 unknown.
    pub(super) unit: u64,
    /// `FlagInterlaced`: 1 interlaced, 2 progressive, 0 not known.
    pub(super) interlaced: Option<Given<u64>>,
    /// Whether the projection turns the picture.
    pub(super) turns: bool,
    /// `Colour`. Absent: not given.
    pub(super) colour: Option<Given<ColourEntry>>,
}

/// The colours; 2 is unspecified (ISO/IEC 23091-2), and so is a range of 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct ColourEntry {
    /// `Primaries`.
    pub(super) primaries: u64,
    /// `TransferCharacteristics`.
    pub(super) transfer: u64,
    /// `MatrixCoefficients`.
    pub(super) matrix: u64,
    /// `Range`: 1 is limited, 2 full.
    pub(super) range: u64,
}

/// The settings of sound.
#[derive(Clone, Debug, Default)]
pub(super) struct AudioEntry {
    /// `SamplingFrequency`, its whole part. Absent: not given, which means 8000 Hz, or no frequency.
    pub(super) rate: Option<Given<Option<u32>>>,
    /// `Channels`. Absent: not given, which means one.
    pub(super) channels: Option<Given<u64>>,
}

impl<'a> TrackEntry<'a> {
    /// Reads the data of a `TrackEntry`.
    pub(super) fn read(body: Cursor<'a>) -> Result<Self, CursorEnded> {
        let offset = body.offset();
        let mut entry = Self {
            offset,
            number: 0,
            kind: 0,
            enabled: true,
            default: true,
            default_duration: None,
            scaled: false,
            language: None,
            codec_id: Given { value: String::new(), at: offset },
            private: None,
            codec_delay: 0,
            video: VideoEntry::default(),
            audio: AudioEntry::default(),
            encoding: Encoding::None,
        };
        let mut bcp47 = None;
        for child in Children::new(body) {
            let (id, data) = child?;
            let named = || Given { value: text(data, LONGEST_NAME), at: data.offset() };
            match id {
                ids::TRACK_NUMBER => entry.number = unsigned(data),
                ids::TRACK_TYPE => entry.kind = unsigned(data),
                ids::FLAG_ENABLED => entry.enabled = unsigned(data) != 0,
                ids::FLAG_DEFAULT => entry.default = unsigned(data) != 0,
                ids::DEFAULT_DURATION => entry.default_duration = Some(unsigned(data)).filter(|length| *length > 0),
                ids::TRACK_TIMESTAMP_SCALE => entry.scaled = !is_one(data),
                ids::LANGUAGE => entry.language = Some(named()),
                ids::LANGUAGE_BCP47 => bcp47 = Some(named()),
                ids::CODEC_ID => entry.codec_id = named(),
                ids::CODEC_PRIVATE => entry.private = Some(data),
                ids::CODEC_DELAY => entry.codec_delay = unsigned(data),
                ids::VIDEO => entry.video = VideoEntry::read(data)?,
                ids::AUDIO => entry.audio = AudioEntry::read(data)?,
                ids::CONTENT_ENCODINGS => entry.encoding = Encoding::read(data)?,
                _ => {}
            }
        }
        entry.language = bcp47.or(entry.language);
        Ok(entry)
    }
}

impl Encoding {
    fn read(encodings: Cursor<'_>) -> Result<Self, CursorEnded> {
        let mut found = Self::None;
        for child in Children::new(encodings) {
            let (id, encoding) = child?;
            if id != ids::CONTENT_ENCODING {
                continue;
            }
            for child in Children::new(encoding) {
                let is_encryption = child?.0 == ids::CONTENT_ENCRYPTION;
                found = if is_encryption || found == Self::Encrypted { Self::Encrypted } else { Self::Packed };
            }
        }
        Ok(found)
    }
}

impl VideoEntry {
    fn read(body: Cursor<'_>) -> Result<Self, CursorEnded> {
        let mut video = Self::default();
        for child in Children::new(body) {
            let (id, data) = child?;
            let number = || Some(Given { value: unsigned(data), at: data.offset() });
            match id {
                ids::PIXEL_WIDTH => video.size.0 = number(),
                ids::PIXEL_HEIGHT => video.size.1 = number(),
                ids::DISPLAY_WIDTH => video.display.0 = number(),
                ids::DISPLAY_HEIGHT => video.display.1 = number(),
                ids::DISPLAY_UNIT => video.unit = unsigned(data),
                ids::FLAG_INTERLACED => video.interlaced = number(),
                ids::COLOUR => video.colour = ColourEntry::read(data)?,
                ids::PROJECTION => {
                    for child in Children::new(data) {
                        let (id, value) = child?;
                        video.turns |= id == ids::PROJECTION_POSE_ROLL && !is_zero(value);
                    }
                }
                _ => {}
            }
        }
        Ok(video)
    }
}

impl ColourEntry {
    /// `None`: nothing in it describes the colours.
    fn read(body: Cursor<'_>) -> Result<Option<Given<Self>>, CursorEnded> {
        let mut colour = Self { primaries: 2, transfer: 2, matrix: 2, range: 0 };
        let mut at = None;
        for child in Children::new(body) {
            let (id, data) = child?;
            let field = match id {
                ids::PRIMARIES => &mut colour.primaries,
                ids::TRANSFER_CHARACTERISTICS => &mut colour.transfer,
                ids::MATRIX_COEFFICIENTS => &mut colour.matrix,
                ids::RANGE => &mut colour.range,
                _ => continue,
            };
            *field = unsigned(data);
            at = at.or(Some(body.offset()));
        }
        Ok(at.map(|at| Given { value: colour, at }))
    }
}

impl AudioEntry {
    fn read(body: Cursor<'_>) -> Result<Self, CursorEnded> {
        let mut audio = Self::default();
        for child in Children::new(body) {
            let (id, data) = child?;
            match id {
                ids::SAMPLING_FREQUENCY => audio.rate = Some(Given { value: whole_part(data), at: data.offset() }),
                ids::CHANNELS => audio.channels = Some(Given { value: unsigned(data), at: data.offset() }),
                _ => {}
            }
        }
        Ok(audio)
    }
}

/// Whether a float is exactly 1. An empty one is the default, which is.
fn is_one(data: Cursor<'_>) -> bool {
    matches!(data.rest(), [] | [0x3f, 0x80, 0, 0] | [0x3f, 0xf0, 0, 0, 0, 0, 0, 0])
}

/// Bytes of a name that are read.
const LONGEST_NAME: usize = 64;
