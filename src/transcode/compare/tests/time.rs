//! Durations, frames and their order, sound beside pictures, key frames.

use super::{
    Change, Error, Nothing, Options, Pass, SAME, Scenario, Trim, Undecided, Warning, film, hold, hold_with, known,
    photo, row_of, seconds,
};
use crate::facts::{Fact, Frames, GopLength, Presentation};
use crate::units::Duration;

/// Changes how long the pictures last, and the sound where it is to last as long.
fn lasts(scenario: &mut Scenario, numerator: u64, denominator: u64, with_sound: bool) {
    let length = seconds(numerator, denominator);
    let with = |fact: &Fact<Presentation>| known(Presentation { length, ..fact.value().unwrap().clone() });
    scenario.track().presentation = with(&scenario.track().presentation.clone());
    if with_sound {
        scenario.audio_track().presentation = with(&scenario.audio_track().presentation.clone());
    }
}

/// Changes how long the sound lasts, in samples of 48 kHz.
fn sounds_for(scenario: &mut Scenario, samples: u64) {
    let presentation = scenario.audio_track().presentation.value().unwrap().clone();
    scenario.audio_track().presentation = known(Presentation { length: seconds(samples, 48_000), ..presentation });
}

/// The sound begins with priming that no edit cuts, and lasts `samples`.
fn uncut(scenario: &mut Scenario, samples: u64) {
    let presentation = scenario.audio_track().presentation.value().unwrap().clone();
    let length = seconds(samples, 48_000);
    scenario.audio_track().presentation = known(Presentation { length, skipped: Duration::ZERO, ..presentation });
}

#[test]
fn durations_within_a_frame() {
    hold(
        "duration",
        film,
        &[
            (SAME, |s| lasts(s, 301, 30, true), Pass, "33.333 ms longer"),
            (SAME, |s| lasts(s, 299, 30, true), Pass, "33.333 ms shorter"),
            (SAME, |s| lasts(s, 10_034, 1000, false), Error, "34 ms longer"),
            (SAME, |s| lasts(s, 9, 1, false), Pass, "exactly as the source"),
            (|s| lasts(s, 150, 1, true), |s| lasts(s, 140, 1, true), Error, "a part of it must be chosen"),
            (
                SAME,
                |s| s.track().presentation = Fact::unknown("cut"),
                Undecided,
                "of the result's start of the video: cut",
            ),
            (|s| s.facts = photo().facts, SAME, Nothing, ""),
        ],
    );
    hold(
        "video-duration",
        film,
        &[
            (SAME, |s| lasts(s, 301, 30, false), Pass, "longer"),
            (SAME, |s| lasts(s, 3011, 300, false), Error, "36.667 ms longer"),
            (SAME, |s| s.track().presentation = Fact::unknown("cut"), Undecided, "cut"),
            (SAME, |s| drop(s.movie_facts().tracks.remove(0)), Nothing, ""),
        ],
    );
    hold(
        "audio-duration",
        film,
        &[
            (SAME, |s| sounds_for(s, 481_024), Pass, "21.333 ms longer"),
            (SAME, |s| sounds_for(s, 481_025), Error, "21.354 ms longer"),
            (SAME, |s| sounds_for(s, 478_976), Pass, "21.333 ms shorter"),
            // Priming that is heard, and the padding of the last frame.
            (SAME, |s| uncut(s, 482_048), Pass, "21.333 ms of priming"),
            (SAME, |s| uncut(s, 482_049), Error, ""),
            (SAME, |s| s.audio_track().presentation = Fact::unknown("cut"), Undecided, "cut"),
            (SAME, |s| drop(s.movie_facts().tracks.remove(1)), Nothing, ""),
        ],
    );
}

/// Sets the frames of the video to these multiples of 1/`clock` s.
fn shown(scenario: &mut Scenario, clock: u32, times: impl Iterator<Item = u64>) {
    let times: Vec<u64> = times.collect();
    let frames = Frames { timescale: clock, sync_samples: 1, longest_sync_interval: times.len() as u64, times };
    let span = seconds(*frames.times.last().unwrap(), clock.into());
    scenario.timing(frames.times.len() as u64, span, true);
    let length = scenario.track().presentation.value().map_or(Duration::ZERO, |presentation| presentation.length);
    let presentation = Presentation { start: Duration::ZERO, length, skipped: Duration::ZERO, frames: known(frames) };
    scenario.track().presentation = known(presentation);
}

