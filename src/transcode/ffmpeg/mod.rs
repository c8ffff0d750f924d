//! The command lines of ffmpeg that carry out a plan. Written for ffmpeg 5.1 and later.

mod colour;
mod filters;
mod gif;
mod job;
mod line;
mod quote;

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;

use crate::facts::{Facts, Format, Track, Video};
use crate::transcode::plan::{Action, Plan, RateControl};
use crate::units::{Decimal, Dimensions, Duration, Ratio};

use job::Job;
use line::{Line, Pass, START};

#[cfg(feature = "report")]
pub(crate) use quote::is_plain;
pub use quote::{is_for_new_powershell, powershell, sh};

/// One run of ffmpeg: its arguments without the name of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    arguments: Vec<Argument>,
}

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Argument {
    /// A word.
    Word(Cow<'static, str>),
    /// The file that is read.
    Input,
    /// The file that is written.
    Output,
    /// The beginning of the names of the files that the first pass leaves for the second.
    PassLog,
}

/// The files of a command.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// The file that is read.
    pub input: &'a Path,
    /// The file that is written.
    pub output: &'a Path,
    /// The beginning of the names of the files that the first pass leaves for the second; ffmpeg adds to it.
    pub pass_log: &'a Path,
}

impl Command {
    /// The arguments with the files in their places.
    pub fn arguments(&self, files: &Files<'_>) -> Vec<OsString> {
        self.arguments
            .iter()
            .map(|argument| match argument {
                Argument::Word(word) => OsString::from(word.as_ref()),
                Argument::Input => protocol(files.input),
                Argument::Output => protocol(files.output),
                Argument::PassLog => files.pass_log.as_os_str().to_owned(),
            })
            .collect()
    }
}

/// The runs of ffmpeg that carry out a plan for a file with these facts: two where the video is encoded in two passes. Empty: the
/// plan needs no ffmpeg.
pub fn commands(plan: &Plan, facts: &Facts) -> Vec<Command> {
    let actions: Vec<&Action> = plan.actions().collect();
    if actions.iter().any(|action| matches!(action, Action::ToPng { by_ffmpeg: true, .. })) {
        return vec![to_png(facts.format)];
    }
    if let Some(film) = actions.iter().find_map(|action| match action {
        Action::GifToFilm(film) => Some(film),
        _ => None,
    }) {
        let canvas = facts.image.as_ref().and_then(|image| image.dimensions.value().copied());
        return gif::commands(film, canvas);
    }
    if let Some(encoded) = actions.iter().find_map(|action| match action {
        Action::Rewrap { encoded } => Some(*encoded),
        _ => None,
    }) {
        return vec![if encoded { transcodes_blindly() } else { rewrap() }];
    }
    if !plan.needs_ffmpeg() {
        return Vec::new();
    }
    let job = Job { actions, facts, extension: plan.extension };
    match job.encode().map(|encode| encode.rate) {
        Some(RateControl::Size { .. }) => vec![job.command(Pass::First), job.command(Pass::Second)],
        _ => vec![job.command(Pass::Only)],
    }
}

/// A path as ffmpeg takes it for a file, whatever its name looks like.
pub(super) fn protocol(path: &Path) -> OsString {
    let name = path.as_os_str().as_encoded_bytes();
    let is_plain = !name.starts_with(b"-") && !name.contains(&b':');
    if is_plain {
        return path.as_os_str().to_owned();
    }
    let mut whole = OsString::from("file:");
    whole.push(path.as_os_str());
    whole
}

/// The options that tag the colours of a video whose pictures are scaled to a size, and keep theirs.
pub(super) fn colour_tags(track: &Track, size: Dimensions) -> Vec<String> {
    colour::tags(false, Some(track), Some(size))
}

/// The filter that makes one frame of two fields, of all frames or of those that say they are interlaced.
pub(super) fn deinterlacer(marked_only: bool, video: Option<&Video>) -> String {
    filters::deinterlace(marked_only, video)
}

/// The filter that makes fewer frames a second.
pub(super) fn lowered(to: Ratio) -> String {
    filters::lowered(to)
}

/// The filter that puts the first sample of sound where the others begin. Absent: there is no gap behind it.
pub(super) fn without_gap(track: &Track) -> Option<String> {
    Some(format!("asetpts=if(eq(N\\,0)\\,PTS+{}/TB\\,PTS)", seconds(track.first_gap?)))
}

/// What a scale filter needs besides the size so that the samples are those that [`colour_tags`] names.
pub(super) fn colour_conversion(track: Option<&Track>) -> &'static str {
    filters::conversion(track)
}

/// The one frame of an image, as PNG.
pub(crate) fn to_png(format: Format) -> Command {
    let mut line = Line::default();
    line.words(START);
    if let Some(demuxer) = demuxer(format) {
        line.words(["-f", demuxer]);
    }
    line.input();
    line.words(["-map", "0:v:0", "-frames:v", "1", "-update", "1", "-c:v", "png"]);
    line.output()
}

/// What reads one image. Left to itself, ffmpeg takes a name with % or * for a series of files. Absent: for the others it does not.
const fn demuxer(format: Format) -> Option<&'static str> {
    Some(match format {
        Format::Bmp => "bmp_pipe",
        Format::Tiff => "tiff_pipe",
        Format::JpegXl => "jpegxl_pipe",
        Format::Jpeg2000 => "j2k_pipe",
        Format::Svg => "svg_pipe",
        Format::Psd => "psd_pipe",
        _ => return None,
    })
}

/// The streams of a container that is not read here.
fn rewrap() -> Command {
    let mut line = Line::default();
    line.words(START);
    line.input();
    // FLAC and a few others are allowed in MP4 only where experiments are.
    line.words(["-map", "0:V:0", "-map", "0:a?", "-c", "copy", "-strict", "-2", "-movflags", "+faststart"]);
    line.output()
}

/// The streams of a container that is not read here, in QuickTime, which holds more codecs than MP4.
#[cfg(feature = "fix")]
pub(crate) fn copies_into_quicktime() -> Command {
    rewrap()
}

/// The pictures of a container that is not read here, with sound that no container of MP4's family holds encoded anew.
#[cfg(feature = "fix")]
pub(crate) fn copies_pictures() -> Command {
    let mut line = Line::default();
    line.words(START);
    line.input();
    line.words(["-map", "0:V:0", "-map", "0:a?", "-c:v", "copy", "-c:a", "aac", "-profile:a", "aac_low"]);
    line.words(["-b:a", "160000", "-ac", "2", "-ar", "48000", "-movflags", "+faststart"]);
    line.output()
}

/// A film of which nothing is known, encoded so that little is lost and it can be read here: it is mended further after that.
pub(crate) fn transcodes_blindly() -> Command {
    let mut line = Line::default();
    line.words(START);
    line.input();
    line.words(["-map", "0:V:0", "-map", "0:a?"]);
    line.words(["-vf", "bwdif=mode=send_frame:deint=interlaced,scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p"]);
    line.words(["-c:v", "libx264", "-profile:v", "high", "-crf", "14", "-g", "60", "-flags", "+cgop"]);
    line.words(["-x264-params", "open-gop=0", "-c:a", "aac", "-profile:a", "aac_low", "-b:a", "160000", "-ac", "2"]);
    line.words(["-ar", "48000", "-movflags", "+faststart"]);
    line.output()
}

/// Seconds in decimal, to the microsecond.
fn seconds(time: Duration) -> String {
    let seconds = time.seconds();
    Decimal::new(seconds.numerator().into(), seconds.denominator().into(), 6).to_string()
}
