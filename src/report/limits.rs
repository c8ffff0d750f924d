//! The limits of a pack as a table.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};

use crate::profile::{Category, Profile};

use super::rules::word;
use super::style::Style;

/// Writes the limits in force as a table, for one category or for all, with the documents they come from.
pub fn write_limits(
    output: &mut dyn Write,
    profile: &Profile,
    category: Option<Category>,
    style: &Style,
) -> io::Result<()> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(style.width()).unwrap_or(u16::MAX));
    let mut header = vec!["rule", "level", "limit", "basis"];
    if category.is_none() {
        header.insert(3, "categories");
    }
    table.set_header(header);
    for row in profile.rows(category) {
        let categories = categories(&row.categories);
        let mut cells = vec![row.rule.to_owned(), word(Some(row.level)).to_owned(), row.limit, row.basis.to_string()];
        if category.is_none() {
            cells.insert(3, categories);
        }
        table.add_row(cells);
    }
    for line in table.lines() {
        writeln!(output, "{}", line.trim_end())?;
    }
    let notes = profile.notes();
    if !notes.is_empty() {
        writeln!(output)?;
    }
    notes.iter().try_for_each(|note| writeln!(output, "{note}"))
}

fn categories(categories: &[Category]) -> String {
    if categories.is_empty() || categories.len() == Category::ALL.len() {
        return "all".to_owned();
    }
    categories.iter().map(|category| category.as_str()).collect::<Vec<_>>().join(" ")
}
