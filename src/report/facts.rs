//! The facts of a file as a tree: each value with the place it was read from.

use std::io::{self, Write};

use crate::facts::Facts;
use crate::units::Ratio;

use super::style::{Style, styled, visible};
use super::tree::Tree;

/// Writes `facts` as a tree: name, value, offset and path. What the file need not carry is `absent`; what could not
/// be learnt is `unknown`, with the reason.
///
/// The tree follows the facts' JSON, so every fact that there is shows up.
pub fn write_facts(output: &mut dyn Write, name: &str, facts: &Facts, style: &Style) -> io::Result<()> {
    let rows = rows(facts)?;
    writeln!(output, "{}", styled(style.strong, visible(name)))?;
    // A single long value must not push all places to the right.
    let names = rows.iter().map(Row::name_columns).max().unwrap_or_default();
    let placed = rows.iter().filter(|row| row.place.is_some());
    let values = placed.map(|row| row.value.chars().count()).filter(|&n| n <= VALUE).max().unwrap_or_default();
    rows.iter().try_for_each(|row| row.write(output, names, values, style))
}

/// The lines of the tree, in their order.
pub(super) fn rows(facts: &Facts) -> io::Result<Vec<Row>> {
    let tree: Tree = serde_json::from_str(&serde_json::to_string(facts)?)?;
    let mut rows = Vec::new();
    branch(&tree, 1, &mut rows);
    Ok(rows)
}

/// One line of the tree.
pub(super) struct Row {
    /// Levels above it: 1 at the top.
    pub(super) depth: usize,
    /// The fact's name in words.
    pub(super) name: String,
    /// Its value with its unit; empty where only its children have values.
    pub(super) value: String,
    /// What kind of line it is.
    pub(super) kind: Kind,
    /// Offset and path, where the value was read.
    pub(super) place: Option<String>,
}

/// What a line of the tree stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It has children.
    Branch,
    /// A value.
    Value,
    /// The file does not carry it.
    Absent,
    /// It could not be learnt.
    Unknown,
}

impl Row {
    fn name_columns(&self) -> usize {
        self.depth * 2 + self.name.chars().count()
    }

    fn write(&self, output: &mut dyn Write, names: usize, values: usize, style: &Style) -> io::Result<()> {
        let indent = self.depth * 2;
        let name = visible(&self.name);
        if self.kind == Kind::Branch && self.place.is_none() {
            return writeln!(output, "{:indent$}{}", "", styled(style.strong, name));
        }
        let value = visible(&self.value);
        let value_style = match self.kind {
            Kind::Branch | Kind::Value => anstyle::Style::new(),
            Kind::Absent => style.faint,
            Kind::Unknown => style.undecided,
        };
        let pad = names.saturating_sub(self.name_columns());
        let name_style = if self.kind == Kind::Branch { style.strong } else { anstyle::Style::new() };
        write!(output, "{:indent$}{}{:pad$}  {}", "", styled(name_style, name), "", styled(value_style, &value))?;
        if let Some(place) = &self.place {
            let pad = values.saturating_sub(value.chars().count());
            write!(output, "{:pad$}  {}", "", styled(style.faint, visible(place)))?;
        }
        writeln!(output)
    }
}

fn branch(tree: &Tree, depth: usize, rows: &mut Vec<Row>) {
    match tree {
        Tree::Map(entries) => entries.iter().for_each(|(name, child)| node(name, child, depth, None, rows)),
        Tree::List(items) => {
            for (index, child) in items.iter().enumerate() {
                node(&format!("[{index}]"), child, depth, None, rows);
            }
        }
        Tree::Null | Tree::Word(_) | Tree::Text(_) => {}
    }
}

