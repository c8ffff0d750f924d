//! Frames that need others and are coded as the frame before: most of a video, read in few steps.
//!
//! Such a frame begins nothing. Of its slice header only the picture order count is kept, and that it resets nothing.

use super::elements::{Elements, QuickBits, Refused};
use super::marking::resets_order;
use super::nal::{Nal, SLICE, holds_emulation_prevention};
use super::order::OrderState;
use super::pps::Pps;
use super::slice::SliceKind;
use super::sps::{OrderType, Sps};

/// A frame picture of P or B slices that is no IDR, resets no order and has no message in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Follower {
    /// Picture order count.
    pub(crate) order: i64,
    /// Whether the slices are B.
    pub(crate) has_b: bool,
    /// Whether other pictures may refer to it.
    pub(crate) is_reference: bool,
}

/// The beginning of a sample.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'h> {
    /// Its first bytes.
    pub(crate) bytes: &'h [u8],
    /// Bytes of the sample.
    pub(crate) size: u32,
    /// Bytes of it that the file holds.
    pub(crate) held: u64,
}

/// Reads followers, one after the other, while the same parameter sets are in force.
#[derive(Debug)]
pub(crate) struct Followers<'r> {
    shape: Shape,
    order: &'r mut OrderState,
    plain: &'r mut Vec<u8>,
}

/// How the headers of followers are laid out while the same parameter sets are in force.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pps: Pps,
    frame_num_bits: u32,
    order: Order,
    has_chroma: bool,
    frame_mbs_only: bool,
    mb_adaptive_frame_field: bool,
    /// Whether a follower that no picture refers to leaves nothing behind, and its header takes at most 39 bits, of which the
    /// first tell what it is.
    is_plain: bool,
}

/// The ways to code presentation order that are in use.
#[derive(Clone, Copy, Debug)]
enum Order {
    Lsb { bits: u32 },
    Decoding,
}

impl<'r> Followers<'r> {
    /// Reads headers of this shape. `order` is what the pictures before left, and `plain` memory to use.
    #[inline]
    pub(crate) const fn new(shape: Shape, order: &'r mut OrderState, plain: &'r mut Vec<u8>) -> Self {
        Self { shape, order, plain }
    }

    /// `frame_mbs_only_flag` and `mb_adaptive_frame_field_flag` of their SPS.
    #[inline]
    pub(crate) const fn flags(&self) -> (bool, bool) {
        (self.shape.frame_mbs_only, self.shape.mb_adaptive_frame_field)
    }

    /// Whether the next sample is seen at once to be a follower that no picture refers to. Where it is, it need not be read:
    /// the picture order counts after it do not depend on it. Those that follow decoding order would, by its `frame_num`.
    #[expect(clippy::inline_always, reason = "a few instructions")]
    #[inline(always)]
    pub(crate) fn is_disposable(&self, head: &Head<'_>) -> bool {
        // The length, the unit's header, and more than the slice header takes with emulation prevention.
        let Some(&[a, b, c, d, header, first, ..]) = head.bytes.first_chunk::<{ 4 + DISPOSABLE }>() else {
            return false;
        };
        let length = u32::from_be_bytes([a, b, c, d]);
        // `first_mb_in_slice` 0, `slice_type` 5 or 6 and `pic_parameter_set_id` 0.
        let is_follower = header == SLICE && first & 0b1111_1010 == 0b1001_1010;
        self.shape.is_plain && is_follower && length as usize >= DISPOSABLE && u64::from(length) + 4 <= head.held
    }

