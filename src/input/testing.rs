//! A source for tests that counts what is read of it.

use std::cell::Cell;

use super::{Source, SourceError};

/// Bytes in memory that count how many of them were asked for.
pub(crate) struct Counting {
    bytes: Vec<u8>,
    read: Cell<usize>,
}

impl Counting {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, read: Cell::new(0) }
    }

    /// How many bytes were asked for, those that were asked for twice counted twice.
    pub(crate) fn read(&self) -> usize {
        self.read.get()
    }
}

impl Source for Counting {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.read.set(self.read.get() + buffer.len());
        self.bytes.read_at(offset, buffer)
    }
}
