//! The AV1 configuration record, `av1C` (AV1 Codec ISO Media File Format Binding 1.3.0, 2.3).

use super::Entry;
use crate::facts::{ChromaFormat, Colour, Fact, Video};
use crate::input::{Cursor, CursorEnded};
use crate::syntax::av1::{self, Colours, SequenceHeader};
use crate::units::Dimensions;

/// Fills profile, level and sampling, and where a sequence header is there, size and colours.
pub(super) fn lower(mut body: Cursor<'_>, entry: &mut Entry<'_>, video: &mut Video) -> Result<(), CursorEnded> {
    let offset = body.offset();
    body.skip(1, "av1C.version")?;
    let [profile_level, flags, _] = body.array::<3>("av1C.seq_profile")?;
    let profile = match profile_level >> 5 {
        0 => "Main".into(),
        1 => "High".into(),
        2 => "Professional".into(),
        other => format!("profile {other}").into(),
    };
    let level = match profile_level & 0x1f {
        31 => "unbounded".into(),
        index => format!("{}.{}", 2 + (index >> 2), index & 3).into(),
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
    let found = av1::find(body.rest());
    let Some((header, start)) = found.and_then(|(payload, start)| Some((SequenceHeader::parse(payload)?, start)))
    else {
        return Ok(());
    };
    let (width, height) = header.size;
    let at = entry.at(units, "av1C.configOBUs.max_frame_width_minus_1");
    video.dimensions = Fact::known(Dimensions::new(width, height), at);
    entry.stream_colour = match header.colours {
        Some(Colours { primaries: 2, transfer: 2, matrix: 2, full_range: false, .. }) => Fact::Absent,
        Some(Colours { primaries, transfer, matrix, full_range, place }) => {
            let place = units.saturating_add(start as u64).saturating_add(place);
            let colour = Colour { primaries, transfer, matrix, full_range };
            Fact::known(colour, entry.at(place, "av1C.configOBUs.color_config"))
        }
        None => Fact::unknown("the container does not say, and the sequence header ends in front of it"),
    };
    Ok(())
}
