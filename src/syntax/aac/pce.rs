//! The program config element: which channels a program has (ISO/IEC 14496-3:2019 4.4.1.1, table 4.2).

use crate::input::{BitReader, BitsEnded};

/// What a program config element says of the channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProgramConfig {
    /// `object_type`: the audio object type less 1.
    pub(crate) object_type: u8,
    /// `sampling_frequency_index`.
    pub(crate) sampling_frequency_index: u8,
    /// Output channels: front, side, back and LFE elements, a channel pair element counted twice.
    pub(crate) channels: u16,
}

impl ProgramConfig {
    /// Reads `program_config_element()`, whose alignment counts from the first bit of `bits`.
    pub(crate) fn parse(bits: &mut BitReader<'_>) -> Result<Self, BitsEnded> {
        bits.skip(4, "element_instance_tag")?;
        let object_type = small(bits.bits(2, "object_type")?);
        let sampling_frequency_index = small(bits.bits(4, "sampling_frequency_index")?);
        let front = bits.bits(4, "num_front_channel_elements")?;
        let side = bits.bits(4, "num_side_channel_elements")?;
        let back = bits.bits(4, "num_back_channel_elements")?;
        let lfe = bits.bits(2, "num_lfe_channel_elements")?;
        let associated_data = bits.bits(3, "num_assoc_data_elements")?;
        let coupling = bits.bits(4, "num_valid_cc_elements")?;
        if bits.flag("mono_mixdown_present")? {
            bits.skip(4, "mono_mixdown_element_number")?;
        }
        if bits.flag("stereo_mixdown_present")? {
            bits.skip(4, "stereo_mixdown_element_number")?;
        }
        if bits.flag("matrix_mixdown_idx_present")? {
            bits.skip(3, "matrix_mixdown_idx")?;
        }
        let mut channels = 0_u16;
        for _ in 0..front + side + back {
            channels += if bits.flag("element_is_cpe")? { 2 } else { 1 };
            bits.skip(4, "element_tag_select")?;
        }
        for _ in 0..lfe {
            channels += 1;
            bits.skip(4, "lfe_element_tag_select")?;
        }
        bits.skip(u64::from(associated_data) * 4, "assoc_data_element_tag_select")?;
        bits.skip(u64::from(coupling) * 5, "valid_cc_element_tag_select")?;
        bits.align();
        let comment = bits.bits(8, "comment_field_bytes")?;
        bits.skip(u64::from(comment) * 8, "comment_field_data")?;
        Ok(Self { object_type, sampling_frequency_index, channels })
    }
}

/// An element of at most eight bits.
pub(super) const fn small(bits: u32) -> u8 {
    (bits & 0xff) as u8
}
