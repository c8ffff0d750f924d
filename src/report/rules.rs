//! The rules as a table, and the explanation of one.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::profile::{Level, Profile};
use crate::rules::{self, Rule};

use super::limits::categories;
use super::markdown::write_markdown;
use super::style::{Style, styled, wrapped};

/// Writes all rules as a table: identifier, level in the pack, summary.
pub fn write_rules(output: &mut dyn Write, profile: &Profile, style: &Style) -> io::Result<()> {
    let levels = levels(profile);
    let column = rules::all().iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let indent = column + 2 + LEVEL + 2;
    for rule in rules::all() {
        let level = levels.get(rule.id).copied();
        let pad = column - rule.id.len();
        write!(
            output,
            "{}{:pad$}  {}  ",
            styled(style.strong, rule.id),
            "",
            styled(colour(level, style), format_args!("{:LEVEL$}", word(level)))
        )?;
        let mut lines = wrapped(rule.summary, style.width().saturating_sub(indent).max(20));
        writeln!(output, "{}", lines.next().unwrap_or_default())?;
        for line in lines {
            writeln!(output, "{:indent$}{line}", "")?;
        }
    }
    Ok(())
}

/// Writes what one rule is for, and what the pack says of it.
pub fn write_explanation(output: &mut dyn Write, rule: &Rule, profile: &Profile, style: &Style) -> io::Result<()> {
    writeln!(output, "{}\n", styled(style.strong, rule.id))?;
    write_markdown(output, &rule.explanation(), style)?;
    writeln!(output, "\nIn the pack {}:", profile.name())?;
    for row in profile.rows(None).into_iter().filter(|row| row.rule == rule.id) {
        let level = styled(colour(Some(row.level), style), word(Some(row.level)));
        let pad = LEVEL.saturating_sub(word(Some(row.level)).len());
        let column = style.width().saturating_sub(LEVEL + 4);
        let limit = match categories(&row.categories).as_str() {
            "all" => row.limit,
            categories => format!("{categories}: {}", row.limit),
        };
        let mut lines = wrapped(&limit, column);
        writeln!(output, "  {level}{:pad$}  {}", "", lines.next().unwrap_or_default())?;
        let source = format!("{}: {}", row.basis, row.source);
        for line in lines.chain(wrapped(&source, column)) {
            writeln!(output, "{:1$}{line}", "", LEVEL + 4)?;
        }
    }
    Ok(())
}

/// The level of each rule: the one that binds most, where it differs by category.
pub(super) fn levels(profile: &Profile) -> HashMap<&'static str, Level> {
    let mut levels = HashMap::new();
    for row in profile.rows(None) {
        let level = levels.entry(row.rule).or_insert(row.level);
        if strength(row.level) > strength(*level) {
            *level = row.level;
        }
    }
    levels
}

const fn strength(level: Level) -> u8 {
    match level {
        Level::Must => 2,
        Level::Should => 1,
        Level::Off => 0,
    }
}

pub(super) const fn word(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Must) => "must",
        Some(Level::Should) => "should",
        Some(Level::Off) => "off",
        None => "-",
    }
}

const fn colour(level: Option<Level>, style: &Style) -> anstyle::Style {
    match level {
        Some(Level::Must) => style.error,
        Some(Level::Should) => style.warning,
        Some(Level::Off) | None => style.faint,
    }
}

/// Columns of the longest level, `should`.
const LEVEL: usize = 6;
