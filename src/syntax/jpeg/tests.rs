//! Byte literals follow ITU-T T.81 annex B, JFIF 1.02 and Exif 3.0.

use proptest::prelude::*;

use crate::facts::{AnomalyKind, Fact, Facts, Format, Image};
use crate::input::Limits;
use crate::input::testing::Counting;
use crate::syntax::inspect;
use crate::units::Dimensions;

const SOI: &[u8] = b"\xff\xd8";
const JFIF: &[u8] = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
/// Exif with one entry: orientation 6, little-endian.
const EXIF: &[u8] = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
/// Baseline, 8 bits, 640x480, three components.
const SOF0: &[u8] = b"\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
const COMMENT: &[u8] = b"\xff\xfe\0\x04hi";
const SOS: &[u8] = b"\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0";
const DATA: &[u8] = b"\x12\x34\xff\xd9";

fn read(parts: &[&[u8]]) -> Facts {
    let facts = inspect(&parts.concat(), Limits::default()).unwrap();
    assert_eq!(facts.format, Format::Jpeg);
    facts
}

fn image(facts: &Facts) -> &Image {
    facts.image.as_deref().unwrap()
}

fn dimensions(facts: &Facts) -> Option<Dimensions> {
    image(facts).dimensions.value().copied()
}

fn kinds(facts: &Facts) -> Vec<AnomalyKind> {
    facts.anomalies.iter().map(|anomaly| anomaly.kind).collect()
}

const VGA: Option<Dimensions> = Some(Dimensions::new(640, 480));

#[test]
fn a_frame_header_among_other_segments_is_found() {
    let facts = read(&[SOI, JFIF, EXIF, COMMENT, SOF0, SOS, DATA]);
    let image = image(&facts);
    assert_eq!(dimensions(&facts), VGA);
    let at = image.dimensions.evidence().unwrap();
    let offset = 2 + JFIF.len() + EXIF.len() + COMMENT.len() + 5;
    assert_eq!(at.to_string(), format!("SOF0.Y at offset {offset}"));
    assert_eq!(image.orientation.value().unwrap().value(), 6);
    assert_eq!(image.bit_depth.value(), Some(&8));
    assert_eq!(image.colour.value().unwrap(), "YCbCr");
    assert_eq!(image.coding.value().unwrap(), "baseline DCT");
    assert_eq!(facts.anomalies, []);
}

#[test]
fn an_orientation_behind_the_frame_header_is_read() {
    let facts = read(&[SOI, SOF0, EXIF, SOS, DATA]);
    assert_eq!(image(&facts).orientation.value().unwrap().value(), 6);
    assert_eq!(image(&read(&[SOI, SOF0, SOS, DATA])).orientation, Fact::Absent);
}

#[test]
fn a_thumbnail_inside_a_segment_is_not_the_image() {
    let thumbnail = [SOI, b"\xff\xc0\0\x0b\x08\0\x10\0\x10\x01\x01\x11\0", SOS, DATA].concat();
    let length = u16::try_from(thumbnail.len() + 2).unwrap().to_be_bytes();
    let facts = read(&[SOI, b"\xff\xe2", &length, &thumbnail, SOF0, SOS, DATA]);
    assert_eq!(dimensions(&facts), VGA);
    assert_eq!(facts.anomalies, []);
}

#[test]
fn fill_bytes_stand_in_front_of_any_marker() {
    let fill = [0xff; 100];
    for count in [1, 2, 17, 18, 19, 20, 21, 100] {
        let fill = &fill[..count];
        let facts = read(&[SOI, fill, JFIF, fill, SOF0, fill, EXIF, fill, SOS, DATA]);
        assert_eq!(dimensions(&facts), VGA, "{count} fill bytes");
        assert_eq!(image(&facts).orientation.value().unwrap().value(), 6);
        assert_eq!(facts.anomalies, [], "{count} fill bytes");
    }
}

