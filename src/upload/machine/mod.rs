//! One upload as a state machine that does no input or output of its own.
//!
//! ```text
//!            INIT ──────────► APPEND, several at once ──► verify the file ──► FINALIZE ──► STATUS ... ──► alt text,
//!             ▲                 │            │                                 │     ▲        │           subtitles
//!             │   expired, once │            │ 413, 431: smaller segments      ▼     │        ▼              │
//!             └─────────────────┘            └─ under the same id, where    STATUS ──┘      failed         Done
//!                                               that is sound               outcome
//!                                                                           unknown
//! ```
//!
//! A driver asks for the next [`Step`], does it, and tells what came of it by [`Machine::answered`]. Whatever must outlive a
//! crash is a [`Step::Persist`], which the driver completes before it asks for another step; a machine that is made from the
//! records of an earlier one goes on where that one was. The time is an argument, and chance is a seed.

mod answers;
mod ending;
mod step;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use ending::Failure;
pub use step::{Outcome, Progress, RequestId, Step};

use super::layout::{Layout, MOST_SEGMENTS, Segment};
use super::moment::{Jitter, Moment};
use super::plan::Plan;
use super::record::Record;
use super::retry::{Attempts, Policy};
use super::state::State;
use crate::api::{Media, MediaId, Request};

/// One upload, from INIT to what comes after it.
#[derive(Debug)]
pub struct Machine {
    plan: Plan,
    state: State,
    policy: Policy,
    jitter: Jitter,
    next_flight: u64,
    flights: BTreeMap<RequestId, Errand>,
    attempts: BTreeMap<Errand, Attempts>,
    records: VecDeque<Record>,
    cancels: VecDeque<RequestId>,
    /// Why no call goes out until those under way have come back.
    drain: Option<Drain>,
    ending: Option<Failure>,
    /// Segments that were sent whole and whose answer was lost: the server may still store them.
    uncertain: BTreeSet<u16>,
    /// Nothing is sent before, for a rate limit.
    paused_until: Moment,
    /// Since when rate limits hold calls back.
    limited_since: Option<Moment>,
    /// SHA-256 of the file, where it is the file that was sent.
    verified: Option<String>,
    /// Whether FINALIZE may have come through, so that STATUS is asked first.
    status_first: bool,
    /// Whether a FINALIZE before this one may have come through.
    in_doubt: bool,
    next_status: Moment,
    processing_since: Option<Moment>,
    percent: Option<u8>,
    has_restarted: bool,
}

/// What a call is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Errand {
    Initialize,
    Simple,
    Append(u16),
    Finalize,
    Status,
    FollowUp(usize),
}

/// Why no call goes out until those under way have come back.
#[derive(Clone, Debug)]
enum Drain {
    /// Segments are too large; how the upload ends where they cannot be made smaller.
    Recut(Failure),
    /// The id is no longer good.
    Restart(String),
}

impl Machine {
    /// An upload of which `state` is known. `seed` decides how long it waits between tries.
    pub fn new(plan: Plan, state: State, policy: Policy, seed: u64) -> Self {
        let status_first = state.session.as_ref().is_some_and(|session| session.finalizing && !session.processing);
        Self {
            plan,
            policy,
            status_first,
            in_doubt: status_first,
            state,
            jitter: Jitter::new(seed),
            next_flight: 0,
            flights: BTreeMap::new(),
            attempts: BTreeMap::new(),
            records: VecDeque::new(),
            cancels: VecDeque::new(),
            drain: None,
            ending: None,
            uncertain: BTreeSet::new(),
            paused_until: Moment::default(),
            limited_since: None,
            verified: None,
            next_status: Moment::default(),
            processing_since: None,
            percent: None,
            has_restarted: false,
        }
    }

    /// What to do next. After [`Step::Done`] and [`Step::Failed`] it stays that.
    pub fn poll(&mut self, now: Moment) -> Step {
        loop {
            if let Some(record) = self.records.pop_front() {
                return Step::Persist(record);
            }
            if let Some(id) = self.cancels.pop_front() {
                return Step::Cancel(id);
            }
            if (self.ending.is_some() || self.drain.is_some()) && !self.flights.is_empty() {
                return Step::Await { until: None };
            }
            if let Some(failure) = &self.ending {
                return Step::Failed(failure.clone());
            }
            if let Some(drain) = self.drain.take() {
                self.drained(drain);
                continue;
            }
            // Without a step something was queued or decided, which comes first.
            if let Some(step) = self.next(now) {
                return step;
            }
        }
    }

    /// Tells whether the file is still the one that was sent: its SHA-256 in hexadecimal, or what has changed.
    pub fn verified(&mut self, result: Result<String, String>) {
        match result {
            Ok(sha256) => self.verified = Some(sha256),
            Err(why) => self.changed(why),
        }
    }

