//! The colour description: primaries, transfer characteristics, matrix and range (ITU-T H.273).
//!
//! What says nothing is not what says the default. Players take for a picture without tags the colours of BT.709 where it is
//! high definition and of BT.601 where it is smaller, so a tag that was lost changes colours only where it said otherwise.

use super::outcome::{Answer, Judged, Side, Silence};
use super::pair::{Pair, Pictures};
use super::picture::Shown;
use crate::facts::{Colour, Evidence, Fact};
use crate::finding::Severity;

/// `colour_primaries`.
pub(super) fn primaries(pair: &Pair<'_>) -> Answer {
    compare(
        pair,
        &Part {
            tag: |colour| colour.primaries,
            default: |high| if high { 1 } else { 6 },
            name: primaries_name,
            alike: &[&[5, 6]],
        },
    )
}

/// `transfer_characteristics`.
pub(super) fn transfer(pair: &Pair<'_>) -> Answer {
    // The curves of BT.709, BT.601 and BT.2020 are the same function.
    compare(
        pair,
        &Part { tag: |colour| colour.transfer, default: |_| 1, name: transfer_name, alike: &[&[1, 6, 14, 15]] },
    )
}

/// `matrix_coefficients`.
pub(super) fn matrix(pair: &Pair<'_>) -> Answer {
    compare(
        pair,
        &Part {
            tag: |colour| colour.matrix,
            default: |high| if high { 1 } else { 6 },
            name: matrix_name,
            alike: &[&[5, 6]],
        },
    )
}

/// The range of samples.
pub(super) fn range(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.videos()?;
    let (had, has) = (colour(source)?, colour(result)?);
    let is_full = |colour: Option<(&Colour, &Evidence)>| colour.is_some_and(|(colour, _)| colour.full_range);
    let word = |colour: Option<(&Colour, &Evidence)>| match (colour.is_some(), is_full(colour)) {
        (true, true) => "full",
        (true, false) => "limited",
        (false, _) => "not said, so limited",
    };
    let is_kept = is_full(had) == is_full(has);
    let message = match (is_kept, had.is_some() == has.is_some()) {
        (true, true) => format!("{} in both", word(has)),
        _ => format!("{} became {}", word(had), word(has)),
    };
    let side = |colour: Option<(&Colour, &Evidence)>| Side {
        value: Some(word(colour).into()),
        at: colour.map(|(_, at)| at.clone()),
    };
    let expected = if is_full(had) { "full" } else { "limited" };
    Ok(Judged::new(is_kept, message, expected).sides(side(had), side(has)))
}

/// One of the code points of a colour description.
struct Part {
    tag: fn(&Colour) -> u16,
    /// What players take where nothing is said; of high definition or less.
    default: fn(bool) -> u16,
    name: fn(u16) -> Option<&'static str>,
    /// Code points that mean the same.
    alike: &'static [&'static [u16]],
}

impl Part {
    /// The code point, where the file says one.
    fn said(&self, colour: Option<(&Colour, &Evidence)>) -> Option<u16> {
        colour.map(|(colour, _)| (self.tag)(colour)).filter(|&code| code != UNSPECIFIED)
    }

    fn is_same(&self, a: u16, b: u16) -> bool {
        a == b || self.alike.iter().any(|alike| alike.contains(&a) && alike.contains(&b))
    }

    fn words(&self, code: u16) -> String {
        match (self.name)(code) {
            Some(name) => format!("{name} ({code})"),
            None => code.to_string(),
        }
    }
}

