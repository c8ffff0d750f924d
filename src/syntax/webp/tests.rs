//! Byte literals follow RFC 9649 and RFC 6386 9.1.

use proptest::prelude::*;

use crate::facts::{AnomalyKind, Fact, Facts, Format, Image};
use crate::input::Limits;
use crate::input::testing::Counting;
use crate::syntax::inspect;
use crate::units::{Dimensions, Duration};

const EXIF: &[u8] = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
/// A key frame that is shown, first partition of 1 byte, 640x480, both scaled (the upper two bits).
const VP8: &[u8] = b"\x30\0\0\x9d\x01\x2a\x80\x42\xe0\x81data";
/// 16384x1 with alpha.
const VP8L: &[u8] = b"\x2f\xff\x3f\0\x10data!";

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap().to_le_bytes();
    let padding: &[u8] = if data.len() % 2 == 1 { b"\0" } else { b"" };
    [kind.as_slice(), &length, data, padding].concat()
}

fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
    chunk(*b"RIFF", &[b"WEBP", chunks.concat().as_slice()].concat())
}

/// VP8X with a canvas of 800x600.
fn vp8x(flags: u8) -> Vec<u8> {
    chunk(*b"VP8X", &[flags, 0, 0, 0, 0x1f, 0x03, 0, 0x57, 0x02, 0])
}

fn anim(loops: u16) -> Vec<u8> {
    chunk(*b"ANIM", &[b"\0\0\0\0".as_slice(), &loops.to_le_bytes()].concat())
}

fn anmf(milliseconds: u32, parts: &[Vec<u8>]) -> Vec<u8> {
    let [d0, d1, d2, _] = milliseconds.to_le_bytes();
    let head = [0, 0, 0, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0, d0, d1, d2, 0];
    chunk(*b"ANMF", &[head.as_slice(), &parts.concat()].concat())
}

fn lossy() -> Vec<u8> {
    chunk(*b"VP8 ", VP8)
}

fn lossless() -> Vec<u8> {
    chunk(*b"VP8L", VP8L)
}

fn read(bytes: &[u8]) -> Facts {
    let facts = inspect(&bytes.to_vec(), Limits::default()).unwrap();
    assert_eq!(facts.format, Format::WebP);
    facts
}

fn image(facts: &Facts) -> &Image {
    facts.image.as_deref().unwrap()
}

fn kinds(facts: &Facts) -> Vec<AnomalyKind> {
    facts.anomalies.iter().map(|anomaly| anomaly.kind).collect()
}

fn says(facts: &Facts) -> (Dimensions, &str, &str) {
    let image = image(facts);
    (*image.dimensions.value().unwrap(), image.colour.value().unwrap(), image.coding.value().unwrap())
}

#[test]
fn both_bitstreams_tell_their_size() {
    let facts = read(&riff(&[lossy()]));
    assert_eq!(says(&facts), (Dimensions::new(640, 480), "YCbCr", "lossy"));
    assert_eq!(image(&facts).dimensions.evidence().unwrap().to_string(), "VP8.width at offset 26");
    assert_eq!(image(&facts).orientation, Fact::Absent);
    assert_eq!(facts.anomalies, []);
    let facts = read(&riff(&[lossless()]));
    assert_eq!(says(&facts), (Dimensions::new(16384, 1), "RGB with alpha", "lossless"));
    assert_eq!(facts.anomalies, []);
}

#[test]
fn an_extended_file_tells_its_canvas_and_orientation() {
    let chunks = [vp8x(0x18), chunk(*b"ICCP", b"odd"), chunk(*b"ALPH", b"\0."), lossy(), chunk(*b"EXIF", EXIF)];
    let facts = read(&riff(&chunks));
    assert_eq!(says(&facts), (Dimensions::new(800, 600), "YCbCr with alpha", "lossy"));
    assert_eq!(image(&facts).dimensions.evidence().unwrap().to_string(), "VP8X.canvas_width at offset 24");
    assert_eq!(image(&facts).orientation.value().unwrap().value(), 6);
    assert!(facts.animation.is_none());
    assert_eq!(facts.anomalies, []);
    let prefixed = [b"Exif\0\0", EXIF].concat();
    let facts = read(&riff(&[vp8x(0x08), lossy(), chunk(*b"EXIF", &prefixed)]));
    assert_eq!(image(&facts).orientation.value().unwrap().value(), 6);
}

