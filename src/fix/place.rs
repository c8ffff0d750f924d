//! Where results go: beside the source, into a folder, to a path, or in the place of the source.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::error::{FixError, plain};
use super::unfinished::Unfinished;

/// Where results go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Beside the source, as `NAME.fixed.EXT`.
    Beside,
    /// To this path.
    File(PathBuf),
    /// Into this folder, under the name of the source.
    Folder(PathBuf),
    /// In the place of the source, or of what it leads to where it is a symbolic link.
    InPlace {
        /// Keep the source as `NAME.EXT.bak`.
        backup: bool,
    },
}

/// Where results go, and what may be replaced there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub to: Destination,
    /// Whether a file that is there may be replaced. A source that is mended in place always is.
    pub overwrite: bool,
    /// What stands between the name and the extension, such as `part1`; empty for none.
    pub part: String,
}

impl Place {
    /// The path of the result of a source.
    pub fn path(&self, source: &Path, extension: &str) -> PathBuf {
        let folder = source.parent().unwrap_or(Path::new(""));
        match &self.to {
            Destination::Beside => {
                let fixed = if self.part.is_empty() { "fixed" } else { &self.part };
                folder.join(name(source, fixed, extension))
            }
            Destination::File(path) if self.part.is_empty() => path.clone(),
            Destination::File(path) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                folder.join(name(path, &self.part, extension))
            }
            Destination::Folder(to) => to.join(name(source, &self.part, extension)),
            Destination::InPlace { .. } => target(source).with_file_name(name(&target(source), "", extension)),
        }
    }

    /// The folder of the result of a source.
    pub fn folder(&self, source: &Path) -> PathBuf {
        folder_of(&self.path(source, "")).to_owned()
    }

    /// Errors: the result was given the name of another format.
    fn fits_name(&self, extension: &'static str) -> Result<(), FixError> {
        let Destination::File(path) = &self.to else { return Ok(()) };
        let named = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        let family = |name: &str| FAMILIES.iter().position(|family| family.contains(&name));
        match family(&named) {
            Some(named) if family(extension) != Some(named) => {
                Err(FixError::Misnamed { path: path.clone(), extension })
            }
            _ => Ok(()),
        }
    }

    /// Errors: the result would replace what may not be replaced. It is looked at again when the result is put there.
    pub(super) fn is_free(&self, source: &Path, extension: &'static str) -> Result<(), FixError> {
        let path = self.path(source, extension);
        // What an image becomes is found while it is made.
        if FILM.contains(&extension) {
            self.fits_name(extension)?;
        }
        let is_source = is_same(&path, source);
        self.keeps_link(source, &path)?;
        if is_source && !matches!(self.to, Destination::InPlace { .. }) {
            return Err(FixError::Exists(path));
        }
        if let Destination::InPlace { backup: true } = self.to
            && fs::symlink_metadata(backup_of(&target(source))).is_ok()
        {
            return Err(FixError::Exists(backup_of(&target(source))));
        }
        if !is_source && !self.overwrite && fs::symlink_metadata(&path).is_ok() {
            return Err(FixError::Exists(path));
        }
        Ok(())
    }

    /// Errors: mending in place would give another name to what a link leads to, so that the link would lead nowhere.
    fn keeps_link(&self, source: &Path, path: &Path) -> Result<(), FixError> {
        let target = target(source);
        let is_renamed = matches!(self.to, Destination::InPlace { .. }) && path != target;
        if is_renamed && target != source {
            return Err(FixError::Linked {
                link: source.to_owned(),
                target: target.into_owned(),
                path: path.to_owned(),
            });
        }
        Ok(())
    }

    /// An empty file with a temporary name in the folder of the result.
    pub(super) fn temporary(&self, source: &Path, extension: &str) -> Result<Unfinished, FixError> {
        let folder = self.folder(source);
        // It becomes as the source is when it is finished.
        Unfinished::new(&folder, extension, false).map_err(FixError::write(folder))
    }

    /// Gives what was made its final name. The result's path, and that of the source where it was kept.
    pub(super) fn settle(
        &self,
        made: Unfinished,
        source: &Path,
        extension: &'static str,
    ) -> Result<(PathBuf, Option<PathBuf>), FixError> {
        self.fits_name(extension)?;
        let path = self.path(source, extension);
        self.keeps_link(source, &path)?;
        let like_source = || -> io::Result<()> {
            // A temporary file is for its owner alone; the result is for whom the source is for.
            fs::set_permissions(&made, fs::metadata(source)?.permissions())?;
            File::open(&made)?.sync_all()
        };
        like_source().map_err(FixError::write(&path))?;
        let is_source = is_same(&path, source);
        let mut backup = None;
        if let Destination::InPlace { backup: wanted } = self.to {
            if wanted {
                let kept = backup_of(&target(source));
                keep(&target(source), &kept).map_err(FixError::write(&kept))?;
                backup = Some(kept);
            }
        } else if is_source {
            return Err(FixError::Exists(path));
        }
        if is_source || self.overwrite {
            made.replace(&path).map_err(FixError::write(&path))?;
        } else {
            made.settle(&path).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => FixError::Exists(path.clone()),
                _ => FixError::write(&path)(error),
            })?;
        }
        if matches!(self.to, Destination::InPlace { .. }) && !is_source {
            // It has another extension now, and the result is whole and safe beside it.
            fs::remove_file(source).map_err(FixError::write(source))?;
        }
        Ok((path, backup))
    }
}

