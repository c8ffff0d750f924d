//! The one interface through which media is read.

use std::sync::Arc;

/// Random access to the bytes of one media file.
///
/// Implemented for byte slices and, with the feature `fs`, for files. A source is read from one thread at
/// a time by a check; it may be shared by several checks.
pub trait Source {
    /// The length in bytes.
    fn len(&self) -> u64;

    /// Fills `buffer` with the bytes at `offset`, all of them or an error.
    ///
    /// Callers stay within [`Source::len`]; a source that has become shorter meanwhile reports
    /// [`SourceError::Failed`].
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError>;

    /// The `length` bytes at `offset`, where they are in memory already and need not be copied; `None` where they must be
    /// read. What is held is the same as what would be read.
    fn held(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let _ = (offset, length);
        None
    }

    /// Whether the source holds no byte.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A half-open range of bytes, `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// Offset of the first byte.
    pub start: u64,
    /// Offset after the last byte.
    pub end: u64,
}

/// Why bytes could not be had. Damage inside a file is never one of these: it is data.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SourceError {
    /// A remote source does not hold these bytes yet: fetch the ranges and inspect again.
    #[error("{} byte ranges are not fetched yet", .0.len())]
    NotYet(Vec<ByteRange>),
    /// The bytes could not be read.
    #[error("reading {length} bytes at offset {offset} failed: {cause}")]
    Failed {
        /// Offset of the first byte asked for.
        offset: u64,
        /// How many bytes were asked for.
        length: u64,
        /// What the source said.
        cause: Arc<dyn std::error::Error + Send + Sync>,
    },
}

impl SourceError {
    /// A failed read of `length` bytes at `offset`.
    pub fn failed(offset: u64, length: usize, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed { offset, length: length as u64, cause: Arc::from(cause.into()) }
    }
}

impl Source for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        match self.held(offset, buffer.len()) {
            Some(bytes) => {
                buffer.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(SourceError::failed(offset, buffer.len(), "past the end of the memory")),
        }
    }

    fn held(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset).ok()?;
        self.get(start..start.checked_add(length)?)
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        Vec::len(self) as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.as_slice().read_at(offset, buffer)
    }

    fn held(&self, offset: u64, length: usize) -> Option<&[u8]> {
        self.as_slice().held(offset, length)
    }
}

impl<S: Source + ?Sized> Source for &S {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        (**self).read_at(offset, buffer)
    }

    fn held(&self, offset: u64, length: usize) -> Option<&[u8]> {
        (**self).held(offset, length)
    }
}
