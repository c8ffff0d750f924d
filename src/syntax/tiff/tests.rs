//! Byte literals follow TIFF 6.0, both byte orders.

use proptest::prelude::*;

use super::*;
use crate::facts::{Format, Image};
use crate::input::Limits;
use crate::syntax;

/// A directory of SHORT values, and where the next one stands.
fn directory(entries: &[(u16, u16)], next: u32) -> Vec<u8> {
    let mut bytes = (entries.len() as u16).to_le_bytes().to_vec();
    for (tag, value) in entries {
        bytes.extend([tag.to_le_bytes(), 3_u16.to_le_bytes()].concat());
        bytes.extend([&1_u32.to_le_bytes()[..], &value.to_le_bytes(), &[0, 0]].concat());
    }
    bytes.extend(next.to_le_bytes());
    bytes
}

fn file(entries: &[(u16, u16)], next: u32) -> Vec<u8> {
    [b"II*\0\x08\0\0\0".as_slice(), &directory(entries, next)].concat()
}

fn read(bytes: &[u8]) -> Facts {
    syntax::inspect(&bytes, Limits::default()).unwrap()
}

fn image_of(bytes: &[u8]) -> Image {
    *read(bytes).image.unwrap()
}

const RGB: [(u16, u16); 4] = [(WIDTH, 30), (HEIGHT, 20), (BITS_PER_SAMPLE, 8), (PHOTOMETRIC, 2)];

#[test]
fn the_first_picture_is_read() {
    let image = image_of(&file(&[&RGB[..], &[(ORIENTATION, 6), (EXTRA_SAMPLES, 2)]].concat(), 0));
    assert_eq!(image.dimensions.value(), Some(&Dimensions::new(30, 20)));
    assert_eq!(image.orientation.value().map(|turn| turn.value()), Some(6));
    assert_eq!(image.colour.value().map(AsRef::as_ref), Some("RGB with alpha"));
    assert_eq!((image.bit_depth.value(), image.pages.value()), (Some(&8), Some(&1)));
    assert!(image.fits_png && !image.is_preview);

    let big = b"MM\0*\0\0\0\x08\0\x03\x01\0\0\x04\0\0\0\x01\0\0\0\x07\x01\x01\0\x03\0\0\0\x01\0\x05\0\0\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
    let image = image_of(big);
    assert_eq!(image.dimensions.value(), Some(&Dimensions::new(7, 5)));
    assert_eq!(image.orientation.value().map(|turn| turn.value()), Some(8));
    assert!(!image.fits_png, "what its samples are is not said");
}

#[test]
fn values_that_do_not_fit_stand_elsewhere() {
    let mut bytes = file(&[(WIDTH, 30), (HEIGHT, 20), (BITS_PER_SAMPLE, 0), (PHOTOMETRIC, 2)], 0);
    let entry = 8 + 2 + 2 * 12;
    let place = bytes.len() as u32;
    bytes[entry + 4] = 3;
    bytes[entry + 8..entry + 12].copy_from_slice(&place.to_le_bytes());
    assert_eq!(image_of(&bytes).bit_depth, Fact::Absent, "it points behind the end");
    bytes.extend([16, 0, 16, 0, 16, 0]);
    assert_eq!(image_of(&bytes).bit_depth.value(), Some(&16));
}

#[test]
fn pages_are_counted_and_a_circle_of_them_ends() {
    let second = 8 + directory(&RGB, 0).len() as u32;
    let two = [file(&RGB, second), directory(&RGB, 0)].concat();
    let image = image_of(&two);
    assert_eq!((image.pages.value(), image.fits_png), (Some(&2), false));
    assert_eq!(image_of(&file(&RGB, 8)).pages.value(), Some(&directory::MOST_PAGES));
    assert_eq!(image_of(&file(&RGB, 0xffff)).pages.value(), Some(&1), "there is nothing there");
}

#[test]
fn what_png_does_not_hold_is_told() {
    for more in [(PHOTOMETRIC, 5), (PHOTOMETRIC, 6), (SAMPLE_FORMAT, 3), (BITS_PER_SAMPLE, 32), (SUBFILE_TYPE, 1)] {
        let entries: Vec<(u16, u16)> = RGB.into_iter().filter(|(tag, _)| *tag != more.0).chain([more]).collect();
        let image = image_of(&file(&entries, 0));
        assert!(!image.fits_png, "{more:?}");
        assert_eq!(image.is_preview, more.0 == SUBFILE_TYPE);
    }
}

#[test]
fn damage_is_none_of_its_faults() {
    let whole = file(&RGB, 0);
    for length in 4..whole.len() {
        let facts = read(&whole[..length]);
        assert_eq!((facts.format, &facts.anomalies[..]), (Format::Tiff, &[][..]), "cut to {length}");
    }
    assert!(read(&file(&[(WIDTH, 0), (HEIGHT, 4)], 0)).image.is_none());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read(&[b"II*\0\x08\0\0\0".as_slice(), &bytes].concat());
        read(&[b"MM\0*".as_slice(), &bytes].concat());
    }
}
