//! Media data that the file's own tables promise lies past its end.
//!
//! **What it checks.** Whether the frames, chunks and blocks that the file announces end inside the file.
//!
//! **Why it matters.** Processing fails on the missing data, or shows a film that stops early. It is what an aborted
//! download, a full disk or a recording that was not finished leaves behind.
//!
//! **How to fix it.** Copy or download the file again. Where no whole copy is left,
//! `ffmpeg -i INPUT -c copy OUTPUT.mp4` keeps the frames that are there.
//!
//! **Basis.** Observed: processing ends in "file is invalid" (InvalidMedia), as seen in public threads.

use crate::facts::AnomalyKind;
use crate::rules::Context;
use crate::rules::outcome::{Outcome, Undecided};

use super::{Remedies, anomalies};

rule!(
    "truncated-file",
    truncated_file,
    "truncated_file.rs",
    "media data that the file promises lies past its end",
    Damage
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let remedies = Remedies {
        movie: "Copy or download the file again, or keep what is there: ffmpeg -i INPUT -c copy OUTPUT.mp4",
        other: "Copy, download or export the file again",
    };
    // All of them have one cause, the end of the file: the first says it, and the others only follow from it.
    let faults = anomalies(context, AnomalyKind::Truncated, "The file is cut off", &remedies);
    let Some(first) = faults.into_iter().next() else { return Ok(Outcome::Pass) };
    let others = context.facts.anomalies.iter().filter(|found| found.kind == AnomalyKind::Truncated).count() - 1;
    let more = match others {
        0 => None,
        1 => Some("; 1 more place of the file promises data past its end".to_owned()),
        others => Some(text!("; {others} more places of the file promise data past its end")),
    };
    Ok(Outcome::Fail(first.with(more)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.anomaly(AnomalyKind::Tolerated), |s| s.anomaly(AnomalyKind::Malformed)],
        fail: &[(|s| s.anomaly(AnomalyKind::Truncated), "100 bytes", "40 bytes")],
        undecided: &[],
        skip: &[],
    };

    #[test]
    fn one_cause_is_one_finding_that_counts_the_places() {
        let mut scenario = Scenario::movie();
        (0..15).for_each(|_| scenario.anomaly(AnomalyKind::Truncated));
        let faults = scenario.faults(&RULE);
        assert_eq!(faults.len(), 1);
        assert_eq!(
            faults[0].message,
            "The file is cut off: the file ends inside moov (at offset 8: expected 100 bytes, found 40 bytes); 14 more \
             places of the file promise data past its end"
        );
    }
}
