//! Budgeted reads from a source.

use std::borrow::Cow;

use super::budget::{Budget, Exhausted, Extras};
use super::cursor::CursorEnded;
use super::source::{Source, SourceError};

/// Why the reading of a structure stopped.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Stop {
    /// The source could not deliver: an error of the run, not of the file.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The file would cost more than its budget.
    #[error("{field} at offset {offset}: {exhausted}")]
    Budget {
        /// Absolute offset of what was to be read.
        offset: u64,
        /// What was to be read.
        field: &'static str,
        /// Which bound was passed.
        exhausted: Exhausted,
    },
    /// The file ends inside the field.
    #[error("{field} at offset {offset} needs {expected} bytes, and the file has {actual} left")]
    EndOfFile {
        /// Absolute offset of the field.
        offset: u64,
        /// The field that was to be read.
        field: &'static str,
        /// How many bytes it takes.
        expected: u64,
        /// How many bytes the file has left at that offset.
        actual: u64,
    },
    /// A structure ends inside one of its fields, though the file goes on.
    #[error(transparent)]
    EndOfStructure(#[from] CursorEnded),
    /// A field holds what it cannot hold.
    #[error("{field} at offset {offset}: expected {expected}, found {actual}")]
    Malformed {
        /// Absolute offset of the field.
        offset: u64,
        /// The field that is wrong.
        field: &'static str,
        /// What it should hold.
        expected: Cow<'static, str>,
        /// What it holds.
        actual: Cow<'static, str>,
    },
}

/// Reads from a source within a budget. All reads of parsers pass through here.
pub(crate) struct Reader<'s> {
    source: &'s dyn Source,
    /// All bytes of the file, where the source holds them in memory.
    whole: Option<&'s [u8]>,
    length: u64,
    budget: Budget,
    extras: Extras,
    lists_groups: bool,
    prefix: [u8; PREFIX],
    prefix_length: usize,
    ahead: Ahead,
}

/// Bytes read ahead where headers follow one another closely: a file of a million empty boxes costs one read in
/// hundreds of them, and other files cost nothing more.
#[derive(Debug, Default)]
struct Ahead {
    /// Where the last small read ended.
    end: u64,
    /// How many small reads followed one another closely.
    close: u32,
    /// Offset of the first byte held.
    start: u64,
    bytes: Vec<u8>,
}

impl Ahead {
    /// Notes a small read; returns whether reading ahead is worth while.
    fn note(&mut self, offset: u64, length: u64) -> bool {
        let is_close = offset.checked_sub(self.end).is_some_and(|gap| gap <= CLOSE);
        self.close = if is_close { self.close.saturating_add(1) } else { 0 };
        self.end = offset.saturating_add(length);
        self.close >= MANY
    }

    /// The bytes at `offset`, where they are held.
    fn get(&self, offset: u64, length: usize) -> Option<&[u8]> {
        part(&self.bytes, offset.checked_sub(self.start)?, length as u64)
    }
}

/// The bytes at `offset`, where there are so many.
#[inline]
fn part(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let (start, length) = (usize::try_from(offset).ok()?, usize::try_from(length).ok()?);
    bytes.get(start..start.checked_add(length)?)
}

/// A read of at most so many bytes is one of a header.
const SMALL: usize = 16;
/// Headers with at most so many bytes between them are close.
const CLOSE: u64 = 64;
/// So many close headers in a row are the beginning of many more.
const MANY: u32 = 32;
/// Bytes read ahead at once.
const WINDOW: u64 = 4096;

/// The bytes at the start of a file that tell its type; read once and kept.
const PREFIX: usize = 64;

