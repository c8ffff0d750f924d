//! The sequence parameter set (7.3.2.2), as far as its video usability information begins or ends.

use super::reference_sets;
use super::scaling;
use super::vui::Vui;
use crate::input::{BitReader, BitsEnded, unescape};

/// What a sequence parameter set says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sps {
    /// Width and height, conformance window applied. Absent: there is no possible one.
    pub(crate) size: Option<(u32, u32)>,
    /// Video usability information, as far as its colours. Absent: it could not be read; empty where the set has none.
    pub(crate) vui: Option<Vui>,
}

impl Sps {
    /// Reads a NAL unit. `None`: it cannot be read as far as the size, or is that of another layer.
    pub(crate) fn parse(nal: &[u8]) -> Option<Self> {
        let (header, payload) = nal.split_first_chunk::<2>()?;
        let layer = u16::from_be_bytes(*header) >> 3 & 0x3f;
        if layer != 0 {
            return None;
        }
        let plain = unescape(payload, LONGEST);
        let mut bits = BitReader::new(&plain);
        let head = Head::read(&mut bits).ok()?;
        let vui = rest(&head, &mut bits).ok().flatten();
        let vui = vui.map(|vui| Vui { place: escaped(nal, vui.place / 8), ..vui });
        Some(Self { size: head.size, vui })
    }
}

/// The elements up to the conformance window.
struct Head {
    max_sub_layers_minus1: u32,
    size: Option<(u32, u32)>,
}

impl Head {
    fn read(bits: &mut BitReader<'_>) -> Result<Self, BitsEnded> {
        bits.skip(4, "sps_video_parameter_set_id")?;
        let max_sub_layers_minus1 = bits.bits(3, "sps_max_sub_layers_minus1")?;
        bits.skip(1, "sps_temporal_id_nesting_flag")?;
        bits.skip(PROFILE_BITS + 8, "profile_tier_level")?;
        skip_sub_layers(bits, max_sub_layers_minus1)?;
        bits.ue("sps_seq_parameter_set_id")?;
        let chroma_format_idc = bits.ue("chroma_format_idc")?;
        let separate_planes = chroma_format_idc == 3 && bits.flag("separate_colour_plane_flag")?;
        let width = bits.ue("pic_width_in_luma_samples")?;
        let height = bits.ue("pic_height_in_luma_samples")?;
        if !bits.flag("conformance_window_flag")? {
            return Ok(Self { max_sub_layers_minus1, size: Some((width, height)) });
        }
        let left = bits.ue("conf_win_left_offset")?;
        let right = bits.ue("conf_win_right_offset")?;
        let top = bits.ue("conf_win_top_offset")?;
        let bottom = bits.ue("conf_win_bottom_offset")?;
        let (unit_width, unit_height) = match chroma_format_idc {
            1 => (2, 2),
            2 if !separate_planes => (2, 1),
            _ => (1, 1),
        };
        let cropped = |size: u32, unit: u32, before: u32, after: u32| {
            size.checked_sub(before.checked_add(after)?.checked_mul(unit)?).filter(|&size| size > 0)
        };
        let size = cropped(width, unit_width, left, right).zip(cropped(height, unit_height, top, bottom));
        Ok(Self { max_sub_layers_minus1, size })
    }
}

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

/// The elements behind the conformance window. `None`: one of them has a value that no set has.
fn rest(head: &Head, bits: &mut BitReader<'_>) -> Result<Option<Vui>, BitsEnded> {
    bits.ue("bit_depth_luma_minus8")?;
    bits.ue("bit_depth_chroma_minus8")?;
    let poc_lsb_bits = bits.ue("log2_max_pic_order_cnt_lsb_minus4")?.saturating_add(4);
    let all = bits.flag("sps_sub_layer_ordering_info_present_flag")?;
    for _ in 0..if all { head.max_sub_layers_minus1 + 1 } else { 1 } {
        bits.ue("sps_max_dec_pic_buffering_minus1")?;
        bits.ue("sps_max_num_reorder_pics")?;
        bits.ue("sps_max_latency_increase_plus1")?;
    }
    bits.ue("log2_min_luma_coding_block_size_minus3")?;
    bits.ue("log2_diff_max_min_luma_coding_block_size")?;
    bits.ue("log2_min_luma_transform_block_size_minus2")?;
    bits.ue("log2_diff_max_min_luma_transform_block_size")?;
    bits.ue("max_transform_hierarchy_depth_inter")?;
    bits.ue("max_transform_hierarchy_depth_intra")?;
    if bits.flag("scaling_list_enabled_flag")? && bits.flag("sps_scaling_list_data_present_flag")? {
        scaling::skip(bits)?;
    }
    bits.skip(2, "amp_enabled_flag, sample_adaptive_offset_enabled_flag")?;
    if bits.flag("pcm_enabled_flag")? {
        bits.skip(8, "pcm_sample_bit_depth_luma_minus1, pcm_sample_bit_depth_chroma_minus1")?;
        bits.ue("log2_min_pcm_luma_coding_block_size_minus3")?;
        bits.ue("log2_diff_max_min_pcm_luma_coding_block_size")?;
        bits.skip(1, "pcm_loop_filter_disabled_flag")?;
    }
    if reference_sets::skip(bits)?.is_none() {
        return Ok(None);
    }
    if bits.flag("long_term_ref_pics_present_flag")? {
        let count = bits.ue("num_long_term_ref_pics_sps")?;
        if count > MOST_LONG_TERM || poc_lsb_bits > 16 {
            return Ok(None);
        }
        bits.skip(u64::from(count) * u64::from(poc_lsb_bits + 1), "lt_ref_pic_poc_lsb_sps")?;
    }
    bits.skip(2, "sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag")?;
    if bits.flag("vui_parameters_present_flag")? { Vui::read(bits).map(Some) } else { Ok(Some(Vui::default())) }
}

