//! Limits of several values: lists, ranges, tables.

use std::fmt;

use super::super::error::ProfileError;
use super::super::text::Text;
use super::super::tree::{Spanned, Table, Value};
use super::Quantity;
use crate::units::Bytes;

/// Any of several values, written as an array.
impl<T: Quantity> Quantity for Vec<T> {
    const UNITS: &'static [&'static str] = T::UNITS;
    const EXPECTED: &'static str = "an array";
    const NONE: Self = Self::new();

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let items = value.get_ref().as_array().ok_or_else(|| text.mismatch(value, Self::EXPECTED))?;
        if items.is_empty() {
            return Err(text.error(value.span(), "the array is empty; write level = \"off\" to leave the rule out"));
        }
        items.iter().map(|item| T::read(item, unit, text)).collect()
    }

    fn words(&self) -> String {
        let words: Vec<String> = self.iter().map(Quantity::words).collect();
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
            None => String::new(),
        }
    }
}

/// Everything from a lowest to a highest value, both allowed; written as `{ min = .., max = .. }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Between<T> {
    /// The lowest value allowed.
    pub(crate) min: T,
    /// The highest value allowed.
    pub(crate) max: T,
}

impl<T: Quantity> Quantity for Between<T> {
    const UNITS: &'static [&'static str] = T::UNITS;
    const EXPECTED: &'static str = "a table { min = .., max = .. }";
    const NONE: Self = Self { min: T::NONE, max: T::NONE };

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let [min, max] = text.members(value, ["min", "max"], Self::EXPECTED)?;
        Ok(Self { min: T::read(min, unit, text)?, max: T::read(max, unit, text)? })
    }

    fn words(&self) -> String {
        let (min, max) = (self.min.words(), self.max.words());
        // The unit is said once: "1 to 2 channels".
        let number = match (min.rsplit_once(' '), max.rsplit_once(' ')) {
            (Some((number, one)), Some((_, many))) if one.trim_end_matches('s') == many.trim_end_matches('s') => number,
            _ => min.as_str(),
        };
        format!("{number} to {max}")
    }
}

/// How long an alternative text may be; a number of characters, or `{ most = .., videos = true }` where videos have one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AltText {
    /// Unicode scalar values.
    pub(crate) most: u64,
    /// Whether a video may have one.
    pub(crate) videos: bool,
}

impl Quantity for AltText {
    const UNITS: &'static [&'static str] = &["characters"];
    const EXPECTED: &'static str = "a whole number of characters, or a table { most = .., videos = true }";
    const NONE: Self = Self { most: 0, videos: false };

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        if value.get_ref().as_table().is_none() {
            return text.whole(value, Self::EXPECTED).map(|most| Self { most, videos: false });
        }
        let [most, videos] = text.members(value, ["most", "videos"], Self::EXPECTED)?;
        let Value::Truth(videos) = *videos.get_ref() else { return Err(text.mismatch(videos, "true or false")) };
        Ok(Self { most: text.whole(most, "a whole number of characters")?, videos })
    }

    fn words(&self) -> String {
        let what = if self.videos { "images, GIFs and videos" } else { "images and GIFs only" };
        format!("{} characters, for {what}", self.most)
    }
}

/// Pixels of one picture; written as `{ image = .., gif = .. }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PictureBudget {
    /// Width * height of an image that is no GIF.
    pub(crate) image: u64,
    /// Width * height of the canvas of a GIF, animated or not.
    pub(crate) gif: u64,
}

impl Quantity for PictureBudget {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "a table { image = .., gif = .. }";
    const NONE: Self = Self { image: 0, gif: 0 };

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let [image, gif] = text.members(value, ["image", "gif"], Self::EXPECTED)?;
        let count = |value| text.whole(value, "a whole number of pixels");
        Ok(Self { image: count(image)?, gif: count(gif)? })
    }

    fn words(&self) -> String {
        format!("width * height of at most {} pixels, of a GIF {}", self.image, self.gif)
    }
}

/// The segments of one upload; written as `{ count = .., bytes = .. }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segments {
    /// How many there may be.
    pub(crate) count: u64,
    /// How many bytes each may hold.
    pub(crate) bytes: Bytes,
}

impl Quantity for Segments {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "a table { count = .., bytes = .. }";
    const NONE: Self = Self { count: 0, bytes: Bytes(0) };

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let [count, bytes] = text.members(value, ["count", "bytes"], Self::EXPECTED)?;
        let bytes_in_all = text.whole(bytes, "a whole number of bytes")?;
        Ok(Self { count: text.whole(count, "a whole number of segments")?, bytes: Bytes(bytes_in_all) })
    }

    fn words(&self) -> String {
        format!("{} segments of at most {}", self.count, self.bytes)
    }
}

/// What one post may hold; written as `{ photos = .., gifs = .., videos = .. }`, or without `gifs` where animated ones count
/// as photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mix {
    /// Photos, where the post holds nothing else.
    pub(crate) photos: u64,
    /// Animated GIFs, where the post holds nothing else. Absent: they count as photos.
    pub(crate) gifs: Option<u64>,
    /// Videos, where the post holds nothing else.
    pub(crate) videos: u64,
}

impl Quantity for Mix {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "a table { photos = .., gifs = .., videos = .. }, or { photos = .., videos = .. }";
    const NONE: Self = Self { photos: 0, gifs: Some(0), videos: 0 };

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let count = |value| text.whole(value, "a whole number");
        let is_without_gifs =
            |table: &Table<'_>| table.iter().all(|(key, _)| ["photos", "videos"].contains(&&**key.get_ref()));
        if value.get_ref().as_table().is_some_and(is_without_gifs) {
            let [photos, videos] = text.members(value, ["photos", "videos"], Self::EXPECTED)?;
            return Ok(Self { photos: count(photos)?, gifs: None, videos: count(videos)? });
        }
        let [photos, gifs, videos] = text.members(value, ["photos", "gifs", "videos"], Self::EXPECTED)?;
        Ok(Self { photos: count(photos)?, gifs: Some(count(gifs)?), videos: count(videos)? })
    }

    fn words(&self) -> String {
        format!("{self}, never mixed")
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = |count: u64, thing: &str| format!("{count} {thing}{}", if count == 1 { "" } else { "s" });
        match self.gifs {
            Some(gifs) => write!(f, "{}, or {}, ", some(self.photos, "photo"), some(gifs, "animated GIF"))?,
            None => write!(f, "{}, animated GIFs among them, ", some(self.photos, "photo"))?,
        }
        write!(f, "or {}", some(self.videos, "video"))
    }
}
