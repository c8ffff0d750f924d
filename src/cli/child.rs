//! The programs that commands run, and why they do not do their work.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use media_preflight::fix::leash::Leash;
use media_preflight::fix::{child, lacking};

use super::failure::Failure;
use super::interrupt::INTERRUPTED;

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// It is not there.
    #[error(
        "{} is not installed, and this needs it: install ffmpeg 5.1 or later with libx264 (Debian and Ubuntu: apt install ffmpeg; macOS: \
         brew install ffmpeg; Windows: winget install ffmpeg), or name one with --ffmpeg PATH", .0.display()
    )]
    Missing(PathBuf),
    /// What was named is no program.
    #[error("{} cannot be run: it is not executable (name another ffmpeg with --ffmpeg PATH)", .0.display())]
    NotExecutable(PathBuf),
    /// It cannot do what is asked of it.
    #[error("{} has no {what}: install an ffmpeg that is built with it, and name it with --ffmpeg PATH", .program.display())]
    Incapable {
        /// The program.
        program: PathBuf,
        /// The encoder or filter.
        what: String,
    },
    /// It could not be started, or ended with an error.
    #[error("{} failed: {said}", .program.display())]
    Failed {
        /// The program.
        program: PathBuf,
        /// What it said last, or the system.
        said: String,
    },
    /// It was asked to end.
    #[error("interrupted")]
    Interrupted,
}

impl ChildError {
    /// The exit status that it makes.
    pub(crate) const fn status(&self) -> u8 {
        match self {
            Self::Missing(_) | Self::NotExecutable(_) | Self::Incapable { .. } => Failure::MISSING_PROGRAM,
            Self::Failed { .. } => Failure::INPUT_OUTPUT,
            Self::Interrupted => INTERRUPTED,
        }
    }

    /// A failure of the system.
    pub(crate) fn of(program: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing(program.to_owned()),
            ErrorKind::PermissionDenied => Self::NotExecutable(program.to_owned()),
            _ => Self::Failed { program: program.to_owned(), said: error.to_string() },
        }
    }
}

/// Runs the program in `folder`, so that it ends with this one, and hands on each line that it writes on standard output.
pub(crate) fn run(
    program: &Path,
    folder: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    stop: &AtomicBool,
    mut line: impl FnMut(&str),
) -> Result<(), ChildError> {
    let mut command = Leash::Parent.command(program);
    let ended = child::run(command.current_dir(folder).args(arguments), stop, &mut line);
    let ended = ended.map_err(|error| ChildError::of(program, &error))?.ok_or(ChildError::Interrupted)?;
    if ended.status.success() {
        return Ok(());
    }
    if let Some(what) = lacking(&ended) {
        return Err(ChildError::Incapable { program: program.to_owned(), what });
    }
    let words = ended.last_words();
    let said = if words.is_empty() { ended.status.to_string() } else { words };
    Err(ChildError::Failed { program: program.to_owned(), said })
}
