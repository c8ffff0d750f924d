//! The picture of the video is too wide or too tall.
//!
//! **What it checks.** Width over height of the picture as it is displayed, with the pixel aspect ratio and the rotation
//! applied: from 1:3 to 3:1.
//!
//! **Why it matters.** Processing fails.
//!
//! **How to fix it.** Crop it or add borders: `ffmpeg -i INPUT -vf "pad=iw:max(ih\,ceil(iw/6)*2):-1:-1" -c:v libx264 -c:a
//! copy OUTPUT.mp4` makes a wide picture 3:1.
//!
//! **Basis.** Documented: "Aspect ratio must be between 1:3 and 3:1".

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::aspect;
use crate::units::{Dimensions, Ratio};

rule!("aspect-ratio", aspect_ratio, "aspect_ratio.rs", "the picture of the video is too wide or too tall", Video);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let limit = context.limits.aspect_ratio.of(context.category).value;
    let is_taken = |shown: Ratio| limit.min.0 <= shown && shown <= limit.max.0;
    if track.read(&track.video.displayed)?.is_none() {
        return Ok(Outcome::NotApplicable);
    }
    let pixel = shown_pixel(track)?;
    let is_plainly_taken = |size| pixel == Some(SQUARE) && is_within(size, limit.min.0, limit.max.0);
    let is_refused = |size| !is_plainly_taken(size) && shown_aspect(size, pixel).is_some_and(|shown| !is_taken(shown));
    let size = track.video.size_that(is_refused);
    let Some(size) = track.read(&size)? else { return Ok(Outcome::NotApplicable) };
    if is_plainly_taken(*size.value) {
        return Ok(Outcome::Pass);
    }
    let Some(shown) = shown_aspect(*size.value, pixel) else {
        return Err(Undecided::because("the picture has no area"));
    };
    if is_taken(shown) {
        return Ok(Outcome::Pass);
    }
    let (too, remedy) = if shown > limit.max.0 {
        (
            "wide",
            "Add borders above and below: ffmpeg -i INPUT -vf \"pad=iw:max(ih\\,ceil(iw/6)*2):-1:-1\" -c:v libx264 -c:a copy OUTPUT.mp4",
        )
    } else {
        (
            "tall",
            "Add borders left and right: ffmpeg -i INPUT -vf \"pad=max(iw\\,ceil(ih/6)*2):ih:-1:-1\" -c:v libx264 -c:a copy OUTPUT.mp4",
        )
    };
    let (min, max) = (aspect(limit.min.0), aspect(limit.max.0));
    let message =
        text!("The picture is too {too}: {} ({} pixels) where {min} to {max} is allowed", aspect(shown), size.value);
    let fault = Fault::new(message, text!("{min} to {max}"), aspect(shown).to_string(), remedy);
    Ok(Outcome::Fail(fault.at(size.at)))
}

/// Width over height of a pixel, turned with the picture. `None`: it has no area.
fn shown_pixel(track: &VideoTrack<'_>) -> Result<Option<Ratio>, Undecided> {
    let video = track.video;
    let pixel = track.read(video.pixel_aspect())?.map_or(SQUARE, |pixel| *pixel.value);
    let is_turned = track.read(&video.rotation)?.is_some_and(|rotation| rotation.value.exchanges_axes());
    Ok(if is_turned { pixel.inverted() } else { Some(pixel) })
}

/// Whether a picture with square pixels is of a shape between both, multiplied out, which saves the divisions of a ratio. Not where it
/// has no area, or the numbers are large.
fn is_within(size: Dimensions, narrowest: Ratio, widest: Ratio) -> bool {
    let (width, height) = (u64::from(size.width), u64::from(size.height));
    let across = |shape: Ratio| width.checked_mul(shape.denominator()).zip(height.checked_mul(shape.numerator()));
    let is_wide = across(narrowest).is_some_and(|(width, height)| width >= height);
    let is_tall = across(widest).is_some_and(|(width, height)| width <= height);
    height > 0 && is_wide && is_tall
}

/// Width over height of a picture of that size. `None`: it has no area.
fn shown_aspect(size: Dimensions, pixel: Option<Ratio>) -> Option<Ratio> {
    Ratio::new(size.width.into(), size.height.into())?.times(pixel?)
}

/// The shape of a pixel of most videos.
const SQUARE: Ratio = Ratio::whole(1);

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};

    const LIMIT: &str = "1:3 to 3:1";

    fn pixels(scenario: &mut Scenario, width: u64, height: u64) {
        scenario.video().pixel_aspect_vui = known(Ratio::new(width, height).unwrap());
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.size(960, 320),
            |s| s.size(320, 960),
            |s| s.turned(960, 320),
            |s| {
                s.size(1000, 320);
                pixels(s, 24, 25);
            },
            |s| {
                s.turned(1000, 320);
                pixels(s, 24, 25);
            },
        ],
        fail: &[
            (|s| s.size(962, 320), LIMIT, "481:160"),
            (|s| s.size(320, 962), LIMIT, "160:481"),
            (|s| s.turned(962, 320), LIMIT, "160:481"),
            (
                |s| {
                    s.size(960, 320);
                    pixels(s, 16, 15);
                },
                LIMIT,
                "16:5",
            ),
        ],
        undecided: &[
            |s| s.video().displayed = Fact::unknown("cut"),
            |s| s.video().pixel_aspect_vui = Fact::unknown("cut"),
            |s| s.size(100, 0),
        ],
        skip: &[
            |s| {
                s.codec(*b"hvc1", "HEVC");
                s.unread_pictures();
            },
            |s| *s = Scenario::jpeg(),
        ],
    };

    #[test]
    fn a_shape_is_within_multiplied_out_as_it_is_divided() {
        let edges = [0, 1, 2, 3, 319, 320, 321, 959, 960, 961, u32::MAX];
        let shapes = [(1, 3), (3, 1), (1, 1), (16, 9), (0, 1), (u64::MAX, 1), (1, u64::MAX)];
        let shapes = shapes.map(|(width, height)| Ratio::new(width, height).unwrap());
        let mut within = 0;
        for size in edges.into_iter().flat_map(|width| edges.map(|height| Dimensions::new(width, height))) {
            for (narrowest, widest) in shapes.into_iter().flat_map(|one| shapes.map(|other| (one, other))) {
                let divided = shown_aspect(size, Some(SQUARE)).is_some_and(|it| narrowest <= it && it <= widest);
                let few = [narrowest, widest].map(|shape| shape.numerator().max(shape.denominator()) < 100);
                if size.long_edge() < 1000 && few == [true; 2] {
                    assert_eq!(is_within(size, narrowest, widest), divided, "{size} {narrowest} {widest}");
                }
                assert!(divided || !is_within(size, narrowest, widest), "{size} {narrowest} {widest}");
                within += usize::from(is_within(size, narrowest, widest));
            }
        }
        assert!(within > 100, "{within}");
    }
}
