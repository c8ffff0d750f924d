//! Whether sound and pictures still belong together, and whether they begin as soon.
//!
//! A track begins where its first sample is presented: after the empty edits in front of it, later by its first composition
//! time where no edit cuts that. AAC begins with priming, which an edit list cuts. Where the sound was copied and the cut
//! is another one, the same samples come that much sooner or later; where it was encoded anew without a cut, its 1024
//! samples of priming are heard.

use super::difference::{Difference, millis};
use super::duration::longest_frame;
use super::frames::within;
use super::outcome::{Answer, Judged, Silence};
use super::pair::{File, Known, Pair, sound_frame};
use crate::facts::{Evidence, Movie, Presentation, Track};
use crate::transcode::plan::Trim;
use crate::units::Duration;

/// The distance from the first picture to the first sound.
pub(super) fn offset(pair: &Pair<'_>) -> Answer {
    let (source, result) = (begin(pair.source)?, begin(pair.result)?);
    if let Some(trim) = pair.options.trim {
        return trimmed(&source, &result, trim, pair);
    }
    let overflow = || Silence::because("its exact value passes 64 bits");
    let (had, has) = (source.distance().ok_or_else(overflow)?, result.distance().ok_or_else(overflow)?);
    let mut shift = Difference::between(has, had).ok_or_else(overflow)?;
    let mut note = String::new();
    if let Some(priming) = priming((source.track, source.sound.value), (result.track, result.sound.value)) {
        shift = Difference::between(shift, priming.negated()).ok_or_else(overflow)?;
        note = format!(", of which {priming} is priming that is cut otherwise");
    }
    let tolerance = tolerance(pair)?;
    let message = if shift.size == Duration::ZERO {
        "the sound keeps its place".to_owned()
    } else {
        let way = if shift.is_negative { "sooner" } else { "later" };
        format!("the sound comes {} {way} than in the source{note}", millis(shift.size))
    };
    let message = format!("{message} (tolerance {})", millis(tolerance));
    Ok(Judged::new(shift.is_within(tolerance), message, had.to_string())
        .source(had.to_string(), source.sound.at)
        .result(has.to_string(), result.sound.at))
}

/// In a part of the film both tracks are cut where it begins, unless they begin later.
fn trimmed(source: &Begin<'_>, result: &Begin<'_>, trim: Trim, pair: &Pair<'_>) -> Answer {
    let overflow = || Silence::because("its exact value passes 64 bits");
    let has = result.distance().ok_or_else(overflow)?;
    let tolerance = tolerance(pair)?;
    let sound = source.sound.value.start.max(trim.start);
    // The picture that is there as the part begins may be shown from then on, or left out with all that was before.
    let ways = [Some(source.video.value.start.max(trim.start)), first_within(trim, source.video.value)];
    let mut shift = None::<Difference>;
    for picture in ways.into_iter().flatten() {
        let due = Difference::of(sound, picture).ok_or_else(overflow)?;
        let off = Difference::between(has, due).ok_or_else(overflow)?;
        shift = Some(shift.filter(|other| other.size <= off.size).unwrap_or(off));
    }
    let shift = shift.ok_or(Silence::NotApplicable)?;
    let message = format!(
        "the sound of the part begins at {has} from its pictures, {shift} from where it should (tolerance {})",
        millis(tolerance)
    );
    let due = Difference::between(has, shift).ok_or_else(overflow)?;
    let had = source.distance().ok_or_else(overflow)?;
    Ok(Judged::new(shift.is_within(tolerance), message, due.to_string())
        .source(had.to_string(), source.sound.at)
        .result(has.to_string(), result.sound.at))
}

/// When the first picture within a part is shown. Absent: there is none, or their times are not known.
fn first_within(trim: Trim, video: &Presentation) -> Option<Duration> {
    let frames = video.frames.value()?;
    let (first, last) = within(trim, video, frames);
    let time = frames.time(first).filter(|_| first < last)?;
    time.seconds().plus(video.start.seconds()).map(Duration)
}

/// How much sound may come nearer to or further from its picture: a frame, and no more than what people notice.
fn tolerance(pair: &Pair<'_>) -> Result<Duration, Silence> {
    let frame = longest_frame(pair).ok_or_else(|| Silence::because("no frame rate is known"))?;
    Ok(frame.min(NOTICED))
}

/// When the first of all is presented.
pub(super) fn start(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.movies()?;
    if pair.options.trim.is_some() {
        return Err(Silence::NotApplicable);
    }
    let (had, source_at) = earliest(pair.source, source)?;
    let (has, result_at) = earliest(pair.result, result)?;
    let shift = Difference::of(has, had).ok_or_else(|| Silence::because("its exact value passes 64 bits"))?;
    let tolerance = longest_frame(pair).ok_or_else(|| Silence::because("no frame rate is known"))?;
    let message = format!("it begins at {}, {shift} from the source (tolerance {})", millis(has), millis(tolerance));
    Ok(Judged::new(shift.is_within(tolerance), message, had).source(had, source_at).result(has, result_at))
}

/// When the first track of a film begins, and where that is told.
fn earliest<'a>(file: File<'a>, movie: &'a Movie) -> Result<(Duration, &'a Evidence), Silence> {
    let mut earliest: Option<(Duration, &Evidence)> = None;
    for track in movie.video_track().into_iter().chain(movie.audio_tracks()) {
        let known = file.presentation(track)?;
        if earliest.is_none_or(|(time, _)| known.value.start < time) {
            earliest = Some((known.value.start, known.at));
        }
    }
    earliest.ok_or(Silence::NotApplicable)
}

/// Where the tracks of one film begin.
struct Begin<'a> {
    video: Known<'a, Presentation>,
    sound: Known<'a, Presentation>,
    track: &'a Track,
}

impl Begin<'_> {
    /// From the first picture to the first sound; negative where the sound comes first.
    fn distance(&self) -> Option<Difference> {
        Difference::of(self.sound.value.start, self.video.value.start)
    }
}

fn begin(file: File<'_>) -> Result<Begin<'_>, Silence> {
    let movie = file.facts.movie.as_deref();
    if movie.is_none() {
        file.kind()?;
    }
    let movie = movie.ok_or(Silence::NotApplicable)?;
    let pictures = file.pictures()?;
    let track = movie.audio_tracks().next().ok_or(Silence::NotApplicable)?;
    Ok(Begin { video: file.presentation(pictures.track)?, sound: file.presentation(track)?, track })
}

/// How much more priming is heard in the result, so that the sound comes later. `None`: it makes no difference.
pub(super) fn priming(source: (&Track, &Presentation), result: (&Track, &Presentation)) -> Option<Difference> {
    let is_copy = source.0.samples.value().is_some()
        && source.0.samples.value() == result.0.samples.value()
        && source.0.sample_bytes.value() == result.0.sample_bytes.value();
    let later = if is_copy {
        Difference::of(source.1.skipped, result.1.skipped)?
    } else if is_aac(result.0) && result.1.skipped == Duration::ZERO {
        Difference { is_negative: false, size: sound_frame(result.0)? }
    } else {
        return None;
    };
    (later.size > Duration::ZERO).then_some(later)
}

fn is_aac(track: &Track) -> bool {
    track.codec.value().is_some_and(|codec| codec.name == "AAC")
}

/// Sound that comes this much sooner than its picture is noticed (ITU-R BT.1359-1, 1998, annex 1).
const NOTICED: Duration = Duration::from_millis(45);
