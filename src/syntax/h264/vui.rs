//! Video usability information (annex E.1).

use super::elements::Elements;
use super::fault::byte;
use crate::syntax::sample_aspect;

/// The elements of `vui_parameters()` that facts are taken from, or that later structures need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vui {
    /// Width over height of a sample. Absent: `aspect_ratio_info_present_flag` is 0, or the ratio is unspecified.
    pub(crate) sample_aspect: Option<(u32, u32)>,
    /// Whether everything up to and including the aspect ratio was read.
    pub(crate) aspect_was_read: bool,
    /// The colour description. Absent: `video_signal_type_present_flag` is 0.
    pub(crate) signal: Option<Signal>,
    /// Whether everything up to and including the colour description was read.
    pub(crate) signal_was_read: bool,
    /// The lengths of hypothetical reference decoder parameters, of NAL type if given, else VCL. Absent: neither.
    pub(crate) hrd: Option<Hrd>,
    /// `pic_struct_present_flag`.
    pub(crate) pic_struct_present: bool,
    /// Whether everything that `pic_timing` messages depend on was read.
    pub(crate) timing_was_read: bool,
    /// `max_num_reorder_frames`. Absent: `bitstream_restriction_flag` is 0 or was not reached.
    pub(crate) max_num_reorder_frames: Option<u32>,
    /// Bit of the RBSP at which the aspect ratio begins.
    pub(crate) aspect_place: u64,
    /// Bit of the RBSP at which the colour description begins.
    pub(crate) signal_place: u64,
}

/// `video_signal_type` elements; 2 (unspecified) where there is no colour description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signal {
    /// `video_full_range_flag`.
    pub(crate) full_range: bool,
    /// `colour_primaries`.
    pub(crate) primaries: u8,
    /// `transfer_characteristics`.
    pub(crate) transfer: u8,
    /// `matrix_coefficients`.
    pub(crate) matrix: u8,
}

/// Lengths in bits that hypothetical reference decoder parameters give to elements of SEI messages (E.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hrd {
    /// `cpb_removal_delay_length_minus1` + 1.
    pub(crate) cpb_removal_delay: u32,
    /// `dpb_output_delay_length_minus1` + 1.
    pub(crate) dpb_output_delay: u32,
    /// `time_offset_length`.
    pub(crate) time_offset: u32,
}

impl Vui {
    /// Reads `vui_parameters()`, and where it could not be read on.
    pub(crate) fn read<E: Elements>(bits: &mut E) -> (Self, Option<E::Fault>) {
        let mut vui = Self::default();
        let damage = vui.fill(bits).err();
        (vui, damage)
    }

    fn fill<E: Elements>(&mut self, bits: &mut E) -> Result<(), E::Fault> {
        bits.move_on();
        self.aspect_place = bits.position();
        if bits.flag("aspect_ratio_info_present_flag")? {
            self.sample_aspect = sample_aspect::read(|count, element| bits.bits(count, element))?;
        }
        self.aspect_was_read = true;
        if bits.flag("overscan_info_present_flag")? {
            bits.flag("overscan_appropriate_flag")?;
        }
        bits.move_on();
        self.signal_place = bits.position();
        if bits.flag("video_signal_type_present_flag")? {
            self.signal = Some(Signal::read(bits)?);
        }
        self.signal_was_read = true;
        if bits.flag("chroma_loc_info_present_flag")? {
            bits.ue("chroma_sample_loc_type_top_field")?;
            bits.ue("chroma_sample_loc_type_bottom_field")?;
        }
        bits.move_on();
        if bits.flag("timing_info_present_flag")? {
            bits.skip(32, "num_units_in_tick")?;
            bits.move_on();
            bits.skip(32, "time_scale")?;
            bits.flag("fixed_frame_rate_flag")?;
        }
        bits.move_on();
        let nal_hrd = bits.flag("nal_hrd_parameters_present_flag")?.then(|| Hrd::read(bits)).transpose()?;
        let vcl_hrd = bits.flag("vcl_hrd_parameters_present_flag")?.then(|| Hrd::read(bits)).transpose()?;
        self.hrd = nal_hrd.or(vcl_hrd);
        if self.hrd.is_some() {
            bits.flag("low_delay_hrd_flag")?;
        }
        self.pic_struct_present = bits.flag("pic_struct_present_flag")?;
        self.timing_was_read = true;
        bits.move_on();
        if bits.flag("bitstream_restriction_flag")? {
            bits.flag("motion_vectors_over_pic_boundaries_flag")?;
            bits.ue("max_bytes_per_pic_denom")?;
            bits.ue("max_bits_per_mb_denom")?;
            bits.ue("log2_max_mv_length_horizontal")?;
            bits.ue("log2_max_mv_length_vertical")?;
            bits.move_on();
            self.max_num_reorder_frames = Some(bits.ue("max_num_reorder_frames")?);
            bits.ue("max_dec_frame_buffering")?;
        }
        Ok(())
    }
}

impl Signal {
    fn read<E: Elements>(bits: &mut E) -> Result<Self, E::Fault> {
        bits.skip(3, "video_format")?;
        let full_range = bits.flag("video_full_range_flag")?;
        let mut signal = Self { full_range, primaries: 2, transfer: 2, matrix: 2 };
        if bits.flag("colour_description_present_flag")? {
            signal.primaries = byte(bits, "colour_primaries")?;
            signal.transfer = byte(bits, "transfer_characteristics")?;
            signal.matrix = byte(bits, "matrix_coefficients")?;
        }
        Ok(signal)
    }
}

impl Hrd {
    fn read<E: Elements>(bits: &mut E) -> Result<Self, E::Fault> {
        let cpb_count_minus1 = bits.ue_at_most(31, "cpb_cnt_minus1", "0 to 31")?;
        bits.skip(8, "bit_rate_scale")?;
        for _ in 0..=cpb_count_minus1 {
            bits.move_on();
            bits.ue("bit_rate_value_minus1")?;
            bits.ue("cpb_size_value_minus1")?;
            bits.flag("cbr_flag")?;
        }
        bits.move_on();
        bits.skip(5, "initial_cpb_removal_delay_length_minus1")?;
        Ok(Self {
            cpb_removal_delay: bits.bits(5, "cpb_removal_delay_length_minus1")? + 1,
            dpb_output_delay: bits.bits(5, "dpb_output_delay_length_minus1")? + 1,
            time_offset: bits.bits(5, "time_offset_length")?,
        })
    }
}
