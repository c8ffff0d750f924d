//! The size and the shape of the picture, as it is shown: cropped, its pixels made square, turned.

use super::outcome::{Answer, Judged, Silence};
use super::pair::{File, Pair};
use crate::facts::{Evidence, Facts};
use crate::units::{Dimensions, Ratio};

/// Whether the picture has the same shape.
pub(super) fn aspect(pair: &Pair<'_>) -> Answer {
    let (source, result) = (Shown::of(pair.source)?, Shown::of(pair.result)?);
    let is_kept = result.has_shape(source.size, source.pixel);
    let words = |shown: &Shown<'_>| {
        let pixel = if shown.pixel == Ratio::whole(1) {
            String::new()
        } else {
            format!(" with pixels of {}:{}", shown.pixel.numerator(), shown.pixel.denominator())
        };
        format!("{}{pixel}", shown.size)
    };
    let message = if is_kept {
        format!("shown as {}", shape(&result)?)
    } else {
        format!(
            "{} is shown as {}, and {} of the source as {}: stretched, cropped or padded",
            words(&result),
            shape(&result)?,
            words(&source),
            shape(&source)?
        )
    };
    let (had, has) = (source.ratio()?, result.ratio()?);
    Ok(Judged::new(is_kept, message, had).source(had, source.at).result(has, result.at))
}

/// Whether the picture was enlarged.
pub(super) fn upscaling(pair: &Pair<'_>) -> Answer {
    let (source, result) = (Shown::of(pair.source)?, Shown::of(pair.result)?);
    let (had, has) = (source.square(), result.square());
    let is_larger = has.long_edge() > had.long_edge().saturating_add(SLACK)
        || has.short_edge() > had.short_edge().saturating_add(SLACK);
    // A shape that changed may grow on one side: what counts then is the number of pixels.
    let is_kept = !is_larger || has.pixels() <= had.pixels();
    let message = if is_kept { format!("{had} became {has}") } else { format!("{had} was enlarged to {has}") };
    let message = if had == has { format!("{has} in both") } else { message };
    Ok(Judged::new(is_kept, message, format!("at most {had}"))
        .source(had.to_string(), source.at)
        .result(has.to_string(), result.at))
}

/// Whether the picture is as large as it can be.
pub(super) fn size(pair: &Pair<'_>) -> Answer {
    let (source, result) = (Shown::of(pair.source)?, Shown::of(pair.result)?);
    let (had, has) = (source.square(), result.square());
    let expected = expected(pair, had);
    let near = |a: u32, b: u32| a.abs_diff(b) <= SLACK;
    // Which way up it lies is a question of its own.
    let edges = [(has.long_edge(), expected.long_edge()), (has.short_edge(), expected.short_edge())];
    let is_kept = edges.iter().all(|&(has, expected)| has >= expected || near(has, expected));
    let message = match (had == has, expected == had) {
        (true, _) => format!("{has} in both"),
        (false, true) => format!("{had} became {has}"),
        (false, false) => format!("{had} became {has}, where {expected} is due"),
    };
    Ok(Judged::new(is_kept, message, expected.to_string())
        .source(had.to_string(), source.at)
        .result(has.to_string(), result.at))
}

/// The size that the result should have: the one that was asked for, or the source's in the largest box that is allowed.
fn expected(pair: &Pair<'_>, had: Dimensions) -> Dimensions {
    if let Some(size) = pair.options.size {
        return size;
    }
    let limits = |file: File<'_>| {
        let facts = file.facts;
        if facts.movie.is_some() {
            let turning = pair.demand(|limits, category| limits.dimensions_too_large.of(category)).map(|limit| limit.0);
            return turning.map(|limit| if had.height > had.width { upright(limit) } else { lying(limit) });
        }
        if facts.is_animated_gif() {
            return pair.demand(|limits, category| limits.gif_dimensions.of(category)).map(|limit| limit.0);
        }
        pair.demand(|limits, category| limits.image_dimensions.of(category)).map(|limit| limit.max.0)
    };
    limits(pair.result).map_or(had, |limit| fitted(had, limit))
}

const fn upright(limit: Dimensions) -> Dimensions {
    Dimensions::new(limit.short_edge(), limit.long_edge())
}

const fn lying(limit: Dimensions) -> Dimensions {
    Dimensions::new(limit.long_edge(), limit.short_edge())
}

/// `size`, made smaller with its shape until it fits into `limit`.
pub(in crate::transcode) fn fitted(size: Dimensions, limit: Dimensions) -> Dimensions {
    if size.width <= limit.width && size.height <= limit.height {
        return size;
    }
    let scaled = |edge: u32, by: u32, of: u32| {
        u32::try_from(u64::from(edge) * u64::from(by) / u64::from(of.max(1))).unwrap_or(u32::MAX).max(1)
    };
    if u64::from(size.width) * u64::from(limit.height) >= u64::from(size.height) * u64::from(limit.width) {
        Dimensions::new(limit.width, scaled(size.height, limit.width, size.width))
    } else {
        Dimensions::new(scaled(size.width, limit.height, size.height), limit.height)
    }
}