    /// Ends the upload because the file is no longer the one that was checked. What was sent of it is given up.
    pub fn changed(&mut self, why: String) {
        if self.state.session.is_some() && self.state.uploaded.is_none() {
            self.record(Record::GivenUp { why: why.clone(), chunk: None });
        }
        self.end(Failure::Changed(why));
    }

    /// Ends the upload because somebody wants it to. What is under way is given up, what is acknowledged stays.
    pub fn interrupt(&mut self) {
        self.end(Failure::Interrupted);
    }

    /// What is known to have happened.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// How far the upload is.
    pub fn progress(&self, now: Moment) -> Progress {
        Progress {
            stored: if self.state.uploaded.is_some() { self.plan.size } else { self.state.stored_bytes() },
            percent: self.percent,
            processing: self.state.session.as_ref().is_some_and(|session| session.processing),
            held_until: (self.paused_until > now).then_some(self.paused_until),
        }
    }

    /// The next step where nothing is pending. `None`: look again.
    fn next(&mut self, now: Moment) -> Option<Step> {
        if let Some(uploaded) = &self.state.uploaded {
            let id = uploaded.id;
            let open = self.plan.follow_ups.iter().position(|follow_up| !self.state.has_followed(follow_up));
            return match open {
                Some(index) => self.alone(Errand::FollowUp(index), Some(id), now),
                None => Some(Step::Done(uploaded.clone())),
            };
        }
        // What goes in one call cannot be taken up in the middle.
        let session = self.state.session.as_ref().filter(|session| session.processing || !self.plan.simple);
        let Some(session) = session else {
            let begin = if self.plan.simple { Errand::Simple } else { Errand::Initialize };
            return self.alone(begin, None, now);
        };
        let id = Some(session.id);
        if session.processing {
            return self.poll_status(id, now);
        }
        if session.missing().next().is_some() {
            return self.append(now);
        }
        if session.finalizing && self.status_first {
            return self.alone(Errand::Status, id, now);
        }
        let Some(sha256) = &self.verified else { return Some(Step::Verify) };
        if !session.finalizing {
            let sha256 = sha256.clone();
            self.record(Record::Finalizing { sha256 });
            return None;
        }
        self.alone(Errand::Finalize, id, now)
    }

    /// The next segment, where one is due and there is room for it.
    fn append(&mut self, now: Moment) -> Option<Step> {
        let session = self.state.session.as_ref()?;
        if session.layout.segments() > MOST_SEGMENTS {
            self.give_up(Failure::TooManySegments { chunk: session.layout.chunk, size: self.plan.size });
            return None;
        }
        if self.flights.len() >= self.plan.parallel.max(1) {
            return Some(Step::Await { until: None });
        }
        if self.paused_until > now {
            return self.wait(self.paused_until);
        }
        let mut soonest: Option<Moment> = None;
        let mut due: Option<Segment> = None;
        for segment in session.missing() {
            let errand = Errand::Append(segment.index);
            if self.flights.values().any(|flight| *flight == errand) {
                continue;
            }
            let not_before = self.attempts.get(&errand).map_or(Moment::default(), Attempts::not_before);
            if not_before <= now {
                due = Some(segment);
                break;
            }
            soonest = Some(soonest.map_or(not_before, |soonest| soonest.min(not_before)));
        }
        match (due, soonest) {
            (Some(segment), _) => {
                let media = Media::Range { offset: segment.offset, length: segment.length };
                let request = Request::Append { id: session.id, segment_index: segment.index, media };
                Some(self.send(Errand::Append(segment.index), request))
            }
            (None, Some(until)) => self.wait(until),
            (None, None) => Some(Step::Await { until: None }),
        }
    }

    /// Asks how the processing goes, not too often and not for ever.
    fn poll_status(&mut self, id: Option<MediaId>, now: Moment) -> Option<Step> {
        let since = *self.processing_since.get_or_insert(now);
        let deadline = since.plus(self.policy.processing);
        let due = self.next_status.max(self.attempts.get(&Errand::Status).map_or(now, Attempts::not_before));
        if due.max(now) > deadline {
            self.end(Failure::StillProcessing { percent: self.percent, waited: self.policy.processing });
            return None;
        }
        if self.next_status > now && self.flights.is_empty() {
            return self.wait(self.next_status);
        }
        self.alone(Errand::Status, id, now)
    }

    /// Sends a call that has nothing else under way beside it, as soon as it may be made.
    fn alone(&mut self, errand: Errand, id: Option<MediaId>, now: Moment) -> Option<Step> {
        if !self.flights.is_empty() {
            return Some(Step::Await { until: None });
        }
        let not_before = self.attempts.get(&errand).map_or(Moment::default(), Attempts::not_before);
        let due = not_before.max(self.paused_until);
        if due > now {
            return self.wait(due);
        }
        let request = self.request(errand, id)?;
        Some(self.send(errand, request))
    }

