//! Which samples are sync samples: `stss`, and QuickTime's `stps` (ISO/IEC 14496-12:2022 8.6.2).

use super::table::Table;

/// A set of samples: `stss` or `stps`, whose entries count from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SampleNumbers<'m> {
    /// The table itself.
    pub(crate) table: Table<'m, 4>,
    /// Whether its numbers grow, as they must, so that it may be searched.
    sorted: bool,
}

impl<'m> SampleNumbers<'m> {
    /// The set that `table` holds.
    pub(crate) fn new(table: Table<'m, 4>) -> Self {
        Self { table, sorted: table.entries().is_sorted() }
    }

    /// Whether the set holds the sample at `index`, counted from 0.
    pub(crate) fn contains(&self, index: u64) -> bool {
        let Some(number) = index.checked_add(1).and_then(|number| u32::try_from(number).ok()) else {
            return false;
        };
        let number = number.to_be_bytes();
        if self.sorted {
            self.table.entries().binary_search(&number).is_ok()
        } else {
            // No writer makes one, so the search is bounded rather than an index built.
            self.table.entries().iter().take(UNSORTED).any(|&entry| entry == number)
        }
    }
}

/// Walks `stss` beside the samples, so that no sample costs a search.
pub(super) struct SyncFlags<'m> {
    numbers: Option<SampleNumbers<'m>>,
    rest: &'m [[u8; 4]],
    sample: u64,
    /// No sample before this one, counted from 1, is listed.
    listed: u64,
}

impl<'m> SyncFlags<'m> {
    /// Of the samples that `stss` lists; without one, all are.
    pub(super) fn new(numbers: Option<SampleNumbers<'m>>) -> Self {
        Self { numbers, rest: numbers.map_or(&[], |numbers| numbers.table.entries()), sample: 0, listed: 0 }
    }

    /// How many of the next samples are known not to be listed.
    #[inline]
    pub(super) const fn unlisted(&self) -> u64 {
        self.listed.saturating_sub(1).saturating_sub(self.sample)
    }

    /// Passes over so many samples that are known not to be listed.
    #[inline]
    pub(super) fn pass(&mut self, count: u32) {
        self.sample = self.sample.saturating_add(u64::from(count));
    }

    /// Whether the next sample is listed.
    #[inline]
    pub(super) fn next_flag(&mut self) -> bool {
        self.sample = self.sample.saturating_add(1);
        self.sample >= self.listed && self.is_listed()
    }

    fn is_listed(&mut self) -> bool {
        let Some(numbers) = self.numbers else { return true };
        if !numbers.sorted {
            return numbers.contains(self.sample - 1);
        }
        let mut flag = false;
        self.listed = u64::MAX;
        while let Some((number, rest)) = self.rest.split_first() {
            let number = u64::from(u32::from_be_bytes(*number));
            if number > self.sample {
                self.listed = number;
                break;
            }
            flag |= number == self.sample;
            self.rest = rest;
        }
        flag
    }
}

/// How many entries of an unsorted table are searched for each sample.
const UNSORTED: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::mp4::samples::tests::{table, words};

    fn numbers(bytes: &[u8]) -> SampleNumbers<'_> {
        SampleNumbers::new(table(bytes))
    }

    #[test]
    fn an_unsorted_table_is_searched() {
        let bytes = words(&[3, 1, 0]);
        let numbers = numbers(&bytes);
        let found: Vec<_> = (0..4).map(|index| numbers.contains(index)).collect();
        assert_eq!(found, [true, false, true, false]);
        let mut flags = SyncFlags::new(Some(numbers));
        assert_eq!([(); 4].map(|()| flags.next_flag()), [true, false, true, false]);
    }

    #[test]
    fn samples_that_are_known_not_to_be_listed_may_be_passed_over() {
        let bytes = words(&[1, 5, 6]);
        let mut flags = SyncFlags::new(Some(numbers(&bytes)));
        assert_eq!((flags.unlisted(), flags.next_flag(), flags.unlisted()), (0, true, 3));
        assert_eq!((flags.next_flag(), flags.unlisted()), (false, 2));
        flags.pass(2);
        assert_eq!((flags.unlisted(), flags.next_flag(), flags.next_flag()), (0, true, true));
        assert_eq!((flags.next_flag(), flags.unlisted() > u64::from(u32::MAX)), (false, true));
        assert_eq!(SyncFlags::new(None).unlisted(), 0, "all are sync samples");
        let bytes = words(&[3, 1]);
        let mut unsorted = SyncFlags::new(Some(numbers(&bytes)));
        assert_eq!((unsorted.next_flag(), unsorted.unlisted()), (true, 0));
    }
}
