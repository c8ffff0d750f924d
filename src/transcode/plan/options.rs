//! What whoever asks for a plan may choose.

use std::str::FromStr;

use serde::Serialize;

use crate::finding::FileReport;
use crate::profile::{Level, Profile};
use crate::units::{Duration, Ratio};

/// What whoever asks for a plan may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Only steps by which nothing of picture and sound is lost.
    pub safe_only: bool,
    /// Clear warnings too, even where that is lossy.
    pub warnings: bool,
    /// What animated GIFs are mended as.
    pub gif_as: GifAs,
    /// Keep only this part of a film.
    pub trim: Option<Trim>,
    /// Bytes that the result should have at most, where that is less than the category allows: the second attempt at a result
    /// that came out too large.
    pub most_bytes: Option<u64>,
    /// Encode picture and sound anew even where a copy should do: the second attempt at a copy that was of no use.
    pub encode: bool,
}

/// What an animated GIF is mended as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GifAs {
    /// A GIF where that costs it less than half of its frames and three quarters of its pixels, and a film otherwise.
    #[default]
    LeastLoss,
    /// A GIF.
    Gif,
    /// A film, even where nothing has to be mended.
    Film,
}

/// A part of a film.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trim {
    /// Where it begins.
    pub start: Duration,
    /// Where it ends.
    pub end: Duration,
}

impl Trim {
    /// How long it is.
    pub fn length(self) -> Duration {
        Duration(minus(self.end.seconds(), self.start.seconds()))
    }
}

/// `a - b`, or nothing where that is negative or cannot be said in 64 bits.
pub(super) fn minus(a: Ratio, b: Ratio) -> Ratio {
    let left = u128::from(a.numerator()) * u128::from(b.denominator());
    let right = u128::from(b.numerator()) * u128::from(a.denominator());
    let denominator = u128::from(a.denominator()) * u128::from(b.denominator());
    Ratio::from_u128(left.saturating_sub(right), denominator).unwrap_or(Ratio::whole(0))
}

/// Why a text is no [`Trim`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a start and an end behind it, such as 0:12.5:2:30 or 12.5-150, found {0:?}")]
pub struct TrimSyntax(pub String);

impl FromStr for Trim {
    type Err = TrimSyntax;

    /// Reads `START:END` or `START-END`, each in seconds, as `M:SS` or as `H:MM:SS`, with a fraction where needed. An empty
    /// start is the beginning.
    fn from_str(text: &str) -> Result<Self, TrimSyntax> {
        let error = || TrimSyntax(text.to_owned());
        // Without a dash the colon in the middle parts both: 0:30:2:10 is from 0:30 to 2:10.
        let parts = text.split_once('-').or_else(|| halves(text));
        let (start, end) = parts.ok_or_else(error)?;
        let start = if start.is_empty() { Some(Ratio::whole(0)) } else { clock(start) };
        let (start, end) = start.zip(clock(end)).filter(|(start, end)| start < end).ok_or_else(error)?;
        Ok(Self { start: Duration(start), end: Duration(end) })
    }
}

/// Both halves of a text with an odd number of colons.
fn halves(text: &str) -> Option<(&str, &str)> {
    let colons: Vec<usize> = text.match_indices(':').map(|(at, _)| at).collect();
    let middle = *colons.get(colons.len() / 2).filter(|_| colons.len() % 2 == 1)?;
    Some((text.get(..middle)?, text.get(middle + 1..)?))
}

/// Seconds, `M:SS` or `H:MM:SS`, with a fraction of seconds.
fn clock(text: &str) -> Option<Ratio> {
    let mut seconds = Ratio::whole(0);
    for (place, field) in text.split(':').enumerate() {
        if place > 2 {
            return None;
        }
        seconds = seconds.times(Ratio::whole(60))?.plus(field.parse().ok()?)?;
    }
    Some(seconds)
}

/// The parts of equal length that a film must be cut into, so that each is allowed: one that is whole where it is short
/// enough. `None`: its duration is not known, or it would take more than 1000 parts.
pub fn split(report: &FileReport, profile: &Profile) -> Option<Vec<Trim>> {
    let duration = *report.facts.movie.as_ref()?.duration.value()?;
    let limit = profile.limits().duration_too_long.of(report.category);
    let most = limit.value.seconds();
    let total = duration.seconds();
    if limit.level == Level::Off || total <= most {
        return Some(vec![Trim { start: Duration::ZERO, end: duration }]);
    }
    let quotient = total.times(most.inverted()?)?;
    let count = quotient.numerator().div_ceil(quotient.denominator());
    if count > MOST_PARTS {
        return None;
    }
    let at = |part: u64| total.times(Ratio::new(part, count)?).map(milliseconds);
    (0..count).map(|part| Some(Trim { start: at(part)?, end: at(part + 1)? })).collect()
}

/// Rounded down to whole milliseconds, which is what is written for people.
fn milliseconds(ratio: Ratio) -> Duration {
    let number = u128::from(ratio.numerator()) * 1000 / u128::from(ratio.denominator());
    Duration::from_millis(u64::try_from(number).unwrap_or(u64::MAX))
}

/// Parts of one film at most.
const MOST_PARTS: u64 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_film_are_read_as_people_write_them() {
        for (text, start, end) in [
            ("12.5:150", (25, 2), (150, 1)),
            (":140", (0, 1), (140, 1)),
            ("0:30-2:10", (30, 1), (130, 1)),
            ("0:30:2:10", (30, 1), (130, 1)),
            ("0:00:30:0:02:10", (30, 1), (130, 1)),
            ("1:00:00-1:00:01.5", (3600, 1), (7203, 2)),
        ] {
            let trim: Trim = text.parse().unwrap();
            assert_eq!(trim.start.seconds(), Ratio::new(start.0, start.1).unwrap(), "{text}");
            assert_eq!(trim.end.seconds(), Ratio::new(end.0, end.1).unwrap(), "{text}");
        }
        for text in ["", "5", "5:5", "10:5", "a:b", "1:2:3", "-", "1-", "1:2:3:4:5:6:7:8"] {
            assert!(text.parse::<Trim>().is_err(), "{text:?} was taken");
        }
    }
}
