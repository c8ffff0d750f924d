//! Tables of fixed-size entries, viewed in place, and the header that full boxes share.

use crate::input::{Cursor, CursorEnded};

/// Entries of `N` bytes each, viewed in the box that holds them.
///
/// Never longer than the bytes that are there, whatever the box claims; [`Table::claimed`] keeps what it claims.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table<'a, const N: usize> {
    entries: &'a [[u8; N]],
    /// Absolute offset of the first entry.
    start: u64,
    claimed: u32,
    /// Whether all entries count as standing there.
    unpacked: bool,
}

impl<'a, const N: usize> Table<'a, N> {
    /// Takes `claimed` entries, or as many as `cursor` holds.
    #[inline]
    pub(crate) fn read(cursor: &Cursor<'a>, claimed: u32) -> Self {
        let (entries, _) = cursor.rest().as_chunks::<N>();
        let entries = usize::try_from(claimed).ok().and_then(|count| entries.get(..count)).unwrap_or(entries);
        Self { entries, start: cursor.offset(), claimed, unpacked: cursor.is_unpacked() }
    }

    /// A table without entries.
    pub(crate) const fn empty() -> Self {
        Self { entries: &[], start: 0, claimed: 0, unpacked: false }
    }

    /// Number of entries that are there.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Number of entries that the box claims.
    #[inline]
    pub(crate) const fn claimed(&self) -> u64 {
        self.claimed as u64
    }

    /// All entries that are there.
    #[inline]
    pub(crate) const fn entries(&self) -> &'a [[u8; N]] {
        self.entries
    }

    /// The entry at `index`, counted from 0.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&'a [u8; N]> {
        self.entries.get(index)
    }

    /// Absolute offset of the entry at `index`.
    pub(crate) const fn offset_of(&self, index: usize) -> u64 {
        let before = if self.unpacked { 0 } else { (index as u64).saturating_mul(N as u64) };
        self.start.saturating_add(before)
    }
}

/// The 32 bits at the start of `bytes`, big-endian; bytes that are missing count as zero.
#[inline]
pub(crate) fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |&word| u32::from_be_bytes(word))
}

/// Takes version and flags of a full box (ISO/IEC 14496-12:2022 4.2.2).
#[inline]
pub(crate) fn full_box(body: &mut Cursor<'_>, field: &'static str) -> Result<(u8, u32), CursorEnded> {
    let [version, a, b, c] = body.array(field)?;
    Ok((version, u32::from_be_bytes([0, a, b, c])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_holds_what_is_there_and_remembers_what_was_claimed() {
        let cursor = Cursor::new(&[0, 0, 0, 1, 0, 0, 0, 2, 9], 50);
        let table = Table::<4>::read(&cursor, u32::MAX);
        assert_eq!((table.len(), table.claimed()), (2, u64::from(u32::MAX)));
        assert_eq!(table.get(1).map(|entry| word(entry, 0)), Some(2));
        assert_eq!(table.get(2), None);
        assert_eq!(table.offset_of(1), 54);
        assert_eq!(Table::<4>::read(&cursor, 1).len(), 1);
    }

    #[test]
    fn unpacked_entries_stand_where_the_packed_box_stands() {
        let table = Table::<4>::read(&Cursor::unpacked(&[0; 8], 50), 2);
        assert_eq!((table.len(), table.offset_of(0), table.offset_of(1)), (2, 50, 50));
    }

    #[test]
    fn missing_bytes_of_a_word_are_zero() {
        assert_eq!(word(&[0, 0, 1, 2, 3], 1), 0x0001_0203);
        assert_eq!(word(&[1], 0), 0);
        assert_eq!(word(&[1], 9), 0);
    }
}
