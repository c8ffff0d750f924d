//! JUnit XML: one test case a file, one suite a folder.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::finding::{Baseline, FileReport, Finding, Severity, Summary, Undecided};

use super::run::{FileEntry, Needs, PostReport, Reporter, Run, Threshold};

/// Writes a run as JUnit XML, as Jenkins, GitLab and others read it.
///
/// A file is a test case, and the files of a folder that follow one another are a suite. Findings that fail the run are
/// a failure, as is what is undecided unless the run allows it (then it is skipped); a file that could not be read is an error;
/// other findings are its output. A suite names its counts before its cases, so it is kept until it is whole, and one of
/// more than a thousand cases is continued by another of the same name.
#[derive(Debug)]
pub struct Junit<W> {
    output: W,
    threshold: Threshold,
    suite: Suite,
}

#[derive(Debug, Default)]
struct Suite {
    name: String,
    cases: String,
    tests: u64,
    failures: u64,
    errors: u64,
    skipped: u64,
}

impl<W: Write> Junit<W> {
    /// A reporter that writes to `output`, which should be buffered.
    pub fn new(output: W, threshold: Threshold) -> Self {
        Self { output, threshold, suite: Suite::default() }
    }

    /// Begins a case of the suite of that name.
    fn case(&mut self, suite: &str, name: &str) -> io::Result<()> {
        if self.suite.tests >= MOST_CASES || (self.suite.name != suite && self.suite.tests > 0) {
            self.close_suite()?;
        }
        if self.suite.name != suite {
            suite.clone_into(&mut self.suite.name);
        }
        self.suite.tests += 1;
        let _ = write!(self.suite.cases, "    <testcase classname=\"preflight\" name=\"{}\"", text(name));
        Ok(())
    }

    /// Writes one row of a comparison as a case.
    pub(super) fn row(
        &mut self,
        suite: &str,
        name: &str,
        findings: &[Finding],
        undecided: &[Undecided],
    ) -> io::Result<()> {
        self.case(suite, name)?;
        self.outcome(findings, undecided);
        Ok(())
    }

    fn close_suite(&mut self) -> io::Result<()> {
        let Suite { name, cases, tests, failures, errors, skipped } = std::mem::take(&mut self.suite);
        if tests == 0 {
            return Ok(());
        }
        writeln!(
            self.output,
            "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">",
            text(&name)
        )?;
        self.output.write_all(cases.as_bytes())?;
        writeln!(self.output, "  </testsuite>")
    }

    fn report(&mut self, report: &FileReport) -> io::Result<()> {
        let path = report.path.as_deref().unwrap_or("<memory>");
        self.case(folder(path), path)?;
        self.outcome(&report.findings, &report.undecided);
        Ok(())
    }

    /// Writes what became of the case that was begun.
    fn outcome(&mut self, findings: &[Finding], undecided: &[Undecided]) {
        let threshold = self.threshold;
        let (failing, others): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| {
            let counts = finding.severity >= threshold.fail_on || finding.severity == Severity::Error;
            counts && finding.baseline != Some(Baseline::Known)
        });
        let suite = &mut self.suite;
        if failing.is_empty() && others.is_empty() && undecided.is_empty() {
            suite.cases.push_str("/>\n");
            return;
        }
        suite.cases.push_str(">\n");
        let undecided: Vec<String> =
            undecided.iter().map(|one| format!("undecided[{}]: not known, because {}", one.rule, one.why)).collect();
        let mut output: Vec<String> = others.iter().map(|finding| described(finding)).collect();
        if let Some(first) = failing.first() {
            suite.failures += 1;
            let message = match failing.len() {
                1 => first.message.clone(),
                more => format!("{} (and {} more)", first.message, more - 1),
            };
            let body: Vec<String> = failing.iter().map(|finding| described(finding)).collect();
            suite.element("failure", &first.rule, &message, &body.join("\n"));
            output.extend(undecided);
        } else if let Some(first) = undecided.first() {
            if threshold.allow_undecided {
                suite.skipped += 1;
                suite.element("skipped", "undecided", first, &undecided.join("\n"));
            } else {
                suite.failures += 1;
                suite.element("failure", "undecided", first, &undecided.join("\n"));
            }
        }
        if !output.is_empty() {
            let _ = writeln!(suite.cases, "      <system-out>{}</system-out>", text(&output.join("\n")));
        }
        suite.cases.push_str("    </testcase>\n");
    }
}

impl Suite {
    fn element(&mut self, name: &str, kind: &str, message: &str, body: &str) {
        let _ = writeln!(
            self.cases,
            "      <{name} type=\"{}\" message=\"{}\">{}</{name}>",
            text(kind),
            text(message),
            text(body)
        );
    }
}

impl<W: Write> Reporter for Junit<W> {
    fn begin(&mut self, _: &Run) -> io::Result<()> {
        writeln!(self.output, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"preflight\">")
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        match entry {
            FileEntry::Report(report) => self.report(report),
            FileEntry::Unreadable(unreadable) => {
                self.case(folder(&unreadable.path), &unreadable.path)?;
                self.suite.errors += 1;
                self.suite.cases.push_str(">\n");
                self.suite.element("error", "unreadable", &unreadable.error, &unreadable.error);
                self.suite.cases.push_str("    </testcase>\n");
                Ok(())
            }
        }
    }

