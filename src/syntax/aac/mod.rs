//! AAC (ISO/IEC 14496-3): the AudioSpecificConfig and the head of access units.
//!
//! Clauses are those of ISO/IEC 14496-3:2019. Nothing here knows of MP4 but the object type indication of `esds`.

mod bands;
mod channel;
mod config;
mod facts;
mod huffman;
mod pce;
mod raw;

pub(crate) use config::AudioSpecificConfig;
pub(crate) use facts::{codec_name, lower};
pub(crate) use raw::find_extensions;
#[cfg(test)]
pub(crate) use raw::tests;
