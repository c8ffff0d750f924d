//! When a call is made again, and after how long.

use std::time::Duration;

use super::moment::{Jitter, Moment};
use crate::api::ApiError;

/// How patient an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The longest wait after the first failure of a call; it doubles with each further one.
    pub base: Duration,
    /// The longest wait after any failure.
    pub cap: Duration,
    /// How often a call is made at most.
    pub tries: u32,
    /// How long calls may be held back by rate limits in a row.
    pub rate_limits: Duration,
    /// How long the server may take to look at a file.
    pub processing: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            base: Duration::from_secs(1),
            cap: Duration::from_secs(60),
            tries: 6,
            rate_limits: Duration::from_secs(2 * 3600),
            processing: Duration::from_secs(30 * 60),
        }
    }
}

/// The failures of one call so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attempts {
    failures: u32,
    not_before: Moment,
}

impl Attempts {
    /// Counts a failure. `false`: the call has been made as often as it may be.
    pub(super) fn failed(&mut self, policy: &Policy, jitter: &mut Jitter, now: Moment) -> bool {
        // Full jitter: anything from nothing to the doubled wait, so that clients that failed together do not come back together.
        let factor = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        let longest = policy.base.saturating_mul(factor).min(policy.cap);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.plus(jitter.up_to(longest));
        self.failures < policy.tries
    }

    /// The moment from which the call may be made.
    pub(super) const fn not_before(&self) -> Moment {
        self.not_before
    }

    /// How often the call was made and failed.
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }
}

/// What a refusal of the server means for the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reaction {
    /// Make it again later.
    Again,
    /// Make it again after this time, which is no failure of the call.
    Wait(Duration),
    /// The segment is too large on the way.
    TooLarge,
    /// There is no such upload, or it has expired.
    Gone,
    /// It will be refused again.
    Refused,
}

impl Reaction {
    /// What a refusal means, `now` and for an id that expires at `expires`.
    pub(super) fn to(error: &ApiError, now: Moment, expires: Option<Moment>) -> Self {
        match error.status {
            429 => match error.rate.wait_secs(now.as_secs()) {
                Some(seconds) => Self::Wait(Duration::from_secs(seconds).max(SHORTEST_WAIT)),
                None => Self::Again,
            },
            408 | 500 | 502 | 503 | 504 => Self::Again,
            413 | 431 => Self::TooLarge,
            404 | 410 => Self::Gone,
            400 if says_not_found(error) => Self::Gone,
            400..=499 if expires.is_some_and(|expires| now >= expires) && !matches!(error.status, 401 | 403) => {
                Self::Gone
            }
            _ => Self::Refused,
        }
    }
}

/// Whether a refusal says that there is no such upload, in any of the words that were seen.
fn says_not_found(error: &ApiError) -> bool {
    error.errors.iter().any(|item| item.code == Some(34) || item.message.to_ascii_lowercase().contains("not found"))
}

/// The shortest wait for a rate limit: a server whose reset has just passed is not asked in a loop.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
