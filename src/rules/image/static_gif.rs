//! A GIF of one frame is sent as an animated GIF.
//!
//! **What it checks.** Whether a file that is sent as tweet_gif or dm_gif has more than one frame.
//!
//! **Why it matters.** A post takes four images and only one GIF, and GIFs are processed into videos, which a still
//! picture gains nothing from.
//!
//! **How to fix it.** Send it as tweet_image or dm_image.
//!
//! **Basis.** Heuristic: the documents don't speak of GIFs with one frame.

use crate::facts::Format;
use crate::profile::Use;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!("static-gif", static_gif, "static_gif.rs", "a GIF of one frame is sent as an animated GIF", Wish);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let sent_as_gif = context.request.category.is_some_and(|category| category.takes() == Use::Gif);
    if !sent_as_gif || context.facts.format != Format::Gif {
        return Ok(Outcome::NotApplicable);
    }
    let Some(animation) = context.gif() else { return Ok(Outcome::NotApplicable) };
    let Some(frames) = context.read(&animation.frames)? else { return Ok(Outcome::NotApplicable) };
    if *frames.value > 1 {
        return Ok(Outcome::Pass);
    }
    let message = "The GIF has only one frame: it is a still image";
    let fault = Fault::new(message, "at least 2 frames", *frames.value, "Send it as an image: tweet_image or dm_image");
    Ok(Outcome::Fail(fault.at(frames.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::profile::Category;
    use crate::rules::testing::{Cases, Scenario, known};

    fn sent_as_gif() -> Scenario {
        Scenario { category: Some(Category::TweetGif), ..Scenario::gif() }
    }

    pub(crate) const CASES: Cases = Cases {
        sample: sent_as_gif,
        pass: &[|s| s.animation().frames = known(2)],
        fail: &[
            (|s| s.animation().frames = known(1), "at least 2 frames", "1"),
            (
                |s| {
                    s.animation().frames = known(1);
                    s.category = Some(Category::DmGif);
                },
                "at least 2 frames",
                "1",
            ),
        ],
        undecided: &[|s| s.animation().frames = Fact::unknown("cut")],
        skip: &[
            |s| {
                s.animation().frames = known(1);
                s.category = None;
            },
            |s| {
                s.animation().frames = known(1);
                s.category = Some(Category::TweetImage);
            },
            |s| s.facts.format = Format::Png,
        ],
    };
}
