//! The coded pictures of one sample, from the heads of its NAL units.

use super::fault::Fault;
use super::followers::{Followers, Shape};
use super::nal::{IDR_SLICE, Nal, PARTITION_A, PPS, SEI, SLICE, SPS};
use super::order::OrderState;
use super::sei::{Messages, Timing};
use super::sets::{GivenSps, ParameterSets};
use super::slice::{SliceFault, SliceHeader, SliceKind, Structure};
use crate::syntax::few::Few;

/// The bytes of one sample, of which only some are in memory.
pub(crate) trait SampleBytes {
    /// Why bytes could not be had.
    type Error;

    /// Absolute offset of the sample.
    fn offset(&self) -> u64;

    /// Length of the sample in bytes.
    fn size(&self) -> u64;

    /// The bytes from `at`, which lies within the sample: at least `least` of them, or all up to the sample's end;
    /// more where they are at hand.
    fn from(&mut self, at: u64, least: usize) -> Result<&[u8], Self::Error>;
}

/// One coded picture: a frame or a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// The header of its first slice.
    pub(crate) slice: SliceHeader,
    /// Picture order count.
    pub(crate) order: i64,
    /// Whether a slice is P or SP.
    pub(crate) has_p: bool,
    /// Whether a slice is B.
    pub(crate) has_b: bool,
    /// `frame_mbs_only_flag` of its SPS.
    pub(crate) frame_mbs_only: bool,
    /// `mb_adaptive_frame_field_flag` of its SPS.
    pub(crate) mb_adaptive_frame_field: bool,
    /// `recovery_frame_cnt` of the recovery point in front of it. Absent: there is none.
    pub(crate) recovery_frame_cnt: Option<u32>,
    /// The picture timing in front of it. Absent: there is none.
    pub(crate) timing: Option<Timing>,
}

/// Why the pictures of a sample could not be learnt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SampleFault {
    /// A slice header that cannot be read.
    #[error("a slice header cannot be read: {0}")]
    Slice(SliceFault),
    /// A NAL unit that does not fit in the sample, before any picture.
    #[error("a NAL unit of {length} bytes stands where the sample has {left} left")]
    Overrun {
        /// Length that is written in front of the NAL unit.
        length: u64,
        /// Bytes that the sample has left.
        left: u64,
    },
    /// NAL units of length 0 only, or more than any picture has.
    #[error("its NAL units are {0}")]
    Units(&'static str),
}

/// Reads the pictures of sample after sample, in decoding order.
#[derive(Clone, Debug, Default)]
pub(crate) struct PictureReader<'c> {
    length_size: u8,
    sets: ParameterSets<'c>,
    order: OrderState,
    rbsp: Vec<u8>,
    pictures: Vec<Picture>,
    /// Picture parameter set of the picture before, and the changes of the sets until then.
    last: Option<(u8, u64)>,
    /// How the frames that follow it are coded under the same sets, where that is a usual way.
    shape: Option<Shape>,
    /// Different sequence parameter sets that pictures use, in the order of their first use.
    used: Few<GivenSps<'c>>,
    overrun: Option<Overrun>,
}

/// A slice whose length leads past the end of its sample. Its header is read all the same; decoders lose the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overrun {
    /// Absolute offset of the NAL unit's header byte.
    pub(crate) offset: u64,
    /// Length that is written in front of the NAL unit.
    pub(crate) length: u64,
    /// Bytes that the sample has left.
    pub(crate) left: u64,
}

impl<'c> PictureReader<'c> {
    /// A reader of samples whose NAL units have lengths of `length_size` bytes (1 to 4) in front of them.
    pub(crate) fn new(length_size: u8, sets: ParameterSets<'c>) -> Self {
        Self { length_size, sets, ..Self::default() }
    }

    /// The different sequence parameter sets that pictures used, in the order of their first use: the first dozens.
    pub(crate) fn used(&self) -> &[GivenSps<'c>] {
        &self.used
    }

    /// The first slice of the sample read last that does not fit in it.
    pub(crate) fn overrun(&self) -> Option<Overrun> {
        self.overrun
    }