    fn request(&self, errand: Errand, id: Option<MediaId>) -> Option<Request> {
        match (errand, id) {
            (Errand::Initialize, _) => Some(self.plan.initialize()),
            (Errand::Simple, _) => Some(Request::Simple {
                media: Media::Range { offset: 0, length: self.plan.size },
                category: self.plan.category,
                additional_owners: self.plan.additional_owners.clone(),
            }),
            (Errand::Finalize, Some(id)) => Some(Request::Finalize { id }),
            (Errand::Status, Some(id)) => Some(Request::Status { id }),
            (Errand::FollowUp(index), Some(id)) => {
                self.plan.follow_ups.get(index).map(|follow_up| self.plan.follow_up(id, follow_up))
            }
            (Errand::Append(_), _) | (_, None) => None,
        }
    }

    fn send(&mut self, errand: Errand, request: Request) -> Step {
        let id = RequestId(self.next_flight);
        self.next_flight = self.next_flight.saturating_add(1);
        self.flights.insert(id, errand);
        Step::Send(id, request)
    }

    /// Waits, unless the id would expire meanwhile.
    fn wait(&mut self, until: Moment) -> Option<Step> {
        match self.state.expires() {
            Some(expires) if until >= expires && self.flights.is_empty() => {
                self.end(Failure::WouldExpire { until, expires });
                None
            }
            Some(expires) if until >= expires => Some(Step::Await { until: None }),
            _ => Some(Step::Await { until: Some(until) }),
        }
    }

    /// Takes in a record and has it written down.
    fn record(&mut self, record: Record) {
        self.state.apply(self.plan.size, &record);
        // What the server took while an earlier record was waiting is written in one go.
        if let (
            Some(Record::Acknowledged { segments, expires }),
            Record::Acknowledged { segments: more, expires: later },
        ) = (self.records.back_mut(), &record)
        {
            segments.extend(more);
            *expires = later.or(*expires);
            return;
        }
        self.records.push_back(record);
    }

    /// Ends the upload; what is under way is given up first. The first reason stays.
    fn end(&mut self, failure: Failure) {
        if self.ending.is_none() {
            self.ending = Some(failure);
            self.cancel_all();
        }
    }

    /// Ends the upload; where the same id would come to the same end, the next try begins anew.
    fn give_up(&mut self, failure: Failure) {
        if self.ending.is_none() && !failure.is_resumable() {
            self.record(Record::GivenUp { why: failure.to_string(), chunk: None });
        }
        self.end(failure);
    }

    fn cancel_all(&mut self) {
        self.cancels = self.flights.keys().copied().collect();
    }

    /// What was waited for before no call was under way.
    fn drained(&mut self, drain: Drain) {
        match drain {
            Drain::Recut(failure) => self.recut(failure),
            Drain::Restart(why) => self.restart(why, None),
        }
    }

    /// Gives the id up; the next call is INIT.
    fn restart(&mut self, why: String, chunk: Option<u64>) {
        // What was found too large once is too large under the next id as well.
        let kept = self.state.session.as_ref().map(|session| session.layout.chunk);
        let kept = kept.filter(|chunk| Layout::new(self.plan.size, *chunk).segments() <= MOST_SEGMENTS);
        let chunk = chunk.or(kept);
        self.record(Record::GivenUp { why, chunk });
        self.attempts.clear();
        self.uncertain.clear();
        self.status_first = false;
        self.in_doubt = false;
        self.verified = None;
        self.processing_since = None;
        self.percent = None;
        self.next_status = Moment::default();
    }

    /// Cuts what is left of the file into segments of half the size.
    fn recut(&mut self, failure: Failure) {
        let Some(session) = &self.state.session else { return };
        let chunk = session.layout.chunk / 2;
        if chunk < SMALLEST_CHUNK {
            self.give_up(failure);
            return;
        }
        let (first, offset) = session.prefix();
        // A segment that the server stores late must not land on another range under the same number.
        let is_settled = self.uncertain.range(first..).next().is_none();
        let rest = Layout { first, offset, ..Layout::new(self.plan.size, chunk) };
        if usize::from(first) == session.stored.len() && is_settled && rest.segments() <= MOST_SEGMENTS {
            self.record(Record::Recut { first, offset, chunk });
            self.attempts.clear();
        } else if Layout::new(self.plan.size, chunk).segments() <= MOST_SEGMENTS {
            let why = format!("the server found segments of {} bytes too large", session.layout.chunk);
            self.restart(why, Some(chunk));
        } else {
            // Where the connection was at fault, the upload may go on as it is.
            let too_many = Failure::TooManySegments { chunk, size: self.plan.size };
            self.give_up(if failure.is_resumable() { failure } else { too_many });
        }
    }
}

/// Bytes below which segments are not made smaller: what refuses these refuses all.
const SMALLEST_CHUNK: u64 = 1 << 10;
