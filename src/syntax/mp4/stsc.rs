//! Where samples stand: `stsc` maps samples to chunks, `stco` and `co64` say where chunks begin
//! (ISO/IEC 14496-12:2022 8.7.4 and 8.7.5).

use super::stsz::SampleSizes;
use super::table::{Table, word};

/// Offsets of the chunks of a track.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ChunkOffsets<'a> {
    /// `stco`
    Short(Table<'a, 4>),
    /// `co64`
    Long(Table<'a, 8>),
}

impl ChunkOffsets<'_> {
    /// Offset of the chunk at `index`, counted from 0.
    pub(crate) fn get(&self, index: usize) -> Option<u64> {
        match self {
            Self::Short(table) => table.get(index).map(|&offset| u64::from(u32::from_be_bytes(offset))),
            Self::Long(table) => table.get(index).map(|&offset| u64::from_be_bytes(offset)),
        }
    }

    /// Absolute offset of the entry at `index`.
    pub(crate) const fn offset_of(&self, index: usize) -> u64 {
        match self {
            Self::Short(table) => table.offset_of(index),
            Self::Long(table) => table.offset_of(index),
        }
    }
}

/// One chunk: samples that follow each other in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Index of the chunk, counted from 0.
    pub(crate) index: usize,
    /// Offset of its first sample in the file.
    pub(crate) offset: u64,
    /// Number of its samples.
    pub(crate) samples: u32,
    /// `sample_description_index`, counted from 1.
    pub(crate) description: u32,
}

/// Iterates over the chunks of a track in decoding order.
///
/// Entries of `stsc` whose `first_chunk` does not grow are passed over, as other readers do.
#[derive(Clone, Debug)]
pub(crate) struct Chunks<'a> {
    stsc: &'a [[u8; 12]],
    offsets: ChunkOffsets<'a>,
    chunk: usize,
    samples: u32,
    description: u32,
}

impl<'a> Chunks<'a> {
    /// The chunks that the two tables describe.
    pub(crate) const fn new(stsc: Table<'a, 12>, offsets: ChunkOffsets<'a>) -> Self {
        Self { stsc: stsc.entries(), offsets, chunk: 0, samples: 0, description: 1 }
    }
}

impl Iterator for Chunks<'_> {
    type Item = Chunk;

    fn next(&mut self) -> Option<Chunk> {
        let index = self.chunk;
        let offset = self.offsets.get(index)?;
        while let Some((entry, rest)) = self.stsc.split_first() {
            // `first_chunk` counts from 1, so an entry holds from the chunk whose index is one less.
            if word(entry, 0) as usize > index + 1 {
                break;
            }
            (self.samples, self.description) = (word(entry, 4), word(entry, 8));
            self.stsc = rest;
        }
        self.chunk += 1;
        Some(Chunk { index, offset, samples: self.samples, description: self.description })
    }
}

/// Where one sample stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Offset in the file.
    pub(crate) offset: u64,
    /// Size in bytes.
    pub(crate) size: u32,
    /// `sample_description_index`, counted from 1.
    pub(crate) description: u32,
}

/// Samples that come next and stand next to each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighbours<'a> {
    /// Offset of the first of them in the file.
    pub(crate) offset: u64,
    /// Their sizes, as `stsz` has them.
    pub(crate) sizes: &'a [[u8; 4]],
    /// `sample_description_index` of all of them, counted from 1.
    pub(crate) description: u32,
}

/// Iterates over the places of all samples of a track in decoding order.
///
/// Ends with the chunks or with the sizes, whichever ends first.
#[derive(Clone, Debug)]
pub(crate) struct Places<'a> {
    chunks: Chunks<'a>,
    sizes: SampleSizes<'a>,
    /// Sizes of the next samples, in the usual form.
    words: &'a [[u8; 4]],
    sample: u64,
    left: u32,
    offset: u64,
    description: u32,
}

impl<'a> Places<'a> {
    /// The places of the samples of `sizes` in `chunks`.
    pub(crate) const fn new(chunks: Chunks<'a>, sizes: SampleSizes<'a>) -> Self {
        Self { chunks, sizes, words: sizes.words(), sample: 0, left: 0, offset: 0, description: 1 }
    }
}

