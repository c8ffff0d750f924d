//! What helps against the findings of captions.

use super::action::Captions as How;
use super::{Action, Remedy};
use crate::facts::{CaptionFaultKind, Captions, TextEncoding};
use crate::finding::FileReport;
use crate::profile::{CaptionKind, Profile};
use crate::transcode::captions::loose_times;

/// What helps against one finding of a rule.
pub(super) fn remedy(report: &FileReport, profile: &Profile, rule: &str) -> Remedy {
    let Some(captions) = report.facts.captions.as_deref() else {
        return Remedy::Impossible("The captions cannot be read".to_owned());
    };
    match rule {
        "subtitle-encoding" | "subtitle-syntax" | "subtitle-order" => rewritten(captions),
        "subtitle-type" => match profile.limits().subtitle_type.of(report.category).value {
            CaptionKind::SubRip => Remedy::one(Action::ToSubRip),
            CaptionKind::WebVtt => Remedy::one(Action::ToWebVtt),
            CaptionKind::Nothing => Remedy::Impossible("The platform takes no captions".to_owned()),
        },
        "malformed-file" | "truncated-file" | "budget-exceeded" => {
            Remedy::Impossible("The captions are damaged: export them again".to_owned())
        }
        "file-too-large" => Remedy::Impossible(
            "Which words to leave out is not for a program to choose: shorten the captions".to_owned(),
        ),
        _ => Remedy::Stays,
    }
}

/// All that can be mended at once: text is written anew in one go.
fn rewritten(captions: &Captions) -> Remedy {
    let has = |kind| captions.faults.iter().any(|fault| fault.kind == kind);
    let from = match captions.encoding.value() {
        None | Some(TextEncoding::Utf8 | TextEncoding::Utf8Bom) => None,
        Some(encoding) => Some(*encoding),
    };
    let how = How {
        from,
        renumber: captions.faults.iter().any(|fault| is_mended(fault.kind, &fault.actual)),
        sort: has(CaptionFaultKind::OutOfOrder),
    };
    if how == How::default() {
        return Remedy::Impossible(
            "The times or the text of a cue cannot be read, and which were meant is not for a program to guess: mend the \
             lines that the findings name"
                .to_owned(),
        );
    }
    Remedy::one(Action::Captions(how))
}

/// Whether a fault is gone when the cues are written anew.
pub(super) fn is_mended(kind: CaptionFaultKind, actual: &str) -> bool {
    match kind {
        CaptionFaultKind::Number
        | CaptionFaultKind::NumberSequence
        | CaptionFaultKind::MissingBlankLine
        | CaptionFaultKind::MissingText
        | CaptionFaultKind::Control
        | CaptionFaultKind::OutOfOrder => true,
        CaptionFaultKind::Times => loose_times(actual).is_some(),
        CaptionFaultKind::EndBeforeStart | CaptionFaultKind::Overlap => false,
    }
}
