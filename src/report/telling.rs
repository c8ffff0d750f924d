//! The text for people about some files of a run, put together on whatever thread checked them.
//!
//! What stands under the line of a file depends on its report and the style alone, so that a scan can keep it.

use std::mem;

use crate::finding::{FileReport, Severity, Verdict};

use super::describe::write_description;
use super::entry::{EntryText, is_block};
use super::mend;
use super::style::{Style, is_printable_ascii};
use super::tally::Tally;
#[cfg(feature = "scan")]
use super::tally::{effects, write};

/// Which files are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Every file.
    All,
    /// Files that do not pass, and those with a finding of this severity or a graver one.
    Failing(Severity),
}

impl Shown {
    /// Whether a file is shown that has this verdict and so many errors and warnings.
    pub(super) const fn shows(self, verdict: Verdict, errors: u64, warnings: u64) -> bool {
        match self {
            Self::All => true,
            Self::Failing(threshold) => {
                !matches!(verdict, Verdict::Pass)
                    || errors > 0
                    || (warnings > 0 && matches!(threshold, Severity::Warning))
            }
        }
    }
}

/// How the text for people is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    /// Colours, and the width of a line.
    pub style: Style,
    /// Which files have a text.
    pub shown: Shown,
}

/// The text for people about some files, one after the other, and how many files each rule affects.
#[derive(Debug, Default)]
pub struct Told {
    pub(super) text: String,
    /// Absent where no file is shown.
    pub(super) ends: Option<Ends>,
    pub(super) tally: Tally,
}

/// Whether the first and the last of the texts about some files have more than one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) first_is_block: bool,
    pub(super) last_is_block: bool,
}

/// What is told of one file besides its line, which depends on the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words<'t> {
    /// What the file is, in one line.
    pub description: &'t str,
    /// What rules did to it: to be counted, not to be read.
    pub effects: &'t str,
    /// The text under the line, in the style of the telling. Absent where the file was not shown.
    pub text: Option<&'t str>,
    /// Whether it makes the text about the file a block.
    pub is_block: bool,
    /// Whether a plan mends what is wrong with the file.
    pub may_mend: bool,
}

/// A file of which something is told, as far as that is not in its [`Words`].
#[derive(Clone, Copy, Debug)]
pub struct Named<'t> {
    /// The path as reports write it.
    pub path: &'t str,
    /// The verdict.
    pub verdict: Verdict,
    /// Number of findings of severity error.
    pub errors: u64,
    /// Number of findings of severity warning.
    pub warnings: u64,
}

/// Puts together what is told of files, in memory that is used again and again.
#[derive(Debug)]
pub struct Teller {
    telling: Telling,
    entry: EntryText,
    ends: Option<Ends>,
    tally: Tally,
    /// What the last file is, and what rules did to it.
    description: String,
    effects: String,
}

impl Teller {
    /// Tells in this way.
    pub fn new(telling: Telling) -> Self {
        let entry = EntryText::new(telling.style);
        Self { telling, entry, ends: None, tally: Tally::default(), description: String::new(), effects: String::new() }
    }

    /// The way in which it tells.
    pub const fn telling(&self) -> Telling {
        self.telling
    }