fn node(name: &str, tree: &Tree, depth: usize, place: Option<String>, rows: &mut Vec<Row>) {
    let mut row = |value: String, kind: Kind, place: Option<String>| {
        rows.push(Row { depth, name: name.replace('_', " "), value, kind, place });
    };
    if let Some(known) = tree.entry("known") {
        let place = known.entry("at").and_then(place_of);
        return match known.entry("value") {
            Some(value) => node(name, value, depth, place, rows),
            None => node(name, known, depth, place, rows),
        };
    }
    if let Some(why) = tree.entry("unknown").and_then(Tree::leaf) {
        return row(format!("unknown: {why}"), Kind::Unknown, None);
    }
    if *tree == Tree::Text("absent".to_owned()) {
        return row("absent".to_owned(), Kind::Absent, None);
    }
    if let Some(text) = place_of(tree) {
        return row(text, Kind::Value, place);
    }
    match tree {
        Tree::List(items) if items.is_empty() => row("none".to_owned(), Kind::Absent, place),
        Tree::List(_) => {
            row(String::new(), Kind::Branch, place);
            branch(tree, depth + 1, rows);
        }
        Tree::Map(entries) => {
            if let Some(value) = in_one_line(entries) {
                row(value, Kind::Value, place);
            } else {
                row(String::new(), Kind::Branch, place);
                branch(tree, depth + 1, rows);
            }
        }
        Tree::Null => row("none".to_owned(), Kind::Absent, place),
        Tree::Word(_) | Tree::Text(_) => row(with_unit(name, tree), Kind::Value, place),
    }
}

/// The place that an object of offset and path names.
fn place_of(tree: &Tree) -> Option<String> {
    let Tree::Map(entries) = tree else { return None };
    let [(_, offset), (_, path)] = entries.as_slice() else { return None };
    if entries.iter().map(|entry| entry.0.as_str()).ne(["offset", "path"]) {
        return None;
    }
    Some(format!("@{}  {}", offset.leaf()?, path.leaf()?))
}

/// Sizes, and objects of a few plain values.
fn in_one_line(entries: &[(String, Tree)]) -> Option<String> {
    if let [(first, width), (second, height)] = entries
        && first == "width"
        && second == "height"
    {
        return Some(format!("{}x{}", width.leaf()?, height.leaf()?));
    }
    let parts: Option<Vec<_>> = entries
        .iter()
        .map(|(name, value)| {
            value.leaf()?;
            Some(format!("{} {}", name.replace('_', " "), with_unit(name, value)))
        })
        .collect();
    parts.map(|parts| parts.join(", ")).filter(|line| line.chars().count() <= VALUE)
}

/// A leaf with its unit. A fraction is shown as a decimal where that is exact, otherwise both ways.
fn with_unit(name: &str, tree: &Tree) -> String {
    let text = tree.leaf().unwrap_or_default();
    let unit = UNITS.iter().find(|unit| unit.0.contains(&name)).map_or("", |unit| unit.1);
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let space = if unit.is_empty() || !is_number { "" } else { " " };
    let unit = if is_number { unit } else { "" };
    match text.parse::<Ratio>() {
        Ok(ratio) if 1_000_000 % ratio.denominator() == 0 => format!("{}{space}{unit}", ratio.decimal(6)),
        Ok(ratio) => format!("{text}{space}{unit} ({})", ratio.decimal(6)),
        _ => format!("{text}{space}{unit}"),
    }
}

/// Columns up to which a value keeps the places aligned.
const VALUE: usize = 48;

/// Units by the names of facts; a fact that is not listed is shown without one.
const UNITS: &[(&[&str], &str)] = &[
    (&["size", "sample_bytes", "bytes_after_trailer", "bytes"], "bytes"),
    (&["duration", "declared_duration", "media_duration", "span", "start", "time", "last_end"], "s"),
    (&["bit_rate"], "bit/s"),
    (&["sample_rate"], "Hz"),
    (&["timescale"], "ticks/s"),
    (&["average", "most_frequent"], "fps"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Animation, Evidence, Fact, Format, Image};
    use crate::units::{Dimensions, Duration};

    #[test]
    fn every_fact_is_shown_with_its_place() {
        let mut facts = Facts::new(2048, Format::Gif);
        facts.image = Some(Box::new(Image {
            dimensions: Fact::known(Dimensions::new(64, 48), Evidence::new(6, "logical screen")),
            orientation: Fact::Absent,
            ..Image::default()
        }));
        facts.animation = Some(Box::new(Animation {
            frames: Fact::known(3, Evidence::new(13, "image[0]")),
            duration: Fact::known(Duration::from_millis(100), Evidence::new(13, "image[0]")),
            ..Animation::default()
        }));
        let mut output = Vec::new();
        write_facts(&mut output, "a.gif", &facts, &Style::plain(100)).unwrap();
        insta::assert_snapshot!(String::from_utf8(output).unwrap());
    }
}
