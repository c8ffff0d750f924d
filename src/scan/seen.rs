//! Paths as they are seen from a folder.

use std::path::{Component, Path, PathBuf};

/// A path as seen from the folder `here`, whose own path is absolute; `None` where that is how it is written already.
///
/// Only the words of the path count, as in the globs that it is compared with: links are not looked at.
pub(super) fn seen_from(here: &Path, path: &Path) -> Option<PathBuf> {
    if path.is_relative() && !path.components().any(|component| component == Component::ParentDir) {
        return None;
    }
    let whole = whole_from(here, path);
    let shared = here.components().zip(whole.components()).take_while(|(one, other)| one == other).count();
    if shared == 0 {
        return Some(whole);
    }
    let up = here.components().skip(shared).map(|_| Component::ParentDir);
    Some(up.chain(whole.components().skip(shared)).collect())
}

/// A path from the root on, without `.` and `..`, of which the folder `here` is where a relative one begins. Links are not looked at.
pub fn whole_from(here: &Path, path: &Path) -> PathBuf {
    let mut whole = here.to_owned();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            // An absolute one takes the place of all before it.
            component => whole.push(component),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_are_seen_from_the_folder() {
        let seen = |path: &str| seen_from(Path::new("/g/a"), Path::new(path)).map(|path| path.display().to_string());
        for path in ["", ".", "b", "./b", "b/c", "...", "b/..c"] {
            assert_eq!(seen(path), None, "{path}");
        }
        for (path, expected) in [
            ("/g/a", ""),
            ("/g/a/b/c", "b/c"),
            ("/g/a/./b/../c/", "c"),
            ("/g/ab", "../ab"),
            ("/g", ".."),
            ("/", "../.."),
            ("/h/b", "../../h/b"),
            ("..", ".."),
            ("../a/b", "b"),
            ("../b", "../b"),
            ("b/../c", "c"),
            ("../../../../g/a/b", "b"),
        ] {
            assert_eq!(seen(path).as_deref(), Some(expected), "{path}");
        }
    }
}
