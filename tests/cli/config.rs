//! preflight.toml: what is found, what wins over what, and what is refused.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{code, gif, json, png, preflight, stderr, stdout};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    // Whatever is above the folder of temporary files is not looked at.
    fs::write(folder.path().join("preflight.toml"), "root = true\n").unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What holds for a file: the value and the source of each key.
fn settings(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Vec<(String, Value, String)> {
    let output = preflight()
        .current_dir(folder)
        .envs(variables.iter().copied())
        .args(["config", "--json"])
        .args(arguments)
        .output()
        .unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{arguments:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let settings = answer["settings"].as_array().unwrap().iter();
    settings
        .map(|entry| {
            let word = |key: &str| entry[key].as_str().unwrap().to_owned();
            (word("key"), entry["value"].clone(), word("source"))
        })
        .collect()
}

/// The value and the source of one key.
fn setting(folder: &Path, key: &str, arguments: &[&str], variables: &[(&str, &str)]) -> (Value, String) {
    let all = settings(folder, arguments, variables);
    let (_, value, source) = all.into_iter().find(|(name, _, _)| name == key).unwrap();
    (value, source)
}

/// What is said where exit status 2 is the answer.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = preflight().current_dir(folder).args(arguments).output().unwrap();
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "{arguments:?}");
    stderr(&output)
}

#[test]
fn a_flag_wins_over_the_environment_that_over_the_nearest_file_and_that_over_what_it_extends() {
    let folder = folder(&[
        ("preflight.toml", "root = true\npack = \"twitter-2026-premium\"\n"),
        ("base.toml", "pack = \"twitter\"\ncategory = \"dm_video\"\n"),
        ("a/preflight.toml", "extends = \"../base.toml\"\n"),
        ("a/b/preflight.toml", "pack = \"twitter-2026\"\n"),
    ]);
    let pack = |file: &str, arguments: &[&str], variables: &[(&str, &str)]| {
        setting(folder.path(), "pack", &[&[file], arguments].concat(), variables)
    };
    let of = |value: &str, source: &str| (Value::from(value), source.to_owned());
    let variable = [("PREFLIGHT_PACK", "twitter")];
    assert_eq!(pack("a/b/x.mp4", &["--pack", "twitter-2026-premium"], &variable), of("twitter-2026-premium", "--pack"));
    assert_eq!(pack("a/b/x.mp4", &[], &variable), of("twitter", "PREFLIGHT_PACK"));
    assert_eq!(pack("a/b/x.mp4", &[], &[]), of("twitter-2026", "a/b/preflight.toml:1"));
    assert_eq!(pack("a/x.mp4", &[], &[]), of("twitter", "base.toml:1"));
    assert_eq!(pack("x.mp4", &[], &[]), of("twitter-2026-premium", "preflight.toml:2"));
    assert_eq!(pack("x.mp4", &["--no-config"], &[]), of("twitter", "default"));
    assert_eq!(pack("x.mp4", &["--config", "base.toml"], &[]), of("twitter", "base.toml:1"));
    // What the nearest file leaves open, those above it decide.
    let category = setting(folder.path(), "category", &["a/b/x.mp4"], &[]);
    assert_eq!(category, of("dm_video", "base.toml:2"));
}

#[test]
fn a_root_stops_the_search() {
    let folder =
        folder(&[("preflight.toml", "root = true\ncategory = \"dm_gif\"\n"), ("a/preflight.toml", "root = true\n")]);
    assert_eq!(setting(folder.path(), "category", &["a/x.gif"], &[]).1, "default");
    assert_eq!(setting(folder.path(), "category", &["b/x.gif"], &[]).1, "preflight.toml:2");
}

