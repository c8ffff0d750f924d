//! What a file is, in one line.

use std::fmt::{self, Display, Write};

use crate::facts::{Audio, Extension, Facts, Image, Movie, Track};
use crate::finding::FileReport;
use crate::units::{Bytes, Decimal, Dimensions, Duration};

/// What the file is, such as `video/mp4, 1280x720, 30 fps, H.264 High, AAC LC stereo, 12.5 s, 3.1 MiB`.
///
/// Figures are rounded here, and only here: findings and facts give them exactly.
pub fn describe(report: &FileReport) -> String {
    match &report.description {
        Some(description) => description.clone(),
        None => describe_facts(&report.facts),
    }
}

/// What the file is, by its facts alone.
pub(super) fn describe_facts(facts: &Facts) -> String {
    let mut parts = Parts::default();
    match facts.format.media_type() {
        Some(media_type) => parts.push(media_type.as_str()),
        None => parts.push(facts.format.name()),
    }
    if let Some(image) = &facts.image {
        parts.extend(shown_size(image));
    }
    animation_parts(facts, &mut parts);
    if let Some(movie) = &facts.movie {
        movie_parts(movie, &mut parts);
    }
    if let Some(captions) = &facts.captions {
        parts.extend(captions.cues.value().map(|&cues| Counted(cues, "cue")));
        parts.extend(captions.last_end.value().map(|&end| format!("ends at {}", Seconds(end))));
    }
    if facts.size > 0 {
        parts.push(Size(facts.size));
    }
    parts.0
}

/// Parts of a text with commas between them.
#[derive(Default)]
struct Parts(String);

impl Parts {
    fn push(&mut self, part: impl Display) {
        if !self.0.is_empty() {
            self.0.push_str(", ");
        }
        // Writing to a string never fails.
        let _ = write!(self.0, "{part}");
    }

    fn extend(&mut self, part: Option<impl Display>) {
        if let Some(part) = part {
            self.push(part);
        }
    }
}

/// A number and its noun, such as `1 file` or `2 files`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    Counted(count, noun).to_string()
}

/// A number and its noun.
struct Counted<'n>(u64, &'n str);

impl Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(count, noun) = self;
        write!(f, "{count} {noun}{}", if *count == 1 { "" } else { "s" })
    }
}

pub(super) fn shown_size(image: &Image) -> Option<Dimensions> {
    let stored = *image.dimensions.value()?;
    let turned = image.orientation.value().is_some_and(|orientation| orientation.exchanges_axes());
    Some(if turned { stored.turned() } else { stored })
}

fn animation_parts(facts: &Facts, parts: &mut Parts) {
    let Some(animation) = &facts.animation else { return };
    let frames = animation.frames.value().copied();
    parts.extend(frames.map(|frames| Counted(frames, "frame")));
    if frames.is_some_and(|frames| frames > 1) {
        parts.extend(animation.duration.value().map(|&duration| Seconds(duration)));
    }
}

fn movie_parts(movie: &Movie, parts: &mut Parts) {
    if let Some(track) = movie.video_track() {
        video_parts(track, parts);
    }
    for track in movie.audio_tracks() {
        parts.push(sound(track));
    }
    parts.extend(movie.duration.value().map(|&duration| Seconds(duration)));
}

fn video_parts(track: &Track, parts: &mut Parts) {
    let Some(video) = &track.video else { return };
    parts.extend(video.displayed.value().or(video.dimensions.value()));
    parts.extend(video.frame_rate.value().map(|rate| format!("{} fps", rate.average.decimal(3))));
    let codec = track.codec.value().map(|codec| codec.name.as_ref());
    match (codec, video.profile.value()) {
        (Some(codec), Some(profile)) => parts.push(format_args!("{codec} {profile}")),
        (Some(codec), None) => parts.push(codec),
        (None, _) => {}
    }
}

