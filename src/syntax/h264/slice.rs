//! Slice headers (7.3.3), up to what tells the picture's order, scan, type and marking.

use super::elements::{Elements, QuickBits, Refused};
use super::fault::Fault;
use super::marking::resets_order;
use super::nal::{IDR_SLICE, holds_emulation_prevention};
use super::pps::Pps;
use super::sets::{Missing, ParameterSets};
use super::sps::{OrderType, Sps};
use crate::input::BitReader;

/// What is read of a slice header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SliceHeader {
    /// `slice_type` modulo 5.
    pub(crate) kind: SliceKind,
    /// Whether `slice_type` is 5 or more: all slices of the picture are of this kind.
    pub(crate) speaks_for_picture: bool,
    /// `pic_parameter_set_id`.
    pub(crate) pps_id: u8,
    /// `frame_num`.
    pub(crate) frame_num: u32,
    /// `field_pic_flag` and `bottom_field_flag`.
    pub(crate) structure: Structure,
    /// Whether the slice is of an IDR picture.
    pub(crate) idr: bool,
    /// `nal_ref_idc`.
    pub(crate) ref_idc: u8,
    /// `idr_pic_id`; 0 where the picture is none.
    pub(crate) idr_pic_id: u32,
    /// `pic_order_cnt_lsb`; 0 where inferred.
    pub(crate) pic_order_cnt_lsb: u32,
    /// `delta_pic_order_cnt_bottom`; 0 where inferred.
    pub(crate) delta_pic_order_cnt_bottom: i32,
    /// `delta_pic_order_cnt`; 0 where inferred.
    pub(crate) delta_pic_order_cnt: [i32; 2],
    /// `redundant_pic_cnt` is above 0: the slice is a spare and shows nothing of its own.
    pub(crate) redundant: bool,
    /// Whether `memory_management_control_operation` 5 is among the operations.
    pub(crate) resets_order: bool,
}

/// The kinds of slices (table 7-6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SliceKind {
    /// P.
    P,
    /// B.
    B,
    /// I.
    I,
    /// SP.
    Sp,
    /// SI.
    Si,
}

/// Whether a picture is a frame or one of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Structure {
    /// A frame.
    Frame,
    /// A top field.
    Top,
    /// A bottom field.
    Bottom,
}

