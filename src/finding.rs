//! What a check says: findings, the verdict, and the report of a file and of a run.

use std::borrow::Cow;
use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};

use crate::facts::{Evidence, Facts, MediaType, Why};
use crate::profile::{Basis, Category};
use crate::units::{Bytes, Dimensions, Duration, Ratio, WriteTo};

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

/// A limit or an actual value: an exact integer, or a text such as `60000/1001`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Value {
    /// An exact integer.
    Integer(u64),
    /// A ratio, a name, a size such as `1280x720`, or a description.
    Text(Cow<'static, str>),
}

impl<'de> Deserialize<'de> for Value {
    /// Reads what is there, without trying one kind after the other.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IntegerOrText;
        impl Visitor<'_> for IntegerOrText {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number or a text")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned().into()))
            }
        }
        deserializer.deserialize_any(IntegerOrText)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Value {
    /// The text of a quantity.
    fn written(quantity: impl WriteTo) -> Self {
        let mut text = String::with_capacity(USUAL_TEXT);
        quantity.push_to(&mut text);
        Self::Text(text.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self::Integer(bytes.0)
    }
}

impl From<Ratio> for Value {
    fn from(ratio: Ratio) -> Self {
        if ratio.denominator() == 1 { Self::Integer(ratio.numerator()) } else { Self::written(ratio) }
    }
}

impl From<Duration> for Value {
    fn from(duration: Duration) -> Self {
        duration.seconds().into()
    }
}

impl From<Dimensions> for Value {
    fn from(size: Dimensions) -> Self {
        Self::written(size)
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
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
    pub accepted_by: Vec<String>,
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

/// Counts over the files of a run; merging two is associative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Files in all, unreadable ones included.
    pub files: u64,
    /// Files that pass.
    pub passed: u64,
    /// Files that fail.
    pub failed: u64,
    /// Files that could not be decided.
    pub undecided: u64,
    /// Files that could not be read.
    pub unreadable: u64,
    /// Findings of severity error, those of the post included.
    pub errors: u64,
    /// Findings of severity warning.
    pub warnings: u64,
    /// What of it the baseline knows. Absent where the run has no baseline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<KnownCounts>,
    /// What a scan found and left alone, such as files that are no media; not among the files.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// Whether the run was interrupted, so that files are missing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub interrupted: bool,
    /// Whether a configuration that is not valid kept files from being checked: they are among the unreadable ones.
    #[serde(default, skip_serializing_if = "is_false")]
    pub misconfigured: bool,
}

/// How much of a run its baseline knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KnownCounts {
    /// Files that fail, for nothing that is new.
    pub failed: u64,
    /// Files that could not be decided, for nothing that is new.
    pub undecided: u64,
    /// Findings of severity error that are known.
    pub errors: u64,
    /// Findings of severity warning that are known.
    pub warnings: u64,
    /// Findings of the baseline that its files no longer have, in the files of this run.
    pub gone: u64,
}

impl KnownCounts {
    /// The counts of both.
    #[must_use]
    pub const fn merged(self, other: Self) -> Self {
        Self {
            failed: self.failed + other.failed,
            undecided: self.undecided + other.undecided,
            errors: self.errors + other.errors,
            warnings: self.warnings + other.warnings,
            gone: self.gone + other.gone,
        }
    }
}

impl Summary {
    /// The counts without what the baseline knows: what is left decides whether the run fails.
    #[must_use]
    pub const fn without_known(self) -> Self {
        let Some(known) = self.baseline else { return self };
        Self {
            failed: self.failed.saturating_sub(known.failed),
            undecided: self.undecided.saturating_sub(known.undecided),
            errors: self.errors.saturating_sub(known.errors),
            warnings: self.warnings.saturating_sub(known.warnings),
            ..self
        }
    }

    /// Counts one report.
    pub fn add(&mut self, report: &FileReport) {
        self.add_outline(report.verdict, report.count(Severity::Error), report.count(Severity::Warning));
    }

    /// Counts a report of which only the verdict and the number of findings are at hand.
    pub const fn add_outline(&mut self, verdict: Verdict, errors: u64, warnings: u64) {
        self.files += 1;
        match verdict {
            Verdict::Pass => self.passed += 1,
            Verdict::Fail => self.failed += 1,
            Verdict::Undecided => self.undecided += 1,
        }
        self.errors += errors;
        self.warnings += warnings;
    }

    /// The counts of both.
    #[must_use]
    pub const fn merged(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            undecided: self.undecided + other.undecided,
            unreadable: self.unreadable + other.unreadable,
            errors: self.errors + other.errors,
            warnings: self.warnings + other.warnings,
            baseline: match (self.baseline, other.baseline) {
                (Some(known), Some(more)) => Some(known.merged(more)),
                (Some(known), None) | (None, Some(known)) => Some(known),
                (None, None) => None,
            },
            skipped: self.skipped + other.skipped,
            interrupted: self.interrupted || other.interrupted,
            misconfigured: self.misconfigured || other.misconfigured,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Characters of two numbers of 32 bits, and of what stands between them.
const USUAL_TEXT: usize = 21;

/// Version of the JSON that [`FileReport`] and the command write; raised when a reader of the old one would fail.
pub const SCHEMA_VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_a_whole_number_or_a_text() {
        for (json, value) in
            [("0", 0_u64.into()), ("18446744073709551615", u64::MAX.into()), ("\"1/2\\n\"", "1/2\n".into())]
        {
            let value: Value = value;
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
            assert_eq!(serde_json::from_slice::<Value>(&serde_json::to_vec(&value).unwrap()).unwrap(), value);
        }
        for json in ["-1", "0.5", "null", "[]", "true"] {
            let error = serde_json::from_str::<Value>(json).unwrap_err();
            assert!(error.to_string().contains("a whole number or a text"), "{error}");
        }
    }
}
