//! The store of a cache: its tables, and what is read of them.

use std::io;
use std::path::Path;

use redb::{Database, ReadOnlyTable, ReadableTable, TableDefinition};

use super::block::Part;
use super::listing::Listing;
use super::walk::plain;

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

/// Listings by folder and the name of their first file.
pub(super) type Listings = ReadOnlyTable<&'static [u8], &'static [u8]>;
/// Packs by the number of their block and part.
pub(super) type Blocks = ReadOnlyTable<u64, &'static [u8]>;

/// Opens the store at a path, which is made where there is none.
pub(super) fn open(path: &Path) -> Result<Database, Unusable> {
    Database::builder().set_cache_size(PAGES).create(path).map_err(unusable)
}

/// The tables as they are now; they are made in a store that is new.
pub(super) fn tables(database: &Database) -> Result<(Listings, Blocks), Unusable> {
    #[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
    let open = || -> Result<(Listings, Blocks), redb::Error> {
        let transaction = database.begin_read()?;
        Ok((transaction.open_table(LISTINGS)?, transaction.open_table(BLOCKS)?))
    };
    #[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
    let make = || -> Result<(), redb::Error> {
        let transaction = database.begin_write()?;
        transaction.open_table(LISTINGS)?;
        transaction.open_table(BLOCKS)?;
        Ok(transaction.commit()?)
    };
    match open() {
        Err(redb::Error::TableDoesNotExist(_)) => {
            make().map_err(unusable)?;
            open().map_err(unusable)
        }
        opened => opened.map_err(unusable),
    }
}

/// Files and reports that are remembered.
#[expect(clippy::result_large_err, reason = "the store's own error, looked at once")]
pub(super) fn count(listings: &Listings) -> Result<(u64, u64), redb::Error> {
    let (mut files, mut reports) = (0, 0);
    let mut listing = Listing::default();
    for entry in listings.iter()? {
        if listing.read(entry?.1.value()).is_some() {
            files += listing.len() as u64;
            reports += listing.entries().filter(|(_, record)| record.outline.is_some()).count() as u64;
        }
    }
    Ok((files, reports))
}

/// The key of a pack.
pub(super) const fn pack_key(block: u64, part: Part) -> u64 {
    // No store holds so many blocks that this overflows; a number that is made up leads to no pack.
    block.wrapping_mul(STEP).wrapping_add(part.number() as u64)
}

/// The number of the block of which this is a key.
pub(super) const fn block_of(key: u64) -> u64 {
    key / STEP
}

/// Listings by folder, a zero byte, and the name of their first file.
pub(super) const LISTINGS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("listings");
/// Packs of reports by the number of their block and part.
pub(super) const BLOCKS: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("blocks");
/// How many reports of a block still count.
pub(super) const LEFT: TableDefinition<'static, u64, u32> = TableDefinition::new("left");
/// Bytes of the store's pages that are held in memory.
const PAGES: usize = 16 << 20;
/// Keys a block may have, more than it has parts.
const STEP: u64 = 8;
