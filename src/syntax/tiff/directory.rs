//! Image file directories (TIFF 6.0 section 2).

use crate::input::{Reader, Stop};

/// One directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Directory {
    offset: u64,
    entries: u16,
    little_endian: bool,
}

impl Directory {
    /// The directory at `offset`.
    pub(super) fn read(reader: &mut Reader<'_>, offset: u64, little_endian: bool) -> Result<Self, Stop> {
        reader.visit(1, offset, "IFD")?;
        let count = reader.array::<2>(offset, "IFD")?;
        let entries = if little_endian { u16::from_le_bytes(count) } else { u16::from_be_bytes(count) };
        Ok(Self { offset, entries, little_endian })
    }

    /// The first value of a tag, where it is a whole number, and the offset at which it stands.
    pub(super) fn number(&self, reader: &mut Reader<'_>, tag: u16) -> Result<Option<(u32, u64)>, Stop> {
        for index in 0..u64::from(self.entries.min(MOST_ENTRIES)) {
            let at = self.offset + 2 + index * ENTRY;
            let [t0, t1, k0, k1, c0, c1, c2, c3, v0, v1, v2, v3] = reader.array::<12>(at, "IFD entry")?;
            if self.short([t0, t1]) != tag {
                continue;
            }
            let (kind, count) = (self.short([k0, k1]), self.long([c0, c1, c2, c3]));
            let size = match kind {
                BYTE => 1,
                SHORT => 2,
                LONG => 4,
                _ => return Ok(None),
            };
            if count == 0 {
                return Ok(None);
            }
            // What does not fit into four bytes stands elsewhere.
            let is_inside = u64::from(count) * size <= 4;
            let place = if is_inside { at + 8 } else { u64::from(self.long([v0, v1, v2, v3])) };
            let value = match kind {
                BYTE => reader.array::<1>(place, "IFD value").map(|[byte]| u32::from(byte)),
                SHORT => reader.array(place, "IFD value").map(|bytes| u32::from(self.short(bytes))),
                _ => reader.array(place, "IFD value").map(|bytes| self.long(bytes)),
            };
            return match value {
                Ok(value) => Ok(Some((value, place))),
                Err(Stop::EndOfFile { .. }) => Ok(None),
                Err(stop) => Err(stop),
            };
        }
        Ok(None)
    }

    /// Number of directories from this one on; [`MOST_PAGES`] where there are more, or where they lead in a circle.
    pub(super) fn pages(self, reader: &mut Reader<'_>) -> Result<u64, Stop> {
        let mut last = self;
        for page in 1..MOST_PAGES {
            let end = last.offset + 2 + u64::from(last.entries) * ENTRY;
            let Ok(next) = reader.array::<4>(end, "next IFD") else { return Ok(page) };
            let next = self.long(next);
            if next == 0 {
                return Ok(page);
            }
            match Self::read(reader, u64::from(next), self.little_endian) {
                Ok(directory) => last = directory,
                Err(stop @ (Stop::Source(_) | Stop::Budget { .. })) => return Err(stop),
                Err(_) => return Ok(page),
            }
        }
        Ok(MOST_PAGES)
    }

    const fn short(&self, bytes: [u8; 2]) -> u16 {
        if self.little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }
    }

    const fn long(&self, bytes: [u8; 4]) -> u32 {
        if self.little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }
}

/// Bytes of an entry.
const ENTRY: u64 = 12;
/// Entries that are looked at.
const MOST_ENTRIES: u16 = 512;
/// Directories that are counted.
pub(super) const MOST_PAGES: u64 = 4096;
const BYTE: u16 = 1;
const SHORT: u16 = 3;
const LONG: u16 = 4;
