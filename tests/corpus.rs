//! Real files that nobody here wrote, used by path where they are present: no error, no panic, cut anywhere or not.

#![allow(clippy::disallowed_methods, reason = "tests and benchmarks read files; the core does not")]

use std::fs;
use std::path::{Path, PathBuf};

use media_preflight::{Checker, Profile, Request, Verdict};

#[test]
fn every_real_file_gets_a_report() {
    let checker = Checker::new(Profile::default());
    for path in corpus() {
        let bytes = fs::read(&path).unwrap();
        let name = path.to_string_lossy();
        let request = Request { name: Some(&name), ..Request::default() };
        let report = checker.check(&bytes, &request).unwrap();
        assert_eq!(report.size, bytes.len() as u64, "{name}");
        if report.verdict == Verdict::Fail {
            assert!(!report.findings.is_empty(), "{name} fails without a finding");
        }
        if report.verdict == Verdict::Undecided {
            assert!(!report.undecided.is_empty(), "{name} is undecided without a reason");
        }
    }
}

#[test]
fn a_real_file_cut_anywhere_gets_a_report() {
    let checker = Checker::new(Profile::default());
    for path in corpus() {
        let bytes = fs::read(&path).unwrap();
        // Every length near the start, where headers stand, then ever wider steps.
        let mut length = 0;
        while length < bytes.len() {
            let prefix = &bytes[..length];
            let report = checker.check(&prefix, &Request::default()).unwrap();
            let whole_video = report.facts.movie.is_some() && report.verdict == Verdict::Pass;
            assert!(!whole_video, "{} cut to {length} bytes passes", path.display());
            length += 1 + length / 24;
        }
    }
}

#[test]
fn a_real_file_with_flipped_bits_gets_a_report() {
    let checker = Checker::new(Profile::default());
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        // xorshift64*: the same damage at every run.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    };
    for path in corpus() {
        let original = fs::read(&path).unwrap();
        let reach = original.len().min(1 << 16) as u64;
        if reach == 0 {
            continue;
        }
        for _ in 0..12 {
            let mut bytes = original.clone();
            for _ in 0..=random() % 6 {
                let index = usize::try_from(random() % reach).unwrap();
                bytes[index] = random().to_le_bytes()[0];
            }
            checker.check(&bytes, &Request::default()).unwrap();
        }
    }
}

/// The files, or none, with a word of it, where the corpus is not present.
fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/real");
    if !root.is_dir() {
        println!("skipped: corpus not present");
        return Vec::new();
    }
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    assert!(files.len() > 500, "the corpus is not whole: {} files", files.len());
    files
}