#[test]
fn overrides_and_per_file_ignores_hold_for_the_files_that_match() {
    let folder = folder(&[(
        "preflight.toml",
        r#"root = true
ignore = ["extension-mismatch"]
[[override]]
files = ["dm/**"]
category = "dm_gif"
[[override]]
files = ["dm/photos/*"]
category = "dm_image"
[per-file-ignores]
"*.gif" = ["static-gif"]
"#,
    )]);
    let category = |file: &str| setting(folder.path(), "category", &[file], &[]);
    assert_eq!(category("dm/a.gif"), (Value::from("dm_gif"), "preflight.toml:5".to_owned()));
    assert_eq!(category("dm/photos/a.gif"), (Value::from("dm_image"), "preflight.toml:8".to_owned()));
    assert_eq!(category("a.gif"), (Value::Null, "default".to_owned()));
    for name in ["a.gif", "dm/b.gif", "dm/photos/c.gif"] {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), gif(8, 1)).unwrap();
    }
    let answer = json(folder.path(), &["a.gif", "dm/b.gif", "dm/photos/c.gif"]);
    let categories: Vec<&str> =
        answer["files"].as_array().unwrap().iter().map(|file| file["category"].as_str().unwrap()).collect();
    assert_eq!(categories, ["tweet_image", "dm_gif", "dm_image"]);
    assert_eq!(answer["summary"]["warnings"], 0, "{answer}");
    // Without the configuration the second is a warning, and flags replace what a file says.
    let warnings = |arguments: &[&str]| json(folder.path(), arguments)["summary"]["warnings"].clone();
    assert_eq!(warnings(&["--no-config", "--category", "dm_gif", "dm/b.gif"]), 1);
    assert_eq!(json(folder.path(), &["--category", "tweet_image", "dm/b.gif"])["files"][0]["category"], "tweet_image");
}

#[test]
fn files_of_one_run_are_held_against_packs_of_their_own() {
    let folder = folder(&[
        ("b/preflight.toml", "pack = \"strict.toml\"\n"),
        ("b/strict.toml", "name = \"strict\"\nextends = \"twitter\"\n[limits.image-dimensions]\nlevel = \"must\"\n"),
    ]);
    for name in ["a.png", "b/a.png"] {
        fs::write(folder.path().join(name), png(3)).unwrap();
    }
    let answer = json(folder.path(), &["a.png", "b/a.png"]);
    assert_eq!(answer["pack"], "twitter");
    let file = |index: usize| &answer["files"][index];
    assert_eq!((&file(0)["verdict"], file(0).get("pack")), (&Value::from("pass"), None));
    assert_eq!((&file(1)["verdict"], &file(1)["pack"]), (&Value::from("fail"), &Value::from("strict")));
}

#[test]
fn the_folder_that_holds_all_inputs_says_how_a_run_answers() {
    let folder = folder(&[("m/preflight.toml", "fail-on = \"warning\"\nformat = \"json\"\n")]);
    fs::write(folder.path().join("m/a.gif"), gif(8, 1)).unwrap();
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let arguments = [&["check", "--category", "tweet_gif"], arguments].concat();
        let output =
            preflight().current_dir(folder.path()).envs(variables.iter().copied()).args(arguments).output().unwrap();
        (code(&output), stdout(&output).starts_with('{'))
    };
    assert_eq!(run(&["m/a.gif"], &[]), (1, true));
    assert_eq!(run(&["m"], &[]), (1, true));
    assert_eq!(run(&["m/a.gif"], &[("PREFLIGHT_FAIL_ON", "error")]), (0, true));
    assert_eq!(run(&["--fail-on", "error", "--format", "human", "m/a.gif"], &[]), (0, false));
    assert_eq!(run(&["--no-config", "m/a.gif"], &[]), (0, false));
    assert_eq!(run(&["--no-config", "m/a.gif"], &[("PREFLIGHT_FORMAT", "json")]), (0, true));
}

#[test]
fn a_switch_can_be_turned_off_again() {
    let folder = folder(&[("preflight.toml", "root = true\ndeep = true\nallow-undecided = true\n")]);
    let deep = |arguments: &[&str], variables: &[(&str, &str)]| setting(folder.path(), "deep", arguments, variables);
    assert_eq!(deep(&[], &[]), (Value::from(true), "preflight.toml:2".to_owned()));
    assert_eq!(deep(&["--deep=false"], &[]), (Value::from(false), "--deep".to_owned()));
    assert_eq!(deep(&[], &[("PREFLIGHT_DEEP", "0")]), (Value::from(false), "PREFLIGHT_DEEP".to_owned()));
    let undecided = setting(folder.path(), "allow-undecided", &["--allow-undecided=no"], &[]);
    assert_eq!(undecided, (Value::from(false), "--allow-undecided".to_owned()));
}

