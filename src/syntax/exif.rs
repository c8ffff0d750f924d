//! The orientation and the place in Exif metadata (CIPA DC-008-2023, Exif 3.0), which JPEG, PNG and WebP carry alike.
//!
//! Only the first directory is read, and that of the place where comparisons ask for it; damage in it is no damage of the image: readers show it as stored.

use crate::facts::{Evidence, Fact, Orientation};
use crate::input::{Reader, Stop};
use crate::units::Decimal;

/// What Exif metadata say.
#[derive(Clone, Debug)]
pub(crate) struct Exif {
    /// How the image is turned. Absent: shown as stored.
    pub(crate) orientation: Fact<Orientation>,
    /// Where it was taken, as ISO 6709 writes it. Absent: it is not told; unknown where it was not asked for.
    pub(crate) location: Fact<String>,
}

impl Exif {
    /// What an image without such metadata says.
    pub(crate) const NONE: Self = Self { orientation: Fact::Absent, location: Fact::Absent };

    /// What is said where the metadata could not be reached.
    pub(crate) fn unknown(why: &'static str) -> Self {
        Self { orientation: Fact::unknown(why), location: Fact::unknown(why) }
    }
}

/// Reads the Exif block that fills `length` bytes of the file at `offset`; `path` names the orientation for the evidence.
pub(crate) fn read(reader: &mut Reader<'_>, offset: u64, length: u64, path: &'static str) -> Result<Exif, Stop> {
    let orientation = orientation(reader, offset, length, path)?;
    let location = if reader.extras().tags { location(reader, offset, length)? } else { Fact::default() };
    Ok(Exif { orientation, location })
}

/// Reads the orientation from the Exif block that fills `length` bytes of the file at `offset`, with or without the
/// identifier `Exif\0\0` in front. `path` names the field for the evidence. Absent: shown as stored.
fn orientation(
    reader: &mut Reader<'_>,
    offset: u64,
    length: u64,
    path: &'static str,
) -> Result<Fact<Orientation>, Stop> {
    let head = reader.bytes(offset, length.min(PREFIX), "Exif")?;
    let mut block = Block::new(reader, offset, length, &head);
    Ok(match block.orientation()? {
        Some((orientation, offset)) => Fact::known(orientation, Evidence::new(offset, path)),
        None => Fact::Absent,
    })
}

