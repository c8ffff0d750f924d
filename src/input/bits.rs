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
    bytes: &'a [u8],
    position: u64,
}

impl<'a> BitReader<'a> {
    /// A reader at the first, most significant bit of `bytes`.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    /// How many bits were read.
    pub(crate) const fn position(&self) -> u64 {
        self.position
    }

    /// How many bits are left.
    pub(crate) const fn remaining(&self) -> u64 {
        (self.bytes.len() as u64 * 8).saturating_sub(self.position)
    }

    /// Reads `count` bits, at most 32: `u(count)`.
    #[inline]
    pub(crate) fn bits(&mut self, count: u32, element: &'static str) -> Result<u32, BitsEnded> {
        debug_assert!(count <= 32);
        if self.remaining() < u64::from(count) {
            return Err(BitsEnded { element, position: self.position });
        }
        let window = self.peek();
        self.position += u64::from(count);
        // A shift by 32 would overflow, so no bits are taken as zero apart.
        Ok(if count == 0 { 0 } else { window >> (32 - count) })
    }

    /// Reads one bit: `u(1)`.
    pub(crate) fn flag(&mut self, element: &'static str) -> Result<bool, BitsEnded> {
        self.bits(1, element).map(|bit| bit == 1)
    }

    /// The next 32 bits without taking them; past the end they are zero.
    #[inline]
    pub(crate) fn peek(&self) -> u32 {
        let first = usize::try_from(self.position / 8).unwrap_or(usize::MAX);
        let rest = self.bytes.get(first..).unwrap_or_default();
        let window = rest.first_chunk::<8>().copied().unwrap_or_else(|| last(rest));
        ((u64::from_be_bytes(window) << (self.position % 8)) >> 32) as u32
    }

    /// Passes over `count` bits.
    pub(crate) fn skip(&mut self, count: u64, element: &'static str) -> Result<(), BitsEnded> {
        if self.remaining() < count {
            return Err(BitsEnded { element, position: self.position });
        }
        self.position += count;
        Ok(())
    }

    /// Moves to the next byte boundary, if not on one.
    pub(crate) fn align(&mut self) {
        self.position = self.position.div_ceil(8) * 8;
    }

    /// Reads an unsigned Exp-Golomb code: `ue(v)`, at most 2^32 - 2 (ITU-T H.264 9.1).
    #[inline]
    pub(crate) fn ue(&mut self, element: &'static str) -> Result<u32, BitsEnded> {
        // Most codes are short.
        let window = self.peek();
        let length = 2 * window.leading_zeros() + 1;
        if length < 32 && u64::from(length) <= self.remaining() {
            self.position += u64::from(length);
            return Ok((window >> (32 - length)) - 1);
        }
        self.long_ue(element)
    }

    #[cold]
    fn long_ue(&mut self, element: &'static str) -> Result<u32, BitsEnded> {
        let start = *self;
        let ended = BitsEnded { element, position: start.position };
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

    /// Reads a signed Exp-Golomb code: `se(v)` (ITU-T H.264 9.1.1).
    pub(crate) fn se(&mut self, element: &'static str) -> Result<i32, BitsEnded> {
        let code = i64::from(self.ue(element)?);
        let magnitude = (code + 1) / 2;
        // A code is at most 2^32 - 2, so the magnitude is at most 2^31 - 1.
        let value = i32::try_from(magnitude).unwrap_or(i32::MAX);
        Ok(if code % 2 == 1 { value } else { -value })
    }
}

/// Fewer than eight bytes, with zeros behind them.
#[cold]
fn last(bytes: &[u8]) -> [u8; 8] {
    let mut window = [0; 8];
    for (to, from) in window.iter_mut().zip(bytes) {
        *to = *from;
    }
    window
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
