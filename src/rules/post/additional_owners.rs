//! The list of additional owners is too long, or holds something that is no user id.
//!
//! **What it checks.** The accounts that may also use the upload: at most 100, each a decimal user id.
//!
//! **Why it matters.** INIT refuses the request. A name such as @someone is no user id.
//!
//! **How to fix it.** Leave accounts out, or look up their numeric ids.
//!
//! **Basis.** Documented: "Up to 100 additional owners may be specified."

use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!(
    "additional-owners",
    additional_owners,
    "additional_owners.rs",
    "the list of additional owners is too long, or holds something that is no user id",
    Wish
);

fn check(context: &Context<'_>) -> Result<Outcome, Undecided> {
    let owners = context.request.additional_owners;
    if owners.is_empty() {
        return Ok(Outcome::NotApplicable);
    }
    let mut faults = Vec::new();
    let limit = context.limits.additional_owners.of(context.category).value.0;
    let count = owners.len() as u64;
    if count > limit {
        let message = text!("The upload has {count} additional owners; at most {limit} are allowed");
        faults.push(Fault::new(message, limit, count, text!("Leave out {} of them", count - limit)));
    }
    if let Some(wrong) = owners.iter().find(|owner| !is_user_id(owner)) {
        let message = text!("The additional owner {wrong:?} is no user id, which is a decimal number");
        let remedy = "Look up the numeric id of the account";
        faults.push(Fault::new(message, "a decimal user id", wrong.clone(), remedy));
    }
    Ok(Outcome::faults(faults))
}

/// Whether a text is a user id: digits that fit 64 bits.
fn is_user_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::rules::testing::{Cases, Scenario};

    fn owners(scenario: &mut Scenario, count: u64) {
        scenario.owners = (1..=count).map(|id| id.to_string()).collect();
    }

    fn owner(scenario: &mut Scenario, id: &str) {
        scenario.owners = vec!["1".to_owned(), id.to_owned()];
    }

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::jpeg,
        pass: &[|s| owners(s, 99), |s| owners(s, 100), |s| owner(s, "1234567890123456789")],
        fail: &[
            (|s| owners(s, 101), "100", "101"),
            (|s| owner(s, "@someone"), "a decimal user id", "@someone"),
            (|s| owner(s, "-1"), "a decimal user id", "-1"),
            (|s| owner(s, "+1"), "a decimal user id", "+1"),
            (|s| owner(s, ""), "a decimal user id", ""),
            (|s| owner(s, "99999999999999999999"), "a decimal user id", "99999999999999999999"),
        ],
        undecided: &[],
        skip: &[|s| owners(s, 0)],
    };
}
