//! Access units of AAC LC: `raw_data_block()` (ISO/IEC 14496-3:2019 4.4.2.1), read as far as what extends the core.
//!
//! A fill element may carry SBR, which nothing else need announce. It follows the channels, whose spectra are
//! Huffman-coded and whose length is written nowhere, so the whole unit has to be read.

use super::channel::{self, Windows, ZERO};
use super::config::AudioSpecificConfig;
use super::huffman;
use super::pce::{ProgramConfig, small};
use crate::input::{BitReader, BitsEnded};

/// What one access unit holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    /// Channels of the single, pair and LFE elements.
    pub(crate) channels: u16,
    /// Whether a fill element carries spectral band replication.
    pub(crate) sbr: bool,
    /// Bits behind the end of the block; fewer than eight where the unit is filled as it should be.
    pub(crate) bits_left: u64,
}

/// Why an access unit cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnitFault {
    /// It ends before an element that belongs to it.
    #[error(transparent)]
    Ended(#[from] BitsEnded),
    /// An element holds what AAC LC does not allow.
    #[error("{element} is {value} (bit {position}), which AAC LC does not allow")]
    Value {
        /// The syntax element.
        element: &'static str,
        /// Bit at which it begins.
        position: u64,
        /// What it holds.
        value: u32,
    },
    /// It holds no channel.
    #[error("it holds no channel")]
    Empty,
}

impl UnitFault {
    pub(super) const fn value(element: &'static str, position: u64, value: u32) -> Self {
        Self::Value { element, position, value }
    }
}

/// Reads one access unit of AAC LC (audio object type 2) to its end, and says what extends the core.
///
/// An ADTS header in front, which does not belong into a file but which players pass over, is passed over.
pub(crate) fn find_extensions(unit: &[u8], config: &AudioSpecificConfig) -> Result<Contents, UnitFault> {
    let mut bits = BitReader::new(without_adts(unit));
    let mut contents = Contents::default();
    loop {
        match bits.bits(3, "id_syn_ele")? {
            ID_SCE | ID_LFE => {
                bits.skip(4, "element_instance_tag")?;
                channel::skip(&mut bits, None, config)?;
                contents.channels = contents.channels.saturating_add(1);
            }
            ID_CPE => {
                skip_pair(&mut bits, config)?;
                contents.channels = contents.channels.saturating_add(2);
            }
            ID_CCE => skip_coupling(&mut bits, config)?,
            ID_DSE => skip_data(&mut bits)?,
            ID_PCE => {
                ProgramConfig::parse(&mut bits)?;
            }
            ID_FIL => contents.sbr |= read_fill(&mut bits)?,
            _ => break,
        }
    }
    if contents.channels == 0 {
        return Err(UnitFault::Empty);
    }
    contents.bits_left = bits.remaining();
    Ok(contents)
}

/// The unit without `adts_fixed_header()`, `adts_variable_header()` and checksum (ISO/IEC 14496-3:2019 1.A.3). A unit
/// of its own cannot begin with the syncword, whose first bits are `ID_END`.
fn without_adts(unit: &[u8]) -> &[u8] {
    let header = match unit {
        &[0xff, flags, ..] if flags & 0xf6 == 0xf0 => {
            let protection_absent = flags & 1 == 1;
            if protection_absent { 7 } else { 9 }
        }
        _ => 0,
    };
    unit.get(header..).unwrap_or_default()
}

/// Table 4.85: `id_syn_ele`; 7 is `ID_END`.
const ID_SCE: u32 = 0;
const ID_CPE: u32 = 1;
const ID_CCE: u32 = 2;
const ID_LFE: u32 = 3;
const ID_DSE: u32 = 4;
const ID_PCE: u32 = 5;
const ID_FIL: u32 = 6;

