//! The headers of the two kinds of image data.

use crate::input::Stop;

/// What the header of a bitstream says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bitstream {
    /// Offset of the chunk's data.
    pub(super) offset: u64,
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) lossless: bool,
    /// `alpha_is_used` of a lossless bitstream.
    pub(super) alpha: bool,
}

/// How many bytes of a chunk's data tell about a bitstream.
pub(super) const HEADER: usize = 10;

impl Bitstream {
    /// Reads the first bytes of a `VP8 ` chunk's data: a frame tag, a start code and the size of a key frame
    /// (RFC 6386 9.1). `length` is that of all data.
    pub(super) fn lossy(data: &[u8], offset: u64, length: u64) -> Result<Self, Stop> {
        let Some(&[t0, t1, t2, s0, s1, s2, w0, w1, h0, h1]) = data.first_chunk() else {
            return Err(short(offset, "VP8", HEADER as u64, data.len()));
        };
        let tag = u32::from_le_bytes([t0, t1, t2, 0]);
        check(tag & 1 == 0, offset, "VP8.frame_tag", "a key frame", "an interframe")?;
        check((tag >> 1) & 7 <= 3, offset, "VP8.version", "0 to 3", "more")?;
        check(tag & 0x10 != 0, offset, "VP8.show_frame", "1", "0")?;
        check(u64::from(tag >> 5) < length, offset, "VP8.first_part_size", "less than the chunk", "more")?;
        check([s0, s1, s2] == [0x9d, 0x01, 0x2a], offset + 3, "VP8.start_code", "9D 01 2A", "other bytes")?;
        // The upper two bits scale the picture for display, and WebP readers do not.
        let width = u16::from_le_bytes([w0, w1]) & 0x3fff;
        let height = u16::from_le_bytes([h0, h1]) & 0x3fff;
        check(width != 0, offset + 6, "VP8.width", "at least 1", "0")?;
        check(height != 0, offset + 8, "VP8.height", "at least 1", "0")?;
        Ok(Self { offset, width, height, lossless: false, alpha: false })
    }

    /// Reads the first bytes of a `VP8L` chunk's data: signature, sizes less one, alpha, version (RFC 9649 3.4).
    pub(super) fn lossless(data: &[u8], offset: u64) -> Result<Self, Stop> {
        let Some(&[signature, b0, b1, b2, b3]) = data.first_chunk() else {
            return Err(short(offset, "VP8L", 5, data.len()));
        };
        check(signature == 0x2f, offset, "VP8L.signature", "2F", "another byte")?;
        let bits = u32::from_le_bytes([b0, b1, b2, b3]);
        check(bits >> 29 == 0, offset + 4, "VP8L.version_number", "0", "another version")?;
        let size = |shift: u32| ((bits >> shift) & 0x3fff) as u16 + 1;
        Ok(Self { offset, width: size(0), height: size(14), lossless: true, alpha: bits & (1 << 28) != 0 })
    }
}

fn check(
    holds: bool,
    offset: u64,
    field: &'static str,
    expected: &'static str,
    actual: &'static str,
) -> Result<(), Stop> {
    if holds {
        return Ok(());
    }
    Err(Stop::Malformed { offset, field, expected: expected.into(), actual: actual.into() })
}

fn short(offset: u64, field: &'static str, expected: u64, actual: usize) -> Stop {
    Stop::Malformed {
        offset,
        field,
        expected: format!("at least {expected} bytes").into(),
        actual: format!("{actual} bytes").into(),
    }
}