    /// Tells of a file. Returns the words for [`Self::again`].
    pub fn file(&mut self, report: &FileReport) -> Words<'_> {
        self.tell(report.path.as_deref(), report, true)
    }

    /// Tells of a file at a path, which the report need not have. The words are for [`Self::again`], if they are to be kept: otherwise
    /// nothing is put in words but what is shown.
    pub(crate) fn tell(&mut self, path: Option<&str>, report: &FileReport, keeps: bool) -> Words<'_> {
        self.effects.clear();
        self.tally.add_written(report, keeps.then_some(&mut self.effects));
        let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
        let is_block = is_block(report);
        let may_mend = path.is_some() && mend::is_possible(report);
        let path = path.unwrap_or("<memory>");
        let is_shown = self.shows(Named { path, verdict: report.verdict, errors, warnings });
        self.description.clear();
        if is_shown || keeps {
            write_description(report, &mut self.description);
        }
        let mut text = None;
        if is_shown {
            self.begin(is_block);
            self.entry.headline(report.verdict, path, &self.description);
            if may_mend {
                self.mark(path);
            }
            let start = self.entry.text().len();
            self.entry.details(report);
            text = self.entry.text().get(start..);
        }
        Words { description: &self.description, effects: &self.effects, text, is_block, may_mend }
    }

    /// Whether a text about the file is shown.
    pub const fn shows(&self, file: Named<'_>) -> bool {
        self.telling.shown.shows(file.verdict, file.errors, file.warnings)
    }

    /// Tells of a file what was told of it before in the same style. Without a text it is counted alone.
    pub fn again(&mut self, file: Named<'_>, words: Words<'_>) {
        self.tally.count_written(words.effects);
        if let Some(text) = words.text.filter(|_| self.shows(file)) {
            self.begin(words.is_block);
            self.entry.headline(file.verdict, file.path, words.description);
            if words.may_mend {
                self.mark(file.path);
            }
            self.entry.push(text);
        }
    }

    /// Marks where the command goes that mends a file: which one it is depends on the run.
    fn mark(&mut self, path: &str) {
        let mark = char::from(MARK);
        if is_printable_ascii(path) || !path.contains(mark) {
            self.entry.push_char(mark);
            self.entry.push(path);
            self.entry.push_char(mark);
        }
    }

    /// What was told since it was last taken, whatever will stand before it.
    pub fn take(&mut self) -> Told {
        Told { text: self.entry.take(), ends: self.ends.take(), tally: mem::take(&mut self.tally) }
    }

    /// Counts what was told elsewhere, and says whether an empty line parts it from what was told here.
    pub(super) fn join(&mut self, told: &Told) -> bool {
        self.tally.merge(&told.tally);
        told.ends.is_some_and(|ends| self.follow(ends))
    }

    /// The tally so far.
    pub(super) const fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    /// Begins the text about a file, or a post, which is a block or a line.
    pub(super) fn begin(&mut self, is_block: bool) -> &mut EntryText {
        let is_apart = self.follow(Ends { first_is_block: is_block, last_is_block: is_block });
        self.entry.begin(is_apart);
        &mut self.entry
    }

    /// Whether anything is shown so far.
    pub(super) const fn has_told(&self) -> bool {
        self.ends.is_some()
    }

    /// The texts since they were last written.
    pub(super) fn text(&self) -> &str {
        self.entry.text()
    }

    /// Begins anew in the same memory once the texts are written.
    pub(super) fn is_written(&mut self) {
        self.entry.clear();
    }

    /// Takes note of what follows, and says whether an empty line comes before it: texts of more than one line stand apart.
    fn follow(&mut self, next: Ends) -> bool {
        let before = self.ends;
        let first_is_block = before.map_or(next.first_is_block, |ends| ends.first_is_block);
        self.ends = Some(Ends { first_is_block, last_is_block: next.last_is_block });
        before.is_some_and(|ends| ends.last_is_block || next.first_is_block)
    }
}

/// What stands before and after the path of a file that a command mends, in texts that are not yet written. It is nowhere else in
/// them, since they show what a terminal would obey by escapes.
pub(super) const MARK: u8 = 1;

/// Writes what rules did to a file: to be counted, not to be read.
#[cfg(feature = "scan")]
pub(crate) fn write_effects(report: &FileReport, to: &mut String) {
    for (rule, effect) in effects(report) {
        write(rule, effect, to);
    }
}

/// Whether nothing is told under the line of a file, in any style.
#[cfg(feature = "scan")]
pub(crate) const fn is_bare(report: &FileReport) -> bool {
    !is_block(report) && report.accepted_by.is_empty()
}
