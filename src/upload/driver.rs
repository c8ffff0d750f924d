//! Does what the machine says: sends calls on threads of their own, writes the journal, keeps the time.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::body::Shared;
use super::http::{Client, Sent};
use super::journal::{Journal, JournalError};
use super::layout::Layout;
use super::machine::{Failure, Machine, Outcome, Progress, RequestId, Step};
use super::media_file::{FileDigest, MediaFile};
use super::moment::Moment;
use super::plan::Plan;
use super::record::Uploaded;
use super::retry::Policy;
use super::state::State;
use crate::api::Request;

/// What one upload needs.
#[derive(Debug)]
pub struct Upload<'a> {
    /// What calls are made with.
    pub client: &'a Arc<Client>,
    /// The file, as it was checked.
    pub file: &'a Arc<MediaFile>,
    /// Where what happens is written down.
    pub journal: &'a mut Journal,
    /// What is asked.
    pub plan: Plan,
    /// What has happened before.
    pub state: State,
    /// How patient the upload is.
    pub policy: Policy,
    /// Ends the upload as soon as it is true.
    pub stop: &'a AtomicBool,
}

/// How far an upload is, while it goes on.
#[derive(Clone, Debug)]
pub struct Report {
    /// Bytes that the server has, and those under way.
    pub sent: u64,
    /// The rest.
    pub progress: Progress,
}

/// How an upload ended.
#[derive(Debug)]
pub struct Ended {
    /// The upload, or why there is none.
    pub result: Result<Uploaded, UploadError>,
    /// What has happened, this time and before.
    pub state: State,
    /// Calls that were made.
    pub calls: u64,
}

/// Why an upload did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The protocol could not go on.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// What happened could not be written down, so nothing more was sent.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The file could not be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] io::Error),
}

impl Upload<'_> {
    /// Sends the file, and tells now and then how far it is.
    pub fn run(self, watch: &mut dyn FnMut(&Report)) -> Ended {
        let Self { client, file, journal, plan, state, policy, stop } = self;
        let digest = Digesting::start(file, &plan, &state);
        let (sender, receiver) = channel();
        let mut run = Run {
            client,
            file,
            journal,
            stop,
            clock: Clock::start(),
            machine: Machine::new(plan, state, policy, seed()),
            flights: BTreeMap::new(),
            sender,
            receiver,
            digest,
            interrupted: false,
            calls: 0,
        };
        let result = run.steps(watch);
        run.digest.give_up();
        Ended { result, state: run.machine.state().clone(), calls: run.calls }
    }
}

/// One upload while it goes on.
struct Run<'a> {
    client: &'a Arc<Client>,
    file: &'a Arc<MediaFile>,
    journal: &'a mut Journal,
    stop: &'a AtomicBool,
    clock: Clock,
    machine: Machine,
    flights: BTreeMap<RequestId, Flight>,
    sender: Sender<(RequestId, Sent)>,
    receiver: Receiver<(RequestId, Sent)>,
    digest: Digesting,
    interrupted: bool,
    calls: u64,
}

/// A call that is under way.
struct Flight {
    shared: Arc<Shared>,
    cancelled: Option<Instant>,
}

impl Run<'_> {
    fn steps(&mut self, watch: &mut dyn FnMut(&Report)) -> Result<Uploaded, UploadError> {
        loop {
            if self.stop.load(Ordering::Relaxed) && !self.interrupted {
                self.interrupted = true;
                self.machine.interrupt();
            }
            // All that has come back is taken in before the next step, so that it is written down at once.
            while let Ok((id, sent)) = self.receiver.try_recv() {
                self.landed(id, sent);
            }
            match self.machine.poll(self.clock.now()) {
                Step::Send(id, request) => self.send(id, request),
                Step::Persist(record) => self.journal.write(&record)?,
                Step::Verify => self.verify()?,
                Step::Cancel(id) => {
                    if let Some(flight) = self.flights.get_mut(&id) {
                        flight.shared.cancelled.store(true, Ordering::Relaxed);
                        flight.cancelled = Some(Instant::now());
                    }
                }
                Step::Await { until } => {
                    watch(&self.report());
                    self.wait(until);
                }
                Step::Done(uploaded) => return Ok(uploaded),
                Step::Failed(failure) => return Err(failure.into()),
            }
        }
    }

    fn send(&mut self, id: RequestId, request: Request) {
        if request.media().is_some()
            && let Some(change) = self.file.change()
        {
            self.machine.changed(change);
            self.machine.answered(self.clock.now(), id, Outcome::Cancelled);
            return;
        }
        let shared = Arc::new(Shared::default());
        let work = {
            let (client, file) = (Arc::clone(self.client), Arc::clone(self.file));
            let (sender, shared) = (self.sender.clone(), Arc::clone(&shared));
            move || {
                let file = request.media().is_some().then_some(&file);
                // Where nobody waits any more, the answer is of no use.
                let _ = sender.send((id, client.send(&request, file, &shared)));
            }
        };
        self.calls = self.calls.saturating_add(1);
        match thread::Builder::new().name("upload".to_owned()).spawn(work) {
            Ok(_) => drop(self.flights.insert(id, Flight { shared, cancelled: None })),
            Err(error) => {
                let why = format!("a thread could not be started: {error}");
                self.machine.answered(self.clock.now(), id, Outcome::Lost { why, sent_whole: false });
            }
        }
    }

    fn landed(&mut self, id: RequestId, sent: Sent) {
        let Some(flight) = self.flights.remove(&id) else { return };
        if let Some(trouble) = sent.trouble {
            self.machine.changed(trouble);
        }
        // What failed because it was given up has not failed.
        let outcome = match sent.outcome {
            Outcome::Lost { .. } if flight.cancelled.is_some() => Outcome::Cancelled,
            outcome => outcome,
        };
        self.machine.answered(self.clock.now(), id, outcome);
    }

    /// Waits for an answer, but no longer than until that moment, and never so long that an interrupt goes unseen.
    fn wait(&mut self, until: Option<Moment>) {
        let longest = until.map_or(TICK, |until| until.since(self.clock.now()).min(TICK));
        match self.receiver.recv_timeout(longest.max(Duration::from_millis(1))) {
            Ok((id, sent)) => self.landed(id, sent),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        // A thread that waits for an answer cannot be called back: after a while nobody waits for it any more.
        let late = |flight: &Flight| flight.cancelled.is_some_and(|since| since.elapsed() > GRACE);
        let given_up: Vec<RequestId> =
            self.flights.iter().filter(|(_, flight)| late(flight)).map(|(id, _)| *id).collect();
        for id in given_up {
            self.flights.remove(&id);
            self.machine.answered(self.clock.now(), id, Outcome::Cancelled);
        }
    }

    /// Holds the file against what was sent of it.
    fn verify(&mut self) -> Result<(), UploadError> {
        let Some(digest) = self.digest.result(self.stop)? else { return Ok(()) };
        let session = self.machine.state().session.as_ref();
        let sent = session.into_iter().flat_map(|session| session.stored.values().copied());
        let other = self.machine.state().sha256.as_ref().is_some_and(|before| *before != digest.sha256);
        let change = match self.file.difference(&digest, sent)? {
            None if other => Some("its content is not the one that was sent before".to_owned()),
            change => change,
        };
        self.machine.verified(change.map_or_else(|| Ok(digest.sha256.clone()), Err));
        Ok(())
    }

    fn report(&self) -> Report {
        let progress = self.machine.progress(self.clock.now());
        let under_way = self.flights.values().map(|flight| flight.shared.sent.load(Ordering::Relaxed));
        Report { sent: under_way.fold(progress.stored, u64::saturating_add), progress }
    }
}

