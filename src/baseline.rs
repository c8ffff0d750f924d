//! The baseline: an earlier report, so that a run fails only for what is new.
//!
//! A finding is known where the earlier report has one of the same file, rule and actual value; the limit may have moved.
//! A file that is under another path is known by its bytes where both reports have their hash.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

use crate::finding::{FileReport, Finding, KnownCounts, Severity, Undecided, Verdict};

pub use crate::finding::Baseline as BaselineState;

/// An earlier report, ready to be compared with.
#[derive(Debug, Default)]
pub struct Baseline {
    by_path: HashMap<String, Known>,
    by_hash: HashMap<String, Known>,
    post: Known,
}

/// Why an earlier report could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The text is no report as JSON or JSON Lines.
    #[error("no report as JSON or JSON Lines: {0}")]
    Syntax(#[from] serde_json::Error),
    /// The text begins as UTF-16 does and is none.
    #[error("no report: it begins as text in UTF-16, and is damaged")]
    Encoding,
    /// There is no finding and no sum in it.
    #[error("no report: it has neither files nor a summary")]
    NoReport,
}

impl Baseline {
    /// Reads a report that was written as JSON or as JSON Lines, in UTF-8 or, with a byte order mark, in UTF-16. `relative` gives a path as
    /// it is compared.
    pub fn read(text: &[u8], relative: impl Fn(&str) -> String) -> Result<Self, BaselineError> {
        let text = in_utf8(text)?;
        let mut baseline = Self::default();
        let mut is_report = false;
        for object in serde_json::Deserializer::from_slice(&text).into_iter::<Object>() {
            let object = object?;
            is_report |= object.summary.is_some() || object.path.is_some();
            if let Some(post) = &object.post {
                baseline.post.add(&post.findings, &[]);
            }
            let of_line = object.path.is_some().then_some(object.file);
            let path = object.path;
            let files = of_line.into_iter().map(|file| (path.clone(), file));
            let files = files.chain(object.files.into_iter().map(|entry| (entry.path, entry.file)));
            for (path, file) in files {
                if let Some(hash) = file.sha256 {
                    baseline.by_hash.entry(hash).or_default().add(&file.findings, &file.undecided);
                }
                if let Some(path) = path {
                    baseline.by_path.entry(relative(&path)).or_default().add(&file.findings, &file.undecided);
                }
            }
        }
        if is_report { Ok(baseline) } else { Err(BaselineError::NoReport) }
    }

    /// Whether the hash of a file could make known what its path does not.
    pub fn wants_hash(&self, path: &str, report: &FileReport) -> bool {
        let has_anything = !report.findings.is_empty() || !report.undecided.is_empty();
        has_anything && !self.by_hash.is_empty() && !self.by_path.contains_key(path)
    }

    /// Says of each finding of a file whether it is known, and counts what is. `path` is as it is compared.
    pub fn mark(&self, path: &str, report: &mut FileReport) -> KnownCounts {
        let by_hash = || report.sha256.as_ref().and_then(|hash| self.by_hash.get(hash));
        let mut known = self.by_path.get(path).or_else(by_hash).cloned().unwrap_or_default();
        let mut counts = known.mark(&mut report.findings);
        let new_undecided = report.undecided.iter().filter(|undecided| !known.take_undecided(undecided)).count();
        let is_new = |finding: &Finding| finding.baseline == Some(BaselineState::New);
        match report.verdict {
            Verdict::Fail => {
                let mut errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
                counts.failed = u64::from(!errors.any(is_new));
            }
            Verdict::Undecided => counts.undecided = u64::from(new_undecided == 0),
            Verdict::Pass => {}
        }
        counts.gone = known.left();
        counts
    }

    /// Says of each finding of a post whether it is known, and counts what is.
    pub fn mark_post(&self, findings: &mut [Finding]) -> KnownCounts {
        let mut known = self.post.clone();
        let mut counts = known.mark(findings);
        counts.gone = known.left();
        counts
    }
}

