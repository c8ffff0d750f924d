//! A run for the tests of every format: what passes, fails, is undecided or unreadable, under names that are hard to write.

use crate::facts::{Evidence, Facts, Format, Why};
use crate::finding::{FileReport, Finding, Severity, Undecided, Verdict};
use crate::profile::{Basis, Category};

use super::run::{FileEntry, PostReport, Reporter, Run, RunReport, Unreadable};

/// What is known before the first file.
pub(super) fn run() -> Run {
    Run { program_version: "1.2.3".to_owned(), pack: "twitter".to_owned(), mend: Vec::new() }
}

/// One file of each kind.
pub(super) fn entries() -> Vec<FileEntry> {
    let error = finding("gif-dimensions", Severity::Error, Some(Evidence::new(10, "logical screen descriptor")));
    let warning = finding("extension-mismatch", Severity::Warning, None);
    vec![
        entry("clips/fine.gif", Verdict::Pass, vec![], vec![]),
        entry(
            "clips/a,\"b\" <c>&d'::e%20\n|`*_[x](y)\u{1b}.gif",
            Verdict::Fail,
            vec![error.clone(), error, warning],
            vec![undecided()],
        ),
        entry("=1+1 ü.gif", Verdict::Undecided, vec![], vec![undecided()]),
        FileEntry::Unreadable(Unreadable { path: "gone\\xff.gif".to_owned(), error: "No such \"file\"".to_owned() }),
    ]
}

/// A post that does not hold.
pub(super) fn post() -> PostReport {
    PostReport { findings: vec![finding("post-media-mix", Severity::Error, None)] }
}

/// A report of one file.
pub(super) fn entry(path: &str, verdict: Verdict, findings: Vec<Finding>, undecided: Vec<Undecided>) -> FileEntry {
    FileEntry::Report(Box::new(FileReport {
        path: Some(path.to_owned()),
        media_type: Format::Gif.media_type(),
        category: Some(Category::TweetGif),
        size: 2048,
        verdict,
        findings,
        undecided,
        near_misses: Vec::new(),
        accepted_by: Vec::new(),
        pack: None,
        sha256: None,
        matrix: Vec::new(),
        facts: Facts::new(2048, Format::Gif),
        description: None,
    }))
}

/// A finding of that rule.
pub(super) fn finding(rule: &'static str, severity: Severity, evidence: Option<Evidence>) -> Finding {
    Finding {
        rule: rule.into(),
        severity,
        basis: Basis::Documented,
        message: "the canvas is 1080x1280, and at most 1280x1080 is allowed".to_owned(),
        limit: "1280x1080".into(),
        actual: "1080x1280".into(),
        evidence,
        remedy: "Scale it: ffmpeg -i INPUT -vf \"scale=-2:1080\" OUTPUT".into(),
        baseline: None,
    }
}

/// One rule that could not be decided.
pub(super) fn undecided_rules() -> Vec<Undecided> {
    vec![undecided()]
}

fn undecided() -> Undecided {
    Undecided { rule: "open-gop".into(), why: Why("the samples {0} were not read".into()) }
}

/// What a reporter writes of a run.
pub(super) fn written(
    whole: &RunReport,
    reporter: impl for<'a> FnOnce(&'a mut Vec<u8>) -> Box<dyn Reporter + 'a>,
) -> String {
    let mut output = Vec::new();
    let mut reporter = reporter(&mut output);
    let run = Run { program_version: whole.program_version.clone(), pack: whole.pack.clone(), mend: Vec::new() };
    reporter.begin(&run).unwrap();
    whole.files.iter().for_each(|entry| reporter.file(entry).unwrap());
    if let Some(post) = &whole.post {
        reporter.post(post).unwrap();
    }
    reporter.end(&whole.summary).unwrap();
    drop(reporter);
    String::from_utf8(output).unwrap()
}
