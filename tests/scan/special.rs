//! What is in a library and is no file, or not for long.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;

use crate::{Library, code, gif, paths, stderr, verdicts};

#[test]
fn pipes_and_sockets_are_told_and_never_waited_for() {
    let library = Library::new();
    library.write("a.gif", &gif(2));
    for name in ["film.mp4", "pipe"] {
        assert!(Command::new("mkfifo").arg(library.path(name)).status().unwrap().success());
    }
    let _socket = UnixListener::bind(library.path("socket")).unwrap();
    let output = library.scan(&["--format", "json"]);
    assert_eq!(code(&output), 3);
    let answer = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(paths(&answer), ["./a.gif", "./film.mp4"]);
    assert_eq!(verdicts(&answer), ["pass", "a FIFO, not a regular file"]);
    assert_eq!(answer["summary"]["skipped"], 2);
    let told = stderr(&output);
    assert!(told.contains("./pipe: skipped, a FIFO") && told.contains("./socket: skipped, a socket"), "{told}");
}

#[test]
fn an_ignore_file_that_is_no_regular_file_is_told_and_never_waited_for() {
    let library = Library::new();
    for name in ["a.gif", "sub/c.gif"] {
        library.write(name, &gif(2));
    }
    fs::create_dir_all(library.path(".git/info")).unwrap();
    for name in [".preflightignore", "sub/.gitignore", ".git/info/exclude"] {
        assert!(Command::new("mkfifo").arg(library.path(name)).status().unwrap().success());
    }
    symlink("/dev/zero", library.path(".gitignore")).unwrap();
    let above = [(".preflightignore", "a FIFO"), (".gitignore", "a device"), (".git/info/exclude", "a FIFO")];
    let within = ("sub/.gitignore", "a FIFO");
    let root = library.root().canonicalize().unwrap();
    let told = |folder: &str, (name, kind): (&str, &str)| {
        format!("note: {folder}/{name}: {kind}, not a regular file; not heeded\n")
    };
    let above_it = |folder| above.map(|file| told(folder, file)).concat();

    let whole = library.scan(&["--format", "json"]);
    let answer = serde_json::from_slice(&whole.stdout).unwrap();
    assert_eq!((code(&whole), paths(&answer)), (0, vec!["./a.gif", "./sub/c.gif"]));
    assert_eq!(stderr(&whole), above_it(".") + &told(".", within));

    let part = library.scan(&["--format", "json", "sub"]);
    let answer = serde_json::from_slice(&part.stdout).unwrap();
    assert_eq!((code(&part), paths(&answer)), (0, vec!["sub/c.gif"]));
    assert_eq!(stderr(&part), above_it(&root.display().to_string()) + &told("sub", (".gitignore", "a FIFO")));

    let compared = library.command(&["limits", "diff", "twitter", "twitter", "--against", "sub"]).output().unwrap();
    assert_eq!((code(&compared), stderr(&compared)), (0, stderr(&part)));
}

#[test]
fn what_is_given_itself_and_is_no_file_fails_the_run() {
    let library = Library::new();
    assert!(Command::new("mkfifo").arg(library.path("pipe")).status().unwrap().success());
    symlink("pipe", library.path("link")).unwrap();
    for (name, kind) in [("/dev/null", "a device"), ("pipe", "a FIFO"), ("link", "a FIFO")] {
        let output = library.scan(&[name, "--format", "json"]);
        assert_eq!(code(&output), 3, "{name}");
        assert_eq!(stderr(&output), format!("error: {name}: {kind}, not a regular file\n"));
        let answer = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((paths(&answer), answer["summary"]["unreadable"].as_u64()), (vec![name], Some(1)));
    }
}

#[test]
fn links_are_followed_on_request_and_loops_are_told() {
    let library = Library::new();
    library.write("sub/a.gif", &gif(2));
    symlink("..", library.path("sub/up")).unwrap();
    symlink("sub/a.gif", library.path("link.gif")).unwrap();
    symlink("nowhere.gif", library.path("dangling.gif")).unwrap();
    let answer = library.json(&[]);
    assert_eq!((paths(&answer), answer["summary"]["skipped"].as_u64()), (vec!["./sub/a.gif"], Some(3)));
    let followed = library.scan(&["--follow", "--format", "json"]);
    let answer = serde_json::from_slice(&followed.stdout).unwrap();
    assert_eq!(paths(&answer), ["./dangling.gif", "./link.gif", "./sub/a.gif"]);
    assert_eq!(verdicts(&answer), ["No such file or directory", "pass", "pass"]);
    assert!(stderr(&followed).contains("./sub/up: skipped, a link back to"), "{}", stderr(&followed));
}

#[test]
fn what_may_not_be_read_does_not_keep_the_rest_from_being_checked() {
    let library = Library::new();
    library.write("a.gif", &gif(2));
    library.write("closed.gif", &gif(2));
    library.write("folder/b.gif", &gif(2));
    library.write("z.gif", &gif(2));
    let close = |name: &str, mode| fs::set_permissions(library.path(name), fs::Permissions::from_mode(mode)).unwrap();
    close("closed.gif", 0o000);
    close("folder", 0o000);
    // Whoever may read everything sees no obstacle.
    let may_read_all = fs::read(library.path("closed.gif")).is_ok();
    let output = library.scan(&["--format", "json"]);
    close("folder", 0o755);
    let answer = serde_json::from_slice(&output.stdout).unwrap();
    if may_read_all {
        assert_eq!(verdicts(&answer), ["pass"; 4]);
    } else {
        assert_eq!(code(&output), 3);
        assert_eq!(verdicts(&answer), ["pass", "Permission denied", "Permission denied", "pass"]);
    }
}

#[test]
fn names_that_are_no_text_are_written_out() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let library = Library::new();
    let path = library.root().join(OsStr::from_bytes(b"a\xff.gif"));
    if fs::write(path, gif(2)).is_ok() {
        assert_eq!(paths(&library.json(&[])), ["./a\\xff.gif"]);
    }
}

#[test]
fn a_limit_on_the_size_of_files_is_a_full_disk() {
    let library = Library::of(40);
    let report = library.folder.path().join("report.json");
    fs::write(&report, "earlier").unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -f 8; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_preflight"), "scan", "--quiet"]);
    command.args(["--output", "../report.json"]).env("PREFLIGHT_CACHE_DIR", library.cache());
    let output = command.current_dir(library.root()).output().unwrap();
    assert_eq!(code(&output), 3, "{output:?}");
    let told = stderr(&output);
    assert!(told.contains("is not used: File too large"), "{told}");
    assert!(told.ends_with("error: ../report.json: File too large\n"), "{told}");
    assert_eq!(fs::read_to_string(&report).unwrap(), "earlier");
    let mut left: Vec<_> =
        fs::read_dir(library.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["cache", "library", "report.json"]);
}
