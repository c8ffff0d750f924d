//! PNG.

use crate::facts::Facts;
use crate::input::{Reader, Stop};

/// Whether the first bytes are of this format.
pub(crate) fn probe(_prefix: &[u8], _length: u64) -> bool {
    false
}

/// Reads the structure and fills the facts.
pub(crate) fn inspect(_reader: &mut Reader<'_>, _facts: &mut Facts) -> Result<(), Stop> {
    Ok(())
}
