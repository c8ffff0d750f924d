//! Sequence parameter sets (7.3.2.1.1), read leniently: what is odd is reported by others, not refused here.

use super::elements::{Elements, QuickBits};
use super::fault::{Fault, byte};
use super::nal::Nal;
use super::vui::Vui;
use crate::input::BitReader;

/// A sequence parameter set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sps {
    /// `profile_idc`.
    pub(crate) profile_idc: u8,
    /// `constraint_set0_flag` (most significant bit) to `constraint_set5_flag`, and two reserved bits.
    pub(crate) constraint_flags: u8,
    /// `level_idc`.
    pub(crate) level_idc: u8,
    /// `seq_parameter_set_id`, 0 to 31.
    pub(crate) id: u8,
    /// `chroma_format_idc`, 0 to 3.
    pub(crate) chroma_format_idc: u8,
    /// `separate_colour_plane_flag`.
    pub(crate) separate_colour_plane: bool,
    /// `bit_depth_luma_minus8`, 0 to 6.
    pub(crate) bit_depth_luma_minus8: u8,
    /// `bit_depth_chroma_minus8`, 0 to 6.
    pub(crate) bit_depth_chroma_minus8: u8,
    /// Bits of `frame_num`: `log2_max_frame_num_minus4` + 4.
    pub(crate) frame_num_bits: u32,
    /// How presentation order is coded.
    pub(crate) order: OrderType,
    /// `max_num_ref_frames`.
    pub(crate) max_num_ref_frames: u32,
    /// `pic_width_in_mbs_minus1`.
    pub(crate) pic_width_in_mbs_minus1: u32,
    /// `pic_height_in_map_units_minus1`.
    pub(crate) pic_height_in_map_units_minus1: u32,
    /// `frame_mbs_only_flag`.
    pub(crate) frame_mbs_only: bool,
    /// `mb_adaptive_frame_field_flag`.
    pub(crate) mb_adaptive_frame_field: bool,
    /// The frame cropping offsets, in crop units.
    pub(crate) crop: Crop,
    /// Video usability information. Absent: not given.
    pub(crate) vui: Option<Vui>,
    /// Where the VUI cannot be read on; what stands before was kept.
    pub(crate) vui_damage: Option<Fault>,
    /// Where the elements that facts are taken from begin.
    pub(crate) places: Places,
}

/// `pic_order_cnt_type` and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OrderType {
    /// Type 0: each slice header holds the least significant bits.
    Lsb {
        /// `log2_max_pic_order_cnt_lsb_minus4` + 4.
        bits: u32,
    },
    /// Type 1: a cycle of expected differences.
    Cycle(Box<Cycle>),
    /// Type 2: presentation order is decoding order.
    Decoding,
}

/// The elements of `pic_order_cnt_type` 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cycle {
    /// `delta_pic_order_always_zero_flag`.
    pub(crate) always_zero: bool,
    /// `offset_for_non_ref_pic`.
    pub(crate) offset_for_non_ref_pic: i32,
    /// `offset_for_top_to_bottom_field`.
    pub(crate) offset_for_top_to_bottom_field: i32,
    /// `offset_for_ref_frame`, at most 255.
    pub(crate) offset_for_ref_frame: Vec<i32>,
}

/// Frame cropping offsets; all zero where there is no cropping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Crop {
    /// `frame_crop_left_offset`.
    pub(crate) left: u32,
    /// `frame_crop_right_offset`.
    pub(crate) right: u32,
    /// `frame_crop_top_offset`.
    pub(crate) top: u32,
    /// `frame_crop_bottom_offset`.
    pub(crate) bottom: u32,
}

/// Bits of the RBSP at which elements begin; 0 where the element is inferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// `chroma_format_idc`.
    pub(crate) chroma_format_idc: u64,
    /// `bit_depth_luma_minus8`.
    pub(crate) bit_depth_luma: u64,
    /// `bit_depth_chroma_minus8`.
    pub(crate) bit_depth_chroma: u64,
    /// `pic_width_in_mbs_minus1`.
    pub(crate) width: u64,
    /// `frame_mbs_only_flag`.
    pub(crate) frame_mbs_only: u64,
    /// `frame_cropping_flag`.
    pub(crate) cropping: u64,
}