/// `channel_pair_element()`.
fn skip_pair(bits: &mut BitReader<'_>, config: &AudioSpecificConfig) -> Result<(), UnitFault> {
    bits.skip(4, "element_instance_tag")?;
    let mut common = None;
    if bits.flag("common_window")? {
        let windows = Windows::parse(bits, config)?;
        let position = bits.position();
        match bits.bits(2, "ms_mask_present")? {
            1 => bits.skip(u64::from(windows.bands()), "ms_used")?,
            3 => return Err(UnitFault::value("ms_mask_present", position, 3)),
            _ => {}
        }
        common = Some(windows);
    }
    channel::skip(bits, common, config)?;
    channel::skip(bits, common, config)?;
    Ok(())
}

/// `coupling_channel_element()`.
fn skip_coupling(bits: &mut BitReader<'_>, config: &AudioSpecificConfig) -> Result<(), UnitFault> {
    bits.skip(4, "element_instance_tag")?;
    let independent = bits.flag("ind_sw_cce_flag")?;
    let coupled = bits.bits(3, "num_coupled_elements")? + 1;
    let mut gain_lists = 0;
    for _ in 0..coupled {
        gain_lists += 1;
        let pair = bits.flag("cc_target_is_cpe")?;
        bits.skip(4, "cc_target_tag_select")?;
        if pair && bits.bits(2, "cc_l, cc_r")? == 3 {
            gain_lists += 1;
        }
    }
    bits.skip(4, "cc_domain, gain_element_sign, gain_element_scale")?;
    let sections = channel::skip(bits, None, config)?;
    for _ in 1..gain_lists {
        if independent || bits.flag("common_gain_element_present")? {
            huffman::skip_scale_factor(bits)?;
        } else {
            for _ in sections.iter().filter(|&codebook| codebook != ZERO) {
                huffman::skip_scale_factor(bits)?;
            }
        }
    }
    Ok(())
}

/// `data_stream_element()`.
fn skip_data(bits: &mut BitReader<'_>) -> Result<(), UnitFault> {
    bits.skip(4, "element_instance_tag")?;
    let align = bits.flag("data_byte_align_flag")?;
    let mut count = bits.bits(8, "count")?;
    if count == 255 {
        count += bits.bits(8, "esc_count")?;
    }
    if align {
        bits.align();
    }
    bits.skip(u64::from(count) * 8, "data_stream_byte")?;
    Ok(())
}

/// `fill_element()`. Returns whether it carries SBR, which always comes first and takes the whole element.
fn read_fill(bits: &mut BitReader<'_>) -> Result<bool, UnitFault> {
    let mut count = bits.bits(4, "count")?;
    if count == 15 {
        count += bits.bits(8, "esc_count")?;
        count -= 1;
    }
    if count == 0 {
        return Ok(false);
    }
    let extension_type = small(bits.bits(4, "extension_type")?);
    bits.skip(u64::from(count) * 8 - 4, "extension_payload")?;
    Ok(matches!(extension_type, EXT_SBR_DATA | EXT_SBR_DATA_CRC))
}

