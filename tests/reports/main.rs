//! The reports as files: what `--output` writes, where, and what stays when it cannot be written.

#![expect(clippy::disallowed_methods, reason = "tests put files where the command finds them")]

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The command in a folder with a file that passes, one that fails, and one of which nothing is known.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("media")).unwrap();
    for (name, frames) in [("media/fine.gif", 2), ("media/long, \"351\" <frames>.gif", 351)] {
        fs::write(folder.path().join(name), gif(frames)).unwrap();
    }
    fs::write(folder.path().join("media/empty.mp4"), []).unwrap();
    folder
}

fn preflight(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("preflight"));
    for name in ["PREFLIGHT_PACK", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command.current_dir(folder).arg("check").args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A GIF of `frames` frames of 8 x 8 pixels, written by the `gif` crate.
fn gif(frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, 8, 8, &[0, 0, 0, 255, 255, 255]).unwrap();
    for _ in 0..frames {
        encoder.write_frame(&gif::Frame::from_indexed_pixels(8, 8, vec![1; 64], None)).unwrap();
    }
    drop(encoder);
    bytes
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn several_reports_of_one_run_agree() {
    let folder = folder();
    let reports = ["a.json", "a.jsonl", "a.csv", "a.md", "a.sarif", "a.xml", "github=a.log", "a.txt"];
    let arguments: Vec<&str> =
        ["media"].into_iter().chain(reports.iter().flat_map(|path| ["--output", path])).collect();
    let output = preflight(folder.path(), &arguments);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(
        names(folder.path()),
        ["a.csv", "a.json", "a.jsonl", "a.log", "a.md", "a.sarif", "a.txt", "a.xml", "media"]
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();

    // What each format writes alone on standard output is what it wrote to its file.
    for (format, name) in [
        ("human", "a.txt"),
        ("json", "a.json"),
        ("jsonl", "a.jsonl"),
        ("csv", "a.csv"),
        ("markdown", "a.md"),
        ("sarif", "a.sarif"),
        ("junit", "a.xml"),
        ("github", "a.log"),
    ] {
        let alone = preflight(folder.path(), &["media", "--format", format]);
        assert_eq!(String::from_utf8(alone.stdout).unwrap(), read(name), "{format}");
    }
    // Standard output keeps the report for people.
    assert_eq!(String::from_utf8(output.stdout).unwrap(), read("a.txt"));

    let json: Value = serde_json::from_str(&read("a.json")).unwrap();
    let findings: Vec<(&str, &str)> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|file| {
            let path = file["path"].as_str().unwrap();
            file["findings"].as_array().unwrap().iter().map(move |finding| (path, finding["rule"].as_str().unwrap()))
        })
        .collect();
    assert_eq!(findings.len(), 2, "{findings:?}");
    let sarif: Value = serde_json::from_str(&read("a.sarif")).unwrap();
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 2);
    assert_eq!(run["results"][1]["ruleId"], "gif-too-many-frames");
    assert_eq!(
        run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "media/long%2C%20%22351%22%20%3Cframes%3E.gif"
    );
    assert_eq!(run["invocations"][0]["exitCode"], 1);
    let rows: Vec<_> = csv::Reader::from_reader(read("a.csv").as_bytes())
        .into_records()
        .map(|row| row.unwrap())
        .map(|row| (row[0].to_owned(), row[5].to_owned()))
        .collect();
    let expected: Vec<_> = [findings[0], ("media/fine.gif", ""), findings[1]]
        .map(|(path, rule)| (path.to_owned(), rule.to_owned()))
        .into();
    assert_eq!(rows, expected);
    let xml = read("a.xml");
    let junit = roxmltree::Document::parse(&xml).unwrap();
    let suite = junit.root_element().first_element_child().unwrap();
    assert_eq!((suite.attribute("name"), suite.attribute("tests")), (Some("media"), Some("3")));
    assert_eq!(suite.attribute("failures"), Some("2"));
}

#[test]
fn standard_output_can_be_taken_by_another_format() {
    let folder = folder();
    for path in ["-", "/dev/stdout"] {
        let argument = format!("jsonl={path}");
        let output = preflight(folder.path(), &["media/fine.gif", "--output", &argument]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.lines().all(|line| line.starts_with('{')), "{text}");
    }
}

#[test]
fn without_a_name_of_a_format_the_extension_decides_and_then_the_format_of_the_run() {
    let folder = folder();
    let arguments = ["media/fine.gif", "--format", "jsonl", "-o", "report", "-o", "b.json", "-o", "sarif=c.json"];
    assert_eq!(code(&preflight(folder.path(), &arguments)), 0);
    let begins = |name: &str, text: &str| fs::read_to_string(folder.path().join(name)).unwrap().starts_with(text);
    assert!(begins("report", "{\"path\":"));
    assert!(begins("b.json", "{\"schema_version\":"));
    assert!(begins("c.json", "{\"$schema\":"));
}

