//! What is wrong or odd, noted while reading, within bounds.

use std::borrow::Cow;

use crate::facts::{Anomaly, AnomalyKind, Container, Evidence};
use crate::input::CursorEnded;

/// Collects the anomalies of one file. A file can hold a million faults; the first hundreds tell enough.
pub(crate) struct Notes<'f> {
    anomalies: &'f mut Vec<Anomaly>,
}

impl<'f> Notes<'f> {
    /// Notes that go to `anomalies`.
    pub(crate) const fn new(anomalies: &'f mut Vec<Anomaly>) -> Self {
        Self { anomalies }
    }

    /// The anomalies themselves, for parsers that note on their own.
    pub(crate) const fn anomalies(&mut self) -> &mut Vec<Anomaly> {
        self.anomalies
    }

    /// Notes an anomaly; oddities give way to faults when there are too many.
    pub(crate) fn push(&mut self, anomaly: Anomaly) {
        let most = if anomaly.kind == AnomalyKind::Tolerated { MOST_ODDITIES } else { MOST };
        if self.anomalies.len() < most {
            self.anomalies.push(anomaly);
        }
    }

    /// Notes a fault that makes `at` unreadable.
    pub(crate) fn malformed(
        &mut self,
        at: Evidence,
        message: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        actual: impl Into<Cow<'static, str>>,
    ) {
        self.push(Anomaly::new(AnomalyKind::Malformed, at, message, expected, actual));
    }

    /// Notes something odd with which every reader copes.
    pub(crate) fn tolerated(
        &mut self,
        at: Evidence,
        message: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
        actual: impl Into<Cow<'static, str>>,
    ) {
        self.push(Anomaly::new(AnomalyKind::Tolerated, at, message, expected, actual));
    }

    /// Notes that a structure inside `container` ended too early.
    pub(crate) fn ended(&mut self, kind: AnomalyKind, container: &Container, ended: CursorEnded) {
        let past_parent = ended.field.ends_with("box.size");
        let message =
            if past_parent { "a box reaches past the one that holds it" } else { "the box ends inside a field" };
        self.push(Anomaly::new(
            kind,
            Evidence::within(ended.offset, container, ended.field),
            message,
            format!("{} bytes", ended.expected),
            format!("{} bytes", ended.actual),
        ));
    }
}

/// How many anomalies of any kind one file may have.
const MOST: usize = 400;

/// How many anomalies may be there before oddities are no longer noted.
const MOST_ODDITIES: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_noted_when_oddities_no_longer_are() {
        let mut anomalies = Vec::new();
        let mut notes = Notes::new(&mut anomalies);
        for _ in 0..1000 {
            notes.tolerated(Evidence::new(0, "a"), "odd", "x", "y");
        }
        for _ in 0..1000 {
            notes.malformed(Evidence::new(0, "a"), "bad", "x", "y");
        }
        assert_eq!(anomalies.len(), MOST);
        assert_eq!(anomalies.iter().filter(|a| a.kind == AnomalyKind::Malformed).count(), MOST - MOST_ODDITIES);
    }
}
