//! The shape of the picture is none of the recommended ones.
//!
//! **What it checks.** Whether the picture as it is displayed, pixel aspect ratio and rotation applied, is 16:9, 9:16 or
//! 1:1. One pixel of rounding is allowed: 854x480 is 16:9.
//!
//! **Why it matters.** Other shapes get borders, or are cropped in the timeline.
//!
//! **How to fix it.** Crop it or add borders: `ffmpeg -i INPUT -vf "pad=max(iw\,ceil(ih*8/9)*2):max(ih\,ceil(iw*9/32)*2):-1:-1"
//! -c:v libx264 -c:a copy OUTPUT.mp4` makes it 16:9.
//!
//! **Basis.** Documented: "Recommended Aspect Ratio: 16:9 (landscape or portrait), 1:1 (square)".

use crate::rules::Context;
use crate::rules::context::VideoTrack;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::{any_of, aspect};
use crate::units::{Dimensions, Ratio};

rule!(
    "aspect-ratio-recommended",
    aspect_ratio_recommended,
    "aspect_ratio_recommended.rs",
    "the shape of the picture is none of the recommended ones",
    Video
);

fn check(context: &Context<'_>, track: &VideoTrack<'_>) -> Result<Outcome, Undecided> {
    let video = track.video;
    let Some(size) = track.read(&video.dimensions)? else { return Ok(Outcome::NotApplicable) };
    let pixel = track.read(video.pixel_aspect())?.map_or(Ratio::whole(1), |pixel| *pixel.value);
    let is_turned = track.read(&video.rotation)?.is_some_and(|rotation| rotation.value.exchanges_axes());
    let recommended = &context.limits.aspect_ratio_recommended.of(context.category).value;
    let turned = |ratio: Ratio| if is_turned { ratio.inverted().unwrap_or(ratio) } else { ratio };
    if recommended.iter().any(|shape| is_within_a_pixel(*size.value, pixel, turned(shape.0))) {
        return Ok(Outcome::Pass);
    }
    let coded = Ratio::new(size.value.width.into(), size.value.height.into()).and_then(|coded| coded.times(pixel));
    let Some(shown) = coded.map(turned) else { return Err(Undecided::because("the picture has no area")) };
    let limit = any_of(recommended.iter().map(|shape| aspect(shape.0)));
    let message = text!("The picture's shape is {}; {limit} are recommended", aspect(shown));
    let remedy = "Crop it or add borders: ffmpeg -i INPUT -vf \"pad=max(iw\\,ceil(ih*8/9)*2):max(ih\\,ceil(iw*9/32)*2):-1:-1,scale=min(1280\\,iw):-2\" -c:v libx264 -c:a copy OUTPUT.mp4";
    Ok(Outcome::Fail(Fault::new(message, limit, aspect(shown).to_string(), remedy).at(size.at)))
}

/// Whether a picture of `size` with pixels of `pixel` has the shape, give or take one pixel of width or of height.
fn is_within_a_pixel(size: Dimensions, pixel: Ratio, shape: Ratio) -> bool {
    // width * pixel : height = shape, multiplied out; one pixel of width or height is the wider bound of both.
    let across = [size.width.into(), pixel.numerator(), shape.denominator()];
    let down = [size.height.into(), pixel.denominator(), shape.numerator()];
    let slack = [1, pixel.denominator(), shape.numerator().max(shape.denominator())];
    // Nearly all products fit in 64 bits, where they cost a fraction.
    if let (Some(across), Some(down), Some(slack)) = (product(across), product(down), product(slack)) {
        return across.abs_diff(down) <= slack;
    }
    match (wide_product(across), wide_product(down), wide_product(slack)) {
        (Some(across), Some(down), Some(slack)) => across.abs_diff(down) <= slack,
        _ => false,
    }
}

fn product([a, b, c]: [u64; 3]) -> Option<u64> {
    a.checked_mul(b)?.checked_mul(c)
}

fn wide_product(factors: [u64; 3]) -> Option<u128> {
    let [a, b, c] = factors.map(u128::from);
    a.checked_mul(b)?.checked_mul(c)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::rules::testing::{Cases, Scenario, known};

    const LIMIT: &str = "16:9, 9:16 or 1:1";

    fn pixels(scenario: &mut Scenario, width: u64, height: u64) {
        scenario.video().pixel_aspect_box = known(Ratio::new(width, height).unwrap());
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[
            |s| s.size(854, 480),
            |s| s.size(426, 240),
            |s| s.size(1366, 768),
            |s| s.size(480, 854),
            |s| s.turned(854, 480),
            |s| s.size(720, 719),
            |s| {
                s.size(960, 720);
                pixels(s, 4, 3);
            },
            |s| {
                s.turned(960, 720);
                pixels(s, 4, 3);
            },
        ],
        fail: &[
            (|s| s.size(848, 480), LIMIT, "53:30"),
            (|s| s.size(640, 480), LIMIT, "4:3"),
            (|s| s.turned(640, 480), LIMIT, "3:4"),
            (|s| s.size(720, 718), LIMIT, "360:359"),
            (
                |s| {
                    s.size(1280, 720);
                    pixels(s, 4, 3);
                },
                LIMIT,
                "64:27",
            ),
        ],
        undecided: &[
            |s| s.video().dimensions = Fact::unknown("cut"),
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
    fn few_bits_say_the_same_as_many() {
        for a in [0, 1, 1280, u64::from(u32::MAX), u64::MAX] {
            for b in [0, 1, 40, u64::from(u32::MAX), u64::MAX] {
                let wide = wide_product([a, b, 9]).and_then(|wide| u64::try_from(wide).ok());
                assert_eq!(product([a, b, 9]), wide, "{a} * {b}");
            }
        }
    }
}
