//! The size of the pictures in an HEVC sequence parameter set (ITU-T H.265 (2024) 7.3.2.2).

use crate::input::{BitReader, BitsEnded, unescape};

/// Width and height, conformance window applied. `None`: the parameter set cannot be read, or is that of another layer.
pub(super) fn picture_size(nal: &[u8]) -> Option<(u32, u32)> {
    let (header, payload) = nal.split_first_chunk::<2>()?;
    let layer = u16::from_be_bytes(*header) >> 3 & 0x3f;
    if layer != 0 {
        return None;
    }
    let sps = unescape(payload, HEAD);
    read(&mut BitReader::new(&sps)).ok().flatten()
}

/// More than the elements up to the conformance window take: 12 bytes of general profile and level, 88 for seven
/// sub-layers, and eight Exp-Golomb codes.
const HEAD: usize = 160;

fn read(bits: &mut BitReader<'_>) -> Result<Option<(u32, u32)>, BitsEnded> {
    bits.skip(4, "sps_video_parameter_set_id")?;
    let sub_layers = bits.bits(3, "sps_max_sub_layers_minus1")?;
    bits.skip(1, "sps_temporal_id_nesting_flag")?;
    bits.skip(PROFILE_BITS + 8, "profile_tier_level")?;
    skip_sub_layers(bits, sub_layers)?;
    bits.ue("sps_seq_parameter_set_id")?;
    let chroma_format = bits.ue("chroma_format_idc")?;
    let separate_planes = chroma_format == 3 && bits.flag("separate_colour_plane_flag")?;
    let width = bits.ue("pic_width_in_luma_samples")?;
    let height = bits.ue("pic_height_in_luma_samples")?;
    if !bits.flag("conformance_window_flag")? {
        return Ok(Some((width, height)));
    }
    let left = bits.ue("conf_win_left_offset")?;
    let right = bits.ue("conf_win_right_offset")?;
    let top = bits.ue("conf_win_top_offset")?;
    let bottom = bits.ue("conf_win_bottom_offset")?;
    let (unit_width, unit_height) = match chroma_format {
        1 => (2, 2),
        2 if !separate_planes => (2, 1),
        _ => (1, 1),
    };
    let cropped = |size: u32, unit: u32, before: u32, after: u32| {
        size.checked_sub(before.checked_add(after)?.checked_mul(unit)?).filter(|&size| size > 0)
    };
    Ok(cropped(width, unit_width, left, right).zip(cropped(height, unit_height, top, bottom)))
}

/// Bits of `general_profile_space` up to the last constraint flag.
const PROFILE_BITS: u64 = 88;

fn skip_sub_layers(bits: &mut BitReader<'_>, sub_layers: u32) -> Result<(), BitsEnded> {
    if sub_layers == 0 {
        return Ok(());
    }
    let mut present = 0;
    for _ in 0..sub_layers {
        present += if bits.flag("sub_layer_profile_present_flag")? { PROFILE_BITS } else { 0 };
        present += if bits.flag("sub_layer_level_present_flag")? { 8 } else { 0 };
    }
    bits.skip(u64::from(8 - sub_layers) * 2, "reserved_zero_2bits")?;
    bits.skip(present, "sub_layer_profile_space")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By x265 3.5: 1920x1080 coded as 1920x1088, 4:2:0.
    const CROPPED: [u8; 42] = [
        0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x78,
        0xa0, 0x03, 0xc0, 0x80, 0x10, 0xe5, 0x96, 0x56, 0x69, 0x24, 0xca, 0xf0, 0x16, 0x80, 0x80, 0x00, 0x00, 0x03,
        0x00, 0x80, 0x00, 0x00, 0x0c, 0x84,
    ];
    /// The same in 4:2:2, whose window counts lines one by one.
    const CROPPED_422: [u8; 41] = [
        0x42, 0x01, 0x01, 0x04, 0x08, 0x00, 0x00, 0x03, 0x00, 0x9d, 0x08, 0x00, 0x00, 0x03, 0x00, 0x00, 0x78, 0xb0,
        0x03, 0xc0, 0x80, 0x10, 0xe5, 0x96, 0x56, 0x69, 0x24, 0xca, 0xf0, 0x16, 0x80, 0x80, 0x00, 0x00, 0x03, 0x00,
        0x80, 0x00, 0x00, 0x0c, 0x84,
    ];
    /// 322x182 coded as 328x184, cropped on both edges.
    const ODD: [u8; 42] = [
        0x42, 0x01, 0x01, 0x01, 0x60, 0x00, 0x00, 0x03, 0x00, 0x90, 0x00, 0x00, 0x03, 0x00, 0x00, 0x03, 0x00, 0x3c,
        0xa0, 0x0a, 0x48, 0x0b, 0x9c, 0x95, 0x96, 0x56, 0x69, 0x24, 0xca, 0xf0, 0x16, 0x80, 0x80, 0x00, 0x00, 0x03,
        0x00, 0x80, 0x00, 0x00, 0x0c, 0x84,
    ];

    #[test]
    fn the_conformance_window_is_cut_off() {
        assert_eq!(picture_size(&CROPPED), Some((1920, 1080)));
        assert_eq!(picture_size(&CROPPED_422), Some((1920, 1080)));
        assert_eq!(picture_size(&ODD), Some((322, 182)));
    }

    #[test]
    fn a_set_of_another_layer_tells_nothing() {
        let mut other = CROPPED;
        other[1] |= 1 << 3;
        assert_eq!(picture_size(&other), None);
    }

    #[test]
    fn a_cut_set_tells_nothing() {
        // The window ends in the 24th byte.
        for length in 0..24 {
            assert_eq!(picture_size(&CROPPED[..length]), None, "{length}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_sets_never_panic(nal in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = picture_size(&nal);
        }
    }
}
