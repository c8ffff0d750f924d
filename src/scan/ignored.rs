//! What the ignore files of a folder say.
//!
//! They lie where anyone may have put them. So only regular files are opened, no more than a bound is read, and what is not
//! heeded is told.

use std::borrow::Cow;
use std::fs::Metadata;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::report::written;

use super::source::open_path;
use super::walk::{name_of, plain};

/// What the ignore files of one folder say.
#[derive(Debug)]
pub(super) struct IgnoreRules {
    /// Of each kind, in the order of [`KINDS`].
    of_kinds: [Gitignore; KINDS],
    /// Whether a repository begins here.
    is_repository: bool,
}

/// Kinds of ignore files, of which an earlier one wins wherever it lies: `.preflightignore`, `.gitignore`, `.git/info/exclude`.
pub(super) const KINDS: usize = 3;
/// The kind that is not of git.
const OWN: usize = 0;

impl IgnoreRules {
    /// Those of a folder, which costs three looks at the file system where it holds no ignore file; `None` where they say nothing.
    ///
    /// Adds to `notes`, one sentence each, what is not heeded and why.
    pub(super) fn of(folder: &Path, notes: &mut Vec<String>) -> Option<Self> {
        let own = rules(folder, &folder.join(IGNORE_FILE), notes);
        let git = rules(folder, &folder.join(".gitignore"), notes);
        let repository = repository(folder, notes);
        let is_repository = repository.is_some();
        let exclude = repository.and_then(|git| rules(folder, &git.join(EXCLUDE), notes));
        let of_kinds = [own, git, exclude];
        let is_silent = !is_repository && of_kinds.iter().all(Option::is_none);
        let of_kinds = || of_kinds.map(|rules| rules.unwrap_or_else(Gitignore::empty));
        (!is_silent).then(|| Self { of_kinds: of_kinds(), is_repository })
    }

    /// Whether ignore files of this kind in folders further out say nothing here: those of git hold for one repository.
    pub(super) const fn ends(&self, kind: usize) -> bool {
        self.is_repository && kind != OWN
    }

    /// Whether the ignore file of this kind leaves a path out, which begins as the folder's.
    pub(super) fn leaves_out(&self, kind: usize, path: &Path, is_folder: bool) -> Option<bool> {
        match self.of_kinds.get(kind)?.matched(path, is_folder) {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        }
    }
}

/// The rules of an ignore file; `None` where there are none.
fn rules(folder: &Path, path: &Path, notes: &mut Vec<String>) -> Option<Gitignore> {
    let mut tell = |why: &str| notes.push(format!("{}: {why}", written(path)));
    let bytes = content(path).unwrap_or_else(|why| {
        tell(&why);
        None
    })?;
    let mut builder = GitignoreBuilder::new(folder);
    let mut vain = 0_usize;
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if let Err(why) = add(&mut builder, line.strip_suffix(b"\r").unwrap_or(line)) {
            vain += 1;
            if vain <= MOST_LINES_TOLD {
                tell(&format!("line {}: {why}", index + 1));
            }
        }
    }
    if let Some(more @ 1..) = vain.checked_sub(MOST_LINES_TOLD) {
        tell(&format!("{more} more {}", if more == 1 { "line" } else { "lines" }));
    }
    match builder.build() {
        Ok(rules) => (!rules.is_empty()).then_some(rules),
        Err(error) => {
            tell(&format!("too much to be matched together ({error})"));
            None
        }
    }
}

/// Adds a line, or says why it says nothing.
fn add(to: &mut GitignoreBuilder, line: &[u8]) -> Result<(), String> {
    // What a comment is written in does not matter.
    if line.first() == Some(&b'#') {
        return Ok(());
    }
    if line.len() > LONGEST_LINE {
        return Err(format!("longer than {LONGEST_LINE} bytes"));
    }
    let line = str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?;
    // A mark that takes back nothing says nothing.
    if line.trim_end() == "!" {
        return Ok(());
    }
    to.add_line(None, &without_alternatives(line)).map(drop).map_err(|error| error.to_string())
}

