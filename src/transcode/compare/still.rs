//! What only images and animations have: transparency, and how often they are played.

use super::outcome::{Answer, Judged, Side, Silence};
use super::pair::{File, Kind, Pair};
use crate::facts::Animation;
use crate::finding::Value;

/// How often the animation is played.
pub(super) fn loops(pair: &Pair<'_>) -> Answer {
    if pair.kinds()? != (Kind::Animation, Kind::Animation) {
        return Err(Silence::NotApplicable);
    }
    let plays = |file: File<'_>| -> Result<(u32, Side), Silence> {
        let animation: &Animation = file.facts.animation.as_deref().ok_or(Silence::NotApplicable)?;
        // A file that says nothing is played once.
        let known = file.read("number of plays", &animation.loop_count)?;
        let plays = known.map_or(1, |known| *known.value);
        Ok((plays, Side { value: Some(plays.into()), at: known.map(|known| known.at.clone()) }))
    };
    let ((had, source), (has, result)) = (plays(pair.source)?, plays(pair.result)?);
    let words = |plays| match plays {
        0 => "for ever".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} times"),
    };
    let message = if had == has {
        format!("both play {}", words(has))
    } else {
        format!("the source plays {}, the result {}", words(had), words(has))
    };
    Ok(Judged::new(had == has, message, had).sides(source, result))
}

/// Whether transparency is kept.
pub(super) fn alpha(pair: &Pair<'_>) -> Answer {
    if pair.kinds()? != (Kind::Image, Kind::Image) {
        return Err(Silence::NotApplicable);
    }
    let channels = |file: File<'_>| -> Result<(bool, Side), Silence> {
        let image = file.facts.image.as_deref().ok_or(Silence::NotApplicable)?;
        let known = file.need("colour type", &image.colour)?;
        let side = Side { value: Some(Value::Text(known.value.clone())), at: Some(known.at.clone()) };
        Ok((known.value.contains("alpha"), side))
    };
    let ((had, source), (has, result)) = (channels(pair.source)?, channels(pair.result)?);
    if !had && !has {
        return Err(Silence::NotApplicable);
    }
    let message = match (had, has) {
        (true, true) => "both have an alpha channel",
        (true, false) => "the alpha channel is gone: what was transparent is filled",
        (false, _) => "the result has an alpha channel, which the source has not",
    };
    let expected = if had { "with alpha" } else { "any" };
    Ok(Judged::new(!had || has, message, expected).sides(source, result))
}
