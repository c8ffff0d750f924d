//! Runs a program as a child, reads what it writes line by line, and ends it when all should end.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::failure::Failure;

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// It is not there.
    #[error(
        "{} is not installed, and this needs it: install ffmpeg 5.1 or later with libx264 (Debian and Ubuntu: apt install ffmpeg; macOS: \
         brew install ffmpeg; Windows: winget install ffmpeg), or name one with --ffmpeg PATH", .0.display()
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
    /// It was asked to end.
    #[error("interrupted")]
    Interrupted,
}

impl ChildError {
    /// The exit status that it makes.
    pub(crate) const fn status(&self) -> u8 {
        match self {
            Self::Missing(_) => Failure::MISSING_PROGRAM,
            Self::Failed { .. } => Failure::INPUT_OUTPUT,
            Self::Interrupted => INTERRUPTED,
        }
    }

    /// A failure of the system.
    pub(crate) fn of(program: &Path, error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::Missing(program.to_owned()),
            _ => Self::Failed { program: program.to_owned(), said: error.to_string() },
        }
    }
}

/// A flag that SIGINT and SIGTERM raise. A second one ends the program at once.
pub(crate) fn stop_flag() -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag down, and the second one finds it up.
        flag::register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(&stop)).map_err(Failure::Signals)?;
        flag::register(signal, Arc::clone(&stop)).map_err(Failure::Signals)?;
    }
    Ok(stop)
}

/// Runs the program in `folder` and hands on each line that it writes on standard output.
pub(crate) fn run(
    program: &Path,
    folder: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    stop: &AtomicBool,
    mut line: impl FnMut(&str),
) -> Result<(), ChildError> {
    let failed = |error: &std::io::Error| ChildError::of(program, error);
    let mut child = Command::new(program)
        .current_dir(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let errors = child.stderr.take().map(|errors| thread::spawn(move || last_lines(errors)));
    // Few lines wait, so that a reader that is slow slows the program and not the memory.
    let (sender, lines) = mpsc::sync_channel(WAITING);
    let output = child.stdout.take();
    thread::spawn(move || {
        let Some(output) = output else { return };
        let lines = BufReader::new(output.take(MOST_OUTPUT)).lines().map_while(Result::ok);
        for line in lines {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    loop {
        if stop.load(Ordering::Relaxed) {
            // Where it has ended meanwhile there is nothing to end.
            let _ = child.kill();
            let _ = child.wait();
            return Err(ChildError::Interrupted);
        }
        match lines.recv_timeout(PATIENCE) {
            Ok(text) => line(&text),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let status = child.wait().map_err(|error| failed(&error))?;
    let said = errors.and_then(|errors| errors.join().ok()).unwrap_or_default();
    // An interrupt reaches the child too, which may have ended first.
    if stop.load(Ordering::Relaxed) {
        return Err(ChildError::Interrupted);
    }
    if status.success() {
        return Ok(());
    }
    let said = if said.is_empty() { status.to_string() } else { said };
    Err(ChildError::Failed { program: program.to_owned(), said })
}

/// The last of what is written, within bounds.
fn last_lines(errors: impl Read) -> String {
    let mut kept: VecDeque<String> = VecDeque::new();
    let mut reader = BufReader::new(errors);
    loop {
        let mut line = Vec::new();
        match reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => break,
            Ok(_) => kept.push_back(String::from_utf8_lossy(&line).trim().to_owned()),
        }
        if kept.len() > KEPT_LINES {
            kept.pop_front();
        }
    }
    Vec::from(kept).join("; ")
}

/// The exit status of an interrupt.
const INTERRUPTED: u8 = 130;
/// How long it may take until an interrupt is heard.
const PATIENCE: Duration = Duration::from_millis(100);
/// Lines that wait to be read.
const WAITING: usize = 1024;
/// Bytes that are read of what a program writes: more than ffmpeg says of six hours at 60 frames a second.
const MOST_OUTPUT: u64 = 4 << 30;
/// Lines of what went wrong, and bytes of each.
const KEPT_LINES: usize = 3;
const LONGEST_LINE: u64 = 500;
