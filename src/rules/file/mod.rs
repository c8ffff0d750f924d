//! Rules of any file.

pub(crate) mod budget_exceeded;
pub(crate) mod category_mismatch;
pub(crate) mod empty_file;
pub(crate) mod extension_mismatch;
pub(crate) mod file_too_large;
pub(crate) mod malformed_file;
pub(crate) mod too_many_segments;
pub(crate) mod truncated_file;
pub(crate) mod undecodable_pixels;
pub(crate) mod unsupported_type;

use super::Context;
use super::outcome::Fault;
use crate::facts::{AnomalyKind, Format};

/// How many anomalies of a kind become findings; the last one tells how many more there are.
const SHOWN: usize = 10;

/// What to do about damage, by what the file is.
struct Remedies {
    movie: &'static str,
    other: &'static str,
}

/// One fault for each anomaly of a kind.
fn anomalies(context: &Context<'_>, kind: AnomalyKind, lead: &str, remedies: &Remedies) -> Vec<Fault> {
    if context.facts.anomalies.is_empty() {
        return Vec::new();
    }
    let is_movie = matches!(context.facts.format, Format::Mp4 | Format::QuickTime);
    let remedy = if is_movie { remedies.movie } else { remedies.other };
    let mut found = context.facts.anomalies.iter().filter(|anomaly| anomaly.kind == kind);
    let mut faults: Vec<Fault> = found
        .by_ref()
        .take(SHOWN)
        .map(|anomaly| {
            let message = text!(
                "{lead}: {} (at offset {}: expected {}, found {})",
                anomaly.message,
                anomaly.at.offset,
                anomaly.expected,
                anomaly.actual
            );
            Fault::new(message, anomaly.expected.to_string(), anomaly.actual.to_string(), remedy).at(&anomaly.at)
        })
        .collect();
    let more = found.count();
    if more > 0
        && let Some(last) = faults.pop()
    {
        faults.push(last.with(Some(text!("; {more} more such places follow"))));
    }
    faults
}
