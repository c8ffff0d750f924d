//! What a run says: its files, the post they make up, and the sum of it.

use std::ffi::OsString;
use std::io;

use serde::{Deserialize, Serialize};

use crate::finding::{FileReport, Finding, SCHEMA_VERSION, Severity, Summary, Verdict};

#[cfg(feature = "report")]
use super::telling::{Telling, Told};

/// Writes the answers of one run in one format.
///
/// Called in this order: `begin`, `file` for each file, `post` where the files belong to one post, `end`.
pub trait Reporter {
    /// Writes what comes before the first file.
    fn begin(&mut self, run: &Run) -> io::Result<()>;

    /// Writes the answer about one file.
    fn file(&mut self, entry: &FileEntry) -> io::Result<()>;

    /// Writes the answers about files whose entries are JSON already; only asked of those that need no more.
    fn json(&mut self, _entries: &JsonEntries) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "the report is not made of JSON"))
    }

    /// Writes what is told of files in the way that this report needs; only asked of those that need no more.
    #[cfg(feature = "report")]
    fn told(&mut self, _told: &Told) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "the report is not made of text for people"))
    }

    /// What of a report this one is made from.
    fn needs(&self) -> Needs {
        Needs::Facts
    }

    /// Writes the answer about the post that the files make up.
    fn post(&mut self, post: &PostReport) -> io::Result<()>;

    /// Writes the sum, and hands on all that is buffered.
    fn end(&mut self, summary: &Summary) -> io::Result<()>;
}

/// What of the report of a file is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Its JSON, as it is.
    Json,
    /// What is told of it in this way.
    #[cfg(feature = "report")]
    Told(Telling),
    /// All but the facts: those of a file that a scan remembers are left out.
    Findings,
    /// All of it.
    Facts,
}

impl Needs {
    /// What both need.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self == other {
            self
        } else if self.is_without_facts() && other.is_without_facts() {
            Self::Findings
        } else {
            Self::Facts
        }
    }

    const fn is_without_facts(self) -> bool {
        match self {
            Self::Findings => true,
            #[cfg(feature = "report")]
            Self::Told(_) => true,
            Self::Json | Self::Facts => false,
        }
    }
}

/// Entries of files as JSON, each on a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonEntries {
    lines: Vec<u8>,
    /// Where each entry ends, and its line feed stands.
    ends: Vec<usize>,
}

impl JsonEntries {
    /// Adds an entry, which `write` writes. Where it fails, nothing is added.
    pub fn add<T>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Option<T>) -> Option<T> {
        let start = self.lines.len();
        let written = write(&mut self.lines);
        if written.is_none() {
            self.lines.truncate(start);
        } else {
            self.ends.push(self.lines.len());
            self.lines.push(b'\n');
        }
        written
    }

    /// All entries, each with a line feed behind it.
    pub fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// Each entry.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = [0].into_iter().chain(self.ends.iter().map(|end| end + 1));
        starts.zip(&self.ends).filter_map(|(start, &end)| self.lines.get(start..end))
    }
}

/// What is known of a run before its first file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Version of the program.
    pub program_version: String,
    /// Name of the rule pack in force.
    pub pack: String,
    /// The words of the command that mends a file by the same rules, without its name, such as `preflight fix`. Empty: reports for people
    /// name no command.
    pub mend: Vec<OsString>,
}

/// When a run counts as failed. A file's verdict does not depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Least severity of a finding that fails the run.
    pub fail_on: Severity,
    /// Whether a file that cannot be decided does not fail the run.
    pub allow_undecided: bool,
}

impl Threshold {
    /// The exit status of a run: 130 where it was interrupted, otherwise 2 where a configuration is not valid, otherwise 3 where a file
    /// could not be read, otherwise 1 where the run fails, otherwise 0.
    ///
    /// What the baseline knows does not fail a run.
    pub const fn exit_status(self, summary: &Summary) -> u8 {
        let summary = summary.without_known();
        let fails = summary.failed > 0
            || summary.errors > 0
            || (summary.undecided > 0 && !self.allow_undecided)
            || (summary.warnings > 0 && matches!(self.fail_on, Severity::Warning));
        match summary {
            Summary { interrupted: true, .. } => 130,
            Summary { misconfigured: true, .. } => 2,
            Summary { unreadable: 1.., .. } => 3,
            _ if fails => 1,
            _ => 0,
        }
    }
}

/// The whole answer of a run, as `check --format json` writes it.
///
/// A new field may appear at any time. A field goes, or changes its meaning, only together with `schema_version`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunReport {
    /// Version of this format: 1.
    pub schema_version: u32,
    /// Version of the program that wrote it.
    pub program_version: String,
    /// Name of the rule pack in force.
    pub pack: String,
    /// One entry a file, in the order of the arguments.
    pub files: Vec<FileEntry>,
    /// Present where the files were checked as one post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<PostReport>,
    /// Counts over all files, and the findings of the post.
    pub summary: Summary,
}

impl RunReport {
    /// The answer of a run over `files` and the post that they may make up.
    pub fn new(run: Run, files: Vec<FileEntry>, post: Option<PostReport>) -> Self {
        let mut summary = Summary::default();
        for entry in &files {
            entry.count_into(&mut summary);
        }
        if let Some(post) = &post {
            post.count_into(&mut summary);
        }
        Self {
            schema_version: SCHEMA_VERSION,
            program_version: run.program_version,
            pack: run.pack,
            files,
            post,
            summary,
        }
    }
}

/// The answer about one file: its report, or why it could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FileEntry {
    /// The file was read and held against the rules.
    Report(Box<FileReport>),
    /// The file could not be read, so nothing is known of it.
    Unreadable(Unreadable),
}

impl FileEntry {
    /// The report, where the file could be read.
    pub fn report(&self) -> Option<&FileReport> {
        match self {
            Self::Report(report) => Some(report),
            Self::Unreadable(_) => None,
        }
    }

    /// The verdict, where the file could be read.
    pub fn verdict(&self) -> Option<Verdict> {
        self.report().map(|report| report.verdict)
    }

    /// Counts the file.
    pub fn count_into(&self, summary: &mut Summary) {
        match self {
            Self::Report(report) => summary.add(report),
            Self::Unreadable(_) => {
                summary.files += 1;
                summary.unreadable += 1;
            }
        }
    }
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unreadable {
    /// The path as it was given, written as in a report.
    pub path: String,
    /// What the system said.
    pub error: String,
}

/// What is wrong with a post as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PostReport {
    /// Findings that no single file has.
    pub findings: Vec<Finding>,
}

impl PostReport {
    /// Counts the findings.
    pub fn count_into(&self, summary: &mut Summary) {
        for finding in &self.findings {
            match finding.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
            }
        }
    }
}
