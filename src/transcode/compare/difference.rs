//! The difference of two durations, which has a sign.

use std::cmp::Ordering;
use std::fmt;

use crate::units::{Duration, Ratio};

/// How much later or earlier one time is than another, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Whether it is below zero.
    pub(super) is_negative: bool,
    /// How far it is from zero.
    pub(super) size: Duration,
}

impl Difference {
    /// `a - b`; `None` where a term is above 64 bits.
    pub(super) fn of(a: Duration, b: Duration) -> Option<Self> {
        Self::between(Self { is_negative: false, size: a }, Self { is_negative: false, size: b })
    }

    /// `a - b` of two differences.
    pub(super) fn between(a: Self, b: Self) -> Option<Self> {
        let (x, y) = (a.size.seconds(), b.size.seconds());
        if a.is_negative != b.is_negative {
            return Some(Self { is_negative: a.is_negative, size: Duration(x.plus(y)?) });
        }
        let (left, right) = (
            u128::from(x.numerator()) * u128::from(y.denominator()),
            u128::from(y.numerator()) * u128::from(x.denominator()),
        );
        let denominator = u128::from(x.denominator()) * u128::from(y.denominator());
        let size = Duration(Ratio::from_u128(left.abs_diff(right), denominator)?);
        Some(Self { is_negative: (left < right) != a.is_negative && left != right, size })
    }

    /// The same distance the other way.
    pub(super) fn negated(self) -> Self {
        Self { is_negative: !self.is_negative && self.size > Duration::ZERO, ..self }
    }

    /// Whether it is at most as far from zero as `tolerance`.
    pub(super) fn is_within(self, tolerance: Duration) -> bool {
        self.size <= tolerance
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match (self.size.cmp(&Duration::ZERO), self.is_negative) {
            (Ordering::Equal, _) => "",
            (_, true) => "-",
            (_, false) => "+",
        };
        write!(f, "{sign}{}", millis(self.size))
    }
}

/// A short duration in milliseconds, rounded to a thousandth.
pub(super) fn millis(duration: Duration) -> String {
    let seconds = duration.seconds();
    let thousandth = Ratio::whole(1000).times(seconds);
    thousandth.map_or_else(|| duration.to_string(), |millis| format!("{} ms", millis.decimal(3)))
}

/// A duration rounded to a millisecond.
pub(super) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.seconds().decimal(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(a: (u64, u64), b: (u64, u64)) -> String {
        let seconds = |(n, d)| Duration(Ratio::new(n, d).unwrap());
        Difference::of(seconds(a), seconds(b)).unwrap().to_string()
    }

    #[test]
    fn a_difference_is_exact_and_has_a_sign() {
        assert_eq!(of((1, 3), (1, 3)), "0 ms");
        assert_eq!(of((1, 3), (1, 4)), "+83.333 ms");
        assert_eq!(of((1, 4), (1, 3)), "-83.333 ms");
        let late = |n, is_negative| Difference { is_negative, size: Duration::from_millis(n) };
        for (a, b, text) in [
            (late(5, true), late(3, true), "-2 ms"),
            (late(3, true), late(5, true), "+2 ms"),
            (late(3, true), late(3, true), "0 ms"),
            (late(3, false), late(5, true), "+8 ms"),
            (late(3, true), late(5, false), "-8 ms"),
            (late(3, false), late(5, false), "-2 ms"),
        ] {
            assert_eq!(Difference::between(a, b).unwrap().to_string(), text);
        }
        let far = Duration(Ratio::new(u64::MAX, u64::MAX - 1).unwrap());
        assert_eq!(Difference::of(far, Duration(Ratio::new(1, u64::MAX).unwrap())), None);
    }
}
