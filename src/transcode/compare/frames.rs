//! Frames: their rate, their number, and which are missing or shown once more.

use super::difference::seconds;
use super::frame_match::{Unmatched, gaps, moments, unmatched};
use super::outcome::{Answer, Judged, Moment, Silence};
use super::pair::{File, Kind, Known, Pair, Pictures, exact, some};
use crate::facts::{Evidence, Format, FrameRate, Frames, Presentation};
use crate::finding::{Severity, Value};
use crate::transcode::plan::Trim;
use crate::units::{Duration, Ratio};

/// Whether pictures come as often.
pub(super) fn rate(pair: &Pair<'_>) -> Answer {
    let (source, result) = rates(pair)?;
    let limit = limit(pair);
    let (had, has) = (source.value.average, result.value.average);
    let answer = |is_kept, message, expected: Value| {
        Ok(Judged::new(is_kept, message, expected).source(had, source.at).result(has, result.at))
    };
    if is_same(source.value, result.value) {
        return answer(true, format!("{} frames/s", exact(has)), had.into());
    }
    let change = format!("{} frames/s became {}", exact(had), exact(has));
    let Some(limit) = limit.filter(|limit| had > *limit) else {
        return answer(false, change, had.into());
    };
    let message = format!("{change}, since at most {} are allowed", exact(limit));
    answer(is_lowered_well(source.value, result.value, limit), message, format!("at most {limit}").into())
}

/// Whether a rate above the limit went down to the limit, to a half of it, or to a whole part of the source's.
fn is_lowered_well(source: &FrameRate, result: &FrameRate, limit: Ratio) -> bool {
    // Frames that are missing lower the average and have rows of their own.
    let has = nominal(result);
    let parts = (2..=16).filter_map(|divisor| source.average.times(Ratio::new(1, divisor)?));
    let halves = [Some(limit), limit.times(HALF)].into_iter().flatten();
    // The clock may be rounded by as much as one frame over the whole.
    has <= limit && halves.chain(parts).any(|wanted| is_near(wanted, has, result.frames))
}

/// The rate of the usual interval where the clock is uneven, otherwise the average.
fn nominal(rate: &FrameRate) -> Ratio {
    if rate.uniform { rate.average } else { rate.most_frequent.unwrap_or(rate.average) }
}

/// Whether as many frames are shown.
pub(super) fn count(pair: &Pair<'_>) -> Answer {
    if pair.kinds()?.0 == Kind::Animation {
        return animated(pair);
    }
    let (source, result) = pair.videos()?;
    let (shown, of_result) = (frames(source)?, frames(result)?);
    let (from, to) = part(pair, shown.value.0, shown.value.1);
    let had = to.saturating_sub(from) as u64;
    let has = of_result.value.1.times.len() as u64;
    let answer = |expected: u64, message: String, tolerance: u64| {
        let off = expected.abs_diff(has);
        let severity = if off <= 1 { Severity::Warning } else { Severity::Error };
        Ok(Judged::new(off <= tolerance, message, expected)
            .source(had, shown.at)
            .result(has, of_result.at)
            .weighs(severity))
    };
    let (rate, lowered) = rates(pair)?;
    if is_kept_or_wrong(pair, rate.value, lowered.value) {
        let message = if had == has {
            format!("{} are shown in both", some(has, "frame"))
        } else {
            format!("{} of the source became {has}", some(had, "frame"))
        };
        return answer(had, message, 0);
    }
    // What the lower rate makes of the time that the part lasts.
    let ratio = Ratio::whole(had).times(nominal(lowered.value)).zip(rate.value.average.inverted());
    let expected = ratio.and_then(|(frames, inverted)| rounded(frames.times(inverted)?));
    let expected = expected.ok_or_else(|| Silence::because("its exact value passes 64 bits"))?;
    let message = format!("{} became {has} at the lower rate, where {expected} are due", some(had, "frame"));
    answer(expected, message, 1)
}

/// Which frames of the source are missing.
pub(super) fn dropped(pair: &Pair<'_>) -> Answer {
    if pair.kinds()? == (Kind::Animation, Kind::Movie) {
        return dropped_of_animation(pair);
    }
    let (source, result) = pair.videos()?;
    let (shown, of_result) = (frames(source)?, frames(result)?);
    let (presentation, times) = shown.value;
    let (from, to) = part(pair, presentation, times);
    let (rate, lowered) = rates(pair)?;
    if !is_kept_or_wrong(pair, rate.value, lowered.value) {
        return skipped(&shown, from, &of_result);
    }
    let Unmatched { dropped, .. } = unmatched(times, (from, to), of_result.value.1);
    let missing = moments(&dropped, times, presentation.start);
    let at_an_end = matches!(dropped.as_slice(), [one] if *one == from || one + 1 == to);
    let message = if dropped.is_empty() {
        "every frame of the source is there".to_owned()
    } else {
        format!(
            "{} of the source {} missing: {}",
            some(dropped.len() as u64, "frame"),
            are(dropped.len()),
            listed(&missing)
        )
    };
    let severity = if at_an_end { Severity::Warning } else { Severity::Error };
    Ok(Judged::new(dropped.is_empty(), message, 0_u64)
        .source((to.saturating_sub(from)) as u64, shown.at)
        .result((of_result.value.1.times.len()) as u64, of_result.at)
        .weighs(severity)
        .at_moments(missing))
}

