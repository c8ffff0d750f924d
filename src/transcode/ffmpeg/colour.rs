//! The colour tags of a video that is encoded anew: those that it has, by the names that ffmpeg gives them.

use super::filters::is_full_range;
use crate::facts::{ChromaFormat, Colour, Video};
use crate::transcode::plan::Encode;

/// The options that tag the colours. Empty: the file does not say, and neither will the result.
pub(super) fn tags(encode: &Encode, video: Option<&Video>) -> Vec<String> {
    let Some(video) = video else { return Vec::new() };
    let standard = Colour { primaries: 1, transfer: 1, matrix: 1, full_range: false };
    let colour = if encode.tone_map {
        standard
    } else {
        match video.colour.value() {
            Some(colour) if video.chroma_format.value() == Some(&ChromaFormat::Rgb) => {
                Colour { matrix: 1, full_range: false, ..*colour }
            }
            Some(colour) => *colour,
            None => return Vec::new(),
        }
    };
    let range = if !encode.tone_map && is_full_range(video) && colour.full_range { "pc" } else { "tv" };
    [
        ("-color_primaries", name(PRIMARIES, colour.primaries)),
        ("-color_trc", name(TRANSFERS, colour.transfer)),
        ("-colorspace", name(MATRICES, colour.matrix)),
        ("-color_range", Some(range.to_owned())),
    ]
    .into_iter()
    .filter_map(|(option, value)| Some([option.to_owned(), value?]))
    .flatten()
    .collect()
}

/// The name of a code point (ISO/IEC 23091-2); `None` for 2, which is "unspecified", and for 0 and 3, which are reserved.
fn name(names: &[(u16, &str)], code: u16) -> Option<String> {
    if matches!(code, 0 | 2 | 3) {
        return None;
    }
    let known = names.iter().find(|(own, _)| *own == code);
    Some(known.map_or_else(|| code.to_string(), |(_, name)| (*name).to_owned()))
}

const PRIMARIES: &[(u16, &str)] = &[
    (1, "bt709"),
    (4, "bt470m"),
    (5, "bt470bg"),
    (6, "smpte170m"),
    (7, "smpte240m"),
    (8, "film"),
    (9, "bt2020"),
    (11, "smpte431"),
    (12, "smpte432"),
];

const TRANSFERS: &[(u16, &str)] = &[
    (1, "bt709"),
    (4, "gamma22"),
    (5, "gamma28"),
    (6, "smpte170m"),
    (7, "smpte240m"),
    (8, "linear"),
    (13, "iec61966-2-1"),
    (14, "bt2020-10"),
    (15, "bt2020-12"),
    (16, "smpte2084"),
    (18, "arib-std-b67"),
];

const MATRICES: &[(u16, &str)] = &[
    (1, "bt709"),
    (4, "fcc"),
    (5, "bt470bg"),
    (6, "smpte170m"),
    (7, "smpte240m"),
    (8, "ycgco"),
    (9, "bt2020nc"),
    (10, "bt2020c"),
];
