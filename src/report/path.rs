//! How a path is written in reports.

use std::borrow::Cow;
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
}
