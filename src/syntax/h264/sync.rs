//! Whether the tables that list random access points agree with the pictures.

use super::frames::{Frame, SyncSource};

/// The contradictions found so far, of each kind the first and the number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contradictions {
    found: Vec<Contradiction>,
}

/// Frames about which one table is wrong in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction {
    /// What is wrong.
    pub(crate) kind: Kind,
    /// The first such frame.
    pub(crate) first: Frame,
    /// Number of such frames.
    pub(crate) count: u64,
}

/// The ways in which a table can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `stss` lists a picture that needs others.
    SyncIsInter,
    /// There is no `stss`, and a picture needs others.
    NoSyncTable,
    /// `stss` leaves out an IDR picture.
    IdrIsMissing,
    /// `stss` lists a picture that begins an open GOP.
    SyncIsOpen,
    /// `stps` lists a picture that needs others.
    PartialIsInter,
    /// A group of `rap ` holds a picture that needs others.
    GroupIsInter,
    /// A group of `rap ` says that there are no leading pictures, and there are.
    GroupHasLeading,
    /// `sdtp` says that a picture needs no others, and it does.
    IndependentIsInter,
    /// `sdtp` says that an IDR picture needs others.
    DependentIsIdr,
    /// `sdtp` says that others need a picture that none may refer to.
    NeededIsDisposable,
}

impl Kind {
    /// The table, what it says of the picture, and what the bitstream says: the latter two follow "the picture".
    pub(crate) const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::SyncIsInter => ("stss", "is a sync sample", "needs others"),
            Self::NoSyncTable => ("stss", "is a sync sample, since there is no table", "needs others"),
            Self::IdrIsMissing => ("stss", "is no sync sample", "is an IDR picture"),
            Self::SyncIsOpen => ("stss", "is a sync sample", "begins an open GOP"),
            Self::PartialIsInter => ("stps", "is a partial sync sample", "needs others"),
            Self::GroupIsInter => ("sgpd", "is a random access point", "needs others"),
            Self::GroupHasLeading => ("sgpd", "has no leading pictures", "has leading pictures"),
            Self::IndependentIsInter => ("sdtp", "needs no others", "needs others"),
            Self::DependentIsIdr => ("sdtp", "needs others", "is an IDR picture"),
            Self::NeededIsDisposable => ("sdtp", "is needed by others", "is never referred to"),
        }
    }
}

impl Contradictions {
    /// Compares the tables with one frame.
    pub(crate) fn take(&mut self, frame: &Frame) {
        let labels = &frame.sample.labels;
        // Most pictures are no random access point, and nothing says that they are.
        let is_listed = labels.sync || labels.partial || labels.random_access.is_some() || labels.dependency != 0;
        if labels.source == SyncSource::Table && !is_listed && !frame.idr {
            return;
        }
        // One field of a frame in a sample of its own: the frame needs others only where its first field does.
        let needs_others = !frame.begins_intra;
        match labels.source {
            SyncSource::Table if labels.sync && needs_others => self.add(Kind::SyncIsInter, frame),
            SyncSource::Table if !labels.sync && frame.idr => self.add(Kind::IdrIsMissing, frame),
            SyncSource::NoTable if needs_others => self.add(Kind::NoSyncTable, frame),
            _ => {}
        }
        if labels.partial && needs_others {
            self.add(Kind::PartialIsInter, frame);
        }
        if labels.random_access.is_some() && needs_others {
            self.add(Kind::GroupIsInter, frame);
        }
        // The flags of a fragment have the same layout, but are no table.
        if labels.source == SyncSource::Fragment {
            return;
        }
        match labels.dependency >> 4 & 3 {
            1 if frame.idr => self.add(Kind::DependentIsIdr, frame),
            2 if needs_others => self.add(Kind::IndependentIsInter, frame),
            _ => {}
        }
        if labels.dependency >> 2 & 3 == 1 && !frame.is_reference {
            self.add(Kind::NeededIsDisposable, frame);
        }
    }

    /// Compares the tables with a frame that turned out to begin an open GOP.
    pub(crate) fn take_open(&mut self, frame: &Frame) {
        let labels = &frame.sample.labels;
        if labels.sync && labels.source == SyncSource::Table {
            self.add(Kind::SyncIsOpen, frame);
        }
        if labels.random_access == Some(0) {
            self.add(Kind::GroupHasLeading, frame);
        }
    }

    /// The contradiction that comes first in decoding order.
    pub(crate) fn first(&self) -> Option<&Contradiction> {
        self.found.iter().min_by_key(|contradiction| contradiction.first.number)
    }

    fn add(&mut self, kind: Kind, frame: &Frame) {
        match self.found.iter_mut().find(|contradiction| contradiction.kind == kind) {
            Some(contradiction) => contradiction.count += 1,
            None => self.found.push(Contradiction { kind, first: *frame, count: 1 }),
        }
    }
}
