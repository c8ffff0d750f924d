//! H.264 (ITU-T H.264 | ISO/IEC 14496-10): parameter sets, slice headers and what they say of the pictures.
//!
//! Clauses are those of ITU-T H.264 (08/2021). Nothing here knows of MP4 but the decoder configuration record.

mod config;
mod elements;
mod facts;
mod fault;
mod followers;
mod frames;
mod gops;
mod marking;
mod nal;
mod names;
#[cfg(test)]
mod oracle_tests;
mod order;
mod picture;
mod pps;
mod scan;
mod sei;
mod sets;
mod slice;
mod sps;
mod sync;
#[cfg(test)]
pub(crate) mod synthetic;
mod verdict;
#[cfg(test)]
mod verdict_tests;
mod vui;
#[cfg(test)]
mod writer;

pub(crate) use config::AvcConfig;
pub(crate) use facts::{decide_from_headers, lower, lower_sps, widen};
pub(crate) use followers::Head;
pub(crate) use frames::{Labels, SampleInfo, SyncSource};
pub(crate) use picture::{Overrun, PictureReader, SampleBytes, SampleFault};
pub(crate) use sets::{GivenSps, ParameterSets};
pub(crate) use verdict::{PictureFacts, leave_unknown};
