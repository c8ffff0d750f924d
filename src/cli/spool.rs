//! Standard input, made readable by position.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use media_preflight::input::FileSource;
use media_preflight::units::Bytes;

use super::failure::plain;

/// Why standard input could not be kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpoolError {
    /// More came than is taken.
    #[error("standard input is longer than {0}, the most that is taken (--stdin-limit)")]
    TooLong(Bytes),
    /// Standard input could not be read.
    #[error("standard input could not be read: {}", plain(.0))]
    Read(#[source] io::Error),
    /// The temporary file could not be written.
    #[error("standard input could not be kept in a temporary file (in {}): {}", std::env::temp_dir().display(), plain(.0))]
    Keep(#[source] io::Error),
}

/// Standard input as a source.
///
/// A regular file that is redirected from its start is read in place. Everything else is first copied to a temporary
/// file that has no name, so that nothing is left behind however the program ends.
pub(crate) fn standard_input(limit: u64) -> Result<FileSource, SpoolError> {
    if let Some(file) = redirected_file() {
        return FileSource::new(file).map_err(SpoolError::Read);
    }
    let file = spool(io::stdin().lock(), limit)?;
    FileSource::new(file).map_err(SpoolError::Keep)
}

/// Copies at most `limit` bytes of `input` to an anonymous temporary file.
fn spool(mut input: impl Read, limit: u64) -> Result<File, SpoolError> {
    let mut file = tempfile::tempfile().map_err(SpoolError::Keep)?;
    let mut buffer = vec![0; 256 << 10];
    let mut total: u64 = 0;
    loop {
        let count = match input.read(&mut buffer) {
            Ok(0) => return Ok(file),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(SpoolError::Read(error)),
        };
        total = total.saturating_add(count as u64);
        if total > limit {
            return Err(SpoolError::TooLong(Bytes(limit)));
        }
        file.write_all(buffer.get(..count).unwrap_or_default()).map_err(SpoolError::Keep)?;
    }
}

/// Standard input itself, where it is a regular file of which nothing is read yet.
#[cfg(unix)]
fn redirected_file() -> Option<File> {
    use std::os::fd::AsFd;

    let mut file = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
    let is_whole = file.metadata().ok()?.is_file() && file.stream_position().ok()? == 0;
    is_whole.then_some(file)
}

#[cfg(not(unix))]
fn redirected_file() -> Option<File> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_bytes_as_allowed_are_kept_and_not_one_more() {
        let kept = spool(io::repeat(7).take(300_000), 300_000).unwrap();
        assert_eq!(kept.metadata().unwrap().len(), 300_000);
        let error = spool(io::repeat(7), 1 << 20).unwrap_err();
        assert_eq!(
            error.to_string(),
            "standard input is longer than 1 MiB (1048576 bytes), the most that is taken (--stdin-limit)"
        );
    }
}
