//! The configurations that hold for a file: found in the folders above it, and those that they extend.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use clap::ValueEnum;
use media_preflight::config::Config;
use media_preflight::profile::ProfileError;

use crate::cli::failure::{Failure, plain};
use crate::cli::outputs::ReportFormat;
use crate::cli::pack;

/// The name of a configuration.
pub(crate) const NAME: &str = "preflight.toml";
/// How many configurations may extend one another.
const DEPTH: usize = 8;

/// One configuration that holds for a file.
#[derive(Debug)]
pub(crate) struct Layer {
    /// The file as people are shown it.
    pub(crate) origin: Arc<str>,
    /// Its folder, to which its paths are relative.
    pub(crate) folder: PathBuf,
    /// The folder to which globs are relative: that of the configuration that was found, which extends this one.
    pub(crate) base: PathBuf,
    /// What it says.
    pub(crate) config: Config,
}

/// Configurations, that which wins first.
pub(crate) type Chain = Arc<[Arc<Layer>]>;

/// Where configurations are looked for.
#[derive(Debug)]
pub(crate) enum Searched {
    /// In the folders above a file.
    Upward,
    /// In one file.
    Only(PathBuf),
    /// Nowhere.
    Nowhere,
}

/// The configurations of folders. Each file is read once.
#[derive(Debug)]
pub(crate) struct Folders {
    upward: bool,
    /// What holds for all files, where nothing is looked for above them.
    fixed: Chain,
    here: PathBuf,
    /// By folder, as it was given and by its absolute path.
    chains: Mutex<HashMap<PathBuf, (PathBuf, Chain)>>,
    /// By configuration that was found, with those that it extends.
    found: Mutex<HashMap<PathBuf, Chain>>,
    /// In which state files were when they were looked for, where changes are of interest.
    seen: Option<Mutex<HashMap<PathBuf, Seen>>>,
}

/// A file that was looked for.
#[derive(Debug)]
struct Seen {
    state: State,
    /// Whether it may hold for files anywhere, rather than for those below it.
    is_for_any: bool,
}

/// What tells the states of a file apart: time of the last change and length, of what has the name and of what a link leads to.
type State = [Option<(Option<SystemTime>, u64)>; 2];

impl Folders {
    /// Looks there. Errors: the one file that is to be read cannot be, or is not valid.
    pub(crate) fn new(searched: Searched) -> Result<Self, Failure> {
        let here = fs::canonicalize(".").unwrap_or_default();
        let mut folders = Self {
            upward: matches!(searched, Searched::Upward),
            fixed: Arc::default(),
            here,
            chains: Mutex::default(),
            found: Mutex::default(),
            seen: None,
        };
        if let Searched::Only(path) = searched {
            let path = fs::canonicalize(&path).map_err(|cause| Failure::Configuration { path, cause })?;
            folders.fixed = folders.extended(&path)?;
        }
        Ok(folders)
    }

    /// From now on, remembers in which state files were.
    pub(crate) fn heed_changes(&mut self) {
        self.seen = Some(Mutex::default());
    }

    /// Remembers in which state a file is that is about to be read, whichever files it holds for.
    pub(crate) fn see(&self, path: &Path) {
        self.see_for(path, true);
    }

    fn see_for(&self, path: &Path, is_for_any: bool) {
        if let Some(seen) = &self.seen {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let seen = seen.entry(path.to_owned()).or_insert_with(|| Seen { state: state(path), is_for_any });
            seen.is_for_any |= is_for_any;
        }
    }

