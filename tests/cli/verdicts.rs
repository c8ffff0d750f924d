//! Verdicts: what is said of a file, and the exit status that it makes.

use std::fs;
use std::path::Path;

use super::{code, gif, json, png, preflight, sample, srt, stderr, stdout};

#[test]
fn the_exit_status_says_how_the_run_went() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("pass.png", &png(8));
    write("warning.png", &png(2));
    write("fail.bmp", b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0");
    let status = |arguments: &[&str]| {
        let output = preflight().current_dir(folder.path()).arg("check").args(arguments).output().unwrap();
        (code(&output), stdout(&output))
    };
    assert_eq!(status(&["pass.png"]).0, 0);
    assert_eq!(status(&["warning.png"]).0, 0);
    assert_eq!(status(&["warning.png", "--fail-on", "warning"]).0, 1);
    assert_eq!(status(&["warning.png", "--fail-on", "warning", "--ignore", "image-dimensions"]).0, 0);
    assert_eq!(status(&["pass.png", "fail.bmp"]).0, 1);
    assert_eq!(status(&["fail.bmp", "missing.png"]).0, 3);
    assert_eq!(status(&["pass.png", "missing.png"]).0, 3);
}

#[test]
fn the_verdict_does_not_depend_on_what_fails_the_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.png"), png(2)).unwrap();
    let strict = json(folder.path(), &["a.png", "--fail-on", "warning"]);
    assert_eq!(strict, json(folder.path(), &["a.png", "--fail-on", "error"]));
    assert_eq!(strict["files"][0]["verdict"], "pass");
    assert_eq!(strict["files"][0]["findings"][0]["rule"], "image-dimensions");
}

#[test]
fn a_post_takes_four_photos_or_one_gif() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["1.png", "2.png", "3.png", "4.png", "5.png"] {
        fs::write(folder.path().join(name), png(8)).unwrap();
    }
    fs::write(folder.path().join("a.gif"), gif(8, 2)).unwrap();
    let rules = |files: &[&str]| {
        let answer = json(folder.path(), &[&["--post"], files].concat());
        let findings = answer["post"]["findings"].as_array().unwrap().clone();
        assert_eq!(answer["summary"]["errors"], findings.len());
        findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(rules(&["1.png", "2.png", "3.png", "4.png"]).is_empty());
    assert_eq!(rules(&["1.png", "2.png", "3.png", "4.png", "5.png"]), ["post-media-mix"]);
    assert!(rules(&["a.gif"]).is_empty());
    assert_eq!(rules(&["a.gif", "1.png"]), ["post-media-mix"]);
}

#[test]
fn an_alternative_text_comes_from_the_argument_or_from_beside_the_media() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.png"), png(8)).unwrap();
    let rules = |arguments: &[&str]| {
        let answer = json(folder.path(), &[&["a.png"], arguments].concat());
        let findings = answer["files"][0]["findings"].as_array().unwrap().clone();
        findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let text = |count: usize| format!("a.png={}", "ä".repeat(count));
    assert!(rules(&["--alt-text", &text(1000)]).is_empty());
    assert_eq!(rules(&["--alt-text", &text(1001)]), ["alt-text-too-long"]);
    fs::write(folder.path().join("a.png.alt.txt"), "ä".repeat(1001)).unwrap();
    assert_eq!(rules(&[]), ["alt-text-too-long"]);
    assert!(rules(&["--alt-text", &text(1)]).is_empty());
    fs::write(folder.path().join("a.png.alt.txt"), format!("{}\r\n", "ä".repeat(1000))).unwrap();
    assert!(rules(&[]).is_empty());
}

#[test]
fn subtitles_are_checked_against_the_duration_of_the_video() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in.srt"), srt(500)).unwrap();
    fs::write(folder.path().join("out.srt"), srt(59_000)).unwrap();
    let video = sample("video.mp4");
    let answer = json(folder.path(), &[&video, "--subtitle", "en=in.srt", "--subtitle", "pt-BR:Português=out.srt"]);
    let file = |index: usize| {
        let file = &answer["files"][index];
        let rules: Vec<_> =
            file["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].clone()).collect();
        (file["path"].clone(), file["category"].clone(), rules)
    };
    assert_eq!(file(1), ("in.srt".into(), "subtitles".into(), vec![]));
    assert_eq!(file(2), ("out.srt".into(), "subtitles".into(), vec!["subtitle-past-end".into()]));
}

#[test]
fn the_answer_is_the_same_from_any_folder() {
    let output = preflight().current_dir(Path::new("/")).arg("check").arg(sample("photo.jpg")).output().unwrap();
    assert!(stdout(&output).starts_with("pass      "), "{output:?}");
}
#[test]
fn subtitles_belong_to_one_video() {
    let (first, second) = (sample("video.mp4"), sample("video-turned.mov"));
    let output = preflight().args(["check", "--subtitle", "es=a.srt", &first, &second]).output().unwrap();
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
    assert_eq!(stderr(&output), "error: --subtitle belongs to one video, and this run has 2\n");
}

#[test]
fn captions_of_a_post_belong_to_its_video() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("late.srt"), srt(59_000)).unwrap();
    let answer = json(folder.path(), &["--post", &sample("video.mp4"), "late.srt"]);
    assert_eq!(answer["post"]["findings"], serde_json::json!([]));
    assert_eq!(answer["files"][1]["findings"][0]["rule"], "subtitle-past-end");
    let answer = json(folder.path(), &[&sample("video.mp4"), "late.srt"]);
    assert_eq!(answer["files"][1]["findings"], serde_json::json!([]));
}
