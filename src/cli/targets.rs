//! What is to be checked: the arguments, with directories replaced by the files directly in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use media_preflight::scan::ALT_TEXT_ENDING;

use super::config::NAME as CONFIGURATION;
use super::failure::Usage;

/// One thing to check.
#[derive(Debug)]
pub(crate) enum Target {
    /// A file, which may turn out to be unreadable.
    File(PathBuf),
    /// Standard input.
    StandardInput,
    /// A directory that could not be listed.
    Unlisted(PathBuf, io::Error),
}

impl Target {
    /// The path as it was given, or as it was found in a directory.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Unlisted(path, _) => path,
            Self::StandardInput => Path::new("-"),
        }
    }
}

/// The files that the arguments stand for, in their order; those of a directory sorted by name.
pub(crate) fn targets(arguments: &[PathBuf]) -> Result<Vec<Target>, Usage> {
    let mut targets = Vec::with_capacity(arguments.len());
    let mut standard_input = false;
    for argument in arguments {
        if argument.as_os_str() == "-" {
            if standard_input {
                return Err(Usage::StandardInputTwice);
            }
            standard_input = true;
            targets.push(Target::StandardInput);
        } else if argument.is_dir() {
            match children(argument) {
                Ok(files) => targets.extend(files.into_iter().map(Target::File)),
                Err(error) => targets.push(Target::Unlisted(argument.clone(), error)),
            }
        } else {
            targets.push(Target::File(argument.clone()));
        }
    }
    Ok(targets)
}

/// The files directly in a directory, by name; hidden ones, subdirectories, devices, alternative texts and the configuration
/// left out.
fn children(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        let is_of_ours = name.ends_with(ALT_TEXT_ENDING.as_bytes()) || name == CONFIGURATION.as_bytes();
        if name.starts_with(b".") || is_of_ours {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type()?;
        // A link is what it leads to. One that leads nowhere stays, so that the run says so.
        let is_file =
            if kind.is_symlink() { fs::metadata(&path).map_or(true, |to| to.is_file()) } else { kind.is_file() };
        if is_file {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}
