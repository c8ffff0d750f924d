//! Images and GIFs made small enough, and decoded again.

use std::io::Cursor;

use ::image::{DynamicImage, ImageFormat, ImageReader, Rgb, RgbImage, Rgba, RgbaImage};
use gif::{ColorOutput, DecodeOptions, Encoder, Frame, Repeat};

use super::*;
use crate::units::Dimensions;

fn never() -> bool {
    false
}

fn made(bytes: &[u8], format: Format, actions: &[&Action]) -> (Vec<u8>, &'static str) {
    apply(bytes, &Facts::new(bytes.len() as u64, format), actions, &never).unwrap()
}

fn decoded(bytes: &[u8]) -> DynamicImage {
    ImageReader::new(Cursor::new(bytes)).with_guessed_format().unwrap().decode().unwrap()
}

/// Noise, which nothing compresses; the same in every run.
fn noise(index: u32) -> u8 {
    let mixed = index.wrapping_mul(0x9e37_79b9) ^ (index >> 7).wrapping_mul(0x85eb_ca6b);
    (mixed.wrapping_mul(mixed | 1) >> 24) as u8
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn noisy(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([noise(x + y * width), noise(x * y + 1), noise(x ^ y)])).into()
}

#[test]
fn a_jpeg_takes_the_best_quality_that_fits() {
    let source = encoded(&noisy(256, 256), ImageFormat::Jpeg);
    let cap = source.len() as u64 * 3 / 4;
    let (fitted, extension) = made(&source, Format::Jpeg, &[&Action::FitImage { bytes: cap }]);
    assert_eq!(extension, "jpg");
    assert!(fitted.len() as u64 <= cap && fitted.len() as u64 > cap * 8 / 10, "{} of {cap}", fitted.len());
    assert_eq!((decoded(&fitted).width(), decoded(&fitted).height()), (256, 256));
}

#[test]
fn a_picture_that_no_quality_fits_is_made_smaller() {
    let source = encoded(&noisy(256, 128), ImageFormat::Jpeg);
    let (fitted, _) = made(&source, Format::Jpeg, &[&Action::FitImage { bytes: 6000 }]);
    let small = decoded(&fitted);
    assert!(fitted.len() <= 6000 && small.width() < 256);
    assert_eq!(small.width() / small.height(), 2);
    let none = apply(&source, &Facts::new(0, Format::Jpeg), &[&Action::FitImage { bytes: 10 }], &never);
    assert!(matches!(none, Err(ImageError::DoesNotFit(10))));
}

#[test]
fn a_png_stays_lossless_where_that_fits_and_keeps_its_transparency_where_not() {
    let smooth: DynamicImage = RgbImage::from_fn(200, 200, |x, y| Rgb([x as u8, y as u8, 9])).into();
    let mut stored = Vec::new();
    let encoder = ::image::codecs::png::PngEncoder::new_with_quality(
        &mut stored,
        ::image::codecs::png::CompressionType::Fast,
        ::image::codecs::png::FilterType::NoFilter,
    );
    smooth.write_with_encoder(encoder).unwrap();
    let (fitted, extension) = made(&stored, Format::Png, &[&Action::FitImage { bytes: stored.len() as u64 - 1 }]);
    assert!(matches!(extension, "png" | "webp"));
    assert_eq!(decoded(&fitted).to_rgb8(), smooth.to_rgb8());

    let see_through: DynamicImage = RgbaImage::from_fn(128, 128, |x, y| {
        Rgba([noise(x), noise(y * 131), noise(x * y), if x < 64 { 0 } else { 255 }])
    })
    .into();
    let source = encoded(&see_through, ImageFormat::Png);
    let (fitted, extension) = made(&source, Format::Png, &[&Action::FitImage { bytes: 9000 }]);
    assert_eq!(extension, "webp");
    let pixels = decoded(&fitted).to_rgba8();
    assert_eq!((pixels.get_pixel(2, 2)[3], pixels.get_pixel(pixels.width() - 2, 2)[3]), (0, 255));

    let (fitted, extension) =
        made(&encoded(&noisy(128, 128), ImageFormat::Png), Format::Png, &[&Action::FitImage { bytes: 9000 }]);
    assert_eq!((extension, fitted.len() <= 9000), ("jpg", true));
}

#[test]
fn a_turned_picture_is_scaled_as_it_is_shown() {
    // An EXIF block that says orientation 6 behind the JPEG's start of image.
    let plain = encoded(&noisy(64, 32), ImageFormat::Jpeg);
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&plain[..2], exif, &plain[2..]].concat();
    let (scaled, _) = made(&turned, Format::Jpeg, &[&Action::ScaleImage { to: Dimensions::new(16, 32), most: None }]);
    assert_eq!((decoded(&scaled).width(), decoded(&scaled).height()), (16, 32));
    // What was turned is stored upright, and no longer says that it is turned.
    assert!(!scaled.windows(4).any(|bytes| bytes == b"Exif"));
}

/// A GIF of `frames` frames in which a bar moves, each shown for 4 hundredths of a second.
fn film(width: u16, height: u16, frames: u16) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new(), width, height, &[0, 0, 0, 255, 0, 0, 0, 0, 255]).unwrap();
    encoder.set_repeat(Repeat::Infinite).unwrap();
    for index in 0..frames {
        let pixels: Vec<u8> = (0..width * height).map(|at| u8::from(at % width == index % width) + 1).collect();
        let mut frame = Frame::from_indexed_pixels(width, height, pixels, None);
        frame.delay = 4;
        encoder.write_frame(&frame).unwrap();
    }
    encoder.into_inner().unwrap()
}

