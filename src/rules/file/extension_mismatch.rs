//! The file name's extension names another type than the content.
//!
//! **What it checks.** The extension of the name, in any case, against the type told from the content. Names without an
//! extension, and extensions that name no type of file, are left alone.
//!
//! **Why it matters.** The platform looks at the content, but clients often derive `media_type` and the category from
//! the name, and then the upload is refused.
//!
//! **How to fix it.** Rename the file to an extension of its content.
//!
//! **Basis.** Heuristic: no document speaks of file names.

use crate::facts::Format;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::any_of;

rule!(
    "extension-mismatch",
    extension_mismatch,
    "extension_mismatch.rs",
    "the file name's extension names another type than the content"
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let agreed = context.facts.format.extensions();
    let Some(extension) = context.request.name.and_then(extension).filter(|_| !agreed.is_empty()) else {
        return Ok(Outcome::NotApplicable);
    };
    let is_one_of = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(extension));
    // Captions are plain text as well.
    let is_text = || matches!(context.facts.format, Format::Srt | Format::WebVtt) && is_one_of(&["txt"]);
    if is_one_of(agreed) || is_text() || !is_one_of(KNOWN) {
        return Ok(Outcome::Pass);
    }
    let format = context.facts.format;
    let better = agreed.first().copied().unwrap_or_default();
    let message = text!("The name ends in .{extension}, but the content is {format}");
    let remedy = text!("Rename the file so that it ends in .{better}");
    Ok(Outcome::Fail(Fault::new(message, any_of(agreed), extension.to_owned(), remedy)))
}

/// The extension of a name or path; `None` where it has none.
fn extension(path: &str) -> Option<&str> {
    // From the end, so that no more of a long path is looked at than the extension.
    let end = path.bytes().rposition(|byte| matches!(byte, b'.' | b'/' | b'\\'))?;
    let (stem, extension) = path.split_at_checked(end)?;
    // A name such as .mp4 is hidden, and has no extension.
    let is_named = !matches!(stem.bytes().next_back(), None | Some(b'/' | b'\\'));
    extension.strip_prefix('.').filter(|extension| is_named && !extension.is_empty())
}

/// Extensions that name a type of file. Others, such as `.tmp` or `.1`, say nothing about the content.
const KNOWN: &[&str] = &[
    "jpg", "jpeg", "jpe", "jfif", "jif", "pjpeg", "png", "apng", "gif", "webp", "bmp", "dib", "tif", "tiff", "heic",
    "heif", "hif", "avif", "svg", "svgz", "ico", "cur", "psd", "jxl", "jp2", "j2k", "jpx", "raw", "dng", "cr2", "nef",
    "arw", "mp4", "m4v", "m4a", "m4b", "m4s", "mp4v", "mpg4", "mov", "qt", "3gp", "3g2", "mkv", "mka", "webm", "avi",
    "wmv", "wma", "asf", "flv", "f4v", "mpg", "mpeg", "mpe", "m1v", "m2v", "vob", "ts", "m2ts", "mts", "ogv", "ogg",
    "oga", "opus", "mp3", "wav", "flac", "aac", "aif", "aiff", "h264", "264", "h265", "265", "hevc", "srt", "vtt",
    "txt", "sub", "ass", "ssa", "sbv", "ttml", "dfxp", "pdf", "zip", "gz", "tar", "7z", "rar", "html", "htm", "json",
    "xml", "csv", "doc", "docx", "exe",
];

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    const JPEG: &str = "jpg, jpeg, jpe, jfif, jif or pjpeg";

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[
            |s| s.name = Some("a/b.c/photo.JPG"),
            |s| s.name = Some("photo.jpeg"),
            |s| s.name = Some("photo.jpg.tmp"),
            |s| s.name = Some("photo.2024"),
            |s| {
                s.facts.format = Format::Mp4;
                s.name = Some("film.MOV");
            },
            |s| {
                s.facts.format = Format::Srt;
                s.name = Some("captions.txt");
            },
        ],
        fail: &[
            (|s| s.name = Some("photo.png"), JPEG, "png"),
            (|s| s.name = Some("C:\\photos\\photo.MP4"), JPEG, "MP4"),
            (
                |s| {
                    s.facts.format = Format::WebVtt;
                    s.name = Some("captions.srt");
                },
                "vtt",
                "srt",
            ),
            // What the platform does not take at all has a right name as well.
            (
                |s| {
                    s.facts.format = Format::Matroska;
                    s.name = Some("film.mp4");
                },
                "mkv, mka or webm",
                "mp4",
            ),
            (|s| s.name = Some("photo.txt"), JPEG, "txt"),
        ],
        undecided: &[],
        skip: &[
            |s| s.name = None,
            |s| s.name = Some("photo"),
            |s| s.name = Some("photos.png/photo"),
            |s| s.name = Some(".png"),
            |s| s.name = Some("photos/.png"),
            |s| s.name = Some("C:\\.png"),
            |s| s.name = Some("photo.png."),
            |s| {
                s.name = Some("film.mp4");
                s.facts.format = Format::Unknown;
            },
        ],
    };
}
