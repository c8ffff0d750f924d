//! One thread at work: opens, reads and judges one file after the other, or knows it from an earlier scan.

mod memory;

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crate::check::Checker;
use crate::finding::{FileReport, Summary, Verdict};
use crate::report::{FileEntry, JsonEntries, Needs, Teller, Telling, Unreadable, write_json, written};

use super::alt_text::alt_text_beside;
use super::block::{Block, BlockBuilder};
use super::cache::Place;
use super::folder::{Folder, name_of};
use super::guard::guarded;
use super::kept::{Pieces, Said};
use super::media::{is_media, is_named_media, is_read_throughout};
use super::pool::{Scan, Scanned, Skip, Wanted};
use super::record::Outline;
use super::ruling::Ruling;
use super::source::{Opened, SHORT, reason};
use super::stamp::Stamp;
use super::walk::{Found, SYMBOLIC_LINK, plain};
use super::writer::Portion;
use memory::Memory;

/// What is looked at next.
pub(super) struct Task {
    /// What was found.
    pub(super) found: Found,
    /// Whether an alternative text may be beside the file.
    pub(super) may_have_alt_text: bool,
}

/// What a thread keeps from one file to the next.
struct Scratch {
    head: Vec<u8>,
    /// The folder in which the program runs.
    here: Option<PathBuf>,
    /// The folder of the last file that was looked for in the cache, as its path gives it.
    folder: Vec<u8>,
    place: Place,
    /// Reports to remember.
    pieces: Pieces,
    builder: BlockBuilder,
    /// The last block that was read.
    block: Block,
    /// Large, and passed around.
    teller: Option<Box<Teller>>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch {
        head: vec![0; SHORT],
        here: std::env::current_dir().ok(),
        folder: Vec::new(),
        place: Place::default(),
        pieces: Pieces::default(),
        builder: BlockBuilder::default(),
        block: Block::default(),
        teller: None,
    });
}

/// A thread at work on a batch.
pub(super) struct Work<'a> {
    scan: &'a Scan<'a>,
    scratch: &'a mut Scratch,
    /// The ruling of all files of the folder of the last one, where there is such.
    ruling: Option<&'a Ruling>,
    /// The folder of the last file.
    folder: Folder,
    /// Files that were opened.
    pub(super) opened: u64,
    /// What is to be remembered of the files so far.
    portion: Portion,
    /// Each answer so far with the bytes of its files.
    answers: Vec<(Scanned, u64)>,
    /// The files after these that are answered for together.
    together: Together,
}

/// Files that are answered for together. What is told of them stands with the teller.
#[derive(Default)]
struct Together {
    summary: Summary,
    bytes: u64,
    entries: JsonEntries,
    is_told: bool,
}

/// The answer about one file.
enum Answer {
    /// It stands for itself.
    Apart(Scanned),
    /// It stands together with others.
    Together(Outline),
}

/// A file that was read.
struct Read {
    /// Absent where it is no media and not to be reported.
    report: Option<Box<FileReport>>,
    is_media: bool,
    stamp: Stamp,
    /// Whether the stamp tells every later change.
    is_settled: bool,
}

