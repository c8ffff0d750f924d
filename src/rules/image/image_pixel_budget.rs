//! A picture has too many pixels.
//!
//! **What it checks.** Width * height of an image, and of the canvas of a GIF, animated or not.
//!
//! **Why it matters.** A server that decodes every picture refuses those that would take too much memory.
//!
//! **How to fix it.** Scale it down: `ffmpeg -i INPUT -vf scale=iw/2:-1 OUTPUT.png`.
//!
//! **Basis.** Documented in the pack `mastodon`: 33177600 pixels (7680x4320) for images and 921600 (1280x720) for GIFs. The
//! packs of other platforms have no such limit.

use crate::facts::Format;
use crate::rules::Context;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::Ratio;

rule!("image-pixel-budget", image_pixel_budget, "image_pixel_budget.rs", "a picture has too many pixels", Picture);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let Some(image) = context.facts.image.as_deref() else { return Ok(Outcome::NotApplicable) };
    let Some(size) = context.read(&image.dimensions)? else { return Ok(Outcome::NotApplicable) };
    let budget = context.limits.image_pixel_budget.of(context.category).value;
    let (what, limit) = if context.facts.format == Format::Gif { ("GIF", budget.gif) } else { ("image", budget.image) };
    // No pack sets a limit of nothing: this one has none.
    if limit == 0 {
        return Ok(Outcome::NotApplicable);
    }
    let pixels = size.value.pixels();
    if pixels <= limit {
        let words = || (text!("{pixels} pixels"), limit);
        return near::under(Ratio::whole(pixels), Ratio::whole(limit), words, (pixels, limit));
    }
    let message = text!("The {what} has {pixels} pixels ({}), more than the {limit} allowed", size.value);
    let remedy = "Scale it down: ffmpeg -i INPUT -vf scale=iw/2:-1 OUTPUT.png";
    Ok(Outcome::Fail(Fault::new(message, limit, pixels, remedy).at(size.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};
    use crate::units::Dimensions;

    fn sized(scenario: &mut Scenario, width: u32, height: u32) {
        scenario.pack = "mastodon";
        scenario.image().dimensions = known(Dimensions::new(width, height));
    }

    fn gif(scenario: &mut Scenario, width: u32, frames: u64) {
        *scenario = Scenario::gif();
        scenario.animation().frames = known(frames);
        sized(scenario, width, 720);
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[|s| sized(s, 7680, 4319), |s| sized(s, 7680, 4320), |s| gif(s, 1280, 2), |s| gif(s, 1280, 1)],
        fail: &[
            (|s| sized(s, 7680, 4321), "33177600", "33185280"),
            (|s| gif(s, 1281, 2), "921600", "922320"),
            (|s| gif(s, 1281, 1), "921600", "922320"),
        ],
        undecided: &[|s| {
            sized(s, 1, 1);
            s.image().dimensions = Fact::unknown("cut");
        }],
        skip: &[|s| *s = Scenario::movie()],
    };
}
