//! Picture order counts (8.2.1): which picture is shown before which.

use super::slice::{SliceHeader, Structure};
use super::sps::{Cycle, OrderType, Sps};

/// What the decoding of picture order counts carries from picture to picture.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OrderState {
    /// `prevPicOrderCntMsb`, of the previous reference picture.
    msb: i64,
    /// `prevPicOrderCntLsb`, of the previous reference picture.
    lsb: i64,
    /// `prevFrameNumOffset`.
    frame_num_offset: i64,
    /// `prevFrameNum`.
    frame_num: i64,
}

impl OrderState {
    /// The picture order count of the next picture in decoding order: for a frame, that of the field shown first.
    ///
    /// Counts compare between two resets, which are IDR pictures and memory management operation 5; what a picture
    /// that resets gets is its count after the reset.
    pub(crate) fn next(&mut self, slice: &SliceHeader, sps: &Sps) -> i64 {
        let (top, bottom) = match &sps.order {
            OrderType::Lsb { bits } => {
                if slice.idr {
                    self.msb = 0;
                    self.lsb = 0;
                }
                self.next_by_lsb(slice.pic_order_cnt_lsb, slice.delta_pic_order_cnt_bottom, slice.ref_idc != 0, *bits)
            }
            OrderType::Cycle(cycle) => {
                self.advance_frame_num(slice.frame_num, slice.idr, sps.frame_num_bits);
                cycle_order(cycle, slice, self.frame_num_offset + self.frame_num)
            }
            OrderType::Decoding => {
                if slice.idr {
                    self.frame_num = 0;
                    self.frame_num_offset = 0;
                }
                let order = self.next_by_decoding(slice.frame_num, slice.ref_idc != 0, sps.frame_num_bits);
                (order, order)
            }
        };
        let order = match slice.structure {
            Structure::Frame => top.min(bottom),
            Structure::Top => top,
            Structure::Bottom => bottom,
        };
        if !slice.resets_order {
            return order;
        }
        // tempPicOrderCnt is taken off (8.2.1), and the picture counts as one with frame_num 0 (7.4.3).
        self.msb = 0;
        self.lsb = if slice.structure == Structure::Bottom { 0 } else { top - order };
        self.frame_num_offset = 0;
        self.frame_num = 0;
        0
    }

    /// 8.2.1.1 of a picture that is not IDR: the counts of its top and bottom field.
    #[expect(clippy::inline_always, reason = "of the two counts only the lower is looked at")]
    #[inline(always)]
    pub(crate) fn next_by_lsb(&mut self, lsb: u32, to_bottom: i32, is_reference: bool, bits: u32) -> (i64, i64) {
        // At least 4 bits.
        let half = 1 << (bits - 1);
        let lsb = i64::from(lsb);
        let on = lsb - self.lsb;
        let msb = if on <= -half {
            self.msb + 2 * half
        } else if on > half {
            self.msb - 2 * half
        } else {
            self.msb
        };
        if is_reference {
            self.msb = msb;
            self.lsb = lsb;
        }
        let first = msb + lsb;
        (first, first + i64::from(to_bottom))
    }

    /// 8.2.1.3 of a picture that is not IDR: the count of both its fields.
    #[inline]
    pub(crate) fn next_by_decoding(&mut self, frame_num: u32, is_reference: bool, frame_num_bits: u32) -> i64 {
        self.advance_frame_num(frame_num, false, frame_num_bits);
        let twice = 2 * (self.frame_num_offset + self.frame_num);
        if is_reference { twice } else { twice - 1 }
    }

    /// The part that 8.2.1.2 and 8.2.1.3 share: `FrameNumOffset`.
    #[inline]
    fn advance_frame_num(&mut self, frame_num: u32, idr: bool, frame_num_bits: u32) {
        let frame_num = i64::from(frame_num);
        if idr {
            self.frame_num_offset = 0;
        } else if self.frame_num > frame_num {
            self.frame_num_offset = self.frame_num_offset.saturating_add(1 << frame_num_bits);
        }
        self.frame_num = frame_num;
    }
}

