//! The folder of the files that a thread comes to, held open.
//!
//! To find a file by its path, the system looks up every folder on the way; in an open folder it looks up the name alone.

use std::fs::File;
use std::io;
use std::path::{Path, is_separator};

use super::source::open_path;
use super::stamp::Stamp;

/// The folder of the last file. Whoever comes to a file of another one leaves it first.
///
/// It is for a batch of files, not longer: an open folder stays the same one when another takes its name.
#[derive(Debug, Default)]
pub(super) struct Folder {
    #[cfg(target_os = "linux")]
    state: held::State,
}

impl Folder {
    /// The next file is of another folder.
    pub(super) fn leave(&mut self) {
        *self = Self::default();
    }

    /// Opens a file of the folder without waiting for anything.
    #[cfg(target_os = "linux")]
    pub(super) fn open(&mut self, path: &Path) -> io::Result<File> {
        match self.state.find(path) {
            Some((folder, name)) => held::open(folder, name),
            None => open_path(path),
        }
    }

    /// Opens a file of the folder without waiting for anything.
    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "no folder is held open on this system")]
    pub(super) fn open(&mut self, path: &Path) -> io::Result<File> {
        open_path(path)
    }

    /// What tells the state of a file of the folder; `None` where the path leads to no regular file.
    #[cfg(target_os = "linux")]
    pub(super) fn stamp(&mut self, path: &Path) -> Option<Stamp> {
        match self.state.find(path) {
            Some((folder, name)) => Stamp::of_stat(&held::stat(folder, name).ok()?),
            None => Stamp::of_file(path),
        }
    }

    /// What tells the state of a file of the folder; `None` where the path leads to no regular file.
    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "no folder is held open on this system")]
    pub(super) fn stamp(&mut self, path: &Path) -> Option<Stamp> {
        Stamp::of_file(path)
    }
}

/// The name of a file, behind the last separator of its path.
pub(super) fn name_of(path: &Path) -> &[u8] {
    let bytes = path.as_os_str().as_encoded_bytes();
    let start = bytes.iter().rposition(|&byte| is_separator(char::from(byte))).map_or(0, |last| last + 1);
    bytes.get(start..).unwrap_or_default()
}

#[cfg(target_os = "linux")]
mod held {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::path::Path;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, Stat, openat, statat};
    use rustix::io::retry_on_intr;

    use super::name_of;

    /// Whether the folder is open.
    #[derive(Debug, Default)]
    pub(super) enum State {
        /// No file of it was asked for. To open the folder for one file would cost more than it saves.
        #[default]
        New,
        /// One was.
        Entered,
        /// It is.
        Open(OwnedFd),
        /// It could not be opened: its files are found by their paths.
        Closed,
    }

    impl State {
        /// The open folder and the name of a file in it. `None`: the file is to be found by its path.
        pub(super) fn find<'p>(&mut self, path: &'p Path) -> Option<(BorrowedFd<'_>, &'p [u8])> {
            if matches!(self, Self::New) {
                *self = Self::Entered;
                return None;
            }
            let name = name_of(path);
            if matches!(self, Self::Entered) {
                *self = open_folder(path, name).map_or(Self::Closed, Self::Open);
            }
            match self {
                Self::Open(folder) if !name.is_empty() => Some(((*folder).as_fd(), name)),
                _ => None,
            }
        }
    }

    /// Opens the folder that a path names. `None`: it cannot be opened, or is where the program runs, which is open already.
    fn open_folder(path: &Path, name: &[u8]) -> Option<OwnedFd> {
        let bytes = path.as_os_str().as_encoded_bytes();
        let folder = bytes.get(..bytes.len() - name.len()).filter(|folder| !folder.is_empty())?;
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        retry_on_intr(|| openat(CWD, folder, flags, Mode::empty())).ok()
    }

    pub(super) fn open(folder: BorrowedFd<'_>, name: &[u8]) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        Ok(retry_on_intr(|| openat(folder, name, flags, Mode::empty()))?.into())
    }

    pub(super) fn stat(folder: BorrowedFd<'_>, name: &[u8]) -> io::Result<Stat> {
        Ok(statat(folder, name, AtFlags::empty())?)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read;

    use super::*;

    fn read(folder: &mut Folder, path: &Path) -> io::Result<String> {
        let mut text = String::new();
        folder.open(path)?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn files_are_found_whether_the_folder_is_held_or_not() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            fs::create_dir(root.path().join(name)).unwrap();
            for file in ["1", "2", "3"] {
                fs::write(root.path().join(name).join(file), format!("{name}{file}")).unwrap();
            }
        }
        let mut folder = Folder::default();
        for name in ["a", "b"] {
            folder.leave();
            for file in ["1", "2", "3", "1"] {
                let path = root.path().join(name).join(file);
                assert_eq!(read(&mut folder, &path).unwrap(), format!("{name}{file}"));
                assert_eq!(folder.stamp(&path), Stamp::of_file(&path));
            }
            let missing = root.path().join(name).join("4");
            assert_eq!(read(&mut folder, &missing).unwrap_err().kind(), io::ErrorKind::NotFound);
            assert_eq!(folder.stamp(&missing), None);
        }
    }

    #[test]
    fn a_folder_that_is_none_says_what_its_path_does() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::default();
        let path = root.path().join("gone").join("1");
        let errors: Vec<_> = (0..3).map(|_| read(&mut folder, &path).unwrap_err().to_string()).collect();
        assert_eq!(errors, vec![open_path(&path).unwrap_err().to_string(); 3]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_link_is_what_it_leads_to_and_a_folder_is_no_file() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("1"), "one").unwrap();
        std::os::unix::fs::symlink("1", root.path().join("2")).unwrap();
        fs::create_dir(root.path().join("3")).unwrap();
        let mut folder = Folder::default();
        for _ in 0..3 {
            assert_eq!(read(&mut folder, &root.path().join("2")).unwrap(), "one");
            assert_eq!(folder.stamp(&root.path().join("2")), Stamp::of_file(&root.path().join("1")));
            assert_eq!(folder.stamp(&root.path().join("3")), None);
        }
    }
}
