//! Rules of audio tracks. A movie without sound is fine.

pub(crate) mod audio_bitrate_recommended;
pub(crate) mod audio_channels;
pub(crate) mod audio_codec;
pub(crate) mod audio_profile;

use super::Context;
use super::outcome::{Fault, Outcome, Undecided};
use crate::facts::{Audio, Movie, Track};

/// What a rule says of one audio track.
enum Heard {
    /// The rule does not look at this track.
    Skipped,
    /// The track keeps the limit.
    Kept,
    /// The track breaks it.
    Broken(Fault),
}

/// Holds every coding of every enabled audio track against a rule, as [`every_track`] does.
fn every_coding<'a>(
    movie: &'a Movie,
    check: impl Fn(&'a Track, &'a Audio) -> Result<Heard, Undecided>,
) -> Result<Outcome, Undecided> {
    every_one(movie.audio_tracks().flat_map(Track::codings), check)
}

/// Holds every enabled audio track against a rule: each that breaks it is a fault, and only where none does can an
/// unknown fact leave the rule undecided.
fn every_track<'a>(
    movie: &'a Movie,
    check: impl Fn(&'a Track, &'a Audio) -> Result<Heard, Undecided>,
) -> Result<Outcome, Undecided> {
    every_one(movie.audio_tracks(), check)
}

fn every_one<'a>(
    tracks: impl Iterator<Item = &'a Track>,
    check: impl Fn(&'a Track, &'a Audio) -> Result<Heard, Undecided>,
) -> Result<Outcome, Undecided> {
    let mut faults = Vec::new();
    let mut undecided = None;
    let mut is_applicable = false;
    for track in tracks {
        let heard = match track.audio.as_deref() {
            Some(audio) => check(track, audio),
            None => Err(Undecided::because("the audio track could not be read")),
        };
        match heard {
            Ok(Heard::Skipped) => {}
            Ok(Heard::Kept) => is_applicable = true,
            Ok(Heard::Broken(fault)) => faults.push(fault),
            Err(why) => undecided = undecided.or(Some(why)),
        }
    }
    match undecided {
        _ if !faults.is_empty() => Ok(Outcome::faults(faults)),
        Some(why) => Err(why),
        None if is_applicable => Ok(Outcome::Pass),
        None => Ok(Outcome::NotApplicable),
    }
}

/// The track as the subject of a sentence: its index is named where there are several.
fn subject(movie: &Movie, track: &Track) -> String {
    if movie.audio_tracks().nth(1).is_some() {
        text!("The sound of track {}", track.index)
    } else {
        "The sound".to_owned()
    }
}

/// Whether the codec is one that the platform takes, as far as it is known.
fn is_taken(context: &Context<'_>, track: &Track) -> bool {
    let taken = &context.limits.audio_codec.of(context.category).value;
    track.codec.value().is_none_or(|codec| !codec.encrypted && taken.iter().any(|name| name.0 == codec.name))
}
