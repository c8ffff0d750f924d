//! A server and a world around the machine: calls that come through, fail or get lost as a script says, on a clock that jumps.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::api::{
    Answer, ApiError, Encoding, Expiry, Media, MediaId, ProcessingError, ProcessingInfo, RateLimit, Request,
    RetryAfter, State as Processing,
};
use crate::upload::{
    Failure, FollowUp, Machine, Moment, Outcome, Plan, Policy, Record, RequestId, State, Step, Uploaded,
};

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing: it is done and answered.
    None,
    /// It is not done, and refused with this status.
    Refused(u16),
    /// It is done, and answered with this status.
    DoneAndRefused(u16),
    /// The connection ends before the request was whole.
    Cut,
    /// The request came through whole and is not done; there is no answer.
    LostUndone,
    /// The request came through whole and is done; there is no answer.
    LostDone,
    /// A rate limit: wait for so many seconds.
    Limited(u16),
    /// The processing says `in_progress`, with an error.
    ErrorInProgress,
    /// The processing says `failed`.
    ProcessingFailed,
    /// The server forgets the upload, and says that there is none.
    Forgotten,
}

/// One upload as the server has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Hosted {
    pub(super) total: u64,
    pub(super) segments: BTreeMap<u16, (u64, u64)>,
    pub(super) finalized: bool,
    /// How often STATUS says `in_progress` before it says `succeeded`.
    pub(super) polls_left: u32,
    pub(super) alt_text: Option<String>,
}

/// The server, and all that it has seen.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) uploads: BTreeMap<MediaId, Hosted>,
    next: u64,
    /// How often STATUS says `in_progress`. Absent: FINALIZE is the end, as for images.
    pub(super) polls: Option<u32>,
    /// Segments of more bytes are refused with 413. Absent: none are.
    pub(super) largest: Option<u64>,
    pub(super) expires_after: u64,
    /// The names of all calls, in order.
    pub(super) calls: Vec<&'static str>,
}

impl Server {
    pub(super) fn new(polls: Option<u32>) -> Self {
        Self { uploads: BTreeMap::new(), next: 1000, polls, largest: None, expires_after: 86_400, calls: Vec::new() }
    }

    /// The uploads that are finished.
    pub(super) fn finished(&self) -> Vec<MediaId> {
        self.uploads.iter().filter(|(_, upload)| upload.finalized).map(|(id, _)| *id).collect()
    }

    fn handle(&mut self, request: &Request, fault: Fault) -> Outcome {
        self.calls.push(request.name());
        let refused = |status| Outcome::Refused(Box::new(ApiError::silent(status)));
        match fault {
            Fault::None => self.perform(request),
            Fault::Refused(status) => refused(status),
            Fault::DoneAndRefused(status) => {
                drop(self.perform(request));
                refused(status)
            }
            Fault::Cut => Outcome::Lost { why: "connection reset".to_owned(), sent_whole: false },
            Fault::LostUndone => Outcome::Lost { why: "timed out".to_owned(), sent_whole: true },
            Fault::LostDone => {
                drop(self.perform(request));
                Outcome::Lost { why: "connection reset".to_owned(), sent_whole: true }
            }
            Fault::Limited(seconds) => {
                let retry_after = Some(RetryAfter::Secs(seconds.into()));
                let rate = RateLimit { retry_after, ..RateLimit::default() };
                Outcome::Refused(Box::new(ApiError { rate, ..ApiError::silent(429) }))
            }
            Fault::ErrorInProgress | Fault::ProcessingFailed => match self.perform(request) {
                Outcome::Answered { mut answer, date, crc32 } => {
                    if let Some(info) = &mut answer.processing {
                        let failed = fault == Fault::ProcessingFailed;
                        info.state = if failed { Processing::Failed } else { Processing::InProgress };
                        info.error = (!failed).then(|| ProcessingError { code: Some(1), ..ProcessingError::default() });
                    }
                    Outcome::Answered { answer, date, crc32 }
                }
                other => other,
            },
            Fault::Forgotten => {
                request.id().map(|id| self.uploads.remove(&id));
                Outcome::Refused(Box::new(ApiError::coded(404, 34, "Sorry, that page does not exist")))
            }
        }
    }

