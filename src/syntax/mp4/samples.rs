//! The samples of one track in decoding order, from the tables of `moov` and from all fragments.
//!
//! [`Samples`] is a view: nothing is expanded until an iterator is asked for it, and an iterator holds a few dozen
//! bytes. What a caller collects is 32 bytes a sample: 270 KB for 140 s at 60 frames a second, 14 MB for two hours.
//! A table can claim four thousand million samples of one size, so ask the budget for [`Samples::len`] items first.

use super::fragments::{FragmentSample, Run, TrackFragments};
use super::groups::{Descriptions, GroupRange, Membership};
use super::stsc::{ChunkOffsets, Chunks, Neighbours, Places};
use super::stsz::SampleSizes;
use super::stts::{TimeRuns, Times};
use super::sync_samples::{SampleNumbers, SyncFlags};
use super::table::{Table, word};

/// One sample of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Offset in the file. It may lie past the end: compare with the length of the file before reading.
    pub(crate) offset: u64,
    /// Decoding time in ticks of the media's clock.
    pub(crate) decode_time: u64,
    /// Composition time in the same ticks, edit list not applied; may be negative.
    pub(crate) composition_time: i64,
    /// Size in bytes; 0 is an empty sample.
    pub(crate) size: u32,
    /// `sample_description_index`, counted from 1: which sample entry holds its decoder configuration.
    pub(crate) description: u16,
    /// Whether the container calls it a sync sample: `stss`, or the flags of its `trun`. Without `stss` all are.
    pub(crate) sync: bool,
    /// What the container says of its dependencies, laid out as an entry of `sdtp`: `is_leading`, `sample_depends_on`,
    /// `sample_is_depended_on`, `sample_has_redundancy`, two bits each from the top. 0 says nothing.
    pub(crate) dependency: u8,
}

/// One sample of the tables without its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Offset in the file, as of a [`Sample`].
    pub(crate) offset: u64,
    /// Size in bytes.
    pub(crate) size: u32,
    /// `sample_description_index`, counted from 1.
    pub(crate) description: u16,
    /// Whether `stss` calls it a sync sample.
    pub(crate) sync: bool,
    /// Its entry of `sdtp`.
    pub(crate) dependency: u8,
}

/// The tables of one track in `moov`, viewed in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SampleTables<'m> {
    /// Decoding deltas.
    pub(crate) stts: Table<'m, 8>,
    /// Composition offsets. `None`: composition times are decoding times.
    pub(crate) ctts: Option<Table<'m, 8>>,
    /// Samples of the chunks.
    pub(crate) stsc: Table<'m, 12>,
    /// Sizes.
    pub(crate) sizes: SampleSizes<'m>,
    /// Offsets of the chunks.
    pub(crate) chunks: ChunkOffsets<'m>,
    /// Numbers of sync samples. `None`: all are.
    pub(crate) stss: Option<SampleNumbers<'m>>,
    /// QuickTime's partial sync samples: random access pictures of open GOPs.
    pub(crate) stps: Option<SampleNumbers<'m>>,
    /// Dependencies, one byte a sample. `None`: no `sdtp`.
    pub(crate) sdtp: Option<&'m [u8]>,
    /// Grouping of random access points.
    pub(crate) rap: Group<'m>,
}

/// One grouping type of a track in `moov`: both boxes must be there for a sample to be in a group.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Group<'m> {
    /// `sgpd`
    pub(crate) descriptions: Option<Descriptions<'m>>,
    /// `sbgp`
    pub(crate) membership: Option<Membership<'m>>,
}

impl SampleTables<'_> {
    /// The tables of a track without samples.
    pub(crate) const fn empty() -> Self {
        Self {
            stts: Table::empty(),
            ctts: None,
            stsc: Table::empty(),
            sizes: SampleSizes::none(),
            chunks: ChunkOffsets::Short(Table::empty()),
            stss: None,
            stps: None,
            sdtp: None,
            rap: Group { descriptions: None, membership: None },
        }
    }
}

impl<'m> Group<'m> {
    /// Samples in a group of this type, in the order of the table.
    fn ranges(self) -> impl Iterator<Item = GroupRange> + use<'m> {
        let both = self.membership.zip(self.descriptions);
        both.into_iter()
            .flat_map(|(membership, descriptions)| membership.ranges(0, move |index| descriptions.value(index)))
    }
}

