//! NAL units: the header byte and the payload without emulation prevention (7.3.1).

#[cfg(test)]
use crate::input::unescape;

/// One NAL unit whose bytes, or the first of them, are in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nal<'a> {
    /// Its bytes, the header byte first.
    pub(crate) bytes: &'a [u8],
    /// Absolute offset of the header byte.
    pub(crate) offset: u64,
}

/// `nal_unit_type` of a slice that is not of an IDR picture.
pub(crate) const SLICE: u8 = 1;
/// `nal_unit_type` of the part of a partitioned slice that holds its header.
pub(crate) const PARTITION_A: u8 = 2;
/// `nal_unit_type` of a slice of an IDR picture.
pub(crate) const IDR_SLICE: u8 = 5;
/// `nal_unit_type` of supplemental enhancement information.
pub(crate) const SEI: u8 = 6;
/// `nal_unit_type` of a sequence parameter set.
pub(crate) const SPS: u8 = 7;
/// `nal_unit_type` of a picture parameter set.
pub(crate) const PPS: u8 = 8;

impl<'a> Nal<'a> {
    /// A NAL unit whose header byte stands at the absolute `offset`.
    pub(crate) const fn new(bytes: &'a [u8], offset: u64) -> Self {
        Self { bytes, offset }
    }

    /// `nal_unit_type`; 0, which is unspecified, for a unit without a byte.
    pub(crate) fn unit_type(self) -> u8 {
        self.bytes.first().map_or(0, |header| header & 0x1f)
    }

    /// `nal_ref_idc`: 0 says that no other picture refers to this one.
    pub(crate) fn ref_idc(self) -> u8 {
        self.bytes.first().map_or(0, |header| header >> 5 & 3)
    }

    /// The payload without emulation prevention bytes, at most `limit` bytes of it.
    #[cfg(test)]
    pub(crate) fn rbsp(self, limit: usize) -> Vec<u8> {
        unescape(self.bytes.get(1..).unwrap_or_default(), limit)
    }

    /// All of the payload without emulation prevention bytes: as it stands where it has none, which is nearly always,
    /// otherwise in `plain`, memory that is used again and again; at most `limit` bytes of it.
    pub(crate) fn rbsp_in<'p>(self, plain: &'p mut Vec<u8>, limit: usize) -> &'p [u8]
    where
        'a: 'p,
    {
        let escaped = self.bytes.get(1..).unwrap_or_default();
        let Some(emulation) = emulation_prevention(escaped) else {
            return escaped.get(..limit).unwrap_or(escaped);
        };
        plain.clear();
        plain.reserve(escaped.len());
        runs(escaped, emulation).for_each(|run| plain.extend_from_slice(run));
        plain.truncate(limit);
        plain
    }

    /// All of the payload without emulation prevention bytes: as it stands where it has none, otherwise in `plain`. `None`:
    /// it may be too long for that.
    pub(crate) fn rbsp_within<'p, const N: usize>(self, plain: &'p mut [u8; N]) -> Option<&'p [u8]>
    where
        'a: 'p,
    {
        let escaped = self.bytes.get(1..).unwrap_or_default();
        if escaped.len() > N {
            return None;
        }
        let Some(emulation) = emulation_prevention(escaped) else {
            return Some(escaped);
        };
        let mut length = 0;
        for run in runs(escaped, emulation) {
            plain.get_mut(length..length + run.len())?.copy_from_slice(run);
            length += run.len();
        }
        plain.get(..length)
    }

    /// The same as [`Nal::offset_of`], for many bits of one unit.
    pub(crate) fn offsets(self) -> impl Fn(u64) -> u64 {
        let payload = self.bytes.get(1..).unwrap_or_default();
        // Up to the first emulation prevention byte the payload is the RBSP.
        let alike = emulation_prevention(payload).unwrap_or(payload.len()) as u64;
        move |position| match position / 8 {
            byte if byte < alike => self.offset.saturating_add(1).saturating_add(byte),
            _ => self.offset_of(position),
        }
    }

    /// Absolute offset of the byte that holds the bit at `position` of the RBSP.
    pub(crate) fn offset_of(self, position: u64) -> u64 {
        let wanted = position / 8;
        let mut plain = 0;
        let mut zeros = 0;
        for (index, &byte) in self.bytes.iter().enumerate().skip(1) {
            if zeros >= 2 && byte == 3 {
                zeros = 0;
                continue;
            }
            if plain == wanted {
                return self.offset.saturating_add(index as u64);
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            plain += 1;
        }
        self.offset.saturating_add(self.bytes.len() as u64)
    }
}

