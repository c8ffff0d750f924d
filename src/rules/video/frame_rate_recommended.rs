//! The frame rate is none of the recommended ones.
//!
//! **What it checks.** Whether the average frame rate is 30 or 60 frames/s, or 30000/1001 or 60000/1001 (29.97 and
//! 59.94). A rounded clock is allowed for.
//!
//! **Why it matters.** Other rates are converted, which makes motion uneven.
//!
//! **How to fix it.** `ffmpeg -i INPUT -r 30 -c:v libx264 -c:a copy OUTPUT.mp4`. A film of 24 or 25 frames/s may as well
//! stay as it is.
//!
//! **Basis.** Documented: "Recommended Frame Rates: 30 FPS, 60 FPS".

use crate::facts::FrameRate;
use crate::profile::Fps;
use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::{any_of, frames_per_second};
use crate::units::Ratio;

use super::ROUNDING;

rule!(
    "frame-rate-recommended",
    frame_rate_recommended,
    "frame_rate_recommended.rs",
    "the frame rate is none of the recommended ones",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(rate) = track.read(&track.video.frame_rate)? else { return Ok(Outcome::NotApplicable) };
    let recommended = &context.limits.frame_rate_recommended.of(context.category).value;
    // Most rates are exactly one of them.
    let is_exact = recommended.iter().any(|&Fps(wanted)| wanted == rate.value.average);
    if is_exact || recommended.iter().any(|&Fps(wanted)| is_nearly(rate.value, wanted)) {
        return Ok(Outcome::Pass);
    }
    let average = rate.value.average;
    let limit = any_of(recommended.iter().map(|rate| rate.0));
    let message = sentence!["The video runs at ", frames_per_second(average), "; ", limit, " frames/s are recommended"];
    let remedy = "Change the frame rate if motion matters: ffmpeg -i INPUT -r 30 -c:v libx264 -c:a copy OUTPUT.mp4";
    Ok(Outcome::Fail(Fault::new(message, limit, average, remedy).at(rate.at)))
}

/// Whether a rate is the wanted one, as exactly as files write it.
fn is_nearly(rate: &FrameRate, wanted: Ratio) -> bool {
    // Old writers say 2997/100 for 30000/1001, one millionth less; ten millionths are allowed.
    let is_close = is_close_in_64_bits(rate.average, wanted).or_else(|| is_close(rate.average, wanted));
    let Some(false) = is_close else { return is_close.is_some() };
    if rate.uniform {
        return false;
    }
    // Between the first and the last frame a rounded clock is off by a millisecond at most.
    let intervals = Ratio::whole(rate.frames.saturating_sub(1));
    let span = rate.span.seconds();
    let later = span.plus(ROUNDING.seconds()).and_then(|span| span.times(wanted));
    let slack = ROUNDING.seconds().times(wanted).and_then(|slack| intervals.plus(slack));
    let (Some(later), Some(slack), Some(exact)) = (later, slack, span.times(wanted)) else { return false };
    intervals <= later && exact <= slack
}

/// Whether a rate is within ten millionths of the wanted one. `None`: the numbers are absurd.
fn is_close(rate: Ratio, wanted: Ratio) -> Option<bool> {
    let (rate, exact) = (rate.times(Ratio::whole(100_000))?, wanted.times(Ratio::whole(100_000))?);
    let within = |a: Ratio, b: Ratio| b.plus(wanted).is_some_and(|most| a <= most);
    Some(within(rate, exact) && within(exact, rate))
}

/// The same, multiplied out. `None`: a number needs more than 64 bits.
fn is_close_in_64_bits(rate: Ratio, wanted: Ratio) -> Option<bool> {
    let rate_across = rate.numerator().checked_mul(wanted.denominator())?;
    let wanted_across = wanted.numerator().checked_mul(rate.denominator())?;
    let exact = rate_across.checked_mul(100_000)?;
    let (least, most) = (wanted_across.checked_mul(99_999)?, wanted_across.checked_mul(100_001)?);
    // What is refused as absurd has a sum of larger terms.
    exact.checked_add(wanted_across)?;
    rate.denominator().checked_mul(wanted.denominator())?;
    Some(least <= exact && exact <= most)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{is_close, is_close_in_64_bits};
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, seconds};
    use crate::units::Ratio;

    const LIMIT: &str = "30, 60, 30000/1001 or 60000/1001";

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.rate(60, 1),
            |s| s.rate(30_000, 1001),
            |s| s.rate(60_000, 1001),
            |s| s.rate(2997, 100),
            |s| s.timing(601, seconds(9_999, 1000), false),
            |s| s.timing(601, seconds(10_001, 1000), false),
        ],
        fail: &[
            (|s| s.rate(25, 1), LIMIT, "25"),
            (|s| s.rate(24_000, 1001), LIMIT, "24000/1001"),
            (|s| s.rate(6001, 100), LIMIT, "6001/100"),
            (|s| s.rate(29_990, 1000), LIMIT, "2999/100"),
            (|s| s.timing(601, seconds(10_002, 1000), false), LIMIT, "100000/1667"),
            (|s| s.timing(601, seconds(9_998, 1000), false), LIMIT, "300000/4999"),
        ],
        undecided: &[|s| s.video().frame_rate = Fact::unknown("cut")],
        skip: &[|s| s.video().frame_rate = Fact::Absent, |s| *s = Scenario::gif()],
    };

    #[test]
    fn few_bits_say_the_same_as_many() {
        let wanted = [(30, 1), (60_000, 1001), (1, 3), (u64::from(u32::MAX), 7), (u64::MAX, 1), (0, 1)];
        let mut decided = [0, 0];
        for wanted in wanted.map(|(n, d)| Ratio::new(n, d).unwrap()) {
            for parts in [1, 99_998, 99_999, 100_000, 100_001, 100_002, 1_000_003, u64::MAX] {
                for of in [1, 100_000, 1_000_000, u64::from(u32::MAX), u64::MAX] {
                    let Some(rate) = wanted.times(Ratio::new(parts, of).unwrap()) else { continue };
                    if let Some(said) = is_close_in_64_bits(rate, wanted) {
                        assert_eq!(Some(said), is_close(rate, wanted), "{rate} {wanted}");
                        decided[usize::from(said)] += 1;
                    }
                }
            }
        }
        assert!(decided[0] > 50 && decided[1] > 10, "{decided:?}");
    }
}
