//! What a comparison of two files says, and the ways in which it is written.

mod html;
mod human;
mod junit;
mod lines;
mod lower;
mod markdown;
mod plot;

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::describe::describe_facts;
use crate::facts::{Facts, MediaType};
use crate::finding::{Severity, Verdict};
use crate::transcode::compare::{Comparison, RowVerdict};
use crate::transcode::quality::Quality;

pub use html::write_html;
pub use human::{write_human, write_short};
pub use junit::write_junit;
pub use lines::write_lines;
pub use lower::write_run;
pub use markdown::write_markdown;

/// The whole answer of a comparison, as `compare --format json` writes it.
///
/// A new field may appear at any time. A field goes, or changes its meaning, only together with `schema_version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompareReport {
    /// Version of this format: 1.
    pub schema_version: u32,
    /// Version of the program that wrote it.
    pub program_version: String,
    /// Name of the rule pack in force.
    pub pack: String,
    /// What was there before.
    pub source: ComparedFile,
    /// What was made of it.
    pub result: ComparedFile,
    /// The verdict and the rows.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// What measuring the pictures showed. Absent: it was not asked for, or there is nothing to measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
}

impl CompareReport {
    /// Version of the JSON of a comparison; raised when a reader of the old one would fail.
    pub const SCHEMA_VERSION: u32 = 1;

    /// How many rows of severity `severity` fail.
    pub fn failed(&self, severity: Severity) -> u64 {
        self.comparison.failed().filter(|row| row.severity == severity).count() as u64
    }

    /// How many rows say so.
    pub fn count(&self, verdict: RowVerdict) -> u64 {
        self.comparison.rows.iter().filter(|row| row.verdict == verdict).count() as u64
    }

    /// Whether the comparison fails the run: an error, a row that cannot be decided unless that is allowed, or, where the
    /// threshold is that low, a warning.
    pub fn fails(&self, threshold: super::Threshold) -> bool {
        match self.comparison.verdict {
            Verdict::Fail => true,
            Verdict::Undecided if !threshold.allow_undecided => true,
            Verdict::Undecided | Verdict::Pass => {
                threshold.fail_on == Severity::Warning && self.failed(Severity::Warning) > 0
            }
        }
    }
}

/// One of the files that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComparedFile {
    /// The path as it was given. Bytes that are not UTF-8 are written as `\xNN`.
    pub path: String,
    /// The sniffed MIME type; absent for what the platform does not take.
    pub media_type: Option<MediaType>,
    /// Length in bytes.
    pub size: u64,
    /// What the file is, in one line.
    pub description: String,
}

impl ComparedFile {
    /// The file at a path, of which these facts were read.
    pub fn new(path: impl Into<String>, facts: &Facts) -> Self {
        Self {
            path: path.into(),
            media_type: facts.format.media_type(),
            size: facts.size,
            description: describe_facts(facts),
        }
    }
}

/// Writes a comparison as one JSON object.
pub fn write_json(output: &mut dyn Write, report: &CompareReport) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *output, report)?;
    writeln!(output)
}
