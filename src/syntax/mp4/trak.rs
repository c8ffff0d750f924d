//! One track: `trak` and its boxes down to the sample table (ISO/IEC 14496-12:2022 8.3).

use super::boxes::{Boxes, ChildBox};
use super::elst::Elst;
use super::mdhd::{Mdhd, read_elng, read_hdlr};
use super::notes::Notes;
use super::paths;
use super::stbl::Stbl;
use super::tkhd::Tkhd;
use crate::facts::{AnomalyKind, Container, Evidence, FourCc};
use crate::input::{Cursor, CursorEnded};

/// A track as the boxes tell it.
#[derive(Clone, Debug)]
pub(crate) struct Trak<'a> {
    /// Absolute offset of the box.
    pub(crate) offset: u64,
    /// Path of the box, such as `moov.trak[0]`.
    pub(crate) container: Container,
    /// Track header.
    pub(crate) tkhd: Option<Tkhd>,
    /// Edit list.
    pub(crate) elst: Option<Elst<'a>>,
    /// Media header.
    pub(crate) mdhd: Option<Mdhd>,
    /// Extended language and its offset.
    pub(crate) elng: Option<(String, u64)>,
    /// Handler type of the media and its offset.
    pub(crate) handler: Option<(FourCc, u64)>,
    /// Type of the media information header: `vmhd`, `smhd`, `gmhd`...
    pub(crate) media_header: Option<FourCc>,
    /// Body of `dref`.
    pub(crate) dref: Option<Cursor<'a>>,
    /// Sample table.
    pub(crate) stbl: Stbl<'a>,
    /// Whether there is an `stbl` at all.
    pub(crate) has_stbl: bool,
    /// Body of `tref.chap`: identifiers of the tracks that hold this one's chapters.
    pub(crate) chapters: &'a [u8],
}

impl<'a> Trak<'a> {
    /// The `index`th `trak`, whose header stands at `offset`, before its boxes are read.
    pub(crate) fn new(offset: u64, index: usize) -> Self {
        Self {
            offset,
            container: paths::trak(index),
            tkhd: None,
            elst: None,
            mdhd: None,
            elng: None,
            handler: None,
            media_header: None,
            dref: None,
            stbl: Stbl::empty(),
            has_stbl: false,
            chapters: &[],
        }
    }

    /// Reads the body of the box.
    pub(crate) fn read(&mut self, body: Cursor<'a>, notes: &mut Notes<'_>) {
        self.level(body, "box.size", notes, Self::track_child);
    }

    /// Reads the children of one level. Damage is noted, and the other children are read all the same.
    fn level(
        &mut self,
        body: Cursor<'a>,
        size_field: &'static str,
        notes: &mut Notes<'_>,
        read: fn(&mut Self, &ChildBox<'a>, &mut Notes<'_>) -> Result<(), CursorEnded>,
    ) {
        for child in Boxes::new(body) {
            let result = match child {
                Ok(child) => read(self, &child, notes),
                Err(ended) => Err(CursorEnded { field: size_field, ..ended }),
            };
            if let Err(ended) = result {
                notes.ended(AnomalyKind::Malformed, &self.container, ended);
            }
        }
    }

    fn track_child(&mut self, child: &ChildBox<'a>, notes: &mut Notes<'_>) -> Result<(), CursorEnded> {
        match &child.kind.0 {
            b"tkhd" if self.is_first(self.tkhd.is_none(), child, notes) => self.tkhd = Some(Tkhd::read(child.body)?),
            b"edts" => self.level(child.body, "edts.box.size", notes, Self::edit_child),
            b"mdia" => self.level(child.body, "mdia.box.size", notes, Self::media_child),
            b"tref" => {
                let chapters = Boxes::new(child.body).map_while(Result::ok).find(|child| child.kind.0 == *b"chap");
                self.chapters = chapters.map_or(&[], |child| child.body.rest());
            }
            _ => {}
        }
        Ok(())
    }

    fn edit_child(&mut self, child: &ChildBox<'a>, notes: &mut Notes<'_>) -> Result<(), CursorEnded> {
        if child.kind.0 != *b"elst" || !self.is_first(self.elst.is_none(), child, notes) {
            return Ok(());
        }
        let list = Elst::read(child.body)?;
        if list.claimed > list.len() as u64 {
            notes.malformed(
                Evidence::within(list.at, &self.container, "edts.elst.entry_count"),
                "the edit list claims more edits than it holds",
                format!("at most {} edits", list.len()),
                format!("{} edits", list.claimed),
            );
        }
        self.elst = Some(list);
        Ok(())
    }

    fn media_child(&mut self, child: &ChildBox<'a>, notes: &mut Notes<'_>) -> Result<(), CursorEnded> {
        match &child.kind.0 {
            b"mdhd" if self.is_first(self.mdhd.is_none(), child, notes) => self.mdhd = Some(Mdhd::read(child.body)?),
            b"hdlr" if self.is_first(self.handler.is_none(), child, notes) => {
                self.handler = Some(read_hdlr(child.body)?);
            }
            b"elng" => self.elng = read_elng(child.body),
            b"minf" => self.level(child.body, "mdia.minf.box.size", notes, Self::information_child),
            _ => {}
        }
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "the readers of all levels have one shape")]
    fn information_child(&mut self, child: &ChildBox<'a>, notes: &mut Notes<'_>) -> Result<(), CursorEnded> {
        match &child.kind.0 {
            b"vmhd" | b"smhd" | b"gmhd" | b"nmhd" | b"sthd" | b"hmhd" => self.media_header = Some(child.kind),
            b"dinf" => {
                let dref = Boxes::new(child.body).map_while(Result::ok).find(|child| child.kind.0 == *b"dref");
                self.dref = dref.map(|child| child.body);
            }
            b"stbl" if self.is_first(!self.has_stbl, child, notes) => {
                self.has_stbl = true;
                let container = self.container.clone();
                self.stbl.read(child.body, &container, notes);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether `child` is the first of its kind; of others, which should not be there, the first one holds.
    fn is_first(&self, first: bool, child: &ChildBox<'_>, notes: &mut Notes<'_>) -> bool {
        if !first {
            notes.tolerated(
                Evidence::within(child.offset, &self.container, ""),
                "a box is there twice, and the first one holds",
                "one box",
                format!("another {}", child.kind),
            );
        }
        first
    }
}
