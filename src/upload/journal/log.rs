//! A file of lines that grows at its end, each with its check sum. What a crash cut off is left out.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// An open log, which no other process holds.
#[derive(Debug)]
pub(super) struct Log {
    file: File,
    /// Where the lines end, in bytes. Zeros follow.
    end: u64,
    /// Bytes of the file.
    length: u64,
}

/// What opening a log came to.
#[derive(Debug)]
pub(super) enum Opened {
    /// The log, and the lines in it.
    Ours(Log, Vec<String>),
    /// Another process holds it.
    InUse,
}

impl Log {
    /// Opens the log at `path` for this process alone, and makes it where it is missing. A torn end is cut off.
    pub(super) fn open(path: &Path) -> io::Result<Opened> {
        loop {
            let mut file = match exclusive().open(path) {
                Ok(file) => file,
                Err(error) if is_sharing_violation(&error) => return Ok(Opened::InUse),
                Err(error) => return Err(error),
            };
            if !lock(&file)? {
                return Ok(Opened::InUse);
            }
            // Whoever held it may have removed it before it was ours.
            if !is_at(&file, path) {
                continue;
            }
            let (lines, end) = lines_of(&mut file)?;
            // What follows is cut off, so that nothing of it is ever taken for a line behind a new one.
            if end < file.metadata()?.len() {
                file.set_len(end)?;
                file.sync_data()?;
            }
            return Ok(Opened::Ours(Self { file, end, length: end }, lines));
        }
    }

    /// The lines of the log at `path`, which another process may be writing.
    pub(super) fn read(path: &Path) -> io::Result<Vec<String>> {
        Ok(lines_of(&mut File::open(path)?)?.0)
    }

    /// Adds lines, and returns when they would survive a loss of power.
    pub(super) fn append(&mut self, lines: &[String]) -> io::Result<()> {
        let mut text = String::new();
        for line in lines {
            text.push_str(&format!("{} {line}\n", check_sum(line)));
        }
        let end = self.end.saturating_add(text.len() as u64);
        if end > self.length {
            self.grow(end)?;
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()?;
        self.end = end;
        Ok(())
    }

    /// Begins the log anew.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        (self.end, self.length) = (0, 0);
        self.file.sync_data()
    }

    /// Makes the file longer than `end`, by zeros. Where only bytes change and the length does not, a file system writes just
    /// these to disk; otherwise its own journal too, and with that of many systems all that others have just written.
    fn grow(&mut self, end: u64) -> io::Result<()> {
        let length = end.saturating_add(PORTION);
        let zeros = usize::try_from(length.saturating_sub(self.end)).unwrap_or_default();
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&vec![0; zeros])?;
        self.file.sync_all()?;
        self.length = length;
        Ok(())
    }
}

/// The whole lines from the beginning on, and how many bytes they are. The first that is not as it was written ends them.
fn lines_of(file: &mut File) -> io::Result<(Vec<String>, u64)> {
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes)?;
    let mut lines = Vec::new();
    let mut length = 0_u64;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Some(text) = line_of(line) else { break };
        lines.push(text.to_owned());
        length = length.saturating_add(line.len() as u64);
    }
    Ok((lines, length))
}

/// The text of a line that is whole and as it was written.
fn line_of(line: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (sum, text) = text.split_once(' ')?;
    (sum == check_sum(text)).then_some(text)
}

/// CRC-32 of a line, in eight hexadecimal digits.
fn check_sum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

/// How a log is opened: for its owner alone where it is new.
fn exclusive() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // There an open file that is not shared is a lock.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0);
    options
}

/// Locks the file until it is closed, as it is when the process ends in any way. `false`: another process has locked it.
#[cfg(unix)]
fn lock(file: &File) -> io::Result<bool> {
    match rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn lock(_: &File) -> io::Result<bool> {
    Ok(true)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let Ok(own) = file.metadata() else { return false };
    std::fs::metadata(path).is_ok_and(|there| (there.dev(), there.ino()) == (own.dev(), own.ino()))
}

/// There an open file that is not shared cannot be removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

fn is_sharing_violation(error: &io::Error) -> bool {
    // ERROR_SHARING_VIOLATION of Windows.
    cfg!(windows) && error.raw_os_error() == Some(32)
}

/// Bytes that a log grows by: some five hundred records.
const PORTION: u64 = 64 << 10;
/// Bytes of a log that are read: far more than 1000 segments and all repetitions need.
const LONGEST: u64 = 16 << 20;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn opened(path: &Path) -> (Log, Vec<String>) {
        match Log::open(path).unwrap() {
            Opened::Ours(log, lines) => (log, lines),
            Opened::InUse => panic!("in use"),
        }
    }

    /// The bytes of a log, without the zeros behind it.
    fn written(path: &Path) -> Vec<u8> {
        fs::read(path).unwrap().into_iter().take_while(|byte| *byte != 0).collect()
    }

    fn lines(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_was_added_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let (mut log, before) = opened(&path);
        assert!(before.is_empty());
        log.append(&lines(&["one", "two"])).unwrap();
        log.append(&lines(&["three é"])).unwrap();
        drop(log);
        let (mut log, before) = opened(&path);
        assert_eq!(before, ["one", "two", "three é"]);
        log.clear().unwrap();
        log.append(&lines(&["four"])).unwrap();
        assert_eq!(Log::read(&path).unwrap(), ["four"]);
    }

    #[test]
    fn an_end_that_is_torn_at_any_byte_is_left_out_and_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let (mut log, _) = opened(&path);
        log.append(&lines(&["one", "two"])).unwrap();
        drop(log);
        let whole = written(&path);
        let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let (mut log, before) = opened(&path);
            let expected: &[&str] = if length < first { &[] } else { &["one"] };
            assert_eq!(before, expected, "{length}");
            log.append(&lines(&["new"])).unwrap();
            drop(log);
            assert_eq!(opened(&path).1.last().unwrap(), "new");
        }
    }

    #[test]
    fn a_log_grows_beyond_what_was_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let (mut log, _) = opened(&path);
        let long: Vec<String> = (0..50).map(|number| format!("{number} {}", "x".repeat(10_000))).collect();
        for line in &long {
            log.append(std::slice::from_ref(line)).unwrap();
        }
        assert!(fs::metadata(&path).unwrap().len() <= 50 * 10_020 + 2 * PORTION);
        drop(log);
        assert_eq!(opened(&path).1, long);
    }

    #[test]
    fn a_byte_that_is_damaged_ends_the_log_in_front_of_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let (mut log, _) = opened(&path);
        log.append(&lines(&["one", "two", "three"])).unwrap();
        drop(log);
        let whole = written(&path);
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x20;
            fs::write(&path, &damaged).unwrap();
            let line = whole[..at].split(|byte| *byte == b'\n').count() - 1;
            assert_eq!(Log::read(&path).unwrap(), ["one", "two", "three"][..line], "{at}");
        }
    }

    #[test]
    fn one_process_has_it_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let first = opened(&path);
        assert!(matches!(Log::open(&path).unwrap(), Opened::InUse));
        drop(first);
        assert!(matches!(Log::open(&path).unwrap(), Opened::Ours(..)));
    }
}