/// Table 4.121: `extension_type`.
const EXT_SBR_DATA: u8 = 13;
const EXT_SBR_DATA_CRC: u8 = 14;

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Access units with their configuration, from ADTS (ISO/IEC 13818-7:2006 6.2) without checksums.
    pub(crate) fn units(adts: &[u8]) -> (AudioSpecificConfig, Vec<&[u8]>) {
        let index = adts[2] >> 2 & 15;
        let channels = (adts[2] & 1) << 2 | adts[3] >> 6;
        let config = AudioSpecificConfig::parse(&[2 << 3 | index >> 1, index << 7 | channels << 3]).unwrap();
        let mut units = Vec::new();
        let mut rest = adts;
        while !rest.is_empty() {
            let length = usize::from(rest[3] & 3) << 11 | usize::from(rest[4]) << 3 | usize::from(rest[5]) >> 5;
            let (frame, next) = rest.split_at(length);
            units.push(&frame[7..]);
            rest = next;
        }
        (config, units)
    }

    pub(crate) const LC_24K: &[u8] = include_bytes!("../../../tests/fixtures/aac/lc-24k-mono.adts");
    pub(crate) const HE_MONO: &[u8] = include_bytes!("../../../tests/fixtures/aac/he-48k-mono.adts");
    const LC_STEREO: &[u8] = include_bytes!("../../../tests/fixtures/aac/lc-32k-stereo.adts");
    const LC_SHORT: &[u8] = include_bytes!("../../../tests/fixtures/aac/lc-88k-short.adts");
    const LC_5_1: &[u8] = include_bytes!("../../../tests/fixtures/aac/lc-48k-5.1.adts");
    const HE_V2: &[u8] = include_bytes!("../../../tests/fixtures/aac/he-v2-48k.adts");

    const ALL: [(&[u8], u16, bool); 6] = [
        (LC_24K, 1, false),
        (LC_STEREO, 2, false),
        (LC_SHORT, 2, false),
        (LC_5_1, 6, false),
        (HE_MONO, 1, true),
        (HE_V2, 1, true),
    ];

    #[test]
    fn real_units_are_read_to_their_exact_end() {
        for (adts, channels, sbr) in ALL {
            let (config, units) = units(adts);
            for unit in units {
                let contents = find_extensions(unit, &config).unwrap();
                assert_eq!((contents.channels, contents.sbr), (channels, sbr));
                assert!(contents.bits_left < 8, "{contents:?}");
            }
        }
    }

    #[test]
    fn every_cut_is_noticed() {
        for (adts, ..) in ALL {
            let (config, units) = units(adts);
            for length in 0..units[0].len() {
                assert!(find_extensions(&units[0][..length], &config).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn the_frequency_decides_the_bands() {
        let (mut config, units) = units(LC_STEREO);
        config.sampling_frequency = 96_000;
        assert!(units.iter().any(|unit| find_extensions(unit, &config).is_err()));
    }

    #[test]
    fn pulses_and_noise_shaping_are_passed_over() {
        // A pair of channels without bands, each with four pulses and two TNS filters, the second of order 0; then SBR.
        // ffmpeg 5.1 finds the SBR behind them, too.
        let unit = [
            0x20, 0x64, 0x00, 0x1c, 0x00, 0x98, 0x8c, 0x66, 0x43, 0xd2, 0x8a, 0x82, 0x9c, 0x14, 0x06, 0x40, 0x01, 0xc0,
            0x09, 0x88, 0xc6, 0x64, 0x3d, 0x28, 0xa8, 0x29, 0xc1, 0x40, 0xd9, 0xba, 0xc8, 0x00, 0x00, 0x00, 0x00, 0x00,
            0x00, 0x00, 0x00, 0x00, 0x01, 0xc0,
        ];
        let (config, _) = units(LC_24K);
        let contents = find_extensions(&unit, &config).unwrap();
        assert_eq!((contents.channels, contents.sbr), (2, true));
        assert!(contents.bits_left < 8);
    }

    #[test]
    fn an_adts_header_is_passed_over() {
        let (config, units) = units(HE_MONO);
        let frame = &HE_MONO[..7 + units[0].len()];
        assert_eq!(find_extensions(frame, &config), find_extensions(units[0], &config));
        let checked = [&frame[..1], &[frame[1] & 0xfe], &frame[2..7], &[0xab, 0xcd], &frame[7..]].concat();
        assert_eq!(find_extensions(&checked, &config), find_extensions(units[0], &config));
        assert!(find_extensions(&frame[..5], &config).is_err());
    }

    #[test]
    fn elements_without_channels_are_passed_over() {
        let (config, units) = units(LC_24K);
        // In front of the channel: a data stream element of one byte, aligned, and fill elements of 0, 1 and 15 bytes.
        let mut front = Bits::default();
        front.push(ID_DSE, 3).push(0, 4).push(1, 1).push(1, 8).align().push(0xff, 8);
        front.push(ID_FIL, 3).push(0, 4).push(ID_FIL, 3).push(1, 4).push(0, 8);
        front.push(ID_FIL, 3).push(15, 4).push(1, 8).push(11, 4).push(0, 15 * 8 - 4);
        let contents = find_extensions(&front.then(units[0]), &config).unwrap();
        assert_eq!((contents.channels, contents.sbr), (1, false));
    }

    #[test]
    fn both_kinds_of_replication_data_are_found() {
        let (config, units) = units(LC_24K);
        for (extension_type, sbr) in [(0, false), (11, false), (13, true), (14, true)] {
            let mut front = Bits::default();
            front.push(ID_FIL, 3).push(2, 4).push(extension_type, 4).push(0, 12);
            assert_eq!(find_extensions(&front.then(units[0]), &config).unwrap().sbr, sbr);
        }
    }

    #[test]
    fn a_program_config_and_a_coupling_channel_are_passed_over() {
        let (config, units) = units(LC_24K);
        let mut front = Bits::default();
        // One front single element, no comment; its alignment counts from the start of the block.
        front.push(ID_PCE, 3).push(0, 4).push(1, 2).push(6, 4).push(1, 4).push(0, 4 + 4 + 2 + 3 + 4 + 3).push(0, 5);
        front.align().push(0, 8);
        // Two coupled elements, a single one and a pair with both gains: three gain lists, two of them coded.
        front.push(ID_CCE, 3).push(0, 4).push(1, 1).push(1, 3).push(0, 5).push(1, 1).push(0, 4).push(3, 2).push(0, 4);
        // global_gain, one long window without bands, and no tools.
        front.push(100, 8).push(0, 1 + 2 + 1 + 6 + 1).push(0, 3).push(0, 2);
        let contents = find_extensions(&front.then(units[0]), &config).unwrap();
        assert_eq!(contents.channels, 1);
    }

    #[test]
    fn what_does_not_belong_to_low_complexity_is_a_fault() {
        let (config, _) = units(LC_24K);
        for (bits, element) in [
            ((0, 3 + 4 + 8, 0b0000_0000_0011, 12), "predictor_data_present"),
            ((0, 3 + 4 + 8, 0b0000_1111_1100, 12), "max_sfb"),
        ] {
            let mut front = Bits::default();
            front.push(bits.0, bits.1).push(bits.2, bits.3).push(0, 32);
            let fault = find_extensions(&front.then(&[0; 8]), &config).unwrap_err();
            assert!(matches!(fault, UnitFault::Value { element: e, .. } if e == element), "{fault}");
        }
        assert_eq!(find_extensions(&[0xff; 4], &config), Err(UnitFault::Empty));
    }

    /// Writes bits.
    #[derive(Clone, Default)]
    struct Bits(Vec<bool>);

    impl Bits {
        fn push(&mut self, value: u32, count: usize) -> &mut Self {
            self.0.extend((0..count).rev().map(|place| place < 32 && value >> place & 1 == 1));
            self
        }

        fn align(&mut self) -> &mut Self {
            self.0.resize(self.0.len().next_multiple_of(8), false);
            self
        }

        fn then(&self, bytes: &[u8]) -> Vec<u8> {
            let mut bits = self.clone();
            for &byte in bytes {
                bits.push(u32::from(byte), 8);
            }
            bits.align();
            bits.0.chunks(8).map(|byte| byte.iter().fold(0, |value, &bit| value << 1 | u8::from(bit))).collect()
        }
    }

    proptest! {
        #[test]
        fn arbitrary_units_never_panic(
            unit in prop::collection::vec(any::<u8>(), 0..800),
            sampling_frequency in any::<u32>(),
            short_frames in any::<bool>(),
        ) {
            let (mut config, _) = units(LC_24K);
            config.sampling_frequency = sampling_frequency;
            config.short_frames = short_frames;
            let _ = find_extensions(&unit, &config);
        }

        #[test]
        fn damaged_units_never_panic(place in 0_usize..1000, value in any::<u8>()) {
            for (adts, ..) in ALL {
                let (config, units) = units(adts);
                let mut unit = units[0].to_vec();
                let length = unit.len();
                unit[place % length] = value;
                let _ = find_extensions(&unit, &config);
            }
        }
    }
}
