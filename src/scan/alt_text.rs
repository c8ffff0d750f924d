//! The alternative text in a file beside the media.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::report::written;

use super::walk::plain;

/// What follows a file's name in the name of the file that holds its alternative text.
pub const ALT_TEXT_ENDING: &str = ".alt.txt";

/// The text in the file beside the media, without the line end that editors add; `None` where there is no such file.
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
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(Some(text))
}

/// Bytes of a text beside the media that are read: far more than any platform takes.
const LONGEST: u64 = 1 << 20;
