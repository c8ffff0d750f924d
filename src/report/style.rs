//! Colour by meaning, lines of bounded width, and text that cannot command a terminal.

use std::borrow::Cow;
use std::fmt::{self, Write};

use anstyle::{AnsiColor, Effects};

/// How text for people is set: colours, and the width of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// Tells apart the styles that [`Self::plain`] and [`Self::coloured`] make; 0 for a line so wide that it has no number.
    pub fn number(&self) -> u32 {
        let width = u32::try_from(self.width).ok().and_then(|width| width.checked_mul(2)?.checked_add(2));
        width.map_or(0, |width| width + u32::from(!self.pass.is_plain()))
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

/// Writes text in a style.
pub(super) fn write_styled(style: anstyle::Style, text: &str, to: &mut String) {
    if style.is_plain() {
        to.push_str(text);
    } else {
        // Writing to a string never fails.
        let _ = write!(to, "{}", styled(style, text));
    }
}

struct Styled<T> {
    style: anstyle::Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Styled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.style.is_plain() {
            return self.text.fmt(f);
        }
        write!(f, "{}{}{}", self.style.render(), self.text, self.style.render_reset())
    }
}

/// The text with everything that a terminal would obey written as an escape: names and texts of files are not trusted.
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_printable_ascii(text) || !text.chars().any(commands) {
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

/// Whether nothing needs a closer look, as in most text.
pub(super) fn is_printable_ascii(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(last) = bytes.last_chunk() else { return bytes.iter().copied().all(is_printable) };
    // The last step takes bytes again rather than one by one.
    bytes.as_chunks().0.iter().chain([last]).all(are_printable)
}

/// Whether the text is its own only line if that is wide enough: printable ASCII, with single blanks between its words.
pub(super) fn is_tidy(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some((first, behind)), Some((last, before))) = (bytes.split_first(), bytes.split_last()) else { return true };
    if *first == b' ' || *last == b' ' {
        return false;
    }
    // Each byte but the first, with the one before it.
    let (Some(last_before), Some(last_behind)) = (before.last_chunk(), behind.last_chunk()) else {
        return is_printable(*first) && before.iter().zip(behind).all(|(before, byte)| untidy(*before, *byte) == 0);
    };
    let steps = before.as_chunks().0.iter().zip(behind.as_chunks().0);
    is_printable(*first) && steps.chain([(last_before, last_behind)]).all(|(before, behind)| are_tidy(before, behind))
}

#[inline]
const fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

// What follows is put as numbers, and of a step no byte is left out: that is what lets the processor look at all of them at once.

/// Whether a byte is not printable.
#[inline]
fn odd(byte: u8) -> u8 {
    u8::from(!is_printable(byte))
}

/// Whether a byte is not printable, or a second blank.
#[inline]
fn untidy(before: u8, byte: u8) -> u8 {
    odd(byte) | u8::from(byte == b' ') & u8::from(before == b' ')
}

#[inline]
fn are_printable(step: &Step) -> bool {
    step.iter().fold(0, |any, byte| any | odd(*byte)) == 0
}

#[inline]
fn are_tidy(before: &Step, step: &Step) -> bool {
    before.iter().zip(step).fold(0, |any, (before, byte)| any | untidy(*before, *byte)) == 0
}

/// Bytes that are looked at together.
type Step = [u8; 16];

/// The text [made visible](visible), and the columns that it takes.
pub(super) fn measured(text: &str) -> (Cow<'_, str>, usize) {
    if is_printable_ascii(text) {
        return (Cow::Borrowed(text), text.len());
    }
    let text = visible(text);
    let columns = text.chars().count();
    (text, columns)
}

/// The columns that a text takes.
pub(super) fn columns(text: &str) -> usize {
    if is_printable_ascii(text) { text.len() } else { text.chars().count() }
}

/// Whether a terminal takes the character for a command, or shows what follows in another order.
fn commands(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Breaks `text` at blanks into lines of at most `width` columns; a word that is longer has a line of its own.
pub(super) fn wrapped(text: &str, width: usize) -> Lines<'_> {
    wrapped_after(0, text, width)
}

/// The same, where `used` columns of the first line are taken: that line is empty if no word fits after them.
pub(super) fn wrapped_after(used: usize, text: &str, width: usize) -> Lines<'_> {
    Lines { rest: text, width, used, is_tidy: is_tidy(text), is_first: true }
}

/// The same of text that [is tidy](is_tidy).
pub(super) const fn wrapped_tidy(used: usize, text: &str, width: usize) -> Lines<'_> {
    Lines { rest: text, width, used, is_tidy: true, is_first: true }
}

/// The lines of a text, at least one.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    rest: &'t str,
    width: usize,
    used: usize,
    /// Whether a byte is a column, and single blanks part the words.
    is_tidy: bool,
    is_first: bool,
}

