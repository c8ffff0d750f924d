//! Lowers one track to facts.

use super::blocks::Frame;
use super::codecs;

use super::tracks::{ColourEntry, Encoding, Given, TrackEntry, VideoEntry};
use crate::facts::{Audio, Codec, Colour, Container, Evidence, Fact, Rotation, Track, TrackKind, Video};
use crate::input::Reader;
use crate::syntax::aac;
use crate::syntax::mp4::foreign::{self, Stream};
use crate::syntax::mp4::notes::Notes;
use crate::syntax::mp4::sample_entry::{self, DecoderConfig};
use crate::units::{Dimensions, Ratio};

/// What all tracks have in common.
pub(super) struct Film {
    /// Nanoseconds of a tick.
    pub(super) scale: u64,
    /// Where that is told.
    pub(super) scale_at: u64,
}

/// Whether players choose a track: where none of its kind is the default one, the first.
pub(super) fn is_chosen(entry: &TrackEntry<'_>, entries: &[TrackEntry<'_>]) -> bool {
    let mut alike = entries.iter().filter(|other| other.kind == entry.kind && other.enabled);
    let any_default = alike.clone().any(|other| other.default);
    if any_default { entry.default } else { alike.next().is_some_and(|first| first.offset == entry.offset) }
}

impl Film {
    /// Lowers a track, of which `place` gives the index and whether players choose it.
    pub(super) fn stream<'a>(
        &self,
        place: (usize, bool),
        entry: &TrackEntry<'a>,
        frames: &[Frame],
        reader: &mut Reader<'_>,
        notes: &mut Notes<'_>,
    ) -> Stream<'a> {
        let container: Container = format!("Segment.Tracks.TrackEntry[{}]", place.0).into();
        let at = |offset, element| Evidence::within(offset, &container, element);
        let mut track = Track::new(place.0, kind(entry.kind));
        let codec = codecs::codec(&entry.codec_id.value, entry.encoding == Encoding::Encrypted);
        track.track_id = match u32::try_from(entry.number) {
            Ok(number) => Fact::known(number, at(entry.offset, "TrackNumber")),
            Err(_) => Fact::unknown("its number passes 32 bits"),
        };
        track.enabled = Fact::known(place.1, at(entry.offset, "FlagDefault"));
        track.handler = Fact::Absent;
        track.alternate_group = Fact::Absent;
        track.language = language(entry, &container);
        track.codec = Fact::known(codec.clone(), at(entry.codec_id.at, "CodecID"));
        let config = match track.kind {
            TrackKind::Video => lower_video(entry, &codec, &container, &mut track, notes),
            TrackKind::Audio => lower_audio(entry, &container, &mut track, notes),
            _ => None,
        };
        let clock = Clock::of(self.scale);
        track.timescale = Fact::known(clock.timescale, Evidence::new(self.scale_at, "Segment.Info.TimestampScale"));
        let first = frames.first().map_or(entry.offset, |frame| frame.offset);
        let frames = if entry.scaled { Vec::new() } else { timed(frames, entry, &track, &codec, &clock) };
        let at = Evidence::within(first, &container, "Block");
        // What was packed cannot be looked into, and its sizes are not those of the frames.
        let config = config.filter(|_| entry.encoding == Encoding::None);
        let mut stream = Stream::new(track, config, &frames, container.clone(), &at, reader, notes);
        if let Some(interval) = entry.default_duration {
            stream.refine_interval(interval);
        }
        if entry.encoding != Encoding::None {
            stream.hide_sizes("the bytes of its blocks are packed or encrypted");
        }
        stream
    }
}

const fn kind(track_type: u64) -> TrackKind {
    match track_type {
        1 => TrackKind::Video,
        2 => TrackKind::Audio,
        17 => TrackKind::Subtitle,
        _ => TrackKind::Data,
    }
}

/// The clock that times are given in.
struct Clock {
    /// Nanoseconds of a tick of the segment.
    scale: u64,
    timescale: u32,
}

impl Clock {
    /// The segment's own clock where its ticks divide a second and are not shorter than a microsecond; otherwise microseconds.
    fn of(scale: u64) -> Self {
        let own = SECOND.checked_div(scale).filter(|own| own * scale == SECOND && *own <= MICROSECONDS.into());
        Self { scale, timescale: own.and_then(|own| u32::try_from(own).ok()).unwrap_or(MICROSECONDS) }
    }

    fn is_own(&self) -> bool {
        u64::from(self.timescale).checked_mul(self.scale) == Some(SECOND)
    }

