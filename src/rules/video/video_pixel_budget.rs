//! The picture of the video has too many pixels.
//!
//! **What it checks.** Width * height of the decoded picture, whatever its form.
//!
//! **Why it matters.** The server refuses the upload before it looks further.
//!
//! **How to fix it.** Scale it down: `ffmpeg -i INPUT -vf
//! "scale=iw/2:ih/2:force_divisible_by=2" -c:v libx264 -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Documented in the pack `mastodon`: 8294400 pixels (3840x2160). The packs of other platforms have no such
//! limit.

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::Ratio;

rule!(
    "video-pixel-budget",
    video_pixel_budget,
    "video_pixel_budget.rs",
    "the picture of the video has too many pixels",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let Some(shown) = track.read(&track.video.displayed)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.video_pixel_budget.of(context.category).value.0;
    // No pack sets a limit of nothing: this one has none.
    if limit == 0 {
        return Ok(Outcome::NotApplicable);
    }
    let pixels = shown.value.pixels();
    if pixels <= limit {
        let words = || (text!("{pixels} pixels"), limit);
        return near::under(Ratio::whole(pixels), Ratio::whole(limit), words, (pixels, limit));
    }
    let message = text!("The picture has {pixels} pixels ({}), more than the {limit} allowed", shown.value);
    let remedy =
        "Scale it down: ffmpeg -i INPUT -vf \"scale=iw/2:ih/2:force_divisible_by=2\" -c:v libx264 -c:a copy OUTPUT.mp4";
    Ok(Outcome::Fail(Fault::new(message, limit, pixels, remedy).at(shown.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario};

    fn sized(scenario: &mut Scenario, width: u32, height: u32) {
        scenario.pack = "mastodon";
        scenario.size(width, height);
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| sized(s, 3840, 2159), |s| sized(s, 3840, 2160), |s| sized(s, 2160, 3840)],
        fail: &[(|s| sized(s, 3841, 2160), "8294400", "8296560"), (|s| sized(s, 2160, 3841), "8294400", "8296560")],
        undecided: &[|s| {
            sized(s, 100, 100);
            s.video().displayed = Fact::unknown("cut");
        }],
        skip: &[|s| *s = Scenario::gif()],
    };
}
