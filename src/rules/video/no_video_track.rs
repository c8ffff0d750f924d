//! The movie has no video track.
//!
//! **What it checks.** Whether at least one track holds moving pictures. Cover art, time code, subtitles and data are
//! not video.
//!
//! **Why it matters.** The platform takes sound only as the track of a video.
//!
//! **How to fix it.** Add a picture: `ffmpeg -loop 1 -i PICTURE -i INPUT -shortest -c:v libx264 -pix_fmt yuv420p -c:a copy
//! OUTPUT.mp4`.
//!
//! **Basis.** Observed: processing ends in "Unsupported video format" (InvalidMedia), as seen in public threads.

use crate::facts::TrackKind;
use crate::rules::Context;
use crate::rules::context::has_unread_tracks;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::any_of;

rule!("no-video-track", no_video_track, "no_video_track.rs", "the movie has no video track");

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    if has_unread_tracks(context) {
        return Err(Undecided::because("the movie's tracks could not be read"));
    }
    let Some(movie) = context.movie() else { return Ok(Outcome::NotApplicable) };
    if movie.video_track().is_some() {
        return Ok(Outcome::Pass);
    }
    let kinds: Vec<&str> = movie
        .tracks
        .iter()
        .map(|track| match track.kind {
            TrackKind::Video => "video",
            TrackKind::Audio => "audio",
            TrackKind::AttachedPicture => "cover art",
            TrackKind::Timecode => "time code",
            TrackKind::Subtitle => "subtitles",
            TrackKind::Hint => "hints",
            TrackKind::Data => "data",
        })
        .collect();
    let message = if kinds.is_empty() {
        "The movie has no track at all".to_owned()
    } else {
        text!("The movie has no video track; it holds {}", kinds.join(", "))
    };
    let remedy = "Add a picture to the sound: ffmpeg -loop 1 -i PICTURE -i INPUT -shortest -c:v libx264 -pix_fmt yuv420p -c:a copy OUTPUT.mp4";
    let actual = if kinds.is_empty() { "no track".to_owned() } else { any_of(kinds) };
    Ok(Outcome::Fail(Fault::new(message, "at least 1 video track", actual, remedy)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::AnomalyKind;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.anomaly(AnomalyKind::Malformed)],
        fail: &[
            (|s| drop(s.movie_facts().tracks.remove(0)), "at least 1 video track", "audio"),
            (|s| s.movie_facts().tracks.clear(), "at least 1 video track", "no track"),
            (|s| s.track().kind = TrackKind::AttachedPicture, "at least 1 video track", "cover art or audio"),
        ],
        undecided: &[
            |s| {
                s.movie_facts().tracks.clear();
                s.anomaly(AnomalyKind::Malformed);
            },
            |s| s.facts.movie = None,
        ],
        skip: &[|s| *s = Scenario::jpeg()],
    };
}
