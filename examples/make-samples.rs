//! Makes the files of `samples/` that need no video encoder, and alters two videos that none makes as they are wanted.
//!
//! Run `samples/source/recipe.sh` first (it needs ffmpeg); then `cargo run --example make-samples [directory]`.

#![expect(clippy::disallowed_methods, reason = "it writes files")]

use std::error::Error;
use std::fs;
use std::path::Path;

use gif::{DisposalMethod, Frame, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let directory = std::env::args().nth(1).unwrap_or_else(|| "samples".to_owned());
    let directory = Path::new(&directory);
    let save = |name: &str, bytes: &[u8]| -> Outcome {
        fs::write(directory.join(name), bytes).map_err(|error| format!("{name}: {error}").into())
    };

    let photo = marbles(480, 270);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 80).encode_image(&photo)?;
    save("photo.jpg", &jpeg)?;

    let png = png(&marbles(160, 90))?;
    save("picture.png", &png)?;
    save("picture-named.jpg", &png)?;
    save("picture-bad-crc.png", &with_bad_header_crc(&png))?;
    save("picture-animated.png", &animated_png(&[marbles(64, 64), rings(64, 64, 3)])?)?;
    save("picture-3x3.png", &self::png(&rings(3, 3, 0))?)?;

    save("sticker.webp", &webp::Encoder::from_rgb(&marbles(160, 160), 160, 160).encode(70.0))?;
    save("sticker-animated.webp", &animated_webp(&[0, 1, 2, 3].map(|step| rings(64, 64, step)))?)?;

    let animated = gif(120, 120, &(0..24).map(|step| ball(step, 24)).collect::<Vec<_>>())?;
    save("gif-animated.gif", &animated)?;
    save("gif-one-frame.gif", &gif(120, 120, &[ball(6, 24)])?)?;
    save("gif-351-frames.gif", &gif(120, 120, &(0..351).map(dot).collect::<Vec<_>>())?)?;
    // 1280 * 1080 * 218 is the first product above 300 000 000; the frames themselves may be as small as one likes.
    save("gif-301-megapixels.gif", &gif(1280, 1080, &(0..218).map(dot).collect::<Vec<_>>())?)?;
    save("gif-without-trailer.gif", animated.strip_suffix(&[0x3b]).ok_or("the GIF has no trailer")?)?;
    save("gif-cut-off.gif", &animated[..animated.len() / 2])?;

    for (name, text) in CAPTIONS {
        save(name, text)?;
    }
    save("bitmap.bmp", &bitmap(&rings(32, 32, 1)))?;
    save("empty.mp4", &[])?;

    let path = directory.join("video-he-aac.mp4");
    let video =
        fs::read(&path).map_err(|error| format!("{}: {error}; run samples/source/recipe.sh first", path.display()))?;
    save("video-he-aac.mp4", &with_sbr_signalled(video)?)?;
    let video = fs::read(directory.join("video.mp4"))?;
    save("video-cut-off.mp4", &video[..32 << 10])
}

const CAPTIONS: [(&str, &[u8]); 5] = [
    (
        "captions.srt",
        "1\n00:00:00,000 --> 00:00:01,500\nA fractal grows.\n\n2\n00:00:01,500 --> 00:00:03,000\nEin Fraktal wächst.\n"
            .as_bytes(),
    ),
    (
        "captions-overlapping.srt",
        b"1\n00:00:00,000 --> 00:00:02,000\nStill here,\n\n2\n00:00:01,500 --> 00:00:03,000\nwhile the next one starts.\n",
    ),
    (
        "captions-bad-time.srt",
        b"1\n00:00:00,000 --> 00:00:02,000\nThis one is fine.\n\n2\n00:00:02,000 -> 00:00:03\nThis one is not.\n",
    ),
    ("captions-latin-1.srt", b"1\n00:00:00,000 --> 00:00:02,000\nEin Fraktal w\xe4chst.\n"),
    ("captions-webvtt.srt", b"WEBVTT\n\n00:00.000 --> 00:02.000\nThis is WebVTT under another name.\n"),
];

/// A still picture with soft colours: overlapping waves.
fn marbles(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(width) * 6.3, f64::from(y) / f64::from(height) * 6.3);
        let wave = |a: f64, b: f64, c: f64| shade((a * x + (b * y + c).sin() * 1.7).sin());
        Rgb([wave(1.0, 1.0, 0.0), wave(0.7, 2.0, 1.0), wave(1.3, 0.5, 4.0)])
    })
}

/// Concentric rings that grow with `step`.
fn rings(width: u32, height: u32, step: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) - f64::from(width) / 2.0, f64::from(y) - f64::from(height) / 2.0);
        let wave = shade((x.hypot(y) / 4.0 - f64::from(step) * 1.57).sin());
        Rgb([wave, 96, 255 - wave])
    })
}

/// -1 to 1 as 0 to 255.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is that of a byte")]
fn shade(wave: f64) -> u8 {
    (wave * 127.5 + 127.5).clamp(0.0, 255.0) as u8
}

