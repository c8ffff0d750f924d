//! `sequence_header_obu()` (5.5).

use crate::input::{BitReader, BitsEnded};

/// What a sequence header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SequenceHeader {
    /// Width and height at most.
    pub(crate) size: (u32, u32),
    /// The colours. Absent: the header ends in front of them.
    pub(crate) colours: Option<Colours>,
}

/// `color_config()`; 2 (unspecified) where there is no description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colours {
    /// `color_primaries`.
    pub(crate) primaries: u16,
    /// `transfer_characteristics`.
    pub(crate) transfer: u16,
    /// `matrix_coefficients`.
    pub(crate) matrix: u16,
    /// `color_range`.
    pub(crate) full_range: bool,
    /// Byte of the header at which they begin.
    pub(crate) place: u64,
}

/// The payload of the first sequence header among some OBUs, and where it begins (5.3).
pub(crate) fn find(units: &[u8]) -> Option<(&[u8], usize)> {
    let mut rest = units;
    loop {
        let (&header, behind) = rest.split_first()?;
        let behind = if header & 0x04 != 0 { behind.get(1..)? } else { behind };
        let (payload, next) = if header & 0x02 != 0 {
            let (size, behind) = leb128(behind)?;
            behind.split_at_checked(usize::try_from(size).ok()?)?
        } else {
            (behind, &[][..])
        };
        if header >> 3 & 0xf == SEQUENCE_HEADER {
            return Some((payload, units.len() - payload.len() - next.len()));
        }
        rest = next;
    }
}

impl SequenceHeader {
    /// Reads the payload of an OBU. `None`: it cannot be read as far as the size.
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let mut bits = BitReader::new(payload);
        let (head, size) = head(&mut bits).ok()?;
        Some(Self { size, colours: colours(&head, &mut bits).ok() })
    }
}

/// What later elements depend on.
struct Head {
    profile: u32,
    is_reduced: bool,
}

