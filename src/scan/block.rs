//! Blocks: the reports of one batch of files, in packs of what is read together.

use super::kept::{Kept, Pieces};
use super::pack::{Pack, PackBuilder};

/// What of a report is packed together with the same of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What people are told.
    Words,
    /// The report without its path, with no facts but size and format.
    Brief,
    /// All facts.
    Facts,
    /// What is drawn of videos.
    Drawn,
}

impl Part {
    /// All of them.
    pub(crate) const ALL: [Self; PARTS] = [Self::Words, Self::Brief, Self::Facts, Self::Drawn];

    /// Number of the part among those of a block, less than [`PARTS`].
    pub(crate) const fn number(self) -> usize {
        match self {
            Self::Words => 0,
            Self::Brief => 1,
            Self::Facts => 2,
            Self::Drawn => 3,
        }
    }
}

/// How many parts a block has.
pub(crate) const PARTS: usize = 4;
/// The packs of a block as they are stored. Absent where nothing is in one.
pub(crate) type Packs = [Option<Vec<u8>>; PARTS];

/// Puts a block together, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct BlockBuilder {
    packs: [PackBuilder; PARTS],
    count: u32,
}

impl BlockBuilder {
    /// Adds a report, and says which one of the block it is. `None`: it does not fit.
    pub(crate) fn add(&mut self, pieces: &Pieces) -> Option<u32> {
        let slot = self.count;
        let strings = pieces.strings();
        for (index, (pack, string)) in self.packs.iter_mut().zip(strings).enumerate() {
            if pack.add(&[string]).is_none() {
                self.packs.iter_mut().take(index).for_each(PackBuilder::undo);
                return None;
            }
        }
        self.count = slot.checked_add(1)?;
        Some(slot)
    }

    /// Whether the block is as long as blocks should be.
    pub(crate) fn is_full(&self) -> bool {
        self.packs.iter().map(PackBuilder::len).sum::<usize>() >= FULL
    }

    /// The number of reports and the packs as they are stored, and a new block begun.
    pub(crate) fn finish(&mut self) -> (u32, Packs) {
        (std::mem::take(&mut self.count), self.packs.each_mut().map(PackBuilder::finish))
    }
}

/// A block that is read as far as it is asked for, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Number of the block. Absent: none was read yet.
    number: Option<u64>,
    packs: [Pack; PARTS],
    has: [bool; PARTS],
}

impl Block {
    /// Makes sure that some parts of a block are here. `fetch` hands the pack of a part, where there is one, to a function.
    ///
    /// `None`: the block is damaged.
    pub(crate) fn load(
        &mut self,
        number: u64,
        parts: &[Part],
        mut fetch: impl FnMut(Part, &mut dyn FnMut(&[u8]) -> Option<()>) -> Option<()>,
    ) -> Option<()> {
        if self.number != Some(number) {
            self.number = Some(number);
            self.has = [false; PARTS];
        }
        for part in parts {
            let (Some(has), Some(pack)) = (self.has.get_mut(part.number()), self.packs.get_mut(part.number())) else {
                continue;
            };
            if !*has {
                pack.clear();
                fetch(*part, &mut |bytes| pack.read(bytes))?;
                *has = true;
            }
        }
        Some(())
    }

    /// The pieces of one report, those that are not here empty. `None`: there is no such report.
    pub(crate) fn kept(&self, slot: u32) -> Option<Kept<'_>> {
        let slot = usize::try_from(slot).ok()?;
        let [words, brief, facts, drawn] = Part::ALL.map(|part| {
            let has = self.has.get(part.number()).is_some_and(|&has| has);
            let pack = self.packs.get(part.number()).filter(|_| has);
            // A pack in which nothing is is not stored.
            pack.and_then(|pack| pack.get(slot)).unwrap_or_default()
        });
        Some(Kept { words, brief, facts, drawn })
    }
}

/// Bytes of reports past which another block is begun.
const FULL: usize = 512 << 10;
