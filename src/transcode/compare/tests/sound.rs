//! Sound and bit rates.

use super::{Error, Nothing, Pass, SAME, Undecided, Warning, film, hold, known};
use crate::facts::{Extension, Fact};
use crate::units::BitRate;

#[test]
fn the_sound_keeps_its_channels_and_rate() {
    hold(
        "channels",
        film,
        &[
            (SAME, SAME, Pass, "stereo in both"),
            (SAME, |s| s.audio().channels = known(1), Error, "stereo became mono"),
            (|s| s.audio().channels = known(1), SAME, Warning, "mono became stereo"),
            (
                |s| s.audio().channels = known(6),
                SAME,
                Pass,
                "5.1 (6 channels) became stereo, and at most stereo is allowed",
            ),
            (|s| s.audio().channels = known(6), |s| s.audio().channels = known(1), Error, ""),
            (|s| s.audio().channels = known(6), |s| s.audio().channels = known(6), Pass, "in both"),
            (
                |s| {
                    s.audio().channels = known(1);
                    s.audio().ps = known(Extension::Explicit);
                },
                SAME,
                Pass,
                "stereo in both",
            ),
            (SAME, |s| s.audio().channels = Fact::unknown("cut"), Undecided, ""),
            (SAME, |s| s.audio_track().audio = None, Undecided, "the sound of the result could not be read"),
            (SAME, |s| drop(s.movie_facts().tracks.remove(1)), Nothing, ""),
        ],
    );
    hold(
        "sample-rate",
        film,
        &[
            (SAME, SAME, Pass, "48000 Hz in both"),
            (SAME, |s| s.audio().sample_rate = known(44_100), Warning, "48000 Hz became 44100 Hz"),
            (SAME, |s| s.audio().sample_rate = known(32_000), Warning, ""),
            (SAME, |s| s.audio().sample_rate = known(31_999), Error, ""),
            (SAME, |s| s.audio().sample_rate = known(96_000), Pass, ""),
            (
                |s| {
                    s.audio().sample_rate = known(24_000);
                    s.audio().sbr = known(Extension::Explicit);
                },
                SAME,
                Pass,
                "48000 Hz in both",
            ),
            (SAME, |s| s.audio().sample_rate = Fact::unknown("cut"), Undecided, ""),
        ],
    );
    hold(
        "language",
        film,
        &[
            (|s| s.audio_track().language = Fact::Absent, |s| s.audio_track().language = Fact::Absent, Nothing, ""),
            (
                |s| s.audio_track().language = known("eng".to_owned()),
                |s| s.audio_track().language = known("eng".to_owned()),
                Pass,
                "eng in both",
            ),
            (
                |s| s.audio_track().language = known("eng".to_owned()),
                |s| s.audio_track().language = Fact::Absent,
                Warning,
                "eng became none",
            ),
            (SAME, |s| s.audio_track().language = Fact::unknown("cut"), Undecided, "cut"),
        ],
    );
}

#[test]
fn bit_rates_are_held_against_the_table() {
    hold(
        "video-bitrate",
        film,
        &[
            (SAME, |s| s.track().bit_rate = known(BitRate(1_536_000)), Pass, "the table gives 2048 kbps for 1280x720"),
            (SAME, |s| s.track().bit_rate = known(BitRate(1_535_999)), Warning, "6000 kbps in the source"),
            (
                |s| s.track().bit_rate = known(BitRate(1_000_000)),
                |s| s.track().bit_rate = known(BitRate(500_000)),
                Pass,
                "",
            ),
            (
                |s| s.track().bit_rate = known(BitRate(1_000_000)),
                |s| s.track().bit_rate = known(BitRate(499_999)),
                Warning,
                "",
            ),
            (SAME, |s| s.track().bit_rate = Fact::unknown("cut"), Undecided, ""),
        ],
    );
    hold(
        "audio-bitrate",
        film,
        &[
            (SAME, |s| s.audio_track().bit_rate = known(BitRate(80_000)), Pass, ""),
            (SAME, |s| s.audio_track().bit_rate = known(BitRate(79_999)), Warning, ""),
            (SAME, |s| s.audio_track().bit_rate = Fact::Absent, Undecided, ""),
            (SAME, |s| drop(s.movie_facts().tracks.remove(1)), Nothing, ""),
        ],
    );
}
