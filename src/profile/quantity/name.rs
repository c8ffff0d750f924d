//! Limits that are names: types of content, kinds of captions, codes.

use std::fmt;

use super::super::error::{ProfileError, not_one_of};
use super::super::text::Text;
use super::super::tree::{Spanned, Value};
use super::Quantity;
use crate::facts::{Format, FourCc, MediaType};

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
    const NAMED: [Self; 10] = [
        Self::Named(Format::Heic, "image/heic"),
        Self::Named(Format::Avif, "image/avif"),
        Self::Named(Format::WebM, "video/webm"),
        Self::Named(Format::Matroska, "video/x-matroska"),
        Self::Named(Format::Ogg, "video/ogg"),
        Self::Named(Format::Asf, "video/x-ms-asf"),
        Self::Named(Format::MpegAudio, "audio/mpeg"),
        Self::Named(Format::Wave, "audio/wav"),
        Self::Named(Format::Flac, "audio/flac"),
        Self::Named(Format::Adts, "audio/aac"),
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