    /// Reads the next sample, where that is a follower and the lengths of its NAL units have 4 bytes. `None`: nothing was
    /// taken.
    #[expect(clippy::inline_always, reason = "its only caller uses what it reads at once")]
    #[inline(always)]
    pub(crate) fn read(&mut self, head: &Head<'_>) -> Option<Follower> {
        let shape = &self.shape;
        let (&length, unit) = head.bytes.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(length);
        let unit = unit.get(..length as usize).unwrap_or(unit);
        let (&header, payload) = unit.split_first()?;
        // A unit of another type, or the bit that is always 0 set.
        if header & 0x9f != SLICE || u64::from(length) + 4 > head.held {
            return None;
        }
        let is_reference = header & 0x60 != 0;
        let header = match shape.read_header(payload, is_reference) {
            Some((header, length)) if !holds_emulation_prevention(payload, length) => header,
            _ => shape.read_escaped(Nal::new(unit, 0), is_reference, self.plain)?,
        };
        Some(Follower {
            order: match shape.order {
                Order::Lsb { bits } => {
                    let (top, bottom) = self.order.next_by_lsb(header.order, header.to_bottom, is_reference, bits);
                    top.min(bottom)
                }
                Order::Decoding => self.order.next_by_decoding(header.order, is_reference, shape.frame_num_bits),
            },
            has_b: header.kind == SliceKind::B,
            is_reference,
        })
    }
}

/// Bytes of a NAL unit that hold its header and any slice header of at most 39 bits: five bytes, and two of emulation prevention.
const DISPOSABLE: usize = 9;

/// Bytes of a NAL unit that hold most slice headers.
const SHORT_HEADER: usize = 32;

impl Shape {
    /// The layout under these sets. `None`: a rare one, which [`super::slice::SliceHeader`] is for.
    pub(crate) fn of(pps: Pps, sps: &Sps) -> Option<Self> {
        let order = match sps.order {
            OrderType::Lsb { bits } => Order::Lsb { bits },
            OrderType::Decoding => Order::Decoding,
            OrderType::Cycle(_) => return None,
        };
        if sps.separate_colour_plane || pps.redundant_pic_cnt_present {
            return None;
        }
        Some(Self {
            // Seven bits, and two numbers of at most 16 bits.
            is_plain: matches!(order, Order::Lsb { .. })
                && pps.id == 0
                && sps.frame_mbs_only
                && !pps.bottom_field_pic_order,
            pps,
            frame_num_bits: sps.frame_num_bits,
            order,
            has_chroma: sps.chroma_array_type() != 0,
            frame_mbs_only: sps.frame_mbs_only,
            mb_adaptive_frame_field: sps.mb_adaptive_frame_field,
        })
    }

    /// Reads the header where there may be emulation prevention in it.
    #[cold]
    fn read_escaped(&self, nal: Nal<'_>, is_reference: bool, plain: &mut Vec<u8>) -> Option<Header> {
        // Most headers are short, so that the rest of the unit need not be copied.
        let mut short = [0; SHORT_HEADER];
        let start = nal.bytes.get(..SHORT_HEADER).unwrap_or(nal.bytes);
        let start = Nal::new(start, nal.offset).rbsp_within(&mut short);
        let header = start.and_then(|rbsp| self.read_header(rbsp, is_reference));
        let (header, _) = header.or_else(|| self.read_header(nal.rbsp_in(plain, usize::MAX), is_reference))?;
        Some(header)
    }

    /// Reads the header of a follower, without emulation prevention, and how many bytes it takes.
    #[expect(clippy::inline_always, reason = "the bits stay in registers")]
    #[inline(always)]
    fn read_header(&self, rbsp: &[u8], is_reference: bool) -> Option<(Header, usize)> {
        let mut bits = QuickBits::new(rbsp);
        let Ok(Some(header)) = self.read_start(&mut bits) else { return None };
        if is_reference && resets_order(&mut bits, header.kind, self.pps, self.has_chroma) != Ok(false) {
            return None;
        }
        Some((header, bits.bytes_read()?))
    }

