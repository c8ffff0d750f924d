//! Images with all that a picture does not need, and without it.

use std::io::Cursor;

use ::image::{DynamicImage, ImageFormat, ImageReader, Rgb, RgbImage};
use proptest::prelude::*;

use super::*;

fn picture() -> DynamicImage {
    RgbImage::from_fn(40, 30, |x, y| Rgb([(x * 6) as u8, (y * 8) as u8, (x ^ y) as u8])).into()
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn decoded(bytes: &[u8]) -> DynamicImage {
    ImageReader::new(Cursor::new(bytes)).with_guessed_format().unwrap().decode().unwrap()
}

fn orientation(value: u8) -> Option<Orientation> {
    Orientation::new(value)
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &((body.len() + 2) as u16).to_be_bytes()[..], body].concat()
}

#[test]
fn a_jpeg_keeps_its_picture_and_loses_the_rest() {
    let plain = encoded(ImageFormat::Jpeg);
    assert_eq!(bare(&plain, Format::Jpeg, None).as_ref(), Some(&plain), "there is nothing to leave out");
    let jfif = 2 + 2 + usize::from(u16::from_be_bytes([plain[4], plain[5]]));
    let icc = segment(0xe2, b"ICC_PROFILE\0\x01\x01colours");
    let adobe = segment(0xee, b"Adobe\0\x64\0\0\0\0\x01");
    let full = [
        &plain[..jfif],
        &segment(0xe1, b"Exif\0\0MM\0*"),
        &segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
        &segment(0xe2, b"MPF\0"),
        &icc,
        &segment(0xed, b"Photoshop 3.0\0"),
        &adobe,
        &segment(0xfe, b"a comment"),
        b"\xff\xff",
        &plain[jfif..],
        b"\xff\xd8\xff a film that moves",
    ]
    .concat();
    let kept = [&plain[..jfif], &icc, &adobe, &plain[jfif..]].concat();
    assert_eq!(bare(&full, Format::Jpeg, orientation(1)).as_ref(), Some(&kept));

    // The orientation stands behind JFIF, and is read again.
    let turned = bare(&full, Format::Jpeg, orientation(6)).unwrap();
    let facts = crate::syntax::inspect(&turned, crate::input::Limits::default()).unwrap();
    assert_eq!(facts.image.unwrap().orientation.value().map(|turn| turn.value()), Some(6));
    assert_eq!(turned.len(), kept.len() + 36);
    assert_eq!(decoded(&turned), decoded(&plain));
}

#[test]
fn a_jpeg_of_several_scans_ends_behind_the_last() {
    let (sos, data) = (segment(SOS, b"\x01\x01\0\0\x3f\0"), b"\x12\xff\0\x34\xff\xd0\x56");
    let scans =
        [sos.as_slice(), data, &segment(0xc4, b"tables, and \xff\xd9 in them"), &sos, data, b"\xff\xff\xd9"].concat();
    let whole = [b"\xff\xd8".as_slice(), &segment(0xdb, b"q"), &scans].concat();
    assert_eq!(bare(&[&whole[..], b"behind"].concat(), Format::Jpeg, None), Some(whole.clone()));
    // Without an end all is kept.
    let open = &whole[..whole.len() - 2];
    assert_eq!(bare(&[open, b"behind"].concat(), Format::Jpeg, None), Some([open, b"behind"].concat()));
}

