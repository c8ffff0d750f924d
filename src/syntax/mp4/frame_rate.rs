//! Frames over time: the average, the most frequent interval, and the fastest run of eight intervals.

use std::collections::BTreeMap;

use super::samples::Samples;
use super::steady::Steady;
use crate::facts::{FastestRun, FrameRate};
use crate::input::{Budget, Exhausted};
use crate::units::{Duration, Ratio};

/// The frame rate of a track whose clock runs at `timescale` ticks a second.
///
/// A sample counts as one frame; `steady` is what is known of them where that is no other rate. `None`: there are fewer than two frames, or all are shown at the same time. Stops
/// where composition times have to be sorted and the budget has no room for that many.
pub(crate) fn frame_rate(
    samples: &Samples<'_>,
    steady: Option<Steady>,
    timescale: u32,
    budget: &Budget,
) -> Result<Option<FrameRate>, Exhausted> {
    let frames = samples.len();
    let clock = u64::from(timescale);
    if samples.fragments.runs.is_empty() && !samples.is_reordered() {
        let start = 0;
        let mut left = frames.saturating_sub(1);
        let intervals = samples.time_runs().map(move |run| {
            let count = run.count.min(left);
            left -= count;
            (u64::from(run.first.duration), count)
        });
        let seen = Intervals::of(intervals, start);
        let uniform = seen.distinct() <= 1;
        return Ok(seen.frame_rate(frames, clock, uniform));
    }
    budget.structure(frames.saturating_mul(size_of::<i64>() as u64))?;
    let (seen, uniform) = steady.map_or_else(|| sorted(samples, frames), |steady| (Intervals::steady(&steady), true));
    Ok(seen.frame_rate(frames, clock, uniform))
}

/// The intervals between the sorted times of all frames, and whether all decoding deltas but the last are equal.
fn sorted(samples: &Samples<'_>, frames: u64) -> (Intervals, bool) {
    let (mut compositions, uniform) = compositions(samples, frames);
    sort_nearly_sorted(&mut compositions);
    let start = compositions.first().copied().unwrap_or(0);
    (Intervals::of(runs(&compositions), u64::try_from(start).unwrap_or(0)), uniform)
}

/// The intervals between sorted times, each with the number of those that follow one another.
fn runs(mut times: &[i64]) -> impl Iterator<Item = (u64, u64)> {
    std::iter::from_fn(move || {
        let &[first, second, ..] = times else { return None };
        let interval = second.abs_diff(first);
        let alike =
            times.iter().zip(times.iter().skip(1)).take_while(|&(before, after)| after.abs_diff(*before) == interval);
        let count = alike.count();
        times = times.get(count..).unwrap_or_default();
        Some((interval, count as u64))
    })
}

/// Composition times in decoding order, and whether all decoding deltas but the last are equal.
fn compositions(samples: &Samples<'_>, frames: u64) -> (Vec<i64>, bool) {
    let mut compositions = Vec::with_capacity(usize::try_from(frames).unwrap_or(0));
    let mut deltas = Deltas { last: None, delta: None, uniform: true };
    for run in samples.time_runs() {
        let mut composition = run.first.composition;
        let duration = run.first.duration;
        for _ in 0..run.count {
            compositions.push(composition);
            composition = composition.saturating_add(i64::from(duration));
        }
        deltas.add(run.first.decode, run.count, duration);
    }
    for run in &samples.fragments.runs {
        for sample in samples.fragments.samples_of(run) {
            compositions.push(sample.time.composition);
            deltas.add(sample.time.decode, 1, 0);
        }
    }
    (compositions, deltas.uniform)
}

/// The deltas between decoding times.
struct Deltas {
    last: Option<u64>,
    /// Whether time goes back, and how far it goes.
    delta: Option<(bool, u64)>,
    uniform: bool,
}

impl Deltas {
    /// Adds `count` samples from `decode` on, `duration` apart.
    fn add(&mut self, decode: u64, count: u64, duration: u32) {
        if let Some(last) = self.last {
            self.note((decode < last, decode.abs_diff(last)));
        }
        if count > 1 {
            self.note((false, u64::from(duration)));
        }
        self.last = Some(decode.saturating_add(count.saturating_sub(1).saturating_mul(u64::from(duration))));
    }

    fn note(&mut self, found: (bool, u64)) {
        self.uniform &= *self.delta.get_or_insert(found) == found;
    }
}

