//! The faults of captions: the first ones, and the first one of each kind.

use super::text::Line;
use crate::facts::{CaptionFault, CaptionFaultKind, Captions, Evidence};

/// Notes a fault at a character of a line.
pub(super) fn note(captions: &mut Captions, kind: CaptionFaultKind, line: &Line<'_>, column: u64, expected: &str) {
    captions.fault_count += 1;
    if captions.faults.len() >= MOST && captions.faults.iter().any(|fault| fault.kind == kind) {
        return;
    }
    captions.faults.push(CaptionFault {
        kind,
        line: line.number,
        column,
        at: Evidence::named(line.offset_of(column), format!("line {}", line.number)),
        expected: expected.to_owned(),
        actual: excerpt(line.text),
    });
}

/// The start of a line, as it can be shown: no control characters.
fn excerpt(text: &str) -> String {
    let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().take(LONGEST).map(shown).collect()
}

/// Faults that are kept whatever their kind.
const MOST: usize = 100;
/// Characters of a line that are shown.
const LONGEST: usize = 80;
