//! How a path is written in reports.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt::Write;
use std::path::Path;

/// The path as reports write it.
///
/// A path that is UTF-8 is written as it is. In one that is not, each byte that is no part of UTF-8 is written as
/// `\xNN` with two lower-case hexadecimal digits, and each backslash is doubled, so that nothing is lost.
pub fn written(path: &Path) -> Cow<'_, str> {
    match path.to_str() {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(escaped(path)),
    }
}

fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            text.push(character);
            if character == '\\' {
                text.push('\\');
            }
        }
        for byte in chunk.invalid() {
            // Writing to a string does not fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// The path that a report writes so. What could have been written for two paths is the one that is text.
#[cfg(unix)]
pub fn read_back(written: &str) -> OsString {
    use std::os::unix::ffi::OsStringExt;

    match unescaped(written) {
        Some(bytes) if std::str::from_utf8(&bytes).is_err() => OsString::from_vec(bytes),
        _ => written.into(),
    }
}

/// The path that a report writes so. Elsewhere there is no safe way to make one that is no text.
#[cfg(not(unix))]
pub fn read_back(written: &str) -> OsString {
    written.into()
}

/// The bytes that are written so where some are escaped. `None`: a backslash is none of an escape.
#[cfg(unix)]
fn unescaped(written: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = if first == b'\\' { after } else { &[] };
        let byte;
        (rest, byte) = match escape {
            [b'\\', after @ ..] => (after, b'\\'),
            [b'x', high, low, after @ ..] => {
                let digits = [*high, *low];
                (after, u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?)
            }
            _ if first == b'\\' => return None,
            _ => (after, first),
        };
        bytes.push(byte);
    }
    Some(bytes)
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_path_in_utf_8_is_written_as_it_is() {
        assert_eq!(written(Path::new(r"a\b/ü.mp4")), r"a\b/ü.mp4");
    }

    #[test]
    fn other_bytes_are_escaped_and_backslashes_doubled() {
        let path = Path::new(OsStr::from_bytes(b"a\\\xff\xc3/\xc3\xbc.mp4"));
        assert_eq!(written(path), r"a\\\xff\xc3/ü.mp4");
    }

    #[test]
    fn a_path_is_found_again_as_it_is_written() {
        for bytes in
            [&b"a\\\xff\xc3/\xc3\xbc.gif"[..], b"\xfe", b"a\\xfe\xfe", b"a\\b.gif", b"a\\\\b.gif", b"\xc3\xbc.gif"]
        {
            let path = OsStr::from_bytes(bytes);
            assert_eq!(read_back(&written(Path::new(path))), path);
        }
    }
}
