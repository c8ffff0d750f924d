//! The size of the picture: square pixels, inside the limits, never stretched and never enlarged without need.

use crate::units::{Dimensions, Ratio};

/// What a picture must be made into, turned as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Size of the picture itself.
    pub(super) picture: Dimensions,
    /// Size with borders; the same where there are none.
    pub(super) whole: Dimensions,
}

/// The limits that a picture must keep. Absent: there is none of that kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bounds {
    /// The box that turns with the picture.
    pub(super) largest: Option<Dimensions>,
    /// Pixels in all.
    pub(super) pixels: Option<u64>,
    /// The least width and height.
    pub(super) smallest: Option<Dimensions>,
    /// The narrowest and the widest shape.
    pub(super) aspect: Option<(Ratio, Ratio)>,
}

impl Shape {
    /// The shape of a picture of `size` with pixels of `pixel_aspect`, inside the bounds. `None`: there is no such shape.
    pub(super) fn of(size: Dimensions, pixel_aspect: Ratio, bounds: Bounds) -> Option<Self> {
        let (width, height) = square(size, pixel_aspect)?;
        // The picture with its borders must fit, so the borders are reckoned first.
        let (outer_width, outer_height) = with_borders(width, height, bounds.aspect)?;
        let scale = bounds.scale(outer_width, outer_height)?;
        let picture = if scale == Ratio::whole(1) && pixel_aspect == Ratio::whole(1) {
            // An odd row or column is cut off, since scaling would blur all others for it; where borders come anyway it stays.
            let smallest = bounds.smallest.unwrap_or(Dimensions::new(2, 2));
            let edge = |edge: u32, least: u32| if edge & !1 < least { edge } else { edge & !1 };
            Dimensions::new(edge(size.width, smallest.width), edge(size.height, smallest.height))
        } else if scale == Ratio::whole(1) {
            Dimensions::new(even(width, None)?, even(height, None)?)
        } else {
            let fitting = |edge: Ratio, outer: Ratio, other: Ratio| {
                let most = bounds.largest.map(|size| if outer >= other { size.long_edge() } else { size.short_edge() });
                even(edge.times(scale)?, most)
            };
            Dimensions::new(fitting(width, outer_width, outer_height)?, fitting(height, outer_height, outer_width)?)
        };
        let mut whole = Dimensions::new(up(picture.width)?, up(picture.height)?);
        if let Some(smallest) = bounds.smallest {
            whole = Dimensions::new(whole.width.max(up(smallest.width)?), whole.height.max(up(smallest.height)?));
        }
        if let Some((narrowest, widest)) = bounds.aspect {
            let (width, height) = (u64::from(whole.width), u64::from(whole.height));
            let needed_height = ceiling(Ratio::whole(width).times(widest.inverted()?)?);
            let needed_width = ceiling(Ratio::whole(height).times(narrowest)?);
            whole = Dimensions::new(
                whole.width.max(up(u32::try_from(needed_width).ok()?)?),
                whole.height.max(up(u32::try_from(needed_height).ok()?)?),
            );
        }
        Some(Self { picture, whole })
    }
}

impl Bounds {
    /// By how much a picture must be scaled down; 1 where it fits.
    fn scale(&self, width: Ratio, height: Ratio) -> Option<Ratio> {
        let mut scale = Ratio::whole(1);
        if let Some(largest) = self.largest {
            let (long, short) = if width >= height { (width, height) } else { (height, width) };
            scale = scale.min(Ratio::whole(largest.long_edge().into()).times(long.inverted()?)?);
            scale = scale.min(Ratio::whole(largest.short_edge().into()).times(short.inverted()?)?);
        }
        if let Some(pixels) = self.pixels {
            let all = ceiling(width.times(height)?);
            if all > pixels {
                // A root of the quotient, rounded down in thousandths.
                let square = u128::from(pixels) * 1_000_000 / u128::from(all.max(1));
                scale = scale.min(Ratio::new(u64::try_from(square.isqrt()).ok()?, 1000)?);
            }
        }
        Some(scale)
    }
}

/// The largest size of the same shape that fits a box, which does not turn, and a number of pixels. For images, whose edges need
/// not be even.
pub(super) fn fitted(size: Dimensions, most: Option<Dimensions>, pixels: Option<u64>) -> Dimensions {
    let (width, height) = (u64::from(size.width.max(1)), u64::from(size.height.max(1)));
    let mut fit = (width, height);
    if let Some(most) = most.filter(|most| size.width > most.width || size.height > most.height) {
        let (right, bottom) = (u64::from(most.width), u64::from(most.height));
        let (numerator, denominator) = if right * height <= bottom * width { (right, width) } else { (bottom, height) };
        let edge = |edge: u64| ((edge * numerator * 2 + denominator) / (denominator * 2)).max(1);
        fit = (edge(width).min(right), edge(height).min(bottom));
    }
    if let Some(pixels) = pixels.filter(|pixels| fit.0 * fit.1 > *pixels) {
        let right = (u128::from(pixels) * u128::from(fit.0) / u128::from(fit.1.max(1))).isqrt().max(1);
        let right = u64::try_from(right).unwrap_or(fit.0).min(fit.0);
        let bottom = (right * fit.1 * 2 + fit.0) / (fit.0 * 2).max(1);
        fit = (right, bottom.min(pixels / right).max(1));
    }
    Dimensions::new(u32::try_from(fit.0).unwrap_or(u32::MAX), u32::try_from(fit.1).unwrap_or(u32::MAX))
}

