//! Near misses: values that are allowed and within 2 % of a limit.
//!
//! What is said of them is what rules say, as they say it, so that it is handed on without being moved: it is large.

use std::fmt::Display;

use super::outcome::{Near, Outcome, Undecided};
use crate::finding::Value;
use crate::units::Ratio;

/// Passes a value that is at most `limit`; a near miss where it is within 2 % of it, put in words by `words`.
#[inline]
pub(crate) fn under<A: Display, L: Display>(
    actual: Ratio,
    limit: Ratio,
    words: impl FnOnce() -> (A, L),
    values: (impl Into<Value>, impl Into<Value>),
) -> Result<Outcome, Undecided> {
    if is_below((actual, 100), (limit, 98)) {
        return Ok(Outcome::Pass);
    }
    let (actual, limit) = words();
    near(values, text!("{actual} of at most {limit}"))
}

/// Passes a value that is at least `limit`; a near miss where it is within 2 % of it, put in words by `words`.
#[inline]
pub(crate) fn over<A: Display, L: Display>(
    actual: Ratio,
    limit: Ratio,
    words: impl FnOnce() -> (A, L),
    values: (impl Into<Value>, impl Into<Value>),
) -> Result<Outcome, Undecided> {
    if is_below((limit, 102), (actual, 100)) {
        return Ok(Outcome::Pass);
    }
    let (actual, limit) = words();
    near(values, text!("{actual} of at least {limit}"))
}

fn near((actual, limit): (impl Into<Value>, impl Into<Value>), message: String) -> Result<Outcome, Undecided> {
    Ok(Outcome::Near(Box::new(Near { limit: limit.into(), actual: actual.into(), message })))
}

/// Whether one percentage of a ratio is below another. Cross-multiplied, without reducing a ratio on the way.
#[inline]
fn is_below(left: (Ratio, u32), right: (Ratio, u32)) -> bool {
    // Nearly all values fit in 64 bits, where this costs a fraction.
    is_below_in_64_bits(left, right).unwrap_or_else(|| is_below_in_128_bits(left, right))
}

fn is_below_in_64_bits((left, left_percent): (Ratio, u32), (right, right_percent): (Ratio, u32)) -> Option<bool> {
    let across = |one: Ratio, other: Ratio| one.numerator().checked_mul(other.denominator());
    let left_product = across(left, right)?.checked_mul(left_percent.into())?;
    let right_product = across(right, left)?.checked_mul(right_percent.into())?;
    Some(left_product < right_product)
}

fn is_below_in_128_bits((left, left_percent): (Ratio, u32), (right, right_percent): (Ratio, u32)) -> bool {
    let across = |one: Ratio, other: Ratio| u128::from(one.numerator()) * u128::from(other.denominator());
    let left_product = across(left, right).checked_mul(left_percent.into());
    let right_product = across(right, left).checked_mul(right_percent.into());
    match (left_product, right_product) {
        (Some(left), Some(right)) => left < right,
        // Only absurd values come here, and they are no near miss of anything.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(said: &Result<Outcome, Undecided>) -> bool {
        matches!(said, Ok(Outcome::Near(_)))
    }

    #[test]
    fn few_bits_say_the_same_as_many() {
        let numbers = [1, 2, 98, 99, 100, 101, 1001, 60_000, u64::from(u32::MAX), u64::MAX / 100, u64::MAX];
        let ratios = || numbers.iter().flat_map(|&n| numbers.iter().filter_map(move |&d| Ratio::new(n, d)));
        let mut decided = 0;
        for (left, right) in ratios().flat_map(|left| ratios().map(move |right| (left, right))) {
            let (left, right) = ((left, 100), (right, 98));
            if let Some(is_below) = is_below_in_64_bits(left, right) {
                assert_eq!(is_below, is_below_in_128_bits(left, right), "{left:?} {right:?}");
                decided += 1;
            }
        }
        assert!(decided > 1000);
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
