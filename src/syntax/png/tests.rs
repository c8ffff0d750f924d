//! Byte literals follow the PNG standard; CRCs are computed.

use proptest::prelude::*;

use crate::facts::{AnomalyKind, Fact, Facts, Format, Image};
use crate::input::Limits;
use crate::input::testing::Counting;
use crate::syntax::inspect;
use crate::units::{Dimensions, Duration};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const EXIF: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0";

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length, body.as_slice(), &crc32fast::hash(&body).to_be_bytes()].concat()
}

/// IHDR of 640x480 with the last five fields given.
fn ihdr(fields: [u8; 5]) -> Vec<u8> {
    chunk(*b"IHDR", &[b"\0\0\x02\x80\0\0\x01\xe0".as_slice(), &fields].concat())
}

fn truecolour() -> Vec<u8> {
    ihdr([8, 2, 0, 0, 0])
}

fn idat() -> Vec<u8> {
    chunk(*b"IDAT", b"not looked at")
}

fn iend() -> Vec<u8> {
    chunk(*b"IEND", b"")
}

fn actl(frames: u32, plays: u32) -> Vec<u8> {
    chunk(*b"acTL", &[frames.to_be_bytes(), plays.to_be_bytes()].concat())
}

fn fctl(numerator: u16, denominator: u16) -> Vec<u8> {
    let delay = [numerator.to_be_bytes(), denominator.to_be_bytes()].concat();
    chunk(*b"fcTL", &[[0; 20].as_slice(), &delay, &[0, 0]].concat())
}

fn read(chunks: &[Vec<u8>]) -> Facts {
    raw(&[SIGNATURE, &chunks.concat()].concat())
}

fn raw(bytes: &[u8]) -> Facts {
    let facts = inspect(&bytes.to_vec(), Limits::default()).unwrap();
    assert_eq!(facts.format, Format::Png);
    facts
}

fn image(facts: &Facts) -> &Image {
    facts.image.as_deref().unwrap()
}

fn kinds(facts: &Facts) -> Vec<AnomalyKind> {
    facts.anomalies.iter().map(|anomaly| anomaly.kind).collect()
}

#[test]
fn the_header_tells_the_image() {
    let facts = read(&[truecolour(), idat(), idat(), iend()]);
    let image = image(&facts);
    assert_eq!(image.dimensions.value(), Some(&Dimensions::new(640, 480)));
    assert_eq!(image.dimensions.evidence().unwrap().to_string(), "IHDR.width at offset 16");
    assert_eq!(image.bit_depth.value(), Some(&8));
    assert_eq!(image.colour.value().unwrap(), "truecolour");
    assert_eq!(image.coding.value().unwrap(), "no interlace");
    assert_eq!(image.orientation, Fact::Absent);
    assert_eq!((facts.animation.is_none(), facts.anomalies.as_slice()), (true, [].as_slice()));
}

#[test]
fn only_the_combinations_of_the_standard_pass() {
    for colour_type in 0..=7_u8 {
        for bit_depth in 0..=17_u8 {
            let allowed = match colour_type {
                0 => [1, 2, 4, 8, 16].contains(&bit_depth),
                2 | 4 | 6 => [8, 16].contains(&bit_depth),
                3 => [1, 2, 4, 8].contains(&bit_depth),
                _ => false,
            };
            let facts = read(&[ihdr([bit_depth, colour_type, 0, 0, 1]), chunk(*b"PLTE", &[0; 6]), idat(), iend()]);
            let expected: &[AnomalyKind] = if allowed { &[] } else { &[AnomalyKind::Malformed] };
            assert_eq!(kinds(&facts), expected, "colour type {colour_type}, {bit_depth} bits");
            assert_eq!(image(&facts).dimensions.value().is_some(), allowed);
        }
    }
}

#[test]
fn the_orientation_is_read_wherever_it_stands() {
    for chunks in
        [[truecolour(), chunk(*b"eXIf", EXIF), idat(), iend()], [truecolour(), idat(), chunk(*b"eXIf", EXIF), iend()]]
    {
        let facts = read(&chunks);
        assert_eq!(image(&facts).orientation.value().unwrap().value(), 8);
    }
}

#[test]
fn an_animation_is_told_by_its_control() {
    let facts = read(&[truecolour(), actl(3, 2), fctl(1, 10), idat(), fctl(1, 30), fctl(5, 0), iend()]);
    let animation = facts.animation.as_deref().unwrap();
    assert_eq!(animation.frames.value(), Some(&3));
    assert_eq!(animation.frames.evidence().unwrap().to_string(), "acTL.num_frames at offset 41");
    assert_eq!(animation.loop_count.value(), Some(&2));
    // 1/10 + 1/30 + 5/100
    assert_eq!(animation.duration.value().copied(), Duration::from_ticks(11, 60));
    assert_eq!(animation.trailer, Fact::Absent);
    assert_eq!(facts.anomalies, []);
}

