//! What helps against the findings of a movie.

use super::cap::{cap, copied_bytes};
use super::geometry::{Bounds, Shape};
use super::hidden::{HIDDEN, PART_OF_HIDDEN, hides_a_part, is_hidden_by_one_edit};
use super::options::minus;
use super::rate::Wanted;
use super::{Action, Encode, Ideas, Options, Remedy, Trim};
use crate::facts::{Extension, Format, FrameRate, GopKind, Movie, Scan, Track, TrackKind, Video};
use crate::finding::{FileReport, Severity};
use crate::profile::{Level, Profile};
use crate::units::{BitRate, Dimensions, Duration, Ratio};

/// What helps against one finding of a rule.
pub(super) fn remedy(
    report: &FileReport,
    profile: &Profile,
    options: &Options,
    rule: &str,
    severity: Severity,
    ideas: &mut Ideas,
) -> Remedy {
    let Some(movie) = report.facts.movie.as_deref() else {
        return Remedy::Impossible(
            "The movie header (moov) is missing or cannot be read, so that nothing can be found in the file: copy, \
             download or export it again"
                .to_owned(),
        );
    };
    let film = Film { report, profile, options, movie };
    if let Some(why) = film.sealed(rule) {
        return Remedy::Impossible(why);
    }
    if hides_a_part(&report.facts) && !is_hidden_by_one_edit(&report.facts) && rule != "no-video-track" {
        return Remedy::Impossible(HIDDEN.to_owned());
    }
    match rule {
        "fragmented" | "budget-exceeded" | "malformed-file" => film.copied(rule != "fragmented"),
        "truncated-file" => {
            ideas.notes.push(
                "The file is cut off: what is behind the cut is lost unless there is a whole copy elsewhere."
                    .to_owned(),
            );
            film.copied(true)
        }
        "no-video-track" => Remedy::Impossible(
            "There is no picture: make a film of the sound with ffmpeg -loop 1 -i PICTURE -i INPUT -shortest \
             -c:v libx264 -pix_fmt yuv420p -c:a copy OUTPUT.mp4"
                .to_owned(),
        ),
        "file-too-large" | "too-many-segments" => film.smaller(),
        "video-codec" | "video-profile" | "chroma-not-420" | "bit-depth" | "open-gop" | "gop-too-long"
        | "sync-table-lies" => film.with_encoding([]),
        "interlaced" => film.deinterlaced(severity),
        "frame-rate-too-high" | "frame-rate-peak" => film.slower(),
        "dimensions-too-large"
        | "dimensions-too-small"
        | "video-pixel-budget"
        | "aspect-ratio"
        | "pixel-aspect-ratio" => film.reshaped(),
        "duration-too-long" => film.shorter(),
        "duration-too-short" => film.held(),
        "audio-codec" | "audio-profile" | "audio-channels" => film.with_sound(),
        // Nothing is made better by encoding what is there once more.
        _ => Remedy::Stays,
    }
}

/// Adds what belongs to the actions that were chosen, and says what they cost besides.
pub(super) fn complete(report: &FileReport, profile: &Profile, options: &Options, ideas: &mut Ideas) {
    let Some(movie) = report.facts.movie.as_deref() else { return };
    let film = Film { report, profile, options, movie };
    if options.trim.is_some() && hides_a_part(&report.facts) {
        ideas.needed.clear();
        ideas.actions.clear();
        ideas.refuse(Severity::Error, "fragmented", PART_OF_HIDDEN);
        return;
    }
    let is_cut_inside = options.trim.is_some_and(|trim| !film.begins_at_key(trim) || !film.ends_early(trim));
    if (options.encode || is_cut_inside) && !options.safe_only && film.video().is_some() {
        if let Some(encode) = film.encode() {
            ideas.needed.push(Action::EncodeVideo(encode));
        }
        if options.encode {
            ideas.needed.extend(film.sounds());
        }
    }
}

/// A movie and what it is held against.
struct Film<'a> {
    report: &'a FileReport,
    profile: &'a Profile,
    options: &'a Options,
    movie: &'a Movie,
}

