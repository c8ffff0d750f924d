//! One thread at work: opens, reads and judges one file after the other, or knows it from an earlier scan.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use crate::finding::{FileReport, Verdict};
use crate::report::{FileEntry, Needs, Unreadable, written};

use super::alt_text::alt_text_beside;
use super::block::{Block, BlockBuilder};
use super::cache::Cache;
use super::guard::guarded;
use super::kept::Pieces;
use super::media::{is_media, is_named_media};
use super::pool::{Scan, Scanned, Skip, Wanted};
use super::record::{Outline, Record};
use super::ruling::Ruling;
use super::source::{Opened, SHORT, Stamp, reason};
use super::store::Portion;
use super::walk::{Found, plain};

/// What is looked at next.
pub(super) struct Task {
    /// What was found.
    pub(super) found: Found,
    /// Whether an alternative text may be beside the file.
    pub(super) may_have_alt_text: bool,
}

/// What a thread keeps from one file to the next.
struct Scratch {
    head: Vec<u8>,
    key: Vec<u8>,
    folder: Option<PathBuf>,
    pieces: Pieces,
    /// Reports to remember.
    builder: BlockBuilder,
    /// The last block that was read.
    block: Block,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch {
        head: vec![0; SHORT],
        key: Vec::new(),
        folder: std::env::current_dir().ok(),
        pieces: Pieces::default(),
        builder: BlockBuilder::default(),
        block: Block::default(),
    });
}

/// A thread at work on a batch.
pub(super) struct Work<'a> {
    scan: &'a Scan<'a>,
    scratch: &'a mut Scratch,
    /// Files that were opened.
    pub(super) opened: u64,
    /// What is to be remembered of the files so far.
    portion: Portion,
}

/// A file that was read.
struct Read {
    /// Absent where it is no media and not to be reported.
    report: Option<FileReport>,
    is_media: bool,
    stamp: Stamp,
    /// Whether the stamp tells every later change.
    is_settled: bool,
}

impl Work<'_> {
    /// Does some work for a scan, with what this thread keeps.
    pub(super) fn with<R>(scan: &Scan<'_>, work: impl FnOnce(&mut Work<'_>) -> R) -> R {
        SCRATCH.with_borrow_mut(|scratch| work(&mut Work { scan, scratch, opened: 0, portion: Portion::default() }))
    }
}

