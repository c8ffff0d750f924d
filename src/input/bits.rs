//! Bits, most significant first, with the Exp-Golomb codes and the emulation prevention of H.264.

/// The bits ended before an element that belongs to the structure, or an Exp-Golomb code is longer than 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{element} does not fit in the bits that are left (bit {position})")]
pub(crate) struct BitsEnded {
    /// The syntax element that was being read.
    pub(crate) element: &'static str,
    /// Bit position, from the first bit of the structure, at which the element begins.
    pub(crate) position: u64,
}

/// Reads syntax elements in order; every read names the element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BitReader<'a> {
    /// Bytes of the structure.
    length: usize,
    /// The next bits from the top down, zeros below them.
    window: u64,
    /// How many bits of the window are of the structure: at least 32, or all that are left.
    held: u32,
    /// The bytes behind the window.
    rest: &'a [u8],
}

impl<'a> BitReader<'a> {
    /// A reader at the first, most significant bit of `bytes`.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut reader = Self { length: bytes.len(), window: 0, held: 0, rest: bytes };
        reader.refill();
        reader
    }

    /// How many bits were read.
    pub(crate) const fn position(&self) -> u64 {
        self.length as u64 * 8 - self.remaining()
    }

    /// How many bits are left.
    pub(crate) const fn remaining(&self) -> u64 {
        self.rest.len() as u64 * 8 + self.held as u64
    }

    /// Reads `count` bits, at most 32: `u(count)`.
    #[inline]
    pub(crate) fn bits(&mut self, count: u32, element: &'static str) -> Result<u32, BitsEnded> {
        debug_assert!(count <= 32);
        if count > self.held {
            return Err(BitsEnded { element, position: self.position() });
        }
        let window = self.peek();
        self.take(count);
        // A shift by 32 would overflow, so no bits are taken as zero apart.
        Ok(if count == 0 { 0 } else { window >> (32 - count) })
    }

    /// Reads one bit: `u(1)`.
    #[inline]
    pub(crate) fn flag(&mut self, element: &'static str) -> Result<bool, BitsEnded> {
        self.bits(1, element).map(|bit| bit == 1)
    }

    /// The next 32 bits without taking them; past the end they are zero.
    #[inline]
    pub(crate) const fn peek(&self) -> u32 {
        (self.window >> 32) as u32
    }

    /// Passes over `count` bits.
    pub(crate) fn skip(&mut self, count: u64, element: &'static str) -> Result<(), BitsEnded> {
        if self.remaining() < count {
            return Err(BitsEnded { element, position: self.position() });
        }
        let mut left = count;
        if let Some(past) = count.checked_sub(u64::from(self.held)) {
            let whole = usize::try_from(past / 8).unwrap_or(usize::MAX);
            self.rest = self.rest.get(whole..).unwrap_or_default();
            (self.window, self.held) = (0, 0);
            self.refill();
            left = past % 8;
        }
        // Fewer than 64 bits, all of them in the window.
        while left > 0 {
            let step = left.min(32);
            self.take(step as u32);
            left -= step;
        }
        Ok(())
    }

    /// Moves to the next byte boundary, if not on one.
    pub(crate) fn align(&mut self) {
        // The bytes behind the window are whole.
        self.take(self.held % 8);
    }

    /// Reads an unsigned Exp-Golomb code: `ue(v)`, at most 2^32 - 2 (ITU-T H.264 9.1).
    #[inline]
    pub(crate) fn ue(&mut self, element: &'static str) -> Result<u32, BitsEnded> {
        // Most codes are short.
        let window = self.peek();
        let length = 2 * window.leading_zeros() + 1;
        if length < 32 && length <= self.held {
            self.take(length);
            return Ok((window >> (32 - length)) - 1);
        }
        self.long_ue(element)
    }

    #[cold]
    fn long_ue(&mut self, element: &'static str) -> Result<u32, BitsEnded> {
        let start = *self;
        let ended = BitsEnded { element, position: start.position() };
        let mut zeros = 0;
        while !self.flag(element).map_err(|_| ended)? {
            zeros += 1;
            if zeros > 31 {
                *self = start;
                return Err(ended);
            }
        }
        let suffix = self.bits(zeros, element).map_err(|_| ended)?;
        Ok(((1_u32 << zeros) - 1).wrapping_add(suffix))
    }

    /// Takes `count` bits out of the window, at most 32, which are there.
    #[inline]
    fn take(&mut self, count: u32) {
        self.window <<= count;
        self.held -= count;
        if self.held < 32 {
            self.refill();
        }
    }

    /// Puts bytes into a window that holds fewer than 32 bits.
    #[inline]
    fn refill(&mut self) {
        if let Some((word, rest)) = self.rest.split_first_chunk::<4>() {
            self.window |= u64::from(u32::from_be_bytes(*word)) << (32 - self.held);
            self.held += 32;
            self.rest = rest;
        } else if !self.rest.is_empty() {
            self.refill_last();
        }
    }

    /// The same for the last bytes, fewer than four.
    #[cold]
    fn refill_last(&mut self) {
        for &byte in self.rest {
            self.window |= u64::from(byte) << (56 - self.held);
            self.held += 8;
        }
        self.rest = &[];
    }

    /// Reads a signed Exp-Golomb code: `se(v)` (ITU-T H.264 9.1.1).
    pub(crate) fn se(&mut self, element: &'static str) -> Result<i32, BitsEnded> {
        let code = i64::from(self.ue(element)?);
        let magnitude = (code + 1) / 2;
        // A code is at most 2^32 - 2, so the magnitude is at most 2^31 - 1.
        let value = i32::try_from(magnitude).unwrap_or(i32::MAX);
        Ok(if code % 2 == 1 { value } else { -value })
    }
}

