//! TIFF (TIFF Revision 6.0, 1992), which no platform takes: what its first picture is, and how many there are.
//!
//! Only directories are read. A file that cannot be read is no more than a TIFF: nothing is said of its damage.

mod directory;

use self::directory::Directory;
use crate::facts::{Evidence, Fact, Facts, Image, Orientation};
use crate::input::{Reader, Stop};
use crate::units::Dimensions;

/// Whether the first bytes are those of a classic TIFF; BigTIFF is told by its name alone.
pub(crate) fn probe(prefix: &[u8], _length: u64) -> bool {
    matches!(prefix, [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..])
}

/// Reads the first directory and counts the others.
pub(crate) fn inspect(reader: &mut Reader<'_>, facts: &mut Facts) -> Result<(), Stop> {
    match image(reader) {
        Ok(image) => facts.image = image.map(Box::new),
        Err(stop @ Stop::Source(_)) => return Err(stop),
        Err(_) => {}
    }
    Ok(())
}

/// What the first directory says. `None`: it has no size.
fn image(reader: &mut Reader<'_>) -> Result<Option<Image>, Stop> {
    let [b0, _, _, _, offset @ ..] = reader.array::<8>(0, "TIFF header")?;
    let little_endian = b0 == b'I';
    let offset = if little_endian { u32::from_le_bytes(offset) } else { u32::from_be_bytes(offset) };
    let first = Directory::read(reader, u64::from(offset), little_endian)?;
    let size = first.number(reader, WIDTH)?.zip(first.number(reader, HEIGHT)?);
    let Some(((width, at), (height, _))) = size.filter(|((width, _), (height, _))| *width > 0 && *height > 0) else {
        return Ok(None);
    };
    let mut number = |tag| first.number(reader, tag);
    let orientation = number(ORIENTATION)?;
    let orientation = orientation.and_then(|(value, at)| Some((Orientation::new(u8::try_from(value).ok()?)?, at)));
    let bits = number(BITS_PER_SAMPLE)?;
    let photometric = number(PHOTOMETRIC)?;
    let extra = number(EXTRA_SAMPLES)?.map(|(kind, _)| kind);
    let format = number(SAMPLE_FORMAT)?.map(|(format, _)| format);
    let is_preview = number(SUBFILE_TYPE)?.is_some_and(|(kind, _)| kind & 1 == 1);
    let pages = first.pages(reader)?;
    let exact = |kind: u32| {
        let is_integer = matches!(format, None | Some(1)) && bits.is_none_or(|(bits, _)| bits <= 16);
        kind <= PALETTE && is_integer && pages == 1 && !is_preview
    };
    Ok(Some(Image {
        dimensions: Fact::known(Dimensions::new(width, height), Evidence::new(at, "IFD0.ImageWidth")),
        orientation: orientation
            .map_or(Fact::Absent, |(turn, at)| Fact::known(turn, Evidence::new(at, "IFD0.Orientation"))),
        location: Fact::Absent,
        bit_depth: bits
            .and_then(|(bits, at)| Some((u8::try_from(bits).ok()?, at)))
            .map_or(Fact::Absent, |(bits, at)| Fact::known(bits, Evidence::new(at, "IFD0.BitsPerSample"))),
        colour: photometric.map_or_else(
            || Fact::unknown("the file does not say what its samples are"),
            |(kind, at)| {
                let name = format!("{}{}", colour(kind), alpha(extra));
                Fact::known(name.into(), Evidence::new(at, "IFD0.PhotometricInterpretation"))
            },
        ),
        pages: Fact::known(pages, Evidence::new(u64::from(offset), "IFD0")),
        is_preview,
        fits_png: photometric.is_some_and(|(kind, _)| exact(kind)),
        ..Image::default()
    }))
}

/// Photometric interpretations (TIFF 6.0, tag 262).
const fn colour(kind: u32) -> &'static str {
    match kind {
        0 | 1 => "greyscale",
        2 => "RGB",
        PALETTE => "palette",
        5 => "CMYK",
        6 => "YCbCr",
        8..=10 => "L*a*b*",
        32803 => "colour filter array",
        _ => "samples of no known meaning",
    }
}

/// The first extra sample (TIFF 6.0, tag 338): 1 is alpha by which colours were multiplied, 2 alpha by which they were not.
const fn alpha(extra: Option<u32>) -> &'static str {
    match extra {
        Some(1) => " with associated alpha",
        Some(2) => " with alpha",
        _ => "",
    }
}

const SUBFILE_TYPE: u16 = 254;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const BITS_PER_SAMPLE: u16 = 258;
const PHOTOMETRIC: u16 = 262;
const ORIENTATION: u16 = 274;
const EXTRA_SAMPLES: u16 = 338;
const SAMPLE_FORMAT: u16 = 339;
/// `PhotometricInterpretation` of a palette: the last of those that PNG has too.
const PALETTE: u32 = 3;

#[cfg(test)]
mod tests;
