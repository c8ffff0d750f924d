//! The thread that writes a cache.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use redb::{Database, ReadableTable, Table, WriteTransaction};

use super::block::{Packs, Part};
use super::guard::guarded;
use super::listing::{self, Entry, Listing};
use super::store::{BLOCKS, LEFT, LISTINGS, Unusable, block_of, pack_key, unusable};

/// What a batch of files came to.
#[derive(Debug, Default)]
pub(crate) struct Portion {
    /// Files by folder, which is written as `folder_key` does. The numbers of blocks are not known yet.
    pub(crate) folders: Vec<(Box<[u8]>, Vec<Entry>)>,
    /// The reports.
    pub(crate) packs: Packs,
    /// Number of reports.
    pub(crate) reports: u32,
}

impl Portion {
    /// Adds a file, which comes from the same folder as the last one more often than not.
    pub(crate) fn add(&mut self, folder: &[u8], entry: Entry) {
        match self.folders.last_mut() {
            Some((last, entries)) if **last == *folder => entries.push(entry),
            _ => self.folders.push((folder.into(), vec![entry])),
        }
    }

    fn bytes(&self) -> usize {
        self.packs.iter().flatten().map(Vec::len).sum()
    }
}

/// Writes what comes in, in large commits, until the sender is gone. Returns why it stopped early.
pub(super) fn write(database: Database, receiver: &Receiver<Portion>, damaged: &AtomicBool) -> Option<String> {
    let mut trouble = None;
    let mut open: Option<Open> = None;
    loop {
        let (portion, ended) = match receiver.recv_timeout(INTERVAL) {
            Ok(portion) => (Some(portion), false),
            Err(RecvTimeoutError::Timeout) => (None, false),
            Err(RecvTimeoutError::Disconnected) => (None, true),
        };
        // After a fault what comes in is dropped, so that the scan goes on.
        if trouble.is_none() && !damaged.load(Ordering::Relaxed) {
            let before = open.take();
            match guarded(|| step(&database, before, portion, ended)) {
                Ok(Ok(after)) => open = after,
                Ok(Err(Unusable::System(error))) => trouble = Some(error),
                Ok(Err(Unusable::InUse | Unusable::Damaged)) | Err(_) => damaged.store(true, Ordering::Relaxed),
            }
        }
        if ended {
            break;
        }
    }
    if guarded(|| drop((open, database))).is_err() {
        damaged.store(true, Ordering::Relaxed);
    }
    trouble
}

/// A transaction that takes portions until it is long or old enough.
struct Open {
    transaction: WriteTransaction,
    bytes: usize,
    begun: Instant,
}

/// Adds a portion to the transaction, and commits it where it is time. Returns the transaction while it is open.
fn step(
    database: &Database,
    open: Option<Open>,
    portion: Option<Portion>,
    ended: bool,
) -> Result<Option<Open>, Unusable> {
    let mut open = match (open, &portion) {
        (Some(open), _) => open,
        (None, Some(_)) => {
            Open { transaction: database.begin_write().map_err(unusable)?, bytes: 0, begun: Instant::now() }
        }
        (None, None) => return Ok(None),
    };
    if let Some(portion) = portion {
        open.bytes += portion.bytes();
        put(&open.transaction, portion).map_err(unusable)?;
    }
    if ended || open.bytes >= LONGEST || open.begun.elapsed() >= INTERVAL {
        open.transaction.commit().map_err(unusable)?;
        return Ok(None);
    }
    Ok(Some(open))
}

type ListingTable<'t> = Table<'t, &'static [u8], &'static [u8]>;
type BlockTable<'t> = Table<'t, u64, &'static [u8]>;

#[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
fn put(transaction: &WriteTransaction, portion: Portion) -> Result<(), redb::Error> {
    let mut listings = transaction.open_table(LISTINGS)?;
    let mut blocks = transaction.open_table(BLOCKS)?;
    let mut left = transaction.open_table(LEFT)?;
    let number = left.last()?.map_or(0, |(number, _)| number.value()).max(last_block(&blocks)?).saturating_add(1);
    if portion.reports > 0 {
        for (part, pack) in Part::ALL.into_iter().zip(&portion.packs) {
            if let Some(pack) = pack {
                blocks.insert(pack_key(number, part), pack.as_slice())?;
            }
        }
        left.insert(number, portion.reports)?;
    }
    for (folder, mut entries) in portion.folders {
        for (_, record) in &mut entries {
            record.block = if record.outline.is_some() { number } else { 0 };
        }
        for gone in merge(&mut listings, &folder, entries)? {
            leave(gone, &mut blocks, &mut left)?;
        }
    }
    Ok(())
}

