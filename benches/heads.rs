//! The head of every sample of a long film in a file, beside the bare reads of the same bytes.
//!
//! `cargo bench --bench heads`

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Seek, SeekFrom, Write};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use media_preflight::facts::Facts;
use media_preflight::input::{FileSource, Limits, Source};
use media_preflight::inspect;

/// 130 s at 60 frames a second in 512 MiB, the bytes between the heads being a hole.
const SAMPLES: u32 = 7800;
const SAMPLE_SIZE: u32 = 68_800;
/// The first sample, behind `ftyp` and the header of `mdat`.
const FIRST: u32 = 40;
/// What is read of each sample.
const HEAD: usize = 128;

fn heads(criterion: &mut Criterion) {
    let (file, moov) = film().expect("a temporary file can be written");
    let source = FileSource::new(file).expect("a file has a length");
    let looked = |facts: &Facts| {
        let video = facts.video_track()?.video.as_deref()?;
        video.longest_gop.value().map(|gop| gop.frames)
    };
    assert_eq!(looked(&inspect(&source, Limits::default()).expect("the file can be read")), Some(120));

    let mut group = criterion.benchmark_group("7800 samples in 512 MiB");
    group.throughput(Throughput::Elements(u64::from(SAMPLES)));
    group.bench_function("facts", |bencher| {
        bencher.iter(|| inspect(black_box(&source), Limits::default()).expect("the file can be read"));
    });
    group.bench_function("reads alone", |bencher| {
        let mut head = [0; HEAD];
        let mut tables = vec![0; moov.len()];
        bencher.iter(|| {
            source.read_at(end(), &mut tables).expect("the file can be read");
            for sample in 0..SAMPLES {
                source.read_at(u64::from(FIRST + sample * SAMPLE_SIZE), &mut head).expect("the file can be read");
                black_box(&head);
            }
        });
    });
    group.finish();
}

/// Offset of `moov`, behind all samples.
fn end() -> u64 {
    u64::from(FIRST) + u64::from(SAMPLES) * u64::from(SAMPLE_SIZE)
}

/// The film, and its `moov`.
fn film() -> io::Result<(File, Vec<u8>)> {
    let units = units(include_bytes!("../tests/fixtures/h264/open-gop.264"));
    let first = |kind: u8| units.iter().find(|unit| unit[0] & 0x1f == kind).expect("the stream has all kinds");
    let mut file = tempfile::tempfile()?;
    file.write_all(b"\0\0\0\x18ftypisom\0\0\x02\0isomavc1")?;
    file.write_all(&[&1_u32.to_be_bytes()[..], b"mdat", &(end() - 24).to_be_bytes()].concat())?;
    for sample in 0..SAMPLES {
        file.seek(SeekFrom::Start(u64::from(FIRST + sample * SAMPLE_SIZE)))?;
        let slice = first(if sample % 120 == 0 { 5 } else { 1 });
        file.write_all(&(SAMPLE_SIZE - 4).to_be_bytes())?;
        file.write_all(slice.get(..HEAD - 4).unwrap_or(slice))?;
    }
    file.seek(SeekFrom::Start(end()))?;
    let moov = moov(first(7), first(8));
    file.write_all(&moov)?;
    Ok((file, moov))
}

fn moov(sps: &[u8], pps: &[u8]) -> Vec<u8> {
    let set = |set: &[u8]| [&u16::try_from(set.len()).expect("a set is short").to_be_bytes()[..], set].concat();
    let record = [&[1, sps[1], sps[2], sps[3], 0xff, 0xe1][..], &set(sps), &[1], &set(pps)].concat();
    let size = [&64_u16.to_be_bytes()[..], &48_u16.to_be_bytes()].concat();
    let entry = [&[0; 6][..], &[0, 1], &[0; 16], &size, &[0; 50], &boxed(*b"avcC", &[&record])].concat();
    let matrix: Vec<u8> = words(&[0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000]);
    let sync: Vec<u32> = (0..SAMPLES).step_by(120).map(|sample| sample + 1).collect();
    let syncs = u32::try_from(sync.len()).expect("few");
    let tables = [
        boxed(*b"stsd", &[&words(&[0, 1]), &boxed(*b"avc1", &[&entry])]),
        boxed(*b"stts", &[&words(&[0, 1, SAMPLES, 1])]),
        boxed(*b"stsc", &[&words(&[0, 1, 1, SAMPLES, 1])]),
        // A size for each, as encoders have it.
        boxed(*b"stsz", &[&words(&[0, 0, SAMPLES]), &words(&vec![SAMPLE_SIZE; SAMPLES as usize])]),
        boxed(*b"stco", &[&words(&[0, 1, FIRST])]),
        boxed(*b"stss", &[&words(&[0, syncs]), &words(&sync)]),
    ]
    .concat();
    let information = boxed(*b"minf", &[&boxed(*b"vmhd", &[&[0; 12]]), &boxed(*b"stbl", &[&tables])]);
    let handler = boxed(*b"hdlr", &[&[0; 8], b"vide", &[0; 13]]);
    let media = boxed(*b"mdhd", &[&words(&[0, 0, 0, 60, SAMPLES, 0x55c4_0000])]);
    let track =
        boxed(*b"tkhd", &[&words(&[7, 0, 0, 1, 0, 130_000, 0, 0, 0, 0]), &matrix, &words(&[64 << 16, 48 << 16])]);
    let movie = boxed(
        *b"mvhd",
        &[&words(&[0, 0, 0, 1000, 130_000, 0x10000, 0x100_0000, 0, 0]), &matrix, &[0; 24], &[0, 0, 0, 2]],
    );
    boxed(*b"moov", &[&movie, &boxed(*b"trak", &[&track, &boxed(*b"mdia", &[&media, &handler, &information])])])
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn boxed(kind: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let size = u32::try_from(8 + body.len()).expect("a box is short");
    [&size.to_be_bytes()[..], &kind, &body].concat()
}

/// The NAL units of a byte stream.
fn units(stream: &[u8]) -> Vec<&[u8]> {
    let starts: Vec<usize> = (0..stream.len()).filter(|&at| stream[at..].starts_with(&[0, 0, 1])).collect();
    let ends = starts.iter().skip(1).copied().chain([stream.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| stream[start + 3..end].strip_suffix(&[0]).unwrap_or(&stream[start + 3..end]))
        .collect()
}

criterion_group!(benches, heads);
criterion_main!(benches);
