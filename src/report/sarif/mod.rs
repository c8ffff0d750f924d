//! SARIF 2.1.0, the exchange format of static analysis (OASIS, 27 March 2020).

mod log;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::finding::{Baseline, FileReport, Finding, Severity, Summary, Undecided};
use crate::profile::{Category, Profile};
use crate::rules;
use crate::transcode::compare;

use super::rules::levels;
use super::run::{FileEntry, Needs, PostReport, Reporter, Run, Threshold};
use log::{
    Descriptor, Driver, DriverProperties, Invocation, Location, LogicalLocation, Message, Notification, ROOT, Region,
    ResultProperties, SarifResult, UriBase, fingerprint,
};

/// Writes a run as one SARIF log of one run.
///
/// Findings are results of kind `fail`; what is undecided is of kind `open`, which carries no level (3.27.9, 3.27.10).
/// Files that could not be read are notifications of the invocation. Paths are relative to `%SRCROOT%`, the folder
/// in which the command ran, which is not named.
#[derive(Debug)]
pub struct Sarif<W> {
    output: W,
    threshold: Threshold,
    rules: Vec<Descriptor>,
    indices: BTreeMap<&'static str, usize>,
    first: bool,
    notifications: Vec<Notification>,
    unnamed: u64,
}

impl<W: Write> Sarif<W> {
    /// A reporter that writes to `output`, which should be buffered; the levels of the rules are those of the pack.
    pub fn new(output: W, profile: &Profile, threshold: Threshold) -> Self {
        let levels = levels(profile);
        let rules = rules::all();
        Self {
            output,
            threshold,
            rules: rules.iter().map(|rule| Descriptor::new(rule, levels.get(rule.id).copied())).collect(),
            indices: rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect(),
            first: true,
            notifications: Vec::new(),
            unnamed: 0,
        }
    }

    /// A reporter of comparisons, whose rules are their rows.
    pub fn of_rows(output: W, threshold: Threshold) -> Self {
        let rows = compare::rows();
        Self {
            output,
            threshold,
            rules: rows.iter().map(Descriptor::of_row).collect(),
            indices: rows.iter().enumerate().map(|(index, row)| (row.id, index)).collect(),
            first: true,
            notifications: Vec::new(),
            unnamed: 0,
        }
    }

    fn result(&mut self, result: &SarifResult<'_>) -> io::Result<()> {
        self.output.write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        Ok(serde_json::to_writer(&mut self.output, result)?)
    }

    fn finding(&mut self, finding: &Finding, report: Option<&FileReport>) -> io::Result<()> {
        let path = report.and_then(|report| report.path.as_deref());
        let mut message = finding.message.clone();
        if !finding.remedy.is_empty() {
            let _ = write!(message, ". Fix: {}", finding.remedy);
        }
        let evidence = finding.evidence.as_ref();
        let mut location = path.map(Location::of);
        if let (Some(location), Some(evidence)) = (&mut location, evidence) {
            location.physical_location.region = Some(Region { byte_offset: evidence.offset });
            let fully_qualified_name = evidence.path.to_string();
            location.logical_locations = Some([LogicalLocation { fully_qualified_name }]);
        }
        let actual = finding.actual.to_string();
        self.result(&SarifResult {
            rule_id: &finding.rule,
            rule_index: self.indices.get(finding.rule.as_ref()).copied(),
            kind: "fail",
            level: finding.severity.as_str(),
            baseline_state: finding.baseline.map(|baseline| match baseline {
                Baseline::New => "new",
                Baseline::Known => "unchanged",
            }),
            message: Message::new(&message),
            locations: location.into_iter().collect(),
            partial_fingerprints: fingerprint(&finding.rule, path, &actual),
            properties: Some(ResultProperties {
                basis: finding.basis.as_str(),
                limit: finding.limit.to_string(),
                actual,
                category: report.and_then(|report| report.category).map(Category::as_str),
                media_type: report.and_then(|report| report.media_type).map(|media_type| media_type.to_string()),
            }),
        })
    }

    fn undecided(&mut self, undecided: &Undecided, path: Option<&str>) -> io::Result<()> {
        self.result(&SarifResult {
            rule_id: &undecided.rule,
            rule_index: self.indices.get(undecided.rule.as_ref()).copied(),
            kind: "open",
            level: "none",
            baseline_state: None,
            message: Message::new(&format!("not known, because {}", undecided.why)),
            locations: path.map(Location::of).into_iter().collect(),
            partial_fingerprints: fingerprint(&undecided.rule, path, "undecided"),
            properties: None,
        })
    }
}

