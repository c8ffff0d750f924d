//! The HEVC configuration record, `hvcC` (ISO/IEC 14496-15:2022 8.3.3.1.2).

use std::borrow::Cow;

use super::Entry;
use crate::facts::{ChromaFormat, Colour, Fact, Video};
use crate::input::{Cursor, CursorEnded};
use crate::syntax::hevc::{Signal, Sps};
use crate::units::{Dimensions, Ratio};

/// Fills profile, level and sampling, and what the first sequence parameter set says.
pub(super) fn lower(mut body: Cursor<'_>, entry: &mut Entry<'_>, video: &mut Video) -> Result<(), CursorEnded> {
    let offset = body.offset();
    body.skip(1, "hvcC.configurationVersion")?;
    let profile = body.u8("hvcC.general_profile_idc")? & 0x1f;
    body.skip(10, "hvcC.general_profile_compatibility_flags")?;
    let level = body.u8("hvcC.general_level_idc")?;
    body.skip(3, "hvcC.min_spatial_segmentation_idc")?;
    let chroma = body.u8("hvcC.chroma_format_idc")? & 3;
    let luma_depth = (body.u8("hvcC.bit_depth_luma_minus8")? & 7) + 8;
    let chroma_depth = (body.u8("hvcC.bit_depth_chroma_minus8")? & 7) + 8;
    video.profile = Fact::known(profile_name(profile), entry.at(offset + 1, "hvcC.general_profile_idc"));
    video.level = Fact::known(level_name(level).into(), entry.at(offset + 12, "hvcC.general_level_idc"));
    video.chroma_format = Fact::known(chroma_format(chroma), entry.at(offset + 16, "hvcC.chroma_format_idc"));
    video.bit_depth_luma = Fact::known(luma_depth, entry.at(offset + 17, "hvcC.bit_depth_luma_minus8"));
    video.bit_depth_chroma = Fact::known(chroma_depth, entry.at(offset + 18, "hvcC.bit_depth_chroma_minus8"));
    body.skip(3, "hvcC.avgFrameRate")?;
    for _ in 0..body.u8("hvcC.numOfArrays")? {
        let unit_type = body.u8("hvcC.NAL_unit_type")? & 0x3f;
        for _ in 0..body.u16("hvcC.numNalus")? {
            let length = body.u16("hvcC.nalUnitLength")?;
            let unit_offset = body.offset();
            let unit = body.take(usize::from(length), "hvcC.nalUnit")?;
            if unit_type == SPS
                && video.dimensions.value().is_none()
                && let Some(sps) = Sps::parse(unit)
            {
                lower_sps(&sps, unit_offset, entry, video);
            }
        }
    }
    Ok(())
}

/// Fills size, shape of pixels and colours.
fn lower_sps(sps: &Sps, offset: u64, entry: &mut Entry<'_>, video: &mut Video) {
    if let Some((width, height)) = sps.size {
        let at = entry.at(offset, "hvcC.sps.pic_width_in_luma_samples");
        video.dimensions = Fact::known(Dimensions::new(width, height), at);
    }
    let Some(vui) = &sps.vui else {
        entry.stream_colour = Fact::unknown("the container does not say, and the SPS cannot be read that far");
        return;
    };
    let offset = offset.saturating_add(vui.place);
    let ratio = vui.sample_aspect.and_then(|(width, height)| Ratio::new(width.into(), height.into()));
    video.pixel_aspect_vui =
        ratio.map_or(Fact::Absent, |ratio| Fact::known(ratio, entry.at(offset, "hvcC.sps.vui.aspect_ratio_idc")));
    entry.stream_colour = vui.signal.map_or(Fact::Absent, |signal| {
        let Signal { primaries, transfer, matrix, full_range } = signal;
        let colour = Colour { primaries, transfer, matrix, full_range };
        Fact::known(colour, entry.at(offset, "hvcC.sps.vui.colour_primaries"))
    });
}

/// `nal_unit_type` of a sequence parameter set.
const SPS: u8 = 33;

/// ITU-T H.265 (2024) annex A.3, F and G.
fn profile_name(general_profile_idc: u8) -> Cow<'static, str> {
    match general_profile_idc {
        1 => "Main".into(),
        2 => "Main 10".into(),
        3 => "Main Still Picture".into(),
        4 => "Format Range Extensions".into(),
        5 => "High Throughput".into(),
        6 => "Multiview Main".into(),
        7 => "Scalable Main".into(),
        8 => "3D Main".into(),
        9 => "Screen-Extended Main".into(),
        10 => "Scalable Format Range Extensions".into(),
        11 => "High Throughput Screen-Extended".into(),
        other => format!("profile {other}").into(),
    }
}

/// `general_level_idc` is 30 times the level.
fn level_name(general_level_idc: u8) -> String {
    match (general_level_idc / 30, general_level_idc % 30 / 3) {
        (major, 0) => major.to_string(),
        (major, minor) => format!("{major}.{minor}"),
    }
}

/// `chroma_format_idc`, also of VVC and H.264.
pub(super) const fn chroma_format(chroma_format_idc: u8) -> ChromaFormat {
    match chroma_format_idc {
        0 => ChromaFormat::Monochrome,
        1 => ChromaFormat::Yuv420,
        2 => ChromaFormat::Yuv422,
        _ => ChromaFormat::Yuv444,
    }
}
