//! How long it lasts: the whole, the pictures, the sound.

use super::difference::{Difference, millis, seconds};
use super::outcome::{Answer, Judged, Silence};
use super::pair::{File, Known, Pair, Pictures, sound_frame};
use super::sync::priming;
use crate::facts::{Evidence, Presentation};
use crate::units::{Duration, Ratio};

/// The whole film or animation.
pub(super) fn whole(pair: &Pair<'_>) -> Answer {
    pair.kinds()?;
    let (source, result) = (length(pair.source)?, length(pair.result)?);
    let begin = beginning(pair.source)?;
    judge(pair, "it", (begin, source), result, (longest_frame(pair), None))
}

/// The pictures.
pub(super) fn video(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.videos()?;
    let frame = [source, result].into_iter().filter_map(Pictures::frame_length).max();
    let length = |known: Known<'_, Presentation>| (known.value.length, known.at.clone());
    let (source, result) = (pair.source.presentation(source.track)?, pair.result.presentation(result.track)?);
    judge(pair, "the video", (source.value.start, length(source)), length(result), (frame, None))
}

/// The sound.
pub(super) fn audio(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.sounds()?;
    let frame = [source, result].into_iter().filter_map(sound_frame).max();
    let (had, has) = (pair.source.presentation(source)?, pair.result.presentation(result)?);
    let length = |known: Known<'_, Presentation>| (known.value.length, known.at.clone());
    // Priming that is not cut is no sound of the film.
    let priming = priming((source, had.value), (result, has.value));
    judge(pair, "the sound", (had.value.start, length(had)), length(has), (frame, priming))
}

/// The longer one of a video frame and a frame of sound, of both files.
pub(super) fn longest_frame(pair: &Pair<'_>) -> Option<Duration> {
    let pictures = [pair.source, pair.result].into_iter().filter_map(|file| file.pictures().ok()?.frame_length());
    let sounds = [pair.source, pair.result].into_iter().filter_map(|file| {
        file.facts.movie.as_ref().and_then(|movie| movie.audio_tracks().next()).and_then(sound_frame)
    });
    pictures.chain(sounds).max()
}

/// From where the first of the tracks begins to where the last one ends. Late starts have rows of their own.
fn span(file: File<'_>) -> Result<(Duration, Evidence), Silence> {
    let movie = file.facts.movie.as_deref().ok_or(Silence::NotApplicable)?;
    let (begin, mut end, mut at) = (beginning(file)?, Duration::ZERO, None);
    for track in movie.video_track().into_iter().chain(movie.audio_tracks()) {
        let known = file.presentation(track)?;
        let Presentation { start, length, .. } = known.value;
        let stop = start.seconds().plus(length.seconds()).map(Duration).ok_or_else(overflow)?;
        if stop >= end {
            (end, at) = (stop, Some(known.at.clone()));
        }
    }
    let at = at.ok_or(Silence::NotApplicable)?;
    Ok((Difference::of(end, begin).ok_or_else(overflow)?.size, at))
}

/// When the first of the tracks begins. What is no film begins at once.
fn beginning(file: File<'_>) -> Result<Duration, Silence> {
    let Some(movie) = file.facts.movie.as_deref() else { return Ok(Duration::ZERO) };
    let mut begin = None::<Duration>;
    for track in movie.video_track().into_iter().chain(movie.audio_tracks()) {
        let start = file.presentation(track)?.value.start;
        begin = Some(begin.map_or(start, |begin| begin.min(start)));
    }
    begin.ok_or(Silence::NotApplicable)
}

fn overflow() -> Silence {
    Silence::because("its exact value passes 64 bits")
}

fn length(file: File<'_>) -> Result<(Duration, Evidence), Silence> {
    if file.facts.movie.is_some() {
        return span(file);
    }
    let animation = file.facts.animation.as_ref().ok_or(Silence::NotApplicable)?;
    // What is seen counts, and delays that are too short are not shown as they are written.
    let shown = if animation.shown.value().is_some() { &animation.shown } else { &animation.duration };
    file.need("duration", shown).map(|known| (*known.value, known.at.clone()))
}

fn judge(
    pair: &Pair<'_>,
    what: &str,
    (begin, (source, source_at)): (Duration, (Duration, Evidence)),
    (result, result_at): (Duration, Evidence),
    (frame, priming): (Option<Duration>, Option<Difference>),
) -> Answer {
    let tolerance = frame.unwrap_or(HUNDREDTH);
    let expected = expected(pair, begin, source)?;
    let mut drift = Difference::of(result, expected).ok_or_else(overflow)?;
    if let Some(priming) = priming {
        drift = Difference::between(drift, priming).ok_or_else(overflow)?;
    }
    let is_kept = drift.is_within(tolerance);
    let mut message = format!("{what} lasts {}", seconds(result));
    if drift.size > Duration::ZERO {
        let kind = if drift.is_negative { "shorter" } else { "longer" };
        let part = if pair.options.trim.is_some() { "the part that was asked for" } else { "the source" };
        message.push_str(&format!(", {} {kind} than {part}", millis(drift.size)));
    } else {
        message.push_str(", exactly as the source");
    }
    if let Some(priming) = priming {
        message.push_str(&format!(", {priming} of priming that is cut otherwise left aside"));
    }
    message.push_str(&format!(" (tolerance {})", millis(tolerance)));
    let limit = pair.demand(|limits, category| limits.duration_too_long.of(category));
    if !is_kept && pair.options.trim.is_none() && limit.is_some_and(|limit| source > *limit) {
        message.push_str("; the source is longer than is allowed, so a part of it must be chosen");
    }
    Ok(Judged::new(is_kept, message, expected).source(source, &source_at).result(result, &result_at))
}

/// How much of what begins then and lasts so long is in the part that the result should show.
fn expected(pair: &Pair<'_>, begin: Duration, length: Duration) -> Result<Duration, Silence> {
    let Some(trim) = pair.options.trim else { return Ok(length) };
    let end = begin.seconds().plus(length.seconds()).map(Duration).ok_or_else(overflow)?;
    let part = Difference::of(trim.end.min(end), trim.start.max(begin)).ok_or_else(overflow)?;
    Ok(if part.is_negative { Duration::ZERO } else { part.size })
}

/// What an animation without frames to measure by may be off: the clock of GIF.
const HUNDREDTH: Duration = match Ratio::new(1, 100) {
    Some(ratio) => Duration(ratio),
    None => Duration::ZERO,
};
