//! The sound is not AAC.
//!
//! **What it checks.** The codec of every enabled audio track, by sample entry and object type. MP3, Opus, AC-3, E-AC-3,
//! ALAC, FLAC and PCM are named in the message.
//!
//! **Why it matters.** Processing fails, or the video is silent.
//!
//! **How to fix it.** `ffmpeg -i INPUT -c:v copy -c:a aac -b:a 128k OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Audio must be AAC with Low Complexity profile."

use crate::facts::Movie;
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::any_of;

use super::{Heard, every_coding, is_taken, subject};

rule!("audio-codec", audio_codec, "audio_codec.rs", "the sound is not AAC", Sound);

fn check(context: &Context<'_>, movie: &Movie) -> Result<Outcome, Undecided> {
    every_coding(movie, |track, _| {
        let Some(codec) = context.read(&track.codec)? else {
            return Err(Undecided::because("the audio track names no codec"));
        };
        if is_taken(context, track) {
            return Ok(Heard::Kept);
        }
        let limit = any_of(context.limits.audio_codec.of(context.category).value.iter().map(|name| &name.0));
        let subject = subject(movie, track);
        let (message, remedy) = if codec.value.encrypted {
            (text!("{subject} is encrypted, and the platform cannot play it"), "Export it without copy protection")
        } else {
            (
                text!("{subject} is {}; only {limit} is taken", codec.value),
                "Encode the sound as AAC: ffmpeg -i INPUT -c:v copy -c:a aac -b:a 128k OUTPUT.mp4",
            )
        };
        Ok(Heard::Broken(Fault::new(message, limit, codec.value.to_string(), remedy).at(codec.at)))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, audio_track, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.audio_codec(*b"mp4a", "AAC")],
        fail: &[
            (|s| s.audio_codec(*b".mp3", "MP3"), "AAC", "MP3 (.mp3)"),
            (|s| s.audio_codec(*b"Opus", "Opus"), "AAC", "Opus (Opus)"),
            (
                |s| {
                    s.movie_facts().tracks.push(audio_track(2));
                    s.audio_codec(*b"ac-3", "AC-3");
                },
                "AAC",
                "AC-3 (ac-3)",
            ),
        ],
        undecided: &[
            |s| s.audio_track().audio = None,
            |s| s.audio_track().codec = Fact::unknown("cut"),
            |s| s.audio_track().codec = Fact::Absent,
        ],
        skip: &[
            |s| drop(s.movie_facts().tracks.remove(1)),
            |s| {
                s.audio_codec(*b".mp3", "MP3");
                s.audio_track().enabled = known(false);
            },
            |s| *s = Scenario::gif(),
        ],
    };

    #[test]
    fn every_enabled_track_is_named() {
        let mut scenario = Scenario::movie();
        scenario.movie_facts().tracks.push(audio_track(2));
        scenario.movie_facts().tracks.push(audio_track(3));
        scenario.audio_codec(*b"ac-3", "AC-3");
        scenario.movie_facts().tracks[3].codec = scenario.audio_track().codec.clone();
        let faults = scenario.faults(&RULE);
        let messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "The sound of track 1 is AC-3 (ac-3); only AAC is taken",
                "The sound of track 3 is AC-3 (ac-3); only AAC is taken"
            ]
        );
    }
}
