//! The pixels of an image or GIF cannot be decoded.
//!
//! **What it checks.** Only where the deep check is asked for: every pixel of an image and every frame of a GIF is
//! decoded, and checksums of the compressed data are verified.
//!
//! **Why it matters.** The headers may be whole and the picture data damaged; the platform decodes every picture.
//!
//! **How to fix it.** Copy or export the image again.
//!
//! **Basis.** Observed: processing ends in "file is invalid" (InvalidMedia), as seen in public threads.

use crate::facts::Pixels;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!(
    "undecodable-pixels",
    undecodable_pixels,
    "undecodable_pixels.rs",
    "the pixels of an image or GIF cannot be decoded",
    Pixels
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    match &context.facts.pixels {
        None => Ok(Outcome::NotApplicable),
        Some(Pixels::Whole) => Ok(Outcome::Pass),
        Some(Pixels::TooLarge { reason }) => {
            Err(Undecided::because(text!("decoding it would cost too much: {reason}")))
        }
        Some(Pixels::Unsupported { reason }) => Err(Undecided::because(reason.clone())),
        Some(Pixels::Damaged { frame, reason }) => {
            let message = if context.facts.animation.is_some() {
                text!("Frame {frame} (the first is 0) cannot be decoded: {reason}")
            } else {
                text!("The picture cannot be decoded: {reason}")
            };
            let remedy = "Copy or export the image again";
            Ok(Outcome::Fail(Fault::new(message, "pixels that can be decoded", reason.clone(), remedy)))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[|s| s.facts.pixels = Some(Pixels::Whole)],
        fail: &[
            (
                |s| s.facts.pixels = Some(Pixels::Damaged { frame: 0, reason: "bad Huffman code".to_owned() }),
                "pixels that can be decoded",
                "bad Huffman code",
            ),
            (
                |s| {
                    *s = Scenario::gif();
                    s.facts.pixels = Some(Pixels::Damaged { frame: 3, reason: "no end code".to_owned() });
                },
                "pixels that can be decoded",
                "no end code",
            ),
        ],
        undecided: &[
            |s| s.facts.pixels = Some(Pixels::TooLarge { reason: "40 GB".to_owned() }),
            |s| s.facts.pixels = Some(Pixels::Unsupported { reason: "arithmetic coding".to_owned() }),
        ],
        skip: &[|s| s.facts.pixels = None],
    };
}
