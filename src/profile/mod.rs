//! Rule packs: every limit with its unit, its level, its basis and its source, as data.

mod basis;
mod category;
mod error;
mod limit;
mod limits;
mod load;
mod merge;
mod quantity;
mod rendition;
mod text;
mod tree;

#[cfg(test)]
mod tests;

pub use basis::{Basis, Level};
pub use category::{Category, UnknownCategory, Use};
pub use error::ProfileError;
pub(crate) use error::nearest;
#[cfg(feature = "config")]
pub(crate) use error::not_one_of;
pub(crate) use limit::Limit;
pub(crate) use limits::Limits;
pub(crate) use quantity::{Accepted, CaptionKind, Fps};
pub use rendition::Rendition;
#[cfg(feature = "config")]
pub(crate) use text::Text;
#[cfg(feature = "config")]
pub(crate) use tree::{Spanned, Value, parse as parse_toml};

use crate::units::Dimensions;

/// A rule pack in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    name: String,
    platform: String,
    notes: Vec<String>,
    limits: Limits,
    renditions: Vec<Rendition>,
}

impl Profile {
    /// Names of the packs that come with the program; the first is the default.
    pub const BUILT_IN: &'static [&'static str] =
        &["twitter", "twitter-2026", "twitter-2026-premium", "mastodon", "bluesky"];

    /// The pack of that name that comes with the program. Absent: there is none.
    pub fn built_in(name: &str) -> Option<Self> {
        load::built_in(name).map(|(profile, _)| profile.clone())
    }

    /// All packs that come with the program. Each is read once, when it is first asked for.
    pub(crate) fn all_built_in() -> impl Iterator<Item = &'static Self> {
        Self::BUILT_IN.iter().filter_map(|name| load::built_in(name)).map(|(profile, _)| profile)
    }

    /// Reads a pack from TOML. `origin` names the text in errors; `resolve` finds the text of the pack that
    /// `extends` names where it is not built in.
    ///
    /// Errors: the text is not TOML, or has a key, rule, unit, level or value that is not valid, or packs extend one
    /// another in a circle; each with its line and column and the nearest valid word.
    pub fn parse(
        text: &str,
        origin: &str,
        resolve: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Self, ProfileError> {
        load::load(text, origin, resolve)
    }

    /// The pack's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The platform whose limits these are, such as `twitter`; empty where the pack does not say.
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// What the pack says of itself: the documents it was read from, and when. One sentence an entry.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The limits in force as rows of a table, in the order in which the rules are listed: for one category, or for all.
    pub fn rows(&self, category: Option<Category>) -> Vec<LimitRow> {
        self.limits.rows(category)
    }

    /// The platform's table of recommended sizes and bit rates, in the order of the document.
    pub fn renditions(&self) -> &[Rendition] {
        &self.renditions
    }

    /// The row of the table of renditions that is nearest to a displayed size: of the same orientation, and nearest in
    /// number of pixels. Absent: the table has no row of that orientation.
    pub fn nearest_rendition(&self, displayed: Dimensions) -> Option<&Rendition> {
        Rendition::nearest(&self.renditions, displayed)
    }

    /// The limits, typed.
    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A pack whose limits are all off.
    const fn empty() -> Self {
        Self {
            name: String::new(),
            platform: String::new(),
            notes: Vec::new(),
            limits: Limits::OFF,
            renditions: Vec::new(),
        }
    }
}

impl Default for Profile {
    /// The pack `twitter`.
    fn default() -> Self {
        Self::built_in("twitter").unwrap_or_else(Self::empty)
    }
}

/// One limit in force, for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// Identifier of the rule.
    pub rule: &'static str,
    /// How much it binds.
    pub level: Level,
    /// The limit in words with its unit, such as `at most 60 frames/s on average`.
    pub limit: String,
    /// The categories it applies to.
    pub categories: Vec<Category>,
    /// How it is known.
    pub basis: Basis,
    /// The document, the section, and the date on which it was read.
    pub source: String,
}
