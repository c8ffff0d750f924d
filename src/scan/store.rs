//! The store of a cache: its tables, and the thread that writes them.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use redb::{Database, ReadOnlyTable, ReadableTable, ReadableTableMetadata, Table, TableDefinition};

use super::block::count_in;
use super::guard::guarded;
use super::record::{LENGTH, Record};
use super::walk::plain;

/// What a batch of files came to.
#[derive(Debug, Default)]
pub(crate) struct Portion {
    /// Each file by its key. The number of the block is not known yet where there is a report.
    pub(crate) records: Vec<(Box<[u8]>, Record)>,
    /// The reports; absent where there is none.
    pub(crate) block: Option<Vec<u8>>,
}

impl Portion {
    fn bytes(&self) -> usize {
        let records: usize = self.records.iter().map(|(key, _)| key.len() + LENGTH).sum();
        records + self.block.as_ref().map_or(0, Vec::len)
    }
}

/// Why a store cannot be used.
#[derive(Debug)]
pub(super) enum Unusable {
    /// Another process holds it.
    InUse,
    /// What the system said.
    System(String),
    /// It is none, or damaged.
    Damaged,
}

/// What a fault of the store means.
pub(super) fn unusable(error: impl Into<redb::Error>) -> Unusable {
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

/// Records by key.
pub(super) type Records = ReadOnlyTable<&'static [u8], &'static [u8]>;
/// Blocks by number.
pub(super) type Blocks = ReadOnlyTable<u64, &'static [u8]>;

/// Opens the store at a path, which is made where there is none.
pub(super) fn open(path: &Path) -> Result<Database, Unusable> {
    Database::builder().set_cache_size(PAGES).create(path).map_err(unusable)
}

/// The tables as they are now; they are made in a store that is new.
pub(super) fn tables(database: &Database) -> Result<(Records, Blocks), Unusable> {
    #[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
    let open = || -> Result<(Records, Blocks), redb::Error> {
        let transaction = database.begin_read()?;
        Ok((transaction.open_table(RECORDS)?, transaction.open_table(BLOCKS)?))
    };
    match open() {
        Err(redb::Error::TableDoesNotExist(_)) => {
            commit(database, Vec::new())?;
            open().map_err(unusable)
        }
        opened => opened.map_err(unusable),
    }
}

/// Files and reports that are remembered.
#[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
pub(super) fn count(records: &Records) -> Result<(u64, u64), redb::Error> {
    let mut reports = 0;
    for entry in records.iter()? {
        let (_, bytes) = entry?;
        reports += u64::from(Record::decode(bytes.value()).is_some_and(|record| record.outline.is_some()));
    }
    Ok((records.len()?, reports))
}

/// Writes what comes in, in large commits, until the sender is gone. Returns why it stopped early.
pub(super) fn write(database: Database, receiver: &Receiver<Portion>, damaged: &AtomicBool) -> Option<String> {
    let mut held: Vec<Portion> = Vec::new();
    let mut bytes = 0;
    let mut committed = Instant::now();
    let mut trouble = None;
    loop {
        let (portion, ended) = match receiver.recv_timeout(INTERVAL) {
            Ok(portion) => (Some(portion), false),
            Err(RecvTimeoutError::Timeout) => (None, false),
            Err(RecvTimeoutError::Disconnected) => (None, true),
        };
        if trouble.is_none() {
            bytes += portion.as_ref().map_or(0, Portion::bytes);
            held.extend(portion);
        }
        if !held.is_empty() && (ended || bytes >= PORTION || committed.elapsed() >= INTERVAL) {
            let portions = std::mem::take(&mut held);
            match guarded(|| commit(&database, portions)) {
                Ok(Ok(())) => {}
                Ok(Err(Unusable::System(error))) => trouble = Some(error),
                Ok(Err(Unusable::InUse | Unusable::Damaged)) | Err(_) => damaged.store(true, Ordering::Relaxed),
            }
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

fn commit(database: &Database, portions: Vec<Portion>) -> Result<(), Unusable> {
    #[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
    let store = move || -> Result<(), redb::Error> {
        let transaction = database.begin_write()?;
        {
            let mut records = transaction.open_table(RECORDS)?;
            let mut blocks = transaction.open_table(BLOCKS)?;
            let mut left = transaction.open_table(LEFT)?;
            let mut number = blocks.last()?.map_or(0, |(number, _)| number.value());
            for portion in portions {
                if let Some(block) = &portion.block {
                    number = number.saturating_add(1);
                    blocks.insert(number, block.as_slice())?;
                }
                for (key, mut record) in portion.records {
                    record.block = if record.outline.is_some() { number } else { 0 };
                    let before = records.insert(key.as_ref(), record.encode().as_slice())?;
                    let before = before.and_then(|bytes| Record::decode(bytes.value()));
                    if let Some(before) = before.filter(|before| before.outline.is_some()) {
                        leave(before.block, &mut blocks, &mut left)?;
                    }
                }
            }
        }
        Ok(transaction.commit()?)
    };
    store().map_err(unusable)
}

/// Takes one report less into account for a block, and takes the block out with its last one.
#[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
fn leave(
    number: u64,
    blocks: &mut Table<'_, u64, &'static [u8]>,
    left: &mut Table<'_, u64, u32>,
) -> Result<(), redb::Error> {
    let known = left.get(number)?.map(|count| count.value());
    let count = match known {
        Some(count) => count,
        None => blocks.get(number)?.and_then(|bytes| count_in(bytes.value())).unwrap_or(0),
    };
    if count > 1 {
        left.insert(number, count - 1)?;
    } else {
        left.remove(number)?;
        blocks.remove(number)?;
    }
    Ok(())
}

/// Records by path: small, so that a scan that needs no more reads little.
const RECORDS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("records");
/// Blocks of reports by number.
const BLOCKS: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("blocks");
/// How many reports of a block still count, where newer ones have taken the place of some.
const LEFT: TableDefinition<'static, u64, u32> = TableDefinition::new("left");
/// Bytes of the store's pages that are held in memory.
const PAGES: usize = 16 << 20;
/// Bytes of one commit.
const PORTION: usize = 4 << 20;
/// Longest time that a report waits for its commit.
const INTERVAL: Duration = Duration::from_secs(2);
