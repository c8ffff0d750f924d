//! Which categories take each file, as tables for people: files down, categories across.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};

use crate::finding::{CategoryVerdict, FileReport, Summary, Verdict};
use crate::profile::Category;

use super::human::sum;
use super::run::{FileEntry, PostReport, Reporter, Run};
use super::style::{Style, styled, visible};

/// Writes the matrix of a run for people: one table for each kind of content, when all files are known.
#[derive(Debug)]
pub struct Matrix<W> {
    output: W,
    style: Style,
    pack: String,
    rows: Vec<(String, Vec<CategoryVerdict>)>,
    /// Files that no category fits.
    others: Vec<String>,
}

impl<W: Write> Matrix<W> {
    /// A reporter that writes to `output`, which should be buffered.
    pub const fn new(output: W, style: Style) -> Self {
        Self { output, style, pack: String::new(), rows: Vec::new(), others: Vec::new() }
    }

    fn table(&self, categories: &[Category], rows: &[&(String, Vec<CategoryVerdict>)]) -> Table {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(self.style.width()).unwrap_or(u16::MAX));
        let mut header = vec!["file"];
        header.extend(categories.iter().map(|category| category.as_str()));
        table.set_header(header);
        for (path, verdicts) in rows {
            let mut cells = vec![visible(path).into_owned()];
            cells.extend(verdicts.iter().map(cell));
            table.add_row(cells);
        }
        table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 2)));
        table
    }
}

impl<W: Write> Reporter for Matrix<W> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.pack.clone_from(&run.pack);
        Ok(())
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        if let FileEntry::Report(report) = entry {
            let FileReport { path, matrix, .. } = report.as_ref();
            let path = path.clone().unwrap_or_default();
            if matrix.is_empty() { self.others.push(path) } else { self.rows.push((path, matrix.clone())) }
        }
        Ok(())
    }

    fn post(&mut self, _: &PostReport) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let mut kinds: Vec<Vec<Category>> = Vec::new();
        for (_, verdicts) in &self.rows {
            let categories = verdicts.iter().map(|verdict| verdict.category).collect();
            if !kinds.contains(&categories) {
                kinds.push(categories);
            }
        }
        kinds.sort_unstable();
        for categories in &kinds {
            let is_kind = |row: &&(String, Vec<CategoryVerdict>)| {
                row.1.iter().map(|verdict| verdict.category).eq(categories.iter().copied())
            };
            let rows: Vec<_> = self.rows.iter().filter(is_kind).collect();
            let table = self.table(categories, &rows);
            for (index, line) in table.lines().enumerate() {
                let style = if index == 0 { self.style.strong } else { anstyle::Style::new() };
                writeln!(self.output, "{}", styled(style, line.trim_end()))?;
            }
            writeln!(self.output)?;
        }
        for path in &self.others {
            writeln!(self.output, "{}  no category takes its content", visible(path))?;
        }
        if !self.others.is_empty() {
            writeln!(self.output)?;
        }
        writeln!(self.output, "{}", sum(&self.style, &self.pack, summary))?;
        self.output.flush()
    }
}

/// A verdict with the first rules behind it.
fn cell(verdict: &CategoryVerdict) -> String {
    if verdict.verdict == Verdict::Pass || verdict.rules.is_empty() {
        return verdict.verdict.as_str().to_owned();
    }
    let shown = verdict.rules.iter().take(RULES).map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
    let more = match verdict.rules.len().saturating_sub(RULES) {
        0 => String::new(),
        more => format!(" +{more}"),
    };
    format!("{}: {shown}{more}", verdict.verdict.as_str())
}

/// Rules that a cell names.
const RULES: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_names_the_first_rules() {
        let verdict = |verdict, rules: &[&'static str]| CategoryVerdict {
            category: Category::TweetVideo,
            verdict,
            rules: rules.iter().map(|rule| (*rule).into()).collect(),
        };
        assert_eq!(cell(&verdict(Verdict::Pass, &[])), "pass");
        assert_eq!(cell(&verdict(Verdict::Undecided, &["open-gop"])), "undecided: open-gop");
        assert_eq!(cell(&verdict(Verdict::Fail, &["a", "b", "c", "d"])), "fail: a, b +2");
    }
}
