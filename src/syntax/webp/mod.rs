//! WebP (RFC 9649): VP8 (RFC 6386), VP8L and extended files, animated or not.
//!
//! Chunk headers and the headers of frames are read; image data never.

mod chunks;
mod facts;
mod frame;

use crate::facts::Facts;
use crate::input::{Reader, Stop};

/// Whether the first bytes are a RIFF header of the form type WEBP.
pub(crate) fn probe(prefix: &[u8], _length: u64) -> bool {
    prefix.starts_with(b"RIFF") && prefix.get(8..12) == Some(b"WEBP")
}

/// Reads the structure and fills the facts.
pub(crate) fn inspect(reader: &mut Reader<'_>, facts: &mut Facts) -> Result<(), Stop> {
    let mut walk = chunks::Walk::default();
    let outcome = walk.run(reader);
    facts::lower(walk, outcome.is_ok(), facts);
    outcome
}

#[cfg(test)]
mod tests;
