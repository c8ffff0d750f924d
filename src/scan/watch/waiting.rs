//! Which files are waited for until they are finished, and until when.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Files that may be finished, each with the time at which that is decided. `S` is what tells a file's states apart.
#[derive(Debug)]
pub(crate) struct Waiting<S> {
    settle: Duration,
    files: HashMap<PathBuf, Wait<S>>,
    /// No later than the earliest time of any file.
    next: Option<Instant>,
}

/// Until when a file is waited for, and for what.
#[derive(Debug)]
struct Wait<S> {
    due: Instant,
    until: Until<S>,
}

/// What makes a file finished when its time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until<S> {
    /// Nothing more: the system said that it was closed, or moved here.
    Quiet,
    /// That it still is as it was.
    Settled(S),
}

impl<S: PartialEq> Waiting<S> {
    /// Waits for nothing. A file that nobody says was closed is finished when it did not change for `settle`.
    pub(crate) fn new(settle: Duration) -> Self {
        Self { settle, files: HashMap::new(), next: None }
    }

    /// The file was closed after writing, or moved to its place.
    pub(crate) fn closed(&mut self, path: PathBuf, now: Instant) {
        self.wait(path, Wait { due: now + QUIET, until: Until::Quiet });
    }

    /// The file is there in this state, and may be written to still.
    pub(crate) fn changed(&mut self, path: PathBuf, state: S, now: Instant) {
        self.wait(path, Wait { due: now + self.settle, until: Until::Settled(state) });
    }

    /// The file is being written to and will be closed, or it is gone.
    pub(crate) fn forget(&mut self, path: &Path) {
        self.files.remove(path);
    }

    /// Whether the file is waited for.
    pub(crate) fn contains(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }

    /// When [`Self::finished`] is worth a call; `None` while nothing is waited for.
    pub(crate) const fn next(&self) -> Option<Instant> {
        self.next
    }

    /// Takes out the files that are finished; `look` says what state a file is in, and nothing where it is gone.
    pub(crate) fn finished(&mut self, now: Instant, mut look: impl FnMut(&Path) -> Option<S>) -> Vec<PathBuf> {
        let mut finished = Vec::new();
        let settle = self.settle;
        self.files.retain(|path, wait| {
            if wait.due > now {
                return true;
            }
            match (&wait.until, look(path)) {
                (_, None) => false,
                (Until::Settled(then), Some(state)) if *then != state => {
                    *wait = Wait { due: now + settle, until: Until::Settled(state) };
                    true
                }
                (Until::Quiet | Until::Settled(_), Some(_)) => {
                    finished.push(path.clone());
                    false
                }
            }
        });
        self.next = self.files.values().map(|wait| wait.due).min();
        finished.sort_unstable();
        finished
    }

    fn wait(&mut self, path: PathBuf, wait: Wait<S>) {
        self.next = Some(self.next.map_or(wait.due, |next| next.min(wait.due)));
        self.files.insert(path, wait);
    }
}

/// How long after a file was closed it is read: programs that close it more than once, or set its times after that, get
/// one answer.
const QUIET: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_secs(1);

    fn waiting() -> (Waiting<u64>, Instant) {
        (Waiting::new(SETTLE), Instant::now())
    }

    fn path() -> PathBuf {
        PathBuf::from("a.mp4")
    }

    #[test]
    fn a_closed_file_is_finished_once_it_is_quiet() {
        let (mut waiting, start) = waiting();
        assert_eq!(waiting.next(), None);
        waiting.closed(path(), start);
        waiting.closed(path(), start + QUIET / 2);
        assert_eq!(waiting.finished(start + QUIET, |_| Some(1)), [] as [PathBuf; 0]);
        let due = waiting.next().unwrap();
        assert_eq!(due, start + QUIET / 2 + QUIET);
        assert_eq!(waiting.finished(due, |_| Some(1)), [path()]);
        assert_eq!((waiting.finished(due, |_| Some(1)).len(), waiting.next()), (0, None));
    }

    #[test]
    fn a_file_that_changes_is_waited_for_until_it_does_not() {
        let (mut waiting, start) = waiting();
        waiting.changed(path(), 1, start);
        assert_eq!(
            waiting.finished((start + SETTLE).checked_sub(Duration::from_nanos(1)).unwrap(), |_| Some(1)).len(),
            0
        );
        assert_eq!(waiting.finished(start + SETTLE, |_| Some(2)).len(), 0, "it grew");
        assert_eq!(waiting.next(), Some(start + SETTLE * 2));
        assert_eq!(waiting.finished(start + SETTLE * 2, |_| Some(2)), [path()]);
    }

    #[test]
    fn what_is_written_to_again_or_gone_is_not_finished() {
        let (mut waiting, start) = waiting();
        waiting.closed(path(), start);
        waiting.forget(&path());
        waiting.closed(PathBuf::from("gone"), start);
        assert_eq!(waiting.finished(start + QUIET, |_| None).len(), 0);
        assert_eq!(waiting.next(), None);
    }

    #[test]
    fn files_that_are_finished_together_come_in_the_order_of_their_paths() {
        let (mut waiting, start) = waiting();
        for name in ["b", "a/c", "a"] {
            waiting.closed(PathBuf::from(name), start);
        }
        let names: Vec<PathBuf> = ["a", "a/c", "b"].map(PathBuf::from).into();
        assert_eq!(waiting.finished(start + QUIET, |_| Some(0)), names);
    }
}