/// What the intervals between frames in presentation order tell.
struct Intervals {
    span: u64,
    counts: Counts,
    /// The shortest window: its sum and its start.
    fastest: Option<(u64, u64)>,
}

impl Intervals {
    /// Walks over runs of equal intervals, from the frame shown at `start` on.
    fn of(runs: impl Iterator<Item = (u64, u64)>, start: u64) -> Self {
        let mut seen = Self { span: 0, counts: Counts::default(), fastest: None };
        let mut window = [0_u64; WINDOW];
        let mut sum = 0_u64;
        let mut filled = 0_usize;
        for (interval, count) in runs.filter(|&(_, count)| count > 0) {
            seen.counts.add(interval, count);
            // After a whole window of one interval every further window is the same.
            let stepped = count.min(WINDOW as u64);
            for _ in 0..stepped {
                seen.span = seen.span.saturating_add(interval);
                if let Some(oldest) = window.get_mut(filled % WINDOW) {
                    sum = sum.saturating_sub(std::mem::replace(oldest, interval)).saturating_add(interval);
                }
                filled += 1;
                if filled >= WINDOW && seen.fastest.is_none_or(|(fastest, _)| sum < fastest) {
                    let shown = start.saturating_add(seen.span);
                    seen.fastest = Some((sum, shown.saturating_sub(sum)));
                }
            }
            seen.span = seen.span.saturating_add((count - stepped).saturating_mul(interval));
        }
        seen
    }

    /// The intervals between frames at a steady rate, for which no times have to be sorted.
    fn steady(frames: &Steady) -> Self {
        let start = u64::try_from(frames.first_offset).unwrap_or(0);
        Self::alike(u64::from(frames.interval), frames.frames.saturating_sub(1), start)
    }

    /// The same for one run, of which no sum passes 63 bits.
    fn alike(interval: u64, count: u64, start: u64) -> Self {
        let counts = Counts { first: (count > 0).then_some((interval, count)), ..Counts::default() };
        let fastest = (count >= WINDOW as u64).then_some((interval * WINDOW as u64, start));
        Self { span: interval * count, counts, fastest }
    }

    /// Number of distinct intervals, as far as they were counted.
    fn distinct(&self) -> usize {
        usize::from(self.counts.first.is_some()) + self.counts.few.len() + self.counts.many.len()
    }

    fn frame_rate(&self, frames: u64, clock: u64, uniform: bool) -> Option<FrameRate> {
        let seconds = |ticks| Ratio::new(ticks, clock).map(Duration);
        let gaps = frames.checked_sub(1).filter(|&gaps| gaps > 0)?;
        let average = Ratio::from_u128(u128::from(gaps) * u128::from(clock), u128::from(self.span))?;
        let fastest_run =
            self.fastest.and_then(|(span, start)| Some(FastestRun { span: seconds(span)?, start: seconds(start)? }));
        Some(FrameRate {
            frames,
            span: seconds(self.span)?,
            average,
            uniform,
            most_frequent: self.counts.most_frequent().and_then(|interval| Ratio::new(clock, interval)),
            fastest_run,
        })
    }
}

/// How often each interval occurs. Almost all videos have one, two or a few dozen different ones.
#[derive(Default)]
struct Counts {
    /// The interval that came first, which is the only one of most videos.
    first: Option<(u64, u64)>,
    few: Vec<(u64, u64)>,
    many: BTreeMap<u64, u64>,
    last: usize,
}

impl Counts {
    fn add(&mut self, interval: u64, count: u64) {
        let first = self.first.get_or_insert((interval, 0));
        if first.0 == interval {
            first.1 = first.1.saturating_add(count);
        } else if let Some(entry) = self.few.get_mut(self.last).filter(|entry| entry.0 == interval) {
            entry.1 = entry.1.saturating_add(count);
        } else if let Some(at) = self.few.iter().position(|entry| entry.0 == interval) {
            self.last = at;
            if let Some(entry) = self.few.get_mut(at) {
                entry.1 = entry.1.saturating_add(count);
            }
        } else if self.few.len() < FEW {
            self.last = self.few.len();
            self.few.push((interval, count));
        } else if self.many.len() < MOST_DISTINCT || self.many.contains_key(&interval) {
            let entry = self.many.entry(interval).or_default();
            *entry = entry.saturating_add(count);
        }
    }

