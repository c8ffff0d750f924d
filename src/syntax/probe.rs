//! Formats that are named in messages and not read further.

use crate::facts::Format;

/// The format that the first bytes tell, of those that are only named.
pub(crate) fn known_format(_prefix: &[u8], _length: u64) -> Option<Format> {
    None
}
