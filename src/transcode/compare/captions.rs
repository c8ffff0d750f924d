//! Captions: their number, and where they end.

use super::difference::{Difference, millis, seconds};
use super::outcome::{Answer, Judged, Silence};
use super::pair::{File, Pair, some};
use crate::facts::Captions;
use crate::units::Duration;

/// How many cues there are.
pub(super) fn cues(pair: &Pair<'_>) -> Answer {
    let (source, result) = both(pair)?;
    let had = pair.source.need("number of cues", &source.cues)?;
    let has = pair.result.need("number of cues", &result.cues)?;
    let message = if had.value == has.value {
        format!("{} in both", some(*has.value, "cue"))
    } else {
        format!("{} became {}", some(*had.value, "cue"), has.value)
    };
    Ok(Judged::new(had.value == has.value, message, *had.value).source(*had.value, had.at).result(*has.value, has.at))
}

/// When the cue that ends last ends.
pub(super) fn last_cue(pair: &Pair<'_>) -> Answer {
    let (source, result) = both(pair)?;
    let had = pair.source.read("end of the last cue", &source.last_end)?.ok_or(Silence::NotApplicable)?;
    let has = pair.result.need("end of the last cue", &result.last_end)?;
    let shift =
        Difference::of(*has.value, *had.value).ok_or_else(|| Silence::because("its exact value passes 64 bits"))?;
    let message = if shift.size == Duration::ZERO {
        format!("it ends at {} in both", seconds(*has.value))
    } else {
        let way = if shift.is_negative { "sooner" } else { "later" };
        format!("it ends at {}, {} {way} than in the source", seconds(*has.value), millis(shift.size))
    };
    Ok(Judged::new(shift.is_within(MILLISECOND), message, *had.value)
        .source(*had.value, had.at)
        .result(*has.value, has.at))
}

fn both<'a>(pair: &Pair<'a>) -> Result<(&'a Captions, &'a Captions), Silence> {
    pair.kinds()?;
    let captions = |file: File<'a>| file.facts.captions.as_deref().ok_or(Silence::NotApplicable);
    Ok((captions(pair.source)?, captions(pair.result)?))
}

const MILLISECOND: Duration = Duration::from_millis(1);
