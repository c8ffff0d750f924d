//! The captions are of another kind than the platform takes.
//!
//! **What it checks.** Whether the content begins with the signature of WebVTT, where SubRip is taken; whether it is SubRip,
//! where WebVTT is taken.
//!
//! **Why it matters.** The upload is sent as text/srt (or text/vtt), and the platform cannot read it.
//!
//! **How to fix it.** Convert it: `ffmpeg -i INPUT.vtt OUTPUT.srt`, or `ffmpeg -i INPUT.srt OUTPUT.vtt`.
//!
//! **Basis.** Heuristic: subtitles are sent as text/srt, and no document speaks of WebVTT. Documented in the pack `bluesky`,
//! which takes text/vtt.

use crate::facts::{Evidence, Format};
use crate::profile::CaptionKind;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!(
    "subtitle-type",
    subtitle_type,
    "subtitle_type.rs",
    "the captions are of another kind than the platform takes",
    Subtitles
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let taken = context.limits.subtitle_type.of(context.category).value;
    let fault = match (context.facts.format, taken) {
        (Format::Srt, CaptionKind::SubRip) | (Format::WebVtt, CaptionKind::WebVtt) => return Ok(Outcome::Pass),
        (Format::WebVtt, CaptionKind::SubRip) => {
            let message = "The captions are WebVTT; the platform takes SubRip (SRT)";
            Fault::new(message, "SubRip (SRT)", "WebVTT", "Convert it: ffmpeg -i INPUT.vtt OUTPUT.srt")
        }
        (Format::Srt, CaptionKind::WebVtt) => {
            let message = "The captions are SubRip (SRT); the platform takes WebVTT";
            Fault::new(message, "WebVTT", "SubRip (SRT)", "Convert it: ffmpeg -i INPUT.srt OUTPUT.vtt")
        }
        (Format::WebVtt, CaptionKind::Nothing) => {
            let message = "The captions are WebVTT; the platform takes no captions";
            Fault::new(
                message,
                "no captions",
                "WebVTT",
                "Burn them into the picture: ffmpeg -i VIDEO -vf subtitles=INPUT OUTPUT.mp4",
            )
        }
        _ => return Ok(Outcome::NotApplicable),
    };
    Ok(Outcome::Fail(fault.at(&Evidence::new(0, "signature"))))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::srt,
        pass: &[
            |s| s.facts.format = Format::Srt,
            |s| {
                s.pack = "bluesky";
                s.facts.format = Format::WebVtt;
            },
        ],
        fail: &[
            (|s| s.facts.format = Format::WebVtt, "SubRip (SRT)", "WebVTT"),
            (|s| s.pack = "bluesky", "WebVTT", "SubRip (SRT)"),
            (
                |s| {
                    s.pack = "mastodon";
                    s.facts.format = Format::WebVtt;
                },
                "no captions",
                "WebVTT",
            ),
        ],
        undecided: &[],
        skip: &[|s| *s = Scenario::jpeg()],
    };
}
