//! Blocks of reports: those of one batch of files, which are much alike, packed together.

use super::kept::{Kept, LONGEST, Pieces};

/// Puts a block together, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct BlockBuilder {
    spans: Vec<Span>,
    /// Of each report what is said of it, and its description.
    texts: Vec<u8>,
    facts: Vec<u8>,
}

/// Where the pieces of a report end; they begin where those of the one before end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Span {
    /// Length of what stands before the few facts.
    cut: u32,
    brief_end: u32,
    description_end: u32,
    facts_end: u32,
    drawn_end: u32,
}

impl BlockBuilder {
    /// Adds a report, and says which one of the block it is. `None`: no more fits.
    pub(crate) fn add(&mut self, pieces: &Pieces) -> Option<u32> {
        let kept = pieces.kept();
        let slot = u32::try_from(self.spans.len()).ok()?;
        let end = |start: usize, length: usize| u32::try_from(start.checked_add(length)?).ok();
        let brief_end = end(self.texts.len(), kept.brief.len())?;
        let facts_end = end(self.facts.len(), kept.facts.len())?;
        let span = Span {
            cut: u32::try_from(kept.cut).ok()?,
            brief_end,
            description_end: brief_end.checked_add(u32::try_from(kept.description.len()).ok()?)?,
            facts_end,
            drawn_end: facts_end.checked_add(u32::try_from(kept.drawn.len()).ok()?)?,
        };
        self.spans.push(span);
        self.texts.extend_from_slice(kept.brief);
        self.texts.extend_from_slice(kept.description.as_bytes());
        self.facts.extend_from_slice(kept.facts);
        self.facts.extend_from_slice(kept.drawn);
        Some(slot)
    }

    /// Whether the block is as long as blocks should be.
    pub(crate) fn is_full(&self) -> bool {
        self.texts.len() + self.facts.len() >= FULL
    }

    /// The block as it is stored, and a new one begun. `None`: it holds nothing.
    pub(crate) fn finish(&mut self) -> Option<Vec<u8>> {
        if self.spans.is_empty() {
            return None;
        }
        let texts = lz4_flex::block::compress_prepend_size(&self.texts);
        let facts = lz4_flex::block::compress_prepend_size(&self.facts);
        let mut bytes = vec![0; 4];
        let mut put = |number: u32| bytes.extend_from_slice(&number.to_le_bytes());
        put(u32::try_from(self.spans.len()).ok()?);
        put(u32::try_from(texts.len()).ok()?);
        for span in &self.spans {
            let numbers = [span.cut, span.brief_end, span.description_end, span.facts_end, span.drawn_end];
            numbers.into_iter().for_each(&mut put);
        }
        bytes.extend_from_slice(&texts);
        bytes.extend_from_slice(&facts);
        let (crc, rest) = bytes.split_first_chunk_mut::<4>()?;
        *crc = crc32fast::hash(rest).to_le_bytes();
        self.spans.clear();
        empty(&mut self.texts);
        empty(&mut self.facts);
        Some(bytes)
    }
}

/// A block that was read, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Number of the block. Absent: none was read yet.
    number: Option<u64>,
    spans: Vec<Span>,
    texts: Vec<u8>,
    /// The facts, and what is drawn, as they are stored, until one asks for them.
    packed_facts: Vec<u8>,
    facts: Vec<u8>,
}

impl Block {
    /// Whether it is the block of this number.
    pub(crate) fn is(&self, number: u64) -> bool {
        self.number == Some(number)
    }

    /// Takes in the block that was stored. `None`: it is damaged.
    pub(crate) fn read(&mut self, number: u64, bytes: &[u8]) -> Option<()> {
        self.number = None;
        let (crc, rest) = bytes.split_first_chunk::<4>()?;
        if crc32fast::hash(rest) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (count, rest) = number_of(rest)?;
        let (texts_length, rest) = number_of(rest)?;
        let (spans, rest) = rest.split_at_checked(usize::try_from(count).ok()?.checked_mul(SPAN)?)?;
        let (texts, facts) = rest.split_at_checked(usize::try_from(texts_length).ok()?)?;
        self.spans.clear();
        self.spans.extend(spans.as_chunks::<4>().0.as_chunks::<5>().0.iter().map(|&numbers| {
            let [cut, brief_end, description_end, facts_end, drawn_end] = numbers.map(u32::from_le_bytes);
            Span { cut, brief_end, description_end, facts_end, drawn_end }
        }));
        unpack(texts, &mut self.texts)?;
        self.packed_facts.clear();
        self.packed_facts.extend_from_slice(facts);
        self.facts.clear();
        self.number = Some(number);
        Some(())
    }

