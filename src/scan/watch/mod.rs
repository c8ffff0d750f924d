//! Checks the files of folders as they are finished being written.
//!
//! A file is finished when it was closed after writing, or moved to its name; where the system does not tell (only Linux
//! does), when its size and times did not change for a while. What counts as media is decided as in a
//! scan, by a walk that goes only to the files in question.

mod events;
mod names;
mod waiting;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf, absolute};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::{Config, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};

use crate::report::{FileEntry, Needs};

use super::pool::{Scan, ScanOptions, Scanned, Wanted};
use super::ruling::Rulings;
use super::source::Stamp;
use super::walk::{Found, Walk, WalkOptions, plain};
use events::{Signal, reason, signals};
use names::is_temporary;
use waiting::Waiting;

/// How folders are watched.
#[derive(Clone, Debug)]
pub struct WatchOptions {
    /// Which files are looked at. Links are never followed.
    pub walk: WalkOptions,
    /// Report every file, not only media.
    pub all_files: bool,
    /// How long a file has to stay as it is to be finished, where the system does not tell.
    pub settle: Duration,
    /// Look through the folders this often, instead of having the system tell: for network drives.
    pub poll: Option<Duration>,
    /// Check what is there at the start, too.
    pub initial: bool,
}

/// What a watch tells.
#[derive(Debug)]
pub enum Watched {
    /// From now on nothing is missed. Told once.
    Ready,
    /// A file was checked, or could not be read: its path, and the answer.
    Entry(PathBuf, FileEntry),
    /// Something cannot be watched, in one sentence; the rest is.
    Trouble(String),
    /// An ignore file that could not be read, or a part of one that says nothing: why, in one sentence. Told once.
    Unheeded(String),
}

/// Why folders cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// A glob could not be read.
    #[error("{0}")]
    Glob(#[from] ignore::Error),
    /// A folder cannot be watched.
    #[error("{}: {why}", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The reason.
        why: String,
    },
    /// The last folder is gone.
    #[error("{}: the folder is no longer there", .0.display())]
    Gone(PathBuf),
    /// The system tells no more.
    #[error("the system no longer tells of changes")]
    Silent,
}

/// A watch that is ready to run.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// How folders are watched.
    pub options: &'a WatchOptions,
    /// By what each file is judged.
    pub rulings: &'a dyn Rulings,
    /// Once it is set, the watch ends.
    pub stop: &'a AtomicBool,
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("options", self.options).finish_non_exhaustive()
    }
}

impl Watch<'_> {
    /// Watches `folders`, with all that is below them, until it is stopped; `tell` takes each answer as it is known.
    ///
    /// Errors: those of `tell`, which end the watch, and [`WatchError`]. What cannot be read is an answer.
    pub fn run<E: From<WatchError>>(
        &self,
        folders: &[PathBuf],
        mut tell: impl FnMut(Watched) -> Result<(), E>,
    ) -> Result<(), E> {
        // A glob that cannot be read is told before anything is watched.
        Walk::new(folders, &self.options.walk).map_err(WatchError::Glob)?;
        let scan_options = ScanOptions {
            walk: WalkOptions { follow: false, ..self.options.walk.clone() },
            jobs: NonZeroUsize::MIN,
            all_files: self.options.all_files,
            wanted: Wanted::All,
            needs: Needs::Facts,
        };
        let scan = Scan { options: &scan_options, rulings: self.rulings, cache: None, stop: self.stop };
        let (mut session, signals) = Session::start(scan, self.options, folders)?;
        tell(Watched::Ready)?;
        while !self.stop.load(Ordering::Relaxed) {
            match signals.recv_timeout(session.patience(Instant::now())) {
                Ok(signal) => {
                    for signal in std::iter::once(signal).chain(signals.try_iter()) {
                        if let Some(trouble) = session.heed(signal, Instant::now())? {
                            tell(Watched::Trouble(trouble))?;
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(WatchError::Silent.into()),
            }
            session.answer(Instant::now(), &mut tell)?;
        }
        Ok(())
    }
}

/// A folder as it was given, and as the system names it.
struct Root {
    given: PathBuf,
    absolute: PathBuf,
}

/// A folder that is to be looked through.
struct Visit {
    due: Instant,
    folder: PathBuf,
    /// Whether only what has changed since the start is of interest.
    is_for_changes: bool,
}

/// What tells a file's states apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    stamp: Stamp,
    /// When it was last changed or renamed, in seconds and nanoseconds: the time that programs cannot set.
    changed: (i64, i64),
}

/// A watch under way.
struct Session<'a> {
    scan: Scan<'a>,
    watcher: Box<dyn Watcher>,
    roots: Vec<Root>,
    tells_of_closing: bool,
    settle: Duration,
    started: SystemTime,
    waiting: Waiting<State>,
    visits: Vec<Visit>,
    /// Files that were written to and not yet closed.
    open: HashSet<PathBuf>,
    /// What was told of ignore files.
    unheeded: HashSet<String>,
    answered: Answered,
}

