//! Carries out plans: runs ffmpeg or works in process, checks what came out, and puts it in its place only if it passes.
//!
//! What is made has a temporary name in the folder of the result until it passes, so that there is never a half file under the
//! final name, and the source is never written to.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "mending is about files and programs; the plans come from the core, which knows neither"
)]

mod attempt;
pub mod child;
mod claims;
mod closer;
mod error;
mod ffmpeg;
pub mod leash;
mod place;
mod same;
mod unfinished;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

use crate::check::{Checker, Request};
use crate::facts::Facts;
use crate::finding::{FileReport, Severity, Verdict};
use crate::input::FileSource;
use crate::profile::Category;
use crate::transcode::compare::Compared;
use crate::transcode::plan::{self, Action, Damage, Options, Plan, Reach};

use attempt::Made;
pub use claims::{Claims, Clash};
pub use closer::look_closer;
pub use error::FixError;
pub use ffmpeg::{Ffmpeg, lacking};
pub use place::{Destination, Place};
pub use same::Reference;
pub use unfinished::{Scratch, Unfinished, sweep};

/// Mends files, and proves it.
#[derive(Debug)]
pub struct Fixer<'a> {
    /// By what the file and the result are judged.
    pub checker: &'a Checker,
    /// The category that files are sent under. Absent: by content.
    pub category: Option<Category>,
    /// What may be done.
    pub options: Options,
    /// The program for films.
    pub ffmpeg: &'a Ffmpeg,
    /// Raised where all should end at once.
    pub stop: &'a AtomicBool,
}

/// A file as it was looked at before it is mended.
#[derive(Debug)]
pub struct Looked {
    /// Its report.
    pub report: FileReport,
    stamp: Option<Stamp>,
}

/// What a file has of its own while nobody writes to it: its size and the time of its last change.
type Stamp = (u64, Option<SystemTime>);

/// What became of a file.
#[derive(Debug)]
pub struct Fixed {
    /// The file as it was.
    pub before: FileReport,
    /// What was to be done, or could not be done.
    pub plan: Plan,
    /// What was done in the end, in order. Empty: nothing was made.
    pub deeds: Vec<Deed>,
    /// What whoever asks for it should know of that, one sentence each.
    pub notes: Vec<String>,
    /// How it ended.
    pub outcome: Outcome,
}

/// One thing that was done to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// What was done.
    pub what: String,
    /// What it cost the film.
    pub damage: Damage,
}

/// How it ended.
#[derive(Debug)]
pub enum Outcome {
    /// There was nothing to do: the file passes.
    Untouched,
    /// The file itself is as it should be; how it is sent has to be changed.
    SendAs(Category),
    /// What no step clears stands in the way, so that nothing was made.
    Refused,
    /// The result passes, and is in its place.
    Done {
        /// Where it is.
        path: PathBuf,
        /// The result's report.
        after: Box<FileReport>,
        /// What the result was compared with, and found to be the same but for what the steps are meant to change.
        compared: Reference,
        /// The source's new name, where it was kept.
        backup: Option<PathBuf>,
    },
    /// What was made does not pass, even with a second plan, or is not the same, so that it was thrown away.
    Failed {
        /// The result's report.
        after: Box<FileReport>,
        /// What differs from the source, though no step is meant to change it. Empty: the result does not pass.
        lost: Vec<Compared>,
    },
}

/// How far the work on one file is, from 0 to 1000.
pub type Progress<'p> = dyn FnMut(u32) + 'p;

