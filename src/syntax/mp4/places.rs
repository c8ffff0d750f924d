//! Whether all samples that the tables promise are in the file.

use super::fragments::TrackFragments;
use super::notes::Notes;
use super::samples::Samples;
use super::stsc::Chunk;
use crate::facts::{Anomaly, AnomalyKind, Container, Evidence};

/// Notes the first sample that lies past the end of a file of `length` bytes, and samples that have no place at all.
///
/// Looks at each chunk once, at sizes without copying them, and at no sample that is empty. `bytes` is what the samples of
/// the tables have in all.
pub(crate) fn check(samples: &Samples<'_>, bytes: u64, length: u64, container: &Container, notes: &mut Notes<'_>) {
    let sizes = samples.tables.sizes;
    let mut next = 0_u64;
    let mut lost = Lost::default();
    for chunk in samples.chunks() {
        let count = u64::from(chunk.samples).min(sizes.len().saturating_sub(next));
        // Short movies have one chunk.
        let held = if count == sizes.len() { bytes } else { sizes.sum(next, count) };
        let end = chunk.offset.saturating_add(held);
        if end > length {
            lost.add_chunk(samples, &chunk, next, count, length);
        }
        next = next.saturating_add(u64::from(chunk.samples));
    }
    lost.note(length, container, notes);
    if next < sizes.len() {
        notes.malformed(
            Evidence::within(sizes.offset, container, "mdia.minf.stbl.stsz.sample_count"),
            "the chunks hold fewer samples than there are",
            format!("{} samples", sizes.len()),
            format!("{next} samples"),
        );
    }
    if !samples.fragments.runs.is_empty() {
        let mut lost = Lost::default();
        lost.add_runs(samples.fragments, sizes.len(), length);
        lost.note(length, container, notes);
    }
}

/// Samples past the end of the file.
#[derive(Default)]
struct Lost {
    first: Option<First>,
    samples: u64,
}

/// The first sample that is past the end.
struct First {
    sample: u64,
    /// Where the file promises it.
    at: At,
    offset: u64,
    size: u64,
}

/// Where the file promises a sample.
enum At {
    /// Index of a chunk, and the absolute offset of its entry.
    Chunk(usize, u64),
    /// Absolute offset of a `trun`.
    Run(u64),
}

impl Lost {
    fn add_chunk(&mut self, samples: &Samples<'_>, chunk: &Chunk, first: u64, count: u64, length: u64) {
        let sizes = samples.tables.sizes;
        if let Some(size) = sizes.equal().filter(|&size| size > 0) {
            // Samples of one size need no walk: there may be four thousand million of them.
            let whole = length.saturating_sub(chunk.offset) / u64::from(size);
            let offset = chunk.offset.saturating_add(whole.saturating_mul(u64::from(size)));
            self.add(
                First {
                    sample: first + whole,
                    at: At::Chunk(chunk.index, samples.tables.chunks.offset_of(chunk.index)),
                    offset,
                    size: size.into(),
                },
                count - whole,
            );
            return;
        }
        let mut offset = chunk.offset;
        for sample in first..first.saturating_add(count) {
            let size = u64::from(sizes.get(sample).unwrap_or(0));
            let end = offset.saturating_add(size);
            if end > length && size > 0 {
                self.add(
                    First {
                        sample,
                        at: At::Chunk(chunk.index, samples.tables.chunks.offset_of(chunk.index)),
                        offset,
                        size,
                    },
                    1,
                );
            }
            offset = end;
        }
    }

    fn add_runs(&mut self, fragments: &TrackFragments, first: u64, length: u64) {
        let mut sample = first;
        for run in &fragments.runs {
            let count = u64::from(run.sample_count);
            if run.fields.has_size() {
                for (index, found) in (sample..).zip(fragments.samples_of(run)) {
                    let size = u64::from(found.size);
                    if size > 0 && found.offset.saturating_add(size) > length {
                        self.add(First { sample: index, at: At::Run(run.at), offset: found.offset, size }, 1);
                    }
                }
            } else if let Some(whole) =
                length.saturating_sub(run.data_offset).checked_div(u64::from(run.default_size)).filter(|&n| n < count)
            {
                let size = u64::from(run.default_size);
                let offset = run.data_offset.saturating_add(whole.saturating_mul(size));
                self.add(First { sample: sample + whole, at: At::Run(run.at), offset, size }, count - whole);
            }
            sample = sample.saturating_add(count);
        }
    }

    fn add(&mut self, first: First, samples: u64) {
        self.samples = self.samples.saturating_add(samples);
        self.first.get_or_insert(first);
    }

