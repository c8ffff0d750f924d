//! How often each call may be made: the limits that were recorded, in windows that begin with the first call.

use std::collections::HashMap;

use super::Refusal;
use super::upload::Millis;
use crate::api::{RateLimit, Request, Version};

/// Counts calls.
#[derive(Debug)]
pub(super) struct Rates {
    enforced: bool,
    windows: HashMap<(Version, &'static str), Window>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    ends: Millis,
    used: u64,
}

impl Rates {
    pub(super) fn new(enforced: bool) -> Self {
        Self { enforced, windows: HashMap::new() }
    }

    /// Counts a call. Calls of which no limit was recorded have none.
    pub(super) fn count(&mut self, now: Millis, version: Version, request: &Request) -> Result<RateLimit, Refusal> {
        let Some((limit, seconds)) = limit(version, request) else { return Ok(RateLimit::default()) };
        let fresh = Window { ends: now.plus_seconds(seconds), used: 0 };
        let window = self.windows.entry((version, request.name())).or_insert(fresh);
        if now >= window.ends {
            *window = fresh;
        }
        // Times are told in whole seconds: rounded up, so that who waits until then is in the next window.
        let reset = window.ends.0.div_ceil(1000);
        if window.used >= limit && self.enforced {
            return Err(Refusal::RateLimited { reset, limit: Some(limit) });
        }
        window.used = window.used.saturating_add(1);
        let remaining = limit.saturating_sub(window.used);
        Ok(RateLimit { limit: Some(limit), remaining: Some(remaining), reset: Some(reset), ..RateLimit::default() })
    }
}

/// Calls in a window, and its length in seconds. Those of v1.1 were recorded with resets of 1538 and 3071 seconds ahead, so that
/// an hour is the least that they can last.
const fn limit(version: Version, request: &Request) -> Option<(u64, u64)> {
    match (version, request) {
        (Version::V1_1, Request::Initialize { .. }) => Some((200, HOUR)),
        (Version::V1_1, Request::Append { .. }) => Some((20_000, HOUR)),
        (Version::V1_1, Request::Finalize { .. }) => Some((615, HOUR)),
        (Version::V1_1, Request::Simple { .. }) => Some((415, HOUR)),
        (Version::V2, Request::Initialize { .. } | Request::Append { .. } | Request::Finalize { .. }) => {
            Some((1875, QUARTER))
        }
        _ => None,
    }
}

const HOUR: u64 = 3600;
const QUARTER: u64 = 900;
