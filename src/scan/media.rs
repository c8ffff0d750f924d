//! Which files of a library are media: by name, or by content that cannot be chance.

use std::ffi::OsStr;
use std::path::Path;

use crate::facts::Format;

/// Whether the name says that the file is media of any kind, taken by the platform or not.
pub fn is_named_media(path: &Path) -> bool {
    has_extension(path, &MEDIA)
}

/// Whether the name says that the file has to be read from its start to its end, and not only its headers: the frames of a
/// GIF, the samples of a movie and the cues of captions lie everywhere in it.
pub(super) fn is_read_throughout(path: &Path) -> bool {
    has_extension(path, &THROUGHOUT)
}

/// Whether the extension is among those of the sorted `keys`, in any case.
fn has_extension(path: &Path, keys: &[u64]) -> bool {
    let whole = || path.extension().map(OsStr::as_encoded_bytes);
    let extension = plain_extension(path).or_else(whole);
    extension.is_some_and(|extension| extension.len() <= LONGEST && keys.binary_search(&key(extension)).is_ok())
}

/// An extension of at most [`LONGEST`] bytes as a number, the same in any case, and in the same order.
const fn key(extension: &[u8]) -> u64 {
    let (mut key, mut shift, mut rest) = (extension.len() as u64, u64::BITS, extension);
    while let [byte, behind @ ..] = rest {
        shift -= 8;
        key |= (byte.to_ascii_lowercase() as u64) << shift;
        rest = behind;
    }
    key
}

/// The keys of `N` extensions.
const fn keys<const N: usize>(extensions: &[&str]) -> [u64; N] {
    let mut keys = [0; N];
    let (mut left, mut of): (&mut [u64], _) = (&mut keys, extensions);
    while let ([next, others @ ..], [extension, rest @ ..]) = (left, of) {
        *next = key(extension.as_bytes());
        (left, of) = (others, rest);
    }
    keys
}

/// The extension of a path as most are, which needs not be taken apart: it ends in letters and digits with one dot among them.
fn plain_extension(path: &Path) -> Option<&[u8]> {
    let bytes = path.as_os_str().as_encoded_bytes();
    let dot = bytes.iter().rposition(|byte| !byte.is_ascii_alphanumeric())?;
    let (stem, extension) = (bytes.get(..dot)?, bytes.get(dot + 1..)?);
    let is_plain = bytes.get(dot) == Some(&b'.') && stem.last()?.is_ascii_alphanumeric() && !extension.is_empty();
    is_plain.then_some(extension)
}

/// Whether content of this format is media whatever the name says.
///
/// Formats that a few bytes of any binary or a few lines of any text may resemble are left to the name.
pub const fn is_media(format: Format) -> bool {
    match format {
        Format::Jpeg
        | Format::Png
        | Format::Gif
        | Format::WebP
        | Format::Mp4
        | Format::QuickTime
        | Format::Bmp
        | Format::Tiff
        | Format::Heic
        | Format::Avif
        | Format::Matroska
        | Format::WebM
        | Format::MpegTs
        | Format::Avi
        | Format::Flv
        | Format::Ogg
        | Format::Asf
        | Format::Wave
        | Format::Flac
        | Format::Psd => true,
        Format::Srt
        | Format::WebVtt
        | Format::Svg
        | Format::MpegPs
        | Format::MpegAudio
        | Format::Adts
        | Format::JpegXl
        | Format::Jpeg2000
        | Format::Ico
        | Format::Pdf
        | Format::Zip
        | Format::Gzip
        | Format::AnnexB
        | Format::Empty
        | Format::Unknown => false,
    }
}

/// Bytes of the longest extension.
const LONGEST: usize = 5;

/// The keys of [`EXTENSIONS`].
static MEDIA: [u64; EXTENSIONS.len()] = keys(EXTENSIONS);
/// The keys of [`READ_THROUGHOUT`].
static THROUGHOUT: [u64; READ_THROUGHOUT.len()] = keys(READ_THROUGHOUT);