impl<'t> Lines<'t> {
    /// The next line of tidy text.
    pub(super) fn next_tidy(&mut self) -> Option<&'t str> {
        let rest = self.rest;
        if rest.is_empty() {
            return std::mem::take(&mut self.is_first).then_some("");
        }
        self.is_first = false;
        let (line, rest) = rest.split_at_checked(self.tidy_end()).unwrap_or((rest, ""));
        self.used = 0;
        self.rest = rest.strip_prefix(' ').unwrap_or(rest);
        Some(line)
    }

    /// Where the next line of tidy text ends.
    fn tidy_end(&self) -> usize {
        let columns = self.width.saturating_sub(self.used + usize::from(self.used > 0));
        if self.rest.len() <= columns {
            return self.rest.len();
        }
        let bytes = self.rest.as_bytes();
        let is_blank = |byte: &u8| *byte == b' ';
        let fitting = bytes.get(..=columns).unwrap_or(bytes).iter().rposition(is_blank);
        match fitting {
            Some(end) => end,
            None if self.used > 0 => 0,
            None => bytes.iter().position(is_blank).unwrap_or(bytes.len()),
        }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = Cow<'t, str>;

    fn next(&mut self) -> Option<Cow<'t, str>> {
        if self.is_tidy {
            return self.next_tidy().map(Cow::Borrowed);
        }
        let is_first = std::mem::take(&mut self.is_first);
        let rest = self.rest.trim_start();
        if rest.is_empty() {
            self.rest = rest;
            return is_first.then_some(Cow::Borrowed(""));
        }
        let mut columns = std::mem::take(&mut self.used);
        // Where the line ends so far, the word that follows it, and whether single blanks part its words.
        let (mut end, mut word, mut word_columns, mut is_tidy) = (0, 0, 0, true);
        for (index, character) in rest.char_indices().chain([(rest.len(), ' ')]) {
            if !character.is_whitespace() {
                if word_columns == 0 {
                    word = index;
                }
                word_columns += 1;
            } else if word_columns > 0 {
                let blank = usize::from(columns > 0);
                if columns > 0 && columns + blank + word_columns > self.width {
                    break;
                }
                is_tidy &= end == 0 || rest.get(end..word) == Some(" ");
                columns += blank + word_columns;
                (end, word_columns) = (index, 0);
            }
        }
        let (line, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        self.rest = rest;
        Some(if is_tidy { line.into() } else { line.split_whitespace().collect::<Vec<_>>().join(" ").into() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_name_cannot_command_the_terminal() {
        assert_eq!(visible("a\u{1b}[31m\n.mp4"), "a\\u{1b}[31m\\n.mp4");
        assert_eq!(visible("gpj.\u{202e}mp4"), "gpj.\\u{202e}mp4");
        assert_eq!(visible("büro 日本.mp4"), "büro 日本.mp4");
    }

    #[test]
    fn lines_break_at_blanks_within_the_width() {
        let lines = |text, width| wrapped(text, width).map(Cow::into_owned).collect::<Vec<_>>();
        assert_eq!(lines("one two three", 7), ["one two", "three"]);
        assert_eq!(lines("unbreakable x", 4), ["unbreakable", "x"]);
        assert_eq!(lines("", 4), [""]);
        assert_eq!(lines(" one\u{a0} two\n\nthree  ", 7), ["one two", "three"]);
        assert_eq!(lines("日本 語", 4), ["日本 語"]);
        let after = |used, text| wrapped_after(used, text, 7).map(Cow::into_owned).collect::<Vec<_>>();
        assert_eq!(after(3, "one two"), ["one", "two"]);
        assert_eq!(after(4, "one two"), ["", "one two"]);
        assert_eq!(after(9, ""), [""]);
    }

    #[test]
    fn text_is_tidy_wherever_what_is_not_would_stand() {
        for length in 0..40 {
            let text = "x".repeat(length);
            assert!(is_tidy(&text) && is_printable_ascii(&text), "{length}");
            for place in 0..length {
                let with = |what: &str| format!("{}{what}{}", &text[..place], &text[place + 1..]);
                assert_eq!(is_tidy(&with(" ")), place > 0 && place + 1 < length, "{length} {place}");
                assert!(!is_tidy(&with("  ")) && is_printable_ascii(&with("  ")), "{length} {place}");
                for odd in ["\x1f", "\x7f", "é", "\u{202e}"] {
                    assert!(!is_tidy(&with(odd)) && !is_printable_ascii(&with(odd)), "{length} {place}");
                }
                assert!(is_tidy(&with("!~")) && is_printable_ascii(&with(" ~")));
            }
        }
    }

    proptest! {
        #[test]
        fn words_stay_in_order_and_lines_within_the_width(
            text in "[a-z ]{0,60}|[a-zé\u{a0}\n ]{0,40}",
            used in 0_usize..12,
            width in 1_usize..20,
        ) {
            let lines: Vec<_> = wrapped_after(used, &text, width).collect();
            let words = lines.iter().flat_map(|line| line.split_whitespace());
            prop_assert!(words.eq(text.split_whitespace()));
            for (index, line) in lines.iter().enumerate() {
                let used = if index == 0 && used > 0 { used + 1 } else { 0 };
                let is_one_word = !line.contains(' ');
                prop_assert!(line.is_empty() || used + line.chars().count() <= width || used == 0 && is_one_word);
                // No word of the next line would have fitted.
                let next = lines.get(index + 1).and_then(|next| next.split(' ').next());
                let blank = usize::from(!line.is_empty());
                prop_assert!(next.is_none_or(|word| used + line.chars().count() + blank + word.chars().count() > width));
            }
        }
    }
}
