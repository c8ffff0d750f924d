//! The samples of movie fragments, kept as they stand in `trun` (ISO/IEC 14496-12:2022 8.8.8), not expanded.

use super::groups::GroupRange;
use super::stts::SampleTime;
use super::table::word;

/// All fragments of one track.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrackFragments {
    /// The runs in the order of the file.
    pub(crate) runs: Vec<Run>,
    /// Entries of all runs, one after the other.
    pub(crate) entries: Vec<u8>,
    /// Number of samples in all runs.
    pub(crate) samples: u64,
    /// Bytes of all samples.
    pub(crate) bytes: u64,
    /// Decoding time at which the next fragment begins, where it does not say.
    pub(crate) decode_end: u64,
    /// The latest end of any sample of a fragment in decoding time.
    pub(crate) latest_decode_end: u64,
    /// The latest composition time of any sample plus its duration.
    pub(crate) composition_end: Option<i64>,
    /// Ranges of the samples of fragments in sample groups of the type `rap `.
    pub(crate) rap: Vec<GroupRange>,
}

/// One `trun` with the defaults that hold for it.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Decoding time of its first sample.
    pub(crate) decode_time: u64,
    /// Offset of its first sample in the file.
    pub(crate) data_offset: u64,
    /// Absolute offset of the box, for evidence.
    pub(crate) at: u64,
    /// Where its entries begin in [`TrackFragments::entries`].
    pub(crate) entries: usize,
    /// Number of its samples.
    pub(crate) sample_count: u32,
    /// `sample_description_index`, counted from 1.
    pub(crate) description: u32,
    /// Duration of samples that give none.
    pub(crate) default_duration: u32,
    /// Size of samples that give none.
    pub(crate) default_size: u32,
    /// Flags of samples that give none.
    pub(crate) default_flags: u32,
    /// Flags of the first sample, where the run gives them.
    pub(crate) first_flags: Option<u32>,
    /// Which fields its entries have.
    pub(crate) fields: Fields,
}

/// Which fields the entries of a `trun` have: its flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fields(pub(crate) u32);

impl Fields {
    const DURATION: u32 = 0x100;
    const SIZE: u32 = 0x200;
    const FLAGS: u32 = 0x400;
    const COMPOSITION: u32 = 0x800;
    /// No field: the defaults hold for all samples.
    pub(crate) const NONE: Self = Self(0);
    /// Only the composition offset.
    pub(crate) const ONLY_COMPOSITION: Self = Self(Self::COMPOSITION);

    /// Bytes of an entry.
    pub(crate) const fn entry_bytes(self) -> usize {
        ((self.0 & 0xf00).count_ones() as usize) * 4
    }

    /// Whether entries give a duration.
    pub(crate) const fn has_duration(self) -> bool {
        self.0 & Self::DURATION != 0
    }

    /// Whether entries give a size.
    pub(crate) const fn has_size(self) -> bool {
        self.0 & Self::SIZE != 0
    }

    /// Whether entries give a composition offset.
    pub(crate) const fn has_composition(self) -> bool {
        self.0 & Self::COMPOSITION != 0
    }

    const fn has_flags(self) -> bool {
        self.0 & Self::FLAGS != 0
    }
}

/// One sample of a fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FragmentSample {
    /// Its times.
    pub(crate) time: SampleTime,
    /// Offset in the file.
    pub(crate) offset: u64,
    /// Size in bytes.
    pub(crate) size: u32,
    /// `sample_flags` (ISO/IEC 14496-12:2022 8.8.3).
    pub(crate) flags: u32,
}

impl TrackFragments {
    /// No fragment.
    pub(crate) const fn none() -> Self {
        Self {
            runs: Vec::new(),
            entries: Vec::new(),
            samples: 0,
            bytes: 0,
            decode_end: 0,
            latest_decode_end: 0,
            composition_end: None,
            rap: Vec::new(),
        }
    }

    /// The samples of one run, in decoding order.
    pub(crate) fn samples_of<'m>(&'m self, run: &'m Run) -> RunSamples<'m> {
        RunSamples {
            run,
            entries: self.entries.get(run.entries..).unwrap_or_default(),
            index: 0,
            decode: run.decode_time,
            offset: run.data_offset,
        }
    }

    /// Adds a run whose entries were added before, and returns where its data end.
    pub(crate) fn push(&mut self, run: Run) -> u64 {
        let count = u64::from(run.sample_count);
        let (bytes, decode_end, composition_end) = if run.fields.entry_bytes() == 0 {
            // All samples are alike, and there may be four thousand million of them.
            let end = run.decode_time.saturating_add(count * u64::from(run.default_duration));
            (count * u64::from(run.default_size), end, i64::try_from(end).unwrap_or(i64::MAX))
        } else {
            let (mut bytes, mut decode_end, mut composition_end) = (0_u64, run.decode_time, i64::MIN);
            for sample in self.samples_of(&run) {
                let duration = u64::from(sample.time.duration);
                bytes = bytes.saturating_add(u64::from(sample.size));
                decode_end = sample.time.decode.saturating_add(duration);
                composition_end = composition_end.max(sample.time.composition.saturating_add_unsigned(duration));
            }
            (bytes, decode_end, composition_end)
        };
        if count > 0 {
            self.composition_end = Some(self.composition_end.map_or(composition_end, |end| end.max(composition_end)));
            self.latest_decode_end = self.latest_decode_end.max(decode_end);
        }
        self.samples = self.samples.saturating_add(count);
        self.bytes = self.bytes.saturating_add(bytes);
        self.decode_end = decode_end;
        let data_end = run.data_offset.saturating_add(bytes);
        self.runs.push(run);
        data_end
    }

    /// Bytes of memory that the runs take.
    pub(crate) fn held(&self) -> u64 {
        let runs = self.runs.len().saturating_mul(size_of::<Run>());
        let groups = self.rap.len().saturating_mul(size_of::<GroupRange>());
        (runs.saturating_add(groups).saturating_add(self.entries.len())) as u64
    }
}

/// Iterates over the samples of one run.
#[derive(Clone, Debug)]
pub(crate) struct RunSamples<'m> {
    run: &'m Run,
    entries: &'m [u8],
    index: u32,
    decode: u64,
    offset: u64,
}

impl Iterator for RunSamples<'_> {
    type Item = FragmentSample;

    fn next(&mut self) -> Option<FragmentSample> {
        let run = self.run;
        if self.index >= run.sample_count {
            return None;
        }
        let (mut entry, rest) = self.entries.split_at_checked(run.fields.entry_bytes())?;
        self.entries = rest;
        let mut field = |present: bool| {
            present.then(|| {
                let value = word(entry, 0);
                entry = entry.get(4..).unwrap_or_default();
                value
            })
        };
        let duration = field(run.fields.has_duration()).unwrap_or(run.default_duration);
        let size = field(run.fields.has_size()).unwrap_or(run.default_size);
        let flags = field(run.fields.has_flags());
        // Read as signed in both versions, as other readers do.
        let composition = field(run.fields.has_composition()).unwrap_or(0).cast_signed();
        let first_flags = run.first_flags.filter(|_| self.index == 0);
        let decode = self.decode;
        let offset = self.offset;
        self.index += 1;
        self.decode = decode.saturating_add(u64::from(duration));
        self.offset = offset.saturating_add(u64::from(size));
        let composition = i64::try_from(decode).unwrap_or(i64::MAX).saturating_add(i64::from(composition));
        Some(FragmentSample {
            time: SampleTime { decode, composition, duration },
            offset,
            size,
            flags: first_flags.or(flags).unwrap_or(run.default_flags),
        })
    }
}