    /// Ticks of the segment in those of this clock.
    fn ticks(&self, time: i64) -> i64 {
        if self.is_own() { time } else { saturated(i128::from(time) * i128::from(self.scale) / 1000) }
    }

    /// Nanoseconds in ticks of this clock, rounded.
    fn of_nanoseconds(&self, time: u64) -> i64 {
        let ticks = u128::from(time) * u128::from(self.timescale) + u128::from(SECOND / 2);
        i64::try_from(ticks / u128::from(SECOND)).unwrap_or(i64::MAX)
    }
}

fn saturated(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// The frames at their times: later ones of a lace behind the first, and all of them sooner by what the decoder delays.
fn timed(frames: &[Frame], entry: &TrackEntry<'_>, track: &Track, codec: &Codec, clock: &Clock) -> Vec<foreign::Frame> {
    let of_codec = || {
        let rate = track.audio.as_deref()?.sample_rate.value().copied().filter(|rate| *rate > 0)?;
        codecs::frame_samples(codec)?.checked_mul(SECOND)?.checked_div(rate.into())
    };
    let nanoseconds = entry.default_duration.or_else(of_codec);
    let delay = clock.of_nanoseconds(entry.codec_delay);
    let one = nanoseconds.map(|length| clock.of_nanoseconds(length));
    let later = |place: u16| nanoseconds.map_or(0, |length| clock.of_nanoseconds(length.saturating_mul(place.into())));
    let last = frames.len().saturating_sub(1);
    let lowered = frames.iter().enumerate().map(|(index, frame)| {
        let given = frame.duration.map(|ticks| clock.ticks(ticks.into()));
        foreign::Frame {
            offset: frame.offset,
            size: frame.size,
            time: clock.ticks(frame.time).saturating_sub(delay).saturating_add(later(frame.place)),
            // All but the last end where the next one begins, whatever a rounded length says.
            duration: given.or(one.filter(|_| index == last)).and_then(|ticks| u32::try_from(ticks).ok()),
            is_key: frame.is_key,
        }
    });
    lowered.collect()
}

fn language(entry: &TrackEntry<'_>, container: &Container) -> Fact<String> {
    match &entry.language {
        None => Fact::known("eng".to_owned(), Evidence::within(entry.offset, container, "Language")),
        Some(language) if language.value == "und" || language.value.is_empty() => Fact::Absent,
        Some(language) => Fact::known(language.value.clone(), Evidence::within(language.at, container, "Language")),
    }
}

fn lower_video<'a>(
    entry: &TrackEntry<'a>,
    codec: &Codec,
    container: &Container,
    track: &mut Track,
    notes: &mut Notes<'_>,
) -> Option<DecoderConfig<'a>> {
    let mut video = Video::default();
    let settings = &entry.video;
    let at = |offset, element| Evidence::within(offset, container, element);
    let size = pair(&settings.size).and_then(|(width, height, at)| {
        Some((Dimensions::new(u32::try_from(width).ok()?, u32::try_from(height).ok()?), at))
    });
    video.entry_dimensions = match size {
        Some((size, offset)) => Fact::known(size, at(offset, "Video.PixelWidth")),
        None => Fact::unknown("the track gives no size of its pictures"),
    };
    video.track_dimensions = Fact::Absent;
    video.clean_aperture = Fact::Absent;
    video.rotation = if settings.turns {
        Fact::unknown("the projection turns the picture, which is not read here")
    } else {
        Fact::known(Rotation::default(), at(entry.offset, "Video"))
    };
    video.pixel_aspect_box = pixel_aspect(settings, container);
    video.field_count_box = match &settings.interlaced {
        Some(Given { value: 1, at: offset }) => Fact::known(2, at(*offset, "Video.FlagInterlaced")),
        Some(Given { value: 2, at: offset }) => Fact::known(1, at(*offset, "Video.FlagInterlaced")),
        _ => Fact::Absent,
    };
    video.colour = match &settings.colour {
        Some(Given { value, at: offset }) => Fact::known(colour(*value), at(*offset, "Video.Colour")),
        None => Fact::Absent,
    };
    track.video = Some(Box::new(video));
    let path: Container = format!("{container}.CodecPrivate").into();
    let config = sample_entry::lower_record(codec.fourcc, entry.private, &path, track, notes.anomalies());
    let Some(video) = track.video.as_deref_mut() else { return config };
    if video.dimensions.value().is_none() {
        video.dimensions = video.entry_dimensions.clone();
    }
    config
}

