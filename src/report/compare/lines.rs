//! A comparison as JSON Lines: one line a row, the rest of the answer last.

use std::io::{self, Write};

use serde::Serialize;

use super::{CompareReport, ComparedFile};
use crate::finding::Verdict;
use crate::transcode::quality::Quality;

/// Writes a comparison as JSON Lines.
pub fn write_lines(output: &mut dyn Write, report: &CompareReport) -> io::Result<()> {
    for row in &report.comparison.rows {
        serde_json::to_writer(&mut *output, row)?;
        writeln!(output)?;
    }
    let CompareReport { schema_version, program_version, pack, source, result, comparison, quality } = report;
    let (schema_version, verdict) = (*schema_version, comparison.verdict);
    let quality = quality.as_ref();
    serde_json::to_writer(
        &mut *output,
        &Last { schema_version, program_version, pack, source, result, verdict, quality },
    )?;
    writeln!(output)
}

/// The answer without its rows.
#[derive(Serialize)]
struct Last<'a> {
    schema_version: u32,
    program_version: &'a str,
    pack: &'a str,
    source: &'a ComparedFile,
    result: &'a ComparedFile,
    verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<&'a Quality>,
}
