//! Rule packs: every limit with its unit, its level, its basis and its source, as data.

mod basis;
mod category;

pub use basis::{Basis, Level};
pub use category::{Category, UnknownCategory, Use};

/// A rule pack in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    name: String,
}

impl Profile {
    /// Names of the packs that come with the program; the first is the default.
    pub const BUILT_IN: &'static [&'static str] = &["twitter", "twitter-2026", "twitter-2026-premium"];

    /// The pack of that name that comes with the program.
    pub fn built_in(name: &str) -> Option<Self> {
        Self::BUILT_IN.contains(&name).then(|| Self { name: name.to_owned() })
    }

    /// Reads a pack from TOML. `origin` names the text in errors; `resolve` finds the text of the pack that
    /// `extends` names where it is not built in.
    pub fn parse(
        text: &str,
        origin: &str,
        resolve: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Self, ProfileError> {
        let _ = (text, origin, resolve);
        Ok(Self { name: String::new() })
    }

    /// The pack's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the pack says of itself: the documents it was read from, and when.
    pub fn notes(&self) -> &[String] {
        &[]
    }

    /// The limits in force as rows of a table: for one category, or for all.
    pub fn rows(&self, category: Option<Category>) -> Vec<LimitRow> {
        let _ = category;
        Vec::new()
    }
}

impl Default for Profile {
    /// The pack `twitter`.
    fn default() -> Self {
        Self { name: "twitter".to_owned() }
    }
}

/// One limit in force, for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// Identifier of the rule.
    pub rule: &'static str,
    /// How much it binds.
    pub level: Level,
    /// The limit in words with its unit, such as `at most 60 frames/s`.
    pub limit: String,
    /// The categories it applies to.
    pub categories: Vec<Category>,
    /// How it is known.
    pub basis: Basis,
    /// The document and clause.
    pub source: String,
}

/// Why a pack could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin}:{line}:{column}: {message}")]
pub struct ProfileError {
    /// The file or pack.
    pub origin: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong, and the nearest valid key or unit.
    pub message: String,
}
