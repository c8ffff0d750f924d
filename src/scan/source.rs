//! A file of a scan: opened without waiting, its first bytes read at once, its state kept for the cache.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use crate::input::{FileSource, Source, SourceError};

use super::stamp::Stamp;
use super::walk::name_of;

/// An open regular file. All bytes of a small one are held from the start where it has to be read throughout, the first bytes
/// of others, and all of those of a short one once it was read from several times.
#[derive(Debug)]
pub(crate) struct Opened<'b> {
    file: FileSource,
    pub(crate) stamp: Stamp,
    /// A moment before the stamp was taken and the first byte was read.
    since: SystemTime,
    /// Whether all was read at once and by that had the length of the stamp, so that both are of one moment.
    is_of_one_moment: bool,
    /// The first bytes, which were read at once when the file was opened.
    head: &'b [u8],
    rest: RefCell<Rest<'b>>,
}

/// The bytes behind the head of a file that are in memory.
#[derive(Debug)]
struct Rest<'b> {
    buffer: &'b mut [u8],
    length: usize,
    /// Reads of what was not held.
    reads: u32,
}

impl<'b> Opened<'b> {
    /// Opens a file and reads its first bytes into `buffer`, which is as long as what may be held, or all where it is small
    /// and `throughout` says that it will be read from its start to its end.
    ///
    /// `open` never waits: a FIFO that has taken the place of a file since the walk is opened without a writer, and refused.
    pub(crate) fn open(
        throughout: bool,
        open: impl FnOnce() -> io::Result<File>,
        buffer: &'b mut [u8],
    ) -> io::Result<Self> {
        Self::open_by(SystemTime::now, throughout, open, buffer)
    }

    fn open_by(
        clock: impl FnOnce() -> SystemTime,
        throughout: bool,
        open: impl FnOnce() -> io::Result<File>,
        buffer: &'b mut [u8],
    ) -> io::Result<Self> {
        let since = clock();
        let file = open()?;
        let Some(stamp) = Stamp::of_open(&file)? else {
            let kind = name_of(file.metadata()?.file_type());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{kind}, not a regular file")));
        };
        Self::read(FileSource::of_length(file, stamp.size), stamp, since, throughout, buffer)
    }

    /// Reads the first bytes of a file that had this stamp a moment ago.
    fn read(
        file: FileSource,
        stamp: Stamp,
        since: SystemTime,
        throughout: bool,
        buffer: &'b mut [u8],
    ) -> io::Result<Self> {
        let whole = usize::try_from(stamp.size).unwrap_or(usize::MAX);
        let (small, first) = if throughout { (SMALL, HEAD) } else { (SMALL_OTHER, OTHER_HEAD) };
        let length = if whole <= small { whole } else { first }.min(buffer.len());
        // One byte more shows whether a file that is read whole has grown since its stamp was taken.
        let most = length.saturating_add(usize::from(length == whole)).min(buffer.len());
        let asked = buffer.get_mut(..most).unwrap_or_default();
        let count = file.read_start(asked, length).map_err(|error| io::Error::other(reason(&error)))?;
        let is_of_one_moment = count as u64 == stamp.size;
        let (head, rest) = buffer.split_at_mut(length);
        let rest = RefCell::new(Rest { buffer: rest, length: 0, reads: 0 });
        Ok(Self { file, stamp, since, is_of_one_moment, head, rest })
    }

    /// Whether a change after the file was opened is sure to give another stamp.
    ///
    /// The moment that counts is the one before it was read: to read may take longer than a tick of the file system's clock, and
    /// a file can change after it is read and within the tick of its stamp.
    pub(crate) fn is_settled(&self) -> bool {
        self.stamp.is_settled(self.since)
    }

    /// What the file is like now, where it is not what it was when it was opened.
    ///
    /// A file that was read in one go needs no second look. Of others the length is of one moment and what was read of another,
    /// even where it was one read.
    pub(crate) fn changed(&self) -> Option<Stamp> {
        if self.is_of_one_moment {
            return None;
        }
        let now = Stamp::of_open(self.file.file()).ok()??;
        (now != self.stamp).then_some(now)
    }
}

impl Source for Opened<'_> {
    fn len(&self) -> u64 {
        self.stamp.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        let mut rest = self.rest.borrow_mut();
        if rest.copy(self.head, offset, buffer) {
            return Ok(());
        }
        rest.reads = rest.reads.saturating_add(1);
        let is_near = self.stamp.size <= NEAR;
        if (is_near || rest.reads > FEW)
            && rest.fill(self.head.len(), &self.file)?
            && rest.copy(self.head, offset, buffer)
        {
            return Ok(());
        }
        self.file.read_at(offset, buffer)
    }

    fn held(&self, offset: u64, length: usize) -> Option<&[u8]> {
        self.head.held(offset, length)
    }
}

