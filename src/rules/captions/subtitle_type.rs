//! The captions are WebVTT, and the platform takes SubRip.
//!
//! **What it checks.** Whether the content begins with the signature of WebVTT.
//!
//! **Why it matters.** The upload is sent as text/srt, and the platform cannot read it.
//!
//! **How to fix it.** Convert it: `ffmpeg -i INPUT.vtt OUTPUT.srt`.
//!
//! **Basis.** Heuristic: subtitles are sent as text/srt, and no document speaks of WebVTT.

use crate::facts::{Evidence, Format};
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!("subtitle-type", subtitle_type, "subtitle_type.rs", "the captions are WebVTT, and the platform takes SubRip");

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    match context.facts.format {
        Format::Srt => Ok(Outcome::Pass),
        Format::WebVtt => {
            let message = "The captions are WebVTT; the platform takes SubRip (SRT)";
            let fault = Fault::new(message, "SubRip (SRT)", "WebVTT", "Convert it: ffmpeg -i INPUT.vtt OUTPUT.srt");
            Ok(Outcome::fault(fault.at(&Evidence::new(0, "signature"))))
        }
        _ => Ok(Outcome::NotApplicable),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::srt,
        pass: &[|s| s.facts.format = Format::Srt],
        fail: &[(|s| s.facts.format = Format::WebVtt, "SubRip (SRT)", "WebVTT")],
        undecided: &[],
        skip: &[|s| *s = Scenario::jpeg()],
    };
}
