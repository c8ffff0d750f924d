//! What a file would be after some actions: facts that were never read, to be held against the rules.

use super::cap::copied_bytes;
use super::captions::is_mended;
use super::gif_film;
use super::movie::container;
use super::options::minus;
use super::{Action, Encode, extension_of};
use crate::facts::{
    AnomalyKind, CaptionFaultKind, ChromaFormat, Codec, Evidence, Extension, Fact, Facts, FastestRun, Format, FourCc,
    FrameRate, GopLength, Movie, OpenGops, Scan, TextEncoding, Track, TrackKind, Video,
};
use crate::finding::FileReport;
use crate::profile::{Category, Profile};
use crate::units::{BitRate, Dimensions, Duration, Ratio};

/// A file as it would be.
#[derive(Debug)]
pub(super) struct Predicted {
    pub(super) facts: Facts,
    pub(super) name: Option<String>,
    pub(super) category: Option<Category>,
}

impl Predicted {
    /// The file of a report after the actions.
    pub(super) fn after(report: &FileReport, profile: &Profile, actions: &[&Action]) -> Self {
        let mut after = Self { facts: report.facts.clone(), name: report.path.clone(), category: report.category };
        for action in actions {
            after.apply(action);
        }
        let film: Vec<&Action> = actions.iter().copied().filter(|action| action.is_of_movie()).collect();
        if !film.is_empty() {
            after.film(&film, report, profile);
        }
        // What is written anew gets a name of its own.
        if actions.iter().any(|action| action.writes()) {
            after.extension(extension_of(after.facts.format).unwrap_or("bin"));
        }
        after
    }

    /// What one action does to anything but a movie.
    fn apply(&mut self, action: &Action) {
        match action {
            Action::Rename { extension } => self.extension(extension),
            Action::SendAs { category } => self.category = Some(*category),
            Action::EndGif => {
                self.forget(&[AnomalyKind::Truncated]);
                if let Some(animation) = &mut self.facts.animation {
                    animation.trailer = known(true);
                    animation.bytes_after_trailer = 0;
                    animation.frames_after_trailer = 0;
                }
            }
            Action::DropMetadata { bytes } => self.facts.size = self.facts.size.saturating_sub(*bytes),
            Action::Captions(how) => self.captions(*how),
            Action::ToSubRip => self.facts.format = Format::Srt,
            Action::ToWebVtt => self.facts.format = Format::WebVtt,
            Action::Rewrap { .. } => {
                self.facts = Facts::new(self.facts.size, Format::Mp4);
                self.category = self.category.or(Some(Category::TweetVideo));
                self.facts.movie = Some(Box::new(Movie {
                    tracks: vec![Track { video: Some(Box::default()), ..Track::new(0, TrackKind::Video) }],
                    ..Movie::default()
                }));
            }
            Action::DropFrames { keep, .. } => {
                if let Some(animation) = &mut self.facts.animation {
                    animation.frames = known(*keep);
                }
                self.redrawn();
            }
            Action::GifToFilm(film) => {
                self.facts = gif_film::predicted(film);
                self.category = Some(gif_film::category(self.category));
            }
            Action::ScaleGif { to } => {
                self.resize(*to);
                self.redrawn();
            }
            // What writes one picture is of no use to an animation before there is only its first.
            Action::ScaleImage { .. } | Action::FitImage { .. } if self.facts.is_animated() => {}
            Action::ScaleImage { to, .. } => self.resize(*to),
            Action::FitGif { bytes } => {
                self.redrawn();
                self.facts.size = self.facts.size.min(*bytes);
            }
            Action::FitImage { bytes } => self.facts.size = self.facts.size.min(*bytes),
            Action::FirstPicture => self.facts.animation = None,
            Action::ToPng { .. } => {
                self.facts = Facts { image: Some(Box::default()), ..Facts::new(self.facts.size, Format::Png) };
            }
            _ => {}
        }
    }

    /// Gives the name another extension.
    fn extension(&mut self, extension: &str) {
        if let Some(name) = &mut self.name {
            let start = name.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
            let dot = name.get(start..).and_then(|file| file.rfind('.')).filter(|dot| *dot > 0);
            if let Some(dot) = dot {
                name.truncate(start + dot);
            }
            name.push('.');
            name.push_str(extension);
        }
    }

