//! A title with labelled texts under it, for people.

use std::io::{self, Write};

use super::style::{Style, styled, visible, wrapped};

/// Writes a title, and under it each text behind its label, wrapped under itself. Nothing in it can command a terminal.
pub fn write_labelled(output: &mut dyn Write, title: &str, lines: &[(&str, String)], style: &Style) -> io::Result<()> {
    let title = visible(title);
    for line in wrapped(&title, style.width()) {
        writeln!(output, "{}", styled(style.strong, line))?;
    }
    let column = lines.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
    for (label, text) in lines {
        let text = visible(text);
        let mut label = *label;
        for line in wrapped(&text, style.width().saturating_sub(column + 3)) {
            writeln!(output, "  {} {line}", styled(style.faint, format_args!("{label:column$}")))?;
            label = "";
        }
    }
    Ok(())
}
