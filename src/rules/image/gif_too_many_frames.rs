//! An animated GIF has too many frames.
//!
//! **What it checks.** The image descriptors before the first trailer: at most 350.
//!
//! **Why it matters.** "A GIF may fail during Tweet creation even if it is within the file size limit."
//!
//! **How to fix it.** Drop frames or shorten it: `ffmpeg -i INPUT.gif -vf "fps=10,split[a][b];[a]palettegen[p];[b][p]paletteuse"
//! OUTPUT.gif`, or send it as a video.
//!
//! **Basis.** Documented: "Number of frames <= 350". It stands under recommendations and is an error here, because files
//! past it fail.

use crate::rules::Context;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;
use crate::units::Ratio;

rule!(
    "gif-too-many-frames",
    gif_too_many_frames,
    "gif_too_many_frames.rs",
    "an animated GIF has too many frames",
    Animation
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let Some(animation) = context.gif() else { return Ok(Outcome::NotApplicable) };
    let Some(frames) = context.read(&animation.frames)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.gif_too_many_frames.of(context.category).value.0;
    let count = *frames.value;
    if count <= limit {
        let words = || (some(count, "frame"), limit);
        return near::under(Ratio::whole(count), Ratio::whole(limit), words, (count, limit));
    }
    let message = text!("The GIF has {count} frames, {} more than the {limit} allowed", count - limit);
    let remedy = "Drop frames (ffmpeg -i INPUT.gif -vf \"fps=10,split[a][b];[a]palettegen[p];[b][p]paletteuse\" OUTPUT.gif), or send it as a video";
    Ok(Outcome::Fail(Fault::new(message, limit, count, remedy).at(frames.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::gif,
        pass: &[|s| s.animation().frames = known(349), |s| s.animation().frames = known(350)],
        fail: &[(|s| s.animation().frames = known(351), "350", "351")],
        undecided: &[|s| s.animation().frames = Fact::unknown("cut")],
        skip: &[|s| s.animation().frames = known(1), |s| *s = Scenario::jpeg()],
    };
}
