//! How the pictures are sampled: chroma, bits, and progressive or interlaced.

use super::outcome::{Answer, Judged};
use super::pair::Pair;
use crate::facts::{ChromaFormat, Scan};
use crate::finding::Severity;

/// How chroma is sampled.
pub(super) fn chroma(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.videos()?;
    let had = source.need("chroma sampling", |video| &video.chroma_format)?;
    let has = result.need("chroma sampling", |video| &video.chroma_format)?;
    let demanded = pair.demand(|limits, category| limits.chroma_not_420.of(category)).copied();
    let (from, to) = (*had.value, *has.value);
    let expected = demanded.filter(|_| detail(from) > detail(ChromaFormat::Yuv420)).unwrap_or(from);
    let is_kept = detail(to) >= detail(expected).min(detail(from));
    let message = match (from == to, to == expected) {
        (true, _) => format!("{to} in both"),
        (false, true) => format!("{from} became {to}, as the limits demand"),
        (false, false) => format!("{from} became {to}"),
    };
    // Without colour it is another film.
    let severity = if to == ChromaFormat::Monochrome { Severity::Error } else { Severity::Warning };
    Ok(Judged::new(is_kept, message, expected.to_string())
        .source(from.to_string(), had.at)
        .result(to.to_string(), has.at)
        .weighs(severity))
}

/// How much of the colours is left.
const fn detail(format: ChromaFormat) -> u8 {
    match format {
        ChromaFormat::Monochrome => 0,
        ChromaFormat::Yuv420 => 1,
        ChromaFormat::Yuv422 => 2,
        ChromaFormat::Yuv444 => 3,
        ChromaFormat::Rgb => 4,
    }
}

/// Bits of a luma sample.
pub(super) fn depth(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.videos()?;
    let had = source.need("bit depth", |video| &video.bit_depth_luma)?;
    let has = result.need("bit depth", |video| &video.bit_depth_luma)?;
    let demanded = pair.demand(|limits, category| limits.bit_depth.of(category)).map(|bits| bits.0);
    let (from, to) = (u64::from(*had.value), u64::from(*has.value));
    let expected = demanded.map_or(from, |most| from.min(most));
    let message = match (from == to, expected == from) {
        (true, _) => format!("{to} bits in both"),
        (false, true) => format!("{from} bits became {to}"),
        (false, false) => format!("{from} bits became {to}, and at most {expected} are allowed"),
    };
    Ok(Judged::new(to >= expected, message, expected).source(from, had.at).result(to, has.at))
}

/// Progressive or interlaced.
pub(super) fn scan(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.videos()?;
    let has = result.need("kind of scan", |video| &video.scan)?;
    let is_interlaced = |scan: &Scan| matches!(scan, Scan::Interlaced { .. });
    let words = |scan: &Scan| if is_interlaced(scan) { "interlaced" } else { "progressive" };
    if !is_interlaced(has.value) {
        let message = match source.video.scan.value() {
            Some(had) if is_interlaced(had) => "interlaced pictures became progressive ones",
            Some(_) => "progressive in both",
            None => "the result is progressive",
        };
        return Ok(Judged::new(true, message, "progressive").result(words(has.value), has.at));
    }
    let had = source.need("kind of scan", |video| &video.scan)?;
    let is_kept = is_interlaced(had.value);
    let message = if is_kept { "interlaced in both" } else { "progressive pictures became interlaced ones" };
    let expected = if is_kept { "interlaced or progressive" } else { "progressive" };
    let judged = Judged::new(is_kept, message, expected);
    Ok(judged.source(words(had.value), had.at).result(words(has.value), has.at))
}
