//! Whether the picture is the same way up.

use super::outcome::{Answer, Judged, Side, Silence};
use super::pair::{File, Pair};
use super::picture::Shown;
use crate::facts::{Evidence, Orientation, Rotation};
use crate::units::{Dimensions, Ratio};

/// Compares the turn that a film's track or an image's metadata ask for.
pub(super) fn rotation(pair: &Pair<'_>) -> Answer {
    let (source, result) = (Turned::of(pair.source)?, Turned::of(pair.result)?);
    let answer = |is_kept, message: String| {
        Ok(Judged::new(is_kept, message, source.turn.words()).sides(source.side(), result.side()))
    };
    let (shown, shown_in_result) = (Shown::of(pair.source)?, Shown::of(pair.result)?);
    let is_same_shape = shown_in_result.has_shape(shown.size, shown.pixel);
    let is_square = shown.has_shape(shown.size.turned(), shown.pixel.inverted().unwrap_or(shown.pixel));
    if source.turn == result.turn {
        return if source.turn == Turn::NONE {
            answer(true, "neither is turned".to_owned())
        } else if is_same_shape || !lies_on_its_side(&shown, &shown_in_result) {
            answer(true, format!("both are turned by {}", result.turn.words()))
        } else {
            answer(false, format!("the pixels were turned and the turn by {} was kept", result.turn.words()))
        };
    }
    let (had, has) = (source.turn.words(), result.turn.words());
    let lies = !is_square && lies_on_its_side(&shown, &shown_in_result);
    if lies {
        return answer(false, format!("the turn by {had} became {has}: the picture lies on its side"));
    }
    if result.turn == Turn::NONE {
        // Of a quarter turn the shape tells that the pixels were turned; of a half one or a mirror nothing does.
        let is_told = source.turn.exchanges && !is_square && is_same_shape;
        return if is_told {
            answer(true, format!("the turn by {had} was applied to the pixels"))
        } else {
            Err(Silence::because(format!("only the pixels tell whether the turn by {had} was applied to them or lost")))
        };
    }
    if source.stored == result.stored && source.pixel == result.pixel && source.turn.exchanges == result.turn.exchanges
    {
        return answer(false, format!("the turn by {had} became {has}, and the pixels are stored alike"));
    }
    Err(Silence::because(format!("only the pixels tell whether the turn by {had} and that by {has} show the same")))
}

/// Whether one stands where the other lies.
fn lies_on_its_side(source: &Shown<'_>, result: &Shown<'_>) -> bool {
    result.has_shape(source.size.turned(), source.pixel.inverted().unwrap_or(source.pixel))
        && !result.has_shape(source.size, source.pixel)
}

/// How a stored picture is turned.
struct Turned<'a> {
    turn: Turn,
    stored: Dimensions,
    pixel: Ratio,
    at: Option<&'a Evidence>,
}

impl<'a> Turned<'a> {
    fn of(file: File<'a>) -> Result<Self, Silence> {
        if file.facts.movie.is_some() {
            let pictures = file.pictures()?;
            let turn = pictures.need("turn of the picture", |video| &video.rotation)?;
            let stored = *pictures.need("size of the picture", |video| &video.dimensions)?.value;
            let pixel = file.read("shape of the pixels", pictures.video.pixel_aspect())?;
            let pixel = pixel.map_or(Ratio::whole(1), |pixel| *pixel.value);
            return Ok(Self { turn: Turn::of_film(*turn.value), stored, pixel, at: Some(turn.at) });
        }
        file.kind()?;
        let image = file.facts.image.as_deref().ok_or(Silence::NotApplicable)?;
        let stored = *file.need("size of the picture", &image.dimensions)?.value;
        let orientation = file.read("orientation", &image.orientation)?;
        let turn = orientation.map_or(Turn::NONE, |orientation| Turn::of_image(*orientation.value));
        Ok(Self { turn, stored, pixel: Ratio::whole(1), at: orientation.map(|orientation| orientation.at) })
    }

    fn side(&self) -> Side {
        Side { value: Some(self.turn.words().into()), at: self.at.cloned() }
    }
}

/// A turn by quarters, after a mirror.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Turn {
    degrees: u16,
    mirrored: bool,
    exchanges: bool,
}

impl Turn {
    const NONE: Self = Self { degrees: 0, mirrored: false, exchanges: false };

    const fn of_film(rotation: Rotation) -> Self {
        Self { degrees: rotation.degrees, mirrored: rotation.mirrored, exchanges: rotation.exchanges_axes() }
    }

    /// The turns of Exif 3.0, tag 0x0112.
    const fn of_image(orientation: Orientation) -> Self {
        let (degrees, mirrored) = match orientation.value() {
            2 => (0, true),
            3 => (180, false),
            4 => (180, true),
            5 => (270, true),
            6 => (90, false),
            7 => (90, true),
            8 => (270, false),
            _ => (0, false),
        };
        Self { degrees, mirrored, exchanges: orientation.exchanges_axes() }
    }

    fn words(self) -> String {
        format!("{} degrees{}", self.degrees, if self.mirrored { ", mirrored" } else { "" })
    }
}
