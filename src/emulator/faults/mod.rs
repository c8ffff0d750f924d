//! Faults on demand: which calls go wrong, at which occurrence, and how.
//!
//! A fault is written as `CALL[:WHEN]=ACTION[,KEY=VALUE]`, or as a table `[[fault]]` of a TOML file with the same words:
//!
//! ```text
//! append:3=503                  the third segment is answered by 503
//! append:2-4=429,reset=2        the second to the fourth by 429, with a reset 2 seconds ahead
//! append=413,above=1MiB         every segment whose body is longer than 1 MiB
//! any:every-5=cut-after         every fifth call is done, and its connection cut before the answer
//! ```

mod written;

use crate::api::{Answer, ProcessingError, Request, State};

pub use written::FaultError;

/// A fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The calls that it strikes. Absent: all of them.
    call: Option<Call>,
    when: When,
    action: Action,
}

/// A kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Init,
    Append,
    Finalize,
    Status,
    Simple,
    Metadata,
    SubtitlesCreate,
    SubtitlesDelete,
}

/// The occurrences of its call that a fault strikes, counted from 1 since the start of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Range { first: u64, last: u64 },
    Every(u64),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    /// This status, without doing anything. `above`: only for bodies of more bytes.
    Status { status: u16, above: Option<u64> },
    /// 429 with a reset so many seconds ahead, without doing anything.
    RateLimit { reset_secs: u64 },
    /// The answer comes so many milliseconds later.
    Slow { milliseconds: u64 },
    /// The connection is cut, and nothing is done.
    CutBefore,
    /// The call is done, and the connection is cut.
    CutAfter,
    /// The answer tells an error though its state is still in progress.
    ProcessingError,
    /// The answer does not say when to ask again.
    NoCheckAfter,
    /// The server's clock goes wrong by so many seconds, for all calls.
    ClockSkew { seconds: i64 },
}

/// All faults, and the counts by which they strike.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    faults: Vec<Fault>,
    /// Calls so far, of each kind.
    counts: [u64; CALLS.len()],
}

/// What strikes one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strike {
    /// A status in place of an answer, and for 429 the seconds to the reset.
    pub status: Option<(u16, Option<u64>)>,
    /// Milliseconds by which the answer is late.
    pub delay_ms: u64,
    /// Whether the connection is cut before anything is done.
    pub cut_before: bool,
    /// Whether the connection is cut when all is done.
    pub cut_after: bool,
    processing_error: bool,
    no_check_after: bool,
}

impl Faults {
    /// These faults.
    pub const fn new(faults: Vec<Fault>) -> Self {
        Self { faults, counts: [0; CALLS.len()] }
    }

    /// Counts a call whose body had that many bytes, and says what strikes it.
    pub fn strike(&mut self, request: &Request, bytes: u64) -> Strike {
        let call = Call::of(request);
        if let Some(count) = self.counts.get_mut(call.place()) {
            *count = count.saturating_add(1);
        }
        let own = self.counts.get(call.place()).copied().unwrap_or_default();
        let all = self.counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count));
        let mut strike = Strike::default();
        for fault in &self.faults {
            let count = match fault.call {
                Some(only) if only != call => continue,
                Some(_) => own,
                None => all,
            };
            if fault.when.includes(count) {
                fault.action.add_to(&mut strike, bytes);
            }
        }
        strike
    }

    /// By how many seconds the server's clock is wrong.
    pub fn clock_skew_secs(&self) -> i64 {
        let skews = self.faults.iter().map(|fault| match fault.action {
            Action::ClockSkew { seconds } => seconds,
            _ => 0,
        });
        skews.fold(0, i64::saturating_add)
    }
}

impl Strike {
    /// Changes an answer as the faults have it.
    pub fn change(&self, answer: &mut Answer) {
        let Some(processing) = &mut answer.processing else { return };
        if self.processing_error {
            processing.state = State::InProgress;
            processing.error = Some(ProcessingError {
                code: Some(1),
                name: Some("InvalidMedia".to_owned()),
                message: Some("file is invalid".to_owned()),
            });
        }
        if self.no_check_after {
            processing.check_after_secs = None;
        }
    }
}

impl Call {
    const fn of(request: &Request) -> Self {
        match request {
            Request::Initialize { .. } => Self::Init,
            Request::Append { .. } => Self::Append,
            Request::Finalize { .. } => Self::Finalize,
            Request::Status { .. } => Self::Status,
            Request::Simple { .. } => Self::Simple,
            Request::Metadata { .. } => Self::Metadata,
            Request::SubtitlesCreate { .. } => Self::SubtitlesCreate,
            Request::SubtitlesDelete { .. } => Self::SubtitlesDelete,
        }
    }

