//! What is found, in which order, and what is left alone.

use std::fs;

use crate::{Library, code, gif, paths, stderr, verdicts};

#[test]
fn the_answer_is_the_same_whatever_the_number_of_threads() {
    let library = Library::of(700);
    let one = library.scan(&["--no-cache", "--format", "json", "--jobs", "1"]);
    assert_eq!(code(&one), 1);
    for jobs in ["2", "8"] {
        let many = library.scan(&["--no-cache", "--format", "json", "--jobs", jobs]);
        assert_eq!(many.stdout, one.stdout, "{jobs} jobs");
        let remembering = library.scan(&["--format", "json", "--jobs", jobs]);
        assert_eq!(remembering.stdout, one.stdout, "{jobs} jobs, with a cache");
    }
    let answer = library.json(&["--no-cache"]);
    assert_eq!(answer["summary"]["files"], 700);
    assert_eq!(answer["summary"]["failed"], 350);
    assert!(paths(&answer).is_sorted());
}

#[test]
fn what_is_no_media_is_counted_and_left_alone() {
    let library = Library::new();
    library.write("README.md", b"words");
    library.write("src/main.rs", b"fn main() {}");
    library.write("empty", b"");
    library.write("film.mkv", b"\x1a\x45\xdf\xa3\x42\x82\x84webm");
    library.write("not-really.jpg", b"words");
    library.write("picture-without-extension", &gif(2));
    library.write("void.mp4", b"");
    for arguments in [&[][..], &[], &["--no-cache"]] {
        let answer = library.json(arguments);
        assert_eq!(
            paths(&answer),
            ["./film.mkv", "./not-really.jpg", "./picture-without-extension", "./void.mp4"],
            "{arguments:?}"
        );
        assert_eq!(answer["summary"]["skipped"], 3);
    }
    for _ in 0..2 {
        let all = library.json(&["--all-files"]);
        assert_eq!((paths(&all).len(), all["summary"].get("skipped")), (7, None));
    }
    let given = library.json(&["README.md"]);
    assert_eq!(verdicts(&given), ["fail"], "a file that is named is reported whatever it is");
    let nothing = library.scan(&["src"]);
    assert_eq!(code(&nothing), 0);
    assert!(stderr(&nothing).contains("nothing to check"));
}

#[test]
fn ignore_files_globs_and_hidden_files_are_heeded() {
    let library = Library::new();
    for name in ["a.gif", "b.gif", "drafts/c.gif", ".hidden/d.gif", "old/e.gif"] {
        library.write(name, &gif(2));
    }
    fs::write(library.path(".gitignore"), "b.gif\n").unwrap();
    fs::write(library.path(".preflightignore"), "drafts/\n").unwrap();
    assert_eq!(paths(&library.json(&[])), ["./a.gif", "./old/e.gif"]);
    assert_eq!(paths(&library.json(&["--hidden"])), ["./.hidden/d.gif", "./a.gif", "./old/e.gif"]);
    assert_eq!(paths(&library.json(&["--no-ignore"])), ["./a.gif", "./b.gif", "./drafts/c.gif", "./old/e.gif"]);
    assert_eq!(paths(&library.json(&["--glob", "!old/**"])), ["./a.gif"]);
    let chosen = library.json(&["--glob", "*.gif", "--glob", "!a.*"]);
    assert_eq!(paths(&chosen), ["./b.gif", "./old/e.gif"], "a glob that takes a file wins over ignore files");
    let wrong = library.scan(&["--glob", "{"]);
    assert_eq!(code(&wrong), 2);
}

#[test]
fn globs_are_seen_from_the_current_folder_however_a_path_is_written() {
    let library = Library::new();
    for name in ["g/a/b/1.gif", "g/a/2.gif", "g/b/3.gif", "h/4.gif"] {
        library.write(name, &gif(2));
    }
    let root = library.root().canonicalize().unwrap();
    let in_folder = |folder: &str, path: &str, glob: &str| {
        let mut command = library.command(&["scan", "--format", "json", path, "--glob", glob]);
        let output = command.current_dir(root.join(folder)).output().unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let paths = paths(&answer).into_iter().map(|path| path.strip_prefix(path_of(&root)).unwrap_or(path));
        paths.map(str::to_owned).collect::<Vec<_>>()
    };
    let whole = root.join("g");
    let whole = path_of(&whole);
    for path in [whole, "g", "./g", "h/../g", "../library/g"] {
        let names = |glob| -> Vec<String> {
            let found = in_folder("", path, glob);
            found.iter().map(|found| found.rsplit('/').next().unwrap().to_owned()).collect()
        };
        assert_eq!(names("g/a/*"), ["2.gif"], "{path}");
        assert_eq!(names("!g/a/**"), ["3.gif"], "{path}");
        assert_eq!(names("!g/a"), ["3.gif"], "{path}: a folder");
        assert_eq!(names("*.gif").len(), 3, "{path}");
    }
    assert_eq!(in_folder("g/a", "..", "!b/**"), ["../a/2.gif", "../b/3.gif"]);
    assert_eq!(in_folder("g/a", "..", "!../b/**"), ["../a/2.gif", "../a/b/1.gif"]);
    assert_eq!(in_folder("g/a", "../..", "b/*"), ["../../g/a/b/1.gif"]);
    assert_eq!(in_folder("g/a", "..", "!a"), ["../b/3.gif"], "a name is that of the folder wherever one is");
    assert_eq!(in_folder("g/a", &format!("{}/h", path_of(&root)), "../../h/*"), ["/h/4.gif"]);
    assert_eq!(in_folder("g/a", &format!("{}/h", path_of(&root)), "!**/h/**"), [""; 0]);
    assert_eq!(in_folder("g/a", &format!("{}/h", path_of(&root)), "!**/.*/**"), ["/h/4.gif"], "`..` is not hidden");
    assert_eq!(in_folder("g/a", "../b", "!.*"), ["../b/3.gif"]);
}

