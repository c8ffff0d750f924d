//! The colour tags of a video that is encoded anew: those that it has, by the names that ffmpeg gives them.

use super::filters::{is_full_range, is_rgb};
use crate::facts::{Colour, Track, Video};
use crate::units::Dimensions;

/// The options that tag the colours of a result of a size. Empty: the file does not say, and neither will the result.
pub(super) fn tags(tone_map: bool, track: Option<&Track>, size: Option<Dimensions>) -> Vec<String> {
    let Some((track, video)) = track.and_then(|track| Some((track, track.video.as_deref()?))) else {
        return Vec::new();
    };
    let standard = Colour { primaries: 1, transfer: 1, matrix: 1, full_range: false };
    let colour = if tone_map {
        standard
    } else {
        match video.colour.value() {
            Some(colour) if is_rgb(track) => Colour { matrix: 1, full_range: false, ..*colour },
            // The video may say its range and nothing else.
            Some(colour) if is_untold(*colour) && is_taken_otherwise(video, size) => {
                Colour { full_range: colour.full_range, ..standard }
            }
            Some(colour) => *colour,
            None if is_rgb(track) || video.colour.is_absent() && is_taken_otherwise(video, size) => standard,
            None => return Vec::new(),
        }
    };
    let range = if !tone_map && is_full_range(video) && colour.full_range { "pc" } else { "tv" };
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

/// Whether a video without tags is taken for BT.709, and the smaller result would be taken for BT.601.
fn is_taken_otherwise(video: &Video, size: Option<Dimensions>) -> bool {
    let is_high = |size: Dimensions| size.short_edge() >= HIGH_DEFINITION;
    video.dimensions.value().zip(size).is_some_and(|(source, result)| is_high(*source) && !is_high(result))
}

/// Whether primaries, transfer function and matrix are unspecified.
const fn is_untold(colour: Colour) -> bool {
    matches!(colour, Colour { primaries: 2, transfer: 2, matrix: 2, .. })
}

/// The name of a code point (ISO/IEC 23091-2); `None` for 2, which is "unspecified", and for 0 and 3, which are reserved.
fn name(names: &[(u16, &str)], code: u16) -> Option<String> {
    if matches!(code, 0 | 2 | 3) {
        return None;
    }
    let known = names.iter().find(|(own, _)| *own == code);
    Some(known.map_or_else(|| code.to_string(), |(_, name)| (*name).to_owned()))
}

/// Short edge from which players take a picture without tags for BT.709.
const HIGH_DEFINITION: u32 = 720;

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
