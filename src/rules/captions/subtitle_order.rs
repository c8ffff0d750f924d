//! Cues that end before they start, or are out of order.
//!
//! **What it checks.** Each cue's end against its start: an end before the start is an error. A cue that starts before the
//! one in front of it starts, or before that one ends, is a warning.
//!
//! **Why it matters.** A cue without duration is never shown; cues out of order or on top of one another are shown by some
//! players only.
//!
//! **How to fix it.** Mend the times that the message names; `ffmpeg -i INPUT.srt OUTPUT.srt` sorts cues that are out of
//! order, and leaves their times.
//!
//! **Basis.** Heuristic: the documents say that an "invalid subtitle file" is refused, and not what that is; this is
//! what readers of SubRip ask for.

use crate::facts::{CaptionFaultKind, Captions};
use crate::profile::Basis;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

use super::fault;

rule!(
    "subtitle-order",
    subtitle_order,
    "subtitle_order.rs",
    "cues that end before they start, or are out of order",
    Captions
);

fn check(context: &Context<'_>, captions: &Captions) -> Result<Outcome, Undecided> {
    let faults: Vec<Fault> = captions
        .faults
        .iter()
        .filter_map(|found| match found.kind {
            CaptionFaultKind::EndBeforeStart => Some(fault(found, "Let the cue end after its start")),
            CaptionFaultKind::OutOfOrder => {
                let remedy = "Sort the cues: ffmpeg -i INPUT.srt OUTPUT.srt";
                Some(fault(found, remedy).advised(Basis::Heuristic))
            }
            CaptionFaultKind::Overlap => {
                let remedy = "Let each cue end before the next one begins";
                Some(fault(found, remedy).advised(Basis::Heuristic))
            }
            _ => None,
        })
        .collect();
    if faults.is_empty() {
        context.read(&captions.cues)?;
    }
    Ok(Outcome::faults(faults))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::{Fact, Format};
    use crate::rules::testing::{Cases, Scenario};

    const EXPECTED: &str = "at least 00:00:01,000";

    fn found(scenario: &mut Scenario, kind: CaptionFaultKind) {
        scenario.caption_fault(kind, EXPECTED, "00:00:00,500");
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::srt,
        pass: &[|s| found(s, CaptionFaultKind::Number)],
        fail: &[
            (|s| found(s, CaptionFaultKind::EndBeforeStart), EXPECTED, "00:00:00,500"),
            (|s| found(s, CaptionFaultKind::OutOfOrder), EXPECTED, "00:00:00,500"),
            (|s| found(s, CaptionFaultKind::Overlap), EXPECTED, "00:00:00,500"),
        ],
        undecided: &[|s| s.captions().cues = Fact::unknown("cut")],
        skip: &[
            |s| {
                found(s, CaptionFaultKind::EndBeforeStart);
                s.facts.format = Format::WebVtt;
            },
            |s| *s = Scenario::jpeg(),
        ],
    };

    #[test]
    fn only_an_end_before_the_start_is_an_error() {
        for (kind, is_advised) in [
            (CaptionFaultKind::EndBeforeStart, false),
            (CaptionFaultKind::OutOfOrder, true),
            (CaptionFaultKind::Overlap, true),
        ] {
            let mut scenario = Scenario::srt();
            found(&mut scenario, kind);
            let faults = scenario.faults(&RULE);
            assert_eq!(faults[0].only_advised.is_some(), is_advised);
        }
    }
}
