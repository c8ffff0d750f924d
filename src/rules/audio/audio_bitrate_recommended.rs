//! The sound has a lower bit rate than is recommended.
//!
//! **What it checks.** The bytes of each enabled audio track's samples over its duration: at least 128 kbps (1 kbps is 1000
//! bit/s). The message shows what the platform's table of renditions gives for the video's size.
//!
//! **Why it matters.** The platform encodes the sound anew; the less there is to begin with, the worse it sounds.
//!
//! **How to fix it.** Export it from the original at a higher bit rate: `ffmpeg -i ORIGINAL -c:v copy -c:a aac -b:a 160k
//! OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Recommended Minimum Audio Bitrate: 128 kbps".

use crate::facts::{Fact, Movie};
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::video::video_bitrate_recommended::row;

use super::{Heard, every_track, is_taken, subject};

rule!(
    "audio-bitrate-recommended",
    audio_bitrate_recommended,
    "audio_bitrate_recommended.rs",
    "the sound has a lower bit rate than is recommended",
    Sound
);

fn check(context: &Context<'_>, movie: &Movie) -> Result<Outcome, Undecided> {
    let limit = context.limits.audio_bitrate_recommended.of(context.category).value;
    every_track(movie, |track, _| {
        if !is_taken(context, track) && matches!(track.bit_rate, Fact::Unknown(_)) {
            return Ok(Heard::Skipped);
        }
        let Some(rate) = context.read(&track.bit_rate)? else { return Ok(Heard::Skipped) };
        if *rate.value >= limit {
            return Ok(Heard::Kept);
        }
        let message = text!("{} has {}; at least {limit} are recommended", subject(movie, track), rate.value);
        let in_table =
            row(context).map(|row| text!(" (the table of renditions gives {} beside {})", row.audio, row.dimensions));
        let remedy = "Export the sound from the original at a higher bit rate: ffmpeg -i ORIGINAL -c:v copy -c:a aac -b:a 160k OUTPUT.mp4";
        Ok(Heard::Broken(Fault::new(message, limit.0, rate.value.0, remedy).with(in_table).at(rate.at)))
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario, known};
    use crate::units::BitRate;

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.audio_track().bit_rate = known(BitRate(128_000))],
        fail: &[(|s| s.audio_track().bit_rate = known(BitRate(127_999)), "128000", "127999")],
        undecided: &[|s| s.audio_track().audio = None, |s| s.audio_track().bit_rate = Fact::unknown("cut")],
        skip: &[
            |s| s.audio_track().bit_rate = Fact::Absent,
            |s| {
                s.audio_track().bit_rate = known(BitRate(1));
                s.audio_track().enabled = known(false);
            },
            |s| drop(s.movie_facts().tracks.remove(1)),
        ],
    };

    #[test]
    fn the_figure_of_the_table_is_shown() {
        let mut scenario = Scenario::movie();
        scenario.audio_track().bit_rate = known(BitRate(96_000));
        assert_eq!(
            scenario.message(&RULE),
            "The sound has 96 kbps; at least 128 kbps are recommended (the table of renditions gives 128 kbps beside 1280x720)"
        );
    }
}