impl<'a> Work<'a> {
    /// Does some work for a scan, with what this thread keeps.
    pub(super) fn with<R>(scan: &Scan<'_>, work: impl FnOnce(&mut Work<'_>) -> R) -> R {
        SCRATCH.with_borrow_mut(|scratch| {
            if let Needs::Told(telling) = scan.options.needs {
                scratch.tell_by(telling);
            }
            let (portion, answers, together) = (Portion::default(), Vec::new(), Together::default());
            let folder = Folder::default();
            work(&mut Work { scan, scratch, ruling: None, folder, opened: 0, portion, answers, together })
        })
    }

    /// Comes to a file, and says by what it is judged. Errors: why that is not known.
    fn come_to(&mut self, path: &Path) -> Result<&'a Ruling, String> {
        let is_beside = !self.scratch.enter_folder_of(path);
        if !is_beside {
            self.folder.leave();
        }
        if let Some(ruling) = self.ruling.filter(|_| is_beside) {
            return Ok(ruling);
        }
        self.ruling = None;
        let ruling = self.scan.rulings.of(path)?;
        self.ruling = self.scan.rulings.is_of_folder(path).then_some(ruling);
        Ok(ruling)
    }

    /// Finds the answer about what was found.
    pub(super) fn found(&mut self, task: Task) {
        let (answer, bytes) = match task.found {
            Found::File { path, explicit } => {
                self.file(&path, explicit || self.scan.options.all_files, task.may_have_alt_text)
            }
            Found::Special { path, kind } => (Answer::Apart(self.special(&path, kind)), 0),
            Found::Loop { path, ancestor } => {
                let what = format!("a link back to {}", written(&ancestor));
                (Answer::Apart(Scanned::Skipped(Skip::Special { path: written(&path).into_owned(), what })), 0)
            }
            Found::Unheeded(why) => (Answer::Apart(Scanned::Unheeded(why)), 0),
            Found::Trouble { path, error } => (Answer::Apart(unreadable(&path, error)), 0),
        };
        match answer {
            Answer::Apart(scanned) => {
                self.answer_together();
                self.answers.push((scanned, bytes));
            }
            Answer::Together(outline) => {
                self.together.summary.add_outline(outline.verdict, outline.errors, outline.warnings);
                self.together.bytes += bytes;
            }
        }
    }

    /// The answer about one file that stands for itself; `every` where it is reported even if it is no media.
    #[cfg(feature = "watch")]
    pub(super) fn one(&mut self, path: &Path, every: bool) -> Scanned {
        match self.file(path, every, true).0 {
            Answer::Apart(scanned) => scanned,
            Answer::Together(outline) => {
                let mut summary = Summary::default();
                summary.add_outline(outline.verdict, outline.errors, outline.warnings);
                Scanned::Counted(summary)
            }
        }
    }

    /// The answers, each with the bytes of its files.
    pub(super) fn answers(&mut self) -> Vec<(Scanned, u64)> {
        self.answer_together();
        std::mem::take(&mut self.answers)
    }

    /// Makes one answer of the files that are answered for together.
    fn answer_together(&mut self) {
        let Together { summary, bytes, entries, is_told } = std::mem::take(&mut self.together);
        if summary.files == 0 {
            return;
        }
        let scanned = match (&mut self.scratch.teller, self.scan.options.needs) {
            (Some(teller), Needs::Told(_)) if is_told => Scanned::Told(Box::new(teller.take()), summary),
            (_, Needs::Json) => Scanned::Json(entries, summary),
            _ => Scanned::Counted(summary),
        };
        self.answers.push((scanned, bytes));
    }

    /// What is not opened: told as unreadable where a file was expected, otherwise left alone.
    fn special(&self, path: &Path, kind: &'static str) -> Scanned {
        let is_link = kind == SYMBOLIC_LINK;
        if !is_link && (self.scan.options.all_files || is_named_media(path)) {
            return unreadable(path, format!("{kind}, not a regular file"));
        }
        Scanned::Skipped(if is_link {
            Skip::Link
        } else {
            Skip::Special { path: written(path).into_owned(), what: kind.to_owned() }
        })
    }

    /// The answer about a file, and its bytes; `every` where it is reported even if it is no media.
    fn file(&mut self, path: &Path, every: bool, may_have_alt_text: bool) -> (Answer, u64) {
        let ruling = match self.come_to(path) {
            Ok(ruling) => ruling,
            Err(why) => return (Answer::Apart(self.not_judged(path, every, why)), 0),
        };
        if let Some(cache) = self.scan.cache
            && let Some(known) = self.known(cache, path, ruling, every, may_have_alt_text)
        {
            return known;
        }
        self.opened += 1;
        let name = &*written(path);
        match self.read(path, name, ruling, every) {
            Ok(Read { report, is_media, stamp, is_settled }) => {
                let memory = is_settled.then_some(Memory { ruling, stamp, is_media });
                let Some(mut report) = report else {
                    self.remember_none(path, memory);
                    return (Answer::Apart(Scanned::Skipped(Skip::NoMedia)), stamp.size);
                };
                let alt_text = if may_have_alt_text { alt_text_beside(path) } else { Ok(None) };
                if matches!(alt_text, Ok(None)) {
                    return (self.conclude(path, name, report, memory), stamp.size);
                }
                // What is remembered is the verdict without the text, which changes without the file.
                self.remember(path, &mut report, memory, None);
                match alt_text {
                    Ok(text) => {
                        let report = ruling.judge_again(report.facts, name, text.as_deref());
                        (self.conclude(path, name, report, None), stamp.size)
                    }
                    Err(error) => (Answer::Apart(unreadable(path, error)), 0),
                }
            }
            Err(error) => (Answer::Apart(unreadable(path, error)), 0),
        }
    }

    /// The answer about a file of which it is not known how to judge it: the reason, where it is reported at all. It is held against
    /// no rules.
    fn not_judged(&mut self, path: &Path, every: bool, why: String) -> Scanned {
        if every || is_named_media(path) {
            return unreadable(path, why);
        }
        self.opened += 1;
        let read = Opened::open(is_read_throughout(path), || self.folder.open(path), &mut self.scratch.head)
            .map_err(|error| plain(&error))
            .and_then(|source| {
                guarded(|| Checker::format(&source)).map_err(|message| fault(&message))?.map_err(|error| reason(&error))
            });
        match read {
            Ok(format) if !is_media(format) => Scanned::Skipped(Skip::NoMedia),
            Ok(_) => unreadable(path, why),
            Err(error) => unreadable(path, error),
        }
    }

    /// The answer that a report is, once it is remembered; without the report where nobody wants it.
    ///
    /// What becomes of it is made here, on the threads of the pool, so that whoever takes the answers has only to copy. It does not
    /// tell its name yet, which many answers can do without.
    fn conclude(&mut self, path: &Path, name: &str, mut report: Box<FileReport>, memory: Option<Memory<'_>>) -> Answer {
        let outline = Outline::of(&report);
        let wants = self.wants(outline);
        match self.scan.options.needs {
            Needs::Told(telling) if wants => {
                self.together.is_told = true;
                // The teller is taken out while its words are remembered.
                let mut teller = self.scratch.teller.take().unwrap_or_else(|| Box::new(Teller::new(telling)));
                let keeps = memory.is_some() && self.scan.cache.is_some();
                let said = Said { style: telling.style.number(), words: teller.tell(Some(name), &report, keeps) };
                self.remember(path, &mut report, memory, Some(said));
                self.scratch.teller = Some(teller);
                Answer::Together(outline)
            }
            needs => {
                let is_kept = self.remember(path, &mut report, memory, None);
                if !wants {
                    return Answer::Together(outline);
                }
                report.path = Some(name.to_owned());
                if needs != Needs::Json {
                    return Answer::Apart(entry(report));
                }
                let written = self.together.entries.add(|to| {
                    // It was made into JSON a moment ago.
                    if is_kept { self.scratch.pieces.kept().write_json(name, to) } else { write_json(&report, to) }
                });
                if written.is_some() { Answer::Together(outline) } else { Answer::Apart(entry(report)) }
            }
        }
    }

    fn wants(&self, outline: Outline) -> bool {
        match self.scan.options.wanted {
            Wanted::All => true,
            Wanted::Remarked => {
                outline.verdict != Verdict::Pass || outline.errors + outline.warnings + outline.undecided > 0
            }
        }
    }

    /// Opens, reads and judges a file. Errors: why it could not be read, in one sentence.
    fn read(&mut self, path: &Path, name: &str, ruling: &Ruling, every: bool) -> Result<Read, String> {
        let source = Opened::open(is_read_throughout(path), || self.folder.open(path), &mut self.scratch.head)
            .map_err(|error| plain(&error))?;
        read_opened(&source, path, name, ruling, every)
    }
}

