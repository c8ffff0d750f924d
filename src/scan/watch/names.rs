//! Names under which programs write files that they will rename when they are whole.

use std::path::Path;

/// Whether the name is one of a file that is not finished, or of a copy that an editor keeps.
pub(crate) fn is_temporary(path: &Path) -> bool {
    let Some(name) = path.file_name() else { return false };
    let name = name.as_encoded_bytes();
    if name.ends_with(b"~") || name.starts_with(b"~$") {
        return true;
    }
    let extension = path.extension().map(std::ffi::OsStr::as_encoded_bytes).unwrap_or_default();
    TEMPORARY.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(extension))
}

/// Extensions that browsers, download programs and editors give a file until it is whole.
const TEMPORARY: &[&str] = &[
    "!ut",
    "aria2",
    "bak",
    "crdownload",
    "download",
    "filepart",
    "opdownload",
    "part",
    "partial",
    "swp",
    "temp",
    "tmp",
    "unfinished",
    "ytdl",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_unfinished_files_are_known() {
        for name in ["a.mp4.part", "a.crdownload", "x/A.TMP", "a.gif~", "~$a.png", "a.mp4.!ut"] {
            assert!(is_temporary(Path::new(name)), "{name}");
        }
        for name in ["a.mp4", "part", "a.part.mp4", "tmp/a.gif", "a~.gif", "a.apart"] {
            assert!(!is_temporary(Path::new(name)), "{name}");
        }
    }
}
