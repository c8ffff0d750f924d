//! How a limit is known, and how much it binds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a limit is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Basis {
    /// The platform's own text says so.
    Documented,
    /// The server's own message says so, seen in public threads.
    Observed,
    /// Experience: nobody promises it.
    Heuristic,
}

impl Basis {
    /// The basis as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Heuristic => "heuristic",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How much a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A file that breaks it is refused: an error.
    Must,
    /// A file that breaks it is taken, and could be better: a warning.
    Should,
    /// The rule is not applied.
    Off,
}

impl Level {
    /// The level as packs write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Off => "off",
        }
    }
}
