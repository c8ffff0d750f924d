//! Runs ffmpeg as a child: follows its progress, and ends it when all should end.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::Duration as Wait;

use super::Progress;
use super::error::FixError;
use crate::transcode::ffmpeg::{Command, Files};
use crate::units::Duration;

/// The program that makes films.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ffmpeg {
    /// A name that is looked for in `PATH`, or a path.
    pub program: PathBuf,
}

impl Default for Ffmpeg {
    /// `ffmpeg` in `PATH`.
    fn default() -> Self {
        Self { program: PathBuf::from("ffmpeg") }
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
        let folder =
            tempfile::Builder::new().prefix("preflight-").tempdir().map_err(FixError::write("temporary folder"))?;
        let log = folder.path().join("pass");
        let files = Files { input: self.source, output: self.output, pass_log: &log };
        let count = u32::try_from(commands.len().max(1)).unwrap_or(1);
        for (pass, command) in (0..).zip(commands) {
            let mut part = |permille: u32| progress((pass * 1000 + permille) / count);
            self.one(command.arguments(&files), &mut part)?;
        }
        Ok(())
    }

    fn one(&self, arguments: Vec<OsString>, progress: &mut Progress<'_>) -> Result<(), FixError> {
        let mut child = Process::new(&self.ffmpeg.program)
            // The result has a temporary name, under which an empty file waits for it.
            .args(["-y", "-loglevel", "warning", "-progress", "pipe:1", "-nostats"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| self.not_started(&error))?;
        let followed = self.follow(&mut child, progress);
        if followed.is_err() {
            // Where it has ended meanwhile there is nothing to end.
            let _ = child.kill();
        }
        // It is gone, or was killed just now.
        let _ = child.wait();
        let (status, said) = followed?;
        if self.stop.load(Ordering::Relaxed) {
            return Err(FixError::Interrupted);
        }
        if status.success() { Ok(()) } else { Err(self.failed(&status.to_string(), &said)) }
    }

    /// Follows what the child writes until it ends; how it ended, and the last lines that it said.
    fn follow(&self, child: &mut Child, progress: &mut Progress<'_>) -> Result<(ExitStatus, String), FixError> {
        let (last, said) = mpsc::channel();
        if let Some(errors) = child.stderr.take() {
            thread::spawn(move || last.send(tail(errors)));
        }
        let (sender, lines) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            thread::spawn(move || {
                for line in BufReader::new(output.take(MOST_PROGRESS)).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        break;
                    }
                }
            });
        }
        let mut status = None;
        // What it started itself may hold its output open when it is gone, and it may go on when its output is closed.
        let mut patience = LAST_WORDS;
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(FixError::Interrupted);
            }
            if status.is_none() {
                status = child.try_wait().map_err(FixError::write(&self.ffmpeg.program))?;
            }
            match lines.try_recv() {
                Ok(line) => {
                    if let Some(permille) = self.permille(&line) {
                        progress(permille);
                    }
                    continue;
                }
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
            }
            let Some(status) = status else {
                thread::sleep(PATIENCE);
                continue;
            };
            match said.recv_timeout(PATIENCE) {
                Ok(said) => return Ok((status, said)),
                Err(RecvTimeoutError::Timeout) if patience > 0 => patience -= 1,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok((status, String::new())),
            }
        }
    }

    /// How far it is, from a line such as `out_time_us=1500000`.
    fn permille(&self, line: &str) -> Option<u32> {
        let done: u128 = line.strip_prefix("out_time_us=")?.trim().parse().ok()?;
        let all = self.duration?.seconds();
        let all = u128::from(all.numerator()) * 1_000_000 / u128::from(all.denominator());
        u32::try_from((done * 1000).checked_div(all)?.min(1000)).ok()
    }

    fn not_started(&self, error: &io::Error) -> FixError {
        let program = self.ffmpeg.program.display().to_string();
        match error.kind() {
            io::ErrorKind::NotFound => FixError::Missing { program },
            io::ErrorKind::PermissionDenied => FixError::NotExecutable { program },
            _ => FixError::Ffmpeg { status: "it could not be started".to_owned(), said: format!("{program}: {error}") },
        }
    }

    fn failed(&self, status: &str, said: &str) -> FixError {
        let program = self.ffmpeg.program.display().to_string();
        for (sign, what) in [
            ("Unknown encoder '", "encoder"),
            ("No such filter: '", "filter"),
            ("Unknown bitstream filter ", "bitstream filter"),
        ] {
            if let Some((_, rest)) = said.split_once(sign) {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                return FixError::Incapable { program, what: format!("{what} {name}") };
            }
        }
        // What is repeated for every packet drowns what matters, which comes last.
        let mut lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        lines.dedup();
        let last = lines.get(lines.len().saturating_sub(3)..).unwrap_or_default();
        FixError::Ffmpeg { status: status.to_owned(), said: last.join("; ") }
    }
}

/// The last of what is written, within bounds.
fn tail(errors: impl Read) -> String {
    let mut reader = BufReader::new(errors);
    let mut kept: VecDeque<String> = VecDeque::new();
    loop {
        let mut line = Vec::new();
        match reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => kept.push_back(String::from_utf8_lossy(&line).trim_end().to_owned()),
        }
        if kept.len() > KEPT_LINES {
            kept.pop_front();
        }
    }
    Vec::from(kept).join("\n")
}

/// How long it may take until an interrupt or an end is heard.
const PATIENCE: Wait = Wait::from_millis(20);
/// How often that is waited for what it said when it is gone.
const LAST_WORDS: u32 = 50;
/// Bytes of progress that are read.
const MOST_PROGRESS: u64 = 1 << 30;
/// Bytes of one line, and lines, of what went wrong.
const LONGEST_LINE: u64 = 4096;
const KEPT_LINES: usize = 40;