#[test]
fn frame_rates_are_kept_or_lowered_as_far_as_needed() {
    hold(
        "frame-rate",
        film,
        &[
            (SAME, SAME, Pass, "30 frames/s"),
            (SAME, |s| s.rate(30_000, 1001), Error, "30 frames/s became 29.97003"),
            (SAME, |s| s.rate(25, 1), Error, "became 25"),
            // A rounded clock: 600 intervals in a millisecond more than 20 s.
            (|s| s.rate(30, 1), |s| s.timing(601, seconds(20_001, 1000), false), Pass, ""),
            (|s| s.rate(30, 1), |s| s.timing(601, seconds(20_034, 1000), false), Error, ""),
            (|s| s.rate(120, 1), |s| s.rate(60, 1), Pass, "at most 60 are allowed"),
            (|s| s.rate(120, 1), |s| s.rate(30, 1), Pass, ""),
            (|s| s.rate(90, 1), |s| s.rate(45, 1), Pass, ""),
            (|s| s.rate(120, 1), |s| s.rate(50, 1), Error, ""),
            (|s| s.rate(120, 1), |s| s.rate(61, 1), Error, ""),
            (SAME, |s| s.video().frame_rate = Fact::unknown("cut"), Undecided, "cut"),
            (SAME, |s| s.video().frame_rate = Fact::Absent, Nothing, ""),
        ],
    );
}

#[test]
fn frames_are_counted_and_named() {
    let unread: Change = |s| s.track().presentation = Fact::unknown("cut");
    hold(
        "frame-count",
        film,
        &[
            (SAME, SAME, Pass, "300 frames are shown in both"),
            (SAME, |s| shown(s, 30, 0..299), Warning, "300 frames of the source became 299"),
            (SAME, |s| shown(s, 30, 0..298), Error, "became 298"),
            (SAME, |s| shown(s, 30, 0..301), Warning, "became 301"),
            (|s| shown(s, 120, 0..1200), |s| shown(s, 60, 0..600), Pass, "600 are due"),
            (|s| shown(s, 120, 0..1200), |s| shown(s, 60, 0..599), Pass, ""),
            (|s| shown(s, 120, 0..1200), |s| shown(s, 60, 0..598), Error, ""),
            (SAME, unread, Undecided, "cut"),
            (|s| s.facts = photo().facts, SAME, Nothing, ""),
        ],
    );
    hold(
        "dropped-frames",
        film,
        &[
            (SAME, SAME, Pass, "every frame of the source is there"),
            (
                SAME,
                |s| shown(s, 30, (0..300).filter(|time| *time != 150)),
                Error,
                "1 frame of the source is missing: at 5 s",
            ),
            (SAME, |s| shown(s, 30, 0..299), Warning, "at 9.967 s"),
            (SAME, |s| shown(s, 30, 0..298), Error, "2 from 9.933 s"),
            (
                |s| shown(s, 120, 0..1200),
                |s| shown(s, 60, (0..600).filter(|time| *time != 300)),
                Error,
                "after at 4.983 s",
            ),
            (|s| shown(s, 120, 0..1200), |s| shown(s, 60, 0..600), Pass, "evenly"),
            (SAME, unread, Undecided, "cut"),
        ],
    );
    hold(
        "repeated-frames",
        film,
        &[
            (SAME, SAME, Pass, "no frame is shown"),
            (|s| shown(s, 30, (0..300).filter(|time| *time != 150)), SAME, Warning, "at 5 s"),
            (|s| shown(s, 120, 0..1200), |s| shown(s, 60, 0..600), Nothing, ""),
            (SAME, unread, Undecided, "cut"),
        ],
    );
    let row = row_of(
        "dropped-frames",
        film,
        SAME,
        |s| shown(s, 30, (0..300).filter(|time| time % 2 == 0)),
        &Options::default(),
    );
    assert_eq!((row.moments.len(), row.moments[0].time, row.moments[0].frames), (100, seconds(1, 30), 1));
}

