//! The text for people about one file: a line, and under it what is wrong, where, and what would mend it.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::mem;

use crate::facts::Evidence;
use crate::finding::{Baseline, FileReport, Finding, NearMiss, Severity, Undecided, Value, Verdict};
use crate::profile::Basis;
use crate::units::{Ratio, WriteTo, write_hexadecimal};

use super::markdown::parted;
use super::style::{
    Lines, Style, columns, is_tidy, measured, styled, visible, wrapped, wrapped_after, wrapped_tidy, write_styled,
};

/// The text about one file after the other, in memory that is used again and again.
#[derive(Debug)]
pub(super) struct EntryText {
    style: Style,
    /// Whether the style has no colours, so that text is put down as it is.
    is_plain: bool,
    text: String,
    /// What is put together before it is set.
    words: String,
    remedies: Remedies,
}

impl EntryText {
    pub(super) fn new(style: Style) -> Self {
        let is_plain = style == Style::plain(style.width());
        Self { style, is_plain, text: String::new(), words: String::new(), remedies: Remedies::new() }
    }

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Takes the text so far. There is room for as much again.
    pub(super) fn take(&mut self) -> String {
        let room = String::with_capacity(self.text.len());
        mem::replace(&mut self.text, room)
    }

    /// Forgets the text so far.
    pub(super) fn clear(&mut self) {
        self.text.clear();
    }

    /// Begins the next entry, after an empty line where it stands apart.
    pub(super) fn begin(&mut self, is_apart: bool) {
        if is_apart {
            self.text.push('\n');
        }
    }

    /// All that is said about a file under its headline. Nothing of it depends on the path.
    pub(super) fn details(&mut self, report: &FileReport) {
        report.findings.iter().for_each(|finding| self.finding(finding));
        report.undecided.iter().for_each(|undecided| self.undecided(undecided));
        report.near_misses.iter().for_each(|near| self.near_miss(near));
        self.takers(&report.accepted_by);
    }

