//! What a check says: findings, the verdict, and the report of a file and of a run.

mod summary;
mod value;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::facts::{Evidence, Facts, MediaType, Why};
use crate::profile::{Basis, Category};

pub use summary::{KnownCounts, Summary};
pub use value::Value;

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Identifier of the rule, such as `open-gop`.
    pub rule: Cow<'static, str>,
    /// Whether the platform refuses the file for it.
    pub severity: Severity,
    /// How the limit is known.
    pub basis: Basis,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What is allowed.
    pub limit: Value,
    /// What the file has, unrounded.
    pub actual: Value,
    /// Where in the file it was read. Absent where no single place proves it.
    pub evidence: Option<Evidence>,
    /// What would mend it.
    pub remedy: Cow<'static, str>,
    /// Whether the baseline has the finding too. Absent where the run has no baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
}

/// Whether an earlier report, the baseline of a run, has a finding too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Baseline {
    /// The earlier report does not have it.
    New,
    /// The earlier report has it.
    Known,
}

impl Baseline {
    /// The word as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
        }
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Severity {
    /// A `should`: the file is taken, and could be better.
    Warning,
    /// A `must`: the file is refused.
    Error,
}

impl Severity {
    /// The severity as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A rule that could not be decided. Never a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Undecided {
    /// Identifier of the rule.
    pub rule: Cow<'static, str>,
    /// The reason.
    pub why: Why,
}

/// A value that is within 2 % of a limit and still allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NearMiss {
    /// Identifier of the rule.
    pub rule: Cow<'static, str>,
    /// What is allowed.
    pub limit: Value,
    /// What the file has.
    pub actual: Value,
    /// The comparison in words, such as `139.9 s of at most 140 s`.
    pub message: String,
}

/// Whether the platform would take a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Verdict {
    /// Every `must` rule was decided and holds.
    Pass,
    /// At least one `must` rule is broken.
    Fail,
    /// No `must` rule is broken, and at least one could not be decided.
    Undecided,
}

impl Verdict {
    /// The verdict as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Undecided => "undecided",
        }
    }
}

/// The result of checking one file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileReport {
    /// The path as it was given. Bytes that are not UTF-8 are written as `\xNN`; absent for memory.
    pub path: Option<String>,
    /// The sniffed MIME type; absent for what the platform does not take.
    pub media_type: Option<MediaType>,
    /// The category that the file was checked for; absent where the content fits none.
    pub category: Option<Category>,
    /// Length in bytes.
    pub size: u64,
    /// Fail over undecided over pass.
    pub verdict: Verdict,
    /// Errors first, then warnings.
    pub findings: Vec<Finding>,
    /// Rules that could not be decided.
    pub undecided: Vec<Undecided>,
    /// Values within 2 % of a limit.
    pub near_misses: Vec<NearMiss>,
    /// For a file that does not pass: the other built-in packs of the platform that would take it.
    pub accepted_by: Vec<Cow<'static, str>>,
    /// Name of the rule pack that the file was held against. Absent where it is that of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// SHA-256 of the file's bytes in hexadecimal, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What each category that fits the content makes of the file, where it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matrix: Vec<CategoryVerdict>,
    /// All that was read.
    pub facts: Facts,
    /// What the file is, in one line, where the facts that tell it are not there: of a report that a scan remembered.
    #[serde(skip)]
    pub description: Option<String>,
}

/// What one category makes of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CategoryVerdict {
    /// The category.
    pub category: Category,
    /// Whether a file sent under it is taken.
    pub verdict: Verdict,
    /// The rules that refuse it, or else those that could not be decided; in the order of the rules.
    pub rules: Vec<Cow<'static, str>>,
}

impl FileReport {
    /// Number of findings of a severity.
    pub fn count(&self, severity: Severity) -> u64 {
        self.findings.iter().filter(|finding| finding.severity == severity).count() as u64
    }
}

/// Version of the JSON that [`FileReport`] and the command write; raised when a reader of the old one would fail.
pub const SCHEMA_VERSION: u32 = 1;
