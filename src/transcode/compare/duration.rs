//! How long it lasts: the whole, the pictures, the sound.

use super::difference::{Difference, millis, seconds};
use super::outcome::{Answer, Judged, Silence};
use super::pair::{File, Known, Pair, sound_frame};
use crate::facts::Track;
use crate::units::{Duration, Ratio};

/// The whole film or animation.
pub(super) fn whole(pair: &Pair<'_>) -> Answer {
    pair.kinds()?;
    let (source, result) = (length(pair.source)?, length(pair.result)?);
    judge(pair, "it", source, result, longest_frame(pair))
}

/// The pictures.
pub(super) fn video(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.videos()?;
    let frame = [source, result].into_iter().filter_map(super::pair::Pictures::frame_length).max();
    of_tracks(pair, source.track, result.track, "the video", frame)
}

/// The sound.
pub(super) fn audio(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.sounds()?;
    let frame = [source, result].into_iter().filter_map(sound_frame).max();
    of_tracks(pair, source, result, "the sound", frame)
}

/// The longer one of a video frame and a frame of sound, of both files.
pub(super) fn longest_frame(pair: &Pair<'_>) -> Option<Duration> {
    let pictures = [pair.source, pair.result].into_iter().filter_map(|file| file.pictures().ok()?.frame_length());
    let sounds = [pair.source, pair.result].into_iter().filter_map(|file| {
        file.facts.movie.as_ref().and_then(|movie| movie.audio_tracks().next()).and_then(sound_frame)
    });
    pictures.chain(sounds).max()
}

fn of_tracks(pair: &Pair<'_>, source: &Track, result: &Track, what: &str, frame: Option<Duration>) -> Answer {
    let source = pair.source.need(&format!("duration of {what}"), &source.duration)?;
    let result = pair.result.need(&format!("duration of {what}"), &result.duration)?;
    judge(pair, what, source, result, frame)
}

fn length(file: File<'_>) -> Result<Known<'_, Duration>, Silence> {
    if let Some(movie) = &file.facts.movie {
        return file.need("duration", &movie.duration);
    }
    let animation = file.facts.animation.as_ref().ok_or(Silence::NotApplicable)?;
    file.need("duration", &animation.duration)
}

fn judge(
    pair: &Pair<'_>,
    what: &str,
    source: Known<'_, Duration>,
    result: Known<'_, Duration>,
    frame: Option<Duration>,
) -> Answer {
    let tolerance = frame.unwrap_or(HUNDREDTH);
    let expected = expected(pair, *source.value)?;
    let overflow = || Silence::because("its exact value passes 64 bits");
    let drift = Difference::of(*result.value, expected).ok_or_else(overflow)?;
    let is_kept = drift.is_within(tolerance);
    let mut message = format!("{what} lasts {}", seconds(*result.value));
    if drift.size > Duration::ZERO {
        let kind = if drift.is_negative { "shorter" } else { "longer" };
        let part = if pair.options.trim.is_some() { "the part that was asked for" } else { "the source" };
        message.push_str(&format!(", {} {kind} than {part}", millis(drift.size)));
    } else {
        message.push_str(", exactly as the source");
    }
    message.push_str(&format!(" (tolerance {})", millis(tolerance)));
    let limit = pair.demand(|limits, category| limits.duration_too_long.of(category));
    if !is_kept && pair.options.trim.is_none() && limit.is_some_and(|limit| *source.value > *limit) {
        message.push_str("; the source is longer than is allowed, so a part of it must be chosen");
    }
    Ok(Judged::new(is_kept, message, expected).source(*source.value, source.at).result(*result.value, result.at))
}

/// How long the part of the source is that the result should show.
fn expected(pair: &Pair<'_>, source: Duration) -> Result<Duration, Silence> {
    let Some(trim) = pair.options.trim else { return Ok(source) };
    let end = trim.end.map_or(source, |end| end.min(source));
    let overflow = || Silence::because("its exact value passes 64 bits");
    let part = Difference::of(end, trim.start).ok_or_else(overflow)?;
    Ok(if part.is_negative { Duration::ZERO } else { part.size })
}

/// What an animation without frames to measure by may be off: the clock of GIF.
const HUNDREDTH: Duration = match Ratio::new(1, 100) {
    Some(ratio) => Duration(ratio),
    None => Duration::ZERO,
};
