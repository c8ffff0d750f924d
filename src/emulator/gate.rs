//! Who may call: signatures of OAuth 1.0a and bearer tokens, held against the credentials that are expected.

use std::collections::BTreeSet;

use super::Refusal;
use super::upload::Millis;
use crate::api::oauth::{Authorization, OAuth1, Secret, Signed, SignedHeader};

/// The credentials that calls are to come with. With neither, none is let in.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// The keys and secrets of OAuth 1.0a.
    pub oauth1: Option<OAuth1>,
    /// The token of OAuth 2.0. v1.1 asks for the context of a user, which it has: it is taken by both versions.
    pub bearer: Option<Secret>,
}

/// Lets calls in or not.
#[derive(Debug)]
pub struct Gate {
    expected: Expected,
    /// Time and nonce of the calls that were let in, as long as their time is near enough.
    seen: BTreeSet<(u64, String)>,
}

/// A call at the gate.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The method.
    pub method: &'a str,
    /// Host and port as the client named them.
    pub authority: &'a str,
    /// The path as it came.
    pub path: &'a str,
    /// The parameters of the query and, only of a form, those of the body.
    pub parameters: &'a [(String, String)],
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
}

impl Gate {
    /// A gate for those who have the credentials.
    pub const fn new(expected: Expected) -> Self {
        Self { expected, seen: BTreeSet::new() }
    }

    /// Lets a call in, or refuses it.
    pub fn admit(&mut self, now: Millis, caller: &Caller<'_>) -> Result<(), Refusal> {
        let header = caller.authorization.and_then(|value| Authorization::parse(value).ok());
        let admitted = match header {
            Some(Authorization::Bearer(token)) => {
                self.expected.bearer.as_ref().is_some_and(|expected| expected.is(token.reveal()))
            }
            Some(Authorization::OAuth1(header)) => self.admit_signed(now, caller, &header),
            None => false,
        };
        if admitted { Ok(()) } else { Err(Refusal::Unauthenticated) }
    }

    fn admit_signed(&mut self, now: Millis, caller: &Caller<'_>, header: &SignedHeader) -> bool {
        let Some(keys) = &self.expected.oauth1 else { return false };
        let (Some(nonce), Some(timestamp)) = (header.nonce(), header.timestamp()) else { return false };
        if nonce.len() > MAX_NONCE || timestamp.abs_diff(now.seconds()) > TOLERANCE_SECS {
            return false;
        }
        // An adapter may take TLS off on the way: then the client has signed https.
        let verified = [("http", ":80"), ("https", ":443")].iter().any(|(scheme, port)| {
            let authority = caller.authority.to_ascii_lowercase();
            let authority = authority.strip_suffix(port).unwrap_or(&authority);
            let url = format!("{scheme}://{authority}{}", caller.path);
            let signed = Signed { method: caller.method, url: &url, parameters: caller.parameters };
            header.verify(&signed, keys).is_ok()
        });
        verified && self.is_first(now, timestamp, nonce)
    }

    /// Whether nobody has called with that time and nonce before.
    fn is_first(&mut self, now: Millis, timestamp: u64, nonce: &str) -> bool {
        let oldest = now.seconds().saturating_sub(TOLERANCE_SECS);
        while self.seen.first().is_some_and(|(time, _)| *time < oldest) || self.seen.len() >= MAX_SEEN {
            self.seen.pop_first();
        }
        self.seen.insert((timestamp, nonce.to_owned()))
    }
}

/// By how many seconds the clock of a client may be wrong.
const TOLERANCE_SECS: u64 = 300;
/// Longest nonce in bytes.
const MAX_NONCE: usize = 256;
/// Most nonces that are remembered; beyond, the oldest are forgotten.
const MAX_SEEN: usize = 100_000;