#[test]
fn a_part_is_compared_with_its_part() {
    let part = Options { trim: Some(Trim { start: seconds(2, 1), end: seconds(5, 1) }), ..Options::default() };
    let cut: Change = |s| {
        shown(s, 30, 0..90);
        lasts(s, 3, 1, true);
    };
    for row in
        ["duration", "video-duration", "frame-rate", "frame-count", "dropped-frames", "repeated-frames", "av-sync"]
    {
        hold_with(row, film, &part, &[(SAME, cut, Pass, "")]);
    }
    hold_with(
        "frame-count",
        film,
        &part,
        &[(SAME, |s| shown(s, 30, 0..88), Error, "90 frames of the source became 88")],
    );
    hold_with("duration", film, &part, &[(SAME, SAME, Error, "7000 ms longer than the part")]);
    let rest = Options { trim: Some(Trim { start: seconds(9, 1), end: seconds(99, 1) }), ..Options::default() };
    hold_with("frame-count", film, &rest, &[(SAME, |s| shown(s, 30, 0..30), Pass, "30 frames")]);
    let past = Options { trim: Some(Trim { start: seconds(20, 1), end: seconds(30, 1) }), ..Options::default() };
    hold_with("duration", film, &past, &[(SAME, SAME, Error, "")]);
    hold_with("start", film, &part, &[(SAME, cut, Nothing, "")]);
}

#[test]
fn what_begins_within_a_part_begins_as_late_in_its_result() {
    let part = Options { trim: Some(Trim { start: Duration::ZERO, end: seconds(5, 1) }), ..Options::default() };
    let late: Change = |s| sounds(s, 96_000, 1024);
    let right: Change = |s| {
        shown(s, 30, 0..150);
        lasts(s, 5, 1, false);
        sounds(s, 96_000, 1024);
        sounds_for(s, 144_000);
    };
    for row in ["duration", "audio-duration", "av-sync"] {
        hold_with(row, film, &part, &[(late, right, Pass, "")]);
    }
    let at_once: Change = |s| {
        shown(s, 30, 0..150);
        lasts(s, 5, 1, true);
        sounds(s, 0, 1024);
        sounds_for(s, 240_000);
    };
    hold_with("audio-duration", film, &part, &[(late, at_once, Error, "2000 ms longer")]);
    hold_with("av-sync", film, &part, &[(late, at_once, Error, "-2000 ms from where it should")]);

    // Pictures come once a second: a part may begin with the one that is there, or with the next one.
    let from_half = Options { trim: Some(Trim { start: seconds(1, 2), end: seconds(5, 1) }), ..Options::default() };
    let slow: Change = |s| shown(s, 1, 0..10);
    for wait in [0, 500] {
        let mut result = film();
        let presentation = result.track().presentation.value().unwrap().clone();
        result.track().presentation = known(Presentation { start: Duration::from_millis(wait), ..presentation });
        let mut source = film();
        slow(&mut source);
        let compared = super::compare(&source.facts, &result.facts, &crate::Profile::default(), &from_half);
        let row = compared.row("av-sync").unwrap();
        assert_eq!(row.verdict, super::RowVerdict::Pass, "{wait}: {}", row.message);
    }
}

/// Sets when the sound begins and what is cut of it, in samples of 48 kHz.
fn sounds(scenario: &mut Scenario, start: u64, skipped: u64) {
    let (start, skipped) = (seconds(start, 48_000), seconds(skipped, 48_000));
    scenario.audio_track().presentation =
        known(Presentation { start, length: seconds(10, 1), skipped, frames: Fact::Absent });
}

fn copied(scenario: &mut Scenario) {
    scenario.audio_track().samples = known(470);
    scenario.audio_track().sample_bytes = known(200_000);
}

