//! The places that frames take in the order of presentation, told as they come in decoding order.

/// Which places of the presentation order are taken, as frames come in decoding order.
#[derive(Default)]
pub(super) struct Shown {
    /// A place in front of which all are taken.
    base: u64,
    /// Which of the places from there on are taken, the first of them in the lowest bit.
    taken: u64,
}

impl Shown {
    /// Takes `count` places, at least 1, from `place` on. `None`: one is taken, or so far ahead of the first one that is not
    /// that no reordering of frames reaches there.
    #[inline]
    pub(super) fn add(&mut self, place: u64, count: u64) -> Option<()> {
        match self.bits(place, count) {
            Some(bits) => self.take(bits),
            None => self.add_far(place, count),
        }
    }

    /// The bits of places that are all near the base.
    #[inline]
    fn bits(&self, place: u64, count: u64) -> Option<u64> {
        // A place before the base is as far ahead as can be.
        let ahead = place.wrapping_sub(self.base);
        let fits = ahead < 64 && (1..=64 - ahead).contains(&count);
        fits.then(|| u64::MAX >> (64 - count) << ahead)
    }

    #[inline]
    const fn take(&mut self, bits: u64) -> Option<()> {
        if self.taken & bits != 0 {
            return None;
        }
        self.taken |= bits;
        Some(())
    }

    /// Takes places that are not all near the base as it is.
    #[inline(never)]
    fn add_far(&mut self, place: u64, count: u64) -> Option<()> {
        self.settle()?;
        if self.taken == 0 && place == self.base {
            self.base = place.checked_add(count)?;
            return Some(());
        }
        (0..count).try_for_each(|more| {
            let place = place.checked_add(more)?;
            if self.bits(place, 1).is_none() {
                self.settle()?;
            }
            self.take(self.bits(place, 1)?)
        })
    }

    /// Moves the base to the first place that is not taken.
    fn settle(&mut self) -> Option<()> {
        let ones = self.taken.trailing_ones();
        self.base = self.base.checked_add(u64::from(ones))?;
        // A shift by all 64 bits would overflow.
        self.taken = self.taken.checked_shr(ones).unwrap_or(0);
        Some(())
    }

    /// How many places are taken, where they are the first ones without a gap.
    pub(super) fn all(mut self) -> Option<u64> {
        self.settle()?;
        (self.taken == 0).then_some(self.base)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn all(runs: &[(u64, u64)]) -> Option<u64> {
        let mut shown = Shown::default();
        runs.iter().try_for_each(|&(place, count)| shown.add(place, count))?;
        shown.all()
    }

    /// The same by a list of all places.
    fn listed(runs: &[(u64, u64)]) -> Option<u64> {
        let mut taken = BTreeSet::<u64>::new();
        for place in runs.iter().flat_map(|&(place, count)| place..place + count) {
            let next = taken.iter().zip(0..).take_while(|&(&place, next)| place == next).count() as u64;
            if place < next || place >= next + 64 || !taken.insert(place) {
                return None;
            }
        }
        (0..taken.len() as u64).all(|place| taken.contains(&place)).then_some(taken.len() as u64)
    }

    proptest! {
        #[test]
        fn places_are_those_of_a_list(moves in prop::collection::vec((0_usize..4, 0_usize..4), 0..40), counts in prop::collection::vec(1_u64..90, 1..40)) {
            let mut runs = Vec::new();
            for count in counts {
                let count = if count > 60 { count } else { 1 + count % 3 };
                runs.push((runs.last().map_or(0, |(place, count)| place + count), count));
            }
            for (at, by) in moves {
                let at = at * 7 % runs.len();
                let with = (at + by) % runs.len();
                runs.swap(at, with);
            }
            prop_assert_eq!(all(&runs), listed(&runs));
        }

        #[test]
        fn any_places_are_those_of_a_list(runs in prop::collection::vec((0_u64..70, 1_u64..5), 0..12)) {
            prop_assert_eq!(all(&runs), listed(&runs));
        }
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