/// Why a slice header cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SliceFault {
    /// An element is missing or out of range.
    #[error(transparent)]
    Syntax(#[from] Fault),
    /// It refers to a parameter set that is not there.
    #[error(transparent)]
    Missing(#[from] Missing),
}

impl SliceKind {
    /// Whether the slice refers to no other picture.
    pub(crate) const fn is_intra(self) -> bool {
        matches!(self, Self::I | Self::Si)
    }
}

impl SliceHeader {
    /// Reads the header at the start of `rbsp`, of a NAL unit of the given type and `nal_ref_idc`.
    pub(crate) fn parse(rbsp: &[u8], unit_type: u8, ref_idc: u8, sets: &ParameterSets<'_>) -> Result<Self, SliceFault> {
        match Self::read_quickly(rbsp, unit_type, ref_idc, sets) {
            Some((header, _)) => Ok(header),
            None => Self::read(&mut BitReader::new(rbsp), unit_type, ref_idc, sets),
        }
    }

    /// The same, from the `payload` as it stands, emulation prevention included. `None`: it takes [`Self::parse`] to
    /// read the header, or to say why it cannot be read.
    pub(crate) fn parse_quickly(payload: &[u8], unit_type: u8, ref_idc: u8, sets: &ParameterSets<'_>) -> Option<Self> {
        let (header, length) = Self::read_quickly(payload, unit_type, ref_idc, sets)?;
        if holds_emulation_prevention(payload, length) { None } else { Some(header) }
    }

    /// The header, and how many bytes it takes. `None`: only an exact reader can read it, or none can.
    fn read_quickly(rbsp: &[u8], unit_type: u8, ref_idc: u8, sets: &ParameterSets<'_>) -> Option<(Self, usize)> {
        let mut bits = QuickBits::new(rbsp);
        let Ok::<_, Refused>(header) = Self::read(&mut bits, unit_type, ref_idc, sets) else { return None };
        Some((header, bits.bytes_read()?))
    }

    #[inline]
    fn read<E: Elements, F: From<E::Fault> + From<Missing>>(
        bits: &mut E,
        unit_type: u8,
        ref_idc: u8,
        sets: &ParameterSets<'_>,
    ) -> Result<Self, F> {
        bits.skip_code("first_mb_in_slice")?;
        let slice_type = bits.ue_at_most(9, "slice_type", "0 to 9")?;
        let pps_id = bits.ue_at_most(255, "pic_parameter_set_id", "0 to 255")?;
        let (&pps, given) = sets.find(pps_id)?;
        let mut header = Self {
            kind: match slice_type % 5 {
                0 => SliceKind::P,
                1 => SliceKind::B,
                2 => SliceKind::I,
                3 => SliceKind::Sp,
                _ => SliceKind::Si,
            },
            speaks_for_picture: slice_type >= 5,
            pps_id,
            frame_num: 0,
            structure: Structure::Frame,
            idr: unit_type == IDR_SLICE,
            ref_idc,
            idr_pic_id: 0,
            pic_order_cnt_lsb: 0,
            delta_pic_order_cnt_bottom: 0,
            delta_pic_order_cnt: [0; 2],
            redundant: false,
            resets_order: false,
        };
        header.read_rest(bits, pps, &given.sps)?;
        Ok(header)
    }

    #[inline]
    fn read_rest<E: Elements>(&mut self, bits: &mut E, pps: Pps, sps: &Sps) -> Result<(), E::Fault> {
        if sps.separate_colour_plane {
            bits.bits(2, "colour_plane_id")?;
        }
        self.frame_num = bits.bits(sps.frame_num_bits, "frame_num")?;
        if !sps.frame_mbs_only && bits.flag("field_pic_flag")? {
            let bottom = bits.flag("bottom_field_flag")?;
            self.structure = if bottom { Structure::Bottom } else { Structure::Top };
        }
        if self.idr {
            self.idr_pic_id = bits.ue("idr_pic_id")?;
        }
        self.read_order(bits, pps, sps)?;
        if pps.redundant_pic_cnt_present {
            self.redundant = bits.ue("redundant_pic_cnt")? > 0;
        }
        // The marking of an IDR picture holds no operations, and that of other than reference pictures is not there.
        if self.idr || self.ref_idc == 0 {
            return Ok(());
        }
        self.resets_order = resets_order(bits, self.kind, pps, sps.chroma_array_type() != 0)?;
        Ok(())
    }

    #[inline]
    fn read_order<E: Elements>(&mut self, bits: &mut E, pps: Pps, sps: &Sps) -> Result<(), E::Fault> {
        let both_fields = pps.bottom_field_pic_order && self.structure == Structure::Frame;
        match &sps.order {
            OrderType::Lsb { bits: count } => {
                self.pic_order_cnt_lsb = bits.bits(*count, "pic_order_cnt_lsb")?;
                if both_fields {
                    self.delta_pic_order_cnt_bottom = bits.se("delta_pic_order_cnt_bottom")?;
                }
            }
            OrderType::Cycle(cycle) if !cycle.always_zero => {
                self.delta_pic_order_cnt[0] = bits.se("delta_pic_order_cnt[0]")?;
                if both_fields {
                    self.delta_pic_order_cnt[1] = bits.se("delta_pic_order_cnt[1]")?;
                }
            }
            OrderType::Cycle(_) | OrderType::Decoding => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::h264::nal::{Nal, SLICE};
    use crate::syntax::h264::synthetic::{I, P, PAFF, PROGRESSIVE, Slice, Stream};
    use crate::syntax::h264::writer::BitWriter;

    fn parse(nal: &[u8], sets: &ParameterSets<'_>) -> Result<SliceHeader, SliceFault> {
        let nal = Nal::new(nal, 0);
        SliceHeader::parse(&nal.rbsp(4096), nal.unit_type(), nal.ref_idc(), sets)
    }

    #[test]
    fn fields_frames_and_their_order_are_read() {
        let slice = Slice::new(P, 2, 200, 77).of(Structure::Bottom);
        let header = parse(&PAFF.slice(slice), &PAFF.sets()).unwrap();
        assert_eq!((header.structure, header.frame_num, header.pic_order_cnt_lsb), (Structure::Bottom, 200, 77));
        assert_eq!((header.kind, header.speaks_for_picture, header.ref_idc), (SliceKind::P, true, 2));
        assert!(!header.idr && !header.resets_order);
    }

    #[test]
    fn operation_5_is_found_among_others() {
        let sets = PROGRESSIVE.sets();
        let reset = Slice { mmco5: true, ..Slice::new(P, 1, 3, 6) };
        assert!(parse(&PROGRESSIVE.slice(reset), &sets).unwrap().resets_order);
        assert!(!parse(&PROGRESSIVE.slice(Slice { mmco5: false, ..reset }), &sets).unwrap().resets_order);
        // A picture that none refers to carries no marking.
        assert!(!parse(&PROGRESSIVE.slice(Slice { ref_idc: 0, ..reset }), &sets).unwrap().resets_order);
    }

    /// Explicit weights, bottom field order, redundant pictures: every optional element up to the marking.
    fn everything() -> (ParameterSets<'static>, Vec<u8>) {
        let mut sets = ParameterSets::default();
        sets.take(Nal::new(&PROGRESSIVE.sps(), 0), false).unwrap();
        let mut pps = BitWriter::default();
        pps.ue(0).ue(0).u(1, 1).u(1, 1).ue(0).ue(0).ue(0).u(1, 1).u(2, 1).se(0).se(0).se(0).u(1, 0).u(1, 0).u(1, 1);
        sets.take(Nal::new(&pps.nal(0x68), 0), false).unwrap();
        let mut bits = BitWriter::default();
        bits.ue(0).ue(1).ue(0).u(8, 9).u(8, 100).se(-1).ue(0);
        // Direct mode; two pictures in the first list and one in the second.
        bits.u(1, 1).u(1, 1).ue(1).ue(0);
        // Reordering of the first list only.
        bits.u(1, 1).ue(0).ue(4).ue(2).ue(1).ue(3).u(1, 0);
        // Weights: a denominator each, then luma and chroma, luma, nothing.
        bits.ue(5).ue(5).u(1, 1).se(30).se(-2).u(1, 1).se(1).se(2).se(3).se(4).u(1, 1).se(31).se(0).u(1, 0).u(2, 0);
        // Marking: every operation.
        bits.u(1, 1).ue(1).ue(0).ue(2).ue(0).ue(3).ue(0).ue(1).ue(4).ue(2).ue(6).ue(1).ue(5).ue(0);
        (sets, bits.nal(0x41))
    }

    #[test]
    fn every_optional_element_is_passed_over() {
        let (sets, nal) = everything();
        let header = parse(&nal, &sets).unwrap();
        assert_eq!((header.kind, header.speaks_for_picture), (SliceKind::B, false));
        assert_eq!((header.pic_order_cnt_lsb, header.delta_pic_order_cnt_bottom), (100, -1));
        assert!(header.resets_order && !header.redundant);
    }

    #[test]
    fn a_cut_header_ends_early() {
        let (sets, nal) = everything();
        for length in 0..nal.len() - 1 {
            let rbsp = Nal::new(&nal[..length], 0).rbsp(4096);
            let fault = SliceHeader::parse(&rbsp, SLICE, 2, &sets).unwrap_err();
            assert!(matches!(fault, SliceFault::Syntax(Fault::Ended(_))), "prefix of {length}: {fault}");
        }
    }

    #[test]
    fn every_optional_element_is_read_quickly_too() {
        let (sets, nal) = everything();
        // Followed by slice data, as it always is.
        let payload = [&nal[1..], &[0x5a; 8]].concat();
        assert_eq!(SliceHeader::parse_quickly(&payload, SLICE, 2, &sets), Some(parse(&nal, &sets).unwrap()));
    }

    #[test]
    fn emulation_prevention_is_not_read_quickly() {
        let sets = PROGRESSIVE.sets();
        let payload = [0x9a, 0, 0, 3, 0, 0x5a, 0x5a, 0x5a];
        assert_eq!(SliceHeader::parse_quickly(&payload, SLICE, 2, &sets), None);
        assert!(parse(&[&[0x41], &payload[..]].concat(), &sets).is_ok());
        // Without the marking the header ends in front of it.
        assert!(SliceHeader::parse_quickly(&payload, SLICE, 0, &sets).is_some());
    }

    #[test]
    fn elements_out_of_range_are_named() {
        let sets = PROGRESSIVE.sets();
        let nal = BitWriter::default().ue(0).ue(10).nal(0x41);
        let SliceFault::Syntax(fault) = parse(&nal, &sets).unwrap_err() else { panic!("another fault") };
        assert_eq!((fault.element(), fault.position()), ("slice_type", 1));
        let nal = BitWriter::default().ue(0).ue(I).ue(7).nal(0x41);
        assert_eq!(parse(&nal, &sets).unwrap_err(), SliceFault::Missing(Missing::Pps(7)));
        let mut only_pps = ParameterSets::default();
        only_pps.take(Nal::new(&Stream::pps(), 0), false).unwrap();
        let fault = parse(&PROGRESSIVE.slice(Slice::idr()), &only_pps).unwrap_err();
        assert_eq!(fault, SliceFault::Missing(Missing::Sps(0)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_header_or_a_fault(
            bytes in proptest::collection::vec(any::<u8>(), 0..64), unit_type in 0_u8..32, ref_idc in 0_u8..4,
        ) {
            let (sets, _) = everything();
            let _ = SliceHeader::parse(&bytes, unit_type, ref_idc, &sets);
        }

        #[test]
        fn what_is_read_quickly_is_what_is_read(
            kind in 0_u32..10, bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 0_u8..4], 0..64),
            unit_type in prop_oneof![Just(SLICE), Just(IDR_SLICE)], ref_idc in 0_u8..4, every in any::<bool>(),
        ) {
            let sets = if every { everything().0 } else { PAFF.sets() };
            // Begins as a slice does, so that more than a few bytes are read.
            let mut bits = BitWriter::default();
            bits.ue(0).ue(kind).ue(0);
            for byte in bytes {
                bits.u(8, byte.into());
            }
            let bytes = bits.nal(0x41);
            if let Some(header) = SliceHeader::parse_quickly(&bytes[1..], unit_type, ref_idc, &sets) {
                let rbsp = Nal::new(&bytes, 0).rbsp(4096);
                prop_assert_eq!(SliceHeader::parse(&rbsp, unit_type, ref_idc, &sets), Ok(header));
            }
            let exact: Result<_, SliceFault> =
                SliceHeader::read(&mut BitReader::new(&bytes), unit_type, ref_idc, &sets);
            prop_assert_eq!(SliceHeader::parse(&bytes, unit_type, ref_idc, &sets), exact);
        }
    }
}