#[test]
fn sound_and_pictures_stay_together() {
    hold(
        "av-sync",
        film,
        &[
            (SAME, SAME, Pass, "the sound keeps its place"),
            (SAME, |s| sounds(s, 1600, 1024), Pass, "33.333 ms later"),
            (SAME, |s| sounds(s, 1601, 1024), Error, "33.354 ms later"),
            (|s| sounds(s, 9600, 1024), SAME, Error, "200 ms sooner"),
            // An encoder's priming that is not cut, and that of a copy.
            (SAME, |s| sounds(s, 0, 0), Pass, "21.333 ms later than in the source, of which +21.333 ms is priming"),
            (
                |s| {
                    copied(s);
                    sounds(s, 0, 2112);
                },
                |s| {
                    copied(s);
                    sounds(s, 0, 0);
                },
                Error,
                "44 ms later",
            ),
            (
                |s| {
                    copied(s);
                    sounds(s, 0, 2112);
                },
                |s| {
                    copied(s);
                    sounds(s, 0, 1024);
                },
                Pass,
                "22.667 ms later",
            ),
            (
                SAME,
                |s| s.audio_track().presentation = Fact::unknown("cut"),
                Undecided,
                "of the result's start of the sound: cut",
            ),
            (SAME, |s| drop(s.movie_facts().tracks.remove(1)), Nothing, ""),
            (|s| s.facts = Scenario::srt().facts, SAME, Nothing, ""),
        ],
    );
    let both: Change = |s| {
        sounds(s, 4800, 1024);
        let mut presentation = s.track().presentation.value().unwrap().clone();
        presentation.start = seconds(1, 10);
        s.track().presentation = known(presentation);
    };
    hold("av-sync", film, &[(SAME, both, Pass, "keeps its place")]);
    // A frame of a slow film lasts longer than what people notice.
    let slow = || {
        let mut slow = film();
        slow.rate(10, 1);
        slow
    };
    hold(
        "av-sync",
        slow,
        &[
            (SAME, |s| sounds(s, 2160, 1024), Pass, "45 ms later than in the source (tolerance 45 ms)"),
            (SAME, |s| sounds(s, 2161, 1024), Error, "45.021 ms later"),
        ],
    );
    hold(
        "start",
        film,
        &[
            (SAME, SAME, Pass, "it begins at 0 ms"),
            (SAME, both, Warning, "it begins at 100 ms, +100 ms from the source"),
            (both, both, Pass, ""),
            (SAME, |s| s.track().presentation = Fact::unknown("cut"), Undecided, "cut"),
        ],
    );
}

#[test]
fn key_frames_come_often_enough() {
    hold(
        "keyframes",
        film,
        &[
            (SAME, SAME, Pass, "250 frames from one key frame to the next (8.333 s)"),
            (
                SAME,
                |s| s.video().longest_gop = known(GopLength { frames: 512, upper_bound: false, first: None }),
                Pass,
                "250 in the source",
            ),
            (
                SAME,
                |s| s.video().longest_gop = known(GopLength { frames: 513, upper_bound: false, first: None }),
                Error,
                "513 frames",
            ),
            (
                SAME,
                |s| s.video().longest_gop = known(GopLength { frames: 513, upper_bound: true, first: None }),
                Undecided,
                "513",
            ),
            (
                |s| s.video().longest_gop = known(GopLength { frames: 600, upper_bound: false, first: None }),
                |s| s.video().longest_gop = known(GopLength { frames: 600, upper_bound: false, first: None }),
                Pass,
                "600 frames",
            ),
            (
                |s| s.video().longest_gop = known(GopLength { frames: 9000, upper_bound: true, first: None }),
                |s| s.video().longest_gop = known(GopLength { frames: 513, upper_bound: false, first: None }),
                Error,
                "513 frames",
            ),
            // Where the pictures were not read, the container's sync samples tell.
            (SAME, |s| s.video().longest_gop = Fact::unknown("cut"), Pass, "250 frames"),
            (
                SAME,
                |s| {
                    s.video().longest_gop = Fact::unknown("cut");
                    s.track().presentation = Fact::unknown("cut too");
                },
                Undecided,
                "cut too",
            ),
            (SAME, |s| drop(s.movie_facts().tracks.remove(0)), Nothing, ""),
        ],
    );
}
