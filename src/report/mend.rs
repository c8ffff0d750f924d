//! The command that mends a file of a report.

use std::ffi::OsString;

use super::path::read_back;
use crate::finding::{FileReport, Verdict};
use crate::transcode::ffmpeg::{is_plain, sh};
use crate::transcode::plan::may_mend;

/// The command for a POSIX shell that mends a file: these words and its name. Absent: nobody says which words, it passes, has no
/// name, or what is wrong with it is nothing that a plan mends.
pub(super) fn command(words: &[OsString], report: &FileReport) -> Option<String> {
    line(words, report.path.as_deref().filter(|_| is_possible(report))?)
}

/// Whether a plan mends what is wrong with a file.
pub(super) fn is_possible(report: &FileReport) -> bool {
    report.verdict == Verdict::Fail && may_mend(&report.findings)
}

/// The command for the file that reports write so. Absent: nobody says which words, or it has no name.
fn line(words: &[OsString], path: &str) -> Option<String> {
    let mut line = String::new();
    Mend::of(words).write_command(path, &mut line).then_some(line)
}

/// The command of a run that mends files.
#[derive(Debug, Default)]
pub(super) struct Mend {
    /// Its words as a shell reads them. Empty: nobody says which.
    words: String,
}

impl Mend {
    /// The command that begins with these words.
    pub(super) fn of(words: &[OsString]) -> Self {
        Self { words: sh(words) }
    }

    /// Writes the command for the file that reports write so. Says whether there is one.
    pub(super) fn write_command(&self, path: &str, to: &mut String) -> bool {
        if self.words.is_empty() || path == "-" {
            return false;
        }
        to.push_str(&self.words);
        to.push_str(if path.starts_with('-') { " -- " } else { " " });
        if is_plain(path.as_bytes()) {
            // It has no backslash, so that nothing in it was escaped.
            to.push_str(path);
        } else {
            to.push_str(&sh([read_back(path)]));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{entry, finding};
    use super::*;
    use crate::finding::Severity;

    fn said(path: &str, verdict: Verdict, rules: &[&'static str]) -> Option<String> {
        let findings = rules.iter().map(|rule| finding(rule, Severity::Error, None)).collect();
        let words = ["preflight", "fix", "--pack=my pack.toml"].map(OsString::from);
        command(&words, entry(path, verdict, findings, vec![]).report().unwrap())
    }

    #[test]
    fn what_a_plan_mends_has_a_command() {
        let start = "preflight fix '--pack=my pack.toml'";
        assert_eq!(said("a b.gif", Verdict::Fail, &["gif-dimensions"]), Some(format!("{start} 'a b.gif'")));
        assert_eq!(said("-a.gif", Verdict::Fail, &["gif-dimensions"]), Some(format!("{start} -- -a.gif")));
        assert_eq!(said("a.gif", Verdict::Fail, &["gif-dimensions", "empty-file"]), None);
        assert_eq!(said("a.gif", Verdict::Pass, &[]), None);
        assert_eq!(said("-", Verdict::Fail, &["gif-dimensions"]), None);
        let report = entry("a.gif", Verdict::Fail, vec![finding("gif-dimensions", Severity::Error, None)], vec![]);
        assert_eq!(command(&[], report.report().unwrap()), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_the_name_of_the_file_again() {
        let shown = said(r"a\\\xff.gif", Verdict::Fail, &["gif-dimensions"]).unwrap();
        assert!(shown.ends_with(r#"'a\'"$(printf %b '\0377')"'.gif'"#), "{shown}");
    }
}