    fn needs(&self) -> Needs {
        Needs::Findings
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        self.case("post", "the post as a whole")?;
        self.outcome(&post.findings, &[]);
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.interrupted {
            let message = "the run was interrupted, so files are missing";
            self.case("run", "the run as a whole")?;
            self.suite.errors += 1;
            self.suite.cases.push_str(">\n");
            self.suite.element("error", "interrupted", message, message);
            self.suite.cases.push_str("    </testcase>\n");
        }
        self.close_suite()?;
        writeln!(self.output, "</testsuites>")?;
        self.output.flush()
    }
}

/// The folder of a path, which names the suite.
fn folder(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => ".",
    }
}

fn described(finding: &Finding) -> String {
    let mut text = format!("{}[{}]: {}", finding.severity.as_str(), finding.rule, finding.message);
    if finding.baseline == Some(Baseline::Known) {
        text.push_str(" (known from the baseline)");
    }
    let _ = write!(text, "\n  limit {}, actual {}", finding.limit, finding.actual);
    if let Some(evidence) = &finding.evidence {
        let _ = write!(text, "\n  where {evidence}");
    }
    if !finding.remedy.is_empty() {
        let _ = write!(text, "\n  fix   {}", finding.remedy);
    }
    text
}

/// Text for an attribute or an element. Blanks other than the space are written by number, so that no reader takes them
/// for one; what XML 1.0 cannot hold at all is written as an escape such as `\u{1}`.
fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(safe, "&#{};", u32::from(character));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(safe, "{}", character.escape_unicode());
            }
            other => safe.push(other),
        }
    }
    safe
}

/// Cases that are kept until their suite is written.
const MOST_CASES: u64 = 1000;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use roxmltree::{Document, Node};

    use super::*;
    use crate::finding::Verdict;
    use crate::report::testing;
    use crate::report::{RunReport, Unreadable};

    const STRICT: Threshold = Threshold { fail_on: Severity::Error, allow_undecided: false };

    fn junit(files: Vec<FileEntry>, post: Option<PostReport>, threshold: Threshold) -> String {
        testing::written(&RunReport::new(testing::run(), files, post), |output| Box::new(Junit::new(output, threshold)))
    }

    fn named<'a>(document: &'a Document<'_>, name: &str) -> Vec<Node<'a, 'a>> {
        document.descendants().filter(|node| node.has_tag_name(name)).collect()
    }

    #[test]
    fn each_file_is_a_case_and_each_folder_a_suite() {
        insta::assert_snapshot!(junit(testing::entries(), Some(testing::post()), STRICT));
    }

    #[test]
    fn what_the_run_allows_does_not_fail() {
        let counts = |threshold| {
            let text = junit(testing::entries(), None, threshold);
            let document = Document::parse(&text).unwrap();
            ["failure", "skipped", "error"].map(|name| named(&document, name).len())
        };
        assert_eq!(counts(STRICT), [2, 0, 1]);
        assert_eq!(counts(Threshold { allow_undecided: true, ..STRICT }), [1, 1, 1]);
    }

    #[test]
    fn a_warning_fails_where_warnings_fail_the_run() {
        let warning = testing::finding("extension-mismatch", Severity::Warning, None);
        let failures = |fail_on| {
            let file = testing::entry("a.gif", Verdict::Pass, vec![warning.clone()], vec![]);
            junit(vec![file], None, Threshold { fail_on, ..STRICT }).matches("<failure ").count()
        };
        assert_eq!(failures(Severity::Error), 0);
        assert_eq!(failures(Severity::Warning), 1);
    }

    #[test]
    fn what_the_baseline_knows_does_not_fail() {
        let failures = |baseline| {
            let finding = Finding { baseline, ..testing::finding("open-gop", Severity::Error, None) };
            let file = testing::entry("a.gif", Verdict::Fail, vec![finding], vec![]);
            junit(vec![file], None, STRICT).matches("<failure ").count()
        };
        assert_eq!([None, Some(Baseline::New), Some(Baseline::Known)].map(failures), [1, 1, 0]);
    }

    #[test]
    fn a_long_suite_is_continued_by_another() {
        let files = (0..2001).map(|n| testing::entry(&format!("a/{n}.gif"), Verdict::Pass, vec![], vec![])).collect();
        let text = junit(files, None, STRICT);
        let document = Document::parse(&text).unwrap();
        let suites: Vec<_> = named(&document, "testsuite")
            .iter()
            .map(|suite| (suite.attribute("name"), suite.attribute("tests")))
            .collect();
        assert_eq!(suites, [(Some("a"), Some("1000")), (Some("a"), Some("1000")), (Some("a"), Some("1"))]);
    }

    proptest! {
        #[test]
        fn any_text_is_well_formed_and_read_back(path in any::<String>(), error in any::<String>()) {
            let entry = FileEntry::Unreadable(Unreadable { path: path.clone(), error: error.clone() });
            let xml = junit(vec![entry], None, STRICT);
            let document = Document::parse(&xml).unwrap();
            let shown = |text: &str| {
                text.chars().map(|c| match c {
                    '\t' | '\n' | '\r' => c.to_string(),
                    '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => c.escape_unicode().to_string(),
                    c => c.to_string(),
                }).collect::<String>()
            };
            let case = named(&document, "testcase")[0];
            prop_assert_eq!(case.attribute("name").unwrap(), shown(&path));
            let fault = named(&document, "error")[0];
            prop_assert_eq!(fault.attribute("message").unwrap(), shown(&error));
            prop_assert_eq!(fault.text().unwrap_or_default(), shown(&error));
        }
    }
}
