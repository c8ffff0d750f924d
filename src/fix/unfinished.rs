//! Files that are not finished: they have a hidden name until they get their own, and go away where they do not. And folders of what
//! only one run needs.
//!
//! Whoever makes one holds a lock on it, which the system lets go when the program ends, however it does. So what no lock is held on
//! belongs to nobody, and [`sweep`] takes it away.

use std::fs::{self, File, Metadata};
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use tempfile::{TempDir, TempPath};

/// A file that is not finished.
#[derive(Debug)]
pub struct Unfinished {
    /// It goes away first, and then its lock.
    path: TempPath,
    _lock: Lock,
}

impl Unfinished {
    /// An empty file in a folder, for its owner alone, or also for whom files are by default.
    ///
    /// Errors: it could not be made.
    pub fn new(folder: &Path, extension: &str, is_for_all: bool) -> io::Result<Self> {
        let suffix = format!(".{extension}");
        let mut builder = tempfile::Builder::new();
        builder.prefix(UNFINISHED).suffix(&suffix).rand_bytes(RANDOM);
        #[cfg(unix)]
        if is_for_all {
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        #[cfg(not(unix))]
        let _ = is_for_all;
        for _ in 0..ATTEMPTS {
            let (file, path) = builder.tempfile_in(folder)?.into_parts();
            if let Some(lock) = lock(file) {
                return Ok(Self { path, _lock: lock });
            }
            // Swept away between its making and its lock.
        }
        Err(io::Error::from(io::ErrorKind::ResourceBusy))
    }

    /// Gives it its name, in the place of what has it now.
    ///
    /// Errors: it could not be renamed, and is gone.
    pub fn replace(self, path: &Path) -> io::Result<()> {
        self.path.persist(path).map_err(|error| error.error)
    }

    /// Gives it its name.
    ///
    /// Errors: there is a file of that name, or it could not be renamed; it is gone.
    pub fn settle(self, path: &Path) -> io::Result<()> {
        self.path.persist_noclobber(path).map_err(|error| error.error)
    }
}

impl Deref for Unfinished {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

impl AsRef<Path> for Unfinished {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

/// A folder for what only one run needs, in the system's folder for such. It goes away with all that is in it.
#[derive(Debug)]
pub struct Scratch {
    /// It goes away first, and then its lock.
    folder: TempDir,
    _lock: Lock,
}

impl Scratch {
    /// An empty one. Those that runs that were killed left behind are taken away.
    ///
    /// Errors: it could not be made.
    pub fn new() -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir())
    }

    fn new_in(place: &Path) -> io::Result<Self> {
        for path in abandoned(place, |name| name.strip_prefix(SCRATCH).is_some_and(is_random), Metadata::is_dir) {
            // What cannot be taken away now is taken away another time.
            let _ = fs::remove_dir_all(path);
        }
        for _ in 0..ATTEMPTS {
            let folder = tempfile::Builder::new().prefix(SCRATCH).rand_bytes(RANDOM).tempdir_in(place)?;
            if let Some(lock) = lock_folder(folder.path())? {
                return Ok(Self { folder, _lock: lock });
            }
        }
        Err(io::Error::from(io::ErrorKind::ResourceBusy))
    }
}

impl Deref for Scratch {
    type Target = Path;

