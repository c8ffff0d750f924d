//! The details of a file: all that the page reads when a file is opened.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io;

use serde::Serialize;

use super::chart::Chart;
use super::headline::headline;
use crate::finding::{Baseline, FileReport, Finding};
use crate::profile::Basis;
use crate::report::entry::{exact, place};
use crate::report::facts::{Kind, rows};
use crate::report::markdown::parted;
use crate::report::mend;
use crate::report::run::FileEntry;
use crate::report::style::visible;

/// What the page reads of one file.
#[derive(Default, Serialize)]
pub(super) struct Details<'a> {
    headline: Vec<(&'static str, String)>,
    /// One entry a finding, in the order of the row's findings.
    faults: Vec<Fault<'a>>,
    /// Rule and reason, in the order of the row.
    undecided: Vec<(&'a str, String)>,
    /// Rule and comparison.
    near: Vec<(&'a str, String)>,
    accepted_by: &'a [Cow<'static, str>],
    /// The command that mends all of it. Absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
    /// Category, verdict, and the rules that make it so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    matrix: Vec<(&'static str, &'static str, &'a [Cow<'static, str>])>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chart: Option<Chart>,
    facts: Vec<Fact>,
}

impl<'a> Details<'a> {
    /// The details of a file; empty where it could not be read.
    ///
    /// `mends` are the words of the command that mends a file.
    pub(super) fn of(entry: &'a FileEntry, mends: &[OsString]) -> io::Result<Self> {
        entry.report().map_or_else(|| Ok(Self::default()), |report| Self::of_report(report, mends))
    }

    fn of_report(report: &'a FileReport, mends: &[OsString]) -> io::Result<Self> {
        let reason = |why: &crate::facts::Why| visible(&why.0).into_owned();
        Ok(Self {
            headline: headline(report),
            faults: report.findings.iter().map(Fault::of).collect(),
            undecided: report.undecided.iter().map(|it| (it.rule.as_ref(), reason(&it.why))).collect(),
            near: report.near_misses.iter().map(|it| (it.rule.as_ref(), visible(&it.message).into_owned())).collect(),
            accepted_by: &report.accepted_by,
            mend: mend::command(mends, report),
            matrix: report.matrix.iter().map(|it| (it.category.as_str(), it.verdict.as_str(), &*it.rules)).collect(),
            chart: Chart::of(&report.facts),
            facts: rows(&report.facts)?.into_iter().map(Fact::of).collect(),
        })
    }
}

/// What a finding says beside its rule, severity and message.
#[derive(Serialize)]
pub(super) struct Fault<'a> {
    limit: String,
    actual: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// How the limit is known, where no document says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<&'static str>,
    /// Whether the baseline has it too, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<&'static str>,
    remedy: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
}

impl<'a> Fault<'a> {
    /// What `finding` says.
    pub(super) fn of(finding: &'a Finding) -> Self {
        let (remedy, command) = parted(&finding.remedy);
        Self {
            limit: visible(&exact(&finding.limit)).into_owned(),
            actual: visible(&exact(&finding.actual)).into_owned(),
            place: finding.evidence.as_ref().map(|evidence| visible(&place(evidence)).into_owned()),
            basis: match finding.basis {
                Basis::Documented => None,
                Basis::Observed => Some("observed, not documented"),
                Basis::Heuristic => Some("experience, not documented"),
            },
            baseline: finding.baseline.map(Baseline::as_str),
            remedy,
            command,
        }
    }
}

/// One line of the facts: depth, name, value, place, and what kind of line it is (`b`, `v`, `a` or `u`).
#[derive(Serialize)]
struct Fact(usize, String, String, String, char);

impl Fact {
    fn of(row: crate::report::facts::Row) -> Self {
        let kind = match row.kind {
            Kind::Branch => 'b',
            Kind::Value => 'v',
            Kind::Absent => 'a',
            Kind::Unknown => 'u',
        };
        let shown = |text: String| match visible(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(safe) => safe,
        };
        Self(row.depth, shown(row.name), shown(row.value), shown(row.place.unwrap_or_default()), kind)
    }
}
