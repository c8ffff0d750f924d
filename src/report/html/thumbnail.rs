//! Small pictures of images, decoded within limits of memory and work.

use std::io::{BufRead, Cursor, Seek};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};

use super::embed::data_uri;
use super::first_frame::first_frame;

/// A picture of an encoded image (JPEG, PNG, GIF or WebP; of an animation the first frame), at most 160 pixels wide and
/// high and turned as its EXIF data say: WebP as a `data:` URI.
///
/// Errors: it cannot be decoded, or not within the limits.
pub fn thumbnail(encoded: &[u8]) -> Result<String, NotDecoded> {
    let frame = first_frame(encoded).ok_or_else(|| NotDecoded("the animation has no frame".to_owned()))?;
    let image = small_image(Cursor::new(frame.as_ref()))?;
    let (width, height, pixels, has_alpha) = if image.color().has_alpha() {
        let image = image.into_rgba8();
        (image.width(), image.height(), image.into_raw(), true)
    } else {
        let image = image.into_rgb8();
        (image.width(), image.height(), image.into_raw(), false)
    };
    let layout = if has_alpha { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
    let webp = webp::Encoder::new(&pixels, layout, width, height)
        .encode_simple(false, QUALITY)
        .map_err(|error| NotDecoded(format!("{error:?}")))?;
    Ok(data_uri("image/webp", &webp))
}

/// Why there is no picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotDecoded(String);

impl From<image::ImageError> for NotDecoded {
    fn from(error: image::ImageError) -> Self {
        Self(error.to_string())
    }
}

impl From<std::io::Error> for NotDecoded {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

fn small_image(input: impl BufRead + Seek) -> Result<DynamicImage, NotDecoded> {
    let mut reader = ImageReader::new(input).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_EDGE);
    limits.max_image_height = Some(MOST_EDGE);
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    if decoder.total_bytes() > MOST_BYTES {
        return Err(NotDecoded(format!("decoded it would take {} bytes", decoder.total_bytes())));
    }
    // A damaged EXIF block leaves the picture as it is stored.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder)?;
    let mut small = if image.width().max(image.height()) > EDGE { image.thumbnail(EDGE, EDGE) } else { image };
    small.apply_orientation(orientation);
    Ok(small)
}

/// The longest edge of a picture.
const EDGE: u32 = 160;
/// Quality of WebP from 0 to 100: some three kilobytes a picture.
const QUALITY: f32 = 60.0;
/// The longest edge that is decoded.
const MOST_EDGE: u32 = 16_384;
/// Bytes that a decoded image may take: 64 megapixels of 8-bit RGB. It bounds the time too, since no format here repeats
/// work without bound: scans of a progressive JPEG are at most 100.
const MOST_BYTES: u64 = 192 << 20;

#[cfg(test)]
mod tests {
    use image::{ImageFormat, RgbImage};

    use super::*;

    fn encoded(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let image =
            RgbImage::from_fn(width, height, |x, _| if x < width / 2 { [255, 0, 0] } else { [0, 0, 255] }.into());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn shown(encoded: &[u8]) -> DynamicImage {
        small_image(Cursor::new(encoded)).unwrap()
    }

    #[test]
    fn a_picture_keeps_its_shape_and_never_grows() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
            let large = shown(&encoded(format, 640, 320));
            assert_eq!((large.width(), large.height()), (160, 80), "{format:?}");
            let small = shown(&encoded(format, 20, 10));
            assert_eq!((small.width(), small.height()), (20, 10), "{format:?}");
            assert!(thumbnail(&encoded(format, 640, 320)).unwrap().starts_with("data:image/webp;base64,UklGR"));
        }
        let thin = shown(&encoded(ImageFormat::Png, 16_000, 1));
        assert_eq!((thin.width(), thin.height()), (160, 1));
    }

    #[test]
    fn a_picture_is_turned_as_exif_says() {
        // APP1 with orientation 6 (Exif 3.0 4.6.2): turned clockwise, so that the red left half is at the top.
        let mut jpeg = encoded(ImageFormat::Jpeg, 320, 160);
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        jpeg.splice(2..2, exif.iter().copied());
        let shown = shown(&jpeg).into_rgb8();
        assert_eq!(shown.dimensions(), (80, 160));
        let (top, bottom) = (shown.get_pixel(40, 10), shown.get_pixel(40, 150));
        assert!(top[0] > 200 && top[2] < 60 && bottom[2] > 200 && bottom[0] < 60, "{top:?} {bottom:?}");
    }

    #[test]
    fn an_animation_shows_its_first_frame() {
        let animated = include_bytes!("../../../samples/sticker-animated.webp");
        assert!(thumbnail(animated).is_ok());
        // The canvas of VP8X and the frame's own size disagree with the bitstream.
        let mut lying = animated.to_vec();
        lying[24..30].copy_from_slice(&[1, 0, 0, 1, 0, 0]);
        assert!(thumbnail(&lying).is_ok());
        for length in 0..animated.len() {
            let _ = thumbnail(&animated[..length]);
        }
    }

    #[test]
    fn what_is_damaged_or_too_large_is_refused() {
        let png = encoded(ImageFormat::Png, 64, 64);
        for length in 0..png.len() / 2 {
            assert!(thumbnail(&png[..length]).is_err(), "{length}");
        }
        // IHDR of 20000 x 20000, and of 16000 x 16000 with 16 bits a sample; its CRC is not looked at before the size.
        for edge in [20_000_u32, 16_000] {
            let mut bomb = png.clone();
            bomb[16..20].copy_from_slice(&edge.to_be_bytes());
            bomb[20..24].copy_from_slice(&edge.to_be_bytes());
            bomb[24] = 16;
            let crc = crc32fast::hash(&bomb[12..29]);
            bomb[29..33].copy_from_slice(&crc.to_be_bytes());
            assert!(thumbnail(&bomb).is_err(), "{edge}");
        }
        // A GIF of 65535 x 65535.
        let mut gif = encoded(ImageFormat::Gif, 8, 8);
        gif[6..10].fill(0xff);
        assert!(thumbnail(&gif).is_err());
    }
}
