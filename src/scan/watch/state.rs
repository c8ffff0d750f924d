//! In which state files are, and in which they were when they were answered for.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::super::stamp::Stamp;

/// What tells a file's states apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) stamp: Stamp,
    /// When it was last changed or renamed, in seconds and nanoseconds: the time that programs cannot set.
    changed: (i64, i64),
}

impl State {
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
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
    pub(super) fn at(path: &Path) -> Option<Self> {
        fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|metadata| Self::of(&metadata))
    }

    /// Whether it has been so since before `time`.
    pub(super) fn is_before(&self, time: SystemTime) -> bool {
        let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        self.stamp.modified_seconds.max(self.changed.0) < seconds
    }
}

/// The last files that were answered for, with the state that each was in.
#[derive(Debug, Default)]
pub(super) struct Answered {
    newer: HashMap<PathBuf, State>,
    older: HashMap<PathBuf, State>,
}

impl Answered {
    pub(super) fn is(&self, path: &Path, state: State) -> bool {
        self.newer.get(path).or_else(|| self.older.get(path)) == Some(&state)
    }

    pub(super) fn add(&mut self, path: PathBuf, state: State) {
        if self.newer.len() >= REMEMBERED {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(path, state);
    }
}

/// Files that are remembered as answered for, at least.
const REMEMBERED: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;

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
