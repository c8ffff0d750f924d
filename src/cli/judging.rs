//! What `check` and `scan` have in common: what is shown, and what fails a run.

use std::process::ExitCode;

use media_preflight::finding::{Severity, Summary};
use media_preflight::report::{Shown, Threshold};

use super::args::{AnswerArgs, FailOn};

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
