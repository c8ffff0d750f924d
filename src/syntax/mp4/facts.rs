//! Lowers one track's boxes to facts.

use std::sync::Arc;

use super::boxes::ChildBox;
use super::frame_rate::frame_rate;
use super::moof::Fragments;
use super::moov::Moov;
use super::notes::Notes;
use super::places;
use super::sample_entry::{self, DecoderConfig};
use super::samples::Samples;
use super::stsd::{data_reference_index, is_external};
use super::time::MediaTime;
use super::tkhd::Turn;
use super::trak::Trak;
use crate::facts::{Evidence, Fact, FourCc, Rotation, Track, TrackKind, Video};
use crate::input::{Reader, Stop};
use crate::units::{BitRate, Dimensions, Duration};

/// What the tracks of a file have in common.
pub(crate) struct Context<'c, 'm> {
    /// The movie.
    pub(crate) moov: &'c Moov<'m>,
    /// All fragments.
    pub(crate) fragments: &'c Fragments,
    /// Identifiers of tracks that hold the chapters of others, sorted.
    pub(crate) chapters: &'c [u32],
    /// Whether the file is QuickTime, whose languages may be Macintosh codes.
    pub(crate) quicktime: bool,
}

/// A track in facts, with what reading its samples needs.
pub(crate) struct Lowered<'m> {
    /// The facts.
    pub(crate) track: Track,
    /// Decoder configurations by `sample_description_index`, which counts from 1: the first stands at 0.
    pub(crate) configs: Vec<Option<DecoderConfig<'m>>>,
    /// Whether the samples are in another file.
    pub(crate) external: bool,
}

/// Lowers the `index`th track.
pub(crate) fn lower<'m>(
    context: &Context<'_, 'm>,
    index: usize,
    trak: &Trak<'m>,
    samples: &Samples<'_>,
    reader: &mut Reader<'_>,
    notes: &mut Notes<'_>,
) -> Result<Lowered<'m>, Stop> {
    let entries = entries(trak, notes);
    let kind = kind(context, trak, entries.first().map(|entry| entry.kind), samples.len());
    let mut track = Track::new(index, kind);
    if matches!(kind, TrackKind::Video | TrackKind::AttachedPicture) {
        track.video = Some(Box::default());
    }
    let media = matches!(kind, TrackKind::Video | TrackKind::Audio);
    if media {
        note_missing(context, trak, samples, entries.is_empty(), notes);
    }
    header(trak, &mut track, notes);
    language(context, trak, &mut track);
    totals(trak, samples, &mut track);
    times(context, trak, samples, media, &mut track, notes);
    if kind == TrackKind::Video {
        let rate = rate(trak, samples, reader)?;
        if let Some(video) = track.video.as_deref_mut() {
            video.frame_rate = rate;
        }
    }
    let used = used_entry(samples, entries.len());
    let configs = lower_entries(trak, &entries, used, &mut track, notes);
    if let Some(video) = track.video.as_deref_mut() {
        video.displayed = displayed(video);
    }
    let external = entries.get(used).zip(trak.dref).is_some_and(|(e, dref)| is_external(dref, data_reference_index(e)));
    if external {
        notes.tolerated(
            Evidence::within(trak.offset, &trak.container, "mdia.minf.dinf.dref"),
            "the media of the track is in another file",
            "media in this file",
            "a reference to another one",
        );
    } else {
        places::check(samples, reader.len(), &trak.container, notes);
    }
    Ok(Lowered { track, configs, external })
}

/// The sample entries that are there.
fn entries<'m>(trak: &Trak<'m>, notes: &mut Notes<'_>) -> Vec<ChildBox<'m>> {
    let mut entries = Vec::new();
    for entry in trak.stbl.stsd.iter().flat_map(|stsd| stsd.entries()).take(MOST_ENTRIES) {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(ended) => notes.malformed(
                Evidence::within(ended.offset, &trak.container, "mdia.minf.stbl.stsd.box.size"),
                "a sample entry reaches past the box that holds it",
                format!("{} bytes", ended.expected),
                format!("{} bytes", ended.actual),
            ),
        }
    }
    entries
}