#[test]
fn an_animation_control_that_does_not_count_is_tolerated() {
    for chunks in [[truecolour(), idat(), actl(3, 0), iend()], [truecolour(), actl(0, 0), idat(), iend()]] {
        let facts = read(&chunks);
        assert!(facts.animation.is_none());
        assert_eq!(kinds(&facts), [AnomalyKind::Tolerated]);
    }
    let facts = read(&[truecolour(), actl(2, 0), fctl(1, 10), idat(), iend()]);
    assert_eq!(facts.animation.as_ref().unwrap().frames.value(), Some(&2));
    assert!(matches!(facts.animation.as_ref().unwrap().duration, Fact::Unknown(_)));
    assert_eq!(kinds(&facts), [AnomalyKind::Tolerated]);
}

#[test]
fn a_wrong_check_sum_is_malformed_where_it_is_looked_at() {
    let whole = [ihdr([8, 3, 0, 0, 0]), actl(1, 0), chunk(*b"PLTE", &[0; 6]), idat(), iend()];
    for (index, field) in [(0, "IHDR.crc"), (1, "acTL.crc"), (2, "PLTE.crc")] {
        let mut chunks = whole.clone();
        *chunks[index].last_mut().unwrap() ^= 1;
        let facts = read(&chunks);
        assert_eq!(kinds(&facts), [AnomalyKind::Malformed]);
        let offset = SIGNATURE.len() + chunks[..=index].concat().len() - 4;
        assert_eq!(facts.anomalies[0].at.to_string(), format!("{field} at offset {offset}"));
    }
    let mut data = idat();
    *data.last_mut().unwrap() ^= 1;
    assert_eq!(kinds(&read(&[truecolour(), data, iend()])), [], "image data are for the deep check");
}

#[test]
fn what_no_reader_can_show_is_malformed() {
    let zero_width = chunk(*b"IHDR", b"\0\0\0\0\0\0\x01\xe0\x08\x02\0\0\0");
    let zero_height = chunk(*b"IHDR", b"\0\0\0\x01\0\0\0\0\x08\x02\0\0\0");
    let huge = chunk(*b"IHDR", b"\x80\0\0\0\0\0\0\x01\x08\x02\0\0\0");
    let short = chunk(*b"IHDR", b"\0\0\0\x01\0\0\0\x01\x08\x02\0\0");
    let indexed = ihdr([8, 3, 0, 0, 0]);
    let cases = [
        ("width 0", vec![zero_width, idat(), iend()]),
        ("height 0", vec![zero_height, idat(), iend()]),
        ("width 2^31", vec![huge, idat(), iend()]),
        ("a short header", vec![short, idat(), iend()]),
        ("a compression method", vec![ihdr([8, 2, 1, 0, 0]), idat(), iend()]),
        ("a filter method", vec![ihdr([8, 2, 0, 1, 0]), idat(), iend()]),
        ("an interlace method", vec![ihdr([8, 2, 0, 0, 2]), idat(), iend()]),
        ("no header first", vec![chunk(*b"tEXt", b"a\0b"), truecolour(), idat(), iend()]),
        ("Apple's variant", vec![chunk(*b"CgBI", b"\x50\0\x20\x02"), truecolour(), idat(), iend()]),
        ("two headers", vec![truecolour(), truecolour(), idat(), iend()]),
        ("no image data", vec![truecolour(), iend()]),
        ("empty image data", vec![truecolour(), chunk(*b"IDAT", b""), iend()]),
        ("no palette", vec![indexed.clone(), idat(), iend()]),
        ("a palette of 4 bytes", vec![indexed.clone(), chunk(*b"PLTE", b"abcd"), idat(), iend()]),
        ("a palette of 257 entries", vec![indexed, chunk(*b"PLTE", &[0; 771]), idat(), iend()]),
        ("an unknown critical chunk", vec![truecolour(), chunk(*b"ABCD", b""), idat(), iend()]),
        ("a type that is no text", vec![truecolour(), chunk(*b"a\0cd", b""), idat(), iend()]),
        ("a length of 2^31", vec![truecolour(), b"\x80\0\0\0IDAT".to_vec(), idat(), iend()]),
    ];
    for (what, chunks) in cases {
        assert_eq!(kinds(&read(&chunks)), [AnomalyKind::Malformed], "{what}");
    }
}

