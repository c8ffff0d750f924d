//! The sample table: `stbl` and its boxes (ISO/IEC 14496-12:2022 8.5.1).

use super::boxes::{Boxes, ChildBox};
use super::groups::{Descriptions, Membership, RAP};
use super::notes::Notes;
use super::samples::SampleTables;
use super::stsc::ChunkOffsets;
use super::stsd::Stsd;
use super::stsz::SampleSizes;
use super::sync_samples::SampleNumbers;
use super::table::{Table, full_box};
use crate::facts::{AnomalyKind, Container, Evidence};
use crate::input::{Cursor, CursorEnded};

/// The sample table of a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stbl<'a> {
    /// Sample entries.
    pub(crate) stsd: Option<Stsd<'a>>,
    /// The tables.
    pub(crate) tables: SampleTables<'a>,
    /// Which of the mandatory tables were found.
    pub(crate) found: Found,
}

/// Which of the mandatory tables a sample table has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Found {
    /// `stts`
    pub(crate) stts: bool,
    /// `stsc`
    pub(crate) stsc: bool,
    /// `stsz` or `stz2`
    pub(crate) sizes: bool,
    /// `stco` or `co64`
    pub(crate) chunks: bool,
    ctts: bool,
    stss: bool,
    stps: bool,
}

impl<'a> Stbl<'a> {
    /// A sample table without any box.
    pub(crate) const fn empty() -> Self {
        let found =
            Found { stts: false, stsc: false, sizes: false, chunks: false, ctts: false, stss: false, stps: false };
        Self { stsd: None, tables: SampleTables::empty(), found }
    }

    /// Reads the body of `stbl`. A box that cannot be read is noted and taken as missing.
    pub(crate) fn read(&mut self, body: Cursor<'a>, container: &Container, notes: &mut Notes<'_>) {
        for child in Boxes::new(body) {
            let result = child.and_then(|child| self.child(&child, container, notes));
            if let Err(ended) = result {
                notes.ended(AnomalyKind::Malformed, container, ended);
            }
        }
    }

    fn child(&mut self, child: &ChildBox<'a>, container: &Container, notes: &mut Notes<'_>) -> Result<(), CursorEnded> {
        let mut context = Context { child, container, notes };
        let (tables, found) = (&mut self.tables, &mut self.found);
        match &child.kind.0 {
            b"stsd" if self.stsd.is_none() => self.stsd = Some(Stsd::read(child.body)?),
            b"stts" if context.first(&mut found.stts) => {
                tables.stts = context.table("mdia.minf.stbl.stts.entry_count")?;
            }
            b"ctts" if context.first(&mut found.ctts) => {
                tables.ctts = Some(context.table("mdia.minf.stbl.ctts.entry_count")?);
            }
            b"stsc" if context.first(&mut found.stsc) => {
                tables.stsc = context.table("mdia.minf.stbl.stsc.entry_count")?;
            }
            b"stsz" if context.first(&mut found.sizes) => {
                tables.sizes = context.sizes(SampleSizes::read_stsz(child.body)?);
            }
            b"stz2" if context.first(&mut found.sizes) => match SampleSizes::read_stz2(child.body)? {
                Some(sizes) => tables.sizes = context.sizes(sizes),
                None => context.notes.malformed(
                    Evidence::within(child.body.offset_after(4), container, "mdia.minf.stbl.stz2.field_size"),
                    "the sizes of the samples cannot be read",
                    "4, 8 or 16",
                    "another field size",
                ),
            },
            b"stco" if context.first(&mut found.chunks) => {
                tables.chunks = ChunkOffsets::Short(context.table("mdia.minf.stbl.stco.entry_count")?);
            }
            b"co64" if context.first(&mut found.chunks) => {
                tables.chunks = ChunkOffsets::Long(context.table("mdia.minf.stbl.co64.entry_count")?);
            }
            b"stss" if context.first(&mut found.stss) => {
                tables.stss = Some(SampleNumbers::new(context.table("mdia.minf.stbl.stss.entry_count")?));
            }
            b"stps" if context.first(&mut found.stps) => {
                tables.stps = Some(SampleNumbers::new(context.table("mdia.minf.stbl.stps.entry_count")?));
            }
            b"sdtp" if tables.sdtp.is_none() => tables.sdtp = child.body.rest().get(4..),
            b"sgpd" | b"sbgp" => context.group(tables),
            _ => {}
        }
        Ok(())
    }
}

/// One child of a sample table, and where its faults go.
struct Context<'c, 'a, 'f> {
    child: &'c ChildBox<'a>,
    container: &'c Container,
    notes: &'c mut Notes<'f>,
}

impl<'a> Context<'_, 'a, '_> {
    /// Whether this is the first box of its kind; of others, which should not be there, the first one holds.
    fn first(&mut self, found: &mut bool) -> bool {
        if *found {
            self.notes.tolerated(
                Evidence::within(self.child.offset, self.container, "mdia.minf.stbl"),
                "a table is there twice, and the first one holds",
                "one box",
                format!("another {}", self.child.kind),
            );
        }
        !std::mem::replace(found, true)
    }

    /// The table of a full box that begins with the number of its entries, `count_field`.
    fn table<const N: usize>(&mut self, count_field: &'static str) -> Result<Table<'a, N>, CursorEnded> {
        let mut body = self.child.body;
        full_box(&mut body, count_field)?;
        let at = body.offset();
        let count = body.u32(count_field)?;
        let table = Table::<N>::read(&body, count);
        self.shorter(at, count_field, table.claimed(), table.len() as u64);
        Ok(table)
    }

    fn sizes(&mut self, sizes: SampleSizes<'a>) -> SampleSizes<'a> {
        self.shorter(sizes.offset, "mdia.minf.stbl.stsz.sample_count", sizes.claimed(), sizes.len());
        sizes
    }

    /// Notes a box that claims more entries than it holds.
    fn shorter(&mut self, at: u64, field: &'static str, claimed: u64, held: u64) {
        if claimed > held {
            self.notes.malformed(
                Evidence::within(at, self.container, field),
                "the box claims more entries than it holds",
                format!("at most {held} entries"),
                format!("{claimed} entries"),
            );
        }
    }

    /// `sgpd` and `sbgp`: damage in them leaves samples without a group, which they need not have.
    fn group(&mut self, tables: &mut SampleTables<'a>) {
        let body = self.child.body;
        let damage = if self.child.kind.0 == *b"sgpd" {
            Descriptions::read(body).map(|descriptions| {
                if descriptions.grouping_type == RAP {
                    tables.rap.descriptions = Some(descriptions);
                }
            })
        } else {
            Membership::read(body).map(|membership| {
                if membership.grouping_type == RAP {
                    tables.rap.membership = Some(membership);
                }
            })
        };
        if let Err(ended) = damage {
            self.notes.ended(AnomalyKind::Tolerated, self.container, ended);
        }
    }
}
