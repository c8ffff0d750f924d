//! Facts of caption files.

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::fact::Fact;
use crate::units::Duration;

/// A caption file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Captions {
    /// Encoding of the text.
    pub encoding: Fact<TextEncoding>,
    /// Number of cues that could be read.
    pub cues: Fact<u64>,
    /// End of the cue that ends last, with the place of its time line. Absent where there is no cue.
    pub last_end: Fact<Duration>,
    /// Faults in the order they stand in the file: the first 100, and of those behind them the first one of each kind that
    /// does not occur before.
    pub faults: Vec<CaptionFault>,
    /// Number of all faults.
    pub fault_count: u64,
}

/// How the text of captions is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum TextEncoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Not UTF-8: a single-byte encoding such as Latin-1 or Windows-1252.
    SingleByte,
}

/// One fault in a caption file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaptionFault {
    /// What kind of fault.
    pub kind: CaptionFaultKind,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in characters, counted from 1.
    pub column: u64,
    /// Where in the file.
    pub at: Evidence,
    /// What the place should hold.
    pub expected: String,
    /// What it holds, at most 80 characters.
    pub actual: String,
}

/// The kinds of faults in a caption file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CaptionFaultKind {
    /// A cue's number is missing or is not a number.
    Number,
    /// A cue's number does not follow the one before it.
    NumberSequence,
    /// A cue's time line cannot be read.
    Times,
    /// A cue has no text.
    MissingText,
    /// No blank line stands between a cue and the next one.
    MissingBlankLine,
    /// A cue ends before it starts.
    EndBeforeStart,
    /// A cue starts before the one in front of it starts.
    OutOfOrder,
    /// A cue starts before the one in front of it ends.
    Overlap,
    /// A byte that is not text, such as NUL.
    Control,
}
