//! What is known to have happened to an upload: its records, folded.

use std::collections::BTreeMap;

use super::layout::{Layout, Segment};
use super::moment::Moment;
use super::plan::FollowUp;
use super::record::{Record, Stored, Uploaded};
use crate::api::{MediaId, MediaKey};

/// What is known to have happened to an upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The id under which the upload is going on.
    pub session: Option<Session>,
    /// The upload, where it is done.
    pub uploaded: Option<Uploaded>,
    /// What is done of what comes after the upload.
    pub followed: Vec<FollowUp>,
    /// SHA-256 of the file, in hexadecimal, as soon as it is known.
    pub sha256: Option<String>,
    /// Bytes that had been taken under ids that were given up.
    pub repeated: u64,
    /// Bytes of a segment under the next id. Absent: as the plan says.
    pub next_chunk: Option<u64>,
}

/// An id and what the server has under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The id.
    pub id: MediaId,
    /// Its key.
    pub key: Option<MediaKey>,
    /// When it expires. Absent: nobody said.
    pub expires: Option<Moment>,
    /// How the rest of the file is cut.
    pub layout: Layout,
    /// The segments that the server has taken, by number.
    pub stored: BTreeMap<u16, Stored>,
    /// Whether FINALIZE may have gone out.
    pub finalizing: bool,
    /// Whether the server has said that it looks at the file.
    pub processing: bool,
}

impl State {
    /// The state after these records of an upload of `size` bytes.
    pub fn of<'r>(size: u64, records: impl IntoIterator<Item = &'r Record>) -> Self {
        let mut state = Self::default();
        for record in records {
            state.apply(size, record);
        }
        state
    }

    /// Takes in one more record. A record that makes no sense where it stands changes nothing.
    pub fn apply(&mut self, size: u64, record: &Record) {
        match record {
            Record::Initialized { id, key, expires, chunk } => {
                self.session = Some(Session {
                    id: *id,
                    key: key.clone(),
                    expires: *expires,
                    layout: Layout::new(size, *chunk),
                    stored: BTreeMap::new(),
                    finalizing: false,
                    processing: false,
                });
            }
            Record::GivenUp { chunk, .. } => {
                self.repeated = self.repeated.saturating_add(self.session.as_ref().map_or(0, Session::stored_bytes));
                self.session = None;
                self.next_chunk = *chunk;
            }
            Record::Finished(uploaded) => self.uploaded = Some(uploaded.clone()),
            Record::Followed { done } => self.followed.push(done.clone()),
            // The journal takes it in where it is read.
            Record::Wanted(_) => {}
            Record::Acknowledged { .. }
            | Record::Recut { .. }
            | Record::Finalizing { .. }
            | Record::Processing { .. } => {
                if let Record::Finalizing { sha256 } = record {
                    self.sha256 = Some(sha256.clone());
                }
                if let Some(session) = &mut self.session {
                    session.apply(record);
                }
            }
        }
    }

    /// Whether that much of what comes after the upload is done.
    pub fn has_followed(&self, follow_up: &FollowUp) -> bool {
        self.followed.contains(follow_up)
    }

    /// When the id of the upload expires. Absent: there is none, or nobody said.
    pub fn expires(&self) -> Option<Moment> {
        let finished = self.uploaded.as_ref().and_then(|uploaded| uploaded.expires);
        finished.or_else(|| self.session.as_ref().and_then(|session| session.expires))
    }

    /// Bytes that the server has.
    pub fn stored_bytes(&self) -> u64 {
        self.session.as_ref().map_or(0, Session::stored_bytes)
    }
}

impl Session {
    fn apply(&mut self, record: &Record) {
        match record {
            Record::Acknowledged { segments, expires } => {
                self.stored.extend(segments.iter().map(|stored| (stored.index, *stored)));
                self.expires = expires.or(self.expires);
            }
            Record::Recut { first, offset, chunk } => {
                self.layout = Layout { first: *first, offset: *offset, ..Layout::new(self.layout.size, *chunk) };
            }
            Record::Finalizing { .. } => self.finalizing = true,
            Record::Processing { expires } => {
                self.processing = true;
                self.expires = expires.or(self.expires);
            }
            _ => {}
        }
    }

    /// The segments that the server has not taken yet, in order.
    pub fn missing(&self) -> impl Iterator<Item = Segment> + '_ {
        // The layout bounds the numbers: where it has no segment of a number, it has none of a higher one.
        (self.layout.first..=u16::MAX)
            .map_while(|index| self.layout.segment(index))
            .filter(|segment| !self.stored.contains_key(&segment.index))
    }

    /// Bytes that the server has.
    pub fn stored_bytes(&self) -> u64 {
        self.stored.values().fold(0, |sum, stored| sum.saturating_add(stored.length))
    }

    /// How many segments from the first one on the server has without a gap, and where in the file they end.
    pub fn prefix(&self) -> (u16, u64) {
        let mut end = (0_u16, 0_u64);
        for stored in self.stored.values() {
            if (stored.index, stored.offset) != end {
                break;
            }
            end = (stored.index.saturating_add(1), stored.offset.saturating_add(stored.length));
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u64) -> MediaId {
        MediaId::new(number).unwrap()
    }

    fn begun(chunk: u64) -> Record {
        Record::Initialized { id: id(1), key: None, expires: Some(Moment::from_secs(10)), chunk }
    }

    fn stored(index: u16, offset: u64, length: u64) -> Record {
        Record::Acknowledged { segments: vec![Stored { index, offset, length, crc32: 0 }], expires: None }
    }

    #[test]
    fn what_is_missing_is_what_was_not_acknowledged() {
        let state = State::of(10, &[begun(4), stored(1, 4, 4)]);
        let session = state.session.unwrap();
        assert_eq!(session.missing().map(|segment| segment.index).collect::<Vec<_>>(), [0, 2]);
        assert_eq!((session.prefix(), session.stored_bytes()), ((0, 0), 4));
    }

    #[test]
    fn smaller_segments_go_on_behind_the_prefix() {
        let records = [begun(4), stored(0, 0, 4), Record::Recut { first: 1, offset: 4, chunk: 2 }, stored(1, 4, 2)];
        let session = State::of(10, &records).session.unwrap();
        assert_eq!(session.prefix(), (2, 6));
        let missing: Vec<_> = session.missing().map(|segment| (segment.index, segment.offset)).collect();
        assert_eq!(missing, [(2, 6), (3, 8)]);
    }

    #[test]
    fn an_id_that_is_given_up_counts_as_repeated() {
        let why = "expired".to_owned();
        let records = [begun(4), stored(0, 0, 4), Record::GivenUp { why, chunk: Some(2) }];
        let state = State::of(10, &records);
        assert_eq!((state.session, state.repeated, state.next_chunk), (None, 4, Some(2)));
    }

    #[test]
    fn records_of_no_session_change_nothing() {
        assert_eq!(State::of(10, &[stored(0, 0, 4)]), State::default());
    }
}
