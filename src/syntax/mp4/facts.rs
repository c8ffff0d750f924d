//! Lowers one track's boxes to facts.

use std::collections::BTreeSet;

use super::boxes::ChildBox;
use super::clock;
use super::kind::kind;
use super::moov::Moov;
use super::notes::Notes;
use super::paths;
use super::places;
use super::sample_entry::{self, DecoderConfig};
use super::samples::Samples;
use super::steady::Steady;
use super::stsd::{Stsd, data_reference_index, is_external};
use super::tkhd::Turn;
use super::trak::Trak;
use crate::facts::{Evidence, Fact, Rotation, Track, TrackKind, Video};
use crate::input::Reader;
use crate::syntax::few::Few;
use crate::units::{Dimensions, Ratio};

/// What the tracks of a file have in common.
pub(crate) struct Context<'c, 'm> {
    /// The movie.
    pub(crate) moov: &'c Moov<'m>,
    /// Identifiers of tracks that hold the chapters of others, sorted.
    pub(crate) chapters: &'c [u32],
    /// Whether the file is QuickTime, whose languages may be Macintosh codes.
    pub(crate) quicktime: bool,
}

/// What reading the samples of a track needs.
pub(crate) struct Coding<'m> {
    /// Decoder configurations by `sample_description_index`, which counts from 1: the first stands at 0.
    pub(crate) configs: Few<Option<DecoderConfig<'m>>>,
    /// Whether the samples are in another file.
    pub(crate) external: bool,
}

/// Lowers the boxes of a track to `track`, of which only the index is known before.
pub(crate) fn lower<'m>(
    context: &Context<'_, 'm>,
    boxes: &Trak<'m>,
    samples: &Samples<'_>,
    track: &mut Track,
    reader: &mut Reader<'_>,
    notes: &mut Notes<'_>,
) -> Coding<'m> {
    let entries = entries(boxes, notes);
    let kind = kind(boxes, entries.first().map(|entry| entry.kind), context.chapters, samples.len());
    track.kind = kind;
    if matches!(kind, TrackKind::Video | TrackKind::AttachedPicture) {
        track.video = Some(Box::default());
    }
    let media = matches!(kind, TrackKind::Video | TrackKind::Audio);
    if media {
        note_missing(context, boxes, samples, entries.is_empty(), notes);
    }
    header(boxes, track, notes);
    language(context, boxes, track);
    let table_bytes = samples.tables.sizes.sum(0, u64::MAX);
    totals(boxes, samples, table_bytes, track);
    let steady = if kind == TrackKind::Video { Steady::of(samples) } else { None };
    clock::times(context, boxes, samples, steady, media, track, notes);
    if media && reader.extras().presentation {
        clock::presented(context, boxes, samples, reader, track);
    }
    if kind == TrackKind::Video {
        // Without a duration the times are damaged, and a rate of them would be none.
        let rate = match &track.media_duration {
            Fact::Unknown(why) => Fact::Unknown(why.clone()),
            _ => clock::rate(boxes, samples, steady, reader, notes),
        };
        if let Some(video) = track.video.as_deref_mut() {
            video.frame_rate = rate;
        }
    }
    let used = used_entry(samples, entries.len());
    let others = if entries.len() > 1 { other_entries(samples, used) } else { BTreeSet::new() };
    let configs = lower_entries(boxes, &entries, (used, &others), track, notes);
    if let Some(video) = track.video.as_deref_mut() {
        video.displayed = displayed(video);
    }
    let external =
        entries.get(used).zip(boxes.dref).is_some_and(|(e, dref)| is_external(dref, data_reference_index(e)));
    if external {
        notes.tolerated(
            Evidence::within(boxes.offset, &boxes.container, "mdia.minf.dinf.dref"),
            "the media of the track is in another file",
            "media in this file",
            "a reference to another one",
        );
    } else {
        places::check(samples, table_bytes, reader.len(), &boxes.container, notes);
    }
    Coding { configs, external }
}