/// Index in a NAL unit of the byte at `wanted` of its payload, emulation prevention bytes counted.
fn escaped(nal: &[u8], wanted: u64) -> u64 {
    let (mut plain, mut zeros) = (0_u64, 0);
    for (index, &byte) in (0_u64..).zip(nal).skip(2) {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        if plain == wanted {
            return index;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        plain += 1;
    }
    nal.len() as u64
}

/// Bytes of a set that are read: those in use have some hundred, with scaling lists two thousand.
const LONGEST: usize = 4096;
/// Bits of `general_profile_space` up to the last constraint flag.
const PROFILE_BITS: u64 = 88;
/// `num_long_term_ref_pics_sps` at most (7.4.3.2.1).
const MOST_LONG_TERM: u32 = 32;

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

    /// By x265 3.5 with `colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc`: Main 10; 4:4:4 with scaling lists; pixels of 40:33.
    const COLOURED: [&str; 3] = [
        "42010102200000030090000003000003003ca00a080c1f3b6595952930bc05a848804820000003002000000303c1",
        "420101040800000300980800000300003c9001410183e34a52caca949c2f016a12201208000003000800000300f040",
        "42010101600000030090000003000003003ca00a080c1f3e595952930bc15a848804820000030002000003003c10",
    ];

    #[test]
    fn colours_and_pixels_are_told_by_the_set() {
        for (hex, aspect) in COLOURED.into_iter().zip([(1, 1), (1, 1), (40, 33)]) {
            let nal: Vec<u8> =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
            let sps = Sps::parse(&nal).unwrap();
            assert_eq!(sps.size, Some((320, 180)));
            let vui = sps.vui.unwrap();
            assert_eq!(vui.sample_aspect, Some(aspect));
            let signal = vui.signal.unwrap();
            assert_eq!((signal.primaries, signal.transfer, signal.matrix, signal.full_range), (9, 16, 9, false));
            // The place counts the bytes that prevent start codes.
            assert!((26..32).contains(&vui.place), "{}", vui.place);
        }
        assert_eq!(Sps::parse(&CROPPED).unwrap().vui.unwrap().signal.map(|signal| signal.primaries), Some(2));
    }

    fn size(nal: &[u8]) -> Option<(u32, u32)> {
        Sps::parse(nal).and_then(|sps| sps.size)
    }

    #[test]
    fn the_conformance_window_is_cut_off() {
        assert_eq!(size(&CROPPED), Some((1920, 1080)));
        assert_eq!(size(&CROPPED_422), Some((1920, 1080)));
        assert_eq!(size(&ODD), Some((322, 182)));
    }

    #[test]
    fn a_set_of_another_layer_tells_nothing() {
        let mut other = CROPPED;
        other[1] |= 1 << 3;
        assert_eq!(Sps::parse(&other), None);
    }

    #[test]
    fn a_cut_set_tells_less() {
        // The window ends in the 24th byte, and the colours in the 32nd.
        for length in 0..CROPPED.len() {
            let sps = Sps::parse(&CROPPED[..length]);
            assert_eq!(sps.is_some(), length >= 24, "{length}");
            assert_eq!(sps.is_some_and(|sps| sps.vui.is_some()), length >= 32, "{length}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_sets_never_panic(nal in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Sps::parse(&nal);
        }

        #[test]
        fn changed_sets_never_panic(place in 2..42_usize, byte in any::<u8>()) {
            let mut changed = CROPPED;
            changed[place] = byte;
            let _ = Sps::parse(&changed);
        }
    }
}