impl Sps {
    /// Reads a sequence parameter set. Damage in the VUI loses only the rest of the VUI.
    pub(crate) fn parse(nal: Nal<'_>) -> Result<Self, Fault> {
        // Nearly all are a few dozen bytes.
        let mut short = [0; 128];
        let mut long = Vec::new();
        let plain = match nal.rbsp_within(&mut short) {
            Some(plain) => plain,
            None => nal.rbsp_in(&mut long, LARGEST_SPS),
        };
        let mut quick = QuickBits::new(plain);
        match Self::read(&mut quick) {
            Ok(sps) if quick.bytes_read().is_some() => Ok(sps),
            _ => Self::read(&mut BitReader::new(plain)),
        }
    }

    fn read<E: Elements>(bits: &mut E) -> Result<Self, E::Fault> {
        let profile_idc = byte(bits, "profile_idc")?;
        let constraint_flags = byte(bits, "constraint_set_flags")?;
        let level_idc = byte(bits, "level_idc")?;
        let id = bits.ue_at_most(31, "seq_parameter_set_id", "0 to 31")?;
        let mut places = Places::default();
        let mut high = High { chroma_format_idc: 1, separate_colour_plane: false, luma: 0, chroma: 0 };
        if has_chroma_format(profile_idc) {
            high = High::read(bits, &mut places)?;
        }
        bits.move_on();
        let frame_num_bits = u32::from(bits.ue_at_most(12, "log2_max_frame_num_minus4", "0 to 12")?) + 4;
        let order = OrderType::read(bits)?;
        let max_num_ref_frames = bits.ue("max_num_ref_frames")?;
        bits.flag("gaps_in_frame_num_value_allowed_flag")?;
        bits.move_on();
        places.width = bits.position();
        let pic_width_in_mbs_minus1 = bits.ue("pic_width_in_mbs_minus1")?;
        let pic_height_in_map_units_minus1 = bits.ue("pic_height_in_map_units_minus1")?;
        places.frame_mbs_only = bits.position();
        let frame_mbs_only = bits.flag("frame_mbs_only_flag")?;
        let mb_adaptive_frame_field = !frame_mbs_only && bits.flag("mb_adaptive_frame_field_flag")?;
        bits.flag("direct_8x8_inference_flag")?;
        places.cropping = bits.position();
        let crop = if bits.flag("frame_cropping_flag")? { Crop::read(bits)? } else { Crop::default() };
        let (vui, vui_damage) = match bits.flag("vui_parameters_present_flag") {
            Ok(false) => (None, None),
            Ok(true) => {
                let (vui, damage) = Vui::read(bits);
                (Some(vui), damage)
            }
            Err(ended) => (None, Some(ended)),
        };
        let vui_damage = vui_damage.map(E::tell).transpose()?;
        Ok(Self {
            profile_idc,
            constraint_flags,
            level_idc,
            id,
            chroma_format_idc: high.chroma_format_idc,
            separate_colour_plane: high.separate_colour_plane,
            bit_depth_luma_minus8: high.luma,
            bit_depth_chroma_minus8: high.chroma,
            frame_num_bits,
            order,
            max_num_ref_frames,
            pic_width_in_mbs_minus1,
            pic_height_in_map_units_minus1,
            frame_mbs_only,
            mb_adaptive_frame_field,
            crop,
            vui,
            vui_damage,
            places,
        })
    }

    /// `ChromaArrayType`: 0 where the planes are coded apart.
    pub(crate) const fn chroma_array_type(&self) -> u8 {
        if self.separate_colour_plane { 0 } else { self.chroma_format_idc }
    }

    /// Whether constraint_set`index`_flag is 1.
    pub(crate) const fn constraint(&self, index: u32) -> bool {
        self.constraint_flags & (0x80 >> index) != 0
    }

