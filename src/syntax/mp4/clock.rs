//! Lowers what a track's clock, tables and edit list say of time.

use super::facts::Context;
use super::frame_rate::frame_rate;
use super::notes::Notes;
use super::presentation::{first_gap, presentation};
use super::samples::Samples;
use super::steady::Steady;
use super::table::word;
use super::time::MediaTime;
use super::trak::Trak;
use crate::facts::{Evidence, Fact, FrameRate, Track, TrackKind};
use crate::input::{Reader, Stop};
use crate::syntax::anomaly;
use crate::units::{BitRate, Duration};

/// Clock, durations and bit rate; `steady` tells of frames at a steady rate.
pub(super) fn times(
    context: &Context<'_, '_>,
    boxes: &Trak<'_>,
    samples: &Samples<'_>,
    steady: Option<Steady>,
    media: bool,
    track: &mut Track,
    notes: &mut Notes<'_>,
) {
    let at = |offset, element| Evidence::within(offset, &boxes.container, element);
    track.edits = match boxes.elst {
        Some(list) => Fact::known(u32::try_from(list.len()).unwrap_or(u32::MAX), at(list.at, "edts.elst.entry_count")),
        None => Fact::Absent,
    };
    let unknown = |track: &mut Track, why: &'static str| {
        track.media_duration = Fact::unknown(why);
        track.duration = Fact::unknown(why);
        track.bit_rate = Fact::unknown(why);
    };
    let Some(header) = boxes.mdhd else {
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
    if times_are_damaged(boxes, samples, media, notes) {
        return unknown(track, "the times of the samples cannot be read");
    }
    let time = MediaTime::of(samples, steady);
    let media_duration = Duration::from_ticks(time.decode_end, header.timescale);
    track.last_is_early = time.last_is_early.and_then(|ticks| Duration::from_ticks(ticks, header.timescale));
    if track.kind == TrackKind::Audio {
        track.first_gap = first_gap(samples).and_then(|ticks| Duration::from_ticks(ticks, header.timescale));
    }
    track.media_duration = fact(media_duration, times_evidence(boxes, samples), "it is zero");
    track.bit_rate = match (track.sample_bytes.value(), media_duration) {
        (Some(&bytes), Some(duration)) => match BitRate::of(bytes, duration) {
            Some(rate) => Fact::known(rate, times_evidence(boxes, samples)),
            None => Fact::unknown("the media has no duration"),
        },
        _ => Fact::unknown("the bytes of the samples are not known"),
    };
    let edits = boxes.elst.filter(|list| list.len() > 0);
    if boxes.elst.is_some_and(|list| list.claimed > list.len() as u64) {
        track.duration = Fact::unknown("the edit list cannot be read");
        return;
    }
    let presented_at = match edits {
        Some(list) => at(list.at, "edts.elst"),
        None => times_evidence(boxes, samples),
    };
    let clock = context.moov.mvhd.map_or(0, |header| header.timescale);
    let presented = time.presented(header.timescale, edits.map(|list| (list, clock)));
    track.duration = fact(presented, presented_at, "the movie has no clock, and the edit list counts by it");
}

/// When the samples are presented.
pub(super) fn presented(
    context: &Context<'_, '_>,
    boxes: &Trak<'_>,
    samples: &Samples<'_>,
    reader: &mut Reader<'_>,
    track: &mut Track,
) {
    let known = track.timescale.value().copied();
    let Some((timescale, Fact::Known { at, .. })) = known.map(|timescale| (timescale, &track.duration)) else {
        track.presentation = Fact::unknown("the duration of the track is not known");
        return;
    };
    let clock = context.moov.mvhd.map_or(0, |header| header.timescale);
    let edits = boxes.elst.map(|list| (list, clock));
    let is_video = track.kind == TrackKind::Video;
    let at = at.clone();
    track.presentation = presentation(samples, timescale, edits, is_video, at, reader.budget());
}

/// Whether so many samples have no time that durations would be wrong; notes any that has none.
fn times_are_damaged(boxes: &Trak<'_>, samples: &Samples<'_>, media: bool, notes: &mut Notes<'_>) -> bool {
    let stts = samples.tables.stts;
    // Without sizes it is not known which samples the times are those of; that they are missing is noted where they are.
    if !boxes.stbl.found.sizes && samples.fragments.runs.is_empty() && stts.len() > 0 {
        return true;
    }
    let timed = stts.entries().iter().fold(0, |sum: u64, entry| sum.saturating_add(u64::from(word(entry, 0))));
    let sizes = samples.tables.sizes.claimed();
    if timed == sizes || stts.claimed() > stts.len() as u64 {
        return timed != sizes;
    }
    let at = Evidence::within(stts.offset_of(0), &boxes.container, "mdia.minf.stbl.stts");
    let (message, expected) = ("the times are those of another number of samples", format!("{sizes} samples"));
    // One sample more or less is a writer's rounding: every reader copes.
    let damaged = sizes.saturating_sub(timed) > 1 || (timed == 0 && sizes > 0);
    if damaged && media && boxes.stbl.found.stts {
        notes.malformed(at, message, expected, format!("{timed} samples"));
    } else if !damaged {
        notes.tolerated(at, message, expected, format!("{timed} samples"));
    }
    damaged
}

/// The frame rate of a video track.
pub(super) fn rate(
    boxes: &Trak<'_>,
    samples: &Samples<'_>,
    steady: Option<Steady>,
    reader: &mut Reader<'_>,
    notes: &mut Notes<'_>,
) -> Fact<FrameRate> {
    let at = times_evidence(boxes, samples);
    let Some(timescale) = boxes.mdhd.map(|header| header.timescale).filter(|&timescale| timescale > 0) else {
        return Fact::unknown("the media has no clock");
    };
    if samples.len() < 2 {
        return Fact::Absent;
    }
    match frame_rate(samples, steady, timescale, reader.budget()) {
        Ok(found) => fact(found, at, "all frames have the same time"),
        Err(exhausted) => {
            let is_fragmented = !samples.fragments.runs.is_empty();
            let field = if is_fragmented { "moof.traf.trun" } else { "moov.trak.mdia.minf.stbl.ctts" };
            notes.push(anomaly(&Stop::Budget { offset: at.offset, field, exhausted }));
            Fact::unknown("sorting the composition times would pass the budget of one file")
        }
    }
}

/// Where the times of the samples are told.
fn times_evidence(boxes: &Trak<'_>, samples: &Samples<'_>) -> Evidence {
    match samples.fragments.runs.last() {
        Some(run) => Evidence::new(run.at, "moof.traf.trun"),
        None => Evidence::within(samples.tables.stts.offset_of(0), &boxes.container, "mdia.minf.stbl.stts"),
    }
}

fn fact<T>(value: Option<T>, at: Evidence, why: &'static str) -> Fact<T> {
    value.map_or_else(|| Fact::unknown(why), |value| Fact::known(value, at))
}
