//! A look at the first frame of a VP9 track, for what its configuration leaves open: nothing, or samples and colours.

use super::samples::Samples;
use crate::facts::{Colour, Container, Evidence, Fact, Track};
use crate::input::{Reader, Stop};
use crate::syntax::vp9::ColorConfig;

/// Fills what is not known of the video of `track`, where it is VP9 and its samples can be read.
///
/// Errors: the source could not deliver.
pub(super) fn look(
    track: &mut Track,
    samples: &Samples<'_>,
    container: &Container,
    reader: &mut Reader<'_>,
) -> Result<(), Stop> {
    let is_readable = track.codec.value().is_some_and(|codec| codec.name == "VP9" && !codec.encrypted);
    let Some(video) = track.video.as_deref_mut().filter(|_| is_readable) else { return Ok(()) };
    let is_open = matches!(video.colour, Fact::Unknown(_)) || video.chroma_format.value().is_none();
    let Some(first) = samples.iter().next().filter(|_| is_open) else { return Ok(()) };
    let mut head = [0; HEAD];
    let left = reader.len().saturating_sub(first.offset).min(first.size.into());
    let head = head.get_mut(..usize::try_from(left).unwrap_or(HEAD).min(HEAD)).unwrap_or_default();
    reader.fill(first.offset, head, "sample")?;
    let Some(config) = ColorConfig::of_frame(head) else { return Ok(()) };
    let at = || Evidence::within(first.offset, container, "sample.color_config");
    if video.chroma_format.value().is_none() {
        video.profile = Fact::known(format!("Profile {}", config.profile).into(), at());
        video.bit_depth_luma = Fact::known(config.bit_depth, at());
        video.bit_depth_chroma = Fact::known(config.bit_depth, at());
        video.chroma_format = Fact::known(config.chroma, at());
    }
    if matches!(video.colour, Fact::Unknown(_)) {
        let matrix = config.matrix.unwrap_or(UNSPECIFIED);
        let colour = Colour { primaries: UNSPECIFIED, transfer: UNSPECIFIED, matrix, full_range: config.full_range };
        let says = config.matrix.is_some() || config.full_range;
        video.colour = if says { Fact::known(colour, at()) } else { Fact::Absent };
    }
    Ok(())
}

/// Bytes up to the colours, at most.
const HEAD: usize = 16;
/// A code point that is not given (ISO/IEC 23091-2).
const UNSPECIFIED: u16 = 2;