    /// Reads the picture of the next sample where that begins with a slice which speaks for a whole frame, as most do,
    /// given its first bytes. `None`: nothing was taken, and [`Self::read`] has to read it.
    pub(crate) fn read_frame(&mut self, head: &[u8], size: u64) -> Option<Picture> {
        let (&length, unit) = head.split_first_chunk::<4>().filter(|_| self.length_size == 4)?;
        let length = u32::from_be_bytes(length);
        if u64::from(length) > size.saturating_sub(4) {
            return None;
        }
        let unit = usize::try_from(length).ok().and_then(|length| unit.get(..length)).unwrap_or(unit);
        let (&header, payload) = unit.split_first()?;
        let (unit_type, ref_idc) = (header & 0x1f, header >> 5 & 3);
        if !matches!(unit_type, SLICE | IDR_SLICE | PARTITION_A) {
            return None;
        }
        let slice = SliceHeader::parse_quickly(payload, unit_type, ref_idc, &self.sets)?;
        let is_frame = slice.speaks_for_picture && slice.structure == Structure::Frame && !slice.redundant;
        if is_frame { self.begin(slice, None) } else { None }
    }

    /// Reads the pictures of the next samples as long as they are coded as the one before and begin nothing. `None`: that is
    /// coded in a rare way, and [`Self::read`] has to read them.
    #[inline]
    pub(crate) fn followers(&mut self) -> Option<Followers<'_>> {
        let (_, changes) = self.last?;
        let shape = self.shape.filter(|_| changes == self.sets.changes())?;
        Some(Followers::new(shape, &mut self.order, &mut self.rbsp))
    }

    /// Reads the pictures of the next sample: none, one, or the two fields of a frame.
    ///
    /// The fault, if there is one, says why further pictures may be missing.
    pub(crate) fn read<S: SampleBytes>(
        &mut self,
        sample: &mut S,
    ) -> Result<(&[Picture], Option<SampleFault>), S::Error> {
        self.pictures.clear();
        self.overrun = None;
        let fault = self.read_units(sample)?;
        Ok((&self.pictures, fault))
    }

    fn read_units<S: SampleBytes>(&mut self, sample: &mut S) -> Result<Option<SampleFault>, S::Error> {
        let size = sample.size();
        let mut messages = Messages::default();
        let mut empty_units = 0_u32;
        let mut at = 0;
        for _ in 0..MOST_UNITS {
            let Some(unit) = Unit::read(sample, at, size, self.length_size)? else {
                let nothing = self.pictures.is_empty() && empty_units > 0;
                return Ok(nothing.then_some(SampleFault::Units("empty")));
            };
            if unit.length > unit.left && self.pictures.is_empty() && !unit.may_be_read() {
                return Ok(Some(SampleFault::Overrun { length: unit.length, left: unit.left }));
            }
            if unit.length > unit.left && unit.may_be_read() && self.overrun.is_none() {
                let offset = sample.offset().saturating_add(unit.at);
                self.overrun = Some(Overrun { offset, length: unit.length, left: unit.left });
            }
            let length = unit.length.min(unit.left);
            match unit.header & 0x1f {
                _ if length == 0 => {
                    empty_units += 1;
                    if empty_units > MOST_EMPTY_UNITS {
                        let nothing = self.pictures.is_empty();
                        return Ok(nothing.then_some(SampleFault::Units("empty")));
                    }
                }
                SLICE | IDR_SLICE | PARTITION_A => {
                    match self.read_slice(sample, &unit, length)? {
                        Ok(slice) => self.add(slice, &mut messages),
                        // A slice after the first may be damaged without harm to what its picture is known to be.
                        Err(fault) if self.pictures.is_empty() => return Ok(Some(SampleFault::Slice(fault))),
                        Err(_) => {}
                    }
                    if self.is_complete() {
                        return Ok(None);
                    }
                }
                SEI => self.read_messages(sample, &unit, length, &mut messages)?,
                SPS => self.take_set(sample, &unit, length, LARGEST_SPS)?,
                PPS => self.take_set(sample, &unit, length, LARGEST_PPS)?,
                _ => {}
            }
            at = unit.at.saturating_add(length);
        }
        Ok(self.pictures.is_empty().then_some(SampleFault::Units("more than any picture has")))
    }

    fn take_set<S: SampleBytes>(
        &mut self,
        sample: &mut S,
        unit: &Unit,
        length: u64,
        largest: usize,
    ) -> Result<(), S::Error> {
        let offset = sample.offset().saturating_add(unit.at);
        let count = usize::try_from(length).unwrap_or(largest).min(largest);
        let bytes = sample.from(unit.at, count)?;
        // A set that cannot be read is missed where a slice refers to it.
        let _ = self.sets.take(Nal::new(bytes.get(..count).unwrap_or(bytes), offset), true);
        Ok(())
    }

    /// Reads a slice header from as few bytes as it takes.
    fn read_slice<S: SampleBytes>(
        &mut self,
        sample: &mut S,
        unit: &Unit,
        length: u64,
    ) -> Result<Result<SliceHeader, SliceFault>, S::Error> {
        let mut wanted = FIRST_SLICE_BYTES;
        loop {
            let bytes = sample.from(unit.at, usize::try_from(length).unwrap_or(wanted).min(wanted))?;
            let whole = usize::try_from(length).unwrap_or(usize::MAX);
            let bytes = bytes.get(..whole.min(wanted)).unwrap_or(bytes);
            let nal = Nal::new(bytes, unit.at);
            let payload = bytes.get(1..).unwrap_or_default();
            if let Some(slice) = SliceHeader::parse_quickly(payload, nal.unit_type(), nal.ref_idc(), &self.sets) {
                return Ok(Ok(slice));
            }
            let rbsp = nal.rbsp_in(&mut self.rbsp, LARGEST_SLICE_HEADER);
            let parsed = SliceHeader::parse(rbsp, nal.unit_type(), nal.ref_idc(), &self.sets);
            let cut = bytes.len() < whole && bytes.len() < LARGEST_SLICE_HEADER;
            if cut && matches!(parsed, Err(SliceFault::Syntax(Fault::Ended(_)))) {
                wanted = wanted.saturating_mul(4);
                continue;
            }
            return Ok(parsed);
        }
    }

    /// Reads SEI messages from as few bytes as it takes: the payload of the last message is not read to its end.
    fn read_messages<S: SampleBytes>(
        &mut self,
        sample: &mut S,
        unit: &Unit,
        length: u64,
        messages: &mut Messages,
    ) -> Result<(), S::Error> {
        let whole = usize::try_from(length).unwrap_or(LARGEST_SEI).min(LARGEST_SEI);
        let mut wanted = FIRST_SEI_BYTES.min(whole);
        loop {
            let bytes = sample.from(unit.at, wanted)?;
            let bytes = bytes.get(..wanted).unwrap_or(bytes);
            let nal = Nal::new(bytes, unit.at);
            let next = messages.take(nal.rbsp_in(&mut self.rbsp, LARGEST_SEI));
            // Emulation prevention only makes the NAL unit longer than its RBSP, so this may read on in vain, never
            // too little. Two bytes are the header and the trailing bits.
            if bytes.len() >= whole || next.saturating_add(2) >= whole {
                return Ok(());
            }
            wanted = next.saturating_add(FIRST_SEI_BYTES).max(bytes.len().saturating_mul(2)).min(whole);
        }
    }

    /// Adds a slice to the picture that it belongs to.
    fn add(&mut self, slice: SliceHeader, messages: &mut Messages) {
        let has_p = matches!(slice.kind, SliceKind::P | SliceKind::Sp);
        let has_b = slice.kind == SliceKind::B;
        if let Some(picture) = self.pictures.last_mut().filter(|picture| !begins_picture(&picture.slice, &slice)) {
            if !slice.redundant {
                picture.has_p |= has_p;
                picture.has_b |= has_b;
            }
            return;
        }
        if slice.redundant {
            return;
        }
        if let Some(picture) = self.begin(slice, Some(messages)) {
            if self.pictures.capacity() == 0 {
                // Mostly a sample has one, and room for four is slow to be had.
                self.pictures.reserve_exact(1);
            }
            self.pictures.push(picture);
        }
    }

    /// The picture that a slice begins, behind the messages that stand in front of it.
    fn begin(&mut self, slice: SliceHeader, messages: Option<&mut Messages>) -> Option<Picture> {
        let has_p = matches!(slice.kind, SliceKind::P | SliceKind::Sp);
        let has_b = slice.kind == SliceKind::B;
        let (&pps, given) = self.sets.find(slice.pps_id).ok()?;
        let sps = &*given.sps;
        let now = Some((slice.pps_id, self.sets.changes()));
        if self.last != now {
            self.last = now;
            self.shape = Shape::of(pps, sps).filter(|_| self.length_size == 4);
            if self.used.len() < MOST_USED && self.used.iter().all(|used| used.bytes != given.bytes) {
                self.used.push(given.clone());
            }
        }
        let messages = messages.map(std::mem::take);
        Some(Picture {
            order: self.order.next(&slice, sps),
            slice,
            has_p,
            has_b,
            frame_mbs_only: sps.frame_mbs_only,
            mb_adaptive_frame_field: sps.mb_adaptive_frame_field,
            recovery_frame_cnt: messages.as_ref().and_then(|messages| messages.recovery_frame_cnt),
            timing: messages.and_then(|messages| messages.timing(sps)),
        })
    }

    /// Whether nothing that follows in the sample can change what is known of its pictures.
    fn is_complete(&self) -> bool {
        let spoken = self.pictures.last().is_some_and(|picture| picture.slice.speaks_for_picture);
        let fields = self.pictures.iter().filter(|picture| picture.slice.structure != Structure::Frame).count();
        spoken && fields != 1
    }
}

