//! A forward-only reader of a whole file: large reads, each byte once, one buffer.

use std::borrow::Cow;

use crate::input::{Reader, Stop};

/// Reads a file from front to back.
pub(super) struct Stream<'r, 's> {
    reader: &'r mut Reader<'s>,
    buffer: Cow<'s, [u8]>,
    /// Offset of the buffer's first byte.
    start: u64,
    /// Index of the next byte; past the buffer's end where more was skipped than it holds.
    next: usize,
}

impl<'r, 's> Stream<'r, 's> {
    /// A stream at the start of the file.
    pub(super) const fn new(reader: &'r mut Reader<'s>) -> Self {
        Self { reader, buffer: Cow::Borrowed(&[]), start: 0, next: 0 }
    }

    /// Offset of the next byte; past the file's end where the file was cut inside what was skipped last.
    #[inline]
    pub(super) const fn offset(&self) -> u64 {
        self.start + self.next as u64
    }

    /// Length of the file.
    #[inline]
    pub(super) const fn length(&self) -> u64 {
        self.reader.len()
    }

    /// Whether the file holds no further byte.
    #[inline]
    pub(super) const fn is_at_end(&self) -> bool {
        self.offset() >= self.length()
    }

    /// Counts one visited structure.
    #[inline]
    pub(super) fn visit(&mut self, field: &'static str) -> Result<(), Stop> {
        let offset = self.offset();
        self.reader.visit(1, offset, field)
    }

    /// Takes one byte.
    #[inline]
    pub(super) fn byte(&mut self, field: &'static str) -> Result<u8, Stop> {
        match self.buffer.get(self.next) {
            Some(&byte) => {
                self.next += 1;
                Ok(byte)
            }
            None => self.byte_behind(field),
        }
    }

    /// Takes one byte behind those of the buffer.
    #[cold]
    fn byte_behind(&mut self, field: &'static str) -> Result<u8, Stop> {
        self.refill(1, field)?;
        self.byte(field)
    }

    /// Takes `N` bytes.
    #[inline]
    pub(super) fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Stop> {
        if let Some(&array) = self.buffer.get(self.next..).and_then(|rest| rest.first_chunk()) {
            self.next += N;
            return Ok(array);
        }
        let mut array = [0; N];
        self.fill(&mut array, field)?;
        Ok(array)
    }

    /// The next `N` bytes, where they are in the buffer; they are not taken.
    #[inline]
    pub(super) fn next_bytes<const N: usize>(&self) -> Option<[u8; N]> {
        self.buffer.get(self.next..)?.first_chunk().copied()
    }

    /// Passes over bytes that [`Self::next_bytes`] gave.
    #[inline]
    pub(super) const fn pass(&mut self, count: usize) {
        self.next += count;
    }

    /// Takes as many bytes as `target` holds.
    pub(super) fn fill(&mut self, target: &mut [u8], field: &'static str) -> Result<(), Stop> {
        self.require(target.len() as u64, field)?;
        if let Some(bytes) = self.buffer.get(self.next..).and_then(|rest| rest.get(..target.len())) {
            target.copy_from_slice(bytes);
            self.next += target.len();
            return Ok(());
        }
        for place in target {
            *place = self.byte(field)?;
        }
        Ok(())
    }

    /// Passes over `count` bytes.
    pub(super) fn skip(&mut self, count: u16, field: &'static str) -> Result<(), Stop> {
        self.require(u64::from(count), field)?;
        self.next += usize::from(count);
        Ok(())
    }

    /// Passes over data sub-blocks, their terminator included (GIF89a 15 and 16).
    pub(super) fn skip_sub_blocks(&mut self, field: &'static str) -> Result<(), Stop> {
        // The size byte of the sub-block that was passed last, which may reach past the end of the file.
        let mut last = 0;
        loop {
            let buffer: &[u8] = &self.buffer;
            let mut next = self.next;
            while let Some(&size) = buffer.get(next) {
                last = 1 + usize::from(size);
                next += last;
                if size == 0 {
                    self.next = next;
                    return Ok(());
                }
            }
            self.next = next;
            if self.offset() > self.length() {
                let offset = self.offset() - last as u64;
                let actual = self.length().saturating_sub(offset);
                return Err(Stop::EndOfFile { offset, field, expected: last as u64, actual });
            }
            self.refill(1, field)?;
        }
    }

    /// The last bytes of the file, as many as `tail` holds at most, for which the stream is not moved.
    pub(super) fn tail<'t>(&mut self, tail: &'t mut [u8]) -> Result<&'t [u8], Stop> {
        let rest = self.length().saturating_sub(self.offset());
        let count = usize::try_from(rest).unwrap_or(usize::MAX).min(tail.len());
        let Some(tail) = tail.get_mut(..count) else {
            return Ok(&[]);
        };
        self.reader.fill(self.length() - count as u64, tail, "end of the file")?;
        Ok(tail)
    }

    fn require(&self, expected: u64, field: &'static str) -> Result<(), Stop> {
        let offset = self.offset();
        let actual = self.length().saturating_sub(offset);
        if actual < expected { Err(Stop::EndOfFile { offset, field, expected, actual }) } else { Ok(()) }
    }

    /// Reads the next part of the file into the buffer, at least `expected` bytes.
    fn refill(&mut self, expected: u64, field: &'static str) -> Result<(), Stop> {
        self.require(expected, field)?;
        let offset = self.offset();
        let rest = self.length().saturating_sub(offset);
        let count = usize::try_from(rest).unwrap_or(usize::MAX).min(BUFFER);
        self.start = offset;
        self.next = 0;
        if let Some(held) = self.reader.held(offset, count as u64, field)? {
            self.buffer = Cow::Borrowed(held);
            return Ok(());
        }
        let buffer = self.buffer.to_mut();
        buffer.resize(count, 0);
        self.reader.fill(offset, buffer, field)
    }
}

/// Bytes asked for at once: few calls, and small enough to stay in the processor's cache between copy and walk.
const BUFFER: usize = 128 << 10;
