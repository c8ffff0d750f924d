//! One call that carries no media, made again where that may help.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::driver::{now, seed};
use super::http::Client;
use super::machine::{Failure, Outcome};
use super::moment::{Jitter, Moment};
use super::retry::{Attempts, Policy, Reaction};
use crate::api::{Answer, Request};

/// Makes a call that carries no media, and again where that may help, until it is answered, refused, or `stop` is true.
pub fn call(client: &Client, request: &Request, policy: &Policy, stop: &AtomicBool) -> Result<Answer, Failure> {
    let mut attempts = Attempts::default();
    let mut jitter = Jitter::new(seed());
    let mut held = Duration::ZERO;
    loop {
        let why = match client.call(request) {
            Outcome::Answered { answer, .. } => return Ok(*answer),
            Outcome::Cancelled => return Err(Failure::Interrupted),
            Outcome::Untrusted(why) => return Err(Failure::Untrusted(why)),
            Outcome::Lost { why, .. } => why,
            Outcome::Refused(error) => match Reaction::to(&error, now(), None) {
                Reaction::Again => error.to_string(),
                Reaction::Wait(wait) => {
                    held = held.saturating_add(wait);
                    if held > policy.rate_limits {
                        return Err(Failure::RateLimited(wait));
                    }
                    wait_until(now().plus(wait), stop)?;
                    continue;
                }
                Reaction::TooLarge | Reaction::Gone | Reaction::Refused => {
                    return Err(Failure::Refused { call: request.name(), error });
                }
            },
        };
        if !attempts.failed(policy, &mut jitter, now()) {
            return Err(Failure::Exhausted { call: request.name(), tries: attempts.failures(), why });
        }
        wait_until(attempts.not_before(), stop)?;
    }
}

/// Waits until a moment, unless `stop` becomes true.
fn wait_until(until: Moment, stop: &AtomicBool) -> Result<(), Failure> {
    let (wait, began) = (until.since(now()), Instant::now());
    while let Some(left) = wait.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Interrupted);
        }
        thread::sleep(left.min(Duration::from_millis(100)));
    }
    Ok(())
}
