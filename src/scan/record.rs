//! What the cache keeps of one file besides its name and its report: a record of fixed length.

use crate::finding::{FileReport, Severity, Verdict};

use super::stamp::Stamp;

/// What a report comes to: enough to count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    /// The verdict.
    pub(crate) verdict: Verdict,
    /// Findings of severity error.
    pub(crate) errors: u64,
    /// Findings of severity warning.
    pub(crate) warnings: u64,
    /// Rules that could not be decided.
    pub(crate) undecided: u64,
}

impl Outline {
    /// What `report` comes to.
    pub(crate) fn of(report: &FileReport) -> Self {
        Self {
            verdict: report.verdict,
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            undecided: report.undecided.len() as u64,
        }
    }
}

/// The record of a file: in which state it was read, under which rulings, and what that came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) stamp: Stamp,
    pub(crate) facts_key: u64,
    pub(crate) verdict_key: u64,
    /// Whether it is media, so that it is always reported.
    pub(crate) is_media: bool,
    /// Whether what is drawn of a video is kept too, or nothing is drawn of the file.
    pub(crate) is_drawn: bool,
    /// Absent for a file that is no media and was not to be reported.
    pub(crate) outline: Option<Outline>,
    /// The block that holds the report, and which of its reports it is. Zero where there is none.
    pub(crate) block: u64,
    pub(crate) slot: u32,
}

impl Record {
    /// The record as it is stored.
    pub(crate) fn encode(&self) -> [u8; LENGTH] {
        let outline = self.outline;
        let kind = match outline.map(|outline| outline.verdict) {
            None => 0,
            Some(Verdict::Pass) => 1,
            Some(Verdict::Fail) => 2,
            Some(Verdict::Undecided) => 3,
        };
        let mut bytes = [0; LENGTH];
        let mut fields = Fields(&mut bytes);
        fields.put(self.stamp.size.to_le_bytes());
        fields.put(self.stamp.modified_seconds.to_le_bytes());
        fields.put(self.stamp.modified_nanoseconds.to_le_bytes());
        fields.put(self.stamp.inode.to_le_bytes());
        fields.put(self.stamp.device.to_le_bytes());
        fields.put(self.facts_key.to_le_bytes());
        fields.put(self.verdict_key.to_le_bytes());
        fields.put([kind, u8::from(self.is_media), u8::from(self.is_drawn)]);
        let counts = outline.map_or([0; 3], |outline| [outline.errors, outline.warnings, outline.undecided]);
        // A rule finds a handful of faults; no file has thousands of millions.
        for count in counts {
            fields.put(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        }
        fields.put(self.block.to_le_bytes());
        fields.put(self.slot.to_le_bytes());
        bytes
    }

    /// The record that was stored; `None` where the bytes are none.
    pub(crate) fn decode(bytes: &[u8; LENGTH]) -> Option<Self> {
        let mut taken = Taken(bytes);
        let stamp = Stamp {
            size: u64::from_le_bytes(taken.take()?),
            modified_seconds: i64::from_le_bytes(taken.take()?),
            modified_nanoseconds: u32::from_le_bytes(taken.take()?),
            inode: u64::from_le_bytes(taken.take()?),
            device: u64::from_le_bytes(taken.take()?),
        };
        let facts_key = u64::from_le_bytes(taken.take()?);
        let verdict_key = u64::from_le_bytes(taken.take()?);
        let [kind, is_media, is_drawn] = taken.take()?;
        let errors = u32::from_le_bytes(taken.take()?).into();
        let warnings = u32::from_le_bytes(taken.take()?).into();
        let undecided = u32::from_le_bytes(taken.take()?).into();
        let block = u64::from_le_bytes(taken.take()?);
        let slot = u32::from_le_bytes(taken.take()?);
        let outline = |verdict| Some(Outline { verdict, errors, warnings, undecided });
        let outline = match kind {
            0 => None,
            1 => outline(Verdict::Pass),
            2 => outline(Verdict::Fail),
            3 => outline(Verdict::Undecided),
            _ => return None,
        };
        Some(Self {
            stamp,
            facts_key,
            verdict_key,
            is_media: is_media != 0,
            is_drawn: is_drawn != 0,
            outline,
            block,
            slot,
        })
    }
}

/// Bytes of a record.
pub(crate) const LENGTH: usize = 79;

/// Fields that are written one after the other.
struct Fields<'b>(&'b mut [u8]);

impl Fields<'_> {
    fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        let rest = std::mem::take(&mut self.0);
        if let Some((field, rest)) = rest.split_first_chunk_mut() {
            *field = bytes;
            self.0 = rest;
        }
    }
}

/// Fields that are read one after the other.
struct Taken<'b>(&'b [u8]);

impl Taken<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(outline: Option<Outline>) -> Record {
        let stamp =
            Stamp { size: 1, modified_seconds: -2, modified_nanoseconds: 999_999_999, inode: u64::MAX, device: 4 };
        Record {
            stamp,
            facts_key: 5,
            verdict_key: 6,
            is_media: outline.is_some(),
            is_drawn: true,
            outline,
            block: 7,
            slot: 8,
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let outlines = [Verdict::Pass, Verdict::Fail, Verdict::Undecided]
            .map(|verdict| Some(Outline { verdict, errors: 3, warnings: u32::MAX.into(), undecided: 1 }));
        for outline in outlines.into_iter().chain([None]) {
            let bytes = record(outline).encode();
            assert_ne!(bytes[LENGTH - 4], 0, "the last field fills the record");
            assert_eq!(Record::decode(&bytes), Some(record(outline)));
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::array::uniform32(any::<u8>()), kind in any::<u8>()) {
            let mut record = [kind; LENGTH];
            record[..32].copy_from_slice(&bytes);
            Record::decode(&record);
        }
    }
}