/// The text in UTF-8 without a byte order mark. The `>` of PowerShell puts one before it, and up to version 5.1 writes UTF-16.
fn in_utf8(text: &[u8]) -> Result<Cow<'_, [u8]>, BaselineError> {
    let (unit, units): (fn([u8; 2]) -> u16, _) = match text {
        [0xff, 0xfe, units @ ..] => (u16::from_le_bytes, units),
        [0xfe, 0xff, units @ ..] => (u16::from_be_bytes, units),
        [0xef, 0xbb, 0xbf, text @ ..] | text => return Ok(text.into()),
    };
    if units.len() % 2 != 0 {
        return Err(BaselineError::Encoding);
    }
    let units = units.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
    let text: String = char::decode_utf16(units).collect::<Result<_, _>>().map_err(|_| BaselineError::Encoding)?;
    Ok(text.into_bytes().into())
}

/// What is known of one file: how often each rule was broken by each value, and which could not be decided.
#[derive(Clone, Debug, Default)]
struct Known {
    findings: HashMap<(String, String), u64>,
    undecided: HashMap<String, u64>,
}

impl Known {
    fn add(&mut self, findings: &[OldFinding], undecided: &[OldUndecided]) {
        for finding in findings {
            *self.findings.entry((finding.rule.clone(), finding.actual.to_string())).or_default() += 1;
        }
        for undecided in undecided {
            *self.undecided.entry(undecided.rule.clone()).or_default() += 1;
        }
    }

    fn mark(&mut self, findings: &mut [Finding]) -> KnownCounts {
        let mut counts = KnownCounts::default();
        for finding in findings {
            let key = (finding.rule.to_string(), finding.actual.to_string());
            let is_known = take(&mut self.findings, &key);
            finding.baseline = Some(if is_known { BaselineState::Known } else { BaselineState::New });
            match finding.severity {
                Severity::Error => counts.errors += u64::from(is_known),
                Severity::Warning => counts.warnings += u64::from(is_known),
            }
        }
        counts
    }

    fn take_undecided(&mut self, undecided: &Undecided) -> bool {
        take(&mut self.undecided, undecided.rule.as_ref())
    }

    /// Findings that nobody took.
    fn left(&self) -> u64 {
        self.findings.values().sum()
    }
}

