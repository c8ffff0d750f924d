//! One channel of a frame: `individual_channel_stream()` (ISO/IEC 14496-3:2019 4.4.2.7, tables 4.50 to 4.57).
//!
//! Nothing is decoded: the elements are read to find where the channel ends, for its length is written nowhere.

use super::bands::Bands;
use super::config::AudioSpecificConfig;
use super::huffman::{self, Codebook};
use super::pce::small;
use super::raw::UnitFault;
use crate::input::BitReader;

/// `ics_info()`: the windows of a frame and how they are grouped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    short: bool,
    max_sfb: u8,
    /// Windows of each group.
    groups: [u8; 8],
    group_count: u8,
}

impl Windows {
    /// Reads `ics_info()`; prediction does not belong to AAC LC.
    pub(super) fn parse(bits: &mut BitReader<'_>, config: &AudioSpecificConfig) -> Result<Self, UnitFault> {
        bits.skip(1, "ics_reserved_bit")?;
        let short = bits.bits(2, "window_sequence")? == EIGHT_SHORT_SEQUENCE;
        bits.skip(1, "window_shape")?;
        let mut windows = Self { short, max_sfb: 0, groups: [1; 8], group_count: 1 };
        let position = bits.position();
        if short {
            windows.max_sfb = small(bits.bits(4, "max_sfb")?);
            windows.group(bits.bits(7, "scale_factor_grouping")?);
        } else {
            windows.max_sfb = small(bits.bits(6, "max_sfb")?);
            let position = bits.position();
            if bits.flag("predictor_data_present")? {
                return Err(UnitFault::value("predictor_data_present", position, 1));
            }
        }
        let most = Bands::of(config.sampling_frequency).ends(short, config.short_frames).count();
        if usize::from(windows.max_sfb) > most {
            return Err(UnitFault::value("max_sfb", position, u32::from(windows.max_sfb)));
        }
        Ok(windows)
    }

    /// Each of the seven bits says whether a window belongs to the group of the one before it.
    fn group(&mut self, scale_factor_grouping: u32) {
        for window in 0..7 {
            if scale_factor_grouping << window & 0x40 == 0 {
                self.group_count += 1;
            } else if let Some(length) = self.groups.get_mut(usize::from(self.group_count) - 1) {
                *length += 1;
            }
        }
    }

    /// Scale factor bands of all groups.
    pub(super) fn bands(&self) -> u16 {
        u16::from(self.group_count) * u16::from(self.max_sfb)
    }
}

const EIGHT_SHORT_SEQUENCE: u32 = 2;

/// The codebook of each scale factor band, group after group: `section_data()`.
pub(super) struct Sections {
    codebooks: [u8; MOST_BANDS],
    count: usize,
}

/// Eight groups of 15 bands.
const MOST_BANDS: usize = 120;

impl Sections {
    fn parse(bits: &mut BitReader<'_>, windows: &Windows) -> Result<Self, UnitFault> {
        let length_bits = if windows.short { 3 } else { 5 };
        let escape = (1 << length_bits) - 1;
        let mut sections = Self { codebooks: [0; MOST_BANDS], count: 0 };
        for _ in 0..windows.group_count {
            let mut left = u32::from(windows.max_sfb);
            while left > 0 {
                let position = bits.position();
                let codebook = small(bits.bits(4, "sect_cb")?);
                if codebook == RESERVED_CODEBOOK {
                    return Err(UnitFault::value("sect_cb", position, u32::from(codebook)));
                }
                let position = bits.position();
                let mut length = 0_u32;
                loop {
                    let increment = bits.bits(length_bits, "sect_len_incr")?;
                    length = length.saturating_add(increment);
                    if increment != escape {
                        break;
                    }
                }
                // A section of no length is legal, and each takes bits, so that the loop ends.
                left = left.checked_sub(length).ok_or_else(|| UnitFault::value("sect_len_incr", position, length))?;
                let begin = sections.count;
                // At most `max_sfb`, as was seen.
                sections.count += length as usize;
                for entry in sections.codebooks.get_mut(begin..sections.count).unwrap_or_default() {
                    *entry = codebook;
                }
            }
        }
        Ok(sections)
    }

    /// The codebooks in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        self.codebooks.iter().take(self.count).copied()
    }
}