/// A line with its braces escaped: they are letters like others to git, and alternatives to the crate.
fn without_alternatives(line: &str) -> Cow<'_, str> {
    if !line.contains(['{', '}']) {
        return line.into();
    }
    let mut escaped = String::with_capacity(line.len() + 8);
    let (mut is_escaped, mut is_in_class) = (false, false);
    for letter in line.chars() {
        match letter {
            '{' | '}' if !is_escaped && !is_in_class => escaped.push('\\'),
            '[' if !is_escaped => is_in_class = true,
            ']' => is_in_class = false,
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
        escaped.push(letter);
    }
    escaped.into()
}

/// Where git keeps the repository that begins in a folder, with what is left out in this working copy alone; a linked copy
/// shares it.
fn repository(folder: &Path, notes: &mut Vec<String>) -> Option<PathBuf> {
    let git = folder.join(".git");
    let kind = git.metadata().ok()?.file_type();
    if kind.is_dir() {
        return Some(git);
    }
    if !kind.is_file() {
        return None;
    }
    let own = folder.join(first_line(&git, notes)?.strip_prefix("gitdir: ")?);
    let shared = first_line(&own.join("commondir"), notes).map(|shared| own.join(shared));
    Some(shared.unwrap_or(own))
}

/// The first line of a file of git; `None` where there is no such file, or it is no text.
fn first_line(path: &Path, notes: &mut Vec<String>) -> Option<String> {
    let bytes = content(path).unwrap_or_else(|why| {
        notes.push(format!("{}: {why}", written(path)));
        None
    })?;
    let line = bytes.split(|byte| *byte == b'\n').next()?;
    String::from_utf8(line.strip_suffix(b"\r").unwrap_or(line).to_owned()).ok()
}

/// All of a file, or why it is not read; `None` where there is none.
fn content(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match path.metadata() {
        Ok(metadata) => check(&metadata)?,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(plain(&error)),
    }
    let file = open_path(path).map_err(|error| plain(&error))?;
    // Another may have taken its place, and may grow while it is read.
    check(&file.metadata().map_err(|error| plain(&error))?)?;
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| plain(&error))?;
    if bytes.len() as u64 > LONGEST { Err(too_long()) } else { Ok(Some(bytes)) }
}

fn check(metadata: &Metadata) -> Result<(), String> {
    if !metadata.is_file() {
        return Err(format!("{}, not a regular file", name_of(metadata.file_type())));
    }
    if metadata.len() > LONGEST { Err(too_long()) } else { Ok(()) }
}

fn too_long() -> String {
    format!("longer than {} MiB", LONGEST >> 20)
}

