//! The size of the video is none of the recommended ones.
//!
//! **What it checks.** Whether the picture, as it is shown, is 1280x720, 720x1280, 720x720, or a row of the platform's
//! table of renditions.
//!
//! **Why it matters.** Other sizes are scaled for playback, which costs sharpness.
//!
//! **How to fix it.** Scale it to the nearest recommended size; the message names it.
//!
//! **Basis.** Documented: "Recommended Video Resolution: 1280x720 (landscape), 720x1280 (portrait), 720x720 (square)", and
//! the table of upload recommendations.

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::any_of;
use crate::units::Dimensions;

use super::dimensions_too_large::is_recommended;

rule!(
    "resolution-recommended",
    resolution_recommended,
    "resolution_recommended.rs",
    "the size of the video is none of the recommended ones",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(shown) = track.read(&track.video.displayed)? else { return Ok(Outcome::NotApplicable) };
    if is_recommended(context, *shown.value) {
        return Ok(Outcome::Pass);
    }
    let size = *shown.value;
    let recommended = context.limits.resolution_recommended.of(context.category).value.iter().map(|size| size.0);
    let rows = context.profile.renditions().iter().map(|row| row.dimensions);
    let limit = any_of(recommended.clone());
    let message =
        sentence!["The picture is ", size, " pixels; ", limit, " are recommended, or a row of the table of renditions"];
    let nearest = nearest(recommended.chain(rows), size);
    let remedy = match nearest {
        Some(to) => sentence![
            "Scale it to ",
            to,
            ": ffmpeg -i INPUT -vf \"scale=",
            to.width,
            ":",
            to.height,
            ":force_original_aspect_ratio=decrease,pad=",
            to.width,
            ":",
            to.height,
            ":-1:-1,setsar=1\" -c:v libx264 -c:a copy OUTPUT.mp4"
        ],
        None => "Scale it to a recommended size".to_owned(),
    };
    Ok(Outcome::Fail(Fault::new(message, limit, size, remedy).at(shown.at)))
}

/// The recommended size of the same orientation whose number of pixels is nearest.
fn nearest(sizes: impl Iterator<Item = Dimensions>, shown: Dimensions) -> Option<Dimensions> {
    let orientation = |size: Dimensions| size.width.cmp(&size.height);
    sizes
        .filter(|size| orientation(*size) == orientation(shown))
        .min_by_key(|size| size.pixels().abs_diff(shown.pixels()))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario};

    const LIMIT: &str = "1280x720, 720x1280 or 720x720";

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.size(720, 1280),
            |s| s.turned(1280, 720),
            |s| s.size(720, 720),
            |s| s.size(640, 360),
            |s| s.size(240, 240),
            |s| {
                s.pack = "twitter-2026-premium";
                s.size(1920, 1080);
            },
        ],
        fail: &[
            (|s| s.size(1280, 718), LIMIT, "1280x718"),
            (|s| s.size(854, 480), LIMIT, "854x480"),
            (
                |s| {
                    s.pack = "twitter-2026";
                    s.size(1920, 1080);
                },
                LIMIT,
                "1920x1080",
            ),
        ],
        undecided: &[|s| s.video().displayed = Fact::unknown("cut")],
        skip: &[
            |s| {
                s.codec(*b"hvc1", "HEVC");
                s.unread_pictures();
            },
            |s| *s = Scenario::jpeg(),
        ],
    };
}
