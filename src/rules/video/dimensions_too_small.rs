//! The picture of the video is too small.
//!
//! **What it checks.** Width and height of the decoded picture: both at least 32 pixels.
//!
//! **Why it matters.** Processing fails.
//!
//! **How to fix it.** Scale it up, or add borders: `ffmpeg -i INPUT -vf "pad=max(iw\,32):max(ih\,32):-1:-1" -c:v libx264
//! -c:a copy OUTPUT.mp4`.
//!
//! **Basis.** Documented: "Dimensions must be between 32x32 and 1280x1024".

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::Ratio;

rule!(
    "dimensions-too-small",
    dimensions_too_small,
    "dimensions_too_small.rs",
    "the picture of the video is too small",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let limit = context.limits.dimensions_too_small.of(context.category).value.0;
    let size = track.video.size_that(|size| size.width < limit.width || size.height < limit.height);
    let Some(shown) = track.read(&size)? else { return Ok(Outcome::NotApplicable) };
    let at = shown.at;
    let shown = *shown.value;
    if shown.width >= limit.width && shown.height >= limit.height {
        let (edge, least) =
            if shown.width < shown.height { (shown.width, limit.width) } else { (shown.height, limit.height) };
        let words = || (text!("{shown} pixels"), limit);
        let values = (shown, limit);
        return near::over(Ratio::whole(edge.into()), Ratio::whole(least.into()), words, values);
    }
    let message = text!("The picture is {shown} pixels; at least {limit} are needed");
    let remedy = text!(
        "Add borders: ffmpeg -i INPUT -vf \"pad=max(iw\\,{}):max(ih\\,{}):-1:-1\" -c:v libx264 -c:a copy OUTPUT.mp4",
        limit.width,
        limit.height
    );
    Ok(Outcome::Fail(Fault::new(message, limit, shown, remedy).at(at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};
    use crate::units::Dimensions;

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.video().other_dimensions.push(known(Dimensions::new(64, 32))),
            |s| s.size(32, 32),
            |s| s.size(33, 32),
            |s| s.size(34, 34),
        ],
        fail: &[
            (|s| s.size(31, 32), "32x32", "31x32"),
            (|s| s.size(32, 31), "32x32", "32x31"),
            (|s| s.turned(200, 30), "32x32", "30x200"),
            (|s| s.size(0, 0), "32x32", "0x0"),
            (|s| s.video().other_dimensions.push(known(Dimensions::new(64, 24))), "32x32", "64x24"),
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
