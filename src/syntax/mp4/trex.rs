//! Defaults of a track's fragments: `trex` (ISO/IEC 14496-12:2022 8.8.3).

use super::table::full_box;
use crate::input::{Cursor, CursorEnded};

/// What holds for the samples of a track's fragments unless they say otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trex {
    /// The track.
    pub(crate) track_id: u32,
    /// `default_sample_description_index`, counted from 1.
    pub(crate) description: u32,
    /// `default_sample_duration`
    pub(crate) duration: u32,
    /// `default_sample_size`
    pub(crate) size: u32,
    /// `default_sample_flags`
    pub(crate) flags: u32,
}

impl Trex {
    /// Reads the body of `trex`.
    pub(crate) fn read(mut body: Cursor<'_>) -> Result<Self, CursorEnded> {
        full_box(&mut body, "mvex.trex.version")?;
        Ok(Self {
            track_id: body.u32("mvex.trex.track_ID")?,
            description: body.u32("mvex.trex.default_sample_description_index")?,
            duration: body.u32("mvex.trex.default_sample_duration")?,
            size: body.u32("mvex.trex.default_sample_size")?,
            flags: body.u32("mvex.trex.default_sample_flags")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `trex` as ffmpeg writes it: all defaults 0 but the sample entry.
    const TREX: &[u8] = b"\0\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\x01\0\0";

    #[test]
    fn defaults_are_read() {
        let trex = Trex::read(Cursor::new(TREX, 0)).unwrap();
        assert_eq!(trex, Trex { track_id: 1, description: 1, duration: 0, size: 0, flags: 0x1_0000 });
        for length in 0..TREX.len() {
            assert!(Trex::read(Cursor::new(&TREX[..length], 0)).unwrap_err().field.starts_with("mvex.trex."));
        }
    }
}
