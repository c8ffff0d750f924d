//! What helps against the findings of a still image.

use super::cap::cap;
use super::geometry::fitted;
use super::{Action, Options, Remedy};
use crate::facts::Orientation;
use crate::finding::FileReport;
use crate::profile::{Level, Profile};
use crate::units::Dimensions;

/// What helps against one finding of a rule.
pub(super) fn remedy(report: &FileReport, profile: &Profile, options: &Options, rule: &str) -> Remedy {
    match rule {
        "file-too-large" | "too-many-segments" => match most_bytes(report, profile, options) {
            Some(bytes) => bared(report, bytes).unwrap_or_else(|| drawn(report, Action::FitImage { bytes })),
            None => Remedy::Stays,
        },
        "image-dimensions" | "image-pixel-budget" => match size(report, profile) {
            Some(to) => drawn(report, Action::ScaleImage { to, most: most_bytes(report, profile, options) }),
            None => Remedy::Impossible("The size of the image is not known".to_owned()),
        },
        "animated-image" => Remedy::one(Action::FirstPicture),
        "gif-missing-trailer" => Remedy::one(Action::EndGif),
        "malformed-file" | "truncated-file" | "undecodable-pixels" | "budget-exceeded" => Remedy::Impossible(
            "A part of the picture is missing or damaged, and nobody can draw it anew: copy or export the image again"
                .to_owned(),
        ),
        _ => Remedy::Stays,
    }
}

fn most_bytes(report: &FileReport, profile: &Profile, options: &Options) -> Option<u64> {
    [options.most_bytes, cap(report, profile)].into_iter().flatten().min()
}

/// The picture as it is, without its metadata, where that is enough to fit so many bytes.
pub(super) fn bared(report: &FileReport, most: u64) -> Option<Remedy> {
    let spare = *report.facts.image.as_ref()?.spare.value()?;
    let is_enough = report.facts.size.saturating_sub(spare) <= most;
    is_enough.then(|| Remedy::one(Action::DropMetadata { bytes: spare }))
}

/// What writes one picture: of an animation the first one, which is said as a step of its own.
fn drawn(report: &FileReport, action: Action) -> Remedy {
    let first = report.facts.is_animated().then_some(Action::FirstPicture);
    Remedy::Actions(first.into_iter().chain([action]).collect())
}

/// The size that an image must have, as it is shown.
fn size(report: &FileReport, profile: &Profile) -> Option<Dimensions> {
    let limits = profile.limits();
    let image = report.facts.image.as_deref()?;
    let stored = *image.dimensions.value()?;
    let shown = if image.orientation.value().is_some_and(|turn: &Orientation| turn.exchanges_axes()) {
        stored.turned()
    } else {
        stored
    };
    let edges = limits.image_dimensions.of(report.category);
    let pixels = limits.image_pixel_budget.of(report.category);
    let (least, most) = (edges.value.min.0, edges.value.max.0);
    let is_bounded = edges.level != Level::Off;
    if is_bounded && (shown.width < least.width || shown.height < least.height) {
        // Whole multiples keep each pixel as it is.
        let times = least.width.div_ceil(shown.width.max(1)).max(least.height.div_ceil(shown.height.max(1)));
        return Some(Dimensions::new(shown.width.checked_mul(times)?, shown.height.checked_mul(times)?));
    }
    let pixels = (pixels.level != Level::Off).then_some(pixels.value.image);
    Some(fitted(shown, is_bounded.then_some(most), pixels))
}
