//! Near misses: values that are allowed and within 2 % of a limit.

use super::outcome::{Near, Outcome};
use crate::finding::Value;
use crate::units::Ratio;

/// Passes a value that is at most `limit`; a near miss where it is within 2 % of it, put in words by `words`.
pub(crate) fn under(
    actual: Ratio,
    limit: Ratio,
    words: impl FnOnce() -> (String, String),
    values: (impl Into<Value>, impl Into<Value>),
) -> Outcome {
    if scaled(actual, 100) < scaled(limit, 98) {
        return Outcome::Pass;
    }
    let (actual, limit) = words();
    near(values, format!("{actual} of at most {limit}"))
}

/// Passes a value that is at least `limit`; a near miss where it is within 2 % of it, put in words by `words`.
pub(crate) fn over(
    actual: Ratio,
    limit: Ratio,
    words: impl FnOnce() -> (String, String),
    values: (impl Into<Value>, impl Into<Value>),
) -> Outcome {
    if scaled(actual, 100) > scaled(limit, 102) {
        return Outcome::Pass;
    }
    let (actual, limit) = words();
    near(values, format!("{actual} of at least {limit}"))
}

fn near((actual, limit): (impl Into<Value>, impl Into<Value>), message: String) -> Outcome {
    Outcome::Near(Box::new(Near { limit: limit.into(), actual: actual.into(), message }))
}

/// A ratio times a percentage, ordered; values above 64 bits are above all others.
fn scaled(ratio: Ratio, percent: u64) -> (bool, Ratio) {
    match ratio.times(Ratio::whole(percent)) {
        Some(product) => (false, product),
        None => (true, ratio),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(outcome: &Outcome) -> bool {
        matches!(outcome, Outcome::Near(_))
    }

    #[test]
    fn two_percent_is_the_edge_on_either_side() {
        let words = || (String::new(), String::new());
        for (actual, below, above) in [(979_u64, false, true), (980, true, true), (1000, true, true)] {
            let ratio = Ratio::whole(actual);
            assert_eq!(is_near(&under(ratio, Ratio::whole(1000), words, (actual, 1000_u64))), below);
            assert_eq!(is_near(&over(ratio, Ratio::whole(1000), words, (actual, 1000_u64))), above);
        }
        assert!(is_near(&over(Ratio::whole(1020), Ratio::whole(1000), words, (1020_u64, 1000_u64))));
        assert!(!is_near(&over(Ratio::whole(1021), Ratio::whole(1000), words, (1021_u64, 1000_u64))));
    }
}
