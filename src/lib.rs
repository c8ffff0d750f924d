//! Looks at a video, GIF, image or subtitle file and says, in milliseconds and without decoding it, whether the
//! platform will take it, exactly why not, and how to mend it.

#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::similar_names,
        clippy::trivially_copy_pass_by_ref,
        reason = "tests build small structures by hand"
    )
)]

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
