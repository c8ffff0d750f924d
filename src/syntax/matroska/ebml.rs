//! EBML: elements with an identifier and a size, both of variable length (RFC 8794).

use crate::input::{Cursor, CursorEnded, Reader, Stop};

/// The header of an element in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// The identifier with its marker bit, as the specifications write it.
    pub(super) id: u32,
    /// Absolute offset of the header.
    pub(super) offset: u64,
    /// Absolute offset of the data.
    pub(super) body: u64,
    /// Length of the data. Absent: unknown, so that it ends where an element of its own level or a higher one begins.
    pub(super) size: Option<u64>,
}

impl Element {
    /// Where the data end, at most at `parent`, which is where those of the element around it end.
    pub(super) fn end(&self, parent: u64) -> u64 {
        self.size.map_or(parent, |size| self.body.saturating_add(size).min(parent))
    }

    /// Stops where the data do not end at `end` at the latest.
    pub(super) fn is_within(&self, end: u64, field: &'static str) -> Result<(), Stop> {
        match self.size {
            Some(size) if self.body.saturating_add(size) > end => {
                Err(Stop::EndOfFile { offset: self.body, field, expected: size, actual: end.saturating_sub(self.body) })
            }
            _ => Ok(()),
        }
    }

    /// Reads the header at `offset`.
    pub(super) fn read(reader: &mut Reader<'_>, offset: u64) -> Result<Self, Stop> {
        let (bytes, count) = head(reader, offset)?;
        Self::parse(bytes.get(..count).unwrap_or_default(), offset)
    }

    /// Reads the header that stands at the absolute `offset` from its first bytes.
    pub(super) fn parse(bytes: &[u8], offset: u64) -> Result<Self, Stop> {
        let mut cursor = Cursor::new(bytes, offset);
        let cut =
            |field, length: u32| Stop::EndOfFile { offset, field, expected: length.into(), actual: bytes.len() as u64 };
        let first = cursor.rest().first().copied().ok_or_else(|| cut("EBML.id", 1))?;
        let id = identifier(&mut cursor).ok_or_else(|| match first.leading_zeros() + 1 {
            length @ 1..=LONGEST_ID => cut("EBML.id", length),
            _ => Stop::Malformed {
                offset,
                field: "EBML.id",
                expected: "an identifier of 1 to 4 bytes".into(),
                actual: format!("{first:#04x}").into(),
            },
        })?;
        let size_at = cursor.offset();
        let (size, is_unknown) = number(&mut cursor).ok_or_else(|| match cursor.rest().first() {
            Some(0) => Stop::Malformed {
                offset: size_at,
                field: "EBML.size",
                expected: "a size of 1 to 8 bytes".into(),
                actual: "0x00".into(),
            },
            _ => cut("EBML.size", LONGEST_ID + 8),
        })?;
        Ok(Self { id, offset, body: cursor.offset(), size: (!is_unknown).then_some(size) })
    }
}

/// The first bytes at `offset`, which hold the header of an element and that of a block; how many there are.
pub(super) fn head(reader: &mut Reader<'_>, offset: u64) -> Result<([u8; HEAD], usize), Stop> {
    let mut bytes = [0; HEAD];
    let left = usize::try_from(reader.len().saturating_sub(offset)).unwrap_or(usize::MAX);
    let count = left.min(HEAD);
    reader.fill(offset, bytes.get_mut(..count).unwrap_or_default(), "EBML.id")?;
    Ok((bytes, count))
}

/// The elements inside one whose data are in memory.
pub(super) struct Children<'a> {
    rest: Cursor<'a>,
}

