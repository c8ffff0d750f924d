//! A WebP or PNG that is animated.
//!
//! **What it checks.** Whether a WebP says that it is animated, or a PNG is an APNG of several frames.
//!
//! **Why it matters.** The platform takes animations only as GIF or video: these are shown still, or refused.
//!
//! **How to fix it.** Send it as a GIF or a video: `ffmpeg -i INPUT OUTPUT.gif`, or save the frame that should be seen.
//!
//! **Basis.** Heuristic: the documents speak of animated GIFs only.

use crate::facts::Format;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;

rule!("animated-image", animated_image, "animated_image.rs", "a WebP or PNG that is animated", Animation);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let format = context.facts.format;
    if !matches!(format, Format::Png | Format::WebP) {
        return Ok(Outcome::NotApplicable);
    }
    let Some(animation) = context.facts.animation.as_deref() else { return Ok(Outcome::Pass) };
    let frames = animation.frames.value().copied();
    // Every reader of PNG shows the one frame; readers of still WebP refuse an animation of one frame, too.
    if format == Format::Png && frames.is_some_and(|frames| frames <= 1) {
        return Ok(Outcome::Pass);
    }
    let count = frames.map_or_else(|| "several frames".to_owned(), |frames| some(frames, "frame").to_string());
    let message = text!("The {format} is animated ({count}); the platform shows it still or refuses it");
    let remedy = "Send it as a GIF or a video (ffmpeg -i INPUT OUTPUT.gif), or save the frame that should be seen";
    let fault = Fault::new(message, "a still image", count, remedy);
    Ok(Outcome::Fail(fault.at(animation.frames.evidence())))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::{Animation, Fact};
    use crate::rules::testing::{Cases, Scenario, known};

    fn animated(scenario: &mut Scenario, format: Format, frames: Fact<u64>) {
        scenario.facts.format = format;
        scenario.facts.animation = Some(Box::new(Animation { frames, ..Animation::default() }));
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[
            |s| s.facts.format = Format::Png,
            |s| s.facts.format = Format::WebP,
            |s| animated(s, Format::Png, known(1)),
        ],
        fail: &[
            (|s| animated(s, Format::Png, known(2)), "a still image", "2 frames"),
            (|s| animated(s, Format::WebP, known(1)), "a still image", "1 frame"),
            (|s| animated(s, Format::WebP, Fact::unknown("cut")), "a still image", "several frames"),
        ],
        undecided: &[],
        skip: &[|s| *s = Scenario::gif(), |s| *s = Scenario::movie()],
    };
}
