//! JPEG (ITU-T T.81 | ISO/IEC 10918-1:1994).
//!
//! The headers of the marker segments are read up to the first scan; entropy-coded data never.

mod facts;
mod segments;

use crate::facts::Facts;
use crate::input::{Reader, Stop};

/// Whether the first bytes are SOI and the start of another marker; a file that is cut behind SOI counts.
pub(crate) fn probe(prefix: &[u8], _length: u64) -> bool {
    matches!(prefix, [0xff, 0xd8, 0xff, ..] | [0xff, 0xd8])
}

/// Reads the structure and fills the facts.
pub(crate) fn inspect(reader: &mut Reader<'_>, facts: &mut Facts) -> Result<(), Stop> {
    let mut headers = segments::Headers::default();
    let outcome = segments::read(reader, &mut headers);
    facts::lower(headers, outcome.is_ok(), facts);
    outcome
}

#[cfg(test)]
mod tests;
