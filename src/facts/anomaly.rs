//! What is wrong or odd in the structure of a file.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;

/// One fault or oddity in the structure of a file: data, never an error of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Anomaly {
    /// How grave it is.
    pub kind: AnomalyKind,
    /// Where it stands.
    pub at: Evidence,
    /// What is wrong, as a sentence without a full stop.
    pub message: Cow<'static, str>,
    /// What the field or structure should hold.
    pub expected: Cow<'static, str>,
    /// What it holds.
    pub actual: Cow<'static, str>,
}

/// How grave an [`Anomaly`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AnomalyKind {
    /// Media data that the file's own tables promise lies past its end.
    Truncated,
    /// The structure cannot be read.
    Malformed,
    /// Reading on would pass the program's budget, so the file stays undecided.
    BudgetExceeded,
    /// Odd, but every reader copes: shown among the facts, never a finding.
    Tolerated,
}

impl Anomaly {
    /// An anomaly of the given kind and place.
    pub fn new(
        kind: AnomalyKind,
        at: Evidence,
        message: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        actual: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, at, message: message.into(), expected: expected.into(), actual: actual.into() }
    }
}
