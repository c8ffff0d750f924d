//! The video is too long.
//!
//! **What it checks.** The duration as presented: the longest of the enabled audio and video tracks, edit lists applied,
//! whatever the movie header says.
//!
//! **Why it matters.** Processing fails, or the post is refused. A film of just 140 s whose AAC track has no edit list for
//! the encoder's priming lasts 140.02 s, and fails.
//!
//! **How to fix it.** Cut it: `ffmpeg -i INPUT -t 140 -c:v libx264 -c:a aac OUTPUT.mp4`. With `-c copy` the cut falls on
//! the frames that are there, and the sound may still be longer.
//!
//! **Basis.** Documented: "Duration must be between 0.5 seconds and 140 seconds".

use crate::facts::{Movie, TrackKind};
use crate::rules::Context;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::{Duration, Ratio};

use super::has_duration;

rule!("duration-too-long", duration_too_long, "duration_too_long.rs", "the video is too long", Movie);

fn check(context: &Context<'_>, movie: &Movie) -> Result<Outcome, Undecided> {
    if !has_duration(movie) {
        return Ok(Outcome::NotApplicable);
    }
    let Some(duration) = context.read(&movie.duration)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.duration_too_long.of(context.category).value;
    let actual = *duration.value;
    if actual <= limit {
        let words = || (actual, limit);
        return near::under(actual.seconds(), limit.seconds(), words, (actual, limit));
    }
    let message = sentence!["The video lasts ", actual, "; at most ", limit, " are allowed"];
    let decides = deciding_part(movie).map(|part| text!(", and the {part} decides"));
    let is_priming = is_priming(movie, actual, limit);
    let hint = is_priming.then(|| PRIMING.to_owned());
    let seconds = limit.seconds().decimal(3);
    let remedy = if is_priming {
        text!(
            "Write the sound anew with its edit list (preflight fix --trim 0:{seconds} does it): ffmpeg -i INPUT -t {seconds} -c:v copy -c:a aac -b:a 128k OUTPUT.mp4"
        )
    } else {
        let seconds = before(limit).decimal(3);
        text!(
            "Cut it (preflight fix --trim START:END keeps a part, --split makes several films): ffmpeg -i INPUT -t {seconds} -c:v libx264 -c:a aac -b:a 128k OUTPUT.mp4"
        )
    };
    Ok(Outcome::Fail(Fault::new(message, limit, actual, remedy).with(decides).with(hint).at(duration.at)))
}

/// A tenth of a second before a time: the last picture begins before the end that ffmpeg is given, and ends after it.
fn before(time: Duration) -> Ratio {
    let (numerator, denominator) = (time.seconds().numerator(), time.seconds().denominator());
    let tenths = numerator.checked_mul(10).and_then(|tenths| tenths.checked_sub(denominator));
    let earlier = tenths.zip(denominator.checked_mul(10)).and_then(|(tenths, tenth)| Ratio::new(tenths, tenth));
    earlier.unwrap_or(time.seconds())
}

/// Why sound may be a little longer than the pictures.
const PRIMING: &str = ": the sound is longer than the pictures because its track has no edit list that takes off the AAC \
                       encoder's priming";

/// The track that decides the duration, where others are shorter.
fn deciding_part(movie: &Movie) -> Option<String> {
    let track = movie.tracks.get(movie.duration_track?).filter(|_| movie.tracks.len() > 1)?;
    let kind = match track.kind {
        TrackKind::Audio => "audio",
        TrackKind::Video => "video",
        _ => return None,
    };
    Some(text!("{kind} track {}", track.index))
}

/// Whether only the sound is too long, by no more than an encoder's priming and padding, in a track without edit list.
fn is_priming(movie: &Movie, actual: Duration, limit: Duration) -> bool {
    // Up to 2112 samples of priming and a padded frame of 1024, at 11025 Hz.
    let most = Duration::from_millis(300);
    let Some(decides) = movie.duration_track.and_then(|index| movie.tracks.get(index)) else { return false };
    let is_plain_audio = decides.kind == TrackKind::Audio && decides.edits.is_absent();
    let video = movie.video_track().and_then(|track| track.duration.value());
    let edge = limit.seconds().plus(most.seconds());
    is_plain_audio && video.is_some_and(|video| *video <= limit) && edge.is_some_and(|edge| actual.seconds() <= edge)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::profile::Category;
    use crate::rules::testing::{Cases, Scenario, known, seconds};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.length(seconds(139_999, 1000)),
            |s| s.length(seconds(140, 1)),
            |s| {
                s.pack = "twitter-2026";
                s.length(seconds(1200, 1));
            },
            |s| {
                s.pack = "twitter-2026-premium";
                s.length(seconds(7500, 1));
            },
        ],
        fail: &[
            (|s| s.length(seconds(140_001, 1000)), "140", "140001/1000"),
            (|s| s.length(seconds(141, 1)), "140", "141"),
            (
                |s| {
                    s.pack = "twitter-2026";
                    s.category = Some(Category::DmVideo);
                    s.length(seconds(141, 1));
                },
                "140",
                "141",
            ),
            (
                |s| {
                    s.pack = "twitter-2026-premium";
                    s.category = Some(Category::DmVideo);
                    s.length(seconds(601, 1));
                },
                "600",
                "601",
            ),
        ],
        undecided: &[|s| s.movie_facts().duration = Fact::unknown("cut")],
        skip: &[|s| s.movie_facts().tracks.clear(), |s| *s = Scenario::gif()],
    };

    #[test]
    fn sound_that_is_longer_by_its_priming_is_told_so() {
        let mut scenario = Scenario::movie();
        scenario.length(seconds(14_002, 100));
        scenario.movie_facts().duration_track = Some(1);
        scenario.track().duration = known(seconds(140, 1));
        assert_eq!(
            scenario.message(&RULE),
            "The video lasts 140.02 s; at most 140 s are allowed, and the audio track 1 decides: the sound is longer than \
             the pictures because its track has no edit list that takes off the AAC encoder's priming"
        );
        scenario.audio_track().edits = known(1);
        assert!(scenario.message(&RULE).ends_with("and the audio track 1 decides"));
        scenario.audio_track().edits = Fact::Absent;
        scenario.length(seconds(150, 1));
        assert!(!scenario.message(&RULE).contains("priming"));
    }

    #[test]
    fn two_percent_below_the_limit_is_a_near_miss() {
        let mut scenario = Scenario::movie();
        scenario.length(seconds(1399, 10));
        let Ok(Outcome::Near(near)) = scenario.run(&RULE) else { panic!("it is not near") };
        assert_eq!(near.message, "139.9 s of at most 140 s");
        scenario.length(seconds(137, 1));
        assert!(matches!(scenario.run(&RULE), Ok(Outcome::Pass)));
    }
}
