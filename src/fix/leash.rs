//! Children that end with the program that runs them, however that ends.
//!
//! ffmpeg goes on when its parent is gone, when its progress is no longer read, and when its standard input ends. Linux ends a process with
//! its parent only where the process itself asks for that. So this program starts itself once more; that one asks, and then becomes
//! ffmpeg: one process with one number, which is signalled and waited for as any other.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};

/// Whether children end with the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leash {
    /// They outlive a program that is killed.
    #[default]
    None,
    /// They end with it where the system can do that, which is Linux. The program has to call [`follow`] before anything else.
    Parent,
}

impl Leash {
    /// A command that starts the program.
    pub fn command(self, program: &Path) -> Command {
        match self {
            Self::Parent if is_possible() => {
                let mut command = Command::new(OWN_IMAGE);
                command.args([OsStr::new(ASKED), OsStr::new(&std::process::id().to_string()), program.as_os_str()]);
                command
            }
            _ => Command::new(program),
        }
    }
}

/// Becomes the program that the arguments name, on a leash, where they are those of [`Leash::command`]; the first of them is this
/// program's own name. Otherwise returns at once.
///
/// Returns the status to exit with where it was to become the program and could not, which [`child::run`](super::child::run) makes
/// an error of.
pub fn follow(arguments: impl IntoIterator<Item = OsString>) -> Option<u8> {
    let mut arguments = arguments.into_iter().skip(1);
    if arguments.next()? != ASKED {
        return None;
    }
    let error = become_it(arguments);
    eprintln!("{REFUSED}{}", error.raw_os_error().unwrap_or_default());
    Some(REFUSED_STATUS)
}

/// Why a child on a leash did not become its program.
pub(super) fn refusal(status: ExitStatus, said: &str) -> Option<io::Error> {
    let number = said.strip_prefix(REFUSED).filter(|_| status.code() == Some(REFUSED_STATUS.into()))?;
    Some(io::Error::from_raw_os_error(number.trim().parse().ok()?))
}

#[cfg(target_os = "linux")]
fn is_possible() -> bool {
    // It is not there where /proc is not mounted.
    Path::new(OWN_IMAGE).exists()
}

#[cfg(not(target_os = "linux"))]
const fn is_possible() -> bool {
    false
}

#[cfg(target_os = "linux")]
fn become_it(mut arguments: impl Iterator<Item = OsString>) -> io::Error {
    use std::os::unix::process::{CommandExt, parent_id};

    use rustix::process::{Signal, set_parent_process_death_signal};

    let parent = arguments.next().and_then(|number| number.into_string().ok()?.parse().ok());
    let Some(program) = arguments.next() else { return io::Error::from(io::ErrorKind::InvalidInput) };
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return error.into();
    }
    // It may have ended before that was asked for.
    if parent != Some(parent_id()) {
        return io::Error::from(io::ErrorKind::NotConnected);
    }
    Command::new(program).args(arguments).exec()
}

#[cfg(not(target_os = "linux"))]
fn become_it(_: impl Iterator<Item = OsString>) -> io::Error {
    io::Error::from(io::ErrorKind::Unsupported)
}

/// The program that runs, whatever was put in its place meanwhile.
const OWN_IMAGE: &str = "/proc/self/exe";
/// The argument by which this program is asked to become another one.
const ASKED: &str = "--become-on-leash";
/// What is said by one that did not, in front of the number of the system's error, and its status.
const REFUSED: &str = "preflight: not started: ";
const REFUSED_STATUS: u8 = 127;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_arguments_are_left_alone() {
        for arguments in [&["preflight", "check"][..], &["preflight"], &[]] {
            assert_eq!(follow(arguments.iter().map(OsString::from)), None);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_was_no_child_of_the_one_that_asked_does_not_start() {
        let arguments = ["preflight", ASKED, "0", "/bin/true"];
        assert_eq!(follow(arguments.map(OsString::from)), Some(REFUSED_STATUS));
    }

    #[cfg(unix)]
    #[test]
    fn why_it_was_not_started_is_heard() {
        use std::os::unix::process::ExitStatusExt;

        let status = |code: i32| ExitStatus::from_raw(code << 8);
        let said = format!("{REFUSED}2");
        let kind = |status, said: &str| refusal(status, said).map(|error| error.kind());
        assert_eq!(kind(status(127), &said), Some(io::ErrorKind::NotFound));
        assert_eq!(kind(status(1), &said), None);
        assert_eq!(kind(status(127), "sh: 1: no: not found"), None);
    }
}