impl<'s> Reader<'s> {
    /// A reader over `source`; reads the first bytes, which tell the type.
    #[inline]
    pub(crate) fn new(source: &'s dyn Source, mut budget: Budget) -> Result<Self, Stop> {
        let length = source.len();
        let whole = usize::try_from(length).ok().and_then(|length| source.held(0, length));
        let prefix_length = usize::try_from(length).unwrap_or(usize::MAX).min(PREFIX);
        budget.read(prefix_length as u64).map_err(|exhausted| Stop::Budget {
            offset: 0,
            field: "file type",
            exhausted,
        })?;
        let mut prefix = [0; PREFIX];
        match whole.and_then(|whole| whole.get(..prefix_length)) {
            Some(held) => prefix[..prefix_length].copy_from_slice(held),
            None => source.read_at(0, &mut prefix[..prefix_length])?,
        }
        let (extras, ahead) = (Extras::default(), Ahead::default());
        Ok(Self { source, whole, length, budget, extras, lists_groups: true, prefix, prefix_length, ahead })
    }

    /// Asks parsers for more than rules need.
    #[inline]
    pub(crate) const fn ask_for(&mut self, extras: Extras) {
        self.extras = extras;
    }

    /// Asks parsers for the list of the groups of pictures, or does without.
    #[inline]
    pub(crate) const fn list_groups(&mut self, lists_groups: bool) {
        self.lists_groups = lists_groups;
    }

    /// Whether the list of the groups of pictures is asked for.
    pub(crate) const fn lists_groups(&self) -> bool {
        self.lists_groups
    }

    /// What is asked for beyond the facts that rules need.
    pub(crate) const fn extras(&self) -> Extras {
        self.extras
    }

    /// Length of the file in bytes.
    #[inline]
    pub(crate) const fn len(&self) -> u64 {
        self.length
    }

    /// The first bytes of the file, at most 64.
    #[inline]
    pub(crate) fn prefix(&self) -> &[u8] {
        &self.prefix[..self.prefix_length]
    }

    /// The budget, for counting structures.
    pub(crate) const fn budget(&mut self) -> &mut Budget {
        &mut self.budget
    }

    /// Whether all of the file is in memory.
    pub(crate) const fn is_held(&self) -> bool {
        self.whole.is_some()
    }

    /// The bytes at `offset`, which count as read; `None` where they are not in memory, or the file ends before them.
    #[inline]
    pub(crate) fn held(&mut self, offset: u64, length: u64, field: &'static str) -> Result<Option<&'s [u8]>, Stop> {
        let Some(held) = self.whole.and_then(|whole| part(whole, offset, length)) else { return Ok(None) };
        self.count(offset, length, field)?;
        Ok(Some(held))
    }

    /// All bytes from `offset` on, of which those that are looked at have to be counted by [`Self::count`]; none where
    /// the file is not in memory, or ends before them.
    #[inline]
    pub(crate) fn held_from(&self, offset: u64) -> &'s [u8] {
        let (Some(whole), Ok(start)) = (self.whole, usize::try_from(offset)) else { return &[] };
        whole.get(start..).unwrap_or_default()
    }

    /// Whether `length` bytes behind `offset` may all be read, without the first bytes of the file among them.
    #[inline]
    pub(crate) const fn allows(&self, offset: u64, length: u64) -> bool {
        offset >= self.prefix_length as u64 && self.budget.allows_read(length)
    }

    /// Counts bytes that are held as read. What the prefix holds is not read again.
    #[inline]
    pub(crate) fn count(&mut self, offset: u64, length: u64, field: &'static str) -> Result<(), Stop> {
        let fresh = offset.saturating_add(length).saturating_sub(offset.max(self.prefix_length as u64));
        self.budget.read(fresh).map_err(|exhausted| Stop::Budget { offset, field, exhausted })
    }

