//! How a file is cut into segments.

use crate::units::Bytes;

/// How a file is cut into segments, from the first one that is not settled yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Size of the file in bytes.
    pub size: u64,
    /// The first segment of this cut; those before it were cut otherwise and are acknowledged.
    pub first: u16,
    /// Where the first segment of this cut begins, in bytes.
    pub offset: u64,
    /// Bytes of each segment but the last; never zero.
    pub chunk: u64,
}

/// A range of the file under its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Segment {
    /// Number of the segment, from 0.
    pub index: u16,
    /// Offset of its first byte.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
}

impl Layout {
    /// A whole file in segments of `chunk` bytes, at least 1.
    pub const fn new(size: u64, chunk: u64) -> Self {
        Self { size, first: 0, offset: 0, chunk: if chunk == 0 { 1 } else { chunk } }
    }

    /// Number of segments, those before this cut included; more than [`MOST_SEGMENTS`] cannot be sent.
    pub const fn segments(&self) -> u64 {
        self.size.saturating_sub(self.offset).div_ceil(self.chunk).saturating_add(self.first as u64)
    }

    /// The segment of that number. Absent: it lies before this cut or past the end of the file.
    pub fn segment(&self, index: u16) -> Option<Segment> {
        let within = u64::from(index.checked_sub(self.first)?);
        let offset = self.offset.checked_add(within.checked_mul(self.chunk)?)?;
        let length = self.size.checked_sub(offset)?.min(self.chunk);
        (length > 0).then_some(Segment { index, offset, length })
    }
}

/// The size of segments for a file: `asked`, or else 1 MiB; larger only where the file would have too many of them.
///
/// A size that was asked for is kept, whatever comes of it.
pub(super) const fn chunk_size(size: u64, asked: Option<u64>) -> u64 {
    if let Some(asked) = asked {
        return asked;
    }
    let needed = size.div_ceil(MOST_SEGMENTS).next_multiple_of(Bytes::MIB);
    if needed < DEFAULT_CHUNK { DEFAULT_CHUNK } else { needed }
}

/// Segments of a file at most: the numbers go from 0 to 999.
pub const MOST_SEGMENTS: u64 = 1000;
/// Bytes of a segment at most, as the documents say.
pub const LARGEST_CHUNK: u64 = 5 * Bytes::MIB;
/// Bytes of a segment at most where it travels as base64, whose text may have 5 MiB.
pub const LARGEST_BASE64_CHUNK: u64 = LARGEST_CHUNK / 4 * 3;
/// Bytes of a segment where nobody asks for another size: what no server was seen to refuse.
const DEFAULT_CHUNK: u64 = Bytes::MIB;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cover_the_file_without_gap_or_overlap() {
        for (size, chunk) in [(0, 5), (1, 5), (4, 5), (5, 5), (6, 5), (4999, 5), (1000, 1)] {
            let layout = Layout::new(size, chunk);
            let parts: Vec<Segment> = (0..=999).map_while(|index| layout.segment(index)).collect();
            assert_eq!(parts.len() as u64, layout.segments(), "{size} {chunk}");
            assert_eq!(parts.iter().map(|part| part.length).sum::<u64>(), size);
            assert!(parts.windows(2).all(|pair| pair[0].offset + pair[0].length == pair[1].offset));
        }
    }

    #[test]
    fn a_second_cut_goes_on_where_the_first_ended() {
        let layout = Layout { size: 100, first: 3, offset: 30, chunk: 7 };
        assert_eq!(layout.segments(), 13);
        assert_eq!(layout.segment(2), None);
        assert_eq!(layout.segment(3), Some(Segment { index: 3, offset: 30, length: 7 }));
        assert_eq!(layout.segment(12), Some(Segment { index: 12, offset: 93, length: 7 }));
        assert_eq!(layout.segment(13), None);
    }

    #[test]
    fn chunks_grow_only_where_segments_would_be_too_many() {
        const MIB: u64 = Bytes::MIB;
        assert_eq!(chunk_size(0, None), MIB);
        assert_eq!(chunk_size(1000 * MIB, None), MIB);
        assert_eq!(chunk_size(1000 * MIB + 1, None), 2 * MIB);
        assert_eq!(chunk_size(5000 * MIB, None), 5 * MIB);
        assert_eq!(chunk_size(5000 * MIB + 1, None), 6 * MIB);
        assert_eq!(chunk_size(5000 * MIB, Some(4)), 4);
        assert_eq!(LARGEST_BASE64_CHUNK, 3_932_160);
    }

    #[test]
    fn a_chunk_of_nothing_is_none() {
        assert_eq!(Layout::new(3, 0).segments(), 3);
        assert_eq!(Layout { size: 10, first: u16::MAX, offset: 20, chunk: 1 }.segment(u16::MAX), None);
    }
}