fn compare(pair: &Pair<'_>, part: &Part) -> Answer {
    let (source, result) = pair.videos()?;
    let (had, has) = (colour(source)?, colour(result)?);
    let (said, says) = (part.said(had), part.said(has));
    let assumed = |file| Shown::of(file).map(|shown| (part.default)(shown.square().short_edge() >= HIGH_DEFINITION));
    let side = |code: Option<u16>, colour: Option<(&Colour, &Evidence)>| Side {
        value: Some(code.map_or_else(|| "not given".to_owned(), |code| part.words(code)).into()),
        at: colour.map(|(_, at)| at.clone()),
    };
    let answer = |is_kept, message: String, expected: String, severity| {
        Ok(Judged::new(is_kept, message, expected).sides(side(said, had), side(says, has)).weighs(severity))
    };
    match (said, says) {
        (None, None) => answer(true, "neither says".to_owned(), "not given".to_owned(), Severity::Error),
        (Some(a), Some(b)) if part.is_same(a, b) => {
            let message = if a == b {
                format!("{} in both", part.words(b))
            } else {
                format!("{} became {}, which is the same", part.words(a), part.words(b))
            };
            answer(true, message, part.words(a), Severity::Error)
        }
        (Some(a), Some(b)) => {
            // HDR has no place where samples of 8 bits are demanded: to tone-map it is what can be done.
            let is_mapped = was_hdr(had) && is_sdr(has);
            let (note, severity) = if is_mapped {
                (": HDR was made SDR, and its highlights and colours with it", Severity::Warning)
            } else {
                ("", Severity::Error)
            };
            answer(false, format!("{} became {}{note}", part.words(a), part.words(b)), part.words(a), severity)
        }
        (Some(a), None) => {
            let default = assumed(pair.result)?;
            let is_harmless = part.is_same(a, default);
            let severity = if is_harmless { Severity::Warning } else { Severity::Error };
            let effect = if is_harmless { "which is the same here" } else { "which is not the same" };
            let message =
                format!("{} is no longer said; players take {}, {effect}", part.words(a), part.words(default));
            answer(false, message, part.words(a), severity)
        }
        (None, Some(b)) => {
            let default = assumed(pair.source)?;
            let is_kept = part.is_same(default, b);
            let message = format!(
                "the source does not say, for which players take {}; the result says {}",
                part.words(default),
                part.words(b)
            );
            answer(is_kept, message, part.words(default), Severity::Warning)
        }
    }
}

/// The colour description and its place; `None` where the video gives none.
fn colour<'a>(pictures: Pictures<'a>) -> Result<Option<(&'a Colour, &'a Evidence)>, Silence> {
    let fact: &'a Fact<Colour> = &pictures.video.colour;
    Ok(pictures.file.read("colour description", fact)?.map(|known| (known.value, known.at)))
}

fn was_hdr(colour: Option<(&Colour, &Evidence)>) -> bool {
    colour.is_some_and(|(colour, _)| matches!(colour.transfer, PERCEPTUAL_QUANTIZER | HYBRID_LOG_GAMMA))
}

/// Whether all is said as standard dynamic range says it.
fn is_sdr(colour: Option<(&Colour, &Evidence)>) -> bool {
    colour.is_some_and(|(colour, _)| {
        let is_standard = |code| matches!(code, 1 | 5 | 6);
        is_standard(colour.primaries) && matches!(colour.transfer, 1 | 6 | 13) && is_standard(colour.matrix)
    })
}

const fn primaries_name(code: u16) -> Option<&'static str> {
    Some(match code {
        1 => "BT.709",
        4 => "BT.470 M",
        5 => "BT.601 625",
        6 => "BT.601 525",
        7 => "SMPTE 240M",
        8 => "film",
        9 => "BT.2020",
        10 => "XYZ",
        11 => "DCI-P3",
        12 => "Display P3",
        22 => "EBU 3213",
        _ => return None,
    })
}

const fn transfer_name(code: u16) -> Option<&'static str> {
    Some(match code {
        1 => "BT.709",
        4 => "gamma 2.2",
        5 => "gamma 2.8",
        6 => "BT.601",
        7 => "SMPTE 240M",
        8 => "linear",
        13 => "sRGB",
        14 => "BT.2020 10 bit",
        15 => "BT.2020 12 bit",
        PERCEPTUAL_QUANTIZER => "PQ",
        17 => "SMPTE 428",
        HYBRID_LOG_GAMMA => "HLG",
        _ => return None,
    })
}

const fn matrix_name(code: u16) -> Option<&'static str> {
    Some(match code {
        0 => "RGB",
        1 => "BT.709",
        4 => "FCC",
        5 => "BT.601 625",
        6 => "BT.601 525",
        7 => "SMPTE 240M",
        8 => "YCgCo",
        9 => "BT.2020 non-constant",
        10 => "BT.2020 constant",
        14 => "ICtCp",
        _ => return None,
    })
}

/// `unspecified` of all three tables of H.273.
const UNSPECIFIED: u16 = 2;
const PERCEPTUAL_QUANTIZER: u16 = 16;
const HYBRID_LOG_GAMMA: u16 = 18;
/// Short edge from which players take a picture without tags for BT.709.
const HIGH_DEFINITION: u32 = 720;
