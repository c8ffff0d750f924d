//! Times of samples: `stts` gives the decoding deltas, `ctts` what the composition times add
//! (ISO/IEC 14496-12:2022 8.6.1).

use super::table::Table;

/// Decoding and composition time of one sample, in ticks of the media's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SampleTime {
    /// Decoding time.
    pub(crate) decode: u64,
    /// Composition time, edit list not applied.
    pub(crate) composition: i64,
    /// Ticks up to the decoding time of the next sample.
    pub(crate) duration: u32,
}

/// Some samples that follow each other with the same delta and the same offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeRun {
    /// Times of the first sample.
    pub(crate) first: SampleTime,
    /// Number of samples, at least 1.
    pub(crate) count: u64,
}

impl TimeRun {
    /// Composition time of the last sample plus its duration.
    pub(crate) fn composition_end(&self) -> i64 {
        let length = self.count.saturating_mul(u64::from(self.first.duration));
        self.first.composition.saturating_add_unsigned(length)
    }
}

/// Iterates over the times of `count` samples as runs, in decoding order.
///
/// Samples that `stts` does not describe take no time. `ctts` is read as signed in both versions: offsets of 2^31
/// and more have never been seen, negative ones in version 0 have.
#[derive(Clone, Debug)]
pub(crate) struct TimeRuns<'a> {
    stts: &'a [[u8; 8]],
    ctts: &'a [[u8; 8]],
    left: u64,
    delta: (u64, u32),
    offset: (u64, i32),
    decode: u64,
}

impl<'a> TimeRuns<'a> {
    /// The times of the first `count` samples.
    pub(crate) fn new(stts: Table<'a, 8>, ctts: Option<Table<'a, 8>>, count: u64) -> Self {
        Self {
            stts: stts.entries(),
            ctts: ctts.map_or(&[], |ctts| ctts.entries()),
            left: count,
            delta: (0, 0),
            offset: (0, 0),
            decode: 0,
        }
    }

    /// The next run, or the first `most` samples of it.
    #[inline]
    fn next_of_at_most(&mut self, most: u64) -> Option<TimeRun> {
        if self.left == 0 {
            return None;
        }
        self.fill();
        let count = self.left.min(self.delta.0).min(self.offset.0).min(most);
        self.left -= count;
        self.delta.0 -= count;
        self.offset.0 -= count;
        let first = self.time();
        self.decode = first.decode.saturating_add(count.saturating_mul(u64::from(first.duration)));
        Some(TimeRun { first, count })
    }

    /// Takes the next entry of a table where the one before holds for no further sample.
    #[inline]
    fn fill(&mut self) {
        if self.delta.0 == 0 {
            self.delta = next_run(&mut self.stts);
        }
        if self.offset.0 == 0 {
            let (count, offset) = next_run(&mut self.ctts);
            self.offset = (count, offset.cast_signed());
        }
    }

    /// The times of the next sample.
    #[inline]
    fn time(&self) -> SampleTime {
        let decode = self.decode;
        let composition = i64::try_from(decode).unwrap_or(i64::MAX).saturating_add(i64::from(self.offset.1));
        SampleTime { decode, composition, duration: self.delta.1 }
    }
}

impl Iterator for TimeRuns<'_> {
    type Item = TimeRun;

    #[inline]
    fn next(&mut self) -> Option<TimeRun> {
        self.next_of_at_most(u64::MAX)
    }
}

/// The next entry that holds for any sample; past the table, one that holds for all the rest and changes nothing.
#[inline]
fn next_run(entries: &mut &[[u8; 8]]) -> (u64, u32) {
    while let Some((&entry, rest)) = entries.split_first() {
        *entries = rest;
        let (count, value) = run_of(entry);
        if count != 0 {
            return (count, value);
        }
    }
    (u64::MAX, 0)
}

/// The number of samples, and what holds for them.
#[inline]
const fn run_of(entry: [u8; 8]) -> (u64, u32) {
    let entry = u64::from_be_bytes(entry);
    (entry >> 32, (entry & 0xffff_ffff) as u32)
}

/// The delta of the first `count` samples, and that of the last of them, which may be another one, where that is all.
pub(crate) fn steady_delta(stts: Table<'_, 8>, count: u64) -> Option<(u32, u32)> {
    let mut entries = stts.entries();
    let (mut told, delta) = next_run(&mut entries);
    while told < count {
        let (more, other) = next_run(&mut entries);
        if other != delta {
            return (told + 1 == count).then_some((delta, other));
        }
        told = told.saturating_add(more);
    }
    Some((delta, delta))
}

/// Some samples that follow each other with the same composition offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OffsetRun {
    /// The first of them, counted from 0.
    pub(crate) first: u64,
    /// Number of samples, at least 1.
    pub(crate) count: u64,
    /// What their composition times add to their decoding times.
    pub(crate) offset: i32,
}

/// Hands the composition offsets of the first `count` samples to `take`, in decoding order, until it takes no more.
#[inline]
pub(crate) fn each_offset_run(
    ctts: Option<Table<'_, 8>>,
    count: u64,
    mut take: impl FnMut(OffsetRun) -> Option<()>,
) -> Option<()> {
    let mut first = 0;
    for &entry in ctts.map_or(&[][..], |ctts| ctts.entries()) {
        let (alike, offset) = run_of(entry);
        let alike = alike.min(count - first);
        if alike > 0 {
            take(OffsetRun { first, count: alike, offset: offset.cast_signed() })?;
            first += alike;
        } else if first == count {
            break;
        }
    }
    if first < count { take(OffsetRun { first, count: count - first, offset: 0 }) } else { Some(()) }
}

