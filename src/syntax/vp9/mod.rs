//! VP9 (VP9 Bitstream & Decoding Process Specification, version 0.6): what the header of a key frame says of samples and colours.

use crate::facts::ChromaFormat;
use crate::input::{BitReader, BitsEnded};

/// `color_config()` (6.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColorConfig {
    /// `profile`.
    pub(crate) profile: u32,
    /// `BitDepth`.
    pub(crate) bit_depth: u8,
    /// How chroma is sampled.
    pub(crate) chroma: ChromaFormat,
    /// The matrix coefficients that `color_space` stands for (ISO/IEC 23091-2). Absent: not given.
    pub(crate) matrix: Option<u16>,
    /// `color_range`.
    pub(crate) full_range: bool,
}

impl ColorConfig {
    /// Reads the uncompressed header of a frame. `None`: it is cut, or not that of a key frame.
    pub(crate) fn of_frame(frame: &[u8]) -> Option<Self> {
        read(&mut BitReader::new(frame)).ok().flatten()
    }
}

/// `uncompressed_header()` (6.2) as far as the colours.
fn read(bits: &mut BitReader<'_>) -> Result<Option<ColorConfig>, BitsEnded> {
    if bits.bits(2, "frame_marker")? != FRAME_MARKER {
        return Ok(None);
    }
    let low = bits.bits(1, "profile_low_bit")?;
    let profile = bits.bits(1, "profile_high_bit")? << 1 | low;
    if profile == 3 {
        bits.skip(1, "reserved_zero")?;
    }
    if bits.flag("show_existing_frame")? || bits.flag("frame_type")? {
        return Ok(None);
    }
    bits.skip(2, "show_frame, error_resilient_mode")?;
    if bits.bits(24, "frame_sync_code")? != SYNC_CODE {
        return Ok(None);
    }
    let bit_depth = match profile {
        0 | 1 => 8,
        _ if bits.flag("ten_or_twelve_bit")? => 12,
        _ => 10,
    };
    let color_space = bits.bits(3, "color_space")?;
    let has_sampling = matches!(profile, 1 | 3);
    let mut config = ColorConfig { profile, bit_depth, chroma: ChromaFormat::Yuv420, matrix: None, full_range: true };
    if color_space == RGB {
        config.chroma = ChromaFormat::Rgb;
        config.matrix = Some(0);
        return Ok(Some(config));
    }
    config.full_range = bits.flag("color_range")?;
    config.matrix = match color_space {
        1 => Some(5),
        2 => Some(1),
        3 => Some(6),
        4 => Some(7),
        5 => Some(9),
        _ => None,
    };
    if has_sampling {
        config.chroma = match (bits.flag("subsampling_x")?, bits.flag("subsampling_y")?) {
            (true, true) => ChromaFormat::Yuv420,
            (true, false) => ChromaFormat::Yuv422,
            (false, _) => ChromaFormat::Yuv444,
        };
    }
    Ok(Some(config))
}

const FRAME_MARKER: u32 = 2;
const SYNC_CODE: u32 = 0x49_8342;
/// `CS_RGB`.
const RGB: u32 = 7;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first bytes of key frames by libvpx 1.12: 8 bits of BT.709, 10 bits of BT.2020 in full range, RGB.
    #[test]
    fn key_frames_tell_their_colours() {
        let read = |bytes: &[u8]| {
            ColorConfig::of_frame(bytes).map(|c| (c.profile, c.bit_depth, c.chroma, c.matrix, c.full_range))
        };
        assert_eq!(read(&[0x82, 0x49, 0x83, 0x42, 0x40, 0x13]), Some((0, 8, ChromaFormat::Yuv420, Some(1), false)));
        assert_eq!(read(&[0x82, 0x49, 0x83, 0x42, 0x00, 0x13]), Some((0, 8, ChromaFormat::Yuv420, None, false)));
        assert_eq!(read(&[0x92, 0x49, 0x83, 0x42, 0x5b, 0x00]), Some((2, 10, ChromaFormat::Yuv420, Some(9), true)));
        assert_eq!(read(&[0xa2, 0x49, 0x83, 0x42, 0xe0]), Some((1, 8, ChromaFormat::Rgb, Some(0), true)));
        assert_eq!(read(&[0xa2, 0x49, 0x83, 0x42, 0x48]), Some((1, 8, ChromaFormat::Yuv422, Some(1), false)));
        assert_eq!(read(&[0x86, 0x49, 0x83, 0x42, 0x40]), None, "no key frame");
        assert_eq!(read(&[0x82, 0x49, 0x83, 0x42]), None, "cut");
        assert_eq!(read(&[0x82, 0x49, 0x83, 0x43, 0x40]), None, "no sync code");
    }

    proptest! {
        #[test]
        fn arbitrary_frames_never_panic(frame in prop::collection::vec(any::<u8>(), 0..16)) {
            let _ = ColorConfig::of_frame(&frame);
        }
    }
}
