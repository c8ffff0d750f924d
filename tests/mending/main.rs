//! `preflight plan` and `preflight fix` as their users meet them, with an ffmpeg that fails in every way. What the real one makes is
//! held to its rules by `run.sh`.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "tests put files where the command finds them")]

mod faults;
mod places;
mod shells;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder of media, and an ffmpeg that does what a script says.
struct Desk {
    folder: TempDir,
    tools: TempDir,
}

impl Desk {
    /// A folder with copies of these samples.
    fn with(samples: &[&str]) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), tools: tempfile::tempdir().unwrap() };
        for name in samples {
            fs::copy(sample(name), desk.folder.path().join(name)).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a script in the place of ffmpeg. Its last argument is the file to write.
    fn ffmpeg(&self, script: &str) -> PathBuf {
        let path = self.tools.path().join("ffmpeg");
        fs::write(&path, format!("#!/bin/sh\nfor out; do :; done\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The command in the folder, with the script for ffmpeg where there is one.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("preflight"));
        command.current_dir(self.folder.path()).env_remove("PREFLIGHT_FFMPEG").env_remove("PREFLIGHT_PACK");
        let Some((subcommand, arguments)) = arguments.split_first() else { return command };
        command.arg(subcommand);
        if matches!(*subcommand, "fix" | "ladder") {
            command.arg("--ffmpeg").arg(self.tools.path().join("ffmpeg"));
        }
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The names of all files in the folder, those with hidden names too.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Whether a file is still the sample of that name.
    fn is_untouched(&self, name: &str) -> bool {
        fs::read(self.path(name)).unwrap() == fs::read(sample(name)).unwrap()
    }
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
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