/// Extensions of images, video, audio and captions, sorted. `.ts` and `.mts` are TypeScript as often as MPEG-TS, which its
/// content gives away.
const EXTENSIONS: &[&str] = &[
    "264", "265", "3g2", "3gp", "aac", "aif", "aiff", "amr", "apng", "asf", "ass", "avi", "avif", "bmp", "cmfa",
    "cmfv", "cr2", "dib", "divx", "dng", "dv", "f4v", "flac", "flv", "gif", "gifv", "h264", "h265", "heic", "heif",
    "hevc", "ico", "isma", "ismv", "j2k", "jfif", "jif", "jp2", "jpe", "jpeg", "jpg", "jxl", "m1v", "m2ts", "m2v",
    "m4a", "m4b", "m4s", "m4v", "mjpeg", "mjpg", "mka", "mkv", "mov", "mp2", "mp3", "mp4", "mp4v", "mpe", "mpeg",
    "mpg", "mpg4", "mxf", "nef", "oga", "ogg", "ogv", "opus", "pjpeg", "png", "psd", "qt", "rm", "rmvb", "sbv", "srt",
    "ssa", "svg", "svgz", "tif", "tiff", "ttml", "vob", "vtt", "wav", "webm", "webp", "wma", "wmv",
];

/// Extensions of files that are read throughout, sorted.
const READ_THROUGHOUT: &[&str] =
    &["3g2", "3gp", "f4v", "gif", "gifv", "m4v", "mov", "mp4", "mp4v", "mpg4", "qt", "srt", "vtt"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extensions_are_sorted_and_fit() {
        assert!(EXTENSIONS.is_sorted() && READ_THROUGHOUT.is_sorted());
        assert!(MEDIA.is_sorted() && THROUGHOUT.is_sorted());
        assert_eq!(EXTENSIONS.iter().map(|extension| extension.len()).max(), Some(LONGEST));
        for extension in EXTENSIONS {
            let path = format!("a.{}", extension.to_uppercase());
            assert!(is_named_media(Path::new(&path)), "{path}");
            assert_eq!(is_read_throughout(Path::new(&path)), READ_THROUGHOUT.contains(extension), "{path}");
        }
    }

    #[test]
    fn every_extension_of_a_format_that_is_taken_is_known() {
        for format in [
            Format::Jpeg,
            Format::Png,
            Format::Gif,
            Format::WebP,
            Format::Mp4,
            Format::QuickTime,
            Format::Srt,
            Format::WebVtt,
        ] {
            // A text file may hold captions, and its name does not say so.
            for extension in format.extensions().iter().filter(|&&extension| !matches!(extension, "txt" | "webvtt")) {
                assert!(is_named_media(Path::new(&format!("a.{extension}"))), "{extension}");
            }
        }
    }

    #[test]
    fn names_are_told_by_their_extension_in_any_case() {
        for name in ["a.mp4", "A.JPEG", "x/y.z/film.MoV", "ö.gif"] {
            assert!(is_named_media(Path::new(name)), "{name}");
        }
        for name in ["README", "a.rs", "mp4", ".mp4", "a.toml", "a.jpeg2", "a.gif/b", "a.", "a.çif", "a.properties"] {
            assert!(!is_named_media(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn an_extension_that_is_plain_is_that_of_the_path() {
        let mut plain = 0;
        for stem in ["", "a", ".", "..", "a.", "x/y", "x/", "x/.", "x.y/", "a-1_", "1", "ö", "a b"] {
            for end in
                [".mp4", ".MOV", ".", "", "mp4", ".mp4/", ".mp4/.", ".a.gif", "/.gif", "..gif", ".m-4", ".é", ".7"]
            {
                let path = format!("{stem}{end}");
                let path = Path::new(&path);
                if let Some(extension) = plain_extension(path) {
                    assert_eq!(Some(extension), path.extension().map(OsStr::as_encoded_bytes), "{path:?}");
                    plain += 1;
                }
            }
        }
        assert!(plain > 20, "{plain}");
    }
}
