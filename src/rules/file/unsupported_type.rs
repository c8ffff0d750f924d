//! The content is of a type that the platform does not take.
//!
//! **What it checks.** The type is told from the first bytes, never from the name: JPEG, PNG, GIF, WebP, MP4, QuickTime
//! (MOV) and SubRip (SRT) are taken. Other types are named in the message.
//!
//! **Why it matters.** The upload of another type fails at FINALIZE or while it is processed, after all bytes were sent.
//!
//! **How to fix it.** Convert a video with `ffmpeg -i INPUT -c:v libx264 -pix_fmt yuv420p -c:a aac OUTPUT.mp4`, an image
//! with `ffmpeg -i INPUT OUTPUT.png`, captions with `ffmpeg -i INPUT OUTPUT.srt`.
//!
//! **Basis.** Documented: "Supported image media types: JPG, PNG, GIF, WEBP", and the video specifications.

use std::borrow::Cow;

use crate::facts::{Format, MediaType};
use crate::profile::{Accepted, CaptionKind, Level};
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::rules::words::any_of;

rule!(
    "unsupported-type",
    unsupported_type,
    "unsupported_type.rs",
    "the content is of a type that the platform does not take"
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let format = context.facts.format;
    // Both have a rule of their own.
    if matches!(format, Format::Empty | Format::WebVtt) {
        return Ok(Outcome::NotApplicable);
    }
    let allowed = &context.limits.unsupported_type.of(context.category).value;
    match allowed.iter().find(|accepted| accepted.is(format)) {
        Some(Accepted::Read(_)) => return Ok(Outcome::Pass),
        Some(Accepted::Named(..)) => {
            let why = text!("the platform takes {format}, and this program does not read it");
            return Err(Undecided::because(why));
        }
        None => {}
    }
    // Captions of a kind that is not taken have a rule of their own, too.
    let captions = context.limits.subtitle_type.of(context.category);
    if format == Format::Srt && captions.level != Level::Off && captions.value == CaptionKind::WebVtt {
        return Ok(Outcome::NotApplicable);
    }
    if format == Format::Unknown && context.damage().is_some() {
        return Err(Undecided::because("the content could not be read far enough to tell its type"));
    }
    let names = any_of(allowed.iter().map(|&accepted| name(accepted)));
    let message = text!("The file is {format}, which the platform does not take; it takes {names}");
    Ok(Outcome::Fail(Fault::new(
        message,
        any_of(allowed.iter().map(ToString::to_string)),
        format.name(),
        remedy(format, &names),
    )))
}

/// The name that people use for a MIME type.
const fn name(accepted: Accepted) -> &'static str {
    let media_type = match accepted {
        Accepted::Read(media_type) => media_type,
        Accepted::Named(format, _) => return format.name(),
    };
    match media_type {
        MediaType::ImageJpeg => "JPEG",
        MediaType::ImagePng => "PNG",
        MediaType::ImageGif => "GIF",
        MediaType::ImageWebp => "WebP",
        MediaType::VideoMp4 => "MP4",
        MediaType::VideoQuicktime => "QuickTime (MOV)",
        MediaType::TextSrt => "SRT",
    }
}

fn remedy(format: Format, names: &str) -> Cow<'static, str> {
    let remedy = match format {
        Format::Bmp
        | Format::Tiff
        | Format::Heic
        | Format::Avif
        | Format::Svg
        | Format::JpegXl
        | Format::Jpeg2000
        | Format::Ico
        | Format::Psd => "Convert the image to PNG or JPEG: ffmpeg -i INPUT OUTPUT.png",
        Format::Matroska
        | Format::WebM
        | Format::MpegTs
        | Format::MpegPs
        | Format::Avi
        | Format::Flv
        | Format::Ogg
        | Format::Asf
        | Format::AnnexB => {
            "Convert the video to MP4: ffmpeg -i INPUT -c:v libx264 -profile:v high -pix_fmt yuv420p -c:a aac -b:a 128k OUTPUT.mp4"
        }
        Format::MpegAudio | Format::Wave | Format::Flac | Format::Adts => {
            "Sound is taken only as the track of a video: ffmpeg -loop 1 -i PICTURE -i INPUT -shortest -c:v libx264 -pix_fmt yuv420p -c:a aac OUTPUT.mp4"
        }
        Format::Zip | Format::Gzip => "Unpack the archive and send the file inside it",
        Format::QuickTime => "Put it into an MP4 file: ffmpeg -i INPUT -c copy -movflags +faststart OUTPUT.mp4",
        _ => return text!("Send a file of one of these types: {names}").into(),
    };
    remedy.into()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::AnomalyKind;
    use crate::rules::testing::{Cases, Scenario};

    const ALLOWED: &str = "image/jpeg, image/png, image/gif, image/webp, video/mp4, video/quicktime or text/srt";

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[
            |s| s.facts.format = Format::Png,
            |s| s.facts.format = Format::Gif,
            |s| s.facts.format = Format::WebP,
            |s| s.facts.format = Format::Mp4,
            |s| s.facts.format = Format::QuickTime,
            |s| s.facts.format = Format::Srt,
        ],
        fail: &[
            (|s| s.facts.format = Format::Bmp, ALLOWED, "BMP"),
            (|s| s.facts.format = Format::Matroska, ALLOWED, "Matroska"),
            (|s| s.facts.format = Format::Wave, ALLOWED, "WAVE"),
            (|s| s.facts.format = Format::Zip, ALLOWED, "ZIP"),
            (|s| s.facts.format = Format::Unknown, ALLOWED, "an unknown format"),
        ],
        undecided: &[
            |s| {
                s.facts.format = Format::Unknown;
                s.anomaly(AnomalyKind::BudgetExceeded);
            },
            |s| {
                s.pack = "mastodon";
                s.facts.format = Format::WebM;
            },
            |s| {
                s.pack = "mastodon";
                s.facts.format = Format::MpegAudio;
            },
        ],
        skip: &[|s| s.facts.format = Format::Empty, |s| s.facts.format = Format::WebVtt],
    };

    #[test]
    fn the_remedy_is_one_that_the_pack_takes() {
        let remedy = |pack, format| {
            let mut scenario = Scenario { pack, ..Scenario::jpeg() };
            scenario.facts.format = format;
            match scenario.run(&RULE) {
                Ok(Outcome::Fail(fault)) => fault.remedy.into_owned(),
                other => panic!("{other:?}"),
            }
        };
        let to_mp4 = "Put it into an MP4 file: ffmpeg -i INPUT -c copy -movflags +faststart OUTPUT.mp4";
        assert_eq!(remedy("bluesky", Format::QuickTime), to_mp4);
        assert_eq!(
            remedy("bluesky", Format::Pdf),
            "Send a file of one of these types: JPEG, PNG, GIF, WebP, HEIC, AVIF or MP4"
        );
        assert!(remedy("twitter", Format::Pdf).ends_with("MP4, QuickTime (MOV) or SRT"));
    }
}
