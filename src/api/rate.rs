//! What headers say of how often one may ask, and when again.

use std::time::{Duration, UNIX_EPOCH};

use super::Headers;

/// The rate limit of a call as the headers of an answer tell it. What they do not tell is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls in a window: `x-rate-limit-limit`.
    pub limit: Option<u64>,
    /// Calls that are left in it: `x-rate-limit-remaining`.
    pub remaining: Option<u64>,
    /// When the next window begins, in seconds since 1970 by the server's clock: `x-rate-limit-reset`.
    pub reset: Option<u64>,
    /// When to try again: `Retry-After`.
    pub retry_after: Option<RetryAfter>,
    /// When the answer was sent, in seconds since 1970 by the server's clock: `Date`.
    pub date: Option<u64>,
}

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// After so many seconds.
    Secs(u64),
    /// At this time of the server's clock, in seconds since 1970.
    At(u64),
}

impl RateLimit {
    /// Reads the headers of an answer. A header that cannot be read counts as absent.
    pub fn read(headers: &Headers) -> Self {
        let number = |name| headers.first(name).and_then(whole);
        Self {
            limit: number(LIMIT),
            remaining: number(REMAINING),
            reset: number(RESET),
            retry_after: headers.first(RETRY_AFTER).and_then(retry_after),
            date: headers.first(DATE).and_then(http_date),
        }
    }

    /// How many seconds to wait before the call is tried again: the longer of `Retry-After` and the time to the next window.
    /// `None` where the headers say nothing.
    ///
    /// Times of the server are held against its own `Date`, and only without one against `now`, in seconds since 1970.
    pub fn wait_secs(&self, now: u64) -> Option<u64> {
        let now = self.date.unwrap_or(now);
        let retry = self.retry_after.map(|retry| match retry {
            RetryAfter::Secs(seconds) => seconds,
            RetryAfter::At(time) => time.saturating_sub(now),
        });
        retry.max(self.reset.map(|reset| reset.saturating_sub(now)))
    }

    /// Adds the headers that tell it.
    pub(crate) fn write(&self, headers: &mut Headers) {
        for (name, value) in [(LIMIT, self.limit), (REMAINING, self.remaining), (RESET, self.reset)] {
            if let Some(value) = value {
                headers.push(name, value.to_string());
            }
        }
        match self.retry_after {
            Some(RetryAfter::Secs(seconds)) => headers.push(RETRY_AFTER, seconds.to_string()),
            Some(RetryAfter::At(time)) => headers.0.extend(dated(RETRY_AFTER, time)),
            None => {}
        }
        if let Some(time) = self.date {
            headers.0.extend(dated(DATE, time));
        }
    }
}

/// A header with a date; none where the date is past the year 9999, which it cannot say.
fn dated(name: &str, seconds: u64) -> Option<(String, String)> {
    let time = (seconds < LAST_SECOND).then(|| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))??;
    Some((name.to_owned(), httpdate::fmt_http_date(time)))
}

fn retry_after(text: &str) -> Option<RetryAfter> {
    whole(text).map(RetryAfter::Secs).or_else(|| http_date(text).map(RetryAfter::At))
}

/// A decimal number, blanks around it.
fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// A date of HTTP in any of its three forms (RFC 9110 5.6.7), as seconds since 1970.
fn http_date(text: &str) -> Option<u64> {
    let time = httpdate::parse_http_date(text.trim()).ok()?;
    time.duration_since(UNIX_EPOCH).ok().map(|duration| duration.as_secs())
}

const LIMIT: &str = "x-rate-limit-limit";
const REMAINING: &str = "x-rate-limit-remaining";
const RESET: &str = "x-rate-limit-reset";
const RETRY_AFTER: &str = "retry-after";
const DATE: &str = "date";

/// The beginning of the year 10000, in seconds since 1970.
const LAST_SECOND: u64 = 253_402_300_800;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&str, &str)]) -> RateLimit {
        RateLimit::read(&headers.iter().copied().collect())
    }

    #[test]
    fn headers_are_read() {
        let rate = read(&[
            ("X-Rate-Limit-Limit", "615"),
            ("x-rate-limit-remaining", " 0 "),
            ("x-rate-limit-reset", "1795161600"),
            ("Retry-After", "Fri, 20 Nov 2026 08:00:00 GMT"),
            ("Date", "Friday, 20-Nov-26 07:59:00 GMT"),
        ]);
        assert_eq!(rate.limit, Some(615));
        assert_eq!(rate.remaining, Some(0));
        assert_eq!(rate.reset, Some(1_795_161_600));
        assert_eq!(rate.retry_after, Some(RetryAfter::At(1_795_161_600)));
        assert_eq!(rate.date, Some(1_795_161_540));
        assert_eq!(rate.wait_secs(0), Some(60));
        let mut written = Headers::default();
        rate.write(&mut written);
        assert_eq!(RateLimit::read(&written), rate);
    }

    #[test]
    fn nonsense_counts_as_absent() {
        let rate =
            read(&[("retry-after", "-1"), ("x-rate-limit-reset", "99999999999999999999"), ("date", "yesterday")]);
        assert_eq!(rate, RateLimit::default());
        assert_eq!(rate.wait_secs(5), None);
    }

    #[test]
    fn the_longer_wait_holds_by_the_servers_clock() {
        let rate = |retry, reset, date| RateLimit { retry_after: retry, reset, date, ..RateLimit::default() };
        assert_eq!(rate(Some(RetryAfter::Secs(5)), Some(110), Some(100)).wait_secs(0), Some(10));
        assert_eq!(rate(Some(RetryAfter::Secs(50)), Some(110), Some(100)).wait_secs(0), Some(50));
        assert_eq!(rate(None, Some(110), None).wait_secs(105), Some(5));
        assert_eq!(rate(None, Some(110), Some(200)).wait_secs(105), Some(0));
        let mut headers = Headers::default();
        rate(Some(RetryAfter::At(u64::MAX)), None, Some(LAST_SECOND)).write(&mut headers);
        assert_eq!(headers, Headers::default());
    }
}
