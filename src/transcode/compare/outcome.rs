//! What a comparison says: one entry a row, with the evidence on both sides.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::facts::{Evidence, Why};
use crate::finding::{Severity, Value, Verdict};
use crate::profile::Basis;
use crate::units::Duration;

/// What a source and its result have in common, and what they have not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// Fail where a row of severity error fails, else undecided where one is undecided, else pass.
    pub verdict: Verdict,
    /// One entry a row, in the order in which the rows are listed.
    pub rows: Vec<Compared>,
}

impl Comparison {
    /// The rows that fail.
    pub fn failed(&self) -> impl Iterator<Item = &Compared> {
        self.rows.iter().filter(|row| row.verdict == RowVerdict::Fail)
    }

    /// The row with that identifier. Absent: it was left out.
    pub fn row(&self, id: &str) -> Option<&Compared> {
        self.rows.iter().find(|row| row.row == id)
    }
}

/// What one row says of a source and its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Compared {
    /// Identifier of the row, such as `av-sync`.
    pub row: Cow<'static, str>,
    /// Whether the property was kept.
    pub verdict: RowVerdict,
    /// What it means where it was not kept, or is not known.
    pub severity: Severity,
    /// How the tolerance is known.
    pub basis: Basis,
    /// What was found, in one sentence without a full stop.
    pub message: String,
    /// What the result should have. Absent where nothing was compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// What the source has.
    pub source: Side,
    /// What the result has.
    pub result: Side,
    /// The places in time that differ, at most [`Compared::MOST_MOMENTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moments: Vec<Moment>,
    /// What would mend it; empty where nothing is wrong.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub remedy: Cow<'static, str>,
}

impl Compared {
    /// Places in time that are listed at most; the message gives the number of all.
    pub const MOST_MOMENTS: usize = 100;
}

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum RowVerdict {
    /// The property was kept, within the row's tolerance.
    Pass,
    /// It was not kept.
    Fail,
    /// Something that the row needs is not known. Never a pass.
    Undecided,
    /// The files have nothing that the row could look at.
    NotApplicable,
}

impl RowVerdict {
    /// The verdict as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Undecided => "undecided",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// One side of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Side {
    /// What the file has, exactly. Absent: it has none, or it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Where in the file it was read. Absent where no single place proves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Evidence>,
}

/// A place in time that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moment {
    /// When it begins, in the presentation of the file that has it.
    pub time: Duration,
    /// Number of frames from there on.
    pub frames: u64,
}

/// What a row finds where both sides are known.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) is_kept: bool,
    /// Where it weighs otherwise than the row does by itself.
    pub(super) severity: Option<Severity>,
    pub(super) message: String,
    pub(super) expected: Value,
    pub(super) source: Side,
    pub(super) result: Side,
    pub(super) moments: Vec<Moment>,
}

impl Judged {
    /// A row that compared something; `message` says what was found.
    pub(super) fn new(is_kept: bool, message: impl Into<String>, expected: impl Into<Value>) -> Self {
        Self {
            is_kept,
            severity: None,
            message: message.into(),
            expected: expected.into(),
            source: Side::default(),
            result: Side::default(),
            moments: Vec::new(),
        }
    }

    /// With what the source has.
    pub(super) fn source(mut self, value: impl Into<Value>, at: &Evidence) -> Self {
        self.source = Side { value: Some(value.into()), at: Some(at.clone()) };
        self
    }

    /// With what the result has.
    pub(super) fn result(mut self, value: impl Into<Value>, at: &Evidence) -> Self {
        self.result = Side { value: Some(value.into()), at: Some(at.clone()) };
        self
    }

    /// With sides that may be without a value or a place.
    pub(super) fn sides(mut self, source: Side, result: Side) -> Self {
        self.source = source;
        self.result = result;
        self
    }

    /// Weighs so much where it was not kept.
    pub(super) const fn weighs(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// With the places in time that differ.
    pub(super) fn at_moments(mut self, moments: Vec<Moment>) -> Self {
        self.moments = moments;
        self
    }
}

/// Why a row says nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Silence {
    /// There is nothing to look at.
    NotApplicable,
    /// Something is not known.
    Undecided(Why),
}

impl Silence {
    /// Undecided, because of `why`.
    pub(super) fn because(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Undecided(Why(why.into()))
    }
}

/// What a row answers.
pub(super) type Answer = Result<Judged, Silence>;