impl Rest<'_> {
    /// Copies what is asked for, where it is held in `head`, here, or across both.
    fn copy(&self, head: &[u8], offset: u64, buffer: &mut [u8]) -> bool {
        let rest = self.buffer.get(..self.length).unwrap_or_default();
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let Some(end) = start.checked_add(buffer.len()).filter(|&end| end <= head.len() + rest.len()) else {
            return false;
        };
        let in_head = head.get(start..end.min(head.len())).unwrap_or_default();
        let in_rest = rest.get(start.saturating_sub(head.len())..end.saturating_sub(head.len())).unwrap_or_default();
        let (to_head, to_rest) = buffer.split_at_mut(in_head.len());
        to_head.copy_from_slice(in_head);
        to_rest.copy_from_slice(in_rest);
        true
    }

    /// Reads all behind the head of a file that is short enough to be held whole, and says whether it is: a read costs as
    /// much as some thousands of bytes.
    fn fill(&mut self, head: usize, file: &FileSource) -> Result<bool, SourceError> {
        let rest = usize::try_from(file.len()).ok().and_then(|whole| whole.checked_sub(head));
        let Some(rest) = rest.filter(|&rest| rest <= self.buffer.len()) else { return Ok(false) };
        file.read_at(head as u64, self.buffer.get_mut(..rest).unwrap_or_default())?;
        self.length = rest;
        Ok(true)
    }
}

/// Why a read failed, in one sentence.
pub(crate) fn reason(error: &SourceError) -> String {
    match error {
        SourceError::Failed { cause, .. } => match cause.downcast_ref::<io::Error>() {
            Some(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                "it became shorter while it was read".to_owned()
            }
            Some(error) => super::walk::plain(error),
            None => cause.to_string(),
        },
        SourceError::NotYet(_) => error.to_string(),
    }
}

/// Bytes of the longest file that is read at once where it will be read throughout: another call costs more than to copy what
/// may not be needed.
const SMALL: usize = 32 << 10;
/// Bytes at the start of a longer file that are read at once: most of what a header takes.
const HEAD: usize = 8 << 10;
/// The same of files of which little more than the start is read: images, media that is only told by its kind, and what is no
/// media. What is copied and not looked at costs more than the call that may be needed for the end.
const SMALL_OTHER: usize = 8 << 10;
/// Bytes at the start of a longer one that are read at once.
const OTHER_HEAD: usize = 4 << 10;
/// Bytes of the longest file that may be held whole.
pub(crate) const SHORT: usize = 64 << 10;
/// Bytes of the longest file that is read whole by the first read past what is held: more of them mostly follow, and each
/// costs as much as to copy so few bytes.
const NEAR: u64 = 16 << 10;
/// Reads past what is held after which a short file that is longer is read whole.
const FEW: u32 = 2;

/// Opens a file by its path, without waiting for anything.
pub(super) fn open_path(path: &Path) -> io::Result<File> {
    without_waiting().open(path)
}

#[cfg(unix)]
fn without_waiting() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    options
}

