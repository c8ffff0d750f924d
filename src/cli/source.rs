//! Opens a target for reading by position.

use std::io;
use std::path::Path;

use media_preflight::input::FileSource;

use super::failure::plain;
use super::spool;
use super::targets::Target;

/// Why a target could not be read, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotOpened(pub(crate) String);

impl From<io::Error> for NotOpened {
    fn from(error: io::Error) -> Self {
        Self(plain(&error))
    }
}

/// Opens a target; at most `limit` bytes are taken from standard input.
pub(crate) fn open(target: &Target, limit: u64) -> Result<FileSource, NotOpened> {
    match target {
        Target::File(path) => Ok(FileSource::open(path)?),
        Target::StandardInput => spool::standard_input(limit).map_err(|error| NotOpened(error.to_string())),
        Target::Unlisted(_, error) => Err(NotOpened(plain(error))),
    }
}

/// Opens a file that is given as an argument, where `-` is standard input.
pub(crate) fn open_argument(path: &Path, limit: u64) -> Result<FileSource, NotOpened> {
    let is_standard_input = path.as_os_str() == "-";
    open(&if is_standard_input { Target::StandardInput } else { Target::File(path.to_owned()) }, limit)
}
