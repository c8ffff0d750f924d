//! Sizes of samples: `stsz` and the compact `stz2` (ISO/IEC 14496-12:2022 8.7.3).

use super::table::{Table, full_box};
use crate::input::{Cursor, CursorEnded};

/// Sizes of all samples of a track, in decoding order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SampleSizes<'a> {
    sizes: Sizes<'a>,
    sample_count: u32,
    /// Absolute offset of the sample count.
    pub(crate) offset: u64,
}

#[derive(Clone, Copy, Debug)]
enum Sizes<'a> {
    /// All samples have this size.
    Equal(u32),
    Words(Table<'a, 4>),
    Halves(Table<'a, 2>),
    Bytes(Table<'a, 1>),
    /// Two sizes in a byte, the first in the high half.
    Nibbles(Table<'a, 1>),
}

impl<'a> SampleSizes<'a> {
    /// No sample at all.
    pub(crate) const fn none() -> Self {
        Self { sizes: Sizes::Equal(0), sample_count: 0, offset: 0 }
    }

    /// Reads the body of `stsz`.
    pub(crate) fn read_stsz(mut body: Cursor<'a>) -> Result<Self, CursorEnded> {
        full_box(&mut body, "mdia.minf.stbl.stsz.version")?;
        let sample_size = body.u32("mdia.minf.stbl.stsz.sample_size")?;
        let offset = body.offset();
        let sample_count = body.u32("mdia.minf.stbl.stsz.sample_count")?;
        let sizes = match sample_size {
            0 => Sizes::Words(Table::read(&body, sample_count)),
            size => Sizes::Equal(size),
        };
        Ok(Self { sizes, sample_count, offset })
    }

    /// Reads the body of `stz2`; `None` where the field size is not 4, 8 or 16.
    pub(crate) fn read_stz2(mut body: Cursor<'a>) -> Result<Option<Self>, CursorEnded> {
        full_box(&mut body, "mdia.minf.stbl.stz2.version")?;
        let field_size = body.u32("mdia.minf.stbl.stz2.field_size")? & 0xff;
        let offset = body.offset();
        let sample_count = body.u32("mdia.minf.stbl.stz2.sample_count")?;
        let sizes = match field_size {
            4 => Sizes::Nibbles(Table::read(&body, sample_count.div_ceil(2))),
            8 => Sizes::Bytes(Table::read(&body, sample_count)),
            16 => Sizes::Halves(Table::read(&body, sample_count)),
            _ => return Ok(None),
        };
        Ok(Some(Self { sizes, sample_count, offset }))
    }

    /// Number of samples whose size is known: all that the box counts, or as many as it holds sizes for.
    pub(crate) fn len(&self) -> u64 {
        let held = match &self.sizes {
            Sizes::Equal(_) => u64::MAX,
            Sizes::Words(table) => table.len() as u64,
            Sizes::Halves(table) => table.len() as u64,
            Sizes::Bytes(table) => table.len() as u64,
            Sizes::Nibbles(table) => table.len() as u64 * 2,
        };
        held.min(self.claimed())
    }

    /// Number of samples that the box counts.
    pub(crate) fn claimed(&self) -> u64 {
        u64::from(self.sample_count)
    }

    /// The size that all samples share, where they do.
    pub(crate) const fn equal(&self) -> Option<u32> {
        match self.sizes {
            Sizes::Equal(size) => Some(size),
            _ => None,
        }
    }

    /// The sizes of all samples, where each has 32 bits of its own; otherwise none.
    pub(crate) const fn words(&self) -> &'a [[u8; 4]] {
        match self.sizes {
            Sizes::Words(table) => table.entries(),
            _ => &[],
        }
    }

    /// Size of the sample at `index`, counted from 0; `None` past the end.
    #[inline]
    pub(crate) fn get(&self, index: u64) -> Option<u32> {
        let at = usize::try_from(index).ok()?;
        // A table holds no more entries than there are samples, but for half a byte at its end.
        Some(match &self.sizes {
            Sizes::Equal(_) | Sizes::Nibbles(_) if index >= self.len() => return None,
            Sizes::Equal(size) => *size,
            Sizes::Words(table) => u32::from_be_bytes(*table.get(at)?),
            Sizes::Halves(table) => u32::from(u16::from_be_bytes(*table.get(at)?)),
            Sizes::Bytes(table) => u32::from(table.get(at)?[0]),
            Sizes::Nibbles(table) => {
                let [byte] = *table.get(at / 2)?;
                u32::from(if at % 2 == 0 { byte >> 4 } else { byte & 15 })
            }
        })
    }

    /// Bytes of the samples `first..first + count`, those past the end left out.
    pub(crate) fn sum(&self, first: u64, count: u64) -> u64 {
        let end = first.saturating_add(count).min(self.len());
        let count = end.saturating_sub(first);
        match &self.sizes {
            // At most (2^32 - 1)^2, which fits.
            Sizes::Equal(size) => u64::from(*size) * count,
            Sizes::Words(table) => {
                let range = usize::try_from(first).ok().zip(usize::try_from(end).ok());
                let words = range.and_then(|(first, end)| table.entries().get(first..end)).unwrap_or_default();
                words.iter().map(|&size| u64::from(u32::from_be_bytes(size))).sum()
            }
            _ => (first..end).filter_map(|index| self.get(index)).map(u64::from).sum(),
        }
    }
}

/// The body of an `stsz` with these sizes; for tests of other modules too.
#[cfg(test)]
pub(crate) fn stsz_body(sizes: &[u32]) -> Vec<u8> {
    let mut body = vec![0; 8];
    body.extend((sizes.len() as u32).to_be_bytes());
    body.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `stsz` as ffmpeg writes it for three samples, without the box header.
    const STSZ: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\x03\0\0\x02\xdd\0\0\0\x0c\0\0\0\x0d";

    fn all(sizes: SampleSizes<'_>) -> Vec<u32> {
        (0..sizes.len()).filter_map(|index| sizes.get(index)).collect()
    }

    #[test]
    fn each_form_gives_the_sizes() {
        let sizes = SampleSizes::read_stsz(Cursor::new(STSZ, 0)).unwrap();
        assert_eq!(all(sizes), [733, 12, 13]);
        assert_eq!((sizes.sum(1, 2), sizes.sum(2, 9), sizes.sum(3, 1)), (25, 13, 0));
        assert_eq!(sizes.offset, 8);
        let equal = SampleSizes::read_stsz(Cursor::new(b"\0\0\0\0\0\0\0\x04\0\0\0\x02", 0)).unwrap();
        assert_eq!((all(equal), equal.equal(), equal.sum(0, 9)), (vec![4, 4], Some(4), 8));
        let stz2 = |bytes| all(SampleSizes::read_stz2(Cursor::new(bytes, 0)).unwrap().unwrap());
        assert_eq!(stz2(b"\0\0\0\0\0\0\0\x04\0\0\0\x03\x12\x30"), [1, 2, 3]);
        assert_eq!(stz2(b"\0\0\0\0\0\0\0\x08\0\0\0\x02\x12\x30"), [0x12, 0x30]);
        assert_eq!(stz2(b"\0\0\0\0\0\0\0\x10\0\0\0\x01\x12\x30"), [0x1230]);
        assert!(SampleSizes::read_stz2(Cursor::new(b"\0\0\0\0\0\0\0\x05\0\0\0\x01\x12", 0)).unwrap().is_none());
    }

    #[test]
    fn a_count_above_the_table_is_cut_to_it() {
        let hostile = SampleSizes::read_stsz(Cursor::new(b"\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\x07", 0)).unwrap();
        assert_eq!((hostile.len(), hostile.claimed(), hostile.sum(0, u64::MAX)), (1, 0xffff_ffff, 7));
    }

    #[test]
    fn every_prefix_is_an_end_or_a_shorter_table() {
        for length in 0..STSZ.len() {
            match SampleSizes::read_stsz(Cursor::new(&STSZ[..length], 0)) {
                Ok(sizes) => assert!(sizes.len() < sizes.claimed()),
                Err(ended) => assert!(length < 12 && ended.field.contains("stsz")),
            }
        }
        assert_eq!(stsz_body(&[733, 12, 13]), STSZ);
    }
}