/// One NAL unit of a sample.
struct Unit {
    /// Where its header byte stands in the sample.
    at: u64,
    /// Its header byte; 0 where it has none.
    header: u8,
    /// The length that is written in front of it.
    length: u64,
    /// How many bytes the sample has from `at`.
    left: u64,
}

impl Unit {
    fn read<S: SampleBytes>(sample: &mut S, at: u64, size: u64, length_size: u8) -> Result<Option<Self>, S::Error> {
        let prefix = usize::from(length_size);
        let start = at.saturating_add(u64::from(length_size));
        // Fewer bytes than a length takes are padding.
        let Some(left) = size.checked_sub(start) else {
            return Ok(None);
        };
        let bytes = sample.from(at, prefix.saturating_add(1))?;
        let length = match bytes.first_chunk::<4>() {
            Some(&length) if prefix == 4 => u64::from(u32::from_be_bytes(length)),
            _ => bytes.iter().take(prefix).fold(0, |length, &byte| length << 8 | u64::from(byte)),
        };
        let header = bytes.get(prefix).copied().filter(|_| left > 0 && length > 0).unwrap_or_default();
        Ok(Some(Self { at: start, header, length, left }))
    }

    /// Whether the unit, though it does not fit in its sample, begins as a slice does.
    fn may_be_read(&self) -> bool {
        matches!(self.header & 0x9f, SLICE | IDR_SLICE | PARTITION_A) && self.left > 0
    }
}

