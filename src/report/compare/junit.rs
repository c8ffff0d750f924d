//! A comparison as JUnit XML: one test case a row.

use std::io::{self, Write};

use super::CompareReport;
use super::lower::finding;
use crate::facts::Why;
use crate::finding::{Summary, Undecided};
use crate::report::junit::Junit;
use crate::report::run::{Reporter, Run, Threshold};
use crate::transcode::compare::RowVerdict;

/// Writes a comparison as JUnit XML. Rows that do not apply are no cases.
pub fn write_junit(output: &mut dyn Write, report: &CompareReport, threshold: Threshold) -> io::Result<()> {
    let mut junit = Junit::new(output, threshold);
    junit.begin(&Run {
        program_version: report.program_version.clone(),
        pack: report.pack.clone(),
        mend: Vec::new(),
    })?;
    let suite = format!("{} from {}", report.result.path, report.source.path);
    for row in &report.comparison.rows {
        match row.verdict {
            RowVerdict::Pass => junit.row(&suite, &row.row, &[], &[])?,
            RowVerdict::Fail => junit.row(&suite, &row.row, &[finding(row)], &[])?,
            RowVerdict::Undecided => {
                let why = row.message.strip_prefix("not known, because ").unwrap_or(&row.message);
                let undecided = Undecided { rule: row.row.clone(), why: Why(why.to_owned().into()) };
                junit.row(&suite, &row.row, &[], &[undecided])?;
            }
            RowVerdict::NotApplicable => {}
        }
    }
    junit.end(&Summary::default())
}