    fn forget(&mut self, kinds: &[AnomalyKind]) {
        self.facts.anomalies.retain(|anomaly| !kinds.contains(&anomaly.kind));
    }

    fn resize(&mut self, to: Dimensions) {
        if let Some(image) = &mut self.facts.image {
            image.dimensions = known(to);
        }
    }

    /// A GIF that is drawn anew is whole.
    fn redrawn(&mut self) {
        self.forget(&[AnomalyKind::Malformed, AnomalyKind::Truncated]);
        if let Some(animation) = &mut self.facts.animation {
            animation.trailer = known(true);
            animation.frames_outside_canvas = 0;
            animation.first_outside_canvas = None;
            animation.outside_canvas_at = None;
        }
    }

    fn captions(&mut self, how: super::Captions) {
        let Some(captions) = &mut self.facts.captions else { return };
        if how.from.is_some() {
            captions.encoding = known(TextEncoding::Utf8);
        }
        captions.faults.retain(|fault| match fault.kind {
            CaptionFaultKind::OutOfOrder => !how.sort,
            kind => !how.renumber || !is_mended(kind, &fault.actual),
        });
        captions.fault_count = captions.faults.len() as u64;
    }

    /// What all actions together do to a movie.
    fn film(&mut self, actions: &[&Action], report: &FileReport, profile: &Profile) {
        self.facts.format = container(self.facts.format, profile);
        self.facts.anomalies.clear();
        if let Some(bytes) = copied_bytes(&report.facts) {
            self.facts.size = bytes;
        }
        let Some(movie) = self.facts.movie.as_deref_mut() else { return };
        movie.fragmented = known(false);
        movie.fragments = 0;
        movie.moov_at_end = known(false);
        let video = movie.video_track().map(|track| track.index);
        movie.tracks.retain(|track| Some(track.index) == video || track.kind == TrackKind::Audio);
        let encode = actions.iter().find_map(|action| match action {
            Action::EncodeVideo(encode) => Some(encode),
            _ => None,
        });
        if let (Some(encode), Some(track)) = (encode, movie.tracks.iter_mut().find(|track| Some(track.index) == video))
        {
            encoded(track, encode, actions);
        }
        for action in actions {
            match action {
                Action::EncodeSound { track, channels, sample_rate, bit_rate } => {
                    if let Some(track) = movie.tracks.iter_mut().find(|other| other.index == *track) {
                        sounded(track, *channels, *sample_rate, *bit_rate);
                    }
                }
                Action::HoldLast { length, .. } => {
                    movie.duration = match (&movie.duration, length.seconds()) {
                        (Fact::Known { value, at }, more) => {
                            Fact::known(Duration(value.seconds().plus(more).unwrap_or(more)), at.clone())
                        }
                        (other, _) => other.clone(),
                    };
                }
                Action::SkipPriming { track, length } => skip(movie, *track, *length),
                Action::Trim(trim) => movie.duration = known(trim.length()),
                _ => {}
            }
        }
        if let Some(encode) = encode {
            self.facts.size = estimate(movie, encode).unwrap_or(self.facts.size);
        }
    }
}

impl Action {
    /// Whether the file is written anew.
    pub(super) const fn writes(&self) -> bool {
        !matches!(self, Self::Rename { .. } | Self::SendAs { .. })
    }
}

