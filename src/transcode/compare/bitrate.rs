//! Bit rates against the platform's table of renditions.

use super::outcome::{Answer, Judged, Silence};
use super::pair::{File, Kind, Known, Pair};
use super::picture::Shown;
use crate::facts::Track;
use crate::profile::Rendition;
use crate::units::BitRate;

/// The video's.
pub(super) fn video(pair: &Pair<'_>) -> Answer {
    let result = pair.result.pictures()?;
    // The flat colours of an animation need far fewer bits than any row of the table has.
    if pair.kinds()?.0 == Kind::Animation {
        return Err(Silence::NotApplicable);
    }
    let source = pair.source.pictures().ok().map(|pictures| pictures.track);
    compare(pair, source, result.track, |row| row.video)
}

/// The sound's.
pub(super) fn audio(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.sounds()?;
    compare(pair, Some(source), result, |row| row.audio)
}

fn compare(pair: &Pair<'_>, source: Option<&Track>, result: &Track, of_row: fn(&Rendition) -> BitRate) -> Answer {
    let shown = Shown::of(pair.result)?.square();
    let row = pair.profile.nearest_rendition(shown).ok_or(Silence::NotApplicable)?;
    let has = rate(pair.result, result)?;
    let had = source.map(|track| rate(pair.source, track)).transpose()?;
    let wanted = of_row(row);
    // Encoders aim at a rate and come out below it where there is little to see.
    let near = BitRate(wanted.0 / 4 * 3);
    let half = had.map(|had| BitRate(had.value.0 / 2));
    let least = half.map_or(near, |half| half.min(near));
    let mut message = format!("{} (the table gives {wanted} for {})", has.value, row.dimensions);
    if let Some(had) = had.filter(|had| had.value != has.value) {
        message.push_str(&format!("; {} in the source", had.value));
    }
    let judged = Judged::new(*has.value >= least, message, format!("at least {least}")).result(has.value.0, has.at);
    Ok(match had {
        Some(had) => judged.source(had.value.0, had.at),
        None => judged,
    })
}

fn rate<'a>(file: File<'_>, track: &'a Track) -> Result<Known<'a, BitRate>, Silence> {
    file.need("bit rate", &track.bit_rate)
}
