//! The command lines of ffmpeg that carry out a plan. Written for ffmpeg 5.1 and later.

mod colour;
mod filters;
mod gif;
mod quote;

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;

use crate::facts::{Facts, Format, Movie, Track, Video};
use crate::transcode::plan::{Action, Encode, Plan, RateControl, Trim, hides_a_part};
use crate::units::{Decimal, Dimensions, Duration, Ratio};

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

/// What every command begins with.
const START: [&str; 2] = ["-hide_banner", "-nostdin"];

/// Which of the passes over the video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    Only,
    First,
    Second,
}

/// What is done to a movie.
struct Job<'a> {
    actions: Vec<&'a Action>,
    facts: &'a Facts,
    /// Extension of the result.
    extension: &'static str,
}

impl Job<'_> {
    fn encode(&self) -> Option<&Encode> {
        self.actions.iter().find_map(|action| match action {
            Action::EncodeVideo(encode) => Some(encode),
            _ => None,
        })
    }

    fn trim(&self) -> Option<Trim> {
        self.actions.iter().find_map(|action| match action {
            Action::Trim(trim) => Some(*trim),
            _ => None,
        })
    }

    fn hold(&self) -> Option<(u64, Duration)> {
        self.actions.iter().find_map(|action| match action {
            Action::HoldLast { samples, length } => Some((*samples, *length)),
            _ => None,
        })
    }

    /// The track of sound that comes sooner, and by how much.
    fn primed(&self) -> Option<(usize, Duration)> {
        self.actions.iter().find_map(|action| match action {
            Action::SkipPriming { track, length } => Some((*track, *length)),
            _ => None,
        })
    }

    fn track(&self) -> Option<&Track> {
        self.facts.video_track()
    }

    /// The tracks of sound, enabled or not, each with how it is encoded; `None` where it is copied.
    fn sounds(&self) -> Vec<(&Track, Option<&Action>)> {
        let movie = self.facts.movie.as_deref();
        let tracks = movie.into_iter().flat_map(Movie::sounds);
        let encoding = |track: &Track| {
            self.actions
                .iter()
                .copied()
                .find(|action| matches!(action, Action::EncodeSound { track: index, .. } if *index == track.index))
        };
        tracks.map(|track| (track, encoding(track))).collect()
    }

    fn command(&self, pass: Pass) -> Command {
        let mut line = Line::default();
        line.words(START);
        if self.actions.iter().any(|action| matches!(action, Action::Remux { damaged: true, .. })) {
            line.words(["-err_detect", "ignore_err", "-fflags", "+discardcorrupt"]);
        }
        // Turned as it is now: the matrix is copied, and the picture stays as it is stored.
        if self.encode().is_some() && self.is_turned() {
            line.words(["-noautorotate"]);
        }
        if let Some(trim) = self.trim() {
            if trim.start != Duration::ZERO {
                line.pair("-ss", seconds(trim.start));
            }
            line.pair("-to", seconds(trim.end));
        }
        // Times below zero, which an edit list leaves out, stay below zero.
        let hides = hides_a_part(self.facts);
        if hides {
            line.words(["-copyts"]);
        }
        line.input();
        let primed = self.primed().filter(|_| pass != Pass::First);
        if let Some((_, length)) = primed {
            line.pair("-itsoffset", format!("-{}", seconds(length)));
            line.input();
        }
        if let Some(track) = self.track() {
            line.pair("-map", format!("0:{}", track.index));
        }
        if pass != Pass::First {
            for (track, _) in self.sounds() {
                let is_sooner = primed.is_some_and(|(index, _)| index == track.index);
                line.pair("-map", format!("{}:{}", u8::from(is_sooner), track.index));
            }
        }
        self.video(&mut line, pass);
        if pass == Pass::First {
            line.words(["-an", "-f", "null", "-"]);
            return line.end();
        }
        self.sound(&mut line);
        let shown = self.facts.movie.as_deref().and_then(|movie| movie.duration.value().copied());
        if let Some(shown) = shown.filter(|_| hides) {
            line.pair("-t", seconds(shown));
        }
        // Named expressly, the metadata keep the time of creation.
        line.words(["-map_metadata", "0", "-movflags"]);
        // The names that QuickTime gives its metadata are kept only on demand.
        let is_quicktime = self.extension == "mov";
        line.words([if is_quicktime { "+faststart+use_metadata_tags" } else { "+faststart" }]);
        line.output()
    }

    /// The size to which the picture is scaled.
    fn scaled(&self) -> Option<Dimensions> {
        self.actions.iter().find_map(|action| match action {
            Action::Scale { to } => Some(*to),
            _ => None,
        })
    }

    fn is_turned(&self) -> bool {
        let rotation = self.track().and_then(|track| track.video.as_deref()?.rotation.value());
        rotation.is_some_and(|rotation| rotation.degrees != 0 || rotation.mirrored)
    }

    fn video(&self, line: &mut Line, pass: Pass) {
        let Some(encode) = self.encode() else {
            line.words(["-c:v", "copy"]);
            if let Some((samples, length)) = self.hold() {
                line.pair("-bsf:v", self.held(samples, length));
            }
            return;
        };
        let chain = filters::chain(&self.actions, encode, self.track());
        let chain = if hides_a_part(self.facts) { format!("trim=start=0,{chain}") } else { chain };
        line.pair("-vf", chain);
        self.timing(line);
        line.words(["-c:v", "libx264", "-profile:v", "high"]);
        line.rate(encode.rate);
        line.number(pass);
        line.pair("-g", encode.gop.to_string());
        line.words(["-flags", "+cgop", "-x264-params", "open-gop=0"]);
        line.owned(colour::tags(encode.tone_map, self.track(), self.scaled()));
    }

    /// Every picture at the time that it has now, on the same clock; a new frame rate has a clock of its own.
    fn timing(&self, line: &mut Line) {
        // Both passes must see the same pictures, whatever the format that they are written to.
        line.words(["-fps_mode", "passthrough"]);
        if self.actions.iter().any(|action| matches!(action, Action::SetRate { .. })) {
            return;
        }
        if let Some(timescale) = self.track().and_then(|track| track.timescale.value()).filter(|scale| **scale > 0) {
            line.pair("-enc_time_base", format!("1/{timescale}"));
            line.pair("-video_track_timescale", timescale.to_string());
        }
    }

    /// The filter that lengthens the last sample.
    fn held(&self, samples: u64, length: Duration) -> String {
        let timescale = self.track().and_then(|track| track.timescale.value().copied()).unwrap_or(1000);
        let ticks = length
            .seconds()
            .times(Ratio::whole(timescale.into()))
            .map_or(0, |ticks| ticks.numerator().div_ceil(ticks.denominator()));
        format!("setts=pts=PTS:dts=DTS:duration=if(eq(N\\,{})\\,{ticks}\\,DURATION)", samples.saturating_sub(1))
    }

    fn sound(&self, line: &mut Line) {
        let sounds = self.sounds();
        if sounds.is_empty() {
            return;
        }
        if sounds.iter().any(|(_, encoding)| encoding.is_none()) {
            line.words(["-c:a", "copy"]);
        }
        let is_only = sounds.len() == 1;
        for (index, (track, encoding)) in sounds.iter().enumerate() {
            let Some(Action::EncodeSound { channels, sample_rate, bit_rate, .. }) = encoding else { continue };
            let option = |name: &str| if is_only { format!("-{name}:a") } else { format!("-{name}:a:{index}") };
            for (name, value) in [
                ("c", "aac".to_owned()),
                ("profile", "aac_low".to_owned()),
                ("b", bit_rate.0.to_string()),
                ("ac", channels.to_string()),
                ("ar", sample_rate.to_string()),
            ] {
                line.owned([option(name), value]);
            }
            let filters = self.of_sound(track);
            if !filters.is_empty() {
                line.owned([option("filter"), filters]);
            }
        }
    }

    /// The filters of sound that is encoded anew; empty where it needs none.
    fn of_sound(&self, track: &Track) -> String {
        let trim = self.trim();
        if hides_a_part(self.facts) {
            return "atrim=start=0".to_owned();
        }
        let mut chain = Vec::new();
        // The first sample belongs where the others begin, and not in front of the gap over which it was stretched.
        if trim.is_none_or(|trim| trim.start == Duration::ZERO) {
            chain.extend(without_gap(track));
        }
        // As for the pictures: the length of a part is not counted from its first sample of sound.
        chain.extend(trim.map(|trim| format!("atrim=end={}", seconds(trim.length()))));
        chain.join(",")
    }
}

