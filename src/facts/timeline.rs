//! How the bytes of a video spread over its time.

use serde::{Deserialize, Serialize};

use crate::units::Duration;

/// Bytes of a video in equal parts of its time, for drawing: read only where it is asked for, and no part of a report's
/// JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// Length of each part; the last one may end before it is full.
    pub bucket: Duration,
    /// Where the last part ends: the last composition time, and what a sample lasts on average.
    pub end: Duration,
    /// Bytes of the samples that are presented in each part, from time 0 of the media's clock on; at most
    /// [`Timeline::MOST_BUCKETS`] parts.
    pub bytes: Vec<u64>,
}

impl Timeline {
    /// The most parts that a timeline has, however long the video is.
    pub const MOST_BUCKETS: usize = 240;
}
