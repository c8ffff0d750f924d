//! `explain --error`: each message that was seen, and what of a file it is about.

use serde_json::Value;

use super::{code, preflight, sample, stderr, stdout};

/// One text for every row of the table, in its order; whole JSON and bare messages take turns.
const SEEN: &[&str] = &[
    r#"{"request":"/1.1/media/upload.json","error":"Segments do not add up to provided total file size."}"#,
    r#"{"request":"/1.1/media/upload.json","error":"File size exceeds 5242880 bytes."}"#,
    "File size exceeds 15728640 bytes.",
    "File size exceeds 536870912 bytes.",
    "media type unrecognized.",
    "SegmentIndex must be between 0 and 999",
    "Large file can not be finalized synchronously",
    r#"{"errors":[{"code":38,"message":"media parameter is missing."}]}"#,
    "total_bytes parameter is missing.",
    r#"{"errors":[{"code":44,"message":"media parameter is invalid."}]}"#,
    "media_ids parameter is invalid.",
    "segment_index parameter is invalid.",
    r#"{"errors":[{"code":88,"message":"Rate limit exceeded"}]}"#,
    r#"{"errors":[{"code":32,"message":"Could not authenticate you."}]}"#,
    r#"{"errors":[{"code":34,"message":"Sorry, that page does not exist"}]}"#,
    r#"{"errors":[{"code":324,"message":"The validation of media ids failed."}]}"#,
    "Not valid video",
    "Invalid media id 710511363345354753",
    "Unsupported raw media category",
    "Duration too long, maximum:30000, actual:77000 (MediaId: snf:710511363345354753)",
    "Image dimensions must be &gt;= 4x4 and &lt;= 8192x8192",
    "Resolution too large, too many pixels. Maximum: 1310720, Actual: 2073600",
    "This user is not allowed to post a video longer than 2 minutes.",
    r#"{"processing_info":{"state":"failed","error":{"code":1,"name":"InvalidMedia","message":"Unsupported video format"}}}"#,
    "file is invalid",
    "Duration 2.minutes+29.seconds+350.milliseconds exceeds max duration of 2.minutes+20.seconds",
    r#"{"data":{"processing_info":{"state":"failed","error":{"code":3,"name":"UnsupportedMedia","message":"file is currently unsupported"}}}}"#,
    "Video GOP is too large. Largest number of frames allowed in one GOP: 512",
    "Requests with bodies must have content-type of application/json.",
    r#"{"errors":[{"message":"Request body is not valid JSON."}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}"#,
    "BadRequest: Not found",
    "One or more parameters to your request was invalid.",
    r#"{"title":"Forbidden","type":"about:blank","status":403,"detail":"Forbidden"}"#,
    r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#,
    r#"{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}"#,
    r#"{"errors":["internal server error"]}"#,
    r#"{"title":"Service Unavailable","detail":"Service Unavailable","type":"about:blank","status":503}"#,
    r#"{"processing_info":{"state":"in_progress","error":{"code":1,"name":"InvalidMedia"}}}"#,
    r#"{"code":3,"name":"UnsupportedMedia"}"#,
    "HTTP/1.1 401 Unauthorized\r\n\r\n",
    "HTTP 403",
    "404",
    "HTTP/2 413 \r\ncontent-length: 0\r\n\r\n",
    "HTTP 431",
    "429",
    "HTTP 500",
    "HTTP 503",
];

fn explain(arguments: &[&str]) -> (i32, String) {
    let output = preflight().current_dir(sample("")).arg("explain").args(arguments).output().unwrap();
    assert_eq!(stderr(&output), "", "{arguments:?}");
    (code(&output), stdout(&output))
}

#[test]
fn every_row_is_explained() {
    assert_eq!(SEEN.len(), media_preflight::api::known::ROWS.len());
    let mut all = String::new();
    for (text, row) in SEEN.iter().zip(media_preflight::api::known::ROWS) {
        let (code, explained) = explain(&["--error", text]);
        assert_eq!(code, 0, "{text}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&explained).contains(&words(row.advice)), "{text}: {explained}");
        all.push_str(&explained);
        all.push('\n');
    }
    insta::assert_snapshot!(all);
}

#[test]
fn the_place_in_the_file_is_shown() {
    let duration = "Duration 2.minutes+21.seconds exceeds max duration of 2.minutes+20.seconds";
    insta::assert_snapshot!(explain(&["--error", duration, "video-141-seconds.mp4"]).1);
    let format = "Unsupported video format";
    let (_, explained) = explain(&["video-422.mp4", "--error", format]);
    assert!(explained.contains("error[chroma-not-420]") && explained.contains("offset 4878"), "{explained}");
}

#[test]
fn where_nothing_is_found_that_is_said() {
    insta::assert_snapshot!(
        "nothing_is_found",
        [
            explain(&["--error", "Not valid video", "video.mp4"]).1,
            explain(&["--error", "Duration too long, maximum:30000, actual:77000", "video-1920x1080.mp4"]).1,
            explain(&["--error", "Could not authenticate you.", "video.mp4"]).1,
        ]
        .join("\n---\n")
    );
}

#[test]
fn what_is_unknown_is_said_to_be() {
    let (status, explained) = explain(&["--error", "media type not recognised"]);
    assert_eq!(status, 1);
    assert!(explained.contains("no such message") && explained.contains("media type unrecognized."), "{explained}");
    assert_eq!(explain(&["--error", "the coffee is cold"]).0, 1);
    assert_eq!(explain(&["--error", ""]), (1, "there is no error in this text\n".to_owned()));
    let (status, explained) = explain(&["--error", "\u{1b}[2J{\"errors\":[{\"message\":\"\\u001b[31mred\"}]}"]);
    assert_eq!(status, 1);
    assert!(!explained.contains('\u{1b}'), "{explained}");
}

#[test]
fn answers_without_an_error_are_no_failure() {
    let state = |state: &str| explain(&["--error", &format!("{{\"processing_info\":{{\"state\":\"{state}\"}}}}")]);
    assert_eq!(state("succeeded").0, 0);
    assert_eq!(state("in_progress").0, 0);
    assert_eq!(state("failed").0, 1);
    assert_eq!(explain(&["--error", "HTTP/1.1 204 No Content\n\n"]).0, 0);
}

#[test]
fn an_error_is_explained_as_json_from_standard_input() {
    let output = preflight()
        .current_dir(sample(""))
        .args(["explain", "--error", "-", "--format", "json", "video-422.mp4"])
        .write_stdin("HTTP/1.1 200 OK\r\n\r\n{\"processing_info\":{\"error\":{\"name\":\"InvalidMedia\",\"code\":1}}}")
        .output()
        .unwrap();
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["status"], 200);
    assert_eq!(json["errors"][0]["known"], true);
    assert_eq!(json["errors"][0]["rules"][0], "malformed-file");
    assert_eq!(json["explained_by_file"], true);
    assert_eq!(json["file"]["findings"][0]["rule"], "chroma-not-420");
}

#[test]
fn a_rule_or_an_error_is_needed() {
    for (arguments, said) in [
        (["explain"].as_slice(), "required arguments"),
        (&["explain", "open-gop", "--format", "json"], "--error"),
        (&["explain", "--error", "x", "--category", "nothing"], "is no media category"),
    ] {
        let output = preflight().args(arguments).output().unwrap();
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
    let output = preflight().args(["explain", "--error", "file is invalid", "no-such-file.mp4"]).output().unwrap();
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("no-such-file.mp4"), "{}", stderr(&output));
}
