//! From the chunks of a PNG to facts.

use super::chunks::{AnimationControl, Delays, Walk};
use super::header::Header;
use crate::facts::{Animation, Anomaly, AnomalyKind, Evidence, Fact, Facts, Image};
use crate::syntax::exif::Exif;
use crate::units::{Dimensions, Duration, Ratio};

/// Fills the facts. `whole` tells whether all chunks could be read.
pub(super) fn lower(walk: Walk, whole: bool, facts: &mut Facts) {
    facts.anomalies.extend(walk.anomalies);
    if let Some((control, offset)) = walk.animation {
        let promised = u64::from(control.num_frames);
        if whole && promised != walk.frame_controls {
            facts.anomalies.push(Anomaly::new(
                AnomalyKind::Tolerated,
                Evidence::new(offset, "acTL.num_frames"),
                "the number of frames is not that of the frame controls",
                promised.to_string(),
                walk.frame_controls.to_string(),
            ));
        }
        let exact = whole && promised == walk.frame_controls;
        facts.animation = Some(Box::new(animation(control, offset, &walk.delays, exact)));
    }
    let mut image = match walk.header {
        Some((header, offset)) => image(&header, offset),
        None => unread(),
    };
    let unread_exif = || Exif::unknown("not all chunks could be read");
    let exif = walk.exif.unwrap_or_else(|| if whole { Exif::NONE } else { unread_exif() });
    (image.orientation, image.location) = (exif.orientation, exif.location);
    facts.image = Some(Box::new(image));
}

fn image(header: &Header, offset: u64) -> Image {
    Image {
        dimensions: Fact::known(Dimensions::new(header.width, header.height), Evidence::new(offset, "IHDR.width")),
        bit_depth: Fact::known(header.bit_depth, Evidence::new(offset + 8, "IHDR.bit_depth")),
        colour: Fact::known(colour(header.colour_type).into(), Evidence::new(offset + 9, "IHDR.colour_type")),
        coding: Fact::known(
            if header.interlace_method == 0 { "no interlace" } else { "Adam7 interlace" }.into(),
            Evidence::new(offset + 12, "IHDR.interlace_method"),
        ),
        ..Image::default()
    }
}

fn unread() -> Image {
    let why = "the file has no readable IHDR";
    Image {
        dimensions: Fact::unknown(why),
        bit_depth: Fact::unknown(why),
        colour: Fact::unknown(why),
        coding: Fact::unknown(why),
        ..Image::default()
    }
}

fn animation(control: AnimationControl, offset: u64, delays: &Delays, exact: bool) -> Animation {
    let sum = || {
        let terms = delays.sums.iter().map(|&(denominator, sum)| Ratio::new(sum, u64::from(denominator)));
        terms.reduce(|sum, term| sum?.plus(term?)).flatten()
    };
    Animation {
        frames: Fact::known(u64::from(control.num_frames), Evidence::new(offset, "acTL.num_frames")),
        loop_count: Fact::known(control.num_plays, Evidence::new(offset + 4, "acTL.num_plays")),
        duration: match sum().filter(|_| exact && !delays.incomplete) {
            Some(sum) => Fact::known(Duration(sum), Evidence::new(offset, "fcTL.delay_num")),
            None => Fact::unknown("the delays of the frames could not be summed"),
        },
        trailer: Fact::Absent,
        ..Animation::default()
    }
}

/// Colour types (PNG table 11.1).
const fn colour(colour_type: u8) -> &'static str {
    match colour_type {
        0 => "greyscale",
        2 => "truecolour",
        3 => "palette",
        4 => "greyscale with alpha",
        _ => "truecolour with alpha",
    }
}
