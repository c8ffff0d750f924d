//! What is read of a file: headers and sample heads of a movie, chunk headers of an image, each byte of a GIF once.

#![allow(clippy::disallowed_methods, reason = "tests and benchmarks read files; the core does not")]

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use media_preflight::facts::Format;
use media_preflight::input::{Limits, Source, SourceError};
use media_preflight::{facts::Facts, inspect};

/// Memory that writes down which bytes were asked for.
struct Watched {
    bytes: Vec<u8>,
    reads: RefCell<Vec<(u64, u64)>>,
}

impl Source for Watched {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.reads.borrow_mut().push((offset, buffer.len() as u64));
        self.bytes.read_at(offset, buffer)
    }
}

/// The facts of a file, and the ranges that were asked for as offset and length.
fn read(path: &Path) -> (Facts, Vec<(u64, u64)>, Vec<u8>) {
    let source = Watched { bytes: fs::read(path).unwrap(), reads: RefCell::default() };
    let facts = inspect(&source, Limits::default()).unwrap();
    (facts, source.reads.into_inner(), source.bytes)
}

#[test]
fn a_movie_costs_its_boxes_and_the_heads_of_its_samples() {
    let mut movies = 0;
    for path in files() {
        let (facts, reads, bytes) = read(&path);
        let Some(movie) = &facts.movie else { continue };
        movies += 1;
        let pictures: u64 = movie
            .video_track()
            .filter(|track| track.codec.value().is_some_and(|codec| codec.name == "H.264"))
            .and_then(|track| track.samples.value().copied())
            .unwrap_or(0);
        // The first bytes tell the type; eight access units of each AAC track may be looked into for SBR.
        let sound: u64 = movie.audio_tracks().count() as u64 * 8 * 2048;
        let allowed = 64 + boxes(&bytes) + 4096 + 256 * pictures + sound;
        let requested: u64 = reads.iter().map(|(_, length)| length).sum();
        assert!(requested <= allowed, "{}: {requested} bytes asked for, {allowed} allowed", path.display());
    }
    assert!(movies > 10, "only {movies} movies were read");
}

#[test]
fn each_byte_of_a_gif_is_read_once() {
    for path in files() {
        let (facts, mut reads, bytes) = read(&path);
        if facts.format != Format::Gif {
            continue;
        }
        // In a damaged file, the last bytes tell whether what looks like damage is only junk in front of the trailer.
        let tail = if facts.anomalies.is_empty() { 0 } else { 64 };
        let requested: u64 = reads.iter().map(|(_, length)| length).sum();
        assert!(requested <= bytes.len() as u64 + tail, "{}", path.display());
        reads.sort_unstable();
        for pair in reads.windows(2) {
            let overlap = (pair[0].0 + pair[0].1).saturating_sub(pair[1].0);
            assert!(overlap <= tail, "{}: {:?} and {:?} overlap", path.display(), pair[0], pair[1]);
        }
    }
}

#[test]
fn an_image_costs_its_headers() {
    let mut large = 0;
    for path in files() {
        let (facts, reads, bytes) = read(&path);
        if !matches!(facts.format, Format::Png | Format::Jpeg | Format::WebP) || bytes.len() < 200_000 {
            continue;
        }
        large += 1;
        let requested: u64 = reads.iter().map(|(_, length)| length).sum();
        assert!(requested <= bytes.len() as u64 / 4, "{}: {requested} of {} bytes", path.display(), bytes.len());
    }
    assert!(large > 0 || !corpus().is_dir(), "no image was large enough to tell");
}

/// Bytes of all top-level box headers, and of the boxes that are read whole.
fn boxes(bytes: &[u8]) -> u64 {
    let mut sum = 0;
    let mut offset = 0;
    while offset + 8 <= bytes.len() {
        let size = u64::from(u32::from_be_bytes(bytes[offset..offset + 4].try_into().unwrap()));
        let kind = &bytes[offset + 4..offset + 8];
        let (header, size) = match size {
            1 if offset + 16 <= bytes.len() => {
                (16, u64::from_be_bytes(bytes[offset + 8..offset + 16].try_into().unwrap()))
            }
            0 => (8, (bytes.len() - offset) as u64),
            size => (8, size),
        };
        let whole = [b"ftyp", b"styp", b"moov", b"moof", b"sidx", b"mfra"].iter().any(|name| kind == *name);
        sum += if whole { size.min((bytes.len() - offset) as u64) } else { header };
        let Some(next) = usize::try_from(size.max(8)).ok().and_then(|size| offset.checked_add(size)) else { break };
        offset = next;
    }
    sum
}

/// The samples, and the real files where they are present.
fn files() -> Vec<PathBuf> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut files = Vec::new();
    let mut folders = vec![samples, corpus()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            println!("skipped: {} is not present", folder.display());
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/real")
}
