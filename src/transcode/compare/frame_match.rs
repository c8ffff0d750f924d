//! Which frames of two videos are the same, by their times.

use super::outcome::Moment;
use crate::facts::Frames;
use crate::units::Duration;

/// The frames that have no partner.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unmatched {
    /// Indices of frames of the source without a partner in the result.
    pub(super) dropped: Vec<usize>,
    /// Indices of frames of the result without a partner in the source.
    pub(super) repeated: Vec<usize>,
}

/// Pairs the frames of `source` from index `from` up to `to` with those of `result`, both counted from their first one.
///
/// Two frames are partners where their times are at most half of a usual interval of the source apart. Both lists are
/// walked once, so that a rate that differs a little is paired again after each frame it drops.
pub(super) fn unmatched(source: &Frames, (from, to): (usize, usize), result: &Frames) -> Unmatched {
    let interval = usual_interval(&source.times).unwrap_or(1);
    let part = source.times.get(from..to).unwrap_or_default();
    let Some(&origin) = part.first() else {
        return Unmatched { dropped: Vec::new(), repeated: (0..result.times.len()).collect() };
    };
    let clocks = (u128::from(source.timescale), u128::from(result.timescale));
    let tolerance = u128::from(interval) * clocks.1;
    let mut found = Unmatched::default();
    let (mut left, mut right) = (0, 0);
    loop {
        match (part.get(left), result.times.get(right)) {
            (Some(a), Some(b)) => {
                let (a, b) = (u128::from(a.saturating_sub(origin)) * clocks.1, u128::from(*b) * clocks.0);
                if a.abs_diff(b) * 2 <= tolerance {
                    (left, right) = (left + 1, right + 1);
                } else if a < b {
                    found.dropped.push(from + left);
                    left += 1;
                } else {
                    found.repeated.push(right);
                    right += 1;
                }
            }
            (Some(_), None) => {
                found.dropped.push(from + left);
                left += 1;
            }
            (None, Some(_)) => {
                found.repeated.push(right);
                right += 1;
            }
            (None, None) => return found,
        }
    }
}

/// Intervals of `result` that are longer than one and a half of its usual ones, where the source has none that long at that
/// time: frames that were lost as the rate was lowered. Each is the index of the frame in front of the gap, and how many
/// usual intervals are missing.
pub(super) fn gaps(source: &Frames, from: usize, result: &Frames) -> Vec<(usize, u64)> {
    let Some(usual) = usual_interval(&result.times) else { return Vec::new() };
    let origin = source.times.get(from).copied().unwrap_or(0);
    let mut found = Vec::new();
    for (index, (a, b)) in result.times.iter().zip(result.times.iter().skip(1)).enumerate() {
        let gap = b.saturating_sub(*a);
        if u128::from(gap) * 2 <= u128::from(usual) * 3 {
            continue;
        }
        let source_clock = |ticks: u64| {
            let ticks = u128::from(ticks) * u128::from(source.timescale) / u128::from(result.timescale.max(1));
            u64::try_from(ticks).unwrap_or(u64::MAX).saturating_add(origin)
        };
        // Frames of the source inside the gap are what the result should have shown.
        let quarter = source_clock(gap / 4).saturating_sub(origin);
        let start = source.times.partition_point(|&time| time <= source_clock(*a).saturating_add(quarter));
        let end = source.times.partition_point(|&time| time < source_clock(*b).saturating_sub(quarter));
        if end > start {
            found.push((index, (gap + usual / 2) / usual - 1));
        }
    }
    found
}

/// The interval between frames that occurs most often, in ticks; of several, the shortest. `None`: fewer than two times.
pub(super) fn usual_interval(times: &[u64]) -> Option<u64> {
    let mut intervals: Vec<u64> =
        times.iter().zip(times.iter().skip(1)).map(|(a, b)| b.saturating_sub(*a)).filter(|&gap| gap > 0).collect();
    intervals.sort_unstable();
    let runs = intervals.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run.first().copied()))).and_then(|run| run.first().copied())
}