    /// Reads the header up to where that of a picture which none refers to ends. `None`: it is of no follower.
    #[expect(clippy::inline_always, reason = "the bits stay in registers")]
    #[inline(always)]
    fn read_start(&self, bits: &mut QuickBits<'_>) -> Result<Option<Header>, Refused> {
        // `first_mb_in_slice` is 0, one bit, and `slice_type` is 5 or 6, five bits: all slices of the picture are P, or B.
        let kind = match bits.bits(6, "slice_type")? {
            0b10_0110 => SliceKind::P,
            0b10_0111 => SliceKind::B,
            _ => return Ok(None),
        };
        if bits.ue("pic_parameter_set_id")? != u32::from(self.pps.id) {
            return Ok(None);
        }
        let frame_num = bits.bits(self.frame_num_bits, "frame_num")?;
        if !self.frame_mbs_only && bits.flag("field_pic_flag")? {
            return Ok(None);
        }
        let Order::Lsb { bits: count } = self.order else {
            return Ok(Some(Header { kind, order: frame_num, to_bottom: 0 }));
        };
        let order = bits.bits(count, "pic_order_cnt_lsb")?;
        let to_bottom = if self.pps.bottom_field_pic_order { bits.se("delta_pic_order_cnt_bottom")? } else { 0 };
        Ok(Some(Header { kind, order, to_bottom }))
    }
}

/// What is kept of the header of a follower.
struct Header {
    kind: SliceKind,
    /// `pic_order_cnt_lsb`, or `frame_num` where that tells the order.
    order: u32,
    /// `delta_pic_order_cnt_bottom`
    to_bottom: i32,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::h264::picture::{Picture, PictureReader, SampleFault};
    use crate::syntax::h264::sets::ParameterSets;
    use crate::syntax::h264::slice::Structure;
    use crate::syntax::h264::synthetic::{B, I, MBAFF, Memory, P, PAFF, PROGRESSIVE, Slice, Stream, sample};
    use crate::syntax::h264::writer::BitWriter;

