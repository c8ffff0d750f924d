//! What the machine makes of answers.

use std::time::Duration;

use super::{Drain, Errand, Failure, Machine, Outcome, RequestId};
use crate::api::{Answer, ApiError, Expiry, ProcessingInfo, State as Processing};
use crate::units::Bytes;

use super::super::moment::Moment;
use super::super::record::{Record, Stored, Uploaded};
use super::super::retry::{Attempts, Reaction};

impl Machine {
    /// Tells what came of a call, `now`. An answer to a call that is not under way is passed over.
    pub fn answered(&mut self, now: Moment, id: RequestId, outcome: Outcome) {
        let Some(errand) = self.flights.remove(&id) else { return };
        self.cancels.retain(|cancelled| *cancelled != id);
        match outcome {
            Outcome::Answered { answer, date, crc32 } => {
                self.attempts.remove(&errand);
                self.limited_since = None;
                let clock = Clock { now, date };
                self.done(errand, &answer, clock, crc32);
            }
            Outcome::Refused(error) => self.refused(errand, *error, now),
            Outcome::Lost { why, sent_whole } => {
                match errand {
                    Errand::Append(index) if sent_whole => drop(self.uncertain.insert(index)),
                    Errand::Append(index) => self.cut_short(index, &why),
                    _ => {}
                }
                self.again(errand, why, now);
            }
            Outcome::Untrusted(why) => self.end(Failure::Untrusted(why)),
            // What was given up is made again only where the upload goes on.
            Outcome::Cancelled => {}
        }
    }

    /// The server did what it was asked.
    fn done(&mut self, errand: Errand, answer: &Answer, clock: Clock, crc32: u32) {
        match errand {
            Errand::Initialize => self.initialized(answer, clock),
            Errand::Simple => {
                // One record where that is all: between two, a crash would leave half an upload behind.
                if answer.processing.as_ref().is_some_and(|info| !info.is_over()) {
                    self.initialized(answer, clock);
                }
                self.settle(answer, clock);
            }
            Errand::Append(index) => {
                let Some(session) = &self.state.session else { return };
                if let Some(segment) = session.layout.segment(index) {
                    let stored = Stored { index, offset: segment.offset, length: segment.length, crc32 };
                    self.uncertain.remove(&index);
                    self.record(Record::Acknowledged { segments: vec![stored], expires: clock.expiry(answer) });
                }
            }
            Errand::Finalize | Errand::Status => self.settle(answer, clock),
            Errand::FollowUp(index) => {
                if let Some(done) = self.plan.follow_ups.get(index).cloned() {
                    self.record(Record::Followed { done });
                }
            }
        }
    }

    fn initialized(&mut self, answer: &Answer, clock: Clock) {
        let Some(id) = answer.id else {
            self.end(Failure::Incomplete);
            return;
        };
        let chunk = self.state.next_chunk.unwrap_or(self.plan.chunk_size());
        let expires = clock.expiry(answer);
        self.record(Record::Initialized { id, key: answer.media_key.clone(), expires, chunk });
    }

    /// The server has the file: it is done, looks at the file, or does not take it.
    fn settle(&mut self, answer: &Answer, clock: Clock) {
        let session = self.state.session.as_ref();
        let Some(id) = answer.id.or(session.map(|session| session.id)) else {
            self.end(Failure::Incomplete);
            return;
        };
        let session = session.filter(|session| session.id == id);
        let uploaded = Uploaded {
            id,
            key: answer.media_key.clone().or_else(|| session?.key.clone()),
            expires: clock.expiry(answer).or_else(|| session?.expires),
        };
        let is_new = session.is_some_and(|session| !session.processing);
        self.status_first = false;
        let Some(info) = &answer.processing else {
            self.record(Record::Finished(uploaded));
            return;
        };
        // An error is final whatever state is given with it.
        if info.has_failed() {
            let failure = info.error.clone().map_or(Failure::ProcessingFailed, Failure::Processing);
            self.record(Record::GivenUp { why: failure.to_string(), chunk: None });
            self.end(failure);
            return;
        }
        if info.state == Processing::Succeeded {
            self.record(Record::Finished(uploaded));
            return;
        }
        if is_new {
            self.record(Record::Processing { expires: clock.expiry(answer) });
        }
        self.percent = info.progress_percent.or(self.percent);
        self.next_status = clock.now.plus(pause(info));
    }