impl<'a> Session<'a> {
    fn start(
        scan: Scan<'a>,
        options: &WatchOptions,
        folders: &[PathBuf],
    ) -> Result<(Self, Receiver<Signal>), WatchError> {
        let (sender, receiver) = channel();
        let handler = move |event| {
            for signal in signals(event) {
                // A receiver that is gone wants no more signals.
                let _ = sender.send(signal);
            }
        };
        let config = Config::default().with_follow_symlinks(false);
        let watcher = match options.poll {
            Some(interval) => PollWatcher::new(handler, config.with_poll_interval(interval))
                .map(|watcher| Box::new(watcher) as Box<dyn Watcher>),
            None => RecommendedWatcher::new(handler, config).map(|watcher| Box::new(watcher) as Box<dyn Watcher>),
        };
        let failed = |folder: &Path, why| WatchError::Folder { folder: folder.to_owned(), why };
        let mut session = Self {
            scan,
            watcher: watcher.map_err(|error| failed(Path::new("."), reason(&error)))?,
            roots: Vec::new(),
            tells_of_closing: options.poll.is_none() && TELLS_OF_CLOSING,
            settle: options.settle,
            started: SystemTime::now(),
            waiting: Waiting::new(options.settle),
            visits: Vec::new(),
            open: HashSet::new(),
            unheeded: HashSet::new(),
            answered: Answered::default(),
        };
        for given in folders {
            let root = absolute(given).map_err(|error| failed(given, plain(&error)))?;
            match fs::metadata(&root) {
                Ok(metadata) if metadata.is_dir() => {}
                Ok(_) => return Err(failed(given, "not a folder".to_owned())),
                Err(error) => return Err(failed(given, plain(&error))),
            }
            session.observe(&root).map_err(|why| failed(given, why))?;
            session.roots.push(Root { given: given.clone(), absolute: root });
        }
        if options.initial {
            let now = Instant::now();
            let visit = |root: &Root| Visit { due: now, folder: root.given.clone(), is_for_changes: false };
            session.visits.extend(session.roots.iter().map(visit));
        }
        Ok((session, receiver))
    }

    fn observe(&mut self, folder: &Path) -> Result<(), String> {
        self.watcher.watch(folder, RecursiveMode::Recursive).map_err(|error| reason(&error))
    }

    /// How long to wait for the next signal.
    fn patience(&self, now: Instant) -> Duration {
        let visits = self.visits.iter().map(|visit| visit.due).min();
        let due = [self.waiting.next(), visits].into_iter().flatten().min();
        due.map_or(LONGEST_WAIT, |due| due.saturating_duration_since(now)).min(LONGEST_WAIT)
    }

    /// Takes note of a signal. Gives what cannot be watched; errors: nothing is left to watch.
    fn heed(&mut self, signal: Signal, now: Instant) -> Result<Option<String>, WatchError> {
        match signal {
            Signal::Lost => {
                // What was closed meanwhile is not known either.
                self.open.clear();
                let roots: Vec<PathBuf> = self.roots.iter().map(|root| root.given.clone()).collect();
                for root in roots {
                    self.visit(&root, true, now);
                }
            }
            Signal::Failed(why) => return Ok(Some(why)),
            Signal::Gone(path) => return self.gone(&path),
            Signal::Created(path) => self.told_of(&path, now, Self::created),
            Signal::Written(path) => self.told_of(&path, now, Self::written),
            Signal::Closed(path) => self.told_of(&path, now, Self::closed),
            Signal::Arrived(path) => self.told_of(&path, now, Self::arrived),
        }
        Ok(None)
    }

    /// Heeds what the system says of a file or folder by its absolute path.
    fn told_of(&mut self, path: &Path, now: Instant, heed: fn(&mut Self, PathBuf, Instant)) {
        if let Some(path) = self.given(path)
            && !is_temporary(&path)
        {
            heed(self, path, now);
        }
    }

    /// The path as it begins in the arguments.
    fn given(&self, path: &Path) -> Option<PathBuf> {
        self.roots.iter().find_map(|root| {
            let rest = path.strip_prefix(&root.absolute).ok()?;
            (!rest.as_os_str().is_empty()).then(|| root.given.join(rest))
        })
    }

