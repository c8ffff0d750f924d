//! Markdown for the comment on a pull request: the sum first, then each file that does not pass.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::finding::{Baseline, FileReport, Finding, Severity, Summary, Verdict};

use super::describe::{counted, describe};
use super::run::{FileEntry, Needs, PostReport, Reporter, Run};
use super::style::visible;
use super::tally::Tally;

/// Writes a run as Markdown that GitHub and GitLab show: how many files pass, which rules are broken most, and a fold-out for
/// each file that does not pass or has a warning.
///
/// A comment may have 65,536 characters, so files that no longer fit are counted and not shown; what is kept until the
/// end is no more than that.
#[derive(Debug)]
pub struct Markdown<W> {
    output: W,
    run: Run,
    details: String,
    left_out: u64,
    tally: Tally,
}

impl<W: Write> Markdown<W> {
    /// A reporter that writes to `output`.
    pub fn new(output: W) -> Self {
        let run = Run { program_version: String::new(), pack: String::new(), mend: Vec::new() };
        Self { output, run, details: String::new(), left_out: 0, tally: Tally::default() }
    }

    /// Keeps a fold-out, where it still fits.
    fn keep(&mut self, detail: &str) {
        if self.left_out == 0 && self.details.len() + detail.len() <= MOST_DETAILS {
            self.details.push_str(detail);
        } else {
            self.left_out += 1;
        }
    }
}

impl<W: Write> Reporter for Markdown<W> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.run.clone_from(run);
        Ok(())
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        self.tally.add(entry);
        match entry {
            FileEntry::Report(report) => {
                if report.verdict != Verdict::Pass || !report.findings.is_empty() {
                    self.keep(&file_details(report));
                }
            }
            FileEntry::Unreadable(unreadable) => {
                self.keep(&fold_out(&unreadable.path, "unreadable", &format!("{}\n", prose(&unreadable.error))));
            }
        }
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs::Findings
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        self.tally.add_post(post);
        if !post.findings.is_empty() {
            let items: String = post.findings.iter().map(item).collect();
            // Names of files stand in code; this is none.
            self.keep(&format!(
                "<details>\n<summary>the post as a whole: {}</summary>\n\n{items}\n</details>\n\n",
                counted(post.findings.len() as u64, "finding")
            ));
        }
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let output = &mut self.output;
        writeln!(output, "### {}\n", headline(summary))?;
        writeln!(output, "| verdict | files |\n| --- | ---: |")?;
        for (name, count) in [
            ("pass", summary.passed),
            ("fail", summary.failed),
            ("undecided", summary.undecided),
            ("unreadable", summary.unreadable),
        ] {
            if count > 0 || name == "pass" {
                writeln!(output, "| {name} | {count} |")?;
            }
        }
        writeln!(output)?;
        let worst = self.tally.worst(MOST_RULES);
        if !worst.is_empty() {
            writeln!(output, "| rule | level | files |\n| --- | --- | ---: |")?;
            for row in worst {
                writeln!(output, "| {} | {} | {} |", code(row.rule), row.effect.as_str(), row.files)?;
            }
            writeln!(output)?;
        }
        output.write_all(self.details.as_bytes())?;
        if self.left_out > 0 {
            writeln!(output, "…and {} not shown here.\n", counted(self.left_out, "more file"))?;
        }
        let Run { program_version, pack, .. } = &self.run;
        writeln!(output, "<sub>media-preflight {}, rule pack {}</sub>", prose(program_version), code(pack))?;
        output.flush()
    }
}

fn headline(summary: &Summary) -> String {
    let not_passed = summary.files.saturating_sub(summary.passed);
    let headline = match (summary.files, not_passed, summary.errors) {
        (0, _, _) => "No media was checked".to_owned(),
        (files, 0, 0) => format!("All media passes: {}", counted(files, "file")),
        (_, 0, _) => "Each file passes, the post does not".to_owned(),
        (files, some, _) => format!("{some} of {} not pass", does(files)),
    };
    if summary.interrupted { format!("{headline}; the run was interrupted, so files are missing") } else { headline }
}

/// `1 file does` or `2 files do`.
fn does(files: u64) -> String {
    format!("{} {}", counted(files, "file"), if files == 1 { "does" } else { "do" })
}

