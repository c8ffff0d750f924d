//! Facts built in code, for the tests of the rules.

use super::context::Context;
use super::outcome::{Fault, Outcome, Undecided};
use super::parts::Parts;
use super::post::Post;
use super::{Check, Request, Rule, all};
use crate::facts::{
    Animation, Anomaly, AnomalyKind, Audio, CaptionFault, CaptionFaultKind, Captions, ChromaFormat, Codec, Evidence,
    Extension, Fact, Facts, FastestRun, Format, FourCc, FrameRate, GopLength, Image, Movie, OpenGops, Rotation, Scan,
    TextEncoding, Track, TrackKind, Video,
};
use crate::profile::{Category, Profile};
use crate::units::{BitRate, Dimensions, Duration, Ratio};

/// One file, the request it comes with, and the pack it is held against.
pub(crate) struct Scenario {
    pub(crate) facts: Facts,
    pub(crate) pack: &'static str,
    pub(crate) name: Option<&'static str>,
    pub(crate) category: Option<Category>,
    pub(crate) alt_text: Option<String>,
    pub(crate) video_duration: Option<Duration>,
    pub(crate) owners: Vec<String>,
    /// The other files of its post.
    pub(crate) beside: Vec<Facts>,
}

/// A change that makes a case out of the sample.
pub(crate) type Change = fn(&mut Scenario);

/// The cases that show a rule at work.
#[derive(Debug)]
pub(crate) struct Cases {
    /// The file that the changes are made to; it passes the rule.
    pub(crate) sample: fn() -> Scenario,
    /// Below and at the limit.
    pub(crate) pass: &'static [Change],
    /// Above the limit, with the limit and the actual value of the first fault.
    pub(crate) fail: &'static [(Change, &'static str, &'static str)],
    /// Where a fact is unknown.
    pub(crate) undecided: &'static [Change],
    /// Where there is nothing to look at.
    pub(crate) skip: &'static [Change],
}

/// The cases of all rules.
pub(crate) fn scenarios() -> impl Iterator<Item = Scenario> {
    all().iter().flat_map(|rule| {
        let cases = rule.cases;
        let failing = cases.fail.iter().map(|(change, ..)| change);
        let changes = cases.pass.iter().chain(failing).chain(cases.undecided).chain(cases.skip);
        changes.map(|change| {
            let mut scenario = (cases.sample)();
            change(&mut scenario);
            scenario
        })
    })
}

/// A known fact of a test.
pub(crate) fn known<T>(value: T) -> Fact<T> {
    Fact::known(value, Evidence::new(48, "test"))
}

/// A duration of a test, from a ratio.
pub(crate) fn seconds(numerator: u64, denominator: u64) -> Duration {
    Duration(Ratio::new(numerator, denominator).unwrap())
}

