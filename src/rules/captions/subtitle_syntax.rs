//! Captions that cannot be read as SubRip.
//!
//! **What it checks.** Each cue: its number (one more than the one before), its line of times
//! (`00:00:01,000 --> 00:00:02,500`), and at least one line of text. Each fault is shown with line and column.
//!
//! **Why it matters.** The platform refuses the file, or the cue and all after it are not shown.
//!
//! **How to fix it.** Mend the line that the message names, or let a tool write the file anew: `ffmpeg -i INPUT.srt
//! OUTPUT.srt`.
//!
//! **Basis.** Heuristic: the documents say that an "invalid subtitle file" is refused, and not what that is; this is
//! what readers of SubRip ask for.

use crate::facts::Captions;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

use super::{count_the_rest, fault, is_of_order};

rule!("subtitle-syntax", subtitle_syntax, "subtitle_syntax.rs", "captions that cannot be read as SubRip", Captions);

fn check(context: &Context<'_>, captions: &Captions) -> Result<Outcome, Undecided> {
    let remedy = "Mend that line, or let a tool write the file anew: ffmpeg -i INPUT.srt OUTPUT.srt";
    let syntax = captions.faults.iter().filter(|found| !is_of_order(found.kind));
    let faults: Vec<Fault> = syntax.map(|found| fault(found, remedy)).collect();
    if faults.is_empty() {
        // What was not read may have faults.
        context.read(&captions.cues)?;
    }
    Ok(Outcome::faults(count_the_rest(faults, captions)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::{CaptionFaultKind, Fact, Format};
    use crate::rules::testing::{Cases, Scenario};

    fn found(scenario: &mut Scenario, kind: CaptionFaultKind) {
        scenario.caption_fault(kind, "a number", "\"two\"");
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::srt,
        pass: &[|s| found(s, CaptionFaultKind::Overlap), |s| found(s, CaptionFaultKind::EndBeforeStart)],
        fail: &[
            (|s| found(s, CaptionFaultKind::Number), "a number", "\"two\""),
            (|s| found(s, CaptionFaultKind::NumberSequence), "a number", "\"two\""),
            (|s| found(s, CaptionFaultKind::Times), "a number", "\"two\""),
            (|s| found(s, CaptionFaultKind::MissingText), "a number", "\"two\""),
            (|s| found(s, CaptionFaultKind::MissingBlankLine), "a number", "\"two\""),
            (|s| found(s, CaptionFaultKind::Control), "a number", "\"two\""),
        ],
        undecided: &[|s| s.captions().cues = Fact::unknown("cut")],
        skip: &[
            |s| {
                found(s, CaptionFaultKind::Number);
                s.facts.format = Format::WebVtt;
            },
            |s| *s = Scenario::jpeg(),
        ],
    };

    #[test]
    fn line_and_column_are_told() {
        let mut scenario = Scenario::srt();
        found(&mut scenario, CaptionFaultKind::Number);
        assert_eq!(
            scenario.message(&RULE),
            "A cue has no number in line 6, column 1: expected a number, found \"two\""
        );
        scenario.captions().fault_count = 300;
        assert!(scenario.message(&RULE).ends_with("(the file has 299 more faults)"));
    }
}