/// All samples of one track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Samples<'m> {
    /// The tables of `moov`.
    pub(crate) tables: &'m SampleTables<'m>,
    /// What all fragments add.
    pub(crate) fragments: &'m TrackFragments,
}

impl<'m> Samples<'m> {
    /// Number of samples in the tables and all fragments.
    pub(crate) fn len(&self) -> u64 {
        self.tables.sizes.len().saturating_add(self.fragments.samples)
    }

    /// Bytes of all samples.
    pub(crate) fn bytes(&self) -> u64 {
        self.tables.sizes.sum(0, u64::MAX).saturating_add(self.fragments.bytes)
    }

    /// All samples in decoding order. Samples of the tables that no chunk holds are left out.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Sample> + use<'m> {
        self.table_samples().chain(self.fragment_samples())
    }

    /// The samples of the tables without their times, which stand in [`Self::time_runs`]: as many, and in this order, as
    /// [`Self::iter`] begins with.
    pub(crate) fn spots(&self) -> Spots<'m> {
        Spots {
            places: Places::new(self.chunks(), self.tables.sizes),
            sync: SyncFlags::new(self.tables.stss),
            sdtp: self.tables.sdtp.unwrap_or_default().iter(),
        }
    }

    /// The times of the samples of the tables, as runs.
    pub(crate) fn time_runs(&self) -> TimeRuns<'m> {
        TimeRuns::new(self.tables.stts, self.tables.ctts, self.tables.sizes.len())
    }

    /// The chunks of the tables.
    pub(crate) const fn chunks(&self) -> Chunks<'m> {
        Chunks::new(self.tables.stsc, self.tables.chunks)
    }

    /// Whether any sample's composition time may differ from its decoding time.
    pub(crate) fn is_reordered(&self) -> bool {
        let shifts = |table: Table<'_, 8>| table.entries().iter().any(|entry| word(entry, 4) != 0);
        self.tables.ctts.is_some_and(shifts) || self.fragments.runs.iter().any(|run| run.fields.has_composition())
    }

    /// Samples in a group of the type `rap `.
    pub(crate) fn random_access_groups(&self) -> impl Iterator<Item = GroupRange> + use<'m> {
        self.tables.rap.ranges().chain(self.fragments.rap.iter().copied())
    }

    fn table_samples(&self) -> TableSamples<'m> {
        TableSamples { times: Times::new(self.time_runs()), spots: self.spots() }
    }

    /// The samples of the fragments, which follow on those of the tables.
    pub(crate) fn fragment_samples(&self) -> impl Iterator<Item = Sample> + use<'m> {
        let fragments = self.fragments;
        fragments.runs.iter().flat_map(move |run| fragments.samples_of(run).map(move |sample| fragment(run, sample)))
    }
}

/// Walks all tables side by side.
struct TableSamples<'m> {
    times: Times<'m>,
    spots: Spots<'m>,
}

/// Walks the tables without those of the times.
pub(crate) struct Spots<'m> {
    places: Places<'m>,
    sync: SyncFlags<'m>,
    sdtp: std::slice::Iter<'m, u8>,
}

impl<'m> Spots<'m> {
    /// The next samples, where they stand next to each other, none is a sync sample and nothing is said of what depends on
    /// them. `None`: there may be such samples, but they are not seen at once.
    #[inline]
    pub(crate) fn neighbours(&mut self) -> Option<Neighbours<'m>> {
        let unlisted = usize::try_from(self.sync.unlisted()).unwrap_or(usize::MAX);
        if unlisted == 0 || !self.sdtp.as_slice().is_empty() {
            return None;
        }
        let neighbours = self.places.neighbours()?;
        let sizes = neighbours.sizes.get(..unlisted).unwrap_or(neighbours.sizes);
        Some(Neighbours { sizes, ..neighbours })
    }

    /// Passes over the first `count` of the samples that [`Self::neighbours`] gave, of so many bytes in all.
    #[inline]
    pub(crate) fn pass(&mut self, count: u32, bytes: u64) {
        self.places.pass(count, bytes);
        self.sync.pass(count);
    }
}