    fn perform(&mut self, request: &Request) -> Outcome {
        let answer = |answer| Outcome::Answered { answer: Box::new(answer), date: None, crc32: 7 };
        let not_found = || Outcome::Refused(Box::new(ApiError::coded(404, 34, "Sorry, that page does not exist")));
        let expires = Some(Expiry::AfterSecs(self.expires_after));
        match request {
            Request::Initialize { total_bytes, .. } => {
                self.next += 1;
                let id = MediaId::new(self.next).unwrap();
                self.uploads.insert(id, Hosted { total: *total_bytes, ..Hosted::default() });
                answer(Answer { id: Some(id), expires, ..Answer::default() })
            }
            Request::Simple { media, .. } => {
                self.next += 1;
                let id = MediaId::new(self.next).unwrap();
                let upload = Hosted { total: media.length(), finalized: true, ..Hosted::default() };
                self.uploads.insert(id, upload);
                answer(Answer { id: Some(id), expires, ..Answer::default() })
            }
            Request::Append { id, segment_index, media } => {
                let Some(upload) = self.uploads.get_mut(id) else { return not_found() };
                let Media::Range { offset, length } = media else { panic!("the client holds no media") };
                if self.largest.is_some_and(|largest| *length > largest) {
                    return Outcome::Refused(Box::new(ApiError::silent(413)));
                }
                assert!(!upload.finalized, "a segment for an upload that is finished");
                upload.segments.insert(*segment_index, (*offset, *length));
                answer(Answer::default())
            }
            Request::Finalize { id } => {
                let polls = self.polls;
                let Some(upload) = self.uploads.get_mut(id) else { return not_found() };
                if !upload.finalized {
                    let mut end = 0;
                    for (offset, length) in upload.segments.values() {
                        assert_eq!(*offset, end, "the segments make up the file, in order: {:?}", upload.segments);
                        end += length;
                    }
                    assert_eq!(end, upload.total, "all of the file is there");
                    upload.finalized = true;
                    upload.polls_left = polls.unwrap_or(0);
                }
                let processing = polls.map(|_| info(Processing::Pending, Some(2)));
                answer(Answer { id: Some(*id), expires, processing, ..Answer::default() })
            }
            Request::Status { id } => {
                let polls = self.polls;
                match self.uploads.get_mut(id) {
                    Some(upload) if upload.finalized && polls.is_some() => {
                        let is_over = upload.polls_left == 0;
                        upload.polls_left = upload.polls_left.saturating_sub(1);
                        let state = if is_over { Processing::Succeeded } else { Processing::InProgress };
                        answer(Answer { id: Some(*id), processing: Some(info(state, None)), ..Answer::default() })
                    }
                    _ => not_found(),
                }
            }
            Request::Metadata { id, alt_text } => {
                let Some(upload) = self.uploads.get_mut(id) else { return not_found() };
                upload.alt_text = Some(alt_text.clone());
                answer(Answer::default())
            }
            Request::SubtitlesCreate { .. } | Request::SubtitlesDelete { .. } => answer(Answer::default()),
        }
    }
}

fn info(state: Processing, check_after_secs: Option<u64>) -> ProcessingInfo {
    ProcessingInfo { state, check_after_secs, progress_percent: Some(50), error: None }
}

/// How a run of the machine ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Done(Uploaded),
    Failed(Failure),
    /// The program was killed.
    Crashed,
}

/// When the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crash {
    Never,
    /// In front of the record of that number: it is not written.
    Before(usize),
    /// Behind it.
    After(usize),
}

/// What a run is subject to.
pub(super) struct Script<'s> {
    /// What happens to the call of each number.
    pub(super) fault: &'s mut dyn FnMut(usize, &Request) -> Fault,
    pub(super) crash: Crash,
    /// Whether the calls under way at a crash are done by the server.
    pub(super) lands: bool,
    /// Which of the calls under way comes back next: a number that is taken modulo their count.
    pub(super) order: &'s mut dyn FnMut() -> usize,
}

/// The server, the journal and the clock: all that outlives a crash of the program.
pub(super) struct World {
    pub(super) server: Server,
    /// As it is on disk: one line a record.
    pub(super) journal: Vec<String>,
    pub(super) now: Moment,
    pub(super) plan: Plan,
    pub(super) policy: Policy,
    pub(super) written: usize,
    pub(super) called: usize,
}

impl World {
    pub(super) fn new(plan: Plan, server: Server) -> Self {
        let now = Moment::from_secs(1_000_000);
        Self { server, journal: Vec::new(), now, plan, policy: Policy::default(), written: 0, called: 0 }
    }

