//! The sound: channels, sampling rate, language.

use super::outcome::{Answer, Judged, Side, Silence};
use super::pair::{File, Known, Pair};
use crate::facts::{Audio, Extension, Fact, Track};
use crate::finding::Severity;

/// How many channels there are.
pub(super) fn channels(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.sounds()?;
    let had = need(pair.source, source, "number of channels", |audio| &audio.channels)?;
    let has = need(pair.result, result, "number of channels", |audio| &audio.channels)?;
    let most = pair.demand(|limits, category| limits.audio_channels.of(category)).map(|limit| limit.max.0);
    let (from, to) = (heard(source, *had.value), heard(result, *has.value));
    let expected = most.map_or(from, |most| from.min(most));
    let (before, after) = (layout(from), layout(to));
    let message = match (from == to, expected == from) {
        (true, _) => format!("{after} in both"),
        (false, true) => format!("{before} became {after}"),
        (false, false) => format!("{before} became {after}, and at most {} is allowed", layout(expected)),
    };
    // Channels that were added say nothing new and take nothing away.
    let severity = if to > expected { Severity::Warning } else { Severity::Error };
    Ok(Judged::new(to == expected || to == from, message, layout(expected))
        .source(before, had.at)
        .result(after, has.at)
        .weighs(severity))
}

/// How often the sound is sampled.
pub(super) fn sample_rate(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.sounds()?;
    let had = need(pair.source, source, "sampling rate", |audio| &audio.sample_rate)?;
    let has = need(pair.result, result, "sampling rate", |audio| &audio.sample_rate)?;
    let (from, to) = (output_rate(source, *had.value), output_rate(result, *has.value));
    let message = if from == to { format!("{to} Hz in both") } else { format!("{from} Hz became {to} Hz") };
    let severity = if to < WIDE_BAND { Severity::Error } else { Severity::Warning };
    Ok(Judged::new(to >= from, message, from).source(from, had.at).result(to, has.at).weighs(severity))
}

/// Which language is spoken.
pub(super) fn language(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.sounds()?;
    let had = pair.source.read("language", &source.language)?;
    let has = pair.result.read("language", &result.language)?;
    let Some(had) = had else { return Err(Silence::NotApplicable) };
    let is_kept = has.is_some_and(|has| has.value == had.value);
    let after = has.map_or("none", |has| has.value.as_str());
    let message = if is_kept { format!("{after} in both") } else { format!("{} became {after}", had.value) };
    let side = Side { value: has.map(|has| has.value.clone().into()), at: has.map(|has| has.at.clone()) };
    let mut judged = Judged::new(is_kept, message, had.value.clone()).source(had.value.clone(), had.at);
    judged.result = side;
    Ok(judged)
}

/// The channels that are heard: parametric stereo makes two of one.
fn heard(track: &Track, core: u16) -> u64 {
    let is_parametric = track.audio.as_ref().is_some_and(|audio| is_carried(&audio.ps));
    if is_parametric && core == 1 { 2 } else { core.into() }
}

/// The rate that is heard: spectral band replication doubles that of the core.
fn output_rate(track: &Track, core: u32) -> u64 {
    let is_doubled = track.audio.as_ref().is_some_and(|audio| is_carried(&audio.sbr));
    if is_doubled && core <= 24_000 { u64::from(core) * 2 } else { core.into() }
}

fn is_carried(extension: &Fact<Extension>) -> bool {
    extension.value().is_some_and(|extension| *extension != Extension::None)
}

fn need<'a, T>(
    file: File<'_>,
    track: &'a Track,
    what: &str,
    fact: fn(&Audio) -> &Fact<T>,
) -> Result<Known<'a, T>, Silence> {
    let unread = || Silence::because(format!("the sound of the {} could not be read", file.name));
    file.need(what, fact(track.audio.as_deref().ok_or_else(unread)?))
}

/// Channels by the name of their usual layout (ISO/IEC 14496-3 table 1.19).
fn layout(channels: u64) -> String {
    match channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        6 => "5.1 (6 channels)".to_owned(),
        8 => "7.1 (8 channels)".to_owned(),
        other => format!("{other} channels"),
    }
}

/// Samples a second below which speech and music sound dull.
const WIDE_BAND: u64 = 32_000;
