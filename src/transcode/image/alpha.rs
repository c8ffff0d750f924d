//! Scaling of pictures that are transparent in places: what cannot be seen must not colour what can.

use ::image::imageops::{self, FilterType};
use ::image::{DynamicImage, ImageBuffer, Rgba, RgbaImage};

/// A picture in another size, of the same kind of pixels. Colours weigh as much as they are opaque.
pub(super) fn resized(image: &DynamicImage, width: u32, height: u32, filter: FilterType) -> DynamicImage {
    if !image.color().has_alpha() || filter == FilterType::Nearest {
        return image.resize_exact(width, height, filter);
    }
    let mut deep = image.to_rgba16();
    premultiply(&mut deep);
    let mut small = imageops::resize(&deep, width, height, filter);
    divide(&mut small);
    let small = DynamicImage::ImageRgba16(small);
    match image {
        DynamicImage::ImageRgba8(_) => DynamicImage::ImageRgba8(small.to_rgba8()),
        DynamicImage::ImageLumaA8(_) => DynamicImage::ImageLumaA8(small.to_luma_alpha8()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageLumaA16(small.to_luma_alpha16()),
        _ => small,
    }
}

/// A picture whose colours were multiplied by how opaque they are, as PNG wants them: not so.
pub(super) fn divided(image: &DynamicImage) -> DynamicImage {
    let mut deep = image.to_rgba16();
    divide(&mut deep);
    let deep = DynamicImage::ImageRgba16(deep);
    match image {
        DynamicImage::ImageRgba8(_) | DynamicImage::ImageLumaA8(_) => DynamicImage::ImageRgba8(deep.to_rgba8()),
        _ => deep,
    }
}

/// [`resized`] for pixels of 8 bits.
pub(super) fn resized_rgba(image: &RgbaImage, width: u32, height: u32, filter: FilterType) -> RgbaImage {
    resized(&DynamicImage::ImageRgba8(image.clone()), width, height, filter).into_rgba8()
}

type Deep = ImageBuffer<Rgba<u16>, Vec<u16>>;

fn premultiply(image: &mut Deep) {
    for Rgba([red, green, blue, alpha]) in image.pixels_mut() {
        for colour in [red, green, blue] {
            *colour = scaled(*colour, *alpha, u16::MAX);
        }
    }
}

fn divide(image: &mut Deep) {
    for Rgba([red, green, blue, alpha]) in image.pixels_mut() {
        for colour in [red, green, blue] {
            *colour = scaled(*colour, u16::MAX, *alpha);
        }
    }
}

/// `value * by / of`, rounded, at most the largest value; 0 where `of` is.
fn scaled(value: u16, by: u16, of: u16) -> u16 {
    let product = u64::from(value) * u64::from(by) + u64::from(of / 2);
    u16::try_from(product.checked_div(of.into()).unwrap_or(0)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_of_a_white_disc_stays_white() {
        let disc = RgbaImage::from_fn(400, 400, |x, y| {
            let (x, y) = (i64::from(x) - 200, i64::from(y) - 200);
            if x * x + y * y < 150 * 150 { Rgba([255; 4]) } else { Rgba([0; 4]) }
        });
        for filter in [FilterType::Triangle, FilterType::Lanczos3] {
            let small = resized_rgba(&disc, 90, 90, filter);
            let seen: Vec<&Rgba<u8>> = small.pixels().filter(|pixel| pixel.0[3] > 4).collect();
            assert!(seen.iter().any(|pixel| pixel.0[3] < 250), "it has an edge");
            assert!(seen.iter().all(|pixel| pixel.0[0] >= 250), "{:?}", seen.iter().map(|p| p.0[0]).min());
        }
    }
}
