//! What metadata says of a file: titles, comments, dates, the program that wrote it.

use super::evidence::Evidence;

/// One entry of a movie's metadata: read only where it is asked for, and no part of a report's JSON, because it may be
/// private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The name in the file: a four-character code such as `©nam`, or a key such as `com.apple.quicktime.make`.
    pub name: String,
    /// The text, at most [`Tag::LONGEST`] bytes of it; of what is no text, how many bytes it has.
    pub text: String,
    /// Where the entry stands.
    pub at: Evidence,
}

impl Tag {
    /// Bytes of a text that are kept.
    pub const LONGEST: usize = 256;
    /// Entries of one file that are kept.
    pub const MOST: usize = 256;
}
