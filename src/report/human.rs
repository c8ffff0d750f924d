//! The report for people: one line a file, and under it what is wrong, where, and what would mend it.

use std::io::{self, Write};

use memchr::memchr;

use crate::finding::{Severity, Summary, Verdict};

use super::describe::counted;
use super::entry::VERDICT;
use super::mend::Mend;
use super::run::{FileEntry, Needs, PostReport, Reporter, Run};
use super::style::{Style, styled, visible, write_styled};
use super::tally::Effect;
use super::telling::{MARK, Shown, Teller, Telling, Told};

/// Writes a run for people.
#[derive(Debug)]
pub struct Human<W> {
    output: W,
    style: Style,
    shown: Shown,
    pack: String,
    mend: Mend,
    teller: Teller,
    has_post: bool,
}

impl<W: Write> Human<W> {
    /// A reporter that writes to `output`, which should be buffered.
    pub fn new(output: W, style: Style, shown: Shown) -> Self {
        let teller = Teller::new(Telling { style, shown });
        Self { output, style, shown, pack: String::new(), mend: Mend::default(), teller, has_post: false }
    }

    /// Writes the text that was put together.
    fn write_text(&mut self) -> io::Result<()> {
        let written = write_marked(&mut self.output, self.teller.text(), &self.mend, &self.style);
        self.teller.is_written();
        written
    }
}

impl<W: Write> Human<W> {
    /// After many files, the rules that most of them break, so that nobody has to count.
    fn worst_rules(&mut self, summary: &Summary) -> io::Result<()> {
        let rows = self.teller.tally().worst(WORST_RULES);
        if summary.files <= MANY_FILES || rows.is_empty() {
            return Ok(());
        }
        let column = rows.iter().map(|row| row.rule.chars().count()).max().unwrap_or_default();
        let style = &self.style;
        let title = format_args!("{:VERDICT$}  {:column$}  {:>COUNT$}", "level", "rule", "files");
        writeln!(self.output, "{}", styled(style.faint, title))?;
        for row in rows {
            let colour = match row.effect {
                Effect::Error => style.error,
                Effect::Undecided => style.undecided,
                Effect::Warning => style.warning,
            };
            writeln!(
                self.output,
                "{}  {:column$}  {:>COUNT$}",
                styled(colour, format_args!("{:VERDICT$}", row.effect.as_str())),
                row.rule,
                row.files
            )?;
        }
        writeln!(self.output)
    }
}

impl<W: Write> Reporter for Human<W> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.pack.clone_from(&run.pack);
        self.mend = Mend::of(&run.mend);
        Ok(())
    }

    /// Unreadable files are counted here and named on standard error, by whoever tried to read them.
    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        if let Some(report) = entry.report() {
            self.teller.file(report);
        }
        self.write_text()
    }

    fn told(&mut self, told: &Told) -> io::Result<()> {
        if self.teller.join(told) {
            self.output.write_all(b"\n")?;
        }
        write_marked(&mut self.output, &told.text, &self.mend, &self.style)
    }

    fn needs(&self) -> Needs {
        Needs::Told(self.teller.telling())
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        self.has_post = true;
        self.teller.tally().add_post(post);
        let fails = post.findings.iter().any(|finding| finding.severity == Severity::Error);
        if self.shown != Shown::All && post.findings.is_empty() {
            return Ok(());
        }
        let entry = self.teller.begin(!post.findings.is_empty());
        entry.headline(if fails { Verdict::Fail } else { Verdict::Pass }, "the post as a whole", "");
        post.findings.iter().for_each(|finding| entry.finding(finding));
        self.write_text()
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.files > 1
            || summary.skipped > 0
            || summary.baseline.is_some()
            || summary.interrupted
            || self.has_post
        {
            if self.teller.has_told() {
                writeln!(self.output)?;
            }
            self.worst_rules(summary)?;
            writeln!(self.output, "{}", sum(&self.style, &self.pack, summary))?;
        }
        self.output.flush()
    }
}

/// Writes text about files, with the command that mends a file where its place is marked.
fn write_marked(output: &mut impl Write, text: &str, mend: &Mend, style: &Style) -> io::Result<()> {
    let mut command = String::new();
    let mut line = String::new();
    let mut rest = text;
    // Paths stand between the marks.
    while let Some((before, marked)) = split_at_mark(rest) {
        output.write_all(before.as_bytes())?;
        let (path, after) = split_at_mark(marked).unwrap_or((marked, ""));
        command.clear();
        if mend.write_command(path, &mut command) {
            line.clear();
            line.push_str("  mend: ");
            write_styled(style.remedy, &command, &mut line);
            line.push('\n');
            output.write_all(line.as_bytes())?;
        }
        rest = after;
    }
    output.write_all(rest.as_bytes())
}

/// What stands before and after the next mark.
fn split_at_mark(text: &str) -> Option<(&str, &str)> {
    let (before, after) = text.split_at_checked(memchr(MARK, text.as_bytes())?)?;
    // The mark is one byte.
    Some((before, after.get(1..)?))
}

