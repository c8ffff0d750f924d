//! What `check` and `scan` have in common: by what files are judged, and what fails a run.

use std::process::ExitCode;

use media_preflight::Checker;
use media_preflight::finding::{Severity, Summary};
use media_preflight::report::Shown;

use super::args::{AnswerArgs, FailOn, JudgingArgs};
use super::failure::Failure;
use super::pack;

impl JudgingArgs {
    /// The checker that the arguments ask for.
    pub(crate) fn checker(&self) -> Result<Checker, Failure> {
        Ok(Checker::new(pack::load(self.pack.pack.as_deref())?)
            .select(self.select.iter().cloned())
            .ignore(self.ignore.iter().cloned())
            .deep(self.deep))
    }
}

impl AnswerArgs {
    /// Which files people are shown.
    pub(crate) fn shown(&self) -> Shown {
        match (self.quiet, self.fail_on) {
            (false, _) => Shown::All,
            (true, FailOn::Error) => Shown::Failing(Severity::Error),
            (true, FailOn::Warning) => Shown::Failing(Severity::Warning),
        }
    }

    /// The exit status: what could not be read comes before what fails.
    pub(crate) fn exit_code(&self, summary: &Summary) -> ExitCode {
        let fails = summary.failed > 0
            || summary.errors > 0
            || (summary.undecided > 0 && !self.allow_undecided)
            || (summary.warnings > 0 && self.fail_on == FailOn::Warning);
        match (summary.unreadable > 0, fails) {
            (true, _) => Failure::INPUT_OUTPUT.into(),
            (false, true) => ExitCode::FAILURE,
            (false, false) => ExitCode::SUCCESS,
        }
    }
}