impl Iterator for TableSamples<'_> {
    type Item = Sample;

    #[expect(clippy::inline_always, reason = "a sample that is handed on in memory costs a third more")]
    #[inline(always)]
    fn next(&mut self) -> Option<Sample> {
        let (time, spot) = (self.times.next()?, self.spots.next()?);
        Some(Sample {
            offset: spot.offset,
            decode_time: time.decode,
            composition_time: time.composition,
            size: spot.size,
            description: spot.description,
            sync: spot.sync,
            dependency: spot.dependency,
        })
    }
}

impl Iterator for Spots<'_> {
    type Item = Spot;

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn next(&mut self) -> Option<Spot> {
        let place = self.places.next()?;
        Some(Spot {
            offset: place.offset,
            size: place.size,
            description: u16::try_from(place.description).unwrap_or(u16::MAX),
            sync: self.sync.next_flag(),
            dependency: self.sdtp.next().copied().unwrap_or(0),
        })
    }
}

fn fragment(run: &Run, sample: FragmentSample) -> Sample {
    Sample {
        offset: sample.offset,
        decode_time: sample.time.decode,
        composition_time: sample.time.composition,
        size: sample.size,
        description: u16::try_from(run.description).unwrap_or(u16::MAX),
        sync: sample.flags & SAMPLE_IS_NON_SYNC == 0,
        // The flags hold the four fields of `sdtp` in the same order, below four reserved bits.
        dependency: (sample.flags >> 20).to_be_bytes()[3],
    }
}

/// `sample_is_non_sync_sample` in the flags of a sample (ISO/IEC 14496-12:2022 8.8.3.1).
pub(crate) const SAMPLE_IS_NON_SYNC: u32 = 0x0001_0000;

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::input::Cursor;
    use crate::syntax::mp4::fragments::Fields;
    use crate::syntax::mp4::stsz::stsz_body;

    pub(in crate::syntax::mp4) fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    pub(in crate::syntax::mp4) fn table<const N: usize>(bytes: &[u8]) -> Table<'_, N> {
        Table::read(&Cursor::new(bytes, 0), (bytes.len() / N) as u32)
    }

    #[test]
    fn samples_come_from_the_tables_and_then_from_the_fragments() {
        let (stts, ctts) = (words(&[3, 512]), words(&[1, 1024, 1, 1536, 1, (-512_i32).cast_unsigned()]));
        let (stsc, stco, stss) = (words(&[1, 2, 1]), words(&[1000, 5000]), words(&[1, 3]));
        let stsz = stsz_body(&[700, 20, 30]);
        let mut tables = SampleTables::empty();
        tables.stts = table(&stts);
        tables.ctts = Some(table(&ctts));
        tables.stsc = table(&stsc);
        tables.chunks = ChunkOffsets::Short(table(&stco));
        tables.sizes = SampleSizes::read_stsz(Cursor::new(&stsz, 0)).unwrap();
        tables.stss = Some(SampleNumbers::new(table(&stss)));
        tables.sdtp = Some(&[0x20, 0x18]);
        let run = Run {
            decode_time: 1536,
            data_offset: 9000,
            at: 0,
            entries: 0,
            sample_count: 2,
            description: 1,
            default_duration: 512,
            default_size: 0,
            default_flags: 0x0101_0000,
            first_flags: Some(0x0200_0000),
            fields: Fields(0xa05),
        };
        let fragments = TrackFragments {
            runs: vec![run],
            entries: words(&[400, 1024, 40, 0]),
            samples: 2,
            bytes: 440,
            ..TrackFragments::default()
        };
        let samples = Samples { tables: &tables, fragments: &fragments };
        assert_eq!((samples.len(), samples.bytes(), samples.is_reordered()), (5, 1190, true));
        let sample = |offset, decode_time, composition_time, size, sync, dependency| Sample {
            offset,
            decode_time,
            composition_time,
            size,
            description: 1,
            sync,
            dependency,
        };
        let found: Vec<_> = samples.iter().collect();
        let expected = [
            sample(1000, 0, 1024, 700, true, 0x20),
            sample(1700, 512, 2048, 20, false, 0x18),
            sample(5000, 1024, 512, 30, true, 0),
            sample(9000, 1536, 2560, 400, true, 0x20),
            sample(9400, 2048, 2048, 40, false, 0x10),
        ];
        assert_eq!(found, expected);
        assert_eq!(size_of::<Sample>(), 32);
    }
}
