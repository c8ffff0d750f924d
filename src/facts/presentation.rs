//! When the samples of a track are presented.

use super::fact::Fact;
use crate::units::Duration;

/// When the samples of a track are presented, its edit list applied: read only where it is asked for, and no part of a
/// report's JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// When the first sample is shown or heard: the empty edits in front of it, and what its composition time adds.
    pub start: Duration,
    /// From there to the end of the last sample.
    pub length: Duration,
    /// Media that the edit list leaves out in front of the first sample that is presented, such as the priming of AAC.
    pub skipped: Duration,
    /// Frames of a video. Absent: the track is none.
    pub frames: Fact<Frames>,
}

/// The frames of a video that are shown, in the order in which they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames {
    /// Ticks a second of the times; never 0.
    pub timescale: u32,
    /// When each frame is shown, counted from the first one; ascending.
    pub times: Vec<u64>,
    /// Number of samples that the container calls sync samples.
    pub sync_samples: u64,
    /// The most samples from a sync sample to the next one or the end, in decoding order.
    pub longest_sync_interval: u64,
}

impl Frames {
    /// When the frame at `index` is shown, counted from the first one. Absent: there is no such frame.
    pub fn time(&self, index: usize) -> Option<Duration> {
        self.times.get(index).and_then(|&ticks| Duration::from_ticks(ticks, self.timescale))
    }
}
