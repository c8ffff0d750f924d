//! `preflight watch` as it is used: folders in which files come, move and go.
//!
//! That something is not told of is shown by what is told next: answers come in the order in which files are finished.

#![cfg(target_os = "linux")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests put files where the command finds them, and wait for its answers"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

#[test]
fn a_slow_writer_gets_one_answer_and_only_at_the_end() {
    let watching = Watching::start(&[]);
    let bytes = sample("gif-animated.gif");
    let mut file = File::create(watching.path("slow.gif")).unwrap();
    for (index, part) in bytes.chunks(bytes.len().div_ceil(3)).enumerate() {
        file.write_all(part).unwrap();
        file.sync_all().unwrap();
        let other = format!("other{index}.png");
        watching.put(&other, &sample("picture.png"));
        assert_eq!(watching.next(), format!("pass {other}"));
    }
    drop(file);
    assert_eq!(watching.next(), "pass slow.gif");
    watching.nothing_more();
}

#[test]
fn a_file_that_is_closed_more_than_once_in_a_row_gets_one_answer() {
    let watching = Watching::start(&[]);
    let path = watching.path("a.gif");
    for part in sample("gif-animated.gif").chunks(4000) {
        OpenOptions::new().create(true).append(true).open(&path).unwrap().write_all(part).unwrap();
    }
    assert_eq!(watching.next(), "pass a.gif");
    watching.nothing_more();
    watching.put("a.gif", b"GIF89a");
    assert_eq!(watching.next(), "fail a.gif");
    watching.nothing_more();
}

#[test]
fn a_file_that_is_renamed_into_place_is_answered_for_under_its_name() {
    let watching = Watching::start(&[]);
    for temporary in ["a.gif.part", "b.gif.crdownload", "c.gif~", ".d.gif.Xy12", "e.tmp"] {
        watching.put(temporary, &sample("gif-animated.gif"));
        watching.nothing_more();
        fs::rename(watching.path(temporary), watching.path("a.gif")).unwrap();
        assert_eq!(watching.next(), "pass a.gif", "{temporary}");
    }
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("x"), sample("bitmap.bmp")).unwrap();
    fs::rename(outside.path().join("x"), watching.path("x.bmp")).unwrap();
    assert_eq!(watching.next(), "fail x.bmp");
}

#[test]
fn what_is_no_media_or_goes_away_is_not_mentioned() {
    let watching = Watching::start(&[]);
    watching.put(".gitignore", b"drafts/\n");
    watching.put("notes.txt", b"mp4");
    watching.put("script.rs", b"fn main() {}");
    watching.put("drafts/a.gif", &sample("gif-animated.gif"));
    watching.put(".hidden/a.gif", &sample("gif-animated.gif"));
    std::os::unix::fs::symlink(samples().join("video.mp4"), watching.path("link.mp4")).unwrap();
    watching.put("a.gif", &sample("gif-animated.gif"));
    assert_eq!(watching.next(), "pass a.gif");
    fs::remove_file(watching.path("a.gif")).unwrap();
    watching.put("named by nothing", &sample("gif-351-frames.gif"));
    assert_eq!(watching.next(), "fail named by nothing");
    watching.nothing_more();
}

#[test]
fn files_of_new_folders_are_found() {
    let watching = Watching::start(&["--settle", "0.2"]);
    watching.put("new/deep/a.gif", &sample("gif-animated.gif"));
    assert_eq!(watching.next(), "pass new/deep/a.gif");
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("b.gif"), b"GIF89a").unwrap();
    // Kept as a folder, which is moved as a whole.
    fs::rename(outside.keep(), watching.path("moved")).unwrap();
    assert_eq!(watching.next(), "fail moved/b.gif");
    watching.put("new/deep/c.png", &sample("picture.png"));
    assert_eq!(watching.next(), "pass new/deep/c.png");
    watching.nothing_more();
}

#[test]
fn another_name_of_a_file_is_answered_for() {
    let watching = Watching::start(&["--settle", "0.2"]);
    // Beside the watched folder: links do not lead to other file systems.
    let outside = tempfile::tempdir_in(watching.folder.path().parent().unwrap()).unwrap();
    fs::write(outside.path().join("a"), sample("gif-animated.gif")).unwrap();
    fs::hard_link(outside.path().join("a"), watching.path("linked.gif")).unwrap();
    assert_eq!(watching.next(), "pass linked.gif");
    watching.nothing_more();
}

#[test]
fn what_is_there_at_the_start_is_checked_only_if_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.gif"), sample("gif-animated.gif")).unwrap();
    let watching = Watching::start_in(folder, &["--initial", "--settle", "0.1"]);
    assert_eq!(watching.next(), "pass old.gif");
    drop(watching);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.gif"), sample("gif-animated.gif")).unwrap();
    let watching = Watching::start_in(folder, &[]);
    watching.put("new.gif", b"GIF89a");
    assert_eq!(watching.next(), "fail new.gif");
    watching.nothing_more();
}

