//! Whether a result is still the same film, but for what the steps were meant to change.

use std::path::Path;

use super::error::FixError;
use crate::facts::{AnomalyKind, CaptionFaultKind, ChromaFormat, Facts, Format, Track};
use crate::finding::Severity;
use crate::input::{Extras, FileSource, Limits};
use crate::profile::{Category, Profile};
use crate::syntax::inspect_with;
use crate::transcode::compare::{self, Compared, Options};
use crate::transcode::plan::{Action, Trim};
use crate::units::{Duration, Ratio};

/// What a result was held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// The source.
    Source,
    /// The streams of the source as they were put into a container that is read here. What was lost on the way there is not seen.
    Rewrapped,
    /// Nothing, for the reason given.
    Nothing(String),
}

/// The facts of a file with all that a comparison needs.
pub(super) fn read(path: &Path) -> Result<Facts, FixError> {
    let unreadable = |why: String| FixError::Source { path: path.to_owned(), why };
    let source = FileSource::open(path).map_err(|error| unreadable(error.to_string()))?;
    inspect_with(&source, Limits::default(), Extras::COMPARISON).map_err(|error| unreadable(error.to_string()))
}

/// Whether there is anything to compare in a file.
pub(super) fn is_comparable(facts: &Facts) -> bool {
    facts.movie.is_some() || facts.animation.is_some() || facts.image.is_some() || facts.captions.is_some()
}

/// Why nothing of a file can be compared.
pub(super) fn why_not(facts: &Facts) -> String {
    match facts.format {
        Format::Matroska | Format::WebM => "it is damaged before its tracks could be read".to_owned(),
        other => format!("{} is not read here", other.name()),
    }
}

/// What whoever has the file should know of its damage, where no rule tells it, since rules do not read such files. `None`: it has none.
pub(super) fn damage(facts: &Facts) -> Option<String> {
    let anomaly = facts.anomalies.iter().find(|_| matches!(facts.format, Format::Matroska | Format::WebM))?;
    let what = format!("{} at offset {}", anomaly.message, anomaly.at.offset);
    Some(format!(
        "The file is cut off or damaged ({what}): what is behind that is lost unless there is a whole copy elsewhere"
    ))
}

/// The rows by which a result is not the same as what it was made of, and that none of the actions is meant to change.
pub(super) fn lost(
    source: &Facts,
    result: &Facts,
    profile: &Profile,
    category: Option<Category>,
    actions: &[Action],
) -> Vec<Compared> {
    let trim = actions.iter().find_map(|action| match action {
        Action::Trim(trim) => Some(*trim),
        _ => None,
    });
    let options = Options { category, trim, ..Options::default() };
    let comparison = compare::compare(source, result, profile, &options);
    let is_copied = !actions.iter().any(|action| matches!(action, Action::EncodeVideo(_)));
    let runs_on = is_copied && trim.is_some_and(|trim| runs_on(trim, source, result).unwrap_or(false));
    let is_cut_off = is_damaged(source);
    let is_explained = |row: &str| {
        actions.iter().any(|action| is_meant(action, row, source, result))
            || is_delay(row, source, result)
            || (is_cut_off && AFTER_DAMAGE.contains(&row))
            || (runs_on && AFTER_END.contains(&row))
    };
    let is_loss = |row: &&Compared| row.severity == Severity::Error && !is_explained(&row.row);
    comparison.failed().filter(is_loss).cloned().collect()
}

/// The rows that tell what a result lacks though it is the same, and that no plan can tell: tracks of containers whose streams
/// were copied as they came, and pixels of a picture that was made smaller to fit.
pub(super) fn lacking(source: &Facts, result: &Facts, profile: &Profile, actions: &[Action]) -> Vec<Compared> {
    let comparison = compare::compare(source, result, profile, &Options::default());
    let is_copied = actions.iter().any(|action| matches!(action, Action::Rewrap { .. }));
    let is_told = |row: &&Compared| {
        row.severity == Severity::Warning
            && (row.row == TRACKS && is_copied || row.row == "picture-size" && source.image.is_some())
    };
    comparison.failed().filter(is_told).cloned().collect()
}

/// The row about tracks that are missing.
pub(super) const TRACKS: &str = "tracks";

/// Whether an action is meant to change what a row looks at.
fn is_meant(action: &Action, row: &str, source: &Facts, result: &Facts) -> bool {
    const LENGTHS: &[&str] = &["duration", "video-duration"];
    const FRAMES: &[&str] = &["frame-rate", "frame-count", "dropped-frames"];
    const COLOURS: &[&str] = &["colour-primaries", "colour-transfer", "colour-matrix", "colour-range"];
    let is = |rows: &[&str]| rows.contains(&row);
    match action {
        Action::HoldLast { .. } => (is(LENGTHS) || is(FRAMES)) && !is_shorter(source, result),
        Action::SetRate { .. } | Action::DropFrames { .. } => is(FRAMES),
        Action::Deinterlace { .. } => row == "scan",
        Action::Scale { .. } => row == "upscaling",
        Action::Pad { .. } => is(&["display-aspect", "upscaling"]),
        Action::EncodeVideo(encode) => is(COLOURS) && (encode.tone_map || may_be_rgb(source)),
        Action::EncodeSound { .. } => row == "channels",
        Action::GifToFilm(film) => {
            is(LENGTHS) && film.plays > 1 || row == "upscaling" || row == "display-aspect" && film.is_bordered()
        }
        Action::EndGif => is(LENGTHS) || is(FRAMES),
        Action::Captions(how) if how.renumber => is(&["cues", "last-cue"]) && loses_only_empty_cues(source, result),
        Action::FirstPicture => is(LENGTHS) || is(FRAMES) || row == "content",
        _ => false,
    }
}

