//! MPEG-4 Part 2: the headers that `esds` carries (ISO/IEC 14496-2:2004 6.2.2, 6.2.3).

use super::Entry;
use crate::facts::{ChromaFormat, Fact, Video};
use crate::input::{BitReader, BitsEnded, Cursor};
use crate::units::Dimensions;

/// Fills profile and level from the visual object sequence, sampling and size from the video object layer.
pub(super) fn lower(specific: Cursor<'_>, entry: &Entry<'_>, video: &mut Video) {
    let bytes = specific.rest();
    for (place, code) in start_codes(bytes) {
        let at = |element| entry.at(specific.offset().saturating_add(place as u64), element);
        let Some(rest) = bytes.get(place + 4..) else { continue };
        match code {
            VISUAL_OBJECT_SEQUENCE => {
                let Some((profile, level)) = rest.first().copied().and_then(profile_and_level) else { continue };
                let element = "esds.profile_and_level_indication";
                video.profile = Fact::known(profile.into(), at(element));
                video.level = Fact::known(level.into(), at(element));
            }
            0x20..=0x2f => {
                let Ok(Some(layer)) = Layer::parse(rest) else { continue };
                let depth = Fact::known(layer.depth, at("esds.bits_per_pixel"));
                video.chroma_format = Fact::known(ChromaFormat::Yuv420, at("esds.chroma_format"));
                video.bit_depth_luma = depth.clone();
                video.bit_depth_chroma = depth;
                video.dimensions = Fact::known(layer.size, at("esds.video_object_layer_width"));
            }
            _ => {}
        }
    }
}

const VISUAL_OBJECT_SEQUENCE: u8 = 0xb0;

/// Places and values of the start codes `00 00 01 xx`.
fn start_codes(bytes: &[u8]) -> impl Iterator<Item = (usize, u8)> + '_ {
    bytes.windows(4).enumerate().filter_map(|(place, window)| match window {
        &[0, 0, 1, code] => Some((place, code)),
        _ => None,
    })
}

/// What a video object layer says.
struct Layer {
    size: Dimensions,
    depth: u8,
}

impl Layer {
    /// Reads `VideoObjectLayer()` after its start code. `None`: the layer is not rectangular, so it has no size.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, BitsEnded> {
        let mut bits = BitReader::new(bytes);
        bits.skip(9, "random_accessible_vol, video_object_type_indication")?;
        let mut version = 1;
        if bits.flag("is_object_layer_identifier")? {
            version = bits.bits(4, "video_object_layer_verid")?;
            bits.skip(3, "video_object_layer_priority")?;
        }
        if bits.bits(4, "aspect_ratio_info")? == EXTENDED_PAR {
            bits.skip(16, "par_width, par_height")?;
        }
        if bits.flag("vol_control_parameters")? {
            bits.skip(3, "chroma_format, low_delay")?;
            if bits.flag("vbv_parameters")? {
                bits.skip(79, "first_half_bit_rate")?;
            }
        }
        if bits.bits(2, "video_object_layer_shape")? != RECTANGULAR {
            return Ok(None);
        }
        bits.skip(1, "marker_bit")?;
        let resolution = bits.bits(16, "vop_time_increment_resolution")?;
        bits.skip(1, "marker_bit")?;
        if bits.flag("fixed_vop_rate")? {
            // As many bits as the largest increment takes, at least one.
            let length = 32 - resolution.saturating_sub(1).leading_zeros();
            bits.skip(u64::from(length.max(1)), "fixed_vop_time_increment")?;
        }
        bits.skip(1, "marker_bit")?;
        let width = bits.bits(13, "video_object_layer_width")?;
        bits.skip(1, "marker_bit")?;
        let height = bits.bits(13, "video_object_layer_height")?;
        bits.skip(3, "marker_bit, interlaced, obmc_disable")?;
        let sprite = bits.bits(if version == 1 { 1 } else { 2 }, "sprite_enable")?;
        let mut depth = 8;
        // What a sprite is made of stands before the depth; then eight bits are taken for granted.
        if sprite == 0 && bits.flag("not_8_bit")? {
            bits.skip(4, "quant_precision")?;
            depth = bits.bits(4, "bits_per_pixel")?;
        }
        let depth = u8::try_from(depth).unwrap_or(8);
        Ok((width > 0 && height > 0).then_some(Self { size: Dimensions::new(width, height), depth }))
    }
}

const EXTENDED_PAR: u32 = 15;
const RECTANGULAR: u32 = 0;

/// Table G.1: the profiles that films have.
const fn profile_and_level(indication: u8) -> Option<(&'static str, &'static str)> {
    Some(match indication {
        0x01 => ("Simple", "1"),
        0x02 => ("Simple", "2"),
        0x03 => ("Simple", "3"),
        0x04 => ("Simple", "4a"),
        0x05 => ("Simple", "5"),
        0x06 => ("Simple", "6"),
        0x08 => ("Simple", "0"),
        0x09 => ("Simple", "0b"),
        0xf0 => ("Advanced Simple", "0"),
        0xf1 => ("Advanced Simple", "1"),
        0xf2 => ("Advanced Simple", "2"),
        0xf3 => ("Advanced Simple", "3"),
        0xf4 => ("Advanced Simple", "4"),
        0xf5 => ("Advanced Simple", "5"),
        0xf7 => ("Advanced Simple", "3b"),
        _ => return None,
    })
}
