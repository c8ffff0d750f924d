//! How many files each rule is broken by.

use std::cmp::Reverse;

use crate::finding::{FileReport, Severity};

use super::run::{FileEntry, PostReport};

/// Counts the files that each rule affects. It grows with the rules, not with the files.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// As few as there are rules, so that a search is quicker than a hash.
    counts: Vec<Count>,
    /// Number of the last file, from 1.
    file: u64,
}

/// How many files a rule had an effect on.
#[derive(Clone, Debug)]
struct Count {
    rule: String,
    effect: Effect,
    files: u64,
    /// The last of them that was counted by its report, or 0.
    last: u64,
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

    const fn letter(self) -> char {
        match self {
            Self::Error => 'E',
            Self::Undecided => 'U',
            Self::Warning => 'W',
        }
    }

    const fn of_letter(letter: char) -> Option<Self> {
        match letter {
            'E' => Some(Self::Error),
            'U' => Some(Self::Undecided),
            'W' => Some(Self::Warning),
            _ => None,
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
        for (rule, effect) in effects(report) {
            self.count(rule, effect);
        }
    }

    /// Counts one file, once for each rule and effect, and writes what is counted as [`write()`] does, where that is asked for.
    pub(super) fn add_written(&mut self, report: &FileReport, mut to: Option<&mut String>) {
        self.file += 1;
        for (rule, effect) in all_effects(report) {
            let file = self.file;
            self.change(rule, effect, |count| {
                if count.last != file {
                    count.last = file;
                    count.files += 1;
                    if let Some(to) = to.as_deref_mut() {
                        write(rule, effect, to);
                    }
                }
            });
        }
    }

    /// Counts one file that a rule affects.
    pub(super) fn count(&mut self, rule: &str, effect: Effect) {
        self.count_files(rule, effect, 1);
    }

    /// Counts one file by its effects as [`write()`] wrote them. What is no effect is left out.
    pub(super) fn count_written(&mut self, effects: &str) {
        for written in effects.lines() {
            let mut letters = written.chars();
            if let Some(effect) = letters.next().and_then(Effect::of_letter) {
                self.count_files(letters.as_str(), effect, 1);
            }
        }
    }

    /// Counts a post as one file.
    pub(super) fn add_post(&mut self, post: &PostReport) {
        let effects = post.findings.iter().map(|finding| (finding.rule.as_ref(), finding.severity.into()));
        for (rule, effect) in once_each(effects.collect()) {
            self.count(rule, effect);
        }
    }

    /// Counts what another one has counted.
    pub(super) fn merge(&mut self, other: &Self) {
        other.counts.iter().for_each(|count| self.count_files(&count.rule, count.effect, count.files));
    }

    fn count_files(&mut self, rule: &str, effect: Effect, files: u64) {
        self.change(rule, effect, |count| count.files += files);
    }

    fn change(&mut self, rule: &str, effect: Effect, change: impl FnOnce(&mut Count)) {
        let known = self.counts.iter_mut().find(|count| count.effect == effect && count.rule == rule);
        if let Some(count) = known {
            change(count);
        } else {
            let mut count = Count { rule: rule.to_owned(), effect, files: 0, last: 0 };
            change(&mut count);
            self.counts.push(count);
        }
    }

    /// The rules that affect most files, at most `count`: errors first, then what is undecided, then warnings.
    pub(super) fn worst(&self, count: usize) -> Vec<Row<'_>> {
        let mut rows: Vec<_> = self
            .counts
            .iter()
            .map(|count| Row { rule: &count.rule, effect: count.effect, files: count.files })
            .collect();
        rows.sort_unstable_by_key(|row| (row.effect, Reverse(row.files), row.rule));
        rows.truncate(count);
        rows
    }
}

/// What the rules did to a file: each rule and effect once.
pub(super) fn effects(report: &FileReport) -> Vec<(&str, Effect)> {
    once_each(all_effects(report).collect())
}

/// The same, some perhaps more than once.
fn all_effects(report: &FileReport) -> impl Iterator<Item = (&str, Effect)> {
    let findings = report.findings.iter().map(|finding| (finding.rule.as_ref(), finding.severity.into()));
    let undecided = report.undecided.iter().map(|undecided| (undecided.rule.as_ref(), Effect::Undecided));
    findings.chain(undecided)
}

/// Writes what a rule did to a file, to be counted again.
pub(super) fn write(rule: &str, effect: Effect, to: &mut String) {
    to.push(effect.letter());
    to.push_str(rule);
    to.push('\n');
}

fn once_each(mut effects: Vec<(&str, Effect)>) -> Vec<(&str, Effect)> {
    effects.sort_unstable();
    effects.dedup();
    effects
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn a_file_counts_once_for_each_rule_and_errors_come_first() {
        let mut tally = Tally::default();
        for report in testing::entries().iter().filter_map(FileEntry::report) {
            let mut twice = report.clone();
            twice.findings.extend_from_slice(&report.findings);
            let mut written = String::new();
            tally.add_written(&twice, Some(&mut written));
            assert_eq!(written.lines().count(), effects(report).len());
            tally.count_written(&written);
            tally.count_written("X\n\nécart\n");
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
        let mut twice = tally.clone();
        twice.merge(&tally);
        assert!(twice.worst(9).iter().zip(tally.worst(9)).all(|(two, one)| two.files == 2 * one.files));
    }
}
