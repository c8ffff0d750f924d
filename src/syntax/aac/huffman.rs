//! The Huffman codebooks (ISO/IEC 14496-3:2019 annex 4.A.1).
//!
//! Every codebook is complete and canonical: sorted by length, its codewords count up. So the number of codewords of
//! each length is all that telling one from the next takes, and only what follows a codeword in the bitstream is kept:
//! one sign bit for each value that is not 0, and an escape sequence for each value of 16 in codebook 11.

use crate::input::{BitReader, BitsEnded};

/// A codebook for spectral data.
#[derive(Debug)]
pub(super) struct Codebook {
    words: Codewords,
    /// How many values a codeword stands for.
    pub(super) dimension: u16,
    /// For each codeword, in their order, the number of signs, or a letter where escapes follow: `a` one sign and one
    /// escape, `b` two and one, `c` two of each. Empty: the values carry their signs.
    suffixes: &'static [u8],
    /// What a window that begins with these bits holds; all but the rarest codewords are found at one look. A length
    /// of 0: the codeword is longer.
    quick: [Entry; 1 << QUICK_BITS],
}

/// One codeword with its signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    /// Bits of the codeword and its signs.
    bits: u8,
    /// Number of escape sequences that follow.
    escapes: u8,
}

const QUICK_BITS: u32 = 9;

impl Codebook {
    #[expect(clippy::cast_possible_truncation, reason = "evaluated at compile time, below 512")]
    const fn new(counts: &[u8], dimension: u16, suffixes: &'static [u8]) -> Self {
        let words = Codewords::new(counts);
        let mut quick = [Entry { bits: 0, escapes: 0 }; 1 << QUICK_BITS];
        let mut start = 0;
        while start < quick.len() {
            if let Some((length, index)) = words.find((start as u32) << (32 - QUICK_BITS))
                && length <= QUICK_BITS
            {
                quick[start] = entry(length, suffixes, index);
            }
            start += 1;
        }
        Self { words, dimension, suffixes, quick }
    }

    /// Passes over one codeword and its signs. Returns how many escape sequences follow.
    pub(super) fn skip(&self, bits: &mut BitReader<'_>) -> Result<u8, BitsEnded> {
        let window = bits.peek();
        let quick = usize::try_from(window >> (32 - QUICK_BITS)).ok().and_then(|start| self.quick.get(start));
        let entry = match quick {
            Some(&entry) if entry.bits > 0 => entry,
            // The code is complete, so that every window holds a codeword.
            _ => self
                .words
                .find(window)
                .map_or(Entry { bits: u8::MAX, escapes: 0 }, |(length, index)| entry(length, self.suffixes, index)),
        };
        bits.skip(u64::from(entry.bits), "hcod")?;
        Ok(entry.escapes)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a length is at most 19")]
const fn entry(length: u32, suffixes: &[u8], index: usize) -> Entry {
    let suffix = if index < suffixes.len() { suffixes[index] } else { b'0' };
    let (signs, escapes) = match suffix {
        b'a' => (1, 1),
        b'b' => (2, 1),
        b'c' => (2, 2),
        digit => (digit - b'0', 0),
    };
    Entry { bits: length as u8 + signs, escapes }
}

/// The codewords of a canonical code.
#[derive(Debug)]
pub(super) struct Codewords {
    /// For each length from 1, the first 32-bit window behind the codewords of at most that length.
    bounds: [u64; LONGEST],
    /// For each length from 1, the index of its first codeword less that codeword.
    bases: [i32; LONGEST],
}

/// Bits of the longest codeword.
const LONGEST: usize = 19;

impl Codewords {
    /// `counts` are the numbers of codewords of each length from 1.
    #[expect(clippy::cast_possible_truncation, reason = "evaluated at compile time, below 2^19")]
    const fn new(counts: &[u8]) -> Self {
        let mut bounds = [0; LONGEST];
        let mut bases = [0; LONGEST];
        let mut next = 0_u64;
        let mut index = 0_i32;
        let mut place = 0;
        while place < counts.len() {
            next <<= 1;
            bases[place] = index - next as i32;
            next += counts[place] as u64;
            index += counts[place] as i32;
            bounds[place] = next << (31 - place);
            place += 1;
        }
        Self { bounds, bases }
    }

    /// Length and place among all of the codeword that the window begins with.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        reason = "a codeword is below 2^19, and its place is never negative"
    )]
    const fn find(&self, window: u32) -> Option<(u32, usize)> {
        let mut place = 0;
        while place < LONGEST {
            if (window as u64) < self.bounds[place] {
                let word = (window >> (31 - place)) as i32;
                return Some((place as u32 + 1, (word + self.bases[place]) as usize));
            }
            place += 1;
        }
        None
    }
}

/// Passes over one `hcod_sf`.
pub(super) fn skip_scale_factor(bits: &mut BitReader<'_>) -> Result<(), BitsEnded> {
    let length = SCALE_FACTORS.find(bits.peek()).map_or(u32::MAX, |(length, _)| length);
    bits.skip(u64::from(length), "hcod_sf")
}

/// The codebook that `sect_cb` names. Absent: none, since 0 and 12 to 15 are not for spectral data.
pub(super) fn spectral(sect_cb: u8) -> Option<&'static Codebook> {
    SPECTRAL.get(usize::from(sect_cb.checked_sub(1)?))
}

