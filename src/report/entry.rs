//! The text for people about one file: a line, and under it what is wrong, where, and what would mend it.

use std::borrow::Cow;
use std::fmt::{self, Write};

use crate::facts::Evidence;
use crate::finding::{Baseline, FileReport, Finding, NearMiss, Severity, Undecided, Value, Verdict};
use crate::profile::Basis;
use crate::units::Ratio;

use super::markdown::parted;
use super::style::{Style, styled, visible, wrapped, wrapped_after};

/// The text about one file after the other, in memory that is used again and again.
#[derive(Debug)]
pub(super) struct EntryText {
    style: Style,
    text: String,
    /// What is put together before it is set.
    words: String,
}

impl EntryText {
    pub(super) const fn new(style: Style) -> Self {
        Self { style, text: String::new(), words: String::new() }
    }

    /// The text so far.
    pub(super) fn text(&self) -> &str {
        &self.text
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
        if !report.accepted_by.is_empty() {
            let packs = listed(&report.accepted_by);
            let noun = if report.accepted_by.len() == 1 { "pack" } else { "packs" };
            self.push("  ");
            self.styled(self.style.faint, "note");
            self.format(format_args!(": the {noun} {packs} would take it\n"));
        }
    }

    /// Verdict, name and description.
    pub(super) fn headline(&mut self, verdict: Verdict, name: &str, description: &str) {
        let style = match verdict {
            Verdict::Pass => self.style.pass,
            Verdict::Fail => self.style.error,
            Verdict::Undecided => self.style.undecided,
        };
        let name = visible(name);
        let description = visible(description);
        self.padded(style, verdict.as_str(), VERDICT);
        self.push(" ");
        self.styled(self.style.strong, &name);
        let columns = VERDICT + 1 + name.chars().count() + 2 + description.chars().count();
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
        self.detail("limit", &exact(&finding.limit), anstyle::Style::new());
        self.detail("actual", &exact(&finding.actual), anstyle::Style::new());
        if let Some(evidence) = &finding.evidence {
            let mut words = std::mem::take(&mut self.words);
            words.clear();
            // Writing to a string never fails.
            let _ = write!(words, "{}", place(evidence));
            self.detail("where", &words, anstyle::Style::new());
            self.words = words;
        }
        match finding.basis {
            Basis::Documented => {}
            Basis::Observed => self.detail("basis", "observed, not documented", self.style.faint),
            Basis::Heuristic => self.detail("basis", "experience, not documented", self.style.faint),
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
        let title = kind.chars().count() + rule.chars().count() + "[]:".len();
        let message = visible(message);
        self.push("  ");
        self.styled(style, kind);
        self.push("[");
        self.styled(self.style.strong, rule);
        self.push("]:");
        for (index, line) in wrapped_after(title, &message, self.style.width().saturating_sub(4)).enumerate() {
            match index {
                0 if line.is_empty() => {}
                0 => self.push(" "),
                _ => self.push("    "),
            }
            self.push(&line);
            self.push("\n");
        }
    }

    fn detail(&mut self, label: &str, text: &str, style: anstyle::Style) {
        let text = visible(text);
        let mut label = label;
        for line in wrapped(&text, self.style.width().saturating_sub(4 + LABEL + 1)) {
            self.push("    ");
            self.padded(self.style.faint, label, LABEL);
            self.push(" ");
            self.styled(style, &line);
            self.push("\n");
            label = "";
        }
    }

    /// What mends it. A command has a line of its own and is not broken, so that it can be copied.
    fn remedy(&mut self, remedy: &str) {
        let (prose, command) = parted(remedy);
        self.detail("fix", &prose, self.style.remedy);
        if let Some(command) = command {
            self.format(format_args!("    {:LABEL$} ", ""));
            self.styled(self.style.remedy, &visible(command));
            self.push("\n");
        }
    }

    /// Text as it is.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn styled(&mut self, style: anstyle::Style, text: &str) {
        if style.is_plain() {
            self.text.push_str(text);
        } else {
            self.format(format_args!("{}", styled(style, text)));
        }
    }

    /// The text, which is ASCII, and blanks up to a width.
    fn padded(&mut self, style: anstyle::Style, text: &str, width: usize) {
        let blanks = BLANKS.get(..width.saturating_sub(text.len())).unwrap_or(BLANKS);
        if style.is_plain() {
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

/// A place in the file, with the offset also as hexadecimal viewers show it.
pub(super) fn place(evidence: &Evidence) -> impl fmt::Display {
    struct Place<'e>(&'e Evidence);
    impl fmt::Display for Place<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let Evidence { offset, path } = self.0;
            match offset {
                0..10 => write!(f, "offset {offset}, {path}"),
                _ => write!(f, "offset {offset} ({offset:#x}), {path}"),
            }
        }
    }
    Place(evidence)
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
        Ok(ratio) if 1_000_000 % ratio.denominator() == 0 => ratio.decimal(6).to_string().into(),
        Ok(ratio) => format!("{text} ({})", ratio.decimal(6)).into(),
        Err(_) => text.as_ref().into(),
    }
}

/// Names joined as in a sentence: `a`, `a and b`, `a, b and c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => name.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Columns of the longest verdict, `undecided`.
pub(super) const VERDICT: usize = 9;
/// Columns of the longest label of a detail, and a blank.
const LABEL: usize = 7;
/// As many blanks as any padding takes.
const BLANKS: &str = "         ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_shown_exactly_and_as_a_decimal() {
        let value = |numerator, denominator| Value::from(Ratio::new(numerator, denominator).unwrap());
        assert_eq!(exact(&value(2, 5)), "0.4");
        assert_eq!(exact(&value(60_000, 1001)), "60000/1001 (59.94006)");
        assert_eq!(exact(&Value::from(350_u64)), "350");
        assert_eq!(exact(&Value::from("1280x720")), "1280x720");
    }
}
