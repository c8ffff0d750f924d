//! From the chunks of a WebP file to facts.

use super::chunks::{Extended, Walk};
use super::frame::Bitstream;
use crate::facts::{Animation, Evidence, Fact, Facts, Image};
use crate::syntax::exif::Exif;
use crate::units::{Dimensions, Duration};

/// Fills the facts. `whole` tells whether all chunks could be read.
pub(super) fn lower(walk: Walk, whole: bool, facts: &mut Facts) {
    let unread_exif = || Exif::unknown("not all chunks could be read");
    let exif = walk.exif.clone().unwrap_or_else(|| if whole { Exif::NONE } else { unread_exif() });
    let mut image = Image {
        dimensions: dimensions(walk.extended, walk.bitstream),
        orientation: exif.orientation,
        location: exif.location,
        ..Image::default()
    };
    if let Some(bitstream) = walk.bitstream {
        let at = || Evidence::new(bitstream.offset, if bitstream.lossless { "VP8L" } else { "VP8" });
        // Both bitstreams have eight bits a sample and no other number.
        image.bit_depth = Fact::known(8, at());
        image.colour = Fact::known(colour(&walk, bitstream).into(), at());
        image.coding = Fact::known(coding(&walk, bitstream).into(), at());
    } else {
        let why = "the file has no readable image data";
        image.bit_depth = Fact::unknown(why);
        image.colour = Fact::unknown(why);
        image.coding = Fact::unknown(why);
    }
    facts.image = Some(Box::new(image));
    if walk.extended.is_some_and(|extended| extended.animation) {
        facts.animation = Some(Box::new(animation(&walk, whole)));
    }
    facts.anomalies.extend(walk.anomalies);
}

fn dimensions(extended: Option<Extended>, bitstream: Option<Bitstream>) -> Fact<Dimensions> {
    match (extended, bitstream) {
        (Some(canvas), _) => Fact::known(
            Dimensions::new(canvas.canvas_width, canvas.canvas_height),
            Evidence::new(canvas.offset + 4, "VP8X.canvas_width"),
        ),
        (None, Some(bitstream)) => {
            let (offset, field) = if bitstream.lossless { (1, "VP8L.image_width") } else { (6, "VP8.width") };
            let size = Dimensions::new(u32::from(bitstream.width), u32::from(bitstream.height));
            Fact::known(size, Evidence::new(bitstream.offset + offset, field))
        }
        (None, None) => Fact::unknown("the file has no readable frame header"),
    }
}

fn colour(walk: &Walk, bitstream: Bitstream) -> &'static str {
    let alpha = walk.alpha_chunk || bitstream.alpha || walk.extended.is_some_and(|extended| extended.alpha);
    match (bitstream.lossless, alpha) {
        (true, false) => "RGB",
        (true, true) => "RGB with alpha",
        (false, false) => "YCbCr",
        (false, true) => "YCbCr with alpha",
    }
}

const fn coding(walk: &Walk, bitstream: Bitstream) -> &'static str {
    match (walk.mixed, bitstream.lossless) {
        (true, _) => "lossy and lossless",
        (false, true) => "lossless",
        (false, false) => "lossy",
    }
}

fn animation(walk: &Walk, whole: bool) -> Animation {
    let known = whole && walk.frames > 0;
    let frames = || Evidence::named(walk.last_frame, format!("ANMF[{}]", walk.frames.saturating_sub(1)));
    Animation {
        frames: if walk.frames > 0 { Fact::known(walk.frames, frames()) } else { unread() },
        loop_count: match walk.loop_count {
            Some((count, offset)) => Fact::known(u32::from(count), Evidence::new(offset, "ANIM.loop_count")),
            None => unread(),
        },
        duration: match Duration::from_ticks(walk.duration, 1000) {
            Some(duration) if known => Fact::known(duration, frames()),
            _ => unread(),
        },
        trailer: Fact::Absent,
        ..Animation::default()
    }
}

fn unread<T>() -> Fact<T> {
    Fact::unknown("not all chunks could be read")
}
