//! The explanation of a rule, set for a terminal. It uses a little of Markdown: paragraphs, lists, `**strong**` and code.

use std::borrow::Cow;
use std::io::{self, Write};

use super::style::{Style, styled, wrapped};

/// Writes Markdown as wrapped paragraphs. A command stands on a line of its own, unbroken, so that it can be copied.
pub(super) fn write_markdown(output: &mut dyn Write, text: &str, style: &Style) -> io::Result<()> {
    let mut first = true;
    for paragraph in paragraphs(text) {
        if !first && !paragraph.starts_with(ITEM) {
            writeln!(output)?;
        }
        first = false;
        write_paragraph(output, &paragraph, style)?;
    }
    Ok(())
}

/// The paragraphs and the items of lists, each in one line.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut paragraph = String::new();
    for line in text.lines().map(str::trim) {
        if (line.is_empty() || line.starts_with(ITEM)) && !paragraph.is_empty() {
            paragraphs.push(std::mem::take(&mut paragraph));
        }
        if !line.is_empty() {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
        }
    }
    if !paragraph.is_empty() {
        paragraphs.push(paragraph);
    }
    paragraphs
}

fn write_paragraph(output: &mut dyn Write, paragraph: &str, style: &Style) -> io::Result<()> {
    let mut prose = String::new();
    let mut strong = false;
    for (index, part) in paragraph.split('`').enumerate() {
        let is_code = index % 2 == 1;
        if is_code && TOOLS.iter().any(|tool| part.starts_with(tool)) {
            write_prose(output, &prose, &mut strong, style)?;
            prose.clear();
            writeln!(output, "    {}", styled(style.remedy, part))?;
        } else if is_code {
            prose.push('`');
            prose.push_str(part);
            prose.push('`');
        } else if prose.is_empty() && index > 0 {
            // What ends the sentence with the command does not begin the next line.
            prose.push_str(part.trim_start_matches(['.', ',', ';', ':', ' ']));
        } else {
            prose.push_str(part);
        }
    }
    write_prose(output, &prose, &mut strong, style)
}

fn write_prose(output: &mut dyn Write, prose: &str, strong: &mut bool, style: &Style) -> io::Result<()> {
    if prose.trim().is_empty() {
        return Ok(());
    }
    for line in wrapped(prose, style.width()) {
        for (index, part) in line.split("**").enumerate() {
            if index > 0 {
                *strong = !*strong;
            }
            if *strong {
                write!(output, "{}", styled(style.strong, part))?;
            } else {
                write!(output, "{part}")?;
            }
        }
        writeln!(output)?;
    }
    Ok(())
}

/// The prose of a remedy and its command, where it has one that can stand apart: at the end, or in parentheses.
pub(super) fn parted(text: &str) -> (Cow<'_, str>, Option<&str>) {
    let apart = tool(text).and_then(|start| {
        let (before, command) = text.split_at_checked(start)?;
        match (before.strip_suffix(" ("), before.strip_suffix(": ")) {
            (Some(before), _) => {
                command.split_once(')').map(|(command, after)| (format!("{before}{after}").into(), command))
            }
            (None, Some(before)) => Some((before.into(), command)),
            (None, None) => None,
        }
    });
    match apart {
        Some((prose, command)) => (prose, Some(command)),
        None => (text.into(), None),
    }
}

/// Where the first command begins.
fn tool(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let begins = |(start, first): (usize, &u8)| {
        let rest = bytes.get(start..).filter(|_| matches!(first, b'f' | b'g' | b'i'))?;
        TOOLS.iter().any(|tool| rest.starts_with(tool.as_bytes())).then_some(start)
    };
    bytes.iter().enumerate().find_map(begins)
}

/// How commands begin: with one of the letters that are looked for.
const TOOLS: &[&str] = &["ffmpeg -", "gifsicle ", "iconv -"];
/// How an item of a list begins.
const ITEM: &str = "- ";

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, width: usize) -> String {
        let mut output = Vec::new();
        write_markdown(&mut output, text, &Style::plain(width)).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn paragraphs_are_wrapped_and_commands_are_not() {
        let text = "The file\nis cut.\n\n**How to fix it.** Copy it again, or `ffmpeg -i INPUT\n-c copy OUTPUT`. It keeps `mdat`.\n\n- one\n- two";
        assert_eq!(
            set(text, 20),
            "The file is cut.\n\nHow to fix it.\nCopy it again, or\n    ffmpeg -i INPUT -c copy OUTPUT\nIt keeps `mdat`.\n- one\n- two\n"
        );
    }

    #[test]
    fn a_remedy_is_parted_from_a_command_that_can_stand_apart() {
        for (text, prose, command) in [
            ("Scale it: ffmpeg -i INPUT OUTPUT", "Scale it", Some("ffmpeg -i INPUT OUTPUT")),
            ("Drop frames (ffmpeg -i a b), or wait", "Drop frames, or wait", Some("ffmpeg -i a b")),
            ("Mend it; ffmpeg -i a b does so too", "Mend it; ffmpeg -i a b does so too", None),
            ("Copy it again", "Copy it again", None),
        ] {
            assert_eq!(parted(text), (prose.into(), command));
        }
    }
}
