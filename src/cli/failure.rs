//! Why the command could not do its work, and the exit status that says so.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use media_preflight::emulator::ServeError;
use media_preflight::fix::Clash;
use media_preflight::profile::ProfileError;
use media_preflight::scan::{ScanError, WatchError};
use media_preflight::upload::{ClientError, CredentialsError, JournalError};

use super::upload::UploadUsage;

/// Why the command could not do its work. What is wrong with a media file is never one of these.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The arguments contradict each other.
    #[error(transparent)]
    Usage(#[from] Usage),
    /// A rule pack is not valid.
    #[error("{0}")]
    Pack(#[from] ProfileError),
    /// A configuration or rule pack could not be read, or is not there.
    #[error("{}: {}", .path.display(), plain(.cause))]
    Configuration {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file that is needed, other than the media, could not be read.
    #[error("{}: {}", .path.display(), plain(.cause))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The credentials cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The keyring of the system cannot be used.
    #[cfg(feature = "keyring")]
    #[error(transparent)]
    Keyring(#[from] media_preflight::upload::keyring::KeyringError),
    /// A file could not be written.
    #[error("{}: {}", .path.display(), plain(.cause))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The answer could not be written.
    #[error("the answer could not be written: {}", plain(.0))]
    Output(#[source] io::Error),
    /// The threads could not be started.
    #[error("the threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The cache could not be looked at.
    #[error("{}: {why}", .path.display())]
    Cache {
        /// The cache.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// The server cannot be reached as it was asked for.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// What is remembered of uploads could not be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Folders could not be watched, or no longer can.
    #[error(transparent)]
    Watch(WatchError),
    /// The server could not be started.
    #[error("the server could not be started: {}", without_number(&.0.to_string()))]
    Serve(#[from] ServeError),
    /// The server does not know where it listens.
    #[error("the server could not be started: {}", plain(.0))]
    Sockets(#[source] io::Error),
    /// Signals could not be caught.
    #[error("signals could not be caught: {}", plain(.0))]
    Signals(#[source] io::Error),
}

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        match error {
            ScanError::Glob(error) => Self::Usage(Usage::Glob(error.to_string())),
            ScanError::Threads(error) => Self::Threads(error),
        }
    }
}

/// Arguments that contradict each other or name what is not there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Usage {
    /// `-` was given twice.
    #[error("standard input (-) can be read only once")]
    StandardInputTwice,
    /// An alternative text names a file that is not checked.
    #[error("--alt-text {0}: no file of that name is checked")]
    AltTextFile(String),
    /// A file has two alternative texts.
    #[error("--alt-text is given twice for {0}")]
    AltTextTwice(String),
    /// Two reports would go to one place.
    #[error("--output {} is given twice", .0.display())]
    OutputTwice(PathBuf),
    /// A report would replace a file that is checked.
    #[error("--output {}: this is one of the files to check", .0.display())]
    OutputIsInput(PathBuf),
    /// A report would replace a file of media.
    #[error("--output {}: this is media, which a report would replace", .0.display())]
    OutputIsMedia(PathBuf),
    /// A file of faults cannot be read.
    #[error("the faults {}: {why}", .path.display())]
    Faults {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// Of the credentials of OAuth 1.0a only some are set.
    #[error("the credentials of OAuth 1.0a are not complete: {missing} is missing")]
    Credentials {
        /// The variables that are not set.
        missing: String,
    },
    /// Subtitles belong to one video.
    #[error("--subtitle belongs to one video, and this run has {0}")]
    SubtitleVideos(usize),
    /// An upload cannot be made so.
    #[error(transparent)]
    Upload(#[from] UploadUsage),
    /// Standard input cannot be read twice.
    #[error("--quality reads both files once more: name them, instead of -")]
    QualityOfStandardInput,
    /// A glob cannot be read.
    #[error("--glob: {0}")]
    Glob(String),
    /// The system names no place for caches.
    #[error("there is no folder for caches: name one with --cache-dir")]
    NoCacheFolder,
    /// What was given as the baseline is none.
    #[error("the baseline {}: {why}", .path.display())]
    Baseline {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// No rule of that name.
    #[error("there is no rule {id}{} (preflight rules lists all)", .nearest.map(|nearest| format!("; the nearest is {nearest}")).unwrap_or_default())]
    UnknownRule {
        /// What was asked for.
        id: String,
        /// The nearest rule, if one is near.
        nearest: Option<&'static str>,
    },
    /// What is mended has a name, and a place beside it for the result.
    #[error("standard input cannot be mended: name a file")]
    StandardInputMended,
    /// Results of several files cannot be one file.
    #[error("-o {}: the results of several files need a folder that is there", .0.display())]
    NotAFolder(PathBuf),
    /// Results of a run would replace its sources, or one another.
    #[error("{0}: name another place with -o, or mend them one after the other")]
    Clash(#[from] Clash),
    /// No pack of that name.
    #[error("there is no rule pack {name}: no file of that name, and the built-in packs are {built_in}{hint}")]
    UnknownPack {
        /// What was asked for.
        name: String,
        /// The built-in ones.
        built_in: String,
        /// The nearest of them, in words; or nothing.
        hint: String,
    },
}

impl Failure {
    /// The exit status of wrong usage.
    pub(crate) const USAGE: u8 = 2;
    /// The exit status of what could not be read or written.
    pub(crate) const INPUT_OUTPUT: u8 = 3;
    /// The exit status where a program that is needed is missing.
    pub(crate) const MISSING_PROGRAM: u8 = 5;

    /// Whether the reader of the answer has gone away.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The exit status.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Read { .. }
            | Self::Credentials(CredentialsError::Read { .. })
            | Self::Write { .. }
            | Self::Output(_)
            | Self::Threads(_)
            | Self::Cache { .. }
            | Self::Journal(_)
            | Self::Watch(_)
            | Self::Serve(_)
            | Self::Sockets(_)
            | Self::Signals(_) => Self::INPUT_OUTPUT,
            #[cfg(feature = "keyring")]
            Self::Keyring(_) => Self::INPUT_OUTPUT,
            Self::Usage(_) | Self::Pack(_) | Self::Configuration { .. } | Self::Client(_) | Self::Credentials(_) => {
                Self::USAGE
            }
        })
    }
}

/// What the system said, without the number that only programmers know.
pub(crate) fn plain(error: &io::Error) -> String {
    without_number(&error.to_string())
}

fn without_number(text: &str) -> String {
    text.rfind(" (os error ").and_then(|end| text.get(..end)).unwrap_or(text).to_owned()
}