    /// The packs that would take a file, if any.
    fn takers(&mut self, packs: &[Cow<'_, str>]) {
        let Some((last, others)) = packs.split_last() else { return };
        self.push("  ");
        self.styled(self.style.faint, "note");
        self.push(if others.is_empty() { ": the pack " } else { ": the packs " });
        for (index, pack) in others.iter().enumerate() {
            self.push(if index == 0 { "" } else { ", " });
            self.push(pack);
        }
        self.push(if others.is_empty() { "" } else { " and " });
        self.push(last);
        self.push(" would take it\n");
    }

    /// Verdict, name and description.
    pub(super) fn headline(&mut self, verdict: Verdict, name: &str, description: &str) {
        let style = match verdict {
            Verdict::Pass => self.style.pass,
            Verdict::Fail => self.style.error,
            Verdict::Undecided => self.style.undecided,
        };
        let (name, name_columns) = measured(name);
        let (description, description_columns) = measured(description);
        self.padded(style, verdict.as_str(), VERDICT);
        self.push(" ");
        self.styled(self.style.strong, &name);
        let columns = VERDICT + 1 + name_columns + 2 + description_columns;
        if description.is_empty() {
            self.push("\n");
        } else if columns <= self.style.width() {
            self.push("  ");
            self.styled(self.style.faint, &description);
            self.push("\n");
        } else {
            self.push("\n");
            for line in wrapped(&description, self.style.width().saturating_sub(VERDICT + 1)) {
                self.format(format_args!("{:VERDICT$} ", ""));
                self.styled(self.style.faint, &line);
                self.push("\n");
            }
        }
    }

    /// One finding.
    pub(super) fn finding(&mut self, finding: &Finding) {
        let style = match finding.severity {
            Severity::Error => self.style.error,
            Severity::Warning => self.style.warning,
        };
        let kind = match (finding.severity, finding.baseline) {
            (Severity::Error, Some(Baseline::Known)) => "known error",
            (Severity::Warning, Some(Baseline::Known)) => "known warning",
            (severity, _) => severity.as_str(),
        };
        self.titled(style, kind, &finding.rule, &finding.message);
        self.value(LIMIT, &finding.limit);
        self.value(ACTUAL, &finding.actual);
        if let Some(evidence) = &finding.evidence {
            self.place(evidence);
        }
        match finding.basis {
            Basis::Documented => {}
            Basis::Observed => self.detail(BASIS, "observed, not documented", self.style.faint),
            Basis::Heuristic => self.detail(BASIS, "experience, not documented", self.style.faint),
        }
        if !finding.remedy.is_empty() {
            self.remedy(&finding.remedy);
        }
    }

    fn undecided(&mut self, undecided: &Undecided) {
        let message = format!("not known, because {}", undecided.why);
        self.titled(self.style.undecided, "undecided", &undecided.rule, &message);
    }

    fn near_miss(&mut self, near: &NearMiss) {
        self.titled(self.style.faint, "near", &near.rule, &near.message);
    }

    /// A line that begins with what it is and the rule, wrapped under its own text.
    fn titled(&mut self, style: anstyle::Style, kind: &str, rule: &str, message: &str) {
        let title = kind.len() + columns(rule) + "[]:".len();
        let width = self.style.width().saturating_sub(4);
        self.push("  ");
        self.styled(style, kind);
        self.push("[");
        self.styled(self.style.strong, rule);
        self.push("]:");
        if !is_tidy(message) {
            let message = visible(message);
            self.lines(wrapped_after(title, &message, width));
        } else if !message.is_empty() && title + 1 + message.len() <= width {
            self.push(" ");
            self.push(message);
            self.push("\n");
        } else {
            self.tidy_lines(wrapped_tidy(title, message, width));
        }
    }

    /// The lines of a tidy message, of which the first has something before it.
    fn tidy_lines(&mut self, mut lines: Lines<'_>) {
        let mut before = " ";
        while let Some(line) = lines.next_tidy() {
            if !line.is_empty() {
                self.push(before);
                self.push(line);
            }
            self.push("\n");
            before = "    ";
        }
    }

    /// The lines of a message, of which the first has something before it.
    fn lines(&mut self, lines: Lines<'_>) {
        for (index, line) in lines.enumerate() {
            match index {
                0 if line.is_empty() => {}
                0 => self.push(" "),
                _ => self.push("    "),
            }
            self.push(&line);
            self.push("\n");
        }
    }

    /// A value behind its label.
    fn value(&mut self, label: &'static str, value: &Value) {
        match value {
            // It is one word.
            Value::Integer(number) => {
                self.label(label);
                number.push_to(&mut self.text);
                self.push("\n");
            }
            Value::Text(_) => self.detail(label, &exact(value), anstyle::Style::new()),
        }
    }

    /// Where it was read.
    fn place(&mut self, evidence: &Evidence) {
        let before = self.text.len();
        self.label(WHERE);
        let start = self.text.len();
        write_place(evidence, &mut self.text);
        if self.text.get(start..).is_some_and(|place| self.is_line(place)) {
            self.push("\n");
            return;
        }
        // It has to be set with more care, which it seldom has.
        let mut place = mem::take(&mut self.words);
        place.clear();
        place.push_str(self.text.get(start..).unwrap_or_default());
        self.text.truncate(before);
        self.detail(WHERE, &place, anstyle::Style::new());
        self.words = place;
    }

    /// A text behind its label, wrapped under itself.
    fn detail(&mut self, label: &'static str, text: &str, style: anstyle::Style) {
        if self.is_line(text) {
            self.label(label);
            self.styled(style, text);
            self.push("\n");
            return;
        }
        let text = visible(text);
        let mut label = label;
        for line in wrapped(&text, self.width_of_details()) {
            self.label(label);
            self.styled(style, &line);
            self.push("\n");
            label = NO_LABEL;
        }
    }

    /// Whether a text behind a label is one line as it is.
    fn is_line(&self, text: &str) -> bool {
        text.len() <= self.width_of_details() && is_tidy(text)
    }

    const fn width_of_details(&self) -> usize {
        self.style.width().saturating_sub(NO_LABEL.len())
    }

    /// A label with the blanks around it.
    fn label(&mut self, label: &'static str) {
        if self.is_plain {
            self.push(label);
        } else {
            // Blanks up to the width of a label are as faint as it.
            let column = label.get(MARGIN.len()..label.len() - 1).unwrap_or_default();
            self.format(format_args!("{MARGIN}{} ", styled(self.style.faint, column)));
        }
    }

    /// What mends it. A command has a line of its own and is not broken, so that it can be copied.
    fn remedy(&mut self, remedy: &str) {
        if let Some(set) = self.remedies.set(remedy) {
            self.text.push_str(set);
            return;
        }
        let start = self.text.len();
        let (prose, command) = parted(remedy);
        self.detail(FIX, &prose, self.style.remedy);
        if let Some(command) = command {
            self.push(NO_LABEL);
            self.styled(self.style.remedy, &visible(command));
            self.push("\n");
        }
        self.remedies.remember(remedy, self.text.get(start..).unwrap_or_default());
    }

    /// Text as it is.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// The same of one character.
    pub(super) fn push_char(&mut self, character: char) {
        self.text.push(character);
    }

    fn styled(&mut self, style: anstyle::Style, text: &str) {
        if self.is_plain {
            self.push(text);
        } else {
            write_styled(style, text, &mut self.text);
        }
    }

    /// The text, which is ASCII, and blanks up to a width.
    fn padded(&mut self, style: anstyle::Style, text: &str, width: usize) {
        let blanks = BLANKS.get(..width.saturating_sub(text.len())).unwrap_or(BLANKS);
        if self.is_plain {
            self.push(text);
            self.push(blanks);
        } else {
            self.format(format_args!("{}", styled(style, format_args!("{text}{blanks}"))));
        }
    }

    fn format(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a string never fails.
        let _ = self.text.write_fmt(text);
    }
}

/// Whether the text about a file has more than one line.
pub(super) const fn is_block(report: &FileReport) -> bool {
    !report.findings.is_empty() || !report.undecided.is_empty() || !report.near_misses.is_empty()
}

/// The remedies that were set before, in one style: most files of a run need the same few.
#[derive(Debug)]
struct Remedies {
    known: Vec<Remedy>,
    /// Which one makes room next.
    oldest: usize,
}

/// A remedy, and how it is set.
#[derive(Debug, Default)]
struct Remedy {
    remedy: String,
    set: String,
}

impl Remedies {
    const fn new() -> Self {
        Self { known: Vec::new(), oldest: 0 }
    }