#[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
fn last_block(blocks: &BlockTable<'_>) -> Result<u64, redb::Error> {
    Ok(blocks.last()?.map_or(0, |(key, _)| block_of(key.value())))
}

/// Puts files into the listings of their folder. Returns the blocks of the reports whose place they take, one each.
#[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
fn merge(listings: &mut ListingTable<'_>, folder: &[u8], entries: Vec<Entry>) -> Result<Vec<u64>, redb::Error> {
    let mut gone = Vec::new();
    let mut take_place = |earlier: &Entry| gone.extend(earlier.1.outline.map(|_| earlier.1.block));
    let mut entries = sorted(entries, &mut take_place);
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(gone) };
    let (first_key, last_key) = ([folder, &first.0].concat(), [folder, &last.0].concat());
    let mut earlier: Vec<Entry> = Vec::new();
    let mut overlapping: Vec<Vec<u8>> = Vec::new();
    let mut listing = Listing::default();
    // The listing that begins before the first of these may reach as far, or have room for them.
    let before = listings.range::<&[u8]>(..first_key.as_slice())?.next_back().transpose()?;
    if let Some((key, bytes)) = before.filter(|(key, _)| key.value().starts_with(folder)) {
        let is_read = listing.read(bytes.value()).is_some();
        if is_read && (listing.reaches(&first.0) || listing.len() + entries.len() <= FEW) {
            overlapping.push(key.value().to_owned());
            earlier.extend(listing.entries());
        }
    }
    for entry in listings.range::<&[u8]>(first_key.as_slice()..=last_key.as_slice())? {
        let (key, bytes) = entry?;
        overlapping.push(key.value().to_owned());
        if listing.read(bytes.value()).is_some() {
            earlier.extend(listing.entries());
        }
    }
    if !earlier.is_empty() {
        earlier.append(&mut entries);
        entries = sorted(earlier, &mut take_place);
    }
    for key in overlapping {
        listings.remove(key.as_slice())?;
    }
    let parts = entries.len().div_ceil(MANY).max(1);
    for part in entries.chunks(entries.len().div_ceil(parts).max(1)) {
        if let (Some((name, _)), Some(bytes)) = (part.first(), listing::encode(part)) {
            listings.insert([folder, name].concat().as_slice(), bytes.as_slice())?;
        }
    }
    Ok(gone)
}

/// The entries in the order of their names; of those with the same name the last one takes the place of the others.
fn sorted(mut entries: Vec<Entry>, take_place: &mut impl FnMut(&Entry)) -> Vec<Entry> {
    if !entries.is_sorted_by(|one, other| one.0 < other.0) {
        entries.sort_by(|one, other| one.0.cmp(&other.0));
        entries.dedup_by(|later, earlier| {
            let is_same = later.0 == earlier.0;
            if is_same {
                take_place(earlier);
                std::mem::swap(later, earlier);
            }
            is_same
        });
    }
    entries
}

/// Takes one report less into account for a block, and takes the block out with its last one.
#[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
fn leave(number: u64, blocks: &mut BlockTable<'_>, left: &mut Table<'_, u64, u32>) -> Result<(), redb::Error> {
    let count = left.get(number)?.map_or(0, |count| count.value());
    if count > 1 {
        left.insert(number, count - 1)?;
    } else {
        left.remove(number)?;
        for part in Part::ALL {
            blocks.remove(pack_key(number, part))?;
        }
    }
    Ok(())
}

/// Bytes of reports in one commit.
const LONGEST: usize = 32 << 20;
/// Longest time that a report waits for its commit.
const INTERVAL: Duration = Duration::from_secs(2);
/// Files of a listing past which it is parted.
const MANY: usize = 128;
/// Files up to which listings that stand side by side become one.
const FEW: usize = 64;
