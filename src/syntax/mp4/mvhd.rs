//! The clock and the declared length of the movie: `mvhd` (ISO/IEC 14496-12:2022 8.2.2), and `mehd` of a fragmented one
//! (8.8.2).

use super::table::full_box;
use crate::input::{Cursor, CursorEnded};

/// The movie header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mvhd {
    /// Ticks a second of the movie's clock, which edit lists count in.
    pub(crate) timescale: u32,
    /// Absolute offset of the timescale.
    pub(crate) timescale_at: u64,
    /// Declared length in these ticks. `None`: all ones, which says that it is not known.
    pub(crate) duration: Option<u64>,
    /// Absolute offset of the duration.
    pub(crate) duration_at: u64,
}

impl Mvhd {
    /// Reads the body of `mvhd`; what follows the duration tells nothing that is asked.
    pub(crate) fn read(mut body: Cursor<'_>) -> Result<Self, CursorEnded> {
        let (version, _) = full_box(&mut body, "mvhd.version")?;
        body.skip(if version == 1 { 16 } else { 8 }, "mvhd.creation_time")?;
        let timescale_at = body.offset();
        let timescale = body.u32("mvhd.timescale")?;
        let duration_at = body.offset();
        let duration = duration(&mut body, version, "mvhd.duration")?;
        Ok(Self { timescale, timescale_at, duration, duration_at })
    }
}

/// Takes a duration of 32 bits, or of 64 in version 1; all ones say that it is not known.
pub(crate) fn duration(body: &mut Cursor<'_>, version: u8, field: &'static str) -> Result<Option<u64>, CursorEnded> {
    if version == 1 {
        return body.u64(field).map(|ticks| (ticks != u64::MAX).then_some(ticks));
    }
    body.u32(field).map(|ticks| (ticks != u32::MAX).then_some(u64::from(ticks)))
}

/// Reads the body of `mehd`: the declared length of the movie with its fragments, and its absolute offset.
pub(crate) fn read_mehd(mut body: Cursor<'_>) -> Result<(u64, u64), CursorEnded> {
    let (version, _) = full_box(&mut body, "mvex.mehd.version")?;
    let at = body.offset();
    let ticks = duration(&mut body, version, "mvex.mehd.fragment_duration")?;
    Ok((ticks.unwrap_or(0), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `mvhd` of version 0 as ffmpeg begins it: timescale 1000, duration 2000.
    const VERSION_0: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\xe8\0\0\x07\xd0";
    /// The same in version 1.
    const VERSION_1: &[u8] = b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03\xe8\0\0\0\0\0\0\x07\xd0";

    #[test]
    fn both_versions_are_read() {
        for (bytes, at) in [(VERSION_0, 12), (VERSION_1, 20)] {
            let header = Mvhd::read(Cursor::new(bytes, 0)).unwrap();
            assert_eq!((header.timescale, header.duration, header.timescale_at), (1000, Some(2000), at));
        }
    }

    #[test]
    fn all_ones_are_no_duration() {
        let mut bytes = VERSION_0.to_vec();
        bytes[16..].fill(0xff);
        assert_eq!(Mvhd::read(Cursor::new(&bytes, 0)).unwrap().duration, None);
    }

    #[test]
    fn a_fragmented_movie_declares_its_length_apart() {
        assert_eq!(read_mehd(Cursor::new(b"\0\0\0\0\0\0\x07\xd0", 100)), Ok((2000, 104)));
        assert!(read_mehd(Cursor::new(b"\x01\0\0\0\0\0\x07\xd0", 100)).is_err());
    }

    #[test]
    fn every_prefix_names_the_field_that_is_cut() {
        for bytes in [VERSION_0, VERSION_1] {
            for length in 0..bytes.len() {
                assert!(Mvhd::read(Cursor::new(&bytes[..length], 0)).unwrap_err().field.starts_with("mvhd."));
            }
        }
    }
}
