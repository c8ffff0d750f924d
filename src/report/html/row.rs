//! The short row of a file: all that the page filters, sorts and searches by.

use serde::Serialize;

use crate::facts::Facts;
use crate::finding::{Baseline, Finding, Severity};
use crate::profile::Category;
use crate::report::describe::describe;
use crate::report::run::FileEntry;
use crate::report::style::visible;
use crate::units::Duration;

/// What the page reads of every file at once. The names are short because there may be thousands.
#[derive(Serialize)]
pub(super) struct Row {
    /// Path.
    p: String,
    /// Verdict.
    v: &'static str,
    /// Category.
    #[serde(skip_serializing_if = "Option::is_none")]
    c: Option<&'static str>,
    /// Format.
    #[serde(skip_serializing_if = "Option::is_none")]
    f: Option<&'static str>,
    /// Size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<u64>,
    /// Duration in milliseconds, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    d: Option<u64>,
    /// What it is, in one line; for a file that could not be read, what the system said.
    t: String,
    /// Findings: rule, whether it is an error, message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    n: Vec<(String, bool, String)>,
    /// Rules that could not be decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    u: Vec<String>,
    /// Whether a baseline knows all its findings. Absent: there is no finding, or no baseline.
    #[serde(skip_serializing_if = "Option::is_none")]
    b: Option<&'static str>,
    /// The picture that is drawn where no preview is there.
    k: &'static str,
}

impl Row {
    /// The row of a file.
    pub(super) fn of(entry: &FileEntry) -> Self {
        let report = match entry {
            FileEntry::Report(report) => report,
            FileEntry::Unreadable(unreadable) => return Self::unreadable(&unreadable.path, &unreadable.error),
        };
        let finding = |finding: &Finding| {
            let is_error = finding.severity == Severity::Error;
            (finding.rule.clone().into_owned(), is_error, visible(&finding.message).into_owned())
        };
        Self {
            p: visible(report.path.as_deref().unwrap_or("<memory>")).into_owned(),
            v: report.verdict.as_str(),
            c: report.category.map(Category::as_str),
            f: Some(report.facts.format.name()),
            s: Some(report.size),
            d: duration(&report.facts).map(millis),
            t: visible(&describe(report)).into_owned(),
            n: report.findings.iter().map(finding).collect(),
            u: report.undecided.iter().map(|undecided| undecided.rule.clone().into_owned()).collect(),
            b: baseline(&report.findings).map(Baseline::as_str),
            k: kind(&report.facts),
        }
    }

    fn unreadable(path: &str, error: &str) -> Self {
        Self {
            p: visible(path).into_owned(),
            v: UNREADABLE,
            c: None,
            f: None,
            s: None,
            d: None,
            t: visible(error).into_owned(),
            n: Vec::new(),
            u: Vec::new(),
            b: None,
            k: "none",
        }
    }
}

/// New where one of the findings is.
fn baseline(findings: &[Finding]) -> Option<Baseline> {
    findings.iter().filter_map(|finding| finding.baseline).min_by_key(|baseline| *baseline == Baseline::Known)
}

/// How long the file plays.
fn duration(facts: &Facts) -> Option<Duration> {
    if let Some(movie) = &facts.movie {
        return movie.duration.value().copied();
    }
    if let Some(captions) = &facts.captions {
        return captions.last_end.value().copied();
    }
    facts.animation.as_ref()?.duration.value().copied()
}

/// Whole milliseconds, rounded down.
pub(super) fn millis(duration: Duration) -> u64 {
    let seconds = duration.seconds();
    let millis = u128::from(seconds.numerator()) * 1000 / u128::from(seconds.denominator());
    u64::try_from(millis).unwrap_or(u64::MAX)
}

fn kind(facts: &Facts) -> &'static str {
    if let Some(movie) = &facts.movie {
        return if movie.video_track().is_some() { "video" } else { "audio" };
    }
    if facts.captions.is_some() {
        return "captions";
    }
    if facts.animation.is_some() {
        return "animation";
    }
    if facts.image.is_some() { "image" } else { "none" }
}

/// The verdict of a file that could not be read, beside those of a report.
const UNREADABLE: &str = "unreadable";
