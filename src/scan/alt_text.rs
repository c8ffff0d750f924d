//! The alternative text in a file beside the media.

#[cfg(not(target_os = "linux"))]
use std::fs;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::report::written;

use super::walk::plain;

/// What follows a file's name in the name of the file that holds its alternative text.
pub const ALT_TEXT_ENDING: &str = ".alt.txt";

/// The text in the file beside the media, without the byte order mark and the line end that editors add; `None` where there is no such file.
///
/// Errors: why it cannot be read, in one sentence.
pub fn alt_text_beside(media: &Path) -> Result<Option<String>, String> {
    let mut path = media.as_os_str().to_owned();
    path.push(ALT_TEXT_ENDING);
    let path = PathBuf::from(path);
    let failed = |why: String| format!("its alternative text {} {why}", written(&path));
    // Where the folder that both are in cannot be read, the media itself says so.
    if !path.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(format!("cannot be read: {}", plain(&error))))?;
    if bytes.len() as u64 > LONGEST {
        return Err(failed(format!("is longer than {LONGEST} bytes")));
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|error| failed(format!("is not UTF-8 from byte {}", error.utf8_error().valid_up_to())))?;
    // The mark of byte order that some editors write is no part of the text.
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(Some(text))
}

/// The folders on the way to the file that a walk has come to, and whether texts are beside files in them.
///
/// A folder is listed once, which costs less than to look for a text beside each of its files.
#[derive(Debug, Default)]
pub(super) struct AltTextFolders {
    /// From the outermost to the innermost.
    folders: Vec<(PathBuf, bool)>,
}

impl AltTextFolders {
    /// Whether there may be a text beside a file, the next one of a walk that takes each folder whole.
    pub(super) fn may_hold_one_for(&mut self, file: &Path) -> bool {
        let folder = file.parent().unwrap_or(Path::new(""));
        while let Some((known, holds)) = self.folders.last() {
            if known.as_os_str() == folder.as_os_str() {
                return *holds;
            }
            if folder.starts_with(known) {
                break;
            }
            self.folders.pop();
        }
        let holds = holds_alt_texts(folder);
        self.folders.push((folder.to_owned(), holds));
        holds
    }
}

/// Whether the name of anything in the folder ends as those of texts do. What cannot be listed may hold some.
fn holds_alt_texts(folder: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    listing_has(folder, is_alt_text).unwrap_or(true)
}

/// Whether a folder has a name that is `wanted`.
///
/// A scan lists every folder once more for this, so it asks the system itself: the standard library makes a string of each name.
#[cfg(target_os = "linux")]
fn listing_has(folder: &Path, wanted: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
    use rustix::fs::{CWD, Mode, OFlags, RawDir, openat};

    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = openat(CWD, folder, flags, Mode::empty())?;
    let mut buffer = Vec::with_capacity(32 << 10);
    let mut entries = RawDir::new(folder, buffer.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        if wanted(entry?.file_name().to_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a folder has a name that is `wanted`.
#[cfg(not(target_os = "linux"))]
fn listing_has(folder: &Path, wanted: impl Fn(&[u8]) -> bool) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        if wanted(entry?.file_name().as_encoded_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a name ends as those of texts do, in any case: where the file system minds none, it is found so.
fn is_alt_text(name: &[u8]) -> bool {
    let ending = ALT_TEXT_ENDING.as_bytes();
    name.len()
        .checked_sub(ending.len())
        .and_then(|start| name.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// Bytes of a text beside the media that are read: far more than any platform takes.
const LONGEST: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_editors_add_is_no_part_of_the_text() {
        let folder = tempfile::tempdir().unwrap();
        let media = folder.path().join("a.gif");
        for (bytes, text) in [("\u{feff}A cat\r\n", "A cat"), ("A\u{feff} cat\n\n", "A\u{feff} cat\n"), ("", "")] {
            fs::write(folder.path().join("a.gif.alt.txt"), bytes).unwrap();
            assert_eq!(alt_text_beside(&media).unwrap().as_deref(), Some(text));
        }
    }

    #[test]
    fn a_folder_is_listed_once_and_known_until_the_walk_has_left_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["a/x", "b", "c"] {
            fs::create_dir_all(path(name)).unwrap();
        }
        for name in ["a/1.gif.alt.txt", "c/2.GIF.Alt.TXT"] {
            fs::write(path(name), "text").unwrap();
        }
        let mut folders = AltTextFolders::default();
        let mut may = |name: &str| folders.may_hold_one_for(&path(name));
        assert!(!may("0.gif"));
        assert!(may("a/1.gif"));
        assert!(!may("a/x/1.gif"));
        fs::remove_file(path("a/1.gif.alt.txt")).unwrap();
        assert!(may("a/2.gif"), "it is not listed again");
        assert!(!may("b/1.gif"));
        assert!(may("c/2.gif"), "in any case");
        assert!(!may("d.gif"));
        assert!(may("missing/e.gif"), "what cannot be listed may hold one");
    }
}
