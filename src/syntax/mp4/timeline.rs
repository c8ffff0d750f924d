//! How the bytes of a track spread over its time, for drawing.

use super::samples::Samples;
use crate::facts::Timeline;
use crate::units::Duration;

/// Adds up the bytes of the samples by composition time, in parts of equal length. `None`: the clock stands still, there
/// is no sample, or there are more samples than a drawing is worth.
pub(crate) fn timeline(samples: &Samples<'_>, timescale: u32) -> Option<Timeline> {
    if timescale == 0 || samples.len() > MOST_SAMPLES {
        return None;
    }
    let mut times = samples.iter().map(|sample| millis(sample.composition_time, timescale));
    let start = times.next()?;
    let (first, last) = times.fold((start, start), |(first, last), time| (first.min(time), last.max(time)));
    let intervals = samples.len().saturating_sub(1).max(1);
    let end = last.saturating_add((last - first) / intervals);
    let bucket = bucket(last);
    let count = usize::try_from(last / bucket).ok()?.checked_add(1)?;
    let mut bytes = vec![0_u64; count.min(Timeline::MOST_BUCKETS)];
    for sample in samples.iter() {
        let index = usize::try_from(millis(sample.composition_time, timescale) / bucket).ok()?;
        if let Some(sum) = bytes.get_mut(index) {
            *sum = sum.saturating_add(sample.size.into());
        }
    }
    Some(Timeline { bucket: Duration::from_millis(bucket), end: Duration::from_millis(end), bytes })
}

/// A time in whole milliseconds; one before 0 counts as 0.
fn millis(ticks: i64, timescale: u32) -> u64 {
    let ticks = u128::from(u64::try_from(ticks).unwrap_or_default());
    u64::try_from(ticks * 1000 / u128::from(timescale.max(1))).unwrap_or(u64::MAX)
}

/// The length of a part in milliseconds, so that those up to `last` are few: a length that people count in, where one will do.
fn bucket(last: u64) -> u64 {
    let most = Timeline::MOST_BUCKETS as u64;
    let round = ROUND.iter().copied().find(|length| last / length < most);
    round.unwrap_or_else(|| (last / most).saturating_add(1))
}

/// Lengths of a part that are tried, in milliseconds. A shorter one would show single pictures.
const ROUND: &[u64] = &[250, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000];

/// Samples of some 19 hours at 60 frames a second.
const MOST_SAMPLES: u64 = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_few_and_of_a_round_length() {
        for (last, expected) in [
            (0, 250),
            (59_999, 250),
            (60_000, 500),
            (140_000, 1000),
            (7_200_000, 60_000),
            (144_000_000, 600_001),
            (u64::MAX, u64::MAX / 240 + 1),
        ] {
            let bucket = bucket(last);
            assert_eq!(bucket, expected, "{last}");
            assert!(last / bucket < 240, "{last}");
        }
    }

    #[test]
    fn times_before_the_start_and_past_all_counting_are_held() {
        assert_eq!(millis(-5, 1000), 0);
        assert_eq!(millis(45_045, 30_000), 1501);
        assert_eq!(millis(i64::MAX, 1), u64::MAX);
    }
}
