//! Sample groups of random access points: `sbgp` maps samples to the descriptions of `sgpd` (ISO/IEC 14496-12:2022 8.9
//! and 10.4).

use super::table::{Table, full_box, word};
use crate::facts::FourCc;
use crate::input::{Cursor, CursorEnded};

/// Samples that follow each other in one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupRange {
    /// First sample in decoding order, counted from 0 over the whole track.
    pub(crate) first: u64,
    /// Number of samples.
    pub(crate) count: u64,
    /// `num_leading_samples`, or -1 where it is not known.
    pub(crate) value: i16,
}

/// The descriptions of one grouping type: `sgpd`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptions<'a> {
    /// The grouping type.
    pub(crate) grouping_type: FourCc,
    entries: &'a [u8],
    stride: usize,
    skip: usize,
    count: u32,
}

impl<'a> Descriptions<'a> {
    /// Reads the body of `sgpd`.
    pub(crate) fn read(mut body: Cursor<'a>) -> Result<Self, CursorEnded> {
        let (version, _) = full_box(&mut body, "mdia.minf.stbl.sgpd.version")?;
        let grouping_type = FourCc(body.array("mdia.minf.stbl.sgpd.grouping_type")?);
        let length = match version {
            0 => 1,
            _ => body.u32("mdia.minf.stbl.sgpd.default_length")?,
        };
        if version >= 2 {
            body.skip(4, "mdia.minf.stbl.sgpd.default_group_description_index")?;
        }
        let count = body.u32("mdia.minf.stbl.sgpd.entry_count")?;
        // With a default length of 0 each entry is preceded by its own; those of `rap ` have one byte.
        let (stride, skip) = if length == 0 { (5, 4) } else { (length, 0) };
        let stride = usize::try_from(stride).unwrap_or(usize::MAX);
        Ok(Self { grouping_type, entries: body.rest(), stride, skip, count })
    }

    /// The value of the description at `index`, counted from 1: see [`GroupRange::value`].
    pub(crate) fn value(&self, index: u32) -> Option<i16> {
        let position = index.checked_sub(1).filter(|_| index <= self.count)?;
        let at = usize::try_from(position).ok()?.checked_mul(self.stride)?.checked_add(self.skip)?;
        let &byte = self.entries.get(at)?;
        Some(if byte & 0x80 == 0 { -1 } else { i16::from(byte & 0x7f) })
    }
}

/// Which samples are in which group: `sbgp`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Membership<'a> {
    /// The grouping type.
    pub(crate) grouping_type: FourCc,
    /// Pairs of a number of samples and the index of a description, counted from 1; 0 is no group.
    pub(crate) runs: Table<'a, 8>,
}

impl<'a> Membership<'a> {
    /// Reads the body of `sbgp`.
    pub(crate) fn read(mut body: Cursor<'a>) -> Result<Self, CursorEnded> {
        let (version, _) = full_box(&mut body, "mdia.minf.stbl.sbgp.version")?;
        let grouping_type = FourCc(body.array("mdia.minf.stbl.sbgp.grouping_type")?);
        if version >= 1 {
            body.skip(4, "mdia.minf.stbl.sbgp.grouping_type_parameter")?;
        }
        let count = body.u32("mdia.minf.stbl.sbgp.entry_count")?;
        Ok(Self { grouping_type, runs: Table::read(&body, count) })
    }

    /// The samples that are in a group, from `first` on, with the values that `value` gives for the indices.
    pub(crate) fn ranges<F: Fn(u32) -> Option<i16>>(
        self,
        first: u64,
        value: F,
    ) -> impl Iterator<Item = GroupRange> + use<'a, F> {
        let mut next = first;
        self.runs.entries().iter().filter_map(move |entry| {
            let (first, count) = (next, u64::from(word(entry, 0)));
            next = next.saturating_add(count);
            let value = value(word(entry, 4)).filter(|_| count != 0)?;
            Some(GroupRange { first, count, value })
        })
    }
}

/// Grouping type of random access points, whose leading samples cannot be decoded (ISO/IEC 14496-12:2022 10.4).
pub(crate) const RAP: FourCc = FourCc(*b"rap ");

#[cfg(test)]
mod tests {
    use super::*;

    /// `sgpd` of version 1 with a default length of 1: two leading samples.
    const SGPD: &[u8] = b"\x01\0\0\0rap \0\0\0\x01\0\0\0\x01\x82";
    /// `sbgp` of version 0: one sample in no group, then forty-four in the first.
    const SBGP: &[u8] = b"\0\0\0\0rap \0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0\x2c\0\0\0\x01";

    #[test]
    fn samples_are_mapped_to_their_descriptions() {
        let descriptions = Descriptions::read(Cursor::new(SGPD, 0)).unwrap();
        let membership = Membership::read(Cursor::new(SBGP, 0)).unwrap();
        let ranges: Vec<_> = membership.ranges(100, |index| descriptions.value(index)).collect();
        assert_eq!(ranges, [GroupRange { first: 101, count: 44, value: 2 }]);
        assert_eq!((descriptions.value(0), descriptions.value(2)), (None, None));
    }

    #[test]
    fn random_access_points_tell_their_leading_samples() {
        let fixed = Descriptions::read(Cursor::new(b"\0\0\0\0rap \0\0\0\x02\x82\x02", 0)).unwrap();
        assert_eq!((fixed.value(1), fixed.value(2)), (Some(2), Some(-1)));
        let prefixed = b"\x01\0\0\0rap \0\0\0\0\0\0\0\x02\0\0\0\x01\x82\0\0\0\x01\x83";
        let prefixed = Descriptions::read(Cursor::new(prefixed, 0)).unwrap();
        assert_eq!((prefixed.value(1), prefixed.value(2)), (Some(2), Some(3)));
    }

    #[test]
    fn every_prefix_ends_or_holds_less() {
        for length in 0..SGPD.len() {
            assert!(Descriptions::read(Cursor::new(&SGPD[..length], 0)).map_or(true, |d| d.value(1).is_none()));
        }
        for length in 0..SBGP.len() {
            assert!(Membership::read(Cursor::new(&SBGP[..length], 0)).map_or(true, |m| m.runs.len() < 2));
        }
        let hostile =
            Descriptions::read(Cursor::new(b"\x01\0\0\0rap \xff\xff\xff\xff\xff\xff\xff\xff\0\0", 0)).unwrap();
        assert_eq!(hostile.value(u32::MAX), None);
    }
}
