//! What passes between the machine and its driver.

use super::Failure;
use crate::api::{Answer, ApiError, Request};

use super::super::moment::Moment;
use super::super::record::{Record, Uploaded};

/// What the driver does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this call, and go on while it is under way.
    Send(RequestId, Request),
    /// Write this down so that it outlives a crash, before anything else.
    Persist(Record),
    /// Nothing is to be done until a call has come back, or until this moment.
    Await {
        /// The moment. Absent: only a call can change anything.
        until: Option<Moment>,
    },
    /// Find out whether the file is still the one that was sent, and say so by [`Machine::verified`](super::Machine::verified).
    Verify,
    /// Give this call up. It is still answered for.
    Cancel(RequestId),
    /// All is done.
    Done(Uploaded),
    /// It cannot go on.
    Failed(Failure),
}

/// Names a call that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// What came of a call.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The server did it.
    Answered {
        /// What it said.
        answer: Box<Answer>,
        /// The server's own time, in seconds since the epoch, where it said it.
        date: Option<u64>,
        /// CRC-32 of the media that were sent; 0 where there were none.
        crc32: u32,
    },
    /// The server said no.
    Refused(Box<ApiError>),
    /// There is no answer.
    Lost {
        /// The reason, in words.
        why: String,
        /// Whether the request had been sent whole, so that the server may have done it.
        sent_whole: bool,
    },
    /// The server is not the one that it says it is, as far as its certificate goes: the reason, in words.
    Untrusted(String),
    /// It was given up.
    Cancelled,
}

/// How far an upload is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that the server has.
    pub stored: u64,
    /// How much of the file the server has looked at, in percent. Absent: it does not say.
    pub percent: Option<u8>,
    /// Whether the server looks at the file.
    pub processing: bool,
    /// Until when a rate limit holds the upload back. Absent: nothing does.
    pub held_until: Option<Moment>,
}
