//! What `check` and `scan` have in common: by what files are judged, and what fails a run.

use std::process::ExitCode;

use media_preflight::Checker;
use media_preflight::finding::{Severity, Summary};
use media_preflight::report::{Shown, Threshold};

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
        if self.quiet { Shown::Failing(self.threshold().fail_on) } else { Shown::All }
    }

    /// When the run counts as failed.
    pub(crate) const fn threshold(&self) -> Threshold {
        let fail_on = match self.fail_on {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
        };
        Threshold { fail_on, allow_undecided: self.allow_undecided }
    }

    /// The exit status: what could not be read comes before what fails.
    pub(crate) fn exit_code(&self, summary: &Summary) -> ExitCode {
        self.threshold().exit_status(summary).into()
    }
}
