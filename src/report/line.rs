//! One line about one file, for people who watch files come in.

use std::io::{self, Write};

use crate::finding::{FileReport, Severity, Verdict};

use super::describe::describe;
use super::run::FileEntry;
use super::style::{Style, styled, visible};

/// Writes the answer about one file as one line: the verdict, the path, and its first finding or what the file is.
pub fn write_line(output: &mut impl Write, style: &Style, entry: &FileEntry) -> io::Result<()> {
    let (verdict, colour, path, text) = match entry {
        FileEntry::Report(report) => {
            let colour = match report.verdict {
                Verdict::Pass => style.pass,
                Verdict::Fail => style.error,
                Verdict::Undecided => style.undecided,
            };
            (report.verdict.as_str(), colour, report.path.as_deref().unwrap_or("<memory>"), told(report))
        }
        FileEntry::Unreadable(unreadable) => ("error", style.error, unreadable.path.as_str(), unreadable.error.clone()),
    };
    writeln!(
        output,
        "{} {}  {}",
        styled(colour, format_args!("{verdict:VERDICT$}")),
        styled(style.strong, visible(path)),
        styled(style.faint, visible(&text))
    )
}

/// What matters most of a report: its first finding, otherwise why it is undecided, otherwise what the file is.
fn told(report: &FileReport) -> String {
    let first = match (report.findings.first(), report.undecided.first()) {
        (Some(finding), _) if finding.severity == Severity::Error || report.verdict != Verdict::Undecided => {
            format!("{}: {}", finding.rule, finding.message)
        }
        (_, Some(undecided)) => format!("{}: not known, because {}", undecided.rule, undecided.why),
        (_, None) => return describe(report),
    };
    match report.findings.len() + report.undecided.len() {
        0 | 1 => first,
        more => format!("{first} (and {} more)", more - 1),
    }
}

/// Columns of the longest verdict, `undecided`.
const VERDICT: usize = 9;

#[cfg(test)]
mod tests {
    use super::super::testing;
    use super::*;
    use crate::finding::Finding;

    fn line(entry: &FileEntry) -> String {
        let mut output = Vec::new();
        write_line(&mut output, &Style::plain(40), entry).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn each_answer_is_one_line() {
        let lines: Vec<String> = testing::entries().iter().map(line).collect();
        assert_eq!(lines[0], "pass      clips/fine.gif  image/gif, 2 KiB\n");
        assert!(lines[1].contains("gif-dimensions: the canvas is 1080x1280"), "{}", lines[1]);
        assert!(lines[1].ends_with("allowed (and 3 more)\n"), "{}", lines[1]);
        assert!(lines[2].starts_with("undecided =1+1 ü.gif  "), "{}", lines[2]);
        assert_eq!(lines[3], "error     gone\\xff.gif  No such \"file\"\n");
        for line in lines {
            assert_eq!(line.matches('\n').count(), 1, "{line:?}");
            assert!(!line.contains('\u{1b}'), "{line:?}");
        }
    }

    #[test]
    fn what_is_undecided_comes_before_a_warning() {
        let warning: Finding = testing::finding("extension-mismatch", Severity::Warning, None);
        let undecided = testing::undecided_rules();
        let rule = undecided[0].rule.clone();
        let text = line(&testing::entry("a.gif", Verdict::Undecided, vec![warning.clone()], undecided));
        assert!(text.contains(&format!("a.gif  {rule}: not known, because ")), "{text}");
        let text = line(&testing::entry("a.gif", Verdict::Pass, vec![warning], vec![]));
        assert!(text.starts_with("pass      a.gif  extension-mismatch: "), "{text}");
    }
}
