//! The alternative text in a file beside the media.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// The folders of a walk in which texts are beside files.
///
/// A walk sorts each folder that it lists by the paths in it, those too that it then leaves out. So all of them are seen where they
/// are compared, and no folder need be listed once more. A folder with one path alone has no text beside a file.
#[derive(Debug, Default)]
pub(super) struct AltTextFolders {
    folders: Mutex<HashSet<PathBuf>>,
    /// How many these are, or [`MOST_FOLDERS`] where there may be more.
    count: AtomicUsize,
}

impl AltTextFolders {
    /// Sees a path in a folder.
    #[inline]
    pub(super) fn see(&self, path: &Path) {
        let name = path.as_os_str().as_encoded_bytes();
        // Of most names the last letter tells.
        if matches!(name.last(), Some(b't' | b'T')) && is_alt_text(name) {
            self.add(path.parent().unwrap_or(Path::new("")));
        }
    }

    #[cold]
    fn add(&self, folder: &Path) {
        let mut folders = self.folders();
        if folders.len() < MOST_FOLDERS && !folders.contains(folder) {
            folders.insert(folder.to_owned());
            self.count.store(folders.len(), Ordering::Release);
        }
    }

    /// Whether there may be a text beside a file of a folder whose paths were seen.
    pub(super) fn may_hold_one_for(&self, file: &Path) -> bool {
        match self.count.load(Ordering::Acquire) {
            0 => false,
            MOST_FOLDERS => true,
            _ => self.folders().contains(file.parent().unwrap_or(Path::new(""))),
        }
    }

    fn folders(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a name ends as those of texts do, in any case: where the file system minds none, it is found so.
fn is_alt_text(name: &[u8]) -> bool {
    let ending = ALT_TEXT_ENDING.as_bytes();
    name.len()
        .checked_sub(ending.len())
        .and_then(|start| name.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// Folders with texts that are told apart.
const MOST_FOLDERS: usize = 4096;
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
    fn folders_with_texts_are_known_by_the_paths_that_were_seen() {
        let folders = AltTextFolders::default();
        let may = |file: &str| folders.may_hold_one_for(Path::new(file));
        folders.see(Path::new("a/1.gif"));
        assert!(!may("a/1.gif"));
        folders.see(Path::new("a/1.gif.ALT.txt"));
        folders.see(Path::new("0.alt.txt"));
        assert_eq!(["a/1.gif", "a/2.gif", "0.gif", "b/1.gif", "a/b/1.gif"].map(may), [true, true, true, false, false]);
    }

    #[test]
    fn beyond_the_most_folders_any_may_hold_texts() {
        let folders = AltTextFolders::default();
        for number in 0..=MOST_FOLDERS {
            assert_eq!(folders.may_hold_one_for(Path::new("z/1.gif")), number == MOST_FOLDERS);
            folders.see(Path::new(&format!("{number}/1.gif.alt.txt")));
        }
    }
}
