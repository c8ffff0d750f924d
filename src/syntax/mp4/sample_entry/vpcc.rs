//! The VP8 and VP9 configuration record, `vpcC` (VP Codec ISO Media File Format Binding 1.0).

use super::Entry;
use crate::facts::{ChromaFormat, Colour, Fact, Video};
use crate::input::{Cursor, CursorEnded};

/// Primaries, transfer function and matrix that are not given (ISO/IEC 23091-2).
const UNSPECIFIED: (u8, u8, u8) = (2, 2, 2);

/// Fills profile, level, sampling, and the colours where no `colr` came before.
pub(super) fn lower(mut body: Cursor<'_>, entry: &Entry<'_>, video: &mut Video) -> Result<(), CursorEnded> {
    body.skip(4, "vpcC.version_flags")?;
    let offset = body.offset();
    let profile = body.u8("vpcC.profile")?;
    let level = body.u8("vpcC.level")?;
    let sampling = body.u8("vpcC.bitDepth")?;
    video.profile = Fact::known(format!("Profile {profile}").into(), entry.at(offset, "vpcC.profile"));
    // Level 0 is written by encoders that did not work it out.
    if level > 0 {
        let name =
            if level.is_multiple_of(10) { (level / 10).to_string() } else { format!("{}.{}", level / 10, level % 10) };
        video.level = Fact::known(name.into(), entry.at(offset + 1, "vpcC.level"));
    }
    let depth = sampling >> 4;
    video.bit_depth_luma = Fact::known(depth, entry.at(offset + 2, "vpcC.bitDepth"));
    video.bit_depth_chroma = Fact::known(depth, entry.at(offset + 2, "vpcC.bitDepth"));
    video.chroma_format = match sampling >> 1 & 7 {
        0 | 1 => Fact::known(ChromaFormat::Yuv420, entry.at(offset + 2, "vpcC.chromaSubsampling")),
        2 => Fact::known(ChromaFormat::Yuv422, entry.at(offset + 2, "vpcC.chromaSubsampling")),
        3 => Fact::known(ChromaFormat::Yuv444, entry.at(offset + 2, "vpcC.chromaSubsampling")),
        _ => Fact::unknown("chromaSubsampling of vpcC is reserved"),
    };
    let colours_at = body.offset();
    let (primaries, transfer, matrix) = (
        body.u8("vpcC.colourPrimaries")?,
        body.u8("vpcC.transferCharacteristics")?,
        body.u8("vpcC.matrixCoefficients")?,
    );
    if video.colour.value().is_none() && (primaries, transfer, matrix) != UNSPECIFIED {
        let colour = Colour {
            primaries: primaries.into(),
            transfer: transfer.into(),
            matrix: matrix.into(),
            full_range: sampling & 1 != 0,
        };
        video.colour = Fact::known(colour, entry.at(colours_at, "vpcC.colourPrimaries"));
    }
    Ok(())
}