/// Name of the files that say what is left out, in the syntax of `.gitignore`.
const IGNORE_FILE: &str = ".preflightignore";
/// Git's own file of that kind, in the folder of a repository.
const EXCLUDE: &str = "info/exclude";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Bytes of the longest ignore file that is read. Those of the largest projects have some ten thousand.
const LONGEST: u64 = 1 << 20;
/// Bytes of the longest line that is a glob: as long as a path can be.
const LONGEST_LINE: usize = 4096;
/// Lines of one file that are told, where they say nothing.
const MOST_LINES_TOLD: usize = 5;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What is told of a `.gitignore`, and whether it leaves out `a.tmp` and `b.tmp`.
    fn heeded(content: &[u8]) -> (Vec<String>, [Option<bool>; 2]) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".gitignore"), content).unwrap();
        let mut notes = Vec::new();
        let rules = IgnoreRules::of(folder.path(), &mut notes);
        let leaves_out = |name| rules.as_ref()?.leaves_out(1, &folder.path().join(name), false);
        let whole = format!("{}/.gitignore: ", folder.path().display());
        let notes = notes.iter().map(|note| note.strip_prefix(&whole).unwrap().to_owned()).collect();
        (notes, ["a.tmp", "b.tmp"].map(leaves_out))
    }

    #[test]
    fn lines_that_say_nothing_are_told_and_the_others_heeded() {
        let leaves_out = [Some(true), Some(false)];
        assert_eq!(heeded(b"*.tmp\n!b.tmp\n"), (vec![], leaves_out));
        assert_eq!(heeded(b"\xef\xbb\xbf*.tmp\r\n# \xe4\r\n!b.tmp\r\n"), (vec![], leaves_out));
        assert_eq!(heeded(b"\xe4.gif\n*.tmp\n!b.tmp"), (vec!["line 1: not UTF-8".to_owned()], leaves_out));
        let long = [&[b'x'; LONGEST_LINE + 1][..], b"\n*.tmp\n!b.tmp"].concat();
        assert_eq!(heeded(&long), (vec!["line 1: longer than 4096 bytes".to_owned()], leaves_out));
        assert_eq!(heeded(&long[1..]), (vec![], leaves_out));
        let (notes, left_out) = heeded(&[&b"\xff\n".repeat(7), &b"*.tmp\n!b.tmp"[..]].concat());
        assert_eq!((notes.len(), left_out), (6, leaves_out));
        assert_eq!(notes.last().unwrap(), "2 more lines");
    }

    #[test]
    fn what_git_takes_for_letters_is_taken_for_letters() {
        assert_eq!(heeded(b"{a,b}.tmp"), (vec![], [None, None]));
        assert_eq!(heeded(b"*.tmp\n!\n! \n"), (vec![], [Some(true); 2]));
        assert_eq!(heeded(b"a{\n*.tmp"), (vec![], [Some(true); 2]));
        let escaped = [r"{a}", r"\{a}", r"[{a]}", r"\\{", r"a"].map(|line| without_alternatives(line).into_owned());
        assert_eq!(escaped, [r"\{a\}", r"\{a\}", r"[{a]\}", r"\\\{", r"a"]);
    }

    #[test]
    fn a_file_is_read_up_to_the_longest() {
        let of_length = |length: usize| heeded(&[b"*.tmp\n!b.tmp\n#", vec![b' '; length - 14].as_slice()].concat());
        let longest = usize::try_from(LONGEST).unwrap();
        assert_eq!(of_length(longest), (vec![], [Some(true), Some(false)]));
        assert_eq!(of_length(longest + 1), (vec!["longer than 1 MiB".to_owned()], [None, None]));
    }

    #[test]
    fn more_globs_than_can_be_matched_are_told() {
        let globs: Vec<String> = (0..60_000).map(|number| format!("{number}*b*c{number}?")).collect();
        let (notes, left_out) = heeded(globs.join("\n").as_bytes());
        assert!(matches!(&notes[..], [note] if note.starts_with("too much to be matched together (")), "{notes:?}");
        assert_eq!(left_out, [None, None]);
    }

    #[test]
    fn globs_within_globs_come_to_an_end() {
        let line = [vec![b'{'; LONGEST_LINE / 2], vec![b'}'; LONGEST_LINE / 2]].concat();
        let (notes, _) = heeded(&line);
        assert!(notes.len() <= 1, "{notes:?}");
    }

    #[test]
    fn a_linked_working_copy_heeds_what_its_repository_leaves_out() {
        let folder = tempfile::tempdir().unwrap();
        let [main, own, copy] = ["main", "main/worktrees/copy", "copy"].map(|name| folder.path().join(name));
        for folder in [&main.join("info"), &own, &copy] {
            fs::create_dir_all(folder).unwrap();
        }
        fs::write(main.join(EXCLUDE), "*.tmp\n").unwrap();
        fs::write(copy.join(".git"), format!("gitdir: {}\n", own.display())).unwrap();
        let leaves_out = || {
            let mut notes = Vec::new();
            let rules = IgnoreRules::of(&copy, &mut notes);
            assert_eq!(notes, Vec::<String>::new());
            rules.and_then(|rules| rules.leaves_out(2, &copy.join("a.tmp"), false))
        };
        assert_eq!(leaves_out(), None, "a submodule has an info/exclude of its own");
        fs::write(own.join("commondir"), "../..\n").unwrap();
        assert_eq!(leaves_out(), Some(true));
        fs::write(copy.join(".git"), "gitdir: ../main\n").unwrap();
        assert_eq!(leaves_out(), Some(true));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_regular_file_is_never_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        rustix::fs::mknodat(rustix::fs::CWD, path(IGNORE_FILE), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        std::os::unix::fs::symlink("/dev/zero", path(".gitignore")).unwrap();
        fs::create_dir_all(path(".git/info/exclude")).unwrap();
        let mut notes = Vec::new();
        let rules = IgnoreRules::of(folder.path(), &mut notes).unwrap();
        assert_eq!([0, 1, 2].map(|kind| rules.leaves_out(kind, &path("a"), false)), [None; 3]);
        let expected = [(IGNORE_FILE, "a FIFO"), (".gitignore", "a device"), (".git/info/exclude", "a directory")];
        assert_eq!(notes, expected.map(|(name, kind)| format!("{}: {kind}, not a regular file", path(name).display())));
    }
}
