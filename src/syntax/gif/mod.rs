//! GIF (CompuServe, Graphics Interchange Format, version 89a, 1990).
//!
//! Every block is walked, each byte is read once and none is decoded.

mod blocks;
mod control;
mod facts;
mod stream;

use crate::facts::Facts;
use crate::input::{Reader, Stop};

/// Whether the first bytes are the signature and a version that readers take; a file that is cut inside them counts.
pub(crate) fn probe(prefix: &[u8], _length: u64) -> bool {
    // Every file is asked for, and most are none.
    if prefix.first() != Some(&b'G') {
        return false;
    }
    [b"GIF87a", b"GIF89a"].iter().any(|header| {
        let count = header.len().min(prefix.len());
        count >= SIGNATURE && prefix.get(..count) == header.get(..count)
    })
}

/// Reads the structure and fills the facts.
pub(crate) fn inspect(reader: &mut Reader<'_>, facts: &mut Facts) -> Result<(), Stop> {
    let mut walk = blocks::Walk::new(reader);
    let outcome = walk.run();
    facts::lower(&walk, &outcome, facts);
    match outcome {
        // The anomaly that names the frame is among the facts.
        Err(Stop::EndOfFile { .. }) => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}

/// How many bytes tell that a cut file is a GIF.
const SIGNATURE: usize = 4;

#[cfg(test)]
mod tests;