    /// What the journal says.
    pub(super) fn records(&self) -> Vec<Record> {
        self.journal.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(super) fn state(&self) -> State {
        State::of(self.plan.size, &self.records())
    }

    /// Runs without a fault.
    pub(super) fn run(&mut self) -> End {
        self.run_with(Script { fault: &mut |_, _| Fault::None, crash: Crash::Never, lands: false, order: &mut || 0 })
    }

    /// Runs the machine from what the journal says to its end, or to the crash.
    pub(super) fn run_with(&mut self, script: Script<'_>) -> End {
        let Script { fault, crash, lands, order } = script;
        let mut machine = Machine::new(self.plan.clone(), self.state(), self.policy, 1);
        let mut flying: Vec<(RequestId, Request)> = Vec::new();
        let mut cancelled: BTreeSet<RequestId> = BTreeSet::new();
        for _ in 0..STEPS {
            assert!(machine.state().stored_bytes() <= self.plan.size);
            match machine.poll(self.now) {
                Step::Send(id, request) => {
                    self.check_sent(&request, flying.len());
                    flying.push((id, request));
                    assert!(flying.len() <= self.plan.parallel, "too many calls under way");
                }
                Step::Persist(record) => {
                    let before = crash == Crash::Before(self.written);
                    if !before {
                        self.journal.push(serde_json::to_string(&record).unwrap());
                    }
                    if before || crash == Crash::After(self.written) {
                        self.land(flying, lands);
                        return End::Crashed;
                    }
                    self.written += 1;
                }
                Step::Cancel(id) => drop(cancelled.insert(id)),
                Step::Verify => machine.verified(Ok("00".to_owned())),
                Step::Await { until } if flying.is_empty() => {
                    let until = until.expect("something to wait for");
                    assert!(until > self.now, "a wait that is none");
                    self.now = until;
                }
                Step::Await { .. } => {
                    let next = order() % flying.len();
                    let (id, request) = flying.remove(next);
                    self.now = self.now.plus(Duration::from_millis(10));
                    let outcome = if cancelled.contains(&id) {
                        Outcome::Cancelled
                    } else {
                        let fault = fault(self.called, &request);
                        self.called += 1;
                        self.server.handle(&request, fault)
                    };
                    machine.answered(self.now, id, outcome);
                }
                Step::Done(uploaded) => return End::Done(uploaded),
                Step::Failed(failure) => {
                    assert!(flying.is_empty(), "it ends only when nothing is under way");
                    return End::Failed(failure);
                }
            }
        }
        panic!("it does not end");
    }

    /// A call must not repeat what is journalled as acknowledged.
    fn check_sent(&self, request: &Request, flying: usize) {
        let state = self.state();
        match request {
            Request::Append { id, segment_index, .. } => {
                let session = state.session.expect("a segment of an upload that the journal knows");
                assert_eq!(session.id, *id);
                assert!(!session.stored.contains_key(segment_index), "segment {segment_index} is sent again");
            }
            Request::Finalize { .. } => {
                assert_eq!(flying, 0);
                assert!(state.session.is_some_and(|session| session.finalizing), "FINALIZE is announced");
            }
            Request::Initialize { .. } => assert!(state.session.is_none(), "one upload at a time"),
            Request::Metadata { .. } => assert!(state.uploaded.is_some()),
            _ => {}
        }
    }

    fn land(&mut self, flying: Vec<(RequestId, Request)>, lands: bool) {
        for (_, request) in flying {
            if lands {
                drop(self.server.handle(&request, Fault::None));
            }
        }
    }

    /// All that must hold when an upload is done.
    pub(super) fn assert_whole(&self, end: &End) {
        let End::Done(uploaded) = end else { panic!("{end:?}") };
        assert_eq!(self.server.finished(), [uploaded.id], "exactly one upload is finished");
        for follow_up in &self.plan.follow_ups {
            if let FollowUp::AltText(text) = follow_up {
                assert_eq!(self.server.uploads[&uploaded.id].alt_text.as_ref(), Some(text));
            }
        }
    }
}

/// A video of 10 segments.
pub(super) fn video() -> Plan {
    Plan {
        size: 9 * 2048 + 1000,
        media_type: "video/mp4".to_owned(),
        category: Some(crate::profile::Category::TweetVideo),
        additional_owners: Vec::new(),
        encoding: Encoding::Raw,
        simple: false,
        chunk: Some(2048),
        parallel: 3,
        follow_ups: Vec::new(),
    }
}

/// A GIF of 4 segments with an alternative text.
pub(super) fn gif() -> Plan {
    Plan { size: 7000, follow_ups: vec![FollowUp::AltText("A cat".to_owned())], ..video() }
}

/// Steps that no run needs: more are a run that does not end.
const STEPS: usize = 40_000;
