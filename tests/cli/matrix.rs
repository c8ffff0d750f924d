//! The matrix of categories, and packs side by side.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{code, gif, json, preflight, sample, stderr, stdout};

#[test]
fn each_category_that_fits_the_content_has_its_verdict() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.gif"), gif(8, 351)).unwrap();
    fs::write(folder.path().join("b.gif"), gif(8, 1)).unwrap();
    fs::write(folder.path().join("c.bmp"), "BM is a bitmap").unwrap();
    let answer = json(folder.path(), &["--no-config", "--matrix", "a.gif", "b.gif", "c.bmp"]);
    let matrix = |index: usize| answer["files"][index]["matrix"].clone();
    let row = |category: &str, verdict: &str, rules: &[&str]| json!({"category": category, "verdict": verdict, "rules": rules});
    let fail = ["gif-too-many-frames"];
    assert_eq!(matrix(0), json!([row("tweet_gif", "fail", &fail), row("dm_gif", "fail", &fail)]));
    let pass = ["tweet_image", "tweet_gif", "dm_image", "dm_gif"].map(|category| row(category, "pass", &[]));
    assert_eq!(matrix(1), json!(pass));
    assert_eq!(matrix(2), Value::Null);
    assert!(json(folder.path(), &["--no-config", "b.gif"])["files"][0].get("matrix").is_none());
}

#[test]
fn every_category_is_asked_about_the_alternative_text() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.gif"), gif(8, 2)).unwrap();
    fs::write(folder.path().join("a.gif.alt.txt"), "x".repeat(1001)).unwrap();
    let row = |category: &str| json!({"category": category, "verdict": "fail", "rules": ["alt-text-too-long"]});
    let expected = json!([row("tweet_gif"), row("dm_gif")]);
    for post in [&[][..], &["--post"]] {
        let answer = json(folder.path(), &[&["--no-config", "--matrix", "a.gif"], post].concat());
        assert_eq!(answer["files"][0]["matrix"], expected, "{post:?}");
    }
    let mut scan = preflight();
    scan.current_dir(folder.path()).args(["scan", "--no-cache", "--no-config", "--matrix", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&scan.output().unwrap().stdout).unwrap();
    assert_eq!(answer["files"][0]["matrix"], expected);
}

#[test]
fn categories_differ_where_the_pack_says_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(sample("video-141-seconds.mp4"), folder.path().join("long.mp4")).unwrap();
    fs::write(folder.path().join("a.gif"), gif(8, 2)).unwrap();
    let output = preflight()
        .current_dir(folder.path())
        .args(["check", "--no-config", "--matrix", "--pack", "twitter-2026", "a.gif", "long.mp4", "missing"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 3);
    assert_eq!(
        stdout(&output),
        "\
file      tweet_video  dm_video                 amplify_video
long.mp4  pass         fail: duration-too-long  pass

file   tweet_gif  dm_gif
a.gif  pass       pass

3 files against twitter-2026: 2 passed, 1 unreadable; 2 warnings
"
    );
}

#[test]
fn a_scan_shows_the_matrix_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("x")).unwrap();
    fs::write(folder.path().join("x/a.gif"), gif(8, 2)).unwrap();
    let arguments = ["scan", "--no-config", "--no-cache", "--matrix", "."];
    let output = preflight().current_dir(folder.path()).args(arguments).output().unwrap();
    assert!(stdout(&output).contains("x/a.gif  pass       pass\n"), "{}", stdout(&output));
}

fn diff(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = preflight().current_dir(folder).args(["limits", "diff"]).args(arguments).output().unwrap();
    assert_eq!(stderr(&output), "");
    (code(&output), stdout(&output))
}