    /// How a remedy is set, where that is known.
    fn set(&self, remedy: &str) -> Option<&str> {
        self.known.iter().find(|known| known.remedy == remedy).map(|known| known.set.as_str())
    }

    fn remember(&mut self, remedy: &str, set: &str) {
        if remedy.len() > LONGEST_REMEDY {
            return;
        }
        if self.known.len() < REMEDIES {
            self.known.push(Remedy { remedy: remedy.to_owned(), set: set.to_owned() });
        } else if let Some(oldest) = self.known.get_mut(self.oldest) {
            for (kept, new) in [(&mut oldest.remedy, remedy), (&mut oldest.set, set)] {
                kept.clear();
                kept.push_str(new);
            }
            self.oldest = (self.oldest + 1) % REMEDIES;
        }
    }
}

/// A place in the file, with the offset also as hexadecimal viewers show it.
pub(super) fn place(evidence: &Evidence) -> String {
    let mut text = String::new();
    write_place(evidence, &mut text);
    text
}

fn write_place(evidence: &Evidence, to: &mut String) {
    let Evidence { offset, path } = evidence;
    to.push_str("offset ");
    offset.push_to(to);
    if *offset >= 10 {
        to.push_str(" (0x");
        // Writing to a string never fails.
        let _ = write_hexadecimal(*offset, to);
        to.push(')');
    }
    to.push_str(", ");
    path.push_to(to);
}

/// A value as it is; a fraction as a decimal where that is exact, otherwise both ways.
pub(super) fn exact(value: &Value) -> Cow<'_, str> {
    let text = match value {
        Value::Integer(number) => return number.to_string().into(),
        Value::Text(text) => text,
    };
    // Most texts are no numbers at all.
    if !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'/')) {
        return text.as_ref().into();
    }
    match text.parse::<Ratio>() {
        Ok(ratio) if 1_000_000 % ratio.denominator() == 0 => {
            let mut decimal = String::new();
            ratio.decimal(6).push_to(&mut decimal);
            decimal.into()
        }
        Ok(ratio) => format!("{text} ({})", ratio.decimal(6)).into(),
        Err(_) => text.as_ref().into(),
    }
}

