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
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use redb::{Database, ReadOnlyTable, ReadableTableMetadata, StorageError, TableDefinition};

use crate::finding::FileReport;

use super::guard::guarded;
use super::record::{Record, pack, unpack};
use super::walk::plain;

/// The cache, open for one scan.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    records: ReadOnlyTable<&'static [u8], &'static [u8]>,
    bodies: ReadOnlyTable<&'static [u8], &'static [u8]>,
    sender: SyncSender<Vec<Entry>>,
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

/// One file to remember.
#[derive(Debug)]
pub(crate) struct Entry {
    key: Box<[u8]>,
    record: Record,
    body: Option<Vec<u8>>,
}

impl Entry {
    /// A file with its report, or one that is no media. `None`: the report is too long to keep.
    pub(crate) fn new(key: &[u8], mut record: Record, report: Option<&FileReport>, json: &mut Vec<u8>) -> Option<Self> {
        let body = match report {
            Some(report) => Some(pack(report, json)?),
            None => None,
        };
        record.body_crc = body.as_deref().map_or(0, crc32fast::hash);
        Some(Self { key: key.into(), record, body })
    }

    fn bytes(&self) -> usize {
        self.key.len() * 2 + self.body.as_ref().map_or(0, Vec::len) + super::record::LENGTH
    }
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
            let (records, bodies) = tables(&database)?;
            Ok((records.len().map_err(unusable)?, bodies.len().map_err(unusable)?))
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
        let Self { path, records, bodies, sender, writer, damaged } = self;
        drop(sender);
        // The store is closed with the last of these, which a damaged one may refuse.
        let closed = guarded(|| drop((records, bodies)));
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

    /// The report that belongs to a record.
    pub(crate) fn report(&self, key: &[u8], record: &Record) -> Option<FileReport> {
        self.look(|| Ok(self.bodies.get(key)?.and_then(|bytes| unpack(bytes.value(), record.body_crc))))
    }

