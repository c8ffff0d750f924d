//! Which entries of the folders below a path are looked at: by globs, by ignore files, by their names.

use std::borrow::Cow;
use std::collections::HashMap;
use std::env;
use std::ffi::OsStr;
use std::mem;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, Match};

use super::ignored::{IgnoreRules, KINDS};
use super::seen::seen_from;
use super::walk::WalkOptions;

/// Chooses among the entries of a walk, which come in its order: a folder before what it holds, and that before what is beside it.
#[derive(Debug)]
pub(super) struct Chooser {
    globs: Override,
    /// The folder from which globs are seen; absent where there are none, or the folder is not known.
    here: Option<PathBuf>,
    /// Whether a glob leads out of that folder.
    lead_out: bool,
    hidden: bool,
    heeds_ignore_files: bool,
    way: Mutex<Way>,
}

/// Where the walk is.
#[derive(Debug, Default)]
struct Way {
    /// The folders from the path that was given to the one whose entries come.
    folders: Vec<Folder>,
    /// The rules of the folders above the path that was given, the nearest first.
    above: Vec<Arc<IgnoreRules>>,
    /// Those that were looked at for this path or an earlier one; absent where they say nothing.
    known_above: HashMap<PathBuf, Option<Arc<IgnoreRules>>>,
    /// What is not heeded and was not told yet.
    notes: Vec<String>,
}

/// A folder on the way.
#[derive(Debug, Default)]
struct Folder {
    rules: Option<IgnoreRules>,
    /// Its path from the root of the file system, where a folder above has rules.
    absolute: Option<PathBuf>,
    /// Its path as seen from the current folder, where that is not the one that it has in the walk.
    seen: Option<PathBuf>,
}

impl Chooser {
    /// One for a walk.
    ///
    /// Errors: a glob that cannot be read.
    pub(super) fn new(options: &WalkOptions) -> Result<Self, ignore::Error> {
        let mut globs = OverrideBuilder::new(".");
        for glob in &options.globs {
            globs.add(glob)?;
        }
        Ok(Self {
            globs: globs.build()?,
            lead_out: options.globs.iter().any(|glob| glob.trim_start_matches('!').starts_with("..")),
            here: if options.globs.is_empty() { None } else { env::current_dir().ok() },
            hidden: options.hidden,
            heeds_ignore_files: !options.no_ignore,
            way: Mutex::default(),
        })
    }

    /// Comes to a path that was given, which is looked at whatever ignore files say of it.
    pub(super) fn begin(&self, path: &Path, is_folder: bool) {
        let mut way = self.way();
        way.folders.clear();
        way.above.clear();
        if !is_folder {
            return;
        }
        let mut folder = Folder::default();
        if self.heeds_ignore_files {
            if let Ok(absolute) = path.canonicalize() {
                way.look_above(&absolute);
                folder.absolute = (!way.above.is_empty()).then_some(absolute);
            }
            folder.rules = IgnoreRules::of(path, &mut way.notes);
        }
        folder.seen = self.seen(path);
        way.folders.push(folder);
    }

    /// Whether an entry of a folder is looked at; where it is a folder, its entries are the next ones.
    pub(super) fn takes(&self, entry: &DirEntry) -> bool {
        let mut way = self.way();
        let way = &mut *way;
        way.folders.truncate(entry.depth());
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let beside = |path: &PathBuf| path.join(entry.file_name());
        let holder = way.folders.last();
        let absolute = holder.and_then(|holder| holder.absolute.as_ref()).map(beside);
        let seen = holder.and_then(|holder| holder.seen.as_ref()).map(beside);
        let path = entry.path();
        let is_taken = match self.wanted_by_globs(seen.as_deref().unwrap_or(path), is_folder) {
            Some(is_wanted) => is_wanted,
            None => match way.leaves_out(path, absolute.as_deref(), is_folder) {
                Some(leaves_out) => !leaves_out,
                None => self.hidden || !is_hidden(entry),
            },
        };
        if is_taken && is_folder {
            let rules = if self.heeds_ignore_files { IgnoreRules::of(entry.path(), &mut way.notes) } else { None };
            // On the way down from above the current folder, `../name` may be that folder itself.
            let seen = seen.map(|seen| self.seen(&seen).unwrap_or(seen));
            way.folders.push(Folder { rules, absolute, seen });
        }
        is_taken
    }

