//! The limits of a pack as a table.

use std::io::{self, Write};

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use crate::profile::{Category, Profile, Use};

use super::rules::word;
use super::style::{Style, styled, wrapped};

/// Writes the limits in force as a table, for one category or for all, and what the pack says of itself.
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
    let for_all = category.is_none();
    let header: &[&str] =
        if for_all { &["rule", "level", "limit", "for", "basis"] } else { &["rule", "level", "limit", "basis"] };
    table.set_header(header);
    let mut sources: Vec<String> = Vec::new();
    for row in profile.rows(category) {
        let source = sources.iter().position(|source| *source == row.source).unwrap_or_else(|| {
            sources.push(row.source);
            sources.len() - 1
        });
        let mut cells = vec![row.rule.to_owned(), word(Some(row.level)).to_owned(), row.limit];
        if for_all {
            cells.push(categories(&row.categories));
        }
        cells.push(format!("{} [{}]", row.basis, source + 1));
        table.add_row(cells);
    }
    table.column_iter_mut().for_each(|column| _ = column.set_padding((0, 2)));
    // Identifiers are not broken.
    if let Some(rules) = table.column_mut(0) {
        rules.set_constraint(ColumnConstraint::ContentWidth);
    }
    let mut lines = table.lines();
    if let Some(header) = lines.next() {
        writeln!(output, "{}", styled(style.strong, header.trim_end()))?;
    }
    lines.try_for_each(|line| writeln!(output, "{}", line.trim_end()))?;
    if !sources.is_empty() {
        writeln!(output)?;
    }
    for (index, source) in sources.iter().enumerate() {
        let mut number = format!("[{}]", index + 1);
        for line in wrapped(source, style.width().saturating_sub(NUMBER + 1)) {
            writeln!(output, "{number:>NUMBER$} {line}")?;
            number.clear();
        }
    }
    if !profile.notes().is_empty() {
        writeln!(output)?;
    }
    for note in profile.notes() {
        wrapped(note, style.width()).try_for_each(|line| writeln!(output, "{}", styled(style.faint, line)))?;
    }
    Ok(())
}

/// The categories in few words: those that take the same content are named by it where all are there.
pub(super) fn categories(categories: &[Category]) -> String {
    if categories.is_empty() || categories.len() == Category::ALL.len() {
        return "all".to_owned();
    }
    let mut words = Vec::new();
    for (content, name) in
        [(Use::Image, "images"), (Use::Gif, "GIFs"), (Use::Video, "videos"), (Use::Captions, "subtitles")]
    {
        let takes = |category: &&Category| category.takes() == content;
        let given: Vec<_> = categories.iter().filter(takes).collect();
        if given.len() == Category::ALL.iter().filter(takes).count() {
            words.push(name);
        } else {
            words.extend(given.into_iter().map(|category| category.as_str()));
        }
    }
    words.join(", ")
}

/// Columns of the number of a source.
const NUMBER: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn table(profile: &str, category: Option<Category>, width: usize) -> String {
        let mut output = Vec::new();
        write_limits(&mut output, &Profile::built_in(profile).unwrap(), category, &Style::plain(width)).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn categories_are_named_in_few_words() {
        assert_eq!(categories(&Category::ALL), "all");
        assert_eq!(categories(&[Category::TweetImage, Category::DmImage, Category::TweetGif]), "images, tweet_gif");
    }

    #[test]
    fn each_limit_of_the_category_is_a_row() {
        let text = table("twitter", Some(Category::TweetGif), 100);
        assert!(text.contains("\n [1] "), "{text}");
        assert!(text.starts_with("rule  "), "{text}");
        assert!(text.contains("\ngif-too-many-frames       must    at most 350 frames "), "{text}");
        assert!(!text.contains("video-codec"), "{text}");
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        for pack in Profile::BUILT_IN {
            for line in table(pack, None, 80).lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
        }
    }
}