/// Table 4.A.1.
static SCALE_FACTORS: Codewords = Codewords::new(&[1, 0, 1, 3, 2, 4, 3, 5, 4, 6, 6, 6, 5, 8, 4, 7, 3, 7, 46]);

/// Tables 4.A.2 to 4.A.12.
static SPECTRAL: [Codebook; 11] = [
    Codebook::new(&[1, 0, 0, 0, 8, 0, 24, 0, 24, 8, 16], 4, b""),
    Codebook::new(&[0, 0, 1, 1, 7, 24, 15, 19, 14], 4, b""),
    Codebook::new(
        &[1, 0, 0, 4, 2, 6, 3, 5, 15, 15, 8, 9, 3, 3, 5, 2],
        4,
        b"011112222232343311223232331221224334323244332333223243344233333344442233434443233",
    ),
    Codebook::new(
        &[0, 0, 0, 10, 6, 0, 9, 21, 8, 14, 11, 2],
        4,
        b"433331202222121144443333333333332222222222221111444444333333333433344422222243333",
    ),
    Codebook::new(&[1, 0, 0, 4, 4, 0, 4, 12, 12, 12, 18, 10, 4], 2, b""),
    Codebook::new(&[0, 0, 0, 9, 0, 16, 13, 8, 23, 8, 4], 2, b""),
    Codebook::new(
        &[1, 0, 2, 1, 0, 4, 5, 10, 14, 15, 8, 4],
        2,
        b"0112221122211222222221122212122222222211222222222222112222222222",
    ),
    Codebook::new(
        &[0, 0, 1, 5, 7, 10, 14, 15, 8, 4],
        2,
        b"2212120112222222221122222222221212222222121222222222221212222112",
    ),
    Codebook::new(
        &[1, 0, 2, 1, 0, 4, 3, 8, 11, 20, 31, 38, 32, 14, 4],
        2,
        b"0112221122211222222221122222221212222222212222222212221222212222112222222222222122212222222222222222\
          222212212222222122222222222222212212222122222222222222222222222222222",
    ),
    Codebook::new(
        &[0, 0, 0, 3, 8, 14, 17, 25, 31, 41, 22, 8],
        2,
        b"2222112222211222202211222222222222121222222222222121222222222222222222122222122222222222222222121222\
          222212222221222222222222222221212122222222222222212122212221222222122",
    ),
    Codebook::new(
        &[0, 0, 0, 2, 6, 7, 16, 59, 55, 95, 43, 6],
        2,
        b"02c11222222121222222211222222222222222bbbbb2b121b2bbbb22222bb22bbb22b2bbb2b22bb2221bb222212bb22b2b22\
          22222b221222222122222222222222122222222222a222222a21222222222222222222222222222222122222222222222222\
          21222222222222222222222222222112222222222222222222222222212212122212222211222212212112112",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_codebook_is_complete() {
        for (book, size) in SPECTRAL.iter().zip([81, 81, 81, 81, 81, 81, 64, 64, 169, 169, 289]) {
            assert_eq!(book.words.bounds.iter().max(), Some(&(1 << 32)));
            assert_eq!(book.words.find(u32::MAX).map(|(_, index)| index), Some(size - 1));
            assert!(book.suffixes.is_empty() || book.suffixes.len() == size);
        }
        assert_eq!(SCALE_FACTORS.find(u32::MAX), Some((19, 120)));
        assert_eq!(SCALE_FACTORS.find(0), Some((1, 0)));
    }

    #[test]
    fn a_quick_look_finds_what_a_long_one_finds() {
        for book in &SPECTRAL {
            for start in 0..1_u32 << 16 {
                let bytes = (start << 16).to_be_bytes();
                let mut bits = BitReader::new(&bytes);
                let escapes = book.skip(&mut bits).unwrap();
                let (length, index) = book.words.find(start << 16).unwrap();
                let long = entry(length, book.suffixes, index);
                assert_eq!((bits.position(), escapes), (u64::from(long.bits), long.escapes));
            }
        }
    }

    #[test]
    fn codewords_are_passed_over_with_their_signs() {
        // Codebook 11: 0000 is (0, 0); 0001 is (1, 1) with two signs; 00100 is (16, 16) with two signs and two escapes,
        // which are left; then one of the longest, 12 bits, with two signs.
        let mut bits = BitReader::new(&[0b0000_0001, 0b1100_1001, 0b1111_1111, 0b1111_1110]);
        let book = spectral(11).unwrap();
        let skipped: Vec<_> = (0..4).map(|_| book.skip(&mut bits).map(|escapes| (escapes, bits.position()))).collect();
        assert_eq!(skipped, [Ok((0, 4)), Ok((0, 10)), Ok((2, 17)), Ok((0, 31))]);
    }

    #[test]
    fn a_codeword_past_the_end_is_refused() {
        let mut bits = BitReader::new(&[0xff]);
        let ended = BitsEnded { element: "hcod_sf", position: 0 };
        assert_eq!(skip_scale_factor(&mut bits), Err(ended));
    }

    #[test]
    fn only_codebooks_1_to_11_hold_spectra() {
        assert!(spectral(0).is_none() && spectral(12).is_none() && spectral(15).is_none());
        assert_eq!(spectral(4).map(|book| book.dimension), Some(4));
        assert_eq!(spectral(5).map(|book| book.dimension), Some(2));
    }
}