fn encoded(track: &mut Track, encode: &Encode, actions: &[&Action]) {
    track.other_codings.clear();
    track.codec = known(Codec { fourcc: FourCc(*b"avc1"), name: "H.264".into(), encrypted: false });
    track.bit_rate = Fact::unknown("the encoder decides it");
    let Some(video) = track.video.as_deref_mut() else { return };
    video.profile = known("High".into());
    video.chroma_format = known(ChromaFormat::Yuv420);
    video.bit_depth_luma = known(8);
    video.bit_depth_chroma = known(8);
    video.open_gops = known(OpenGops { count: 0, first: None, leading_pictures: 0 });
    video.longest_gop = known(GopLength { frames: encode.gop.into(), upper_bound: false, first: None });
    video.sync_contradiction = Fact::Absent;
    video.intra_refresh = known(false);
    video.field_count_box = Fact::Absent;
    // Fields that were woven into frames stay interlaced pictures, however they are coded.
    if !matches!(video.scan.value(), Some(Scan::Interlaced { .. })) {
        video.frame_mbs_only = known(true);
        video.scan = known(Scan::Progressive);
    }
    if let Some(size) = encode.crop {
        resized(video, size);
    }
    for action in actions {
        match action {
            Action::Deinterlace { .. } => {
                video.frame_mbs_only = known(true);
                video.scan = known(Scan::Progressive);
            }
            Action::SetRate { to } => set_rate(video, *to),
            Action::Scale { to } => {
                resized(video, *to);
                video.pixel_aspect_box = known(Ratio::whole(1));
                video.pixel_aspect_vui = known(Ratio::whole(1));
            }
            Action::Pad { to } => resized(video, *to),
            _ => {}
        }
    }
    if video.pixel_aspect().value() == Some(&Ratio::whole(1)) {
        video.pixel_aspect_vui = known(Ratio::whole(1));
    }
}

/// A track whose first samples are no longer heard; the longest track decides the duration.
fn skip(movie: &mut Movie, index: usize, length: Duration) {
    let Some(track) = movie.tracks.iter_mut().find(|track| track.index == index) else { return };
    let Some(rest) = track.duration.value().map(|whole| minus(whole.seconds(), length.seconds())) else { return };
    track.duration = known(Duration(rest));
    track.edits = known(1);
    let judged = movie.video_track().into_iter().chain(movie.audio_tracks());
    if let Some(longest) = judged.filter_map(|track| track.duration.value().copied()).max() {
        movie.duration = known(longest);
    }
}

fn resized(video: &mut Video, size: Dimensions) {
    video.dimensions = known(size);
    video.other_dimensions.clear();
    video.entry_dimensions = known(size);
    let turned = video.rotation.value().is_some_and(|rotation| rotation.exchanges_axes());
    video.displayed = known(if turned { size.turned() } else { size });
    video.clean_aperture = Fact::Absent;
}

/// The frame rate as it would be, with as many frames as fit the time.
fn set_rate(video: &mut Video, to: Ratio) {
    let Fact::Known { value: rate, at } = &video.frame_rate else { return };
    let frames = rate.span.seconds().times(to).map_or(rate.frames, |count| count.numerator() / count.denominator() + 1);
    let span =
        to.inverted().and_then(|one| one.times(Ratio::whole(frames.saturating_sub(1)))).map_or(rate.span, Duration);
    let run = to.inverted().and_then(|one| one.times(Ratio::whole(8))).map(Duration);
    video.frame_rate = Fact::known(
        FrameRate {
            frames,
            span,
            average: to,
            uniform: true,
            most_frequent: Some(to),
            fastest_run: run.map(|span| FastestRun { span, start: Duration::ZERO }),
        },
        at.clone(),
    );
}

fn sounded(track: &mut Track, channels: u16, sample_rate: u32, bit_rate: BitRate) {
    track.other_codings.clear();
    track.codec = known(Codec { fourcc: FourCc(*b"mp4a"), name: "AAC".into(), encrypted: false });
    track.bit_rate = known(bit_rate);
    if let Some(audio) = track.audio.as_deref_mut() {
        audio.object_type_indication = known(0x40);
        audio.object_type = known(2);
        audio.sbr = known(Extension::None);
        audio.ps = known(Extension::None);
        audio.channels = known(channels);
        audio.sample_rate = known(sample_rate);
    }
}

/// Bytes at most of a movie whose video is encoded so.
fn estimate(movie: &Movie, encode: &Encode) -> Option<u64> {
    let duration = movie.duration.value()?;
    let sound = movie.sounds().filter_map(|track| track.bit_rate.value()).map(|rate| rate.0).sum::<u64>();
    super::rate::bytes(encode.rate, *duration, sound)
}

/// A fact that is known because it is made so.
fn known<T>(value: T) -> Fact<T> {
    Fact::known(value, Evidence::new(0, "plan"))
}
