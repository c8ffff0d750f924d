//! Which results of a run would replace a source of it, or one another.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::place::folder_of;

/// The sources of a run, and the results that were claimed so far.
#[derive(Debug)]
pub struct Claims {
    /// Where each source really is, and as what it was named.
    sources: HashMap<PathBuf, PathBuf>,
    /// Where each result will really be, and the source that it is of.
    results: HashMap<PathBuf, PathBuf>,
}

/// Why two files of a run cannot be mended together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Clash {
    /// A result would replace a source.
    #[error("the result of {} would be {}, which is a source of this run", .of.display(), .source_file.display())]
    Source {
        /// The source of the result.
        of: PathBuf,
        /// The source that would be replaced, as it was named.
        source_file: PathBuf,
    },
    /// Two results would have one path.
    #[error("{} and {} would both become {}", .one.display(), .other.display(), .result.display())]
    Result {
        /// The source of the one.
        one: PathBuf,
        /// The source of the other.
        other: PathBuf,
        /// Where both would be.
        result: PathBuf,
    },
}

impl Claims {
    /// A run over these sources.
    pub fn new<'a>(sources: impl IntoIterator<Item = &'a Path>) -> Self {
        let sources = sources.into_iter().map(|source| (real(source), source.to_owned())).collect();
        Self { sources, results: HashMap::new() }
    }

    /// Claims the path of a result. `in_place`: it may be that of its own source.
    ///
    /// Errors: it is another source, or claimed already.
    pub fn claim(&mut self, source: &Path, result: &Path, in_place: bool) -> Result<(), Clash> {
        let path = real(result);
        let is_own = in_place && path == real(source);
        if let Some(other) = self.sources.get(&path).filter(|_| !is_own) {
            return Err(Clash::Source { of: source.to_owned(), source_file: other.clone() });
        }
        match self.results.insert(path, source.to_owned()) {
            None => Ok(()),
            Some(one) => Err(Clash::Result { one, other: source.to_owned(), result: result.to_owned() }),
        }
    }
}

/// The one path of a file however it is named; of a file that is not there yet, by its folder.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let folder = folder_of(path);
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
    })
}