/// Whether `next` is the first slice of a new picture (7.4.1.2.4).
fn begins_picture(slice: &SliceHeader, next: &SliceHeader) -> bool {
    slice.frame_num != next.frame_num
        || slice.structure != next.structure
        || slice.idr != next.idr
        || (slice.ref_idc == 0) != (next.ref_idc == 0)
        || slice.idr_pic_id != next.idr_pic_id
        || slice.pic_order_cnt_lsb != next.pic_order_cnt_lsb
        || slice.delta_pic_order_cnt_bottom != next.delta_pic_order_cnt_bottom
        || slice.delta_pic_order_cnt != next.delta_pic_order_cnt
}

/// Sequence parameter sets that are remembered once they were used.
const MOST_USED: usize = 32;
/// Most slice headers take fewer than these bytes.
const FIRST_SLICE_BYTES: usize = 64;
/// More than a slice header takes whose reordering and weights are at their longest.
const LARGEST_SLICE_HEADER: usize = 4096;
/// Recovery points and picture timing fit, and so do their neighbours mostly.
const FIRST_SEI_BYTES: usize = 48;
/// SEI past this is not looked at.
const LARGEST_SEI: usize = 64 << 10;
/// Sequence parameter sets past this are not looked at.
const LARGEST_SPS: usize = 8 << 10;
/// Picture parameter sets past this are not looked at.
const LARGEST_PPS: usize = 64 << 10;
/// One slice for each macroblock of the largest picture of level 5.1 would be 36864.
const MOST_UNITS: u32 = 1 << 16;
/// Units of length 0 that are passed over as padding.
const MOST_EMPTY_UNITS: u32 = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::h264::synthetic::{I, Memory, P, PAFF, PROGRESSIVE, Slice, recovery_point, sample};

    fn read(reader: &mut PictureReader<'_>, bytes: &[u8]) -> (Vec<Picture>, Option<SampleFault>) {
        let Ok((pictures, fault)) = reader.read(&mut Memory(bytes));
        (pictures.to_vec(), fault)
    }

    fn reader() -> PictureReader<'static> {
        PictureReader::new(4, PROGRESSIVE.sets())
    }

    #[test]
    fn a_slice_that_speaks_for_its_picture_ends_the_reading() {
        let mut bytes = sample(&[PROGRESSIVE.slice(Slice::idr())], 4);
        // A length that runs past the sample is never seen.
        bytes.extend([0xff; 8]);
        let (pictures, fault) = read(&mut reader(), &bytes);
        assert_eq!((pictures.len(), fault), (1, None));
    }

    #[test]
    fn the_usual_frame_is_read_from_its_head() {
        let bytes = sample(&[PROGRESSIVE.slice(Slice::idr())], 4);
        let whole = bytes.len() as u64;
        assert!(reader().read_frame(&bytes, whole).is_some());
        assert!(reader().read_frame(&bytes, whole - 1).is_none(), "its length leads past the end of the sample");
        assert!(PictureReader::new(2, PROGRESSIVE.sets()).read_frame(&bytes, whole).is_none());
        let bytes = sample(&[PROGRESSIVE.slice(Slice::new(2, 1, 0, 0))], 4);
        assert!(reader().read_frame(&bytes, bytes.len() as u64).is_none(), "the next slice may be of another kind");
        let bytes = sample(&[recovery_point(0), PROGRESSIVE.slice(Slice::idr())], 4);
        assert!(reader().read_frame(&bytes, bytes.len() as u64).is_none());
    }

    #[test]
    fn slices_that_speak_for_themselves_are_all_read() {
        let slices = [2, 2, 0, 1].map(|slice_type| PROGRESSIVE.slice(Slice::new(slice_type, 1, 0, 0)));
        let (pictures, _) = read(&mut reader(), &sample(&slices, 4));
        assert_eq!(pictures.len(), 1);
        assert!(pictures[0].has_p && pictures[0].has_b);
    }

    #[test]
    fn fields_are_two_pictures_whose_slices_stay_apart() {
        let field = |slice_type, parity| PAFF.slice(Slice::new(slice_type, 1, 3, 6).of(parity));
        let units = [(2, Structure::Top), (2, Structure::Top), (0, Structure::Bottom), (0, Structure::Bottom)];
        let units = units.map(|(slice_type, parity)| field(slice_type, parity));
        let (pictures, _) = read(&mut PictureReader::new(4, PAFF.sets()), &sample(&units, 4));
        assert_eq!(pictures.iter().map(|picture| picture.has_p).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn messages_belong_to_the_picture_that_follows() {
        let first = PAFF.slice(Slice::new(I, 1, 3, 6).of(Structure::Top));
        let second = PAFF.slice(Slice::new(P, 1, 3, 7).of(Structure::Bottom));
        let (pictures, _) =
            read(&mut PictureReader::new(4, PAFF.sets()), &sample(&[recovery_point(0), first, second], 4));
        let counts: Vec<_> = pictures.iter().map(|picture| picture.recovery_frame_cnt).collect();
        assert_eq!(counts, [Some(0), None]);
    }

    #[test]
    fn a_set_in_band_replaces_the_one_of_its_id() {
        let mut reader = PictureReader::new(4, ParameterSets::default());
        let slice = PROGRESSIVE.slice(Slice::idr());
        let missing = SampleFault::Slice(SliceFault::Missing(super::super::sets::Missing::Pps(0)));
        assert_eq!(read(&mut reader, &sample(std::slice::from_ref(&slice), 4)).1, Some(missing));
        let sets = [PROGRESSIVE.sps(), crate::syntax::h264::synthetic::Stream::pps(), slice];
        assert!(read(&mut reader, &sample(&sets, 4)).0[0].frame_mbs_only);
        let sets = [PAFF.sps(), PAFF.slice(Slice::idr())];
        assert!(!read(&mut reader, &sample(&sets, 4)).0[0].frame_mbs_only);
    }

    #[test]
    fn a_long_header_is_read_on() {
        // 32 pictures in the list, each reordered: well above the bytes that are read first.
        let mut bits = crate::syntax::h264::writer::BitWriter::default();
        bits.ue(0).ue(P).ue(0).u(8, 3).u(8, 6).u(1, 1).ue(31).u(1, 1);
        for _ in 0..64 {
            bits.ue(0).ue(1000);
        }
        bits.ue(3).u(1, 1).ue(5).ue(0).u(32, 0x1234_5678);
        let (pictures, fault) = read(&mut reader(), &sample(&[bits.nal(0x41)], 4));
        assert_eq!(fault, None);
        assert!(pictures[0].slice.resets_order);
    }

    #[test]
    fn every_prefix_of_a_sample_is_a_picture_or_says_why_not() {
        let units = [vec![0x09, 0x30], recovery_point(0), PROGRESSIVE.slice(Slice::new(I, 1, 3, 6))];
        let bytes = sample(&units, 4);
        for length in 0..bytes.len() {
            let (pictures, fault) = read(&mut reader(), &bytes[..length]);
            assert!(pictures.len() == 1 || fault.is_some() || length < bytes.len() - units[2].len(), "{length} bytes");
        }
    }

    #[test]
    fn padding_and_garbage_end() {
        assert_eq!(read(&mut reader(), &vec![0; 100_000]).1, Some(SampleFault::Units("empty")));
        let overrun = SampleFault::Overrun { length: 0x6666_6666, left: 96 };
        assert_eq!(read(&mut reader(), &[0x66; 100]).1, Some(overrun));
        let ones = [0, 0, 0, 1, 0x0c].repeat(70_000);
        assert_eq!(read(&mut reader(), &ones).1, Some(SampleFault::Units("more than any picture has")));
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..300), length_size in 1_u8..=4) {
            let mut reader = PictureReader::new(length_size, PAFF.sets());
            read(&mut reader, &bytes);
        }

        #[test]
        fn a_frame_is_the_same_from_its_head(damage in proptest::collection::vec((0_usize..60, any::<u8>()), 1..8)) {
            let (mut quick, mut exact) = (reader(), reader());
            for (number, &(position, byte)) in (0..).zip(&damage) {
                let slice = PROGRESSIVE.slice(Slice::new(P, 1, number, 2 * number));
                let mut bytes = sample(&[[&slice[..], &[0x5a; 40]].concat()], 4);
                if let Some(place) = bytes.get_mut(position) {
                    *place = byte;
                }
                let frame = quick.read_frame(&bytes, bytes.len() as u64);
                let expected = frame.map_or_else(|| read(&mut quick, &bytes), |picture| (vec![picture], None));
                prop_assert_eq!(read(&mut exact, &bytes), expected);
            }
        }

        #[test]
        fn a_damaged_sample_ends(position in 0_usize..200, byte in any::<u8>()) {
            let units = [PAFF.sps(), recovery_point(0), PAFF.slice(Slice::new(2, 1, 3, 6).of(Structure::Top))];
            let mut bytes = sample(&units, 4);
            if let Some(place) = bytes.get_mut(position) {
                *place = byte;
            }
            read(&mut PictureReader::new(4, PAFF.sets()), &bytes);
        }
    }
}