#[test]
fn a_report_that_cannot_be_begun_is_named_before_any_work() {
    let folder = folder();
    let output = preflight(folder.path(), &["media", "--output", "missing/a.json"]);
    assert_eq!(code(&output), 3);
    assert_eq!(stderr(&output), "error: missing/a.json: No such file or directory\n");
    assert!(output.stdout.is_empty());
}

#[test]
fn two_reports_cannot_go_to_one_place() {
    let folder = folder();
    for arguments in [
        ["-o", "a.json", "-o", "csv=./a.json"],
        ["-o", "b.json", "-o", "media/../b.json"],
        ["-o", "json=-", "-o", "/dev/stdout"],
    ] {
        fs::write(folder.path().join("a.json"), "earlier").unwrap();
        let output = preflight(folder.path(), &[&["media"][..], &arguments].concat());
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).ends_with("is given twice\n"), "{}", stderr(&output));
        assert_eq!(fs::read_to_string(folder.path().join("a.json")).unwrap(), "earlier");
    }
}

#[test]
fn a_report_does_not_replace_the_media() {
    let folder = folder();
    let output = preflight(folder.path(), &["media/fine.gif", "--output", "json=media/../media/fine.gif"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("one of the files to check"), "{}", stderr(&output));
    assert_eq!(fs::read(folder.path().join("media/fine.gif")).unwrap(), gif(2));
}

#[test]
fn an_output_without_a_path_is_wrong_usage() {
    let output = preflight(folder().path(), &["media", "--output", "json="]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("the path is missing"), "{}", stderr(&output));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_report_follows_a_link_and_keeps_the_mode_of_the_earlier_one() {
        let folder = folder();
        let real = folder.path().join("real.json");
        fs::write(&real, "earlier").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("real.json", folder.path().join("link.json")).unwrap();
        assert_eq!(code(&preflight(folder.path(), &["media/fine.gif", "--output", "link.json"])), 0);
        assert!(fs::symlink_metadata(folder.path().join("link.json")).unwrap().is_symlink());
        assert!(fs::read_to_string(&real).unwrap().starts_with('{'));
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_new_report_has_the_mode_of_any_new_file() {
        let folder = folder();
        fs::write(folder.path().join("plain"), "").unwrap();
        assert_eq!(code(&preflight(folder.path(), &["media/fine.gif", "--output", "a.json"])), 0);
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode("a.json"), mode("plain"));
    }

    #[test]
    fn a_report_is_written_to_a_pipe() {
        let folder = folder();
        let fifo = folder.path().join("fifo");
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let reader = Command::new("cat").arg(&fifo).stdout(Stdio::piped()).spawn().unwrap();
        assert_eq!(code(&preflight(folder.path(), &["media/fine.gif", "--output", "jsonl=fifo"])), 0);
        let text = String::from_utf8(reader.wait_with_output().unwrap().stdout).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
    }

    /// The limit on the size of a file fails a write as a full disk does, for whoever ignores the signal.
    #[test]
    fn a_full_disk_leaves_the_earlier_report_and_the_other_reports_whole() {
        let folder = folder();
        fs::write(folder.path().join("a.json"), "earlier").unwrap();
        let program = assert_cmd::cargo::cargo_bin!("preflight");
        let script = "trap '' XFSZ; ulimit -f 32; exec \"$0\" check media -o a.sarif -o a.json -o b.csv";
        fs::write(folder.path().join("a.sarif"), "earlier").unwrap();
        let output =
            Command::new("bash").args(["-c", script]).arg(program).current_dir(folder.path()).output().unwrap();
        assert_eq!(code(&output), 3, "{}", stderr(&output));
        assert_eq!(stderr(&output), "error: a.sarif: File too large\n");
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(read("a.sarif"), "earlier");
        assert!(read("a.json").ends_with("}}\n"), "{}", read("a.json"));
        assert!(read("b.csv").lines().count() > 3, "{}", read("b.csv"));
        assert_eq!(names(folder.path()), ["a.json", "a.sarif", "b.csv", "media"]);
    }

    /// Other systems refuse names that are not UTF-8.
    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_hard_to_write_survive_in_every_format() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let folder = tempfile::tempdir().unwrap();
        let names: [(&[u8], &str); 7] = [
            (b"a, \"b\".gif", "a, \"b\".gif"),
            (b"new\nline\r.gif", "new\nline\r.gif"),
            (b"not-\xff\\-utf-8.gif", "not-\\xff\\\\-utf-8.gif"),
            (b"::error file=x,title=y::z.gif", "::error file=x,title=y::z.gif"),
            (b"<b>&amp;.gif", "<b>&amp;.gif"),
            (b"\x01\x1b[31m.gif", "\u{1}\u{1b}[31m.gif"),
            (b"=1+1%20#?.gif", "=1+1%20#?.gif"),
        ];
        for (name, written) in names {
            let path = folder.path().join(OsStr::from_bytes(name));
            fs::write(&path, gif(351)).unwrap();
            let mut command = assert_cmd::Command::new(assert_cmd::cargo::cargo_bin!("preflight"));
            let outputs = ["json", "jsonl", "csv", "sarif", "xml", "md"].map(|format| format!("r.{format}"));
            command.current_dir(folder.path()).args(["check", "--format", "github"]).arg(OsStr::from_bytes(name));
            for output in &outputs {
                command.args(["-o", output]);
            }
            let output = command.output().unwrap();
            assert_eq!(code(&output), 1, "{}", stderr(&output));
            let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();

            let json: Value = serde_json::from_str(&read("r.json")).unwrap();
            assert_eq!(json["files"][0]["path"], written);
            let line: Value = serde_json::from_str(read("r.jsonl").lines().next().unwrap()).unwrap();
            assert_eq!(line, json["files"][0]);
            let row = csv::Reader::from_reader(read("r.csv").as_bytes()).into_records().next().unwrap().unwrap();
            assert_eq!(row[0].trim_start_matches('\''), written);
            let xml = read("r.xml");
            let case = roxmltree::Document::parse(&xml).unwrap();
            let case = case.descendants().find(|node| node.has_tag_name("testcase")).unwrap();
            let name = case.attribute("name").unwrap().replace("\\u{1}", "\u{1}").replace("\\u{1b}", "\u{1b}");
            assert_eq!(name, written);
            let sarif: Value = serde_json::from_str(&read("r.sarif")).unwrap();
            let location = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
            let uri = location["uri"].as_str().unwrap();
            assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"%.-_~".contains(&byte)), "{uri}");
            let markdown = read("r.md");
            assert_eq!(markdown.matches("<summary>").count(), 1, "{markdown}");
            assert!(!markdown.contains("<b>"), "{markdown}");
            let github = String::from_utf8(output.stdout).unwrap();
            assert_eq!(github.lines().count(), 2, "{github}");
            assert!(github.starts_with("::error file="), "{github}");
        }
    }

    #[test]
    fn a_file_that_is_open_already_is_written_on() {
        let folder = folder();
        let log = folder.path().join("log");
        fs::write(&log, "earlier\n").unwrap();
        let file = fs::OpenOptions::new().append(true).open(&log).unwrap();
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("preflight"));
        command.current_dir(folder.path()).args(["check", "media/fine.gif", "-o", "jsonl=/dev/stderr"]);
        assert!(command.stderr(file).stdout(Stdio::null()).status().unwrap().success());
        let text = fs::read_to_string(&log).unwrap();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.starts_with("earlier\n{"), "{text}");
    }

    /// Many files, so that the failure comes before the last of them.
    #[test]
    fn a_standard_output_that_fails_costs_no_other_report() {
        let folder = folder();
        for number in 0..300 {
            fs::copy(folder.path().join("media/fine.gif"), folder.path().join(format!("media/fine{number:03}.gif")))
                .unwrap();
        }
        for command in ["check", "scan --no-cache"] {
            for (sink, status, told) in [
                (">/dev/full", 3, "error: the answer could not be written: No space left on device\n"),
                ("| true; exit ${PIPESTATUS[0]}", 141, ""),
            ] {
                if sink.contains("full") && !Path::new("/dev/full").exists() {
                    continue;
                }
                let script = format!("\"$0\" {command} media --format json -o a.json -o b.csv {sink}");
                let program = assert_cmd::cargo::cargo_bin!("preflight");
                let output = Command::new("bash")
                    .args(["-c", &script])
                    .arg(program)
                    .current_dir(folder.path())
                    .output()
                    .unwrap();
                assert_eq!((code(&output), stderr(&output)), (status, told), "{script}");
                let report: Value = serde_json::from_slice(&fs::read(folder.path().join("a.json")).unwrap()).unwrap();
                let files = report["summary"]["files"].as_u64().unwrap();
                assert!(files > 300 && report["files"].as_array().unwrap().len() as u64 == files, "{script}");
                assert!(fs::read_to_string(folder.path().join("b.csv")).unwrap().contains("fine299"));
                for name in ["a.json", "b.csv"] {
                    fs::remove_file(folder.path().join(name)).unwrap();
                }
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_that_is_full_is_named() {
        let folder = folder();
        let output = preflight(folder.path(), &["media", "--output", "json=/dev/full"]);
        assert_eq!(code(&output), 3);
        assert_eq!(stderr(&output), "error: /dev/full: No space left on device\n");
        assert!(!output.stdout.is_empty());
    }
}
