//! What the files are, and which tracks they hold.

use super::outcome::{Answer, Judged, Side, Silence};
use super::pair::{File, Kind, Pair, some};
use crate::facts::{Movie, TrackKind};
use crate::finding::{Severity, Value};

/// Whether the result is of the source's kind.
pub(super) fn content(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.kinds()?;
    let moves = |kind| matches!(kind, Kind::Movie | Kind::Animation);
    let is_kept = source == result || moves(source) && moves(result);
    let message = if source == result {
        format!("both are {}", source.as_str())
    } else {
        format!("the source is {} and the result is {}", source.as_str(), result.as_str())
    };
    let side = |file: File<'_>| Side { value: Some(file.facts.format.name().into()), at: None };
    Ok(Judged::new(is_kept, message, source.as_str()).sides(side(pair.source), side(pair.result)))
}

/// Whether the tracks are all there.
pub(super) fn tracks(pair: &Pair<'_>) -> Answer {
    if pair.kinds()? == (Kind::Animation, Kind::Movie) {
        // An animation has no tracks; what is made of it shows pictures and is silent.
        let result = pair.result.facts.movie.as_deref().ok_or(Silence::NotApplicable)?;
        let tracks = Tracks::of(result);
        let is_kept = tracks.video > 0;
        let message = format!("the result has {}", tracks.words());
        return Ok(Judged::new(is_kept, message, "1 of video").sides(Side::default(), tracks.side()));
    }
    let (source, result) = pair.movies()?;
    let (source, result) = (Tracks::of(source), Tracks::of(result));
    let lost = |had: u64, has: u64| had > 0 && has == 0;
    let is_lost = lost(source.video, result.video) || lost(source.sound, result.sound);
    let message = if source == result {
        format!("both have {}", source.words())
    } else {
        format!("the source has {}, the result {}", source.words(), result.words())
    };
    // A second picture is no film of its own: players show the first.
    let is_kept = !is_lost && source.sound == result.sound && source.subtitles <= result.subtitles;
    let severity = if is_lost { Severity::Error } else { Severity::Warning };
    Ok(Judged::new(is_kept, message, source.words()).sides(source.side(), result.side()).weighs(severity))
}

/// How many tracks of each kind a film has.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Tracks {
    video: u64,
    sound: u64,
    subtitles: u64,
}

impl Tracks {
    fn of(movie: &Movie) -> Self {
        let count = |kind| movie.tracks.iter().filter(|track| track.kind == kind).count() as u64;
        Self {
            video: count(TrackKind::Video).min(1),
            sound: movie.audio_tracks().count() as u64,
            subtitles: count(TrackKind::Subtitle),
        }
    }

    fn words(self) -> String {
        let kinds = [(self.video, "of video"), (self.sound, "of sound"), (self.subtitles, "of subtitles")];
        let words: Vec<String> =
            kinds.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}")).collect();
        if words.is_empty() { some(0, "track") } else { words.join(", ") }
    }

    fn side(self) -> Side {
        Side { value: Some(Value::from(self.words())), at: None }
    }
}
