//! What is added to the answers of a run where it is asked for: what is known of an earlier report, hashes, the matrix.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use media_preflight::baseline::Baseline;
use media_preflight::finding::{KnownCounts, Summary, Verdict};
use media_preflight::report::{FileEntry, PostReport, read_back};
use media_preflight::scan::whole_from;
use media_preflight::{Checker, Request};
use sha2::{Digest, Sha256};

use super::args::ExtraArgs;
use super::failure::{Failure, Usage};

/// What is added to the answers of a run.
#[derive(Debug)]
pub(crate) struct Extras {
    baseline: Option<Baseline>,
    by_hash: bool,
    hash_failing: bool,
    matrix: bool,
    here: PathBuf,
    known: KnownCounts,
}

impl Extras {
    /// Reads the baseline, where there is one.
    pub(crate) fn open(args: &ExtraArgs) -> Result<Self, Failure> {
        let here = fs::canonicalize(".").unwrap_or_default();
        let baseline = match &args.baseline {
            None => None,
            Some(path) => {
                let text = fs::read(path).map_err(|cause| Failure::Read { path: path.clone(), cause })?;
                let baseline = Baseline::read(&text, |path| compared(path, &here));
                Some(baseline.map_err(|error| Usage::Baseline { path: path.clone(), why: error.to_string() })?)
            }
        };
        Ok(Self {
            baseline,
            by_hash: args.baseline_by_hash,
            hash_failing: args.hash_failing,
            matrix: args.matrix,
            here,
            known: KnownCounts::default(),
        })
    }

    /// Adds to the answer about one file what is asked for.
    pub(crate) fn add(&mut self, entry: &mut FileEntry, checker: &Checker, request: &Request<'_>) {
        let FileEntry::Report(report) = entry else { return };
        let path = report.path.clone().unwrap_or_default();
        let compared = compared(&path, &self.here);
        let is_moved = self.by_hash && self.baseline.as_ref().is_some_and(|known| known.wants_hash(&compared, report));
        if path != "-" && (is_moved || self.hash_failing && report.verdict != Verdict::Pass) {
            // A file that is gone meanwhile is known by its path alone.
            report.sha256 = sha256(Path::new(&read_back(&path))).ok();
        }
        if let Some(baseline) = &self.baseline {
            self.known = self.known.merged(baseline.mark(&compared, report));
        }
        if self.matrix {
            report.matrix = checker.matrix(&report.facts, &Request { name: Some(&path), ..*request });
        }
    }

    /// Adds to the answer about a post what is asked for.
    pub(crate) fn add_post(&mut self, post: &mut PostReport) {
        if let Some(baseline) = &self.baseline {
            self.known = self.known.merged(baseline.mark_post(&mut post.findings));
        }
    }

    /// Adds to the sum what is known of it.
    pub(crate) fn sum(&self, summary: &mut Summary) {
        summary.baseline = self.baseline.is_some().then_some(self.known);
    }

    /// Whether the report of every file is needed.
    pub(crate) const fn need_all(&self) -> bool {
        self.baseline.is_some() || self.matrix || self.hash_failing
    }
}

/// A path as it is compared: without `.` and `..`, from the current folder where it is below, otherwise whole.
fn compared(path: &str, here: &Path) -> String {
    let whole = whole_from(here, Path::new(path));
    whole.strip_prefix(here).unwrap_or(&whole).to_string_lossy().replace('\\', "/")
}

/// The SHA-256 of a file, in hexadecimal: what `sha256sum` prints, so that anyone can check it.
pub(crate) fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => digest.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(digest.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string never fails.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_from_the_current_folder() {
        for (path, wanted) in [
            ("a.gif", "a.gif"),
            ("./a.gif", "a.gif"),
            ("/media/x/./a.gif", "x/a.gif"),
            ("/other/a.gif", "/other/a.gif"),
            ("x/../a.gif", "a.gif"),
            ("../media/a.gif", "a.gif"),
            ("../../../media/x/a.gif", "x/a.gif"),
            ("../other/a.gif", "/other/a.gif"),
        ] {
            assert_eq!(compared(path, Path::new("/media")), wanted, "{path}");
        }
    }
}