/// Which frames of a GIF are missing in a film of it. One at a steady rate may show a frame several times.
fn dropped_of_animation(pair: &Pair<'_>) -> Answer {
    let animation = pair.source.facts.animation.as_deref().ok_or(Silence::NotApplicable)?;
    if pair.source.facts.format != Format::Gif {
        // The times of the others are not read.
        return Err(Silence::NotApplicable);
    }
    let source = pair.source.need("times of the frames", &animation.times)?;
    let shown =
        Frames { timescale: HUNDREDTHS, times: source.value.clone(), sync_samples: 0, longest_sync_interval: 0 };
    let of_result = frames(pair.result.pictures()?)?;
    let Unmatched { dropped, .. } = unmatched(&shown, (0, shown.times.len()), of_result.value.1);
    let missing = moments(&dropped, &shown, Duration::ZERO);
    let message = if dropped.is_empty() {
        "every frame of the source is there, at its time".to_owned()
    } else {
        let count = some(dropped.len() as u64, "frame");
        format!("{count} of the source {} not there at the right time: {}", are(dropped.len()), listed(&missing))
    };
    Ok(Judged::new(dropped.is_empty(), message, 0_u64)
        .source(shown.times.len() as u64, source.at)
        .result(of_result.value.1.times.len() as u64, of_result.at)
        .at_moments(missing))
}

/// Which frames of the result have none in the source.
pub(super) fn repeated(pair: &Pair<'_>) -> Answer {
    let (source, result) = pair.videos()?;
    let (shown, of_result) = (frames(source)?, frames(result)?);
    let (presentation, times) = shown.value;
    let (from, to) = part(pair, presentation, times);
    let (rate, lowered) = rates(pair)?;
    if !is_kept_or_wrong(pair, rate.value, lowered.value) {
        // At a lower rate frames stand between those of the source, and none can be told to be one too many.
        return Err(Silence::NotApplicable);
    }
    let Unmatched { repeated, .. } = unmatched(times, (from, to), of_result.value.1);
    let added = moments(&repeated, of_result.value.1, of_result.value.0.start);
    let message = if repeated.is_empty() {
        "no frame is shown that the source does not show".to_owned()
    } else {
        format!(
            "{} {} shown that the source does not show then: {}",
            some(repeated.len() as u64, "frame"),
            are(repeated.len()),
            listed(&added)
        )
    };
    Ok(Judged::new(repeated.is_empty(), message, 0_u64)
        .source((to.saturating_sub(from)) as u64, shown.at)
        .result((of_result.value.1.times.len()) as u64, of_result.at)
        .at_moments(added))
}

/// At a lower rate: where the result skips more than the rate does.
fn skipped(source: &ShownFrames<'_>, from: usize, result: &ShownFrames<'_>) -> Answer {
    let (presentation, frames) = result.value;
    let found = gaps(source.value.1, from, frames);
    let missing: Vec<Moment> = found
        .iter()
        .filter_map(|&(index, count)| {
            let time = frames.time(index)?.seconds().plus(presentation.start.seconds())?;
            Some(Moment { time: Duration(time), frames: count })
        })
        .collect();
    let count: u64 = found.iter().map(|(_, count)| count).sum();
    let message = if found.is_empty() {
        "the lower rate skips evenly".to_owned()
    } else {
        format!("{} too few at the lower rate: after {}", some(count, "frame"), listed(&missing))
    };
    Ok(Judged::new(found.is_empty(), message, 0_u64)
        .source((source.value.1.times.len()) as u64, source.at)
        .result((frames.times.len()) as u64, result.at)
        .at_moments(missing))
}

/// The frames of an animation, in an animation or a film.
fn animated(pair: &Pair<'_>) -> Answer {
    let animation = pair.source.facts.animation.as_deref().ok_or(Silence::NotApplicable)?;
    let source = pair.source.need("number of frames", &animation.frames)?;
    let (has, at, is_film) = match (&pair.result.facts.animation, &pair.result.facts.movie) {
        (Some(animation), _) => {
            let frames = pair.result.need("number of frames", &animation.frames)?;
            (*frames.value, frames.at, false)
        }
        (None, Some(_)) => {
            let frames = frames(pair.result.pictures()?)?;
            (frames.value.1.times.len() as u64, frames.at, true)
        }
        (None, None) => return Err(Silence::NotApplicable),
    };
    let had = *source.value;
    let limit = pair.demand(|limits, category| limits.gif_too_many_frames.of(category)).map(|limit| limit.0);
    let expected = limit.filter(|limit| !is_film && had > *limit).unwrap_or(had);
    // A film at a steady rate shows frames of longer delays several times.
    // What was kept is no loss, whatever the limits say of it.
    let is_kept = if is_film { has >= expected } else { has == expected || has == had };
    let message = match (had == has, expected == had) {
        (true, _) => format!("{} in both", some(has, "frame")),
        (false, true) => format!("{} became {has}", some(had, "frame")),
        (false, false) => format!("{} became {has}, since at most {expected} are allowed", some(had, "frame")),
    };
    Ok(Judged::new(is_kept, message, expected).source(had, source.at).result(has, at))
}

