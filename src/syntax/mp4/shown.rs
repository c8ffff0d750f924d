//! The places that frames take in the order of presentation, told as they come in decoding order.

/// Which places of the presentation order are taken, as frames come in decoding order.
#[derive(Default)]
pub(super) struct Shown {
    /// The first place that is not taken.
    next: u64,
    /// The places from there on, the first of them in the lowest bit.
    ahead: u64,
}

impl Shown {
    /// Takes `count` places from `place` on. `None`: one is taken, or so far ahead that no reordering of frames reaches
    /// there.
    #[inline]
    pub(super) fn add(&mut self, place: u64, count: u64) -> Option<()> {
        if self.ahead == 0 && place == self.next {
            self.next = place.checked_add(count)?;
            return Some(());
        }
        (0..count).try_for_each(|more| self.add_one(place.checked_add(more)?))
    }

    #[inline]
    fn add_one(&mut self, place: u64) -> Option<()> {
        // A place before the next one is as far ahead as can be.
        let ahead @ 0..64 = place.wrapping_sub(self.next) else { return None };
        let bit = 1 << ahead;
        if self.ahead & bit != 0 {
            return None;
        }
        self.ahead |= bit;
        // A shift by all 64 bits would overflow.
        let taken = self.ahead.trailing_ones();
        self.ahead = self.ahead.checked_shr(taken).unwrap_or(0);
        self.next += u64::from(taken);
        Some(())
    }

    /// How many places are taken, where they are the first ones without a gap.
    pub(super) fn all(&self) -> Option<u64> {
        (self.ahead == 0).then_some(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(runs: &[(u64, u64)]) -> Option<u64> {
        let mut shown = Shown::default();
        runs.iter().try_for_each(|&(place, count)| shown.add(place, count))?;
        shown.all()
    }

    #[test]
    fn places_are_whole_where_each_is_taken_once() {
        assert_eq!(all(&[]), Some(0));
        assert_eq!(all(&[(0, 1), (3, 1), (1, 2), (4, 9)]), Some(13));
        assert_eq!(all(&[(0, 1), (2, 1)]), None, "a gap");
        assert_eq!(all(&[(0, 2), (1, 1)]), None, "a place that is taken");
        assert_eq!(all(&[(0, 1), (2, 1), (2, 1)]), None, "one ahead that is taken");
        assert_eq!(all(&[(1, 63), (0, 1)]), Some(64));
        assert_eq!(all(&[(64, 1)]), None, "too far ahead");
        assert_eq!(all(&[(0, u64::MAX), (u64::MAX, 1)]), None, "past 64 bits");
    }
}