#[test]
fn what_is_not_valid_is_refused_with_its_place_before_any_answer() {
    let folder = folder(&[
        ("key/preflight.toml", "root = true\n\n  fial-on = \"error\"\n"),
        ("rule/preflight.toml", "[per-file-ignores]\n\"*.gif\" = [\"static-gi\"]\n"),
        ("pack/preflight.toml", "pack = \"twitter-2025\"\n"),
        ("ring/preflight.toml", "extends = \"other.toml\"\n"),
        ("ring/other.toml", "deep = true\nextends = \"./preflight.toml\"\n"),
        ("gone/preflight.toml", "extends = \"gone.toml\"\n"),
    ]);
    for (file, wanted) in [
        ("key/a.gif", "error: key/preflight.toml:3:3: unknown key \"fial-on\"; did you mean \"fail-on\"?"),
        ("rule/a.gif", "error: rule/preflight.toml:2:12: unknown rule \"static-gi\"; did you mean \"static-gif\"?"),
        ("pack/a.gif", "error: pack/preflight.toml:1:8: "),
        (
            "ring/a.gif",
            "error: ring/other.toml:2:11: the configurations extend one another in a circle: ring/preflight.toml -> \
             ring/other.toml -> ring/preflight.toml\n",
        ),
        ("gone/a.gif", "error: gone/preflight.toml:1:11: gone/gone.toml: No such file or directory\n"),
    ] {
        fs::write(folder.path().join(file), gif(8, 2)).unwrap();
        for command in [&["check", file][..], &["config", file], &["check", "--format", "json", file]] {
            let message = refused(folder.path(), command);
            assert!(message.starts_with(wanted), "{command:?}: {message}");
        }
    }
    assert!(refused(folder.path(), &["check", "--no-config", "--deep=maybe", "a.gif"]).contains("maybe"));
}

#[test]
fn what_cannot_be_read_is_wrong_configuration_too() {
    let folder = folder(&[("a.gif", "GIF89a"), ("own/a.gif", "GIF89a")]);
    let configuration = folder.path().join("own/preflight.toml");
    let own = ["check", "own/a.gif"];
    for (bytes, wanted) in [
        (b"pack = \"\xff\"".to_vec(), "error: own/preflight.toml: not text in UTF-8\n"),
        (vec![b'\n'; (1 << 20) + 1], "error: own/preflight.toml: longer than 1048576 bytes\n"),
    ] {
        fs::write(&configuration, bytes).unwrap();
        assert_eq!(refused(folder.path(), &own), wanted);
        assert_eq!(refused(folder.path(), &["check", "--pack", "own/preflight.toml", "a.gif"]), wanted);
    }
    fs::remove_file(&configuration).unwrap();
    for (arguments, wanted) in [
        (["check", "--config", "none.toml", "a.gif"], "error: none.toml: No such file or directory\n"),
        (["check", "--pack", "none.toml", "a.gif"], "error: none.toml: No such file or directory\n"),
    ] {
        assert_eq!(refused(folder.path(), &arguments), wanted);
    }
}

#[test]
fn a_configuration_that_is_no_file_is_not_passed_over() {
    let folder = folder(&[("a.gif", "GIF89a"), ("own/a.gif", "GIF89a")]);
    let configuration = folder.path().join("own/preflight.toml");
    fs::create_dir(&configuration).unwrap();
    assert_eq!(refused(folder.path(), &["check", "own/a.gif"]), "error: own/preflight.toml: not a regular file\n");
    #[cfg(unix)]
    {
        fs::remove_dir(&configuration).unwrap();
        std::os::unix::fs::symlink("gone.toml", &configuration).unwrap();
        let wanted = "error: own/preflight.toml: a link that leads nowhere\n";
        assert_eq!(refused(folder.path(), &["check", "own/a.gif"]), wanted);
    }
}

