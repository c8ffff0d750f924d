//! What earlier scans read, kept between runs in one file of an embedded store.
//!
//! A file is known again by path, length, modification time and inode; its report holds as long as the program and the
//! ruling are the same, its facts as long as the program is. The store is crash-safe: it shows the state of the last commit
//! after a kill at any moment. One process holds it at a time, others do without. Nothing that goes wrong with it, damage
//! included, stops a scan.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use redb::StorageError;

use super::block::Block;
use super::guard::guarded;
use super::record::Record;
use super::store::{Blocks, Portion, Records, Unusable, count, open, tables, unusable, write};
use super::walk::plain;

/// The cache, open for one scan.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    records: Records,
    blocks: Blocks,
    sender: SyncSender<Portion>,
    writer: JoinHandle<Option<String>>,
    damaged: Arc<AtomicBool>,
}

/// What opening a cache came to. Where there is no cache, the scan does without.
#[derive(Debug)]
pub struct Opening {
    /// The cache, where it can be used.
    pub cache: Option<Cache>,
    /// What the user should know, in one sentence.
    pub note: Option<String>,
}

/// What a cache holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheStats {
    /// Files that are remembered.
    pub files: u64,
    /// Reports that are kept for them.
    pub reports: u64,
    /// Bytes of the store.
    pub bytes: u64,
}

