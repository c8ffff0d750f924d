//! The video has a lower bit rate than is recommended.
//!
//! **What it checks.** The bytes of the video's samples over the track's duration: at least 5000 kbps (1 kbps is 1000
//! bit/s). The message shows what the platform's table of renditions gives for the size, which is far less.
//!
//! **Why it matters.** The platform encodes every video anew; the less there is to begin with, the worse it looks.
//!
//! **How to fix it.** Export it from the original at a higher bit rate. Encoding a small file anew cannot bring back what
//! is lost.
//!
//! **Basis.** Documented: "Recommended Minimum Video Bitrate: 5,000 kbps".

use std::borrow::Cow;

use crate::profile::Rendition;
use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::BitRate;

rule!(
    "video-bitrate-recommended",
    video_bitrate_recommended,
    "video_bitrate_recommended.rs",
    "the video has a lower bit rate than is recommended",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(rate) = track.read(&track.track.bit_rate)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.video_bitrate_recommended.of(context.category).value;
    if *rate.value >= limit {
        return Ok(Outcome::Pass);
    }
    let rate_value = rate.value;
    let message = if let Some(Rendition { dimensions, video, .. }) = row(context) {
        sentence![
            "The video has ",
            rate_value,
            "; at least ",
            limit,
            " are recommended (the table of renditions gives ",
            video,
            " for ",
            dimensions,
            ")"
        ]
    } else {
        sentence!["The video has ", rate_value, "; at least ", limit, " are recommended"]
    };
    Ok(Outcome::Fail(Fault::new(message, limit.0, rate.value.0, remedy(limit)).at(rate.at)))
}

fn remedy(limit: BitRate) -> Cow<'static, str> {
    let kilobits = limit.0 / 1000;
    if kilobits == USUAL_KILOBITS {
        return USUAL_REMEDY.into();
    }
    sentence![
        "Export it from the original at a higher bit rate: ffmpeg -i ORIGINAL -c:v libx264 -b:v ",
        kilobits,
        "k -c:a copy OUTPUT.mp4"
    ]
    .into()
}

/// The limit of most packs, and what is said of it: most videos are below it.
const USUAL_KILOBITS: u64 = 5000;
const USUAL_REMEDY: &str =
    "Export it from the original at a higher bit rate: ffmpeg -i ORIGINAL -c:v libx264 -b:v 5000k -c:a copy OUTPUT.mp4";

/// The row of the table of renditions that is nearest to the video's size.
pub(in crate::rules) fn row<'a>(context: &Context<'a>) -> Option<&'a Rendition> {
    let shown = context.facts.video_track()?.video.as_ref()?.displayed.value()?;
    context.profile.nearest_rendition(*shown)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.track().bit_rate = known(BitRate(5_000_000))],
        fail: &[
            (|s| s.track().bit_rate = known(BitRate(4_999_999)), "5000000", "4999999"),
            (
                |s| {
                    s.codec(*b"hvc1", "HEVC");
                    s.track().bit_rate = known(BitRate(1));
                },
                "5000000",
                "1",
            ),
        ],
        undecided: &[|s| s.track().bit_rate = Fact::unknown("cut")],
        skip: &[|s| s.track().bit_rate = Fact::Absent, |s| *s = Scenario::gif()],
    };

    #[test]
    fn the_usual_remedy_is_that_of_its_limit() {
        let others = [4999, 5001].map(|kilobits| (kilobits, remedy(BitRate(kilobits * 1000))));
        for (kilobits, other) in others {
            assert_eq!(other.replace(&kilobits.to_string(), "5000"), remedy(BitRate(5_000_999)));
        }
    }

    #[test]
    fn the_figure_of_the_table_is_shown() {
        let mut scenario = Scenario::movie();
        scenario.size(640, 360);
        scenario.track().bit_rate = known(BitRate(900_500));
        assert_eq!(
            scenario.message(&RULE),
            "The video has 900.5 kbps; at least 5000 kbps are recommended (the table of renditions gives 768 kbps for 640x360)"
        );
    }
}