/// Iterates over the times of samples one by one.
#[derive(Clone, Debug)]
pub(crate) struct Times<'a> {
    runs: TimeRuns<'a>,
}

impl<'a> Times<'a> {
    /// The samples of `runs`.
    pub(crate) const fn new(runs: TimeRuns<'a>) -> Self {
        Self { runs }
    }

    /// The times of the sample behind the next `count`: what [`Iterator::nth`] gives, but run by run.
    pub(crate) fn after(&mut self, mut count: u64) -> Option<SampleTime> {
        while count > 0 {
            count -= self.runs.next_of_at_most(count)?.count;
        }
        self.next()
    }
}

impl Iterator for Times<'_> {
    type Item = SampleTime;

    #[inline]
    fn next(&mut self) -> Option<SampleTime> {
        // The run that a sample is in does not matter, so both tables are walked apart.
        let runs = &mut self.runs;
        runs.left = runs.left.checked_sub(1)?;
        runs.fill();
        runs.delta.0 -= 1;
        runs.offset.0 -= 1;
        let time = runs.time();
        runs.decode = time.decode.saturating_add(u64::from(time.duration));
        Some(time)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::Cursor;

    fn table(bytes: &[u8]) -> Table<'_, 8> {
        Table::read(&Cursor::new(bytes, 0), (bytes.len() / 8) as u32)
    }

    /// Entries of `stts` and `ctts` as x264 and ffmpeg write them for I P B B and a longer last sample.
    const STTS: &[u8] = b"\0\0\0\x03\0\0\x02\0\0\0\0\x01\0\0\x04\0";
    const CTTS: &[u8] = b"\0\0\0\x01\0\0\x04\0\0\0\0\x01\0\0\x0a\0\0\0\0\x02\xff\xff\xff\0";

    #[test]
    fn decoding_and_composition_times_come_from_both_tables() {
        let runs = TimeRuns::new(table(STTS), Some(table(CTTS)), 4);
        assert_eq!(runs.clone().count(), 4);
        let times: Vec<_> = Times::new(runs).map(|t| (t.decode, t.composition, t.duration)).collect();
        assert_eq!(times, [(0, 1024, 512), (512, 3072, 512), (1024, 768, 512), (1536, 1280, 1024)]);
    }

    #[test]
    fn samples_that_are_passed_over_run_by_run_are_the_same() {
        let stts = b"\0\0\0\x03\0\0\x02\0\0\0\0\0\0\0\0\x07\0\0\0\x05\0\0\x01\0\0\0\0\x01\0\0\x04\0";
        let times = Times::new(TimeRuns::new(table(stts), Some(table(CTTS)), 10));
        for first in 0..12 {
            for count in 0..12 {
                let (mut quick, mut slow) = (times.clone(), times.clone());
                assert_eq!(quick.after(first), slow.nth(first as usize));
                assert_eq!(quick.after(count), slow.nth(count as usize), "{first} and {count} passed over");
            }
        }
    }

    #[test]
    fn runs_are_not_expanded() {
        let mut runs = TimeRuns::new(table(b"\xff\xff\xff\xff\xff\xff\xff\xff"), None, u64::from(u32::MAX));
        let run = runs.next().unwrap();
        assert_eq!(run.count, u64::from(u32::MAX));
        assert_eq!(run.composition_end(), i64::MAX, "past 63 bits the end stays at the largest time");
        assert_eq!(runs.next(), None);
    }

    #[test]
    fn samples_without_times_take_none_and_empty_entries_are_passed_over() {
        let stts = b"\0\0\0\0\0\0\0\x09\0\0\0\x01\0\0\0\x07";
        let times: Vec<_> = Times::new(TimeRuns::new(table(stts), None, 3)).map(|t| (t.decode, t.duration)).collect();
        assert_eq!(times, [(0, 7), (7, 0), (7, 0)]);
    }
    fn any_table(values: std::ops::Range<i32>) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec((0_u32..6, values), 0..5)
            .prop_map(|runs| runs.into_iter().flat_map(|(n, v)| [n.to_be_bytes(), v.to_be_bytes()]).flatten().collect())
    }

    proptest! {
        #[test]
        fn deltas_and_offsets_apart_are_those_of_the_times(stts in any_table(7..9), ctts in any_table(-2..3), count in 0..15_u64) {
            let times: Vec<_> = Times::new(TimeRuns::new(table(&stts), Some(table(&ctts)), count)).collect();
            let offsets: Vec<_> = times.iter().map(|time| time.composition - time.decode as i64).collect();
            let mut told = Vec::new();
            let all = each_offset_run(Some(table(&ctts)), count, |run| {
                assert!(run.count > 0 && run.first == told.len() as u64);
                told.extend((0..run.count).map(|_| i64::from(run.offset)));
                Some(())
            });
            prop_assert_eq!((told, all), (offsets, Some(())));
            if let Some((last, others)) = times.split_last() {
                let delta = others.first().unwrap_or(last).duration;
                let is_steady = others.iter().all(|time| time.duration == delta);
                let expected = is_steady.then_some((delta, last.duration));
                prop_assert_eq!(steady_delta(table(&stts), count), expected);
            }
        }
    }
}
