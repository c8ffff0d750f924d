//! H.264 (ITU-T H.264 | ISO/IEC 14496-10): parameter sets, slice headers and what they say of the pictures.
//!
//! Clauses are those of ITU-T H.264 (08/2021). Nothing here knows of MP4 but the decoder configuration record.

mod config;
mod facts;
mod fault;
mod nal;
mod pps;
mod sps;
mod vui;
#[cfg(test)]
mod writer;

pub(crate) use config::AvcConfig;
pub(crate) use facts::{decide_from_headers, lower};