    /// Fills `buffer` from `offset`. What the prefix holds is not read again.
    pub(crate) fn fill(&mut self, offset: u64, buffer: &mut [u8], field: &'static str) -> Result<(), Stop> {
        let expected = buffer.len() as u64;
        let actual = self.length.saturating_sub(offset);
        if actual < expected {
            return Err(Stop::EndOfFile { offset, field, expected, actual });
        }
        if let Some(held) = self.held(offset, expected, field)? {
            buffer.copy_from_slice(held);
            return Ok(());
        }
        let held = usize::try_from(offset).ok().filter(|&start| start < self.prefix_length).map_or(0, |start| {
            let count = (self.prefix_length - start).min(buffer.len());
            buffer[..count].copy_from_slice(&self.prefix[start..start + count]);
            count
        });
        let rest = &mut buffer[held..];
        if rest.is_empty() {
            return Ok(());
        }
        let offset = offset + held as u64;
        let in_memory = self.source.held(offset, rest.len());
        if rest.len() <= SMALL && self.ahead.note(offset, rest.len() as u64) && in_memory.is_none() {
            return self.fill_from_ahead(offset, rest, field);
        }
        self.budget.read(rest.len() as u64).map_err(|exhausted| Stop::Budget { offset, field, exhausted })?;
        if let Some(bytes) = in_memory {
            rest.copy_from_slice(bytes);
            return Ok(());
        }
        Ok(self.source.read_at(offset, rest)?)
    }

    /// Fills `buffer` from what was read ahead, reading the next window where that does not reach.
    fn fill_from_ahead(&mut self, offset: u64, buffer: &mut [u8], field: &'static str) -> Result<(), Stop> {
        if self.ahead.get(offset, buffer.len()).is_none() {
            let length = WINDOW.min(self.length - offset);
            self.budget.read(length).map_err(|exhausted| Stop::Budget { offset, field, exhausted })?;
            self.ahead.start = offset;
            // At most a window, which is far below what a usize holds.
            self.ahead.bytes.resize(usize::try_from(length).unwrap_or_default(), 0);
            if let Err(error) = self.source.read_at(offset, &mut self.ahead.bytes) {
                self.ahead.bytes.clear();
                return Err(error.into());
            }
        }
        if let Some(bytes) = self.ahead.get(offset, buffer.len()) {
            buffer.copy_from_slice(bytes);
        }
        Ok(())
    }

    /// The `length` bytes at `offset`, read into memory of their own where they are not held, where the budget allows a
    /// structure of that size.
    pub(crate) fn bytes(&mut self, offset: u64, length: u64, field: &'static str) -> Result<Cow<'s, [u8]>, Stop> {
        let actual = self.length.saturating_sub(offset);
        if actual < length {
            return Err(Stop::EndOfFile { offset, field, expected: length, actual });
        }
        self.budget.structure(length).map_err(|exhausted| Stop::Budget { offset, field, exhausted })?;
        if let Some(held) = self.held(offset, length, field)? {
            return Ok(Cow::Borrowed(held));
        }
        let count = usize::try_from(length).map_err(|_| Stop::EndOfFile { offset, field, expected: length, actual })?;
        let mut bytes = vec![0; count];
        self.fill(offset, &mut bytes, field)?;
        Ok(Cow::Owned(bytes))
    }

    /// Reads an array of `N` bytes at `offset`.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self, offset: u64, field: &'static str) -> Result<[u8; N], Stop> {
        if let Some(held) = self.held(offset, N as u64, field)?.and_then(|held| held.first_chunk()) {
            return Ok(*held);
        }
        let mut array = [0; N];
        self.fill(offset, &mut array, field)?;
        Ok(array)
    }