/// The reading of the whole file, which goes on beside the upload.
enum Digesting {
    Running {
        thread: JoinHandle<io::Result<Option<FileDigest>>>,
        go_on: Arc<AtomicBool>,
    },
    Done(FileDigest),
    /// It could not be started, or its result is taken.
    Not,
}

impl Digesting {
    /// Starts to read the file, unless there is nothing to compare.
    fn start(file: &Arc<MediaFile>, plan: &Plan, state: &State) -> Self {
        if state.uploaded.is_some() {
            return Self::Not;
        }
        let mut stretches: Vec<(u64, u64)> = Vec::new();
        let layout = match &state.session {
            Some(session) => {
                let before = session.stored.values().filter(|stored| stored.index < session.layout.first);
                stretches.extend(before.map(|stored| (stored.offset, stored.length)));
                session.layout
            }
            None => Layout::new(plan.size, state.next_chunk.unwrap_or(plan.chunk_size())),
        };
        let segments = (layout.first..1000).map_while(|index| layout.segment(index));
        stretches.extend(segments.map(|segment| (segment.offset, segment.length)));
        let go_on = Arc::new(AtomicBool::new(true));
        let work = {
            let (file, go_on) = (Arc::clone(file), Arc::clone(&go_on));
            move || file.digest(&stretches, &|| go_on.load(Ordering::Relaxed))
        };
        match thread::Builder::new().name("digest".to_owned()).spawn(work) {
            Ok(thread) => Self::Running { thread, go_on },
            Err(_) => Self::Not,
        }
    }

    /// What it came to, waited for. Absent: `stop` says not to wait.
    fn result(&mut self, stop: &AtomicBool) -> io::Result<Option<FileDigest>> {
        if let Self::Running { thread, .. } = self
            && !thread.is_finished()
        {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(1));
            return Ok(None);
        }
        match std::mem::replace(self, Self::Not) {
            Self::Running { thread, .. } => {
                let result = thread.join().map_err(|_| io::Error::other("its reading stopped"))??;
                let digest = result.ok_or_else(|| io::Error::other("its reading was given up"))?;
                *self = Self::Done(digest.clone());
                Ok(Some(digest))
            }
            Self::Done(digest) => {
                *self = Self::Done(digest.clone());
                Ok(Some(digest))
            }
            Self::Not => Err(io::Error::other("its reading could not be started")),
        }
    }

    fn give_up(&self) {
        if let Self::Running { go_on, .. } = self {
            go_on.store(false, Ordering::Relaxed);
        }
    }
}

/// The time, which never goes back: the system's at the start, and what has passed since.
#[derive(Clone, Copy, Debug)]
struct Clock {
    began: Moment,
    since: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { began: now(), since: Instant::now() }
    }

    fn now(&self) -> Moment {
        self.began.plus(self.since.elapsed())
    }
}

/// The time of the system.
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A number that differs from run to run, so that clients that failed together do not come back together.
pub(super) fn seed() -> u64 {
    let mut bytes = [0; 8];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u64::from_be_bytes(bytes),
        Err(_) => now().as_millis(),
    }
}

/// How long nothing is looked at.
const TICK: Duration = Duration::from_millis(100);
/// How long an answer is waited for that was given up.
const GRACE: Duration = Duration::from_secs(2);