/// The sample entries that are there.
fn entries<'m>(boxes: &Trak<'m>, notes: &mut Notes<'_>) -> Few<ChildBox<'m>> {
    let mut entries = Few::default();
    for entry in boxes.stbl.stsd.iter().flat_map(Stsd::entries).take(MOST_ENTRIES) {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(ended) => notes.malformed(
                Evidence::within(ended.offset, &boxes.container, "mdia.minf.stbl.stsd.box.size"),
                "a sample entry reaches past the box that holds it",
                format!("{} bytes", ended.expected),
                format!("{} bytes", ended.actual),
            ),
        }
    }
    entries
}

/// Notes boxes without which a video or audio track cannot be read.
fn note_missing(
    context: &Context<'_, '_>,
    boxes: &Trak<'_>,
    samples: &Samples<'_>,
    no_entry: bool,
    notes: &mut Notes<'_>,
) {
    let found = boxes.stbl.found;
    // Without samples in `moov` nothing is lost when their tables are not there.
    let has_samples = samples.tables.sizes.len() > 0;
    let tables = has_samples || context.moov.mvex.is_none();
    let missing = [
        (boxes.tkhd.is_none(), "tkhd"),
        (boxes.mdhd.is_none(), "mdia.mdhd"),
        (!boxes.has_stbl, "mdia.minf.stbl"),
        (boxes.has_stbl && no_entry, "mdia.minf.stbl.stsd"),
        (boxes.has_stbl && tables && !found.sizes, "mdia.minf.stbl.stsz"),
        (has_samples && !found.stts, "mdia.minf.stbl.stts"),
        (has_samples && !found.stsc, "mdia.minf.stbl.stsc"),
        (has_samples && !found.chunks, "mdia.minf.stbl.stco"),
    ];
    for (_, name) in missing.iter().filter(|(missing, _)| *missing) {
        let offset = boxes.stbl.stsd.filter(|_| *name == "mdia.minf.stbl.stsd").map_or(boxes.offset, |stsd| stsd.at);
        notes.malformed(
            Evidence::within(offset, &boxes.container, name),
            "the track lacks what it cannot be read without",
            *name,
            "nothing that can be read",
        );
    }
}

/// `tkhd` and `hdlr`.
fn header(boxes: &Trak<'_>, track: &mut Track, notes: &mut Notes<'_>) {
    let at = |offset, element| Evidence::within(offset, &boxes.container, element);
    track.handler = match boxes.handler {
        Some((handler, offset)) => Fact::known(handler, at(offset, "mdia.hdlr.handler_type")),
        None => Fact::unknown("the track has no handler"),
    };
    let Some(header) = &boxes.tkhd else {
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
        // Players turn by quarters or not at all, and all limits of a size turn with it: any choice is as good.
        Turn::Oblique => {
            notes.tolerated(matrix.clone(), "the picture is not turned by quarters", "quarter turns", "another matrix");
            Fact::known(Rotation::default(), matrix)
        }
    };
}

/// `mdhd` and `elng`.
fn language(context: &Context<'_, '_>, boxes: &Trak<'_>, track: &mut Track) {
    let at = |offset, element| Evidence::within(offset, &boxes.container, element);
    if let Some((tag, offset)) = &boxes.elng {
        track.language = Fact::known(tag.clone(), at(*offset, "mdia.elng.extended_language"));
        return;
    }
    let Some(header) = &boxes.mdhd else {
        track.language = Fact::unknown("the media has no header that can be read");
        return;
    };
    let macintosh = context.quicktime.then(|| header.language().map(str::to_owned)).flatten();
    track.language = match header.packed_language().or(macintosh) {
        Some(language) => Fact::known(language, at(header.language_at, "mdia.mdhd.language")),
        None => Fact::Absent,
    };
}

/// Number and bytes of the samples, of which those of the tables have `table_bytes`.
fn totals(boxes: &Trak<'_>, samples: &Samples<'_>, table_bytes: u64, track: &mut Track) {
    let (at, damaged) = samples_evidence(boxes, samples);
    if damaged {
        let unknown = "the sizes of the samples cannot be read";
        track.samples = Fact::unknown(unknown);
        track.sample_bytes = Fact::unknown(unknown);
        return;
    }
    track.samples = Fact::known(samples.len(), at.clone());
    track.sample_bytes = Fact::known(table_bytes.saturating_add(samples.fragments.bytes), at);
}