#[test]
fn frames_are_counted_and_their_durations_summed() {
    let chunks = [
        vp8x(0x02),
        anim(3),
        anmf(40, &[lossy()]),
        chunk(*b"quux", b"x"),
        anmf(70_000, &[chunk(*b"ALPH", b"."), lossless()]),
    ];
    let facts = read(&riff(&chunks));
    let animation = facts.animation.as_deref().unwrap();
    assert_eq!(animation.frames.value(), Some(&2));
    assert_eq!(animation.loop_count.value(), Some(&3));
    assert_eq!(animation.duration.value(), Some(&Duration::from_millis(70_040)));
    assert_eq!(says(&facts), (Dimensions::new(800, 600), "YCbCr", "lossy and lossless"));
    assert_eq!(facts.anomalies, []);
}

#[test]
fn the_largest_canvas_is_read() {
    let canvas = |bytes: [u8; 6]| chunk(*b"VP8X", &[[0; 4].as_slice(), &bytes].concat());
    let facts = read(&riff(&[canvas([0xff, 0xff, 0xff, 0xfe, 0, 0]), lossy()]));
    assert_eq!(says(&facts).0, Dimensions::new(1 << 24, 255));
    let facts = read(&riff(&[canvas([0xff, 0xff, 0xff, 0xff, 0, 0]), lossy()]));
    assert_eq!(kinds(&facts), [AnomalyKind::Malformed]);
}

#[test]
fn every_cut_is_truncated() {
    let still = riff(&[vp8x(0x18), chunk(*b"ALPH", b"\0."), lossy(), chunk(*b"EXIF", EXIF)]);
    let animated = riff(&[vp8x(0x02), anim(0), anmf(40, &[lossy()]), anmf(40, &[lossless()])]);
    for whole in [riff(&[lossy()]), riff(&[lossless()]), still, animated] {
        for length in 12..whole.len() {
            let facts = read(&whole[..length]);
            assert_eq!(kinds(&facts), [AnomalyKind::Truncated], "cut to {length} of {}", whole.len());
        }
    }
}

#[test]
fn what_stands_behind_the_structure_is_tolerated() {
    let facts = read(&[riff(&[lossy()]).as_slice(), b"more"].concat());
    assert_eq!(kinds(&facts), [AnomalyKind::Tolerated]);
    // A last chunk of odd length, whose padding is not there and not counted.
    let mut bytes = [b"RIFF\x17\0\0\0WEBP".as_slice(), &chunk(*b"VP8 ", &VP8[..11])].concat();
    bytes.pop();
    assert_eq!(kinds(&read(&bytes)), []);
}

#[test]
fn what_no_reader_can_show_is_malformed() {
    let changed = |data: &[u8], place: usize, value: u8| {
        let mut data = data.to_vec();
        data[place] = value;
        data
    };
    let mut past = riff(&[lossy()]);
    past[16] = 200;
    let mut small = riff(&[lossy()]);
    small[4..8].copy_from_slice(&[11, 0, 0, 0]);
    let cases = [
        ("a first chunk of another kind", riff(&[chunk(*b"ALPH", b"..........."), lossy()])),
        ("an interframe", riff(&[chunk(*b"VP8 ", &changed(VP8, 0, 0x31))])),
        ("a hidden frame", riff(&[chunk(*b"VP8 ", &changed(VP8, 0, 0x20))])),
        ("version 4", riff(&[chunk(*b"VP8 ", &changed(VP8, 0, 0x38))])),
        ("a partition past the chunk", riff(&[chunk(*b"VP8 ", &changed(VP8, 1, 0x02))])),
        ("no start code", riff(&[chunk(*b"VP8 ", &changed(VP8, 3, 0x9c))])),
        ("a width of 0", riff(&[chunk(*b"VP8 ", &changed(&changed(VP8, 6, 0), 7, 0x40))])),
        ("a short bitstream", riff(&[chunk(*b"VP8 ", &VP8[..8])])),
        ("no lossless signature", riff(&[chunk(*b"VP8L", &changed(VP8L, 0, 0x2e))])),
        ("a lossless version", riff(&[chunk(*b"VP8L", &changed(VP8L, 4, 0x30))])),
        ("no image data", riff(&[vp8x(0x08), chunk(*b"EXIF", EXIF)])),
        ("no frame", riff(&[vp8x(0x02), anim(0), lossy()])),
        ("frames in front of ANIM", riff(&[vp8x(0x02), anmf(40, &[lossy()]), anim(0)])),
        ("a frame without image data", riff(&[vp8x(0x02), anim(0), anmf(40, &[chunk(*b"ALPH", b"........")])])),
        ("a VP8X of another size", riff(&[chunk(*b"VP8X", &[0; 12]), lossy()])),
        ("a chunk past the structure", past),
        ("a structure of 11 bytes", small),
    ];
    for (what, bytes) in cases {
        assert_eq!(kinds(&read(&bytes)), [AnomalyKind::Malformed], "{what}");
    }
}

