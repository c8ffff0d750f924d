//! A cue ends after the video it belongs to.
//!
//! **What it checks.** The end of the last cue against the presented duration of the video, where both are given.
//!
//! **Why it matters.** The cue is cut off or never seen; the captions may belong to another cut of the film.
//!
//! **How to fix it.** Shorten the cue, or check that the captions belong to this video.
//!
//! **Basis.** Heuristic: the documents don't speak of it.

use crate::facts::Captions;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!(
    "subtitle-past-end",
    subtitle_past_end,
    "subtitle_past_end.rs",
    "a cue ends after the video it belongs to",
    Captions
);

fn check(context: &Context<'_>, captions: &Captions) -> Result<Outcome, Undecided> {
    let Some(video) = context.request.video_duration else { return Ok(Outcome::NotApplicable) };
    let Some(end) = context.read(&captions.last_end)? else { return Ok(Outcome::Pass) };
    if *end.value <= video {
        return Ok(Outcome::Pass);
    }
    let message = text!("The last cue ends at {}, after the end of the video at {video}", end.value);
    let remedy = "Shorten the cue, or check that the captions belong to this video";
    Ok(Outcome::Fail(Fault::new(message, video, *end.value, remedy).at(end.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::{Fact, Format};
    use crate::rules::testing::{Cases, Scenario, known, seconds};

    fn with_video() -> Scenario {
        Scenario { video_duration: Some(seconds(10, 1)), ..Scenario::srt() }
    }

    pub(crate) const CASES: Cases = Cases {
        sample: with_video,
        pass: &[
            |s| s.captions().last_end = known(seconds(9999, 1000)),
            |s| s.captions().last_end = known(seconds(10, 1)),
            |s| s.captions().last_end = Fact::Absent,
        ],
        fail: &[(|s| s.captions().last_end = known(seconds(10_001, 1000)), "10", "10001/1000")],
        undecided: &[|s| s.captions().last_end = Fact::unknown("cut")],
        skip: &[|s| s.video_duration = None, |s| s.facts.format = Format::WebVtt, |s| *s = Scenario::jpeg()],
    };
}