    fn created(&mut self, path: PathBuf, now: Instant) {
        let Ok(metadata) = fs::symlink_metadata(&path) else { return };
        if metadata.is_dir() {
            return self.visit(&path, false, now);
        }
        // Where closing is told, a new file with content that nobody writes to is another name of an old one.
        if metadata.is_file() && (!self.tells_of_closing || metadata.len() > 0) {
            self.waiting.changed(path, State::of(&metadata), now);
        }
    }

    fn written(&mut self, path: PathBuf, now: Instant) {
        if self.tells_of_closing {
            self.waiting.forget(&path);
            self.open.insert(path);
        } else if let Ok(metadata) = fs::symlink_metadata(&path)
            && metadata.is_file()
        {
            self.waiting.changed(path, State::of(&metadata), now);
        }
    }

    fn closed(&mut self, path: PathBuf, now: Instant) {
        self.open.remove(&path);
        self.waiting.closed(path, now);
    }

    fn arrived(&mut self, path: PathBuf, now: Instant) {
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => self.visit(&path, false, now),
            Ok(_) if self.tells_of_closing => self.waiting.closed(path, now),
            Ok(metadata) => self.waiting.changed(path, State::of(&metadata), now),
            Err(_) => {}
        }
    }

    fn gone(&mut self, path: &Path) -> Result<Option<String>, WatchError> {
        if let Some(path) = self.given(path) {
            self.open.remove(&path);
            self.waiting.forget(&path);
        }
        let Some(index) = self.roots.iter().position(|root| root.absolute == path) else { return Ok(None) };
        if path.is_dir() {
            // Another folder has taken its place.
            return Ok(self.observe(path).err());
        }
        let root = self.roots.swap_remove(index).given;
        if self.roots.is_empty() { Err(WatchError::Gone(root)) } else { Ok(Some(WatchError::Gone(root).to_string())) }
    }

    /// Looks through a folder soon, and once more when its own changes are surely told of.
    fn visit(&mut self, folder: &Path, is_for_changes: bool, now: Instant) {
        for delay in [SOON, self.settle.max(SOON * 2)] {
            self.visits.push(Visit { due: now + delay, folder: folder.to_owned(), is_for_changes });
        }
    }

    /// Checks what is finished, and looks through folders where it is time to.
    fn answer<E: From<WatchError>>(
        &mut self,
        now: Instant,
        tell: &mut impl FnMut(Watched) -> Result<(), E>,
    ) -> Result<(), E> {
        let finished: HashSet<PathBuf> = self.waiting.finished(now, State::at).into_iter().collect();
        let (due, later): (Vec<Visit>, Vec<Visit>) = self.visits.drain(..).partition(|visit| visit.due <= now);
        self.visits = later;
        if finished.is_empty() && due.is_empty() {
            return Ok(());
        }
        let wanted = finished.iter().chain(due.iter().map(|visit| &visit.folder)).cloned().collect();
        let roots: Vec<PathBuf> = self.roots.iter().map(|root| root.given.clone()).collect();
        for found in Walk::among(&roots, &self.scan.options.walk, wanted).map_err(WatchError::Glob)? {
            if self.scan.stop.load(Ordering::Relaxed) {
                break;
            }
            let path = match found {
                Found::File { path, .. } => path,
                Found::Unheeded(why) => {
                    if self.unheeded.insert(why.clone()) {
                        tell(Watched::Unheeded(why))?;
                    }
                    continue;
                }
                // What is no regular file is never finished, and what cannot be looked at goes away or is told of again.
                Found::Special { .. } | Found::Loop { .. } | Found::Trouble { .. } => continue,
            };
            if finished.contains(&path) {
                if let Some(entry) = self.check(&path) {
                    tell(Watched::Entry(path, entry))?;
                }
            } else if let Some(visit) = due.iter().find(|visit| path.starts_with(&visit.folder)) {
                self.found(path, visit.is_for_changes, now);
            }
        }
        Ok(())
    }

    /// Waits for a file that was found in a folder, unless it has been answered for or will be.
    fn found(&mut self, path: PathBuf, is_for_changes: bool, now: Instant) {
        if is_temporary(&path) || self.open.contains(&path) || self.waiting.contains(&path) {
            return;
        }
        let Some(state) = State::at(&path) else { return };
        if self.answered.is(&path, state) || (is_for_changes && state.is_before(self.started)) {
            return;
        }
        if state.stamp.is_older_than(self.settle, SystemTime::now()) {
            self.waiting.closed(path, now);
        } else {
            self.waiting.changed(path, state, now);
        }
    }

    /// The answer about a finished file; `None` where it is no media, was answered for, is gone, or is written to again.
    fn check(&mut self, path: &Path) -> Option<FileEntry> {
        let before = State::at(path)?;
        if self.answered.is(path, before) {
            return None;
        }
        let scanned = self.scan.one(path);
        let after = State::at(path)?;
        if before != after {
            self.waiting.changed(path.to_owned(), after, Instant::now());
            return None;
        }
        if before.stamp.is_settled(SystemTime::now()) {
            self.answered.add(path.to_owned(), before);
        }
        match scanned {
            Scanned::Entry(entry) => Some(entry),
            Scanned::Json(..)
            | Scanned::Told(..)
            | Scanned::Counted(_)
            | Scanned::Skipped(_)
            | Scanned::Unheeded(_) => None,
        }
    }
}

