//! How many bytes a file may have, and how many its tracks take as they are.

use crate::facts::Facts;
use crate::finding::FileReport;
use crate::profile::{Category, Level, Profile};

/// Bytes that the pack allows for the file's category.
pub(super) fn cap(report: &FileReport, profile: &Profile) -> Option<u64> {
    cap_of(report.category, profile)
}

/// Bytes that the pack allows for a category.
pub(super) fn cap_of(category: Option<Category>, profile: &Profile) -> Option<u64> {
    let limits = profile.limits();
    let size = limits.file_too_large.of(category);
    let segments = limits.too_many_segments.of(category);
    let size = if size.level == Level::Off { None } else { size.value.0.map(|bytes| bytes.0) };
    let segments = (segments.level == Level::Must).then(|| segments.value.count.saturating_mul(segments.value.bytes.0));
    size.into_iter().chain(segments).min()
}

/// Bytes of a file that holds only the tracks that are copied. `None`: not known.
pub(super) fn copied_bytes(facts: &Facts) -> Option<u64> {
    let movie = facts.movie.as_deref()?;
    let mut bytes = 0_u64;
    for track in facts.video_track().into_iter().chain(movie.sounds()) {
        // A sample costs some bytes in the tables too.
        let samples = track.samples.value()?.saturating_mul(16);
        bytes = bytes.saturating_add(*track.sample_bytes.value()?).saturating_add(samples);
    }
    Some(bytes.saturating_add(16 << 10))
}