impl Scratch {
    /// Has a teller tell in this way.
    fn tell_by(&mut self, telling: Telling) {
        if self.teller.as_ref().is_none_or(|teller| teller.telling() != telling) {
            self.teller = Some(Box::new(Teller::new(telling)));
        }
    }

    /// Enters the folder of a file in the cache, by its path from the root, where the last file was in another one.
    /// Says whether it was.
    fn enter_folder_of(&mut self, path: &Path) -> bool {
        let bytes = path.as_os_str().as_encoded_bytes();
        let folder = bytes.get(..bytes.len() - name_of(path).len()).unwrap_or_default();
        if self.folder == folder && !self.place.folder().is_empty() {
            return false;
        }
        self.folder.clear();
        self.folder.extend_from_slice(folder);
        let parent = path.parent().unwrap_or(Path::new(""));
        let below = parent.strip_prefix(".").unwrap_or(parent);
        let below = below.as_os_str().as_encoded_bytes();
        match &self.here {
            Some(here) if path.is_relative() => {
                let slash: &[u8] = if below.is_empty() { b"" } else { b"/" };
                self.place.enter(&[here.as_os_str().as_encoded_bytes(), slash, below]);
            }
            _ => self.place.enter(&[below]),
        }
        true
    }
}

/// Reads and judges an open file. Errors: why it could not be read, in one sentence.
fn read_opened(source: &Opened<'_>, path: &Path, name: &str, ruling: &Ruling, every: bool) -> Result<Read, String> {
    // A fault of the program in one file costs the answer about that file, not the scan.
    let report =
        guarded(|| ruling.check(source, name)).map_err(|message| fault(&message))?.map_err(|error| reason(&error))?;
    if let Some(now) = source.changed() {
        return Err(changed(source.stamp, now));
    }
    let is_media = is_media(report.facts.format) || is_named_media(path);
    let report = (every || is_media).then_some(report);
    Ok(Read { report, is_media, stamp: source.stamp, is_settled: source.is_settled() })
}

