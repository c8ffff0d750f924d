//! The library on samples in memory: facts alone, and facts with all rules.
//!
//! `cargo bench --bench check`

#![allow(clippy::disallowed_methods, reason = "tests and benchmarks read files; the core does not")]

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use media_preflight::input::Limits;
use media_preflight::{Checker, Profile, Request, inspect};

/// One passing file of each format; the first is the MP4 that the goal of 10 us speaks of.
const SAMPLES: &[&str] = &[
    "video-fragmented.mp4",
    "video-turned.mov",
    "video.mp4",
    "gif-animated.gif",
    "photo.jpg",
    "picture.png",
    "sticker.webp",
    "captions.srt",
];

fn samples(criterion: &mut Criterion) {
    let checker = Checker::new(Profile::default());
    for name in SAMPLES {
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)).expect("a sample");
        let mut group = criterion.benchmark_group(*name);
        group.bench_function("facts", |bencher| {
            bencher.iter(|| inspect(black_box(&bytes), Limits::default()).expect("memory can be read"));
        });
        group.bench_function("facts and rules", |bencher| {
            bencher.iter(|| checker.check(black_box(&bytes), &Request::default()).expect("memory can be read"));
        });
        group.finish();
    }
}

criterion_group!(benches, samples);
criterion_main!(benches);
