//! The command as a test gives it.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use crate::server::credentials;

/// A command against the server at an address, whose memory of uploads is in `folder`.
pub(crate) fn preflight(folder: &Path, address: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo_bin!("preflight"));
    credentials(&mut command).current_dir(folder).args(arguments);
    command.env("PREFLIGHT_STATE_DIR", folder.join("state")).env("PREFLIGHT_ENDPOINT", format!("http://{address}"));
    command
}

/// Runs it to its end.
pub(crate) fn run(folder: &Path, address: &str, arguments: &[&str]) -> Output {
    preflight(folder, address, arguments).output().unwrap()
}

/// Starts it.
pub(crate) fn start(folder: &Path, address: &str, arguments: &[&str]) -> Child {
    preflight(folder, address, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The entries of an answer in JSON.
pub(crate) fn files(output: &Output) -> Vec<Value> {
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    answer["files"].as_array().unwrap().clone()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

pub(crate) fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}
