//! Animations, images and captions.

use super::{Error, Nothing, Pass, SAME, Scenario, Undecided, Warning, animation, film, hold, known, photo, seconds};
use crate::facts::Fact;
use crate::units::Dimensions;

#[test]
fn frames_of_animations_are_counted() {
    hold(
        "frame-count",
        animation,
        &[
            (SAME, SAME, Pass, "10 frames in both"),
            (SAME, |s| s.animation().frames = known(9), Error, ""),
            (
                |s| s.animation().frames = known(400),
                |s| s.animation().frames = known(350),
                Pass,
                "at most 350 are allowed",
            ),
            (|s| s.animation().frames = known(400), |s| s.animation().frames = known(200), Error, ""),
            (SAME, |s| s.facts = film().facts, Pass, "10 frames became 300"),
            (SAME, |s| s.animation().frames = Fact::unknown("cut"), Undecided, ""),
        ],
    );
    hold(
        "duration",
        animation,
        &[
            (
                |s| s.animation().duration = known(seconds(1, 1)),
                |s| s.animation().duration = known(seconds(101, 100)),
                Pass,
                "",
            ),
            (
                |s| s.animation().duration = known(seconds(1, 1)),
                |s| s.animation().duration = known(seconds(102, 100)),
                Error,
                "",
            ),
        ],
    );
}

#[test]
fn animations_and_images_have_rows_of_their_own() {
    hold(
        "loop-count",
        animation,
        &[
            (
                |s| s.animation().loop_count = known(0),
                |s| s.animation().loop_count = known(0),
                Pass,
                "both play for ever",
            ),
            (
                |s| s.animation().loop_count = known(0),
                |s| s.animation().loop_count = Fact::Absent,
                Warning,
                "the result once",
            ),
            (SAME, |s| s.animation().loop_count = Fact::unknown("cut"), Undecided, ""),
            (SAME, |s| s.facts = film().facts, Nothing, ""),
        ],
    );
    hold(
        "alpha",
        photo,
        &[
            (
                |s| s.image().colour = known("truecolour with alpha".into()),
                |s| s.image().colour = known("YCbCr".into()),
                Warning,
                "filled",
            ),
            (
                |s| s.image().colour = known("truecolour with alpha".into()),
                |s| s.image().colour = known("palette with alpha".into()),
                Pass,
                "both have",
            ),
            (|s| s.image().colour = known("YCbCr".into()), |s| s.image().colour = known("YCbCr".into()), Nothing, ""),
            (|s| s.image().colour = Fact::unknown("cut"), SAME, Undecided, ""),
        ],
    );
    hold(
        "picture-size",
        animation,
        &[(
            |s| s.image().dimensions = known(Dimensions::new(1920, 1080)),
            |s| s.image().dimensions = known(Dimensions::new(1280, 720)),
            Pass,
            "is due",
        )],
    );
}

#[test]
fn captions_have_rows_of_their_own() {
    hold(
        "cues",
        Scenario::srt,
        &[
            (SAME, SAME, Pass, "2 cues in both"),
            (SAME, |s| s.captions().cues = known(1), Error, "2 cues became 1"),
            (SAME, |s| s.captions().cues = Fact::unknown("cut"), Undecided, ""),
        ],
    );
    hold(
        "last-cue",
        Scenario::srt,
        &[
            (SAME, |s| s.captions().last_end = known(seconds(4001, 1000)), Pass, "1 ms later"),
            (SAME, |s| s.captions().last_end = known(seconds(3998, 1000)), Error, "2 ms sooner"),
            (SAME, |s| s.captions().last_end = Fact::Absent, Undecided, ""),
            (|s| s.captions().last_end = Fact::Absent, SAME, Nothing, ""),
        ],
    );
}
