//! Compares a file with what was made of it: is it still the same film, picture or text?
//!
//! Both files are read without being decoded, by [`crate::inspect_with`] and [`crate::input::Extras::COMPARISON`]; what
//! only pixels and sound waves tell stays open. Each [`Row`] looks at one property and passes, fails, is undecided, or
//! does not apply. What the platform's limits demand (a lower frame rate, two channels, a smaller picture) is expected of
//! the result and no loss.
//!
//! ```
//! use media_preflight::input::{Extras, Limits};
//! use media_preflight::transcode::compare::{self, Options};
//! use media_preflight::{Profile, Verdict, inspect_with};
//!
//! let source: &[u8] = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,000\nThere\n";
//! let result: &[u8] = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n";
//! let facts = |bytes: &&[u8]| inspect_with(bytes, Limits::default(), Extras::COMPARISON);
//! let comparison =
//!     compare::compare(&facts(&source)?, &facts(&result)?, &Profile::default(), &Options::default());
//! assert_eq!(comparison.verdict, Verdict::Fail);
//! assert_eq!(comparison.failed().next().unwrap().row, "cues");
//! # Ok::<(), media_preflight::input::SourceError>(())
//! ```

mod bitrate;
mod captions;
mod colour;
mod content;
mod difference;
mod duration;
mod frame_match;
mod frames;
mod keyframes;
mod metadata;
mod outcome;
mod pair;
mod picture;
mod pixels;
mod rotation;
mod rows;
mod sampling;
mod sound;
mod still;
mod sync;
#[cfg(test)]
mod tests;

pub use self::outcome::{Compared, Comparison, Moment, RowVerdict, Side};
pub(super) use self::picture::fitted;
pub use self::picture::shown_size;
pub use self::rows::{Row, find, rows};
pub use crate::transcode::plan::{Trim, TrimSyntax};

use self::pair::Pair;
use crate::facts::Facts;
use crate::finding::{Severity, Verdict};
use crate::profile::{Category, Profile};
use crate::transcode::quality::Quality;
use crate::units::Dimensions;

/// What is asked of the result. By default: all of the source, with its metadata or without.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The media category whose limits the result has to keep. Absent: the one that its content fits.
    pub category: Option<Category>,
    /// The part of the source that the result is to show. Absent: all of it.
    pub trim: Option<Trim>,
    /// The size, as displayed, that the result is to have, such as that of a row of the table of renditions. Absent: the
    /// source's, or what the limits leave of it.
    pub size: Option<Dimensions>,
    /// What is to become of the metadata.
    pub metadata: Metadata,
    /// What measuring the pictures showed. Absent: it was not asked for, and the rows of quality do not apply.
    pub quality: Option<Quality>,
    /// Apply only the rows with these identifiers; empty: all rows.
    pub select: Vec<String>,
    /// Leave out the rows with these identifiers, even selected ones.
    pub ignore: Vec<String>,
}

/// What is to become of the metadata.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Metadata {
    /// They may stay or go, and the rows say which.
    #[default]
    Either,
    /// They are to stay.
    Keep,
    /// They are to go: nothing is to tell where the film was recorded, by whom, or when.
    Strip,
}

/// Compares the facts of two files; `result` was made of `source`.
pub fn compare(source: &Facts, result: &Facts, profile: &Profile, options: &Options) -> Comparison {
    let pair = Pair::new(source, result, profile, options);
    let named = |names: &[String], row: &Row| names.iter().any(|name| name == row.id);
    let rows: Vec<Compared> = rows()
        .iter()
        .filter(|row| (options.select.is_empty() || named(&options.select, row)) && !named(&options.ignore, row))
        .map(|row| row.compare(&pair))
        .collect();
    Comparison { verdict: verdict(&rows), rows }
}

/// Fail over undecided over pass; rows that only warn decide nothing.
fn verdict(rows: &[Compared]) -> Verdict {
    let has = |verdict| rows.iter().any(|row| row.verdict == verdict && row.severity == Severity::Error);
    if has(RowVerdict::Fail) {
        Verdict::Fail
    } else if has(RowVerdict::Undecided) {
        Verdict::Undecided
    } else {
        Verdict::Pass
    }
}