fn kind(context: &Context<'_, '_>, trak: &Trak<'_>, entry: Option<FourCc>, samples: u64) -> TrackKind {
    let handler = trak.handler.map(|(handler, _)| handler.0);
    let by_handler = match handler.as_ref() {
        Some(b"vide") => TrackKind::Video,
        Some(b"soun") => TrackKind::Audio,
        Some(b"text" | b"sbtl" | b"subt" | b"subp" | b"clcp") => TrackKind::Subtitle,
        Some(b"tmcd") => TrackKind::Timecode,
        Some(b"hint") => TrackKind::Hint,
        Some(b"pict") => TrackKind::AttachedPicture,
        Some(_) => TrackKind::Data,
        None => match trak.media_header.map(|header| header.0).as_ref() {
            Some(b"vmhd") => TrackKind::Video,
            Some(b"smhd") => TrackKind::Audio,
            Some(b"hmhd") => TrackKind::Hint,
            Some(b"sthd") => TrackKind::Subtitle,
            _ => TrackKind::Data,
        },
    };
    let entry = entry.map(|entry| entry.0);
    match by_handler {
        TrackKind::Video => {
            let id = trak.tkhd.map(|header| header.track_id);
            let is_chapters = id.is_some_and(|id| context.chapters.binary_search(&id).is_ok());
            let disabled = trak.tkhd.is_some_and(|header| !header.enabled);
            let still =
                matches!(entry.as_ref(), Some(b"jpeg" | b"png " | b"tiff" | b"gif " | b"mp4v" | b"mjpa" | b"mjpb"));
            if is_chapters || (still && disabled && samples == 1) {
                TrackKind::AttachedPicture
            } else {
                TrackKind::Video
            }
        }
        // Time codes and texts of QuickTime stand under other handlers as well.
        TrackKind::Data => match entry.as_ref() {
            Some(b"tmcd") => TrackKind::Timecode,
            Some(b"tx3g" | b"wvtt" | b"stpp" | b"sbtt" | b"c608" | b"c708" | b"mp4s") => TrackKind::Subtitle,
            _ => TrackKind::Data,
        },
        kind => kind,
    }
}

/// Notes boxes without which a video or audio track cannot be read.
fn note_missing(
    context: &Context<'_, '_>,
    trak: &Trak<'_>,
    samples: &Samples<'_>,
    no_entry: bool,
    notes: &mut Notes<'_>,
) {
    let found = trak.stbl.found;
    // Without samples in `moov` nothing is lost when their tables are not there.
    let has_samples = samples.tables.sizes.len() > 0;
    let tables = has_samples || context.moov.mvex.is_none();
    let missing = [
        (trak.tkhd.is_none(), "tkhd"),
        (trak.mdhd.is_none(), "mdia.mdhd"),
        (!trak.has_stbl, "mdia.minf.stbl"),
        (trak.has_stbl && no_entry, "mdia.minf.stbl.stsd"),
        (trak.has_stbl && tables && !found.sizes, "mdia.minf.stbl.stsz"),
        (has_samples && !found.stts, "mdia.minf.stbl.stts"),
        (has_samples && !found.stsc, "mdia.minf.stbl.stsc"),
        (has_samples && !found.chunks, "mdia.minf.stbl.stco"),
    ];
    for (_, name) in missing.iter().filter(|(missing, _)| *missing) {
        notes.malformed(
            Evidence::within(trak.offset, &trak.container, name),
            "the track lacks what it cannot be read without",
            *name,
            "nothing that can be read",
        );
    }
}

