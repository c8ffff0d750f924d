//! What a configuration says and what is refused.

use std::path::Path;

use super::{Config, Placed};
use crate::finding::Severity;
use crate::profile::Category;

fn parse(text: &str) -> Config {
    Config::parse(text, "preflight.toml", &["human", "json"]).unwrap()
}

fn refused(text: &str) -> String {
    Config::parse(text, "preflight.toml", &["human", "json"]).unwrap_err().to_string()
}

#[test]
fn every_key_is_read_with_its_place() {
    let config = parse(
        r#"
extends = "../base.toml"
root = true
pack = "twitter-2026"
category = "TweetVideo"
select = ["open-gop", "video-codec"]
ignore = []
deep = true
format = "json"
fail-on = "warning"
allow-undecided = true
quiet = false
baseline = "known.json"
baseline-by-hash = true
[[override]]
files = ["dm/**", "*.gif"]
category = "dm_gif"
[per-file-ignores]
"raw/*.mp4" = ["video-bitrate-recommended"]
"#,
    );
    assert_eq!(config.extends, Some(Placed { value: "../base.toml".to_owned(), line: 2, column: 11 }));
    assert!(config.root && config.has_globs());
    assert_eq!(config.judging.category, Some(Placed { value: Category::TweetVideo, line: 5, column: 12 }));
    assert_eq!(config.judging.select.unwrap().value, ["open-gop", "video-codec"]);
    assert_eq!(config.judging.ignore.unwrap().value, Vec::<String>::new());
    assert!(config.judging.deep.unwrap().value);
    assert_eq!(config.answer.format.unwrap().value, "json");
    assert_eq!(config.answer.fail_on.unwrap().value, Severity::Warning);
    assert_eq!(config.answer.baseline.unwrap().line, 13);
    assert_eq!(config.overrides[0].judging.category.as_ref().unwrap().value, Category::DmGif);
    assert_eq!(config.per_file_ignores[0].rules.value, ["video-bitrate-recommended"]);
    assert!(!parse("").has_globs());
}

#[test]
fn a_glob_without_a_slash_is_a_name_and_a_star_stops_at_a_slash() {
    let config = parse("[[override]]\nfiles = [\"*.gif\", \"raw/*.mp4\", \"old/**\", \"{a,b}/c?.png\"]\n");
    let globs = &config.overrides[0].files;
    for (path, wanted) in [
        ("a.gif", true),
        ("x/y/a.gif", true),
        ("raw/a.mp4", true),
        ("raw/x/a.mp4", false),
        ("x/raw/a.mp4", false),
        ("old/x/y.mp4", true),
        ("b/c1.png", true),
        ("b/c12.png", false),
        ("a.GIF", false),
    ] {
        assert_eq!(globs.matches(Path::new(path)), wanted, "{path}");
    }
}

#[test]
fn what_is_not_valid_is_refused_with_its_place_and_the_nearest_word() {
    for (text, wanted) in [
        ("x", "preflight.toml:1:2: "),
        ("pakc = \"twitter\"", "preflight.toml:1:1: unknown key \"pakc\"; did you mean \"pack\"?"),
        ("\nignore = [\n  \"opengop\"]", "preflight.toml:3:3: unknown rule \"opengop\"; did you mean \"open-gop\"?"),
        (
            "category = \"tweet_vid\"",
            "preflight.toml:1:12: unknown category \"tweet_vid\"; did you mean \"tweet_video\"?",
        ),
        ("category = 1", "preflight.toml:1:12: expected a media category such as \"tweet_video\", found 1"),
        ("deep = \"yes\"", "preflight.toml:1:8: expected true or false, found \"yes\""),
        (
            "format = \"jsn\"",
            "preflight.toml:1:10: unknown format \"jsn\"; did you mean \"json\"? (one of human, json)",
        ),
        ("fail-on = \"none\"", "preflight.toml:1:11: unknown severity \"none\""),
        ("[[override]]\ncategory = \"dm_gif\"", "preflight.toml:1:1: the override names no files"),
        ("[[override]]\nfiles = [\"a\"]\nfail-on = \"error\"", "preflight.toml:3:1: unknown key \"fail-on\""),
        ("[override]\nfiles = [\"a\"]", "preflight.toml:1:1: expected tables [[override]]"),
        ("[per-file-ignores]\n\"[a\" = []", "preflight.toml:2:1: the glob \"[a\": unclosed character class"),
        ("[per-file-ignores]\n\"/a\" = []", "preflight.toml:2:1: the glob \"/a\": expected a path relative"),
        ("pack = \"\"", "preflight.toml:1:8: the path is empty"),
    ] {
        let error = refused(text);
        assert!(error.starts_with(wanted), "{text:?}: {error}");
    }
}
