//! The kinds of values that limits have: how each is written in a pack, and how it reads in words.

use std::fmt::{self, Debug};

use super::error::{ProfileError, not_one_of};
use super::load::Text;
use super::tree::{Spanned, Value};
use crate::facts::{ChromaFormat, Format, FourCc, MediaType};
use crate::units::{BitRate, Bytes, Decimal, Dimensions, Duration, Ratio};

/// A kind of value.
pub(crate) trait Quantity: Clone + PartialEq + Debug {
    /// The units in which it may be written; empty for values without a unit.
    const UNITS: &'static [&'static str];
    /// What is written for it, for messages.
    const EXPECTED: &'static str;
    /// Whether a pack gives a value at all.
    const HAS_VALUE: bool = true;
    /// Whether a pack may give a second, lower limit under `should`.
    const TIERED: bool = false;
    /// The value of a limit that no pack has set.
    const NONE: Self;

    /// Reads it from a pack; `unit` is one of [`Quantity::UNITS`], or empty where there are none.
    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError>;

    /// The value with its unit, in words.
    fn words(&self) -> String;
}

/// No value: the rule says it all.
impl Quantity for () {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "no value";
    const HAS_VALUE: bool = false;
    const NONE: Self = ();

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        Err(text.error(value.span(), "this rule takes no value"))
    }

    fn words(&self) -> String {
        String::new()
    }
}

/// A kind of count: a whole number of things.
macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident, $unit:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) struct $name(pub(crate) u64);

        impl Quantity for $name {
            const UNITS: &'static [&'static str] = &[$unit];
            const EXPECTED: &'static str = concat!("a whole number of ", $unit);
            const NONE: Self = Self(0);

            fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
                text.whole(value, Self::EXPECTED).map(Self)
            }

            fn words(&self) -> String {
                let unit = if self.0 == 1 { $unit.strip_suffix('s').unwrap_or($unit) } else { $unit };
                format!("{} {unit}", self.0)
            }
        }
    )*};
}

counts! {
    /// Frames of a video or an animation.
    Frames, "frames";
    /// Pixels, of one picture or of many.
    Pixels, "pixels";
    /// Bits of a sample.
    Bits, "bits";
    /// Channels of sound.
    Channels, "channels";
    /// Accounts.
    Users, "users";
}

/// Audio object type of ISO/IEC 14496-3 table 1.17.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ObjectType(pub(crate) u64);

impl Quantity for ObjectType {
    const UNITS: &'static [&'static str] = &["audio object type"];
    const EXPECTED: &'static str = "the number of an audio object type";
    const NONE: Self = Self(0);

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        text.whole(value, Self::EXPECTED).map(Self)
    }

    fn words(&self) -> String {
        format!("audio object type {}", self.0)
    }
}

/// A number of bytes, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SizeLimit(pub(crate) Option<Bytes>);

impl Quantity for SizeLimit {
    const UNITS: &'static [&'static str] = &["bytes", "KiB", "MiB", "GiB"];
    const EXPECTED: &'static str = "a whole number, or \"none\"";
    const NONE: Self = Self(None);

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        if value.get_ref().as_str() == Some("none") {
            return Ok(Self(None));
        }
        let factor = match unit {
            "KiB" => Bytes::KIB,
            "MiB" => Bytes::MIB,
            "GiB" => Bytes::GIB,
            _ => 1,
        };
        let bytes = text.whole(value, Self::EXPECTED)?.checked_mul(factor);
        let bytes = bytes.ok_or_else(|| text.error(value.span(), "the number of bytes is above 64 bits"))?;
        Ok(Self(Some(Bytes(bytes))))
    }

    fn words(&self) -> String {
        self.0.map_or_else(|| "no limit".to_owned(), |bytes| format!("at most {bytes}"))
    }
}

impl Quantity for Duration {
    const UNITS: &'static [&'static str] = &["s", "ms", "min"];
    const EXPECTED: &'static str = "a number of seconds, such as 140, 0.5 or \"1/2\"";
    const NONE: Self = Self::ZERO;

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let factor = match unit {
            "ms" => Ratio::new(1, 1000),
            "min" => Ratio::new(60, 1),
            _ => Ratio::new(1, 1),
        };
        let number = text.ratio(value, Self::EXPECTED)?;
        let seconds = factor.and_then(|factor| number.times(factor));
        seconds.map(Self).ok_or_else(|| text.error(value.span(), "the duration is above 64 bits"))
    }

    fn words(&self) -> String {
        let seconds = self.seconds();
        match (seconds.numerator() / 60, seconds.numerator() % 60, seconds.denominator()) {
            (minutes @ 5.., 0, 1) => format!("{self} ({minutes} min)"),
            _ => self.to_string(),
        }
    }
}

/// Frames a second, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fps(pub(crate) Ratio);

impl Quantity for Fps {
    const UNITS: &'static [&'static str] = &["frames/s"];
    const EXPECTED: &'static str = "a number of frames a second, such as 60 or \"60000/1001\"";
    const NONE: Self = Self(Ratio::whole(0));

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        text.ratio(value, Self::EXPECTED).map(Self)
    }

    fn words(&self) -> String {
        format!("{} {}", self.0, if self.0 == Ratio::whole(1) { "frame/s" } else { "frames/s" })
    }
}

