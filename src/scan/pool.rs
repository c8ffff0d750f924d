//! Checks what a walk finds on several threads, and hands on the answers in the order of the walk.
//!
//! The calling thread walks and hands on; the threads of the pool open, read and judge, a batch of files at a time. Between
//! them are only channels. At most a window of batches is under way or waits for an earlier one, so that the memory of a
//! scan does not grow with the library.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};

use crate::check::Checker;
use crate::finding::{FileReport, Summary, Verdict};
use crate::report::{FileEntry, Unreadable, written};

use super::alt_text::{AltTextFolders, alt_text_beside};
use super::cache::{Cache, Entry};
use super::guard::guarded;
use super::media::{is_media, is_named_media};
use super::record::{Outline, Record};
use super::ruling::{Ruling, Rulings};
use super::source::{Opened, SHORT, Stamp, reason};
use super::walk::{Found, Walk, WalkOptions, plain};

/// How a library is scanned.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// Which entries of directories are looked at.
    pub walk: WalkOptions,
    /// Threads that check files.
    pub jobs: NonZeroUsize,
    /// Report every file, not only media.
    pub all_files: bool,
    /// Which reports are needed; the other files are only counted.
    pub wanted: Wanted,
}

/// Which reports whoever takes the answers needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Those of all files.
    All,
    /// Those of files that do not pass, or have a finding, or a rule that could not be decided.
    Remarked,
}

/// The answer about one thing that was found.
#[derive(Debug)]
pub enum Scanned {
    /// The file was checked or known from an earlier scan, or could not be read.
    Entry(FileEntry),
    /// The file was checked or known, and nobody wants its report.
    Counted(Outline),
    /// It was left alone.
    Skipped(Skip),
}

/// Why something was left alone.
#[derive(Debug)]
pub enum Skip {
    /// A file that is no media, by name and content.
    NoMedia,
    /// A symbolic link; links are not followed.
    Link,
    /// Neither a file nor a directory, or a loop of links: where it is, and what it is.
    Special {
        /// The path, as in a report.
        path: String,
        /// What it is.
        what: String,
    },
}

/// What a scan did, besides its answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Counts over the answers.
    pub summary: Summary,
    /// Files that were opened.
    pub opened: u64,
    /// Bytes of the files that were answered for.
    pub bytes: u64,
}

/// Why a scan could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A glob could not be read.
    #[error("{0}")]
    Glob(#[from] ignore::Error),
    /// The threads could not be started.
    #[error("the threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// A scan that is ready to run.
#[derive(Clone, Copy)]
pub struct Scan<'a> {
    /// How the library is scanned.
    pub options: &'a ScanOptions,
    /// By what each file is judged.
    pub rulings: &'a dyn Rulings,
    /// What earlier scans read.
    pub cache: Option<&'a Cache>,
    /// Once it is set, the files under way are finished and no more are begun.
    pub stop: &'a AtomicBool,
}

impl Scan<'_> {
    /// Scans `paths`; `answer` takes each answer, in order, with the totals up to it.
    ///
    /// Errors: those of `answer`, which end the scan, and [`ScanError`]. What cannot be read is an answer.
    pub fn run<E: From<ScanError>>(
        &self,
        paths: &[PathBuf],
        mut answer: impl FnMut(Scanned, &Totals) -> Result<(), E>,
    ) -> Result<Totals, E> {
        let mut folders = AltTextFolders::default();
        let mut walk = Walk::new(paths, &self.options.walk).map_err(ScanError::Glob)?.map(|found| {
            let may_have_alt_text = match &found {
                Found::File { path, explicit: false } => folders.may_hold_one_for(path),
                _ => true,
            };
            Task { found, may_have_alt_text }
        });
        let jobs = self.options.jobs.get().min(MOST_THREADS);
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(jobs)
            .thread_name(|number| format!("check-{number}"))
            .build()
            .map_err(ScanError::Threads)?;
        let window = window(jobs);
        let mut totals = Totals::default();
        // Set once nobody takes the answers any more: the batches that wait are dropped.
        let abandoned = &AtomicBool::new(false);
        let result = pool.in_place_scope(|scope| {
            let (sender, receiver) = channel();
            let (mut begun, mut answered) = (0_u64, 0_u64);
            let mut waiting = BTreeMap::new();
            let mut more = true;
            loop {
                while more && begun - answered < window {
                    if self.stopped() {
                        totals.summary.interrupted = true;
                        break;
                    }
                    let batch: Vec<Task> = walk.by_ref().take(BATCH).collect();
                    more = batch.len() == BATCH;
                    if !batch.is_empty() {
                        let (number, sender) = (begun, Sender::clone(&sender));
                        // A receiver that is gone wants no more answers.
                        scope.spawn(move |_| {
                            if abandoned.load(Ordering::Relaxed) {
                                return;
                            }
                            let done = guarded(|| self.check_all(batch)).unwrap_or_else(Done::lost);
                            let _ = sender.send((number, done));
                        });
                        begun += 1;
                    }
                }
                if answered == begun {
                    return Ok(());
                }
                // The sender that is held here keeps the channel open.
                let Ok((number, done)) = receiver.recv() else { return Ok(()) };
                waiting.insert(number, done);
                while let Some(Done { answers, opened, is_whole }) = waiting.remove(&answered) {
                    answered += 1;
                    totals.summary.interrupted |= !is_whole;
                    totals.opened += opened;
                    for (scanned, bytes) in answers {
                        totals.bytes += bytes;
                        count(&scanned, &mut totals.summary);
                        answer(scanned, &totals).inspect_err(|_| abandoned.store(true, Ordering::Relaxed))?;
                    }
                }
            }
        });
        result.map(|()| totals)
    }

    /// Checks one file as a scan does that comes upon it, on the calling thread; the cache is left alone.
    #[cfg(feature = "watch")]
    pub(crate) fn one(&self, path: &Path) -> Scanned {
        let scan = Scan { cache: None, ..*self };
        SCRATCH.with_borrow_mut(|scratch| {
            let mut work = Work { scan: &scan, scratch, opened: 0, entries: Vec::new() };
            work.file(path, self.options.all_files, true).0
        })
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Checks a batch, or as much of it as is begun before the scan is stopped.
    fn check_all(&self, batch: Vec<Task>) -> Done {
        SCRATCH.with_borrow_mut(|scratch| {
            let mut work = Work { scan: self, scratch, opened: 0, entries: Vec::new() };
            let expected = batch.len();
            let answers: Vec<_> =
                batch.into_iter().take_while(|_| !self.stopped()).map(|task| work.found(task)).collect();
            let Work { opened, entries, .. } = work;
            if let Some(cache) = self.cache {
                cache.remember(entries);
            }
            Done { is_whole: answers.len() == expected, answers, opened }
        })
    }
}

