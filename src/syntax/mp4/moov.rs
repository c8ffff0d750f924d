//! The movie: `moov` (ISO/IEC 14496-12:2022 8.2.1).

use super::boxes::{Boxes, ChildBox};
use super::location;
use super::mvhd::{Mvhd, read_mehd};
use super::notes::Notes;
use super::paths;
use super::tags;
use super::trak::Trak;
use super::trex::Trex;
use crate::facts::{AnomalyKind, Container, Evidence, Tag};
use crate::input::{Cursor, CursorEnded, Reader, Stop};

/// The movie as the boxes tell it.
#[derive(Clone, Debug)]
pub(crate) struct Moov<'a> {
    /// Absolute offset of the box.
    pub(crate) offset: u64,
    /// Movie header.
    pub(crate) mvhd: Option<Mvhd>,
    /// All tracks in the order of the file.
    pub(crate) traks: Vec<Trak<'a>>,
    /// Whether there is an `mvex`, and its absolute offset.
    pub(crate) mvex: Option<u64>,
    /// Declared length with fragments, and its absolute offset.
    pub(crate) mehd: Option<(u64, u64)>,
    /// Defaults of fragments.
    pub(crate) trexs: Vec<Trex>,
    /// Where it was recorded, and the absolute offset of that.
    pub(crate) location: Option<(String, u64)>,
    /// Bodies of `udta` and `meta`, the first of each.
    metadata: (Option<Cursor<'a>>, Option<Cursor<'a>>),
}

impl<'a> Moov<'a> {
    /// Reads the body of `moov`, whose header stands at `offset`. Stops where there are more tracks than the budget allows.
    pub(crate) fn read(
        body: Cursor<'a>,
        offset: u64,
        reader: &mut Reader<'_>,
        notes: &mut Notes<'_>,
    ) -> Result<Self, Stop> {
        let is_trak = |child: &ChildBox<'_>| child.kind.0 == *b"trak";
        let traks = Boxes::new(body).map_while(Result::ok).filter(is_trak).count();
        let mut moov = Self {
            offset,
            mvhd: None,
            traks: Vec::with_capacity(traks.min(USUAL_TRACKS)),
            mvex: None,
            mehd: None,
            trexs: Vec::new(),
            location: None,
            metadata: (None, None),
        };
        let container = paths::MOOV;
        for child in Boxes::new(body) {
            match child {
                Ok(child) if is_trak(&child) => {
                    let held = (moov.traks.len() as u64 + 1).saturating_mul(TRACK_BYTES);
                    reader.budget().structure(held).map_err(|exhausted| Stop::Budget {
                        offset: child.offset,
                        field: "moov.trak",
                        exhausted,
                    })?;
                    // A track is large, and is read where it stays.
                    moov.traks.push(Trak::new(child.offset, moov.traks.len()));
                    if let Some(trak) = moov.traks.last_mut() {
                        trak.read(child.body, notes);
                    }
                }
                Ok(child) => {
                    if let Err(ended) = moov.child(&child, &container, notes) {
                        notes.ended(AnomalyKind::Malformed, &container, ended);
                    }
                }
                Err(ended) => notes.ended(AnomalyKind::Malformed, &container, ended),
            }
        }
        Ok(moov)
    }

    /// What the metadata say.
    pub(crate) fn tags(&self) -> Vec<Tag> {
        let mut found = Vec::new();
        if let Some(user_data) = self.metadata.0 {
            tags::of_user_data(user_data, &mut found);
        }
        if let Some(metadata) = self.metadata.1 {
            tags::of_metadata(metadata, &mut found);
        }
        found
    }

    fn child(&mut self, child: &ChildBox<'a>, container: &Container, notes: &mut Notes<'_>) -> Result<(), CursorEnded> {
        match &child.kind.0 {
            b"mvhd" if self.mvhd.is_some() => notes.tolerated(
                Evidence::within(child.offset, container, "mvhd"),
                "a box is there twice, and the first one holds",
                "one box",
                "another mvhd",
            ),
            b"mvhd" => self.mvhd = Some(Mvhd::read(child.body)?),
            b"mvex" => {
                self.mvex = Some(child.offset);
                for child in Boxes::new(child.body) {
                    let child = child?;
                    match &child.kind.0 {
                        b"mehd" => self.mehd = Some(read_mehd(child.body)?),
                        b"trex" => self.trexs.push(Trex::read(child.body)?),
                        _ => {}
                    }
                }
            }
            b"udta" => {
                self.location = location::in_user_data(child.body).or(self.location.take());
                self.metadata.0.get_or_insert(child.body);
            }
            b"meta" => {
                self.location = self.location.take().or_else(|| location::in_metadata(child.body));
                self.metadata.1.get_or_insert(child.body);
            }
            _ => {}
        }
        Ok(())
    }
}

/// No more tracks are made room for before they are read.
const USUAL_TRACKS: usize = 4;

/// What one track may cost in memory, its facts and paths included.
const TRACK_BYTES: u64 = 4096;