/// Reads the place from the Exif block that fills `length` bytes of the file at `offset`.
fn location(reader: &mut Reader<'_>, offset: u64, length: u64) -> Result<Fact<String>, Stop> {
    let head = reader.bytes(offset, length.min(PREFIX), "Exif")?;
    let mut block = Block::new(reader, offset, length, &head);
    Ok(match block.location()? {
        Some((place, offset)) => Fact::known(place, Evidence::new(offset, "Exif.GPSInfo")),
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

/// An entry of a directory.
struct Entry {
    /// Type of its values.
    kind: u16,
    /// The value, or its offset where it has more than four bytes.
    value: [u8; 4],
    /// Offset of these in the block.
    at: u64,
}

impl<'r, 's, 'h> Block<'r, 's, 'h> {
    /// The block that fills `length` bytes at `offset`, of which `head` are the first ones.
    fn new(reader: &'r mut Reader<'s>, offset: u64, length: u64, head: &'h [u8]) -> Self {
        let identifier = if head.starts_with(IDENTIFIER) { IDENTIFIER.len() } else { 0 };
        Self {
            reader,
            start: offset + identifier as u64,
            length: length.saturating_sub(identifier as u64),
            head: head.get(identifier..).unwrap_or_default(),
            little_endian: false,
        }
    }

    /// The orientation and the absolute offset of its value.
    fn orientation(&mut self) -> Result<Option<(Orientation, u64)>, Stop> {
        let Some(directory) = self.first_directory()? else { return Ok(None) };
        let Some(entry) = self.entry(directory, ORIENTATION)? else { return Ok(None) };
        let orientation = self.value(entry.kind, entry.value).and_then(Orientation::new);
        Ok(orientation.map(|orientation| (orientation, self.start + entry.at)))
    }

    /// The place as ISO 6709 writes it, and the absolute offset of its directory.
    fn location(&mut self) -> Result<Option<(String, u64)>, Stop> {
        let Some(first) = self.first_directory()? else { return Ok(None) };
        let Some(pointer) = self.entry(first, GPS_INFO)? else { return Ok(None) };
        let directory = u64::from(self.u32(pointer.value));
        let mut place = String::new();
        for (reference, angle, negative) in [(1, 2, b'S'), (3, 4, b'W')] {
            let (Some(reference), Some(angle)) = (self.entry(directory, reference)?, self.entry(directory, angle)?)
            else {
                return Ok(None);
            };
            let Some(millionths) = self.angle(&angle)? else { return Ok(None) };
            let sign = if reference.value.first() == Some(&negative) { '-' } else { '+' };
            place.push_str(&format!("{sign}{}", Decimal::new(millionths, 1_000_000, 6)));
        }
        place.push('/');
        Ok(Some((place, self.start + directory)))
    }

    /// An angle in millionths of a degree, from three fractions: degrees, minutes, seconds.
    fn angle(&mut self, entry: &Entry) -> Result<Option<u128>, Stop> {
        let values = u64::from(self.u32(entry.value));
        let Some(bytes) = self.array::<24>(values)? else { return Ok(None) };
        let mut millionths = 0;
        for (fraction, of_degree) in bytes.as_chunks::<8>().0.iter().zip([1, 60, 3600]) {
            let [[numerator, denominator]] = fraction.as_chunks::<4>().0.as_chunks::<2>().0 else { return Ok(None) };
            let (numerator, denominator) = (self.u32(*numerator), self.u32(*denominator));
            // Some writers leave 0/0 where they give no seconds.
            let part = (u128::from(numerator) * 1_000_000).checked_div(u128::from(denominator) * of_degree);
            millionths += part.unwrap_or(0);
        }
        Ok(Some(millionths).filter(|millionths| *millionths <= 180_000_000))
    }

    /// Offset of the first directory in the block, where its header is one; sets the byte order.
    fn first_directory(&mut self) -> Result<Option<u64>, Stop> {
        let Some(header) = self.array::<8>(0)? else { return Ok(None) };
        self.little_endian = match header {
            [b'I', b'I', 42, 0, ..] => true,
            [b'M', b'M', 0, 42, ..] => false,
            _ => return Ok(None),
        };
        let [.., a, b, c, d] = header;
        Ok(Some(u64::from(self.u32([a, b, c, d]))))
    }

    /// The entry of a directory with that tag.
    fn entry(&mut self, directory: u64, tag: u16) -> Result<Option<Entry>, Stop> {
        let Some(count) = self.array::<2>(directory)? else { return Ok(None) };
        for index in 0..u64::from(self.u16(count)).min(MOST_ENTRIES) {
            let place = directory + 2 + index * 12;
            let Some(entry) = self.array::<12>(place)? else { return Ok(None) };
            let [t0, t1, k0, k1, _, _, _, _, value @ ..] = entry;
            if self.u16([t0, t1]) == tag {
                return Ok(Some(Entry { kind: self.u16([k0, k1]), value, at: place + 8 }));
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
/// Tag 0x8825: the offset of the directory of the place (Exif 3.0 4.6.3).
const GPS_INFO: u16 = 0x8825;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::Budget;

    fn orientation_of(bytes: &[u8], offset: u64) -> Fact<Orientation> {
        let source = bytes.to_vec();
        let mut reader = Reader::new(&source, Budget::default()).unwrap();
        orientation(&mut reader, offset, bytes.len() as u64 - offset, "orientation").unwrap()
    }

    fn value(bytes: &[u8]) -> Option<u8> {
        orientation_of(bytes, 0).value().map(|orientation| orientation.value())
    }

    /// TIFF header, then a directory with one entry: orientation, SHORT, one value.
    const LITTLE: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    const BIG: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";

    #[test]
    fn both_byte_orders_are_read() {
        assert_eq!(value(LITTLE), Some(6));
        assert_eq!(value(BIG), Some(8));
    }

    fn place(bytes: &[u8]) -> Option<String> {
        let source = bytes.to_vec();
        let mut reader = Reader::new(&source, Budget::default()).unwrap();
        location(&mut reader, 0, bytes.len() as u64).unwrap().value().cloned()
    }

    /// A directory of one entry that leads to that of the place: 48 degrees 51.462 minutes north, 2 17 42 west.
    fn taken() -> Vec<u8> {
        let mut bytes = b"II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0".to_vec();
        bytes.truncate(26);
        let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat()
        };
        bytes.extend(4_u16.to_le_bytes());
        bytes.extend(entry(1, 2, 2, *b"N\0\0\0"));
        bytes.extend(entry(2, 5, 3, 80_u32.to_le_bytes()));
        bytes.extend(entry(3, 2, 2, *b"W\0\0\0"));
        bytes.extend(entry(4, 5, 3, 104_u32.to_le_bytes()));
        bytes.extend([0; 4]);
        for number in [48_u32, 1, 51_462, 1000, 0, 0, 2, 1, 17, 1, 42, 1] {
            bytes.extend(number.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn the_place_is_read_where_it_is_whole() {
        let bytes = taken();
        assert_eq!(place(&bytes).as_deref(), Some("+48.8577-2.294999/"));
        for length in 0..bytes.len() {
            assert_eq!(place(&bytes[..length]), None, "cut to {length}");
        }
        assert_eq!(place(LITTLE), None);
        let mut wild = bytes;
        wild[80..84].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(place(&wild), None, "no angle");
    }

    #[test]
    fn the_identifier_and_the_offset_are_counted() {
        let fact = orientation_of(&[b"......", IDENTIFIER, LITTLE].concat(), 6);
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
            assert_eq!(orientation_of(&bytes, 0), Fact::Absent);
        }
    }

    #[test]
    fn every_cut_and_every_wild_offset_is_absent() {
        for length in 0..22 {
            assert_eq!(orientation_of(&LITTLE[..length], 0), Fact::Absent, "cut to {length}");
        }
        assert_eq!(value(b"II*\0\xff\xff\xff\xff\x01\0"), None);
        assert_eq!(value(b"MM\0*\0\0\0\x08\xff\xff\0\0"), None);
    }

    proptest! {
        #[test]
        fn arbitrary_blocks_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            value(&bytes);
            value(&[b"II*\0", &*bytes].concat());
            place(&[b"II*\0", &*bytes].concat());
        }
    }
}