/// Where the samples are told, and whether less is told than claimed.
fn samples_evidence(boxes: &Trak<'_>, samples: &Samples<'_>) -> (Evidence, bool) {
    let sizes = samples.tables.sizes;
    let damaged = sizes.claimed() > sizes.len() || (!boxes.stbl.found.sizes && samples.fragments.runs.is_empty());
    let run = samples.fragments.runs.first().filter(|_| sizes.len() == 0);
    let at = match run {
        Some(run) => Evidence::new(run.at, "moof.traf.trun"),
        None => Evidence::within(sizes.offset, &boxes.container, "mdia.minf.stbl.stsz.sample_count"),
    };
    (at, damaged)
}

/// Index of the sample entry that the first samples use.
fn used_entry(samples: &Samples<'_>, entries: usize) -> usize {
    let table = samples.chunks().find(|chunk| chunk.samples > 0).map(|chunk| chunk.description);
    let description = table.filter(|_| samples.tables.sizes.len() > 0);
    let description = description.or_else(|| samples.fragments.runs.first().map(|run| run.description)).unwrap_or(1);
    let index = usize::try_from(description.saturating_sub(1)).unwrap_or(usize::MAX);
    if index < entries { index } else { 0 }
}

/// Indices of the sample entries that samples use besides the first.
fn other_entries(samples: &Samples<'_>, used: usize) -> BTreeSet<usize> {
    let chunks = samples.chunks().filter(|chunk| chunk.samples > 0).map(|chunk| chunk.description);
    let chunks = chunks.take_while(|_| samples.tables.sizes.len() > 0);
    let runs = samples.fragments.runs.iter().map(|run| run.description);
    let indices = chunks.chain(runs).filter_map(|description| usize::try_from(description.checked_sub(1)?).ok());
    indices.filter(|&index| index != used && index < MOST_ENTRIES).collect()
}

/// Reads all sample entries. The one at `used` tells the facts of the track, and what `others` say stands beside them.
fn lower_entries<'m>(
    boxes: &Trak<'m>,
    entries: &[ChildBox<'m>],
    (used, others): (usize, &BTreeSet<usize>),
    track: &mut Track,
    notes: &mut Notes<'_>,
) -> Few<Option<DecoderConfig<'m>>> {
    if entries.is_empty() {
        track.codec = Fact::unknown("the track has no sample entry that can be read");
    }
    let mut configs = Few::default();
    for _ in entries {
        configs.push(None);
    }
    let name = |track: &Track| track.codec.value().map(|codec| codec.name.clone());
    // The one that is used comes first, since the others are held against it.
    let after = (0..entries.len()).filter(|&index| index != used);
    for index in std::iter::once(used).chain(after) {
        let (Some(entry), Some(config)) = (entries.get(index), configs.get_mut(index)) else { continue };
        let container = paths::sample_entry(&boxes.container, entry.kind);
        let mut lower = |track: &mut Track| {
            sample_entry::lower(entry.kind, entry.body, entry.offset, &container, track, notes.anomalies())
        };
        if index == used {
            *config = lower(track);
            continue;
        }
        let mut other = Track::new(track.index, track.kind);
        let is_used = others.contains(&index);
        if is_used && track.video.is_some() {
            other.video = Some(Box::default());
        }
        *config = lower(&mut other);
        if is_used {
            take_pixels(track, &other);
            other.video = None;
            track.other_codings.push(other.clone());
        }
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

/// Takes pixels that are not square from an entry that later samples use.
fn take_pixels(track: &mut Track, other: &Track) {
    let (Some(video), Some(other)) = (track.video.as_deref_mut(), other.video.as_deref()) else { return };
    let is_square = |video: &Video| video.pixel_aspect_box.value().is_none_or(|ratio| *ratio == Ratio::whole(1));
    if is_square(video) && !is_square(other) {
        video.pixel_aspect_box = other.pixel_aspect_box.clone();
    }
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