    fn place(self) -> usize {
        CALLS.iter().position(|(_, call)| *call == self).unwrap_or_default()
    }
}

impl When {
    const ALWAYS: Self = Self::Range { first: 1, last: u64::MAX };

    const fn includes(self, count: u64) -> bool {
        match self {
            Self::Range { first, last } => first <= count && count <= last,
            Self::Every(step) => count.is_multiple_of(step),
        }
    }
}

impl Action {
    const fn add_to(self, strike: &mut Strike, bytes: u64) {
        match self {
            Self::Status { above: Some(above), .. } if bytes <= above => {}
            Self::Status { status, .. } => strike.status = Some((status, None)),
            Self::RateLimit { reset_secs } => strike.status = Some((429, Some(reset_secs))),
            Self::Slow { milliseconds } => strike.delay_ms = strike.delay_ms.saturating_add(milliseconds),
            Self::CutBefore => strike.cut_before = true,
            Self::CutAfter => strike.cut_after = true,
            Self::ProcessingError => strike.processing_error = true,
            Self::NoCheckAfter => strike.no_check_after = true,
            Self::ClockSkew { .. } => {}
        }
    }
}

/// The calls by the words for them.
const CALLS: [(&str, Call); 8] = [
    ("init", Call::Init),
    ("append", Call::Append),
    ("finalize", Call::Finalize),
    ("status", Call::Status),
    ("simple", Call::Simple),
    ("metadata", Call::Metadata),
    ("subtitles-create", Call::SubtitlesCreate),
    ("subtitles-delete", Call::SubtitlesDelete),
];
#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Media, MediaId, ProcessingInfo};

    fn append() -> Request {
        let media = Media::Range { offset: 0, length: 0 };
        Request::Append { id: MediaId::new(1).unwrap(), segment_index: 0, media }
    }

    fn strikes(spec: &str, requests: &[Request], bytes: u64) -> Vec<Strike> {
        let mut faults = Faults::new(vec![spec.parse().unwrap()]);
        requests.iter().map(|request| faults.strike(request, bytes)).collect()
    }

    #[test]
    fn faults_strike_the_occurrences_they_name() {
        let struck = |spec: &str| -> Vec<usize> {
            let strikes = strikes(spec, &vec![append(); 7], 0);
            strikes
                .iter()
                .enumerate()
                .filter(|(_, strike)| **strike != Strike::default())
                .map(|(at, _)| at + 1)
                .collect()
        };
        assert_eq!(struck("append:3=503"), [3]);
        assert_eq!(struck("append:2-4=503"), [2, 3, 4]);
        assert_eq!(struck("append:from-6=cut-after"), [6, 7]);
        assert_eq!(struck("any:every-3=cut-before"), [3, 6]);
        assert_eq!(struck("append=slow,seconds=0.5").len(), 7);
        assert_eq!(struck("init=503").len(), 0);
    }

    #[test]
    fn each_kind_of_call_is_counted_for_itself_and_any_counts_all() {
        let status = Request::Status { id: MediaId::new(1).unwrap() };
        let calls = [append(), status.clone(), append(), status];
        let which = |spec: &str| -> Vec<bool> {
            strikes(spec, &calls, 0).iter().map(|strike| strike.status.is_some()).collect()
        };
        assert_eq!(which("append:2=503"), [false, false, true, false]);
        assert_eq!(which("any:2=503"), [false, true, false, false]);
    }

    #[test]
    fn large_bodies_alone_are_struck_above_a_size() {
        let status = |bytes| strikes("append=413,above=1MiB", &[append()], bytes)[0].status;
        assert_eq!(status(1 << 20), None);
        assert_eq!(status((1 << 20) + 1), Some((413, None)));
        assert_eq!(strikes("append=429,reset=7", &[append()], 0)[0].status, Some((429, Some(7))));
        assert_eq!(strikes("append=429", &[append()], 0)[0].status, Some((429, Some(1))));
    }

    #[test]
    fn answers_are_changed() {
        let info =
            ProcessingInfo { state: State::Pending, check_after_secs: Some(5), progress_percent: None, error: None };
        let mut answer = Answer { processing: Some(info), ..Answer::default() };
        strikes("append=no-check-after", &[append()], 0)[0].change(&mut answer);
        assert_eq!(answer.processing.as_ref().unwrap().check_after_secs, None);
        strikes("append=processing-error", &[append()], 0)[0].change(&mut answer);
        let info = answer.processing.unwrap();
        assert_eq!(info.state, State::InProgress);
        assert!(info.has_failed());
        let mut without = Answer::default();
        strikes("append=processing-error", &[append()], 0)[0].change(&mut without);
        assert_eq!(without, Answer::default());
    }
}
