//! Clusters and their blocks: where each frame is, and when (RFC 9559 5.1.3 and 10).

use super::ebml::{Element, HEAD, head, number, unsigned};
use super::ids;
use crate::input::{Cursor, Reader, Stop};

/// One frame of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Offset in the file.
    pub(super) offset: u64,
    /// When it is shown or heard, in ticks of the segment. Of frames in one lace, that of the first.
    pub(super) time: i64,
    /// Its place in its lace.
    pub(super) place: u16,
    /// Size in bytes.
    pub(super) size: u32,
    /// How long it lasts, in ticks. Absent: not given.
    pub(super) duration: Option<u32>,
    /// Whether it is said to need no other frame.
    pub(super) is_key: bool,
}

/// The frames of all tracks, by the number of the track.
#[derive(Clone, Debug)]
pub(super) struct Frames {
    /// One entry a track: its number, and its frames in the order of the file.
    pub(super) tracks: Vec<(u64, Vec<Frame>)>,
    held: u64,
}

impl Frames {
    /// No frame yet of the tracks with these numbers.
    pub(super) fn new(numbers: impl Iterator<Item = u64>) -> Self {
        Self { tracks: numbers.map(|number| (number, Vec::new())).collect(), held: 0 }
    }

    /// Reads a cluster whose data end at `end` at most. Returns where it ends.
    pub(super) fn cluster(&mut self, cluster: &Element, end: u64, reader: &mut Reader<'_>) -> Result<u64, Stop> {
        let end = cluster.end(end);
        let mut offset = cluster.body;
        let mut time = 0_i64;
        while offset < end {
            reader.visit(1, offset, "Cluster")?;
            let (bytes, count) = head(reader, offset)?;
            let bytes = bytes.get(..count).unwrap_or_default();
            let child = Element::parse(bytes, offset)?;
            if cluster.size.is_none() && ids::is_top_level(child.id) {
                return Ok(offset);
            }
            let Some(size) = child.size else { return Err(sizeless(&child)) };
            child.is_within(end, "Cluster.element")?;
            match child.id {
                ids::TIMESTAMP => time = i64::try_from(small(reader, &child, "Cluster.Timestamp")?).unwrap_or(i64::MAX),
                ids::SIMPLE_BLOCK => {
                    let inside = usize::try_from(child.body - offset).ok().and_then(|start| bytes.get(start..));
                    let block = Block::read(inside.unwrap_or_default(), &child, reader)?;
                    self.take(&block, time, (None, block.is_key), reader)?;
                }
                ids::BLOCK_GROUP => self.group(&child, time, reader)?,
                _ => {}
            }
            offset = child.body.saturating_add(size);
        }
        Ok(end)
    }

    /// Reads a `BlockGroup`.
    fn group(&mut self, group: &Element, time: i64, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let end = group.end(reader.len());
        let (mut offset, mut block, mut duration, mut is_key) = (group.body, None, None, true);
        while offset < end {
            reader.visit(1, offset, "Cluster.BlockGroup")?;
            let child = Element::read(reader, offset)?;
            let Some(size) = child.size else { return Err(sizeless(&child)) };
            child.is_within(end, "Cluster.BlockGroup.element")?;
            match child.id {
                ids::BLOCK => block = Some(Block::read(&[], &child, reader)?),
                ids::BLOCK_DURATION => {
                    duration = u32::try_from(small(reader, &child, "Cluster.BlockGroup.BlockDuration")?).ok();
                }
                ids::REFERENCE_BLOCK => is_key = false,
                _ => {}
            }
            offset = child.body.saturating_add(size);
        }
        block.map_or(Ok(()), |block| self.take(&block, time, (duration, is_key), reader))
    }