#[test]
fn where_nobody_tells_of_closing_a_file_is_finished_once_it_stays_as_it_is() {
    let watching = Watching::start(&["--poll", "0.05", "--settle", "0.3"]);
    let bytes = sample("gif-animated.gif");
    watching.put("sub/a.gif", &bytes);
    assert_eq!(watching.next(), "pass sub/a.gif");
    watching.put("a.part", &bytes);
    fs::rename(watching.path("a.part"), watching.path("b.gif")).unwrap();
    assert_eq!(watching.next(), "pass b.gif");
}

#[cfg(unix)]
#[test]
fn an_ignore_file_that_is_no_file_is_told_once_and_never_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join(".gitignore");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let watching = Watching::start_in(folder, &[]);
    for name in ["a.gif", "b.gif"] {
        watching.put(name, &sample("gif-animated.gif"));
        assert_eq!(watching.next(), format!("pass {name}"));
    }
    let note = format!("note: {}: a FIFO, not a regular file; not heeded", fifo.display());
    assert_eq!(watching.complaint(), note);
    assert!(watching.complaints.try_recv().is_err(), "told once");
}

#[test]
fn commands_are_told_of_the_file() {
    // Names with blanks and quotes stay one argument, since no shell is in between.
    let name = "a 'b' \"c\" $d.gif";
    let script = "printf '%s|' \"$@\" \"$PREFLIGHT_PATH\" \"$PREFLIGHT_VERDICT\" && echo \"$PREFLIGHT_REPORT\"";
    let quoted = format!("'{}'", script.replace('\'', "'\\''"));
    let pass = format!("sh -c {quoted} sh x{{}}y");
    let fail = format!("sh -c {quoted} sh");
    let watching = Watching::start_as_human(&["--exec-pass", &pass, "--exec-fail", &fail, "--exec", "echo every"]);
    for (bytes, verdict) in [(sample("gif-animated.gif"), "pass"), (b"GIF89a".to_vec(), "fail")] {
        watching.put(name, &bytes);
        let path = watching.path(name).to_str().unwrap().to_owned();
        let line = watching.line();
        assert!(line.starts_with(verdict) && line.contains(name), "{line}");
        assert_eq!(watching.line(), format!("every {path}"));
        let line = watching.line();
        let given = if verdict == "pass" { format!("x{path}y") } else { path.clone() };
        let json = line.strip_prefix(&format!("{given}|{path}|{verdict}|")).unwrap_or_else(|| panic!("{line}"));
        let report: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!((report["verdict"].as_str(), report["path"].as_str()), (Some(verdict), Some(path.as_str())));
    }
}

#[test]
fn a_command_that_cannot_run_ends_nothing() {
    let watching = Watching::start(&["--exec", "preflight-has-no-such-program {}", "--exec-pass", "false"]);
    for name in ["a.gif", "b.gif"] {
        watching.put(name, &sample("gif-animated.gif"));
        assert_eq!(watching.next(), format!("pass {name}"));
        let told = watching.complaint();
        assert!(told.contains("preflight-has-no-such-program on ") && told.contains("No such file"), "{told}");
        let told = watching.complaint();
        assert!(told.contains("false on ") && told.contains("exit status: 1"), "{told}");
    }
}

#[test]
fn quiet_writes_only_of_what_does_not_pass() {
    let watching = Watching::start(&["--quiet"]);
    watching.put("a.gif", &sample("gif-animated.gif"));
    watching.put("b.gif", b"GIF89a");
    assert_eq!(watching.next(), "fail b.gif");
    watching.nothing_more();
}

#[test]
fn signals_end_it_with_their_status() {
    for (signal, status) in [("-INT", 130), ("-TERM", 143)] {
        let mut watching = Watching::start(&[]);
        let sent = Command::new("kill").args([signal, &watching.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert_eq!(watching.ended().code(), Some(status), "{signal}");
    }
}

#[test]
fn the_end_of_the_last_folder_is_an_error() {
    let mut watching = Watching::start(&[]);
    fs::remove_dir_all(watching.folder.path()).unwrap();
    assert_eq!(watching.ended().code(), Some(3));
    assert!(watching.complaint().contains("the folder is no longer there"));
}

#[test]
fn what_a_broken_configuration_covers_is_an_error_and_never_passes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("preflight.toml"), "root = true\n").unwrap();
    fs::create_dir(folder.path().join("strict")).unwrap();
    fs::write(folder.path().join("strict/preflight.toml"), "pack = \"nope\"\n").unwrap();
    let arguments = ["--exec-pass", "sh -c 'echo pass >&2'", "--exec-fail", "sh -c 'echo $PREFLIGHT_VERDICT >&2'"];
    let mut watching = Watching::start_in(folder, &arguments);
    watching.put("strict/a.gif", &sample("gif-animated.gif"));
    let line = watching.line();
    assert!(
        line.contains("not checked: ") && line.contains("preflight.toml:1:8: there is no rule pack nope"),
        "{line}"
    );
    assert_eq!(watching.complaint(), "error");
    watching.put("b.gif", &sample("gif-animated.gif"));
    assert_eq!(watching.next(), "pass b.gif");
    assert_eq!(watching.complaint(), "pass");
    assert!(Command::new("kill").args(["-INT", &watching.child.id().to_string()]).status().unwrap().success());
    assert_eq!(watching.ended().code(), Some(130));
}

