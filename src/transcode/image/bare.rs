//! An image without what its picture does not need: metadata, comments, thumbnails, and whatever stands behind its end. The
//! picture's own bytes, its colour profile and the way it is turned are kept as they are.

use super::animated::{blocks_end, colour_table};
use crate::facts::{Format, Orientation};

/// The image without the rest. `None`: it is of another format, or not built so that its parts can be told apart.
pub fn bare(bytes: &[u8], format: Format, orientation: Option<Orientation>) -> Option<Vec<u8>> {
    let turned = orientation.filter(|orientation| orientation.value() != 1);
    match format {
        Format::Jpeg => jpeg(bytes, turned),
        Format::Png => png(bytes, turned),
        Format::WebP => webp(bytes, turned),
        Format::Gif => gif(bytes),
        _ => None,
    }
}

/// ITU-T T.81 B: the segments in front of the first scan are chosen from, and all up to EOI is kept.
fn jpeg(bytes: &[u8], turned: Option<Orientation>) -> Option<Vec<u8>> {
    let mut segments: Vec<&[u8]> = Vec::new();
    let mut at = 2;
    loop {
        while *bytes.get(at)? == 0xff && *bytes.get(at + 1)? == 0xff {
            at += 1;
        }
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        if marker == SOS {
            break;
        }
        let segment = bytes.get(at..segment_end(bytes, at)?)?;
        if is_kept_segment(marker, segment.get(4..)?) {
            segments.push(segment);
        }
        at += segment.len();
    }
    let mut out = vec![0xff, 0xd8];
    // JFIF asks to stand first.
    let (first, rest) = match segments.split_first() {
        Some((first, rest)) if first.get(1) == Some(&APP0) => (Some(*first), rest),
        _ => (None, segments.as_slice()),
    };
    out.extend(first.unwrap_or_default());
    if let Some(orientation) = turned {
        let exif = [b"Exif\0\0".as_slice(), &tiff(orientation)].concat();
        out.extend([0xff, APP1]);
        out.extend(u16::try_from(exif.len() + 2).ok()?.to_be_bytes());
        out.extend(exif);
    }
    out.extend(rest.concat());
    out.extend(bytes.get(at..image_end(bytes, at)?)?);
    Some(out)
}

/// Whether a segment is needed to show the picture: of the APP segments JFIF, the colour profile, and Adobe's, which tells the
/// colour space.
fn is_kept_segment(marker: u8, body: &[u8]) -> bool {
    match marker {
        APP0 => body.starts_with(b"JFIF\0"),
        0xe2 => body.starts_with(b"ICC_PROFILE\0"),
        0xee => body.starts_with(b"Adobe"),
        COM | APP1..=0xef => false,
        _ => true,
    }
}

/// Where the segment at `at` ends; markers without parameters are none that stand there.
fn segment_end(bytes: &[u8], at: usize) -> Option<usize> {
    let length = u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]);
    (length >= 2).then(|| at + 2 + usize::from(length)).filter(|end| *end <= bytes.len())
}

/// Where the image ends whose first scan begins at `at`: behind EOI, or at the end of the file where there is none.
fn image_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = segment_end(bytes, at)?;
    loop {
        let Some(next) = bytes.get(at..)?.iter().position(|byte| *byte == 0xff) else { return Some(bytes.len()) };
        at += next;
        match bytes.get(at + 1) {
            None => return Some(bytes.len()),
            Some(&EOI) => return Some(at + 2),
            // A stuffed byte, a restart, or a byte that fills up.
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            // Tables and further scans.
            Some(_) => match segment_end(bytes, at) {
                Some(end) => at = end,
                None => return Some(bytes.len()),
            },
        }
    }
}

/// PNG 5: all chunks that say how the pixels look.
fn png(bytes: &[u8], turned: Option<Orientation>) -> Option<Vec<u8>> {
    let mut out = bytes.get(..8)?.to_vec();
    let mut at = 8_usize;
    let mut is_turned = false;
    loop {
        let head = bytes.get(at..)?.first_chunk::<8>()?;
        let [l0, l1, l2, l3, kind @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])).ok()?;
        let end = at.checked_add(12)?.checked_add(length)?;
        let chunk = bytes.get(at..end)?;
        if KEPT_CHUNKS.contains(&&kind) {
            out.extend(chunk);
        } else if let (b"eXIf", Some(orientation), false) = (&kind, turned, is_turned) {
            out.extend(png_chunk(*b"eXIf", &tiff(orientation))?);
            is_turned = true;
        }
        if kind == *b"IEND" {
            return Some(out);
        }
        at = end;
    }
}