    /// The server said no.
    fn refused(&mut self, errand: Errand, error: ApiError, now: Moment) {
        let expires = self.state.expires();
        match (Reaction::to(&error, now, expires), errand) {
            (Reaction::Again, _) => self.again(errand, error.to_string(), now),
            (Reaction::Wait(wait), _) => self.hold(wait, now),
            (Reaction::TooLarge, Errand::Append(_)) => {
                if self.drain.is_none() {
                    let failure = Failure::Refused { call: errand.call(), error: Box::new(error) };
                    self.drain = Some(Drain::Recut(failure));
                }
            }
            // FINALIZE has not come through, or the file is an image: it is safe to ask for it again.
            (_, Errand::Status) if self.status_first && matches!(error.status, 400 | 404) => self.status_first = false,
            (Reaction::Gone, Errand::Append(_) | Errand::Finalize | Errand::Status) if !self.has_restarted => {
                if !matches!(self.drain, Some(Drain::Restart(_))) {
                    self.has_restarted = true;
                    self.drain = Some(Drain::Restart(format!("the server does not know the upload any more: {error}")));
                    self.cancel_all();
                }
            }
            (Reaction::TooLarge | Reaction::Gone | Reaction::Refused, _) => self.refuse(errand, error),
        }
    }

    fn refuse(&mut self, errand: Errand, error: ApiError) {
        // With other credentials the upload may go on, and an upload that may be finished is not sent once more. Anything
        // else would be refused again, so the next try begins anew.
        let is_given_up = match errand {
            _ if matches!(error.status, 401 | 403) => false,
            Errand::Append(_) => true,
            Errand::Finalize => !self.in_doubt || says_unfinished(&error),
            _ => false,
        };
        let failure = Failure::Refused { call: errand.call(), error: Box::new(error) };
        if is_given_up && self.ending.is_none() {
            self.record(Record::GivenUp { why: failure.to_string(), chunk: None });
        }
        self.end(failure);
    }

    /// A segment did not come through whole. A server that finds one too large may close the connection before it has been
    /// sent, and its refusal is lost: large ones are made smaller after some tries.
    fn cut_short(&mut self, index: u16, why: &str) {
        let segment = self.state.session.as_ref().and_then(|session| session.layout.segment(index));
        let failures = self.attempts.get(&Errand::Append(index)).map_or(0, Attempts::failures);
        if self.drain.is_none() && failures >= CUTS && segment.is_some_and(|segment| segment.length > SAFE_CHUNK) {
            let tries = failures.saturating_add(1);
            self.drain = Some(Drain::Recut(Failure::Exhausted { call: "APPEND", tries, why: why.to_owned() }));
        }
    }

    /// Makes a call again later, where it may be.
    fn again(&mut self, errand: Errand, why: String, now: Moment) {
        if errand == Errand::Finalize {
            self.status_first = true;
            self.in_doubt = true;
        }
        let attempts = self.attempts.entry(errand).or_default();
        if !attempts.failed(&self.policy, &mut self.jitter, now) {
            let tries = attempts.failures();
            self.end(Failure::Exhausted { call: errand.call(), tries, why });
        }
    }

    /// Holds everything back, for a rate limit.
    fn hold(&mut self, wait: Duration, now: Moment) {
        let since = *self.limited_since.get_or_insert(now);
        let until = now.plus(wait);
        if until.since(since) > self.policy.rate_limits {
            self.end(Failure::RateLimited(wait));
        }
        self.paused_until = self.paused_until.max(until);
    }
}

impl Errand {
    /// The call as people know it.
    const fn call(self) -> &'static str {
        match self {
            Self::Initialize => "INIT",
            Self::Simple => "the simple upload",
            Self::Append(_) => "APPEND",
            Self::Finalize => "FINALIZE",
            Self::Status => "STATUS",
            Self::FollowUp(_) => "the call after the upload",
        }
    }
}

/// The time here, and that of the server where it said it.
#[derive(Clone, Copy)]
struct Clock {
    now: Moment,
    date: Option<u64>,
}

impl Clock {
    /// When the id of an answer expires, by the clock here: the server's may be another one.
    fn expiry(self, answer: &Answer) -> Option<Moment> {
        let after = match answer.expires? {
            Expiry::AfterSecs(seconds) => seconds,
            Expiry::At(epoch) => epoch.saturating_sub(self.date.unwrap_or(self.now.as_secs())),
        };
        Some(self.now.plus(Duration::from_secs(after)))
    }
}

/// Whether a refusal of FINALIZE says that the upload is not finished.
fn says_unfinished(error: &ApiError) -> bool {
    error.errors.iter().any(|item| item.message.contains("Segments do not add up"))
}

/// How long to wait before STATUS is asked again.
fn pause(info: &ProcessingInfo) -> Duration {
    Duration::from_secs(info.check_after_secs.unwrap_or(5).clamp(1, 60))
}

/// Bytes of a segment that no server was seen to refuse.
const SAFE_CHUNK: u64 = Bytes::MIB;
/// Failures of a larger segment after which the next one makes it smaller.
const CUTS: u32 = 2;
