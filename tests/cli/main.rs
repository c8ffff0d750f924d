//! The command as its users meet it: what it writes, where, and with which exit status.

#![expect(clippy::disallowed_methods, reason = "tests put files where the command finds them")]

mod auth;
mod baseline;
mod config;
mod contract;
mod explain;
mod inputs;
mod matrix;
mod people;
mod usage;
mod verdicts;

use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

/// The command, away from the settings of whoever runs the tests.
fn preflight() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("preflight"));
    for name in ["PREFLIGHT_PACK", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

/// The answer of `check --format json` with more arguments, in a folder.
fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = preflight().current_dir(folder).args(["check", "--format", "json"]).args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The paths of an answer, in order.
fn paths(answer: &Value) -> Vec<&str> {
    answer["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A GIF of `frames` frames of `side` x `side` pixels, written by the `gif` crate.
fn gif(side: u16, frames: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, side, side, &[0, 0, 0, 255, 255, 255]).unwrap();
    for _ in 0..frames {
        let pixels = vec![1; usize::from(side) * usize::from(side)];
        encoder.write_frame(&gif::Frame::from_indexed_pixels(side, side, pixels, None)).unwrap();
    }
    drop(encoder);
    bytes
}

/// A PNG of `side` x `side` pixels, written by the `image` crate.
fn png(side: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(side, side).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Captions of one cue that ends at `milliseconds`, less than a minute.
fn srt(milliseconds: u16) -> String {
    format!("1\n00:00:00,000 --> 00:00:{:02},{:03}\nHello\n", milliseconds / 1000, milliseconds % 1000)
}

/// A file that the repository holds.
fn sample(name: &str) -> String {
    format!("{}/samples/{name}", env!("CARGO_MANIFEST_DIR"))
}