/// Columns of the longest verdict, `undecided`.
pub(super) const VERDICT: usize = 9;
/// What stands before a label.
const MARGIN: &str = "    ";
/// Labels of details, each with its margin and blanks up to the longest one and one more.
const LIMIT: &str = "    limit   ";
const ACTUAL: &str = "    actual  ";
const WHERE: &str = "    where   ";
const BASIS: &str = "    basis   ";
const FIX: &str = "    fix     ";
const NO_LABEL: &str = "            ";
/// As many blanks as any padding takes.
const BLANKS: &str = "         ";
/// Remedies that are kept as they were set, and bytes of one that is kept.
const REMEDIES: usize = 32;
const LONGEST_REMEDY: usize = 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_offset_is_written_both_ways_where_they_differ() {
        let at = |offset| place(&Evidence::within(offset, &"moov".into(), "mvhd"));
        assert_eq!(at(9), "offset 9, moov.mvhd");
        for offset in [10, 15, 16, 0x15a3, u64::from(u32::MAX), u64::MAX] {
            assert_eq!(at(offset), format!("offset {offset} ({offset:#x}), moov.mvhd"));
        }
    }

    #[test]
    fn a_fraction_is_shown_exactly_and_as_a_decimal() {
        let value = |numerator, denominator| Value::from(Ratio::new(numerator, denominator).unwrap());
        assert_eq!(exact(&value(2, 5)), "0.4");
        assert_eq!(exact(&value(60_000, 1001)), "60000/1001 (59.94006)");
        assert_eq!(exact(&Value::from(350_u64)), "350");
        assert_eq!(exact(&Value::from("1280x720")), "1280x720");
    }

    /// Text behind what it is called, line by line with no thought of the cost.
    fn set_slowly(used: usize, margin: &str, text: &str, width: usize) -> String {
        let text = visible(text);
        let lines: Vec<_> = wrapped_after(used, &text, width.saturating_sub(margin.len())).collect();
        lines.join(&format!("\n{margin}")) + "\n"
    }

    proptest! {
        #[test]
        fn text_is_set_alike_however_quickly(
            text in "[a-z ]{0,60}|[a-z]{1,9}( [a-z]{1,9}){0,12}|[a-zé\u{1b}\u{a0}\n ]{0,40}",
            width in 0_usize..80,
        ) {
            let mut entry = EntryText::new(Style::plain(width));
            entry.detail(LIMIT, &text, anstyle::Style::new());
            let slow = set_slowly(0, NO_LABEL, &text, width);
            prop_assert_eq!(entry.text(), format!("{LIMIT}{slow}"));

            entry.clear();
            entry.place(&Evidence::named(10, text.clone()));
            let slow = set_slowly(0, NO_LABEL, &format!("offset 10 (0xa), {text}"), width);
            prop_assert_eq!(entry.text(), format!("{WHERE}{slow}"));

            entry.clear();
            entry.titled(anstyle::Style::new(), "error", "a-rule", &text);
            let slow = set_slowly("error[a-rule]:".len(), MARGIN, &text, width);
            let blank = if slow.starts_with('\n') { "" } else { " " };
            prop_assert_eq!(entry.text(), format!("  error[a-rule]:{blank}{slow}"));
        }
    }

    #[test]
    fn packs_are_listed_as_in_a_sentence() {
        let note = |packs: &[&'static str]| {
            let mut entry = EntryText::new(Style::plain(80));
            entry.takers(&packs.iter().map(|pack| Cow::Borrowed(*pack)).collect::<Vec<_>>());
            entry.take()
        };
        assert_eq!(note(&[]), "");
        assert_eq!(note(&["a"]), "  note: the pack a would take it\n");
        assert_eq!(note(&["a", "b"]), "  note: the packs a and b would take it\n");
        assert_eq!(note(&["a", "b", "c"]), "  note: the packs a, b and c would take it\n");
    }

    #[test]
    fn a_remedy_is_set_alike_however_often() {
        for style in [Style::plain(30), Style::coloured(100)] {
            let mut entry = EntryText::new(style);
            for round in [1, 1, 2, 7, 5] {
                for number in 0..REMEDIES * 2 / round {
                    let long = "x".repeat(if number == 3 { LONGEST_REMEDY } else { number });
                    let remedy = format!("Scale  it\tdown for {long}: ffmpeg -i INPUT {number}");
                    let mut anew = EntryText::new(style);
                    anew.remedy(&remedy);
                    entry.clear();
                    entry.remedy(&remedy);
                    assert_eq!(entry.text(), anew.text());
                }
            }
            assert_eq!(entry.remedies.known.len(), REMEDIES);
        }
    }
}