/// One frame of a ball on its round, in a palette of 16 colours.
fn ball(step: u16, steps: u16) -> Frame<'static> {
    let angle = f64::from(step) / f64::from(steps) * std::f64::consts::TAU;
    let (ball_x, ball_y) = (60.0 + 38.0 * angle.cos(), 60.0 + 38.0 * (2.0 * angle).sin());
    let pixels: Vec<u8> = (0..120 * 120_u32)
        .map(|index| {
            let (x, y) = (f64::from(index % 120), f64::from(index / 120));
            let light = 1.0 - (x - ball_x + 5.0).hypot(y - ball_y + 5.0) / 26.0;
            let board = (index % 120 / 15 + index / 120 / 15) % 2;
            if (x - ball_x).hypot(y - ball_y) <= 18.0 { 4 + shade(light) / 22 } else { u8::from(board == 1) }
        })
        .collect();
    let mut frame = Frame::from_indexed_pixels(120, 120, pixels, None);
    frame.delay = 4;
    frame
}

/// A frame of one pixel that moves on and changes its colour.
fn dot(step: u16) -> Frame<'static> {
    Frame {
        left: step % 120,
        top: step / 120 * 40 + 20,
        dispose: DisposalMethod::Keep,
        delay: 2,
        ..Frame::from_indexed_pixels(1, 1, vec![u8::try_from(4 + step % 12).unwrap_or(4)], None)
    }
}

fn gif(width: u16, height: u16, frames: &[Frame<'_>]) -> Outcome<Vec<u8>> {
    let palette: Vec<u8> = (0..16_u8)
        .flat_map(|i| if i < 4 { [24, 28 + i * 10, 44 + i * 12] } else { [i * 16, i * 9, 255 - i * 15] })
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, width, height, &palette)?;
    encoder.set_repeat(Repeat::Infinite)?;
    for frame in frames {
        encoder.write_frame(frame)?;
    }
    drop(encoder);
    Ok(bytes)
}

fn png(image: &RgbImage) -> Outcome<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// The checksum of IHDR stands after the signature (8), length and type (8) and 13 bytes of content.
fn with_bad_header_crc(png: &[u8]) -> Vec<u8> {
    let mut bytes = png.to_vec();
    bytes[29] ^= 0xff;
    bytes
}

/// The frames as one animated PNG (W3C PNG, third edition, 11.3.6): the first one is the still image as well.
fn animated_png(frames: &[RgbImage]) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut sequence = 0_u32;
    for (index, frame) in frames.iter().enumerate() {
        let still = png(frame)?;
        let mut control = sequence.to_be_bytes().to_vec();
        control.extend([frame.width(), frame.height(), 0, 0].iter().flat_map(|number| number.to_be_bytes()));
        control.extend([0, 1, 0, 4, 0, 0]); // a quarter of a second
        sequence += 1;
        let mut rest = &still[8..];
        if index == 0 {
            bytes.extend(&still[..33]); // signature and IHDR
            let mut animation = u32::try_from(frames.len())?.to_be_bytes().to_vec();
            animation.extend([0; 4]);
            chunk(&mut bytes, *b"acTL", &animation);
        }
        chunk(&mut bytes, *b"fcTL", &control);
        while let Some((header, body)) = rest.split_first_chunk::<8>() {
            let length = usize::try_from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]))?;
            if &header[4..] == b"IDAT" && index == 0 {
                chunk(&mut bytes, *b"IDAT", &body[..length]);
            } else if &header[4..] == b"IDAT" {
                chunk(&mut bytes, *b"fdAT", &[&sequence.to_be_bytes(), &body[..length]].concat());
                sequence += 1;
            }
            rest = &body[length + 4..];
        }
    }
    chunk(&mut bytes, *b"IEND", &[]);
    Ok(bytes)
}

fn chunk(bytes: &mut Vec<u8>, name: [u8; 4], body: &[u8]) {
    let checked = [&name, body].concat();
    bytes.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(&checked);
    bytes.extend(crc32fast::hash(&checked).to_be_bytes());
}

fn animated_webp(frames: &[RgbImage]) -> Outcome<Vec<u8>> {
    let config = webp::WebPConfig::new().map_err(|()| "libwebp does not know its own defaults")?;
    let (width, height) = frames[0].dimensions();
    let mut encoder = webp::AnimEncoder::new(width, height, &config);
    for (time, frame) in (0..).step_by(120).zip(frames) {
        encoder.add_frame(webp::AnimFrame::from_rgb(frame, width, height, time));
    }
    Ok(encoder.try_encode().map_err(|error| format!("libwebp: {error:?}"))?.to_vec())
}

/// A Windows bitmap with 24 bits a pixel; the rows are a multiple of four bytes long.
fn bitmap(image: &RgbImage) -> Vec<u8> {
    let size = 54 + image.len();
    let mut bytes = b"BM".to_vec();
    for field in [u32::try_from(size).unwrap_or(u32::MAX), 0, 54, 40, image.width(), image.height(), (24 << 16) | 1] {
        bytes.extend(field.to_le_bytes());
    }
    bytes.resize(54, 0);
    for row in image.rows().rev() {
        bytes.extend(row.flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]));
    }
    bytes
}

/// Turns the sync extension 0x2B7 that ffmpeg writes with sbrPresentFlag 0 into one that announces SBR at 44.1 kHz
/// (ISO/IEC 14496-3:2019 1.6.6): the stream stays AAC LC at 22.05 kHz, and every player takes it for HE-AAC.
fn with_sbr_signalled(mut video: Vec<u8>) -> Outcome<Vec<u8>> {
    const CONFIG: [u8; 4] = [0x13, 0x88, 0x56, 0xe5];
    let at = video.windows(4).position(|window| window == CONFIG).ok_or("no AudioSpecificConfig as expected")?;
    video[at + 4] = 0xa0;
    Ok(video)
}