    fn note(self, length: u64, container: &Container, notes: &mut Notes<'_>) {
        let Some(First { sample, at, offset, size }) = self.first else { return };
        let (place, evidence) = match at {
            At::Chunk(chunk, at) => {
                (format!("chunk {chunk}"), Evidence::within(at, container, "mdia.minf.stbl.stco.chunk_offset"))
            }
            At::Run(at) => ("a fragment".to_owned(), Evidence::new(at, "moof.traf.trun")),
        };
        let others = match self.samples {
            0 | 1 => String::new(),
            samples => format!(", like {} more", samples - 1),
        };
        notes.push(Anomaly::new(
            AnomalyKind::Truncated,
            evidence,
            format!("sample {sample} in {place} at offset {offset} lies past the end of the file{others}"),
            format!("a file of at least {} bytes", offset.saturating_add(size)),
            format!("{length} bytes"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Cursor;
    use crate::syntax::mp4::fragments::{Fields, Run};
    use crate::syntax::mp4::samples::SampleTables;
    use crate::syntax::mp4::stsc::ChunkOffsets;
    use crate::syntax::mp4::stsz::{SampleSizes, stsz_body};
    use crate::syntax::mp4::table::Table;

    fn checked(sizes: &[u8], per_chunk: u32, offsets: &[u32], fragments: &TrackFragments, length: u64) -> Vec<String> {
        let map: Vec<u8> = [1, per_chunk, 1].into_iter().flat_map(u32::to_be_bytes).collect();
        let chunks: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_be_bytes()).collect();
        let mut tables = SampleTables::empty();
        tables.stsc = Table::read(&Cursor::new(&map, 0), 1);
        tables.chunks = ChunkOffsets::Short(Table::read(&Cursor::new(&chunks, 0), offsets.len() as u32));
        tables.sizes = SampleSizes::read_stsz(Cursor::new(sizes, 0)).unwrap();
        let mut anomalies = Vec::new();
        let samples = Samples { tables: &tables, fragments };
        check(&samples, tables.sizes.sum(0, u64::MAX), length, &"moov.trak[0]".into(), &mut Notes::new(&mut anomalies));
        anomalies.iter().map(|a| format!("{:?} {}: {}, {}", a.kind, a.at.offset, a.message, a.expected)).collect()
    }

    #[test]
    fn the_last_byte_decides() {
        let none = TrackFragments::default();
        let stsz = stsz_body(&[10, 20, 30, 0]);
        assert!(checked(&stsz, 2, &[100, 500], &none, 530).is_empty());
        let lost = checked(&stsz, 2, &[100, 500], &none, 529);
        let expected = "Truncated 4: sample 2 in chunk 1 at offset 500 lies past the end of the file, a file of at least 530 bytes";
        assert_eq!(lost, [expected]);
        assert!(checked(&stsz, 2, &[100, 500], &none, 105)[0].ends_with("like 2 more, a file of at least 110 bytes"));
    }

    #[test]
    fn samples_of_one_size_are_not_walked() {
        let stsz = b"\0\0\0\0\0\0\0\x04\xff\xff\xff\xff";
        let none = TrackFragments::default();
        let lost = checked(stsz, u32::MAX, &[100], &none, 1001);
        assert_eq!(lost.len(), 1);
        assert!(lost[0].starts_with("Truncated 0: sample 225 in chunk 0 at offset 1000"), "{}", lost[0]);
        assert!(checked(stsz, u32::MAX, &[100], &none, u64::MAX).is_empty());
    }

    #[test]
    fn samples_without_a_chunk_are_a_fault() {
        let lost = checked(&stsz_body(&[10, 20, 30]), 2, &[100], &TrackFragments::default(), 1000);
        assert_eq!(lost, ["Malformed 8: the chunks hold fewer samples than there are, 3 samples"]);
    }

    #[test]
    fn runs_of_fragments_are_checked_too() {
        let run = |fields, count, entries| Run {
            decode_time: 0,
            data_offset: 1000,
            at: 77,
            entries,
            sample_count: count,
            description: 1,
            default_duration: 1,
            default_size: 10,
            default_flags: 0,
            first_flags: None,
            fields: Fields(fields),
        };
        let fragments = TrackFragments {
            runs: vec![run(0, 3, 0), run(0x200, 2, 0)],
            entries: vec![0, 0, 0, 5, 0, 0, 0, 9],
            ..TrackFragments::default()
        };
        let none = stsz_body(&[]);
        assert!(checked(&none, 1, &[], &fragments, 1030).is_empty());
        let lost = checked(&none, 1, &[], &fragments, 1011);
        assert!(lost[0].starts_with(
            "Truncated 77: sample 1 in a fragment at offset 1010 lies past the end of the file, like 2 more"
        ));
        let alike = TrackFragments { runs: vec![run(0, u32::MAX, 0)], ..TrackFragments::default() };
        assert_eq!(checked(&none, 1, &[], &alike, 5000).len(), 1);
    }
}
