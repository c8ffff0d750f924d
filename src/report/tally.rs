//! How many files each rule is broken by.

use std::cmp::Reverse;

use crate::finding::Severity;

use super::run::{FileEntry, PostReport};

/// Counts the files that each rule affects. It grows with the rules, not with the files.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// As few as there are rules, so that a search is quicker than a hash.
    files: Vec<(String, Effect, u64)>,
}

/// What a rule did to a file, gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Effect {
    /// A finding of severity error.
    Error,
    /// It could not be decided.
    Undecided,
    /// A finding of severity warning.
    Warning,
}

impl Effect {
    /// The effect as it is written.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Error => Severity::Error.as_str(),
            Self::Undecided => "undecided",
            Self::Warning => Severity::Warning.as_str(),
        }
    }
}

impl From<Severity> for Effect {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Warning => Self::Warning,
        }
    }
}

/// A rule, what it did, and to how many files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) rule: &'a str,
    pub(super) effect: Effect,
    pub(super) files: u64,
}

impl Tally {
    /// Counts one file, once for each rule and effect.
    pub(super) fn add(&mut self, entry: &FileEntry) {
        let Some(report) = entry.report() else { return };
        if report.findings.is_empty() && report.undecided.is_empty() {
            return;
        }
        let findings = report.findings.iter().map(|finding| (finding.rule.as_ref(), finding.severity.into()));
        let undecided = report.undecided.iter().map(|undecided| (undecided.rule.as_ref(), Effect::Undecided));
        self.add_once_each(findings.chain(undecided).collect());
    }

    /// Counts a post as one file.
    pub(super) fn add_post(&mut self, post: &PostReport) {
        self.add_once_each(
            post.findings.iter().map(|finding| (finding.rule.as_ref(), finding.severity.into())).collect(),
        );
    }

    fn add_once_each(&mut self, mut effects: Vec<(&str, Effect)>) {
        effects.sort_unstable();
        effects.dedup();
        for (rule, effect) in effects {
            match self.files.iter_mut().find(|known| known.1 == effect && known.0 == rule) {
                Some((.., files)) => *files += 1,
                None => self.files.push((rule.to_owned(), effect, 1)),
            }
        }
    }

    /// The rules that affect most files, at most `count`: errors first, then what is undecided, then warnings.
    pub(super) fn worst(&self, count: usize) -> Vec<Row<'_>> {
        let mut rows: Vec<_> =
            self.files.iter().map(|(rule, effect, files)| Row { rule, effect: *effect, files: *files }).collect();
        rows.sort_unstable_by_key(|row| (row.effect, Reverse(row.files), row.rule));
        rows.truncate(count);
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn a_file_counts_once_for_each_rule_and_errors_come_first() {
        let mut tally = Tally::default();
        for entry in testing::entries().iter().chain(&testing::entries()) {
            tally.add(entry);
        }
        tally.add_post(&testing::post());
        let rows: Vec<_> = tally.worst(9).into_iter().map(|row| (row.rule, row.effect.as_str(), row.files)).collect();
        assert_eq!(
            rows,
            [
                ("gif-dimensions", "error", 2),
                ("post-media-mix", "error", 1),
                ("open-gop", "undecided", 4),
                ("extension-mismatch", "warning", 2)
            ]
        );
        assert_eq!(tally.worst(1).len(), 1);
    }
}
