//! The orientation in Exif metadata (CIPA DC-008-2023, Exif 3.0), which JPEG, PNG and WebP carry alike.
//!
//! Only the first directory is read, and damage in it is no damage of the image: readers show it as stored.

use crate::facts::{Evidence, Fact, Orientation};
use crate::input::{Reader, Stop};

/// Reads the orientation from the Exif block that fills `length` bytes of the file at `offset`, with or without the
/// identifier `Exif\0\0` in front. `path` names the field for the evidence. Absent: shown as stored.
pub(crate) fn orientation(
    reader: &mut Reader<'_>,
    offset: u64,
    length: u64,
    path: &'static str,
) -> Result<Fact<Orientation>, Stop> {
    let head = reader.bytes(offset, length.min(PREFIX), "Exif")?;
    let identifier = if head.starts_with(IDENTIFIER) { IDENTIFIER.len() } else { 0 };
    let mut block = Block {
        reader,
        start: offset + identifier as u64,
        length: length.saturating_sub(identifier as u64),
        head: head.get(identifier..).unwrap_or_default(),
        little_endian: false,
    };
    Ok(match block.orientation()? {
        Some((orientation, offset)) => Fact::known(orientation, Evidence::new(offset, path)),
        None => Fact::Absent,
    })
}

/// The identifier of an `APP1` segment that holds Exif metadata (Exif 3.0 4.7.2.1); some writers put it elsewhere too.
pub(crate) const IDENTIFIER: &[u8] = b"Exif\0\0";

/// A TIFF structure inside the file.
struct Block<'r, 's, 'h> {
    reader: &'r mut Reader<'s>,
    start: u64,
    length: u64,
    /// Its first bytes, as many as were read at once.
    head: &'h [u8],
    little_endian: bool,
}

impl Block<'_, '_, '_> {
    /// The orientation and the absolute offset of its value.
    fn orientation(&mut self) -> Result<Option<(Orientation, u64)>, Stop> {
        let Some(header) = self.array::<8>(0)? else {
            return Ok(None);
        };
        self.little_endian = match header {
            [b'I', b'I', 42, 0, ..] => true,
            [b'M', b'M', 0, 42, ..] => false,
            _ => return Ok(None),
        };
        let [.., a, b, c, d] = header;
        let directory = u64::from(self.u32([a, b, c, d]));
        let Some(count) = self.array::<2>(directory)? else {
            return Ok(None);
        };
        for index in 0..u64::from(self.u16(count)).min(MOST_ENTRIES) {
            let place = directory + 2 + index * 12;
            let Some(entry) = self.array::<12>(place)? else {
                return Ok(None);
            };
            let [t0, t1, k0, k1, _, _, _, _, value @ ..] = entry;
            if self.u16([t0, t1]) == ORIENTATION {
                let value = self.value(self.u16([k0, k1]), value);
                return Ok(value.and_then(Orientation::new).map(|orientation| (orientation, self.start + place + 8)));
            }
        }
        Ok(None)
    }

    /// The first value of an entry, which is a SHORT by the standard and a BYTE or a LONG from some writers.
    fn value(&self, kind: u16, value: [u8; 4]) -> Option<u8> {
        let [a, b, ..] = value;
        let number = match kind {
            1 => u32::from(a),
            3 => u32::from(self.u16([a, b])),
            4 => self.u32(value),
            _ => return None,
        };
        u8::try_from(number).ok()
    }

    /// `N` bytes at `offset` of the block, from the head where it holds them; `None` past the block's end.
    fn array<const N: usize>(&mut self, offset: u64) -> Result<Option<[u8; N]>, Stop> {
        if offset.checked_add(N as u64).is_none_or(|end| end > self.length) {
            return Ok(None);
        }
        let held = usize::try_from(offset).ok().and_then(|offset| self.head.get(offset..)?.first_chunk());
        match held {
            Some(bytes) => Ok(Some(*bytes)),
            None => self.reader.array(self.start + offset, "Exif").map(Some),
        }
    }

    const fn u16(&self, bytes: [u8; 2]) -> u16 {
        if self.little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) }
    }

    const fn u32(&self, bytes: [u8; 4]) -> u32 {
        if self.little_endian { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }
    }
}

/// Bytes read at once: the first directory of cameras fits.
const PREFIX: u64 = 256;
/// Entries looked at, in order. Tags ascend and the orientation is among the first ones.
const MOST_ENTRIES: u64 = 128;
/// Tag 0x0112 (Exif 3.0 4.6.5.1.6).
const ORIENTATION: u16 = 0x0112;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::Budget;

    fn read(bytes: &[u8], offset: u64) -> Fact<Orientation> {
        let source = bytes.to_vec();
        let mut reader = Reader::new(&source, Budget::default()).unwrap();
        orientation(&mut reader, offset, bytes.len() as u64 - offset, "orientation").unwrap()
    }

    fn value(bytes: &[u8]) -> Option<u8> {
        read(bytes, 0).value().map(|orientation| orientation.value())
    }

    /// TIFF header, then a directory with one entry: orientation, SHORT, one value.
    const LITTLE: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    const BIG: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";

    #[test]
    fn both_byte_orders_are_read() {
        assert_eq!(value(LITTLE), Some(6));
        assert_eq!(value(BIG), Some(8));
    }

    #[test]
    fn the_identifier_and_the_offset_are_counted() {
        let fact = read(&[b"......", IDENTIFIER, LITTLE].concat(), 6);
        assert_eq!(fact.value().unwrap().value(), 6);
        assert_eq!(fact.evidence().unwrap().offset, 6 + 6 + 8 + 2 + 8);
    }

    #[test]
    fn a_directory_far_behind_the_header_is_read() {
        let mut bytes = b"MM\0*\0\0\x10\0".to_vec();
        bytes.resize(0x1000, 0xaa);
        bytes.extend(&BIG[8..]);
        assert_eq!(value(&bytes), Some(8));
    }

    #[test]
    fn other_types_of_the_value_are_read() {
        assert_eq!(value(b"II*\0\x08\0\0\0\x01\0\x12\x01\x04\0\x01\0\0\0\x03\0\0\0"), Some(3));
        assert_eq!(value(b"II*\0\x08\0\0\0\x01\0\x12\x01\x01\0\x01\0\0\0\x03\0\0\0"), Some(3));
        assert_eq!(value(b"II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\x01\0\0\0\x03\0\0\0"), None);
    }

    #[test]
    fn values_that_mean_nothing_are_absent() {
        for wrong in [0, 9, 255] {
            let mut bytes = LITTLE.to_vec();
            bytes[18] = wrong;
            assert_eq!(read(&bytes, 0), Fact::Absent);
        }
    }

    #[test]
    fn every_cut_and_every_wild_offset_is_absent() {
        for length in 0..22 {
            assert_eq!(read(&LITTLE[..length], 0), Fact::Absent, "cut to {length}");
        }
        assert_eq!(value(b"II*\0\xff\xff\xff\xff\x01\0"), None);
        assert_eq!(value(b"MM\0*\0\0\0\x08\xff\xff\0\0"), None);
    }

    proptest! {
        #[test]
        fn arbitrary_blocks_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            value(&bytes);
            value(&[b"II*\0", &*bytes].concat());
        }
    }
}
