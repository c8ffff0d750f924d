//! The list of rows: one line each.

use super::outcome::{Answer, Compared, RowVerdict, Side, Silence};
use super::pair::Pair;
use super::{
    bitrate, captions, colour, content, duration, frames, keyframes, metadata, picture, pixels, rotation, sampling,
    sound, still, sync,
};
use crate::finding::Severity;
use crate::profile::Basis;

/// One property that a result should keep.
#[derive(Debug)]
pub struct Row {
    /// Identifier, named for the property. Never changes its meaning.
    pub id: &'static str,
    /// What is compared, in one line.
    pub summary: &'static str,
    /// What still counts as kept.
    pub tolerance: &'static str,
    /// What it means where the property was not kept; a row may say less in a mild case.
    pub severity: Severity,
    /// How the tolerance is known.
    pub basis: Basis,
    /// What mends it.
    pub remedy: &'static str,
    answer: fn(&Pair<'_>) -> Answer,
}

impl Row {
    /// What the row says of two files.
    pub(super) fn compare(&self, pair: &Pair<'_>) -> Compared {
        let silent = |verdict, message: String| Compared {
            row: self.id.into(),
            verdict,
            severity: self.severity,
            basis: self.basis,
            message,
            expected: None,
            source: Side::default(),
            result: Side::default(),
            moments: Vec::new(),
            remedy: "".into(),
        };
        match (self.answer)(pair) {
            Ok(judged) => Compared {
                row: self.id.into(),
                verdict: if judged.is_kept { RowVerdict::Pass } else { RowVerdict::Fail },
                severity: judged.severity.filter(|_| !judged.is_kept).unwrap_or(self.severity),
                basis: self.basis,
                message: judged.message,
                expected: Some(judged.expected),
                source: judged.source,
                result: judged.result,
                moments: judged.moments.into_iter().take(Compared::MOST_MOMENTS).collect(),
                remedy: if judged.is_kept { "" } else { self.remedy }.into(),
            },
            Err(Silence::NotApplicable) => silent(RowVerdict::NotApplicable, "there is nothing to compare".to_owned()),
            Err(Silence::Undecided(why)) => silent(RowVerdict::Undecided, format!("not known, because {why}")),
        }
    }
}

/// All rows, in the order in which they are listed.
pub fn rows() -> &'static [Row] {
    ROWS
}

/// The row with that identifier. Absent: there is none.
pub fn find(id: &str) -> Option<&'static Row> {
    rows().iter().find(|row| row.id == id)
}

/// Builds a [`Row`] from what makes it up.
macro_rules! row {
    ($id:literal, $severity:ident, $basis:ident, $answer:path, $summary:literal, $tolerance:literal, $remedy:literal) => {
        Row {
            id: $id,
            summary: $summary,
            tolerance: $tolerance,
            severity: Severity::$severity,
            basis: Basis::$basis,
            remedy: $remedy,
            answer: $answer,
        }
    };
}