fn fault(message: &str) -> String {
    format!("an error of this program, please report it: {message}")
}

const fn entry(report: Box<FileReport>) -> Scanned {
    Scanned::Entry(FileEntry::Report(report))
}

pub(super) fn unreadable(path: &Path, error: String) -> Scanned {
    Scanned::Entry(FileEntry::Unreadable(Unreadable { path: written(path).into_owned(), error }))
}

fn changed(then: Stamp, now: Stamp) -> String {
    if then.size == now.size {
        "it was written to while it was read".to_owned()
    } else {
        format!("it changed while it was read, from {} to {} bytes", then.size, now.size)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::input::Source;
    use crate::profile::Profile;
    use crate::scan::source::open_path;
    use crate::scan::{Rulings, ScanOptions};

    fn ruling() -> Ruling {
        Ruling::new(Checker::new(Profile::default()), None, "1.0")
    }

    /// Takes a file away between the walk and the reading.
    struct Vanishing(Ruling);

    impl Rulings for Vanishing {
        fn of(&self, path: &Path) -> Result<&Ruling, String> {
            if path.ends_with("b.gif") {
                fs::remove_file(path).unwrap();
            }
            Ok(&self.0)
        }
    }

    #[test]
    fn a_file_that_is_gone_meanwhile_is_told_and_the_rest_is_checked() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.gif", "b.gif", "c.gif"] {
            fs::write(folder.path().join(name), b"GIF89a\x01\0\x01\0\0\0\0;").unwrap();
        }
        let options = ScanOptions::on_one_thread();
        let rulings = Vanishing(ruling());
        let scan = Scan { options: &options, rulings: &rulings, cache: None, stop: &AtomicBool::new(false) };
        let mut errors = Vec::new();
        let totals = scan.run(&[folder.path().to_owned()], |scanned, _| {
            let Scanned::Entry(entry) = scanned else { panic!("{scanned:?}") };
            errors.push(match entry {
                FileEntry::Report(_) => None,
                FileEntry::Unreadable(unreadable) => Some(unreadable.error),
            });
            Ok::<_, crate::scan::ScanError>(())
        });
        assert_eq!(errors, [None, Some("No such file or directory".to_owned()), None]);
        assert_eq!(totals.unwrap().summary.unreadable, 1);
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gif");
        fs::write(&path, vec![0; SHORT]).unwrap();
        let mut buffer = vec![0; SHORT];
        let source = Opened::open(true, || open_path(&path), &mut buffer).unwrap();
        source.read_at(SHORT as u64 - 1, &mut [0]).unwrap();
        assert!(read_opened(&source, &path, "a.gif", &ruling(), true).is_ok());
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
        let error = read_opened(&source, &path, "a.gif", &ruling(), true).err();
        assert_eq!(error.as_deref(), Some("it changed while it was read, from 65536 to 65540 bytes"));
    }
}
