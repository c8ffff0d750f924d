//! What measuring the pictures showed.

use super::outcome::{Answer, Judged, Moment, Side, Silence};
use super::pair::Pair;
use crate::finding::Severity;
use crate::transcode::quality::{MetricKind, Score};
use crate::units::{Duration, Ratio};

/// Peak signal-to-noise ratio.
pub(super) fn psnr(pair: &Pair<'_>) -> Answer {
    judge(pair, MetricKind::Psnr)
}

/// Structural similarity.
pub(super) fn ssim(pair: &Pair<'_>) -> Answer {
    judge(pair, MetricKind::Ssim)
}

/// Video multi-method assessment fusion.
pub(super) fn vmaf(pair: &Pair<'_>) -> Answer {
    judge(pair, MetricKind::Vmaf)
}

fn judge(pair: &Pair<'_>, kind: MetricKind) -> Answer {
    let quality = pair.options.quality.as_ref().ok_or(Silence::NotApplicable)?;
    let metric = quality.metrics.iter().find(|metric| metric.kind == kind).ok_or(Silence::NotApplicable)?;
    let limits = kind.thresholds();
    let worst = metric.worst(NAMED);
    let least = worst.first().map_or(metric.mean, |(_, score)| *score);
    let is_kept = metric.mean >= limits.good_mean && least >= limits.good_second;
    let is_poor = metric.mean < limits.poor_mean || least < limits.poor_second;
    let words = |score| kind.words(score);
    let mut message = match quality.frames {
        1 => format!("{} at {}", words(metric.mean), quality.size),
        frames => format!("{} on average over {frames} frames of {}", words(metric.mean), quality.size),
    };
    if least < metric.mean {
        let seconds: Vec<String> =
            worst.iter().map(|(second, score)| format!("second {second} ({})", words(*score))).collect();
        message.push_str(&format!("; worst in {}", seconds.join(", ")));
    }
    let second = |&(second, _): &(usize, Score)| {
        let time = Duration(Ratio::whole(u64::try_from(second).ok()?));
        Some(Moment { time, frames: quality.frame_rate.numerator().div_ceil(quality.frame_rate.denominator()) })
    };
    let moments = if is_kept { Vec::new() } else { worst.iter().filter_map(second).collect() };
    let expected =
        format!("at least {} on average and {} in every second", words(limits.good_mean), words(limits.good_second));
    let result = Side { value: Some(metric.mean.to_string().into()), at: None };
    Ok(Judged::new(is_kept, message, expected)
        .sides(Side::default(), result)
        .weighs(if is_poor { Severity::Error } else { Severity::Warning })
        .at_moments(moments))
}

/// Seconds that are named.
const NAMED: usize = 3;
