//! The image header, IHDR (PNG 11.2.1).

use crate::input::{Cursor, Stop};

/// Fields of IHDR that tell a fact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bit_depth: u8,
    pub(super) colour_type: u8,
    pub(super) interlace_method: u8,
}

impl Header {
    /// Reads the data of the chunk, which stand at `offset`.
    pub(super) fn parse(data: &[u8], offset: u64) -> Result<Self, Stop> {
        let mut cursor = Cursor::new(data, offset);
        let header = Self {
            width: dimension(&mut cursor, "IHDR.width")?,
            height: dimension(&mut cursor, "IHDR.height")?,
            bit_depth: cursor.u8("IHDR.bit_depth")?,
            colour_type: cursor.u8("IHDR.colour_type")?,
            interlace_method: {
                method(&mut cursor, "IHDR.compression_method", 0)?;
                method(&mut cursor, "IHDR.filter_method", 0)?;
                method(&mut cursor, "IHDR.interlace_method", 1)?
            },
        };
        header.check_depth(offset)?;
        Ok(header)
    }

    /// The combinations that the standard allows (PNG table 11.1).
    fn check_depth(&self, offset: u64) -> Result<(), Stop> {
        let allowed: &[u8] = match self.colour_type {
            0 => &[1, 2, 4, 8, 16],
            3 => &[1, 2, 4, 8],
            2 | 4 | 6 => &[8, 16],
            other => {
                return Err(Stop::Malformed {
                    offset: offset + 9,
                    field: "IHDR.colour_type",
                    expected: "0, 2, 3, 4 or 6".into(),
                    actual: other.to_string().into(),
                });
            }
        };
        if allowed.contains(&self.bit_depth) {
            return Ok(());
        }
        Err(Stop::Malformed {
            offset: offset + 8,
            field: "IHDR.bit_depth",
            expected: format!("one of {allowed:?} for colour type {}", self.colour_type).into(),
            actual: self.bit_depth.to_string().into(),
        })
    }
}

fn dimension(cursor: &mut Cursor<'_>, field: &'static str) -> Result<u32, Stop> {
    let offset = cursor.offset();
    let value = cursor.u32(field)?;
    if (1..=LARGEST).contains(&value) {
        return Ok(value);
    }
    Err(Stop::Malformed { offset, field, expected: "1 to 2^31 - 1".into(), actual: value.to_string().into() })
}

fn method(cursor: &mut Cursor<'_>, field: &'static str, largest: u8) -> Result<u8, Stop> {
    let offset = cursor.offset();
    let value = cursor.u8(field)?;
    if value <= largest {
        return Ok(value);
    }
    let expected = if largest == 0 { "0" } else { "0 or 1" };
    Err(Stop::Malformed { offset, field, expected: expected.into(), actual: value.to_string().into() })
}

/// The largest four-byte integer of the format (PNG 7.1).
pub(super) const LARGEST: u32 = (1 << 31) - 1;