/// A command in the making.
#[derive(Debug, Default)]
struct Line {
    arguments: Vec<Argument>,
}

impl Line {
    fn words<const N: usize>(&mut self, words: [&'static str; N]) {
        self.arguments.extend(words.map(|word| Argument::Word(Cow::Borrowed(word))));
    }

    fn owned(&mut self, words: impl IntoIterator<Item = String>) {
        self.arguments.extend(words.into_iter().map(|word| Argument::Word(Cow::Owned(word))));
    }

    fn pair(&mut self, name: &'static str, value: String) {
        self.words([name]);
        self.owned([value]);
    }

    /// What decides the number of bits.
    fn rate(&mut self, rate: RateControl) {
        match rate {
            RateControl::Quality { crf, most } => {
                self.pair("-crf", crf.to_string());
                self.pair("-maxrate", most.0.to_string());
                self.pair("-bufsize", most.0.to_string());
            }
            RateControl::Size { average } => {
                self.pair("-b:v", average.0.to_string());
                self.pair("-maxrate", average.0.saturating_mul(2).to_string());
                self.pair("-bufsize", average.0.saturating_mul(4).to_string());
            }
        }
    }

    /// Which of the passes it is.
    fn number(&mut self, pass: Pass) {
        match pass {
            Pass::Only => {}
            Pass::First => self.pass(1),
            Pass::Second => self.pass(2),
        }
    }

    fn pass(&mut self, number: u8) {
        self.pair("-pass", number.to_string());
        self.words(["-passlogfile"]);
        self.arguments.push(Argument::PassLog);
    }

    fn input(&mut self) {
        self.words(["-i"]);
        self.arguments.push(Argument::Input);
    }

    fn output(mut self) -> Command {
        self.arguments.push(Argument::Output);
        self.end()
    }

    fn end(self) -> Command {
        Command { arguments: self.arguments }
    }
}

/// Seconds in decimal, to the microsecond.
fn seconds(time: Duration) -> String {
    let seconds = time.seconds();
    Decimal::new(seconds.numerator().into(), seconds.denominator().into(), 6).to_string()
}