    /// Adds the frames of a block.
    fn take(
        &mut self,
        block: &Block,
        cluster: i64,
        (duration, is_key): (Option<u32>, bool),
        reader: &mut Reader<'_>,
    ) -> Result<(), Stop> {
        let Some((_, frames)) = self.tracks.iter_mut().find(|(number, _)| *number == block.track) else {
            return Ok(());
        };
        let sizes = block.sizes(reader)?;
        let count = u32::try_from(sizes.sizes.len()).unwrap_or(u32::MAX).max(1);
        self.held = self.held.saturating_add(u64::from(count) * BYTES_A_FRAME);
        let stop = |exhausted| Stop::Budget { offset: block.offset, field: "Cluster.SimpleBlock", exhausted };
        reader.budget().structure(self.held).map_err(stop)?;
        let mut offset = sizes.data;
        for (place, size) in (0..).zip(sizes.sizes) {
            frames.push(Frame {
                offset,
                time: cluster.saturating_add(block.time.into()),
                place,
                size,
                duration: duration.map(|duration| duration / count),
                is_key,
            });
            offset = offset.saturating_add(size.into());
        }
        Ok(())
    }
}

/// The header of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    offset: u64,
    /// Number of the track.
    track: u64,
    /// Ticks after those of the cluster.
    time: i16,
    /// The flag of a `SimpleBlock`; a `Block` leaves it to the group.
    is_key: bool,
    lacing: u8,
    /// Where what follows the header begins, and where the block ends.
    data: (u64, u64),
}

impl Block {
    /// Reads the header of a block, the first bytes of which may be in memory.
    fn read(inside: &[u8], element: &Element, reader: &mut Reader<'_>) -> Result<Self, Stop> {
        element.is_within(reader.len(), "Cluster.SimpleBlock")?;
        let end = element.end(reader.len());
        let size = usize::try_from(end - element.body).unwrap_or(usize::MAX);
        let mut buffer = [0; LONGEST_BLOCK_HEADER];
        let bytes = if inside.len() >= LONGEST_BLOCK_HEADER.min(size) {
            inside.get(..size).unwrap_or(inside)
        } else {
            let count = size.min(LONGEST_BLOCK_HEADER);
            let buffer = buffer.get_mut(..count).unwrap_or_default();
            reader.fill(element.body, buffer, "Cluster.SimpleBlock")?;
            buffer
        };
        let mut cursor = Cursor::new(bytes, element.body);
        let malformed = || Stop::Malformed {
            offset: element.body,
            field: "Cluster.SimpleBlock",
            expected: "the number of a track, a time and flags".into(),
            actual: format!("{size} bytes").into(),
        };
        let (track, _) = number(&mut cursor).ok_or_else(malformed)?;
        let time = cursor.array("Cluster.SimpleBlock.Timestamp").map(i16::from_be_bytes).map_err(|_| malformed())?;
        let flags = cursor.u8("Cluster.SimpleBlock.flags").map_err(|_| malformed())?;
        Ok(Self {
            offset: element.offset,
            track,
            time,
            is_key: flags & 0x80 != 0,
            lacing: flags >> 1 & 3,
            data: (cursor.offset(), end),
        })
    }

    /// The sizes of the frames in it.
    fn sizes(&self, reader: &mut Reader<'_>) -> Result<Lace, Stop> {
        let (data, end) = self.data;
        let length = end.saturating_sub(data);
        if self.lacing == 0 {
            return Ok(Lace { data, sizes: vec![u32::try_from(length).unwrap_or(u32::MAX)] });
        }
        let count = usize::try_from(length.min(LONGEST_LACE)).unwrap_or(0);
        let mut bytes = vec![0; count];
        reader.fill(data, &mut bytes, "Cluster.SimpleBlock.lace")?;
        let mut cursor = Cursor::new(&bytes, data);
        lace(self.lacing, &mut cursor, length).map(|sizes| Lace { data: cursor.offset(), sizes }).ok_or_else(|| {
            Stop::Malformed {
                offset: data,
                field: "Cluster.SimpleBlock.lace",
                expected: "sizes of frames that the block holds".into(),
                actual: "others".into(),
            }
        })
    }
}

/// Several frames in one block.
struct Lace {
    /// Offset of the first frame.
    data: u64,
    sizes: Vec<u32>,
}