#[test]
fn each_coding_process_is_named_by_its_marker() {
    let names = [
        (0xc0, "baseline DCT"),
        (0xc1, "extended sequential DCT"),
        (0xc2, "progressive DCT"),
        (0xc3, "lossless"),
        (0xc9, "extended sequential DCT, arithmetic coding"),
        (0xca, "progressive DCT, arithmetic coding"),
    ];
    for (marker, name) in names {
        let mut sof = SOF0.to_vec();
        sof[1] = marker;
        let facts = read(&[SOI, &sof, SOS, DATA]);
        assert_eq!(image(&facts).coding.value().unwrap(), name);
        assert_eq!(dimensions(&facts), VGA);
    }
    // DHT, JPG and DAC are not frame headers.
    for marker in [0xc4, 0xc8, 0xcc] {
        let facts = read(&[SOI, &[0xff, marker], &SOF0[2..], SOF0, SOS, DATA]);
        assert_eq!(dimensions(&facts), VGA);
        assert_eq!(facts.anomalies, []);
    }
}

#[test]
fn components_and_adobe_tell_the_colour() {
    let grey: &[u8] = b"\xff\xc0\0\x0b\x08\x01\xe0\x02\x80\x01\x01\x11\0";
    let named: &[u8] = b"\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03R\x11\0G\x11\0B\x11\0";
    let four: &[u8] = b"\xff\xc0\0\x14\x08\x01\xe0\x02\x80\x04\x01\x11\0\x02\x11\0\x03\x11\0\x04\x11\0";
    let adobe = |transform: u8| [b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat();
    let (none, ycck): (Vec<u8>, Vec<u8>) = (adobe(0), adobe(2));
    let cases: [(&[&[u8]], &str); 6] = [
        (&[grey], "greyscale"),
        (&[named], "RGB"),
        (&[&none, SOF0], "RGB"),
        (&[SOF0, &none], "RGB"),
        (&[four], "CMYK"),
        (&[&ycck, four], "YCCK"),
    ];
    for (segments, colour) in cases {
        let facts = read(&[SOI, &segments.concat(), SOS, DATA]);
        assert_eq!(image(&facts).colour.value().unwrap(), colour);
    }
}

#[test]
fn a_height_behind_the_scan_is_unknown() {
    let mut sof = SOF0.to_vec();
    sof[5..7].fill(0);
    let facts = read(&[SOI, &sof, SOS, DATA]);
    assert!(matches!(&image(&facts).dimensions, Fact::Unknown(why) if why.to_string().contains("DNL")));
    assert_eq!(facts.anomalies, []);
}

#[test]
fn every_cut_in_front_of_the_data_is_truncated() {
    let whole = [SOI, JFIF, EXIF, SOF0, COMMENT, SOS, DATA].concat();
    let data = whole.len() - DATA.len();
    for length in 2..whole.len() {
        let facts = read(&[&whole[..length]]);
        let expected: &[AnomalyKind] = if length > data { &[] } else { &[AnomalyKind::Truncated] };
        assert_eq!(kinds(&facts), expected, "cut to {length}");
        let frame = 2 + JFIF.len() + EXIF.len() + SOF0.len();
        assert_eq!(dimensions(&facts).is_some(), length >= frame, "cut to {length}");
    }
}

#[test]
fn a_broken_chain_is_malformed() {
    let cases: &[(&str, &[&[u8]])] = &[
        ("text instead of a marker", &[SOI, JFIF, &[b'x'; 65], SOF0, SOS, DATA]),
        ("a length below 2", &[SOI, b"\xff\xdb\0\0", SOF0, SOS, DATA]),
        ("a zeroed length", &[SOI, b"\xff\xe0\0\0JFIF\0\x01\x01\0\0\x01\0\x01\0\0", SOF0, SOS, DATA]),
        ("two frame headers", &[SOI, SOF0, SOF0, SOS, DATA]),
        ("no frame header", &[SOI, JFIF, SOS, DATA]),
        ("no scan", &[SOI, JFIF, SOF0, b"\xff\xd9"]),
        ("a width of 0", &[SOI, b"\xff\xc0\0\x0b\x08\x01\xe0\0\0\x01\x01\x11\0", SOS, DATA]),
        ("no component", &[SOI, b"\xff\xc0\0\x08\x08\x01\xe0\x02\x80\0", SOS, DATA]),
        ("a short frame header", &[SOI, b"\xff\xc0\0\x07\x08\x01\xe0\x02\x80", SOS, DATA]),
        ("components that do not fit", &[SOI, b"\xff\xc0\0\x0b\x08\x01\xe0\x02\x80\x03\x01\x11\0", SOS, DATA]),
        ("9 bits", &[SOI, b"\xff\xc0\0\x0b\x09\x01\xe0\x02\x80\x01\x01\x11\0", SOS, DATA]),
    ];
    for (what, parts) in cases {
        assert_eq!(kinds(&read(parts)), [AnomalyKind::Malformed], "{what}");
    }
}

#[test]
fn what_readers_pass_over_is_tolerated() {
    let cases: &[(&str, &[&[u8]])] = &[
        ("an empty comment of length 0", &[SOI, b"\xff\xfe\0\0", SOF0, SOS, DATA]),
        ("zeros behind a segment", &[SOI, JFIF, &[0; 700], SOF0, SOS, DATA]),
        ("a few bytes behind a segment", &[SOI, JFIF, &[b'x'; 64], SOF0, SOS, DATA]),
    ];
    for (what, parts) in cases {
        let facts = read(parts);
        assert_eq!(kinds(&facts), [AnomalyKind::Tolerated], "{what}");
        assert_eq!(dimensions(&facts), VGA, "{what}");
    }
}

#[test]
fn a_long_run_of_fill_bytes_ends() {
    let facts = read(&[SOI, &vec![0xff; 1 << 20]]);
    assert_eq!(kinds(&facts), [AnomalyKind::Malformed]);
}

#[test]
fn only_headers_are_read() {
    let profile = [b"\xff\xe2\xff\xff".as_slice(), &vec![0xab; 65533]].concat();
    let data = vec![0x55; 1 << 20];
    let bytes = [SOI, JFIF, EXIF, &profile, &profile, SOF0, SOS, &data].concat();
    let source = Counting::new(bytes);
    let facts = inspect(&source, Limits::default()).unwrap();
    assert_eq!((dimensions(&facts), kinds(&facts)), (VGA, Vec::new()));
    assert!(source.read() < 64 + 8 * 20, "{} bytes were read", source.read());
}

proptest! {
    #[test]
    fn another_writers_images_are_read_exactly(width in 1..60_u16, height in 1..60_u16, grey: bool) {
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80);
        let (colour, samples) =
            if grey { (image::ExtendedColorType::L8, 1) } else { (image::ExtendedColorType::Rgb8, 3) };
        let pixels = vec![7; usize::from(width) * usize::from(height) * samples];
        image::ImageEncoder::write_image(encoder, &pixels, u32::from(width), u32::from(height), colour).unwrap();
        let facts = read(&[&bytes]);
        prop_assert_eq!(dimensions(&facts), Some(Dimensions::new(u32::from(width), u32::from(height))));
        prop_assert_eq!(&facts.anomalies, &[]);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read(&[b"\xff\xd8\xff", &bytes]);
        read(&[SOI, EXIF, JFIF, b"\xff\xc0", &bytes]);
    }

    #[test]
    fn a_flipped_byte_never_panics(place in any::<prop::sample::Index>(), flip: u8) {
        let mut bytes = [SOI, JFIF, EXIF, SOF0, COMMENT, SOS, DATA].concat();
        let place = 3 + place.index(bytes.len() - 3);
        bytes[place] ^= flip;
        read(&[&bytes]);
    }
}
