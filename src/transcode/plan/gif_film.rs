//! What makes a film of an animated GIF: which size, how many plays, and what the film will be.

use super::cap::cap_of;
use super::geometry::{Bounds, Shape};
use super::movie::gop;
use super::rate::{Wanted, bytes};
use super::{Action, GifFilm, Ideas, Options, Plan, Remedy};
use crate::facts::{
    AnomalyKind, ChromaFormat, Codec, Evidence, Fact, Facts, Format, FourCc, FrameRate, GopLength, Movie, OpenGops,
    Rotation, Scan, Track, TrackKind, Video,
};
use crate::finding::{FileReport, Severity};
use crate::profile::{Category, Level, Profile};
use crate::units::{BitRate, Dimensions, Duration, Ratio};

/// Whether so much of the GIF is lost in a plan that a film of it is better: half of its frames, or three quarters of its pixels
/// over all frames.
pub(super) fn is_costly(plan: &Plan, report: &FileReport) -> bool {
    let canvas = report.facts.image.as_ref().and_then(|image| image.dimensions.value()).map(|size| size.pixels());
    let mut kept = Ratio::whole(1);
    let mut frames = Ratio::whole(1);
    for action in plan.actions() {
        let part = match action {
            Action::DropFrames { keep, of } => Ratio::new(*keep, *of).inspect(|part| frames = *part),
            Action::ScaleGif { to } => canvas.and_then(|canvas| Ratio::new(to.pixels(), canvas)),
            Action::FitGif { bytes } => Ratio::new((*bytes).min(report.size), report.size),
            _ => None,
        };
        kept = part.and_then(|part| kept.times(part)).unwrap_or(kept);
    }
    let is_below = |part: Ratio, denominator| Ratio::new(1, denominator).is_some_and(|least| part < least);
    is_below(frames, 2) || is_below(kept, 4)
}

/// What makes a film of the GIF.
pub(super) fn remedy(report: &FileReport, profile: &Profile, options: &Options) -> Remedy {
    let is_damaged = |kind: AnomalyKind| {
        matches!(kind, AnomalyKind::Malformed | AnomalyKind::Truncated | AnomalyKind::BudgetExceeded)
    };
    if report.facts.anomalies.iter().any(|anomaly| is_damaged(anomaly.kind)) {
        return Remedy::Impossible(
            "No film can be made of a GIF that is damaged or cut off: mend it first, as a GIF (--gif-as gif)"
                .to_owned(),
        );
    }
    match film(report, profile, options) {
        Some(film) => Remedy::one(Action::GifToFilm(film)),
        None => Remedy::Impossible("The size of the GIF, or how long it is shown, is not known".to_owned()),
    }
}

/// The category that the film is sent under: of the same kind of message.
pub(super) const fn category(category: Option<Category>) -> Category {
    match category {
        Some(Category::DmGif | Category::DmImage | Category::DmVideo) => Category::DmVideo,
        _ => Category::TweetVideo,
    }
}

/// Takes the film for the one step, and says what it costs.
pub(super) fn take(report: &FileReport, remedy: Remedy, options: &Options, ideas: &mut Ideas) {
    let action = match remedy {
        Remedy::Actions(actions) => actions.into_iter().next(),
        Remedy::Impossible(why) => {
            ideas.refuse(Severity::Error, "gif-as", why);
            None
        }
        Remedy::Stays => None,
    };
    let Some(action) = action else { return };
    if options.safe_only {
        ideas.refuse(Severity::Error, "gif-as", format!("It needs a lossy step: {action}"));
        return;
    }
    ideas
        .notes
        .push(format!("The result is a film: it is sent as {}, and no longer as a GIF.", category(report.category)));
    if let Some(animation) = &report.facts.animation {
        if !animation.loop_count.is_absent() && animation.loop_count.value() != Some(&1) {
            ideas.notes.push(
                "A GIF says how often it is played, and a film does not: where it ends is for the player to say."
                    .to_owned(),
            );
        }
        if animation.may_be_transparent {
            ideas.notes.push("What is transparent in the GIF is white in the film.".to_owned());
        }
    }
    ideas.needed.push(action);
}

