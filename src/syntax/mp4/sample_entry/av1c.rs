//! The AV1 configuration record, `av1C` (AV1 Codec ISO Media File Format Binding 1.3.0, 2.3).

use super::Entry;
use crate::facts::{ChromaFormat, Fact, Video};
use crate::input::{BitReader, BitsEnded, Cursor, CursorEnded};
use crate::units::Dimensions;

/// Fills profile, level, sampling and, where a sequence header is there, size.
pub(super) fn lower(mut body: Cursor<'_>, entry: &Entry<'_>, video: &mut Video) -> Result<(), CursorEnded> {
    let offset = body.offset();
    body.skip(1, "av1C.version")?;
    let [profile_level, flags, _] = body.array::<3>("av1C.seq_profile")?;
    let profile = match profile_level >> 5 {
        0 => "Main".to_owned(),
        1 => "High".to_owned(),
        2 => "Professional".to_owned(),
        other => format!("profile {other}"),
    };
    let level = match profile_level & 0x1f {
        31 => "unbounded".to_owned(),
        index => format!("{}.{}", 2 + (index >> 2), index & 3),
    };
    let depth = match (flags & 0x40 != 0, flags & 0x20 != 0) {
        (false, _) => 8,
        (true, false) => 10,
        (true, true) => 12,
    };
    let sampling = match (flags & 0x10 != 0, flags & 0x08 != 0, flags & 0x04 != 0) {
        (true, ..) => ChromaFormat::Monochrome,
        (_, true, true) => ChromaFormat::Yuv420,
        (_, true, false) => ChromaFormat::Yuv422,
        (_, false, _) => ChromaFormat::Yuv444,
    };
    video.profile = Fact::known(profile, entry.at(offset + 1, "av1C.seq_profile"));
    video.level = Fact::known(level, entry.at(offset + 1, "av1C.seq_level_idx_0"));
    video.bit_depth_luma = Fact::known(depth, entry.at(offset + 2, "av1C.high_bitdepth"));
    video.bit_depth_chroma = Fact::known(depth, entry.at(offset + 2, "av1C.high_bitdepth"));
    video.chroma_format = Fact::known(sampling, entry.at(offset + 2, "av1C.chroma_subsampling_x"));
    let units = body.offset();
    if let Some((width, height)) = sequence_header(body.rest()).and_then(|header| picture_size(header).ok()) {
        let at = entry.at(units, "av1C.configOBUs.max_frame_width_minus_1");
        video.dimensions = Fact::known(Dimensions::new(width, height), at);
    }
    Ok(())
}

/// The payload of the first sequence header OBU (AV1 Bitstream & Decoding Process Specification 5.3).
fn sequence_header(mut units: &[u8]) -> Option<&[u8]> {
    loop {
        let (&header, rest) = units.split_first()?;
        let rest = if header & 0x04 != 0 { rest.get(1..)? } else { rest };
        let (payload, next) = if header & 0x02 != 0 {
            let (size, rest) = leb128(rest)?;
            rest.split_at_checked(usize::try_from(size).ok()?)?
        } else {
            (rest, &[][..])
        };
        if header >> 3 & 0xf == SEQUENCE_HEADER {
            return Some(payload);
        }
        units = next;
    }
}

const SEQUENCE_HEADER: u8 = 1;

fn leb128(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (place, &byte) in (0_u32..8).zip(bytes) {
        value |= u64::from(byte & 0x7f) << (place * 7);
        if byte & 0x80 == 0 {
            return bytes.get(usize::try_from(place).ok()? + 1..).map(|rest| (value, rest));
        }
    }
    None
}

/// `sequence_header_obu()` (5.5.1) up to the size.
fn picture_size(header: &[u8]) -> Result<(u32, u32), BitsEnded> {
    let mut bits = BitReader::new(header);
    bits.skip(4, "seq_profile, still_picture")?;
    if bits.flag("reduced_still_picture_header")? {
        bits.skip(5, "seq_level_idx")?;
    } else {
        skip_operating_points(&mut bits)?;
    }
    let width_bits = bits.bits(4, "frame_width_bits_minus_1")? + 1;
    let height_bits = bits.bits(4, "frame_height_bits_minus_1")? + 1;
    let width = bits.bits(width_bits, "max_frame_width_minus_1")? + 1;
    let height = bits.bits(height_bits, "max_frame_height_minus_1")? + 1;
    Ok((width, height))
}

fn skip_operating_points(bits: &mut BitReader<'_>) -> Result<(), BitsEnded> {
    let mut delay_bits = None;
    if bits.flag("timing_info_present_flag")? {
        bits.skip(64, "num_units_in_display_tick, time_scale")?;
        if bits.flag("equal_picture_interval")? {
            bits.ue("num_ticks_per_picture_minus_1")?;
        }
        if bits.flag("decoder_model_info_present_flag")? {
            delay_bits = Some(bits.bits(5, "buffer_delay_length_minus_1")? + 1);
            bits.skip(42, "num_units_in_decoding_tick")?;
        }
    }
    let display_delay = bits.flag("initial_display_delay_present_flag")?;
    for _ in 0..=bits.bits(5, "operating_points_cnt_minus_1")? {
        bits.skip(12, "operating_point_idc")?;
        if bits.bits(5, "seq_level_idx")? > 7 {
            bits.skip(1, "seq_tier")?;
        }
        if let Some(delay_bits) = delay_bits
            && bits.flag("decoder_model_present_for_this_op")?
        {
            bits.skip(u64::from(delay_bits) * 2 + 1, "decoder_buffer_delay")?;
        }
        if display_delay && bits.flag("initial_display_delay_present_for_this_op")? {
            bits.skip(4, "initial_display_delay_minus_1")?;
        }
    }
    Ok(())
}
