//! Video usability information (annex E.2.1), up to the colours.

use crate::input::{BitReader, BitsEnded};
use crate::syntax::sample_aspect;

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
        let has_aspect = bits.flag("aspect_ratio_info_present_flag")?;
        let sample_aspect =
            if has_aspect { sample_aspect::read(|count, element| bits.bits(count, element))? } else { None };
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
