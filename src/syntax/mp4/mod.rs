//! MP4 and QuickTime: ISO base media (ISO/IEC 14496-12:2022) and the QuickTime file format.

mod boxes;
mod fragments;
mod groups;
mod notes;
pub(crate) mod sample_entry;
pub(crate) mod samples;
mod stsc;
mod stsz;
mod stts;
mod table;

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
