//! Measures the pictures of two films with ffmpeg.

use std::ffi::OsString;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use media_preflight::fix::Scratch;
use media_preflight::transcode::quality::{Alignment, Quality};

use super::child::{self, ChildError};
use super::failure::Failure;
use super::interrupt::stop_on_interrupt_or_end;

/// Why the pictures could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotMeasured {
    /// ffmpeg did not do it.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// It ran and measured nothing.
    #[error("ffmpeg compared no frame of both films")]
    Nothing,
    /// Signals could not be caught.
    #[error(transparent)]
    Signals(#[from] Failure),
}

impl NotMeasured {
    /// The exit status that it makes.
    pub(crate) const fn status(&self) -> u8 {
        match self {
            Self::Child(error) => error.status(),
            Self::Nothing | Self::Signals(_) => Failure::INPUT_OUTPUT,
        }
    }
}

/// Measures the pictures of `result` against those of `source`, with VMAF where the program has it.
pub(crate) fn measure(
    program: Option<&Path>,
    source: &Path,
    result: &Path,
    alignment: &Alignment,
) -> Result<Quality, NotMeasured> {
    let stop = stop_on_interrupt_or_end()?;
    let program = program.unwrap_or(Path::new("ffmpeg"));
    let has_vmaf = has_vmaf(program, &stop)?;
    let failed = |error: std::io::Error| ChildError::Failed { program: program.to_owned(), said: error.to_string() };
    // The log is named without its folder, which may hold what a filter would take for its own.
    let folder = Scratch::new().map_err(failed)?;
    let mut arguments: Vec<OsString> = ["-nostdin", "-v", "error"].map(OsString::from).to_vec();
    for (path, options) in [source, result].into_iter().zip(alignment.input_options()) {
        arguments.extend(options.into_iter().map(OsString::from));
        let mut input = OsString::from("file:");
        input.push(std::path::absolute(path).map_err(failed)?);
        arguments.extend([OsString::from("-i"), input]);
    }
    arguments.extend(alignment.arguments(has_vmaf.then_some(LOG)).into_iter().map(OsString::from));
    let mut reading = alignment.reading();
    child::run(program, &folder, arguments, &stop, |line| reading.line(line))?;
    let log = has_vmaf.then(|| std::fs::read_to_string(folder.join(LOG))).transpose().map_err(failed)?;
    reading.end(log.as_deref()).ok_or(NotMeasured::Nothing)
}

/// Whether the program has the filter libvmaf.
fn has_vmaf(program: &Path, stop: &AtomicBool) -> Result<bool, ChildError> {
    let mut has = false;
    child::run(program, Path::new("."), ["-hide_banner", "-filters"], stop, |line| {
        has |= line.split_whitespace().nth(1) == Some("libvmaf");
    })?;
    Ok(has)
}

/// The log of VMAF.
const LOG: &str = "vmaf.csv";