    /// The interval above 0 that occurs most often; of several, the shortest.
    fn most_frequent(&self) -> Option<u64> {
        let few = self.first.iter().chain(&self.few).copied();
        let all = few.chain(self.many.iter().map(|(&interval, &count)| (interval, count)));
        all.filter(|&(interval, _)| interval > 0)
            .max_by_key(|&(interval, count)| (count, std::cmp::Reverse(interval)))
            .map(|(interval, _)| interval)
    }
}

/// Sorts times that are a few places from where they belong, as B pictures are, in linear time; others as usual.
fn sort_nearly_sorted(times: &mut [i64]) {
    let mut moves = times.len().saturating_mul(16);
    for index in 1..times.len() {
        let mut place = index;
        while let Some([before, time]) = place.checked_sub(1).and_then(|before| times.get_mut(before..=place)) {
            if *before <= *time {
                break;
            }
            (*before, *time) = (*time, *before);
            place -= 1;
            moves = moves.saturating_sub(1);
        }
        if moves == 0 {
            times.sort_unstable();
            return;
        }
    }
}

/// Intervals of the window whose shortest sum is the peak rate.
const WINDOW: usize = 8;

/// How many distinct intervals but the first are looked through one by one.
const FEW: usize = 31;

/// How many distinct intervals are counted beside those; a clock with more has no most frequent rate to speak of.
const MOST_DISTINCT: usize = 4096;

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::{Cursor, Limits};
    use crate::syntax::mp4::fragments::TrackFragments;
    use crate::syntax::mp4::samples::SampleTables;
    use crate::syntax::mp4::stsz::SampleSizes;
    use crate::syntax::mp4::table::Table;

    fn rate(stts: &[[u32; 2]], ctts: &[[u32; 2]], timescale: u32) -> Option<FrameRate> {
        let limits = Limits { structure_bytes: 1 << 20, ..Limits::default() };
        with_samples(stts, ctts, |samples| {
            frame_rate(samples, Steady::of(samples), timescale, &Budget::new(limits)).unwrap()
        })
    }

    pub(crate) fn with_samples<T>(stts: &[[u32; 2]], ctts: &[[u32; 2]], read: impl FnOnce(&Samples<'_>) -> T) -> T {
        let bytes = |runs: &[[u32; 2]]| runs.as_flattened().iter().flat_map(|w| w.to_be_bytes()).collect::<Vec<u8>>();
        let (stts_bytes, ctts_bytes) = (bytes(stts), bytes(ctts));
        let count: u32 = stts.iter().map(|run| run[0]).sum();
        let stsz = [[0, 0, 0, 0], 1_u32.to_be_bytes(), count.to_be_bytes()].concat();
        let mut tables = SampleTables::empty();
        tables.stts = Table::read(&Cursor::new(&stts_bytes, 0), stts.len() as u32);
        tables.ctts = (!ctts.is_empty()).then(|| Table::read(&Cursor::new(&ctts_bytes, 0), ctts.len() as u32));
        tables.sizes = SampleSizes::read_stsz(Cursor::new(&stsz, 0)).unwrap();
        let fragments = TrackFragments::default();
        read(&Samples { tables: &tables, fragments: &fragments })
    }

    #[test]
    fn a_steady_rate_is_exact_whatever_the_last_frame_lasts() {
        let found = rate(&[[299, 1001], [1, 90_000]], &[], 60_000).unwrap();
        assert_eq!((found.average, found.uniform), (Ratio::new(60_000, 1001).unwrap(), true));
        assert_eq!(found.most_frequent, Ratio::new(60_000, 1001));
        assert_eq!(found.span, Duration::from_ticks(298 * 1001 + 1001, 60_000).unwrap());
        assert_eq!(found.fastest_run.unwrap().span, Duration::from_ticks(8008, 60_000).unwrap());
    }

    #[test]
    fn a_rounded_clock_is_not_uniform() {
        let runs: Vec<_> = (0..99).flat_map(|_| [[1, 16], [1, 17], [1, 17]]).collect();
        let found = rate(&runs, &[], 1000).unwrap();
        assert!(!found.uniform);
        assert_eq!(found.average, Ratio::new(296_000, 4933).unwrap(), "the last frame's duration is left out");
        assert_eq!(found.most_frequent, Ratio::new(1000, 17));
        assert_eq!(found.fastest_run.unwrap().span, Duration::from_millis(133));
    }

    #[test]
    fn b_pictures_are_sorted_into_presentation_order() {
        // I P B B four times, at 25 frames a second.
        let ctts: Vec<_> = (0..4).flat_map(|_| [[1, 1024], [1, 2048], [2, 512]]).collect();
        let found = rate(&[[16, 512]], &ctts, 12_800).unwrap();
        assert_eq!((found.average, found.uniform), (Ratio::whole(25), true));
        assert_eq!(found.most_frequent, Some(Ratio::whole(25)));
    }

    #[test]
    fn a_burst_is_found_wherever_it_stands() {
        let found = rate(&[[100, 40], [8, 10], [100, 40]], &[], 1000).unwrap();
        let burst = found.fastest_run.unwrap();
        assert_eq!((burst.span, burst.start), (Duration::from_millis(80), Duration::from_millis(4000)));
        let found = rate(&[[4, 40], [4, 10], [4, 40]], &[], 1000).unwrap();
        assert_eq!(found.fastest_run.unwrap().span, Duration::from_millis(200));
    }

    #[test]
    fn too_few_frames_have_no_rate() {
        assert_eq!(rate(&[[1, 512]], &[], 12_800), None);
        assert_eq!(rate(&[], &[], 12_800), None);
        assert_eq!(rate(&[[100, 0]], &[], 12_800), None);
        assert_eq!(rate(&[[8, 512]], &[], 12_800).unwrap().fastest_run, None);
        assert!(rate(&[[9, 512]], &[], 12_800).unwrap().fastest_run.is_some());
    }

    #[test]
    fn four_thousand_million_frames_cost_nothing_or_stop() {
        assert_eq!(rate(&[[u32::MAX, 512]], &[], 12_800).unwrap().average, Ratio::whole(25));
        let ctts = 0x0000_0001_0000_0001_u64.to_be_bytes();
        let stsz = b"\0\0\0\0\0\0\0\x01\xff\xff\xff\xff";
        let mut tables = SampleTables::empty();
        tables.ctts = Some(Table::read(&Cursor::new(&ctts, 0), 1));
        tables.sizes = SampleSizes::read_stsz(Cursor::new(stsz, 0)).unwrap();
        let fragments = TrackFragments::default();
        let samples = Samples { tables: &tables, fragments: &fragments };
        assert!(frame_rate(&samples, None, 1, &Budget::default()).is_err());
    }

    proptest! {
        #[test]
        fn steady_times_need_no_sorting(
            order in prop::sample::subsequence((0_u32..12).collect::<Vec<_>>(), 12).prop_shuffle(),
            shift in 0_i32..3, last in 1_u32..4, odd in prop::option::of((0_usize..12, -4_i32..4)),
        ) {
            // Frames of two ticks each, in any order of presentation, of which one may be out of it.
            let mut offsets: Vec<_> = (0..).zip(&order).map(|(at, &place)| 2 * (place as i32 - at) + shift).collect();
            if let Some((at, by)) = odd {
                offsets[at] += by;
            }
            let ctts: Vec<_> = offsets.iter().map(|offset| [1, offset.cast_unsigned()]).collect();
            with_samples(&[[11, 2], [1, last]], &ctts, |samples| {
                if let Some(steady) = Steady::of(samples) {
                    let (expected, uniform) = sorted(samples, 12);
                    let seen = Intervals::steady(&steady);
                    prop_assert_eq!(seen.frame_rate(12, 25, true), expected.frame_rate(12, 25, uniform));
                }
                Ok(())
            })?;
        }

        #[test]
        fn sorting_is_sorting(mut times in prop::collection::vec(any::<i64>(), 0..300)) {
            let mut expected = times.clone();
            expected.sort_unstable();
            sort_nearly_sorted(&mut times);
            prop_assert_eq!(times, expected);
        }

        #[test]
        fn runs_and_single_intervals_agree(runs in prop::collection::vec((0_u64..50, 1_u64..30), 0..20)) {
            let singles = runs.iter().flat_map(|&(interval, count)| (0..count).map(move |_| (interval, 1)));
            let (a, b) = (Intervals::of(runs.iter().copied(), 7), Intervals::of(singles, 7));
            prop_assert_eq!(a.span, b.span);
            prop_assert_eq!(a.fastest, b.fastest);
            prop_assert_eq!(a.counts.most_frequent(), b.counts.most_frequent());
            let (interval, count) = runs.first().copied().unwrap_or_default();
            let (a, b) = (Intervals::alike(interval, count, 7), Intervals::of(std::iter::once((interval, count)), 7));
            prop_assert_eq!((a.span, a.fastest, a.counts.first), (b.span, b.fastest, b.counts.first));
        }
    }
}