/// Size, frames, and hundredths of a second of a GIF.
fn shape(bytes: &[u8]) -> ((u16, u16), u64, u64) {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    let mut decoder = options.read_info(bytes).unwrap();
    let size = (decoder.width(), decoder.height());
    let (mut frames, mut time) = (0, 0);
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        frames += 1;
        time += u64::from(frame.delay);
    }
    (size, frames, time)
}

#[test]
fn frames_are_dropped_evenly_in_the_same_time() {
    let source = film(24, 8, 35);
    for keep in [34, 20, 7, 1] {
        let (fewer, extension) = made(&source, Format::Gif, &[&Action::DropFrames { keep, of: 35 }]);
        assert_eq!((extension, shape(&fewer)), ("gif", ((24, 8), keep, 35 * 4)));
        assert_eq!(*fewer.last().unwrap(), 0x3b);
    }
}

#[test]
fn what_is_drawn_anew_looks_the_same() {
    let source = film(24, 8, 5);
    let (again, _) = made(&source, Format::Gif, &[&Action::ScaleGif { to: Dimensions::new(24, 8) }]);
    let pictures = |bytes: &[u8]| {
        let decoder = ::image::codecs::gif::GifDecoder::new(Cursor::new(bytes.to_vec())).unwrap();
        let frames = ::image::AnimationDecoder::into_frames(decoder);
        frames.map(|frame| frame.unwrap().into_buffer().into_raw()).collect::<Vec<_>>()
    };
    assert_eq!(pictures(&source), pictures(&again));
}

#[test]
fn a_gif_is_scaled_and_made_to_fit() {
    let source = film(64, 32, 10);
    let (scaled, _) = made(&source, Format::Gif, &[&Action::ScaleGif { to: Dimensions::new(32, 16) }]);
    assert_eq!(shape(&scaled), ((32, 16), 10, 40));

    let mut encoder = Encoder::new(Vec::new(), 96, 96, &[]).unwrap();
    for index in 0..4 {
        let pixels: Vec<u8> = (0..96 * 96 * 3).map(|at| noise(at + index * 31)).collect();
        encoder.write_frame(&Frame::from_rgb(96, 96, &pixels)).unwrap();
    }
    let noisy = encoder.into_inner().unwrap();
    let cap = noisy.len() as u64 / 3;
    let (fitted, _) = made(&noisy, Format::Gif, &[&Action::FitGif { bytes: cap }]);
    assert!(fitted.len() as u64 <= cap);
    assert_eq!(shape(&fitted).1, 4);
}

#[test]
fn a_gif_is_ended_behind_its_last_whole_frame() {
    let source = film(24, 8, 3);
    let without = &source[..source.len() - 1];
    assert_eq!(made(without, Format::Gif, &[&Action::EndGif]).0, source);
    for length in 0..source.len() {
        match apply(&source[..length], &Facts::new(0, Format::Gif), &[&Action::EndGif], &never) {
            Ok((ended, _)) => assert!((1..=3).contains(&shape(&ended).1), "{length}"),
            Err(error) => assert!(matches!(error, ImageError::Undecodable(_)), "{length}: {error}"),
        }
    }
}

#[test]
fn an_interrupt_ends_the_work() {
    let source = film(24, 8, 3);
    let facts = Facts::new(0, Format::Gif);
    let stopped = apply(&source, &facts, &[&Action::DropFrames { keep: 2, of: 3 }], &|| true);
    assert!(stopped.unwrap_err().is_stop());
}

/// The head of a colour profile for pictures in a colour space.
fn profile(space: &[u8; 4]) -> Vec<u8> {
    let mut profile = vec![0; 132];
    profile[16..20].copy_from_slice(space);
    profile
}

#[test]
fn a_colour_profile_is_kept_where_it_is_for_the_result_and_only_there() {
    use ::image::{ImageDecoder, ImageEncoder};
    let kept = |bytes: &[u8]| {
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().unwrap();
        reader.into_decoder().unwrap().icc_profile().unwrap()
    };
    let see_through: DynamicImage =
        RgbaImage::from_fn(128, 96, |x, y| Rgba([noise(x), noise(y * 131), noise(x * y), noise(x + y)])).into();
    for (space, is_kept) in [(b"RGB ", true), (b"CMYK", false)] {
        let mut stored = Vec::new();
        let mut encoder = ::image::codecs::png::PngEncoder::new(&mut stored);
        encoder.set_icc_profile(profile(space)).unwrap();
        see_through.write_with_encoder(encoder).unwrap();
        assert_eq!(kept(&stored), Some(profile(space)));
        for (format, cap) in [(Format::Png, 20_000), (Format::WebP, 20_000)] {
            let (fitted, extension) = made(&stored, format, &[&Action::FitImage { bytes: cap }]);
            assert_eq!((extension, fitted.len() as u64 <= cap), ("webp", true));
            assert_eq!(kept(&fitted), is_kept.then(|| profile(space)));
            assert!(decoded(&fitted).color().has_alpha());
        }
    }
}
