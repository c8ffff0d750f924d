//! The canvas of an animated GIF is too large.
//!
//! **What it checks.** The canvas (the logical screen; the first frame's size where the screen is 0x0) against
//! 1280x1080, width against width and height against height: a portrait 1080x1280 exceeds it, since the document says
//! (width x height).
//!
//! **Why it matters.** "A GIF may fail during Tweet creation even if it is within the file size limit."
//!
//! **How to fix it.** Scale it: `ffmpeg -i INPUT.gif -vf
//! "scale=1280:1080:force_original_aspect_ratio=decrease,split[a][b];[a]palettegen[p];[b][p]paletteuse" OUTPUT.gif`.
//!
//! **Basis.** Documented: "Resolution should be <= 1280x1080 (width x height)". It stands under recommendations and is an
//! error here, because files past it fail.

use crate::rules::Context;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::{Dimensions, Ratio};

rule!("gif-dimensions", gif_dimensions, "gif_dimensions.rs", "the canvas of an animated GIF is too large", Animation);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let (Some(_), Some(image)) = (context.gif(), context.facts.image.as_deref()) else {
        return Ok(Outcome::NotApplicable);
    };
    let Some(canvas) = context.read(&image.dimensions)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.gif_dimensions.of(context.category).value.0;
    let at = canvas.at;
    let canvas = *canvas.value;
    if canvas.width <= limit.width && canvas.height <= limit.height {
        let (edge, most) = nearer_edge(canvas, limit);
        let words = || (text!("{canvas} pixels"), limit);
        return near::under(Ratio::whole(edge.into()), Ratio::whole(most.into()), words, (canvas, limit));
    }
    let too = match (canvas.width > limit.width, canvas.height > limit.height) {
        (true, false) => "too wide",
        (false, true) => "too high",
        _ => "too large",
    };
    let message =
        text!("The canvas of the GIF is {canvas} pixels, {too}: at most {limit} (width x height) are allowed");
    let remedy = text!(
        "Scale it down: ffmpeg -i INPUT.gif -vf \"scale={}:{}:force_original_aspect_ratio=decrease,split[a][b];[a]palettegen[p];[b][p]paletteuse\" OUTPUT.gif",
        limit.width,
        limit.height
    );
    Ok(Outcome::Fail(Fault::new(message, limit.to_string(), canvas.to_string(), remedy).at(at)))
}

/// The edge that uses more of its limit, with that limit.
fn nearer_edge(size: Dimensions, limit: Dimensions) -> (u32, u32) {
    let width = u64::from(size.width) * u64::from(limit.height);
    let height = u64::from(size.height) * u64::from(limit.width);
    if width >= height { (size.width, limit.width) } else { (size.height, limit.height) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::profile::Category;
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::gif,
        pass: &[
            |s| s.image().dimensions = known(Dimensions::new(1279, 1079)),
            |s| s.image().dimensions = known(Dimensions::new(1280, 1080)),
        ],
        fail: &[
            (|s| s.image().dimensions = known(Dimensions::new(1281, 1)), "1280x1080", "1281x1"),
            (|s| s.image().dimensions = known(Dimensions::new(1, 1081)), "1280x1080", "1x1081"),
            (|s| s.image().dimensions = known(Dimensions::new(1080, 1280)), "1280x1080", "1080x1280"),
            (
                |s| {
                    s.animation().frames = known(1);
                    s.category = Some(Category::TweetGif);
                    s.image().dimensions = known(Dimensions::new(1281, 1081));
                },
                "1280x1080",
                "1281x1081",
            ),
        ],
        undecided: &[|s| s.image().dimensions = Fact::unknown("cut")],
        skip: &[
            |s| {
                s.animation().frames = known(1);
                s.image().dimensions = known(Dimensions::new(2000, 2000));
            },
            |s| *s = Scenario::jpeg(),
        ],
    };

    #[test]
    fn a_canvas_just_within_the_limit_is_a_near_miss() {
        let mut scenario = Scenario::gif();
        scenario.image().dimensions = known(Dimensions::new(100, 1079));
        let Ok(Outcome::Near(near)) = scenario.run(&RULE) else { panic!("it is not near") };
        assert_eq!(near.message, "100x1079 pixels of at most 1280x1080");
    }
}