#[test]
fn packs_are_compared_by_their_limits_and_by_what_they_make_of_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("m/deeper")).unwrap();
    fs::copy(sample("video-141-seconds.mp4"), folder.path().join("m/deeper/long.mp4")).unwrap();
    fs::write(folder.path().join("m/a.gif"), gif(8, 2)).unwrap();
    fs::write(folder.path().join("m/notes.txt"), "no media").unwrap();
    fs::write(
        folder.path().join("own.toml"),
        "name = \"own\"\nextends = \"twitter\"\n[limits.duration-too-long.tweet_video]\nvalue = 150\nunit = \"s\"\n[limits.fragmented]\nlevel = \"off\"\n",
    )
    .unwrap();
    assert_eq!(
        diff(folder.path(), &["twitter", "own.toml", "--against", "m"]),
        (
            0,
            "\
rule               for          twitter                     own
duration-too-long  tweet_video  must: at most 140 s         must: at most 150 s
fragmented         videos       should: no movie fragments  off

file               twitter  own   rules
m/deeper/long.mp4  fail     pass  duration-too-long

2 files: 1 verdict differs
"
            .to_owned()
        )
    );
    let (_, text) = diff(folder.path(), &["own.toml", "twitter", "--format", "json", "--against", "m"]);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["limits"][0]["categories"], json!(["tweet_video"]));
    assert_eq!(answer["limits"][1]["a"], Value::Null);
    assert_eq!(answer["checked"], 2);
    let flip = json!({"path": "m/deeper/long.mp4", "a": "pass", "b": "fail", "rules": ["duration-too-long"]});
    assert_eq!(answer["files"], json!([flip]));
    assert_eq!(diff(folder.path(), &["twitter", "twitter"]).1, "twitter and twitter have the same limits\n");
}

#[test]
fn packs_are_held_against_the_files_that_a_scan_finds() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("captions.vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n");
    write("film.webm", b"\x1a\x45\xdf\xa3\x42\x82\x84webm");
    write("picture-without-extension", b"BM is a bitmap");
    write("void.mp4", b"");
    write("notes.txt", b"words");
    write("a.gif", &gif(8, 2));
    write("a.gif.alt.txt", "x".repeat(1001).as_bytes());
    let mut scan = preflight();
    scan.current_dir(folder.path()).args(["scan", "--no-cache", "--no-config", "--format", "json"]);
    let scanned: Value = serde_json::from_slice(&scan.output().unwrap().stdout).unwrap();
    let arguments = ["twitter", "bluesky", "--format", "json", "--against", "."];
    let (status, text) = diff(folder.path(), &arguments);
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &answer["checked"]), (0, &scanned["summary"]["files"]));
    let flips: Vec<&str> =
        answer["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(flips, ["./a.gif", "./captions.vtt"]);
    assert_eq!(answer["files"][0]["rules"], json!(["alt-text-too-long"]));

    write("b.gif", &gif(8, 2));
    write("b.gif.alt.txt", b"\xff");
    let unread = preflight().current_dir(folder.path()).args(["limits", "diff"]).args(arguments).output().unwrap();
    assert_eq!(code(&unread), 3);
    assert!(
        stderr(&unread).contains("./b.gif: its alternative text ./b.gif.alt.txt is not UTF-8"),
        "{}",
        stderr(&unread)
    );
}

#[cfg(unix)]
#[test]
fn what_is_named_as_media_and_is_no_file_is_unreadable_to_packs_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str| {
        let path = folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    make("pipe");
    std::os::unix::fs::symlink("nowhere", folder.path().join("link.gif")).unwrap();
    let compare = || {
        let mut command = preflight();
        command.current_dir(folder.path()).args(["limits", "diff", "twitter", "twitter", "--against", "."]);
        command.output().unwrap()
    };
    let skipped = "note: ./link.gif: skipped, a symbolic link\nnote: ./pipe: skipped, a FIFO\n";
    assert_eq!((code(&compare()), &*stderr(&compare())), (0, skipped));
    make("film.mp4");
    let unreadable = format!("error: ./film.mp4: a FIFO, not a regular file\n{skipped}");
    assert_eq!((code(&compare()), stderr(&compare())), (3, unreadable));
}
