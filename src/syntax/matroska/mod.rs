//! Matroska and WebM (RFC 9559, RFC 8794), read only where two films are compared: the platform takes neither.
//!
//! The headers of all elements are read one by one, `Info`, `Tracks` and `Tags` as a whole, and of the blocks only their heads. One file
//! a family of elements; `facts` lowers a track, and this file the segment.

mod blocks;
mod codecs;
mod ebml;
mod facts;
mod ids;
mod tags;
mod tracks;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use self::blocks::Frames;
use self::ebml::{Children, Element, text, unsigned};
use self::tracks::TrackEntry;
use super::mp4::foreign;
use super::mp4::notes::Notes;
use crate::facts::{Evidence, Fact, Facts, Movie, Tag};
use crate::input::{Cursor, CursorEnded, Reader, Stop};

/// Reads the structure and fills the facts.
pub(crate) fn inspect(reader: &mut Reader<'_>, facts: &mut Facts) -> Result<(), Stop> {
    let mut anomalies = std::mem::take(&mut facts.anomalies);
    let result = read(reader, facts, &mut Notes::new(&mut anomalies));
    facts.anomalies = anomalies;
    result
}

fn read(reader: &mut Reader<'_>, facts: &mut Facts, notes: &mut Notes<'_>) -> Result<(), Stop> {
    let segment = segment(reader)?;
    let mut found = Found::default();
    let walked = found.walk(&segment, reader);
    // What was read before the file ends is a film, too.
    let walked = match walked {
        Err(Stop::Source(error)) => return Err(Stop::Source(error)),
        walked => walked,
    };
    let Some((offset, bytes)) = &found.tracks else {
        walked?;
        notes.malformed(
            Evidence::new(segment.offset, "Segment.Tracks"),
            "the film has no tracks",
            "an element Tracks",
            "no such element",
        );
        return Ok(());
    };
    let mut movie = Movie {
        fragmented: Fact::known(false, Evidence::new(segment.offset, "Segment")),
        moov_at_end: Fact::Absent,
        brand: Fact::Absent,
        declared_duration: Fact::Absent,
        ..Movie::default()
    };
    let entries = entries(Cursor::new(bytes, *offset), notes);
    let film = facts::Film { scale: found.scale, scale_at: found.scale_at.unwrap_or(segment.offset) };
    let frames = found.frames.unwrap_or_else(|| Frames::new(std::iter::empty()));
    let mut streams = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let frames = frames.tracks.get(index).map_or(&[][..], |(_, frames)| frames.as_slice());
        let is_enabled = entry.enabled && facts::is_chosen(entry, &entries);
        streams.push(film.stream((index, is_enabled), entry, frames, reader, notes));
    }
    foreign::finish(streams, &mut movie, reader, notes)?;
    movie.location = tags::location(&found.tags);
    movie.tags = Some(found.tags);
    facts.movie = Some(Box::new(movie));
    walked
}

/// The segment, behind the EBML header.
fn segment(reader: &mut Reader<'_>) -> Result<Element, Stop> {
    let mut offset = 0;
    for _ in 0..MOST_BEFORE_SEGMENT {
        let element = Element::read(reader, offset)?;
        if element.id == ids::SEGMENT {
            return Ok(element);
        }
        offset = element.end(reader.len());
    }
    Err(Stop::Malformed { offset, field: "Segment", expected: "a segment".into(), actual: "other elements".into() })
}

/// The entries of `Tracks`.
fn entries<'a>(tracks: Cursor<'a>, notes: &mut Notes<'_>) -> Vec<TrackEntry<'a>> {
    let mut entries = Vec::new();
    for child in Children::new(tracks) {
        let entry = match child {
            Ok((ids::TRACK_ENTRY, body)) => TrackEntry::read(body),
            Ok(_) => continue,
            Err(ended) => Err(ended),
        };
        match entry {
            Ok(entry) if entries.len() < MOST_TRACKS => entries.push(entry),
            Ok(_) => break,
            Err(ended) => note_ended(ended, notes),
        }
    }
    entries
}

