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

use super::block::{Block, Part};
use super::guard::guarded;
use super::listing::Listing;
use super::record::Record;
use super::store::{Blocks, Listings, Unusable, count, open, pack_key, tables, unusable};
use super::walk::plain;
use super::writer::{Portion, write};

/// The cache, open for one scan.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    listings: Listings,
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
            let (listings, _) = tables(&database)?;
            count(&listings).map_err(unusable)
        });
        match count.unwrap_or(Err(Unusable::Damaged)) {
            Ok((files, reports)) => Ok(Some(CacheStats { files, reports, bytes })),
            Err(Unusable::InUse) => Err("another run is using it".to_owned()),
            Err(Unusable::System(error)) => Err(error),
            Err(Unusable::Damaged) => Err("it is damaged; the next scan begins it anew".to_owned()),
        }
    }

    /// Removes the cache in `folder`, and those of earlier versions of the program; says whether there was one.
    pub fn clear(folder: &Path) -> io::Result<bool> {
        remove_earlier(folder);
        match fs::remove_file(Self::file_in(folder)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Hands on all that is to be remembered. Says what the user should know, in one sentence.
    pub fn finish(self) -> Option<String> {
        let Self { path, listings, blocks, sender, writer, damaged } = self;
        drop(sender);
        // The store is closed with the last of these, which a damaged one may refuse.
        let closed = guarded(|| drop((listings, blocks)));
        let trouble = writer.join().unwrap_or_else(|_| Some("its writer stopped".to_owned()));
        if closed.is_err() || damaged.load(Ordering::Relaxed) {
            let _ = fs::remove_file(&path);
            return Some(format!("the cache {} was damaged and is removed", path.display()));
        }
        trouble.map(|why| format!("the cache {} was not written: {why}", path.display()))
    }

    /// What is remembered of the file of this name in a folder, whose key is what [`Place::enter`] was given last.
    pub(crate) fn record(&self, place: &mut Place, name: &[u8]) -> Option<Record> {
        if !place.is_listed {
            return None;
        }
        if place.has(name) {
            return place.listing.find(name);
        }
        self.look(|| self.list(place, name))?;
        place.listing.find(name)
    }

    /// Reads the listing that may have a name. `None`: it is damaged.
    fn list(&self, place: &mut Place, name: &[u8]) -> Result<Option<()>, StorageError> {
        let Place { key, folder, is_new, is_listed, listing, first } = place;
        key.truncate(*folder);
        listing.clear();
        first.clear();
        if std::mem::take(is_new) {
            // Nothing more is looked for in a folder of which nothing is remembered.
            let after = self.listings.range::<&[u8]>(key.as_slice()..)?.next().transpose()?;
            *is_listed = after.is_some_and(|(after, _)| after.value().starts_with(key));
            if !*is_listed {
                return Ok(Some(()));
            }
        }
        key.extend_from_slice(name);
        let before = self.listings.range::<&[u8]>(..=key.as_slice())?.next_back().transpose()?;
        key.truncate(*folder);
        let Some((start, bytes)) = before else { return Ok(Some(())) };
        let Some(name) = start.value().strip_prefix(key.as_slice()) else { return Ok(Some(())) };
        first.extend_from_slice(name);
        Ok(listing.read(bytes.value()))
    }

    /// Makes sure that parts of the block that holds the report of a record are in `block`.
    pub(crate) fn load(&self, block: &mut Block, record: &Record, parts: &[Part]) -> Option<()> {
        block.load(record.block, parts, |part, read| {
            self.look(|| match self.blocks.get(pack_key(record.block, part))? {
                Some(pack) => Ok(read(pack.value())),
                None => Ok(Some(())),
            })
        })
    }

    /// Remembers files; waits where the store is slower than the scan.
    pub(crate) fn remember(&self, portion: Portion) {
        if !portion.folders.is_empty() {
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

/// Where a thread is: in a folder, and in one of its listings.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// The folder, a zero byte, and room for a name.
    key: Vec<u8>,
    /// Bytes of the first two.
    folder: usize,
    /// Whether nothing was looked for in the folder yet.
    is_new: bool,
    /// Whether anything of the folder is remembered, as far as is known.
    is_listed: bool,
    listing: Listing,
    /// The name by which the listing is found.
    first: Vec<u8>,
}

impl Place {
    /// Enters a folder, whose path from the root is given in pieces.
    pub(crate) fn enter(&mut self, pieces: &[&[u8]]) {
        self.key.clear();
        for piece in pieces {
            self.key.extend_from_slice(piece);
        }
        // No path has such a byte in it, so that all files of a folder stand side by side.
        self.key.push(0);
        self.folder = self.key.len();
        (self.is_new, self.is_listed) = (true, true);
        self.listing.clear();
        self.first.clear();
    }

    /// The key of the folder.
    pub(crate) fn folder(&self) -> &[u8] {
        self.key.get(..self.folder).unwrap_or_default()
    }

    /// Whether a name is listed here or nowhere.
    fn has(&self, name: &[u8]) -> bool {
        !self.is_new && self.first.as_slice() <= name && self.listing.reaches(name)
    }
}

/// Removes the caches of earlier versions of the program, which nobody else would.
fn remove_earlier(folder: &Path) {
    for name in EARLIER {
        let _ = fs::remove_file(folder.join(name));
    }
}

/// Opens the store and starts its writer.
fn start(path: &Path) -> Result<Cache, Unusable> {
    let (database, (listings, blocks)) = guarded(|| {
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
    Ok(Cache { path: path.to_owned(), listings, blocks, sender, writer, damaged })
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
const FILE: &str = "scan-3.redb";
/// Names of the stores of earlier versions.
const EARLIER: [&str; 2] = ["scan-1.redb", "scan-2.redb"];
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
    use crate::scan::stamp::Stamp;
    use crate::scan::store::block_of;

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
            pieces.take(&mut report(name), false, None).unwrap();
            let slot = builder.add(&pieces).unwrap();
            let (folder, name) = name.rsplit_once('/').unwrap();
            let folder = [folder.as_bytes(), b"\0"].concat();
            portion.add(&folder, (name.as_bytes().into(), record(name, slot)));
        }
        (portion.reports, portion.packs) = builder.finish();
        portion
    }

    fn remember(folder: &Path, names: &[&str]) {
        let cache = opened(folder);
        cache.remember(portion(names));
        assert_eq!(cache.finish(), None);
    }

    fn found(cache: &Cache, name: &str) -> Option<Record> {
        let (folder, name) = name.rsplit_once('/').unwrap();
        let mut place = Place::default();
        place.enter(&[folder.as_bytes()]);
        cache.record(&mut place, name.as_bytes())
    }

    fn read(cache: &Cache, name: &str) -> Option<FileReport> {
        let record = found(cache, name)?;
        let mut block = Block::default();
        cache.load(&mut block, &record, &Part::ALL)?;
        block.kept(record.slot)?.report(name.to_owned())
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
        assert_eq!(found(&cache, "/b.gif"), Some(Record { block: 1, ..record("b.gif", 1) }));
        assert_eq!(read(&cache, "/b.gif"), Some(report("/b.gif")));
        for missing in ["/c.gif", "/", "/a", "/a.gif/a.gif", "a.gif/a.gif", "/b/b.gif"] {
            assert_eq!(found(&cache, missing), None, "{missing}");
        }
        assert_eq!(cache.finish(), None);
        let stats = Cache::stats(&folder).unwrap().unwrap();
        assert_eq!((stats.files, stats.reports), (2, 2));
        assert!(Cache::clear(&folder).unwrap());
        assert!(!Cache::clear(&folder).unwrap());
        assert_eq!(found(&opened(&folder), "/a.gif"), None);
    }

    #[test]
    fn files_of_folders_that_are_scanned_in_pieces_and_in_any_order_are_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> =
            (0..500).map(|number| format!("/{}/{number:03}.gif", ["a", "a/b", "c"][number % 3])).collect();
        let mut order: Vec<&str> = names.iter().map(String::as_str).collect();
        // By turns from the middle, so that listings grow at both ends, overlap and are parted.
        order.sort_by_key(|name| name.bytes().rev().collect::<Vec<_>>());
        for part in order.chunks(70) {
            remember(folder.path(), part);
        }
        // One twice at once, and some again.
        remember(folder.path(), &["/c/002.gif", "/c/002.gif", "/a/000.gif", "/a/b/499.gif", "/a/b/001.gif"]);
        let cache = opened(folder.path());
        let mut place = Place::default();
        for sorted in [false, true] {
            if sorted {
                order.sort_unstable();
            }
            for name in &order {
                assert!(read(&cache, name) == Some(report(name)), "{name}");
                let (folder, name) = name.rsplit_once('/').unwrap();
                place.enter(&[folder.as_bytes()]);
                assert!(cache.record(&mut place, name.as_bytes()).is_some());
                assert!(cache.record(&mut place, format!("{name}x").as_bytes()).is_none());
                assert!(cache.record(&mut place, name.as_bytes()).is_some());
            }
        }
        let lengths: Vec<usize> = cache
            .listings
            .iter()
            .unwrap()
            .map(|entry| {
                let mut listing = Listing::default();
                listing.read(entry.unwrap().1.value()).unwrap();
                listing.len()
            })
            .collect();
        assert!(lengths.iter().all(|&length| length <= 128) && lengths.len() < 30, "{lengths:?}");
        assert_eq!(cache.finish(), None);
        let stats = Cache::stats(folder.path()).unwrap().unwrap();
        assert_eq!((stats.files, stats.reports), (500, 500));
    }

    #[test]
    fn caches_of_earlier_versions_are_not_read_and_are_cleared() {
        let folder = tempfile::tempdir().unwrap();
        for name in EARLIER {
            fs::write(folder.path().join(name), "earlier").unwrap();
        }
        assert!(!EARLIER.contains(&FILE));
        remember(folder.path(), &["/a.gif"]);
        assert!(EARLIER.iter().all(|name| fs::read(folder.path().join(name)).unwrap() == b"earlier"));
        assert!(Cache::clear(folder.path()).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_block_goes_with_the_last_of_its_reports() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["/a.gif", "/b.gif", "/c.gif"];
        let numbers = || {
            let cache = opened(folder.path());
            let keys = cache.blocks.iter().unwrap().map(|block| block.unwrap().0.value());
            let mut numbers: Vec<_> = keys.map(block_of).collect();
            numbers.dedup();
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
        assert!(found(&opened(folder.path()), "/a").is_some());
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
                if let Some(found) = found(&cache, name) {
                    let expected = Record { block: found.block, ..record(&name[1..], found.slot) };
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