/// Whether the cues that are missing are those without a text, of which nothing is ever seen.
fn loses_only_empty_cues(source: &Facts, result: &Facts) -> bool {
    let (Some(had), Some(has)) = (source.captions.as_deref(), result.captions.as_deref()) else { return false };
    let empty = had.faults.iter().filter(|fault| fault.kind == CaptionFaultKind::MissingText).count() as u64;
    let cues = had.cues.value().zip(has.cues.value());
    empty > 0 && cues.is_some_and(|(had, has)| had.checked_sub(*has) == Some(empty))
}

/// Whether what is read of a file may end anywhere.
fn is_damaged(source: &Facts) -> bool {
    source.anomalies.iter().any(|anomaly| matches!(anomaly.kind, AnomalyKind::Malformed | AnomalyKind::Truncated))
}

/// Whether a part that was copied ends late by no more than the pictures that B pictures need.
fn runs_on(trim: Trim, source: &Facts, result: &Facts) -> Option<bool> {
    let video = source.video_track()?.video.as_deref()?;
    let frame = video.frame_rate.value()?.average.inverted()?;
    let most = trim.length().seconds().plus(frame.times(Ratio::whole(REORDERED))?)?.plus(PRIMING)?;
    let length = result.movie.as_ref()?.duration.value()?.seconds();
    Some(trim.length().seconds() <= length && length <= most)
}

fn is_shorter(source: &Facts, result: &Facts) -> bool {
    let length = |facts: &Facts| facts.movie.as_ref().and_then(|movie| movie.duration.value().copied());
    length(result) < length(source)
}

/// RGB has to become 4:2:0, and that has a matrix and a range of its own.
fn may_be_rgb(facts: &Facts) -> bool {
    let video = facts.video_track().and_then(|track| track.video.as_deref());
    video.is_some_and(|video| {
        let is_identity = video.colour.value().is_some_and(|colour| colour.matrix == IDENTITY);
        // Of codecs that are not read here it is not known.
        let is_unread = video.colour.value().is_none() && video.chroma_format.value().is_none();
        is_identity || is_unread || video.chroma_format.value() == Some(&ChromaFormat::Rgb)
    })
}

/// Whether a row fails only since fragments without an edit list show the first picture late, by the delay of B pictures, and the
/// result shows it at once.
fn is_delay(row: &str, source: &Facts, result: &Facts) -> bool {
    let is_fragmented = source.movie.as_ref().is_some_and(|movie| movie.fragmented.value() == Some(&true));
    let Some(is_within) = differences(source, result) else { return false };
    is_fragmented
        && match row {
            "duration" | "video-duration" => is_within.length,
            "av-sync" => is_within.sync,
            _ => false,
        }
}

/// Whether lengths, and the distance of sound and pictures, differ by no more than the delay of the first picture.
struct Within {
    length: bool,
    sync: bool,
}

fn differences(source: &Facts, result: &Facts) -> Option<Within> {
    let had = source.video_track()?.presentation.value()?;
    let has = result.video_track()?.presentation.value()?;
    if had.skipped > Duration::ZERO {
        return None;
    }
    let most = had.start.seconds().plus(PRIMING)?;
    let is_near = |a: Ratio, b: Ratio| Some(a <= b.plus(most)? && b <= a.plus(most)?);
    let sound = |facts: &'_ Facts| {
        let track: Option<Track> = facts.movie.as_ref()?.audio_tracks().next().cloned();
        track?.presentation.value().map(|presentation| presentation.start.seconds())
    };
    let sync = match (sound(source), sound(result)) {
        (Some(before), Some(after)) => is_near(after.plus(had.start.seconds())?, before.plus(has.start.seconds())?)?,
        _ => true,
    };
    let whole = |facts: &Facts| facts.movie.as_ref()?.duration.value().map(|duration| duration.seconds());
    let length = is_near(had.length.seconds(), has.length.seconds())? && is_near(whole(source)?, whole(result)?)?;
    Some(Within { length, sync })
}

/// Rows that damage of the source explains.
const AFTER_DAMAGE: &[&str] = &[
    "duration",
    "video-duration",
    "audio-duration",
    "frame-rate",
    "frame-count",
    "dropped-frames",
    "av-sync",
    "tracks",
    "location",
];
/// Rows that a few pictures behind the end of a part explain.
const AFTER_END: &[&str] = &["duration", "video-duration", "audio-duration", "frame-count"];
/// Pictures that B pictures are put behind at most, by the encoders in use.
const REORDERED: u64 = 4;
/// What a cut of the priming of AAC may add to a delay: one frame at 44.1 kHz and above.
const PRIMING: Ratio = match Ratio::new(1, 40) {
    Some(ratio) => ratio,
    None => Ratio::whole(0),
};
/// The matrix coefficients of RGB (ISO/IEC 23091-2).
const IDENTITY: u16 = 0;