/// `tkhd` and `hdlr`.
fn header(trak: &Trak<'_>, track: &mut Track, notes: &mut Notes<'_>) {
    let at = |offset, element| Evidence::within(offset, &trak.container, element);
    track.handler = match trak.handler {
        Some((handler, offset)) => Fact::known(handler, at(offset, "mdia.hdlr.handler_type")),
        None => Fact::unknown("the track has no handler"),
    };
    let Some(header) = &trak.tkhd else {
        let unknown = "the track has no header that can be read";
        track.track_id = Fact::unknown(unknown);
        track.enabled = Fact::unknown(unknown);
        track.alternate_group = Fact::unknown(unknown);
        if let Some(video) = track.video.as_deref_mut() {
            video.rotation = Fact::unknown(unknown);
            video.track_dimensions = Fact::unknown(unknown);
        }
        return;
    };
    track.track_id = Fact::known(header.track_id, at(header.track_id_at, "tkhd.track_ID"));
    track.enabled = Fact::known(header.enabled, at(header.flags_at, "tkhd.flags"));
    track.alternate_group = Fact::known(header.alternate_group, at(header.alternate_group_at, "tkhd.alternate_group"));
    let Some(video) = track.video.as_deref_mut() else { return };
    video.track_dimensions = Fact::known(header.dimensions, at(header.width_at, "tkhd.width"));
    let matrix = at(header.matrix_at, "tkhd.matrix");
    video.rotation = match header.turn {
        Turn::Exact(rotation) => Fact::known(rotation, matrix),
        Turn::Near(rotation) => {
            notes.tolerated(matrix.clone(), "the picture is not turned by quarters", "quarter turns", "another matrix");
            Fact::known(rotation, matrix)
        }
        Turn::Zero => {
            notes.tolerated(matrix.clone(), "the matrix is empty, and players do not apply it", "a matrix", "zeros");
            Fact::known(Rotation::default(), matrix)
        }
        Turn::Oblique => {
            notes.tolerated(matrix, "the picture is not turned by quarters", "quarter turns", "another matrix");
            Fact::unknown("the matrix of the track is no quarter turn")
        }
    };
}

/// `mdhd` and `elng`.
fn language(context: &Context<'_, '_>, trak: &Trak<'_>, track: &mut Track) {
    let at = |offset, element| Evidence::within(offset, &trak.container, element);
    if let Some((tag, offset)) = &trak.elng {
        track.language = Fact::known(tag.clone(), at(*offset, "mdia.elng.extended_language"));
        return;
    }
    let Some(header) = &trak.mdhd else {
        track.language = Fact::unknown("the media has no header that can be read");
        return;
    };
    let macintosh = context.quicktime.then(|| header.language().map(str::to_owned)).flatten();
    track.language = match header.packed_language().or(macintosh) {
        Some(language) => Fact::known(language, at(header.language_at, "mdia.mdhd.language")),
        None => Fact::Absent,
    };
}

/// Number and bytes of the samples.
fn totals(trak: &Trak<'_>, samples: &Samples<'_>, track: &mut Track) {
    let (at, damaged) = samples_evidence(trak, samples);
    if damaged {
        let unknown = "the sizes of the samples cannot be read";
        track.samples = Fact::unknown(unknown);
        track.sample_bytes = Fact::unknown(unknown);
        return;
    }
    track.samples = Fact::known(samples.len(), at.clone());
    track.sample_bytes = Fact::known(samples.bytes(), at);
}

/// Where the samples are told, and whether less is told than claimed.
fn samples_evidence(trak: &Trak<'_>, samples: &Samples<'_>) -> (Evidence, bool) {
    let sizes = samples.tables.sizes;
    let damaged = sizes.claimed() > sizes.len() || (!trak.stbl.found.sizes && samples.fragments.runs.is_empty());
    let run = samples.fragments.runs.first().filter(|_| sizes.len() == 0);
    let at = match run {
        Some(run) => Evidence::new(run.at, "moof.traf.trun"),
        None => Evidence::within(sizes.offset, &trak.container, "mdia.minf.stbl.stsz.sample_count"),
    };
    (at, damaged)
}