impl Work<'_> {
    /// The answer about what was found, and the bytes of the file.
    pub(super) fn found(&mut self, task: Task) -> (Scanned, u64) {
        match task.found {
            Found::File { path, explicit } => {
                self.file(&path, explicit || self.scan.options.all_files, task.may_have_alt_text)
            }
            Found::Special { path, kind } => (self.special(&path, kind), 0),
            Found::Loop { path, ancestor } => {
                let what = format!("a link back to {}", written(&ancestor));
                (Scanned::Skipped(Skip::Special { path: written(&path).into_owned(), what }), 0)
            }
            Found::Unheeded(why) => (Scanned::Unheeded(why), 0),
            Found::Trouble { path, error } => (unreadable(&path, error), 0),
        }
    }

    /// What is not opened: told as unreadable where a file was expected, otherwise left alone.
    fn special(&self, path: &Path, kind: &'static str) -> Scanned {
        let is_link = kind == "a symbolic link";
        if !is_link && (self.scan.options.all_files || is_named_media(path)) {
            return unreadable(path, format!("{kind}, not a regular file"));
        }
        Scanned::Skipped(if is_link {
            Skip::Link
        } else {
            Skip::Special { path: written(path).into_owned(), what: kind.to_owned() }
        })
    }

    /// The answer about a file; `every` where it is reported even if it is no media.
    pub(super) fn file(&mut self, path: &Path, every: bool, may_have_alt_text: bool) -> (Scanned, u64) {
        let ruling = self.scan.rulings.of(path);
        if let Some(cache) = self.scan.cache {
            self.scratch.set_key(path);
            if let Some(known) = self.known(cache, path, ruling, every, may_have_alt_text) {
                return known;
            }
        }
        self.opened += 1;
        match self.read(path, ruling, every) {
            Ok(Read { mut report, is_media, stamp, is_settled }) => {
                if is_settled {
                    self.remember(ruling, stamp, is_media, report.as_mut());
                }
                let judged = report
                    .map(|report| if may_have_alt_text { with_alt_text(report, path, ruling) } else { Ok(report) });
                match judged {
                    None => (Scanned::Skipped(Skip::NoMedia), stamp.size),
                    Some(Ok(report)) => (self.answer_of(report), stamp.size),
                    Some(Err(error)) => (unreadable(path, error), 0),
                }
            }
            Err(error) => (unreadable(path, error), 0),
        }
    }

    /// The answer, where an earlier scan knows it and the file is as it was.
    fn known(
        &mut self,
        cache: &Cache,
        path: &Path,
        ruling: &Ruling,
        every: bool,
        may_have_alt_text: bool,
    ) -> Option<(Scanned, u64)> {
        let record = cache.record(&self.scratch.key)?;
        let lacks = every && record.outline.is_none() || ruling.checker().draws() && !record.is_drawn;
        if record.facts_key != ruling.facts_key() || lacks {
            return None;
        }
        // A link that is followed is its target, as when it is opened.
        let metadata = fs::metadata(path).ok()?;
        if !metadata.is_file() || Stamp::of(&metadata) != record.stamp {
            return None;
        }
        let size = record.stamp.size;
        let outline = match record.outline {
            Some(outline) if every || record.is_media => outline,
            _ => return Some((Scanned::Skipped(Skip::NoMedia), size)),
        };
        let alt_text = if may_have_alt_text { alt_text_beside(path) } else { Ok(None) };
        let alt_text = match alt_text {
            Ok(alt_text) => alt_text,
            Err(error) => return Some((unreadable(path, error), 0)),
        };
        let is_current = record.verdict_key == ruling.verdict_key();
        if is_current && alt_text.is_none() && !self.wants(outline) {
            return Some((Scanned::Counted(outline), size));
        }
        cache.load(&mut self.scratch.block, &record)?;
        let name = written(path);
        if is_current && alt_text.is_none() {
            let needs = self.scan.options.needs;
            let kept = self.scratch.block.kept(record.slot, needs != Needs::Findings)?;
            let scanned = match needs {
                Needs::Json => Scanned::Json(kept.json(&name)?, outline),
                Needs::Findings => entry(kept.findings(name.into_owned())?),
                Needs::Facts => entry(kept.report(name.into_owned())?),
            };
            return Some((scanned, size));
        }
        let mut report = self.scratch.block.kept(record.slot, true)?.report(String::new())?;
        if !is_current {
            report = ruling.judge_again(report, &name, None);
            self.remember(ruling, record.stamp, record.is_media, Some(&mut report));
        }
        // What is remembered is the verdict without the text, which changes without the file.
        if alt_text.is_some() {
            report = ruling.judge_again(report, &name, alt_text.as_deref());
        }
        report.path = Some(name.into_owned());
        Some((self.answer_of(report), size))
    }

    /// The answer, without a report that nobody wants: it is freed where it was made.
    fn answer_of(&self, report: FileReport) -> Scanned {
        let outline = Outline::of(&report);
        if !self.wants(outline) {
            return Scanned::Counted(outline);
        }
        match self.scan.options.needs {
            // On the threads of the pool, so that whoever takes the answers has only to copy.
            Needs::Json => {
                serde_json::to_vec(&report).map_or_else(|_| entry(report), |json| Scanned::Json(json, outline))
            }
            Needs::Findings | Needs::Facts => entry(report),
        }
    }

    fn wants(&self, outline: Outline) -> bool {
        match self.scan.options.wanted {
            Wanted::All => true,
            Wanted::Remarked => {
                outline.verdict != Verdict::Pass || outline.errors + outline.warnings + outline.undecided > 0
            }
        }
    }

    fn remember(&mut self, ruling: &Ruling, stamp: Stamp, is_media: bool, report: Option<&mut FileReport>) {
        if self.scan.cache.is_none() {
            return;
        }
        let outline = report.as_deref().map(Outline::of);
        let draws = ruling.checker().draws();
        let is_drawn = draws || report.as_deref().is_none_or(|report| report.facts.movie.is_none());
        let slot = match report {
            None => Some(0),
            Some(report) => {
                self.scratch.pieces.take(report, draws).and_then(|()| self.scratch.builder.add(&self.scratch.pieces))
            }
        };
        // A report that is too long to keep is read again the next time.
        let Some(slot) = slot else { return };
        let (facts_key, verdict_key) = (ruling.facts_key(), ruling.verdict_key());
        let record = Record { stamp, facts_key, verdict_key, is_media, is_drawn, outline, block: 0, slot };
        self.portion.records.push((self.scratch.key.as_slice().into(), record));
        if self.scratch.builder.is_full() {
            self.hand_on();
        }
    }

    /// Hands on to the cache what is to be remembered.
    pub(super) fn hand_on(&mut self) {
        self.portion.block = self.scratch.builder.finish();
        let portion = std::mem::take(&mut self.portion);
        if let Some(cache) = self.scan.cache {
            cache.remember(portion);
        }
    }

    /// Opens, reads and judges a file. Errors: why it could not be read, in one sentence.
    fn read(&mut self, path: &Path, ruling: &Ruling, every: bool) -> Result<Read, String> {
        let source = Opened::open(path, &mut self.scratch.head).map_err(|error| plain(&error))?;
        read_opened(&source, path, ruling, every)
    }
}

