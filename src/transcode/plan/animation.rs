//! What helps against the findings of an animated GIF.

use super::cap::cap;
use super::geometry::fitted;
use super::still::bared;
use super::{Action, Options, Remedy};
use crate::finding::FileReport;
use crate::profile::{Level, Profile};
use crate::units::Dimensions;

/// What helps against one finding of a rule.
pub(super) fn remedy(report: &FileReport, profile: &Profile, options: &Options, rule: &str) -> Remedy {
    let animation = Animation { report, profile, options };
    match rule {
        "gif-missing-trailer" => Remedy::one(Action::EndGif),
        "truncated-file" => animation.ended(),
        "gif-too-many-frames" => animation.thinned(),
        "gif-pixel-budget" => animation.fewer_pixels(),
        // Drawn anew in the same size, frames end where the canvas does.
        "gif-dimensions" | "image-pixel-budget" | "gif-frame-outside-canvas" => animation.scaled(),
        "file-too-large" | "too-many-segments" => match animation.cap() {
            Some(bytes) => bared(report, bytes).unwrap_or_else(|| Remedy::one(Action::FitGif { bytes })),
            None => Remedy::Stays,
        },
        "malformed-file" | "undecodable-pixels" | "budget-exceeded" => {
            Remedy::Impossible("What is damaged cannot be drawn anew: copy or export the GIF again".to_owned())
        }
        _ => Remedy::Stays,
    }
}

struct Animation<'a> {
    report: &'a FileReport,
    profile: &'a Profile,
    options: &'a Options,
}

impl Animation<'_> {
    fn cap(&self) -> Option<u64> {
        [self.options.most_bytes, cap(self.report, self.profile)].into_iter().flatten().min()
    }

    fn frames(&self) -> Option<u64> {
        self.report.facts.animation.as_ref()?.frames.value().copied()
    }

    fn canvas(&self) -> Option<Dimensions> {
        self.report.facts.image.as_ref()?.dimensions.value().copied()
    }

    /// The frame that is cut off left out, where others are in front of it.
    fn ended(&self) -> Remedy {
        if self.frames().is_some_and(|frames| frames > 1) {
            Remedy::one(Action::EndGif)
        } else {
            Remedy::Impossible("Not even the first frame is whole: copy or download the file again".to_owned())
        }
    }

    /// Frames of the result.
    fn kept(&self) -> Option<u64> {
        let limit = self.profile.limits().gif_too_many_frames.of(self.report.category);
        let frames = self.frames()?;
        Some(if limit.level == Level::Off { frames } else { frames.min(limit.value.0) })
    }

    fn thinned(&self) -> Remedy {
        match self.kept().zip(self.frames()) {
            Some((keep, of)) if keep > 0 => Remedy::one(Action::DropFrames { keep, of }),
            _ => Remedy::Impossible("The number of frames is not known".to_owned()),
        }
    }

    /// Some frames fewer where few are enough, which leaves the others as sharp as they are; else a smaller canvas.
    fn fewer_pixels(&self) -> Remedy {
        let limit = self.profile.limits().gif_pixel_budget.of(self.report.category).value.0;
        let parts = self.canvas().zip(self.frames());
        let keep = parts.map(|(canvas, of)| (limit / canvas.pixels().max(1), of));
        let is_broken = |rule: &str| self.report.findings.iter().any(|finding| finding.rule == rule);
        match keep {
            Some((keep, of))
                if keep >= of - of / FEW && !is_broken("gif-dimensions") && !is_broken("gif-too-many-frames") =>
            {
                Remedy::one(Action::DropFrames { keep, of })
            }
            _ => self.scaled(),
        }
    }

    /// A canvas that keeps all bounds, with as many frames as there will be: motion is worth more than sharpness.
    fn scaled(&self) -> Remedy {
        let limits = self.profile.limits();
        let category = self.report.category;
        let Some(canvas) = self.canvas() else {
            return Remedy::Impossible("The size of the GIF is not known".to_owned());
        };
        let size = limits.gif_dimensions.of(category);
        let all = limits.gif_pixel_budget.of(category);
        let each = limits.image_pixel_budget.of(category);
        let all = (all.level != Level::Off).then(|| all.value.0 / self.kept().unwrap_or(1).max(1));
        let each = (each.level != Level::Off).then_some(each.value.gif);
        let most = (size.level != Level::Off).then_some(size.value.0);
        let to = fitted(canvas, most, all.into_iter().chain(each).min());
        Remedy::one(Action::ScaleGif { to })
    }
}

/// One frame in so many may be dropped before a smaller canvas is better.
const FEW: u64 = 20;