impl Fixer<'_> {
    /// Mends one file.
    ///
    /// Errors: it could not be read, nothing could be written, or a program is missing or failed. The source is untouched.
    pub fn fix(&self, source: &Path, place: &Place, progress: &mut Progress<'_>) -> Result<Fixed, FixError> {
        let looked = self.look(source)?;
        self.mend(source, looked.report, place, progress)
    }

    /// Mends one file that was looked at before; one that has changed since then is looked at again.
    ///
    /// Errors: as [`Self::fix`].
    pub fn fix_looked(
        &self,
        source: &Path,
        looked: &Looked,
        place: &Place,
        progress: &mut Progress<'_>,
    ) -> Result<Fixed, FixError> {
        if looked.stamp.is_none() || looked.stamp != stamp(source) {
            return self.fix(source, place, progress);
        }
        self.mend(source, looked.report.clone(), place, progress)
    }

    /// Looks at a file, as [`Self::fix`] does first.
    ///
    /// Errors: it could not be read.
    pub fn look(&self, source: &Path) -> Result<Looked, FixError> {
        let stamp = stamp(source);
        Ok(Looked { report: self.check(source, source, self.category)?, stamp })
    }

    fn mend(
        &self,
        source: &Path,
        before: FileReport,
        place: &Place,
        progress: &mut Progress<'_>,
    ) -> Result<Fixed, FixError> {
        let plan = plan::plan(&before, self.checker.profile(), &self.options);
        let mut log = Log::default();
        let outcome = match plan.reach() {
            Reach::Nothing => Outcome::Untouched,
            Reach::None => Outcome::Refused,
            _ if !plan.refused.is_empty() => Outcome::Refused,
            _ if !is_made(&plan) => plan.category.map_or(Outcome::Refused, Outcome::SendAs),
            _ => self.make(source, &before, &plan, place, &mut log, progress)?,
        };
        let notes = if log.deeds.is_empty() { plan.notes.clone() } else { log.notes };
        Ok(Fixed { before, plan, deeds: log.deeds, notes, outcome })
    }

    /// Where the result of a source may come to be, most likely first. Empty: nothing would be made.
    pub fn destinations(&self, source: &Path, looked: &Looked, place: &Place) -> Vec<PathBuf> {
        let plan = plan::plan(&looked.report, self.checker.profile(), &self.options);
        if !is_made(&plan) {
            return Vec::new();
        }
        let mut extensions = vec![plan.extension];
        for action in plan.actions() {
            extensions.extend_from_slice(match action {
                Action::Rewrap { encoded: false } => &["mp4", "mov"],
                Action::ToPng { .. } | Action::FitImage { .. } => &["png", "webp", "jpg"],
                _ => &[],
            });
        }
        let mut paths = Vec::new();
        for extension in extensions {
            let path = place.path(source, extension);
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    /// Judges a file as if it had another name.
    fn check(&self, path: &Path, name: &Path, category: Option<Category>) -> Result<FileReport, FixError> {
        let name = crate::report::written(name);
        let request = Request { name: Some(&name), category, ..Request::default() };
        let unreadable = |why| FixError::Source { path: path.to_owned(), why };
        let source = FileSource::open(path).map_err(|error| unreadable(error::plain(&error)))?;
        let mut report = self.checker.check(&source, &request).map_err(|error| unreadable(error.to_string()))?;
        look_closer(&source, &mut report).map_err(|error| unreadable(error.to_string()))?;
        Ok(report)
    }

    /// Makes the result, and puts it in its place if it passes.
    fn make(
        &self,
        source: &Path,
        before: &FileReport,
        plan: &Plan,
        place: &Place,
        log: &mut Log,
        progress: &mut Progress<'_>,
    ) -> Result<Outcome, FixError> {
        place.is_free(source, plan.extension)?;
        let mut made = self.attempt(source, before, plan, place, progress)?;
        let mut after = self.judge(&made, plan, place, source)?;
        log.add(plan, &made);
        // A part cannot be kept of what is not read here before its streams are copied.
        let is_whole = self.options.trim.is_some() && !log.has(|action| matches!(action, Action::Trim(_)));
        let mut rewrapped = None;
        if (after.verdict != Verdict::Pass || is_whole)
            && let Some((second, from_result)) = self.revised(before, plan, &after)
        {
            let (from, facts) = if from_result { (made.path.as_ref(), &after) } else { (source, before) };
            match self.attempt(from, facts, &second, place, progress) {
                Ok(again) => {
                    after = self.judge(&again, &second, place, source)?;
                    if !from_result {
                        *log = Log::default();
                    }
                    log.add(&second, &again);
                    let first = std::mem::replace(&mut made, again);
                    rewrapped = from_result.then_some((first, second));
                }
                // What the first attempt came to says more than why there is no second one.
                Err(FixError::Ffmpeg { .. } | FixError::Work { .. }) if after.verdict != Verdict::Pass => {}
                Err(error) => return Err(error),
            }
        }
        if after.verdict != Verdict::Pass {
            return Ok(Outcome::Failed { after: Box::new(after), lost: Vec::new() });
        }
        let result = same::read(&made.path)?;
        let lost = |reference: &Facts, actions: &[Action]| {
            same::lost(reference, &result, self.checker.profile(), after.category, actions)
        };
        let facts = same::read(source)?;
        log.notes.extend(same::damage(&facts));
        let (compared, lost) = if same::is_comparable(&facts) {
            (Reference::Source, lost(&facts, &log.actions))
        } else if let Some((first, second)) = rewrapped {
            let actions: Vec<Action> = second.actions().cloned().collect();
            (Reference::Rewrapped, lost(&same::read(&first.path)?, &actions))
        } else {
            (Reference::Nothing(same::why_not(&facts)), Vec::new())
        };
        if !lost.is_empty() {
            return Ok(Outcome::Failed { after: Box::new(after), lost });
        }
        let lacking = same::lacking(&facts, &result, self.checker.profile(), &log.actions);
        let is_kept = !matches!(place.to, Destination::InPlace { backup: false });
        if !is_kept && lacking.iter().any(|row| row.row == same::TRACKS) {
            log.notes.push("Nothing else has these tracks once the source is gone: --backup keeps it.".to_owned());
            return Ok(Outcome::Failed { after: Box::new(after), lost: lacking });
        }
        log.notes.extend(lacking.into_iter().map(|row| format!("Compared with the source: {}.", row.message)));
        let place_of_result = place.path(source, made.extension);
        if !is_kept && place_of_result.extension() != source.extension() {
            log.notes.push(format!("{} itself is gone: --backup keeps a source.", crate::report::written(source)));
        }
        let (path, backup) = place.settle(made.path, source, made.extension)?;
        after.path = Some(crate::report::written(&path).into_owned());
        Ok(Outcome::Done { path, after: Box::new(after), compared, backup })
    }

    fn judge(&self, made: &Made, plan: &Plan, place: &Place, source: &Path) -> Result<FileReport, FixError> {
        let category = self.category.and(plan.category);
        self.check(&made.path, &place.path(source, made.extension), category)
    }

    /// The plan for a result that does not pass, and whether it is for the result rather than for the source.
    fn revised(&self, before: &FileReport, plan: &Plan, after: &FileReport) -> Option<(Plan, bool)> {
        let profile = self.checker.profile();
        let is_copy = plan.actions().all(|action| action.damage().is_safe());
        let is_open = plan.actions().any(|action| matches!(action, Action::Rewrap { .. } | Action::ToPng { .. }));
        if is_copy || is_open {
            // Nothing was lost, or what the film needs was not known before: it can be mended further.
            let trimmed = Options { trim: None, ..self.options };
            let next = plan::plan(after, profile, if is_open { &self.options } else { &trimmed });
            if next.refused.is_empty() && !next.steps.is_empty() {
                return Some((next, true));
            }
            let encode = Options { encode: true, ..self.options };
            let next = plan::plan(before, profile, &encode);
            return (!is_open && !encode.safe_only && next.refused.is_empty()).then_some((next, false));
        }
        let is_too_large = |finding: &crate::finding::Finding| {
            finding.severity == Severity::Error
                && matches!(finding.rule.as_ref(), "file-too-large" | "too-many-segments")
        };
        let cap = plan.estimate.and_then(|estimate| estimate.cap)?;
        if after.findings.iter().any(is_too_large) {
            // As much smaller as it came out too large, and a little more.
            let most = u128::from(cap) * u128::from(cap) / u128::from(after.size.max(1)) * 97 / 100;
            let smaller = Options { most_bytes: u64::try_from(most).ok(), ..self.options };
            let next = plan::plan(before, profile, &smaller);
            return next.refused.is_empty().then_some((next, false));
        }
        let encode = Options { encode: true, ..self.options };
        let next = plan::plan(before, profile, &encode);
        (next != *plan && next.refused.is_empty() && !self.options.safe_only).then_some((next, false))
    }
}

fn stamp(source: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(source).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

/// Whether a plan makes a file.
fn is_made(plan: &Plan) -> bool {
    plan.refused.is_empty() && plan.actions().any(|action| !matches!(action, Action::SendAs { .. }))
}

/// What led to a result.
#[derive(Default)]
struct Log {
    actions: Vec<Action>,
    deeds: Vec<Deed>,
    notes: Vec<String>,
}

impl Log {
    fn add(&mut self, plan: &Plan, made: &Made) {
        for step in &plan.steps {
            self.deeds.push(match &made.otherwise {
                Some(deed)
                    if matches!(step.action, Action::Rewrap { .. } | Action::ToPng { .. })
                        || step.damage == Damage::Guess =>
                {
                    deed.clone()
                }
                _ => Deed { what: step.action.to_string(), damage: step.damage },
            });
            self.actions.push(step.action.clone());
        }
        for note in &plan.notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
    }

    fn has(&self, is: fn(&Action) -> bool) -> bool {
        self.actions.iter().any(is)
    }
}
