//! Looks at a video, GIF, image or subtitle file and says, in milliseconds and without decoding it, whether the
//! platform will take it, exactly why not, and how to mend it.

mod check;
pub mod facts;
pub mod finding;
pub mod input;
pub mod profile;
pub mod report;
pub mod rules;
mod syntax;
pub mod units;

pub use check::{Checker, Request};
pub use finding::{FileReport, Finding, Severity, Verdict};
pub use profile::{Category, Profile};
pub use syntax::inspect;