/// The size at which the picture of a file is shown: turned, in square pixels. `None`: it has no picture of a known size.
pub fn shown_size(facts: &Facts) -> Option<Dimensions> {
    Shown::of(File { name: "file", facts }).ok().map(|shown| shown.square())
}

/// A picture as it is shown.
pub(super) struct Shown<'a> {
    /// Size in stored pixels, turned.
    pub(super) size: Dimensions,
    /// Width over height of a pixel, turned.
    pub(super) pixel: Ratio,
    /// Where the size was read.
    pub(super) at: &'a Evidence,
}

impl<'a> Shown<'a> {
    /// The picture of a film, an animation or an image. Does not apply to files without pictures.
    pub(super) fn of(file: File<'a>) -> Result<Self, Silence> {
        let (stored, pixel, is_turned) = if file.facts.movie.is_some() {
            let pictures = file.pictures()?;
            let stored = pictures.need("size of the picture", |video| &video.dimensions)?;
            let pixel = file.read("shape of the pixels", pictures.video.pixel_aspect())?;
            let turn = pictures.need("turn of the picture", |video| &video.rotation)?;
            (stored, pixel.map_or(Ratio::whole(1), |pixel| *pixel.value), turn.value.exchanges_axes())
        } else {
            file.kind()?;
            let image = file.facts.image.as_deref().ok_or(Silence::NotApplicable)?;
            let stored = file.need("size of the picture", &image.dimensions)?;
            let turn = file.read("orientation", &image.orientation)?;
            (stored, Ratio::whole(1), turn.is_some_and(|turn| turn.value.exchanges_axes()))
        };
        if stored.value.pixels() == 0 || pixel.numerator() == 0 {
            return Err(Silence::because(format!("the picture of the {} has no area", file.name)));
        }
        let (size, pixel) =
            if is_turned { (stored.value.turned(), pixel.inverted().unwrap_or(pixel)) } else { (*stored.value, pixel) };
        Ok(Self { size, pixel, at: stored.at })
    }

    /// Width over height of the whole.
    fn ratio(&self) -> Result<Ratio, Silence> {
        let sides = Ratio::new(self.size.width.into(), self.size.height.into());
        let ratio = sides.and_then(|sides| sides.times(self.pixel));
        ratio.ok_or_else(|| Silence::because("its exact value passes 64 bits"))
    }

    /// The size in square pixels: the longer side of a pixel is drawn out, as players do.
    pub(super) fn square(&self) -> Dimensions {
        let (width, height) = (self.pixel.numerator(), self.pixel.denominator());
        let drawn = |edge: u32, by: u64, of: u64| {
            let edge = u128::from(edge) * u128::from(by);
            u32::try_from((edge + u128::from(of / 2)) / u128::from(of.max(1))).unwrap_or(u32::MAX)
        };
        if width >= height {
            Dimensions::new(drawn(self.size.width, width, height), self.size.height)
        } else {
            Dimensions::new(self.size.width, drawn(self.size.height, height, width))
        }
    }

    /// Whether it has the shape of a picture of `size` and `pixel`, give or take [`SLACK`] pixels.
    pub(super) fn has_shape(&self, size: Dimensions, pixel: Ratio) -> bool {
        let product = |factors: [u64; 4]| {
            factors.into_iter().try_fold(1_u128, |product, factor| product.checked_mul(u128::from(factor)))
        };
        let (own, other) = (self.pixel, pixel);
        let across = product([self.size.width.into(), own.numerator(), size.height.into(), other.denominator()]);
        let down = product([self.size.height.into(), own.denominator(), size.width.into(), other.numerator()]);
        let pixel_across = product([SLACK.into(), own.numerator(), size.height.into(), other.denominator()]);
        let pixel_down = product([SLACK.into(), own.denominator(), size.width.into(), other.numerator()]);
        match (across, down, pixel_across.max(pixel_down)) {
            (Some(across), Some(down), Some(slack)) => across.abs_diff(down) <= slack,
            _ => false,
        }
    }
}

/// The shape in words.
fn shape(shown: &Shown<'_>) -> Result<String, Silence> {
    let ratio = shown.ratio()?;
    Ok(match (ratio.numerator(), ratio.denominator()) {
        (width, height) if width < 100 && height < 100 => format!("{width}:{height}"),
        _ => format!("{}:1", ratio.decimal(4)),
    })
}

/// Pixels of rounding: sizes of 4:2:0 are even.
const SLACK: u32 = 2;
