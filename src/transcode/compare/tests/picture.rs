//! Size, shape, turn, colours and sampling.

use super::{
    Change, Error, Nothing, Options, Pass, SAME, Scenario, Undecided, Warning, film, hold, hold_with, known, photo,
};
use crate::facts::{ChromaFormat, Colour, Fact, Orientation, PicturePlace, Rotation, Scan};
use crate::units::{Dimensions, Duration, Ratio};

#[test]
fn the_picture_keeps_its_shape_and_is_not_enlarged() {
    hold(
        "display-aspect",
        film,
        &[
            (SAME, SAME, Pass, "shown as 16:9"),
            (SAME, |s| s.size(640, 360), Pass, ""),
            (SAME, |s| s.size(854, 480), Pass, ""),
            (SAME, |s| s.size(1280, 718), Pass, ""),
            (SAME, |s| s.size(1280, 716), Error, "stretched, cropped or padded"),
            (SAME, |s| s.size(720, 720), Error, ""),
            (
                |s| {
                    s.size(720, 576);
                    s.video().pixel_aspect_box = known(Ratio::new(64, 45).unwrap());
                },
                |s| s.size(1024, 576),
                Pass,
                "16:9",
            ),
            (
                |s| {
                    s.size(720, 576);
                    s.video().pixel_aspect_box = known(Ratio::new(64, 45).unwrap());
                },
                |s| s.size(720, 576),
                Error,
                "with pixels of 64:45",
            ),
            (|s| s.turned(1280, 720), |s| s.size(720, 1280), Pass, "9:16"),
            (|s| s.turned(1280, 720), |s| s.size(1280, 720), Error, ""),
            (SAME, |s| s.size(0, 0), Undecided, "has no area"),
            (SAME, |s| s.video().dimensions = Fact::unknown("cut"), Undecided, "cut"),
            (SAME, |s| s.video().rotation = Fact::unknown("cut"), Undecided, "cut"),
            (|s| s.facts = Scenario::srt().facts, SAME, Nothing, ""),
        ],
    );
    hold(
        "upscaling",
        film,
        &[
            (SAME, |s| s.size(1282, 722), Pass, ""),
            (SAME, |s| s.size(1284, 722), Error, "1280x720 was enlarged to 1284x722"),
            (SAME, |s| s.size(640, 360), Pass, "1280x720 became 640x360"),
            (|s| s.turned(1280, 720), |s| s.size(720, 1280), Pass, ""),
            (
                |s| {
                    s.size(720, 576);
                    s.video().pixel_aspect_box = known(Ratio::new(64, 45).unwrap());
                },
                |s| s.size(1024, 576),
                Pass,
                "",
            ),
            (SAME, |s| s.video().dimensions = Fact::unknown("cut"), Undecided, ""),
        ],
    );
    hold(
        "picture-size",
        film,
        &[
            (SAME, SAME, Pass, "1280x720 in both"),
            (SAME, |s| s.size(1278, 718), Pass, ""),
            (SAME, |s| s.size(1276, 718), Warning, ""),
            (|s| s.size(1920, 1080), SAME, Pass, "1920x1080 became 1280x720, where 1280x720 is due"),
            (|s| s.size(1920, 1080), |s| s.size(640, 360), Warning, ""),
            (|s| s.turned(1920, 1080), |s| s.size(720, 1280), Pass, ""),
            (SAME, |s| s.video().dimensions = Fact::unknown("cut"), Undecided, ""),
        ],
    );
    let row = Options { size: Some(Dimensions::new(640, 360)), ..Options::default() };
    hold_with(
        "picture-size",
        film,
        &row,
        &[(SAME, |s| s.size(640, 360), Pass, ""), (SAME, |s| s.size(320, 180), Warning, "640x360 is due")],
    );
}

#[test]
fn the_picture_stays_the_right_way_up() {
    hold(
        "rotation",
        film,
        &[
            (SAME, SAME, Pass, "neither is turned"),
            (|s| s.turned(1280, 720), |s| s.turned(1280, 720), Pass, "both are turned by 90 degrees"),
            (|s| s.turned(1280, 720), |s| s.size(720, 1280), Pass, "was applied to the pixels"),
            (|s| s.turned(1280, 720), |s| s.size(1280, 720), Error, "lies on its side"),
            (|s| s.turned(1280, 720), |s| s.turned(720, 1280), Error, "the pixels were turned and the turn"),
            (
                SAME,
                |s| s.turned(1280, 720),
                Error,
                "the turn by 0 degrees became 90 degrees: the picture lies on its side",
            ),
            (
                |s| s.turned(1280, 720),
                |s| {
                    s.turned(1280, 720);
                    s.video().rotation = known(Rotation { degrees: 270, mirrored: false });
                },
                Error,
                "became 270 degrees",
            ),
            (
                |s| s.video().rotation = known(Rotation { degrees: 180, mirrored: false }),
                SAME,
                Undecided,
                "only the pixels tell",
            ),
            (SAME, |s| s.video().rotation = known(Rotation { degrees: 180, mirrored: false }), Error, "stored alike"),
            (
                |s| s.video().rotation = known(Rotation { degrees: 0, mirrored: true }),
                SAME,
                Undecided,
                "0 degrees, mirrored",
            ),
            (|s| s.turned(720, 720), |s| s.size(720, 720), Undecided, "only the pixels tell"),
            (SAME, |s| s.video().rotation = Fact::unknown("cut"), Undecided, "cut"),
            (|s| s.facts = Scenario::srt().facts, SAME, Nothing, ""),
        ],
    );
    hold(
        "rotation",
        photo,
        &[
            (SAME, SAME, Pass, "neither"),
            (
                |s| s.image().orientation = known(Orientation::new(6).unwrap()),
                |s| s.image().dimensions = known(Dimensions::new(600, 800)),
                Pass,
                "applied",
            ),
            (
                |s| s.image().orientation = known(Orientation::new(6).unwrap()),
                |s| s.image().orientation = Fact::Absent,
                Error,
                "lies on its side",
            ),
            (|s| s.image().orientation = Fact::unknown("cut"), SAME, Undecided, "cut"),
        ],
    );
}

