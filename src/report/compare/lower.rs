//! A comparison as the report of one file, the result, for the formats that know findings only.

use super::CompareReport;
use crate::facts::{Facts, Format};
use crate::finding::{FileReport, Finding, Summary, Undecided, Value};
use crate::report::run::{FileEntry, Reporter, Run};
use crate::transcode::compare::{Compared, RowVerdict};

/// Writes a comparison as a run over its result: rows that fail are findings, others are undecided or not mentioned.
pub fn write_run(reporter: &mut dyn Reporter, report: &CompareReport) -> std::io::Result<()> {
    let file = file_report(report);
    let mut summary = Summary::default();
    summary.add(&file);
    reporter.begin(&Run {
        program_version: report.program_version.clone(),
        pack: report.pack.clone(),
        mend: Vec::new(),
    })?;
    reporter.file(&FileEntry::Report(Box::new(file)))?;
    reporter.end(&summary)
}

fn file_report(report: &CompareReport) -> FileReport {
    let rows = &report.comparison.rows;
    let undecided = |row: &Compared| {
        let why = row.message.strip_prefix("not known, because ").unwrap_or(&row.message);
        Undecided { rule: row.row.clone(), why: crate::facts::Why(why.to_owned().into()) }
    };
    FileReport {
        path: Some(report.result.path.clone()),
        media_type: report.result.media_type,
        category: None,
        size: report.result.size,
        verdict: report.comparison.verdict,
        findings: report.comparison.failed().map(finding).collect(),
        undecided: rows.iter().filter(|row| row.verdict == RowVerdict::Undecided).map(undecided).collect(),
        near_misses: Vec::new(),
        accepted_by: Vec::new(),
        pack: None,
        sha256: None,
        matrix: Vec::new(),
        facts: Facts::new(report.result.size, Format::Unknown),
        description: None,
    }
}

/// A row that fails as a finding about the result.
pub(super) fn finding(row: &Compared) -> Finding {
    let none = || Value::from("none");
    Finding {
        rule: row.row.clone(),
        severity: row.severity,
        basis: row.basis,
        message: row.message.clone(),
        limit: row.expected.clone().unwrap_or_else(none),
        actual: row.result.value.clone().unwrap_or_else(none),
        evidence: row.result.at.clone(),
        remedy: row.remedy.clone(),
        baseline: None,
    }
}
