//! The edit list: which parts of the media are presented, and when (`elst`, ISO/IEC 14496-12:2022 8.6.6).

use super::table::{Table, full_box, word};
use crate::input::{Cursor, CursorEnded};

/// An edit list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elst<'a> {
    entries: Entries<'a>,
    /// Number of entries that the box claims.
    pub(crate) claimed: u64,
    /// Absolute offset of the number of entries.
    pub(crate) at: u64,
}

#[derive(Clone, Copy, Debug)]
enum Entries<'a> {
    Short(Table<'a, 12>),
    Long(Table<'a, 20>),
}

/// One edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Length of the edit in ticks of the movie's clock.
    pub(crate) segment_duration: u64,
    /// Composition time at which it begins in ticks of the media's clock. `None` is -1: an empty edit.
    pub(crate) media_time: Option<u64>,
    /// Speed in 16.16 fixed point; 0 shows one picture for the whole edit.
    pub(crate) media_rate: u32,
}

impl Edit {
    /// Whether the media plays at its own speed.
    pub(crate) const fn is_normal_speed(self) -> bool {
        self.media_rate == 0x0001_0000
    }
}

impl<'a> Elst<'a> {
    /// Reads the body of `elst`.
    pub(crate) fn read(mut body: Cursor<'a>) -> Result<Self, CursorEnded> {
        let (version, _) = full_box(&mut body, "edts.elst.version")?;
        let at = body.offset();
        let count = body.u32("edts.elst.entry_count")?;
        let entries = if version == 1 {
            Entries::Long(Table::read(&body, count))
        } else {
            Entries::Short(Table::read(&body, count))
        };
        Ok(Self { entries, claimed: u64::from(count), at })
    }

    /// Number of edits that are there.
    pub(crate) const fn len(&self) -> usize {
        match self.entries {
            Entries::Short(table) => table.len(),
            Entries::Long(table) => table.len(),
        }
    }

    /// The edits in the order of presentation.
    pub(crate) fn edits(self) -> impl Iterator<Item = Edit> + use<'a> {
        (0..self.len()).filter_map(move |index| self.edit(index))
    }

    fn edit(&self, index: usize) -> Option<Edit> {
        // Any negative media time is an empty edit; only -1 is ever written.
        Some(match self.entries {
            Entries::Short(table) => {
                let entry = table.get(index)?;
                Edit {
                    segment_duration: u64::from(word(entry, 0)),
                    media_time: u64::try_from(word(entry, 4).cast_signed()).ok(),
                    media_rate: word(entry, 8),
                }
            }
            Entries::Long(table) => {
                let entry = table.get(index)?;
                let long = |at| u64::from(word(entry, at)) << 32 | u64::from(word(entry, at + 4));
                Edit {
                    segment_duration: long(0),
                    media_time: u64::try_from(long(8).cast_signed()).ok(),
                    media_rate: word(entry, 16),
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 0 as ffmpeg writes it for a delayed track: an empty edit, then the media from tick 1024.
    const SHORT: &[u8] = b"\0\0\0\0\0\0\0\x02\0\0\x01\xf4\xff\xff\xff\xff\0\x01\0\0\0\0\x07\xd0\0\0\x04\0\0\x01\0\0";
    /// Version 1 with one edit at no speed.
    const LONG: &[u8] = b"\x01\0\0\0\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\x04\0\0\0\0\0";

    #[test]
    fn both_versions_are_read() {
        let normal = 0x0001_0000;
        let edits: Vec<_> = Elst::read(Cursor::new(SHORT, 0)).unwrap().edits().collect();
        let empty = Edit { segment_duration: 500, media_time: None, media_rate: normal };
        assert_eq!(edits, [empty, Edit { segment_duration: 2000, media_time: Some(1024), media_rate: normal }]);
        assert!(edits[0].is_normal_speed());
        let edits: Vec<_> = Elst::read(Cursor::new(LONG, 0)).unwrap().edits().collect();
        assert_eq!(edits, [Edit { segment_duration: 1 << 32, media_time: Some(1024), media_rate: 0 }]);
    }

    #[test]
    fn every_prefix_ends_or_holds_fewer_edits() {
        for bytes in [SHORT, LONG] {
            for length in 0..bytes.len() {
                match Elst::read(Cursor::new(&bytes[..length], 0)) {
                    Ok(list) => assert!((list.len() as u64) < list.claimed),
                    Err(ended) => assert!(length < 8 && ended.field.starts_with("edts.elst.")),
                }
            }
        }
    }

    #[test]
    fn a_count_of_four_thousand_million_costs_nothing() {
        let list = Elst::read(Cursor::new(b"\0\0\0\0\xff\xff\xff\xff\0\0\0\0", 0)).unwrap();
        assert_eq!((list.len(), list.claimed), (0, 0xffff_ffff));
    }
}
