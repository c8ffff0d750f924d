//! The configuration of a folder of media: what its `preflight.toml` says of the files below it.
//!
//! Strict, as rule packs are: a key, rule, category or glob that is not valid is an error with its place. This module
//! reads one text; which files are looked for, and what wins over what, is up to the caller.

mod read;

#[cfg(test)]
mod tests;

use std::path::Path;

use globset::GlobSet;

use crate::finding::Severity;
use crate::profile::{Category, ProfileError};

/// One configuration file.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file whose settings hold where this one has none, relative to this one.
    pub extends: Option<Placed<String>>,
    /// Whether the folders above are not looked at.
    pub root: bool,
    /// By what files are judged.
    pub judging: Judging,
    /// How a run answers.
    pub answer: Answer,
    /// What differs for some files; where several match, the last one that has a key decides it.
    pub overrides: Vec<Override>,
    /// Rules that are left out for some files, besides all others that are.
    pub per_file_ignores: Vec<FileIgnores>,
}

/// By what files are judged. Absent: this file does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judging {
    /// A built-in rule pack, or a file relative to the configuration.
    pub pack: Option<Placed<String>>,
    /// The category that files are sent under.
    pub category: Option<Placed<Category>>,
    /// The only rules that are applied; none in the list is all of them.
    pub select: Option<Placed<Vec<String>>>,
    /// The rules that are left out.
    pub ignore: Option<Placed<Vec<String>>>,
    /// Whether pixels are decoded.
    pub deep: Option<Placed<bool>>,
}

/// How a run answers. Absent: this file does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// How the report on standard output is written.
    pub format: Option<Placed<String>>,
    /// The least severity that fails a run.
    pub fail_on: Option<Placed<Severity>>,
    /// Whether files that cannot be decided do not fail a run.
    pub allow_undecided: Option<Placed<bool>>,
    /// Whether only files that do not pass are shown.
    pub quiet: Option<Placed<bool>>,
    /// An earlier report, relative to the configuration: only what it does not know fails a run.
    pub baseline: Option<Placed<String>>,
    /// Whether files that moved since the baseline are known by their bytes.
    pub baseline_by_hash: Option<Placed<bool>>,
}

/// What differs for files whose paths match.
#[derive(Clone, Debug)]
pub struct Override {
    /// The files.
    pub files: Globs,
    /// By what they are judged.
    pub judging: Judging,
}

/// Rules that are left out for files whose paths match.
#[derive(Clone, Debug)]
pub struct FileIgnores {
    /// The files.
    pub files: Globs,
    /// The rules.
    pub rules: Placed<Vec<String>>,
}

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
}

/// Patterns of paths: `*` and `?` stop at a slash, `**` does not. A pattern without a slash is one of names.
#[derive(Clone, Debug)]
pub struct Globs(GlobSet);

impl Globs {
    /// Whether a path, relative to the folder of the configuration, is one of those.
    pub fn matches(&self, path: &Path) -> bool {
        self.0.is_match(path)
    }
}

impl Config {
    /// Reads a configuration from TOML. `origin` names the text in errors; `formats` are the words that `format` takes.
    ///
    /// Errors: the text is not TOML, or has a key, rule, category, glob or value that is not valid; with its line and
    /// column and the nearest valid word.
    pub fn parse(text: &str, origin: &str, formats: &[&str]) -> Result<Self, ProfileError> {
        read::config(text, origin, formats)
    }

    /// Whether the settings differ from file to file.
    pub fn has_globs(&self) -> bool {
        !self.overrides.is_empty() || !self.per_file_ignores.is_empty()
    }
}