    /// Forgets all that was read where a file that holds for the one at `path` is in another state by now. Says whether it was so.
    pub(crate) fn forget_changed(&self, path: &Path) -> bool {
        let Some(seen) = &self.seen else { return false };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = self.absolute(path.parent().unwrap_or(Path::new("")));
        // Those that were looked for upward hold for what is below them, and others are few.
        let concerns = |path: &Path, seen: &Seen| seen.is_for_any || folder.starts_with(path.parent().unwrap_or(path));
        let is_changed = seen.iter().any(|(path, then)| concerns(path, then) && state(path) != then.state);
        if is_changed {
            seen.clear();
            self.chains.lock().unwrap_or_else(PoisonError::into_inner).clear();
            self.found.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        is_changed
    }

    /// The configurations for a file, and its absolute path; no path for standard input.
    pub(crate) fn of_file(&self, path: &Path) -> Result<(Chain, Option<PathBuf>), Failure> {
        let (folder, name) = match path.file_name() {
            Some(name) if path.as_os_str() != "-" => (path.parent().unwrap_or(Path::new("")), Some(name)),
            _ => (Path::new(""), None),
        };
        let (absolute, chain) = self.of_folder(folder)?;
        Ok((chain, name.map(|name| absolute.join(name))))
    }

    /// The configurations for a run: those of the deepest folder that holds all inputs.
    pub(crate) fn of_run(&self, inputs: &[PathBuf]) -> Result<Chain, Failure> {
        let mut common: Option<PathBuf> = None;
        for input in inputs {
            let folder = if input.is_dir() { input } else { input.parent().unwrap_or(Path::new("")) };
            let folder = self.absolute(folder);
            common = Some(match common {
                None => folder,
                Some(common) => common
                    .ancestors()
                    .find(|ancestor| folder.starts_with(ancestor))
                    .map_or_else(PathBuf::new, Path::to_owned),
            });
        }
        Ok(self.of_folder(&common.unwrap_or_default())?.1)
    }

    /// The absolute path of a folder, and its configurations.
    fn of_folder(&self, folder: &Path) -> Result<(PathBuf, Chain), Failure> {
        let known = |chains: &HashMap<PathBuf, (PathBuf, Chain)>| chains.get(folder).cloned();
        if let Some(known) = known(&self.chains.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(known);
        }
        let absolute = self.absolute(folder);
        let mut chain = Vec::new();
        if self.upward {
            for above in absolute.ancestors() {
                let path = above.join(NAME);
                self.see_for(&path, false);
                if !is_there(&path) {
                    continue;
                }
                let layers = self.extended(&path)?;
                let is_root = layers.first().is_some_and(|layer| layer.config.root);
                chain.extend(layers.iter().cloned());
                if is_root {
                    break;
                }
            }
        }
        let chain: Chain = if self.upward { chain.into() } else { Arc::clone(&self.fixed) };
        let entry = (absolute, chain);
        let mut chains = self.chains.lock().unwrap_or_else(PoisonError::into_inner);
        chains.insert(entry.0.clone(), entry.clone());
        chains.insert(folder.to_owned(), entry.clone());
        Ok(entry)
    }

    /// The folder without links and `..`; where it is not there, as it would be.
    fn absolute(&self, folder: &Path) -> PathBuf {
        if folder.as_os_str().is_empty() {
            return self.here.clone();
        }
        fs::canonicalize(folder).unwrap_or_else(|_| self.here.join(folder))
    }

    /// A configuration and those that it extends.
    fn extended(&self, path: &Path) -> Result<Chain, Failure> {
        if let Some(known) = self.found.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Ok(Arc::clone(known));
        }
        let base = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut layers: Vec<Arc<Layer>> = Vec::new();
        let mut paths = vec![path.to_owned()];
        let unreadable = |cause| Failure::Configuration { path: self.shown(path).into(), cause };
        let mut layer = self.read(path, &base).map_err(unreadable)??;
        while let Some(extends) = layer.config.extends.clone() {
            let refuse = |message: String| {
                let origin = layer.origin.to_string();
                Failure::Pack(ProfileError { origin, line: extends.line, column: extends.column, message })
            };
            let next = layer.folder.join(&extends.value);
            // A link on the way may come to lead elsewhere.
            self.see(&next);
            let next =
                fs::canonicalize(&next).map_err(|error| refuse(format!("{}: {}", self.shown(&next), plain(&error))))?;
            if let Some(from) = paths.iter().position(|known| *known == next) {
                let circle = paths.iter().skip(from).chain([&next]).map(|path| self.shown(path));
                let circle = circle.collect::<Vec<_>>().join(" -> ");
                return Err(refuse(format!("the configurations extend one another in a circle: {circle}")));
            }
            if paths.len() >= DEPTH {
                return Err(refuse(format!("more than {DEPTH} configurations extend one another")));
            }
            self.see(&next);
            let below = self
                .read(&next, &base)
                .map_err(|error| refuse(format!("{}: {}", self.shown(&next), plain(&error))))??;
            paths.push(next);
            layers.push(Arc::new(std::mem::replace(&mut layer, below)));
        }
        layers.push(Arc::new(layer));
        let layers: Chain = layers.into();
        self.found.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), Arc::clone(&layers));
        Ok(layers)
    }

    fn read(&self, path: &Path, base: &Path) -> std::io::Result<Result<Layer, ProfileError>> {
        let text = pack::read(path)?;
        let origin: Arc<str> = self.shown(path).into();
        let formats = ReportFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let formats: Vec<String> = formats.map(|format| format.get_name().to_owned()).collect();
        let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
        Ok(Config::parse(&text, &origin, &formats).map(|config| Layer {
            origin,
            folder: path.parent().unwrap_or(Path::new("")).to_owned(),
            base: base.to_owned(),
            config,
        }))
    }

    /// A path as people are shown it: from where they are, where it is below.
    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.here).unwrap_or(path).to_string_lossy().into_owned()
    }
}

fn state(path: &Path) -> State {
    let mark = |metadata: fs::Metadata| (metadata.modified().ok(), metadata.len());
    [fs::symlink_metadata(path).ok().map(mark), fs::metadata(path).ok().map(mark)]
}

/// Whether something has that name, a link that leads nowhere and a folder included: what was meant to hold is not passed over.
fn is_there(path: &Path) -> bool {
    // A folder that may not be looked into is one in which nothing was found: whoever may read files below it need not be its owner.
    fs::symlink_metadata(path).is_ok()
}