impl Film<'_> {
    /// Why nothing can be done to samples that nobody can read.
    fn sealed(&self, rule: &str) -> Option<String> {
        let tracks = self.report.facts.video_track().into_iter().chain(self.movie.audio_tracks());
        let sealed = tracks.filter_map(|track| track.codec.value()).find(|codec| codec.encrypted)?;
        (rule != "fragmented").then(|| {
            format!("The file is encrypted ({sealed}): only who has the key can make a file of it that is taken")
        })
    }

    /// The container written anew.
    fn copied(&self, damaged: bool) -> Remedy {
        Remedy::one(Action::Remux { damaged, partial: self.movie.beside_picture_and_sound().next().is_some() })
    }

    fn track(&self) -> Option<&Track> {
        self.report.facts.video_track()
    }

    fn video(&self) -> Option<&Video> {
        self.track()?.video.as_deref()
    }

    fn rate(&self) -> Option<&FrameRate> {
        self.video()?.frame_rate.value()
    }

    /// The video encoded, and more.
    fn with_encoding<const N: usize>(&self, more: [Action; N]) -> Remedy {
        match self.encode() {
            Some(encode) => Remedy::Actions([Action::EncodeVideo(encode)].into_iter().chain(more).collect()),
            None if self.video().is_none() => {
                Remedy::Impossible("The video track cannot be read, so that it cannot be encoded anew".to_owned())
            }
            None => Remedy::Impossible(format!(
                "Not even a poor picture fits {}: cut the film (--trim START:END, or --split)",
                self.cap().map_or_else(String::new, |cap| format!("{cap} bytes"))
            )),
        }
    }

    /// How the video is encoded. `None`: it cannot be, or would not fit.
    fn encode(&self) -> Option<Encode> {
        let video = self.video()?;
        let rate = self.target_rate().or_else(|| self.rate().map(|rate| rate.average));
        let coded = video.dimensions.value().copied();
        let shape = self.shape();
        let size = shape.map(|shape| shape.whole).or(coded).unwrap_or(Dimensions::new(1920, 1080));
        let wanted = Wanted {
            size,
            rate,
            duration: self.duration(),
            cap: self.cap(),
            sound: self.sound(),
            source: self.track()?.bit_rate.value().copied(),
        };
        let longest = self.profile.limits().gop_too_long.of(self.report.category);
        let most = if longest.level == Level::Off { u64::MAX } else { longest.value.0 };
        let picture = shape.map(|shape| self.turned(shape.picture));
        let is_square = self.pixel_aspect() == Ratio::whole(1);
        let crop = picture.zip(coded).filter(|(picture, coded)| {
            let cut = Dimensions::new(coded.width & !1, coded.height & !1);
            is_square && *picture == cut && cut != *coded
        });
        Some(Encode {
            gop: gop(rate, most),
            rate: wanted.control()?,
            tone_map: is_high_dynamic_range(video),
            deinterlace_all: video.scan.value().is_none() && video.field_count_box.value() == Some(&2),
            deinterlace_marked: video.scan.value().is_none() && may_be_interlaced(self.track()?, video),
            crop: crop.map(|(picture, _)| picture),
        })
    }

    /// Bits a second of all sound of the result.
    fn sound(&self) -> u64 {
        let taken = &self.profile.limits().audio_codec.of(self.report.category).value;
        let rates = self.movie.sounds().map(|track| {
            let is_taken = track.codec.value().is_some_and(|codec| taken.iter().any(|name| name.0 == codec.name));
            let own = track.bit_rate.value().map_or(0, |rate| rate.0);
            // What is encoded anew for another reason may get more than it has now.
            if is_taken { own.max(STEREO.0) } else { STEREO.0 }
        });
        rates.fold(0, u64::saturating_add)
    }

    /// Bytes that the result may have. `None`: as many as there are.
    fn cap(&self) -> Option<u64> {
        let caps = [self.options.most_bytes, cap(self.report, self.profile)];
        caps.into_iter().flatten().min()
    }

    /// How long the result is.
    fn duration(&self) -> Option<Duration> {
        let duration = self.movie.duration.value().copied();
        self.options.trim.map(Trim::length).or(duration)
    }

    fn pixel_aspect(&self) -> Ratio {
        self.video().and_then(|video| video.pixel_aspect().value().copied()).unwrap_or(Ratio::whole(1))
    }

    fn exchanges_axes(&self) -> bool {
        self.video().is_some_and(|video| video.rotation.value().is_some_and(|rotation| rotation.exchanges_axes()))
    }

    /// A size as it is coded from one as it is shown, and the other way round.
    fn turned(&self, size: Dimensions) -> Dimensions {
        if self.exchanges_axes() { size.turned() } else { size }
    }

    /// What the picture must be made into, as it is shown.
    fn shape(&self) -> Option<Shape> {
        let limits = self.profile.limits();
        let category = self.report.category;
        let shown = *self.video()?.displayed.value()?;
        let pixel = self.pixel_aspect();
        let pixel = if self.exchanges_axes() { pixel.inverted()? } else { pixel };
        let largest = limits.dimensions_too_large.of(category);
        let lower = limits.dimensions_too_large.should().filter(|_| self.options.warnings);
        let smallest = limits.dimensions_too_small.of(category);
        let aspect = limits.aspect_ratio.of(category);
        let pixels = limits.video_pixel_budget.of(category);
        let bounds = Bounds {
            largest: lower.or_else(|| is_on(largest.level).then_some(largest)).map(|limit| limit.value.0),
            pixels: is_on(pixels.level).then_some(pixels.value.0),
            smallest: is_on(smallest.level).then_some(smallest.value.0),
            aspect: is_on(aspect.level).then_some((aspect.value.min.0, aspect.value.max.0)),
        };
        Shape::of(shown, pixel, bounds)
    }

    fn reshaped(&self) -> Remedy {
        let (Some(shape), Some(video)) = (self.shape(), self.video()) else {
            return Remedy::Impossible(
                "The size of the picture is not known, so that no better one can be reckoned".to_owned(),
            );
        };
        let picture = self.turned(shape.picture);
        let coded = video.dimensions.value().copied();
        let is_cut = coded.is_some_and(|coded| Dimensions::new(coded.width & !1, coded.height & !1) == picture);
        let mut actions = Vec::new();
        let is_whole = coded == Some(picture);
        if !is_cut && !is_whole || self.pixel_aspect() != Ratio::whole(1) {
            actions.push(Action::Scale { to: picture });
        }
        if shape.whole != shape.picture {
            actions.push(Action::Pad { to: self.turned(shape.whole) });
        }
        match self.with_encoding([]) {
            Remedy::Actions(encoding) => Remedy::Actions(encoding.into_iter().chain(actions).collect()),
            other => other,
        }
    }

    fn deinterlaced(&self, severity: Severity) -> Remedy {
        let Some(video) = self.video() else { return self.with_encoding([]) };
        match video.scan.value() {
            Some(Scan::Interlaced { frames, .. }) => {
                let all = self.rate().is_some_and(|rate| rate.frames == *frames);
                self.with_encoding([Action::Deinterlace { marked_only: !all }])
            }
            _ if severity == Severity::Warning => self.with_encoding([]),
            _ => self.with_encoding([Action::Deinterlace { marked_only: true }]),
        }
    }

    fn slower(&self) -> Remedy {
        match self.target_rate() {
            Some(to) => self.with_encoding([Action::SetRate { to }]),
            None => Remedy::Impossible("The frame rate is not known, so that no better one can be reckoned".to_owned()),
        }
    }

    /// The frame rate of the result, where the one of the file is too high on average or for a while.
    fn target_rate(&self) -> Option<Ratio> {
        let rate = self.rate()?;
        let limits = self.profile.limits();
        let limit = limits.frame_rate_too_high.of(self.report.category);
        let most = limit.value.0;
        let is_broken = |id: &str| self.report.findings.iter().any(|finding| finding.rule == id);
        if is_broken("frame-rate-too-high") {
            let recommended = &limits.frame_rate_recommended.of(self.report.category).value;
            // Every second or third frame is smoother than a choice that is not even.
            let even = (2..=MOST_DIVISOR).filter_map(|divisor| rate.average.times(Ratio::new(1, divisor)?));
            let even = even.filter(|part| *part <= most).find(|part| recommended.iter().any(|fps| fps.0 == *part));
            return Some(even.unwrap_or(most));
        }
        if self.options.warnings && is_broken("frame-rate-peak") {
            let steady = rate.most_frequent.filter(|steady| *steady <= most && *steady >= rate.average);
            let common = [Ratio::whole(30), most].into_iter().find(|common| *common >= rate.average);
            return steady.or(common).or(Some(most));
        }
        None
    }

    /// The tracks copied where what else is in the file makes it too large, and the video encoded otherwise.
    fn smaller(&self) -> Remedy {
        let copied = copied_bytes(&self.report.facts);
        let is_copied = self.report.findings.iter().any(|finding| finding.rule == "file-too-large");
        if is_copied && copied.zip(self.cap()).is_some_and(|(bytes, cap)| bytes <= cap) {
            return self.copied(false);
        }
        self.with_encoding([])
    }

    fn shorter(&self) -> Remedy {
        let limit = self.profile.limits().duration_too_long.of(self.report.category).value;
        match self.options.trim {
            Some(trim) if trim.length() <= limit => Remedy::one(Action::Trim(trim)),
            Some(trim) => Remedy::Impossible(format!(
                "The part that was asked for lasts {}, and at most {limit} is allowed",
                trim.length()
            )),
            None if self.priming().is_some() => Remedy::Actions(self.priming().into_iter().collect()),
            None => Remedy::Impossible(format!(
                "Which part to keep is not for a program to choose: --trim START:END keeps one of at most {limit}, --split \
                 makes several films"
            )),
        }
    }

    /// Takes the priming off a sound that makes the film too long by no more than that, since nothing in its container says that it has
    /// any. What a decoder of AAC makes of the first 1024 samples is half of what they should be, and no sound of the film.
    fn priming(&self) -> Option<Action> {
        let limit = self.profile.limits().duration_too_long.of(self.report.category).value;
        let track = self.movie.tracks.get(self.movie.duration_track?)?;
        let is_primed = track.kind == TrackKind::Audio
            && track.edits.is_absent()
            && track.codec.value().is_some_and(|codec| codec.name == "AAC");
        let rate = track.audio.as_deref()?.sample_rate.value().copied()?;
        let length = Duration::from_ticks(AAC_PRIMING, rate)?;
        let others =
            self.track().into_iter().chain(self.movie.audio_tracks()).filter(|other| other.index != track.index);
        let mut lengths = others.map(|other| other.duration.value());
        let is_enough = lengths.all(|length| length.is_some_and(|length| *length <= limit))
            && minus(track.duration.value()?.seconds(), length.seconds()) <= limit.seconds();
        (is_primed && is_enough).then_some(Action::SkipPriming { track: track.index, length })
    }

    /// The last picture held until the film is long enough.
    fn held(&self) -> Remedy {
        let limit = self.profile.limits().duration_too_short.of(self.report.category).value;
        let parts =
            self.track().and_then(|track| Some((*track.samples.value()?, self.movie.duration.value()?.seconds())));
        let Some((samples, duration)) = parts else {
            return Remedy::Impossible(
                "The duration is not known, so that it cannot be reckoned what is missing".to_owned(),
            );
        };
        let picture = self.rate().and_then(|rate| rate.average.inverted()).filter(|_| samples > 1).unwrap_or(duration);
        let missing = minus(limit.seconds(), duration);
        // Pictures are shown in another order than they are stored: the last one stored may be shown some pictures earlier.
        let early = self.track().and_then(|track| track.last_is_early).map(Duration::seconds);
        let early = early.or_else(|| picture.times(Ratio::whole(REORDERED.min(samples.saturating_sub(1)))));
        let length = early.and_then(|early| picture.plus(early)?.plus(missing)).map(milliseconds_up);
        match length {
            Some(length) if samples > 0 => Remedy::one(Action::HoldLast { samples, length }),
            _ => Remedy::Impossible("There is no picture that could be shown for longer".to_owned()),
        }
    }

    fn with_sound(&self) -> Remedy {
        Remedy::Actions(self.sounds().collect())
    }

    /// All tracks of sound encoded; those that need not be are left out when it is weighed.
    fn sounds(&self) -> impl Iterator<Item = Action> {
        self.movie.audio_tracks().map(|track| {
            let audio = track.audio.as_deref();
            let channels = audio.and_then(|audio| audio.channels.value().copied()).unwrap_or(2);
            // Parametric stereo makes two channels of one.
            let is_parametric = audio.is_some_and(|audio| audio.ps.value().is_some_and(|ps| *ps != Extension::None));
            let rate = audio.and_then(|audio| audio.sample_rate.value().copied()).unwrap_or(48_000);
            let (channels, bit_rate) = if channels == 1 && !is_parametric { (1, MONO) } else { (2, STEREO) };
            let sample_rate = if rate % 11_025 == 0 { 44_100 } else { 48_000 };
            Action::EncodeSound { track: track.index, channels, sample_rate, bit_rate }
        })
    }

    /// Whether a part begins with a picture that needs no other, so that it can be copied.
    fn begins_at_key(&self, trim: Trim) -> bool {
        let Some(video) = self.video() else { return false };
        let Some(first) = video.gops.first().map(|gop| gop.first.time) else { return trim.start == Duration::ZERO };
        // The clock of the pictures may begin later than what is shown.
        video.gops.iter().any(|gop| {
            matches!(gop.kind, GopKind::Idr | GopKind::Closed)
                && minus(gop.first.time.seconds(), first.seconds()) == trim.start.seconds()
        })
    }

    /// Whether a part that is copied may end some pictures late and is still short enough.
    fn ends_early(&self, trim: Trim) -> bool {
        let limit = self.profile.limits().duration_too_long.of(self.report.category);
        let slack = Ratio::new(1, 2).and_then(|half| trim.length().seconds().plus(half));
        limit.level == Level::Off || slack.is_some_and(|length| length <= limit.value.seconds())
    }
}

