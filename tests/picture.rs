//! The picture in the README is what the program prints today.
//!
//! After a wanted change: `UPDATE_PICTURE=1 cargo test --test picture`, and look at docs/check.svg.

#![allow(clippy::disallowed_methods, reason = "tests and benchmarks read files; the core does not")]

use std::env;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

const COMMAND: &str = "check --ignore video-bitrate-recommended photo.jpg video-open-gop.mp4 gif-351-frames.gif";

#[test]
fn the_picture_in_the_readme_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_preflight"))
        .current_dir(root.join("samples"))
        .env("COLUMNS", "110")
        .env_remove("NO_COLOR")
        .env_remove("PREFLIGHT_PACK")
        .args(["--color", "always"])
        .args(COMMAND.split(' '))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "two of the three fail");
    let text = format!("$ preflight {COMMAND}\n{}", String::from_utf8(output.stdout).unwrap());
    let picture = anstyle_svg::Term::new().palette(anstyle_svg::WIN10_CONSOLE).render_svg(&text);
    // Dimmed text as terminals show it: readable, which an opacity of 0.4 on black is not.
    let picture = picture.replace(".dimmed { opacity: 0.4; }", ".dimmed { opacity: 0.7; }");
    let path = root.join("docs/check.svg");
    if env::var_os("UPDATE_PICTURE").is_some() {
        fs::write(&path, &picture).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        committed == picture,
        "docs/check.svg is not what the program prints: UPDATE_PICTURE=1 cargo test --test picture"
    );
}
