//! A watch under way: what the system tells is noted, and what is finished is checked.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::{Config, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher};

use super::super::pool::{Scan, Scanned};
use super::super::walk::{Found, Walk, plain};
use super::events::{Signal, reason, signals};
use super::names::is_temporary;
use super::state::{Answered, State};
use super::waiting::Waiting;
use super::{WatchError, WatchOptions, Watched};
use crate::report::FileEntry;

/// A watch under way.
pub(super) struct Session<'a> {
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
    pub(super) fn start(
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
    pub(super) fn patience(&self, now: Instant) -> Duration {
        let visits = self.visits.iter().map(|visit| visit.due).min();
        let due = [self.waiting.next(), visits].into_iter().flatten().min();
        due.map_or(LONGEST_WAIT, |due| due.saturating_duration_since(now)).min(LONGEST_WAIT)
    }

    /// Takes note of a signal. Gives what cannot be watched; errors: nothing is left to watch.
    pub(super) fn heed(&mut self, signal: Signal, now: Instant) -> Result<Option<String>, WatchError> {
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
    pub(super) fn answer<E: From<WatchError>>(
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

/// Whether the system tells when a file is closed after writing.
const TELLS_OF_CLOSING: bool = cfg!(any(target_os = "linux", target_os = "android"));
/// How soon a new folder is looked through for files that were there before it was watched.
const SOON: Duration = Duration::from_millis(100);
/// How soon the wish to stop is seen.
const LONGEST_WAIT: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::check::Checker;
    use crate::profile::Profile;
    use crate::scan::{Ruling, ScanOptions, WalkOptions};

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
        let options = ScanOptions::on_one_thread();
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
}