    /// Width and height of the cropped frame in luma samples (7-13 to 7-22); `None` where the cropping leaves nothing,
    /// or the size is above 32 bits.
    pub(crate) fn cropped_size(&self) -> Option<(u32, u32)> {
        let frame_height_factor = if self.frame_mbs_only { 1 } else { 2 };
        let (horizontal, vertical) = match self.chroma_array_type() {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        };
        // All operands are below 2^32, so the products and sums fit in 64 bits.
        let width = (u64::from(self.pic_width_in_mbs_minus1) + 1) * 16;
        let height = (u64::from(self.pic_height_in_map_units_minus1) + 1) * 16 * frame_height_factor;
        let columns = (u64::from(self.crop.left) + u64::from(self.crop.right)) * horizontal;
        let rows = (u64::from(self.crop.top) + u64::from(self.crop.bottom)) * vertical * frame_height_factor;
        let width = width.checked_sub(columns).filter(|&width| width > 0)?;
        let height = height.checked_sub(rows).filter(|&height| height > 0)?;
        Some((u32::try_from(width).ok()?, u32::try_from(height).ok()?))
    }
}

impl OrderType {
    fn read<E: Elements>(bits: &mut E) -> Result<Self, E::Fault> {
        match bits.ue_at_most(2, "pic_order_cnt_type", "0 to 2")? {
            0 => {
                let minus4 = bits.ue_at_most(12, "log2_max_pic_order_cnt_lsb_minus4", "0 to 12")?;
                Ok(Self::Lsb { bits: u32::from(minus4) + 4 })
            }
            1 => {
                bits.move_on();
                let mut cycle = Cycle {
                    always_zero: bits.flag("delta_pic_order_always_zero_flag")?,
                    offset_for_non_ref_pic: bits.se("offset_for_non_ref_pic")?,
                    offset_for_top_to_bottom_field: bits.se("offset_for_top_to_bottom_field")?,
                    offset_for_ref_frame: Vec::new(),
                };
                for _ in 0..bits.ue_at_most(255, "num_ref_frames_in_pic_order_cnt_cycle", "0 to 255")? {
                    bits.move_on();
                    cycle.offset_for_ref_frame.push(bits.se("offset_for_ref_frame")?);
                }
                Ok(Self::Cycle(Box::new(cycle)))
            }
            _ => Ok(Self::Decoding),
        }
    }
}

impl Crop {
    fn read<E: Elements>(bits: &mut E) -> Result<Self, E::Fault> {
        bits.move_on();
        Ok(Self {
            left: bits.ue("frame_crop_left_offset")?,
            right: bits.ue("frame_crop_right_offset")?,
            top: bits.ue("frame_crop_top_offset")?,
            bottom: bits.ue("frame_crop_bottom_offset")?,
        })
    }
}

struct High {
    chroma_format_idc: u8,
    separate_colour_plane: bool,
    luma: u8,
    chroma: u8,
}