impl Scenario {
    fn of(facts: Facts) -> Self {
        Self {
            facts,
            pack: "twitter",
            name: None,
            category: None,
            alt_text: None,
            video_duration: None,
            owners: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// Ten seconds of 1280x720 at 30 frames/s, High profile, with stereo AAC LC: all that is recommended.
    pub(crate) fn movie() -> Self {
        let mut facts = Facts::new(8_000_000, Format::Mp4);
        facts.movie = Some(Box::new(Movie {
            brand: known(FourCc(*b"isom")),
            fragmented: known(false),
            moov_at_end: known(false),
            duration: known(seconds(10, 1)),
            duration_track: Some(0),
            declared_duration: known(seconds(10, 1)),
            location: Fact::Absent,
            tracks: vec![video_track(), audio_track(1)],
            ..Movie::default()
        }));
        Self::of(facts)
    }

    /// A JPEG of 800x600.
    pub(crate) fn jpeg() -> Self {
        let mut facts = Facts::new(100_000, Format::Jpeg);
        facts.image = Some(Box::new(Image { dimensions: known(Dimensions::new(800, 600)), ..Image::default() }));
        Self::of(facts)
    }

    /// A GIF of 320x240 with ten frames.
    pub(crate) fn gif() -> Self {
        let mut facts = Facts::new(100_000, Format::Gif);
        facts.image = Some(Box::new(Image { dimensions: known(Dimensions::new(320, 240)), ..Image::default() }));
        facts.animation = Some(Box::new(Animation { frames: known(10), trailer: known(true), ..Animation::default() }));
        Self::of(facts)
    }

    /// SubRip captions with two cues, the last of which ends after four seconds.
    pub(crate) fn srt() -> Self {
        let mut facts = Facts::new(100, Format::Srt);
        facts.captions = Some(Box::new(Captions {
            encoding: known(TextEncoding::Utf8),
            cues: known(2),
            last_end: known(seconds(4, 1)),
            ..Captions::default()
        }));
        Self::of(facts)
    }

    pub(crate) fn movie_facts(&mut self) -> &mut Movie {
        self.facts.movie.as_mut().unwrap()
    }

    pub(crate) fn track(&mut self) -> &mut Track {
        &mut self.movie_facts().tracks[0]
    }

    pub(crate) fn video(&mut self) -> &mut Video {
        self.track().video.as_mut().unwrap()
    }

    pub(crate) fn audio_track(&mut self) -> &mut Track {
        &mut self.movie_facts().tracks[1]
    }

    pub(crate) fn audio(&mut self) -> &mut Audio {
        self.audio_track().audio.as_mut().unwrap()
    }

    pub(crate) fn image(&mut self) -> &mut Image {
        self.facts.image.as_mut().unwrap()
    }

    pub(crate) fn animation(&mut self) -> &mut Animation {
        self.facts.animation.as_mut().unwrap()
    }

    pub(crate) fn captions(&mut self) -> &mut Captions {
        self.facts.captions.as_mut().unwrap()
    }

    /// Size as coded and as displayed.
    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let size = Dimensions::new(width, height);
        self.video().dimensions = known(size);
        self.video().displayed = known(size);
    }

    /// Coded in this size and shown turned by a quarter.
    pub(crate) fn turned(&mut self, width: u32, height: u32) {
        self.size(width, height);
        self.video().rotation = known(Rotation { degrees: 90, mirrored: false });
        self.video().displayed = known(Dimensions::new(height, width));
    }

    /// One more fault of the captions.
    pub(crate) fn caption_fault(&mut self, kind: CaptionFaultKind, expected: &str, actual: &str) {
        let captions = self.captions();
        captions.fault_count += 1;
        captions.faults.push(CaptionFault {
            kind,
            line: 6,
            column: 1,
            at: Evidence::new(70, "cue[1]"),
            expected: expected.to_owned(),
            actual: actual.to_owned(),
        });
    }

    /// A constant frame rate whose deltas are all equal.
    pub(crate) fn rate(&mut self, numerator: u64, denominator: u64) {
        self.timing(601, seconds(600 * denominator, numerator), true);
    }

    /// A number of frames from the first to the last composition time.
    pub(crate) fn timing(&mut self, frames: u64, span: Duration, uniform: bool) {
        let average = Ratio::whole(frames - 1).times(span.seconds().inverted().unwrap()).unwrap();
        let run = span.seconds().times(Ratio::new(8, frames - 1).unwrap()).unwrap();
        self.video().frame_rate = known(FrameRate {
            frames,
            span,
            average,
            uniform,
            most_frequent: Some(average),
            fastest_run: Some(FastestRun { span: Duration(run), start: Duration::ZERO }),
        });
    }

    pub(crate) fn codec(&mut self, fourcc: [u8; 4], name: &'static str) {
        self.track().codec = known(Codec { fourcc: FourCc(fourcc), name: name.into(), encrypted: false });
    }

    pub(crate) fn audio_codec(&mut self, fourcc: [u8; 4], name: &'static str) {
        self.audio_track().codec = known(Codec { fourcc: FourCc(fourcc), name: name.into(), encrypted: false });
    }

    pub(crate) fn length(&mut self, duration: Duration) {
        self.movie_facts().duration = known(duration);
        self.track().duration = known(duration);
    }

    /// Replaces the pictures' facts by those of a bitstream that nobody could read.
    pub(crate) fn unread_pictures(&mut self) {
        *self.video() = Video::default();
    }

    pub(crate) fn anomaly(&mut self, kind: AnomalyKind) {
        let place = Evidence::new(8, "moov");
        self.facts.anomalies.push(Anomaly::new(kind, place, "the file ends inside moov", "100 bytes", "40 bytes"));
    }

    /// What a rule says of the file.
    pub(crate) fn run(&self, rule: &Rule) -> Result<Outcome, Undecided> {
        let profile = Profile::built_in(self.pack).unwrap();
        self.with_request(|request| match rule.check {
            Check::Post(check) => {
                let mut files = vec![(&self.facts, self.category)];
                files.extend(self.beside.iter().map(|facts| (facts, None)));
                Ok(check(&Post { files, limits: profile.limits() }))
            }
            check => Parts::new(&Context::new(&self.facts, &profile, request)).ask(check),
        })
    }

    pub(crate) fn with_request<R>(&self, use_it: impl FnOnce(&Request<'_>) -> R) -> R {
        use_it(&Request {
            name: self.name,
            category: self.category,
            alt_text: self.alt_text.as_deref(),
            video_duration: self.video_duration,
            additional_owners: &self.owners,
        })
    }

    /// The message of the first fault that a rule finds.
    pub(crate) fn message(&self, rule: &Rule) -> String {
        self.faults(rule).into_iter().next().unwrap().message
    }

    /// All faults that a rule finds.
    pub(crate) fn faults(&self, rule: &Rule) -> Vec<Fault> {
        match self.run(rule) {
            Ok(Outcome::Fail(fault)) => vec![fault],
            Ok(Outcome::FailIn(faults)) => faults,
            other => panic!("{} says {other:?}", rule.id),
        }
    }
}

fn video_track() -> Track {
    let mut track =
        track(0, TrackKind::Video, Codec { fourcc: FourCc(*b"avc1"), name: "H.264".into(), encrypted: false });
    track.bit_rate = known(BitRate(6_000_000));
    track.samples = known(300);
    track.timescale = known(15_360);
    let size = Dimensions::new(1280, 720);
    let rate = FrameRate {
        frames: 300,
        span: seconds(299, 30),
        average: Ratio::whole(30),
        uniform: true,
        most_frequent: Some(Ratio::whole(30)),
        fastest_run: Some(FastestRun { span: seconds(8, 30), start: Duration::ZERO }),
    };
    track.video = Some(Box::new(Video {
        profile: known("High".into()),
        level: known("3.1".into()),
        chroma_format: known(ChromaFormat::Yuv420),
        bit_depth_luma: known(8),
        bit_depth_chroma: known(8),
        dimensions: known(size),
        other_dimensions: Vec::new(),
        entry_dimensions: known(size),
        track_dimensions: known(size),
        rotation: known(Rotation::default()),
        displayed: known(size),
        clean_aperture: Fact::Absent,
        pixel_aspect_box: Fact::Absent,
        pixel_aspect_vui: Fact::Absent,
        frame_rate: known(rate),
        colour: Fact::Absent,
        frame_mbs_only: known(true),
        field_count_box: Fact::Absent,
        first_field: None,
        scan: known(Scan::Progressive),
        open_gops: known(OpenGops { count: 0, first: None, leading_pictures: 0 }),
        longest_gop: known(GopLength { frames: 250, upper_bound: false, first: None }),
        sync_contradiction: Fact::Absent,
        intra_refresh: known(false),
        gops: Vec::new(),
        timeline: None,
    }));
    track
}

/// An enabled track of stereo AAC LC.
pub(crate) fn audio_track(index: usize) -> Track {
    let mut track =
        track(index, TrackKind::Audio, Codec { fourcc: FourCc(*b"mp4a"), name: "AAC".into(), encrypted: false });
    track.bit_rate = known(BitRate(160_000));
    track.audio = Some(Box::new(Audio {
        object_type_indication: known(0x40),
        object_type: known(2),
        sbr: known(Extension::None),
        ps: known(Extension::None),
        channels: known(2),
        entry_channels: known(2),
        sample_rate: known(48_000),
    }));
    track
}

fn track(index: usize, kind: TrackKind, codec: Codec) -> Track {
    Track {
        enabled: known(true),
        codec: known(codec),
        duration: known(seconds(10, 1)),
        edits: Fact::Absent,
        ..Track::new(index, kind)
    }
}
