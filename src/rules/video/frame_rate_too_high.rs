//! The video has more frames a second than are allowed.
//!
//! **What it checks.** The average: (frames - 1) / (last - first composition time). It is exact where all decoding deltas
//! but the last are equal: 60000/1001 passes, 6001/100 fails. Otherwise the clock may be rounded, and the video fails only
//! if there are more than 60 frames for each second of the span plus a millisecond: a film of 60 frames/s whose times are
//! whole milliseconds averages 60.02 and passes.
//!
//! **Why it matters.** Processing fails. Slow-motion recordings of phones have 120 or 240 frames/s.
//!
//! **How to fix it.** `ffmpeg -i INPUT -r 60 -c:v libx264 -c:a copy OUTPUT.mp4`, or `-r 30`.
//!
//! **Basis.** Documented: "Frame rate must be 60 FPS or less".

use crate::facts::FrameRate;
use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::frames_per_second;
use crate::units::Ratio;

use super::ROUNDING;

rule!(
    "frame-rate-too-high",
    frame_rate_too_high,
    "frame_rate_too_high.rs",
    "the video has more frames a second than are allowed",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(rate) = track.read(&track.video.frame_rate)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.frame_rate_too_high.of(context.category).value.0;
    let average = rate.value.average;
    if !exceeds(rate.value, limit) {
        let recommended = &context.limits.frame_rate_recommended.of(context.category).value;
        if average > limit || recommended.iter().any(|rate| rate.0 == average) {
            return Ok(Outcome::Pass);
        }
        let words = || (frames_per_second(average), frames_per_second(limit));
        return near::under(average, limit, words, (average, limit));
    }
    let (actual, most) = (frames_per_second(average), frames_per_second(limit));
    let message = sentence!["The video runs at ", actual, "; at most ", most, " are allowed"];
    let whole = limit.numerator() / limit.denominator();
    let remedy = sentence!["Lower the frame rate: ffmpeg -i INPUT -r ", whole, " -c:v libx264 -c:a copy OUTPUT.mp4"];
    Ok(Outcome::Fail(Fault::new(message, limit, average, remedy).at(rate.at)))
}

/// Whether the average is above the limit, with the benefit of the doubt for a rounded clock.
pub(super) fn exceeds(rate: &FrameRate, limit: Ratio) -> bool {
    if rate.uniform {
        return rate.average > limit;
    }
    let span = rate.span.seconds().plus(ROUNDING.seconds());
    let allowed = span.and_then(|span| limit.times(span));
    // Terms above 64 bits are no rounding of anything: the average decides.
    allowed.map_or(rate.average > limit, |allowed| Ratio::whole(rate.frames.saturating_sub(1)) > allowed)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, seconds};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.rate(60, 1),
            |s| s.rate(60_000, 1001),
            |s| s.rate(5999, 100),
            // 60 frames/s on a clock of milliseconds: 600 intervals in 9.998 s, 60.01 on average.
            |s| s.timing(601, seconds(9_999, 1000), false),
            |s| s.timing(61, seconds(999, 1000), false),
        ],
        fail: &[
            (|s| s.rate(6001, 100), "60", "6001/100"),
            (|s| s.rate(120, 1), "60", "120"),
            (|s| s.timing(601, seconds(9_998, 1000), false), "60", "300000/4999"),
            (
                |s| {
                    s.codec(*b"hvc1", "HEVC");
                    s.rate(61, 1);
                },
                "60",
                "61",
            ),
        ],
        undecided: &[|s| s.video().frame_rate = Fact::unknown("cut")],
        skip: &[
            |s| s.video().frame_rate = Fact::Absent,
            |s| {
                s.codec(*b"hvc1", "HEVC");
                s.unread_pictures();
            },
            |s| *s = Scenario::gif(),
        ],
    };

    #[test]
    fn the_message_has_the_exact_rate() {
        let mut scenario = Scenario::movie();
        scenario.rate(6001, 100);
        assert_eq!(scenario.message(&RULE), "The video runs at 60.01 frames/s; at most 60 frames/s are allowed");
        scenario.rate(120_000, 1001);
        assert_eq!(
            scenario.message(&RULE),
            "The video runs at 119.88012 (120000/1001) frames/s; at most 60 frames/s are allowed"
        );
    }

    #[test]
    fn a_recommended_rate_is_no_near_miss() {
        let mut scenario = Scenario::movie();
        for (numerator, denominator, near) in [(60, 1, false), (60_000, 1001, false), (5999, 100, true), (50, 1, false)]
        {
            scenario.rate(numerator, denominator);
            assert_eq!(matches!(scenario.run(&RULE), Ok(Outcome::Near(_))), near, "{numerator}/{denominator}");
        }
    }
}