impl High {
    fn read<E: Elements>(bits: &mut E, places: &mut Places) -> Result<Self, E::Fault> {
        bits.move_on();
        places.chroma_format_idc = bits.position();
        let chroma_format_idc = bits.ue_at_most(3, "chroma_format_idc", "0 to 3")?;
        let separate_colour_plane = chroma_format_idc == 3 && bits.flag("separate_colour_plane_flag")?;
        places.bit_depth_luma = bits.position();
        let luma = bits.ue_at_most(6, "bit_depth_luma_minus8", "0 to 6")?;
        places.bit_depth_chroma = bits.position();
        let chroma = bits.ue_at_most(6, "bit_depth_chroma_minus8", "0 to 6")?;
        bits.flag("qpprime_y_zero_transform_bypass_flag")?;
        if bits.flag("seq_scaling_matrix_present_flag")? {
            for list in 0..if chroma_format_idc == 3 { 12 } else { 8 } {
                bits.move_on();
                if bits.flag("seq_scaling_list_present_flag")? {
                    skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
        Ok(Self { chroma_format_idc, separate_colour_plane, luma, chroma })
    }
}

/// Passes over `scaling_list()` (7.3.2.1.1.1).
fn skip_scaling_list<E: Elements>(bits: &mut E, size: u32) -> Result<(), E::Fault> {
    let mut last_scale: i64 = 8;
    for _ in 0..size {
        bits.move_on();
        let delta = i64::from(bits.se("delta_scale")?);
        let next_scale = (last_scale + delta).rem_euclid(256);
        if next_scale == 0 {
            return Ok(());
        }
        last_scale = next_scale;
    }
    Ok(())
}

/// Whether the SPS of a profile holds `chroma_format_idc` and what follows it.
const fn has_chroma_format(profile_idc: u8) -> bool {
    matches!(profile_idc, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135 | 144)
}

/// More than the longest SPS that all elements at their longest give, cpb schedules and scaling lists included.
const LARGEST_SPS: usize = 8192;

#[cfg(test)]
pub(crate) mod tests {
    use h264_reader::nal::sps::SeqParameterSet;
    use h264_reader::rbsp::{BitReader as OracleBits, decode_nal};
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::h264::writer::BitWriter;

    /// 320x240, High, by x264 164 through ffmpeg 5.1.
    pub(crate) const QVGA: [u8; 25] = [
        0x67, 0x64, 0x00, 0x0d, 0xac, 0xd9, 0x41, 0x41, 0xfb, 0x01, 0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00,
        0x03, 0x03, 0x20, 0xf1, 0x42, 0x99, 0x60,
    ];

    /// 1920x1080 in 1088 lines, High, MBAFF, pixels 4:3, BT.709, NAL HRD, by x264 164 through ffmpeg 5.1.
    pub(crate) const MBAFF: [u8; 41] = [
        0x67, 0x64, 0x00, 0x28, 0xac, 0xd9, 0x80, 0x78, 0x04, 0x4f, 0xde, 0x1c, 0xd4, 0x04, 0x04, 0x05, 0x00, 0x00,
        0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x32, 0x60, 0x40, 0x00, 0xf4, 0x24, 0x00, 0x1e, 0x84, 0xa4, 0xc3,
        0x00, 0xf8, 0xb1, 0x6c, 0xb0,
    ];

    fn parse(nal: &[u8]) -> Result<Sps, Fault> {
        Sps::parse(Nal::new(nal, 0))
    }

    fn oracle(nal: &[u8]) -> SeqParameterSet {
        SeqParameterSet::from_bits(OracleBits::new(&*decode_nal(nal).unwrap())).unwrap()
    }

    #[test]
    fn a_real_set_says_what_the_oracle_says() {
        let sps = parse(&QVGA).unwrap();
        let oracle = oracle(&QVGA);
        assert_eq!(sps.cropped_size(), oracle.pixel_dimensions().ok());
        assert_eq!(sps.level_idc, oracle.level_idc);
        assert_eq!(sps.frame_num_bits, u32::from(oracle.log2_max_frame_num_minus4) + 4);
        assert_eq!(sps.max_num_ref_frames, oracle.max_num_ref_frames);
        let vui = sps.vui.unwrap();
        let theirs = oracle.vui_parameters.unwrap();
        assert_eq!(vui.pic_struct_present, theirs.pic_struct_present_flag);
        let ratio = theirs.aspect_ratio_info.as_ref().and_then(h264_reader::nal::sps::AspectRatioInfo::get);
        assert_eq!(vui.sample_aspect, ratio.map(|(width, height)| (width.into(), height.into())));
        let reorder = theirs.bitstream_restrictions.map(|restrictions| restrictions.max_num_reorder_frames);
        assert_eq!(vui.max_num_reorder_frames, reorder);
        assert_eq!(sps.vui_damage, None);
    }

    #[test]
    fn an_interlaced_set_with_everything() {
        let sps = parse(&MBAFF).unwrap();
        assert_eq!((sps.profile_idc, sps.chroma_format_idc, sps.cropped_size()), (100, 1, Some((1920, 1080))));
        assert!(!sps.frame_mbs_only && sps.mb_adaptive_frame_field);
        let vui = sps.vui.unwrap();
        assert_eq!(vui.sample_aspect, Some((4, 3)));
        let signal = vui.signal.unwrap();
        assert_eq!((signal.primaries, signal.transfer, signal.matrix, signal.full_range), (1, 1, 1, false));
        assert!(vui.hrd.is_some() && vui.pic_struct_present && vui.timing_was_read);
    }

    #[test]
    fn a_cut_set_is_a_fault_or_loses_only_its_vui() {
        for length in 0..MBAFF.len() - 1 {
            match parse(&MBAFF[..length]) {
                Err(Fault::Ended(ended)) => assert!(ended.position <= length as u64 * 8),
                Err(fault) => panic!("{fault}"),
                Ok(sps) => {
                    assert_eq!(sps.cropped_size(), Some((1920, 1080)));
                    assert!(length == MBAFF.len() - 2 || sps.vui_damage.is_some(), "prefix of {length}");
                }
            }
        }
    }

    /// Baseline fields up to `max_num_ref_frames`, then a size in macroblocks and crop offsets.
    fn baseline(order: &[(char, i32)], width: u32, height: u32, crop: Option<[u32; 4]>) -> Vec<u8> {
        let mut bits = BitWriter::default();
        bits.u(8, 66).u(8, 0xc0).u(8, 30).ue(0).ue(4);
        for &(code, value) in order {
            match code {
                'f' => bits.u(1, value as u32),
                's' => bits.se(value),
                _ => bits.ue(value as u32),
            };
        }
        bits.ue(1).u(1, 0).ue(width).ue(height).u(1, 1).u(1, 1);
        match crop {
            Some(crop) => crop.iter().fold(bits.u(1, 1), |bits, &offset| bits.ue(offset)),
            None => bits.u(1, 0),
        };
        bits.u(1, 0).nal(0x67)
    }

    #[test]
    fn all_order_types_are_read() {
        let sps = parse(&baseline(&[('u', 2)], 1, 1, None)).unwrap();
        assert_eq!((sps.order, sps.frame_num_bits), (OrderType::Decoding, 8));
        let cycle = [('u', 1), ('f', 0), ('s', -2), ('s', 1), ('u', 2), ('s', 4), ('s', -6)];
        let sps = parse(&baseline(&cycle, 1, 1, None)).unwrap();
        let cycle = Cycle {
            always_zero: false,
            offset_for_non_ref_pic: -2,
            offset_for_top_to_bottom_field: 1,
            offset_for_ref_frame: vec![4, -6],
        };
        assert_eq!(sps.order, OrderType::Cycle(Box::new(cycle)));
        let fault = parse(&baseline(&[('u', 3)], 1, 1, None)).unwrap_err();
        assert_eq!((fault.element(), fault.expected(), &*fault.actual()), ("pic_order_cnt_type", "0 to 2", "3"));
        let fault = parse(&baseline(&[('u', 1), ('f', 0), ('s', 0), ('s', 0), ('u', 256)], 1, 1, None)).unwrap_err();
        assert_eq!(fault.element(), "num_ref_frames_in_pic_order_cnt_cycle");
    }

    #[test]
    fn cropping_counts_in_crop_units() {
        let poc2 = [('u', 2)];
        let size = |width, height, crop| parse(&baseline(&poc2, width, height, crop)).unwrap().cropped_size();
        assert_eq!(size(0, 0, None), Some((16, 16)));
        assert_eq!(size(0, 0, Some([1, 2, 3, 4])), Some((10, 2)));
        assert_eq!(size(0, 0, Some([4, 3, 0, 0])), Some((2, 16)));
        assert_eq!(size(0, 0, Some([4, 4, 0, 0])), None);
        assert_eq!(size(0, 0, Some([u32::MAX - 1; 4])), None);
        assert_eq!(size((1 << 28) - 2, 0, None), Some((u32::MAX - 15, 16)));
        assert_eq!(size((1 << 28) - 1, 0, None), None);
    }

    #[test]
    fn scaling_lists_and_separate_planes_are_passed_over() {
        let mut bits = BitWriter::default();
        bits.u(8, 244).u(8, 0).u(8, 40).ue(0).ue(3).u(1, 1).ue(6).ue(2).u(1, 0).u(1, 1);
        // 12 lists: one whole flat list of 16, one that falls back at once, the others absent.
        bits.u(1, 1);
        for _ in 0..16 {
            bits.se(0);
        }
        bits.u(1, 1).se(-8).u(10, 0);
        bits.ue(0).ue(2).ue(0).u(1, 0).ue(4).ue(4).u(1, 1).u(1, 1).u(1, 1).ue(1).ue(1).ue(1).ue(1).u(1, 0);
        let sps = parse(&bits.nal(0x67)).unwrap();
        assert!(sps.separate_colour_plane);
        assert_eq!((sps.bit_depth_luma_minus8, sps.bit_depth_chroma_minus8, sps.chroma_array_type()), (6, 2, 0));
        // Planes that are coded apart crop as monochrome does.
        assert_eq!(sps.cropped_size(), Some((78, 78)));
    }

    #[test]
    fn a_size_above_its_level_is_still_read() {
        // Level 1 allows 99 macroblocks.
        let mut nal = baseline(&[('u', 2)], 119, 67, None);
        nal[3] = 10;
        assert_eq!(parse(&nal).unwrap().cropped_size(), Some((1920, 1088)));
    }

    #[test]
    fn a_vui_with_too_many_schedules_keeps_what_stands_before() {
        let mut bits = BitWriter::default();
        bits.u(8, 66).u(8, 0).u(8, 30).ue(0).ue(0).ue(2).ue(1).u(1, 0).ue(1).ue(1).u(1, 1).u(1, 1).u(1, 0);
        bits.u(1, 1).u(1, 1).u(8, 255).u(16, 7).u(16, 5).u(1, 0).u(1, 0).u(1, 0).u(1, 0).u(1, 1).ue(32);
        let sps = parse(&bits.nal(0x67)).unwrap();
        let vui = sps.vui.unwrap();
        assert_eq!((vui.sample_aspect, vui.signal_was_read, vui.timing_was_read), (Some((7, 5)), true, false));
        assert_eq!(sps.vui_damage.unwrap().element(), "cpb_cnt_minus1");
    }

    fn both_ways(nal: &[u8]) -> [Result<Sps, Fault>; 2] {
        let rbsp = Nal::new(nal, 0).rbsp(LARGEST_SPS);
        [parse(nal), Sps::read(&mut BitReader::new(&rbsp))]
    }

    proptest! {
        #[test]
        fn what_is_read_quickly_is_what_is_read_exactly(
            real in any::<bool>(), changes in proptest::collection::vec((0_usize..320, any::<bool>()), 0..4),
            length in 0_usize..60, profile in prop_oneof![Just(66), Just(100), Just(244)],
            bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 0x40_u8..], 0..96),
        ) {
            let mut nal = if real { MBAFF.to_vec() } else { QVGA.to_vec() };
            for (at, is_next) in changes {
                if let Some(byte) = nal.get_mut(at / 8) {
                    *byte ^= 1 << (at % 8);
                    *byte = byte.wrapping_add(is_next.into());
                }
            }
            nal.truncate(length.max(1));
            let [quick, exact] = both_ways(&nal);
            prop_assert_eq!(quick, exact);
            let [quick, exact] = both_ways(&[&[0x67, profile, 0, 30][..], &bytes].concat());
            prop_assert_eq!(quick, exact);
        }

        #[test]
        fn any_bytes_are_a_set_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..96)) {
            if let Ok(sps) = parse(&bytes) {
                prop_assert!(sps.id <= 31 && sps.chroma_format_idc <= 3 && sps.bit_depth_luma_minus8 <= 6);
                sps.cropped_size();
            }
        }
    }
}