/// Takes one of what is counted; false where none is left.
fn take<K: std::borrow::Borrow<Q> + std::hash::Hash + Eq, Q: std::hash::Hash + Eq + ?Sized>(
    counted: &mut HashMap<K, u64>,
    key: &Q,
) -> bool {
    match counted.get_mut(key) {
        Some(count @ 1..) => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

/// A whole report, or one line of one as JSON Lines. What is not needed is skipped.
#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    path: Option<String>,
    #[serde(flatten)]
    file: OldFile,
    #[serde(default)]
    files: Vec<OldEntry>,
    #[serde(default)]
    post: Option<OldPost>,
    #[serde(default)]
    summary: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct OldEntry {
    path: Option<String>,
    #[serde(flatten)]
    file: OldFile,
}

#[derive(Deserialize)]
struct OldFile {
    #[serde(default)]
    findings: Vec<OldFinding>,
    #[serde(default)]
    undecided: Vec<OldUndecided>,
    #[serde(default)]
    sha256: Option<String>,
}

#[derive(Deserialize)]
struct OldPost {
    #[serde(default)]
    findings: Vec<OldFinding>,
}

#[derive(Deserialize)]
struct OldFinding {
    rule: String,
    actual: crate::finding::Value,
}

#[derive(Deserialize)]
struct OldUndecided {
    rule: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Facts, Format, Why};
    use crate::profile::Basis;

    fn finding(rule: &'static str, severity: Severity, actual: u64) -> Finding {
        Finding {
            rule: rule.into(),
            severity,
            basis: Basis::Documented,
            message: "It is too long".to_owned(),
            limit: 140_u64.into(),
            actual: actual.into(),
            evidence: None,
            remedy: "Cut it".into(),
            baseline: None,
        }
    }

    fn report(verdict: Verdict, findings: Vec<Finding>, undecided: &[&'static str]) -> FileReport {
        let undecided = undecided.iter().map(|rule| Undecided { rule: (*rule).into(), why: Why("cut".into()) });
        FileReport {
            path: Some("a.mp4".to_owned()),
            media_type: None,
            category: None,
            size: 1,
            verdict,
            findings,
            undecided: undecided.collect(),
            near_misses: Vec::new(),
            accepted_by: Vec::new(),
            pack: None,
            sha256: None,
            matrix: Vec::new(),
            facts: Facts::new(1, Format::Mp4),
            description: None,
        }
    }

    fn baseline(report: &FileReport) -> Baseline {
        let text = format!("{{\"files\":[{}],\"summary\":{{}}}}", serde_json::to_string(report).unwrap());
        Baseline::read(text.as_bytes(), str::to_owned).unwrap()
    }

    #[test]
    fn a_finding_is_known_by_file_rule_and_value() {
        let errors =
            |values: &[u64]| values.iter().map(|value| finding("duration-too-long", Severity::Error, *value)).collect();
        let baseline = baseline(&report(Verdict::Fail, errors(&[150, 150]), &[]));
        for (path, values, known, failed, gone) in [
            ("a.mp4", &[150, 150][..], 2, 1, 0),
            ("a.mp4", &[150], 1, 1, 1),
            ("a.mp4", &[150, 150, 150], 2, 0, 0),
            ("a.mp4", &[150, 151], 1, 0, 1),
            ("b.mp4", &[150], 0, 0, 0),
        ] {
            let mut now = report(Verdict::Fail, errors(values), &[]);
            let counts = baseline.mark(path, &mut now);
            assert_eq!((counts.errors, counts.failed, counts.gone), (known, failed, gone), "{path} {values:?}");
            assert!(now.findings.iter().all(|finding| finding.baseline.is_some()));
            assert_eq!(now.verdict, Verdict::Fail);
        }
    }

    #[test]
    fn another_limit_is_the_same_finding_and_a_known_warning_does_not_excuse_an_error() {
        let mut old = finding("duration-too-long", Severity::Warning, 150);
        old.limit = 100_u64.into();
        let baseline = baseline(&report(Verdict::Pass, vec![old], &[]));
        let findings =
            vec![finding("duration-too-long", Severity::Warning, 150), finding("open-gop", Severity::Error, 1)];
        let counts = baseline.mark("a.mp4", &mut report(Verdict::Fail, findings, &[]));
        assert_eq!((counts.warnings, counts.errors, counts.failed), (1, 0, 0));
    }

    #[test]
    fn what_could_not_be_decided_is_known_by_its_rule() {
        let baseline = baseline(&report(Verdict::Undecided, vec![], &["open-gop"]));
        let mark = |rules: &[&'static str]| baseline.mark("a.mp4", &mut report(Verdict::Undecided, vec![], rules));
        assert_eq!(mark(&["open-gop"]).undecided, 1);
        assert_eq!(mark(&["interlaced"]).undecided, 0);
        assert_eq!(mark(&["open-gop", "interlaced"]).undecided, 0);
    }

    #[test]
    fn a_file_that_moved_is_known_by_its_hash() {
        let mut old = report(Verdict::Fail, vec![finding("open-gop", Severity::Error, 1)], &[]);
        old.sha256 = Some("ab".to_owned());
        let baseline = baseline(&old);
        let mut now = old.clone();
        assert!(baseline.wants_hash("b.mp4", &now) && !baseline.wants_hash("a.mp4", &now));
        assert_eq!(baseline.mark("b.mp4", &mut now).failed, 1);
        now.sha256 = Some("cd".to_owned());
        assert_eq!(baseline.mark("b.mp4", &mut now).failed, 0);
    }

    #[test]
    fn json_lines_are_read_and_what_is_no_report_is_refused() {
        let line = serde_json::to_string(&report(Verdict::Fail, vec![finding("open-gop", Severity::Error, 1)], &[]));
        let text = format!("{}\n{{\"path\":\"gone\",\"error\":\"x\"}}\n{{\"summary\":{{}}}}\n", line.unwrap());
        let baseline = Baseline::read(text.as_bytes(), str::to_owned).unwrap();
        let mut now = report(Verdict::Fail, vec![finding("open-gop", Severity::Error, 1)], &[]);
        assert_eq!(baseline.mark("a.mp4", &mut now).failed, 1);
        for text in ["", "{}", "[]", "{\"files\":3}", "x", "{\"files\":[{\"findings\":[{}]}]}"] {
            assert!(Baseline::read(text.as_bytes(), str::to_owned).is_err(), "{text}");
        }
    }
}
