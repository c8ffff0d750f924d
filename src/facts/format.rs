//! The format of a file, decided by its content.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A file format, told from the content, never from the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Format {
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// PNG, animated or not (W3C PNG, third edition).
    Png,
    /// GIF 87a or 89a.
    Gif,
    /// WebP.
    #[serde(rename = "webp")]
    WebP,
    /// ISO base media with a brand other than `qt  ` (ISO/IEC 14496-12).
    Mp4,
    /// QuickTime: brand `qt  `, or a movie without `ftyp`.
    #[serde(rename = "quicktime")]
    QuickTime,
    /// SubRip captions.
    Srt,
    /// WebVTT captions.
    #[serde(rename = "webvtt")]
    WebVtt,
    /// Windows bitmap.
    Bmp,
    /// TIFF.
    Tiff,
    /// HEIF with an HEVC image.
    Heic,
    /// HEIF with an AV1 image.
    Avif,
    /// SVG.
    Svg,
    /// Matroska.
    Matroska,
    /// WebM.
    #[serde(rename = "webm")]
    WebM,
    /// MPEG-2 transport stream.
    MpegTs,
    /// MPEG-1 or MPEG-2 program stream.
    MpegPs,
    /// AVI.
    Avi,
    /// Flash video.
    Flv,
    /// Ogg.
    Ogg,
    /// ASF, that is WMV or WMA.
    Asf,
    /// MPEG audio with or without an ID3 tag (MP3).
    MpegAudio,
    /// WAVE audio.
    Wave,
    /// FLAC audio.
    Flac,
    /// AAC in ADTS.
    Adts,
    /// JPEG XL.
    JpegXl,
    /// JPEG 2000.
    Jpeg2000,
    /// Windows icon or cursor.
    Ico,
    /// Photoshop document.
    Psd,
    /// PDF document.
    Pdf,
    /// ZIP archive, or a document in one.
    Zip,
    /// gzip archive.
    Gzip,
    /// A raw H.264 or HEVC byte stream with start codes.
    AnnexB,
    /// No byte at all.
    Empty,
    /// None of the formats above.
    Unknown,
}

impl Format {
    /// The name people use for the format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Mp4 => "MP4",
            Self::QuickTime => "QuickTime",
            Self::Srt => "SubRip (SRT)",
            Self::WebVtt => "WebVTT",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Svg => "SVG",
            Self::Matroska => "Matroska",
            Self::WebM => "WebM",
            Self::MpegTs => "MPEG-TS",
            Self::MpegPs => "MPEG program stream",
            Self::Avi => "AVI",
            Self::Flv => "Flash video",
            Self::Ogg => "Ogg",
            Self::Asf => "ASF (WMV/WMA)",
            Self::MpegAudio => "MP3",
            Self::Wave => "WAVE",
            Self::Flac => "FLAC",
            Self::Adts => "AAC (ADTS)",
            Self::JpegXl => "JPEG XL",
            Self::Jpeg2000 => "JPEG 2000",
            Self::Ico => "ICO",
            Self::Psd => "Photoshop",
            Self::Pdf => "PDF",
            Self::Zip => "ZIP",
            Self::Gzip => "gzip",
            Self::AnnexB => "a raw video byte stream",
            Self::Empty => "an empty file",
            Self::Unknown => "an unknown format",
        }
    }

    /// The MIME type that is sent to the platform; `None` for what it does not take.
    pub const fn media_type(self) -> Option<MediaType> {
        Some(match self {
            Self::Jpeg => MediaType::ImageJpeg,
            Self::Png => MediaType::ImagePng,
            Self::Gif => MediaType::ImageGif,
            Self::WebP => MediaType::ImageWebp,
            Self::Mp4 => MediaType::VideoMp4,
            Self::QuickTime => MediaType::VideoQuicktime,
            Self::Srt => MediaType::TextSrt,
            _ => return None,
        })
    }

    /// File name extensions, lower case without the dot, that agree with the format; empty where none is agreed on.
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jpe", "jfif", "jif", "pjpeg"],
            Self::Png => &["png", "apng"],
            Self::Gif => &["gif"],
            Self::WebP => &["webp"],
            Self::Mp4 => &[
                "mp4", "m4v", "m4a", "m4b", "m4s", "mp4v", "mpg4", "cmfv", "cmfa", "ismv", "isma", "f4v", "3gp", "3g2",
                "mov",
            ],
            Self::QuickTime => &["mov", "qt", "mp4", "m4v"],
            Self::Srt => &["srt"],
            Self::WebVtt => &["vtt"],
            Self::Bmp => &["bmp", "dib"],
            Self::Tiff => &["tif", "tiff", "dng", "cr2", "nef", "arw"],
            Self::Heic => &["heic", "heif", "hif"],
            Self::Avif => &["avif", "heif", "hif"],
            Self::Svg => &["svg", "xml", "html", "htm"],
            Self::Matroska => &["mkv", "mka", "webm"],
            Self::WebM => &["webm", "mkv", "mka"],
            Self::MpegTs => &["ts", "m2ts", "mts", "mpg", "mpeg"],
            Self::MpegPs => &["mpg", "mpeg", "mpe", "m1v", "m2v", "vob"],
            Self::Avi => &["avi"],
            Self::Flv => &["flv", "f4v"],
            Self::Ogg => &["ogg", "ogv", "oga", "opus"],
            Self::Asf => &["wmv", "wma", "asf"],
            Self::MpegAudio => &["mp3", "mpg", "mpeg"],
            Self::Wave => &["wav"],
            Self::Flac => &["flac"],
            Self::Adts => &["aac"],
            Self::JpegXl => &["jxl"],
            Self::Jpeg2000 => &["jp2", "j2k", "jpx"],
            Self::Ico => &["ico", "cur"],
            Self::Psd => &["psd"],
            Self::Pdf => &["pdf"],
            Self::Zip => &["zip", "doc", "docx"],
            Self::Gzip => &["gz", "svgz"],
            Self::AnnexB => &["h264", "264", "h265", "265", "hevc"],
            Self::Empty | Self::Unknown => &[],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A MIME type that the platform takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum MediaType {
    /// `image/jpeg`
    #[serde(rename = "image/jpeg")]
    ImageJpeg,
    /// `image/png`
    #[serde(rename = "image/png")]
    ImagePng,
    /// `image/gif`
    #[serde(rename = "image/gif")]
    ImageGif,
    /// `image/webp`
    #[serde(rename = "image/webp")]
    ImageWebp,
    /// `video/mp4`
    #[serde(rename = "video/mp4")]
    VideoMp4,
    /// `video/quicktime`
    #[serde(rename = "video/quicktime")]
    VideoQuicktime,
    /// `text/srt`
    #[serde(rename = "text/srt")]
    TextSrt,
}

impl MediaType {
    /// The type as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ImageJpeg => "image/jpeg",
            Self::ImagePng => "image/png",
            Self::ImageGif => "image/gif",
            Self::ImageWebp => "image/webp",
            Self::VideoMp4 => "video/mp4",
            Self::VideoQuicktime => "video/quicktime",
            Self::TextSrt => "text/srt",
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