impl State {
    fn of(metadata: &fs::Metadata) -> Self {
        #[cfg(unix)]
        let changed = {
            use std::os::unix::fs::MetadataExt;
            (metadata.ctime(), metadata.ctime_nsec())
        };
        #[cfg(not(unix))]
        let changed = (0, 0);
        Self { stamp: Stamp::of(metadata), changed }
    }

    /// The state of the regular file at `path`.
    fn at(path: &Path) -> Option<Self> {
        fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| Self::of(&metadata))
    }

    /// Whether it has been so since before `time`.
    fn is_before(&self, time: SystemTime) -> bool {
        let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        self.stamp.modified_seconds.max(self.changed.0) < seconds
    }
}

/// The last files that were answered for, with the state that each was in.
#[derive(Debug, Default)]
struct Answered {
    newer: HashMap<PathBuf, State>,
    older: HashMap<PathBuf, State>,
}

impl Answered {
    fn is(&self, path: &Path, state: State) -> bool {
        self.newer.get(path).or_else(|| self.older.get(path)) == Some(&state)
    }

    fn add(&mut self, path: PathBuf, state: State) {
        if self.newer.len() >= REMEMBERED {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(path, state);
    }
}

/// Whether the system tells when a file is closed after writing.
const TELLS_OF_CLOSING: bool = cfg!(any(target_os = "linux", target_os = "android"));
/// How soon a new folder is looked through for files that were there before it was watched.
const SOON: Duration = Duration::from_millis(100);
/// How soon the wish to stop is seen.
const LONGEST_WAIT: Duration = Duration::from_millis(250);
/// Files that are remembered as answered for, at least.
const REMEMBERED: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Checker;
    use crate::profile::Profile;
    use crate::scan::Ruling;

    #[test]
    fn what_changed_while_events_were_lost_is_found_by_looking() {
        let folder = tempfile::tempdir().unwrap();
        let ruling = Ruling::new(Checker::new(Profile::default()), None, "test");
        let stop = AtomicBool::new(false);
        let watched = WatchOptions {
            walk: WalkOptions::default(),
            all_files: false,
            settle: Duration::from_secs(1),
            poll: None,
            initial: false,
        };
        let options = ScanOptions {
            walk: WalkOptions::default(),
            jobs: NonZeroUsize::MIN,
            all_files: false,
            wanted: Wanted::All,
            needs: Needs::Facts,
        };
        let scan = Scan { options: &options, rulings: &ruling, cache: None, stop: &stop };
        // What the system tells is never heard: the signals are left where they are.
        let (mut session, _signals) = Session::start(scan, &watched, &[folder.path().to_owned()]).unwrap();
        fs::write(folder.path().join("a.gif"), b"GIF89a").unwrap();
        fs::write(folder.path().join("b.gif.part"), b"GIF89a").unwrap();
        let start = Instant::now();
        assert_eq!(session.heed(Signal::Lost, start).unwrap(), None);
        let mut told = Vec::new();
        for seconds in 1..4 {
            let tell = &mut |watched| {
                if let Watched::Entry(path, _) = watched {
                    told.push((seconds, path));
                }
                Ok::<(), WatchError>(())
            };
            session.answer(start + Duration::from_secs(seconds), tell).unwrap();
        }
        assert_eq!(told, [(2, folder.path().join("a.gif"))], "looked at twice, a second apart");
        assert!(session.heed(Signal::Failed("why".to_owned()), start).unwrap().is_some());
    }

    #[test]
    fn only_the_last_answers_are_remembered() {
        let mut answered = Answered::default();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), b"a").unwrap();
        let state = State::at(&folder.path().join("a")).unwrap();
        let name = |number: usize| PathBuf::from(number.to_string());
        for number in 0..=REMEMBERED * 2 {
            answered.add(name(number), state);
        }
        assert!(!answered.is(&name(0), state));
        assert!(answered.is(&name(REMEMBERED), state) && answered.is(&name(REMEMBERED * 2), state));
        let other = State { changed: (1, 2), ..state };
        assert!(!answered.is(&name(REMEMBERED), other));
    }
}