impl<'a> Places<'a> {
    /// The samples that are left of the chunk, or those of the next one. `None`: there are none, or their sizes have another
    /// form than the usual one.
    #[inline]
    pub(crate) fn neighbours(&mut self) -> Option<Neighbours<'a>> {
        if self.words.is_empty() {
            return None;
        }
        if self.left == 0 {
            self.next_chunk()?;
        }
        let sizes = self.words.get(..self.left as usize).unwrap_or(self.words);
        Some(Neighbours { offset: self.offset, sizes, description: self.description })
    }

    /// Passes over the first `count` of the samples that [`Self::neighbours`] gave, of so many bytes in all.
    #[inline]
    pub(crate) fn pass(&mut self, count: u32, bytes: u64) {
        self.words = self.words.get(count as usize..).unwrap_or_default();
        self.left = self.left.saturating_sub(count);
        self.sample += u64::from(count);
        self.offset = self.offset.saturating_add(bytes);
    }

    /// Goes on to the next chunk that holds a sample.
    #[inline(never)]
    fn next_chunk(&mut self) -> Option<()> {
        while self.left == 0 {
            let chunk = self.chunks.next()?;
            (self.left, self.offset, self.description) = (chunk.samples, chunk.offset, chunk.description);
        }
        Some(())
    }
}

impl Iterator for Places<'_> {
    type Item = Place;

    #[expect(
        clippy::inline_always,
        reason = "a place that is handed on in memory costs as much as it takes to find it"
    )]
    #[inline(always)]
    fn next(&mut self) -> Option<Place> {
        let size = if let Some((&word, rest)) = self.words.split_first() {
            self.words = rest;
            u32::from_be_bytes(word)
        } else {
            self.sizes.get(self.sample)?
        };
        if self.left == 0 {
            self.next_chunk()?;
        }
        let place = Place { offset: self.offset, size, description: self.description };
        self.left -= 1;
        self.sample += 1;
        self.offset = self.offset.saturating_add(u64::from(size));
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Cursor;
    use crate::syntax::mp4::stsz::stsz_body;

    fn chunks(stsc: &[[u32; 3]], offsets: &[u32]) -> Vec<Chunk> {
        let stsc_bytes: Vec<u8> = stsc.as_flattened().iter().flat_map(|word| word.to_be_bytes()).collect();
        let stco_bytes: Vec<u8> = offsets.iter().flat_map(|word| word.to_be_bytes()).collect();
        let stsc = Table::read(&Cursor::new(&stsc_bytes, 0), stsc.len() as u32);
        let stco = ChunkOffsets::Short(Table::read(&Cursor::new(&stco_bytes, 0), offsets.len() as u32));
        Chunks::new(stsc, stco).collect()
    }

    #[test]
    fn an_entry_holds_up_to_the_next_one() {
        let found = chunks(&[[1, 3, 1], [3, 1, 2]], &[100, 200, 300, 400]);
        let shape: Vec<_> = found.iter().map(|c| (c.index, c.offset, c.samples, c.description)).collect();
        assert_eq!(shape, [(0, 100, 3, 1), (1, 200, 3, 1), (2, 300, 1, 2), (3, 400, 1, 2)]);
    }

    #[test]
    fn entries_out_of_order_do_not_stall() {
        assert_eq!(chunks(&[[0, 3, 1], [0, 4, 1], [u32::MAX, 5, 1]], &[1, 2]).len(), 2);
        assert!(chunks(&[[1, 1, 1]], &[]).is_empty());
        assert_eq!(chunks(&[], &[7])[0].samples, 0);
    }

    #[test]
    fn samples_follow_each_other_inside_a_chunk() {
        let stsc = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1];
        let offsets = [0, 0, 0, 0, 0, 0, 3, 232, 0, 0, 0, 0, 0, 0, 0, 5];
        let body = stsz_body(&[10, 20, 30, 40, 50]);
        let places: Vec<_> = Places::new(
            Chunks::new(
                Table::read(&Cursor::new(&stsc, 0), 1),
                ChunkOffsets::Long(Table::read(&Cursor::new(&offsets, 0), 2)),
            ),
            SampleSizes::read_stsz(Cursor::new(&body, 0)).unwrap(),
        )
        .map(|place| (place.offset, place.size))
        .collect();
        assert_eq!(places, [(1000, 10), (1010, 20), (5, 30), (35, 40)], "the fifth sample has no chunk");
    }
}
