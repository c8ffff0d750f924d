//! Video usability information (annex E.2.1), up to the colours.

use crate::input::{BitReader, BitsEnded};

/// What the information says of pixels and colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vui {
    /// Width and height of a pixel. Absent: not given, or unspecified.
    pub(crate) sample_aspect: Option<(u32, u32)>,
    /// The colours. Absent: not given.
    pub(crate) signal: Option<Signal>,
    /// Where it begins: a bit of the payload while it is read, then a byte of the NAL unit.
    pub(crate) place: u64,
}

/// `video_signal_type` elements; 2 (unspecified) where there is no colour description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signal {
    /// `video_full_range_flag`.
    pub(crate) full_range: bool,
    /// `colour_primaries`.
    pub(crate) primaries: u16,
    /// `transfer_characteristics`.
    pub(crate) transfer: u16,
    /// `matrix_coeffs`.
    pub(crate) matrix: u16,
}

impl Vui {
    pub(super) fn read(bits: &mut BitReader<'_>) -> Result<Self, BitsEnded> {
        let place = bits.position();
        let mut sample_aspect = None;
        if bits.flag("aspect_ratio_info_present_flag")? {
            let ratio = match bits.bits(8, "aspect_ratio_idc")? {
                EXTENDED_SAR => (bits.bits(16, "sar_width")?, bits.bits(16, "sar_height")?),
                idc => usize::try_from(idc).ok().and_then(|idc| SAMPLE_ASPECT.get(idc).copied()).unwrap_or_default(),
            };
            sample_aspect = Some(ratio).filter(|(width, height)| *width > 0 && *height > 0);
        }
        if bits.flag("overscan_info_present_flag")? {
            bits.skip(1, "overscan_appropriate_flag")?;
        }
        let signal = bits.flag("video_signal_type_present_flag")?.then(|| Signal::read(bits)).transpose()?;
        Ok(Self { sample_aspect, signal, place })
    }
}

impl Signal {
    fn read(bits: &mut BitReader<'_>) -> Result<Self, BitsEnded> {
        bits.skip(3, "video_format")?;
        let full_range = bits.flag("video_full_range_flag")?;
        let mut signal = Self { full_range, primaries: 2, transfer: 2, matrix: 2 };
        if bits.flag("colour_description_present_flag")? {
            for (field, element) in [
                (&mut signal.primaries, "colour_primaries"),
                (&mut signal.transfer, "transfer_characteristics"),
                (&mut signal.matrix, "matrix_coeffs"),
            ] {
                // Eight bits.
                *field = u16::try_from(bits.bits(8, element)?).unwrap_or(2);
            }
        }
        Ok(signal)
    }
}

/// `aspect_ratio_idc` that says that the ratio follows.
const EXTENDED_SAR: u32 = 255;
/// Table E.1; index 0 is unspecified, and so are the reserved ones past the end.
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