/// The bytes of a file that is mended in memory.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, FixError> {
    let unreadable = |why: String| FixError::Source { path: path.to_owned(), why };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(plain(&error)))?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| unreadable(plain(&error)))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(format!("more than {LARGEST} bytes, which is too much for an image or captions")));
    }
    Ok(bytes)
}

/// Writes a whole file.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), FixError> {
    let mut file = File::create(path).map_err(FixError::write(path))?;
    file.write_all(bytes).map_err(FixError::write(path))
}

/// The source under a second name, without a moment in which it has none.
fn keep(source: &Path, kept: &Path) -> io::Result<()> {
    if fs::hard_link(source, kept).is_ok() {
        return Ok(());
    }
    // Some file systems have no second names.
    let mut to = File::create_new(kept)?;
    io::copy(&mut File::open(source)?, &mut to)?;
    to.sync_all()
}

/// What a symbolic link leads to; any other path as it is.
fn target(source: &Path) -> Cow<'_, Path> {
    match fs::symlink_metadata(source) {
        Ok(metadata) if metadata.is_symlink() => fs::canonicalize(source).map_or(Cow::Borrowed(source), Cow::Owned),
        _ => Cow::Borrowed(source),
    }
}

fn backup_of(source: &Path) -> PathBuf {
    let mut name = source.as_os_str().to_owned();
    name.push(".bak");
    name.into()
}

/// `STEM.MIDDLE.EXT`
fn name(path: &Path, middle: &str, extension: &str) -> OsString {
    let mut name = path.file_stem().unwrap_or(OsStr::new("media")).to_owned();
    if !middle.is_empty() {
        name.push(".");
        name.push(middle);
    }
    // In place, an extension that says the same stays as it is.
    let own = path.extension().filter(|own| middle.is_empty() && is_alike(own, extension));
    name.push(".");
    name.push(own.unwrap_or(OsStr::new(extension)));
    name
}

/// Whether two extensions name the same format.
fn is_alike(own: &OsStr, extension: &str) -> bool {
    const ALIKE: [&[&str]; 4] = [&["jpg", "jpeg", "jpe", "jfif"], &["mp4", "m4v"], &["mov", "qt"], &["srt", "txt"]];
    let own = own.to_string_lossy().to_ascii_lowercase();
    own == extension || ALIKE.iter().any(|group| group.contains(&own.as_str()) && group.contains(&extension))
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether two paths lead to one file.
fn is_same(path: &Path, other: &Path) -> bool {
    match (fs::canonicalize(path), fs::canonicalize(other)) {
        (Ok(path), Ok(other)) => path == other,
        _ => false,
    }
}

/// Bytes that are held at once.
const LARGEST: u64 = 1 << 30;

/// Names of films that are made.
const FILM: &[&str] = &["mp4", "m4v", "mov"];
/// Names of one format each; a name that is none of them says nothing.
const FAMILIES: &[&[&str]] = &[
    FILM,
    &["gif"],
    &["jpg", "jpeg", "jpe", "jfif"],
    &["png"],
    &["webp"],
    &["srt"],
    &["mkv", "webm", "avi", "ts", "flv", "wmv", "tif", "tiff", "bmp", "heic", "avif"],
];