impl Cache {
    /// Opens the cache in `folder`, which is made where it is missing.
    pub fn open(folder: &Path) -> Opening {
        let path = Self::file_in(folder);
        let without = |why: String| Opening {
            cache: None,
            note: Some(format!("the cache {} is not used: {why}", path.display())),
        };
        if let Err(error) = make(folder) {
            return without(plain(&error));
        }
        let mut note = None;
        if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LARGEST) {
            note = Some(format!("the cache {} had grown too large and is begun anew", path.display()));
            let _ = fs::remove_file(&path);
        }
        match start(&path) {
            Ok(cache) => return Opening { cache: Some(cache), note },
            Err(Unusable::InUse) => return without("another run is using it".to_owned()),
            Err(Unusable::System(error)) => return without(error),
            Err(Unusable::Damaged) => {}
        }
        if let Err(error) = fs::remove_file(&path) {
            return without(format!("it is damaged and cannot be removed: {}", plain(&error)));
        }
        match start(&path) {
            Ok(cache) => Opening {
                cache: Some(cache),
                note: Some(format!("the cache {} was damaged and is begun anew", path.display())),
            },
            Err(Unusable::InUse) => without("another run is using it".to_owned()),
            Err(Unusable::System(error)) => without(error),
            Err(Unusable::Damaged) => without("it is damaged".to_owned()),
        }
    }

    /// The file that the cache in `folder` is.
    pub fn file_in(folder: &Path) -> PathBuf {
        folder.join(FILE)
    }

    /// What the cache in `folder` holds; `None` where there is none.
    ///
    /// Errors: why it cannot be looked at, in one sentence.
    pub fn stats(folder: &Path) -> Result<Option<CacheStats>, String> {
        let path = Self::file_in(folder);
        let bytes = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(plain(&error)),
        };
        let count = guarded(|| {
            let database = open(&path)?;
            let (records, _) = tables(&database)?;
            count(&records).map_err(unusable)
        });
        match count.unwrap_or(Err(Unusable::Damaged)) {
            Ok((files, reports)) => Ok(Some(CacheStats { files, reports, bytes })),
            Err(Unusable::InUse) => Err("another run is using it".to_owned()),
            Err(Unusable::System(error)) => Err(error),
            Err(Unusable::Damaged) => Err("it is damaged; the next scan begins it anew".to_owned()),
        }
    }

    /// Removes the cache in `folder`; says whether there was one.
    pub fn clear(folder: &Path) -> io::Result<bool> {
        match fs::remove_file(Self::file_in(folder)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Hands on all that is to be remembered. Says what the user should know, in one sentence.
    pub fn finish(self) -> Option<String> {
        let Self { path, records, blocks, sender, writer, damaged } = self;
        drop(sender);
        // The store is closed with the last of these, which a damaged one may refuse.
        let closed = guarded(|| drop((records, blocks)));
        let trouble = writer.join().unwrap_or_else(|_| Some("its writer stopped".to_owned()));
        if closed.is_err() || damaged.load(Ordering::Relaxed) {
            let _ = fs::remove_file(&path);
            return Some(format!("the cache {} was damaged and is removed", path.display()));
        }
        trouble.map(|why| format!("the cache {} was not written: {why}", path.display()))
    }

    /// What is remembered of the file of this key.
    pub(crate) fn record(&self, key: &[u8]) -> Option<Record> {
        self.look(|| Ok(self.records.get(key)?.and_then(|bytes| Record::decode(bytes.value()))))
    }

    /// Reads the block that holds the report of a record into `block`, where it is not that one already.
    pub(crate) fn load(&self, block: &mut Block, record: &Record) -> Option<()> {
        if block.is(record.block) {
            return Some(());
        }
        self.look(|| Ok(self.blocks.get(record.block)?.and_then(|bytes| block.read(record.block, bytes.value()))))
    }

    /// Remembers files; waits where the store is slower than the scan.
    pub(crate) fn remember(&self, portion: Portion) {
        if !portion.records.is_empty() {
            // A writer that has stopped has said why.
            let _ = self.sender.send(portion);
        }
    }

    fn look<T>(&self, work: impl FnOnce() -> Result<Option<T>, StorageError>) -> Option<T> {
        if self.damaged.load(Ordering::Relaxed) {
            return None;
        }
        if let Ok(Ok(found)) = guarded(work) {
            found
        } else {
            self.damaged.store(true, Ordering::Relaxed);
            None
        }
    }
}

/// Opens the store and starts its writer.
fn start(path: &Path) -> Result<Cache, Unusable> {
    let (database, (records, blocks)) = guarded(|| {
        let database = open(path)?;
        let tables = tables(&database)?;
        Ok((database, tables))
    })
    .unwrap_or(Err(Unusable::Damaged))?;
    let damaged = Arc::new(AtomicBool::new(false));
    let (sender, receiver) = sync_channel(QUEUE);
    let writer_damaged = Arc::clone(&damaged);
    let writer = thread::Builder::new()
        .name("cache".to_owned())
        .spawn(move || write(database, &receiver, &writer_damaged))
        .map_err(|error| Unusable::System(plain(&error)))?;
    Ok(Cache { path: path.to_owned(), records, blocks, sender, writer, damaged })
}

/// Makes the folder, for its owner alone where it is new.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Name of the store; the number goes up when what is in it changes its shape.
const FILE: &str = "scan-2.redb";
/// Batches that wait for the writer.
const QUEUE: usize = 64;
/// Bytes beyond which a store is begun anew: files that are gone are not taken out one by one.
const LARGEST: u64 = 4 << 30;

#[cfg(test)]
mod tests {
    use redb::ReadableTable;

    use super::*;
    use crate::check::Checker;
    use crate::finding::FileReport;
    use crate::profile::Profile;
    use crate::rules::Request;
    use crate::scan::block::BlockBuilder;
    use crate::scan::kept::Pieces;
    use crate::scan::record::Outline;
    use crate::scan::source::Stamp;

    /// A report as its JSON says it, which leaves out what only comparisons read.
    fn report(name: &str) -> FileReport {
        let request = Request { name: Some(name), ..Request::default() };
        let report = Checker::new(Profile::default()).check_bytes(b"GIF89a\x01\0\x01\0\0\0\0;", &request);
        serde_json::from_slice(&serde_json::to_vec(&report).unwrap()).unwrap()
    }

    fn record(name: &str, slot: u32) -> Record {
        let stamp =
            Stamp { size: 1, modified_seconds: 2, modified_nanoseconds: 3, inode: 4, device: name.len() as u64 };
        let outline = Some(Outline::of(&report(name)));
        Record { stamp, facts_key: 1, verdict_key: 2, is_media: true, is_drawn: false, outline, block: 0, slot }
    }

    fn portion(names: &[&str]) -> Portion {
        let (mut pieces, mut builder) = (Pieces::default(), BlockBuilder::default());
        let mut portion = Portion::default();
        for name in names {
            pieces.take(&mut report(name), false).unwrap();
            let slot = builder.add(&pieces).unwrap();
            portion.records.push((name.as_bytes().into(), record(name, slot)));
        }
        portion.block = builder.finish();
        portion
    }

    fn remember(folder: &Path, names: &[&str]) {
        let cache = opened(folder);
        cache.remember(portion(names));
        assert_eq!(cache.finish(), None);
    }

    fn read(cache: &Cache, name: &str) -> Option<FileReport> {
        let record = cache.record(name.as_bytes())?;
        let mut block = Block::default();
        cache.load(&mut block, &record)?;
        block.kept(record.slot, true)?.report(name.to_owned())
    }

    fn opened(folder: &Path) -> Cache {
        let opening = Cache::open(folder);
        assert_eq!(opening.note, None);
        opening.cache.unwrap()
    }

    #[test]
    fn what_is_remembered_is_there_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new/cache");
        assert_eq!(Cache::stats(&folder), Ok(None));
        remember(&folder, &["/a.gif", "/b.gif"]);
        let cache = opened(&folder);
        assert_eq!(cache.record(b"/b.gif"), Some(Record { block: 1, ..record("/b.gif", 1) }));
        assert_eq!(read(&cache, "/b.gif"), Some(report("/b.gif")));
        assert_eq!(cache.record(b"/c.gif"), None);
        assert_eq!(cache.finish(), None);
        let stats = Cache::stats(&folder).unwrap().unwrap();
        assert_eq!((stats.files, stats.reports), (2, 2));
        assert!(Cache::clear(&folder).unwrap());
        assert!(!Cache::clear(&folder).unwrap());
        assert_eq!(opened(&folder).record(b"/a.gif"), None);
    }

    #[test]
    fn a_block_goes_with_the_last_of_its_reports() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["/a.gif", "/b.gif", "/c.gif"];
        let numbers = || {
            let cache = opened(folder.path());
            let numbers: Vec<_> = cache.blocks.iter().unwrap().map(|block| block.unwrap().0.value()).collect();
            assert!(names.iter().all(|name| read(&cache, name) == Some(report(name))));
            assert_eq!(cache.finish(), None);
            numbers
        };
        remember(folder.path(), &names);
        assert_eq!(numbers(), [1]);
        remember(folder.path(), &["/b.gif"]);
        remember(folder.path(), &["/a.gif"]);
        assert_eq!(numbers(), [1, 2, 3]);
        remember(folder.path(), &["/c.gif", "/b.gif"]);
        assert_eq!(numbers(), [3, 4]);
    }

    #[test]
    fn one_run_uses_it_and_another_does_without() {
        let folder = tempfile::tempdir().unwrap();
        let first = opened(folder.path());
        let second = Cache::open(folder.path());
        assert!(second.cache.is_none());
        assert!(second.note.unwrap().ends_with("is not used: another run is using it"));
        assert_eq!(Cache::stats(folder.path()), Err("another run is using it".to_owned()));
        first.remember(portion(&["/a"]));
        assert_eq!(first.finish(), None);
        assert!(opened(folder.path()).record(b"/a").is_some());
    }

    #[test]
    fn a_damaged_store_is_begun_anew_or_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..200).map(|number| format!("/{number}.gif")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        remember(folder.path(), &names);
        let path = Cache::file_in(folder.path());
        let sound = fs::read(&path).unwrap();
        let length = sound.len();
        let mut cases = vec![Vec::from(&b"no store at all"[..]), sound[..length / 2].to_vec(), vec![0xff; 10_000]];
        cases.push(sound[..100].to_vec());
        for step in 0..40 {
            let mut damaged = sound.clone();
            let start = step * length / 40;
            for byte in damaged.iter_mut().skip(start).take(300) {
                *byte ^= 0xa5;
            }
            cases.push(damaged);
        }
        for (number, damaged) in cases.into_iter().enumerate() {
            // A new file each time: a store that fell over may hold its lock until the process ends.
            fs::remove_file(&path).unwrap();
            fs::write(&path, damaged).unwrap();
            let opening = Cache::open(folder.path());
            let cache = opening.cache.unwrap_or_else(|| panic!("{number}: {:?}", opening.note));
            for name in &names {
                if let Some(found) = cache.record(name.as_bytes()) {
                    let expected = Record { block: found.block, ..record(name, found.slot) };
                    assert_eq!(found, expected, "{number}: damage is never taken for a record");
                    assert!(read(&cache, name).is_none_or(|found| found == report(name)), "{number}");
                }
            }
            cache.remember(portion(&["/new.gif"]));
            let _ = cache.finish();
            let again = Cache::open(folder.path());
            let _ = again.cache.unwrap_or_else(|| panic!("{number}: {:?}", again.note)).finish();
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let opening = Cache::open(&folder.path().join("file/cache"));
        assert!(opening.cache.is_none());
        assert!(opening.note.unwrap().ends_with("Not a directory"));
    }
}
