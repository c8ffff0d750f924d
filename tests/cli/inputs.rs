//! What is read: files, directories, standard input, and what cannot be read.

use std::fs;

use super::{code, gif, json, paths, png, preflight, stderr};

#[test]
fn answers_come_in_the_order_of_the_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..200).rev().map(|n| format!("{n}.gif")).collect();
    for name in &names {
        fs::write(folder.path().join(name), gif(8, 1)).unwrap();
    }
    let arguments: Vec<&str> = names.iter().map(String::as_str).chain(["--jobs", "4"]).collect();
    assert_eq!(paths(&json(folder.path(), &arguments)), names);
}

#[test]
fn of_a_directory_the_files_directly_in_it_are_checked_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join("in").join(name);
    fs::create_dir_all(at("deeper")).unwrap();
    for name in ["b.gif", "a.gif", ".hidden.gif", "deeper/c.gif", "a.gif.alt.txt"] {
        fs::write(at(name), gif(8, 1)).unwrap();
    }
    fs::write(at("a.gif.alt.txt"), "A white square\n").unwrap();
    fs::write(at("preflight.toml"), "fail-on = \"warning\"\n").unwrap();
    fs::write(folder.path().join("z.gif"), gif(8, 1)).unwrap();
    assert_eq!(paths(&json(folder.path(), &["z.gif", "in"])), ["z.gif", "in/a.gif", "in/b.gif"]);
}

#[test]
fn an_empty_directory_is_named_and_not_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = preflight().arg("check").arg(folder.path()).output().unwrap();
    assert_eq!(code(&output), 0);
    assert!(stderr(&output).starts_with("note: nothing to check"), "{}", stderr(&output));
}

#[test]
fn standard_input_is_read_from_a_pipe_and_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gif");
    fs::write(&path, gif(8, 2)).unwrap();
    let mut command = preflight();
    command.args(["check", "--format", "json", "-"]);
    let piped = command.write_stdin(gif(8, 2)).output().unwrap();
    let redirected = preflight().args(["check", "--format", "json", "-"]).pipe_stdin(&path).unwrap().output().unwrap();
    let by_file = std::process::Command::new(assert_cmd::cargo::cargo_bin!("preflight"))
        .args(["check", "--format", "json", "-"])
        .stdin(fs::File::open(&path).unwrap())
        .output()
        .unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&piped.stdout).unwrap();
    assert_eq!(paths(&answer), ["-"]);
    assert_eq!(answer["files"][0]["media_type"], "image/gif");
    assert_eq!(answer["files"][0]["size"], gif(8, 2).len());
    assert_eq!(piped.stdout, redirected.stdout);
    assert_eq!(piped.stdout, by_file.stdout);
}

#[test]
fn standard_input_is_bounded() {
    let output = preflight().args(["check", "--stdin-limit", "10", "-"]).write_stdin([0; 11]).output().unwrap();
    assert_eq!(code(&output), 3);
    assert_eq!(
        stderr(&output),
        "error: -: standard input is longer than 10 bytes, the most that is taken (--stdin-limit)\n"
    );
}

#[test]
fn standard_input_cannot_be_read_twice() {
    let output = preflight().args(["check", "-", "-"]).output().unwrap();
    assert_eq!(code(&output), 2);
    assert_eq!(stderr(&output), "error: standard input (-) can be read only once\n");
}

#[test]
fn a_file_that_cannot_be_opened_does_not_keep_the_others_from_being_checked() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.gif"), gif(8, 1)).unwrap();
    let output = preflight()
        .current_dir(folder.path())
        .args(["check", "--format", "json", "missing.gif", "a.gif"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 3);
    assert_eq!(stderr(&output), "error: missing.gif: No such file or directory\n");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(paths(&answer), ["missing.gif", "a.gif"]);
    assert_eq!(answer["files"][0], serde_json::json!({ "path": "missing.gif", "error": "No such file or directory" }));
    assert_eq!(answer["files"][1]["media_type"], "image/gif");
    assert_eq!(answer["summary"]["files"], 2);
    assert_eq!(answer["summary"]["unreadable"], 1);
}

#[test]
fn an_alternative_text_beside_the_media_must_be_utf_8() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.png"), png(8)).unwrap();
    fs::write(folder.path().join("a.png.alt.txt"), b"caf\xe9").unwrap();
    let output = preflight().current_dir(folder.path()).args(["check", "a.png"]).output().unwrap();
    assert_eq!(code(&output), 3);
    assert_eq!(stderr(&output), "error: a.png: its alternative text a.png.alt.txt is not UTF-8 from byte 3\n");
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Stdio;

    use super::*;

    #[test]
    fn a_fifo_and_a_device_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let output = preflight()
            .current_dir(folder.path())
            .args(["check", "fifo", "/dev/zero"])
            .timeout(std::time::Duration::from_secs(60))
            .output()
            .unwrap();
        assert_eq!(code(&output), 3);
        assert_eq!(stderr(&output), "error: fifo: not a regular file\nerror: /dev/zero: not a regular file\n");
        let output = preflight().arg("facts").arg(&fifo).timeout(std::time::Duration::from_secs(60)).output().unwrap();
        assert_eq!(code(&output), 3);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("a.gif")).unwrap();
        std::os::unix::fs::symlink("/", folder.path().join("b")).unwrap();
        let answer = json(folder.path(), &["."]);
        assert_eq!(paths(&answer), ["./a.gif"]);
        assert_eq!(answer["files"][0]["error"], "No such file or directory");
    }

    #[test]
    fn a_file_without_permission_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gif");
        fs::write(&path, gif(8, 1)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::File::open(&path).is_ok() {
            return; // The superuser may read everything.
        }
        let output = preflight().current_dir(folder.path()).args(["check", "a.gif"]).output().unwrap();
        assert_eq!((code(&output), stderr(&output).as_str()), (3, "error: a.gif: Permission denied\n"));
    }

    #[test]
    fn a_name_that_is_not_utf_8_is_written_with_escapes() {
        let folder = tempfile::tempdir().unwrap();
        let name = OsStr::from_bytes(b"a\\\xff.gif");
        if fs::write(folder.path().join(name), gif(8, 1)).is_err() {
            return; // Some file systems take only Unicode.
        }
        let output =
            preflight().current_dir(folder.path()).args(["check", "--format", "json"]).arg(name).output().unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(paths(&answer), [r"a\\\xff.gif"]);
        assert_eq!(answer["files"][0]["media_type"], "image/gif");
    }

    #[test]
    fn a_name_cannot_command_the_terminal() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("\u{1b}[2J.gif"), gif(8, 1)).unwrap();
        let output = preflight().current_dir(folder.path()).args(["check", ".", "\u{1b}c"]).output().unwrap();
        assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b), "{output:?}");
    }

    #[test]
    fn a_reader_that_goes_away_ends_the_run_quietly() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gif");
        fs::write(&path, gif(8, 2)).unwrap();
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("preflight"));
        command.args(["check", "--format", "json"]);
        // Far more than a pipe holds.
        command.args(std::iter::repeat_n(&path, 1000)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((code(&output), stderr(&output).as_str()), (141, ""));
    }
}