/// Frames that follow one another, as moments; `start` is when the first frame of `frames` is shown.
pub(super) fn moments(indices: &[usize], frames: &Frames, start: Duration) -> Vec<Moment> {
    let runs = indices.chunk_by(|a, b| a + 1 == *b);
    runs.filter_map(|run| {
        let time = frames.time(*run.first()?)?;
        let time = time.seconds().plus(start.seconds()).map_or(time, Duration);
        Some(Moment { time, frames: run.len() as u64 })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frames(timescale: u32, times: &[u64]) -> Frames {
        Frames { timescale, times: times.to_vec(), sync_samples: 1, longest_sync_interval: times.len() as u64 }
    }

    fn steady(timescale: u32, interval: u64, count: u64) -> Frames {
        frames(timescale, &(0..count).map(|index| index * interval).collect::<Vec<_>>())
    }

    fn all(source: &Frames, result: &Frames) -> (Vec<usize>, Vec<usize>) {
        let Unmatched { dropped, repeated } = unmatched(source, (0, source.times.len()), result);
        (dropped, repeated)
    }

    #[test]
    fn frames_on_other_clocks_are_partners() {
        let source = steady(15_360, 512, 300);
        assert_eq!(all(&source, &source), (vec![], vec![]));
        // 30 frames/s on a clock of milliseconds.
        let rounded = frames(1000, &(0..300).map(|index| (index * 1000 + 15) / 30).collect::<Vec<_>>());
        assert_eq!(all(&source, &rounded), (vec![], vec![]));
        assert_eq!(all(&rounded, &source), (vec![], vec![]));
    }

    #[test]
    fn half_a_frame_is_the_tolerance() {
        let source = frames(100, &[0, 10, 20, 30]);
        assert_eq!(all(&source, &frames(100, &[0, 15, 20, 30])), (vec![], vec![]));
        assert_eq!(all(&source, &frames(100, &[0, 16, 20, 30])), (vec![1], vec![2]), "16 is the partner of 20");
        assert_eq!(all(&source, &frames(100, &[0, 10, 20, 30, 36])), (vec![], vec![4]));
    }

    #[test]
    fn dropped_and_repeated_frames_are_named() {
        let source = steady(30, 1, 10);
        assert_eq!(all(&source, &frames(30, &[0, 1, 2, 5, 6, 7, 8, 9])), (vec![3, 4], vec![]));
        assert_eq!(all(&frames(30, &[0, 1, 2, 5]), &steady(30, 1, 6)), (vec![], vec![3, 4]));
        assert_eq!(all(&source, &steady(30, 1, 9)), (vec![9], vec![]));
        // 30 frames/s at 30000/1001 lose one frame in a thousand.
        let (dropped, repeated) = all(&steady(30_000, 1000, 2000), &steady(30_000, 1001, 1998));
        assert_eq!((dropped.len(), repeated.len()), (2, 0));
        assert_eq!(all(&source, &frames(30, &[])).0.len(), 10);
        assert_eq!(all(&frames(30, &[]), &source).1.len(), 10);
    }

    #[test]
    fn a_part_of_the_source_is_compared_from_its_first_frame() {
        let source = steady(30, 1, 10);
        let found = unmatched(&source, (4, 8), &steady(60, 2, 4));
        assert_eq!(found, Unmatched::default());
        assert_eq!(unmatched(&source, (4, 8), &steady(60, 2, 3)).dropped, [7]);
    }

    #[test]
    fn a_lower_rate_has_gaps_where_it_skips() {
        let source = steady(120, 1, 120);
        assert_eq!(gaps(&source, 0, &steady(60, 1, 60)), []);
        let mut result = steady(60, 1, 60);
        result.times.drain(10..13);
        assert_eq!(gaps(&source, 0, &result), [(9, 3)]);
        let mut pausing = source.clone();
        pausing.times.retain(|time| !(19..27).contains(time));
        assert_eq!(gaps(&pausing, 0, &result), [], "the source shows nothing there either");
    }

    #[test]
    fn frames_in_a_row_are_one_moment() {
        let source = steady(10, 1, 20);
        let found = moments(&[3, 4, 9], &source, Duration::from_millis(500));
        let moment = |millis, frames| Moment { time: Duration::from_millis(millis), frames };
        assert_eq!(found, [moment(800, 2), moment(1400, 1)]);
    }

    proptest! {
        #[test]
        fn removed_frames_are_found_wherever_they_are(
            interval in 2..2000_u64,
            mut removed in prop::collection::btree_set(1..200_usize, 0..50),
        ) {
            let source = steady(30_000, interval, 200);
            let mut index = 0;
            let mut result = source.clone();
            result.times.retain(|_| { index += 1; !removed.contains(&(index - 1)) });
            let (dropped, repeated) = all(&source, &result);
            prop_assert_eq!(dropped, std::mem::take(&mut removed).into_iter().collect::<Vec<_>>());
            prop_assert_eq!(repeated.len(), 0);
        }

        #[test]
        fn every_frame_is_a_partner_or_named(
            mut a in prop::collection::vec(0..10_000_u64, 0..80),
            mut b in prop::collection::vec(0..10_000_u64, 0..80),
        ) {
            a.sort_unstable();
            b.sort_unstable();
            let (dropped, repeated) = all(&frames(1000, &a), &frames(1000, &b));
            prop_assert_eq!(a.len() - dropped.len(), b.len() - repeated.len());
        }
    }
}