/// The frames of a video and where they are told.
struct ShownFrames<'a> {
    value: (&'a Presentation, &'a Frames),
    at: &'a Evidence,
}

fn frames(pictures: Pictures<'_>) -> Result<ShownFrames<'_>, Silence> {
    let known = pictures.file.presentation(pictures.track)?;
    let frames = pictures.file.need("times of the frames", &known.value.frames)?;
    Ok(ShownFrames { value: (known.value, frames.value), at: known.at })
}

fn rates<'a>(pair: &Pair<'a>) -> Result<(Known<'a, FrameRate>, Known<'a, FrameRate>), Silence> {
    let (source, result) = pair.videos()?;
    let rate = |pictures: Pictures<'a>| -> Result<Known<'a, FrameRate>, Silence> {
        let file: File<'a> = pictures.file;
        // A single frame has no rate.
        file.read("frame rate", &pictures.video.frame_rate)?.ok_or(Silence::NotApplicable)
    };
    Ok((rate(source)?, rate(result)?))
}

/// The indices of the frames that the result should show: from the first to past the last.
fn part(pair: &Pair<'_>, presentation: &Presentation, frames: &Frames) -> (usize, usize) {
    pair.options.trim.map_or((0, frames.times.len()), |trim| within(trim, presentation, frames))
}

/// The indices of the frames that come within a part: from the first to past the last.
pub(super) fn within(trim: Trim, presentation: &Presentation, frames: &Frames) -> (usize, usize) {
    let start = presentation.start.seconds();
    let before = |end: Duration| {
        frames.times.partition_point(|&ticks| {
            let time = Ratio::new(ticks, frames.timescale.into()).and_then(|time| time.plus(start));
            time.is_some_and(|time| Duration(time) < end)
        })
    };
    (before(trim.start), before(trim.end))
}

/// The most frames a second that the pack takes.
fn limit(pair: &Pair<'_>) -> Option<Ratio> {
    pair.demand(|limits, category| limits.frame_rate_too_high.of(category)).map(|limit| limit.0)
}

/// Whether frames are to be paired one by one: the rate was kept, or had no reason to change.
fn is_kept_or_wrong(pair: &Pair<'_>, source: &FrameRate, result: &FrameRate) -> bool {
    is_same(source, result) || limit(pair).is_none_or(|limit| source.average <= limit)
}

/// Whether two rates are the same: exactly where both clocks are even. Otherwise within one frame over the whole, on average or by
/// the usual interval, which frames that are missing do not change.
fn is_same(source: &FrameRate, result: &FrameRate) -> bool {
    if source.uniform && result.uniform {
        return source.average == result.average;
    }
    let frames = source.frames.max(result.frames);
    let usual = source.most_frequent.zip(result.most_frequent).is_some_and(|(a, b)| is_near(a, b, frames));
    usual || is_near(source.average, result.average, frames)
}

/// Whether two rates make a difference of less than one frame in `frames` frames.
fn is_near(wanted: Ratio, rate: Ratio, frames: u64) -> bool {
    let (a, b) = (
        u128::from(wanted.numerator()) * u128::from(rate.denominator()),
        u128::from(rate.numerator()) * u128::from(wanted.denominator()),
    );
    a.abs_diff(b).saturating_mul(u128::from(frames)) < a.max(b)
}

/// A ratio as a whole number, rounded half up.
fn rounded(ratio: Ratio) -> Option<u64> {
    let (numerator, denominator) = (u128::from(ratio.numerator()), u128::from(ratio.denominator()));
    u64::try_from((numerator * 2 + denominator) / (denominator * 2)).ok()
}

/// The verb of so many frames.
const fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

/// The first moments in words.
fn listed(moments: &[Moment]) -> String {
    let mut words: Vec<String> = moments
        .iter()
        .take(NAMED)
        .map(|moment| match moment.frames {
            1 => format!("at {}", seconds(moment.time)),
            more => format!("{more} from {}", seconds(moment.time)),
        })
        .collect();
    if moments.len() > NAMED {
        words.push(format!("and {} more places", moments.len() - NAMED));
    }
    words.join(", ")
}

/// Ticks a second of GIF.
const HUNDREDTHS: u32 = 100;
/// Moments that a message names.
const NAMED: usize = 4;

const HALF: Ratio = match Ratio::new(1, 2) {
    Some(half) => half,
    None => Ratio::whole(0),
};
