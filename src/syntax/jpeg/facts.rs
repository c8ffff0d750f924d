//! From the segments of a JPEG to facts.

use super::segments::{Frame, Headers};
use crate::facts::{Evidence, Fact, Facts, Image};
use crate::syntax::exif::Exif;
use crate::units::Dimensions;

/// Fills the facts. `whole` tells whether the headers were read up to the first scan.
pub(super) fn lower(headers: Headers, whole: bool, facts: &mut Facts) {
    let unread = || "the file has no readable frame header";
    let unread_exif = || Exif::unknown("not all headers could be read");
    let exif = headers.exif.unwrap_or_else(|| if whole { Exif::NONE } else { unread_exif() });
    let mut image = Image { orientation: exif.orientation, location: exif.location, ..Image::default() };
    if let Some(frame) = headers.frame {
        let start = frame.offset;
        image.dimensions = if frame.lines == 0 {
            // ITU-T T.81 B.2.5: it stands behind the first scan, whose data are not read.
            Fact::unknown("the number of lines is given behind the first scan (DNL)")
        } else {
            let size = Dimensions::new(u32::from(frame.samples), u32::from(frame.lines));
            Fact::known(size, Evidence::new(start + 5, lines(frame.marker)))
        };
        image.bit_depth = Fact::known(frame.precision, Evidence::new(start + 4, "SOF.P"));
        image.colour = Fact::known(colour(&frame, headers.adobe_transform).into(), Evidence::new(start + 9, "SOF.Nf"));
        image.coding = Fact::known(coding(frame.marker).into(), Evidence::new(start, "SOF"));
    } else {
        image.dimensions = Fact::unknown(unread());
        image.bit_depth = Fact::unknown(unread());
        image.colour = Fact::unknown(unread());
        image.coding = Fact::unknown(unread());
    }
    facts.image = Some(Box::new(image));
    facts.anomalies.extend(headers.anomalies);
}

/// The number of lines of a frame header, by its marker.
const fn lines(marker: u8) -> &'static str {
    match marker & 0xf {
        0x0 => "SOF0.Y",
        0x1 => "SOF1.Y",
        0x2 => "SOF2.Y",
        0x3 => "SOF3.Y",
        0x5 => "SOF5.Y",
        0x6 => "SOF6.Y",
        0x7 => "SOF7.Y",
        0x9 => "SOF9.Y",
        0xa => "SOF10.Y",
        0xb => "SOF11.Y",
        0xd => "SOF13.Y",
        0xe => "SOF14.Y",
        _ => "SOF15.Y",
    }
}

/// The colour space, by the conventions of JFIF and Adobe, which readers follow.
fn colour(frame: &Frame, adobe_transform: Option<u8>) -> &'static str {
    match (frame.components, adobe_transform) {
        (1, _) => "greyscale",
        (3, Some(0)) => "RGB",
        (3, None) if frame.identifiers == *b"RGB" => "RGB",
        (3, _) => "YCbCr",
        (4, Some(2)) => "YCCK",
        (4, _) => "CMYK",
        _ => "components of no known meaning",
    }
}

/// The coding process (ITU-T T.81 table B.1).
const fn coding(marker: u8) -> &'static str {
    match marker {
        0xc0 => "baseline DCT",
        0xc1 => "extended sequential DCT",
        0xc2 => "progressive DCT",
        0xc3 => "lossless",
        0xc5 => "differential sequential DCT",
        0xc6 => "differential progressive DCT",
        0xc7 => "differential lossless",
        0xc9 => "extended sequential DCT, arithmetic coding",
        0xca => "progressive DCT, arithmetic coding",
        0xcb => "lossless, arithmetic coding",
        0xcd => "differential sequential DCT, arithmetic coding",
        0xce => "differential progressive DCT, arithmetic coding",
        _ => "differential lossless, arithmetic coding",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_lines_is_named_by_its_frame() {
        for marker in (0xc0..=0xcf).filter(|marker| !matches!(marker, 0xc4 | 0xc8 | 0xcc)) {
            assert_eq!(lines(marker), format!("SOF{}.Y", marker & 0xf));
        }
    }
}