/// 8.2.1.2, given `FrameNumOffset` + `frame_num`.
fn cycle_order(cycle: &Cycle, slice: &SliceHeader, frame_count: i64) -> (i64, i64) {
    let length = i64::try_from(cycle.offset_for_ref_frame.len()).unwrap_or_default();
    let mut abs_frame_num = if length == 0 { 0 } else { frame_count };
    if slice.ref_idc == 0 && abs_frame_num > 0 {
        abs_frame_num -= 1;
    }
    let mut expected = 0;
    if abs_frame_num > 0 {
        let cycles = (abs_frame_num - 1) / length;
        let in_cycle = usize::try_from((abs_frame_num - 1) % length).unwrap_or_default();
        let offsets = cycle.offset_for_ref_frame.iter().map(|&offset| i64::from(offset));
        // At most 255 offsets below 2^31 make a delta below 2^39, and only 2^24 cycles keep the product in range.
        let delta: i64 = offsets.clone().sum();
        expected = cycles.saturating_mul(delta).saturating_add(offsets.take(in_cycle + 1).sum());
    }
    if slice.ref_idc == 0 {
        expected = expected.saturating_add(cycle.offset_for_non_ref_pic.into());
    }
    let [first, second] = slice.delta_pic_order_cnt.map(i64::from);
    let to_bottom = i64::from(cycle.offset_for_top_to_bottom_field);
    let top = expected.saturating_add(first);
    match slice.structure {
        Structure::Frame => (top, top.saturating_add(to_bottom).saturating_add(second)),
        Structure::Top => (top, top),
        Structure::Bottom => (top, top.saturating_add(to_bottom)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::h264::nal::Nal;
    use crate::syntax::h264::synthetic::{B, P, PAFF, PROGRESSIVE, Slice, Stream};

    /// Picture order counts of slices, coded and read again.
    fn orders(stream: Stream, slices: &[Slice]) -> Vec<i64> {
        let sets = stream.sets();
        let mut state = OrderState::default();
        let order = |slice: &Slice| {
            let bytes = stream.slice(*slice);
            let nal = Nal::new(&bytes, 0);
            let header = SliceHeader::parse(&nal.rbsp(100), nal.unit_type(), nal.ref_idc(), &sets).unwrap();
            state.next(&header, &sets.find(0).unwrap().1.sps)
        };
        slices.iter().map(order).collect()
    }

    #[test]
    fn low_bits_wrap_both_ways() {
        let slices = [
            Slice::idr(),
            Slice::new(P, 1, 1, 127),
            Slice::new(P, 1, 2, 254),
            Slice::new(P, 1, 3, 2),
            // Shown before the wrap; no reference, so the next is measured from the one before.
            Slice::new(B, 0, 4, 250),
            Slice::new(P, 1, 4, 100),
        ];
        assert_eq!(orders(PROGRESSIVE, &slices), [0, 127, 254, 258, 250, 356]);
        // From 0, 128 lies as far on as back: it counts as on, and 129 as back (8-3).
        assert_eq!(orders(PROGRESSIVE, &[Slice::idr(), Slice::new(P, 1, 1, 128)]), [0, 128]);
        assert_eq!(orders(PROGRESSIVE, &[Slice::idr(), Slice::new(P, 1, 1, 129)]), [0, -127]);
    }

    #[test]
    fn a_reset_begins_anew() {
        let reset = Slice { mmco5: true, ..Slice::new(P, 1, 2, 200) };
        let slices = [Slice::idr(), Slice::new(P, 1, 1, 100), reset, Slice::new(P, 1, 1, 4), Slice::new(B, 0, 2, 2)];
        assert_eq!(orders(PROGRESSIVE, &slices), [0, 100, 0, 4, 2]);
        for (order_type, last) in [(1, 1), (2, 3)] {
            let stream = Stream { order_type, ..PROGRESSIVE };
            assert_eq!(orders(stream, &slices), [0, 2, 0, 2, last], "type {order_type}");
        }
    }

    #[test]
    fn a_cycle_adds_its_offsets() {
        // One offset of 2 a reference frame, and -1 for a picture that is none.
        let stream = Stream { order_type: 1, ..PROGRESSIVE };
        let slices = [Slice::idr(), Slice::new(P, 1, 1, 0), Slice::new(B, 0, 2, 0), Slice::new(P, 1, 2, 0)];
        assert_eq!(orders(stream, &slices), [0, 2, 1, 4]);
    }

    #[test]
    fn decoding_order_goes_on_past_the_wrap_of_frame_num() {
        let stream = Stream { order_type: 2, ..PROGRESSIVE };
        let slices = [Slice::idr(), Slice::new(P, 1, 255, 0), Slice::new(P, 1, 0, 0), Slice::new(P, 0, 1, 0)];
        assert_eq!(orders(stream, &slices), [0, 510, 512, 513]);
    }

    #[test]
    fn fields_have_counts_of_their_own() {
        let fields = [Slice::idr().of(Structure::Top), Slice::new(P, 1, 0, 1).of(Structure::Bottom)];
        assert_eq!(orders(PAFF, &fields), [0, 1]);
        let cycle = Stream { order_type: 1, ..PAFF };
        assert_eq!(orders(cycle, &fields), [0, 1], "offset_for_top_to_bottom_field is 1");
    }
}
