//! Runs ffmpeg as a child, and follows its progress.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::Progress;
use super::child::{self, Ended};
use super::error::FixError;
use super::leash::Leash;
use super::unfinished::Scratch;
use crate::transcode::ffmpeg::{Command, Files};
use crate::units::Duration;

/// The program that makes films.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ffmpeg {
    /// A name that is looked for in `PATH`, or a path.
    pub program: PathBuf,
    /// Whether it ends with this program.
    pub leash: Leash,
}

impl Default for Ffmpeg {
    /// `ffmpeg` in `PATH`, without a leash.
    fn default() -> Self {
        Self { program: PathBuf::from("ffmpeg"), leash: Leash::None }
    }
}

/// What one file needs of ffmpeg.
pub(super) struct Run<'a> {
    pub(super) ffmpeg: &'a Ffmpeg,
    pub(super) source: &'a Path,
    pub(super) output: &'a Path,
    /// How long the film is. Absent: the progress is not shown.
    pub(super) duration: Option<Duration>,
    pub(super) stop: &'a AtomicBool,
}

impl Run<'_> {
    /// Runs the commands one after another.
    pub(super) fn all(&self, commands: &[Command], progress: &mut Progress<'_>) -> Result<(), FixError> {
        // Only what is done in several passes leaves something from one to the next.
        let folder = if commands.len() > 1 {
            Some(Scratch::new().map_err(FixError::write(std::env::temp_dir()))?)
        } else {
            None
        };
        let log = folder.as_deref().map_or_else(PathBuf::new, |folder| folder.join("pass"));
        let files = Files { input: self.source, output: self.output, pass_log: &log };
        let count = u32::try_from(commands.len().max(1)).unwrap_or(1);
        for (pass, command) in (0..).zip(commands) {
            let mut part = |permille: u32| progress((pass * 1000 + permille) / count);
            self.one(command.arguments(&files), &mut part)?;
        }
        Ok(())
    }

    fn one(&self, arguments: Vec<OsString>, progress: &mut Progress<'_>) -> Result<(), FixError> {
        let mut process = self.ffmpeg.leash.command(&self.ffmpeg.program);
        // The result has a temporary name, under which an empty file waits for it.
        process.args(["-y", "-loglevel", "warning", "-progress", "pipe:1", "-nostats"]).args(arguments);
        let mut told = |line: &str| {
            if let Some(permille) = self.permille(line) {
                progress(permille);
            }
        };
        let ended = child::run(&mut process, self.stop, &mut told).map_err(|error| self.not_run(&error))?;
        let ended = ended.ok_or(FixError::Interrupted)?;
        if ended.status.success() { Ok(()) } else { Err(self.failed(&ended)) }
    }

    /// How far it is, from a line such as `out_time_us=1500000`.
    fn permille(&self, line: &str) -> Option<u32> {
        let done: u128 = line.strip_prefix("out_time_us=")?.trim().parse().ok()?;
        let all = self.duration?.seconds();
        let all = u128::from(all.numerator()) * 1_000_000 / u128::from(all.denominator());
        u32::try_from((done * 1000).checked_div(all)?.min(1000)).ok()
    }

    fn not_run(&self, error: &io::Error) -> FixError {
        let program = self.ffmpeg.program.display().to_string();
        match error.kind() {
            io::ErrorKind::NotFound => FixError::Missing { program },
            io::ErrorKind::PermissionDenied => FixError::NotExecutable { program },
            _ => FixError::Ffmpeg { status: "it could not be run".to_owned(), said: format!("{program}: {error}") },
        }
    }

    fn failed(&self, ended: &Ended) -> FixError {
        let program = self.ffmpeg.program.display().to_string();
        match lacking(ended) {
            Some(what) => FixError::Incapable { program, what },
            None => FixError::Ffmpeg { status: ended.status.to_string(), said: ended.last_words() },
        }
    }
}

/// The encoder or filter that an ffmpeg said it does not have. Absent: it failed for another reason.
pub fn lacking(ended: &Ended) -> Option<String> {
    let signs = [
        ("Unknown encoder '", "encoder"),
        ("No such filter: '", "filter"),
        ("Unknown bitstream filter ", "bitstream filter"),
    ];
    signs.iter().find_map(|(sign, what)| {
        let (_, rest) = ended.said.split_once(sign)?;
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        Some(format!("{what} {name}"))
    })
}
