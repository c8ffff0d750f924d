//! Reports: what a run says, and the ways in which it is written.
//!
//! A [`Reporter`] writes one run in one format, file by file, so that a run of any length needs the memory of one
//! report. To add a format: a file here, and one variant where the command chooses.

#[cfg(feature = "report")]
pub mod compare;
#[cfg(feature = "report")]
mod comparison;
#[cfg(feature = "report")]
mod csv;
#[cfg(feature = "report")]
mod describe;
#[cfg(feature = "report")]
mod entry;
#[cfg(feature = "report")]
mod facts;
#[cfg(feature = "report")]
mod github;
#[cfg(feature = "report")]
mod gops;
#[cfg(feature = "report")]
pub mod html;
#[cfg(feature = "report")]
mod human;
#[cfg(feature = "report")]
mod json;
#[cfg(feature = "report")]
mod jsonl;
#[cfg(feature = "report")]
mod junit;
#[cfg(feature = "report")]
mod labelled;
#[cfg(feature = "report")]
mod limits;
#[cfg(feature = "report")]
mod line;
#[cfg(feature = "report")]
mod markdown;
#[cfg(feature = "report")]
mod markdown_run;
#[cfg(feature = "report")]
mod matrix;
#[cfg(feature = "report")]
mod mend;
mod path;
#[cfg(feature = "scan")]
mod quick_json;
#[cfg(feature = "report")]
mod rules;
mod run;
#[cfg(feature = "report")]
mod sarif;
#[cfg(feature = "report")]
mod style;
#[cfg(feature = "report")]
mod tally;
#[cfg(feature = "report")]
mod telling;
#[cfg(all(test, feature = "report"))]
mod testing;
#[cfg(feature = "report")]
mod tree;

#[cfg(feature = "report")]
pub use comparison::{Comparison, Difference, Flip, write_comparison};
#[cfg(feature = "report")]
pub use csv::Csv;
#[cfg(feature = "report")]
pub use describe::describe;
#[cfg(feature = "report")]
pub use facts::write_facts;
#[cfg(feature = "report")]
pub use github::Github;
#[cfg(feature = "report")]
pub use gops::write_gops;
#[cfg(feature = "report")]
pub use html::Html;
#[cfg(feature = "report")]
pub use human::Human;
#[cfg(feature = "report")]
pub use json::Json;
#[cfg(feature = "report")]
pub use jsonl::JsonLines;
#[cfg(feature = "report")]
pub use junit::Junit;
#[cfg(feature = "report")]
pub use labelled::write_labelled;
#[cfg(feature = "report")]
pub use limits::write_limits;
#[cfg(feature = "report")]
pub use line::write_line;
#[cfg(feature = "report")]
pub use markdown_run::Markdown;
#[cfg(feature = "report")]
pub use matrix::Matrix;
pub use path::{read_back, written};
#[cfg(feature = "scan")]
pub(crate) use quick_json::write_json;
#[cfg(feature = "report")]
pub use rules::{write_explanation, write_rules};
pub use run::{FileEntry, JsonEntries, Needs, PostReport, Reporter, Run, RunReport, Threshold, Unreadable};
#[cfg(feature = "report")]
pub use sarif::Sarif;
#[cfg(feature = "report")]
pub use style::{Style, visible};
#[cfg(feature = "report")]
pub use telling::{Named, Shown, Teller, Telling, Told, Words};
#[cfg(feature = "scan")]
pub(crate) use telling::{is_bare, write_effects};
