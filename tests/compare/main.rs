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
        "video-5.1-audio.mp4",
        "video-interlaced.mp4",
        "video-10-bit.mp4",
        "video-he-aac.mp4",
        "gif-351-frames.gif",
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
    let (code, text, _) = compare(&["samples/bitmap.bmp", "samples/photo.jpg", "--allow-undecided"]);
    assert_eq!((code, text.matches("the source is BMP").count()), (0, 1), "one reason is told once: {text}");
    assert!(text.contains("more rows for the same reason"), "{text}");
}

#[test]
fn usage_and_missing_files_have_their_exit_status() {
    assert_eq!(compare(&["samples/video.mp4"]).0, 2);
    let (code, _, error) = compare(&["samples/video.mp4", "samples/video.mp4", "--select", "no-such-row"]);
    assert_eq!((code, error.contains("no-such-row")), (2, true), "{error}");
    let (code, _, error) = compare(&["-", "-"]);
    assert_eq!((code, error.contains("only once")), (2, true), "{error}");
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

#[test]
fn every_format_tells_the_rows_that_fail() {
    let pair = ["samples/video.mp4", "samples/video-0.4-seconds.mp4"];
    for (format, told) in [
        ("human", "  error     duration"),
        ("jsonl", "{\"row\":\"duration\",\"verdict\":\"fail\""),
        ("csv", ",duration,error,"),
        ("markdown", "| **error** | <code>duration</code> |"),
        ("sarif", "\"ruleId\":\"duration\""),
        ("junit", "<failure type=\"duration\""),
        ("github", "title=duration::"),
        ("html", "<code>duration</code>"),
    ] {
        let (code, text, error) = compare(&[&pair[..], &["--format", format, "--fail-on", "warning"]].concat());
        assert_eq!((code, error.as_str()), (1, ""), "{format}");
        assert!(text.contains(told), "{format}: {text}");
    }
}

#[test]
fn xml_and_json_are_well_formed_and_pages_run_no_script() {
    let pair = ["samples/video-5.1-audio.mp4", "samples/video-0.4-seconds.mp4"];
    let written = |format| compare(&[&pair[..], &["--format", format]].concat()).1;
    let junit = written("junit");
    let document = roxmltree::Document::parse(&junit).unwrap();
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase")).count();
    assert_eq!(suite.attribute("tests"), Some(cases.to_string().as_str()));
    let sarif: Value = serde_json::from_str(&written("sarif")).unwrap();
    let driver = &sarif["runs"][0]["tool"]["driver"]["rules"];
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(driver[index]["id"], result["ruleId"]);
    }
    for line in written("jsonl").lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    let page = written("html");
    assert!(page.contains("default-src 'none'") && !page.contains("<script"), "{page}");
}

#[test]
fn answers_go_to_files_too_and_never_over_media() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (page, json) = (path("a.html"), path("b"));
    let (code, ..) =
        compare(&["samples/captions.srt", "samples/captions.srt", "-o", &page, "-o", &format!("json={json}")]);
    assert_eq!(code, 0);
    assert!(std::fs::read_to_string(page).unwrap().starts_with("<!doctype html>"));
    assert_eq!(serde_json::from_str::<Value>(&std::fs::read_to_string(json).unwrap()).unwrap()["verdict"], "pass");
    let film = path("film.mp4");
    std::fs::copy("samples/video.mp4", &film).unwrap();
    let (code, _, error) = compare(&["samples/captions.srt", "samples/captions.srt", "-o", &film]);
    assert_eq!((code, error.contains("media")), (3, true), "{error}");
    assert_eq!(compare(&[&film, "samples/video.mp4", "-o", &film]).0, 2);
    assert_eq!(std::fs::read(&film).unwrap(), std::fs::read("samples/video.mp4").unwrap());
}

