//! The sample entries of a track, `stsd`, and where its media is, `dref` (ISO/IEC 14496-12:2022 8.5.2 and 8.7.2).

use super::boxes::{Boxes, ChildBox};
use super::table::{full_box, word};
use crate::input::{Cursor, CursorEnded};

/// The sample entries of a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stsd<'a> {
    /// Number of entries that the box claims.
    pub(crate) entry_count: u32,
    /// Absolute offset of that number.
    pub(crate) at: u64,
    entries: Cursor<'a>,
}

impl<'a> Stsd<'a> {
    /// Reads the body of `stsd`.
    pub(crate) fn read(mut body: Cursor<'a>) -> Result<Self, CursorEnded> {
        full_box(&mut body, "mdia.minf.stbl.stsd.version")?;
        let at = body.offset();
        let entry_count = body.u32("mdia.minf.stbl.stsd.entry_count")?;
        Ok(Self { entry_count, at, entries: body })
    }

    /// The entries that are there, at most as many as are claimed.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<ChildBox<'a>, CursorEnded>> + use<'a> {
        let claimed = usize::try_from(self.entry_count).unwrap_or(usize::MAX);
        Boxes::new(self.entries).take(claimed)
    }
}

/// `data_reference_index` of a sample entry, counted from 1 (ISO/IEC 14496-12:2022 8.5.2.2).
pub(crate) fn data_reference_index(entry: &ChildBox<'_>) -> u32 {
    word(entry.body.rest(), 4) & 0xffff
}

/// Whether the data reference at `index`, counted from 1, says that the media is in another file.
///
/// Writers forget the flag of self-containment, so a reference without a place counts as this file.
pub(crate) fn is_external(dref: Cursor<'_>, index: u32) -> bool {
    let mut body = dref;
    if body.skip(8, "mdia.minf.dinf.dref.entry_count").is_err() {
        return false;
    }
    let position = index.checked_sub(1).and_then(|position| usize::try_from(position).ok());
    let entry = position.and_then(|position| Boxes::new(body).nth(position)?.ok());
    entry.is_some_and(|entry| {
        let self_contained = word(entry.body.rest(), 0) & 1 == 1;
        let place = entry.body.rest().get(4..).unwrap_or_default();
        !self_contained && place.iter().any(|&byte| byte != 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_as_many_as_claimed() {
        let stsd =
            Stsd::read(Cursor::new(b"\0\0\0\0\0\0\0\x01\0\0\0\x10avc1\0\0\0\0\0\0\0\x02\0\0\0\x08free", 0)).unwrap();
        let entries: Vec<_> = stsd.entries().map(Result::unwrap).collect();
        assert_eq!((entries.len(), entries[0].kind.0, data_reference_index(&entries[0])), (1, *b"avc1", 2));
        let cut = Stsd::read(Cursor::new(b"\0\0\0\0\xff\xff\xff\xff\0\0\0\x10avc1", 0)).unwrap();
        assert!(cut.entries().next().unwrap().is_err());
        for length in 0..8 {
            assert!(Stsd::read(Cursor::new(&[0; 8][..length], 0)).is_err());
        }
    }

    #[test]
    fn only_a_reference_with_a_place_is_external() {
        let own = b"\0\0\0\0\0\0\0\x01\0\0\0\x0curl \0\0\0\x01";
        let forgotten = b"\0\0\0\0\0\0\0\x01\0\0\0\x0durl \0\0\0\0\0";
        let other = b"\0\0\0\0\0\0\0\x01\0\0\0\x10url \0\0\0\0b.m\0";
        let external = |bytes, index| is_external(Cursor::new(bytes, 0), index);
        assert!(!external(&own[..], 1) && !external(&forgotten[..], 1) && external(&other[..], 1));
        assert!(!external(&other[..], 0) && !external(&other[..], 2) && !external(&other[..9], 1));
    }
}
