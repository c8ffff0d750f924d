//! The shapes of samples that H.264 (table E-1) and HEVC (table E.1) know by number.

/// Reads `aspect_ratio_idc` by `bits`, given the length and the name of an element, and the ratio where it follows: width and
/// height of a sample. Absent: it is unspecified or reserved.
#[inline]
pub(super) fn read<F>(mut bits: impl FnMut(u32, &'static str) -> Result<u32, F>) -> Result<Option<(u32, u32)>, F> {
    let ratio = match bits(8, "aspect_ratio_idc")? {
        EXTENDED_SAR => (bits(16, "sar_width")?, bits(16, "sar_height")?),
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