#[test]
fn image_data_are_not_read() {
    let data = [VP8, &vec![0x55; 100_000]].concat();
    let bytes = riff(&[vp8x(0x02), anim(0), vec![anmf(40, &[chunk(*b"VP8 ", &data)]); 10].concat()]);
    let source = Counting::new(bytes);
    let facts = inspect(&source, Limits::default()).unwrap();
    assert_eq!(facts.animation.unwrap().frames.value(), Some(&10));
    assert!(source.read() <= 64 + 10 * (8 + 16 + 8 + 10), "{} bytes were read", source.read());
}

proptest! {
    #[test]
    fn another_writers_images_are_read_exactly(width in 1..40_u32, height in 1..40_u32, lossless: bool) {
        let pixels = vec![7; width as usize * height as usize * 3];
        let encoder = webp::Encoder::from_rgb(&pixels, width, height);
        let bytes = if lossless { encoder.encode_lossless() } else { encoder.encode(80.0) };
        let facts = read(&bytes);
        prop_assert_eq!(image(&facts).dimensions.value(), Some(&Dimensions::new(width, height)));
        prop_assert_eq!(image(&facts).coding.value().unwrap() == "lossless", lossless);
        prop_assert_eq!(&facts.anomalies, &[]);
    }

    #[test]
    fn another_writers_animations_are_read_exactly(
        size in (1..20_u32, 1..20_u32),
        durations in proptest::collection::vec(1..500_i32, 2..6),
        loops in 0..100_i32,
    ) {
        let (width, height) = size;
        let images: Vec<Vec<u8>> = (0..durations.len())
            .map(|index| vec![u8::try_from(index * 40).unwrap(); width as usize * height as usize * 4])
            .collect();
        let config = webp::WebPConfig::new().unwrap();
        let mut encoder = webp::AnimEncoder::new(width, height, &config);
        encoder.set_loop_count(loops);
        let mut timestamp = 0;
        for (image, duration) in images.iter().zip(&durations) {
            encoder.add_frame(webp::AnimFrame::from_rgba(image, width, height, timestamp));
            timestamp += duration;
        }
        let facts = read(&encoder.encode());
        let animation = facts.animation.as_deref().unwrap();
        prop_assert_eq!(animation.frames.value(), Some(&(durations.len() as u64)));
        prop_assert_eq!(animation.loop_count.value().copied(), u32::try_from(loops).ok());
        prop_assert_eq!(image(&facts).dimensions.value(), Some(&Dimensions::new(width, height)));
        prop_assert_eq!(&facts.anomalies, &[]);
    }

    #[test]
    fn arbitrary_chunks_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read(&[b"RIFF\xff\0\0\0WEBP", bytes.as_slice()].concat());
        read(&[b"RIFF\xff\0\0\0WEBP", vp8x(0x02).as_slice(), &anim(1), &bytes].concat());
    }

    #[test]
    fn a_flipped_byte_never_panics(place in any::<prop::sample::Index>(), flip: u8) {
        let chunks = [vp8x(0x0a), anim(1), anmf(9, &[chunk(*b"ALPH", b"."), lossy()]), chunk(*b"EXIF", EXIF)];
        let mut bytes = riff(&chunks);
        let place = 12 + place.index(bytes.len() - 12);
        bytes[place] ^= flip;
        read(&bytes);
    }
}