impl std::fmt::Debug for Scan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scan").field("options", self.options).finish_non_exhaustive()
    }
}

/// What is looked at next.
struct Task {
    found: Found,
    /// Whether an alternative text may be beside the file.
    may_have_alt_text: bool,
}

/// A batch that was checked.
struct Done {
    /// Each answer with the bytes of its file.
    answers: Vec<(Scanned, u64)>,
    /// Files that were opened.
    opened: u64,
    /// Whether no file was left out because the scan was stopped.
    is_whole: bool,
}

impl Done {
    /// A batch that was lost to a fault of this program.
    #[expect(clippy::needless_pass_by_value, reason = "as the message of a panic comes")]
    fn lost(message: String) -> Self {
        let error = format!("some files were left out by an error of this program, please report it: {message}");
        Self { answers: vec![(unreadable(Path::new("."), error), 0)], opened: 0, is_whole: true }
    }
}

/// What a thread keeps from one file to the next.
struct Scratch {
    head: Vec<u8>,
    key: Vec<u8>,
    json: Vec<u8>,
    folder: Option<PathBuf>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch {
        head: vec![0; SHORT],
        key: Vec::new(),
        json: Vec::new(),
        folder: std::env::current_dir().ok(),
    });
}

/// A thread at work on a batch.
struct Work<'a> {
    scan: &'a Scan<'a>,
    scratch: &'a mut Scratch,
    opened: u64,
    entries: Vec<Entry>,
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
    fn found(&mut self, task: Task) -> (Scanned, u64) {
        match task.found {
            Found::File { path, explicit } => {
                self.file(&path, explicit || self.scan.options.all_files, task.may_have_alt_text)
            }
            Found::Special { path, kind } => (self.special(&path, kind), 0),
            Found::Loop { path, ancestor } => {
                let what = format!("a link back to {}", written(&ancestor));
                (Scanned::Skipped(Skip::Special { path: written(&path).into_owned(), what }), 0)
            }
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
    fn file(&mut self, path: &Path, every: bool, may_have_alt_text: bool) -> (Scanned, u64) {
        let ruling = self.scan.rulings.of(path);
        if let Some(cache) = self.scan.cache {
            self.scratch.set_key(path);
            if let Some(known) = self.known(cache, path, ruling, every, may_have_alt_text) {
                return known;
            }
        }
        self.opened += 1;
        match self.read(path, ruling, every) {
            Ok(Read { report, is_media, stamp, is_settled }) => {
                if is_settled {
                    self.remember(ruling, stamp, is_media, report.as_ref());
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
        if record.facts_key != ruling.facts_key() || (every && record.outline.is_none()) {
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
        let mut report = cache.report(&self.scratch.key, &record)?;
        let name = written(path);
        if !is_current {
            report = ruling.judge_again(report, &name, None);
            self.remember(ruling, record.stamp, record.is_media, Some(&report));
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
        if self.wants(outline) {
            Scanned::Entry(FileEntry::Report(Box::new(report)))
        } else {
            Scanned::Counted(outline)
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

    fn remember(&mut self, ruling: &Ruling, stamp: Stamp, is_media: bool, report: Option<&FileReport>) {
        if self.scan.cache.is_none() {
            return;
        }
        let record = Record {
            stamp,
            facts_key: ruling.facts_key(),
            verdict_key: ruling.verdict_key(),
            is_media,
            outline: report.map(Outline::of),
            body_crc: 0,
        };
        self.entries.extend(Entry::new(&self.scratch.key, record, report, &mut self.scratch.json));
    }

    /// Opens, reads and judges a file. Errors: why it could not be read, in one sentence.
    fn read(&mut self, path: &Path, ruling: &Ruling, every: bool) -> Result<Read, String> {
        let source = Opened::open(path, &mut self.scratch.head).map_err(|error| plain(&error))?;
        let name = written(path);
        let checker: &Checker = ruling.checker();
        // A fault of the program in one file costs the answer about that file, not the scan.
        let report = guarded(|| checker.check(&source, &ruling.request(&name)))
            .map_err(|message| format!("an error of this program, please report it: {message}"))?
            .map_err(|error| reason(&error))?;
        if let Some(now) = source.changed() {
            return Err(changed(source.stamp, now));
        }
        let is_media = is_media(report.facts.format) || is_named_media(path);
        let report = (every || is_media).then_some(report);
        Ok(Read { report, is_media, stamp: source.stamp, is_settled: source.is_settled() })
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

/// The report, judged with the alternative text beside the file if there is one. Errors: why that cannot be read.
fn with_alt_text(report: FileReport, path: &Path, ruling: &Ruling) -> Result<FileReport, String> {
    Ok(match alt_text_beside(path)? {
        Some(text) => ruling.judge_again(report, &written(path), Some(&text)),
        None => report,
    })
}

fn unreadable(path: &Path, error: String) -> Scanned {
    Scanned::Entry(FileEntry::Unreadable(Unreadable { path: written(path).into_owned(), error }))
}

fn changed(then: Stamp, now: Stamp) -> String {
    if then.size == now.size {
        "it was written to while it was read".to_owned()
    } else {
        format!("it changed while it was read, from {} to {} bytes", then.size, now.size)
    }
}

fn count(scanned: &Scanned, summary: &mut Summary) {
    match scanned {
        Scanned::Entry(entry) => entry.count_into(summary),
        Scanned::Counted(outline) => summary.add_outline(outline.verdict, outline.errors, outline.warnings),
        Scanned::Skipped(_) => summary.skipped += 1,
    }
}

/// Batches that may be under way or wait for an earlier one.
fn window(jobs: usize) -> u64 {
    // Many threads need no more in all than keeps each of them busy: what waits is memory.
    (jobs * BATCHES_PER_THREAD).min(MOST_BATCHES.max(jobs * 2)) as u64
}

/// Files that one thread checks at a time.
const BATCH: usize = 16;
/// Batches a thread that may be under way, or wait for an earlier one.
const BATCHES_PER_THREAD: usize = 16;
/// Batches of all threads together, as long as each has two.
const MOST_BATCHES: usize = 64;
/// Threads beyond which more of them only wait for one another.
const MOST_THREADS: usize = 256;

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;
    use crate::profile::Profile;

    /// Counts the files that are begun; those after the first batch wait until nobody takes answers any more.
    struct Counted<'a> {
        ruling: Ruling,
        begun: AtomicUsize,
        is_given_up: &'a AtomicBool,
    }

    impl Rulings for Counted<'_> {
        fn of(&self, _: &Path) -> &Ruling {
            if self.begun.fetch_add(1, Ordering::SeqCst) >= BATCH {
                while !self.is_given_up.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
                thread::yield_now();
            }
            &self.ruling
        }
    }

    #[test]
    fn what_waits_does_not_grow_with_the_threads() {
        assert_eq!([1, 2, 4, 16, 32, 64].map(window), [16, 32, 64, 64, 64, 128]);
    }

    #[test]
    fn nothing_more_is_read_once_nobody_takes_the_answers() {
        let folder = tempfile::tempdir().unwrap();
        let files = BATCH * (BATCHES_PER_THREAD + 1);
        for number in 0..files {
            fs::write(folder.path().join(format!("{number}.gif")), [0; 2000]).unwrap();
        }
        let options =
            ScanOptions { walk: WalkOptions::default(), jobs: NonZeroUsize::MIN, all_files: true, wanted: Wanted::All };
        let is_given_up = AtomicBool::new(false);
        let ruling = Ruling::new(Checker::new(Profile::default()), None, "1.0");
        let rulings = Counted { ruling, begun: AtomicUsize::new(0), is_given_up: &is_given_up };
        let scan = Scan { options: &options, rulings: &rulings, cache: None, stop: &AtomicBool::new(false) };
        let result = scan.run(&[folder.path().to_owned()], |_, _| {
            is_given_up.store(true, Ordering::SeqCst);
            Err(ScanError::Glob(ignore::Error::UnrecognizedFileType(String::new())))
        });
        assert!(result.is_err());
        let begun = rulings.begun.into_inner();
        assert!(begun < BATCH * BATCHES_PER_THREAD, "{begun} of {files}");
    }
}
