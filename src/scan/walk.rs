//! What lies below the paths of a scan, in the order of the paths.

#[cfg(feature = "watch")]
use std::collections::HashSet;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::{DirEntry, WalkBuilder};

use super::alt_text::AltTextFolders;
use super::chosen::Chooser;

/// Which entries of a directory are looked at.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    /// Look at files and directories whose name begins with a dot, too.
    pub hidden: bool,
    /// Follow symbolic links. Links that are given as a path are always followed.
    pub follow: bool,
    /// Look at what `.gitignore` and `.preflightignore` leave out, too.
    pub no_ignore: bool,
    /// Globs of the files that are looked at; one that begins with `!` leaves files out. Later ones win.
    pub globs: Vec<String>,
}

/// One thing that was found.
#[derive(Debug)]
pub enum Found {
    /// A regular file.
    File {
        /// The path, which begins with the one that was given.
        path: PathBuf,
        /// Whether it was given itself, rather than found in a directory.
        explicit: bool,
    },
    /// What is neither a regular file nor a directory, was found in a directory, and was not opened.
    Special {
        /// The path.
        path: PathBuf,
        /// What it is: `a FIFO`, `a socket`, `a device`, [`SYMBOLIC_LINK`].
        kind: &'static str,
    },
    /// A symbolic link to a directory that holds it.
    Loop {
        /// The link.
        path: PathBuf,
        /// The directory.
        ancestor: PathBuf,
    },
    /// An ignore file that could not be read, or a part of one that says nothing: why, in one sentence.
    Unheeded(String),
    /// What could not be looked at.
    Trouble {
        /// The path, where it is known.
        path: PathBuf,
        /// What the system said.
        error: String,
    },
}

/// Walks the paths one after the other, the entries of a directory in the order of their names' bytes.
pub struct Walk {
    inner: ignore::Walk,
    chooser: Arc<Chooser>,
    alt_texts: Arc<AltTextFolders>,
    /// What comes before the walk goes on.
    waiting: VecDeque<Found>,
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk").finish_non_exhaustive()
    }
}

impl Walk {
    /// A walk over `paths`, of which at least one is expected.
    ///
    /// Errors: a glob that cannot be read.
    pub fn new(paths: &[PathBuf], options: &WalkOptions) -> Result<Self, ignore::Error> {
        Self::of(paths, options, |_| true)
    }

    /// The part of a walk over `paths` that comes upon `wanted`, each of which is a file, or a folder with all below it, and
    /// begins with one of the paths.
    ///
    /// Errors: a glob that cannot be read.
    #[cfg(feature = "watch")]
    pub(crate) fn among(
        paths: &[PathBuf],
        options: &WalkOptions,
        wanted: HashSet<PathBuf>,
    ) -> Result<Self, ignore::Error> {
        let on_the_way: HashSet<PathBuf> =
            wanted.iter().flat_map(|path| path.ancestors()).map(Path::to_owned).collect();
        Self::of(paths, options, move |path| {
            on_the_way.contains(path) || path.ancestors().any(|ancestor| wanted.contains(ancestor))
        })
    }

    /// The part of a walk that comes upon what `is_wanted`, a folder being wanted with what it holds.
    fn of(
        paths: &[PathBuf],
        options: &WalkOptions,
        is_wanted: impl Fn(&Path) -> bool + Send + Sync + 'static,
    ) -> Result<Self, ignore::Error> {
        let chooser = Arc::new(Chooser::new(options)?);
        let (first, rest) = paths.split_first().map_or((Path::new("."), paths), |(first, rest)| (first, rest));
        let mut builder = WalkBuilder::new(given(first));
        for path in rest {
            builder.add(given(path));
        }
        let choice = Arc::clone(&chooser);
        let alt_texts = Arc::new(AltTextFolders::default());
        let seen = Arc::clone(&alt_texts);
        builder
            // The walker would open whatever has the name of an ignore file.
            .standard_filters(false)
            .follow_links(options.follow)
            .filter_entry(move |entry| is_wanted(entry.path()) && choice.takes(entry))
            // Paths in one folder differ in the name alone, and need not be taken apart to be compared.
            .sort_by_file_path(move |one, other| {
                seen.see(one);
                seen.see(other);
                one.as_os_str().cmp(other.as_os_str())
            });
        Ok(Self { inner: builder.build(), chooser, alt_texts, waiting: VecDeque::new() })
    }

