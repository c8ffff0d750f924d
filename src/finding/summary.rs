//! Counts over the files of a run.

use serde::{Deserialize, Serialize};

use super::{FileReport, Severity, Verdict};

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