impl Scratch {
    /// The key of a file in the cache: its path from the root.
    fn set_key(&mut self, path: &Path) {
        self.key.clear();
        if path.is_relative()
            && let Some(folder) = &self.folder
        {
            self.key.extend_from_slice(folder.as_os_str().as_encoded_bytes());
            self.key.push(b'/');
        }
        let path = path.strip_prefix(".").unwrap_or(path);
        self.key.extend_from_slice(path.as_os_str().as_encoded_bytes());
    }
}

/// Reads and judges an open file. Errors: why it could not be read, in one sentence.
fn read_opened(source: &Opened<'_>, path: &Path, ruling: &Ruling, every: bool) -> Result<Read, String> {
    let name = written(path);
    // A fault of the program in one file costs the answer about that file, not the scan.
    let report = guarded(|| ruling.check(source, &name))
        .map_err(|message| format!("an error of this program, please report it: {message}"))?
        .map_err(|error| reason(&error))?;
    if let Some(now) = source.changed() {
        return Err(changed(source.stamp, now));
    }
    let is_media = is_media(report.facts.format) || is_named_media(path);
    let report = (every || is_media).then_some(report);
    Ok(Read { report, is_media, stamp: source.stamp, is_settled: source.is_settled() })
}

/// The report, judged with the alternative text beside the file if there is one. Errors: why that cannot be read.
fn with_alt_text(report: FileReport, path: &Path, ruling: &Ruling) -> Result<FileReport, String> {
    Ok(match alt_text_beside(path)? {
        Some(text) => ruling.judge_again(report, &written(path), Some(&text)),
        None => report,
    })
}

fn entry(report: FileReport) -> Scanned {
    Scanned::Entry(FileEntry::Report(Box::new(report)))
}

pub(super) fn unreadable(path: &Path, error: String) -> Scanned {
    Scanned::Entry(FileEntry::Unreadable(Unreadable { path: written(path).into_owned(), error }))
}

fn changed(then: Stamp, now: Stamp) -> String {
    if then.size == now.size {
        "it was written to while it was read".to_owned()
    } else {
        format!("it changed while it was read, from {} to {} bytes", then.size, now.size)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::num::NonZeroUsize;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::check::Checker;
    use crate::profile::Profile;
    use crate::scan::{Rulings, ScanOptions, WalkOptions};

    fn ruling() -> Ruling {
        Ruling::new(Checker::new(Profile::default()), None, "1.0")
    }

    /// Takes a file away between the walk and the reading.
    struct Vanishing(Ruling);

    impl Rulings for Vanishing {
        fn of(&self, path: &Path) -> &Ruling {
            if path.ends_with("b.gif") {
                fs::remove_file(path).unwrap();
            }
            &self.0
        }
    }

    #[test]
    fn a_file_that_is_gone_meanwhile_is_told_and_the_rest_is_checked() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.gif", "b.gif", "c.gif"] {
            fs::write(folder.path().join(name), b"GIF89a\x01\0\x01\0\0\0\0;").unwrap();
        }
        let options = ScanOptions {
            walk: WalkOptions::default(),
            jobs: NonZeroUsize::MIN,
            all_files: false,
            wanted: Wanted::All,
            needs: Needs::Facts,
        };
        let rulings = Vanishing(ruling());
        let scan = Scan { options: &options, rulings: &rulings, cache: None, stop: &AtomicBool::new(false) };
        let mut errors = Vec::new();
        let totals = scan.run(&[folder.path().to_owned()], |scanned, _| {
            let Scanned::Entry(entry) = scanned else { panic!("{scanned:?}") };
            errors.push(match entry {
                FileEntry::Report(_) => None,
                FileEntry::Unreadable(unreadable) => Some(unreadable.error),
            });
            Ok::<_, crate::scan::ScanError>(())
        });
        assert_eq!(errors, [None, Some("No such file or directory".to_owned()), None]);
        assert_eq!(totals.unwrap().summary.unreadable, 1);
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gif");
        fs::write(&path, vec![0; SHORT]).unwrap();
        let mut buffer = vec![0; SHORT];
        let source = Opened::open(&path, &mut buffer).unwrap();
        assert!(read_opened(&source, &path, &ruling(), true).is_ok());
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
        let error = read_opened(&source, &path, &ruling(), true).err();
        assert_eq!(error.as_deref(), Some("it changed while it was read, from 65536 to 65540 bytes"));
    }
}
