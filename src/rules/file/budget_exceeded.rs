//! Reading the file would cost more than the program allows itself.
//!
//! **What it checks.** Whether the file could be read within the program's own bounds of bytes, structures and nesting.
//!
//! **Why it matters.** A file that could not be read whole is never called fit: it stays undecided. Such files are
//! usually made to hurt programs that read them.
//!
//! **How to fix it.** Write the file anew: `ffmpeg -i INPUT -c copy OUTPUT.mp4`. A file that is as it should be can be
//! checked with wider bounds through the library.
//!
//! **Basis.** Heuristic: the bounds are the program's own.

use crate::facts::AnomalyKind;
use crate::rules::Context;
use crate::rules::outcome::{Outcome, Undecided};

rule!(
    "budget-exceeded",
    budget_exceeded,
    "budget_exceeded.rs",
    "reading the file would cost more than the program allows itself",
    Damage
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    match context.facts.anomalies.iter().find(|anomaly| anomaly.kind == AnomalyKind::BudgetExceeded) {
        Some(anomaly) => Err(Undecided::because(text!("{} ({})", anomaly.message, anomaly.at))),
        None => Ok(Outcome::Pass),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.anomaly(AnomalyKind::Malformed)],
        fail: &[],
        undecided: &[|s| s.anomaly(AnomalyKind::BudgetExceeded)],
        skip: &[],
    };
}
