//! When the samples of a track are presented: composition times through the edit list (ISO/IEC 14496-12:2022 8.6.6).
//!
//! An edit list of any number of empty edits, then one edit of the media at its own speed, is what writers make: a late
//! start, and a cut in front. Any other list plays the media in another order, and then frames have no single time.

use super::elst::{Edit, Elst};
use super::samples::Samples;
use super::time::MediaTime;
use crate::facts::{Evidence, Fact, Frames, Presentation};
use crate::input::Budget;
use crate::units::{Duration, Ratio};

/// When `samples` are presented, whose clock runs at `timescale`; `edits` with the timescale of the movie. The frames are
/// told where `is_video`.
pub(super) fn presentation(
    samples: &Samples<'_>,
    timescale: u32,
    edits: Option<(Elst<'_>, u32)>,
    is_video: bool,
    at: Evidence,
    budget: &Budget,
) -> Fact<Presentation> {
    let first = if is_video {
        samples.iter().take(REORDERED).map(|sample| sample.composition_time).min()
    } else {
        first_sound(samples)
    };
    let Some(first) = first else { return Fact::unknown("the track has no samples") };
    let edit = match edits.filter(|(list, _)| list.len() > 0) {
        Some((list, clock)) => match SingleEdit::of(list, clock) {
            Ok(edit) => edit,
            Err(why) => return Fact::unknown(why),
        },
        None => SingleEdit { wait: Ratio::whole(0), begin: 0, length: None },
    };
    let late = u64::try_from(first.saturating_sub(edit.begin)).unwrap_or(0);
    let early = u64::try_from(edit.begin.saturating_sub(first)).unwrap_or(0);
    let start = Ratio::new(late, timescale.into()).and_then(|late| late.plus(edit.wait));
    let length = length(samples, timescale, first, &edit);
    let (Some(start), Some(length), Some(skipped)) = (start, length, Duration::from_ticks(early, timescale)) else {
        return Fact::unknown("the media's clock stands still, or its times pass 64 bits");
    };
    let frames = if is_video { frames(samples, timescale, &edit, at.clone(), budget) } else { Fact::Absent };
    Fact::known(Presentation { start: Duration(start), length, skipped, frames }, at)
}

/// The gap behind the first sample of sound, in ticks, where it is as long as a sample or longer.
pub(super) fn first_gap(samples: &Samples<'_>) -> Option<u64> {
    let mut times = samples.iter().map(|sample| sample.composition_time);
    let (first, second, third) = (times.next()?, times.next()?, times.next()?);
    let gap = first_sound(samples)?.saturating_sub(first);
    u64::try_from(gap).ok().filter(|_| gap > 0 && gap >= third.saturating_sub(second))
}

/// When the first sample of sound begins. Where writers fill a gap by stretching it, it is taken to end where it does and
/// to last as long as the second one.
fn first_sound(samples: &Samples<'_>) -> Option<i64> {
    let mut times = samples.iter().map(|sample| sample.composition_time);
    let first = times.next()?;
    let (Some(second), Some(third)) = (times.next(), times.next()) else { return Some(first) };
    Some(first.max(second.saturating_sub(third.saturating_sub(second).max(0))))
}

/// From the first sample that is presented to the end of the last one.
fn length(samples: &Samples<'_>, timescale: u32, first: i64, edit: &SingleEdit) -> Option<Duration> {
    let end = i64::try_from(MediaTime::of(samples, None).composition_end).unwrap_or(i64::MAX);
    let begin = first.max(edit.begin);
    let media = Duration::from_ticks(u64::try_from(end.saturating_sub(begin)).unwrap_or(0), timescale)?;
    let Some(length) = edit.length else { return Some(media) };
    // What comes before the first sample is part of the edit, and not of the samples.
    let late = Ratio::new(u64::try_from(first.saturating_sub(edit.begin)).unwrap_or(0), timescale.into())?;
    let (a, b) = (
        u128::from(length.numerator()) * u128::from(late.denominator()),
        u128::from(late.numerator()) * u128::from(length.denominator()),
    );
    let shown =
        Ratio::from_u128(a.saturating_sub(b), u128::from(length.denominator()) * u128::from(late.denominator()))?;
    Some(media.min(Duration(shown)))
}

/// The one edit that presents the media.
struct SingleEdit {
    /// Seconds of empty edits in front of it.
    wait: Ratio,
    /// Composition time at which it begins, in ticks of the media's clock. Without an edit list, 0.
    begin: i64,
    /// Its length in seconds. Absent: to the end of the media.
    length: Option<Ratio>,
}

impl SingleEdit {
    fn of(list: Elst<'_>, clock: u32) -> Result<Self, &'static str> {
        let (mut wait, mut media) = (0_u64, None::<(Edit, u64)>);
        for edit in list.edits() {
            match (edit.media_time, &media) {
                (None, None) => wait = wait.saturating_add(edit.segment_duration),
                // Nothing is shown after the media, which moves no sample.
                (None, Some(_)) => {}
                (Some(time), None) if edit.is_normal_speed() => media = Some((edit, time)),
                (Some(_), None) => return Err("the edit list plays the media at another speed"),
                (Some(_), Some(_)) => return Err("the edit list plays the media in several parts"),
            }
        }
        let Some((edit, time)) = media else { return Err("the edit list presents nothing") };
        let seconds = |ticks| Ratio::new(ticks, clock.into()).ok_or("the movie's clock stands still");
        let length = if edit.segment_duration == 0 { None } else { Some(seconds(edit.segment_duration)?) };
        Ok(Self { wait: seconds(wait)?, begin: i64::try_from(time).unwrap_or(i64::MAX), length })
    }
}

/// The frames that `edit` shows.
fn frames(samples: &Samples<'_>, timescale: u32, edit: &SingleEdit, at: Evidence, budget: &Budget) -> Fact<Frames> {
    if samples.len() > MOST_FRAMES {
        return Fact::unknown(format!("there are more than {MOST_FRAMES} frames"));
    }
    if budget.structure(samples.len().saturating_mul(size_of::<i64>() as u64)).is_err() {
        return Fact::unknown("the times of all frames would pass the budget of one file");
    }
    let mut compositions = Vec::with_capacity(usize::try_from(samples.len()).unwrap_or(0));
    let mut sync = SyncIntervals::default();
    for sample in samples.iter() {
        compositions.push(sample.composition_time);
        sync.add(sample.sync);
    }
    compositions.sort_unstable();
    // The frame that is shown as the edit begins may have come before it.
    let first = compositions.partition_point(|&time| time <= edit.begin).saturating_sub(1);
    let last = edit.length.and_then(|length| {
        let ticks = u128::from(length.numerator()) * u128::from(timescale);
        let ticks = ticks.div_ceil(u128::from(length.denominator()));
        i64::try_from(ticks).ok()?.checked_add(edit.begin)
    });
    let last = last.map_or(compositions.len(), |end| compositions.partition_point(|&time| time < end));
    let shown = compositions.get(first..last).unwrap_or_default();
    let Some(origin) = shown.first().map(|&time| time.max(edit.begin)) else {
        return Fact::unknown("the edit list shows no frame");
    };
    let times = shown.iter().map(|time| u64::try_from(time.saturating_sub(origin)).unwrap_or(0)).collect();
    let (sync_samples, longest_sync_interval) = sync.counts();
    Fact::known(Frames { timescale, times, sync_samples, longest_sync_interval }, at)
}

/// Counts sync samples, and the samples between them.
#[derive(Default)]
struct SyncIntervals {
    count: u64,
    since: u64,
    longest: u64,
}

impl SyncIntervals {
    fn add(&mut self, is_sync: bool) {
        if is_sync {
            self.count += 1;
            self.longest = self.longest.max(self.since);
            self.since = 0;
        }
        self.since += 1;
    }

    fn counts(&self) -> (u64, u64) {
        (self.count, self.longest.max(self.since))
    }
}

/// Samples among which the first one that is shown stands: more than any codec reorders.
const REORDERED: usize = 64;

/// Frames of almost five hours at 60 frames a second.
const MOST_FRAMES: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Cursor, Limits};
    use crate::syntax::mp4::fragments::TrackFragments;
    use crate::syntax::mp4::samples::SampleTables;
    use crate::syntax::mp4::stsc::ChunkOffsets;
    use crate::syntax::mp4::stsz::SampleSizes;
    use crate::syntax::mp4::sync_samples::SampleNumbers;
    use crate::syntax::mp4::table::Table;

    /// Six frames at 25 frames/s on a clock of 12800, I P B B P B, the first composed two frames late, sync every third.
    fn presented(edits: &[(u32, i32, u32)]) -> Fact<Presentation> {
        presented_at(12_800, edits)
    }

    fn presented_at(timescale: u32, edits: &[(u32, i32, u32)]) -> Fact<Presentation> {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        let offsets = [2, 4, 1, 1, 2, 1].map(|frames| [1, frames * 512]);
        let (stts, ctts) = (words(&[6, 512]), words(offsets.as_flattened()));
        let (stsc, stco, stss) = (words(&[1, 6, 1]), words(&[48]), words(&[1, 4]));
        let stsz = words(&[0, 10, 6]);
        let mut tables = SampleTables::empty();
        tables.stts = Table::read(&Cursor::new(&stts, 0), 1);
        tables.ctts = Some(Table::read(&Cursor::new(&ctts, 0), 6));
        tables.stsc = Table::read(&Cursor::new(&stsc, 0), 1);
        tables.chunks = ChunkOffsets::Short(Table::read(&Cursor::new(&stco, 0), 1));
        tables.sizes = SampleSizes::read_stsz(Cursor::new(&stsz, 0)).unwrap();
        tables.stss = Some(SampleNumbers::new(Table::read(&Cursor::new(&stss, 0), 2)));
        let fragments = TrackFragments::default();
        let samples = Samples { tables: &tables, fragments: &fragments };
        let mut list = words(&[0, edits.len() as u32]);
        for (duration, time, rate) in edits {
            list.extend(words(&[*duration, time.cast_unsigned(), *rate]));
        }
        let list = Elst::read(Cursor::new(&list, 0)).unwrap();
        let at = Evidence::new(0, "elst");
        presentation(&samples, timescale, Some((list, 1000)), true, at, &Budget::new(Limits::default()))
    }

    const NORMAL: u32 = 0x1_0000;

    fn told(fact: &Fact<Presentation>) -> (String, String, Vec<u64>) {
        let presentation = fact.value().unwrap();
        let frames = presentation.frames.value().unwrap();
        assert_eq!((frames.sync_samples, frames.longest_sync_interval), (2, 3));
        let times = frames.times.iter().map(|ticks| ticks / 512).collect();
        (presentation.start.seconds().to_string(), presentation.skipped.seconds().to_string(), times)
    }

    fn length(edits: &[(u32, i32, u32)]) -> String {
        presented(edits).value().unwrap().length.seconds().to_string()
    }

    #[test]
    fn the_length_is_that_of_the_samples_an_edit_shows() {
        assert_eq!(length(&[]), "1/5", "from the first composition time on");
        assert_eq!(length(&[(240, 1024, NORMAL)]), "1/5");
        assert_eq!(length(&[(80, 1024, NORMAL)]), "2/25");
        assert_eq!(length(&[(500, -1, NORMAL), (9000, 1024 + 512, NORMAL)]), "4/25", "cut to the end of the media");
        assert_eq!(length(&[(240, 0, NORMAL)]), "4/25", "80 ms of the edit come before the first frame");
    }

    #[test]
    fn a_stretched_first_sample_of_sound_ends_where_it_does() {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        let (stts, stsc, stco, stsz) =
            (words(&[1, 3200, 3, 1024]), words(&[1, 4, 1]), words(&[48]), words(&[0, 10, 4]));
        let mut tables = SampleTables::empty();
        tables.stts = Table::read(&Cursor::new(&stts, 0), 2);
        tables.stsc = Table::read(&Cursor::new(&stsc, 0), 1);
        tables.chunks = ChunkOffsets::Short(Table::read(&Cursor::new(&stco, 0), 1));
        tables.sizes = SampleSizes::read_stsz(Cursor::new(&stsz, 0)).unwrap();
        let fragments = TrackFragments::default();
        let samples = Samples { tables: &tables, fragments: &fragments };
        let budget = Budget::new(Limits::default());
        let told = presentation(&samples, 48_000, None, false, Evidence::new(0, "stts"), &budget);
        let told = told.value().unwrap();
        assert_eq!(
            (told.start, told.length),
            (Duration::from_ticks(2176, 48_000).unwrap(), Duration::from_ticks(4096, 48_000).unwrap())
        );
        assert_eq!((told.skipped, told.frames.is_absent()), (Duration::ZERO, true));
        assert_eq!(first_gap(&samples), Some(2176));
    }

    #[test]
    fn without_an_edit_list_composition_times_delay_the_start() {
        let (start, skipped, times) = told(&presented(&[]));
        assert_eq!((start.as_str(), skipped.as_str()), ("2/25", "0"));
        assert_eq!(times, [0, 1, 2, 3, 4, 4], "two frames of the sample share a time");
    }

    #[test]
    fn one_edit_begins_and_ends_the_media() {
        let (start, skipped, times) = told(&presented(&[(240, 1024, NORMAL)]));
        assert_eq!((start.as_str(), skipped.as_str(), times.len()), ("0", "0", 6));
        let (start, skipped, times) = told(&presented(&[(500, -1, NORMAL), (80, 1024 + 512, NORMAL)]));
        assert_eq!((start.as_str(), skipped.as_str(), times), ("1/2", "1/25", vec![0, 1]));
        let (.., times) = told(&presented(&[(81, 1024, NORMAL)]));
        assert_eq!(times, [0, 1, 2], "a millisecond past two frames shows a third");
        let (.., times) = told(&presented(&[(0, 1024, NORMAL), (500, -1, NORMAL)]));
        assert_eq!(times.len(), 6, "no length runs to the end, and nothing is shown after it");
        let (start, skipped, times) = told(&presented(&[(240, 1024 + 256, NORMAL)]));
        assert_eq!((start.as_str(), skipped.as_str(), times.len()), ("0", "1/50", 6), "half a frame is cut");
    }

    #[test]
    fn what_has_no_single_time_is_unknown() {
        for (edits, why) in [
            (&[(80, 1024, NORMAL), (80, 2048, NORMAL)][..], "in several parts"),
            (&[(80, 1024, 0)], "at another speed"),
            (&[(80, -1, NORMAL)], "presents nothing"),
        ] {
            assert!(matches!(presented(edits), Fact::Unknown(found) if found.0.contains(why)), "{why}");
        }
        assert!(matches!(presented_at(0, &[]), Fact::Unknown(_)), "a clock that stands still");
        let past = presented(&[(80, i32::MAX, NORMAL)]);
        assert_eq!(past.value().unwrap().frames.value().unwrap().times.len(), 1, "the last frame stays");
    }
}