    fn deref(&self) -> &Path {
        self.folder.path()
    }
}

/// Takes away what runs that were killed left unfinished in a folder, and names it. What is in use, another user's, or not known for
/// certain to be unfinished stays. Where the system has no locks, nothing is taken away.
pub fn sweep(folder: &Path) -> Vec<PathBuf> {
    let mut swept = abandoned(folder, is_unfinished, Metadata::is_file);
    swept.retain(|path| fs::remove_file(path).is_ok());
    swept
}

/// Whether a file of this name can only be one that is not finished.
fn is_unfinished(name: &str) -> bool {
    let parts = name.strip_prefix(UNFINISHED).and_then(|rest| rest.split_once('.'));
    parts.is_some_and(|(random, extension)| is_random(random) && extension.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_random(text: &str) -> bool {
    text.len() == RANDOM && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// What is in a folder under such names, of such a kind, and is held by nobody.
fn abandoned(folder: &Path, is_name: fn(&str) -> bool, is_kind: fn(&Metadata) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let named = entries.filter_map(Result::ok).filter(|entry| is_name(&entry.file_name().to_string_lossy()));
    named.map(|entry| entry.path()).filter(|path| is_abandoned(path, is_kind)).collect()
}

#[cfg(unix)]
type Lock = Option<File>;

/// The lock of a file, which is there without one where its file system has none. `None`: the file is no longer there.
#[cfg(unix)]
fn lock(file: File) -> Option<Lock> {
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;

    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => None,
        Err(_) => Some(None),
        Ok(()) if file.metadata().is_ok_and(|metadata| metadata.nlink() == 0) => None,
        Ok(()) => Some(Some(file)),
    }
}

#[cfg(unix)]
fn lock_folder(path: &Path) -> io::Result<Option<Lock>> {
    File::open(path).map(lock)
}

/// Whether nobody holds it. It stays so: only whoever makes one takes its lock, and at once.
#[cfg(unix)]
fn is_abandoned(path: &Path, is_kind: fn(&Metadata) -> bool) -> bool {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

    use rustix::fs::{FlockOperation, OFlags, flock};

    // Neither through a link nor waiting for the writer of a pipe.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let Ok(file) = fs::OpenOptions::new().read(true).custom_flags(flags).open(path) else { return false };
    let Ok(opened) = file.metadata() else { return false };
    let is_own = is_kind(&opened) && opened.uid() == rustix::process::geteuid().as_raw();
    if !is_own || flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        return false;
    }
    // Its owner may have given it its name before the lock was free.
    fs::symlink_metadata(path).is_ok_and(|found| {
        let is_named_once = found.is_dir() || found.nlink() == 1;
        is_named_once && (found.dev(), found.ino()) == (opened.dev(), opened.ino())
    })
}

#[cfg(not(unix))]
type Lock = ();

#[cfg(not(unix))]
fn lock(_: File) -> Option<Lock> {
    Some(())
}

#[cfg(not(unix))]
fn lock_folder(_: &Path) -> io::Result<Option<Lock>> {
    Ok(Some(()))
}

#[cfg(not(unix))]
fn is_abandoned(_: &Path, _: fn(&Metadata) -> bool) -> bool {
    false
}

/// What all names begin with, and how many characters by chance follow.
const UNFINISHED: &str = ".preflight-unfinished-";
const SCRATCH: &str = "preflight-scratch-";
const RANDOM: usize = 12;
/// How often one is made that is swept away at once, before that is an error.
const ATTEMPTS: u32 = 16;

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn left(folder: &Path) -> PathBuf {
        // As a kill leaves it: the file without its lock.
        let Unfinished { path, _lock } = Unfinished::new(folder, "mp4", false).unwrap();
        path.keep().unwrap()
    }

    #[test]
    fn what_nobody_holds_is_swept_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let held = Unfinished::new(folder.path(), "mp4", false).unwrap();
        let left = left(folder.path());
        let others: Vec<PathBuf> = [
            "film.mp4",
            ".preflight-notes.txt",
            ".preflight-unfinished-short.mp4",
            ".preflight-unfinished-0123456789ab",
            ".preflight-unfinished-0123456789ab.tar.gz",
            ".preflight-unfinished-0123456789a-.mp4",
        ]
        .iter()
        .map(|name| folder.path().join(name))
        .collect();
        for path in &others {
            fs::write(path, "").unwrap();
        }
        let linked = folder.path().join(".preflight-unfinished-aaaaaaaaaaaa.mp4");
        std::os::unix::fs::symlink("film.mp4", &linked).unwrap();
        let named_twice = folder.path().join(".preflight-unfinished-bbbbbbbbbbbb.mp4");
        fs::hard_link(&others[0], &named_twice).unwrap();
        fs::create_dir(folder.path().join(".preflight-unfinished-cccccccccccc.mp4")).unwrap();

        assert_eq!(sweep(folder.path()), [left]);
        assert!(held.exists() && others.iter().all(|path| path.exists()) && named_twice.exists());
        assert!(fs::symlink_metadata(linked).is_ok());
        drop(held);
        assert_eq!(sweep(folder.path()), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_gets_its_name_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("film.mp4");
        Unfinished::new(folder.path(), "mp4", true).unwrap().settle(&to).unwrap();
        let again = Unfinished::new(folder.path(), "mp4", false).unwrap();
        assert_eq!(again.settle(&to).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        Unfinished::new(folder.path(), "mp4", false).unwrap().replace(&to).unwrap();
        assert_eq!(sweep(folder.path()), Vec::<PathBuf>::new());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_was_swept_away_before_its_lock_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let file = File::create(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(lock(file).is_none());
        // The sweeper holds it just now.
        let file = File::create(&path).unwrap();
        let _held = lock(File::open(&path).unwrap()).unwrap();
        assert!(lock(file).is_none());
    }

    #[test]
    fn a_scratch_folder_goes_away_with_its_run_or_with_the_next_one() {
        let place = tempfile::tempdir().unwrap();
        let names = || fs::read_dir(place.path()).unwrap().count();
        let first = Scratch::new_in(place.path()).unwrap();
        fs::write(first.join("log"), "x").unwrap();
        let second = Scratch::new_in(place.path()).unwrap();
        assert!(first.join("log").exists() && names() == 2);
        drop(second);
        assert_eq!(names(), 1);
        // As a kill leaves it.
        let Scratch { folder, _lock: lock } = first;
        let left = folder.keep();
        drop(lock);
        let third = Scratch::new_in(place.path()).unwrap();
        assert!(!left.exists() && third.exists() && names() == 1);
    }

    #[test]
    fn a_folder_that_is_not_there_has_nothing_to_sweep() {
        assert_eq!(sweep(Path::new("/no/such/folder")), Vec::<PathBuf>::new());
    }
}