    /// A reader that has read an IDR picture, of a stream whose picture parameter set has the flags and lists that are
    /// given.
    fn reader(stream: Stream, bottom: bool, weights: bool, last: [u32; 2]) -> PictureReader<'static> {
        let mut pps = BitWriter::default();
        pps.ue(0).ue(0).u(1, 1).u(1, bottom.into()).ue(0).ue(last[0]).ue(last[1]);
        pps.u(1, weights.into()).u(2, weights.into()).se(0).se(0).se(0).u(3, 0);
        let mut sets = ParameterSets::default();
        sets.take(Nal::new(&stream.sps(), 0), false).unwrap();
        sets.take(Nal::new(&pps.nal(0x68), 0), false).unwrap();
        let mut reader = PictureReader::new(4, sets);
        read(&mut reader, &sample(&[stream.slice(Slice::idr())], 4));
        reader
    }

    fn read(reader: &mut PictureReader<'_>, bytes: &[u8]) -> (Vec<Picture>, Option<SampleFault>) {
        let Ok((pictures, fault)) = reader.read(&mut Memory(bytes));
        (pictures.to_vec(), fault)
    }

    fn read_follower(reader: &mut PictureReader<'_>, bytes: &[u8], held: u64) -> Option<Follower> {
        let mut followers = reader.followers()?;
        let head = Head { bytes, size: 0, held };
        let is_disposable = followers.is_disposable(&head);
        let follower = followers.read(&head);
        assert!(!is_disposable || follower.is_some_and(|follower| !follower.is_reference), "{bytes:?}");
        follower
    }

    fn follow(slice: Slice) -> Option<Follower> {
        let bytes = sample(&[PROGRESSIVE.slice(slice)], 4);
        read_follower(&mut reader(PROGRESSIVE, false, false, [0, 0]), &bytes, bytes.len() as u64)
    }

    #[test]
    fn what_no_picture_refers_to_is_seen_at_once() {
        let is_disposable = |stream: Stream, slice: Slice, length: usize| {
            let bytes = sample(&[stream.slice(slice)[..length].to_vec()], 4);
            let head = Head { bytes: &bytes, size: 0, held: bytes.len() as u64 };
            let mut reader = reader(stream, false, false, [0, 0]);
            reader.followers().is_some_and(|followers| followers.is_disposable(&head))
        };
        let b = Slice::new(B, 0, 3, 6);
        assert!(is_disposable(PROGRESSIVE, b, 9));
        assert!(is_disposable(PROGRESSIVE, Slice::new(P, 0, 3, 6), 9));
        assert!(!is_disposable(PROGRESSIVE, b, 8), "its header may be cut");
        assert!(!is_disposable(PROGRESSIVE, Slice { ref_idc: 1, ..b }, 9));
        assert!(!is_disposable(PROGRESSIVE, Slice::new(I, 0, 3, 6), 9));
        assert!(!is_disposable(PAFF, b, 9), "it may be a field");
        assert!(!is_disposable(Stream { order_type: 2, ..PROGRESSIVE }, b, 9), "its frame_num may have wrapped");
    }

    #[test]
    fn only_frames_that_begin_nothing_follow() {
        let p = Slice::new(P, 1, 3, 6);
        assert_eq!(follow(p).map(|frame| (frame.order, frame.has_b, frame.is_reference)), Some((6, false, true)));
        let b = Slice::new(B, 0, 3, 6);
        assert_eq!(follow(b).map(|frame| (frame.order, frame.has_b, frame.is_reference)), Some((6, true, false)));
        for other in [
            Slice::idr(),
            Slice::new(I, 1, 3, 6),
            Slice::new(P - 5, 1, 3, 6),
            Slice { mmco5: true, ..p },
            Slice { idr: true, ..p },
        ] {
            assert_eq!(follow(other), None, "{other:?}");
        }
    }

    #[test]
    fn nothing_follows_before_the_first_picture_or_changed_sets() {
        let bytes = sample(&[PROGRESSIVE.slice(Slice::new(P, 1, 3, 6))], 4);
        let size = bytes.len() as u64;
        assert_eq!(read_follower(&mut PictureReader::new(4, PROGRESSIVE.sets()), &bytes, size), None);
        let mut reader = reader(PROGRESSIVE, false, false, [0, 0]);
        assert!(read_follower(&mut reader.clone(), &bytes, size).is_some());
        assert_eq!(
            read_follower(&mut reader.clone(), &bytes, size - 1),
            None,
            "its length leads past the end of the sample"
        );
        read(&mut reader, &sample(&[PAFF.sps()], 4));
        assert_eq!(read_follower(&mut reader, &bytes, size), None);
    }

    proptest! {
        #[test]
        fn a_follower_is_what_is_read_exactly(
            stream in prop_oneof![Just(PROGRESSIVE), Just(PAFF), Just(MBAFF)], order_type in 0_u32..3,
            bottom in any::<bool>(), weights in any::<bool>(), last in [0_u32..4, 0..4],
            slices in proptest::collection::vec(
                (prop_oneof![4 => Just(P), 4 => Just(B), 1 => 0_u32..10], 0_u8..4,
                    proptest::collection::vec(prop_oneof![any::<u8>(), Just(0), Just(0x80)], 0..40)),
                1..6,
            ),
        ) {
            let mut quick = reader(Stream { order_type, ..stream }, bottom, weights, last);
            let mut exact = quick.clone();
            for (slice_type, ref_idc, bytes) in slices {
                let mut bits = BitWriter::default();
                bits.ue(0).ue(slice_type).ue(0);
                for byte in bytes {
                    bits.u(8, byte.into());
                }
                let bytes = sample(&[bits.nal(ref_idc << 5 | SLICE)], 4);
                let follower = read_follower(&mut quick, &bytes, bytes.len() as u64);
                let expected = read(&mut exact, &bytes);
                let Some(follower) = follower else {
                    prop_assert_eq!(read(&mut quick, &bytes), expected);
                    continue;
                };
                let (pictures, fault) = expected;
                prop_assert_eq!((pictures.len(), fault), (1, None));
                let Picture { slice, order, has_p, has_b, .. } = pictures[0];
                prop_assert_eq!((follower.order, follower.has_b, !follower.has_b), (order, has_b, has_p));
                prop_assert_eq!(follower.is_reference, slice.ref_idc != 0);
                prop_assert!(!slice.idr && !slice.resets_order && slice.structure == Structure::Frame);
                prop_assert_eq!((pictures[0].recovery_frame_cnt, pictures[0].timing), (None, None));
                let flags = (pictures[0].frame_mbs_only, pictures[0].mb_adaptive_frame_field);
                prop_assert_eq!(quick.followers().map(|followers| followers.flags()), Some(flags));
            }
        }
    }
}
