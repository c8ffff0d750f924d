//! The bounds of one inspection: what a file may cost, whatever it says of itself.

use std::fmt;

use serde::Serialize;

/// What one inspection may use at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes held in memory at one time for one structure (a `moov`, a `moof`, a chunk).
    pub structure_bytes: u64,
    /// Bytes read from the source in all.
    pub read_bytes: u64,
    /// Structures visited: boxes, blocks, chunks, segments, cues.
    pub items: u64,
    /// Nesting of structures.
    pub depth: u32,
}

/// What an inspection reads beyond the facts that rules need. By default nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Fill the timeline of the video track that is checked.
    pub timeline: bool,
    /// Fill when the samples of each track are presented.
    pub presentation: bool,
    /// Fill what the metadata of a movie say.
    pub tags: bool,
    /// Read films in Matroska and WebM too.
    pub foreign: bool,
}

impl Extras {
    /// Nothing beyond what rules need.
    pub const NONE: Self = Self { timeline: false, presentation: false, tags: false, foreign: false };
    /// What two files are compared by.
    pub const COMPARISON: Self = Self { timeline: false, presentation: true, tags: true, foreign: true };
}

impl Default for Limits {
    fn default() -> Self {
        Self { structure_bytes: 64 << 20, read_bytes: 2 << 30, items: 4 << 20, depth: 32 }
    }
}

/// What a budget counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    /// Bytes of one structure held in memory.
    StructureBytes,
    /// Bytes read in all.
    ReadBytes,
    /// Structures visited.
    Items,
    /// Nesting of structures.
    Depth,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StructureBytes => "the bytes of one structure",
            Self::ReadBytes => "the bytes read",
            Self::Items => "the number of structures",
            Self::Depth => "the nesting of structures",
        })
    }
}

/// A budget ran out: reading on would cost more than is allowed for one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{resource} would reach {needed}; one file may cost at most {allowed}")]
pub struct Exhausted {
    /// What ran out.
    pub resource: Resource,
    /// How much was needed in all.
    pub needed: u64,
    /// How much is allowed.
    pub allowed: u64,
}

/// What is left of the [`Limits`] of one inspection.
#[derive(Clone, Debug)]
pub struct Budget {
    limits: Limits,
    read_bytes: u64,
    items: u64,
}

impl Budget {
    /// A fresh budget.
    pub const fn new(limits: Limits) -> Self {
        Self { limits, read_bytes: 0, items: 0 }
    }

    /// How many bytes were read so far.
    pub const fn bytes_read(&self) -> u64 {
        self.read_bytes
    }

    /// Whether one structure of `bytes` may be held in memory. Ask before each allocation whose size the file chose.
    #[inline]
    pub fn structure(&self, bytes: u64) -> Result<(), Exhausted> {
        check(Resource::StructureBytes, bytes, self.limits.structure_bytes)
    }

    /// Accounts for a read of `bytes`.
    #[inline]
    pub fn read(&mut self, bytes: u64) -> Result<(), Exhausted> {
        self.read_bytes = self.read_bytes.saturating_add(bytes);
        check(Resource::ReadBytes, self.read_bytes, self.limits.read_bytes)
    }

    /// Whether a read of `bytes` would be allowed.
    #[inline]
    pub(crate) const fn allows_read(&self, bytes: u64) -> bool {
        self.read_bytes.saturating_add(bytes) <= self.limits.read_bytes
    }

    /// Accounts for `count` visited structures.
    #[inline]
    pub fn items(&mut self, count: u64) -> Result<(), Exhausted> {
        self.items = self.items.saturating_add(count);
        check(Resource::Items, self.items, self.limits.items)
    }

    /// Whether structures may nest `depth` levels.
    pub fn depth(&self, depth: u32) -> Result<(), Exhausted> {
        check(Resource::Depth, u64::from(depth), u64::from(self.limits.depth))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

#[inline]
fn check(resource: Resource, needed: u64, allowed: u64) -> Result<(), Exhausted> {
    if needed > allowed { Err(Exhausted { resource, needed, allowed }) } else { Ok(()) }
}
