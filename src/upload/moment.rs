//! Time and randomness as parameters: nothing below asks the system for either.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(u64);

impl Moment {
    /// The moment this many milliseconds after the epoch.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// The moment this many seconds after the epoch; the last one that can be written where that is later.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the epoch.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// The moment that much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// The time since another moment; none where that is later.
    pub const fn since(self, other: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(other.0))
    }
}

/// Where the randomness of waiting comes from: a sequence that its seed decides (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub struct Jitter(u64);

impl Jitter {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A duration from nothing to `most`, in whole milliseconds.
    pub fn up_to(&mut self, most: Duration) -> Duration {
        let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(self.next() % most.saturating_add(1).max(1))
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_within_its_bound_and_uses_it() {
        let mut jitter = Jitter::new(7);
        let drawn: Vec<u128> = (0..1000).map(|_| jitter.up_to(Duration::from_millis(9)).as_millis()).collect();
        assert!((0..=9).all(|value| drawn.contains(&value)));
        assert!(drawn.iter().all(|value| *value <= 9));
        assert_eq!(jitter.up_to(Duration::ZERO), Duration::ZERO);
        assert!(jitter.up_to(Duration::MAX) > Duration::ZERO);
    }

    #[test]
    fn the_sequence_is_that_of_the_published_generator() {
        let mut jitter = Jitter::new(1_234_567);
        assert_eq!([jitter.next(), jitter.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn moments_do_not_overflow() {
        let last = Moment::from_secs(u64::MAX);
        assert_eq!(last.plus(Duration::MAX), last);
        assert_eq!(Moment::from_secs(1).since(last), Duration::ZERO);
    }
}
