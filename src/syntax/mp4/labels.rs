//! What the tables say of random access and dependencies, sample by sample.

use super::groups::GroupRange;
use super::samples::Samples;
use super::sync_samples::SampleNumbers;
use crate::syntax::h264::{Labels, SyncSource};

/// Reads what the tables say of one sample after the other.
pub(super) struct LabelReader<'m, R> {
    /// Number of samples in the tables; those behind them are in fragments.
    in_tables: u64,
    /// Where the tables say which of these are sync samples.
    source: SyncSource,
    partial: Option<SampleNumbers<'m>>,
    groups: R,
    group: Option<GroupRange>,
    /// Whether of samples in the tables nothing is said but which are sync samples.
    tells_only_sync: bool,
}

/// What the tables of these samples say.
pub(super) fn labels<'m>(samples: &Samples<'m>) -> LabelReader<'m, impl Iterator<Item = GroupRange> + use<'m>> {
    let mut groups = samples.random_access_groups();
    let tables = samples.tables;
    let group = groups.next();
    let tells_nothing_else = tables.stps.is_none() && group.is_none() && tables.sdtp.is_none();
    LabelReader {
        in_tables: tables.sizes.len(),
        source: if tables.stss.is_some() { SyncSource::Table } else { SyncSource::NoTable },
        partial: tables.stps,
        group,
        groups,
        tells_only_sync: tables.stss.is_some() && tells_nothing_else,
    }
}

impl<R: Iterator<Item = GroupRange>> LabelReader<'_, R> {
    /// Whether of samples in the tables nothing is said but which are sync samples.
    #[inline]
    pub(super) const fn tell_only_sync(&self) -> bool {
        self.tells_only_sync
    }

    /// Whether what is said of a sample in the tables is silent ([`Labels::are_silent`]).
    #[inline]
    pub(super) fn are_silent(&mut self, index: u64, sync: bool, dependency: u8) -> bool {
        // Of most videos that needs no labels.
        if self.tells_only_sync { !sync } else { self.of(index, sync, dependency).are_silent() }
    }

    /// What is said of the sample at `index`, none of which may be before the one asked for last.
    #[inline(never)]
    pub(super) fn of(&mut self, index: u64, sync: bool, dependency: u8) -> Labels {
        while self.group.is_some_and(|group| group.first.saturating_add(group.count) <= index) {
            self.group = self.groups.next();
        }
        let in_tables = index < self.in_tables;
        Labels {
            sync,
            source: if in_tables { self.source } else { SyncSource::Fragment },
            partial: in_tables && self.partial.is_some_and(|partial| partial.contains(index)),
            random_access: self.group.filter(|group| group.first <= index).map(|group| group.value),
            dependency,
        }
    }
}
