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
