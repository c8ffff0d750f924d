//! Reports: what a run says, and the ways in which it is written.
//!
//! A [`Reporter`] writes one run in one format, file by file, so that a run of any length needs the memory of one
//! report. To add a format: a file here, and one variant where the command chooses.

#[cfg(feature = "report")]
mod describe;
#[cfg(feature = "report")]
mod facts;
#[cfg(feature = "report")]
mod gops;
#[cfg(feature = "report")]
mod human;
#[cfg(feature = "report")]
mod json;
#[cfg(feature = "report")]
mod limits;
#[cfg(feature = "report")]
mod markdown;
mod path;
#[cfg(feature = "report")]
mod rules;
mod run;
#[cfg(feature = "report")]
mod style;
#[cfg(feature = "report")]
mod tree;

#[cfg(feature = "report")]
pub use describe::describe;
#[cfg(feature = "report")]
pub use facts::write_facts;
#[cfg(feature = "report")]
pub use gops::write_gops;
#[cfg(feature = "report")]
pub use human::{Human, Shown};
#[cfg(feature = "report")]
pub use json::Json;
#[cfg(feature = "report")]
pub use limits::write_limits;
pub use path::written;
#[cfg(feature = "report")]
pub use rules::{write_explanation, write_rules};
pub use run::{FileEntry, PostReport, Reporter, Run, RunReport, Unreadable};
#[cfg(feature = "report")]
pub use style::{Style, visible};
