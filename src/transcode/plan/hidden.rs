//! Fragmented films whose edit list leaves out media that is there.

use super::options::minus;
use crate::facts::{Facts, Movie, Track, TrackKind};
use crate::units::Duration;

/// Whether the edit list of a fragmented file leaves out media that is there, more than the priming of sound. What demultiplexes
/// fragments gives such media times below zero, and by itself would show it again.
pub(in crate::transcode) fn hides_a_part(facts: &Facts) -> bool {
    let Some(movie) = facts.movie.as_deref().filter(|movie| movie.fragmented.value() == Some(&true)) else {
        return false;
    };
    tracks_with_edits(movie).any(|track| {
        let hidden = track.media_duration.value().zip(track.duration.value());
        let slack = if track.kind == TrackKind::Audio { PRIMING } else { ROUNDING };
        hidden.is_some_and(|(media, shown)| minus(media.seconds(), shown.seconds()) > slack.seconds())
    })
}

/// Whether every track is shown by one edit at most: several would put parts of it behind one another.
pub(super) fn is_hidden_by_one_edit(facts: &Facts) -> bool {
    facts.movie.as_deref().is_some_and(|movie| tracks_with_edits(movie).all(|track| track.edits.value() == Some(&1)))
}

fn tracks_with_edits(movie: &Movie) -> impl Iterator<Item = &Track> {
    let has_edits = |track: &&Track| track.edits.value().is_some_and(|edits| *edits > 0);
    movie.video_track().into_iter().chain(movie.sounds()).filter(has_edits)
}

/// Why a fragmented film whose edit list puts parts together is not written anew.
pub(super) const HIDDEN: &str = "The file is fragmented, and its edit list puts several parts behind one another, which ffmpeg does not do \
                      in fragments: export it from its editor without fragments";
/// Why no part of such a film is kept.
pub(super) const PART_OF_HIDDEN: &str = "The file is fragmented, and its edit list leaves out a part, so that times in it are not those that are \
                              shown: mend the whole of it first (preflight fix --warnings), and keep a part of the result";
/// Media in front of a sound that decoders need and nobody hears: 4096 samples at 44.1 kHz, and less for AAC.
const PRIMING: Duration = Duration::from_millis(93);
/// Media that is left out where an edit list counts by a coarser clock than the media.
const ROUNDING: Duration = Duration::from_millis(2);
