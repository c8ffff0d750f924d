//! The sound is AAC, but not AAC LC.
//!
//! **What it checks.** The audio object type of every enabled AAC track, which must be 2 (LC), and whether it is HE-AAC:
//! signalled explicitly (object type 5 or 29), by the sync extension 0x2B7, or found in the first access units.
//!
//! **Why it matters.** "High-Efficiency AAC is not supported": processing fails, or the sound is dull.
//!
//! **How to fix it.** `ffmpeg -i INPUT -c:v copy -c:a aac -profile:a aac_low -b:a 128k OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Audio must be AAC with Low Complexity profile. High-Efficiency AAC is not supported".

use crate::facts::{Audio, Evidence, Extension, Fact, Movie};
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

use super::{Heard, every_coding, is_taken, subject};

rule!("audio-profile", audio_profile, "audio_profile.rs", "the sound is AAC, but not AAC LC", Sound);

fn check(context: &Context<'_>, movie: &Movie) -> Result<Outcome, Undecided> {
    let wanted = context.limits.audio_profile.of(context.category).value.0;
    every_coding(movie, |track, audio| {
        // Other codecs fail as such; an unknown codec leaves this rule open, too.
        if !is_taken(context, track) {
            return Ok(Heard::Skipped);
        }
        context.read(&track.codec)?;
        let fault = |what: String, at: &Evidence| {
            let message = text!("{} is {what}; only AAC LC is taken", subject(movie, track));
            let remedy = "Encode the sound as AAC LC: ffmpeg -i INPUT -c:v copy -c:a aac -profile:a aac_low -b:a 128k OUTPUT.mp4";
            Ok(Heard::Broken(Fault::new(message, "AAC LC", what, remedy).at(at)))
        };
        if let Some((what, at)) = high_efficiency(audio) {
            return fault(what, at);
        }
        if let Some(object_type) = context.read(&audio.object_type)?
            && u64::from(*object_type.value) != wanted
        {
            return fault(
                text!("AAC {} (object type {})", name(*object_type.value), object_type.value),
                object_type.at,
            );
        }
        context.read(&audio.sbr)?;
        // Without SBR there is no parametric stereo.
        Ok(Heard::Kept)
    })
}

/// How a track is HE-AAC, as far as it is known, and where that was read.
fn high_efficiency(audio: &Audio) -> Option<(String, &Evidence)> {
    let found = |fact: &'_ Fact<Extension>| fact.value().copied().filter(|extension| *extension != Extension::None);
    let (version, fact) = match (found(&audio.ps), found(&audio.sbr)) {
        (Some(_), _) => ("HE-AAC v2", &audio.ps),
        (None, Some(_)) => ("HE-AAC", &audio.sbr),
        (None, None) => return None,
    };
    let how = match found(fact)? {
        Extension::Explicit => "said explicitly by its object type",
        Extension::SyncExtension => "said by the sync extension of its configuration",
        Extension::Implicit => "said by nothing but its access units",
        Extension::None => return None,
    };
    Some((text!("{version}, {how}"), fact.evidence()?))
}

/// The audio object types of ISO/IEC 14496-3 table 1.17 that occur under the name AAC.
fn name(object_type: u8) -> &'static str {
    match object_type {
        1 => "Main",
        2 => "LC",
        3 => "SSR",
        4 => "LTP",
        6 => "Scalable",
        17 => "ER LC",
        19 => "ER LTP",
        20 => "ER Scalable",
        23 => "LD",
        39 => "ELD",
        42 => "xHE (USAC)",
        _ => "of another kind",
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario, audio_track, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.audio().ps = Fact::unknown("cut"),
            |s| {
                s.audio().sbr = Fact::Absent;
                s.audio().ps = Fact::Absent;
            },
            |s| s.audio().sample_rate = known(24_000),
        ],
        fail: &[
            (|s| s.audio().object_type = known(1), "AAC LC", "AAC Main (object type 1)"),
            (|s| s.audio().object_type = known(3), "AAC LC", "AAC SSR (object type 3)"),
            (|s| s.audio().sbr = known(Extension::Explicit), "AAC LC", "HE-AAC, said explicitly by its object type"),
            (
                |s| s.audio().sbr = known(Extension::SyncExtension),
                "AAC LC",
                "HE-AAC, said by the sync extension of its configuration",
            ),
            (|s| s.audio().sbr = known(Extension::Implicit), "AAC LC", "HE-AAC, said by nothing but its access units"),
            (
                |s| {
                    s.audio().sbr = known(Extension::Explicit);
                    s.audio().ps = known(Extension::Explicit);
                    s.audio().object_type = Fact::unknown("cut");
                },
                "AAC LC",
                "HE-AAC v2, said explicitly by its object type",
            ),
            // A track that breaks the rule settles it, whatever is unknown of the other.
            (
                |s| {
                    s.movie_facts().tracks.push(audio_track(2));
                    s.audio().sbr = Fact::unknown("cut");
                    s.movie_facts().tracks[2].audio.as_mut().unwrap().object_type = known(1);
                },
                "AAC LC",
                "AAC Main (object type 1)",
            ),
        ],
        undecided: &[
            |s| s.audio_track().audio = None,
            |s| s.audio().object_type = Fact::unknown("cut"),
            |s| s.audio().sbr = Fact::unknown("the access units were not read"),
            |s| s.audio_track().codec = Fact::unknown("cut"),
        ],
        skip: &[
            |s| s.audio_codec(*b".mp3", "MP3"),
            |s| drop(s.movie_facts().tracks.remove(1)),
            |s| {
                s.audio().object_type = known(1);
                s.audio_track().enabled = known(false);
            },
        ],
    };
}
