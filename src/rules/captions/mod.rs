//! Rules of captions.

pub(crate) mod subtitle_encoding;
pub(crate) mod subtitle_order;
pub(crate) mod subtitle_past_end;
pub(crate) mod subtitle_syntax;
pub(crate) mod subtitle_type;

use crate::facts::{CaptionFault, CaptionFaultKind, Captions};

use super::outcome::Fault;

/// A fault of a caption file, with its line and column.
fn fault(found: &CaptionFault, remedy: &'static str) -> Fault {
    let (line, column) = (found.line, found.column);
    let message = text!("{} in line {line}, column {column}: {}", what(found.kind), difference(found));
    Fault::new(message, found.expected.clone(), found.actual.clone(), remedy).at(&found.at)
}

/// Whether a fault is one of the cues' times, which can be read; every other kind is one of syntax.
const fn is_of_order(kind: CaptionFaultKind) -> bool {
    matches!(kind, CaptionFaultKind::EndBeforeStart | CaptionFaultKind::OutOfOrder | CaptionFaultKind::Overlap)
}

/// What kind of fault it is, as the beginning of a sentence.
const fn what(kind: CaptionFaultKind) -> &'static str {
    match kind {
        CaptionFaultKind::Number => "A cue has no number",
        CaptionFaultKind::NumberSequence => "A cue's number is out of sequence",
        CaptionFaultKind::Times => "A cue's times cannot be read",
        CaptionFaultKind::MissingText => "A cue has no text",
        CaptionFaultKind::MissingBlankLine => "No blank line ends a cue",
        CaptionFaultKind::EndBeforeStart => "A cue ends before it starts",
        CaptionFaultKind::OutOfOrder => "A cue starts before the one in front of it starts",
        CaptionFaultKind::Overlap => "A cue starts before the one in front of it ends",
        CaptionFaultKind::Control => "There is a byte that is not text",
    }
}

fn difference(found: &CaptionFault) -> String {
    match (found.expected.is_empty(), found.actual.is_empty()) {
        (false, false) => text!("expected {}, found {}", found.expected, found.actual),
        (false, true) => text!("expected {}, found nothing", found.expected),
        (true, _) => text!("found {}", found.actual),
    }
}

/// Tells with the last fault that more of them were found than are kept.
fn count_the_rest(mut faults: Vec<Fault>, captions: &Captions) -> Vec<Fault> {
    let more = captions.fault_count.saturating_sub(captions.faults.len() as u64);
    if more > 0
        && let Some(last) = faults.pop()
    {
        faults.push(last.with(Some(text!(" (the file has {more} more faults)"))));
    }
    faults
}