impl<'a> Children<'a> {
    pub(super) const fn new(body: Cursor<'a>) -> Self {
        Self { rest: body }
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = Result<(u32, Cursor<'a>), CursorEnded>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut rest = self.rest;
        let (offset, actual) = (rest.offset(), rest.remaining() as u64);
        // What comes behind damage cannot be told apart.
        self.rest = Cursor::new(&[], offset);
        let ended = CursorEnded { offset, field: "EBML.size", expected: actual.saturating_add(1), actual };
        let Some(id) = identifier(&mut rest) else { return Some(Err(ended)) };
        let Some((size, is_unknown)) = number(&mut rest) else { return Some(Err(ended)) };
        let size = if is_unknown { rest.remaining() } else { usize::try_from(size).unwrap_or(usize::MAX) };
        match rest.sub(size, "EBML.size") {
            Ok(body) => {
                self.rest = rest;
                Some(Ok((id, body)))
            }
            Err(ended) => Some(Err(ended)),
        }
    }
}

/// An identifier, marker bit included. `None`: it is cut, or longer than four bytes.
fn identifier(cursor: &mut Cursor<'_>) -> Option<u32> {
    let length = cursor.rest().first()?.leading_zeros() + 1;
    if length > LONGEST_ID {
        return None;
    }
    let bytes = cursor.take(usize::try_from(length).ok()?, "EBML.id").ok()?;
    Some(bytes.iter().fold(0, |id, byte| id << 8 | u32::from(*byte)))
}

/// A number of variable length, and whether all its bits are set, which says of a size that it is not known. `None`: it is cut, or
/// longer than eight bytes.
pub(super) fn number(cursor: &mut Cursor<'_>) -> Option<(u64, bool)> {
    let first = *cursor.rest().first()?;
    let length = first.leading_zeros() + 1;
    if length > 8 {
        return None;
    }
    let bytes = cursor.take(usize::try_from(length).ok()?, "EBML.size").ok()?;
    let whole = bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let bits = 7 * length;
    let mask = (1_u64 << bits) - 1;
    Some((whole & mask, whole & mask == mask))
}

/// An unsigned integer of at most eight bytes (RFC 8794 7.2). Longer ones count as their last eight.
pub(super) fn unsigned(data: Cursor<'_>) -> u64 {
    data.rest().iter().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The whole part of a float of four or eight bytes (RFC 8794 7.3), where it is at least 1 and below 2^32.
pub(super) fn whole_part(data: Cursor<'_>) -> Option<u32> {
    let (bits, fraction, bias) = match data.rest() {
        bytes @ [_, _, _, _] => (u64::from(u32::from_be_bytes(bytes.try_into().ok()?)), 23_u32, 127),
        bytes => (u64::from_be_bytes(bytes.try_into().ok()?), 52, 1023),
    };
    let exponent = u32::try_from(bits >> fraction).ok()?.checked_sub(bias).filter(|exponent| *exponent < 32)?;
    let mantissa = bits & ((1 << fraction) - 1) | 1 << fraction;
    u32::try_from(if exponent >= fraction {
        mantissa << (exponent - fraction)
    } else {
        mantissa >> (fraction - exponent)
    })
    .ok()
}

/// Whether a float is zero, of either sign. An empty one is.
pub(super) fn is_zero(data: Cursor<'_>) -> bool {
    data.rest().iter().enumerate().all(|(place, byte)| *byte == 0 || place == 0 && *byte == 0x80)
}

/// Text up to its first zero byte (RFC 8794 7.4 and 7.5), at most `most` bytes of it.
pub(super) fn text(data: Cursor<'_>, most: usize) -> String {
    let bytes = data.rest();
    let bytes = bytes.get(..most).unwrap_or(bytes);
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// Bytes that the header of an element takes at most, and behind it mostly that of a block.
pub(super) const HEAD: usize = 16;
/// Bytes of an identifier at most.
const LONGEST_ID: u32 = 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn headers_have_identifiers_and_sizes_of_any_length() {
        let parse = |bytes: &[u8]| Element::parse(bytes, 100);
        let element = |bytes: &[u8]| parse(bytes).map(|element| (element.id, element.body, element.size)).ok();
        assert_eq!(element(&[0xa3, 0x81]), Some((0xa3, 102, Some(1))));
        assert_eq!(element(&[0x42, 0x86, 0x40, 0x02]), Some((0x4286, 104, Some(2))));
        assert_eq!(element(&[0x1f, 0x43, 0xb6, 0x75, 0xff]), Some((0x1f43_b675, 105, None)), "an unknown size");
        let long = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0, 0, 0, 0, 0, 1, 0];
        assert_eq!(element(&long), Some((0x1f43_b675, 112, Some(256))));
        let unknown = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(element(&unknown), Some((0x1853_8067, 112, None)));
        assert!(matches!(parse(&[0x1f, 0x43]), Err(Stop::EndOfFile { field: "EBML.id", expected: 4, actual: 2, .. })));
        assert!(matches!(parse(&[0x08, 0x43]), Err(Stop::Malformed { field: "EBML.id", .. })));
        assert!(matches!(parse(&[0xa3, 0x00]), Err(Stop::Malformed { field: "EBML.size", offset: 101, .. })));
        assert!(matches!(parse(&[0xa3, 0x40]), Err(Stop::EndOfFile { field: "EBML.size", .. })));
    }

    #[test]
    fn floats_are_cut_to_whole_numbers() {
        let whole = |bytes: &[u8]| whole_part(Cursor::new(bytes, 0));
        assert_eq!(whole(&48_000.0_f64.to_be_bytes()), Some(48_000));
        assert_eq!(whole(&44_100.0_f32.to_be_bytes()), Some(44_100));
        assert_eq!(whole(&1.5_f32.to_be_bytes()), Some(1));
        assert_eq!(whole(&16_777_216.0_f32.to_be_bytes()), Some(1 << 24));
        for bytes in [&0.5_f64.to_be_bytes()[..], &1e20_f64.to_be_bytes(), &(-1.0_f32).to_be_bytes(), &[1, 2], &[]] {
            assert_eq!(whole(bytes), None, "{bytes:?}");
        }
        let zero = |bytes: &[u8]| is_zero(Cursor::new(bytes, 0));
        assert!(zero(&0.0_f32.to_be_bytes()) && zero(&(-0.0_f64).to_be_bytes()) && zero(&[]));
        assert!(!zero(&90.0_f32.to_be_bytes()));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_walked_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Element::parse(&bytes, 0);
            prop_assert!(Children::new(Cursor::new(&bytes, 0)).count() <= bytes.len());
        }
    }
}
