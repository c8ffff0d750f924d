//! Measures the pictures of two films with ffmpeg.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use media_preflight::transcode::quality::{Alignment, Quality};

/// Why the pictures could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotMeasured {
    /// There is no ffmpeg.
    #[error(
        "{} is not installed, and --quality needs it: install ffmpeg 5.1 or later (Debian and Ubuntu: apt install ffmpeg; macOS: brew \
         install ffmpeg; Windows: winget install ffmpeg), or name one with --ffmpeg PATH", .0.display()
    )]
    Missing(PathBuf),
    /// It could not be started, or ended with an error.
    #[error("{} failed: {said}", .program.display())]
    Failed {
        /// The program.
        program: PathBuf,
        /// What it said last, or the system.
        said: String,
    },
    /// It ran and measured nothing.
    #[error("{} compared no frame", .0.display())]
    Nothing(PathBuf),
}

/// Measures the pictures of `result` against those of `source`, with VMAF where the program has it.
pub(crate) fn measure(
    program: Option<&Path>,
    source: &Path,
    result: &Path,
    alignment: &Alignment,
) -> Result<Quality, NotMeasured> {
    let program = program.unwrap_or(Path::new("ffmpeg"));
    let failed = |error: &std::io::Error| match error.kind() {
        ErrorKind::NotFound => NotMeasured::Missing(program.to_owned()),
        _ => NotMeasured::Failed { program: program.to_owned(), said: error.to_string() },
    };
    let has_vmaf = has_vmaf(program).map_err(|error| failed(&error))?;
    let folder = tempfile::Builder::new().prefix("preflight-").tempdir().map_err(|error| failed(&error))?;
    let mut command = Command::new(program);
    // Run in the folder of the log, whose name then has nothing that a filter would take for its own.
    let absolute = |path: &Path| std::path::absolute(path).map_err(|error| failed(&error));
    command
        .current_dir(folder.path())
        .args(["-nostdin", "-v", "error"])
        .args([OsString::from("-i"), local(&absolute(source)?), OsString::from("-i"), local(&absolute(result)?)])
        .args(alignment.arguments(has_vmaf.then_some(LOG)));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let errors = child.stderr.take().map(|errors| thread::spawn(move || last_lines(errors)));
    let mut reading = alignment.reading();
    if let Some(output) = child.stdout.take() {
        let lines = BufReader::new(output.take(MOST_OUTPUT)).lines().map_while(Result::ok);
        lines.for_each(|line| reading.line(&line));
    }
    let status = child.wait().map_err(|error| failed(&error))?;
    let said = errors.and_then(|errors| errors.join().ok()).unwrap_or_default();
    if !status.success() {
        let said = if said.is_empty() { status.to_string() } else { said };
        return Err(NotMeasured::Failed { program: program.to_owned(), said });
    }
    let log = has_vmaf.then(|| std::fs::read_to_string(folder.path().join(LOG))).transpose();
    let log = log.map_err(|error| failed(&error))?;
    reading.end(log.as_deref()).ok_or_else(|| NotMeasured::Nothing(program.to_owned()))
}

/// Whether the program has the filter libvmaf.
fn has_vmaf(program: &Path) -> std::io::Result<bool> {
    let listed = Command::new(program).args(["-hide_banner", "-filters"]).stdin(Stdio::null()).output()?;
    Ok(String::from_utf8_lossy(&listed.stdout).lines().any(|line| line.split_whitespace().nth(1) == Some("libvmaf")))
}

/// A path that ffmpeg takes for one, whatever it begins with.
fn local(path: &Path) -> OsString {
    let mut argument = OsString::from("file:");
    argument.push(path);
    argument
}

/// The last of what is written, within bounds.
fn last_lines(errors: impl Read) -> String {
    let mut kept: VecDeque<String> = VecDeque::new();
    for line in BufReader::new(errors.take(MOST_OUTPUT)).lines().map_while(Result::ok) {
        if kept.len() == KEPT_LINES {
            kept.pop_front();
        }
        kept.push_back(line.chars().take(LONGEST_LINE).collect());
    }
    Vec::from(kept).join("; ")
}

/// The log of VMAF.
const LOG: &str = "vmaf.csv";
/// Bytes that are read of what ffmpeg writes: more than the frames of six hours at 60 frames a second.
const MOST_OUTPUT: u64 = 4 << 30;
/// Lines of what went wrong, and characters of each.
const KEPT_LINES: usize = 3;
const LONGEST_LINE: usize = 500;
