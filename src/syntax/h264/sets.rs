//! The parameter sets that are in force: those of the container, replaced by those in band.

use super::fault::Fault;
use super::nal::{Nal, PPS, SPS};
use super::pps::Pps;
use super::sps::Sps;

/// Parameter sets by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParameterSets {
    /// At most 32: ids are checked when a set is read.
    sps: Vec<Sps>,
    /// At most 256.
    pps: Vec<Pps>,
}

impl ParameterSets {
    /// Takes a parameter set, in place of an earlier one of the same id. Other NAL units are ignored.
    pub(crate) fn take(&mut self, nal: Nal<'_>) -> Result<(), Fault> {
        match nal.unit_type() {
            SPS => {
                let sps = Sps::parse(nal)?;
                match self.sps.iter_mut().find(|other| other.id == sps.id) {
                    Some(other) => *other = sps,
                    None => self.sps.push(sps),
                }
            }
            PPS => {
                let pps = Pps::parse(nal)?;
                match self.pps.iter_mut().find(|other| other.id == pps.id) {
                    Some(other) => *other = pps,
                    None => self.pps.push(pps),
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The picture parameter set of an id and the sequence parameter set that it refers to.
    pub(crate) fn find(&self, pps_id: u8) -> Result<(&Pps, &Sps), Missing> {
        let pps = self.pps.iter().find(|pps| pps.id == pps_id).ok_or(Missing::Pps(pps_id))?;
        let sps = self.sps.iter().find(|sps| sps.id == pps.sps_id).ok_or(Missing::Sps(pps.sps_id))?;
        Ok((pps, sps))
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
