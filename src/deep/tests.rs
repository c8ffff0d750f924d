use image::{ExtendedColorType, ImageEncoder};
use proptest::prelude::*;

use super::decode;
use crate::facts::{AnomalyKind, Pixels};
use crate::input::Limits;
use crate::syntax::inspect;

fn deep(bytes: &[u8]) -> Option<Pixels> {
    let source = bytes.to_vec();
    let facts = inspect(&source, Limits::default()).unwrap();
    decode(&source, &facts)
}

fn is_whole(bytes: &[u8]) -> bool {
    deep(bytes) == Some(Pixels::Whole)
}

fn damage(bytes: &[u8]) -> (u64, String) {
    match deep(bytes) {
        Some(Pixels::Damaged { frame, reason }) => (frame, reason),
        other => panic!("{other:?}"),
    }
}

/// Samples that compress to a few hundred bytes, and not to nothing.
fn noise(count: u32) -> Vec<u8> {
    (0..count).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 60);
    encoder.write_image(&noise(width * height * 3), width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder.write_image(&noise(width * height * 3), width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn webp(lossless: bool) -> Vec<u8> {
    let pixels = noise(20 * 12 * 3);
    let encoder = webp::Encoder::from_rgb(&pixels, 20, 12);
    if lossless { encoder.encode_lossless().to_vec() } else { encoder.encode(80.0).to_vec() }
}

fn animated_webp() -> Vec<u8> {
    let config = webp::WebPConfig::new().unwrap();
    let mut encoder = webp::AnimEncoder::new(20, 12, &config);
    let frames = [noise(20 * 12 * 4), vec![0x80; 20 * 12 * 4], noise(20 * 12 * 4 + 9).split_off(9)];
    for (frame, time) in frames.iter().zip([0, 40, 80]) {
        encoder.add_frame(webp::AnimFrame::from_rgba(frame, 20, 12, time));
    }
    encoder.encode().to_vec()
}

fn gif(frames: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 20, 12, &[0; 48]).unwrap();
    for number in 0..frames {
        let buffer: Vec<u8> = noise(20 * 12).iter().map(|sample| (sample >> 4) ^ number).collect();
        let frame = gif::Frame { width: 20, height: 12, buffer: buffer.into(), ..gif::Frame::default() };
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}

/// 20x12, progressive, ten scans, of noise: written by libjpeg-turbo 2.1 through Pillow (quality 30, 4:2:0), without its APP0.
const PROGRESSIVE: &str = "ffd8ffdb0043001b12141714111b1716171e1c1b2028422b28252528513a3d3042605565645f555d5b6a7899816a7190735b5d85b58690\
    9ea3abadab6780bcc9baa6c799a8aba4ffdb0043011c1e1e2823284e2b2b4ea46e5d6ea4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4\
    a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4a4ffc2001108000c001403012200021101031101ffc400170000\
    03010000000000000000000000000000010403ffc4001501010100000000000000000000000000000102ffda000c030100021003100000\
    01c9d48252c2a3ffc4001810000203000000000000000000000000000012011031ffda00080101000105024145a9d3ffc4001711010003\
    0000000000000000000000000000010313ffda0008010301013f019b1b3fffc40017110003010000000000000000000000000001021051\
    ffda0008010201013f010f93ffc40014100100000000000000000000000000000020ffda0008010100063f025fffc4001b100002020301\
    000000000000000000000000310121116171f0ffda0008010100013f21e0483da3173a190247ffda000c03010002000300000010930fff\
    c4001911010002030000000000000000000000000100112181f0ffda0008010301013f1050b891acf6e7ffc40016110101010000000000\
    0000000000000000010021ffda0008010201013f1047202dffc4001d1001010002010500000000000000000000011100213151617181b1\
    ffda0008010100013f102280d2c65989a7be3596ef45df0c480787dc000b07ab8d5121061dcb9fffd9";

fn progressive() -> Vec<u8> {
    let digits: Vec<u8> = PROGRESSIVE.bytes().collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn whole_images_are_whole() {
    let images = [
        ("JPEG", jpeg(20, 12)),
        ("JPEG of one block", jpeg(1, 1)),
        ("progressive JPEG", progressive()),
        ("PNG", png(20, 12)),
        ("lossy WebP", webp(false)),
        ("lossless WebP", webp(true)),
        ("animated WebP", animated_webp()),
        ("GIF", gif(1)),
        ("animated GIF", gif(5)),
    ];
    for (what, bytes) in images {
        assert_eq!(deep(&bytes), Some(Pixels::Whole), "{what}");
    }
    assert_eq!(deep(b"1\n00:00:01,000 --> 00:00:02,000\nHi\n"), None);
    assert_eq!(deep(b""), None);
}

#[test]
fn every_cut_is_damage_or_seen_in_the_structure() {
    let images = [jpeg(20, 12), progressive(), png(20, 12), webp(false), webp(true), animated_webp(), gif(1), gif(3)];
    for bytes in images {
        for length in 12..bytes.len() {
            let source = bytes[..length].to_vec();
            let facts = inspect(&source, Limits::default()).unwrap();
            let is_cut = facts.anomalies.iter().any(|anomaly| anomaly.kind == AnomalyKind::Truncated);
            let no_trailer = facts.animation.as_ref().is_some_and(|gif| gif.trailer.value() == Some(&false));
            // The last scan of a sequential JPEG may be whole without EOI behind it.
            let only_end = bytes.starts_with(&[0xff, 0xd8]) && length + 3 >= bytes.len();
            let whole = decode(&source, &facts) == Some(Pixels::Whole);
            assert!(
                !whole || is_cut || no_trailer || only_end,
                "{:?} cut to {length} of {}",
                facts.format,
                bytes.len()
            );
        }
    }
}

#[test]
fn a_sequential_jpeg_needs_no_end_marker() {
    let bytes = jpeg(20, 12);
    assert!(is_whole(&bytes[..bytes.len() - 2]));
    assert_eq!(damage(&bytes[..bytes.len() - 40]).0, 0);
    let bytes = progressive();
    assert!(damage(&bytes[..bytes.len() - 2]).1.contains("in front of EOI"));
}

#[test]
fn an_end_marker_does_not_hide_missing_data() {
    let bytes = jpeg(40, 40);
    let cut = [&bytes[..bytes.len() - 200], b"\xff\xd9"].concat();
    let (_, reason) = damage(&cut);
    assert!(reason.contains("the data end inside a scan"), "{reason}");
    assert!(reason.ends_with(&format!("at offset {}", cut.len() - 2)), "{reason}");
}

#[test]
fn what_follows_the_end_marker_is_not_looked_at() {
    let bytes = [jpeg(20, 12).as_slice(), b"\xff\xc4\0\0junk"].concat();
    assert!(is_whole(&bytes));
}

#[test]
fn a_coding_that_is_not_decoded_is_unsupported() {
    let mut bytes = jpeg(20, 12);
    let sof = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[sof + 1] = 0xc9;
    assert!(matches!(deep(&bytes), Some(Pixels::Unsupported { .. })));
}

#[test]
fn a_wrong_check_sum_of_image_data_is_damage() {
    let bytes = png(20, 12);
    let idat = bytes.windows(4).position(|window| window == b"IDAT").unwrap();
    let iend = bytes.windows(4).position(|window| window == b"IEND").unwrap();
    // The last byte of IDAT's data belongs to the Adler-32 of the zlib stream; four bytes of CRC follow.
    let adler = iend - 4 - 4 - 1;
    let mut crc_damaged = bytes.clone();
    crc_damaged[adler + 1] ^= 1;
    assert!(damage(&crc_damaged).1.contains("CRC"));
    let mut adler_damaged = bytes.clone();
    adler_damaged[adler] ^= 1;
    let crc = crc32fast::hash(&adler_damaged[idat..=adler]).to_be_bytes();
    adler_damaged[adler + 1..adler + 5].copy_from_slice(&crc);
    assert!(damage(&adler_damaged).1.contains("check sum"));
}

/// A PNG whose image data are `rows`, in as many IDAT chunks as bytes fit `part` times.
fn png_of(ihdr: &[u8; 13], extra: &[(&[u8; 4], Vec<u8>)], rows: &[u8], part: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        let body = [kind.as_slice(), data].concat();
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(&body);
        bytes.extend(crc32fast::hash(&body).to_be_bytes());
    };
    chunk(b"IHDR", ihdr);
    extra.iter().filter(|(kind, _)| *kind != b"fdAT").for_each(|(kind, data)| chunk(kind, data));
    zlib(rows).chunks(part).for_each(|part| chunk(b"IDAT", part));
    extra.iter().filter(|(kind, _)| *kind == b"fdAT").for_each(|(_, data)| {
        chunk(b"fcTL", &fctl(3, 1));
        chunk(b"fdAT", data);
    });
    chunk(b"IEND", b"");
    bytes
}

fn zlib(data: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(data, 6)
}

fn fctl(width: u32, height: u32) -> Vec<u8> {
    [&[0; 4], width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[0; 14]].concat()
}

/// 3x2, 8 bits, greyscale.
const GREY: &[u8; 13] = b"\0\0\0\x03\0\0\0\x02\x08\0\0\0\0";

#[test]
fn rows_and_filters_are_followed() {
    let rows = [0, 1, 2, 3, 4, 5, 6, 7];
    for part in [1, 3, 100] {
        assert!(is_whole(&png_of(GREY, &[], &rows, part)), "{part} bytes a chunk");
        assert!(damage(&png_of(GREY, &[], &rows[..7], part)).1.contains("1 rows early"));
        assert!(damage(&png_of(GREY, &[], &[0, 1, 2, 3, 5, 5, 6, 7], part)).1.contains("filter 5"));
        assert!(is_whole(&png_of(GREY, &[], &[rows.as_slice(), &[9; 50]].concat(), part)), "more data than rows");
    }
    // Adam7, 3x2: passes of 1x1, none, none, 1x1 (column 2), none, 1x2 (column 1), 3x1.
    let interlaced = b"\0\0\0\x03\0\0\0\x02\x08\0\0\0\x01";
    let passes = [0, 1, 0, 1, 0, 1, 0, 1, 2, 3];
    assert!(is_whole(&png_of(interlaced, &[], &passes, 100)));
    assert!(!is_whole(&png_of(interlaced, &[], &passes[..9], 100)));
}

#[test]
fn every_frame_of_an_animated_png_is_decoded() {
    let actl = || (b"acTL", [2_u32.to_be_bytes(), 0_u32.to_be_bytes()].concat());
    let frame = |rows: &[u8]| (b"fdAT", [b"\0\0\0\x02", zlib(rows).as_slice()].concat());
    let rows = [0, 1, 2, 3, 4, 5, 6, 7];
    let sound = png_of(GREY, &[actl(), (b"fcTL", fctl(3, 2)), frame(&[2, 1, 1, 1])], &rows, 100);
    assert_eq!(deep(&sound), Some(Pixels::Whole));
    let short = png_of(GREY, &[actl(), (b"fcTL", fctl(3, 2)), frame(&[2, 1, 1])], &rows, 100);
    assert_eq!(damage(&short), (1, "the image data end 1 rows early".to_owned()));
    let still = png_of(GREY, &[frame(&[2, 1])], &rows, 100);
    assert_eq!(deep(&still), Some(Pixels::Whole), "without acTL the frames are not shown");
}

#[test]
fn a_gif_frame_with_too_few_pixels_is_damage() {
    let head: &[u8] = b"GIF89a\x02\0\x02\0\x80\0\0\0\0\0\xff\xff\xff";
    // Clear, 1, 1, 1, 1, end; then clear, 1, end: codes of three bits and, behind the fourth code, four.
    let sound: &[u8] = b"\x2c\0\0\0\0\x02\0\x02\0\0\x02\x03\x4c\x12\x05\0";
    let short: &[u8] = b"\x2c\0\0\0\0\x02\0\x02\0\0\x02\x02\x4c\x01\0";
    assert_eq!(deep(&[head, sound, sound, b";"].concat()), Some(Pixels::Whole));
    assert_eq!(damage(&[head, sound, short, b";"].concat()).0, 1);
    let bare: &[u8] = b"GIF89a\x02\0\x02\0\0\0\0";
    assert_eq!(deep(&[bare, sound, b";"].concat()), Some(Pixels::Whole), "no colour table");
    assert_eq!(deep(&[head, b"\x21\x2a\x01x\0", sound, b"\0;"].concat()), Some(Pixels::Whole), "an unknown extension");
    assert_eq!(deep(&[head, sound, b"\xff junk"].concat()), Some(Pixels::Whole), "junk behind the frames");
}

#[test]
fn a_few_bytes_do_not_ask_for_gigabytes() {
    let gif = b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x4c\x01\0;";
    assert!(matches!(deep(gif), Some(Pixels::TooLarge { .. })));
    let png = png_of(b"\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x02\0\0\0", &[], &[0; 9], 100);
    assert!(matches!(deep(&png), Some(Pixels::TooLarge { .. })));
    // 16384x16384, lossless.
    let webp = b"RIFF\x12\0\0\0WEBPVP8L\x05\0\0\0\x2f\xff\xff\xff\x0f\0";
    let outcome = deep(webp);
    assert!(matches!(outcome, Some(Pixels::TooLarge { .. })), "{outcome:?}");
    let mut jpeg = progressive();
    let sof = jpeg.windows(2).position(|pair| pair == [0xff, 0xc2]).unwrap();
    jpeg[sof + 5..sof + 9].fill(0xff);
    assert!(matches!(deep(&jpeg), Some(Pixels::TooLarge { .. })));
}

proptest! {
    #[test]
    fn damage_never_panics(
        kind in 0..8_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = match kind {
            0 => jpeg(20, 12),
            1 => progressive(),
            2 => png(20, 12),
            3 => webp(false),
            4 => webp(true),
            5 => animated_webp(),
            6 => gif(1),
            _ => gif(3),
        };
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        deep(&bytes);
    }

    #[test]
    fn other_decoders_agree_that_images_are_whole(width in 1..50_u32, height in 1..50_u32) {
        for bytes in [jpeg(width, height), png(width, height)] {
            prop_assert!(image::load_from_memory(&bytes).is_ok());
            prop_assert_eq!(deep(&bytes), Some(Pixels::Whole));
        }
    }
}
