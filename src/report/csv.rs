//! CSV (RFC 4180): one row a finding.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::facts::Evidence;
use crate::finding::{Baseline, FileReport, Finding, Severity, Summary, Undecided, Verdict};
use crate::profile::Category;

use super::run::{FileEntry, Needs, PostReport, Reporter, Run};

/// Writes a run as CSV: a row of names, then a row for each finding and each rule that could not be decided, and one for
/// each file that has neither.
///
/// A cell that a spreadsheet would take for a formula begins with an apostrophe; so does one that begins with an
/// apostrophe already, so that leaving out the first gives back what was there.
#[derive(Debug)]
pub struct Csv<W> {
    output: W,
}

impl<W: Write> Csv<W> {
    /// A reporter that writes to `output`, which should be buffered.
    pub const fn new(output: W) -> Self {
        Self { output }
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        for (index, text) in row.cells().into_iter().enumerate() {
            if index > 0 {
                self.output.write_all(b",")?;
            }
            self.output.write_all(cell(&text).as_bytes())?;
        }
        self.output.write_all(b"\r\n")
    }

    fn report(&mut self, report: &FileReport) -> io::Result<()> {
        let file = Row {
            path: report.path.as_deref().unwrap_or_default(),
            media_type: report.media_type.map(|media_type| media_type.to_string()).unwrap_or_default(),
            category: report.category.map(Category::as_str).unwrap_or_default(),
            size: Some(report.size),
            verdict: report.verdict.as_str(),
            ..Row::default()
        };
        if report.findings.is_empty() && report.undecided.is_empty() {
            return self.row(&file);
        }
        report.findings.iter().try_for_each(|finding| self.row(&file.with_finding(finding)))?;
        report.undecided.iter().try_for_each(|undecided| self.row(&file.with_undecided(undecided)))
    }
}

impl<W: Write> Reporter for Csv<W> {
    fn begin(&mut self, _: &Run) -> io::Result<()> {
        write!(self.output, "{}\r\n", COLUMNS.join(","))
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        match entry {
            FileEntry::Report(report) => self.report(report),
            FileEntry::Unreadable(unreadable) => self.row(&Row {
                path: &unreadable.path,
                verdict: "unreadable",
                message: Cow::Borrowed(&unreadable.error),
                ..Row::default()
            }),
        }
    }

    fn needs(&self) -> Needs {
        Needs::Findings
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        let fails = post.findings.iter().any(|finding| finding.severity == Severity::Error);
        let verdict = if fails { Verdict::Fail } else { Verdict::Pass };
        let whole = Row { verdict: verdict.as_str(), ..Row::default() };
        post.findings.iter().try_for_each(|finding| self.row(&whole.with_finding(finding)))
    }

    fn end(&mut self, _: &Summary) -> io::Result<()> {
        self.output.flush()
    }
}

/// One row; what does not apply is empty.
#[derive(Clone, Default)]
struct Row<'a> {
    path: &'a str,
    media_type: String,
    category: &'a str,
    size: Option<u64>,
    verdict: &'a str,
    rule: &'a str,
    severity: &'a str,
    basis: &'a str,
    message: Cow<'a, str>,
    limit: String,
    actual: String,
    evidence: Option<&'a Evidence>,
    remedy: &'a str,
    baseline: &'a str,
}

impl<'a> Row<'a> {
    fn with_finding(&self, finding: &'a Finding) -> Self {
        Self {
            rule: &finding.rule,
            severity: finding.severity.as_str(),
            basis: finding.basis.as_str(),
            message: Cow::Borrowed(&finding.message),
            limit: finding.limit.to_string(),
            actual: finding.actual.to_string(),
            evidence: finding.evidence.as_ref(),
            remedy: &finding.remedy,
            baseline: finding.baseline.map(Baseline::as_str).unwrap_or_default(),
            ..self.clone()
        }
    }

    fn with_undecided(&self, undecided: &'a Undecided) -> Self {
        Self { rule: &undecided.rule, severity: "undecided", message: undecided.why.to_string().into(), ..self.clone() }
    }

    /// In the order of [`COLUMNS`].
    fn cells(&self) -> [Cow<'_, str>; COLUMNS.len()] {
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        [
            self.path.into(),
            Cow::Borrowed(&self.media_type),
            self.category.into(),
            number(self.size).into(),
            self.verdict.into(),
            self.rule.into(),
            self.severity.into(),
            self.basis.into(),
            Cow::Borrowed(&self.message),
            Cow::Borrowed(&self.limit),
            Cow::Borrowed(&self.actual),
            number(self.evidence.map(|evidence| evidence.offset)).into(),
            self.evidence.map(|evidence| evidence.path.to_string()).unwrap_or_default().into(),
            self.remedy.into(),
            self.baseline.into(),
        ]
    }
}

/// The text as a cell: no formula, and quoted where it must be.
fn cell(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(FORMULAS);
    if !is_formula && !text.contains([',', '"', '\r', '\n']) {
        return Cow::Borrowed(text);
    }
    let apostrophe = if is_formula { "'" } else { "" };
    Cow::Owned(format!("\"{apostrophe}{}\"", text.replace('"', "\"\"")))
}

/// The columns.
const COLUMNS: [&str; 15] = [
    "path",
    "media_type",
    "category",
    "size",
    "verdict",
    "rule",
    "severity",
    "basis",
    "message",
    "limit",
    "actual",
    "offset",
    "where",
    "remedy",
    "baseline",
];

/// How spreadsheets tell a formula, full-width forms included; and the apostrophe, which marks what is none.
const FORMULAS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠'];

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::report::testing;
    use crate::report::{RunReport, Unreadable};

    /// The rows and cells as another reader takes them, apostrophes left out again.
    fn read(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let original = |cell: &str| cell.strip_prefix('\'').unwrap_or(cell).to_owned();
        reader.records().map(|record| record.unwrap().iter().map(original).collect()).collect()
    }

    fn csv(files: Vec<FileEntry>, post: Option<PostReport>) -> String {
        testing::written(&RunReport::new(testing::run(), files, post), |output| Box::new(Csv::new(output)))
    }

    #[test]
    fn every_finding_is_a_row() {
        insta::assert_snapshot!(csv(testing::entries(), Some(testing::post())).replace("\r\n", "\n"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_back_as_it_was(path in any::<String>(), error in any::<String>()) {
            let entry = FileEntry::Unreadable(Unreadable { path: path.clone(), error: error.clone() });
            let text = csv(vec![entry], None);
            let rows = read(&text);
            prop_assert_eq!(rows.len(), 2);
            prop_assert_eq!(&rows[1][0], &path);
            prop_assert_eq!(&rows[1][8], &error);
            let row = text.split_once("\r\n").unwrap().1;
            // One quotation mark stands around the cell, and the next one is of the cell.
            let first = row.strip_prefix('"').unwrap_or(row).chars().next();
            prop_assert!(!matches!(first, Some('=' | '+' | '-' | '@')), "{}", text);
        }
    }
}
