//! The shapes of samples that H.264 (table E-1) and HEVC (table E.1) know by number.

use crate::input::{BitReader, BitsEnded};

/// Reads `aspect_ratio_idc`, and the ratio where it follows: width and height of a sample. Absent: it is unspecified or reserved.
pub(super) fn read(bits: &mut BitReader<'_>) -> Result<Option<(u32, u32)>, BitsEnded> {
    let ratio = match bits.bits(8, "aspect_ratio_idc")? {
        EXTENDED_SAR => (bits.bits(16, "sar_width")?, bits.bits(16, "sar_height")?),
        idc => usize::try_from(idc).ok().and_then(|idc| SAMPLE_ASPECT.get(idc).copied()).unwrap_or_default(),
    };
    Ok(Some(ratio).filter(|(width, height)| *width > 0 && *height > 0))
}

/// `aspect_ratio_idc` that says that the ratio follows.
const EXTENDED_SAR: u32 = 255;
/// By `aspect_ratio_idc`; 0 is unspecified, and so are the reserved ones past the end.
const SAMPLE_ASPECT: [(u32, u32); 17] = [
    (0, 0),
    (1, 1),
    (12, 11),
    (10, 11),
    (16, 11),
    (40, 33),
    (24, 11),
    (20, 11),
    (32, 11),
    (80, 33),
    (18, 11),
    (15, 11),
    (64, 33),
    (160, 99),
    (4, 3),
    (3, 2),
    (2, 1),
];