#[test]
fn what_a_broken_configuration_covers_is_not_checked_and_the_scan_goes_on() {
    let folder = folder(&[
        ("a/x.gif", ""),
        ("n/preflight.toml", "pack = \"nope\"\n"),
        ("n/notes", "no media"),
        ("z/x.gif", ""),
        ("z/no name of media", ""),
        ("z/notes.txt", "no media"),
        ("z/preflight.toml", "fial-on = 1\n"),
        ("zz/x.gif", ""),
    ]);
    for file in ["a/x.gif", "z/x.gif", "z/no name of media", "zz/x.gif"] {
        fs::write(folder.path().join(file), gif(8, 2)).unwrap();
    }
    let pack = "n/preflight.toml:1:8: there is no rule pack nope";
    let key = "z/preflight.toml:1:1: unknown key \"fial-on\"; did you mean \"fail-on\"?";
    let not_checked = format!("not checked: {key}");
    for extra in [&[][..], &["--matrix"], &["--jobs", "1"]] {
        let output = preflight()
            .current_dir(folder.path())
            .args(["scan", "--no-cache", "--format", "json", "-o", "all.csv", "-o", "all.sarif"])
            .args(extra)
            .output()
            .unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let files = answer["files"].as_array().unwrap().iter();
        let told: Vec<(&str, &str)> = files
            .map(|file| (file["path"].as_str().unwrap(), file["verdict"].as_str().or(file["error"].as_str()).unwrap()))
            .collect();
        let wanted = [
            ("a/x.gif", "pass"),
            ("z/no name of media", &not_checked),
            ("z/x.gif", &not_checked),
            ("zz/x.gif", "pass"),
        ];
        assert_eq!(told.iter().map(|(path, told)| (path.trim_start_matches("./"), *told)).collect::<Vec<_>>(), wanted);
        assert_eq!(code(&output), 2, "{extra:?}");
        let complaints = stderr(&output);
        assert!(complaints.contains(&format!("error: {key}\n")) && complaints.contains(pack), "{complaints}");
        let summary = &answer["summary"];
        assert_eq!((&summary["unreadable"], &summary["misconfigured"]), (&2.into(), &true.into()));
        let csv = fs::read_to_string(folder.path().join("all.csv")).unwrap();
        assert_eq!(csv.matches("not checked").count(), 2, "{csv}");
        let sarif: Value = serde_json::from_slice(&fs::read(folder.path().join("all.sarif")).unwrap()).unwrap();
        assert_eq!(sarif["runs"][0]["invocations"][0]["exitCode"], 2);
    }
}

#[test]
fn a_name_of_no_pack_is_told_with_its_place_and_the_nearest() {
    let folder = folder(&[("preflight.toml", "pack = \"twiter\"\n")]);
    let message = refused(folder.path(), &["check", "a.gif"]);
    assert!(message.contains("preflight.toml:1:8: there is no rule pack twiter"), "{message}");
    assert!(message.contains("the nearest is twitter"), "{message}");
}

#[test]
fn too_many_files_that_extend_one_another_are_refused() {
    let files: Vec<(String, String)> =
        (0..9).map(|index| (format!("{index}.toml"), format!("extends = \"{}.toml\"\n", index + 1))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&[&files[..], &[("9.toml", "")]].concat());
    let message = refused(folder.path(), &["config", "--config", "0.toml"]);
    assert_eq!(message, "error: 7.toml:1:11: more than 8 configurations extend one another\n");
    assert_eq!(setting(folder.path(), "deep", &["--config", "2.toml"], &[]).1, "default");
}

#[test]
fn people_are_shown_what_holds_and_who_said_so() {
    let folder = folder(&[
        ("preflight.toml", "root = true\npack = \"twitter-2026\"\nignore = [\"fragmented\"]\n"),
        ("clips/preflight.toml", "fail-on = \"warning\"\n"),
    ]);
    let output = preflight()
        .current_dir(folder.path())
        .env("PREFLIGHT_CATEGORY", "TweetVideo")
        .args(["config", "--quiet", "clips/a.mp4"])
        .output()
        .unwrap();
    assert_eq!(
        stdout(&output),
        "\
pack             = \"twitter-2026\"  # preflight.toml:2
category         = \"tweet_video\"   # PREFLIGHT_CATEGORY
select           = []              # default
ignore           = [\"fragmented\"]  # preflight.toml:3
deep             = false           # default
format           = \"human\"         # default
fail-on          = \"warning\"       # clips/preflight.toml:1
allow-undecided  = false           # default
quiet            = true            # --quiet
baseline         = (none)          # default
baseline-by-hash = false           # default

Read, the first wins:
  clips/preflight.toml
  preflight.toml
"
    );
}