/// Both values, and where the first one stands.
fn pair((a, b): &(Option<Given<u64>>, Option<Given<u64>>)) -> Option<(u64, u64, u64)> {
    let (a, b) = (a.as_ref()?, b.as_ref()?);
    Some((a.value, b.value, a.at))
}

/// The shape of a pixel, from the size at which the picture is shown; square where none is given.
fn pixel_aspect(settings: &VideoEntry, container: &Container) -> Fact<Ratio> {
    let Some((stored_width, stored_height, stored_at)) = pair(&settings.size) else { return Fact::Absent };
    // What is neither pixels nor a ratio is a length, whose ratio is the same; an unknown unit says nothing.
    if settings.unit >= UNKNOWN_UNIT {
        return Fact::Absent;
    }
    let given = |side: &Option<Given<u64>>, stored| side.as_ref().map_or(stored, |side| side.value);
    let (width, height) = (given(&settings.display.0, stored_width), given(&settings.display.1, stored_height));
    let at = settings.display.0.as_ref().map_or(stored_at, |side| side.at);
    let across = u128::from(width) * u128::from(stored_height);
    let down = u128::from(height) * u128::from(stored_width);
    match Ratio::from_u128(across, down).filter(|ratio| ratio.numerator() > 0) {
        Some(ratio) => Fact::known(ratio, Evidence::within(at, container, "Video.DisplayWidth")),
        None => Fact::Absent,
    }
}

fn colour(entry: ColourEntry) -> Colour {
    let code = |value: u64| u16::try_from(value).unwrap_or(u16::MAX);
    Colour {
        primaries: code(entry.primaries),
        transfer: code(entry.transfer),
        matrix: code(entry.matrix),
        full_range: entry.range == FULL_RANGE,
    }
}

fn lower_audio<'a>(
    entry: &TrackEntry<'a>,
    container: &Container,
    track: &mut Track,
    notes: &mut Notes<'_>,
) -> Option<DecoderConfig<'a>> {
    let mut audio = Audio::default();
    let at = |offset, element| Evidence::within(offset, container, element);
    audio.channels = match &entry.audio.channels {
        None => Fact::known(1, at(entry.offset, "Audio.Channels")),
        Some(Given { value, at: offset }) => match u16::try_from(*value) {
            Ok(channels) if channels > 0 => Fact::known(channels, at(*offset, "Audio.Channels")),
            _ => Fact::unknown("Channels is no number of channels"),
        },
    };
    audio.entry_channels = audio.channels.clone();
    audio.sample_rate = match &entry.audio.rate {
        None => Fact::known(DEFAULT_RATE, at(entry.offset, "Audio.SamplingFrequency")),
        Some(Given { value: Some(rate), at: offset }) => Fact::known(*rate, at(*offset, "Audio.SamplingFrequency")),
        Some(Given { value: None, .. }) => Fact::unknown("SamplingFrequency is not a frequency"),
    };
    audio.object_type_indication = Fact::Absent;
    audio.object_type = Fact::Absent;
    audio.sbr = Fact::Absent;
    audio.ps = Fact::Absent;
    let mut config = None;
    if codecs::is_aac(&entry.codec_id.value) {
        audio.object_type_indication = Fact::known(MPEG_4_AUDIO, at(entry.codec_id.at, "CodecID"));
        if entry.private.is_some() {
            let path: Container = format!("{container}.CodecPrivate").into();
            let specific = aac::lower(MPEG_4_AUDIO, entry.private, &path, &mut audio, notes.anomalies());
            config = specific.map(DecoderConfig::Aac);
        } else {
            let unread = "the track has no configuration of its codec";
            audio.object_type = Fact::unknown(unread);
            audio.sbr = Fact::unknown(unread);
            audio.ps = Fact::unknown(unread);
        }
    }
    track.audio = Some(Box::new(audio));
    config
}

/// `objectTypeIndication` of AAC in MP4.
const MPEG_4_AUDIO: u8 = 0x40;
/// `SamplingFrequency` where it is not given.
const DEFAULT_RATE: u32 = 8000;
/// `DisplayUnit` that says nothing.
const UNKNOWN_UNIT: u64 = 4;
/// `Range` of all values.
const FULL_RANGE: u64 = 2;
/// Nanoseconds of a second.
const SECOND: u64 = 1_000_000_000;
/// Ticks of a second of the finest clock: the distance of two frames fits 32 bits then.
const MICROSECONDS: u32 = 1_000_000;