/// How the film is made. `None`: the size or the duration of the GIF is not known, or not even a poor picture fits.
fn film(report: &FileReport, profile: &Profile, options: &Options) -> Option<GifFilm> {
    let animation = report.facts.animation.as_deref()?;
    let size = *report.facts.image.as_ref()?.dimensions.value()?;
    let (frames, shown) = (*animation.frames.value()?, *animation.shown.value()?);
    let last = *animation.last_shown.value()?;
    let category = Some(category(report.category));
    let limits = profile.limits();

    let shortest = limits.duration_too_short.of(category);
    let least = if shortest.level == Level::Off { Duration::ZERO } else { shortest.value };
    let plays = times(least.seconds(), shown.seconds())?;
    let duration = Duration(shown.seconds().times(Ratio::whole(plays.into()))?);

    let largest = limits.dimensions_too_large.of(category);
    let largest = (largest.level != Level::Off).then_some(largest.value.0);
    let smallest = limits.dimensions_too_small.of(category);
    let smallest = (smallest.level != Level::Off).then_some(smallest.value.0);
    let pixels = limits.video_pixel_budget.of(category);
    let aspect = limits.aspect_ratio.of(category);
    let bounds = Bounds {
        largest,
        pixels: (pixels.level != Level::Off).then_some(pixels.value.0),
        smallest,
        aspect: (aspect.level != Level::Off).then_some((aspect.value.min.0, aspect.value.max.0)),
    };
    // Whole multiples of a tiny picture keep its pixels as they are.
    let multiple = smallest.map_or(1, |least| least.short_edge().div_ceil(size.short_edge().max(1)).max(1));
    let larger = Dimensions::new(size.width.checked_mul(multiple)?, size.height.checked_mul(multiple)?);
    let fits = |most: Dimensions| larger.long_edge() <= most.long_edge() && larger.short_edge() <= most.short_edge();
    let enlarged = if largest.is_none_or(fits) { larger } else { size };
    let up = |edge: u32| edge.checked_add(edge & 1);
    let even = Dimensions::new(up(enlarged.width)?, up(enlarged.height)?);
    let shape = Shape::of(even, Ratio::whole(1), bounds)?;
    let picture = if shape.picture == even { enlarged } else { shape.picture };

    let rate = Ratio::whole(frames).times(shown.seconds().inverted()?);
    let wanted = Wanted {
        size: shape.whole,
        rate,
        duration: Some(duration),
        cap: [options.most_bytes, cap_of(category, profile)].into_iter().flatten().min(),
        sound: 0,
        source: BitRate::of(report.size, shown),
    };
    let longest = limits.gop_too_long.of(category);
    let most = if longest.level == Level::Off { u64::MAX } else { longest.value.0 };
    Some(GifFilm {
        frames,
        plays,
        duration,
        last,
        picture,
        whole: shape.whole,
        gop: gop(rate, most),
        rate: wanted.control()?,
    })
}

/// How often something of a length is repeated until it lasts at least so long; once at least.
fn times(least: Ratio, length: Ratio) -> Option<u32> {
    let quotient = least.times(length.inverted()?)?;
    u32::try_from(quotient.numerator().div_ceil(quotient.denominator()).max(1)).ok()
}

/// The facts of the film, as far as rules look at them.
pub(super) fn predicted(film: &GifFilm) -> Facts {
    let mut facts = Facts::new(bytes(film.rate, film.duration, 0).unwrap_or(u64::MAX), Format::Mp4);
    let pictures = film.frames.saturating_mul(film.plays.into());
    let square = || known(Ratio::whole(1));
    let video = Video {
        profile: known("High".into()),
        chroma_format: known(ChromaFormat::Yuv420),
        bit_depth_luma: known(8),
        bit_depth_chroma: known(8),
        dimensions: known(film.whole),
        entry_dimensions: known(film.whole),
        displayed: known(film.whole),
        rotation: known(Rotation::default()),
        clean_aperture: Fact::Absent,
        pixel_aspect_box: square(),
        pixel_aspect_vui: square(),
        frame_rate: rate(film, pictures).map_or(Fact::Absent, known),
        frame_mbs_only: known(true),
        field_count_box: Fact::Absent,
        scan: known(Scan::Progressive),
        open_gops: known(OpenGops { count: 0, first: None, leading_pictures: 0 }),
        longest_gop: known(GopLength { frames: film.gop.into(), upper_bound: false, first: None }),
        sync_contradiction: Fact::Absent,
        intra_refresh: known(false),
        ..Video::default()
    };
    let track = Track {
        enabled: known(true),
        codec: known(Codec { fourcc: FourCc(*b"avc1"), name: "H.264".into(), encrypted: false }),
        duration: known(film.duration),
        samples: known(pictures),
        bit_rate: Fact::unknown("the encoder decides it"),
        video: Some(Box::new(video)),
        ..Track::new(0, TrackKind::Video)
    };
    facts.movie = Some(Box::new(Movie {
        fragmented: known(false),
        moov_at_end: known(false),
        duration: known(film.duration),
        duration_track: Some(0),
        tracks: vec![track],
        ..Movie::default()
    }));
    facts
}

/// Frames a second on average. `None`: one picture has no rate.
fn rate(film: &GifFilm, pictures: u64) -> Option<FrameRate> {
    let intervals = pictures.checked_sub(1).filter(|intervals| *intervals > 0)?;
    let span = Duration(super::options::minus(film.duration.seconds(), film.last.seconds()));
    let average = Ratio::whole(intervals).times(span.seconds().inverted()?)?;
    Some(FrameRate { frames: pictures, span, average, uniform: false, most_frequent: None, fastest_run: None })
}

/// A fact that is known because it is made so.
fn known<T>(value: T) -> Fact<T> {
    Fact::known(value, Evidence::new(0, "plan"))
}

#[cfg(test)]
#[path = "gif_film/tests.rs"]
mod tests;