    /// In which of the folders that the walk has come to texts are beside files.
    pub(super) fn alt_texts(&self) -> Arc<AltTextFolders> {
        Arc::clone(&self.alt_texts)
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.waiting.pop_front() {
                return Some(found);
            }
            match self.inner.next()? {
                Ok(entry) => {
                    if entry.depth() == 0 {
                        // The filter is not asked of these.
                        self.chooser.begin(entry.path(), leads_to_folder(&entry));
                    }
                    if leads_to_folder(&entry) {
                        self.waiting.extend(self.chooser.notes().into_iter().map(Found::Unheeded));
                    }
                    self.waiting.extend(found(entry));
                }
                Err(error) => return Some(trouble(&error, None)),
            }
        }
    }
}

/// Whether the walk goes on with what an entry holds: a link that was given as a path is followed.
fn leads_to_folder(entry: &DirEntry) -> bool {
    entry
        .file_type()
        .is_some_and(|kind| kind.is_dir() || entry.depth() == 0 && kind.is_symlink() && entry.path().is_dir())
}

/// `-` names a file here: a scan does not read standard input.
fn given(path: &Path) -> PathBuf {
    if path.as_os_str() == "-" { Path::new(".").join(path) } else { path.to_owned() }
}

fn found(entry: DirEntry) -> Option<Found> {
    let kind = entry.file_type()?;
    if kind.is_dir() {
        return None;
    }
    let explicit = entry.depth() == 0;
    if kind.is_file() {
        return Some(Found::File { path: entry.into_path(), explicit });
    }
    if kind.is_symlink() && explicit {
        return through_link(entry.into_path());
    }
    let kind = name_of(kind);
    if explicit {
        return Some(no_file(entry.into_path(), kind));
    }
    Some(Found::Special { kind, path: entry.into_path() })
}

/// What a link leads to that was given as a path and leads to no directory.
fn through_link(path: PathBuf) -> Option<Found> {
    match path.metadata() {
        Ok(to) if to.is_dir() => None,
        Ok(to) if to.is_file() => Some(Found::File { path, explicit: true }),
        Ok(to) => Some(no_file(path, name_of(to.file_type()))),
        Err(error) => Some(Found::Trouble { path, error: plain(&error) }),
    }
}

/// What was given as a path to check, and cannot be: to leave it alone would let the run pass without it.
fn no_file(path: PathBuf, kind: &str) -> Found {
    Found::Trouble { path, error: format!("{kind}, not a regular file") }
}

fn trouble(error: &ignore::Error, path: Option<&Path>) -> Found {
    match error {
        ignore::Error::WithPath { path, err } => trouble(err, Some(path)),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => trouble(err, path),
        ignore::Error::Loop { ancestor, child } => Found::Loop { path: child.clone(), ancestor: ancestor.clone() },
        ignore::Error::Io(error) => {
            Found::Trouble { path: path.map(Path::to_owned).unwrap_or_default(), error: plain(error) }
        }
        other => Found::Trouble { path: path.map(Path::to_owned).unwrap_or_default(), error: other.to_string() },
    }
}

