//! How often key frames come in the result.

use super::outcome::{Answer, Judged, Side, Silence};
use super::pair::{Pair, Pictures, some};
use crate::facts::{Evidence, Fact, PicturePlace};
use crate::units::{Duration, Ratio};

/// Whether no GOP is longer than the limits allow.
///
/// The pictures decide where they were read; otherwise the sync samples of the container do, which is where players seek to.
pub(super) fn cadence(pair: &Pair<'_>) -> Answer {
    let result = pair.result.pictures()?;
    let longest = Cadence::of(result)?;
    let had = pair.source.pictures().and_then(Cadence::of).ok();
    let limit = pair.demand(|limits, category| limits.gop_too_long.of(category)).map(|limit| limit.0);
    let rate = result.video.frame_rate.value().map(|rate| rate.average);
    let lasting = rate
        .and_then(Ratio::inverted)
        .and_then(|interval| interval.times(Ratio::whole(longest.frames)))
        .map(|time| format!(" ({})", super::difference::seconds(Duration(time))))
        .unwrap_or_default();
    let bound = if longest.is_bound { "at most " } else { "" };
    let mut message = format!("{bound}{} from one key frame to the next{lasting}", some(longest.frames, "frame"));
    if let Some(had) = had.as_ref().filter(|had| had.frames != longest.frames) {
        message.push_str(&format!("; {} in the source", had.frames));
    }
    // A source that has no more of them is no worse.
    let most = limit.map(|limit| had.as_ref().filter(|had| !had.is_bound).map_or(limit, |had| limit.max(had.frames)));
    let is_kept = most.is_none_or(|most| longest.frames <= most);
    if !is_kept && longest.is_bound {
        return Err(Silence::because(format!(
            "there are {} frames, and the key frames among them were not read",
            longest.frames
        )));
    }
    let expected = most.map_or_else(|| "any".to_owned(), |most| format!("at most {most}"));
    let side = |cadence: &Cadence| Side { value: Some(cadence.frames.into()), at: Some(cadence.at.clone()) };
    Ok(Judged::new(is_kept, message, expected).sides(had.as_ref().map(side).unwrap_or_default(), side(&longest)))
}

/// The longest distance between key frames.
struct Cadence {
    frames: u64,
    is_bound: bool,
    at: Evidence,
}

impl Cadence {
    fn of(pictures: Pictures<'_>) -> Result<Self, Silence> {
        if let Fact::Known { value, at } = &pictures.video.longest_gop {
            let place = |first: &PicturePlace| Evidence::named(first.offset, format!("picture {}", first.frame));
            let at = value.first.as_ref().map_or_else(|| at.clone(), place);
            return Ok(Self { frames: value.frames, is_bound: value.upper_bound, at });
        }
        let known = pictures.file.presentation(pictures.track)?;
        let frames = pictures.file.need("key frames", &known.value.frames)?;
        Ok(Self { frames: frames.value.longest_sync_interval, is_bound: false, at: known.at.clone() })
    }
}
