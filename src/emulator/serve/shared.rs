//! What all connections share: the machine, the gate, and the checks under way.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{Semaphore, watch};

use super::{Options, Timeouts};
use crate::api::{Answer, MediaId};
use crate::check::Checker;
use crate::emulator::Refusal;
use crate::emulator::check::check;
use crate::emulator::faults::Faults;
use crate::emulator::gate::Gate;
use crate::emulator::machine::Machine;
use crate::emulator::store::DiskStore;
use crate::emulator::upload::{Millis, Phase};

/// What all connections share.
pub(super) struct Shared {
    pub(super) store: DiskStore,
    machine: Mutex<Machine<DiskStore>>,
    pub(super) gate: Option<Mutex<Gate>>,
    pub(super) faults: Mutex<Faults>,
    clock_skew_secs: i64,
    checker: Checker,
    pub(super) timeouts: Timeouts,
    observer: Option<Observer>,
    /// For bodies that are held in memory whole.
    pub(super) held: Semaphore,
    /// For pages that are told of uploads.
    pub(super) pages: Semaphore,
    /// One lock for each upload that is being checked, so that it is checked once.
    checks: Mutex<HashMap<MediaId, Arc<tokio::sync::Mutex<()>>>>,
    /// The revision of the machine, for pages that wait for changes.
    pub(super) revision: watch::Sender<u64>,
}

/// Is told of every call when it is answered.
#[derive(Clone)]
pub struct Observer(pub Arc<dyn Fn(&Exchange) + Send + Sync>);

/// A call and its answer, as they went over the wire.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path with the query.
    pub target: String,
    /// What was asked, such as `APPEND`. Absent: it could not be read.
    pub call: Option<&'static str>,
    /// Bytes of the body.
    pub received: u64,
    /// The body, where it is JSON or a form and not long; of parts, the fields.
    pub request: Option<String>,
    /// The status. Absent: the connection was cut.
    pub status: Option<u16>,
    /// The body of the answer.
    pub answer: String,
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("machine", &self.machine).finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(store: DiskStore, machine: Machine<DiskStore>, options: Options) -> Self {
        Self {
            store,
            machine: Mutex::new(machine),
            gate: options.expected.map(|expected| Mutex::new(Gate::new(expected))),
            clock_skew_secs: options.faults.clock_skew_secs(),
            faults: Mutex::new(options.faults),
            checker: Checker::new(options.settings.profile),
            timeouts: options.timeouts,
            observer: options.observer,
            held: Semaphore::new(HELD),
            pages: Semaphore::new(PAGES),
            checks: Mutex::new(HashMap::new()),
            revision: watch::Sender::new(0),
        }
    }

    /// Does the checks that a restart interrupted.
    pub(super) fn resume(self: &Arc<Self>) {
        for id in self.machine().unchecked() {
            self.check_beside(id);
        }
    }

    /// The machine. It is never held across an await.
    pub(super) fn machine(&self) -> MutexGuard<'_, Machine<DiskStore>> {
        lock(&self.machine)
    }

    /// Tells pages of changes.
    pub(super) fn tell_pages(&self) {
        let revision = self.machine().revision();
        self.revision.send_if_modified(|known| std::mem::replace(known, revision) != revision);
    }

    /// The time by the server's clock, which a fault may have set wrong.
    pub(super) fn now(&self) -> Millis {
        Millis(clock().0.saturating_add_signed(self.clock_skew_secs.saturating_mul(1000)))
    }

    /// Whether the server's clock is wrong on purpose.
    pub(super) const fn is_skewed(&self) -> bool {
        self.clock_skew_secs != 0
    }

    pub(super) fn observe(&self, exchange: &Exchange) {
        if let Some(observer) = &self.observer {
            observer.0(exchange);
        }
    }

    /// Whether anybody is told of calls.
    pub(super) const fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// Checks an upload beside all else.
    pub(super) fn check_beside(self: &Arc<Self>, id: MediaId) {
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            // What is wrong is told by STATUS.
            let _ = shared.check(id).await;
        });
    }

    /// Checks an upload, or waits until another call has done so, and gives the answer that is the outcome.
    pub(super) async fn check(self: &Arc<Self>, id: MediaId) -> Result<Answer, Refusal> {
        let gate = Arc::clone(lock(&self.checks).entry(id).or_default());
        let answer = {
            let _alone = gate.lock().await;
            self.check_alone(id).await
        };
        lock(&self.checks).remove(&id);
        self.tell_pages();
        answer
    }

    async fn check_alone(self: &Arc<Self>, id: MediaId) -> Result<Answer, Refusal> {
        let upload = self.machine().upload(id).cloned().ok_or(Refusal::UnknownMedia(id))?;
        if upload.phase != Phase::Processing {
            return self.machine().settled(self.now(), id);
        }
        let shared = Arc::clone(self);
        let work = tokio::task::spawn_blocking(move || check(&shared.store, &shared.checker, &upload));
        match work.await {
            Ok(Ok(judgement)) => self.machine().checked(self.now(), id, judgement),
            Ok(Err(error)) => {
                self.machine().not_checked(id);
                Err(Refusal::storage(&error))
            }
            Err(error) => {
                self.machine().not_checked(id);
                Err(Refusal::Storage(error.to_string()))
            }
        }
    }
}

/// The time by the clock of the machine.
pub(super) fn clock() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Locks. A panic in another thread is no reason to stop: what a lock protects here is whole after each step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Pages that are told of uploads at a time; more are told nothing.
const PAGES: usize = 16;
/// Bodies that are held in memory whole at a time; more wait.
const HELD: usize = 2;
