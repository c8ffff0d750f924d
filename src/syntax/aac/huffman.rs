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
}

/// What follows a codeword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suffix {
    /// Number of sign bits.
    pub(super) signs: u8,
    /// Number of escape sequences.
    pub(super) escapes: u8,
}

impl Codebook {
    const fn new(counts: &[u8], dimension: u16, suffixes: &'static [u8]) -> Self {
        Self { words: Codewords::new(counts), dimension, suffixes }
    }

    /// Takes one codeword.
    pub(super) fn take(&self, bits: &mut BitReader<'_>) -> Result<Suffix, BitsEnded> {
        let index = self.words.take(bits, "hcod")?;
        let (signs, escapes) = match self.suffixes.get(index) {
            Some(digit @ b'0'..=b'4') => (digit - b'0', 0),
            Some(b'a') => (1, 1),
            Some(b'b') => (2, 1),
            Some(b'c') => (2, 2),
            _ => (0, 0),
        };
        Ok(Suffix { signs, escapes })
    }
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

    /// Takes one codeword and returns its place among all.
    fn take(&self, bits: &mut BitReader<'_>, element: &'static str) -> Result<usize, BitsEnded> {
        let window = bits.peek();
        for ((length, &bound), &base) in (1_u32..).zip(&self.bounds).zip(&self.bases) {
            if u64::from(window) < bound {
                bits.skip(u64::from(length), element)?;
                let word = i64::from(window >> (32 - length));
                return Ok(usize::try_from(word + i64::from(base)).unwrap_or(usize::MAX));
            }
        }
        // The codes are complete, so that no window is left.
        Err(BitsEnded { element, position: bits.position() })
    }
}

/// Passes over one `hcod_sf`.
pub(super) fn skip_scale_factor(bits: &mut BitReader<'_>) -> Result<(), BitsEnded> {
    SCALE_FACTORS.take(bits, "hcod_sf").map(|_| ())
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
            let last = book.words.take(&mut BitReader::new(&[0xff; 4]), "hcod");
            assert_eq!(last, Ok(size - 1));
            assert!(book.suffixes.is_empty() || book.suffixes.len() == size);
        }
        assert_eq!(SCALE_FACTORS.take(&mut BitReader::new(&[0xff; 4]), "hcod_sf"), Ok(120));
    }

    #[test]
    fn codewords_are_taken_with_what_follows() {
        // Codebook 11: 0000 is (0, 0), 0001 is (1, 1), 00100 is (16, 16), the longest are 12 bits.
        let mut bits = BitReader::new(&[0b0000_0001, 0b0010_0111, 0xff, 0xf8]);
        let book = spectral(11).unwrap();
        let taken: Vec<_> = (0..4).map(|_| book.take(&mut bits).map(|suffix| (suffix.signs, suffix.escapes))).collect();
        assert_eq!(taken, [Ok((0, 0)), Ok((2, 0)), Ok((2, 2)), Ok((2, 0))]);
        assert_eq!(bits.position(), 25);
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
