//! Syntax elements read in two ways: exactly, and quickly.
//!
//! The head of every sample holds a slice header, and nearly all of these are whole, in range and free of emulation
//! prevention. [`QuickBits`] reads such a header from the bytes as they stand and refuses all others, which
//! [`BitReader`] reads again to say what is wrong. Both read by the same syntax table.

#![expect(clippy::inline_always, reason = "where all of a header is read in one piece, the bits stay in registers")]

use super::fault::{self, Fault};
use super::sets::Missing;
use crate::input::BitReader;

/// Reads syntax elements in order.
pub(crate) trait Elements: Copy {
    /// Why an element cannot be read.
    type Fault;

    /// Tells a reader that holds few bytes that many elements may follow.
    #[inline]
    fn move_on(&mut self) {}

    /// Passes at once over groups of flags that are seen to be clear, at most `most`, each of 1 << `log2_size` flags.
    /// Returns how many it passed over, which may be fewer than there are.
    #[inline]
    fn skip_clear(&mut self, _most: u32, _log2_size: u32) -> u32 {
        0
    }

    /// Passes at once over some of the next changes of a list of references, where they are seen to be whole. Returns whether
    /// the end of the list was among them; `None`: nothing was taken.
    #[inline]
    fn skip_changes(&mut self) -> Option<bool> {
        None
    }

