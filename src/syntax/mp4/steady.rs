//! Frames at one steady rate, as those of most videos: told from the tables, without sorting any times.

use std::num::NonZeroU32;

use super::samples::Samples;
use super::shown::Shown;
use super::stts::{each_offset_run, steady_delta};

/// Frames that are decoded and shown at one steady rate, whatever their order. The one that is decoded first is shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steady {
    /// Ticks from one frame to the next; above 0.
    pub(super) interval: u32,
    /// Number of frames, at least 1. All last fewer than 2^62 ticks.
    pub(super) frames: u64,
    /// What the composition time of the first frame adds to its decoding time, which is 0.
    pub(super) first_offset: i32,
    /// The same of the frame that is decoded last.
    last_offset: i32,
    /// What the frame that is decoded last lasts.
    last_delta: u32,
}

impl Steady {
    /// What the tables tell. `None`: the frames may be steady all the same, or some are in fragments.
    pub(super) fn of(samples: &Samples<'_>) -> Option<Self> {
        let frames = samples.len();
        if !samples.fragments.runs.is_empty() {
            return None;
        }
        // What the last frame lasts tells nothing of the rate.
        let (interval, last_delta) = steady_delta(samples.tables.stts, frames)?;
        let divisor = NonZeroU32::new(interval)?;
        // Further times would not fit in 63 bits.
        frames.checked_mul(u64::from(interval)).filter(|&end| end < 1 << 62)?;
        let mut ends = None;
        let mut shown = Shown::default();
        each_offset_run(samples.tables.ctts, frames, |run| {
            let (first, last) = ends.get_or_insert((run.offset, run.offset));
            *last = run.offset;
            let shift = run.offset.abs_diff(*first);
            let (places, rest) = (u64::from(shift / divisor), shift % divisor);
            if rest != 0 {
                return None;
            }
            let is_later = run.offset >= *first;
            let place = if is_later { run.first.checked_add(places)? } else { run.first.checked_sub(places)? };
            shown.add(place, run.count)
        })?;
        let (first_offset, last_offset) = ends.filter(|_| shown.all() == Some(frames))?;
        Some(Self { interval, frames, first_offset, last_offset, last_delta })
    }

    /// The latest composition time of any frame plus its duration, and that of the frame that is decoded last. `None`: that
    /// one lasts as long as no other.
    pub(super) fn ends(&self) -> Option<(i64, i64)> {
        let length = (self.frames * u64::from(self.interval)).cast_signed();
        let end = |offset| length + i64::from(offset);
        (self.last_delta == self.interval).then(|| (end(self.first_offset), end(self.last_offset)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::mp4::frame_rate::tests::with_samples;

    #[test]
    fn a_steady_rate_is_told_without_sorting() {
        let steady =
            |stts: &[[u32; 2]], ctts: &[[u32; 2]]| with_samples(stts, ctts, Steady::of).map(|steady| steady.frames);
        let ctts: Vec<_> = (0..4).flat_map(|_| [[1, 1024], [1, 2048], [2, 512]]).collect();
        assert_eq!(steady(&[[16, 512]], &ctts), Some(16));
        assert_eq!(steady(&[[15, 512], [1, 7]], &ctts), Some(16), "whatever the last frame lasts");
        assert_eq!(steady(&[[14, 512], [2, 7]], &ctts), None);
        assert_eq!(steady(&[[16, 512]], &ctts[..11]), None, "the last frames are shown when others are");
        assert_eq!(steady(&[[16, 512]], &[[8, 0], [1, 512], [1, 0]]), None, "two frames at one time, and a gap");
        assert_eq!(steady(&[[16, 512]], &[[8, 0], [1, 7]]), None);
        assert_eq!(steady(&[[16, 512]], &[[1, 512], [1, 0]]), None, "a frame shown before the first one");
        assert_eq!(steady(&[[16, 0]], &ctts), None);
        assert_eq!(steady(&[[200, 512]], &[[1, 512 * 100], [199, 512]]), None);
        assert_eq!(steady(&[[200, 512]], &[[200, 512]]), Some(200));
        assert_eq!(steady(&[], &[]), None);
    }
}
