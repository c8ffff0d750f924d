//! The parameter sets that are in force: those of the container, replaced by those in band.

use std::borrow::Cow;
use std::ops::Deref;

use super::fault::Fault;
use super::nal::{Nal, PPS, SPS};
use super::pps::Pps;
use super::sps::Sps;
use crate::syntax::few::Few;

/// Parameter sets by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParameterSets<'c> {
    /// At most 32: ids are checked when a set is read.
    sps: Few<GivenSps<'c>>,
    /// At most 256.
    pps: Few<Pps>,
    /// How often a set was given that was not in force.
    changes: u64,
}

/// A sequence parameter set and where it was given.
#[derive(Clone, Debug)]
pub(crate) struct GivenSps<'c> {
    /// What it holds.
    pub(crate) sps: HeldSps<'c>,
    /// Its NAL unit.
    pub(crate) bytes: Cow<'c, [u8]>,
    /// Absolute offset of that.
    pub(crate) offset: u64,
    /// Whether it stands in a sample and not in the container.
    pub(crate) in_band: bool,
}

/// A sequence parameter set, in few bytes of its own.
#[derive(Clone, Debug)]
pub(crate) enum HeldSps<'c> {
    /// One of the container.
    Given(&'c Sps),
    /// One in band.
    Read(Box<Sps>),
}

impl Deref for HeldSps<'_> {
    type Target = Sps;

    fn deref(&self) -> &Sps {
        match self {
            Self::Given(sps) => sps,
            Self::Read(sps) => sps,
        }
    }
}

impl<'c> ParameterSets<'c> {
    /// Takes a parameter set, in place of an earlier one of the same id. Other NAL units are ignored.
    pub(crate) fn take(&mut self, nal: Nal<'_>, in_band: bool) -> Result<(), Fault> {
        match nal.unit_type() {
            // Most sets in band repeat what is known.
            SPS if self.is_given(nal) => {}
            SPS => {
                let sps = HeldSps::Read(Box::new(Sps::parse(nal)?));
                self.give(GivenSps { sps, bytes: Cow::Owned(nal.bytes.to_vec()), offset: nal.offset, in_band });
            }
            PPS => {
                let pps = Pps::parse(nal)?;
                self.changes += u64::from(!self.pps.contains(&pps));
                match self.pps.iter_mut().find(|other| other.id == pps.id) {
                    Some(other) => *other = pps,
                    None => self.pps.push(pps),
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes a sequence parameter set of the container, which was read before.
    pub(crate) fn take_sps(&mut self, sps: &'c Sps, nal: Nal<'c>) {
        if !self.is_given(nal) {
            let (sps, bytes) = (HeldSps::Given(sps), Cow::Borrowed(nal.bytes));
            self.give(GivenSps { sps, bytes, offset: nal.offset, in_band: false });
        }
    }

    fn give(&mut self, given: GivenSps<'c>) {
        self.changes += 1;
        if let Some(other) = self.sps.iter_mut().find(|other| other.sps.id == given.sps.id) {
            *other = given;
        } else {
            self.sps.push(given);
        }
    }

    fn is_given(&self, nal: Nal<'_>) -> bool {
        self.sps.iter().any(|given| *given.bytes == *nal.bytes)
    }

    /// How often a set was given that was not in force: while it stands still, so do all sets.
    #[inline]
    pub(crate) const fn changes(&self) -> u64 {
        self.changes
    }

    /// The picture parameter set of an id and the sequence parameter set that it refers to.
    pub(crate) fn find(&self, pps_id: u8) -> Result<(&Pps, &GivenSps<'c>), Missing> {
        let pps = self.pps.iter().find(|pps| pps.id == pps_id).ok_or(Missing::Pps(pps_id))?;
        let given = self.sps.iter().find(|given| given.sps.id == pps.sps_id).ok_or(Missing::Sps(pps.sps_id))?;
        Ok((pps, given))
    }
}

impl GivenSps<'_> {
    /// Its NAL unit.
    pub(crate) fn nal(&self) -> Nal<'_> {
        Nal::new(&self.bytes, self.offset)
    }
}

/// A parameter set that is referred to and was not given, or not readably.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Missing {
    /// No picture parameter set of that id.
    #[error("there is no readable picture parameter set {0}")]
    Pps(u8),
    /// No sequence parameter set of that id.
    #[error("there is no readable sequence parameter set {0}")]
    Sps(u8),
}