impl Quantity for BitRate {
    const UNITS: &'static [&'static str] = &["kbps", "bit/s"];
    const EXPECTED: &'static str = "a whole number";
    const NONE: Self = Self(0);

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let factor = if unit == "kbps" { 1000 } else { 1 };
        let rate = text.whole(value, Self::EXPECTED)?.checked_mul(factor);
        rate.map(Self).ok_or_else(|| text.error(value.span(), "the bit rate is above 64 bits"))
    }

    fn words(&self) -> String {
        format!("{} kbps", Decimal::new(u128::from(self.0), 1000, 3))
    }
}

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

/// A type of content that is taken: one that this program reads, or one that it can only name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// A type whose files are judged.
    Read(MediaType),
    /// A type that is told by its first bytes and not read further.
    Named(Format, &'static str),
}

impl Accepted {
    /// Types that can only be named.
    const NAMED: [Self; 4] = [
        Self::Named(Format::Heic, "image/heic"),
        Self::Named(Format::Avif, "image/avif"),
        Self::Named(Format::WebM, "video/webm"),
        Self::Named(Format::Matroska, "video/x-matroska"),
    ];

    /// The MIME type.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Read(media_type) => media_type.as_str(),
            Self::Named(_, name) => name,
        }
    }

    /// Whether content of that format is meant.
    pub(crate) fn is(self, format: Format) -> bool {
        match self {
            Self::Read(media_type) => format.media_type() == Some(media_type),
            Self::Named(named, _) => format == named,
        }
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Quantity for Accepted {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = MediaType::EXPECTED;
    const NONE: Self = Self::Read(MediaType::NONE);

    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let name = text.string(value, Self::EXPECTED)?;
        match Self::NAMED.into_iter().find(|named| named.as_str() == name) {
            Some(named) => Ok(named),
            None => MediaType::read(value, unit, text).map(Self::Read),
        }
    }

    fn words(&self) -> String {
        self.as_str().to_owned()
    }
}

/// The kind of captions that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CaptionKind {
    /// SubRip.
    SubRip,
    /// WebVTT.
    WebVtt,
    /// None at all.
    Nothing,
}

impl Quantity for CaptionKind {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "\"SubRip\", \"WebVTT\" or \"none\"";
    const NONE: Self = Self::SubRip;

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let kinds = [("SubRip", Self::SubRip), ("WebVTT", Self::WebVtt), ("none", Self::Nothing)];
        text.choice(value, "kind of captions", &kinds)
    }

    fn words(&self) -> String {
        match self {
            Self::SubRip => "SubRip (SRT), not WebVTT",
            Self::WebVtt => "WebVTT, not SubRip (SRT)",
            Self::Nothing => "no captions",
        }
        .to_owned()
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

impl Quantity for MediaType {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "a MIME type such as \"image/png\"";
    const NONE: Self = Self::VideoMp4;

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        const ALL: [MediaType; 7] = [
            MediaType::ImageJpeg,
            MediaType::ImagePng,
            MediaType::ImageGif,
            MediaType::ImageWebp,
            MediaType::VideoMp4,
            MediaType::VideoQuicktime,
            MediaType::TextSrt,
        ];
        let name = text.string(value, Self::EXPECTED)?;
        ALL.into_iter()
            .find(|media_type| media_type.as_str() == name)
            .ok_or_else(|| text.error(value.span(), not_one_of("MIME type", name, &ALL.map(MediaType::as_str))))
    }

    fn words(&self) -> String {
        self.as_str().to_owned()
    }
}

/// A name as the facts write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(pub(crate) String);

impl Quantity for Name {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "a name";
    const NONE: Self = Self(String::new());

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        text.string(value, Self::EXPECTED).map(|name| Self(name.to_owned()))
    }

    fn words(&self) -> String {
        self.0.clone()
    }
}

impl Quantity for FourCc {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "a code of four ASCII characters, such as \"avc1\"";
    const NONE: Self = Self([0; 4]);

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let code = text.string(value, Self::EXPECTED)?.as_bytes();
        let code = <[u8; 4]>::try_from(code).ok().filter(|code| code.is_ascii());
        code.map(Self).ok_or_else(|| text.mismatch(value, Self::EXPECTED))
    }

    fn words(&self) -> String {
        self.to_string()
    }
}

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

/// What one post may hold; written as `{ photos = .., gifs = .., videos = .. }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mix {
    /// Photos, where the post holds nothing else.
    pub(crate) photos: u64,
    /// Animated GIFs, where the post holds nothing else.
    pub(crate) gifs: u64,
    /// Videos, where the post holds nothing else.
    pub(crate) videos: u64,
}

impl Quantity for Mix {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "a table { photos = .., gifs = .., videos = .. }";
    const NONE: Self = Self { photos: 0, gifs: 0, videos: 0 };

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        let [photos, gifs, videos] = text.members(value, ["photos", "gifs", "videos"], Self::EXPECTED)?;
        let count = |value| text.whole(value, "a whole number");
        Ok(Self { photos: count(photos)?, gifs: count(gifs)?, videos: count(videos)? })
    }

    fn words(&self) -> String {
        let some = |count: u64, thing: &str| format!("{count} {thing}{}", if count == 1 { "" } else { "s" });
        format!(
            "{}, or {}, or {}, never mixed",
            some(self.photos, "photo"),
            some(self.gifs, "animated GIF"),
            some(self.videos, "video")
        )
    }
}
