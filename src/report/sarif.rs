//! SARIF 2.1.0, the exchange format of static analysis (OASIS, 27 March 2020).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{Baseline, FileReport, Finding, Severity, Summary, Undecided};
use crate::profile::{Category, Level, Profile};
use crate::rules;
use crate::transcode::compare;

use super::rules::levels;
use super::run::{FileEntry, Needs, PostReport, Reporter, Run, Threshold};

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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    version: &'a str,
    semantic_version: &'a str,
    rules: &'a [Descriptor],
    properties: DriverProperties<'a>,
}

#[derive(Serialize)]
struct DriverProperties<'a> {
    pack: &'a str,
}

/// A rule (3.49).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration,
}

impl Descriptor {
    fn new(rule: &rules::Rule, level: Option<Level>) -> Self {
        let explanation = rule.explanation();
        let first = explanation.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        Self {
            id: rule.id,
            short_description: Message::new(rule.summary),
            full_description: Message::new(&first),
            help: Help { text: doubled(&explanation), markdown: doubled(&explanation) },
            default_configuration: Configuration {
                level: if level == Some(Level::Must) { Severity::Error } else { Severity::Warning }.as_str(),
                enabled: level != Some(Level::Off),
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
    enabled: bool,
}

impl Descriptor {
    /// A row of a comparison, which is no rule of a pack.
    fn of_row(row: &compare::Row) -> Self {
        let help = format!("Compares whether {}. Tolerance: {}. {}", row.summary, row.tolerance, row.remedy);
        Self {
            id: row.id,
            short_description: Message::new(row.summary),
            full_description: Message::new(&format!("{}; tolerance: {}", row.summary, row.tolerance)),
            help: Help { text: doubled(&help), markdown: doubled(&help) },
            default_configuration: Configuration { level: row.severity.as_str(), enabled: true },
        }
    }
}

/// A message (3.11).
#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: &str) -> Self {
        Self { text: doubled(text) }
    }
}

/// A result (3.27).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<ResultProperties>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties {
    basis: &'static str,
    limit: String,
    actual: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
}

/// A location (3.28).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[LogicalLocation; 1]>,
}

impl Location {
    fn of(path: &str) -> Self {
        let artifact_location = ArtifactLocation::of(path);
        Self { physical_location: PhysicalLocation { artifact_location, region: None }, logical_locations: None }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

/// Where an artifact is (3.4): its URI reference, percent-encoded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

impl ArtifactLocation {
    fn of(path: &str) -> Self {
        if path.starts_with('/') {
            return Self { uri: format!("file://{}", encoded(path)), uri_base_id: None };
        }
        Self { uri: encoded(relative(path)), uri_base_id: Some(ROOT) }
    }
}

/// A region of binary content (3.30.4): it has no lines.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    byte_offset: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
}

#[derive(Serialize)]
struct UriBase {
    description: Message,
}

/// What happened as the command ran (3.20).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Debug, Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

/// A text in which braces stand for themselves and not for arguments (3.11.5).
fn doubled(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// A relative path without the steps that lead nowhere.
fn relative(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path
}

/// A path as the path of a URI reference (RFC 3986): slashes stay, and of the rest what is unreserved.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => {
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

/// What stays the same while a finding does: rule, path and actual value, as a number of 128 bits.
fn fingerprint(rule: &str, path: Option<&str>, actual: &str) -> BTreeMap<&'static str, String> {
    let path = path.map(relative).unwrap_or_default();
    let mut hash = FNV_OFFSET;
    // No part holds the byte 0 but as the path of a file system that none has, so the parts stay apart.
    for byte in [rule, "\0", path, "\0", actual].iter().flat_map(|part| part.bytes()) {
        hash = (hash ^ u128::from(byte)).wrapping_mul(FNV_PRIME);
    }
    BTreeMap::from([(FINGERPRINT, format!("{hash:032x}"))])
}

/// Where the schema is published.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";
/// The folder to which paths are relative, by the name that code hosts look for.
const ROOT: &str = "%SRCROOT%";
/// The name of the fingerprint, with the version of what goes into it.
const FINGERPRINT: &str = "rulePathActual/v1";
/// Unreadable files that are named.
const MOST_NOTIFICATIONS: usize = 1000;
/// FNV-1a of 128 bits.
const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
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

    #[test]
    fn a_fingerprint_changes_with_rule_path_and_value_alone() {
        let of = |rule, path, actual| fingerprint(rule, Some(path), actual).remove(FINGERPRINT).unwrap();
        let one = of("open-gop", "a.mp4", "1");
        assert_eq!(one, of("open-gop", "./a.mp4", "1"));
        assert_eq!(one, "425699ae61b41b22d3abaa3448d6bb47");
        for other in [of("open-go", "pa.mp4", "1"), of("open-gop", "b.mp4", "1"), of("open-gop", "a.mp4", "2")] {
            assert_ne!(one, other);
        }
    }

    proptest! {
        #[test]
        fn any_path_is_a_uri_that_is_read_back(path in any::<String>()) {
            let log = sarif(vec![testing::entry(&path, Verdict::Fail, vec![], testing::undecided_rules())], None);
            let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
            let uri = location["uri"].as_str().unwrap();
            prop_assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%:".contains(&byte)), "{}", uri);
            let bytes = uri.strip_prefix("file://").unwrap_or(uri).as_bytes();
            let mut read = Vec::new();
            let mut rest = bytes;
            while let Some((&first, after)) = rest.split_first() {
                rest = after;
                if first == b'%' {
                    read.push(u8::from_str_radix(std::str::from_utf8(&rest[..2]).unwrap(), 16).unwrap());
                    rest = &rest[2..];
                } else {
                    read.push(first);
                }
            }
            prop_assert_eq!(String::from_utf8(read).unwrap(), relative(&path));
            prop_assert_eq!(location["uriBaseId"].is_null(), path.starts_with('/'));
        }
    }
}
