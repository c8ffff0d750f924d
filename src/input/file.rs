//! Files, read by position: no seek, no mapping, no shared cursor.

use std::fs::File;
use std::io;
use std::path::Path;

use super::source::{Source, SourceError};

/// An open regular file.
///
/// Its length is taken once, at opening. A file that grows later is read up to that length; one that shrinks
/// makes a read fail.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    length: u64,
}

impl FileSource {
    /// Opens the file at `path` for reading.
    ///
    /// Errors: what the system says, or [`io::ErrorKind::InvalidInput`] where it is not a regular file (a FIFO or a
    /// device is refused before it could block).
    #[expect(clippy::disallowed_methods, reason = "the one place of the library that opens files")]
    pub fn open(path: &Path) -> io::Result<Self> {
        // Opening a FIFO for reading blocks until a writer comes, so the kind is asked first.
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            let kind = if metadata.is_dir() { "a directory" } else { "not a regular file" };
            return Err(io::Error::new(io::ErrorKind::InvalidInput, kind));
        }
        Self::new(File::open(path)?)
    }

    /// Takes a file that is already open.
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    /// Takes a file that is already open and known to be `length` bytes long.
    #[cfg(feature = "scan")]
    pub(crate) const fn of_length(file: File, length: u64) -> Self {
        Self { file, length }
    }

    /// Reads from the start into `buffer` until `least` bytes are there, and says how many are: more where the
    /// file has more and one call gave them.
    #[cfg(feature = "scan")]
    pub(crate) fn read_start(&self, buffer: &mut [u8], least: usize) -> Result<usize, SourceError> {
        let mut count = 0;
        loop {
            let rest = buffer.get_mut(count..).unwrap_or_default();
            let length = rest.len();
            let failed = |error| SourceError::failed(count as u64, length, error);
            match read_some_at(&self.file, rest, count as u64) {
                Ok(0) if count < least => return Err(failed(io::ErrorKind::UnexpectedEof.into())),
                Ok(more) if more == 0 || count + more >= least => return Ok(count + more),
                Ok(more) => count += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// The open file.
    #[cfg(feature = "scan")]
    pub(crate) const fn file(&self) -> &File {
        &self.file
    }
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        read_exact_at(&self.file, buffer, offset).map_err(|error| SourceError::failed(offset, buffer.len(), error))
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(all(unix, feature = "scan"))]
fn read_some_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_some_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let count = read_some_at(file, buffer, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[count..];
        offset += count as u64;
    }
    Ok(())
}