/// Reads the head of a lace in a block that has `length` bytes from there on (RFC 9559 10.3). `None`: it is cut, or its frames do not fit.
fn lace(lacing: u8, cursor: &mut Cursor<'_>, length: u64) -> Option<Vec<u32>> {
    let start = cursor.offset();
    let last = usize::from(cursor.u8("lace").ok()?);
    let mut sizes = Vec::with_capacity(last + 1);
    match lacing {
        XIPH => {
            for _ in 0..last {
                let mut size = 0_u32;
                loop {
                    let byte = cursor.u8("lace").ok()?;
                    size = size.checked_add(byte.into())?;
                    if byte < u8::MAX {
                        break;
                    }
                }
                sizes.push(size);
            }
        }
        FIXED => {
            let left = length.checked_sub(1)?;
            let count = last as u64 + 1;
            if !left.is_multiple_of(count) {
                return None;
            }
            return Some(vec![u32::try_from(left / count).ok()?; last + 1]);
        }
        _ => {
            let mut size = 0_i64;
            for place in 0..last {
                let before = cursor.remaining();
                let (value, _) = number(cursor)?;
                let value = i64::try_from(value).ok()?;
                // Sizes behind the first are differences, written with the middle of their range for zero.
                let bits = u32::try_from(before - cursor.remaining()).ok()? * 7;
                size = if place == 0 { value } else { size.checked_add(value - ((1_i64 << (bits - 1)) - 1))? };
                sizes.push(u32::try_from(size).ok()?);
            }
        }
    }
    let used = cursor.offset() - start + sizes.iter().map(|size| u64::from(*size)).sum::<u64>();
    sizes.push(u32::try_from(length.checked_sub(used)?).ok()?);
    Some(sizes)
}

/// An unsigned number of the file.
fn small(reader: &mut Reader<'_>, element: &Element, field: &'static str) -> Result<u64, Stop> {
    let size = element.size.unwrap_or(0).min(8);
    let mut bytes = [0; 8];
    let bytes = bytes.get_mut(..usize::try_from(size).unwrap_or(0)).unwrap_or_default();
    reader.fill(element.body, bytes, field)?;
    Ok(unsigned(Cursor::new(bytes, element.body)))
}

fn sizeless(element: &Element) -> Stop {
    Stop::Malformed {
        offset: element.offset,
        field: "EBML.size",
        expected: "a size".into(),
        actual: "none, in an element that needs one".into(),
    }
}

const XIPH: u8 = 1;
const FIXED: u8 = 2;
/// Bytes of the header of a block at most: eight of the track's number, two of time, one of flags.
const LONGEST_BLOCK_HEADER: usize = 11;
/// Bytes of the head of a lace that are read: it has at most 256 frames, of which few need more than a handful of bytes.
const LONGEST_LACE: u64 = 8 << 10;
/// What a frame takes in memory here and when it is lowered to a sample.
const BYTES_A_FRAME: u64 = 128;

const _: () = assert!(HEAD >= LONGEST_BLOCK_HEADER);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laces_are_taken_apart() {
        let sizes = |lacing, bytes: &[u8], length| lace(lacing, &mut Cursor::new(bytes, 0), length);
        // RFC 9559 10.3.2: frames of 800, 500 and 1000 bytes.
        assert_eq!(sizes(XIPH, &[2, 255, 255, 255, 35, 255, 245], 1 + 4 + 2 + 2300), Some(vec![800, 500, 1000]));
        // 10.3.3: the difference of -300 in two bytes.
        assert_eq!(sizes(3, &[2, 0x43, 0x20, 0x5e, 0xd3], 1 + 4 + 2300), Some(vec![800, 500, 1000]));
        assert_eq!(sizes(FIXED, &[2], 2401), Some(vec![800; 3]));
        assert_eq!(sizes(FIXED, &[2], 2402), None);
        assert_eq!(sizes(XIPH, &[1, 200], 100), None, "the first frame is larger than the block");
        assert_eq!(sizes(XIPH, &[1, 255], 1000), None, "the head is cut");
        assert_eq!(sizes(3, &[2, 0x81, 0x80], 100), None, "a size below zero");
        assert_eq!(sizes(XIPH, &[], 0), None);
    }
}
