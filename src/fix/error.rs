//! Why a file could not be mended.

use std::io;
use std::path::PathBuf;

/// Why a file could not be mended. What is wrong with the file itself is none of these.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// The source could not be read.
    #[error("{}: {why}", .path.display())]
    Source {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// There is no ffmpeg.
    #[error(
        "{program} is not installed, and this needs it: install ffmpeg 5.1 or later with libx264 (Debian and Ubuntu: apt install \
         ffmpeg; macOS: brew install ffmpeg; Windows: winget install ffmpeg), or name one with --ffmpeg PATH. preflight plan \
         shows the commands without it"
    )]
    Missing {
        /// What was looked for.
        program: String,
    },
    /// What was named as ffmpeg is no program.
    #[error("{program} cannot be run: it is not executable (name another ffmpeg with --ffmpeg PATH)")]
    NotExecutable {
        /// What was named.
        program: String,
    },
    /// The ffmpeg that was found cannot do it.
    #[error("{program} has no {what}: install an ffmpeg that is built with it, and name it with --ffmpeg PATH")]
    Incapable {
        /// The program.
        program: String,
        /// The encoder or filter.
        what: String,
    },
    /// ffmpeg failed.
    #[error("ffmpeg failed ({status}): {said}")]
    Ffmpeg {
        /// How it ended.
        status: String,
        /// The last that it said.
        said: String,
    },
    /// What is done in process failed.
    #[error("{}: {why}", .path.display())]
    Work {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// The result would replace a file.
    #[error("{} is there already: --overwrite replaces it, -o OUT names another place", .0.display())]
    Exists(PathBuf),
    /// Mended in place, what a link leads to would get another name.
    #[error(
        "{} is a link to {}, which would become {}, so that the link would lead nowhere: mend that file itself", .link.display(),
        .target.display(), .path.display()
    )]
    Linked {
        /// The link.
        link: PathBuf,
        /// The file that it leads to.
        target: PathBuf,
        /// The name of the result.
        path: PathBuf,
    },
    /// The result is of another format than its name says.
    #[error(
        "{} is the name of another format than what is made, which is {extension}: name it .{extension}, or leave -o out", .path.display()
    )]
    Misnamed {
        /// The name.
        path: PathBuf,
        /// The extension of what is made.
        extension: &'static str,
    },
    /// The result could not be written or put in its place.
    #[error("{}: {}", .path.display(), plain(.cause))]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// It was asked to end.
    #[error("interrupted; nothing was replaced")]
    Interrupted,
}

/// What the system said, without the number that only programmers know.
pub(super) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.rfind(" (os error ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

impl FixError {
    pub(super) fn write(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |cause| Self::Write { path, cause }
    }
}
