//! A server that answers as the upload API does, to try uploads against: both versions, their limits, their errors, and faults on
//! demand. Finished uploads are held against a rule pack by the same check that `preflight check` does.
//!
//! From the outside in: [`Server`] owns sockets, threads and the clock; [`decode`] makes a request of what HTTP carries;
//! [`Machine`] answers it, without any of these, over a [`Store`].

mod check;
pub mod decode;
mod faults;
mod gate;
mod judgement;
mod machine;
mod rates;
mod refusal;
mod serve;
mod store;
mod upload;

pub use faults::{Fault, FaultError, Faults, Strike};
pub use gate::{Caller, Expected, Gate};
pub use judgement::{Defect, Judgement, Told};
pub use machine::{Machine, Reply, Settings};
pub use refusal::Refusal;
pub use serve::{Exchange, Observer, Options, ServeError, Server, Timeouts, TlsError};
pub use store::{DiskSpool, DiskStore, Spool, Store};
pub use upload::{Millis, Phase, Upload};

/// Most bytes of one segment, and of a whole file that comes in one call: "It must be <= 5 MB".
pub const MAX_SEGMENT: u64 = 5 << 20;
/// The last index of a segment: "It must be between 0-999 inclusive".
pub const LAST_SEGMENT: u16 = 999;
