//! An animated GIF has too many pixels over all its frames.
//!
//! **What it checks.** Width of the canvas * height of the canvas * number of frames: at most 300 million.
//!
//! **Why it matters.** "A GIF may fail during Tweet creation even if it is within the file size limit."
//!
//! **How to fix it.** Scale it down or drop frames, or send it as a video.
//!
//! **Basis.** Documented: "Number of pixels (width * height * num_frames) <= 300 million". It stands under
//! recommendations and is an error here, because files past it fail.

use crate::rules::Context;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::Ratio;

rule!(
    "gif-pixel-budget",
    gif_pixel_budget,
    "gif_pixel_budget.rs",
    "an animated GIF has too many pixels over all its frames",
    Animation
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let (Some(animation), Some(image)) = (context.gif(), context.facts.image.as_deref()) else {
        return Ok(Outcome::NotApplicable);
    };
    let (Some(frames), Some(canvas)) = (context.read(&animation.frames)?, context.read(&image.dimensions)?) else {
        return Ok(Outcome::NotApplicable);
    };
    let limit = context.limits.gif_pixel_budget.of(context.category).value.0;
    // A canvas has at most 2^32 pixels, but nothing bounds the frames.
    let pixels = canvas.value.pixels().saturating_mul(*frames.value);
    if pixels <= limit {
        let words = || (text!("{pixels} pixels"), limit);
        return near::under(Ratio::whole(pixels), Ratio::whole(limit), words, (pixels, limit));
    }
    let message = text!(
        "The GIF has {pixels} pixels in all ({} pixels * {} frames), more than the {limit} allowed",
        canvas.value,
        frames.value
    );
    let most = limit / canvas.value.pixels().max(1);
    let remedy = text!("Keep at most {most} frames at this size, scale it down, or send it as a video");
    Ok(Outcome::Fail(Fault::new(message, limit, pixels, remedy).at(canvas.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};
    use crate::units::Dimensions;

    fn sized(scenario: &mut Scenario, width: u32, height: u32, frames: u64) {
        scenario.image().dimensions = known(Dimensions::new(width, height));
        scenario.animation().frames = known(frames);
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::gif,
        pass: &[|s| sized(s, 1000, 1000, 299), |s| sized(s, 1000, 1000, 300)],
        fail: &[
            (|s| sized(s, 1000, 1000, 301), "300000000", "301000000"),
            (|s| sized(s, 20_000, 15_001, 2), "300000000", "600040000"),
            (|s| sized(s, u32::MAX, u32::MAX, u64::MAX), "300000000", "18446744073709551615"),
        ],
        undecided: &[|s| s.animation().frames = Fact::unknown("cut"), |s| s.image().dimensions = Fact::unknown("cut")],
        skip: &[|s| sized(s, 20_000, 20_000, 1)],
    };
}
