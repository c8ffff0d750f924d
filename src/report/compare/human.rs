//! A comparison for people: the verdict, then a line a row, and under those that fail what was expected and what is.

use std::io::{self, Write};

use super::{CompareReport, ComparedFile};
use crate::finding::{Severity, Value, Verdict};
use crate::profile::Basis;
use crate::report::describe::counted;
use crate::report::entry::{exact, place};
use crate::report::markdown::parted;
use crate::report::style::{Style, styled, visible, wrapped};
use crate::transcode::compare::{Compared, Comparison, RowVerdict, Side};

/// Writes a comparison for people. Rows that pass are left out where `quiet`.
pub fn write_human(output: &mut dyn Write, report: &CompareReport, style: &Style, quiet: bool) -> io::Result<()> {
    headline(output, report, style)?;
    file(output, "source", &report.source, style)?;
    file(output, "result", &report.result, style)?;
    let shown = |row: &&Compared| match row.verdict {
        RowVerdict::Fail | RowVerdict::Undecided => true,
        RowVerdict::Pass => !quiet,
        RowVerdict::NotApplicable => false,
    };
    let rows: Vec<&Compared> = report.comparison.rows.iter().filter(shown).collect();
    let column = rows.iter().map(|row| row.row.chars().count()).max().unwrap_or_default();
    let mut silent: Option<(&str, u64)> = None;
    for row in rows {
        // A file that could not be read leaves every row open for one reason, which is told once.
        match &mut silent {
            Some((message, more)) if row.verdict == RowVerdict::Undecided && row.message == *message => {
                *more += 1;
                continue;
            }
            _ => same_reason(output, silent.take(), style)?,
        }
        silent = (row.verdict == RowVerdict::Undecided).then_some((row.message.as_str(), 0));
        line(output, row, column, style)?;
        if row.verdict == RowVerdict::Fail {
            details(output, row, style)?;
        }
    }
    same_reason(output, silent, style)?;
    sum(output, report, style)
}

/// Says how many rows more are undecided for the reason that was told last.
fn same_reason(output: &mut dyn Write, silent: Option<(&str, u64)>, style: &Style) -> io::Result<()> {
    match silent {
        Some((_, more @ 1..)) => {
            let text = format!("and {} for the same reason", counted(more, "more row"));
            writeln!(output, "  {:VERDICT$} {}", "", styled(style.faint, text))
        }
        _ => Ok(()),
    }
}

/// Writes the rows of a comparison that do not pass, a line each, for people.
pub fn write_short(output: &mut dyn Write, comparison: &Comparison, style: &Style) -> io::Result<()> {
    let told = |row: &&Compared| matches!(row.verdict, RowVerdict::Fail | RowVerdict::Undecided);
    let rows: Vec<&Compared> = comparison.rows.iter().filter(told).collect();
    let column = rows.iter().map(|row| row.row.chars().count()).max().unwrap_or_default();
    rows.into_iter().try_for_each(|row| line(output, row, column, style))
}

fn headline(output: &mut dyn Write, report: &CompareReport, style: &Style) -> io::Result<()> {
    let verdict = report.comparison.verdict;
    let (colour, meaning) = match verdict {
        Verdict::Pass => (style.pass, "the result is still the same"),
        Verdict::Fail => (style.error, "the result is not the same"),
        Verdict::Undecided => (style.undecided, "not all of it could be compared"),
    };
    writeln!(output, "{} {meaning}", styled(colour, format_args!("{:VERDICT$}", verdict.as_str())))
}

fn file(output: &mut dyn Write, label: &str, file: &ComparedFile, style: &Style) -> io::Result<()> {
    let path = visible(&file.path);
    writeln!(output, "{} {}", styled(style.faint, format_args!("{label:VERDICT$}")), styled(style.strong, path))?;
    for line in wrapped(&visible(&file.description), style.width().saturating_sub(VERDICT + 1)) {
        writeln!(output, "{:VERDICT$} {}", "", styled(style.faint, line))?;
    }
    Ok(())
}

/// A row in one line, its message wrapped under itself.
fn line(output: &mut dyn Write, row: &Compared, column: usize, style: &Style) -> io::Result<()> {
    let (word, colour) = match (row.verdict, row.severity) {
        (RowVerdict::Pass, _) => ("pass", style.pass),
        (RowVerdict::Fail, Severity::Error) => ("error", style.error),
        (RowVerdict::Fail, Severity::Warning) => ("warning", style.warning),
        (RowVerdict::Undecided, _) => ("undecided", style.undecided),
        (RowVerdict::NotApplicable, _) => ("-", style.faint),
    };
    let indent = 2 + VERDICT + 1 + column + 2;
    let message = visible(&row.message);
    for (index, text) in wrapped(&message, style.width().saturating_sub(indent).max(NARROWEST)).enumerate() {
        if index == 0 {
            writeln!(
                output,
                "  {} {}  {text}",
                styled(colour, format_args!("{word:VERDICT$}")),
                styled(style.strong, format_args!("{:column$}", row.row)),
            )?;
        } else {
            writeln!(output, "{:indent$}{text}", "")?;
        }
    }
    Ok(())
}

fn details(output: &mut dyn Write, row: &Compared, style: &Style) -> io::Result<()> {
    if let Some(expected) = &row.expected {
        detail(output, "expected", &exact(expected), anstyle::Style::new(), style)?;
    }
    detail(output, "source", &side(&row.source), anstyle::Style::new(), style)?;
    detail(output, "result", &side(&row.result), anstyle::Style::new(), style)?;
    if row.basis == Basis::Observed {
        detail(output, "basis", "observed, not documented", style.faint, style)?;
    }
    let (prose, command) = parted(&row.remedy);
    if !prose.is_empty() {
        detail(output, "fix", &prose, style.remedy, style)?;
    }
    match command {
        Some(command) => writeln!(output, "    {:LABEL$} {}", "", styled(style.remedy, visible(command))),
        None => Ok(()),
    }
}

/// What a file has, and where it stands.
fn side(side: &Side) -> String {
    let value = side.value.as_ref().map_or_else(|| "none".to_owned(), |value: &Value| exact(value).into_owned());
    match &side.at {
        Some(at) => format!("{value}, at {}", place(at)),
        None => value,
    }
}

fn detail(output: &mut dyn Write, label: &str, text: &str, colour: anstyle::Style, style: &Style) -> io::Result<()> {
    let text = visible(text);
    let mut label = label;
    for line in wrapped(&text, style.width().saturating_sub(4 + LABEL + 1)) {
        writeln!(output, "    {} {}", styled(style.faint, format_args!("{label:LABEL$}")), styled(colour, line))?;
        label = "";
    }
    Ok(())
}

/// The sum in one line.
fn sum(output: &mut dyn Write, report: &CompareReport, style: &Style) -> io::Result<()> {
    let counts = [
        (report.count(RowVerdict::Pass), "passed", style.pass),
        (report.failed(Severity::Error), "failed", style.error),
        (report.failed(Severity::Warning), "to look at", style.warning),
        (report.count(RowVerdict::Undecided), "undecided", style.undecided),
        (report.count(RowVerdict::NotApplicable), "not applicable", style.faint),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, word, colour)| format!("{count} {}", styled(colour, word)))
        .collect();
    let rows = counted(report.comparison.rows.len() as u64, "row");
    writeln!(output, "{rows} against {}: {}", visible(&report.pack), parts.join(", "))
}

/// Columns of the longest verdict, `undecided`.
const VERDICT: usize = 9;
/// Columns of the longest label of a detail.
const LABEL: usize = 8;
/// Columns that a message has at least.
const NARROWEST: usize = 24;