fn path_of(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn an_ignore_file_that_cannot_be_heeded_is_told_and_fails_nothing() {
    let library = Library::new();
    library.write(".gitignore", b"[z-a]\n*.tmp\n");
    library.write("sub/a.gif", &gif(2));
    library.write("sub/b.tmp", &gif(2));
    for arguments in [&["--format", "json"][..], &["--format", "json", "sub"]] {
        let output = library.scan(arguments);
        let told = stderr(&output);
        assert!(
            told.starts_with("note: ") && told.contains(".gitignore: ") && told.ends_with("; not heeded\n"),
            "{told}"
        );
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((code(&output), answer["summary"]["files"].as_u64()), (0, Some(1)));
    }
}

#[test]
fn paths_are_scanned_in_the_order_given() {
    let library = Library::new();
    for name in ["a/1.gif", "b/2.gif", "c.gif"] {
        library.write(name, &gif(2));
    }
    assert_eq!(paths(&library.json(&["c.gif", "b", "a"])), ["c.gif", "b/2.gif", "a/1.gif"]);
    let missing = library.scan(&["a", "missing", "--quiet"]);
    assert_eq!(code(&missing), 3);
    assert!(stderr(&missing).contains("missing: No such file or directory"), "{}", stderr(&missing));
}

#[test]
fn a_quiet_scan_says_the_same_from_the_cache() {
    let library = Library::of(40);
    let first = library.scan(&["--quiet"]);
    let second = library.scan(&["--quiet"]);
    assert_eq!(first.stdout, second.stdout);
    assert_eq!((code(&first), code(&second)), (1, 1));
    let text = String::from_utf8(first.stdout).unwrap();
    assert!(text.contains("40 files against twitter: 20 passed, 20 failed"), "{text}");
}

#[test]
fn reports_are_written_to_files() {
    let library = Library::of(4);
    let output = library.scan(&["--quiet", "--output", "../report.json", "--output", "../report.csv"]);
    assert_eq!(code(&output), 1);
    let report = fs::read(library.folder.path().join("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(paths(&report).len(), 4);
}

#[test]
fn an_alternative_text_beside_a_file_is_judged_as_check_does() {
    let library = Library::new();
    library.write("a.gif", &gif(2));
    let rules = |answer: &serde_json::Value| -> Vec<String> {
        let findings = answer["files"][0]["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    };
    let plain = library.json(&[]);
    // The file is remembered by now; its text is not.
    library.write("a.gif.alt.txt", &[b'x'; 1001]);
    let too_long = library.json(&[]);
    assert_eq!(rules(&too_long), [rules(&plain), vec!["alt-text-too-long".to_owned()]].concat());
    let checked = library.command(&["check", "./a.gif", "--format", "json"]).output().unwrap();
    let checked: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(checked["files"][0], too_long["files"][0]);
    assert_eq!(library.json(&["--no-cache"])["files"], too_long["files"]);
    let quiet = library.scan(&["--quiet"]);
    assert!(String::from_utf8(quiet.stdout).unwrap().contains("alt-text-too-long"));

    library.write("a.gif.alt.txt", b"\xff");
    let unreadable = library.json(&[]);
    assert!(verdicts(&unreadable)[0].ends_with("is not UTF-8 from byte 0"), "{unreadable}");
    fs::remove_file(library.path("a.gif.alt.txt")).unwrap();
    assert_eq!(library.json(&[])["files"], plain["files"]);
}

#[test]
fn a_report_never_replaces_media() {
    let library = Library::of(2);
    // As the shell writes out `--output 000/*.gif`.
    let output = library.scan(&["--output", "000/00000.gif", "000/00001.gif"]);
    assert_eq!(code(&output), 2);
    let told = stderr(&output);
    assert!(told.contains("--output 000/00000.gif: this is media, which a report would replace"), "{told}");
    assert_eq!(fs::read(library.path("000/00000.gif")).unwrap(), gif(2));
    let checked = library.command(&["check", "000", "--output", "000/00001.gif"]).output().unwrap();
    assert_eq!(code(&checked), 2);
    assert_eq!(fs::read(library.path("000/00001.gif")).unwrap(), gif(351));
}
