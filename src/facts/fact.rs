//! A fact: known with its place, absent, or unknown with a reason.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;

/// One thing read from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Fact<T> {
    /// It was read, at the place given.
    Known {
        /// The value.
        value: T,
        /// Where it was read.
        at: Evidence,
    },
    /// The file does not carry it, and need not.
    Absent,
    /// It could not be learnt, for the reason given. Never a pass.
    Unknown(Why),
}

/// Why a fact is unknown, as a phrase that follows "because".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Why(pub Cow<'static, str>);

impl<T> Fact<T> {
    /// A value and the place it was read from.
    pub const fn known(value: T, at: Evidence) -> Self {
        Self::Known { value, at }
    }

    /// Unknown, because of `why`.
    pub fn unknown(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Unknown(Why(why.into()))
    }

    /// The value, where it is known.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// Where the value was read, where it is known.
    pub const fn evidence(&self) -> Option<&Evidence> {
        match self {
            Self::Known { at, .. } => Some(at),
            Self::Absent | Self::Unknown(_) => None,
        }
    }

    /// Whether the file does not carry it.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The fact with its value changed, at the same place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known { value, at } => Fact::Known { value: change(value), at },
            Self::Absent => Fact::Absent,
            Self::Unknown(why) => Fact::Unknown(why),
        }
    }
}

impl<T> Default for Fact<T> {
    /// Unknown: what a parser never reached must not look like something that the file does not carry.
    fn default() -> Self {
        Self::Unknown(Why(Cow::Borrowed("it was not read")))
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
