//! The sound is neither mono nor stereo.
//!
//! **What it checks.** The channels of every enabled audio track: 1 or 2, from the AudioSpecificConfig with its program
//! config element, because the sample entry often lies.
//!
//! **Why it matters.** Processing fails, or some channels are lost.
//!
//! **How to fix it.** Mix it down: `ffmpeg -i INPUT -c:v copy -c:a aac -ac 2 -b:a 128k OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Audio must be mono or stereo, not 5.1 or greater".

use crate::facts::{Fact, Movie};
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::some;

use super::{Heard, every_coding, is_taken, subject};

rule!("audio-channels", audio_channels, "audio_channels.rs", "the sound is neither mono nor stereo", Sound);

fn check(context: &Context<'_>, movie: &Movie) -> Result<Outcome, Undecided> {
    let limit = context.limits.audio_channels.of(context.category).value;
    every_coding(movie, |track, audio| {
        // A codec that is not taken fails as such; what is unknown of it is not held against it twice.
        if !is_taken(context, track) && matches!(audio.channels, Fact::Unknown(_)) {
            return Ok(Heard::Skipped);
        }
        let Some(channels) = context.read(&audio.channels)? else { return Ok(Heard::Skipped) };
        let count = u64::from(*channels.value);
        if (limit.min.0..=limit.max.0).contains(&count) {
            return Ok(Heard::Kept);
        }
        let message = text!("{} has {}; only mono and stereo are taken", subject(movie, track), some(count, "channel"));
        let entry = audio.entry_channels.value().filter(|entry| *entry != channels.value);
        let lie = entry.map(|entry| text!(" (its sample entry says {entry}, which is wrong)"));
        let remedy = "Mix it down to stereo: ffmpeg -i INPUT -c:v copy -c:a aac -ac 2 -b:a 128k OUTPUT.mp4";
        let allowed = text!("{} to {}", limit.min.0, limit.max.0);
        Ok(Heard::Broken(Fault::new(message, allowed, count, remedy).with(lie).at(channels.at)))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario, audio_track, known};

    const LIMIT: &str = "1 to 2";

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.audio().channels = known(1),
            |s| {
                s.audio().channels = known(2);
                s.audio().entry_channels = known(6);
            },
        ],
        fail: &[
            (|s| s.audio().channels = known(3), LIMIT, "3"),
            (|s| s.audio().channels = known(6), LIMIT, "6"),
            (|s| s.audio().channels = known(0), LIMIT, "0"),
            (
                |s| {
                    s.movie_facts().tracks.push(audio_track(2));
                    s.movie_facts().tracks[2].audio.as_mut().unwrap().channels = known(8);
                },
                LIMIT,
                "8",
            ),
            (
                |s| {
                    let mut other = audio_track(1);
                    other.audio.as_mut().unwrap().channels = known(6);
                    s.audio_track().other_codings.push(other);
                },
                LIMIT,
                "6",
            ),
        ],
        undecided: &[|s| s.audio_track().audio = None, |s| s.audio().channels = Fact::unknown("cut")],
        skip: &[
            |s| {
                s.audio_codec(*b"ac-3", "AC-3");
                s.audio().channels = Fact::unknown("cut");
            },
            |s| {
                s.audio().channels = known(6);
                s.audio_track().enabled = known(false);
            },
            |s| drop(s.movie_facts().tracks.remove(1)),
        ],
    };

    #[test]
    fn a_sample_entry_that_lies_is_shown() {
        let mut scenario = Scenario::movie();
        scenario.audio().channels = known(6);
        assert_eq!(
            scenario.message(&RULE),
            "The sound has 6 channels; only mono and stereo are taken (its sample entry says 2, which is wrong)"
        );
    }
}
