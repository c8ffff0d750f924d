//! The structure of the file cannot be read.
//!
//! **What it checks.** Headers, tables, chunks and their checksums, as far as they are needed to know what the file
//! holds. What every reader copes with, such as unknown boxes or padding, is not held against the file.
//!
//! **Why it matters.** The platform's processing fails on it, often with no more than "Unsupported video format".
//!
//! **How to fix it.** Export it again, or write it anew from a whole original: `ffmpeg -i ORIGINAL -c copy OUTPUT.mp4` for
//! videos; open and save an image in any editor.
//!
//! **Basis.** Observed: processing ends in "file is invalid" (InvalidMedia), as seen in public threads.

use crate::facts::AnomalyKind;
use crate::rules::Context;
use crate::rules::outcome::{Outcome, Undecided};

use super::{Remedies, anomalies};

rule!("malformed-file", malformed_file, "malformed_file.rs", "the structure of the file cannot be read", Damage);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let remedies = Remedies {
        movie: "Export it again, or write it anew from a whole original: ffmpeg -i ORIGINAL -c copy OUTPUT.mp4",
        other: "Export it again, or open it in an editor and save it",
    };
    Ok(Outcome::faults(anomalies(context, AnomalyKind::Malformed, "The file is damaged", &remedies)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.anomaly(AnomalyKind::Tolerated), |s| s.anomaly(AnomalyKind::Truncated)],
        fail: &[(|s| s.anomaly(AnomalyKind::Malformed), "100 bytes", "40 bytes")],
        undecided: &[],
        skip: &[],
    };

    #[test]
    fn many_places_are_counted_and_the_first_are_shown() {
        let mut scenario = Scenario::movie();
        (0..15).for_each(|_| scenario.anomaly(AnomalyKind::Malformed));
        let faults = scenario.faults(&RULE);
        assert_eq!(faults.len(), 10);
        assert!(faults[9].message.ends_with("5 more such places follow"));
    }
}
