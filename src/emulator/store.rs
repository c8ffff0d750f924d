//! Where uploads are kept: on disk, so that a restart finds them again, and in memory for tests.

mod disk;
#[cfg(test)]
pub(crate) mod memory;

use std::fmt::Debug;
use std::io::{self, Write};

pub use disk::{DiskSpool, DiskStore};

use super::upload::Upload;
use crate::api::MediaId;
use crate::input::Source;

/// A place for uploads.
///
/// What is written stays when the program is killed at any moment; a power cut may lose it.
pub trait Store: Debug {
    /// Media that arrive and are not accepted yet.
    type Spool: Spool;

    /// An empty spool. It is gone when it is dropped.
    fn spool(&self) -> io::Result<Self::Spool>;

    /// All uploads that are kept, the segments of unfinished ones among them.
    fn load(&self) -> io::Result<Vec<Upload>>;

    /// Keeps what is known of an upload.
    fn save(&self, upload: &Upload) -> io::Result<()>;

    /// Keeps a segment, in place of an earlier one of the same index.
    fn keep(&self, id: MediaId, index: u16, spool: Self::Spool) -> io::Result<()>;

    /// Keeps the whole content of an upload.
    fn keep_whole(&self, id: MediaId, spool: Self::Spool) -> io::Result<()>;

    /// Makes one content of the segments. It may be called again after it was interrupted.
    fn assemble(&self, upload: &Upload) -> io::Result<()>;

    /// The whole content.
    fn content(&self, id: MediaId) -> io::Result<Box<dyn Source>>;

    /// Moves an upload that is finished to the finished ones, with what is known of it.
    fn finish(&self, upload: &Upload) -> io::Result<()>;

    /// Forgets an upload that was never finished, with its segments.
    fn forget(&self, id: MediaId) -> io::Result<()>;
}

/// Media that arrive.
pub trait Spool: Write + Debug {
    /// Bytes so far.
    fn length(&self) -> u64;
}