/// The list.
static ROWS: &[Row] = &[
    row!(
        "content",
        Error,
        Heuristic,
        content::content,
        "the result is of the source's kind: a film, an animation, a still image, captions",
        "an animation may become a film, and a film an animation",
        "Make the result of the source anew."
    ),
    row!(
        "tracks",
        Error,
        Heuristic,
        content::tracks,
        "pictures, sound and subtitles that the source has are there",
        "none for pictures and for the first sound; further sound, subtitles and added sound are a warning",
        "Map all tracks: ffmpeg -i SOURCE -map 0 -c copy -c:s mov_text RESULT.mp4"
    ),
    row!(
        "duration",
        Error,
        Heuristic,
        duration::whole,
        "the whole lasts as long, from the first picture or sound to the end of the last, edit lists applied",
        "one frame of video or of sound, whichever is longer; the part that --trim names, where it is given",
        "Make the result of the whole source, or say which part of it is meant: --trim START:END"
    ),
    row!(
        "video-duration",
        Error,
        Heuristic,
        duration::video,
        "the pictures last as long",
        "one frame, the longer one of both files",
        "Encode the pictures without changing their times: ffmpeg -i SOURCE -fps_mode passthrough RESULT.mp4"
    ),
    row!(
        "audio-duration",
        Error,
        Heuristic,
        duration::audio,
        "the sound lasts as long",
        "one coded frame of sound (1024 samples of AAC), the longer one of both files",
        "Encode the sound without -shortest, -atempo and -async."
    ),
    row!(
        "frame-rate",
        Error,
        Heuristic,
        frames::rate,
        "the pictures come as often",
        "over the whole film less than one frame, or the same usual interval, where a clock is uneven; a rate above the platform's limit may go down to the limit or to a half of it or of the source's",
        "Leave -r and the filter fps away; above the limit: ffmpeg -i SOURCE -vf fps=60 RESULT.mp4"
    ),
    row!(
        "frame-count",
        Error,
        Heuristic,
        frames::count,
        "as many frames are shown",
        "none; one frame is a warning. Where the rate had to change, one frame of what it makes of the duration",
        "Encode every frame once: ffmpeg -i SOURCE -fps_mode passthrough RESULT.mp4"
    ),
    row!(
        "dropped-frames",
        Error,
        Heuristic,
        frames::dropped,
        "no frame of the source is missing",
        "a frame counts as there within half a frame of its time; a single one at either end is a warning",
        "Encode every frame: ffmpeg -i SOURCE -fps_mode passthrough RESULT.mp4"
    ),
    row!(
        "repeated-frames",
        Warning,
        Heuristic,
        frames::repeated,
        "no frame is shown that the source does not show at that time",
        "half a frame",
        "Keep the times of the frames: ffmpeg -i SOURCE -fps_mode passthrough RESULT.mp4"
    ),
    row!(
        "av-sync",
        Error,
        Heuristic,
        sync::offset,
        "sound and pictures begin at the same distance from one another",
        "one frame of video or of sound, whichever is longer, and at most 45 ms",
        "Encode both from one input, without -itsoffset and -ss in front of only one of them."
    ),
    row!(
        "start",
        Warning,
        Heuristic,
        sync::start,
        "the first picture or sound comes as soon",
        "one frame of video or of sound, whichever is longer",
        "Let the times begin at zero: ffmpeg -i SOURCE -avoid_negative_ts make_zero RESULT.mp4"
    ),
    row!(
        "display-aspect",
        Error,
        Heuristic,
        picture::aspect,
        "the picture has the same shape as it is shown: not stretched, cropped or padded",
        "two pixels of width or of height, since sizes of 4:2:0 are even",
        "Scale both sides alike: ffmpeg -i SOURCE -vf scale=1280:-2,setsar=1 RESULT.mp4"
    ),
    row!(
        "upscaling",
        Error,
        Heuristic,
        picture::upscaling,
        "the picture has no more pixels than the source",
        "two pixels of width or of height",
        "Leave the size as it is: enlarging adds no detail and costs bits."
    ),
    row!(
        "picture-size",
        Warning,
        Heuristic,
        picture::size,
        "the picture is as large as in the source, or as the limits leave room for",
        "two pixels of width or of height",
        "Scale it to the largest size that is allowed, and not further."
    ),
    row!(
        "rotation",
        Error,
        Heuristic,
        rotation::rotation,
        "the picture is the same way up: its turn is kept, or its pixels are turned",
        "none",
        "Let ffmpeg turn the pixels (its default), or copy the turn with the stream."
    ),
    row!(
        "colour-primaries",
        Error,
        Heuristic,
        colour::primaries,
        "the colour primaries are kept",
        "a source that says nothing equals the default that players take; a lost tag whose default is the same is a warning",
        "Keep the tag: ffmpeg -i SOURCE -color_primaries bt709 RESULT.mp4"
    ),
    row!(
        "colour-transfer",
        Error,
        Heuristic,
        colour::transfer,
        "the transfer characteristics are kept",
        "as for the primaries; HDR that was made SDR, and says so, is a warning",
        "Keep the tag: ffmpeg -i SOURCE -color_trc bt709 RESULT.mp4"
    ),
    row!(
        "colour-matrix",
        Error,
        Heuristic,
        colour::matrix,
        "the matrix coefficients are kept",
        "as for the primaries; what players assume depends on the size",
        "Keep the tag: ffmpeg -i SOURCE -colorspace bt709 RESULT.mp4"
    ),
    row!(
        "colour-range",
        Error,
        Heuristic,
        colour::range,
        "samples use the same range, full or limited",
        "what says nothing is limited",
        "Convert the range and say so: ffmpeg -i SOURCE -vf scale=out_range=tv -color_range tv RESULT.mp4"
    ),
    row!(
        "chroma",
        Warning,
        Heuristic,
        sampling::chroma,
        "chroma is sampled as in the source, or as the limits demand",
        "none",
        "Name the format: ffmpeg -i SOURCE -pix_fmt yuv420p RESULT.mp4"
    ),
    row!(
        "sample-depth",
        Warning,
        Heuristic,
        sampling::depth,
        "samples have as many bits, or as many as the limits demand",
        "more bits are no loss",
        "Name the format: ffmpeg -i SOURCE -pix_fmt yuv420p10le RESULT.mp4"
    ),
    row!(
        "scan",
        Error,
        Heuristic,
        sampling::scan,
        "progressive pictures stay progressive; interlaced ones may become so",
        "none",
        "Leave the filter interlace and -flags +ildct away."
    ),
    row!(
        "keyframes",
        Error,
        Observed,
        keyframes::cadence,
        "key frames come as often as the limits demand",
        "the platform's largest GOP, or the source's where that is longer",
        "Set a key frame interval: ffmpeg -i SOURCE -g 250 RESULT.mp4"
    ),
    row!(
        "psnr",
        Error,
        Heuristic,
        pixels::psnr,
        "the peak signal-to-noise ratio of the pictures (--quality)",
        "35 dB on average and 30 dB in every second; below 28 dB or 24 dB it is an error",
        "Encode it at a higher rate, such as ffmpeg -i SOURCE -crf 18 RESULT.mp4"
    ),
    row!(
        "ssim",
        Error,
        Heuristic,
        pixels::ssim,
        "the structural similarity of the pictures (--quality)",
        "0.95 on average and 0.9 in every second; below 0.9 or 0.8 it is an error",
        "Encode it at a higher rate, such as ffmpeg -i SOURCE -crf 18 RESULT.mp4"
    ),
    row!(
        "vmaf",
        Error,
        Heuristic,
        pixels::vmaf,
        "VMAF of the pictures, where the ffmpeg has libvmaf (--quality)",
        "90 on average and 70 in every second; below 70 or 50 it is an error",
        "Encode it at a higher rate, such as ffmpeg -i SOURCE -crf 18 RESULT.mp4"
    ),
    row!(
        "channels",
        Error,
        Heuristic,
        sound::channels,
        "the sound has as many channels, or as many as the limits leave",
        "more channels are a warning",
        "Name the channels: ffmpeg -i SOURCE -c:v copy -ac 2 RESULT.mp4"
    ),
    row!(
        "sample-rate",
        Warning,
        Heuristic,
        sound::sample_rate,
        "the sound is sampled as often",
        "a higher rate is no loss; below 32 kHz it is an error",
        "Name the rate: ffmpeg -i SOURCE -c:v copy -ar 48000 RESULT.mp4"
    ),
    row!(
        "language",
        Warning,
        Heuristic,
        sound::language,
        "the language of the sound is kept",
        "a source that names none",
        "Name it: ffmpeg -i SOURCE -c copy -metadata:s:a:0 language=eng RESULT.mp4"
    ),
    row!(
        "video-bitrate",
        Warning,
        Documented,
        bitrate::video,
        "the video has the bit rate of its row in the table of renditions",
        "three quarters of the row's rate, or half of the source's where that is less",
        "Encode it at a higher rate, such as ffmpeg -i SOURCE -crf 18 RESULT.mp4"
    ),
    row!(
        "audio-bitrate",
        Warning,
        Documented,
        bitrate::audio,
        "the sound has the bit rate of its row in the table of renditions",
        "three quarters of the row's rate, or half of the source's where that is less",
        "Encode it at a higher rate, such as ffmpeg -i SOURCE -c:v copy -b:a 128k RESULT.mp4"
    ),
    row!(
        "loop-count",
        Warning,
        Heuristic,
        still::loops,
        "the animation is played as often",
        "none",
        "Set it: ffmpeg -i SOURCE -loop 0 RESULT.gif"
    ),
    row!(
        "alpha",
        Warning,
        Heuristic,
        still::alpha,
        "transparency is kept",
        "none",
        "Use a format with transparency: PNG or WebP."
    ),
    row!(
        "cues",
        Error,
        Heuristic,
        captions::cues,
        "there are as many cues",
        "none",
        "Make the captions of the source anew."
    ),
    row!(
        "last-cue",
        Error,
        Heuristic,
        captions::last_cue,
        "the cue that ends last ends at the same time",
        "a millisecond, which is the clock of SubRip",
        "Keep the times of the cues."
    ),
    row!(
        "location",
        Error,
        Heuristic,
        metadata::location,
        "where it was recorded: said explicitly, kept or stripped",
        "either, unless --metadata asks for one; another place, by more than two metres, is never right",
        "Strip it: ffmpeg -i SOURCE -c copy -map_metadata -1 RESULT.mp4"
    ),
    row!(
        "metadata",
        Warning,
        Heuristic,
        metadata::tags,
        "titles, comments, dates and the like: kept or stripped",
        "either, unless --metadata asks for one; what names the writing program does not count",
        "Copy them: ffmpeg -i SOURCE -map_metadata 0 -movflags use_metadata_tags RESULT.mp4; or strip them: -map_metadata -1"
    ),
];