    /// Reads `u(count)`, at most 32 bits.
    fn bits(&mut self, count: u32, element: &'static str) -> Result<u32, Self::Fault>;

    /// Reads `u(1)`.
    fn flag(&mut self, element: &'static str) -> Result<bool, Self::Fault>;

    /// Reads `ue(v)`.
    fn ue(&mut self, element: &'static str) -> Result<u32, Self::Fault>;

    /// Reads `se(v)`.
    fn se(&mut self, element: &'static str) -> Result<i32, Self::Fault>;

    /// Passes over `ue(v)` or `se(v)`.
    #[inline]
    fn skip_code(&mut self, element: &'static str) -> Result<(), Self::Fault> {
        self.ue(element).map(|_| ())
    }

    /// Reads `ue(v)` that may be at most `most`; otherwise the fault says that `expected` was.
    fn ue_at_most(&mut self, most: u8, element: &'static str, expected: &'static str) -> Result<u8, Self::Fault>;

    /// Passes over `count` bits, at most 32.
    fn skip(&mut self, count: u32, element: &'static str) -> Result<(), Self::Fault>;

    /// How many bits were read.
    fn position(&self) -> u64;

    /// A fault as it is told where what stands before it is kept. Errors: that does not hold.
    fn tell(fault: Self::Fault) -> Result<Fault, Self::Fault>;
}

impl Elements for BitReader<'_> {
    type Fault = Fault;

    #[inline]
    fn bits(&mut self, count: u32, element: &'static str) -> Result<u32, Fault> {
        Ok(BitReader::bits(self, count, element)?)
    }

    #[inline]
    fn flag(&mut self, element: &'static str) -> Result<bool, Fault> {
        Ok(BitReader::flag(self, element)?)
    }

    #[inline]
    fn ue(&mut self, element: &'static str) -> Result<u32, Fault> {
        Ok(BitReader::ue(self, element)?)
    }

    #[inline]
    fn se(&mut self, element: &'static str) -> Result<i32, Fault> {
        Ok(BitReader::se(self, element)?)
    }

    #[inline]
    fn ue_at_most(&mut self, most: u8, element: &'static str, expected: &'static str) -> Result<u8, Fault> {
        fault::ue_at_most(self, most, element, expected)
    }

    #[inline]
    fn skip(&mut self, count: u32, element: &'static str) -> Result<(), Fault> {
        Ok(BitReader::skip(self, u64::from(count), element)?)
    }

    #[inline]
    fn position(&self) -> u64 {
        BitReader::position(self)
    }

    fn tell(fault: Fault) -> Result<Fault, Fault> {
        Ok(fault)
    }
}

/// Reads elements out of eight bytes, and moves on to the next ones only when told to.
///
/// That bits were taken which are not among these bytes is noticed only when asked, by [`Self::bytes_read`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuickBits<'a> {
    bytes: &'a [u8],
    /// The next bits from the top down, zeros below them.
    window: u64,
    /// How many bits were taken.
    taken: u32,
    /// How many bits may be taken; 0 once too many were.
    end: u32,
}

/// The element is not one that can be read quickly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused;

impl From<Missing> for Refused {
    fn from(_: Missing) -> Self {
        Self
    }
}

impl<'a> QuickBits<'a> {
    /// A reader at the first bit of `bytes`.
    #[inline(always)]
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let (window, end) = window(bytes);
        Self { bytes, window, taken: 0, end }
    }

    /// Number of bytes that were read, the last of them maybe in part. `None`: some bits were not there, so that
    /// nothing that was read holds.
    #[inline(always)]
    pub(crate) const fn bytes_read(&self) -> Option<usize> {
        if self.taken <= self.end { Some(self.taken.div_ceil(8) as usize) } else { None }
    }

    /// Takes `count` bits, at most 63.
    #[inline(always)]
    const fn take(&mut self, count: u32) {
        self.window <<= count;
        self.taken += count;
    }
}

/// The first eight of the bytes, and how many bits they have.
#[inline]
fn window(bytes: &[u8]) -> (u64, u32) {
    bytes.first_chunk().map_or_else(|| padded(bytes), |&bytes| (u64::from_be_bytes(bytes), 64))
}

/// The same of fewer than eight bytes, with zeros behind them.
#[cold]
fn padded(bytes: &[u8]) -> (u64, u32) {
    bytes.iter().fold((0, 0), |(window, length), &byte| (window | u64::from(byte) << (56 - length), length + 8))
}

impl Elements for QuickBits<'_> {
    type Fault = Refused;

    #[inline(always)]
    fn move_on(&mut self) {
        match self.end.checked_sub(self.taken) {
            Some(left) if left >= MANY => {}
            Some(_) => {
                let (window, length) = window(self.bytes.get(self.taken as usize / 8..).unwrap_or_default());
                let in_byte = self.taken % 8;
                self.window = window << in_byte;
                self.end = self.taken - in_byte + length;
            }
            None => self.end = 0,
        }
    }

    #[inline(always)]
    fn skip_clear(&mut self, most: u32, log2_size: u32) -> u32 {
        let groups = most.min(self.window.leading_zeros().min(MANY) >> log2_size);
        self.take(groups << log2_size);
        groups
    }

    #[inline(always)]
    fn skip_changes(&mut self) -> Option<bool> {
        let changes = *CHANGES.get((self.window >> 56) as usize)?;
        self.take(u32::from(changes % ENDS));
        if changes == 0 { None } else { Some(changes >= ENDS) }
    }

    #[inline(always)]
    fn bits(&mut self, count: u32, _: &'static str) -> Result<u32, Refused> {
        debug_assert!(count <= 32);
        let window = self.window;
        self.take(count);
        // In two steps, as a shift by 64 would overflow where no bits are asked for.
        Ok((window >> 32 >> (32 - count)) as u32)
    }

    #[inline(always)]
    fn flag(&mut self, _: &'static str) -> Result<bool, Refused> {
        let flag = self.window >> 63 == 1;
        self.take(1);
        Ok(flag)
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a code with at most 31 zeros in front is below 2^32")]
    fn ue(&mut self, _: &'static str) -> Result<u32, Refused> {
        let window = self.window;
        // The shortest code is the commonest.
        if window >> 63 == 1 {
            self.take(1);
            return Ok(0);
        }
        // At most 31 zeros stand in front of the first one (9.1). Past the end there are more, so no loop over codes
        // goes on there.
        if window < 1 << 32 {
            return Err(Refused);
        }
        let length = 2 * window.leading_zeros() + 1;
        self.take(length);
        Ok(((window >> (64 - length)) - 1) as u32)
    }

    #[inline(always)]
    fn skip_code(&mut self, _: &'static str) -> Result<(), Refused> {
        // As in `ue`; a code takes at most 63 bits.
        if self.window >> 63 == 1 {
            self.take(1);
            return Ok(());
        }
        if self.window < 1 << 32 {
            return Err(Refused);
        }
        self.take(2 * self.window.leading_zeros() + 1);
        Ok(())
    }

    #[inline(always)]
    fn se(&mut self, element: &'static str) -> Result<i32, Refused> {
        let code = self.ue(element)?;
        // A code is at most 2^32 - 2, so the magnitude is at most 2^31 - 1.
        let magnitude = code.div_ceil(2).cast_signed();
        Ok(if code % 2 == 1 { magnitude } else { -magnitude })
    }

    #[inline(always)]
    fn ue_at_most(&mut self, most: u8, element: &'static str, _: &'static str) -> Result<u8, Refused> {
        let value = u8::try_from(self.ue(element)?).map_err(|_| Refused)?;
        if value <= most { Ok(value) } else { Err(Refused) }
    }

    #[inline(always)]
    fn skip(&mut self, count: u32, _: &'static str) -> Result<(), Refused> {
        debug_assert!(count <= 32);
        self.take(count);
        Ok(())
    }

    #[inline(always)]
    fn position(&self) -> u64 {
        u64::from(self.taken)
    }

    fn tell(fault: Refused) -> Result<Fault, Refused> {
        Err(fault)
    }
}

/// For each beginning of eight bits, how many of them are of whole changes of a list of references (7.3.3.1), that is of
/// `modification_of_pic_nums_idc` from 0 to 2 and the code behind it, or of the 3 that ends them; with [`ENDS`] where that
/// is among them.
static CHANGES: [u8; 256] = {
    let mut changes = [0; 256];
    let mut byte: u8 = 0;
    loop {
        changes[byte as usize] = changes_in(byte);
        let Some(next) = byte.checked_add(1) else { break changes };
        byte = next;
    }
};

/// Is added to the bits that are taken where nothing follows in the list.
const ENDS: u8 = 16;

const fn changes_in(byte: u8) -> u8 {
    let mut taken = 0;
    loop {
        let Some((idc, behind)) = short_code(byte, taken) else { return taken };
        match (idc, short_code(byte, behind)) {
            (0..=2, Some((_, end))) => taken = end,
            (3, _) => return behind + ENDS,
            _ => return taken,
        }
    }
}

/// The code that begins behind `taken` bits of a byte, and how many bits it ends behind. `None`: it goes on behind the byte.
const fn short_code(byte: u8, taken: u8) -> Option<(u32, u8)> {
    let rest = (byte as u32) << 24 << taken;
    let [zeros, ..] = rest.leading_zeros().to_le_bytes();
    let length = 2 * zeros + 1;
    if taken + length > 8 { None } else { Some(((rest >> (32 - length)) - 1, taken + length)) }
}

/// Bits that the elements take which follow each other without a call of [`Elements::move_on`], but for rare ones.
const MANY: u32 = 32;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads one element and writes down what it was.
    fn read<E: Elements>(bits: &mut E, what: u8) -> Option<i64> {
        match what {
            0 => bits.ue("").ok().map(i64::from),
            1 => bits.se("").ok().map(i64::from),
            2 => bits.flag("").ok().map(i64::from),
            3 => bits.ue_at_most(9, "", "").ok().map(i64::from),
            count @ 4..=36 => bits.bits(u32::from(count - 4), "").ok().map(i64::from),
            _ => {
                bits.move_on();
                Some(0)
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_read_quickly_is_what_is_read_exactly(
            bytes in prop::collection::vec(any::<u8>(), 0..40), elements in prop::collection::vec(0_u8..=40, 0..40),
        ) {
            let mut exact = BitReader::new(&bytes);
            let mut quick = QuickBits::new(&bytes);
            for &what in &elements {
                let Some(value) = read(&mut quick, what) else { break };
                let Some(length) = quick.bytes_read() else { break };
                prop_assert_eq!(Some(value), read(&mut exact, what));
                prop_assert_eq!(length as u64, exact.position().div_ceil(8));
            }
        }
    }

    #[test]
    fn changes_that_are_passed_over_at_once_are_those_that_are_read() {
        for byte in 0..=u8::MAX {
            let bytes = [byte, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
            let (mut quick, mut exact) = (QuickBits::new(&bytes), BitReader::new(&bytes));
            let seen = quick.skip_changes();
            assert_eq!(seen.is_some(), quick.taken > 0, "{byte:08b}");
            let mut has_ended = false;
            while exact.position() < u64::from(quick.taken) {
                assert!(!has_ended, "{byte:08b}");
                let idc = exact.ue("").unwrap();
                has_ended = idc == 3;
                assert!(has_ended || idc < 3 && exact.ue("").is_ok(), "{byte:08b}");
            }
            assert_eq!(exact.position(), u64::from(quick.taken), "{byte:08b}");
            assert_eq!(seen.unwrap_or_default(), has_ended, "{byte:08b}");
        }
        assert_eq!(QuickBits::new(&[0b1010_0101, 0x55]).skip_changes(), Some(false));
        assert_eq!(QuickBits::new(&[0b0110_0100, 0x55]).skip_changes(), Some(false));
        assert_eq!(QuickBits::new(&[0b1100_1000, 0x55]).skip_changes(), Some(true));
        assert_eq!(QuickBits::new(&[0b0010_1000, 0x55]).skip_changes(), None, "4 is out of range");
    }

    #[test]
    fn the_end_is_noticed_and_codes_past_it_are_refused() {
        let mut bits = QuickBits::new(&[0xff; 3]);
        assert_eq!((bits.bits(20, ""), bits.bytes_read()), (Ok(0xf_ffff), Some(3)));
        assert_eq!((bits.bits(5, ""), bits.bytes_read()), (Ok(0x1e), None));
        assert_eq!(bits.ue(""), Err(Refused));
        bits.move_on();
        assert_eq!(bits.bytes_read(), None, "bits that were not there stay missed");
    }

    #[test]
    fn it_moves_on_through_all_bytes() {
        let mut bits = QuickBits::new(&[0xff; 20]);
        for taken in 1..=160 {
            bits.move_on();
            assert_eq!(bits.flag(""), Ok(true), "bit {taken}");
            assert_eq!(bits.bytes_read(), Some((taken as usize).div_ceil(8)));
        }
        bits.move_on();
        assert_eq!((bits.flag(""), bits.bytes_read()), (Ok(false), None));
    }

    #[test]
    fn the_longest_code_is_read() {
        let mut bits = QuickBits::new(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!((bits.ue(""), bits.bytes_read()), (Ok(u32::MAX - 1), Some(8)));
    }
}
