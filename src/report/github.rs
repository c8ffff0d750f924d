//! Annotations of GitHub Actions: one workflow command a finding.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::finding::{Baseline, FileReport, Finding, Severity, Summary};

use super::human::sum;
use super::run::{FileEntry, Needs, PostReport, Reporter, Run, Threshold};
use super::style::Style;

/// Writes a run as workflow commands of GitHub Actions, which show findings beside the files of a pull request.
///
/// A file is named by `file=` where its path is relative; otherwise the message begins with it. What is undecided is a
/// warning, or a notice where the run allows it, as is what the baseline knows. The last line is the sum.
#[derive(Debug)]
pub struct Github<W> {
    output: W,
    threshold: Threshold,
    pack: String,
}

impl<W: Write> Github<W> {
    /// A reporter that writes to `output`, which should be buffered.
    pub const fn new(output: W, threshold: Threshold) -> Self {
        Self { output, threshold, pack: String::new() }
    }

    fn annotate(&mut self, level: &str, path: Option<&str>, title: &str, message: &str) -> io::Result<()> {
        let mut line = format!("::{level} ");
        let mut text = String::new();
        match path {
            Some(path) if is_relative(path) => {
                let _ = write!(line, "file={},", property(path.strip_prefix("./").unwrap_or(path)));
            }
            Some(path) => {
                let _ = write!(text, "{path}: ");
            }
            None => {}
        }
        text.push_str(message);
        writeln!(self.output, "{line}title={}::{}", property(title), data(&text))
    }

    fn finding(&mut self, path: Option<&str>, finding: &Finding) -> io::Result<()> {
        let mut message = finding.message.clone();
        if let Some(evidence) = &finding.evidence {
            let _ = write!(message, " ({evidence})");
        }
        if !finding.remedy.is_empty() {
            let _ = write!(message, "\nFix: {}", finding.remedy);
        }
        let level = match finding.baseline {
            Some(Baseline::Known) => "notice",
            Some(Baseline::New) | None => finding.severity.as_str(),
        };
        self.annotate(level, path, &finding.rule, &message)
    }

    fn report(&mut self, report: &FileReport) -> io::Result<()> {
        let path = report.path.as_deref();
        report.findings.iter().try_for_each(|finding| self.finding(path, finding))?;
        let level = if self.threshold.allow_undecided { "notice" } else { Severity::Warning.as_str() };
        report.undecided.iter().try_for_each(|undecided| {
            let message = format!("undecided: not known, because {}", undecided.why);
            self.annotate(level, path, &undecided.rule, &message)
        })
    }
}

impl<W: Write> Reporter for Github<W> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.pack.clone_from(&run.pack);
        Ok(())
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        match entry {
            FileEntry::Report(report) => self.report(report),
            FileEntry::Unreadable(unreadable) => {
                self.annotate(Severity::Error.as_str(), Some(&unreadable.path), "unreadable", &unreadable.error)
            }
        }
    }

    fn needs(&self) -> Needs {
        Needs::Findings
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        post.findings.iter().try_for_each(|finding| self.finding(None, finding))
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        writeln!(self.output, "{}", sum(&Style::plain(0), &self.pack, summary))?;
        self.output.flush()
    }
}

/// Whether the path is below the folder in which the command runs, as far as its text says.
fn is_relative(path: &str) -> bool {
    let is_drive = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    !path.starts_with(['/', '\\']) && !is_drive && path != "-" && path.split('/').all(|part| part != "..")
}

/// The message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::finding::Verdict;
    use crate::report::testing;
    use crate::report::{RunReport, Unreadable};

    fn github(files: Vec<FileEntry>, post: Option<PostReport>, allow_undecided: bool) -> String {
        let threshold = Threshold { fail_on: Severity::Error, allow_undecided };
        testing::written(&RunReport::new(testing::run(), files, post), |output| {
            Box::new(Github::new(output, threshold))
        })
    }

    #[test]
    fn each_finding_is_a_workflow_command() {
        insta::assert_snapshot!(github(testing::entries(), Some(testing::post()), false));
    }

    #[test]
    fn what_may_be_undecided_is_a_notice() {
        let text = github(testing::entries(), None, true);
        assert_eq!(text.matches("\n::notice ").count(), 2, "{text}");
    }

    #[test]
    fn only_a_path_below_the_folder_is_annotated() {
        for (path, begins) in [
            ("./a/b.gif", "::error file=a/b.gif,title=unreadable::gone\n"),
            ("/a/b.gif", "::error title=unreadable::/a/b.gif: gone\n"),
            ("../b.gif", "::error title=unreadable::../b.gif: gone\n"),
            ("C:\\b.gif", "::error title=unreadable::C:\\b.gif: gone\n"),
            ("-", "::error title=unreadable::-: gone\n"),
        ] {
            let unreadable = Unreadable { path: path.to_owned(), error: "gone".to_owned() };
            let text = github(vec![FileEntry::Unreadable(unreadable)], None, false);
            assert!(text.starts_with(begins), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_path_is_one_property_of_one_command(path in any::<String>()) {
            let text = github(vec![testing::entry(&path, Verdict::Fail, vec![], testing::undecided_rules())], None, false);
            prop_assert_eq!(text.matches('\n').count(), 2);
            let command = text.strip_prefix("::warning ").unwrap();
            let (properties, message) = command.split_once("::").unwrap();
            let read = |text: &str| {
                text.replace("%2C", ",").replace("%3A", ":").replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            };
            if is_relative(&path) {
                let file = properties.split(',').next().unwrap().strip_prefix("file=").unwrap();
                prop_assert_eq!(read(file), path.strip_prefix("./").unwrap_or(&path));
            } else {
                let message = read(message);
                prop_assert!(message.starts_with(&format!("{path}: undecided: ")), "{}", message);
            }
        }
    }
}
