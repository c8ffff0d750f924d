//! `preflight compare` as a user runs it, on the samples.

#![allow(clippy::disallowed_methods, reason = "tests run the program and read its answers")]

use assert_cmd::Command;
use serde_json::Value;

fn compare(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("preflight").unwrap().arg("compare").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn rows(arguments: &[&str]) -> (i32, Value) {
    let (code, text, error) = compare(&[arguments, &["--format", "json"]].concat());
    (code, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}{error}")))
}

fn verdict<'a>(report: &'a Value, row: &str) -> &'a str {
    let rows = report["rows"].as_array().unwrap();
    rows.iter().find(|found| found["row"] == row).unwrap()["verdict"].as_str().unwrap()
}

#[test]
fn every_sample_that_can_be_read_equals_itself() {
    for sample in [
        "video.mp4",
        "video-turned.mov",
        "video-anamorphic.mp4",
        "video-fragmented.mp4",
        "gif-animated.gif",
        "photo.jpg",
        "picture.png",
        "sticker.webp",
        "captions.srt",
    ] {
        let path = format!("samples/{sample}");
        let (code, report) = rows(&[&path, &path]);
        assert_eq!((code, report["verdict"].as_str().unwrap()), (0, "pass"), "{sample}: {report}");
        for row in report["rows"].as_array().unwrap() {
            let verdict = row["verdict"].as_str().unwrap();
            assert!(["pass", "not-applicable"].contains(&verdict), "{sample}: {row}");
        }
    }
}

#[test]
fn what_differs_is_told_on_both_sides() {
    let (code, report) = rows(&["samples/video.mp4", "samples/video-1920x1080.mp4"]);
    assert_eq!((code, report["verdict"].as_str().unwrap()), (1, "fail"));
    assert_eq!(verdict(&report, "upscaling"), "fail");
    let rows = report["rows"].as_array().unwrap();
    let upscaling = rows.iter().find(|row| row["row"] == "upscaling").unwrap();
    assert_eq!(upscaling["result"]["value"], "1920x1080");
    assert!(upscaling["result"]["at"]["offset"].is_u64() && upscaling["source"]["at"]["path"].is_string());
    assert_eq!(report["schema_version"], 1);
}

#[test]
fn kinds_that_have_nothing_in_common_fail_and_what_is_not_read_is_undecided() {
    let (code, report) = rows(&["samples/video.mp4", "samples/photo.jpg"]);
    assert_eq!((code, verdict(&report, "content"), verdict(&report, "duration")), (1, "fail", "not-applicable"));
    let (code, report) = rows(&["samples/bitmap.bmp", "samples/photo.jpg"]);
    assert_eq!((code, verdict(&report, "content")), (1, "undecided"));
    let (code, ..) = compare(&["samples/bitmap.bmp", "samples/photo.jpg", "--allow-undecided"]);
    assert_eq!(code, 0);
}

#[test]
fn usage_and_missing_files_have_their_exit_status() {
    assert_eq!(compare(&["samples/video.mp4"]).0, 2);
    let (code, _, error) = compare(&["samples/video.mp4", "samples/video.mp4", "--select", "no-such-row"]);
    assert_eq!((code, error.contains("no-such-row")), (2, true), "{error}");
    let (code, _, error) = compare(&["samples/video.mp4", "samples/none.mp4"]);
    assert_eq!((code, error.contains("samples/none.mp4")), (3, true), "{error}");
}

#[test]
fn people_read_the_verdict_first_and_can_leave_out_what_passes() {
    let (code, text, _) = compare(&["samples/captions.srt", "samples/captions.srt"]);
    assert_eq!((code, text.starts_with("pass      the result is still the same\n")), (0, true), "{text}");
    let (code, text, _) = compare(&["samples/gif-animated.gif", "samples/gif-one-frame.gif", "--quiet"]);
    assert_eq!(code, 1);
    assert!(text.contains("error     content") && !text.contains("  pass "), "{text}");
}
