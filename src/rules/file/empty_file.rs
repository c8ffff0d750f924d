//! The file holds no byte.
//!
//! **What it checks.** The length of the file.
//!
//! **Why it matters.** INIT refuses `total_bytes` of zero; an empty file is usually the rest of a failed export or copy.
//!
//! **How to fix it.** Export or copy the file again.
//!
//! **Basis.** Heuristic: INIT asks for the number of bytes, and no document says that there may be none.

use crate::facts::{Evidence, Format};
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!("empty-file", empty_file, "empty_file.rs", "the file holds no byte");

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    if context.facts.size > 0 && context.facts.format != Format::Empty {
        return Ok(Outcome::Pass);
    }
    let fault = Fault::new("The file is empty", "at least 1 byte", 0_u64, "Export or copy the file again");
    Ok(Outcome::Fail(fault.at(&Evidence::new(0, "file"))))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rules::testing::{Cases, Scenario};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[|s| s.facts.size = 1],
        fail: &[(
            |s| {
                s.facts.size = 0;
                s.facts.format = Format::Empty;
            },
            "at least 1 byte",
            "0",
        )],
        undecided: &[],
        skip: &[],
    };
}
