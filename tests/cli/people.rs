//! What the command says to people. After a change on purpose: INSTA_UPDATE=always cargo test --test cli

use std::fs;

use super::{code, preflight, sample, stderr, stdout};

/// What the command says in the folder of samples.
fn said(arguments: &[&str]) -> String {
    let output = preflight().current_dir(sample("")).args(arguments).output().unwrap();
    assert_eq!(stderr(&output), "", "{arguments:?}");
    stdout(&output)
}

#[test]
fn colour_is_written_only_where_it_is_wanted() {
    let coloured = |arguments: &[&str], variable: Option<&str>| {
        let mut command = preflight();
        command.current_dir(sample("")).arg("check").args(arguments).arg("photo.jpg");
        if let Some(variable) = variable {
            command.env(variable, "1");
        }
        command.output().unwrap().stdout.contains(&0x1b)
    };
    assert!(!coloured(&[], None));
    assert!(coloured(&["--color", "always"], None));
    assert!(coloured(&["--color", "always"], Some("NO_COLOR")));
    assert!(coloured(&[], Some("CLICOLOR_FORCE")));
    assert!(!coloured(&["--color", "never"], Some("CLICOLOR_FORCE")));
}

#[test]
fn limits_of_one_category_are_a_table() {
    let text = said(&["limits", "--category", "TweetGif"]);
    assert!(text.contains("\ngif-too-many-frames ") && !text.contains("video-codec"), "{text}");
}

#[test]
fn every_rule_is_listed_and_explained() {
    let list = said(&["rules"]);
    for rule in media_preflight::rules::all() {
        let line = list.lines().find(|line| line.split(' ').next() == Some(rule.id));
        let level = line.and_then(|line| line.split_whitespace().nth(1));
        // A dash: the pack in force has no such limit.
        assert!(matches!(level, Some("must" | "should" | "-")), "{}: {level:?}", rule.id);
        let explanation = said(&["explain", rule.id]);
        assert!(explanation.starts_with(&format!("{}\n\n", rule.id)), "{explanation}");
        assert!(explanation.lines().count() > 5, "{explanation}");
    }
}

#[test]
fn completions_know_the_rules_and_the_subcommands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = said(&["completions", shell]);
        assert!(script.contains("allow-undecided") && script.contains("explain"), "{shell}");
    }
    for rule in media_preflight::rules::all() {
        assert!(said(&["completions", "bash"]).contains(rule.id), "{}", rule.id);
    }
}

#[test]
fn manual_pages_are_written_for_each_subcommand() {
    assert!(said(&["man"]).contains(".TH preflight 1"));
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man/man1");
    said(&["man", "--out", pages.to_str().unwrap()]);
    for page in ["preflight.1", "preflight-check.1", "preflight-explain.1"] {
        assert!(fs::read_to_string(pages.join(page)).unwrap().contains(".SH SYNOPSIS"), "{page}");
    }
    let output = preflight().args(["man", "--out", "Cargo.toml/man"]).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let output = output.unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (3, "error: Cargo.toml/man: Not a directory\n"));
}

#[test]
fn check_says_what_is_wrong_where_and_what_mends_it() {
    insta::assert_snapshot!(said(&["check", "photo.jpg", "gif-351-frames.gif", "captions-bad-time.srt", "bitmap.bmp"]));
}

#[test]
fn quiet_shows_only_what_does_not_pass() {
    assert_eq!(said(&["check", "--quiet", "photo.jpg"]), "");
    let text = said(&["check", "--quiet", "photo.jpg", "bitmap.bmp"]);
    assert!(!text.contains("photo.jpg") && text.contains("bitmap.bmp"), "{text}");
}

#[test]
fn facts_show_each_value_with_its_place() {
    insta::assert_snapshot!(said(&["facts", "photo.jpg"]));
}
