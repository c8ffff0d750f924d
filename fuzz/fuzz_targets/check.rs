//! Any bytes get a report: no panic, no read past the end, reads bounded, and the report survives being written and read.

#![no_main]

use std::cell::Cell;

use libfuzzer_sys::fuzz_target;
use media_preflight::input::{Source, SourceError};
use media_preflight::{Checker, FileReport, Profile, Request, Verdict};

/// Memory that counts what is asked of it and fails for a read past its end.
struct Watched<'a> {
    bytes: &'a [u8],
    requested: Cell<u64>,
}

impl Source for Watched<'_> {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.requested.set(self.requested.get() + buffer.len() as u64);
        self.bytes.read_at(offset, buffer)
    }
}

fuzz_target!(|bytes: &[u8]| {
    let source = Watched { bytes, requested: Cell::new(0) };
    let checker = Checker::new(Profile::default());
    let report = checker.check(&source, &Request::default()).expect("no read passes the end");
    let bound = 4 * source.len() + 4096;
    assert!(source.requested.get() <= bound, "{} bytes asked of {}", source.requested.get(), source.len());
    match report.verdict {
        Verdict::Fail => assert!(!report.findings.is_empty()),
        Verdict::Undecided => assert!(!report.undecided.is_empty()),
        Verdict::Pass => assert!(report.media_type.is_some()),
    }
    let text = serde_json::to_string(&report).expect("a report can be written");
    let read: FileReport = serde_json::from_str(&text).expect("a report can be read");
    assert_eq!(serde_json::to_string(&read).expect("a report can be written"), text);
});