fn note_ended(ended: CursorEnded, notes: &mut Notes<'_>) {
    notes.malformed(
        Evidence::new(ended.offset, "Segment.Tracks.TrackEntry"),
        "an element reaches past the one that holds it",
        format!("{} bytes", ended.expected),
        format!("{} bytes", ended.actual),
    );
}

/// What was found in the segment.
#[derive(Default)]
struct Found {
    /// `TimestampScale`: nanoseconds of a tick.
    scale: u64,
    scale_at: Option<u64>,
    /// The data of `Tracks`, and where they stand.
    tracks: Option<(u64, Vec<u8>)>,
    frames: Option<Frames>,
    tags: Vec<Tag>,
}

impl Found {
    /// Walks over the elements of the segment.
    fn walk(&mut self, segment: &Element, reader: &mut Reader<'_>) -> Result<(), Stop> {
        self.scale = MILLISECOND;
        let end = segment.end(reader.len());
        let mut offset = segment.body;
        while offset < end {
            reader.visit(1, offset, "Segment")?;
            let element = Element::read(reader, offset)?;
            offset = element.end(end);
            match element.id {
                ids::INFO => self.info(&element, reader)?,
                ids::TRACKS if self.tracks.is_none() => self.tracks(&element, reader)?,
                ids::TAGS => {
                    let bytes = whole(&element, "Segment.Tags", reader)?;
                    tags::read(Cursor::new(&bytes, element.body), &mut self.tags);
                }
                ids::CLUSTER => {
                    // Without tracks blocks belong to nobody; live streams have theirs in front.
                    if let Some(frames) = &mut self.frames {
                        offset = frames.cluster(&element, end, reader)?;
                    } else if element.size.is_none() {
                        return Err(Stop::Malformed {
                            offset: element.offset,
                            field: "Segment.Cluster",
                            expected: "tracks in front of a cluster of unknown size".into(),
                            actual: "none".into(),
                        });
                    }
                }
                ids::SEGMENT => return Ok(()),
                _ => {}
            }
            element.is_within(end, "Segment.element")?;
        }
        segment.is_within(reader.len(), "Segment")
    }

    fn info(&mut self, info: &Element, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let bytes = whole(info, "Segment.Info", reader)?;
        for child in Children::new(Cursor::new(&bytes, info.body)) {
            let (id, data) = child?;
            match id {
                ids::TIMESTAMP_SCALE if unsigned(data) > 0 => {
                    (self.scale, self.scale_at) = (unsigned(data), Some(data.offset()));
                }
                ids::TITLE => tags::push(&mut self.tags, "title", text(data, Tag::LONGEST), data.offset()),
                _ => {}
            }
        }
        Ok(())
    }

    fn tracks(&mut self, tracks: &Element, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let bytes = whole(tracks, "Segment.Tracks", reader)?;
        let mut ignored = Vec::new();
        let entries = entries(Cursor::new(&bytes, tracks.body), &mut Notes::new(&mut ignored));
        self.frames = Some(Frames::new(entries.iter().map(|entry| entry.number)));
        self.tracks = Some((tracks.body, bytes));
        Ok(())
    }
}

/// The data of an element.
fn whole(element: &Element, field: &'static str, reader: &mut Reader<'_>) -> Result<Vec<u8>, Stop> {
    let size = element.size.ok_or(Stop::Malformed {
        offset: element.offset,
        field,
        expected: "a size".into(),
        actual: "none, in an element that needs one".into(),
    })?;
    reader.bytes(element.body, size, field).map(Cow::into_owned)
}

/// `TimestampScale` where it is not given: a millisecond.
const MILLISECOND: u64 = 1_000_000;
/// Elements in front of the segment: the EBML header, and room that writers leave.
const MOST_BEFORE_SEGMENT: u32 = 16;
/// Tracks that are read.
const MOST_TRACKS: usize = 128;
