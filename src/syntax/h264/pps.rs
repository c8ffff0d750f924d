//! Picture parameter sets (7.3.2.2), as far as slice headers depend on them.

use super::elements::{Elements, QuickBits, Refused};
use super::fault::{Fault, ue_at_most};
use super::nal::Nal;
use crate::input::BitReader;

/// What slice headers need of a picture parameter set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pps {
    /// `pic_parameter_set_id`, 0 to 255.
    pub(crate) id: u8,
    /// `seq_parameter_set_id`, 0 to 31.
    pub(crate) sps_id: u8,
    /// `bottom_field_pic_order_in_frame_present_flag`.
    pub(crate) bottom_field_pic_order: bool,
    /// `num_ref_idx_l0_default_active_minus1`, 0 to 31.
    pub(crate) num_ref_idx_l0_minus1: u8,
    /// `num_ref_idx_l1_default_active_minus1`, 0 to 31.
    pub(crate) num_ref_idx_l1_minus1: u8,
    /// `weighted_pred_flag`.
    pub(crate) weighted_pred: bool,
    /// Whether `weighted_bipred_idc` is 1, explicit weights.
    pub(crate) explicit_bipred: bool,
    /// `redundant_pic_cnt_present_flag`.
    pub(crate) redundant_pic_cnt_present: bool,
}

impl Pps {
    /// Reads a picture parameter set.
    pub(crate) fn parse(nal: Nal<'_>) -> Result<Self, Fault> {
        let mut plain = Vec::new();
        let rbsp = nal.rbsp_in(&mut plain, LARGEST_PPS);
        let mut quick = QuickBits::new(rbsp);
        // Nearly all sets have one slice group.
        match Self::read(&mut quick, |_, _| Err(Refused)) {
            Ok(pps) if quick.bytes_read().is_some() => Ok(pps),
            _ => Self::read(&mut BitReader::new(rbsp), skip_slice_groups),
        }
    }

    fn read<E: Elements>(
        bits: &mut E,
        skip_slice_groups: impl FnOnce(&mut E, u8) -> Result<(), E::Fault>,
    ) -> Result<Self, E::Fault> {
        let id = bits.ue_at_most(255, "pic_parameter_set_id", "0 to 255")?;
        let sps_id = bits.ue_at_most(31, "seq_parameter_set_id", "0 to 31")?;
        bits.flag("entropy_coding_mode_flag")?;
        let bottom_field_pic_order = bits.flag("bottom_field_pic_order_in_frame_present_flag")?;
        let num_slice_groups_minus1 = bits.ue_at_most(7, "num_slice_groups_minus1", "0 to 7")?;
        if num_slice_groups_minus1 > 0 {
            skip_slice_groups(bits, num_slice_groups_minus1)?;
        }
        bits.move_on();
        let num_ref_idx_l0_minus1 = bits.ue_at_most(31, "num_ref_idx_l0_default_active_minus1", "0 to 31")?;
        let num_ref_idx_l1_minus1 = bits.ue_at_most(31, "num_ref_idx_l1_default_active_minus1", "0 to 31")?;
        let weighted_pred = bits.flag("weighted_pred_flag")?;
        let explicit_bipred = bits.bits(2, "weighted_bipred_idc")? == 1;
        bits.move_on();
        bits.skip_code("pic_init_qp_minus26")?;
        bits.skip_code("pic_init_qs_minus26")?;
        bits.skip_code("chroma_qp_index_offset")?;
        bits.flag("deblocking_filter_control_present_flag")?;
        bits.flag("constrained_intra_pred_flag")?;
        let redundant_pic_cnt_present = bits.flag("redundant_pic_cnt_present_flag")?;
        Ok(Self {
            id,
            sps_id,
            bottom_field_pic_order,
            num_ref_idx_l0_minus1,
            num_ref_idx_l1_minus1,
            weighted_pred,
            explicit_bipred,
            redundant_pic_cnt_present,
        })
    }
}