fn png_chunk(kind: [u8; 4], data: &[u8]) -> Option<Vec<u8>> {
    let body = [&kind[..], data].concat();
    let length = u32::try_from(data.len()).ok()?;
    Some([&length.to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat())
}

/// PNG annex D.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// RFC 9649 2: all chunks but metadata and those that no version defines.
fn webp(bytes: &[u8], turned: Option<Orientation>) -> Option<Vec<u8>> {
    let size = u32::from_le_bytes(*bytes.get(4..)?.first_chunk()?);
    let end = usize::try_from(size).ok()?.checked_add(8)?;
    let chunks = bytes.get(12..end)?;
    let mut body = b"WEBP".to_vec();
    let mut flags_at = None;
    let mut at = 0_usize;
    let mut is_turned = false;
    // Fewer bytes than a chunk header are padding.
    while let Some([k0, k1, k2, k3, length @ ..]) = chunks.get(at..)?.first_chunk::<8>().copied() {
        let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
        let next = at.checked_add(8)?.checked_add(length)?;
        let chunk = chunks.get(at..next)?;
        let mut kept = Vec::new();
        match &[k0, k1, k2, k3] {
            b"VP8X" => {
                flags_at = Some(body.len() + 8);
                kept.extend(chunk);
            }
            b"VP8 " | b"VP8L" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP" => kept.extend(chunk),
            b"EXIF" if !is_turned => {
                if let Some(orientation) = turned {
                    let exif = tiff(orientation);
                    kept.extend(b"EXIF");
                    kept.extend(u32::try_from(exif.len()).ok()?.to_le_bytes());
                    kept.extend(exif);
                    is_turned = true;
                }
            }
            _ => {}
        }
        body.extend(&kept);
        body.resize(body.len().next_multiple_of(2), 0);
        at = next.next_multiple_of(2).min(chunks.len().max(next));
    }
    if let Some(flags) = flags_at.and_then(|at| body.get_mut(at)) {
        *flags &= !(WEBP_XMP | WEBP_EXIF);
        *flags |= if is_turned { WEBP_EXIF } else { 0 };
    }
    let mut out = b"RIFF".to_vec();
    out.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
    out.extend(body);
    Some(out)
}

/// GIF89a: all blocks but comments and what programs left for themselves.
fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut at = 13 + colour_table(*bytes.get(10)?);
    let mut out = bytes.get(..at)?.to_vec();
    loop {
        match *bytes.get(at)? {
            0x21 => {
                let end = blocks_end(bytes, at + 2)?;
                let block = bytes.get(at..end)?;
                if is_kept_extension(block) {
                    out.extend(block);
                }
                at = end;
            }
            0x2c => {
                let end = blocks_end(bytes, at + 10 + colour_table(*bytes.get(at + 9)?) + 1)?;
                out.extend(bytes.get(at..end)?);
                at = end;
            }
            0x3b => {
                out.push(0x3b);
                return Some(out);
            }
            _ => return None,
        }
    }
}

/// Whether an extension changes what is shown: control, text, loops, a colour profile.
fn is_kept_extension(block: &[u8]) -> bool {
    const APPLICATIONS: [&[u8; 11]; 3] = [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];
    match block.get(1) {
        Some(0xf9 | 0x01) => true,
        Some(0xff) => block.get(3..14).is_some_and(|name| APPLICATIONS.iter().any(|known| name == *known)),
        _ => false,
    }
}

/// A TIFF structure that holds the orientation and nothing else (Exif 3.0 4.6.5.1.6).
fn tiff(orientation: Orientation) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    tiff.extend([orientation.value(), 0, 0, 0, 0, 0, 0]);
    tiff
}

const SOS: u8 = 0xda;
const EOI: u8 = 0xd9;
const COM: u8 = 0xfe;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
/// What the picture and its frames are made of, and how their colours and pixels are to be taken.
const KEPT_CHUNKS: &[&[u8; 4]] = &[
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT", b"tRNS", b"bKGD", b"gAMA", b"cHRM", b"sRGB",
    b"iCCP", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"sBIT", b"pHYs",
];
/// Flags of VP8X.
const WEBP_XMP: u8 = 0x04;
const WEBP_EXIF: u8 = 0x08;

#[cfg(test)]
#[path = "bare/tests.rs"]
mod tests;