/// The runs of a payload between its emulation prevention bytes, of which the first stands at `emulation`.
#[inline]
fn runs(escaped: &[u8], emulation: usize) -> impl Iterator<Item = &[u8]> {
    let mut left = Some((escaped, Some(emulation)));
    std::iter::from_fn(move || {
        let (rest, emulation) = left.take()?;
        let Some((run, behind)) = emulation.and_then(|at| rest.split_at_checked(at)) else {
            return Some(rest);
        };
        let behind = behind.get(1..).unwrap_or_default();
        left = Some((behind, emulation_prevention(behind)));
        Some(run)
    })
}

/// Whether an emulation prevention byte is among the first `length` of the bytes of a payload.
#[expect(clippy::inline_always, reason = "the usual case is a few instructions")]
#[inline(always)]
pub(crate) fn holds_emulation_prevention(payload: &[u8], length: usize) -> bool {
    // Mostly these bytes are few and none is zero, nor is one of those behind them that are looked at with them.
    let is_plain = length <= 8 && payload.first_chunk().is_some_and(|&chunk| !has_zero(chunk));
    !is_plain && payload.get(..length).is_none_or(|bytes| emulation_prevention(bytes).is_some())
}

/// Index of the first emulation prevention byte: a 3 behind two zeros.
#[inline(never)]
fn emulation_prevention(bytes: &[u8]) -> Option<usize> {
    // Eight bytes at a time, up to the first zero.
    let zero = bytes.as_chunks::<8>().0.iter().position(|&chunk| has_zero(chunk)).map_or(bytes.len() & !7, |at| at * 8);
    let mut index = zero + 2;
    loop {
        // Neither zeros nor the 3 can stand where a larger byte does, so three bytes are passed at once.
        match *bytes.get(index)? {
            3 if bytes.get(index - 2..index) == Some(&[0, 0]) => return Some(index),
            0 => index += 1,
            _ => index += 3,
        }
    }
}

/// Whether a byte is zero: only below one a borrow runs into a bit that was clear.
#[inline]
const fn has_zero(chunk: [u8; 8]) -> bool {
    let word = u64::from_ne_bytes(chunk);
    word.wrapping_sub(0x0101_0101_0101_0101) & !word & 0x8080_8080_8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_header_tells_type_and_reference() {
        let idr = Nal::new(&[0x65, 0x88], 10);
        assert_eq!((idr.unit_type(), idr.ref_idc()), (IDR_SLICE, 3));
        let sei = Nal::new(&[0x06], 10);
        assert_eq!((sei.unit_type(), sei.ref_idc()), (SEI, 0));
        assert_eq!(Nal::new(&[], 0).unit_type(), 0);
    }

    #[test]
    fn bits_are_found_in_the_file_past_emulation_prevention() {
        let nal = Nal::new(&[0x67, 0, 0, 3, 1, 0xff], 100);
        assert_eq!(nal.rbsp(100), [0, 0, 1, 0xff]);
        assert_eq!([0, 15, 16, 31, 32].map(|bit| nal.offset_of(bit)), [101, 102, 104, 105, 106]);
    }

    proptest! {
        #[test]
        fn both_ways_to_the_payload_are_the_same(
            bytes in proptest::collection::vec(prop_oneof![4 => Just(0), 2 => Just(3), 1 => any::<u8>()], 0..40),
            limit in 0_usize..50,
        ) {
            let nal = Nal::new(&bytes, 0);
            let mut plain = vec![7];
            prop_assert_eq!(nal.rbsp_in(&mut plain, limit), nal.rbsp(limit));
            let mut short = [7; 30];
            let fits = bytes.len() <= 31;
            let plain = nal.rbsp(usize::MAX);
            prop_assert_eq!(nal.rbsp_within(&mut short), fits.then_some(&*plain));
            let offsets = nal.offsets();
            for bit in 0..340 {
                prop_assert_eq!(offsets(bit), nal.offset_of(bit));
            }
        }
    }
}
