//! Boxes that say how the pictures of any codec are shown: `pasp`, `clap`, `colr`, `fiel`.

use super::Entry;
use crate::facts::{Anomaly, AnomalyKind, Colour, Fact, FirstField, Video};
use crate::input::{Cursor, CursorEnded};
use crate::units::{Dimensions, Ratio};

/// `pasp` (ISO/IEC 14496-12:2022 12.1.4). A spacing of zero says nothing.
pub(super) fn pixel_aspect(mut body: Cursor<'_>, entry: &mut Entry<'_>, video: &mut Video) -> Result<(), CursorEnded> {
    let offset = body.offset();
    let horizontal = body.u32("pasp.hSpacing")?;
    let vertical = body.u32("pasp.vSpacing")?;
    let at = entry.at(offset, "pasp");
    match Ratio::new(u64::from(horizontal), u64::from(vertical)) {
        Some(ratio) if horizontal != 0 => video.pixel_aspect_box = Fact::known(ratio, at),
        _ => entry.anomalies.push(Anomaly::new(
            AnomalyKind::Tolerated,
            at,
            "the pixel aspect ratio is not given",
            "two numbers above 0",
            format!("{horizontal}:{vertical}"),
        )),
    }
    Ok(())
}

/// `clap` (ISO/IEC 14496-12:2022 12.1.4): width and height only.
pub(super) fn clean_aperture(
    mut body: Cursor<'_>,
    entry: &mut Entry<'_>,
    video: &mut Video,
) -> Result<(), CursorEnded> {
    let offset = body.offset();
    let width = (body.u32("clap.cleanApertureWidthN")?, body.u32("clap.cleanApertureWidthD")?);
    let height = (body.u32("clap.cleanApertureHeightN")?, body.u32("clap.cleanApertureHeightD")?);
    let at = entry.at(offset, "clap");
    match (width.0.checked_div(width.1), height.0.checked_div(height.1)) {
        (Some(width), Some(height)) => video.clean_aperture = Fact::known(Dimensions::new(width, height), at),
        _ => entry.anomalies.push(Anomaly::new(
            AnomalyKind::Tolerated,
            at,
            "the clean aperture is a division by zero",
            "denominators above 0",
            format!("{}/{} by {}/{}", width.0, width.1, height.0, height.1),
        )),
    }
    Ok(())
}

/// `colr` (ISO/IEC 14496-12:2022 12.1.5, QuickTime's `nclc`). Colour profiles are passed over, and the first of several
/// descriptions stands.
pub(super) fn colour(mut body: Cursor<'_>, entry: &Entry<'_>, video: &mut Video) -> Result<(), CursorEnded> {
    let offset = body.offset();
    let full_range_follows = match &body.array::<4>("colr.colour_type")? {
        b"nclx" => true,
        b"nclc" => false,
        _ => return Ok(()),
    };
    if video.colour.value().is_some() {
        return Ok(());
    }
    let colour = Colour {
        primaries: body.u16("colr.colour_primaries")?,
        transfer: body.u16("colr.transfer_characteristics")?,
        matrix: body.u16("colr.matrix_coefficients")?,
        // Some writers leave the last byte of nclx out.
        full_range: full_range_follows && body.u8("colr.full_range_flag").is_ok_and(|flags| flags & 0x80 != 0),
    };
    video.colour = Fact::known(colour, entry.at(offset, "colr"));
    Ok(())
}

/// `fiel` (QuickTime File Format, ISO/IEC 15444-3): 1 progressive, 2 interlaced.
pub(super) fn fields(mut body: Cursor<'_>, entry: &Entry<'_>, video: &mut Video) -> Result<(), CursorEnded> {
    let offset = body.offset();
    let count = body.u8("fiel.fields")?;
    video.field_count_box = Fact::known(count, entry.at(offset, "fiel"));
    // Which is stored first is another matter: 9 stores the upper one first and shows the lower one first.
    video.first_field = match (count, body.u8("fiel.detail")) {
        (2, Ok(1 | 14)) => Some(FirstField::Top),
        (2, Ok(6 | 9)) => Some(FirstField::Bottom),
        _ => None,
    };
    Ok(())
}