/// The sum of a run in one line.
pub(super) fn sum(style: &Style, pack: &str, summary: &Summary) -> String {
    let parts = [
        (summary.passed, "passed", style.pass),
        (summary.failed, "failed", style.error),
        (summary.undecided, "undecided", style.undecided),
        (summary.unreadable, "unreadable", style.error),
    ];
    let verdicts: Vec<_> = parts
        .into_iter()
        .filter(|part| part.0 > 0)
        .map(|(count, name, style)| format!("{count} {}", styled(style, name)))
        .collect();
    let mut text = format!("{} against {}", counted(summary.files, "file"), visible(pack));
    if !verdicts.is_empty() {
        text.push_str(": ");
        text.push_str(&verdicts.join(", "));
    }
    let mut separator = "; ";
    for (count, noun, style) in [(summary.errors, "error", style.error), (summary.warnings, "warning", style.warning)] {
        if count > 0 {
            text.push_str(separator);
            text.push_str(&styled(style, counted(count, noun)).to_string());
            separator = ", ";
        }
    }
    if let Some(known) = summary.baseline {
        let findings = known.errors + known.warnings;
        text.push_str(&format!("; {findings} of them known from the baseline"));
        if known.gone > 0 {
            text.push_str(&format!(", {} of the baseline gone", known.gone));
        }
    }
    if summary.skipped > 0 {
        text.push_str(&format!("; {} skipped", summary.skipped));
    }
    if summary.interrupted {
        text.push_str(&format!("; {}, so files are missing", styled(style.undecided, "interrupted")));
    }
    text
}

/// Columns of the number of files.
const COUNT: usize = 8;
/// Files up to which nobody needs a table of rules.
const MANY_FILES: u64 = 20;
/// Rows of that table.
const WORST_RULES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Evidence, Facts, Format, Why};
    use crate::finding::{FileReport, Finding, NearMiss, Undecided};
    use crate::profile::{Basis, Category};

    fn report(verdict: Verdict) -> FileReport {
        FileReport {
            path: Some("clips/tall\u{1b}.gif".to_owned()),
            media_type: Format::Gif.media_type(),
            category: Some(Category::TweetGif),
            size: 2048,
            verdict,
            findings: Vec::new(),
            undecided: Vec::new(),
            near_misses: Vec::new(),
            accepted_by: Vec::new(),
            pack: None,
            sha256: None,
            matrix: Vec::new(),
            facts: Facts::new(2048, Format::Gif),
            description: None,
        }
    }

    fn failing() -> FileReport {
        FileReport {
            findings: vec![Finding {
                rule: "gif-dimensions".into(),
                severity: Severity::Error,
                basis: Basis::Observed,
                message: "the canvas is 1080x1280, and at most 1280x1080 is allowed".to_owned(),
                limit: "1280x1080".into(),
                actual: "1080x1280".into(),
                evidence: Some(Evidence::new(10, "logical screen descriptor")),
                remedy: "Scale the GIF so that it is at most 1280 pixels wide and 1080 pixels high.".into(),
                baseline: None,
            }],
            undecided: vec![Undecided { rule: "undecodable-pixels".into(), why: Why("it was not asked for".into()) }],
            near_misses: vec![NearMiss {
                rule: "gif-too-many-frames".into(),
                limit: 350_u64.into(),
                actual: 349_u64.into(),
                message: "349 frames of at most 350".to_owned(),
            }],
            accepted_by: vec!["a".into(), "b".into()],
            ..report(Verdict::Fail)
        }
    }

    fn shown(shown: Shown, width: usize, reports: Vec<FileReport>) -> String {
        let mut output = Vec::new();
        let mut human = Human::new(&mut output, Style::plain(width), shown);
        let mut summary = Summary::default();
        human.begin(&Run { program_version: String::new(), pack: "twitter".to_owned(), mend: Vec::new() }).unwrap();
        for report in reports {
            let entry = FileEntry::Report(Box::new(report));
            entry.count_into(&mut summary);
            human.file(&entry).unwrap();
        }
        human.end(&summary).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn a_finding_says_what_is_wrong_where_and_what_mends_it() {
        insta::assert_snapshot!(shown(Shown::All, 60, vec![report(Verdict::Pass), failing(), report(Verdict::Pass)]));
    }

    #[test]
    fn after_many_files_the_rules_that_most_break_are_listed() {
        let files = |count: usize| {
            let reports = (0..count).map(|n| if n % 3 == 0 { failing() } else { report(Verdict::Pass) });
            shown(Shown::Failing(Severity::Error), 100, reports.collect())
        };
        let table = "\nlevel      rule                   files\n\
                     error      gif-dimensions             7\n\
                     undecided  undecodable-pixels         7\n\
                     \n\
                     21 files against twitter: 14 passed, 7 failed; 7 errors\n";
        assert!(files(21).ends_with(table), "{}", files(21));
        assert!(!files(20).contains("level "), "{}", files(20));
    }

    #[test]
    fn quiet_shows_what_does_not_pass_and_the_sum() {
        let text = shown(Shown::Failing(Severity::Error), 100, vec![report(Verdict::Pass), report(Verdict::Undecided)]);
        assert!(!text.contains("pass "), "{text}");
        assert!(text.contains("undecided clips"), "{text}");
        assert!(text.ends_with("2 files against twitter: 1 passed, 1 undecided\n"), "{text}");
    }

    #[test]
    fn no_line_is_wider_than_asked_for() {
        for width in [40, 60, 80, 100] {
            for line in shown(Shown::All, width, vec![failing()]).lines() {
                assert!(line.chars().count() <= width, "{width}: {line:?}");
            }
        }
    }
}
