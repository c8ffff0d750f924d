//! `auth check`: what is found, where, and never its value.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{code, preflight, stderr, stdout};

const KEYS: [&str; 4] =
    ["PREFLIGHT_API_KEY", "PREFLIGHT_API_SECRET", "PREFLIGHT_ACCESS_TOKEN", "PREFLIGHT_ACCESS_SECRET"];

/// `auth check` in a home of its own.
fn check(home: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> std::process::Output {
    let mut command = preflight();
    for name in KEYS.into_iter().chain(["PREFLIGHT_BEARER"]) {
        command.env_remove(name);
    }
    let command = command.env("HOME", home).env("XDG_CONFIG_HOME", home).env("APPDATA", home);
    command.args(["auth", "check"]).args(arguments).envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn nothing_found_is_said_with_what_to_do() {
    let home = TempDir::new().unwrap();
    let output = check(home.path(), &[], &[]);
    assert_eq!((code(&output), stderr(&output)), (1, String::new()));
    let text = stdout(&output).replace(&home.path().to_string_lossy().into_owned(), "HOME");
    assert!(text.contains("PREFLIGHT_API_KEY        not found\n"), "{text}");
    assert!(text.contains("version 2: not enough for any call: no credentials: set PREFLIGHT_API_KEY"), "{text}");
    assert!(text.contains("media-preflight/credentials.toml"), "{text}");
}

#[test]
fn values_are_never_shown() {
    let home = TempDir::new().unwrap();
    let variables: Vec<(&str, &str)> = KEYS.into_iter().map(|name| (name, "hunter2")).collect();
    for format in ["human", "json"] {
        let output = check(home.path(), &variables, &["--format", format]);
        assert_eq!(code(&output), 0);
        assert!(!stdout(&output).contains("hunter2") && !stderr(&output).contains("hunter2"), "{}", stdout(&output));
        assert!(stdout(&output).contains("environment"), "{}", stdout(&output));
    }
}

#[test]
fn a_bearer_uploads_by_version_2_only() {
    let home = TempDir::new().unwrap();
    let output = check(home.path(), &[("PREFLIGHT_BEARER", "AAAA")], &["--format", "json"]);
    assert_eq!(code(&output), 0);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["calls"][0], serde_json::json!({"api": "2", "enough": true, "by": "bearer", "why": null}));
    assert_eq!(json["calls"][1]["enough"], false);
    assert_eq!(json["credentials"][4], serde_json::json!({"name": "PREFLIGHT_BEARER", "found": "environment"}));
}

#[cfg(unix)]
#[test]
fn the_file_must_be_private() {
    use std::os::unix::fs::PermissionsExt;

    let home = TempDir::new().unwrap();
    let folder =
        if cfg!(target_os = "macos") { "Library/Application Support/media-preflight" } else { "media-preflight" };
    let folder = home.path().join(folder);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("credentials.toml");
    fs::write(&file, "bearer = \"hunter2\"\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let output = check(home.path(), &[], &[]);
    assert_eq!(code(&output), 2);
    let error = stderr(&output);
    assert!(error.contains("its mode is 0644") && error.contains("chmod 600"), "{error}");

    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let output = check(home.path(), &[], &[]);
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains(&format!("PREFLIGHT_BEARER         found in {}", file.display())));

    fs::write(&file, "hunter2\n").unwrap();
    let output = check(home.path(), &[], &[]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("credentials.toml, line 1: expected") && !stderr(&output).contains("hunter2"));
}