#[cfg(not(unix))]
fn without_waiting() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::time::Duration;

    use super::*;

    #[test]
    fn bytes_are_the_same_from_the_head_and_past_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let bytes: Vec<u8> = (0..20_u8).collect();
        fs::write(&path, &bytes).unwrap();
        let mut buffer = [0; 8];
        let opened = Opened::open(true, || open_path(&path), &mut buffer).unwrap();
        for start in 0..20 {
            for end in start..20 {
                let mut read = vec![0; end - start];
                opened.read_at(start as u64, &mut read).unwrap();
                assert_eq!(read, bytes[start..end]);
            }
        }
        assert!(opened.read_at(15, &mut [0; 6]).is_err());
    }

    #[test]
    fn what_is_not_read_throughout_is_read_at_its_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for (throughout, length, held) in [
            (true, SMALL, SMALL),
            (true, SMALL + 1, HEAD),
            (false, SMALL_OTHER, SMALL_OTHER),
            (false, SMALL_OTHER + 1, OTHER_HEAD),
        ] {
            fs::write(&path, vec![1; length]).unwrap();
            let mut buffer = vec![0; SHORT];
            let opened = Opened::open(throughout, || open_path(&path), &mut buffer).unwrap();
            assert_eq!(opened.head.len(), held);
            assert_eq!(opened.changed(), None);
            fs::write(&path, vec![2; length + 1]).unwrap();
            opened.read_at(0, &mut vec![0; held]).unwrap();
            // What was read whole is of one moment.
            assert_eq!(opened.changed().is_some(), held < length);
        }
    }

    fn byte_at(opened: &Opened<'_>, offset: usize) -> u8 {
        let mut byte = [0];
        opened.read_at(offset as u64, &mut byte).unwrap();
        byte[0]
    }

    #[test]
    fn a_short_file_that_is_read_from_often_is_read_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for (length, is_held) in [(SHORT, true), (SHORT + 1, false)] {
            fs::write(&path, vec![1; length]).unwrap();
            let mut buffer = vec![0; SHORT];
            let opened = Opened::open(true, || open_path(&path), &mut buffer).unwrap();
            let read = |offset| byte_at(&opened, offset);
            assert_eq!([read(HEAD - 1), read(HEAD), read(length - 1)], [1; 3]);
            fs::write(&path, vec![2; length]).unwrap();
            assert_eq!([read(HEAD - 1), read(HEAD)], [1, 2]);
            fs::write(&path, vec![3; length]).unwrap();
            assert_eq!(read(HEAD + 1), if is_held { 2 } else { 3 });
            assert!(opened.changed().is_some(), "what is held is not of one moment");
        }
    }

    #[test]
    fn a_file_that_ends_near_its_head_is_read_whole_by_the_next_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for length in [NEAR as usize, NEAR as usize + 1] {
            fs::write(&path, vec![1; length]).unwrap();
            let mut buffer = vec![0; SHORT];
            let opened = Opened::open(false, || open_path(&path), &mut buffer).unwrap();
            let read = |offset| byte_at(&opened, offset);
            assert_eq!(read(OTHER_HEAD), 1);
            fs::write(&path, vec![2; length]).unwrap();
            assert_eq!(read(length - 1), if length as u64 <= NEAR { 1 } else { 2 });
            assert!(opened.read_at(length as u64, &mut [0]).is_err());
        }
    }

    #[test]
    fn a_file_that_changes_meanwhile_is_seen_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, [1; 20]).unwrap();
        let mut buffer = [0; 8];
        let opened = Opened::open(true, || open_path(&path), &mut buffer).unwrap();
        assert_eq!(opened.changed(), None);
        opened.read_at(12, &mut [0; 4]).unwrap();
        assert_eq!(opened.changed(), None);
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
        assert_eq!(opened.changed().map(|stamp| stamp.size), Some(24));
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(10).unwrap();
        assert_eq!(opened.changed().map(|stamp| stamp.size), Some(10));
        let error = opened.read_at(12, &mut [0; 4]).unwrap_err();
        assert_eq!(reason(&error), "it became shorter while it was read");
    }

    #[test]
    fn a_file_that_changes_between_its_stamp_and_its_bytes_is_seen_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for then in [0, 1, 100, SMALL_OTHER, SMALL_OTHER + 1] {
            for now in [0, then, then + 1, then + 9000] {
                fs::write(&path, vec![1; then]).unwrap();
                let file = open_path(&path).unwrap();
                let stamp = Stamp::of_open(&file).unwrap().unwrap();
                if now != then {
                    fs::write(&path, vec![2; now]).unwrap();
                }
                let mut buffer = vec![0; SHORT];
                let file = FileSource::of_length(file, stamp.size);
                match Opened::read(file, stamp, SystemTime::now(), false, &mut buffer) {
                    Ok(opened) => assert_eq!(opened.changed().is_some(), now != then, "{then} to {now}"),
                    Err(error) => {
                        assert!(now < then);
                        assert_eq!(error.to_string(), "it became shorter while it was read");
                    }
                }
            }
        }
    }

    #[test]
    fn a_file_is_settled_by_the_time_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, [1; 8]).unwrap();
        let stamp = |path| Stamp::of(&fs::metadata(path).unwrap());
        let mut buffer = [0; 8];
        let mut written = SystemTime::UNIX_EPOCH;
        let clock = || {
            fs::write(&path, [2; 8]).unwrap();
            written = fs::metadata(&path).unwrap().modified().unwrap();
            written
        };
        let opened = Opened::open_by(clock, true, || open_path(&path), &mut buffer).unwrap();
        let mut read = [0; 8];
        opened.read_at(0, &mut read).unwrap();
        assert_eq!((read, opened.stamp), ([2; 8], stamp(&path)), "the clock is read before the file");
        assert!(!opened.is_settled(), "however long it took since then");

        let mut buffer = [0; 8];
        let later = written + Duration::from_secs(3);
        assert!(Opened::open_by(|| later, true, || open_path(&path), &mut buffer).unwrap().is_settled());
    }
}
