//! The image is smaller or larger than those that are known to be taken.
//!
//! **What it checks.** Width and height of JPEG, PNG, WebP and one-frame GIFs: both from 4 to 8192 pixels.
//!
//! **Why it matters.** Images outside these sizes were refused, or came out scaled down.
//!
//! **How to fix it.** Scale the image: `ffmpeg -i INPUT -vf
//! "scale=8192:8192:force_original_aspect_ratio=decrease" OUTPUT.png`.
//!
//! **Basis.** Observed, not documented: "Image dimensions must be >= 4x4 and <= 8192x8192", said when the post is
//! made.

use crate::rules::Context;
use crate::rules::near;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::Ratio;

rule!(
    "image-dimensions",
    image_dimensions,
    "image_dimensions.rs",
    "the image is smaller or larger than those that are known to be taken",
    Picture
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let Some(image) = context.still_image() else { return Ok(Outcome::NotApplicable) };
    let Some(size) = context.read(&image.dimensions)? else { return Ok(Outcome::NotApplicable) };
    let limit = context.limits.image_dimensions.of(context.category).value;
    let (min, max) = (limit.min.0, limit.max.0);
    let at = size.at;
    let size = *size.value;
    if size.width < min.width || size.height < min.height {
        let message = text!("The image is {size} pixels, smaller than {min}");
        let remedy = text!(
            "Make it at least {min}: ffmpeg -i INPUT -vf \"pad=max(iw\\,{}):max(ih\\,{})\" OUTPUT.png",
            min.width,
            min.height
        );
        return Ok(Outcome::Fail(Fault::new(message, min.to_string(), size.to_string(), remedy).at(at)));
    }
    if size.width > max.width || size.height > max.height {
        let message = text!("The image is {size} pixels, larger than {max}");
        let remedy = text!(
            "Scale it down: ffmpeg -i INPUT -vf scale={}:{}:force_original_aspect_ratio=decrease OUTPUT.png",
            max.width,
            max.height
        );
        return Ok(Outcome::Fail(Fault::new(message, max.to_string(), size.to_string(), remedy).at(at)));
    }
    // The edge that is nearer to its limit decides.
    let (edge, most) = if u64::from(size.width) * u64::from(max.height) >= u64::from(size.height) * u64::from(max.width)
    {
        (size.width, max.width)
    } else {
        (size.height, max.height)
    };
    let words = || (text!("{size} pixels"), max);
    near::under(Ratio::whole(edge.into()), Ratio::whole(most.into()), words, (size, max))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::facts::Fact;
    use crate::profile::Category;
    use crate::rules::testing::{Cases, Scenario, known};
    use crate::units::Dimensions;

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[
            |s| s.image().dimensions = known(Dimensions::new(4, 4)),
            |s| s.image().dimensions = known(Dimensions::new(8192, 8192)),
            |s| {
                *s = Scenario::gif();
                s.animation().frames = known(1);
            },
        ],
        fail: &[
            (|s| s.image().dimensions = known(Dimensions::new(3, 4)), "4x4", "3x4"),
            (|s| s.image().dimensions = known(Dimensions::new(4, 3)), "4x4", "4x3"),
            (|s| s.image().dimensions = known(Dimensions::new(8193, 100)), "8192x8192", "8193x100"),
            (|s| s.image().dimensions = known(Dimensions::new(100, 8193)), "8192x8192", "100x8193"),
        ],
        undecided: &[|s| s.image().dimensions = Fact::unknown("cut")],
        skip: &[
            |s| *s = Scenario::gif(),
            |s| *s = Scenario::movie(),
            |s| {
                *s = Scenario::gif();
                s.animation().frames = known(1);
                s.category = Some(Category::TweetGif);
            },
        ],
    };
}
