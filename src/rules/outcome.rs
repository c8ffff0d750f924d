//! What a rule says of a file.

use std::borrow::Cow;

use crate::facts::{Evidence, Why};
use crate::finding::Value;
use crate::profile::Basis;

/// What a rule says of a file.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The file keeps the limit.
    Pass,
    /// The file keeps the limit, and is within 2 % of it.
    Near(Box<Near>),
    /// The file has nothing that the rule could look at.
    NotApplicable,
    /// The file breaks the limit.
    Fail(Fault),
    /// The file breaks the limit in each of these places.
    FailIn(Vec<Fault>),
}

impl Outcome {
    /// Fails for each of the faults, and passes where there is none.
    pub(crate) fn faults(faults: Vec<Fault>) -> Self {
        if faults.is_empty() { Self::Pass } else { Self::FailIn(faults) }
    }
}

/// The rule could not be decided, because a fact is unknown. Never a pass.
#[derive(Clone, Debug)]
pub(crate) struct Undecided(pub(crate) Why);

impl Undecided {
    /// Undecided, because of `why`.
    pub(crate) fn because(why: impl Into<Cow<'static, str>>) -> Self {
        Self(Why(why.into()))
    }
}

/// One fault that a rule found; the rule's id, severity and basis are added when it becomes a finding.
#[derive(Debug)]
pub(crate) struct Fault {
    /// What is wrong, in one sentence.
    pub(crate) message: String,
    /// What is allowed.
    pub(crate) limit: Value,
    /// What the file has.
    pub(crate) actual: Value,
    /// Where it was read.
    pub(crate) evidence: Option<Evidence>,
    /// What would mend it.
    pub(crate) remedy: Cow<'static, str>,
    /// The basis of a fault that is a warning even where the rule is an error.
    pub(crate) only_advised: Option<Basis>,
}

impl Fault {
    /// A fault without evidence.
    pub(crate) fn new(
        message: impl Into<String>,
        limit: impl Into<Value>,
        actual: impl Into<Value>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            message: message.into(),
            limit: limit.into(),
            actual: actual.into(),
            evidence: None,
            remedy: remedy.into(),
            only_advised: None,
        }
    }

    /// The fault with the place where it was read; `None` where no single place proves it.
    pub(crate) fn at<'a>(mut self, evidence: impl Into<Option<&'a Evidence>>) -> Self {
        self.evidence = evidence.into().cloned();
        self
    }

    /// The fault with a clause added to its message, where there is one.
    pub(crate) fn with(mut self, clause: Option<String>) -> Self {
        self.message.extend(clause);
        self
    }

    /// The fault as a warning, whatever the rule's level.
    pub(crate) const fn advised(mut self, basis: Basis) -> Self {
        self.only_advised = Some(basis);
        self
    }
}

/// A value that is allowed and within 2 % of its limit.
#[derive(Debug)]
pub(crate) struct Near {
    /// What is allowed.
    pub(crate) limit: Value,
    /// What the file has.
    pub(crate) actual: Value,
    /// The comparison in words.
    pub(crate) message: String,
}