/// The elements up to the size.
fn head(bits: &mut BitReader<'_>) -> Result<(Head, (u32, u32)), BitsEnded> {
    let profile = bits.bits(3, "seq_profile")?;
    bits.skip(1, "still_picture")?;
    let is_reduced = bits.flag("reduced_still_picture_header")?;
    if is_reduced {
        bits.skip(5, "seq_level_idx")?;
    } else {
        skip_operating_points(bits)?;
    }
    let width_bits = bits.bits(4, "frame_width_bits_minus_1")? + 1;
    let height_bits = bits.bits(4, "frame_height_bits_minus_1")? + 1;
    let width = bits.bits(width_bits, "max_frame_width_minus_1")? + 1;
    let height = bits.bits(height_bits, "max_frame_height_minus_1")? + 1;
    Ok((Head { profile, is_reduced }, (width, height)))
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

/// The elements from behind the size to the colours (5.5.1 and 5.5.2).
fn colours(head: &Head, bits: &mut BitReader<'_>) -> Result<Colours, BitsEnded> {
    if !head.is_reduced && bits.flag("frame_id_numbers_present_flag")? {
        bits.skip(7, "delta_frame_id_length_minus_2, additional_frame_id_length_minus_1")?;
    }
    bits.skip(3, "use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter")?;
    if !head.is_reduced {
        skip_tools(bits)?;
    }
    bits.skip(3, "enable_superres, enable_cdef, enable_restoration")?;
    let place = bits.position() / 8;
    let high_bitdepth = bits.flag("high_bitdepth")?;
    if head.profile == PROFESSIONAL && high_bitdepth {
        bits.skip(1, "twelve_bit")?;
    }
    let is_monochrome = head.profile != HIGH && bits.flag("mono_chrome")?;
    let mut colours = Colours { primaries: 2, transfer: 2, matrix: 2, full_range: false, place };
    if bits.flag("color_description_present_flag")? {
        for (field, element) in [
            (&mut colours.primaries, "color_primaries"),
            (&mut colours.transfer, "transfer_characteristics"),
            (&mut colours.matrix, "matrix_coefficients"),
        ] {
            // Eight bits.
            *field = u16::try_from(bits.bits(8, element)?).unwrap_or(2);
        }
    }
    let is_srgb = (colours.primaries, colours.transfer, colours.matrix) == SRGB;
    colours.full_range = !is_monochrome && is_srgb || bits.flag("color_range")?;
    Ok(colours)
}

/// The coding tools of a header that is not reduced.
fn skip_tools(bits: &mut BitReader<'_>) -> Result<(), BitsEnded> {
    bits.skip(4, "enable_interintra_compound to enable_dual_filter")?;
    let has_order = bits.flag("enable_order_hint")?;
    if has_order {
        bits.skip(2, "enable_jnt_comp, enable_ref_frame_mvs")?;
    }
    let screen_content =
        bits.flag("seq_choose_screen_content_tools")? || bits.flag("seq_force_screen_content_tools")?;
    if screen_content && !bits.flag("seq_choose_integer_mv")? {
        bits.skip(1, "seq_force_integer_mv")?;
    }
    if has_order {
        bits.skip(3, "order_hint_bits_minus_1")?;
    }
    Ok(())
}

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

/// `obu_type` of a sequence header.
const SEQUENCE_HEADER: u8 = 1;
/// `seq_profile` without monochrome.
const HIGH: u32 = 1;
/// `seq_profile` with 12 bits.
const PROFESSIONAL: u32 = 2;
/// BT.709, sRGB, identity: red, green and blue, always of full range.
const SRGB: (u16, u16, u16) = (1, 13, 0);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By SVT-AV1 1.4 (BT.2020, PQ, 10 bits; full range alone), libaom 3.6 (BT.2020, PQ) and rav1e (4:4:4, nothing said), each an OBU.
    const HEADERS: [(&str, CodePoints); 4] = [
        ("0a0e000000043cfecc02f85091009040", (9, 16, 9, false)),
        ("0a0b000000043cfecc02f80840", (2, 2, 2, true)),
        ("0a0e000000043cfeccdaf91091009040", (9, 16, 9, false)),
        ("0a0d200000fa1e7f66210a90202025", (2, 2, 2, false)),
    ];

    /// Primaries, transfer function, matrix, and whether the range is full.
    type CodePoints = (u16, u16, u16, bool);

    fn unit(hex: &str) -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn headers_of_three_encoders_tell_size_and_colours() {
        for (hex, expected) in HEADERS {
            let unit = unit(hex);
            let (payload, start) = find(&unit).unwrap();
            assert_eq!(start, 2);
            let header = SequenceHeader::parse(payload).unwrap();
            assert_eq!(header.size, (320, 180), "{hex}");
            let Colours { primaries, transfer, matrix, full_range, .. } = header.colours.unwrap();
            assert_eq!((primaries, transfer, matrix, full_range), expected, "{hex}");
        }
    }

    #[test]
    fn a_header_stands_behind_other_units() {
        let first = [0x12, 0x00, 0x16, 0x00, 0x01, 0xff];
        let units = [&first[..], &unit(HEADERS[0].0)].concat();
        assert_eq!(find(&units).map(|(payload, start)| (payload.len(), start)), Some((14, 8)));
        assert_eq!(find(&first), None);
        assert_eq!(find(&[0x0a, 0xff]), None, "a size that is cut");
    }

    #[test]
    fn a_cut_header_tells_less() {
        let unit = unit(HEADERS[0].0);
        for length in 0..14 {
            let header = SequenceHeader::parse(&unit[2..2 + length]);
            assert_eq!(
                (header.is_some(), header.is_some_and(|h| h.colours.is_some())),
                (length >= 7, length >= 13),
                "{length}"
            );
        }
    }

    proptest! {
        #[test]
        fn arbitrary_headers_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Some((payload, _)) = find(&bytes) {
                let _ = SequenceHeader::parse(payload);
            }
            let _ = SequenceHeader::parse(&bytes);
        }
    }
}