fn file_details(report: &FileReport) -> String {
    let mut parts = vec![report.verdict.as_str().to_owned()];
    for severity in [Severity::Error, Severity::Warning] {
        let count = report.count(severity);
        if count > 0 {
            parts.push(counted(count, severity.as_str()));
        }
    }
    let mut body = format!("{}\n\n", prose(&describe(report)));
    report.findings.iter().for_each(|finding| body.push_str(&item(finding)));
    for undecided in &report.undecided {
        let _ = writeln!(
            body,
            "- undecided {}: not known, because {}",
            code(&undecided.rule),
            prose(&undecided.why.to_string())
        );
    }
    fold_out(report.path.as_deref().unwrap_or("<memory>"), &parts.join(", "), &body)
}

fn fold_out(path: &str, verdict: &str, body: &str) -> String {
    format!("<details>\n<summary>{}: {verdict}</summary>\n\n{body}\n</details>\n\n", code(path))
}

/// A finding as an item of a list.
fn item(finding: &Finding) -> String {
    let mut text = format!(
        "- **{}** {}: {} (limit {}, actual {}",
        finding.severity.as_str(),
        code(&finding.rule),
        prose(&finding.message),
        code(&finding.limit.to_string()),
        code(&finding.actual.to_string())
    );
    if let Some(evidence) = &finding.evidence {
        let _ = write!(text, ", offset {} in {}", evidence.offset, code(&evidence.path.to_string()));
    }
    text.push(')');
    if finding.baseline == Some(Baseline::Known) {
        text.push_str(", known from the baseline");
    }
    text.push('\n');
    if !finding.remedy.is_empty() {
        let _ = writeln!(text, "  - fix: {}", prose(&finding.remedy));
    }
    text
}

/// Text as code.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text, ""))
}

/// Text as it is, which mentions nobody.
pub(super) fn prose(text: &str) -> String {
    escaped(text, "<!-- -->")
}

/// Text in which Markdown and HTML see nothing but text, in one line; `after_at` follows each `@`.
fn escaped(text: &str, after_at: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 4);
    for character in visible(text).chars() {
        if MARKS.contains(character) {
            let _ = write!(safe, "&#{};", u32::from(character));
        } else {
            safe.push(character);
        }
        if character == '@' {
            safe.push_str(after_at);
        }
    }
    safe
}

/// Characters that mean something to Markdown or HTML inside a line. Numeric references mean only themselves to both.
const MARKS: &str = "\\`*_{}[]<>#|~&\"'$!";
/// Bytes of fold-outs, which leaves room for the tables in the 65,536 characters of a comment.
const MOST_DETAILS: usize = 60_000;
/// Rows of the table of rules.
const MOST_RULES: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::RunReport;
    use crate::report::testing;

    fn markdown(files: Vec<FileEntry>, post: Option<PostReport>) -> String {
        testing::written(&RunReport::new(testing::run(), files, post), |output| Box::new(Markdown::new(output)))
    }

    #[test]
    fn the_sum_comes_first_and_each_failing_file_folds_out() {
        insta::assert_snapshot!(markdown(testing::entries(), Some(testing::post())));
    }

    #[test]
    fn a_run_without_faults_is_short() {
        let passing = || testing::entry("a.gif", Verdict::Pass, vec![], vec![]);
        let text = markdown(vec![passing(), passing()], None);
        assert!(text.starts_with("### All media passes: 2 files\n"), "{text}");
        assert!(!text.contains("details"), "{text}");
        assert!(markdown(vec![], None).starts_with("### No media was checked\n"));
    }

    #[test]
    fn a_comment_stays_within_what_a_comment_may_have() {
        let files: Vec<_> = (0..1000).flat_map(|_| testing::entries()).collect();
        let text = markdown(files, None);
        assert!(text.len() < 65_536, "{}", text.len());
        let shown = text.matches("<details>").count();
        assert!(shown > 10, "{shown}");
        assert!(text.contains(&format!("…and {} more files not shown here.", 3000 - shown)), "{shown}");
    }

    #[test]
    fn a_name_is_nothing_but_text() {
        let name = "</code>\n\n# @you [x](y) `z` <b>&amp;|";
        let text = markdown(vec![testing::entry(name, Verdict::Fail, vec![], vec![])], None);
        let line = text.lines().find(|line| line.starts_with("<summary>")).unwrap();
        assert_eq!(
            line,
            "<summary><code>&#60;/code&#62;&#92;n&#92;n&#35; @you &#91;x&#93;(y) &#96;z&#96; &#60;b&#62;&#38;amp;&#124;</code>: fail</summary>"
        );
        assert!(prose("ask @you").contains("@<!-- -->you"));
    }
}
