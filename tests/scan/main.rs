//! `preflight scan` as its users meet it: what it finds, what it remembers, and what cannot stop it.

#![expect(clippy::disallowed_methods, reason = "tests put files where the command finds them")]

mod cache;
#[cfg(unix)]
mod interrupts;
#[cfg(unix)]
mod special;
mod walking;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A library in a folder of its own, and beside it the cache of its scans.
struct Library {
    folder: TempDir,
}

impl Library {
    fn new() -> Self {
        let library = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(library.root()).unwrap();
        library
    }

    /// A library of `count` GIFs in folders of ten; each second one has a loop too few to be taken for animated.
    fn of(count: usize) -> Self {
        let library = Self::new();
        for number in 0..count {
            let frames = if number % 2 == 0 { 2 } else { 351 };
            library.write(&format!("{:03}/{number:05}.gif", number / 10), &gif(frames));
        }
        library
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("library")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file, old enough for a cache to trust its time.
    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        set_time(&path, 1_000_000_000);
    }

    /// The command, with its cache beside the library, at work in the library.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_preflight"));
        for name in ["PREFLIGHT_PACK", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command.env("PREFLIGHT_CACHE_DIR", self.cache()).current_dir(self.root()).args(arguments);
        command
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn scan(&self, arguments: &[&str]) -> Output {
        self.command(&[&["scan"], arguments].concat()).output().unwrap()
    }

    /// The answer of `scan --format json`.
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.scan(&[&["--format", "json"], arguments].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }
}

/// The paths of an answer, in order.
fn paths(answer: &Value) -> Vec<&str> {
    answer["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect()
}

/// The verdicts of an answer, in order; of what could not be read, the error.
fn verdicts(answer: &Value) -> Vec<&str> {
    let files = answer["files"].as_array().unwrap();
    files.iter().map(|file| file["verdict"].as_str().or(file["error"].as_str()).unwrap()).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn set_time(path: &Path, seconds: u64) {
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    fs::OpenOptions::new().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// A GIF of so many frames of one pixel: more than 350 are refused.
fn gif(frames: usize) -> Vec<u8> {
    // Header, 1x1 logical screen without a colour table; then each frame with a delay, a table of two colours and a pixel.
    let mut bytes = b"GIF89a\x01\0\x01\0\0\0\0".to_vec();
    for _ in 0..frames {
        bytes.extend(b"\x21\xf9\x04\0\x05\0\0\0");
        bytes.extend(b"\x2c\0\0\0\0\x01\0\x01\0\x80\0\0\0\xff\xff\xff\x02\x02\x44\x01\0");
    }
    bytes.push(b';');
    bytes
}