/// Sets the colour description.
fn colours(scenario: &mut Scenario, primaries: u16, transfer: u16, matrix: u16, full_range: bool) {
    scenario.video().colour = known(Colour { primaries, transfer, matrix, full_range });
}

#[test]
fn colours_that_are_missing_are_told_from_defaults() {
    let unknown: Change = |s| s.video().colour = Fact::unknown("cut");
    for row in ["colour-primaries", "colour-transfer", "colour-matrix"] {
        hold(
            row,
            film,
            &[
                (|s| s.video().colour = Fact::Absent, |s| s.video().colour = Fact::Absent, Pass, "neither says"),
                (|s| colours(s, 1, 1, 1, false), |s| colours(s, 1, 1, 1, false), Pass, "BT.709 (1) in both"),
                (
                    |s| colours(s, 1, 1, 1, false),
                    |s| s.video().colour = Fact::Absent,
                    Warning,
                    "which is the same here",
                ),
                (|s| colours(s, 1, 1, 1, false), |s| colours(s, 2, 2, 2, false), Warning, "is no longer said"),
                (|s| colours(s, 9, 16, 9, false), |s| s.video().colour = Fact::Absent, Error, "which is not the same"),
                (|s| s.video().colour = Fact::Absent, |s| colours(s, 1, 1, 1, false), Pass, "the source does not say"),
                (
                    |s| s.video().colour = Fact::Absent,
                    |s| colours(s, 9, 16, 9, false),
                    Warning,
                    "the source does not say",
                ),
                (|s| colours(s, 9, 16, 9, false), |s| colours(s, 1, 1, 1, false), Warning, "HDR was made SDR"),
                (|s| colours(s, 9, 16, 9, false), |s| colours(s, 12, 13, 1, false), Error, "became"),
                (|s| colours(s, 1, 1, 1, false), |s| colours(s, 9, 16, 9, false), Error, "became"),
                (SAME, unknown, Undecided, "of the result's colour description: cut"),
                (unknown, SAME, Undecided, "of the source's"),
                (|s| s.facts = photo().facts, SAME, Nothing, ""),
            ],
        );
    }
    // In standard definition players take BT.601.
    let small: Change = |s| {
        s.size(640, 360);
        colours(s, 1, 1, 1, false);
    };
    let untold: Change = |s| {
        s.size(640, 360);
        s.video().colour = Fact::Absent;
    };
    hold(
        "colour-matrix",
        film,
        &[
            (small, untold, Error, "players take BT.601 525 (6), which is not the same"),
            (untold, small, Warning, ""),
            (|s| colours(s, 5, 6, 5, false), |s| colours(s, 6, 1, 6, false), Pass, "which is the same"),
        ],
    );
    hold(
        "colour-transfer",
        film,
        &[
            (small, untold, Warning, "which is the same here"),
            (
                |s| colours(s, 1, 14, 1, false),
                |s| colours(s, 1, 1, 1, false),
                Pass,
                "BT.2020 10 bit (14) became BT.709 (1), which is the same",
            ),
        ],
    );
    hold(
        "colour-range",
        film,
        &[
            (SAME, |s| colours(s, 2, 2, 2, false), Pass, "not said, so limited became limited"),
            (SAME, |s| colours(s, 1, 1, 1, true), Error, "became full"),
            (|s| colours(s, 1, 1, 1, true), SAME, Error, "full became not said, so limited"),
            (|s| colours(s, 1, 1, 1, true), |s| colours(s, 1, 1, 1, true), Pass, "full in both"),
            (unknown, SAME, Undecided, "cut"),
        ],
    );
}

#[test]
fn sampling_goes_down_only_as_far_as_is_demanded() {
    hold(
        "chroma",
        film,
        &[
            (SAME, SAME, Pass, "4:2:0 in both"),
            (|s| s.video().chroma_format = known(ChromaFormat::Yuv444), SAME, Pass, "as the limits demand"),
            (SAME, |s| s.video().chroma_format = known(ChromaFormat::Monochrome), Error, ""),
            (SAME, |s| s.video().chroma_format = Fact::unknown("cut"), Undecided, ""),
        ],
    );
    hold(
        "sample-depth",
        film,
        &[
            (|s| s.video().bit_depth_luma = known(10), SAME, Pass, "10 bits became 8, and at most 8 are allowed"),
            (SAME, |s| s.video().bit_depth_luma = known(10), Pass, ""),
            (|s| s.video().bit_depth_luma = Fact::Absent, SAME, Undecided, "has no bit depth"),
        ],
    );
    let interlaced: Change = |s| {
        let first = PicturePlace { frame: 0, time: Duration::ZERO, offset: 48 };
        s.video().scan = known(Scan::Interlaced { how: "field pictures".to_owned(), first, frames: 1 });
    };
    hold(
        "scan",
        film,
        &[
            (SAME, SAME, Pass, "progressive in both"),
            (interlaced, SAME, Pass, "became progressive"),
            (SAME, interlaced, Error, "became interlaced ones"),
            (interlaced, interlaced, Pass, "interlaced in both"),
            (|s| s.video().scan = Fact::unknown("cut"), SAME, Pass, "the result is progressive"),
            (SAME, |s| s.video().scan = Fact::unknown("cut"), Undecided, ""),
            (|s| s.video().scan = Fact::unknown("cut"), interlaced, Undecided, ""),
        ],
    );
}