    /// Counts `count` visited structures at `offset`.
    #[inline]
    pub(crate) fn visit(&mut self, count: u64, offset: u64, field: &'static str) -> Result<(), Stop> {
        self.budget.items(count).map_err(|exhausted| Stop::Budget { offset, field, exhausted })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::input::{Limits, Resource};

    struct Counting {
        bytes: Vec<u8>,
        reads: RefCell<Vec<(u64, usize)>>,
    }

    impl Source for Counting {
        fn len(&self) -> u64 {
            self.bytes.len() as u64
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
            self.reads.borrow_mut().push((offset, buffer.len()));
            self.bytes.read_at(offset, buffer)
        }
    }

    fn counting(length: u32) -> Counting {
        Counting { bytes: (0..length).map(|n| n as u8).collect(), reads: RefCell::default() }
    }

    #[test]
    fn the_prefix_is_read_once() {
        let source = counting(100);
        let mut reader = Reader::new(&source, Budget::default()).ok().unwrap();
        assert_eq!(reader.array::<4>(10, "a").ok().unwrap(), [10, 11, 12, 13]);
        assert_eq!(reader.array::<4>(62, "b").ok().unwrap(), [62, 63, 64, 65]);
        assert_eq!(*source.reads.borrow(), [(0, 64), (64, 2)]);
    }

    #[test]
    fn headers_that_follow_closely_are_read_ahead() {
        let source = counting(20_000);
        let mut reader = Reader::new(&source, Budget::default()).ok().unwrap();
        for offset in (64_u64..19_900).step_by(10) {
            let expected = [offset, offset + 1].map(|n| n.to_le_bytes()[0]);
            assert_eq!(reader.array::<2>(offset, "header").ok().unwrap(), expected);
        }
        let reads = source.reads.borrow();
        assert!(reads.len() < 50, "{} reads", reads.len());
        let requested: usize = reads.iter().map(|(_, length)| length).sum();
        assert!(requested < 21_000, "{requested} bytes asked for");
    }

    #[test]
    fn what_the_source_holds_is_not_read() {
        struct Held(Counting);

        impl Source for Held {
            fn len(&self) -> u64 {
                self.0.len()
            }

            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
                self.0.read_at(offset, buffer)
            }

            fn held(&self, offset: u64, length: usize) -> Option<&[u8]> {
                self.0.bytes.get(..200)?.get(offset as usize..)?.get(..length)
            }
        }

        let source = Held(counting(20_000));
        let mut reader = Reader::new(&source, Budget::default()).ok().unwrap();
        for (offset, length) in [(0, 100), (50, 150), (60, 2), (150, 50), (199, 1), (150, 51), (300, 10)] {
            let mut buffer = vec![0; length];
            reader.fill(offset, &mut buffer, "header").ok().unwrap();
            assert_eq!(buffer, source.0.bytes[offset as usize..][..length]);
        }
        assert_eq!(*source.0.reads.borrow(), [(0, 64), (150, 51), (300, 10)]);
        assert_eq!(reader.budget.bytes_read(), 64 + 36 + 136 + 50 + 1 + 51 + 10);
    }

    #[test]
    fn headers_far_apart_are_read_alone() {
        let source = counting(20_000);
        let mut reader = Reader::new(&source, Budget::default()).ok().unwrap();
        for offset in (64..19_900).step_by(100) {
            reader.array::<8>(offset, "header").ok().unwrap();
        }
        assert!(source.reads.borrow().iter().skip(1).all(|(_, length)| *length == 8));
    }

    #[test]
    fn a_field_past_the_end_says_what_was_wanted() {
        let source = counting(10);
        let mut reader = Reader::new(&source, Budget::default()).ok().unwrap();
        let stop = reader.array::<4>(8, "size").err().unwrap();
        assert!(matches!(stop, Stop::EndOfFile { offset: 8, field: "size", expected: 4, actual: 2 }));
        let stop = reader.array::<4>(u64::MAX, "size").err().unwrap();
        assert!(matches!(stop, Stop::EndOfFile { actual: 0, .. }));
    }

    #[test]
    fn a_structure_above_the_budget_is_not_allocated() {
        let source = counting(1000);
        let limits = Limits { structure_bytes: 99, ..Limits::default() };
        let mut reader = Reader::new(&source, Budget::new(limits)).ok().unwrap();
        assert!(reader.bytes(0, 99, "box").is_ok());
        let stop = reader.bytes(0, 100, "box").err().unwrap();
        let exhausted = Exhausted { resource: Resource::StructureBytes, needed: 100, allowed: 99 };
        assert!(matches!(stop, Stop::Budget { exhausted: e, .. } if e == exhausted));
    }
}
