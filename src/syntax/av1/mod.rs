//! AV1 (AV1 Bitstream & Decoding Process Specification, version 1.0.0 with Errata 1): what a sequence header says of size and colours.

mod sequence_header;

pub(crate) use sequence_header::{Colours, SequenceHeader, find};