#[test]
fn what_readers_pass_over_is_no_fault() {
    let facts =
        read(&[truecolour(), chunk(*b"quIx", b"?"), chunk(*b"PLTE", &[0; 6]), idat(), chunk(*b"abCd", b""), iend()]);
    assert_eq!(kinds(&facts), []);
    let facts = read(&[truecolour(), idat(), iend(), b"and more".to_vec()]);
    assert_eq!(kinds(&facts), [AnomalyKind::Tolerated]);
    let facts = read(&[ihdr([8, 2, 0, 0, 0]), chunk(*b"PLTE", b"abcd"), idat(), iend()]);
    assert_eq!(kinds(&facts), [AnomalyKind::Tolerated]);
}

#[test]
fn every_cut_is_truncated() {
    let chunks = [ihdr([8, 3, 0, 0, 0]), actl(1, 0), chunk(*b"PLTE", &[0; 6]), fctl(1, 2), idat(), iend()];
    let whole = [SIGNATURE, &chunks.concat()].concat();
    for length in 4..whole.len() {
        let facts = raw(&whole[..length]);
        assert_eq!(kinds(&facts), [AnomalyKind::Truncated], "cut to {length}");
        assert!(facts.anomalies[0].at.offset <= length as u64);
        assert_eq!(image(&facts).dimensions.value().is_some(), length >= 33, "cut to {length}");
    }
    let facts = raw(&whole[..whole.len() - 12]);
    assert_eq!(facts.anomalies[0].at.offset, facts.size, "IEND is missing at a chunk boundary");
}

#[test]
fn converted_line_ends_are_told() {
    let whole = [SIGNATURE, &[truecolour(), idat(), iend()].concat()].concat();
    let unix: Vec<u8> = whole.windows(2).filter(|pair| *pair != b"\r\n").map(|pair| pair[0]).chain([0x82]).collect();
    let windows: Vec<u8> =
        whole.iter().flat_map(|&byte| if byte == b'\n' { vec![b'\r', b'\n'] } else { vec![byte] }).collect();
    for bytes in [unix, windows] {
        let facts = raw(&bytes);
        assert_eq!(kinds(&facts), [AnomalyKind::Malformed]);
        assert!(facts.anomalies[0].actual.contains("as if it were text"));
    }
    for other in [b"\x89PNG\r\n\x1a\r".as_slice(), b"\x88PNG\r\n\x1a\n\0\0\0\r", b"\x89PNX\r\n\x1a\n"] {
        let facts = inspect(&other.to_vec(), Limits::default()).unwrap();
        assert_eq!(facts.format, Format::Unknown, "{other:02x?}");
    }
}

#[test]
fn image_data_are_not_read() {
    let data = vec![chunk(*b"IDAT", &[0x55; 8192]); 100].concat();
    let bytes = [SIGNATURE, &truecolour(), &data, &iend()].concat();
    let source = Counting::new(bytes);
    assert_eq!(kinds(&inspect(&source, Limits::default()).unwrap()), []);
    assert!(source.read() <= 64 + 8 * 102, "{} bytes were read", source.read());
}

proptest! {
    #[test]
    fn another_writers_images_are_read_exactly(width in 1..40_u32, height in 1..40_u32, kind in 0..6_usize) {
        use image::ExtendedColorType::{L8, L16, La8, Rgb8, Rgb16, Rgba8};
        let (colour, bytes_a_pixel, name, depth) = [
            (L8, 1, "greyscale", 8),
            (L16, 2, "greyscale", 16),
            (La8, 2, "greyscale with alpha", 8),
            (Rgb8, 3, "truecolour", 8),
            (Rgb16, 6, "truecolour", 16),
            (Rgba8, 4, "truecolour with alpha", 8),
        ][kind];
        let mut bytes = Vec::new();
        let pixels = vec![7; width as usize * height as usize * bytes_a_pixel];
        let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
        image::ImageEncoder::write_image(encoder, &pixels, width, height, colour).unwrap();
        let facts = raw(&bytes);
        let image = image(&facts);
        prop_assert_eq!(image.dimensions.value(), Some(&Dimensions::new(width, height)));
        prop_assert_eq!(image.colour.value().unwrap(), name);
        prop_assert_eq!(image.bit_depth.value(), Some(&depth));
        prop_assert_eq!(&facts.anomalies, &[]);
    }

    #[test]
    fn arbitrary_chunks_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        raw(&[SIGNATURE, &bytes].concat());
        raw(&[SIGNATURE, &truecolour(), &bytes].concat());
    }

    #[test]
    fn a_flipped_byte_never_panics(place in any::<prop::sample::Index>(), flip: u8) {
        let chunks = [truecolour(), actl(2, 0), chunk(*b"eXIf", EXIF), fctl(1, 2), idat(), fctl(3, 4), iend()];
        let mut bytes = [SIGNATURE, &chunks.concat()].concat();
        let place = 8 + place.index(bytes.len() - 8);
        bytes[place] ^= flip;
        raw(&bytes);
    }
}