#[test]
fn a_configuration_or_pack_that_changes_holds_for_the_next_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("preflight.toml"), "root = true\n").unwrap();
    let watching = Watching::start_in(folder, &[]);
    let answer = |name: &str| {
        watching.put(name, &sample("gif-351-frames.gif"));
        watching.next()
    };
    assert_eq!(answer("a/1.gif"), "fail a/1.gif");
    watching.put("a/preflight.toml", b"ignore = [\"gif-too-many-frames\"]\n");
    assert_eq!(answer("a/2.gif"), "pass a/2.gif");
    watching.put("a/preflight.toml", b"fial-on = 1\n");
    assert_eq!(answer("a/3.gif"), "error a/3.gif");
    assert_eq!(answer("b/1.gif"), "fail b/1.gif");
    watching.put("own.toml", b"name = \"own\"\nextends = \"twitter\"\n");
    watching.put("a/preflight.toml", b"pack = \"../own.toml\"\n");
    assert_eq!(answer("a/4.gif"), "fail a/4.gif");
    watching.put("own.toml", b"name = \"own\"\nextends = \"mastodon\"\n");
    assert_eq!(answer("a/5.gif"), "pass a/5.gif");
    fs::remove_file(watching.path("a/preflight.toml")).unwrap();
    assert_eq!(answer("a/6.gif"), "fail a/6.gif");
}

#[test]
fn what_cannot_be_watched_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    for (arguments, status, told) in [
        (vec![missing.to_str().unwrap()], 3, "No such file or directory"),
        (vec![concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], 3, "not a folder"),
        (vec![folder.path().to_str().unwrap(), "--glob", "a{"], 2, "a{"),
        (vec![folder.path().to_str().unwrap(), "--exec", "a 'b"], 2, "not closed"),
        (vec![folder.path().to_str().unwrap(), "--settle", "soon"], 2, "expected seconds"),
        (vec![folder.path().to_str().unwrap(), "--poll", "0"], 2, "expected seconds, at least 0.01"),
    ] {
        let output = preflight().arg("watch").args(&arguments).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(told), "{arguments:?}: {text}");
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
    }
}

/// A watch under way.
struct Watching {
    folder: TempDir,
    child: Child,
    answers: Receiver<String>,
    complaints: Receiver<String>,
}

impl Watching {
    fn start(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), arguments)
    }

    fn start_in(folder: TempDir, arguments: &[&str]) -> Self {
        Self::start_with(folder, &[&["--format", "jsonl"], arguments].concat())
    }

    fn start_as_human(arguments: &[&str]) -> Self {
        Self::start_with(tempfile::tempdir().unwrap(), arguments)
    }

    fn start_with(folder: TempDir, arguments: &[&str]) -> Self {
        let mut child = preflight()
            .arg("watch")
            .arg(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = lines(child.stdout.take().unwrap());
        let complaints = lines(child.stderr.take().unwrap());
        let watching = Self { folder, child, answers, complaints };
        assert!(watching.complaint().starts_with("note: watching "));
        watching
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn line(&self) -> String {
        self.answers.recv_timeout(PATIENCE).expect("an answer in time")
    }

    fn complaint(&self) -> String {
        self.complaints.recv_timeout(PATIENCE).expect("a complaint in time")
    }

    /// The next answer: its verdict, and the path below the folder.
    fn next(&self) -> String {
        let line: serde_json::Value = serde_json::from_str(&self.line()).unwrap();
        let path = Path::new(line["path"].as_str().unwrap()).strip_prefix(self.folder.path()).unwrap().to_owned();
        format!("{} {}", line["verdict"].as_str().unwrap_or("error"), path.display())
    }

    /// Nothing is told of before what happens from now on.
    fn nothing_more(&self) {
        let name = format!("{:?}.bmp", Instant::now()).replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "");
        self.put(&name, &sample("bitmap.bmp"));
        assert_eq!(self.next(), format!("fail {name}"));
    }

    fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("it did not end");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn preflight() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_preflight"));
    command.env_remove("PREFLIGHT_PACK").env("NO_COLOR", "1");
    command
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn sample(name: &str) -> Vec<u8> {
    fs::read(samples().join(name)).unwrap()
}

/// How long an answer may take on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(30);
