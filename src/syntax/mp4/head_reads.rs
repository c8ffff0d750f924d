//! Reads the first bytes of many samples in the order of the file, neighbours together.

use std::borrow::Cow;
use std::ops::Range;

use super::groups::GroupRange;
use super::labels::LabelReader;
use super::samples::Sample;
use crate::input::{ByteRange, Reader, SourceError, Stop};
use crate::syntax::h264::{SampleBytes, SampleInfo};

/// The heads of some thousands of samples.
#[derive(Default)]
pub(super) struct Heads {
    /// The samples in decoding order.
    pub(super) wanted: Vec<Wanted>,
    /// The same, by index, in the order of the file.
    order: Vec<usize>,
    /// The bytes of all heads.
    pub(super) bytes: Vec<u8>,
}

/// A sample whose head is wanted.
pub(super) struct Wanted {
    pub(super) info: SampleInfo,
    /// Its sample entry, counted from 0.
    pub(super) description: usize,
    /// Where its head stands among the bytes that were read; empty where it lies past the end of the file.
    pub(super) head: Range<usize>,
}

impl Wanted {
    /// The sample at `index`, with what is said of it.
    #[inline]
    pub(super) fn new(
        index: u64,
        sample: &Sample,
        labels: &mut LabelReader<'_, impl Iterator<Item = GroupRange>>,
    ) -> Self {
        let labels = labels.of(index, sample.sync, sample.dependency);
        let Sample { offset, size, composition_time: time, .. } = *sample;
        let description = usize::from(sample.description).wrapping_sub(1);
        Self { info: SampleInfo { index, offset, size, time, labels }, description, head: 0..0 }
    }

    /// Bytes of its head in a file of `length` bytes: 0 where it lies past the end.
    pub(super) fn length(&self, length: u64) -> u64 {
        u64::from(self.info.size).min(HEAD).min(length.saturating_sub(self.info.offset))
    }
}

impl Heads {
    /// Reads the heads of the samples that are wanted, in the order of the file, neighbours together.
    ///
    /// A source that must fetch is asked for all of them before it is told to.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        self.bytes.clear();
        self.order.clear();
        self.order.extend(0..self.wanted.len());
        if !self.wanted.is_sorted_by_key(|wanted| wanted.info.offset) {
            let wanted = &self.wanted;
            self.order.sort_by_key(|&index| wanted.get(index).map(|wanted| wanted.info.offset));
        }
        let mut not_yet: Vec<ByteRange> = Vec::new();
        let mut range = ByteRange { start: 0, end: 0 };
        for &index in &self.order {
            let Some(wanted) = self.wanted.get_mut(index) else { continue };
            let length = wanted.length(reader.len());
            if length == 0 {
                continue;
            }
            let end = wanted.info.offset.saturating_add(length);
            let near = range.start <= wanted.info.offset && wanted.info.offset <= range.end.saturating_add(GAP);
            if !near || end - range.start > LONGEST_READ {
                fetch(reader, range, &mut self.bytes, &mut not_yet)?;
                range = ByteRange { start: wanted.info.offset, end: wanted.info.offset };
            }
            range.end = range.end.max(end);
            // Lengths are at most 128 and a batch at most some MiB, whatever the file says.
            let start = self.bytes.len() + usize::try_from(wanted.info.offset - range.start).unwrap_or_default();
            wanted.head = start..start + usize::try_from(length).unwrap_or_default();
        }
        fetch(reader, range, &mut self.bytes, &mut not_yet)?;
        if not_yet.is_empty() { Ok(()) } else { Err(Stop::Source(SourceError::NotYet(not_yet))) }
    }
}

/// Appends the bytes of a range.
fn fetch(
    reader: &mut Reader<'_>,
    range: ByteRange,
    bytes: &mut Vec<u8>,
    not_yet: &mut Vec<ByteRange>,
) -> Result<(), Stop> {
    let start = bytes.len();
    let length = usize::try_from(range.end - range.start).unwrap_or_default();
    bytes.resize(start + length, 0);
    match reader.fill(range.start, bytes.get_mut(start..).unwrap_or_default(), "sample") {
        Err(Stop::Source(SourceError::NotYet(ranges))) => {
            not_yet.extend(ranges);
            Ok(())
        }
        result => result,
    }
}

/// One sample whose head is in memory, and whose other bytes are read where they are asked for.
pub(super) struct SampleHead<'h, 's, 'r> {
    offset: u64,
    size: u64,
    head: &'h [u8],
    window: Cow<'s, [u8]>,
    window_at: u64,
    reader: &'r mut Reader<'s>,
}

impl<'h, 's, 'r> SampleHead<'h, 's, 'r> {
    /// The sample of `size` bytes at `offset` that begins with `head`.
    pub(super) fn new(offset: u64, size: u64, head: &'h [u8], reader: &'r mut Reader<'s>) -> Self {
        Self { offset, size, head, window: Cow::default(), window_at: 0, reader }
    }
}

impl SampleBytes for SampleHead<'_, '_, '_> {
    type Error = Stop;

    fn offset(&self) -> u64 {
        self.offset
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn from(&mut self, at: u64, least: usize) -> Result<&[u8], Stop> {
        let left = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX);
        let least = least.min(left);
        if let Some(bytes) = part(self.head, at, least) {
            return Ok(bytes);
        }
        let in_window = at.checked_sub(self.window_at).and_then(|start| part(&self.window, start, least)).is_some();
        if !in_window {
            let start = self.offset.saturating_add(at);
            self.reader.visit(1, start, "sample")?;
            let length = least.max(WINDOW).min(left);
            if let Some(held) = self.reader.held(start, length as u64, "sample")? {
                self.window = Cow::Borrowed(held);
            } else {
                let window = self.window.to_mut();
                window.clear();
                window.resize(length, 0);
                self.reader.fill(start, window, "sample")?;
            }
            self.window_at = at;
        }
        let start = usize::try_from(at - self.window_at).unwrap_or_default();
        Ok(self.window.get(start..).unwrap_or_default())
    }
}

/// The bytes from `at` on, where there are at least `least`.
fn part(bytes: &[u8], at: u64, least: usize) -> Option<&[u8]> {
    let start = usize::try_from(at).ok()?;
    bytes.get(start..).filter(|rest| rest.len() >= least)
}

/// First bytes of a sample that are read in any case. They hold the slice header of nearly every picture, behind an
/// access unit delimiter and the usual SEI.
pub(super) const HEAD: u64 = 128;

/// Heads that are closer together than this are read at once: a read costs more than a few bytes.
const GAP: u64 = 64;

/// The longest read of neighbours.
const LONGEST_READ: u64 = 64 << 10;

/// Bytes that are read where a NAL unit begins past the head.
const WINDOW: usize = 64;
