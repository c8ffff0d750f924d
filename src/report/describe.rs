//! What a file is, in one line.

use crate::facts::{Audio, Extension, Facts, Image, Movie, Track};
use crate::finding::FileReport;
use crate::units::{Bytes, Decimal, Dimensions, Duration, WriteTo};

/// What the file is, such as `video/mp4, 1280x720, 30 fps, H.264 High, AAC LC stereo, 12.5 s, 3.1 MiB`.
///
/// Figures are rounded here, and only here: findings and facts give them exactly.
pub fn describe(report: &FileReport) -> String {
    let mut text = String::new();
    write_description(report, &mut text);
    text
}

/// Writes what the file is.
pub(super) fn write_description(report: &FileReport, to: &mut String) {
    match &report.description {
        Some(description) => to.push_str(description),
        None => Parts { text: to, has_any: false }.facts(&report.facts),
    }
}

/// What the file is, by its facts alone.
pub(super) fn describe_facts(facts: &Facts) -> String {
    let mut text = String::new();
    Parts { text: &mut text, has_any: false }.facts(facts);
    text
}

/// Parts of a text with commas between them.
struct Parts<'t> {
    text: &'t mut String,
    has_any: bool,
}

impl Parts<'_> {
    /// Where the next part is written.
    fn next(&mut self) -> &mut String {
        if std::mem::replace(&mut self.has_any, true) {
            self.text.push_str(", ");
        }
        self.text
    }

    fn facts(&mut self, facts: &Facts) {
        let format = facts.format.media_type().map_or_else(|| facts.format.name(), |media_type| media_type.as_str());
        self.next().push_str(format);
        if let Some(size) = facts.image.as_ref().and_then(|image| shown_size(image)) {
            size.push_to(self.next());
        }
        self.animation(facts);
        if let Some(movie) = &facts.movie {
            self.movie(movie);
        }
        if let Some(captions) = &facts.captions {
            if let Some(&cues) = captions.cues.value() {
                write_counted(cues, "cue", self.next());
            }
            if let Some(&end) = captions.last_end.value() {
                let part = self.next();
                part.push_str("ends at ");
                write_seconds(end, part);
            }
        }
        if facts.size > 0 {
            write_bytes(facts.size, self.next());
        }
    }

    fn animation(&mut self, facts: &Facts) {
        let Some(animation) = &facts.animation else { return };
        let Some(&frames) = animation.frames.value() else { return };
        write_counted(frames, "frame", self.next());
        if frames > 1
            && let Some(&duration) = animation.duration.value()
        {
            write_seconds(duration, self.next());
        }
    }

    fn movie(&mut self, movie: &Movie) {
        if let Some(track) = movie.video_track() {
            self.video(track);
        }
        for track in movie.audio_tracks() {
            write_sound(track, self.next());
        }
        if let Some(&duration) = movie.duration.value() {
            write_seconds(duration, self.next());
        }
    }

    fn video(&mut self, track: &Track) {
        let Some(video) = &track.video else { return };
        if let Some(size) = video.displayed.value().or(video.dimensions.value()) {
            size.push_to(self.next());
        }
        if let Some(rate) = video.frame_rate.value() {
            let part = self.next();
            rate.average.decimal(3).push_to(part);
            part.push_str(" fps");
        }
        if let Some(codec) = track.codec.value() {
            let part = self.next();
            part.push_str(&codec.name);
            if let Some(profile) = video.profile.value() {
                part.push(' ');
                part.push_str(profile);
            }
        }
    }
}

/// A number and its noun, such as `1 file` or `2 files`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let mut text = String::new();
    write_counted(count, noun, &mut text);
    text
}

fn write_counted(count: u64, noun: &str, to: &mut String) {
    count.push_to(to);
    to.push(' ');
    to.push_str(noun);
    if count != 1 {
        to.push('s');
    }
}

pub(super) fn shown_size(image: &Image) -> Option<Dimensions> {
    let stored = *image.dimensions.value()?;
    let turned = image.orientation.value().is_some_and(|orientation| orientation.exchanges_axes());
    Some(if turned { stored.turned() } else { stored })
}

pub(super) fn sound(track: &Track) -> String {
    let mut text = String::new();
    write_sound(track, &mut text);
    text
}

fn write_sound(track: &Track, to: &mut String) {
    let codec = track.codec.value().map_or("audio", |codec| codec.name.as_ref());
    let Some(audio) = &track.audio else { return to.push_str(codec) };
    if codec == "AAC" {
        write_aac(audio, to);
    } else {
        to.push_str(codec);
    }
    match audio.channels.value() {
        Some(1) => to.push_str(" mono"),
        Some(2) => to.push_str(" stereo"),
        Some(&more) => {
            to.push(' ');
            write_counted(more.into(), "channel", to);
        }
        None => {}
    }
}

fn write_aac(audio: &Audio, to: &mut String) {
    let carries = |extension: Option<&Extension>| extension.is_some_and(|&extension| extension != Extension::None);
    to.push_str(match audio.object_type.value() {
        _ if carries(audio.ps.value()) => "HE-AAC v2",
        _ if carries(audio.sbr.value()) => "HE-AAC",
        Some(1) => "AAC Main",
        Some(2) => "AAC LC",
        Some(3) => "AAC SSR",
        Some(4) => "AAC LTP",
        Some(&other) => {
            to.push_str("AAC object type ");
            return u64::from(other).push_to(to);
        }
        None => "AAC",
    });
}

pub(super) fn seconds(duration: Duration) -> String {
    let mut text = String::new();
    write_seconds(duration, &mut text);
    text
}

fn write_seconds(duration: Duration, to: &mut String) {
    duration.seconds().decimal(2).push_to(to);
    to.push_str(" s");
}

/// A size in the largest unit that it fills.
pub(super) fn bytes(count: u64) -> String {
    let mut text = String::new();
    write_bytes(count, &mut text);
    text
}

fn write_bytes(count: u64, to: &mut String) {
    let (unit, name) = match count {
        n if n >= Bytes::GIB => (Bytes::GIB, " GiB"),
        n if n >= Bytes::MIB => (Bytes::MIB, " MiB"),
        n if n >= Bytes::KIB => (Bytes::KIB, " KiB"),
        n => return write_counted(n, "byte", to),
    };
    Decimal::new(count.into(), unit.into(), 1).push_to(to);
    to.push_str(name);
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
            profile: known("High".into()),
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
