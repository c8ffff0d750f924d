//! Runs a program as a child: hands on what it writes line by line, and ends it when all should end.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::leash;

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Its status.
    pub status: ExitStatus,
    /// The last lines that it wrote on standard error, within bounds.
    pub said: String,
}

impl Ended {
    /// The last three different lines that it said, which matter: what is repeated for every packet comes before them. Empty: it
    /// said nothing.
    pub fn last_words(&self) -> String {
        let is_word = |line: &&str| !line.is_empty() && !line.starts_with("Last message repeated");
        let mut lines: Vec<&str> = self.said.lines().map(str::trim).filter(is_word).collect();
        lines.dedup();
        lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join("; ")
    }
}

/// Runs the program and hands on each line that it writes on standard output. `None`: `stop` was raised, and it was ended.
///
/// Errors: it could not be started or waited for.
pub fn run(command: &mut Command, stop: &AtomicBool, line: &mut dyn FnMut(&str)) -> io::Result<Option<Ended>> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let followed = follow(&mut child, stop, line);
    if !matches!(followed, Ok(Some(_))) {
        // Where it has ended meanwhile there is nothing to end.
        let _ = child.kill();
        let _ = child.wait();
    }
    if let Ok(Some(ended)) = &followed
        && let Some(error) = leash::refusal(ended.status, &ended.said)
    {
        return Err(error);
    }
    // An interrupt reaches the child too, which may have ended first.
    Ok(followed?.filter(|_| !stop.load(Ordering::Relaxed)))
}

fn follow(child: &mut Child, stop: &AtomicBool, line: &mut dyn FnMut(&str)) -> io::Result<Option<Ended>> {
    let (last, said) = mpsc::channel();
    if let Some(errors) = child.stderr.take() {
        thread::spawn(move || last.send(tail(errors)));
    }
    // Few lines wait, so that a reader that is slow slows the program and not the memory.
    let (sender, lines) = mpsc::sync_channel(WAITING);
    if let Some(output) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(output.take(MOST_OUTPUT)).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
    }
    let mut ended = None;
    // What it started itself may hold its output open when it is gone, and it may go on when its output is closed.
    let mut patience = LAST_WORDS;
    while !stop.load(Ordering::Relaxed) {
        let is_closed = match lines.recv_timeout(PATIENCE) {
            Ok(text) => {
                line(&text);
                continue;
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => true,
        };
        if ended.is_none() {
            ended = child.try_wait()?;
        }
        let Some(status) = ended else {
            if is_closed {
                thread::sleep(PATIENCE);
            }
            continue;
        };
        if !is_closed && patience > 0 {
            patience -= 1;
            continue;
        }
        match said.recv_timeout(PATIENCE) {
            Ok(said) => return Ok(Some(Ended { status, said })),
            Err(RecvTimeoutError::Timeout) if patience > 0 => patience -= 1,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                return Ok(Some(Ended { status, said: String::new() }));
            }
        }
    }
    Ok(None)
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
const PATIENCE: Duration = Duration::from_millis(20);
/// How often that is waited for what it said when it is gone.
const LAST_WORDS: u32 = 50;
/// Lines that wait to be read.
const WAITING: usize = 1024;
/// Bytes that are read of what a program writes: more than ffmpeg says of six hours at 60 frames a second.
const MOST_OUTPUT: u64 = 4 << 30;
/// Bytes of one line, and lines, of what went wrong.
const LONGEST_LINE: u64 = 4096;
const KEPT_LINES: usize = 40;

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, stop: &AtomicBool) -> (Option<Ended>, Vec<String>) {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        let ended = run(command.args(["-c", script]), stop, &mut |line| {
            lines.push(line.to_owned());
            // A script that says so is asked to end.
            stop.fetch_or(line == "stop", Ordering::Relaxed);
        });
        (ended.unwrap(), lines)
    }

    #[test]
    fn every_line_and_the_last_words_are_heard() {
        let (ended, lines) = shell(
            "seq 3000; echo one >&2; echo; echo two >&2; echo Last message repeated 7 times >&2; echo two >&2; exit 3",
            &AtomicBool::default(),
        );
        assert_eq!((lines.len(), lines.get(2999).map(String::as_str)), (3001, Some("3000")));
        let ended = ended.unwrap();
        assert_eq!((ended.status.code(), ended.last_words()), (Some(3), "one; two".to_owned()));
    }

    #[test]
    fn it_is_ended_when_all_should_end_though_its_output_is_closed() {
        let (ended, _) = shell("echo stop; exec sleep 1000", &AtomicBool::default());
        assert_eq!(ended, None);
        let (ended, _) = shell("exec >&- 2>&-; exec sleep 1000", &AtomicBool::new(true));
        assert_eq!(ended, None);
    }

    #[test]
    fn what_it_leaves_behind_is_not_waited_for() {
        let (ended, lines) = shell("sleep 5 & echo $!", &AtomicBool::default());
        assert!(ended.unwrap().status.success());
        Command::new("kill").args(&lines).status().unwrap();
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let error = run(&mut Command::new("/no/such/program"), &AtomicBool::default(), &mut |_| {}).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
