//! Arguments that are wrong: what is said, and exit status 2.

use std::fs;
use std::path::Path;

use super::{code, gif, preflight, stderr, stdout};

/// What is said of arguments that are refused.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = preflight().current_dir(folder).args(arguments).output().unwrap();
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "{arguments:?}");
    stderr(&output)
}

#[test]
fn a_misspelt_category_is_answered_with_all() {
    let message = refused(Path::new("."), &["check", "--category", "tweet", "a"]);
    assert!(message.contains("\"tweet\" is no media category; the categories are tweet_image, "), "{message}");
}

#[test]
fn a_misspelt_pack_is_answered_with_the_nearest() {
    let message = refused(Path::new("."), &["check", "--pack", "twitter-2025", "a"]);
    assert_eq!(
        message,
        "error: there is no rule pack twitter-2025: no file of that name, and the built-in packs are twitter, \
         twitter-2026, twitter-2026-premium, mastodon, bluesky; the nearest is twitter-2026\n"
    );
}

#[test]
fn a_pack_that_is_not_valid_is_answered_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.toml"), "extends = \"twitter\"\nnamee = \"mine\"\n").unwrap();
    let message = refused(folder.path(), &["limits", "--pack", "mine.toml"]);
    assert!(message.starts_with("error: mine.toml:2:1: "), "{message}");
}

#[test]
fn the_environment_names_the_pack_and_the_argument_wins() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.gif"), gif(8, 1)).unwrap();
    let pack = |arguments: &[&str]| {
        let output = preflight()
            .current_dir(folder.path())
            .env("PREFLIGHT_PACK", "twitter-2026")
            .args(["check", "--format", "json", "a.gif"])
            .args(arguments)
            .output()
            .unwrap();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["pack"].clone()
    };
    assert_eq!(pack(&[]), "twitter-2026");
    assert_eq!(pack(&["--pack", "twitter"]), "twitter");
}

#[test]
fn an_empty_variable_is_as_one_that_is_not_set() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.gif"), gif(8, 351)).unwrap();
    fs::write(folder.path().join("preflight.toml"), "root = true\nignore = [\"gif-too-many-frames\"]\n").unwrap();
    let of_judging =
        ["PACK", "CATEGORY", "SELECT", "IGNORE", "DEEP", "FAIL_ON", "FORMAT", "QUIET", "BASELINE", "OUTPUT"];
    let others = ["CONFIG", "NO_CONFIG", "JOBS", "CACHE_DIR", "NO_CACHE", "GLOB", "STDIN_LIMIT", "FFMPEG", "SETTLE"];
    for variable in of_judging.iter().chain(&others) {
        for command in [&["check", "a.gif"][..], &["scan", "--no-cache"], &["plan", "a.gif"], &["limits"]] {
            let variable = format!("PREFLIGHT_{variable}");
            let output = preflight().current_dir(folder.path()).env(&variable, "").args(command).output().unwrap();
            assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{variable} {command:?}");
        }
    }
}

#[test]
fn an_alternative_text_for_a_file_that_is_not_checked_is_refused() {
    let message = refused(Path::new("."), &["check", "--alt-text", "b.gif=text", "a.gif"]);
    assert_eq!(message, "error: --alt-text b.gif=text: no file of that name is checked\n");
}

#[test]
fn subtitles_need_a_language_and_a_name() {
    let message = refused(Path::new("."), &["check", "--subtitle", "sp=a.srt", "a.mp4"]);
    assert!(message.contains("no language has the tag \"sp\""), "{message}");
    let message = refused(Path::new("."), &["check", "--subtitle", "es:=a.srt", "a.mp4"]);
    assert!(message.contains("the name after the colon is empty"), "{message}");
}

#[test]
fn no_argument_shows_what_can_be_done() {
    let message = refused(Path::new("."), &[]);
    assert!(message.contains("check ") && message.contains("explain "), "{message}");
}

#[test]
fn a_misspelt_rule_is_answered_with_the_nearest() {
    for arguments in [
        ["explain", "opengop"].as_slice(),
        &["check", "--select", "opengop", "a"],
        &["check", "--ignore", "video-codec,opengop", "a"],
    ] {
        let message = refused(Path::new("."), arguments);
        assert!(message.starts_with("error: there is no rule opengop; the nearest is open-gop"), "{message}");
    }
}
