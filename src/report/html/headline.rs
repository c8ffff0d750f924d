//! The facts that people ask for first, each with a label.

use crate::finding::FileReport;
use crate::report::describe::{bytes, counted, seconds, shown_size, sound};
use crate::units::Bytes;

/// Label and value, rounded for reading: the facts give them exactly.
pub(super) fn headline(report: &FileReport) -> Vec<(&'static str, String)> {
    let facts = &report.facts;
    let mut lines = vec![("Format", facts.format.name().to_owned())];
    lines.extend(report.category.map(|category| ("Checked as", category.as_str().to_owned())));
    lines.extend(report.pack.as_ref().map(|pack| ("Rule pack", pack.clone())));
    lines.push(("Size", size(report.size)));
    if let Some(image) = &facts.image {
        lines.extend(shown_size(image).map(|size| ("Picture", size.to_string())));
        lines.extend(image.coding.value().map(|coding| ("Coding", coding.to_string())));
    }
    if let Some(animation) = &facts.animation {
        lines.extend(animation.frames.value().map(|&frames| ("Frames", frames.to_string())));
        lines.extend(animation.duration.value().map(|&duration| ("Duration", seconds(duration))));
    }
    if let Some(movie) = &facts.movie {
        lines.extend(movie.duration.value().map(|&duration| ("Duration", seconds(duration))));
        if let Some(track) = movie.video_track() {
            lines.extend(track.video.as_ref().map(|video| video_lines(video, track)).unwrap_or_default());
            lines.extend(track.bit_rate.value().map(|rate| ("Video rate", rate.to_string())));
        }
        for track in movie.audio_tracks() {
            lines.push(("Sound", sound(track)));
            lines.extend(track.bit_rate.value().map(|rate| ("Sound rate", rate.to_string())));
        }
    }
    if let Some(captions) = &facts.captions {
        lines.extend(captions.cues.value().map(|&cues| ("Cues", cues.to_string())));
        lines.extend(captions.last_end.value().map(|&end| ("Last cue ends", seconds(end))));
    }
    lines
}

fn video_lines(video: &crate::facts::Video, track: &crate::facts::Track) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    lines.extend(video.displayed.value().or(video.dimensions.value()).map(|size| ("Picture", size.to_string())));
    lines.extend(video.frame_rate.value().map(|rate| ("Frame rate", format!("{} fps", rate.average.decimal(3)))));
    if let Some(codec) = track.codec.value() {
        let words = [Some(codec.name.as_ref()), video.profile.value().map(AsRef::as_ref)];
        let level = video.level.value().map(|level| format!(", level {level}")).unwrap_or_default();
        lines.push(("Video", words.into_iter().flatten().collect::<Vec<_>>().join(" ") + &level));
    }
    let chroma = video.chroma_format.value().map(ToString::to_string);
    let depth = video.bit_depth_luma.value().map(|depth| format!("{depth} bit"));
    let sampling: Vec<String> = [chroma, depth].into_iter().flatten().collect();
    if !sampling.is_empty() {
        lines.push(("Sampling", sampling.join(", ")));
    }
    lines
}

/// A size rounded, and to the byte.
fn size(count: u64) -> String {
    if count < Bytes::KIB {
        return bytes(count);
    }
    format!("{} ({})", bytes(count), counted(count, "byte"))
}