    /// The pieces of one report. `None`: there is none, or it is damaged.
    pub(crate) fn kept(&mut self, slot: u32, with_facts: bool) -> Option<Kept<'_>> {
        let slot = usize::try_from(slot).ok()?;
        let span = *self.spans.get(slot)?;
        let before = slot.checked_sub(1).and_then(|before| self.spans.get(before)).copied().unwrap_or_default();
        if with_facts && self.facts.is_empty() {
            unpack(&self.packed_facts, &mut self.facts)?;
        }
        let part = |bytes, start, end| part(bytes, start, end);
        Some(Kept {
            brief: part(&self.texts, before.description_end, span.brief_end)?,
            cut: usize::try_from(span.cut).ok()?,
            description: std::str::from_utf8(part(&self.texts, span.brief_end, span.description_end)?).ok()?,
            facts: if with_facts { part(&self.facts, before.drawn_end, span.facts_end)? } else { &[] },
            drawn: if with_facts { part(&self.facts, span.facts_end, span.drawn_end)? } else { &[] },
        })
    }
}

/// How many reports the stored block holds. `None`: it is damaged.
pub(crate) fn count_in(bytes: &[u8]) -> Option<u32> {
    Some(number_of(bytes.get(4..)?)?.0)
}

fn number_of(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

fn part(bytes: &[u8], start: u32, end: u32) -> Option<&[u8]> {
    bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

fn unpack(packed: &[u8], bytes: &mut Vec<u8>) -> Option<()> {
    let (length, packed) = lz4_flex::block::uncompressed_size(packed).ok()?;
    // No byte stands for more than 255, so that a length cannot be made up.
    if length > LARGEST || length > packed.len().saturating_mul(255) {
        return None;
    }
    empty(bytes);
    bytes.resize(length, 0);
    let found = lz4_flex::block::decompress_into(packed, bytes).ok()?;
    (found == length).then_some(())
}

/// Empties memory that is used again; what one huge report took is given back.
pub(crate) fn empty(bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.shrink_to(2 * FULL);
}

/// Bytes of five numbers.
const SPAN: usize = 20;
/// Bytes of reports past which another block is begun.
const FULL: usize = 256 << 10;
/// Bytes of all texts, or all facts, of a block: the longest report after a block that was nearly full.
const LARGEST: usize = LONGEST + FULL;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::check::Checker;
    use crate::profile::Profile;
    use crate::rules::Request;

    fn pieces(bytes: &[u8]) -> Pieces {
        let mut pieces = Pieces::default();
        let mut report = Checker::new(Profile::default()).check_bytes(bytes, &Request::default());
        pieces.take(&mut report, true).unwrap();
        pieces
    }

    fn block() -> (Vec<Pieces>, Vec<u8>) {
        let video = include_bytes!("../../samples/video-open-gop.mp4");
        let all = [&b"GIF89a\x01\0\x01\0\0\0\0;"[..], video, b"BM"].map(pieces);
        let mut builder = BlockBuilder::default();
        for (slot, pieces) in (0..).zip(&all) {
            assert_eq!(builder.add(pieces), Some(slot));
        }
        (all.into(), builder.finish().unwrap())
    }

    #[test]
    fn reports_come_back_as_they_were() {
        let (all, bytes) = block();
        assert_eq!(count_in(&bytes), Some(3));
        let mut block = Block::default();
        block.read(7, &bytes).unwrap();
        assert!(block.is(7) && !block.is(8));
        for (slot, pieces) in (0..).zip(&all) {
            assert_eq!(block.kept(slot, false).unwrap(), Kept { facts: &[], drawn: &[], ..pieces.kept() });
            assert_eq!(block.kept(slot, true).unwrap(), pieces.kept());
        }
        assert_eq!(block.kept(3, true), None);
        assert_eq!(BlockBuilder::default().finish(), None);
    }

    #[test]
    fn damage_is_seen() {
        let (_, bytes) = block();
        let mut block = Block::default();
        for index in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[index] ^= 0x10;
            assert_eq!(block.read(1, &damaged), None, "{index}");
            assert_eq!(block.read(1, &bytes[..index]), None, "{index}");
            // Even where the CRC was made to fit.
            let crc = crc32fast::hash(&damaged[4..]).to_le_bytes();
            damaged[..4].copy_from_slice(&crc);
            if block.read(1, &damaged).is_some() {
                let _ = (0..4).map(|slot| block.kept(slot, true).map(|kept| kept.report(String::new()))).count();
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 4..200)) {
            let crc = crc32fast::hash(&bytes[4..]).to_le_bytes();
            bytes[..4].copy_from_slice(&crc);
            let mut block = Block::default();
            if block.read(1, &bytes).is_some() {
                block.kept(0, true);
            }
        }
    }
}