/// Width and height with square pixels: the longer edge of a pixel decides, so that no detail is lost.
fn square(size: Dimensions, pixel_aspect: Ratio) -> Option<(Ratio, Ratio)> {
    let (width, height) = (Ratio::whole(size.width.into()), Ratio::whole(size.height.into()));
    if pixel_aspect >= Ratio::whole(1) {
        Some((width.times(pixel_aspect)?, height))
    } else {
        Some((width, height.times(pixel_aspect.inverted()?)?))
    }
}

/// Width and height with the borders that the shape asks for.
fn with_borders(width: Ratio, height: Ratio, aspect: Option<(Ratio, Ratio)>) -> Option<(Ratio, Ratio)> {
    let Some((narrowest, widest)) = aspect else { return Some((width, height)) };
    Some((width.max(height.times(narrowest)?), height.max(width.times(widest.inverted()?)?)))
}

/// The nearest even number, at least 2 and at most `most`.
fn even(edge: Ratio, most: Option<u32>) -> Option<u32> {
    let half = edge.times(Ratio::new(1, 2)?)?;
    let rounded =
        (u128::from(half.numerator()) * 2 + u128::from(half.denominator())) / (2 * u128::from(half.denominator()));
    let nearest = u32::try_from(rounded).ok()?.max(1).checked_mul(2)?;
    Some(most.map_or(nearest, |most| nearest.min(most & !1)).max(2))
}

/// The next even number.
fn up(edge: u32) -> Option<u32> {
    edge.checked_add(edge & 1)
}

fn ceiling(ratio: Ratio) -> u64 {
    ratio.numerator().div_ceil(ratio.denominator())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(numerator: u64, denominator: u64) -> Ratio {
        Ratio::new(numerator, denominator).unwrap()
    }

    fn bounds() -> Bounds {
        Bounds {
            largest: Some(Dimensions::new(1280, 1024)),
            pixels: None,
            smallest: Some(Dimensions::new(32, 32)),
            aspect: Some((ratio(1, 3), ratio(3, 1))),
        }
    }

    fn shape(size: (u32, u32), pixel: (u64, u64)) -> ((u32, u32), (u32, u32)) {
        let shape = Shape::of(Dimensions::new(size.0, size.1), ratio(pixel.0, pixel.1), bounds()).unwrap();
        ((shape.picture.width, shape.picture.height), (shape.whole.width, shape.whole.height))
    }

    #[test]
    fn pictures_are_fitted_without_stretching() {
        for (size, pixel, picture, whole) in [
            ((1280, 720), (1, 1), (1280, 720), (1280, 720)),
            ((1920, 1080), (1, 1), (1280, 720), (1280, 720)),
            ((1080, 1920), (1, 1), (720, 1280), (720, 1280)),
            ((1080, 1080), (1, 1), (1024, 1024), (1024, 1024)),
            ((4096, 2160), (1, 1), (1280, 676), (1280, 676)),
            // Pixels that are wider than tall make the picture wider, the others make it taller.
            ((720, 576), (16, 15), (768, 576), (768, 576)),
            ((720, 480), (8, 9), (720, 540), (720, 540)),
            ((1440, 1080), (4, 3), (1280, 720), (1280, 720)),
            // Borders where a picture is too small or too narrow.
            ((30, 30), (1, 1), (30, 30), (32, 32)),
            ((31, 33), (1, 1), (31, 32), (32, 32)),
            ((970, 320), (1, 1), (970, 320), (970, 324)),
            ((3000, 500), (1, 1), (1280, 214), (1280, 428)),
            ((100, 600), (1, 1), (100, 600), (200, 600)),
            ((16, 300), (1, 1), (16, 300), (100, 300)),
        ] {
            assert_eq!(shape(size, pixel), (picture, whole), "{size:?} {pixel:?}");
        }
    }

    #[test]
    fn every_shape_keeps_every_bound() {
        let edges = [1, 2, 3, 31, 32, 33, 100, 319, 640, 1023, 1024, 1025, 1279, 1280, 1281, 1920, 4000, 16384, 65535];
        let pixels = [(1, 1), (4, 3), (3, 4), (16, 11), (1, 2), (10, 11), (40, 33)];
        for width in edges {
            for height in edges {
                for pixel in pixels {
                    let ((picture_width, picture_height), (w, h)) = shape((width, height), pixel);
                    let name = format!("{width}x{height} {pixel:?}: {w}x{h}");
                    assert!(w.max(h) <= 1280 && w.min(h) <= 1024 && w >= 32 && h >= 32, "{name}");
                    assert!(w % 2 == 0 && h % 2 == 0, "{name}");
                    assert!(u64::from(w) <= 3 * u64::from(h) && u64::from(h) <= 3 * u64::from(w), "{name}");
                    assert!(picture_width <= w && picture_height <= h, "{name}");
                }
            }
        }
    }

    #[test]
    fn images_are_fitted_to_the_pixel() {
        let fit = |width, height, most, pixels| {
            let size = fitted(Dimensions::new(width, height), most, pixels);
            (size.width, size.height)
        };
        let screen = Some(Dimensions::new(1280, 1080));
        assert_eq!(fit(1281, 1, screen, None), (1280, 1));
        assert_eq!(fit(1080, 1280, screen, None), (911, 1080));
        assert_eq!(fit(1280, 1080, screen, None), (1280, 1080));
        assert_eq!(fit(3000, 3000, screen, Some(1_000_000)), (1000, 1000));
        assert_eq!(fit(1281, 720, None, Some(921_600)), (1280, 719));
    }

    #[test]
    fn a_budget_of_pixels_is_kept() {
        let bounds = Bounds { pixels: Some(921_600), ..Bounds::default() };
        let shape = Shape::of(Dimensions::new(1920, 1080), Ratio::whole(1), bounds).unwrap();
        assert!(shape.whole.pixels() <= 921_600 && shape.whole.pixels() > 900_000);
    }
}