/// The format that a movie has when it is written anew.
pub(super) fn container(format: Format, profile: &Profile) -> Format {
    let accepted = &profile.limits().unsupported_type;
    let takes_quicktime = accepted.of(None).value.iter().any(|accepted| accepted.is(Format::QuickTime));
    if format == Format::QuickTime && takes_quicktime { Format::QuickTime } else { Format::Mp4 }
}

/// Frames of a GOP: two seconds, within what is allowed.
pub(super) fn gop(rate: Option<Ratio>, most: u64) -> u32 {
    let rate = rate.unwrap_or(Ratio::whole(30));
    let frames = rate.numerator().saturating_mul(2).div_ceil(rate.denominator());
    u32::try_from(frames.clamp(SHORTEST_GOP, LONGEST_GOP).min(most).max(1)).unwrap_or(1)
}

/// Whether the transfer function is PQ or HLG (ISO/IEC 23091-2, 16 and 18).
fn is_high_dynamic_range(video: &Video) -> bool {
    video.colour.value().is_some_and(|colour| matches!(colour.transfer, 16 | 18))
}

/// Whether frames of a codec whose pictures were not looked at may be interlaced.
fn may_be_interlaced(track: &Track, video: &Video) -> bool {
    let by_codec = track.codec.value().is_some_and(|codec| {
        ["MPEG-2", "MPEG-4", "DV", "ProRes", "H.264", "DNxHD", "VC-1"].iter().any(|name| codec.name.starts_with(name))
    });
    by_codec && !matches!(video.field_count_box.value(), Some(1 | 2))
}

fn is_on(level: Level) -> bool {
    level != Level::Off
}

/// Rounded up to whole milliseconds.
fn milliseconds_up(time: Ratio) -> Duration {
    let number = (u128::from(time.numerator()) * 1000).div_ceil(u128::from(time.denominator()));
    Duration::from_millis(u64::try_from(number).unwrap_or(u64::MAX))
}

/// Samples of priming of every encoder of AAC, at least.
const AAC_PRIMING: u64 = 1024;
/// The bit rate of stereo: enough for AAC LC that it is not the weakest part, and above what is recommended.
const STEREO: BitRate = BitRate(160_000);
/// The bit rate of mono.
const MONO: BitRate = BitRate(128_000);
/// A frame rate is divided by so much at most.
const MOST_DIVISOR: u64 = 8;
/// Pictures by which the one that is stored last may be shown early.
const REORDERED: u64 = 6;
/// Frames of a GOP at least, and at most.
const SHORTEST_GOP: u64 = 12;
const LONGEST_GOP: u64 = 250;