    /// Remembers files; waits where the store is slower than the scan.
    pub(crate) fn remember(&self, entries: Vec<Entry>) {
        if !entries.is_empty() {
            // A writer that has stopped has said why.
            let _ = self.sender.send(entries);
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

/// Why a store cannot be used.
#[derive(Debug)]
enum Unusable {
    InUse,
    System(String),
    Damaged,
}

/// What a fault of the store means.
fn unusable(error: impl Into<redb::Error>) -> Unusable {
    match error.into() {
        redb::Error::DatabaseAlreadyOpen => Unusable::InUse,
        redb::Error::Io(error)
            if !matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
        {
            Unusable::System(plain(&error))
        }
        _ => Unusable::Damaged,
    }
}

type Tables = (ReadOnlyTable<&'static [u8], &'static [u8]>, ReadOnlyTable<&'static [u8], &'static [u8]>);

/// Opens the store and starts its writer.
fn start(path: &Path) -> Result<Cache, Unusable> {
    let (database, (records, bodies)) = guarded(|| {
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
    Ok(Cache { path: path.to_owned(), records, bodies, sender, writer, damaged })
}

fn open(path: &Path) -> Result<Database, Unusable> {
    Database::builder().set_cache_size(PAGES).create(path).map_err(unusable)
}

/// The tables as they are now; they are made in a store that is new.
fn tables(database: &Database) -> Result<Tables, Unusable> {
    #[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
    let open = || -> Result<Tables, redb::Error> {
        let transaction = database.begin_read()?;
        Ok((transaction.open_table(RECORDS)?, transaction.open_table(BODIES)?))
    };
    match open() {
        Err(redb::Error::TableDoesNotExist(_)) => {
            commit(database, &[])?;
            open().map_err(unusable)
        }
        opened => opened.map_err(unusable),
    }
}

/// Writes what comes in, in large commits, until the sender is gone. Returns why it stopped early.
fn write(database: Database, receiver: &Receiver<Vec<Entry>>, damaged: &AtomicBool) -> Option<String> {
    let mut held: Vec<Entry> = Vec::new();
    let mut bytes = 0;
    let mut committed = Instant::now();
    let mut trouble = None;
    loop {
        let (entries, ended) = match receiver.recv_timeout(INTERVAL) {
            Ok(entries) => (entries, false),
            Err(RecvTimeoutError::Timeout) => (Vec::new(), false),
            Err(RecvTimeoutError::Disconnected) => (Vec::new(), true),
        };
        if trouble.is_none() {
            bytes += entries.iter().map(Entry::bytes).sum::<usize>();
            held.extend(entries);
        }
        if !held.is_empty() && (ended || bytes >= PORTION || committed.elapsed() >= INTERVAL) {
            match guarded(|| commit(&database, &held)) {
                Ok(Ok(())) => {}
                Ok(Err(Unusable::System(error))) => trouble = Some(error),
                Ok(Err(Unusable::InUse | Unusable::Damaged)) | Err(_) => damaged.store(true, Ordering::Relaxed),
            }
            held.clear();
            bytes = 0;
            committed = Instant::now();
        }
        if ended {
            break;
        }
    }
    if guarded(|| drop(database)).is_err() {
        damaged.store(true, Ordering::Relaxed);
    }
    trouble
}

fn commit(database: &Database, entries: &[Entry]) -> Result<(), Unusable> {
    #[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
    let store = || -> Result<(), redb::Error> {
        let transaction = database.begin_write()?;
        {
            let mut records = transaction.open_table(RECORDS)?;
            let mut bodies = transaction.open_table(BODIES)?;
            for entry in entries {
                let key = entry.key.as_ref();
                records.insert(key, entry.record.encode().as_slice())?;
                match &entry.body {
                    Some(body) => bodies.insert(key, body.as_slice())?,
                    None => bodies.remove(key)?,
                };
            }
        }
        Ok(transaction.commit()?)
    };
    store().map_err(unusable)
}

/// Makes the folder, for its owner alone where it is new.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Records by path: small, so that a scan that needs no more reads little.
const RECORDS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("records");
/// Reports by path.
const BODIES: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("reports");
/// Name of the store; the number goes up when what is in it changes its shape.
const FILE: &str = "scan-1.redb";
/// Bytes of the store's pages that are held in memory.
const PAGES: usize = 16 << 20;
/// Bytes of one commit.
const PORTION: usize = 4 << 20;
/// Longest time that a report waits for its commit.
const INTERVAL: Duration = Duration::from_secs(2);
/// Batches that wait for the writer.
const QUEUE: usize = 64;
/// Bytes beyond which a store is begun anew: files that are gone are not taken out one by one.
const LARGEST: u64 = 4 << 30;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Checker;
    use crate::profile::Profile;
    use crate::rules::Request;
    use crate::scan::record::Outline;
    use crate::scan::source::Stamp;

    fn report(name: &str) -> FileReport {
        let request = Request { name: Some(name), ..Request::default() };
        Checker::new(Profile::default()).check_bytes(b"GIF89a\x01\0\x01\0\0\0\0;", &request)
    }

    fn entry(name: &str) -> Entry {
        let stamp =
            Stamp { size: 1, modified_seconds: 2, modified_nanoseconds: 3, inode: 4, device: name.len() as u64 };
        let report = report(name);
        let record = Record {
            stamp,
            facts_key: 1,
            verdict_key: 2,
            is_media: true,
            outline: Some(Outline::of(&report)),
            body_crc: 0,
        };
        Entry::new(name.as_bytes(), record, Some(&report), &mut Vec::new()).unwrap()
    }

    fn remember(folder: &Path, names: &[&str]) {
        let cache = opened(folder);
        cache.remember(names.iter().map(|name| entry(name)).collect());
        assert_eq!(cache.finish(), None);
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
        let record = cache.record(b"/b.gif").unwrap();
        assert_eq!(record, entry("/b.gif").record);
        assert_eq!(cache.report(b"/b.gif", &record), Some(report("/b.gif")));
        assert_eq!(cache.record(b"/c.gif"), None);
        assert_eq!(cache.finish(), None);
        let stats = Cache::stats(&folder).unwrap().unwrap();
        assert_eq!((stats.files, stats.reports), (2, 2));
        assert!(Cache::clear(&folder).unwrap());
        assert!(!Cache::clear(&folder).unwrap());
        assert_eq!(opened(&folder).record(b"/a.gif"), None);
    }

    #[test]
    fn one_run_uses_it_and_another_does_without() {
        let folder = tempfile::tempdir().unwrap();
        let first = opened(folder.path());
        let second = Cache::open(folder.path());
        assert!(second.cache.is_none());
        assert!(second.note.unwrap().ends_with("is not used: another run is using it"));
        assert_eq!(Cache::stats(folder.path()), Err("another run is using it".to_owned()));
        first.remember(vec![entry("/a")]);
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
                if let Some(record) = cache.record(name.as_bytes()) {
                    assert_eq!(record, entry(name).record, "{number}: damage is never taken for a record");
                    if let Some(report) = cache.report(name.as_bytes(), &record) {
                        assert_eq!(report.path.as_deref(), Some(*name), "{number}");
                    }
                }
            }
            cache.remember(vec![entry("/new.gif")]);
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
