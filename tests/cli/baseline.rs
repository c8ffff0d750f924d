//! Baselines: a run fails only for what an earlier report does not have.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{code, gif, preflight, stderr, stdout};

/// A folder with a GIF of 351 frames, and the report of it.
fn folder(format: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.gif"), gif(8, 351)).unwrap();
    write_report(folder.path(), format, &["old.gif"]);
    folder
}

fn write_report(folder: &Path, format: &str, arguments: &[&str]) {
    let arguments = [&["check", "--no-config", "--format", format][..], arguments].concat();
    let output = preflight().current_dir(folder).args(arguments).output().unwrap();
    fs::write(folder.join("known"), output.stdout).unwrap();
}

/// The exit status and the answer of a run with the baseline.
fn run(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let baseline = ["--no-config", "--baseline", "known", "--format", "json"];
    let command = if arguments[0] == "scan" { vec!["scan", "--no-cache"] } else { vec!["check"] };
    let arguments = [&command, &baseline[..], &arguments[1..]].concat();
    let output = preflight().current_dir(folder).args(arguments).output().unwrap();
    (code(&output), serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn only_what_is_new_fails_a_run() {
    for format in ["json", "jsonl"] {
        let folder = folder(format);
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        let (around, whole) = (format!("../{name}/old.gif"), folder.path().canonicalize().unwrap().join("old.gif"));
        let paths = ["old.gif", "./old.gif", &around, whole.to_str().unwrap()];
        for (command, path) in paths.into_iter().flat_map(|path| [("check", path), ("scan", path)]) {
            let (status, answer) = run(folder.path(), &[command, path]);
            assert_eq!(status, 0, "{format} {command} {path}: {answer}");
            assert_eq!(answer["files"][0]["verdict"], "fail");
            assert_eq!(answer["files"][0]["findings"][0]["baseline"], "known");
            assert_eq!(answer["summary"]["baseline"]["failed"], 1);
        }
        fs::write(folder.path().join("new.gif"), gif(8, 352)).unwrap();
        let (status, answer) = run(folder.path(), &["check", "old.gif", "new.gif"]);
        assert_eq!((status, &answer["files"][1]["findings"][0]["baseline"]), (1, &Value::from("new")));
        fs::remove_file(folder.path().join("new.gif")).unwrap();
        // Another value is another finding, and the known one is gone.
        fs::write(folder.path().join("old.gif"), gif(8, 353)).unwrap();
        let (status, answer) = run(folder.path(), &["check", "old.gif"]);
        assert_eq!((status, &answer["summary"]["baseline"]["gone"]), (1, &Value::from(1)));
    }
}

#[test]
fn a_file_that_moved_is_known_by_its_bytes_where_both_runs_hash() {
    let folder = folder("json");
    fs::rename(folder.path().join("old.gif"), folder.path().join("moved.gif")).unwrap();
    assert_eq!(run(folder.path(), &["check", "--baseline-by-hash", "moved.gif"]).0, 1);
    fs::rename(folder.path().join("moved.gif"), folder.path().join("old.gif")).unwrap();
    write_report(folder.path(), "json", &["--hash-failing", "old.gif"]);
    let report: Value = serde_json::from_slice(&fs::read(folder.path().join("known")).unwrap()).unwrap();
    assert_eq!(report["files"][0]["sha256"].as_str().unwrap().len(), 64);
    fs::rename(folder.path().join("old.gif"), folder.path().join("moved.gif")).unwrap();
    assert_eq!(run(folder.path(), &["check", "moved.gif"]).0, 1);
    assert_eq!(run(folder.path(), &["check", "--baseline-by-hash", "moved.gif"]).0, 0);
    let other = gif(8, 351).into_iter().chain([0]).collect::<Vec<u8>>();
    fs::write(folder.path().join("moved.gif"), other).unwrap();
    assert_eq!(run(folder.path(), &["check", "--baseline-by-hash", "moved.gif"]).0, 1);
}

#[test]
fn people_are_told_what_is_known_and_what_is_gone() {
    let folder = folder("json");
    let human = || {
        let arguments = ["check", "--no-config", "--baseline", "known", "old.gif"];
        stdout(&preflight().current_dir(folder.path()).args(arguments).output().unwrap())
    };
    let text = human();
    assert!(text.contains("  known error[gif-too-many-frames]: "), "{text}");
    assert!(text.ends_with("1 file against twitter: 1 failed; 1 error; 1 of them known from the baseline\n"), "{text}");
    fs::write(folder.path().join("old.gif"), gif(8, 300)).unwrap();
    assert!(
        human()
            .ends_with("1 file against twitter: 1 passed; 0 of them known from the baseline, 1 of the baseline gone\n"),
        "{}",
        human()
    );
}

#[test]
fn a_report_is_read_as_other_shells_redirect_it() {
    for format in ["json", "jsonl"] {
        let folder = folder(format);
        let text = fs::read_to_string(folder.path().join("known")).unwrap();
        let units = |bytes: fn(u16) -> [u8; 2]| format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect();
        let marked = format!("\u{feff}{text}").into_bytes();
        let texts: [Vec<u8>; 3] = [marked, units(u16::to_le_bytes), units(u16::to_be_bytes)];
        for text in texts {
            fs::write(folder.path().join("known"), &text).unwrap();
            assert_eq!(run(folder.path(), &["check", "old.gif"]).0, 0, "{format} {:x?}", &text[..4]);
        }
    }
}

#[test]
fn what_is_no_report_is_refused() {
    let folder = folder("json");
    for damaged in [&b"\xff\xfe{"[..], b"\xff\xfe\x00\xd8"] {
        fs::write(folder.path().join("known"), damaged).unwrap();
        let arguments = ["check", "--no-config", "--baseline", "known", "old.gif"];
        let output = preflight().current_dir(folder.path()).args(arguments).output().unwrap();
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("it begins as text in UTF-16, and is damaged"), "{}", stderr(&output));
    }
    for (text, wanted) in [("{}", "no report: it has neither"), ("nothing", "no report as JSON or JSON Lines")] {
        fs::write(folder.path().join("known"), text).unwrap();
        let arguments = ["check", "--no-config", "--baseline", "known", "old.gif"];
        let output = preflight().current_dir(folder.path()).args(arguments).output().unwrap();
        assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
        assert!(stderr(&output).starts_with(&format!("error: the baseline known: {wanted}")), "{}", stderr(&output));
    }
}

#[test]
fn a_configuration_names_the_baseline_from_its_own_folder() {
    let folder = folder("json");
    fs::create_dir(folder.path().join("a")).unwrap();
    fs::write(folder.path().join("preflight.toml"), "root = true\nbaseline = \"known\"\n").unwrap();
    let status = |arguments: &[&str]| code(&preflight().current_dir(folder.path()).args(arguments).output().unwrap());
    assert_eq!(status(&["check", "old.gif"]), 0);
    assert_eq!(status(&["check", "--no-config", "old.gif"]), 1);
}