impl<W: Write> Reporter for Sarif<W> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        let driver = Driver {
            name: "media-preflight",
            version: &run.program_version,
            semantic_version: &run.program_version,
            rules: &self.rules,
            properties: DriverProperties { pack: &run.pack },
        };
        write!(self.output, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":")?;
        serde_json::to_writer(&mut self.output, &driver)?;
        self.output.write_all(b"},\"originalUriBaseIds\":")?;
        let root = UriBase { description: Message::new("The folder in which the command ran.") };
        serde_json::to_writer(&mut self.output, &BTreeMap::from([(ROOT, root)]))?;
        // Offsets count bytes of media, so no text columns occur.
        self.output.write_all(b",\"results\":[")
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        match entry {
            FileEntry::Report(report) => {
                report.findings.iter().try_for_each(|finding| self.finding(finding, Some(report)))?;
                report.undecided.iter().try_for_each(|one| self.undecided(one, report.path.as_deref()))
            }
            FileEntry::Unreadable(_) if self.notifications.len() >= MOST_NOTIFICATIONS => {
                self.unnamed += 1;
                Ok(())
            }
            FileEntry::Unreadable(unreadable) => {
                self.notifications.push(Notification {
                    level: Severity::Error.as_str(),
                    message: Message::new(&format!("{}: {}", unreadable.path, unreadable.error)),
                    locations: vec![Location::of(&unreadable.path)],
                });
                Ok(())
            }
        }
    }

    fn needs(&self) -> Needs {
        Needs::Findings
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        post.findings.iter().try_for_each(|finding| self.finding(finding, None))
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let mut notifications = std::mem::take(&mut self.notifications);
        if self.unnamed > 0 {
            let message = Message::new(&format!("{} more files could not be read", self.unnamed));
            notifications.push(Notification { level: Severity::Error.as_str(), message, locations: Vec::new() });
        }
        if summary.interrupted {
            let message = Message::new("The run was interrupted, so files are missing");
            notifications.push(Notification { level: Severity::Error.as_str(), message, locations: Vec::new() });
        }
        let invocation = Invocation {
            execution_successful: summary.unreadable == 0 && !summary.interrupted && !summary.misconfigured,
            exit_code: self.threshold.exit_status(summary),
            tool_execution_notifications: notifications,
        };
        self.output.write_all(b"\n],\"invocations\":")?;
        serde_json::to_writer(&mut self.output, &[invocation])?;
        self.output.write_all(b",\"properties\":{\"summary\":")?;
        serde_json::to_writer(&mut self.output, summary)?;
        self.output.write_all(b"}}]}\n")?;
        self.output.flush()
    }
}

/// Where the schema is published.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";
/// Unreadable files that are named.
const MOST_NOTIFICATIONS: usize = 1000;

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::finding::Verdict;
    use crate::report::testing;
    use crate::report::{RunReport, Unreadable};

    fn sarif(files: Vec<FileEntry>, post: Option<PostReport>) -> Value {
        let threshold = Threshold { fail_on: Severity::Error, allow_undecided: false };
        let text = testing::written(&RunReport::new(testing::run(), files, post), |output| {
            Box::new(Sarif::new(output, &Profile::default(), threshold))
        });
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_run_is_a_log_without_its_rules() {
        let mut log = sarif(testing::entries(), Some(testing::post()));
        log["runs"][0]["tool"]["driver"]["rules"].take();
        insta::assert_snapshot!(serde_json::to_string_pretty(&log).unwrap());
    }

    #[test]
    fn each_result_points_to_its_rule_and_each_rule_explains_itself() {
        let log = sarif(testing::entries(), Some(testing::post()));
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), rules::all().len());
        for rule in rules {
            assert!(rule["help"]["markdown"].as_str().unwrap().contains("How to fix it"), "{}", rule["id"]);
        }
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
    }

    #[test]
    fn a_clean_run_has_an_empty_list_of_results() {
        let log = sarif(vec![testing::entry("a.gif", Verdict::Pass, vec![], vec![])], None);
        assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
        assert_eq!(log["runs"][0]["invocations"], serde_json::json!([{ "executionSuccessful": true, "exitCode": 0 }]));
    }

    #[test]
    fn what_the_baseline_knows_is_unchanged() {
        let states: Vec<Value> = [None, Some(Baseline::New), Some(Baseline::Known)]
            .into_iter()
            .map(|baseline| {
                let finding = Finding { baseline, ..testing::finding("open-gop", Severity::Error, None) };
                let log = sarif(vec![testing::entry("a.gif", Verdict::Fail, vec![finding], vec![])], None);
                log["runs"][0]["results"][0]["baselineState"].clone()
            })
            .collect();
        assert_eq!(states, [Value::Null, "new".into(), "unchanged".into()]);
    }

    #[test]
    fn unreadable_files_beyond_a_bound_are_counted() {
        let gone = || FileEntry::Unreadable(Unreadable { path: "a".to_owned(), error: "gone".to_owned() });
        let log = sarif((0..MOST_NOTIFICATIONS + 5).map(|_| gone()).collect(), None);
        let invocation = &log["runs"][0]["invocations"][0];
        let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(notifications.len(), MOST_NOTIFICATIONS + 1);
        assert_eq!(notifications.last().unwrap()["message"]["text"], "5 more files could not be read");
        assert_eq!((&invocation["exitCode"], &invocation["executionSuccessful"]), (&3.into(), &false.into()));
    }
}
