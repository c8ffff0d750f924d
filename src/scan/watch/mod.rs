//! Checks the files of folders as they are finished being written.
//!
//! A file is finished when it was closed after writing, or moved to its name; where the system does not tell (only Linux
//! does), when its size and times did not change for a while. What counts as media is decided as in a
//! scan, by a walk that goes only to the files in question.

mod events;
mod names;
mod session;
mod state;
mod waiting;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use crate::report::{FileEntry, Needs};

use super::pool::{Scan, ScanOptions, Wanted};
use super::ruling::Rulings;
use super::walk::{Walk, WalkOptions};
use session::Session;

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
