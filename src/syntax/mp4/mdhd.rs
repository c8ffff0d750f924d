//! The header of a track's media: its clock and language, `mdhd` and `elng`, and its handler, `hdlr`
//! (ISO/IEC 14496-12:2022 8.4.2, 8.4.6, 8.4.3).

use super::mvhd::duration;
use super::table::full_box;
use crate::facts::FourCc;
use crate::input::{Cursor, CursorEnded};

/// The media header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mdhd {
    /// Ticks a second of the media's clock.
    pub(crate) timescale: u32,
    /// Absolute offset of the timescale.
    pub(crate) timescale_at: u64,
    /// Language: three letters of five bits each, or a Macintosh code below 0x400 in QuickTime.
    pub(crate) language: u16,
    /// Absolute offset of the language.
    pub(crate) language_at: u64,
}

impl Mdhd {
    /// Reads the body of `mdhd`.
    pub(crate) fn read(mut body: Cursor<'_>) -> Result<Self, CursorEnded> {
        let (version, _) = full_box(&mut body, "mdia.mdhd.version")?;
        body.skip(if version == 1 { 16 } else { 8 }, "mdia.mdhd.creation_time")?;
        let timescale_at = body.offset();
        let timescale = body.u32("mdia.mdhd.timescale")?;
        duration(&mut body, version, "mdia.mdhd.duration")?;
        let language_at = body.offset();
        let language = body.u16("mdia.mdhd.language")?;
        Ok(Self { timescale, timescale_at, language, language_at })
    }

    /// ISO 639-2 code of the language; `None` where it is undetermined.
    pub(crate) fn language(&self) -> Option<&'static str> {
        // QuickTime File Format, language code values. The most frequent ones; others stay undetermined.
        MACINTOSH.get(usize::from(self.language)).copied()
    }

    /// The three letters of the language; `None` where it is undetermined or a Macintosh code.
    pub(crate) fn packed_language(&self) -> Option<String> {
        if self.language & 0x7fff == UNDETERMINED {
            return None;
        }
        let letters = [self.language >> 10, self.language >> 5, self.language].map(|letter| (letter & 31) as u8);
        if letters.iter().any(|letter| !(1..=26).contains(letter)) {
            return None;
        }
        let letters = letters.map(|letter| letter + 0x60);
        str::from_utf8(&letters).ok().map(str::to_owned)
    }
}

/// Reads the body of `hdlr`: the handler type and its absolute offset.
pub(crate) fn read_hdlr(mut body: Cursor<'_>) -> Result<(FourCc, u64), CursorEnded> {
    full_box(&mut body, "mdia.hdlr.version")?;
    body.skip(4, "mdia.hdlr.pre_defined")?;
    let at = body.offset();
    Ok((FourCc(body.array("mdia.hdlr.handler_type")?), at))
}

/// Reads the body of `elng`: a BCP 47 tag and its absolute offset; `None` where it is no text.
pub(crate) fn read_elng(mut body: Cursor<'_>) -> Option<(String, u64)> {
    full_box(&mut body, "mdia.elng.version").ok()?;
    let at = body.offset();
    let text = body.rest().split(|&byte| byte == 0).next()?;
    let text = str::from_utf8(text.get(..text.len().min(64))?).ok()?;
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        .then(|| (text.to_owned(), at))
}

/// "und", packed: each letter in five bits, counted from 0x60.
const UNDETERMINED: u16 = 0x55c4;

const MACINTOSH: &[&str] = &[
    "eng", "fra", "deu", "ita", "nld", "swe", "spa", "dan", "por", "nor", "heb", "jpn", "ara", "fin", "ell", "isl",
    "mlt", "tur", "hrv", "zho", "urd", "hin", "tha", "kor", "lit", "pol", "hun", "est", "lav",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// `mdhd` of version 0: timescale 12800, language `deu`.
    const MDHD: &[u8] = b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x32\0\0\0\x64\0\x10\xb5\0\0";

    #[test]
    fn clock_and_language_are_read() {
        let header = Mdhd::read(Cursor::new(MDHD, 100)).unwrap();
        assert_eq!((header.timescale, header.timescale_at), (12_800, 112));
        assert_eq!(header.packed_language().as_deref(), Some("deu"));
    }

    #[test]
    fn undetermined_and_macintosh_languages_are_not_spelled() {
        let language = |language| Mdhd { timescale: 1, timescale_at: 0, language, language_at: 0 };
        assert_eq!(language(0x55c4).packed_language(), None, "und");
        assert_eq!(language(0xd5c4).packed_language(), None, "und behind a padding bit that is set");
        assert_eq!(language(0x55c5).packed_language().as_deref(), Some("une"));
        assert_eq!((language(0).packed_language(), language(0).language()), (None, Some("eng")));
        assert_eq!((language(0x7fff).packed_language(), language(0x7fff).language()), (None, None));
    }

    #[test]
    fn handler_and_extended_language_are_read() {
        let handler = read_hdlr(Cursor::new(b"\0\0\0\0mhlrvideappl", 0)).unwrap();
        assert_eq!(handler, (FourCc(*b"vide"), 8));
        assert_eq!(read_elng(Cursor::new(b"\0\0\0\0en-US\0", 10)), Some(("en-US".to_owned(), 14)));
        assert_eq!(read_elng(Cursor::new(b"\0\0\0\0\xff\0", 10)), None);
        assert_eq!(read_elng(Cursor::new(b"\0\0\0\0", 10)), None);
    }

    #[test]
    fn every_prefix_names_the_field_that_is_cut() {
        for length in 0..MDHD.len() - 2 {
            assert!(Mdhd::read(Cursor::new(&MDHD[..length], 0)).unwrap_err().field.starts_with("mdia.mdhd."));
        }
        for length in 0..12 {
            assert!(read_hdlr(Cursor::new(&b"\0\0\0\0mhlrvide"[..length], 0)).is_err());
        }
    }
}