/// A program that stands for ffmpeg: it has libvmaf, and says of three seconds what is asked.
#[cfg(unix)]
fn ffmpeg(folder: &std::path::Path, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;

    let path = folder.join("ffmpeg");
    let list = "case \"$*\" in *-filters*) echo ' ... libvmaf VV->V x'; exit 0;; esac\n";
    std::fs::write(&path, format!("#!/bin/sh\n{list}{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
#[cfg(unix)]
fn pictures_are_measured_second_by_second() {
    let folder = tempfile::tempdir().unwrap();
    let printed = "for t in 0.0 1.0 2.0; do echo \"frame:0 pts:0 pts_time:$t\"; q=40.5; [ $t = 1.0 ] && q=20.25; echo lavfi.psnr.psnr_avg=$q; \
        echo lavfi.ssim.All=0.99; done; printf 'Frame,vmaf,\\n0,95.5,\\n' > vmaf.csv";
    let program = ffmpeg(folder.path(), printed);
    let page = folder.path().join("page.html");
    let arguments =
        ["samples/video.mp4", "samples/video.mp4", "--quality", "--ffmpeg", &program, "-o", page.to_str().unwrap()];
    let (code, report) = rows(&arguments);
    assert_eq!(code, 1, "a second of 20 dB is another picture");
    assert_eq!(
        (verdict(&report, "psnr"), verdict(&report, "ssim"), verdict(&report, "vmaf")),
        ("fail", "pass", "pass")
    );
    assert_eq!(report["quality"]["metrics"][0]["seconds"], serde_json::json!(["40.5", "20.25", "40.5"]));
    let psnr = report["rows"].as_array().unwrap().iter().find(|row| row["row"] == "psnr").unwrap();
    assert_eq!((&psnr["moments"][0]["time"], &psnr["severity"]), (&"1".into(), &"error".into()));
    let page = std::fs::read_to_string(page).unwrap();
    assert_eq!(page.matches("<svg").count(), 3);
    assert!(page.contains("worst in second 1 (20.25 dB)"), "{page}");
}

#[test]
#[cfg(unix)]
fn what_keeps_pictures_from_being_measured_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let pair = ["samples/video.mp4", "samples/video.mp4", "--quality", "--ffmpeg"];
    let (code, _, error) = compare(&[&pair[..], &["/nowhere/ffmpeg"]].concat());
    assert_eq!((code, error.contains("/nowhere/ffmpeg is not installed")), (5, true), "{error}");
    for (script, told) in
        [("echo 'Invalid data' >&2; exit 1", "failed: Invalid data"), ("touch vmaf.csv", "compared no frame")]
    {
        let program = ffmpeg(folder.path(), script);
        let (code, _, error) = compare(&[&pair[..], &[&program]].concat());
        assert_eq!((code, error.contains(told)), (3, true), "{error}");
    }
    let (code, _, error) = compare(&["-", "samples/video.mp4", "--quality"]);
    assert_eq!((code, error.contains("--quality reads both files")), (2, true), "{error}");
}

fn ladder(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("preflight").unwrap().arg("ladder").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_ladder_says_which_rows_apply_and_why_the_others_do_not() {
    let (code, text, _) = ladder(&["samples/video-1920x1080.mp4"]);
    assert_eq!(code, 0);
    for told in ["  applies    1280x720 ", "  applies    320x180 ", "and this row is portrait", "split=3[v0][v1][v2]"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let (code, text, _) = ladder(&["samples/video-turned.mov", "--format", "json"]);
    let report: Value = serde_json::from_str(&text).unwrap();
    let applying = report["rungs"].as_array().unwrap().iter().filter(|rung| rung["size"].is_object()).count();
    assert_eq!(code, i32::from(applying == 0), "{text}");
    let (code, text, _) = ladder(&["samples/video.mp4", "--format", "sh"]);
    assert!(code == 1 && text.is_empty() || text.starts_with("ffmpeg "), "{text}");
    let (code, _, error) = ladder(&["samples/photo.jpg"]);
    assert_eq!((code, error.contains("no video track")), (1, true), "{error}");
    assert_eq!(ladder(&["samples/none.mp4"]).0, 3);
    assert_eq!(ladder(&["samples/video-1920x1080.mp4", "--make", "--ffmpeg", "/nowhere/ffmpeg", "-o", "target"]).0, 5);
}

#[test]
#[cfg(unix)]
fn renditions_that_are_not_the_film_get_no_name() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = std::fs::canonicalize("samples/video-141-seconds.mp4").unwrap();
    let copying =
        format!("for a in \"$@\"; do case \"$a\" in *.preflight-*.mp4) cp '{}' \"$a\";; esac; done", wrong.display());
    let program = ffmpeg(folder.path(), &copying);
    let out = folder.path().join("out");
    let arguments = ["samples/video-1920x1080.mp4", "--make", "-o", out.to_str().unwrap(), "--ffmpeg", &program];
    let (code, text, error) = ladder(&arguments);
    assert_eq!((code, error.as_str()), (1, ""), "{text}");
    assert!(text.contains("  not kept   1280x720"), "{text}");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 0, "nothing is left behind");
    std::fs::write(out.join("video-1920x1080.320x180.mp4"), "mine").unwrap();
    let (code, _, error) = ladder(&arguments);
    assert_eq!((code, error.contains("is there already")), (3, true), "{error}");
    assert_eq!(std::fs::read(out.join("video-1920x1080.320x180.mp4")).unwrap(), b"mine");
}

#[test]
fn the_committed_schema_of_comparisons_is_the_one_that_is_printed() {
    let output = Command::cargo_bin("preflight").unwrap().args(["schema", "compare"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let committed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/compare-1.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&committed, &printed).unwrap();
    }
    let is_same = std::fs::read_to_string(&committed).unwrap() == printed;
    assert!(
        is_same,
        "docs/schema/compare-1.json differs; run: cargo run -- schema compare > docs/schema/compare-1.json"
    );
}

#[test]
fn the_page_lists_every_row_with_its_tolerance() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/compare.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("<!-- rows -->\n").unwrap();
    let (listed, after) = rest.split_once("<!-- end of rows -->").unwrap();
    let mut table = String::from("| row | what is kept | tolerance | where not |\n| --- | --- | --- | --- |\n");
    for row in media_preflight::transcode::compare::rows() {
        let line = format!("| `{}` | {} | {} | {} |\n", row.id, row.summary, row.tolerance, row.severity.as_str());
        table.push_str(&line);
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}<!-- rows -->\n{table}<!-- end of rows -->{after}")).unwrap();
        return;
    }
    assert_eq!(listed, table, "docs/compare.md is out of date: UPDATE_DOCS=1 cargo test --test compare");
}
