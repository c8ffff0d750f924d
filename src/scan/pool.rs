//! Checks what a walk finds on several threads, and hands on the answers in the order of the walk.
//!
//! The calling thread walks and hands on; the threads of the pool open, read and judge, a batch of files at a time. Between
//! them are only channels. At most a window of batches is under way or waits for an earlier one, so that the memory of a
//! scan does not grow with the library.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};

use crate::finding::Summary;
use crate::report::{FileEntry, JsonEntries, Needs, Told};

use super::cache::Cache;
use super::guard::guarded;
use super::ruling::Rulings;
use super::walk::{Found, Walk, WalkOptions};
use super::work::{Task, Work, unreadable};

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
    /// What of these reports is needed.
    pub needs: Needs,
}

impl ScanOptions {
    /// One thread, which reports media with all that was read.
    #[cfg(test)]
    pub(super) fn on_one_thread() -> Self {
        Self {
            walk: WalkOptions::default(),
            jobs: NonZeroUsize::MIN,
            all_files: false,
            wanted: Wanted::All,
            needs: Needs::Facts,
        }
    }
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
    /// The same of one file or several as the JSON of the entries, where only that is needed, and what they come to.
    Json(JsonEntries, Summary),
    /// The same as what people are told of the files, where only that is needed.
    Told(Box<Told>, Summary),
    /// Files were checked or known, and nobody wants their reports.
    Counted(Summary),
    /// It was left alone.
    Skipped(Skip),
    /// An ignore file that could not be read, or a part of one that says nothing: why, in one sentence.
    Unheeded(String),
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
        let walk = Walk::new(paths, &self.options.walk).map_err(ScanError::Glob)?;
        let alt_texts = walk.alt_texts();
        let mut walk = walk.map(|found| {
            let may_have_alt_text = match &found {
                Found::File { path, explicit: false } => alt_texts.may_hold_one_for(path),
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
            // Files that were begun, and those of them that are under way or wait.
            let (mut files, mut held) = (0_usize, 0_usize);
            let mut waiting = BTreeMap::new();
            let mut more = true;
            loop {
                while more && held < window {
                    if self.stopped() {
                        totals.summary.interrupted = true;
                        break;
                    }
                    let size = batch_size(files, jobs, window);
                    let batch: Vec<Task> = walk.by_ref().take(size).collect();
                    more = batch.len() == size;
                    files += batch.len();
                    held += batch.len();
                    if !batch.is_empty() {
                        let (number, sender) = (begun, Sender::clone(&sender));
                        // A receiver that is gone wants no more answers.
                        scope.spawn(move |_| {
                            if abandoned.load(Ordering::Relaxed) {
                                return;
                            }
                            let files = batch.len();
                            let done = guarded(|| self.check_all(batch));
                            let done = done.unwrap_or_else(|message| Done::lost(files, message));
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
                while let Some(Done { answers, files, opened, is_whole }) = waiting.remove(&answered) {
                    answered += 1;
                    held -= files;
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
        Work::with(&Scan { cache: None, ..*self }, |work| work.one(path, self.options.all_files))
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Checks a batch, or as much of it as is begun before the scan is stopped.
    fn check_all(&self, batch: Vec<Task>) -> Done {
        Work::with(self, |work| {
            let expected = batch.len();
            let mut done = 0;
            for task in batch.into_iter().take_while(|_| !self.stopped()) {
                work.found(task);
                done += 1;
            }
            work.hand_on();
            Done { answers: work.answers(), files: expected, opened: work.opened, is_whole: done == expected }
        })
    }
}

impl std::fmt::Debug for Scan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scan").field("options", self.options).finish_non_exhaustive()
    }
}

/// A batch that was checked.
struct Done {
    /// Each answer with the bytes of its files.
    answers: Vec<(Scanned, u64)>,
    /// What was found, and is answered for or left out.
    files: usize,
    /// Files that were opened.
    opened: u64,
    /// Whether no file was left out because the scan was stopped.
    is_whole: bool,
}

impl Done {
    /// A batch that was lost to a fault of this program.
    #[expect(clippy::needless_pass_by_value, reason = "as the message of a panic comes")]
    fn lost(files: usize, message: String) -> Self {
        let error = format!("some files were left out by an error of this program, please report it: {message}");
        Self { answers: vec![(unreadable(Path::new("."), error), 0)], files, opened: 0, is_whole: true }
    }
}

fn count(scanned: &Scanned, summary: &mut Summary) {
    match scanned {
        Scanned::Entry(entry) => entry.count_into(summary),
        Scanned::Json(_, files) | Scanned::Told(_, files) | Scanned::Counted(files) => {
            *summary = summary.merged(*files);
        }
        Scanned::Skipped(_) => summary.skipped += 1,
        Scanned::Unheeded(_) => {}
    }
}

/// Files that may be under way or wait for earlier ones.
fn window(jobs: usize) -> usize {
    // Many threads need no more in all than keeps each of them busy: what waits is memory.
    (jobs * FILES_PER_THREAD).min(MOST_FILES.max(jobs * FEWEST_FILES))
}

/// Files of the next batch, which one thread checks: few at first, so that all threads soon have some, then as many as are best
/// remembered together.
fn batch_size(begun: usize, jobs: usize, window: usize) -> usize {
    (begun / (4 * jobs)).min(window / (2 * jobs)).clamp(SMALLEST_BATCH, LARGEST_BATCH)
}

/// Files of the first batches.
const SMALLEST_BATCH: usize = 8;
/// Files of the largest batches.
const LARGEST_BATCH: usize = 128;
/// Files a thread that may be under way, or wait for earlier ones.
const FILES_PER_THREAD: usize = 256;
/// Files of all threads together, as long as each has enough.
const MOST_FILES: usize = 1024;
/// Files that are enough for a thread.
const FEWEST_FILES: usize = 32;
/// Threads beyond which more of them only wait for one another.
const MOST_THREADS: usize = 256;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;
    use crate::check::Checker;
    use crate::profile::Profile;
    use crate::scan::Ruling;

    /// Counts the files that are begun; those after the first batch wait until nobody takes answers any more.
    struct Counted<'a> {
        ruling: Ruling,
        begun: AtomicUsize,
        is_given_up: &'a AtomicBool,
    }

    impl Rulings for Counted<'_> {
        fn of(&self, _: &Path) -> Result<&Ruling, String> {
            if self.begun.fetch_add(1, Ordering::SeqCst) >= SMALLEST_BATCH {
                while !self.is_given_up.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
                thread::yield_now();
            }
            Ok(&self.ruling)
        }
    }

    #[test]
    fn what_waits_does_not_grow_with_the_threads() {
        assert_eq!([1, 2, 4, 16, 32, 64].map(window), [256, 512, 1024, 1024, 1024, 2048]);
    }

    #[test]
    fn batches_grow_and_leave_some_for_every_thread() {
        let sizes = |jobs| [0, 100, 1000, 100_000].map(|begun| batch_size(begun, jobs, window(jobs)));
        assert_eq!(sizes(1), [8, 25, 128, 128]);
        assert_eq!(sizes(2), [8, 12, 125, 128]);
        assert_eq!(sizes(16), [8, 8, 15, 32]);
        assert_eq!(sizes(64), [8, 8, 8, 16]);
    }

    #[test]
    fn nothing_more_is_read_once_nobody_takes_the_answers() {
        let folder = tempfile::tempdir().unwrap();
        let files = FILES_PER_THREAD + 2 * LARGEST_BATCH;
        for number in 0..files {
            fs::write(folder.path().join(format!("{number}.gif")), [0; 2000]).unwrap();
        }
        let options = ScanOptions { all_files: true, ..ScanOptions::on_one_thread() };
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
        assert!(begun < FILES_PER_THREAD, "{begun} of {files}");
    }
}
