//! A metric over time as a drawing.

use std::fmt::Write as _;

use crate::transcode::quality::{Metric, MetricKind, Score};

/// The metric as an SVG in a figure: its mean in each second, the thresholds, and the worst seconds marked.
///
/// Of a long film each point is the worst of several seconds, so that no dip is averaged away.
pub(super) fn plot(metric: &Metric) -> String {
    let name = metric.kind.name();
    let unit = metric.kind.unit();
    let step = metric.seconds.len().div_ceil(MOST_POINTS).max(1);
    let points: Vec<Score> = metric.seconds.chunks(step).filter_map(|part| part.iter().min().copied()).collect();
    let (low, high) = scale(metric.kind, &points);
    let height = |score: Score| {
        let span = u128::from(high.0.saturating_sub(low.0)).max(1);
        let above = u128::from(score.0.clamp(low.0, high.0).saturating_sub(low.0));
        let up = u64::try_from(above * u128::from(HEIGHT) / span).unwrap_or(0);
        TOP + HEIGHT.saturating_sub(up)
    };
    let across = |index: usize| {
        let parts = points.len().saturating_sub(1).max(1) as u64;
        LEFT + WIDTH * (index as u64) / parts
    };
    let mut curve = String::new();
    for (index, score) in points.iter().enumerate() {
        let _ = write!(curve, "{}{} {} ", if index == 0 { "M" } else { "L" }, across(index), height(*score));
    }
    // A film of one second is a line from edge to edge.
    if let [only] = points.as_slice() {
        let _ = write!(curve, "L{} {}", LEFT + WIDTH, height(*only));
    }
    let bottom = TOP + HEIGHT;
    let end = LEFT + WIDTH;
    let worst = metric.worst(3);
    let mut svg = format!(
        "<figure><figcaption><b>{name}</b> {} on average; worst in {}</figcaption>\
         <svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{name} in each second, from {low} to {high}{unit}\">",
        metric.kind.words(metric.mean),
        worst
            .iter()
            .map(|(second, score)| format!("second {second} ({})", metric.kind.words(*score)))
            .collect::<Vec<_>>()
            .join(", "),
        end + RIGHT,
        bottom + BOTTOM
    );
    let _ = write!(svg, "<path class=\"area\" d=\"{curve}L{end} {bottom} L{LEFT} {bottom} Z\"/>");
    let limits = metric.kind.thresholds();
    for (class, score) in [("good", limits.good_second), ("poor", limits.poor_second)] {
        if score > low && score < high {
            let y = height(score);
            let _ = write!(svg, "<path class=\"{class}\" d=\"M{LEFT} {y} H{end}\"/>");
            let _ = write!(svg, "<text class=\"axis\" x=\"{}\" y=\"{}\">{score}</text>", end + 4, y + 4);
        }
    }
    let _ = write!(svg, "<path class=\"curve\" d=\"{curve}\"/>");
    for (second, score) in worst {
        let _ = write!(
            svg,
            "<circle class=\"worst\" cx=\"{}\" cy=\"{}\" r=\"3\"><title>second {second}: {}</title></circle>",
            across(second / step),
            height(score),
            metric.kind.words(score)
        );
    }
    for (score, y) in [(high, TOP + 4), (low, bottom)] {
        let _ = write!(
            svg,
            "<text class=\"axis\" x=\"{}\" y=\"{y}\" text-anchor=\"end\">{}</text>",
            LEFT - 4,
            metric.kind.words(score)
        );
    }
    let seconds = metric.seconds.len();
    let _ = write!(
        svg,
        "<text class=\"axis\" x=\"{LEFT}\" y=\"{0}\">0 s</text><text class=\"axis\" x=\"{end}\" y=\"{0}\" text-anchor=\"end\">{seconds} s</text>",
        bottom + 14
    );
    svg.push_str("</svg></figure>");
    svg
}

/// The scores at the bottom and at the top: what is drawn, and the least second that is good.
fn scale(kind: MetricKind, points: &[Score]) -> (Score, Score) {
    let limits = kind.thresholds();
    let lowest = points.iter().min().copied().unwrap_or(limits.poor_second).min(limits.poor_second);
    let highest = points.iter().max().copied().unwrap_or(limits.good_mean).max(limits.good_mean);
    // A little room, so that the curve does not lie on the frame.
    let room = highest.0.saturating_sub(lowest.0) / 20;
    let most = if kind == MetricKind::Ssim { 1_000_000 } else { 100_000_000 };
    (Score(lowest.0.saturating_sub(room)), Score((highest.0 + room).min(most).max(highest.0)))
}

/// Units of the drawing.
const LEFT: u64 = 52;
const RIGHT: u64 = 44;
const TOP: u64 = 8;
const BOTTOM: u64 = 18;
const WIDTH: u64 = 800;
const HEIGHT: u64 = 140;
/// Points of the curve.
const MOST_POINTS: usize = 400;

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(seconds: Vec<Score>) -> Metric {
        Metric { kind: MetricKind::Psnr, mean: Score(40_000_000), seconds }
    }

    #[test]
    fn the_worst_seconds_are_marked() {
        let svg = plot(&metric(vec![Score(40_000_000), Score(20_000_000), Score(45_000_000)]));
        assert_eq!(svg.matches("<circle").count(), 1);
        assert!(svg.contains("worst in second 1 (20 dB)</figcaption>"), "{svg}");
        assert!(svg.contains("class=\"good\"") && svg.contains("class=\"poor\""), "{svg}");
    }

    #[test]
    fn a_film_of_any_length_has_few_points() {
        for seconds in [1, 2, 399, 400, 401, 21_600] {
            let svg = plot(&metric(vec![Score(40_000_000); seconds]));
            assert!(svg.matches('L').count() < 2 * MOST_POINTS + 8, "{seconds}");
            let parsed = roxmltree::Document::parse(&svg);
            assert!(parsed.is_ok(), "{seconds}: {parsed:?}");
        }
    }
}
