//! What a plan needs to know of an image and a check does not: how much of it is not its picture.

use crate::facts::{Evidence, Fact, Format};
use crate::finding::FileReport;
use crate::input::{Extras, Limits, Source, SourceError};
use crate::syntax::inspect_with;
use crate::transcode::image::bare;

/// Adds to the facts of an image that is too large how many of its bytes its picture does not need, and where it was taken. Reports of
/// other files stay as they are.
///
/// Errors: the source could not deliver its bytes.
pub fn look_closer(source: &dyn Source, report: &mut FileReport) -> Result<(), SourceError> {
    let is_image = matches!(report.facts.format, Format::Jpeg | Format::Png | Format::WebP | Format::Gif);
    let is_large = |rule: &str| matches!(rule, "file-too-large" | "too-many-segments");
    let is_worth_it = is_image && source.len() <= LARGEST && report.findings.iter().any(|f| is_large(&f.rule));
    let (Some(image), true) = (report.facts.image.as_deref_mut(), is_worth_it) else { return Ok(()) };
    let mut bytes = vec![0; usize::try_from(source.len()).unwrap_or(0)];
    source.read_at(0, &mut bytes)?;
    let orientation = image.orientation.value().copied();
    let spare = bare(&bytes, report.facts.format, orientation).map(|bare| bytes.len().saturating_sub(bare.len()));
    image.spare = match spare {
        Some(spare) => Fact::known(spare as u64, Evidence::new(0, "file")),
        None => Fact::unknown("its parts cannot be told apart"),
    };
    let more = inspect_with(source, Limits::default(), Extras { tags: true, ..Extras::NONE })?;
    if let Some(other) = more.image {
        image.location = other.location;
    }
    Ok(())
}

/// Larger files are none from which leaving out metadata makes an image that is small enough.
const LARGEST: u64 = 256 << 20;