#[test]
fn a_png_keeps_its_picture_and_loses_the_rest() {
    let plain = encoded(ImageFormat::Png);
    let chunk = |kind: &[u8; 4], data: &[u8]| png_chunk(*kind, data).unwrap();
    assert_eq!(chunk(b"IEND", b""), plain[plain.len() - 12..], "the CRC of another writer");
    let gamma = chunk(b"gAMA", &45455_u32.to_be_bytes());
    let full = [
        &plain[..33],
        &gamma,
        &chunk(b"tEXt", b"Title\0A picture"),
        &chunk(b"eXIf", &tiff(Orientation::new(3).unwrap())),
        &chunk(b"vpAg", b"of a program"),
        &plain[33..],
        b"behind",
    ]
    .concat();
    let kept = [&plain[..33], &gamma, &plain[33..]].concat();
    assert_eq!(bare(&full, Format::Png, None), Some(kept.clone()));
    let turned = bare(&full, Format::Png, orientation(3)).unwrap();
    assert_eq!(turned.len(), kept.len() + 38);
    let facts = crate::syntax::inspect(&turned, crate::input::Limits::default()).unwrap();
    assert_eq!(facts.image.unwrap().orientation.value().map(|turn| turn.value()), Some(3));
}

#[test]
fn a_webp_keeps_its_picture_and_loses_the_rest() {
    let plain = encoded(ImageFormat::WebP);
    assert_eq!(bare(&plain, Format::WebP, None).as_ref(), Some(&plain));
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut chunk = [&kind[..], &(data.len() as u32).to_le_bytes(), data].concat();
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    };
    let file = |flags: u8, more: &[Vec<u8>]| {
        let head = chunk(b"VP8X", &[flags, 0, 0, 0, 39, 0, 0, 29, 0, 0]);
        let body = [b"WEBP".as_slice(), &head, &chunk(b"ICCP", b"abc"), &plain[12..], &more.concat()].concat();
        [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
    };
    let exif = chunk(b"EXIF", &[&tiff(Orientation::new(8).unwrap())[..], &[7; 90]].concat());
    let more = [exif, chunk(b"XMP ", b"<x/>"), chunk(b"mine", b"?")];
    let full = [file(0x20 | WEBP_EXIF | WEBP_XMP, &more), b"behind".to_vec()].concat();
    assert_eq!(bare(&full, Format::WebP, None), Some(file(0x20, &[])));
    let turned = bare(&full, Format::WebP, orientation(8)).unwrap();
    assert_eq!(turned, file(0x20 | WEBP_EXIF, &[chunk(b"EXIF", &tiff(Orientation::new(8).unwrap()))]));
    assert_eq!(decoded(&turned), picture());
}

#[test]
fn a_gif_keeps_its_frames_and_loses_the_rest() {
    let head = b"GIF89a\x03\0\x02\0\x80\0\0\0\0\0\xff\xff\xff".as_slice();
    let control = b"\x21\xf9\x04\0\x14\0\0\0".as_slice();
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0".as_slice();
    let loops = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0".as_slice();
    let xmp = b"\x21\xff\x0bXMP DataXMP\x02<x\0".as_slice();
    let comment = b"\x21\xfe\x02hi\0".as_slice();
    let full = [head, comment, loops, control, frame, xmp, control, frame, b"\x3b", b"behind"].concat();
    let kept = [head, loops, control, frame, control, frame, b"\x3b"].concat();
    assert_eq!(bare(&full, Format::Gif, None), Some(kept));
    assert_eq!(bare(&full[..40], Format::Gif, None), None, "cut off");
}

proptest! {
    #[test]
    fn damage_never_panics_and_nothing_grows(
        kind in 0..4_usize, cut in any::<prop::sample::Index>(), place in any::<prop::sample::Index>(), flip: u8,
    ) {
        let formats = [
            (ImageFormat::Jpeg, Format::Jpeg), (ImageFormat::Png, Format::Png), (ImageFormat::WebP, Format::WebP),
            (ImageFormat::Gif, Format::Gif),
        ];
        let (writer, format) = formats[kind];
        let mut bytes = encoded(writer);
        bytes.truncate(cut.index(bytes.len()) + 1);
        let place = place.index(bytes.len());
        bytes[place] ^= flip;
        if let Some(bare) = bare(&bytes, format, None) {
            prop_assert!(bare.len() <= bytes.len() + 1);
        }
    }
}