/// What the system said, without the number that only programmers know.
pub(crate) fn plain(error: &io::Error) -> String {
    let text = code(error).map_or_else(|| error.to_string(), |code| io::Error::from_raw_os_error(code).to_string());
    match text.rfind(" (os error ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

/// The system's number of an error, which the walker wraps in words of its own.
fn code(error: &io::Error) -> Option<i32> {
    let mut inner: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = inner {
        if let Some(code) = error.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
            return Some(code);
        }
        inner = error.source();
    }
    None
}

#[cfg(unix)]
pub(crate) fn name_of(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_symlink() {
        SYMBOLIC_LINK
    } else if kind.is_fifo() {
        "a FIFO"
    } else if kind.is_socket() {
        "a socket"
    } else if kind.is_dir() {
        "a directory"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
pub(crate) fn name_of(kind: FileType) -> &'static str {
    if kind.is_symlink() {
        SYMBOLIC_LINK
    } else if kind.is_dir() {
        "a directory"
    } else {
        "a device"
    }
}

/// What a link is called that is not followed.
pub const SYMBOLIC_LINK: &str = "a symbolic link";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn names(folder: &Path, options: &WalkOptions) -> Vec<String> {
        let walk = Walk::new(&[folder.to_owned()], options).unwrap();
        walk.map(|found| match found {
            Found::File { path, .. } => path.strip_prefix(folder).unwrap().to_string_lossy().into_owned(),
            other => format!("{other:?}"),
        })
        .collect()
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn files_come_in_the_order_of_their_paths() {
        let folder = folder(&[("b/z", ""), ("b.c", ""), ("a/x/y", ""), ("a/x.y", ""), ("B", "")]);
        assert_eq!(names(folder.path(), &WalkOptions::default()), ["B", "a/x/y", "a/x.y", "b/z", "b.c"]);
    }

    #[test]
    fn ignore_files_of_git_hold_for_one_repository() {
        let folder = folder(&[
            (".git/info/exclude", "*.png\n"),
            (".gitignore", "*.gif\n"),
            (".preflightignore", "*.jpg\n"),
            ("own/.git/HEAD", ""),
            ("own/a/1.gif", ""),
            ("own/a/2.png", ""),
            ("own/a/3.jpg", ""),
            ("beside/1.gif", ""),
            ("beside/2.mp4", ""),
        ]);
        assert_eq!(names(folder.path(), &WalkOptions::default()), ["beside/2.mp4", "own/a/1.gif", "own/a/2.png"]);
        assert_eq!(names(&folder.path().join("own/a"), &WalkOptions::default()), ["1.gif", "2.png"]);
    }

    #[test]
    fn globs_match_no_way_out_of_the_current_folder() {
        let folder = tempfile::Builder::new().prefix("globs").tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/1.gif"), "").unwrap();
        for globs in [&["!**/.*/**"][..], &["!.*/**"]] {
            let globs = globs.iter().map(|glob| (*glob).to_owned()).collect();
            let options = WalkOptions { globs, hidden: false, ..WalkOptions::default() };
            assert_eq!(names(folder.path(), &options), ["a/1.gif"]);
        }
    }

    #[test]
    fn texts_beside_files_are_known_though_the_walk_leaves_them_out() {
        let folder = folder(&[
            (".preflightignore", "*.txt\n"),
            ("a/1.gif", ""),
            ("a/1.gif.alt.txt", ""),
            ("a/b/2.gif", ""),
            ("a/b/3.gif", ""),
            ("c/.4.gif.alt.txt", ""),
            ("c/4.gif", ""),
            ("d/5.gif", ""),
        ]);
        let walk = Walk::new(&[folder.path().to_owned()], &WalkOptions::default()).unwrap();
        let alt_texts = walk.alt_texts();
        let mut may = Vec::new();
        for found in walk {
            let Found::File { path, .. } = found else { panic!("{found:?}") };
            may.push(alt_texts.may_hold_one_for(&path));
        }
        assert_eq!(may, [true, false, false, true, false]);
    }

    #[test]
    fn hidden_and_ignored_files_are_left_out_unless_asked_for() {
        let folder = folder(&[
            (".gitignore", "*.tmp\n"),
            (".preflightignore", "drafts/\n!keep.tmp\n"),
            ("a.gif", ""),
            ("b.tmp", ""),
            ("keep.tmp", ""),
            ("drafts/c.gif", ""),
            (".hidden.gif", ""),
            ("sub/d.tmp", ""),
        ]);
        assert_eq!(names(folder.path(), &WalkOptions::default()), ["a.gif", "keep.tmp"]);
        let hidden = WalkOptions { hidden: true, ..WalkOptions::default() };
        assert_eq!(
            names(folder.path(), &hidden),
            [".gitignore", ".hidden.gif", ".preflightignore", "a.gif", "keep.tmp"]
        );
        let all = WalkOptions { no_ignore: true, ..WalkOptions::default() };
        assert_eq!(names(folder.path(), &all), ["a.gif", "b.tmp", "drafts/c.gif", "keep.tmp", "sub/d.tmp"]);
    }

    #[test]
    fn what_an_ignore_file_says_in_vain_is_told_and_the_rest_of_it_is_heeded() {
        let folder = folder(&[(".gitignore", "[z-a]\n*.tmp\n"), ("a.tmp", ""), ("sub/b.tmp", ""), ("sub/c.gif", "")]);
        for path in [folder.path().to_owned(), folder.path().join("sub")] {
            let found: Vec<Found> = Walk::new(&[path], &WalkOptions::default()).unwrap().collect();
            let [Found::Unheeded(why), Found::File { path, .. }] = found.as_slice() else { panic!("{found:?}") };
            assert!(why.contains(".gitignore: ") && why.contains("'[z-a]'"), "{why}");
            assert!(path.ends_with("sub/c.gif"));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_ignore_file_that_is_no_regular_file_is_told_and_the_walk_goes_on() {
        use rustix::fs::{CWD, FileType, mknodat};
        let folder =
            folder(&[("a.tmp", ""), ("sub/.preflightignore", "*.tmp\n"), ("sub/b.gif", ""), ("sub/b.tmp", "")]);
        let fifo = folder.path().join(".gitignore");
        mknodat(CWD, &fifo, FileType::Fifo, 0o600.into(), 0).unwrap();
        let path = fifo.display();
        let note = format!("Unheeded(\"{path}: a FIFO, not a regular file\")");
        assert_eq!(names(folder.path(), &WalkOptions::default()), [&*note, "a.tmp", "sub/b.gif"]);
        // The same from below, and from two folders below: what is above is told once.
        fs::create_dir(folder.path().join("other")).unwrap();
        let paths = ["sub", "other"].map(|name| folder.path().join(name));
        let found: Vec<Found> = Walk::new(&paths, &WalkOptions::default()).unwrap().collect();
        let [Found::Unheeded(why), Found::File { path, .. }] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(*why, format!("{}: a FIFO, not a regular file", fifo.display()));
        assert!(path.ends_with("sub/b.gif"), "{path:?}");
        let all = WalkOptions { no_ignore: true, ..WalkOptions::default() };
        assert_eq!(names(folder.path(), &all), ["a.tmp", "sub/b.gif", "sub/b.tmp"], "nobody asks for it");
    }

    #[test]
    fn rules_of_nearer_folders_win_and_those_of_one_end_with_it() {
        let folder = folder(&[
            (".gitignore", "*.tmp\n/top.gif\nsub/left.gif\n"),
            (".git/info/exclude", "*.gif\n"),
            ("sub/.gitignore", "!*.tmp\n!*.gif\nleft.gif\n!.kept.gif\n"),
            ("sub/.kept.gif", ""),
            ("sub/.other.gif.txt", ""),
            ("sub/a.tmp", ""),
            ("sub/left.gif", ""),
            ("sub/top.gif", ""),
            ("zoo/a.tmp", ""),
            ("zoo/b.gif", ""),
            ("zoo/left.gif/c.png", ""),
            ("zoo/top.png", ""),
        ]);
        let expected = ["sub/.kept.gif", "sub/a.tmp", "sub/top.gif", "zoo/top.png"];
        assert_eq!(names(folder.path(), &WalkOptions::default()), expected);
        let below = |name: &str| names(&folder.path().join(name), &WalkOptions::default());
        assert_eq!(below("sub"), [".kept.gif", "a.tmp", "top.gif"]);
        assert_eq!(below("zoo"), ["top.png"]);
        assert_eq!(below("zoo/left.gif"), ["c.png"], "what is given is looked at");
    }

    #[test]
    fn globs_choose_and_leave_out() {
        let folder = folder(&[("a.gif", ""), ("b.mp4", ""), ("old/c.gif", ""), ("old/d.mp4", "")]);
        let options = |globs: &[&str]| WalkOptions {
            globs: globs.iter().map(|glob| (*glob).to_owned()).collect(),
            ..WalkOptions::default()
        };
        assert_eq!(names(folder.path(), &options(&["*.gif"])), ["a.gif", "old/c.gif"]);
        assert_eq!(names(folder.path(), &options(&["*.gif", "!**/old/**"])), ["a.gif"]);
        assert_eq!(names(folder.path(), &options(&["!*.gif"])), ["b.mp4", "old/d.mp4"]);
        assert!(Walk::new(&[folder.path().to_owned()], &options(&["a{"])).is_err());
    }

    #[test]
    fn what_is_not_there_is_told() {
        let folder = folder(&[]);
        let missing = folder.path().join("missing");
        let found: Vec<Found> = Walk::new(std::slice::from_ref(&missing), &WalkOptions::default()).unwrap().collect();
        assert!(
            matches!(found.as_slice(), [Found::Trouble { path, error }] if *path == missing && error == "No such file or directory"),
            "{found:?}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_named_followed_or_found_to_be_loops() {
        use std::os::unix::fs::symlink;
        let folder = folder(&[("a.gif", ""), ("sub/b.gif", "")]);
        symlink(folder.path(), folder.path().join("sub/loop")).unwrap();
        symlink("a.gif", folder.path().join("link.gif")).unwrap();
        let kinds = |options: &WalkOptions| -> Vec<String> {
            Walk::new(&[folder.path().to_owned()], options)
                .unwrap()
                .map(|found| match found {
                    Found::File { .. } => "file".to_owned(),
                    Found::Special { kind, .. } => kind.to_owned(),
                    Found::Loop { .. } => "loop".to_owned(),
                    Found::Unheeded(error) | Found::Trouble { error, .. } => error,
                })
                .collect()
        };
        assert_eq!(kinds(&WalkOptions::default()), ["file", "a symbolic link", "file", "a symbolic link"]);
        let follow = WalkOptions { follow: true, ..WalkOptions::default() };
        assert_eq!(kinds(&follow), ["file", "file", "file", "loop"]);
        let given: Vec<Found> =
            Walk::new(&[folder.path().join("link.gif")], &WalkOptions::default()).unwrap().collect();
        assert!(matches!(given.as_slice(), [Found::File { explicit: true, .. }]), "{given:?}");
    }
}