fn skip_slice_groups(bits: &mut BitReader<'_>, num_slice_groups_minus1: u8) -> Result<(), Fault> {
    match ue_at_most(bits, 6, "slice_group_map_type", "0 to 6")? {
        0 => {
            for _ in 0..=num_slice_groups_minus1 {
                bits.ue("run_length_minus1")?;
            }
        }
        2 => {
            for _ in 0..num_slice_groups_minus1 {
                bits.ue("top_left")?;
                bits.ue("bottom_right")?;
            }
        }
        3..=5 => {
            bits.flag("slice_group_change_direction_flag")?;
            bits.ue("slice_group_change_rate_minus1")?;
        }
        6 => {
            let count = u64::from(bits.ue("pic_size_in_map_units_minus1")?) + 1;
            let each = u64::from((num_slice_groups_minus1 + 1).next_power_of_two().trailing_zeros());
            bits.skip(count * each, "slice_group_id")?;
        }
        _ => {}
    }
    Ok(())
}

/// Slice group maps of the largest pictures, three bits a map unit, fit; nothing read here stands later.
const LARGEST_PPS: usize = 64 << 10;

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::h264::writer::BitWriter;

    /// Of an MBAFF film by x264 164 through ffmpeg 5.1.
    pub(crate) const MBAFF: [u8; 6] = [0x68, 0xfb, 0xa3, 0xcb, 0x22, 0xc0];

    fn parse(nal: &[u8]) -> Result<Pps, Fault> {
        Pps::parse(Nal::new(nal, 0))
    }

    #[test]
    fn a_real_set_is_read() {
        let expected = Pps {
            id: 0,
            sps_id: 0,
            bottom_field_pic_order: true,
            num_ref_idx_l0_minus1: 2,
            num_ref_idx_l1_minus1: 0,
            weighted_pred: false,
            explicit_bipred: false,
            redundant_pic_cnt_present: false,
        };
        assert_eq!(parse(&MBAFF), Ok(expected));
        for length in 0..MBAFF.len() - 1 {
            assert!(matches!(parse(&MBAFF[..length]), Err(Fault::Ended(_))), "prefix of {length} bytes");
        }
    }

    #[test]
    fn slice_groups_of_every_type_are_passed_over() {
        for kind in 0..=6 {
            let mut bits = BitWriter::default();
            bits.ue(255).ue(31).u(1, 0).u(1, 0).ue(2).ue(kind);
            match kind {
                0 => bits.ue(5).ue(6).ue(7),
                2 => bits.ue(1).ue(2).ue(3).ue(4),
                3..=5 => bits.u(1, 1).ue(9),
                6 => bits.ue(3).u(8, 0b0110_0110),
                _ => &mut bits,
            };
            bits.ue(30).ue(31).u(1, 1).u(2, 1).se(-3).se(0).se(1).u(1, 1).u(1, 0).u(1, 1);
            let expected = Pps {
                id: 255,
                sps_id: 31,
                bottom_field_pic_order: false,
                num_ref_idx_l0_minus1: 30,
                num_ref_idx_l1_minus1: 31,
                weighted_pred: true,
                explicit_bipred: true,
                redundant_pic_cnt_present: true,
            };
            assert_eq!(parse(&bits.nal(0x68)), Ok(expected), "slice_group_map_type {kind}");
        }
    }

    #[test]
    fn a_map_of_four_thousand_million_units_ends_at_once() {
        let mut bits = BitWriter::default();
        bits.ue(0).ue(0).u(1, 0).u(1, 0).ue(7).ue(6).ue(u32::MAX - 1);
        assert_eq!(parse(&bits.nal(0x68)).unwrap_err().element(), "slice_group_id");
    }

    proptest! {
        #[test]
        fn what_is_read_quickly_is_what_is_read_exactly(
            bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 0x40_u8..], 0..24),
        ) {
            let nal = [&[0x68], &bytes[..]].concat();
            let rbsp = Nal::new(&nal, 0).rbsp(LARGEST_PPS);
            prop_assert_eq!(parse(&nal), Pps::read(&mut BitReader::new(&rbsp), skip_slice_groups));
        }

        #[test]
        fn any_bytes_are_a_set_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(pps) = parse(&bytes) {
                prop_assert!(pps.sps_id <= 31 && pps.num_ref_idx_l0_minus1 <= 31);
            }
        }
    }
}