/// Where the times of the samples are told.
fn times_evidence(trak: &Trak<'_>, samples: &Samples<'_>) -> Evidence {
    match samples.fragments.runs.last() {
        Some(run) => Evidence::new(run.at, "moof.traf.trun"),
        None => Evidence::within(samples.tables.stts.offset_of(0), &trak.container, "mdia.minf.stbl.stts"),
    }
}

/// Clock, durations and bit rate.
fn times(
    context: &Context<'_, '_>,
    trak: &Trak<'_>,
    samples: &Samples<'_>,
    media: bool,
    track: &mut Track,
    notes: &mut Notes<'_>,
) {
    let at = |offset, element| Evidence::within(offset, &trak.container, element);
    track.edits = match trak.elst {
        Some(list) => Fact::known(u32::try_from(list.len()).unwrap_or(u32::MAX), at(list.at, "edts.elst.entry_count")),
        None => Fact::Absent,
    };
    let unknown = |track: &mut Track, why: &'static str| {
        track.media_duration = Fact::unknown(why);
        track.duration = Fact::unknown(why);
        track.bit_rate = Fact::unknown(why);
    };
    let Some(header) = trak.mdhd else {
        track.timescale = Fact::unknown("the media has no header that can be read");
        return unknown(track, "the media has no clock");
    };
    let clock_at = at(header.timescale_at, "mdia.mdhd.timescale");
    if header.timescale == 0 {
        if media {
            notes.malformed(clock_at, "the media's clock stands still", "1 or more", "0");
        }
        track.timescale = Fact::unknown("it is 0");
        return unknown(track, "the media's clock stands still");
    }
    track.timescale = Fact::known(header.timescale, clock_at);
    if times_are_damaged(trak, samples, media, notes) {
        return unknown(track, "the times of the samples cannot be read");
    }
    let time = MediaTime::of(samples);
    let media_duration = Duration::from_ticks(time.decode_end, header.timescale);
    track.media_duration = fact(media_duration, times_evidence(trak, samples), "it is zero");
    track.bit_rate = match (track.sample_bytes.value(), media_duration) {
        (Some(&bytes), Some(duration)) => match BitRate::of(bytes, duration) {
            Some(rate) => Fact::known(rate, times_evidence(trak, samples)),
            None => Fact::unknown("the media has no duration"),
        },
        _ => Fact::unknown("the bytes of the samples are not known"),
    };
    let edits = trak.elst.filter(|list| list.len() > 0);
    if trak.elst.is_some_and(|list| list.claimed > list.len() as u64) {
        track.duration = Fact::unknown("the edit list cannot be read");
        return;
    }
    let presented_at = match edits {
        Some(list) => at(list.at, "edts.elst"),
        None => times_evidence(trak, samples),
    };
    let clock = context.moov.mvhd.map_or(0, |header| header.timescale);
    let presented = time.presented(header.timescale, edits.map(|list| (list, clock)));
    track.duration = fact(presented, presented_at, "the movie has no clock, and the edit list counts by it");
}

/// Whether so many samples have no time that durations would be wrong; notes any that has none.
fn times_are_damaged(trak: &Trak<'_>, samples: &Samples<'_>, media: bool, notes: &mut Notes<'_>) -> bool {
    let stts = samples.tables.stts;
    let timed =
        stts.entries().iter().fold(0, |sum: u64, entry| sum.saturating_add(u64::from(super::table::word(entry, 0))));
    let sizes = samples.tables.sizes.claimed();
    if timed == sizes || stts.claimed() > stts.len() as u64 {
        return timed != sizes;
    }
    let at = Evidence::within(stts.offset_of(0), &trak.container, "mdia.minf.stbl.stts");
    let (message, expected) = ("the times are those of another number of samples", format!("{sizes} samples"));
    // One sample more or less is a writer's rounding: every reader copes.
    let damaged = sizes.saturating_sub(timed) > 1 || (timed == 0 && sizes > 0);
    if damaged && media && trak.stbl.found.stts {
        notes.malformed(at, message, expected, format!("{timed} samples"));
    } else if !damaged {
        notes.tolerated(at, message, expected, format!("{timed} samples"));
    }
    damaged
}

