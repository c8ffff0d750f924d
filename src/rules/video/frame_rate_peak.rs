//! For a short while the video has more frames a second than are allowed.
//!
//! **What it checks.** In a video whose average is within the limit, any 8 consecutive intervals between frames in
//! presentation order: their sum, plus a millisecond for rounded clocks, must not be below 8/60 s.
//!
//! **Why it matters.** Recordings with a variable frame rate may run far faster in some scenes; frames are dropped there,
//! or the processing fails.
//!
//! **How to fix it.** Give it a constant frame rate: `ffmpeg -i INPUT -fps_mode cfr -r 30 -c:v libx264 -c:a copy
//! OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Frame rate must be 60 FPS or less", read as a limit at every moment.

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::frames_per_second;
use crate::units::Ratio;

use super::ROUNDING;
use super::frame_rate_too_high::exceeds;

/// How many intervals are looked at together.
const INTERVALS: u64 = 8;

rule!(
    "frame-rate-peak",
    frame_rate_peak,
    "frame_rate_peak.rs",
    "for a short while the video has more frames a second than are allowed",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(rate) = track.read(&track.video.frame_rate)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.frame_rate_peak.of(context.category).value.0;
    let average = context.limits.frame_rate_too_high.of(context.category).value.0;
    let Some(run) = rate.value.fastest_run.as_ref().filter(|_| !exceeds(rate.value, average)) else {
        return Ok(Outcome::NotApplicable);
    };
    let span = run.span.seconds();
    if takes_long(span, limit) || takes_long_when_rounded(span, limit) {
        return Ok(Outcome::Pass);
    }
    let message = text!(
        "Around {} of the video, {INTERVALS} frames follow one another in {}; at {} they take at least {}",
        run.start,
        run.span,
        frames_per_second(limit),
        limit
            .inverted()
            .and_then(|interval| interval.times(Ratio::whole(INTERVALS)))
            .map_or_else(String::new, |time| { crate::units::Duration(time).to_string() })
    );
    let remedy = "Give it a constant frame rate: ffmpeg -i INPUT -fps_mode cfr -r 30 -c:v libx264 -c:a copy OUTPUT.mp4";
    let peak = run.span.seconds().inverted().and_then(|per_second| per_second.times(Ratio::whole(INTERVALS)));
    let actual = peak.map_or_else(|| "no time between frames".into(), crate::finding::Value::from);
    Ok(Outcome::Fail(Fault::new(message, limit, actual, remedy).at(rate.at)))
}

/// Whether the intervals take as long as the highest rate asks for. Most do, and need no look at how clocks are rounded.
fn takes_long(span: Ratio, limit: Ratio) -> bool {
    let frames = u128::from(span.numerator()) * u128::from(limit.numerator());
    let one = u128::from(span.denominator()) * u128::from(limit.denominator());
    one.checked_mul(INTERVALS.into()).is_some_and(|intervals| intervals <= frames)
}

/// Whether they do so by a clock that may be rounded. Absurd numbers are taken for long.
fn takes_long_when_rounded(span: Ratio, limit: Ratio) -> bool {
    let frames = span.plus(ROUNDING.seconds()).and_then(|span| span.times(limit));
    frames.is_none_or(|frames| frames >= Ratio::whole(INTERVALS))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{takes_long, takes_long_when_rounded};
    use crate::facts::{Fact, FastestRun};
    use crate::rules::testing::{Cases, Scenario, seconds};
    use crate::units::{Duration, Ratio};

    /// The fastest run takes this many microseconds.
    fn run_of(scenario: &mut Scenario, microseconds: u64) {
        scenario.timing(301, seconds(10, 1), false);
        if let Fact::Known { value, .. } = &mut scenario.video().frame_rate {
            value.fastest_run =
                Some(FastestRun { span: seconds(microseconds, 1_000_000), start: Duration::from_millis(2500) });
        }
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        // 8/60 s is 133 333.3 us, and a clock may be rounded by 1000 us.
        pass: &[|s| run_of(s, 133_334), |s| run_of(s, 132_334), |s| s.rate(60, 1)],
        fail: &[
            (|s| run_of(s, 132_333), "60", "8000000/132333"),
            (|s| run_of(s, 66_000), "60", "4000/33"),
            (|s| run_of(s, 0), "60", "no time between frames"),
        ],
        undecided: &[|s| s.video().frame_rate = Fact::unknown("cut")],
        skip: &[
            |s| s.rate(120, 1),
            |s| s.video().frame_rate = Fact::Absent,
            |s| {
                if let Fact::Known { value, .. } = &mut s.video().frame_rate {
                    value.fastest_run = None;
                }
            },
            |s| *s = Scenario::gif(),
        ],
    };

    #[test]
    fn what_takes_long_does_so_by_a_rounded_clock_too() {
        let numbers = [1, 2, 7, 8, 9, 60, 1001, 60_000, u64::from(u32::MAX), u64::MAX - 1];
        let ratios = || numbers.iter().flat_map(|&n| numbers.iter().filter_map(move |&d| Ratio::new(n, d)));
        let mut long = 0;
        for (span, limit) in ratios().flat_map(|span| ratios().map(move |limit| (span, limit))) {
            if takes_long(span, limit) {
                assert!(takes_long_when_rounded(span, limit), "{span} at {limit}");
                long += 1;
            }
        }
        assert!(long > 1000);
    }
}
