//! A GIF whose frames are whole has no trailer.
//!
//! **What it checks.** Whether the byte 0x3B follows the last block. A GIF that is cut inside a frame is
//! `truncated-file` instead.
//!
//! **Why it matters.** Most readers cope, some wait for more data or drop the last frame.
//!
//! **How to fix it.** Write the GIF anew, for instance with `gifsicle INPUT.gif -o OUTPUT.gif`.
//!
//! **Basis.** Heuristic: GIF89a section 27 asks for a trailer; the platform's documents don't speak of it.

use crate::facts::Format;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!(
    "gif-missing-trailer",
    gif_missing_trailer,
    "gif_missing_trailer.rs",
    "a GIF whose frames are whole has no trailer",
    Animation
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let animation = context.facts.animation.as_deref().filter(|_| context.facts.format == Format::Gif);
    // A GIF that is cut inside a block has no trailer either, and fails for the cut.
    let (Some(animation), None) = (animation, context.damage()) else { return Ok(Outcome::NotApplicable) };
    let Some(trailer) = context.read(&animation.trailer)? else { return Ok(Outcome::NotApplicable) };
    if *trailer.value {
        return Ok(Outcome::Pass);
    }
    let remedy = "Write the GIF anew: gifsicle INPUT.gif -o OUTPUT.gif";
    let fault = Fault::new("The GIF ends without its trailer (0x3B)", "a trailer", "none", remedy);
    Ok(Outcome::Fail(fault.at(trailer.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::{AnomalyKind, Fact};
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::gif,
        pass: &[|s| s.animation().frames = known(1)],
        fail: &[(|s| s.animation().trailer = known(false), "a trailer", "none")],
        undecided: &[|s| s.animation().trailer = Fact::unknown("cut")],
        skip: &[
            |s| {
                s.animation().trailer = known(false);
                s.anomaly(AnomalyKind::Truncated);
            },
            |s| s.facts.format = Format::WebP,
            |s| *s = Scenario::jpeg(),
        ],
    };
}