fn fact<T>(value: Option<T>, at: Evidence, why: &'static str) -> Fact<T> {
    value.map_or_else(|| Fact::unknown(why), |value| Fact::known(value, at))
}

fn rate(
    trak: &Trak<'_>,
    samples: &Samples<'_>,
    reader: &mut Reader<'_>,
) -> Result<Fact<crate::facts::FrameRate>, Stop> {
    let at = times_evidence(trak, samples);
    let Some(timescale) = trak.mdhd.map(|header| header.timescale).filter(|&timescale| timescale > 0) else {
        return Ok(Fact::unknown("the media has no clock"));
    };
    if samples.len() < 2 {
        return Ok(Fact::Absent);
    }
    let found = frame_rate(samples, timescale, reader.budget()).map_err(|exhausted| Stop::Budget {
        offset: at.offset,
        field: "moov.trak.mdia.minf.stbl.ctts",
        exhausted,
    })?;
    Ok(fact(found, at, "all frames have the same time"))
}

/// Index of the sample entry that the first samples use.
fn used_entry(samples: &Samples<'_>, entries: usize) -> usize {
    let table = samples.chunks().find(|chunk| chunk.samples > 0).map(|chunk| chunk.description);
    let description = table.filter(|_| samples.tables.sizes.len() > 0);
    let description = description.or_else(|| samples.fragments.runs.first().map(|run| run.description)).unwrap_or(1);
    let index = usize::try_from(description.saturating_sub(1)).unwrap_or(usize::MAX);
    if index < entries { index } else { 0 }
}

/// Reads all sample entries; the one at `used` tells the facts of the track.
fn lower_entries<'m>(
    trak: &Trak<'m>,
    entries: &[ChildBox<'m>],
    used: usize,
    track: &mut Track,
    notes: &mut Notes<'_>,
) -> Vec<Option<DecoderConfig<'m>>> {
    if entries.is_empty() {
        track.codec = Fact::unknown("the track has no sample entry that can be read");
    }
    let mut configs: Vec<_> = entries.iter().map(|_| None).collect();
    let name = |track: &Track| track.codec.value().map(|codec| codec.name.clone());
    // The one that is used comes first, since the others are held against it.
    let others = (0..entries.len()).filter(|&index| index != used);
    for index in std::iter::once(used).chain(others) {
        let (Some(entry), Some(config)) = (entries.get(index), configs.get_mut(index)) else { continue };
        let container: Arc<str> = format!("{}.mdia.minf.stbl.stsd.{}", trak.container, entry.kind).into();
        let mut lower = |track: &mut Track| {
            sample_entry::lower(entry.kind, entry.body, entry.offset, &container, track, notes.anomalies())
        };
        if index == used {
            *config = lower(track);
            continue;
        }
        let mut other = Track::new(track.index, track.kind);
        *config = lower(&mut other);
        if name(&other) != name(track) {
            notes.tolerated(
                Evidence::within(entry.offset, &container, ""),
                "the track has sample entries of several codecs",
                "one codec",
                entry.kind.to_string(),
            );
        }
    }
    configs
}

/// The size as shown: turned by the matrix of the track.
pub(crate) fn displayed(video: &Video) -> Fact<Dimensions> {
    match (&video.dimensions, &video.rotation) {
        (Fact::Known { value, at }, Fact::Known { value: rotation, .. }) => {
            Fact::known(if rotation.exchanges_axes() { value.turned() } else { *value }, at.clone())
        }
        (Fact::Known { .. }, _) => Fact::unknown("the turn of the picture is not known"),
        (other, _) => other.clone(),
    }
}

/// How many sample entries of one track are read; a track has one, rarely a handful.
const MOST_ENTRIES: usize = 64;
