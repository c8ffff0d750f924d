//! Text of an encoding that has to be found out, line by line with offsets in the file.

use std::borrow::Cow;

use crate::facts::{Evidence, TextEncoding};

/// A text and the way from its characters back to the bytes of the file.
pub(super) struct Text<'b> {
    decoded: Cow<'b, str>,
    encoding: TextEncoding,
    /// Length of the byte order mark.
    mark: usize,
    /// Offset of the first byte that is not UTF-8.
    not_utf8: Option<usize>,
}

/// A line without its terminator.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    /// Counted from 1.
    pub(super) number: u64,
    pub(super) text: &'t str,
    /// Offset of its first byte in the file.
    offset: u64,
    encoding: TextEncoding,
}

/// The lines of a text, ended by CR LF, LF or CR.
#[derive(Clone, Debug)]
pub(super) struct Lines<'t> {
    rest: &'t str,
    number: u64,
    offset: u64,
    encoding: TextEncoding,
}

impl<'b> Text<'b> {
    /// Finds the encoding, by a byte order mark, by the zeros of UTF-16, or because the bytes are UTF-8 or not, and decodes.
    pub(super) fn decode(bytes: &'b [u8]) -> Self {
        let (encoding, mark) = match bytes {
            [0xef, 0xbb, 0xbf, ..] => (TextEncoding::Utf8Bom, 3),
            [0xff, 0xfe, ..] => (TextEncoding::Utf16Le, 2),
            [0xfe, 0xff, ..] => (TextEncoding::Utf16Be, 2),
            _ => (by_zeros(bytes), 0),
        };
        let body = bytes.get(mark..).unwrap_or_default();
        let units = || body.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
        let (decoded, encoding, not_utf8) = match encoding {
            TextEncoding::Utf16Le => (utf16(units().map(u16::from_le_bytes)), encoding, None),
            TextEncoding::Utf16Be => (utf16(units().map(u16::from_be_bytes)), encoding, None),
            _ => match str::from_utf8(body) {
                Ok(text) => (Cow::Borrowed(text), encoding, None),
                // Windows-1252 gives every byte one character, as the other single-byte encodings do.
                Err(error) => (
                    encoding_rs::WINDOWS_1252.decode_without_bom_handling(body).0,
                    TextEncoding::SingleByte,
                    Some(mark + error.valid_up_to()),
                ),
            },
        };
        Self { decoded, encoding, mark, not_utf8 }
    }

    /// The encoding.
    pub(super) const fn encoding(&self) -> TextEncoding {
        self.encoding
    }

    /// The place that shows the encoding.
    pub(super) const fn evidence(&self) -> Evidence {
        match (self.not_utf8, self.mark) {
            (Some(offset), _) => Evidence::new(offset as u64, "byte that is not UTF-8"),
            (None, 0) => Evidence::new(0, "text"),
            (None, _) => Evidence::new(0, "byte order mark"),
        }
    }

    /// The characters, without the byte order mark.
    pub(super) fn as_str(&self) -> &str {
        &self.decoded
    }

    /// The lines.
    pub(super) fn lines(&self) -> Lines<'_> {
        Lines { rest: &self.decoded, number: 0, offset: self.mark as u64, encoding: self.encoding }
    }
}

impl<'t> Lines<'t> {
    /// The next line, which stays the next one.
    pub(super) fn peek(&self) -> Option<Line<'t>> {
        self.clone().next()
    }

    /// Number and offset of the place behind the last line that was taken.
    pub(super) fn here(&self) -> Line<'t> {
        Line { number: self.number + 1, text: "", offset: self.offset, encoding: self.encoding }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.find(['\r', '\n']).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end)?;
        let terminator = match rest.as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        self.number += 1;
        let line = Line { number: self.number, text, offset: self.offset, encoding: self.encoding };
        self.rest = rest.get(terminator..).unwrap_or_default();
        self.offset += bytes_of(text, self.encoding) + terminator as u64 * unit(self.encoding);
        Some(line)
    }
}

impl Line<'_> {
    /// Whether it holds nothing but spaces and tabs.
    pub(super) fn is_blank(&self) -> bool {
        self.text.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
    }

    /// Without the spaces and tabs around it.
    pub(super) fn trimmed(&self) -> &str {
        self.text.trim_matches([' ', '\t'])
    }

    /// Offset in the file of the character at `column`, counted from 1.
    pub(super) fn offset_of(&self, column: u64) -> u64 {
        let count = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        let index = self.text.char_indices().nth(count).map_or(self.text.len(), |(index, _)| index);
        self.offset + bytes_of(self.text.get(..index).unwrap_or_default(), self.encoding)
    }
}

/// UTF-16 without a byte order mark shows in the zeros of its Latin letters, digits and line ends.
fn by_zeros(bytes: &[u8]) -> TextEncoding {
    let head = bytes.get(..bytes.len().min(64)).unwrap_or_default();
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Stray zeros in a text of single bytes are few, and on both sides.
    let most = head.len() / 4;
    if odd > most && even == 0 {
        TextEncoding::Utf16Le
    } else if even > most && odd == 0 {
        TextEncoding::Utf16Be
    } else {
        TextEncoding::Utf8
    }
}

fn utf16(units: impl Iterator<Item = u16>) -> Cow<'static, str> {
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into()
}

/// How many bytes of the file hold `text`.
fn bytes_of(text: &str, encoding: TextEncoding) -> u64 {
    match encoding {
        TextEncoding::Utf8 | TextEncoding::Utf8Bom => text.len() as u64,
        TextEncoding::Utf16Le | TextEncoding::Utf16Be => text.chars().map(|c| c.len_utf16() as u64 * 2).sum(),
        TextEncoding::SingleByte => text.chars().count() as u64,
    }
}

/// How many bytes hold an ASCII character.
const fn unit(encoding: TextEncoding) -> u64 {
    if matches!(encoding, TextEncoding::Utf16Le | TextEncoding::Utf16Be) { 2 } else { 1 }
}
