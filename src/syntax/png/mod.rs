//! PNG (W3C Portable Network Graphics, third edition, 2025), animated or not.
//!
//! Every chunk header up to IEND is read, and of the chunks only those that tell a fact; image data never.

mod chunks;
mod facts;
mod header;

use crate::facts::Facts;
use crate::input::{Reader, Stop};

/// Whether the first bytes are the signature, whole, cut with the file, or with its line ends converted, which is what the
/// signature is there to show (PNG 5.2).
pub(crate) fn probe(prefix: &[u8], _length: u64) -> bool {
    // Every file is asked for, and most are none.
    if prefix.first() != SIGNATURE.first() {
        return false;
    }
    let count = SIGNATURE.len().min(prefix.len());
    count >= NAME && prefix.get(..count) == SIGNATURE.get(..count) || converted(prefix)
}

/// Reads the structure and fills the facts.
pub(crate) fn inspect(reader: &mut Reader<'_>, facts: &mut Facts) -> Result<(), Stop> {
    let mut walk = chunks::Walk::default();
    let outcome = signature(reader).and_then(|()| walk.run(reader));
    facts::lower(walk, outcome.is_ok(), facts);
    outcome
}

fn signature(reader: &Reader<'_>) -> Result<(), Stop> {
    if converted(reader.prefix()) {
        return Err(Stop::Malformed {
            offset: NAME as u64,
            field: "signature",
            expected: "0D 0A 1A 0A".into(),
            actual: "other line ends: the file was converted as if it were text".into(),
        });
    }
    if reader.prefix().len() < SIGNATURE.len() {
        return Err(Stop::EndOfFile { offset: 0, field: "signature", expected: 8, actual: reader.len() });
    }
    Ok(())
}

/// Whether the line ends in the signature were converted, and nothing else of it.
fn converted(prefix: &[u8]) -> bool {
    let Some(rest) = SIGNATURE.get(..NAME).and_then(|name| prefix.strip_prefix(name)) else {
        return false;
    };
    let ends = |bytes: &[u8]| bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let first = ends(rest);
    let Some(rest) = rest.get(first..).and_then(|rest| rest.strip_prefix(b"\x1a")) else {
        return false;
    };
    let second = ends(rest);
    // IHDR's length begins with zeros, and is 13 itself: a carriage return that conversion may have changed.
    matches!(first, 1..=3)
        && matches!(second, 1 | 2)
        && !prefix.starts_with(SIGNATURE)
        && rest.get(second..).is_some_and(|rest| rest.starts_with(&[0, 0, 0]))
}

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// How many bytes of the signature name the format; the others show damage.
const NAME: usize = 4;

#[cfg(test)]
mod tests;
