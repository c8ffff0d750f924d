//! Metadata: where it was recorded, and what titles, comments and dates say.

use super::Metadata;
use super::outcome::{Answer, Judged, Side, Silence};
use super::pair::{File, Pair, some};
use crate::facts::{Movie, Tag};

/// Where it was recorded (ISO 6709).
pub(super) fn location(pair: &Pair<'_>) -> Answer {
    pair.kinds()?;
    let (had, had_side) = place(pair.source)?;
    let (has, has_side) = place(pair.result)?;
    let policy = pair.options.metadata;
    let (is_kept, message) = match (had, has) {
        (None, None) => return Err(Silence::NotApplicable),
        (Some(place), None) => (
            policy != Metadata::Keep,
            format!("stripped: the source tells where it was recorded ({place}), the result does not"),
        ),
        (Some(place), Some(other)) if is_same_place(place, other) => {
            (policy != Metadata::Strip, format!("kept: both tell where it was recorded ({place})"))
        }
        (Some(place), Some(other)) => (false, format!("the place {place} became {other}")),
        (None, Some(place)) => (false, format!("the result tells a place ({place}), which the source does not")),
    };
    let expected = match (policy, had) {
        (Metadata::Strip, _) => "no place",
        (Metadata::Keep, Some(place)) => return answer(is_kept, message, place.to_owned(), had_side, has_side),
        _ => "the same place, or none",
    };
    answer(is_kept, message, expected.to_owned(), had_side, has_side)
}

/// Titles, comments, dates and the like.
pub(super) fn tags(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.movies()?;
    let (had, has) = (told(pair.source, source)?, told(pair.result, result)?);
    if had.is_empty() && has.is_empty() {
        return Err(Silence::NotApplicable);
    }
    let lost: Vec<&str> = had.iter().filter(|tag| find(&has, tag).is_none()).map(|tag| tag.name.as_str()).collect();
    let changed: Vec<&str> = had
        .iter()
        .filter(|tag| find(&has, tag).is_some_and(|other| other.text != tag.text))
        .map(|tag| tag.name.as_str())
        .collect();
    let is_kept = changed.is_empty()
        && match pair.options.metadata {
            Metadata::Either => true,
            Metadata::Keep => lost.is_empty(),
            Metadata::Strip => has.is_empty(),
        };
    let mut parts = Vec::new();
    let stay = had.len() - lost.len() - changed.len();
    for (count, word, names) in
        [(stay, "kept", &[][..]), (lost.len(), "stripped", &lost), (changed.len(), "changed", &changed)]
    {
        if count > 0 {
            let named = if names.is_empty() { String::new() } else { format!(" ({})", listed(names)) };
            parts.push(format!("{} {word}{named}", some(count as u64, "entry").replace("entrys", "entries")));
        }
    }
    let added = has.iter().filter(|tag| find(&had, tag).is_none()).count();
    if added > 0 {
        parts.push(format!("{added} added"));
    }
    let expected = match pair.options.metadata {
        Metadata::Either => "kept or stripped",
        Metadata::Keep => "kept",
        Metadata::Strip => "none",
    };
    let side =
        |tags: &[&Tag]| Side { value: Some((tags.len() as u64).into()), at: tags.first().map(|tag| tag.at.clone()) };
    answer(is_kept, parts.join(", "), expected.to_owned(), side(&had), side(&has))
}

/// Whether two places are the same, which `loci` gives in steps of 1/65536 of a degree.
fn is_same_place(a: &str, b: &str) -> bool {
    let degrees = |text| Some((angle(text, 0)?, angle(text, 1)?));
    match (degrees(a), degrees(b)) {
        (Some((a, b)), Some((c, d))) => a.abs_diff(c) <= STEP && b.abs_diff(d) <= STEP,
        _ => a == b,
    }
}

/// The latitude or the longitude of a place of ISO 6709 in decimal degrees, in millionths of a degree. `None`: it is
/// written otherwise.
fn angle(text: &str, index: usize) -> Option<i64> {
    let place = |sign: char| sign == '+' || sign == '-';
    let start = text.match_indices(place).nth(index)?.0;
    let digits = text.get(start + 1..)?;
    let digits = digits.split(|other: char| !other.is_ascii_digit() && other != '.').next()?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    // More digits in front of the point are minutes and seconds.
    if whole.is_empty() || whole.len() > 2 + index {
        return None;
    }
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
    let millionths = whole.parse::<i64>().ok()? * 1_000_000 + fraction.parse::<i64>().ok()?;
    Some(if text.get(start..)?.starts_with('-') { -millionths } else { millionths })
}

fn answer(is_kept: bool, message: String, expected: String, source: Side, result: Side) -> Answer {
    Ok(Judged::new(is_kept, message, expected).sides(source, result))
}

fn place(file: File<'_>) -> Result<(Option<&str>, Side), Silence> {
    let fact = match (&file.facts.movie, &file.facts.image) {
        (Some(movie), _) => &movie.location,
        (None, Some(image)) => &image.location,
        (None, None) => return Err(Silence::NotApplicable),
    };
    let known = file.read("place", fact)?;
    let side = Side { value: known.map(|known| known.value.clone().into()), at: known.map(|known| known.at.clone()) };
    Ok((known.map(|known| known.value.as_str()), side))
}

/// What the metadata say, without what names the writing program and without places, which have their own row.
fn told<'a>(file: File<'_>, movie: &'a Movie) -> Result<Vec<&'a Tag>, Silence> {
    let tags = movie
        .tags
        .as_ref()
        .ok_or_else(|| Silence::because(format!("the metadata of the {} were not read", file.name)))?;
    Ok(tags.iter().filter(|tag| !NOT_TOLD.contains(&plain(&tag.name)) && !tag.text.is_empty()).collect())
}

fn find<'a>(tags: &[&'a Tag], wanted: &Tag) -> Option<&'a Tag> {
    tags.iter().copied().find(|tag| plain(&tag.name) == plain(&wanted.name))
}

/// A name without what differs between QuickTime and MP4.
fn plain(name: &str) -> &str {
    let name = name.strip_prefix("com.apple.quicktime.").unwrap_or(name);
    match name {
        "©nam" | "titl" => "title",
        "©cmt" => "comment",
        "©day" => "date",
        "©ART" => "artist",
        "©too" | "©swr" => "encoder",
        "©xyz" | "loci" | "location.ISO6709" => "location",
        other => other,
    }
}

/// The first names.
fn listed(names: &[&str]) -> String {
    let mut words: Vec<&str> = names.iter().take(NAMED).copied().collect();
    if names.len() > NAMED {
        words.push("...");
    }
    words.join(", ")
}

/// Entries of which nobody minds whether they are kept.
const NOT_TOLD: &[&str] =
    &["encoder", "software", "location", "major_brand", "minor_version", "compatible_brands", "©enc", "name"];
/// Millionths of a degree that two writings of one place may differ by: two metres on the ground.
const STEP: u64 = 20;
/// Names that a message lists.
const NAMED: usize = 6;
