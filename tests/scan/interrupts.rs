//! Scans that are not let finish.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::{Library, code, paths, stderr};

fn send(signal: &str, child: &Child) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Starts a scan whose answer has begun and is not read on, so that it stands still once the pipe is full.
fn begun(scan: &mut Command) -> (Child, BufReader<ChildStdout>) {
    let mut child = scan.stdout(Stdio::piped()).spawn().unwrap();
    let mut answer = BufReader::new(child.stdout.take().unwrap());
    answer.read_line(&mut String::new()).unwrap();
    (child, answer)
}

#[test]
fn an_interrupted_scan_leaves_a_valid_report_and_the_next_one_goes_on() {
    for signal in ["-INT", "-TERM"] {
        is_interrupted_by(signal);
    }
}

fn is_interrupted_by(signal: &str) {
    let library = Library::of(3000);
    let mut child =
        library.command(&["scan", "--format", "json", "--jobs", "1"]).stdout(Stdio::piped()).spawn().unwrap();
    // The answer is not read, so the scan stands still once the pipe is full: it is interrupted in the middle for sure.
    let mut answer = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    answer.read_line(&mut text).unwrap();
    answer.read_line(&mut text).unwrap();
    send(signal, &child);
    answer.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{signal}");
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["summary"]["interrupted"], true);
    let checked = report["summary"]["files"].as_u64().unwrap();
    assert!(checked > 0 && checked < 3000, "{checked}");
    assert_eq!(paths(&report).len() as u64, checked);
    let stats = library.command(&["cache", "stats"]).output().unwrap();
    let stats = String::from_utf8(stats.stdout).unwrap();
    assert!(stats.contains(&format!("\n{checked} files remembered")), "{checked}: {stats}");

    let whole = library.json(&[]);
    assert_eq!((whole["summary"]["files"].as_u64(), whole["summary"].get("interrupted")), (Some(3000), None));
}

/// `script` of util-linux gives the command a terminal of its own.
#[cfg(target_os = "linux")]
#[test]
fn progress_is_shown_on_a_terminal_alone() {
    let library = Library::of(300);
    let on_a_terminal = |arguments: &str| {
        let command = format!("'{}' scan --no-cache --quiet {arguments}", env!("CARGO_BIN_EXE_preflight"));
        let mut script = Command::new("script");
        script.args(["--quiet", "--command", &command, "/dev/null"]).current_dir(library.root()).env("TERM", "xterm");
        let output = script.stdin(Stdio::null()).output().expect("script is part of every Linux");
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = on_a_terminal("");
    assert!(shown.contains(" files, ") && shown.contains("/s, "), "{shown:?}");
    assert!(shown.contains("300 files against twitter"), "{shown:?}");
    assert!(!on_a_terminal("--no-progress").contains("/s, "));
    assert_eq!(stderr(&library.scan(&["--no-cache", "--quiet"])), "");
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_comes_before_a_report_that_cannot_be_written() {
    let library = Library::of(3000);
    let mut scan = library.command(&["scan", "--format", "json", "--jobs", "1", "--output", "json=/dev/full"]);
    let (child, mut answer) = begun(scan.stderr(Stdio::piped()));
    send("-INT", &child);
    answer.read_to_string(&mut String::new()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "error: /dev/full: No space left on device\n");
    assert_eq!(code(&output), 130);
}

#[test]
fn an_interrupt_comes_before_a_reader_that_went_away() {
    let library = Library::of(3000);
    let (mut child, answer) = begun(&mut library.command(&["scan", "--format", "json", "--jobs", "1"]));
    // Ctrl-C goes to all of a pipeline: the reader is ended by it.
    send("-INT", &child);
    drop(answer);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn an_interrupt_while_pictures_are_made_leaves_the_report_without_the_rest() {
    let library = Library::new();
    library.write("a.mp4", &std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/video.mp4")).unwrap());
    let programs = library.cache();
    std::fs::create_dir(&programs).unwrap();
    let begun = programs.join("begun");
    assert!(Command::new("mkfifo").arg(&begun).status().unwrap().success());
    // It makes no picture in any time that a test has, and says when it begins.
    let ffmpeg = programs.join("ffmpeg");
    std::fs::write(&ffmpeg, "#!/bin/sh\necho >\"$BEGUN\"\nexec sleep 600\n").unwrap();
    std::fs::set_permissions(&ffmpeg, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut child = library
        .command(&["scan", "--no-cache", "--quiet", "-o", "r.html", "-o", "r.json"])
        .envs([("PATH", path.as_str()), ("BEGUN", begun.to_str().unwrap())])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::fs::read(&begun).unwrap();
    send("-INT", &child);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let page = std::fs::read_to_string(library.path("r.html")).unwrap();
    assert!(page.ends_with("</html>\n") && page.contains("a.mp4"), "{page}");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(library.path("r.json")).unwrap()).unwrap();
    assert_eq!((&report["summary"]["files"], report["summary"].get("interrupted")), (&1.into(), None));
}

#[test]
fn an_interrupted_scan_is_told_in_every_report_that_has_a_place_for_it() {
    let library = Library::of(3000);
    let reports = ["-o", "r.md", "-o", "r.xml", "-o", "r.sarif"];
    let (mut child, mut answer) = begun(library.command(&["scan", "--format", "json", "--jobs", "1"]).args(reports));
    send("-INT", &child);
    answer.read_to_string(&mut String::new()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let read = |name: &str| std::fs::read_to_string(library.path(name)).unwrap();
    assert!(read("r.md").lines().next().unwrap().ends_with("; the run was interrupted, so files are missing"));
    assert!(read("r.xml").contains("<error type=\"interrupted\""));
    let sarif: serde_json::Value = serde_json::from_str(&read("r.sarif")).unwrap();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!((&invocation["exitCode"], &invocation["executionSuccessful"]), (&130.into(), &false.into()));
}

#[test]
fn a_second_interrupt_ends_the_scan_at_once() {
    let library = Library::of(3000);
    let (mut child, _answer) = begun(&mut library.command(&["scan", "--format", "json", "--jobs", "1"]));
    // Nobody reads on, so only the second signal can end it.
    send("-INT", &child);
    while child.try_wait().unwrap().is_none() {
        // Signals of one kind that come close together are delivered as one.
        let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status();
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_scan_that_is_killed_leaves_a_sound_cache() {
    let library = Library::of(600);
    let expected = library.json(&["--no-cache"]);
    for round in 0..12_u32 {
        if round % 4 == 0 {
            library.command(&["cache", "clear"]).output().unwrap();
        }
        let mut child = library
            .command(&["scan", "--format", "jsonl", "--jobs", "1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Killed after another number of answers each time, the last rounds while the store is written at the end.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for _ in 0..round * 55 {
            if lines.next().is_none() {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let output = library.scan(&["--format", "json"]);
        assert_eq!(stderr(&output), "", "round {round}");
        assert_eq!(code(&output), 1);
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap(), expected, "round {round}");
    }
}
