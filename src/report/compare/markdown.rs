//! A comparison as Markdown, for the comment on a pull request.

use std::io::{self, Write};

use super::CompareReport;
use crate::finding::{Severity, Verdict};
use crate::report::markdown_run::{code, prose};
use crate::transcode::compare::{Compared, RowVerdict, Side};

/// Writes a comparison as Markdown: what fails first as a table, then what passes, folded.
pub fn write_markdown(output: &mut dyn Write, report: &CompareReport) -> io::Result<()> {
    let title = match report.comparison.verdict {
        Verdict::Pass => "The result is still the same",
        Verdict::Fail => "The result is not the same",
        Verdict::Undecided => "Not all of it could be compared",
    };
    writeln!(output, "### {title}\n")?;
    for (label, file) in [("source", &report.source), ("result", &report.result)] {
        writeln!(output, "- {label}: {} ({})", code(&file.path), prose(&file.description))?;
    }
    writeln!(output)?;
    let is_told = |row: &&Compared| matches!(row.verdict, RowVerdict::Fail | RowVerdict::Undecided);
    let told: Vec<&Compared> = report.comparison.rows.iter().filter(is_told).collect();
    if !told.is_empty() {
        writeln!(
            output,
            "| verdict | row | what | expected | source | result |\n| --- | --- | --- | --- | --- | --- |"
        )?;
        for row in told {
            let expected = row.expected.as_ref().map(|value| code(&value.to_string())).unwrap_or_default();
            let (source, result) = (side(&row.source), side(&row.result));
            let what = prose(&row.message);
            writeln!(output, "| {} | {} | {what} | {expected} | {source} | {result} |", word(row), code(&row.row))?;
        }
        writeln!(output)?;
    }
    let passed: Vec<&Compared> = report.comparison.rows.iter().filter(|row| row.verdict == RowVerdict::Pass).collect();
    if !passed.is_empty() {
        writeln!(output, "<details>\n<summary>{} rows pass</summary>\n", passed.len())?;
        for row in passed {
            writeln!(output, "- {}: {}", code(&row.row), prose(&row.message))?;
        }
        writeln!(output, "\n</details>\n")?;
    }
    writeln!(output, "<sub>media-preflight {}, rule pack {}</sub>", prose(&report.program_version), code(&report.pack))
}

fn word(row: &Compared) -> &'static str {
    match (row.verdict, row.severity) {
        (RowVerdict::Fail, Severity::Error) => "**error**",
        (RowVerdict::Fail, Severity::Warning) => "warning",
        (verdict, _) => verdict.as_str(),
    }
}

fn side(side: &Side) -> String {
    side.value.as_ref().map(|value| code(&value.to_string())).unwrap_or_default()
}