pub(super) fn sound(track: &Track) -> String {
    let mut words = vec![track.codec.value().map_or("audio", |codec| codec.name.as_ref()).to_owned()];
    if let Some(audio) = &track.audio {
        if words.first().is_some_and(|name| name == "AAC") {
            words = vec![aac(audio)];
        }
        words.extend(audio.channels.value().map(|&channels| match channels {
            1 => "mono".to_owned(),
            2 => "stereo".to_owned(),
            more => format!("{more} channels"),
        }));
    }
    words.join(" ")
}

fn aac(audio: &Audio) -> String {
    let carries = |extension: Option<&Extension>| extension.is_some_and(|&extension| extension != Extension::None);
    if carries(audio.ps.value()) {
        return "HE-AAC v2".to_owned();
    }
    if carries(audio.sbr.value()) {
        return "HE-AAC".to_owned();
    }
    match audio.object_type.value() {
        Some(1) => "AAC Main".to_owned(),
        Some(2) => "AAC LC".to_owned(),
        Some(3) => "AAC SSR".to_owned(),
        Some(4) => "AAC LTP".to_owned(),
        Some(other) => format!("AAC object type {other}"),
        None => "AAC".to_owned(),
    }
}

pub(super) fn seconds(duration: Duration) -> String {
    Seconds(duration).to_string()
}

struct Seconds(Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0.seconds().decimal(2))
    }
}

/// A size in the largest unit that it fills.
pub(super) fn bytes(count: u64) -> String {
    Size(count).to_string()
}

struct Size(u64);

impl Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.0 {
            n if n >= Bytes::GIB => (Bytes::GIB, "GiB"),
            n if n >= Bytes::MIB => (Bytes::MIB, "MiB"),
            n if n >= Bytes::KIB => (Bytes::KIB, "KiB"),
            n => return Counted(n, "byte").fmt(f),
        };
        write!(f, "{} {name}", Decimal::new(self.0.into(), unit.into(), 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Checker, Request};
    use crate::facts::{Codec, Evidence, Fact, Format, FourCc, FrameRate, TrackKind, Video};
    use crate::profile::Profile;
    use crate::units::Ratio;

    fn known<T>(value: T) -> Fact<T> {
        Fact::known(value, Evidence::new(0, "test"))
    }

    fn described(facts: Facts) -> String {
        describe(&Checker::new(Profile::default()).judge(facts, &Request::default()))
    }

    #[test]
    fn a_movie_is_described_by_what_its_tracks_hold() {
        let mut video = Track::new(0, TrackKind::Video);
        video.codec = known(Codec { fourcc: FourCc(*b"avc1"), name: "H.264".into(), encrypted: false });
        video.video = Some(Box::new(Video {
            profile: known("High".to_owned()),
            displayed: known(Dimensions::new(1280, 720)),
            frame_rate: known(FrameRate {
                frames: 2,
                span: Duration::from_ticks(1001, 30_000).unwrap(),
                average: Ratio::new(30_000, 1001).unwrap(),
                uniform: true,
                most_frequent: None,
                fastest_run: None,
            }),
            ..Video::default()
        }));
        let mut audio = Track::new(1, TrackKind::Audio);
        audio.codec = known(Codec { fourcc: FourCc(*b"mp4a"), name: "AAC".into(), encrypted: false });
        audio.audio = Some(Box::new(Audio { object_type: known(2), channels: known(2), ..Audio::default() }));
        let mut facts = Facts::new(3_250_586, Format::Mp4);
        facts.movie = Some(Box::new(Movie {
            duration: known(Duration::from_millis(12_500)),
            tracks: vec![video, audio],
            ..Movie::default()
        }));
        assert_eq!(described(facts), "video/mp4, 1280x720, 29.97 fps, H.264 High, AAC LC stereo, 12.5 s, 3.1 MiB");
    }

    #[test]
    fn a_file_of_which_nothing_is_known_is_named_by_its_format() {
        assert_eq!(described(Facts::new(0, Format::Empty)), "an empty file");
        assert_eq!(described(Facts::new(1, Format::Matroska)), "Matroska, 1 byte");
    }
}
