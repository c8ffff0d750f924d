//! HEVC (ITU-T H.265 | ISO/IEC 23008-2): what a sequence parameter set says of size, shape of pixels and colours.
//!
//! Clauses are those of ITU-T H.265 (2024). Slices are not looked at.

mod reference_sets;
mod scaling;
mod sps;
mod vui;

pub(crate) use sps::Sps;
pub(crate) use vui::Signal;
