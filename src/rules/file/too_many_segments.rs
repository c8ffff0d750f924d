//! The file does not fit the segments of one upload.
//!
//! **What it checks.** Whether the file's bytes fit 1000 segments of at most 5 MiB.
//!
//! **Why it matters.** APPEND takes segment_index 0 to 999, and each segment holds at most 5 MiB: a larger file cannot be
//! sent at all.
//!
//! **How to fix it.** Make the file smaller: encode at a lower bit rate, or cut it.
//!
//! **Basis.** Documented: "It must be between 0-999 inclusive", and "It must be <= 5 MB". In the newer packs, whose
//! documents allow larger files and don't resolve the contradiction, it is a warning.

use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};
use crate::units::Bytes;

rule!(
    "too-many-segments",
    too_many_segments,
    "too_many_segments.rs",
    "the file does not fit the segments of one upload"
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let segments = context.limits.too_many_segments.of(context.category).value;
    let size = context.facts.size;
    let length = segments.bytes.0.max(1);
    // What is more than any number stands for fits every file.
    if segments.count.checked_mul(length).is_none_or(|most| size <= most) {
        return Ok(Outcome::Pass);
    }
    let needed = size.div_ceil(length);
    let message = text!(
        "The file has {} and needs {needed} segments of {}; an upload has at most {}",
        Bytes(size),
        segments.bytes,
        segments.count
    );
    let remedy = "Make the file smaller: encode it at a lower bit rate, or cut it";
    Ok(Outcome::Fail(Fault::new(message, segments.count, needed, remedy)))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::movie,
        pass: &[|s| s.facts.size = 5_242_880_000 - 1, |s| s.facts.size = 5_242_880_000, |s| s.facts.size = 0],
        fail: &[
            (|s| s.facts.size = 5_242_880_001, "1000", "1001"),
            (|s| s.facts.size = u64::MAX, "1000", "3518437208884"),
        ],
        undecided: &[],
        skip: &[],
    };
}
