//! Listings: the records of files that stand one after the other in a folder, by the order of their names.

use super::record::{LENGTH, Record};

/// A file of a folder, and its record.
pub(crate) type Entry = (Box<[u8]>, Record);

/// The listing of some files as it is stored. `None`: the names are too long.
///
/// The entries stand in the order of their names, each name once.
pub(crate) fn encode(entries: &[Entry]) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 4];
    bytes.extend_from_slice(&u32::try_from(entries.len()).ok()?.to_le_bytes());
    let mut end = 0_u32;
    for (name, record) in entries {
        end = end.checked_add(u32::try_from(name.len()).ok()?)?;
        bytes.extend_from_slice(&end.to_le_bytes());
        bytes.extend_from_slice(&record.encode());
    }
    for (name, _) in entries {
        bytes.extend_from_slice(name);
    }
    let (crc, rest) = bytes.split_first_chunk_mut::<4>()?;
    *crc = crc32fast::hash(rest).to_le_bytes();
    Some(bytes)
}

/// A listing that was read, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// Each record, with the end of its name before it.
    records: Vec<[u8; LINE]>,
    names: Vec<u8>,
    /// Where the last file was found: the next one is behind it.
    at: usize,
}

impl Listing {
    /// Takes in the listing that was stored. `None`: it is damaged.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Option<()> {
        self.clear();
        let (crc, rest) = bytes.split_first_chunk::<4>()?;
        if crc32fast::hash(rest) != u32::from_le_bytes(*crc) {
            return None;
        }
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
        let (records, names) = rest.split_at_checked(count.checked_mul(LINE)?)?;
        self.records.extend_from_slice(records.as_chunks().0);
        self.names.extend_from_slice(names);
        Some(())
    }

    /// Forgets the files.
    pub(crate) fn clear(&mut self) {
        self.records.clear();
        self.names.clear();
        self.at = 0;
    }

    /// Number of files.
    pub(crate) const fn len(&self) -> usize {
        self.records.len()
    }

    /// The record of the file of that name. `None`: it is not listed, or damaged.
    ///
    /// Quickest where files are asked for in the order of their names.
    pub(crate) fn find(&mut self, name: &[u8]) -> Option<Record> {
        if self.name(self.at) != Some(name) {
            self.at = self.position(name)?;
        }
        let found = self.record(self.at);
        self.at += 1;
        found
    }

    /// Whether the name is not behind all of the listing.
    pub(crate) fn reaches(&self, name: &[u8]) -> bool {
        self.records.len().checked_sub(1).and_then(|last| self.name(last)).is_some_and(|last| name <= last)
    }

    /// All files. Those whose record is damaged are left out.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry> {
        (0..self.len()).filter_map(|index| Some((self.name(index)?.into(), self.record(index)?)))
    }

    fn position(&self, name: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.records.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.name(middle)?.cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    fn name(&self, index: usize) -> Option<&[u8]> {
        let end = self.name_end(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => self.name_end(before)?,
            None => 0,
        };
        self.names.get(start..end)
    }

    fn name_end(&self, index: usize) -> Option<usize> {
        let (end, _) = self.records.get(index)?.split_first_chunk()?;
        usize::try_from(u32::from_le_bytes(*end)).ok()
    }

    fn record(&self, index: usize) -> Option<Record> {
        Record::decode(self.records.get(index)?.last_chunk()?)
    }
}

/// Bytes of a record and the end of its name.
const LINE: usize = LENGTH + 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scan::stamp::Stamp;

    fn entry(name: &str) -> Entry {
        let inode = name.len() as u64;
        let stamp = Stamp { size: 1, modified_seconds: 2, modified_nanoseconds: 3, inode, device: 4 };
        let (facts_key, verdict_key, block, slot) = (5, 6, 7, 8);
        let record =
            Record { stamp, facts_key, verdict_key, is_media: true, is_drawn: true, outline: None, block, slot };
        (name.as_bytes().into(), record)
    }

    fn listing(names: &[&str]) -> (Vec<Entry>, Vec<u8>) {
        let entries: Vec<Entry> = names.iter().map(|name| entry(name)).collect();
        let bytes = encode(&entries).unwrap();
        (entries, bytes)
    }

    #[test]
    fn files_are_found_in_any_order() {
        let names = ["a", "abc", "b", "zz.gif"];
        let (entries, bytes) = listing(&names);
        let mut listing = Listing::default();
        listing.read(&bytes).unwrap();
        assert_eq!(listing.entries().collect::<Vec<_>>(), entries);
        for order in [[0, 1, 2, 3], [3, 1, 0, 2], [2, 2, 3, 3]] {
            for index in order {
                assert_eq!(listing.find(names[index].as_bytes()), Some(entries[index].1));
            }
        }
        for missing in ["", "aa", "c", "zzz"] {
            assert_eq!(listing.find(missing.as_bytes()), None);
            assert_eq!(listing.find(b"b"), Some(entries[2].1));
        }
        assert!(listing.reaches(b"zz.gif") && !listing.reaches(b"zz.gig"));
        listing.clear();
        assert!(listing.find(b"a").is_none() && !listing.reaches(b"a"));
    }

    #[test]
    fn damage_is_seen() {
        let (_, sound) = listing(&["a.gif", "b.gif"]);
        let mut listing = Listing::default();
        for index in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[index] ^= 0x10;
            assert_eq!(listing.read(&damaged), None, "{index}");
            assert_eq!(listing.read(&sound[..index]), None, "{index}");
            // Even where the CRC was made to fit.
            let crc = crc32fast::hash(&damaged[4..]).to_le_bytes();
            damaged[..4].copy_from_slice(&crc);
            if listing.read(&damaged).is_some() {
                listing.find(b"b.gif");
                listing.entries().for_each(drop);
            }
        }
        let mut hostile = sound.clone();
        hostile[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        let crc = crc32fast::hash(&hostile[4..]).to_le_bytes();
        hostile[..4].copy_from_slice(&crc);
        assert_eq!(listing.read(&hostile), None, "as many as it says do not fit");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(mut bytes in proptest::collection::vec(any::<u8>(), 8..400)) {
            bytes[4..8].copy_from_slice(&2_u32.to_le_bytes());
            let crc = crc32fast::hash(&bytes[4..]).to_le_bytes();
            bytes[..4].copy_from_slice(&crc);
            let mut listing = Listing::default();
            if listing.read(&bytes).is_some() {
                listing.find(b"a");
                listing.entries().for_each(drop);
            }
        }
    }
}
