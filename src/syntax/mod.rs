//! The formats: how each is told from its first bytes, and how its structure is read into facts.
//!
//! Each folder keeps the names of its standard and ends in `facts.rs`, which lowers syntax to facts.
//! To add a format: a folder here, and one line in [`FORMATS`].

pub(crate) mod aac;
pub(crate) mod av1;
pub(crate) mod exif;
pub(crate) mod few;
pub(crate) mod gif;
pub(crate) mod h264;
pub(crate) mod hevc;
pub(crate) mod jpeg;
pub(crate) mod matroska;
pub(crate) mod mp4;
pub(crate) mod png;
pub(crate) mod probe;
mod sample_aspect;
pub(crate) mod srt;
pub(crate) mod tiff;
pub(crate) mod vp9;
pub(crate) mod webp;

use crate::facts::{Anomaly, AnomalyKind, Evidence, Facts, Format};
use crate::input::{Budget, Extras, Limits, Reader, Source, SourceError, Stop};

/// A format that can be read.
pub(crate) struct FileType {
    /// Whether the first bytes (at most 64) are of this format; `length` is the length of the file.
    pub(crate) probe: fn(prefix: &[u8], length: u64) -> bool,
    /// Reads the structure and fills the facts. What was learnt before a stop stays.
    pub(crate) inspect: fn(&mut Reader<'_>, &mut Facts) -> Result<(), Stop>,
    /// The format before the content says more (MP4 may turn out to be QuickTime).
    pub(crate) format: Format,
}

/// The formats that can be read, in the order in which they are tried.
const FORMATS: &[FileType] = &[
    FileType { format: Format::Jpeg, probe: jpeg::probe, inspect: jpeg::inspect },
    FileType { format: Format::Png, probe: png::probe, inspect: png::inspect },
    FileType { format: Format::Gif, probe: gif::probe, inspect: gif::inspect },
    FileType { format: Format::WebP, probe: webp::probe, inspect: webp::inspect },
    FileType { format: Format::Tiff, probe: tiff::probe, inspect: tiff::inspect },
    FileType { format: Format::Mp4, probe: mp4::probe, inspect: mp4::inspect },
];

/// Reads the facts of a file of any kind.
///
/// Damage is data and never an error. Errors: the source could not deliver its bytes.
pub fn inspect(source: &dyn Source, limits: Limits) -> Result<Facts, SourceError> {
    inspect_with(source, limits, Extras::default())
}

/// Reads the facts of a file of any kind, and what is asked for beyond those that rules need.
///
/// Damage is data and never an error. Errors: the source could not deliver its bytes.
pub fn inspect_with(source: &dyn Source, limits: Limits, extras: Extras) -> Result<Facts, SourceError> {
    inspect_listing(source, limits, extras, true)
}

/// The same with the list of the groups of pictures, or without it: no rule needs it.
pub(crate) fn inspect_listing(
    source: &dyn Source,
    limits: Limits,
    extras: Extras,
    lists_groups: bool,
) -> Result<Facts, SourceError> {
    let mut facts = Facts::new(source.len(), Format::Unknown);
    match read(source, limits, extras, lists_groups, &mut facts) {
        Ok(()) => {}
        Err(Stop::Source(error)) => return Err(error),
        Err(stop) => facts.anomalies.push(anomaly(&stop)),
    }
    Ok(facts)
}

fn read(
    source: &dyn Source,
    limits: Limits,
    extras: Extras,
    lists_groups: bool,
    facts: &mut Facts,
) -> Result<(), Stop> {
    let mut reader = Reader::new(source, Budget::new(limits))?;
    reader.ask_for(extras);
    reader.list_groups(lists_groups);
    if reader.len() == 0 {
        facts.format = Format::Empty;
        return Ok(());
    }
    let length = reader.len();
    if let Some(file_type) = FORMATS.iter().find(|format| (format.probe)(reader.prefix(), length)) {
        facts.format = file_type.format;
        return (file_type.inspect)(&mut reader, facts);
    }
    // Other formats are named in the message; text formats have no magic number and come last.
    if let Some(format) = probe::known_format(&mut reader)? {
        facts.format = format;
        return match format {
            // No platform takes it, so that rules need none of its facts.
            Format::Matroska | Format::WebM if reader.extras().foreign => matroska::inspect(&mut reader, facts),
            _ => Ok(()),
        };
    }
    srt::inspect_if_text(&mut reader, facts)
}

/// The anomaly that a stop leaves in the facts.
pub(crate) fn anomaly(stop: &Stop) -> Anomaly {
    match stop {
        Stop::Source(error) => {
            Anomaly::new(AnomalyKind::Malformed, Evidence::new(0, "file"), error.to_string(), "readable bytes", "none")
        }
        Stop::Budget { offset, field, exhausted } => Anomaly::new(
            AnomalyKind::BudgetExceeded,
            Evidence::new(*offset, field),
            exhausted.to_string(),
            format!("at most {}", exhausted.allowed),
            exhausted.needed.to_string(),
        ),
        Stop::EndOfFile { offset, field, expected, actual } => Anomaly::new(
            AnomalyKind::Truncated,
            Evidence::new(*offset, field),
            format!("the file ends inside {field}"),
            format!("{expected} bytes"),
            format!("{actual} bytes"),
        ),
        Stop::EndOfStructure(ended) => Anomaly::new(
            AnomalyKind::Malformed,
            Evidence::new(ended.offset, ended.field),
            format!("the structure ends inside {}", ended.field),
            format!("{} bytes", ended.expected),
            format!("{} bytes", ended.actual),
        ),
        Stop::Malformed { offset, field, expected, actual } => Anomaly::new(
            AnomalyKind::Malformed,
            Evidence::new(*offset, field),
            format!("{field} cannot be read"),
            expected.clone(),
            actual.clone(),
        ),
    }
}
