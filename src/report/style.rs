//! Colour by meaning, lines of bounded width, and text that cannot command a terminal.

use std::borrow::Cow;
use std::fmt::{self, Write};

use anstyle::{AnsiColor, Effects};

/// How text for people is set: colours, and the width of a line.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    width: usize,
    pub(super) pass: anstyle::Style,
    pub(super) error: anstyle::Style,
    pub(super) warning: anstyle::Style,
    pub(super) undecided: anstyle::Style,
    pub(super) strong: anstyle::Style,
    pub(super) faint: anstyle::Style,
    pub(super) remedy: anstyle::Style,
}

impl Style {
    /// Text without colours, in lines of at most `width` columns where a line can be broken.
    pub const fn plain(width: usize) -> Self {
        let plain = anstyle::Style::new();
        Self {
            width,
            pass: plain,
            error: plain,
            warning: plain,
            undecided: plain,
            strong: plain,
            faint: plain,
            remedy: plain,
        }
    }

    /// Text with colours as ANSI escapes, in lines of at most `width` columns where a line can be broken.
    pub const fn coloured(width: usize) -> Self {
        Self {
            width,
            pass: AnsiColor::Green.on_default().effects(Effects::BOLD),
            error: AnsiColor::Red.on_default().effects(Effects::BOLD),
            warning: AnsiColor::Yellow.on_default().effects(Effects::BOLD),
            undecided: AnsiColor::Magenta.on_default().effects(Effects::BOLD),
            strong: anstyle::Style::new().effects(Effects::BOLD),
            faint: anstyle::Style::new().effects(Effects::DIMMED),
            remedy: AnsiColor::Cyan.on_default(),
        }
    }

    /// Columns of a line.
    pub const fn width(&self) -> usize {
        self.width
    }
}

/// Text in a style.
pub(super) fn styled(style: anstyle::Style, text: impl fmt::Display) -> impl fmt::Display {
    Styled { style, text }
}

struct Styled<T> {
    style: anstyle::Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Styled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.style.render(), self.text, self.style.render_reset())
    }
}

/// The text with everything that a terminal would obey written as an escape: names and texts of files are not trusted.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(commands) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if commands(character) {
            let _ = write!(safe, "{}", character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Whether a terminal takes the character for a command, or shows what follows in another order.
fn commands(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Breaks `text` at blanks into lines of at most `width` columns; a word that is longer has a line of its own.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if columns > 0 && columns + 1 + length > width {
            lines.push(std::mem::take(&mut line));
            columns = 0;
        }
        if columns > 0 {
            line.push(' ');
            columns += 1;
        }
        line.push_str(word);
        columns += length;
    }
    if columns > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_command_the_terminal() {
        assert_eq!(visible("a\u{1b}[31m\n.mp4"), "a\\u{1b}[31m\\n.mp4");
        assert_eq!(visible("gpj.\u{202e}mp4"), "gpj.\\u{202e}mp4");
        assert_eq!(visible("büro 日本.mp4"), "büro 日本.mp4");
    }

    #[test]
    fn lines_break_at_blanks_within_the_width() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable x", 4), ["unbreakable", "x"]);
        assert_eq!(wrapped("", 4), [""]);
    }
}