/// Removes the emulation prevention bytes from the payload of a NAL unit (ITU-T H.264 7.3.1), keeping at most `limit` bytes.
pub(crate) fn unescape(escaped: &[u8], limit: usize) -> Vec<u8> {
    let mut plain = Vec::with_capacity(escaped.len().min(limit));
    let mut zeros = 0;
    for &byte in escaped {
        if plain.len() == limit {
            break;
        }
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        plain.push(byte);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_cross_byte_boundaries() {
        let mut reader = BitReader::new(&[0b1010_0101, 0xff, 0x00, 0x12, 0x34]);
        assert_eq!(reader.bits(3, "a"), Ok(0b101));
        assert_eq!(reader.bits(9, "b"), Ok(0b0_0101_1111));
        assert_eq!(reader.bits(0, "c"), Ok(0));
        assert_eq!(reader.bits(28, "d"), Ok(0x0f00_1234));
        assert_eq!(reader.bits(1, "e"), Err(BitsEnded { element: "e", position: 40 }));
    }

    #[test]
    fn peeking_takes_nothing_and_ends_in_zeros() {
        let mut reader = BitReader::new(&[0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x11]);
        reader.bits(4, "a").unwrap();
        assert_eq!(reader.peek(), 0x2345_6789);
        assert_eq!(reader.position(), 4);
        reader.skip(60, "b").unwrap();
        assert_eq!(reader.peek(), 0x1100_0000);
        reader.skip(8, "c").unwrap();
        assert_eq!(reader.peek(), 0);
    }

    #[test]
    fn exp_golomb_codes_follow_table_9_2() {
        // 1 | 010 | 011 | 00100 | 00101 -> 0 1 2 3 4
        let bytes = [0b1010_0110, 0b0100_0010, 0b1000_0000];
        let mut reader = BitReader::new(&bytes);
        assert_eq!((0..5).map(|_| reader.ue("v").unwrap()).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        let mut reader = BitReader::new(&bytes);
        assert_eq!((0..5).map(|_| reader.se("v").unwrap()).collect::<Vec<_>>(), [0, 1, -1, 2, -2]);
    }

    #[test]
    fn the_longest_code_is_read_and_a_longer_one_refused() {
        let longest = [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff];
        let mut reader = BitReader::new(&longest);
        assert_eq!(reader.ue("v"), Ok(u32::MAX - 1));
        let mut reader = BitReader::new(&[0; 16]);
        assert_eq!(reader.ue("v"), Err(BitsEnded { element: "v", position: 0 }));
        assert_eq!(reader.position(), 0, "a failed read moves nothing");
    }

    #[test]
    fn emulation_prevention_bytes_are_removed() {
        assert_eq!(unescape(&[0, 0, 3, 1, 0, 0, 3, 0, 0, 3], 100), [0, 0, 1, 0, 0, 0, 0]);
        assert_eq!(unescape(&[1, 2, 3, 4], 2), [1, 2]);
    }
}