/// `ZERO_HCB`: the band is zero and has no scale factor.
pub(super) const ZERO: u8 = 0;
const RESERVED_CODEBOOK: u8 = 12;
const NOISE: u8 = 13;

/// Passes over `individual_channel_stream()`; `windows` are those of a common `ics_info()`. Returns what a coupling
/// channel needs to go on.
pub(super) fn skip(
    bits: &mut BitReader<'_>,
    windows: Option<Windows>,
    config: &AudioSpecificConfig,
) -> Result<Sections, UnitFault> {
    bits.skip(8, "global_gain")?;
    let windows = match windows {
        Some(windows) => windows,
        None => Windows::parse(bits, config)?,
    };
    let sections = Sections::parse(bits, &windows)?;
    skip_scale_factors(bits, &sections)?;
    let position = bits.position();
    if bits.flag("pulse_data_present")? {
        if windows.short {
            return Err(UnitFault::value("pulse_data_present", position, 1));
        }
        let pulses = bits.bits(2, "number_pulse")? + 1;
        bits.skip(6 + u64::from(pulses) * 9, "pulse_data")?;
    }
    if bits.flag("tns_data_present")? {
        skip_temporal_noise_shaping(bits, &windows)?;
    }
    let position = bits.position();
    if bits.flag("gain_control_data_present")? {
        return Err(UnitFault::value("gain_control_data_present", position, 1));
    }
    skip_spectrum(bits, &windows, &sections, config)?;
    Ok(sections)
}

/// `scale_factor_data()`: the first noise energy is not coded.
fn skip_scale_factors(bits: &mut BitReader<'_>, sections: &Sections) -> Result<(), UnitFault> {
    let mut noise_before = false;
    for codebook in sections.iter() {
        match codebook {
            ZERO => {}
            NOISE if !noise_before => {
                noise_before = true;
                bits.skip(9, "dpcm_noise_nrg")?;
            }
            _ => huffman::skip_scale_factor(bits)?,
        }
    }
    Ok(())
}

/// `tns_data()`.
fn skip_temporal_noise_shaping(bits: &mut BitReader<'_>, windows: &Windows) -> Result<(), UnitFault> {
    let (count, filter_bits, length_bits, order_bits) = if windows.short { (8, 1, 4, 3) } else { (1, 2, 6, 5) };
    for _ in 0..count {
        let filters = bits.bits(filter_bits, "n_filt")?;
        if filters == 0 {
            continue;
        }
        let resolution = 3 + bits.bits(1, "coef_res")?;
        for _ in 0..filters {
            bits.skip(length_bits, "length")?;
            let order = bits.bits(order_bits, "order")?;
            if order > 0 {
                bits.skip(1, "direction")?;
                let coefficient_bits = resolution - bits.bits(1, "coef_compress")?;
                bits.skip(u64::from(order * coefficient_bits), "coef")?;
            }
        }
    }
    Ok(())
}

/// `spectral_data()`: the bands of a group's windows are interleaved, so that a band is as long as all of them.
fn skip_spectrum(
    bits: &mut BitReader<'_>,
    windows: &Windows,
    sections: &Sections,
    config: &AudioSpecificConfig,
) -> Result<(), UnitFault> {
    let mut codebooks = sections.iter();
    for &length in windows.groups.iter().take(usize::from(windows.group_count)) {
        let mut begin = 0;
        let ends = Bands::of(config.sampling_frequency).ends(windows.short, config.short_frames);
        for end in ends.take(usize::from(windows.max_sfb)) {
            let width = end - begin;
            begin = end;
            if let Some(codebook) = codebooks.next().and_then(huffman::spectral) {
                skip_values(bits, codebook, width * u16::from(length) / codebook.dimension)?;
            }
        }
    }
    Ok(())
}

fn skip_values(bits: &mut BitReader<'_>, codebook: &Codebook, words: u16) -> Result<(), UnitFault> {
    for _ in 0..words {
        for _ in 0..codebook.skip(bits)? {
            let position = bits.position();
            let prefix = bits.peek().leading_ones();
            // A longer prefix would stand for more than 8191, the largest value there is.
            if prefix > 8 {
                return Err(UnitFault::value("hcod_esc", position, prefix));
            }
            bits.skip(u64::from(prefix) * 2 + 5, "hcod_esc")?;
        }
    }
    Ok(())
}
