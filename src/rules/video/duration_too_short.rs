//! The video is too short.
//!
//! **What it checks.** The duration as presented: the longest of the enabled audio and video tracks, edit lists applied.
//!
//! **Why it matters.** Processing fails.
//!
//! **How to fix it.** Loop it: `ffmpeg -stream_loop 3 -i INPUT -c copy OUTPUT.mp4`, or send it as a GIF.
//!
//! **Basis.** Documented: "Duration must be between 0.5 seconds and 140 seconds".

use crate::facts::Movie;
use crate::rules::Context;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};

use super::has_duration;

rule!("duration-too-short", duration_too_short, "duration_too_short.rs", "the video is too short", Movie);

fn check(context: &Context<'_>, movie: &Movie) -> Result<Outcome, Undecided> {
    if !has_duration(movie) {
        return Ok(Outcome::NotApplicable);
    }
    let Some(duration) = context.read(&movie.duration)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.duration_too_short.of(context.category).value;
    let actual = *duration.value;
    if actual >= limit {
        let words = || (actual, limit);
        return near::over(actual.seconds(), limit.seconds(), words, (actual, limit));
    }
    let message = sentence!["The video lasts ", actual, "; at least ", limit, " are needed"];
    let remedy = "Loop it (ffmpeg -stream_loop 3 -i INPUT -c copy OUTPUT.mp4), or send it as a GIF";
    Ok(Outcome::Fail(Fault::new(message, limit, actual, remedy).at(duration.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, seconds};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.length(seconds(1, 2)), |s| s.length(seconds(501, 1000))],
        fail: &[(|s| s.length(seconds(499, 1000)), "1/2", "499/1000"), (|s| s.length(seconds(0, 1)), "1/2", "0")],
        undecided: &[|s| s.movie_facts().duration = Fact::unknown("cut")],
        skip: &[|s| s.movie_facts().tracks.clear(), |s| *s = Scenario::gif()],
    };
}
