//! Limits on the shape of pictures: sizes, aspects, chroma formats.

use super::super::error::{ProfileError, not_one_of};
use super::super::text::Text;
use super::super::tree::{Spanned, Value};
use super::Quantity;
use crate::facts::ChromaFormat;
use crate::units::{Dimensions, Ratio};

/// A width and a height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) Dimensions);

impl Quantity for Size {
    const UNITS: &'static [&'static str] = &["pixels"];
    const EXPECTED: &'static str = "a size such as \"1280x720\"";
    const NONE: Self = Self(Dimensions::new(0, 0));

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let size = text.string(value, Self::EXPECTED)?;
        let parts = size.split_once('x').and_then(|(width, height)| Some((edge(width)?, edge(height)?)));
        let (width, height) = parts.ok_or_else(|| text.mismatch(value, Self::EXPECTED))?;
        Ok(Self(Dimensions::new(width, height)))
    }

    fn words(&self) -> String {
        format!("{} pixels", self.0)
    }
}

fn edge(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// A box that a picture must fit into, turned with the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TurningBox(pub(crate) Dimensions);

impl Quantity for TurningBox {
    const UNITS: &'static [&'static str] = Size::UNITS;
    const EXPECTED: &'static str = Size::EXPECTED;
    const TIERED: bool = true;
    const NONE: Self = Self(Dimensions::new(0, 0));

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        Size::read(value, unit, text).map(|size| Self(size.0))
    }

    fn words(&self) -> String {
        format!("{} pixels, turned with the picture", self.0)
    }
}

/// Width over height, of a picture or of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Aspect(pub(crate) Ratio);

impl Quantity for Aspect {
    const UNITS: &'static [&'static str] = &["width:height"];
    const EXPECTED: &'static str = "a ratio such as \"16:9\"";
    const NONE: Self = Self(Ratio::whole(0));

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let ratio = text.string(value, Self::EXPECTED)?;
        let parts = ratio.split_once(':').and_then(|(width, height)| Some((edge(width)?, edge(height)?)));
        let ratio = parts.and_then(|(width, height)| Ratio::new(width.into(), height.into()));
        ratio.map(Self).ok_or_else(|| text.mismatch(value, Self::EXPECTED))
    }

    fn words(&self) -> String {
        format!("{}:{}", self.0.numerator(), self.0.denominator())
    }
}

impl Quantity for ChromaFormat {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "a chroma format such as \"4:2:0\"";
    const NONE: Self = Self::Yuv420;

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        Ok(match text.string(value, Self::EXPECTED)? {
            "monochrome" => Self::Monochrome,
            "4:2:0" => Self::Yuv420,
            "4:2:2" => Self::Yuv422,
            "4:4:4" => Self::Yuv444,
            "RGB" => Self::Rgb,
            other => {
                let valid = ["monochrome", "4:2:0", "4:2:2", "4:4:4", "RGB"];
                return Err(text.error(value.span(), not_one_of("chroma format", other, &valid)));
            }
        })
    }

    fn words(&self) -> String {
        self.to_string()
    }
}
