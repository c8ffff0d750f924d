//! Two packs side by side: the limits that differ, and the files whose verdict does.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use serde::Serialize;

use crate::finding::Verdict;
use crate::profile::Category;

use super::describe::counted;
use super::limits::categories;
use super::style::{Style, styled, visible};

/// What differs between two packs; the JSON of `limits diff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Version of this format: 1.
    pub schema_version: u32,
    /// Name of the first pack.
    pub a: String,
    /// Name of the second pack.
    pub b: String,
    /// The limits that differ, in the order of the rules.
    pub limits: Vec<Difference>,
    /// Number of files that were judged by both. Absent where none were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<u64>,
    /// The files whose verdict differs.
    pub files: Vec<Flip>,
}

/// One limit that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Identifier of the rule.
    pub rule: String,
    /// The categories in which it differs in this way.
    pub categories: Vec<Category>,
    /// Level and limit of the first pack in words. Absent: it has none.
    pub a: Option<String>,
    /// Level and limit of the second pack in words. Absent: it has none.
    pub b: Option<String>,
}

/// One file whose verdict differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flip {
    /// The path, written as in a report.
    pub path: String,
    /// The verdict under the first pack.
    pub a: Verdict,
    /// The verdict under the second pack.
    pub b: Verdict,
    /// The rules that keep it from passing under either.
    pub rules: Vec<String>,
}

/// Writes a comparison for people.
pub fn write_comparison(output: &mut dyn Write, comparison: &Comparison, style: &Style) -> io::Result<()> {
    let Comparison { a, b, limits, checked, files, .. } = comparison;
    if limits.is_empty() {
        writeln!(output, "{} and {} have the same limits", visible(a), visible(b))?;
    } else {
        let rows = limits.iter().map(|row| {
            let off = || "off".to_owned();
            let (a, b) = (row.a.clone().unwrap_or_else(off), row.b.clone().unwrap_or_else(off));
            vec![row.rule.clone(), categories(&row.categories), a, b]
        });
        table(output, &["rule", "for", a, b], rows, style)?;
    }
    let Some(checked) = checked else { return Ok(()) };
    writeln!(output)?;
    if !files.is_empty() {
        let rows = files.iter().map(|flip| {
            let verdict = |verdict: Verdict| verdict.as_str().to_owned();
            vec![visible(&flip.path).into_owned(), verdict(flip.a), verdict(flip.b), flip.rules.join(", ")]
        });
        table(output, &["file", a, b, "rules"], rows, style)?;
        writeln!(output)?;
    }
    let noun = if files.len() == 1 { "verdict differs" } else { "verdicts differ" };
    writeln!(output, "{}: {} {noun}", counted(*checked, "file"), files.len())
}

fn table(
    output: &mut dyn Write,
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    style: &Style,
) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width()).unwrap_or(u16::MAX))
        .set_header(header.iter().map(|title| visible(title).into_owned()));
    rows.for_each(|row| _ = table.add_row(row));
    table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 2)));
    // Identifiers and paths are not broken.
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    for (index, line) in table.lines().enumerate() {
        let style = if index == 0 { style.strong } else { anstyle::Style::new() };
        writeln!(output, "{}", styled(style, line.trim_end()))?;
    }
    Ok(())
}