    /// Whether the globs of the options want a path, as it is seen from the current folder. Absent: they do not say.
    fn wanted_by_globs(&self, shown: &Path, is_folder: bool) -> Option<bool> {
        // Most walks have none.
        if self.globs.is_empty() {
            return None;
        }
        let shown = if self.lead_out { Cow::Borrowed(shown) } else { out_of_reach(shown) };
        match self.globs.matched(&shown, is_folder) {
            Match::Ignore(_) => Some(false),
            Match::Whitelist(_) => Some(true),
            Match::None => None,
        }
    }

    /// What is not heeded and was not told yet, one sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        mem::take(&mut self.way().notes)
    }

    fn seen(&self, path: &Path) -> Option<PathBuf> {
        self.here.as_ref().and_then(|here| seen_from(here, path))
    }

    fn way(&self) -> MutexGuard<'_, Way> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Way {
    /// Looks at the ignore files of the folders above one, each of them once in a walk.
    fn look_above(&mut self, folder: &Path) {
        let Self { above, known_above, notes, .. } = self;
        let folders: Vec<&Path> = folder.ancestors().skip(1).collect();
        // What holds for all is told first.
        for folder in folders.into_iter().rev() {
            let rules = if let Some(known) = known_above.get(folder) {
                known.clone()
            } else {
                let rules = IgnoreRules::of(folder, notes).map(Arc::new);
                known_above.insert(folder.to_owned(), rules.clone());
                rules
            };
            above.extend(rules);
        }
        above.reverse();
    }

    /// Whether ignore files leave out a path, the one from the root of the file system being `absolute`.
    fn leaves_out(&self, path: &Path, absolute: Option<&Path>, is_folder: bool) -> Option<bool> {
        (0..KINDS).find_map(|kind| {
            let below =
                self.folders.iter().rev().filter_map(|folder| folder.rules.as_ref()).map(|rules| (rules, Some(path)));
            let above = self.above.iter().map(|rules| (&**rules, absolute));
            for (rules, path) in below.chain(above) {
                let leaves_out = rules.leaves_out(kind, path?, is_folder);
                if leaves_out.is_some() {
                    return leaves_out;
                }
                if rules.ends(kind) {
                    return None;
                }
            }
            None
        })
    }
}

/// A path with another name for each `..` with which it begins: no glob for hidden files is to match the way out of the
/// current folder, which `.*` would.
fn out_of_reach(path: &Path) -> Cow<'_, Path> {
    let ways = path.components().take_while(|component| *component == Component::ParentDir).count();
    if ways == 0 {
        return path.into();
    }
    let out = std::iter::repeat_n(Component::Normal(OsStr::new("\u{1}")), ways);
    out.chain(path.components().skip(ways)).collect::<PathBuf>().into()
}

fn is_hidden(entry: &DirEntry) -> bool {
    has_hidden_name(entry.file_name()) || has_hidden_mark(entry)
}

fn has_hidden_name(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

#[cfg(windows)]
fn has_hidden_mark(entry: &DirEntry) -> bool {
    use std::os::windows::fs::MetadataExt;
    const FILE_ATTRIBUTE_HIDDEN: u32 = 2;
    entry.metadata().is_ok_and(|metadata| metadata.file_attributes() & FILE_ATTRIBUTE_HIDDEN != 0)
}

#[cfg(not(windows))]
const fn has_hidden_mark(_: &DirEntry) -> bool {
    false
}
