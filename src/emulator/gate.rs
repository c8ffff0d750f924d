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
    /// The header `Authorization`. Absent: what it would hold may stand among the parameters.
    pub authorization: Option<&'a str>,
}

impl Gate {
    /// A gate for those who have the credentials.
    pub const fn new(expected: Expected) -> Self {
        Self { expected, seen: BTreeSet::new() }
    }

    /// Lets a call in, or refuses it.
    pub fn admit(&mut self, now: Millis, caller: &Caller<'_>) -> Result<(), Refusal> {
        let admitted = match caller.authorization.map(Authorization::parse) {
            Some(Ok(Authorization::Bearer(token))) => {
                self.expected.bearer.as_ref().is_some_and(|expected| expected.is(token.reveal()))
            }
            // Signed in two places is signed in none (RFC 5849, 3.5).
            Some(Ok(Authorization::OAuth1(header))) => {
                SignedHeader::among(caller.parameters) == Ok(None) && self.admit_signed(now, caller, &header)
            }
            Some(Err(_)) => false,
            None => match SignedHeader::among(caller.parameters) {
                Ok(Some(header)) => self.admit_signed(now, caller, &header),
                Ok(None) | Err(_) => false,
            },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::oauth::Credentials;
    use crate::api::{Encoding, MediaId, Request, Version};

    const NOW: Millis = Millis(1_795_161_600_000);

    fn keys() -> OAuth1 {
        let [key, secret, token, token_secret] = ["key", "key secret", "token", "token secret"].map(Secret::new);
        OAuth1 { key, secret, token, token_secret }
    }

    fn gate() -> Gate {
        Gate::new(Expected { oauth1: Some(keys()), bearer: Some(Secret::new("bearer")) })
    }

    /// Signs a STATUS for `signed` and knocks at the gate as `authority`.
    fn knock(gate: &mut Gate, signed: &str, authority: &str, nonce: &str, secs: u64) -> bool {
        let request = Request::Status { id: MediaId::new(7).unwrap() };
        let http = request.encode(Version::V1_1, Encoding::Raw, "").unwrap();
        let header = Credentials::OAuth1(keys()).authorization(&http, &signed.parse().unwrap(), nonce, secs);
        let caller = Caller {
            method: "GET",
            authority,
            path: &http.path,
            parameters: &http.query,
            authorization: Some(&header),
        };
        gate.admit(NOW, &caller).is_ok()
    }

    #[test]
    fn the_address_is_the_clients() {
        let mut gate = gate();
        let mut nonces = (0..).map(|n: u32| n.to_string());
        for (signed, authority, admitted) in [
            ("http://127.0.0.1:8080", "127.0.0.1:8080", true),
            ("https://127.0.0.1:8080", "127.0.0.1:8080", true),
            ("https://upload.x.com", "upload.x.com", true),
            ("https://upload.x.com", "Upload.X.com:443", true),
            ("http://upload.x.com", "upload.x.com:80", true),
            ("http://upload.x.com", "upload.x.com:443", false),
            ("http://upload.x.com", "upload.x.com:8080", false),
            ("http://upload.x.com", "api.x.com", false),
            ("http://upload.x.com", "", false),
        ] {
            let nonce = nonces.next().unwrap();
            assert_eq!(knock(&mut gate, signed, authority, &nonce, NOW.seconds()), admitted, "{signed} {authority}");
        }
    }

    #[test]
    fn a_signature_may_stand_among_the_parameters() {
        let request = Request::Status { id: MediaId::new(7).unwrap() };
        let http = request.encode(Version::V1_1, Encoding::Raw, "").unwrap();
        let address = "http://a".parse().unwrap();
        let header = Credentials::OAuth1(keys()).authorization(&http, &address, "1", NOW.seconds());
        let signed = header.strip_prefix("OAuth ").unwrap().split(", ").map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            let value = percent_encoding::percent_decode_str(value.trim_matches('"')).decode_utf8().unwrap();
            (name.to_owned(), value.into_owned())
        });
        let all: Vec<(String, String)> = http.query.iter().cloned().chain(signed).collect();
        let knock = |parameters: &[(String, String)], authorization| {
            let caller = Caller { method: "GET", authority: "a", path: &http.path, parameters, authorization };
            gate().admit(NOW, &caller).is_ok()
        };
        assert!(knock(&all, None));
        let twice: Vec<_> = all.iter().chain(all.last()).cloned().collect();
        assert!(!knock(&twice, None), "a parameter stands twice");
        assert!(!knock(&all, Some(&header)), "signed in two places");
        assert!(!knock(&all[1..], None), "another request");
        assert!(!knock(&http.query, None), "not signed");
    }

    #[test]
    fn a_signature_is_good_once_and_not_for_long() {
        let mut gate = gate();
        let mut knock = |nonce: &str, secs| knock(&mut gate, "http://a", "a", nonce, secs);
        let now = NOW.seconds();
        assert!(knock("1", now));
        assert!(!knock("1", now), "the same again");
        assert!(knock("1", now - 1), "another second");
        assert!(knock("2", now - TOLERANCE_SECS) && knock("2", now + TOLERANCE_SECS));
        assert!(!knock("3", now - TOLERANCE_SECS - 1) && !knock("3", now + TOLERANCE_SECS + 1));
        assert!(knock(&"n".repeat(MAX_NONCE), now) && !knock(&"n".repeat(MAX_NONCE + 1), now));
    }

    #[test]
    fn what_was_seen_is_forgotten_when_it_is_too_old_anyway() {
        let mut gate = gate();
        assert!(gate.is_first(NOW, NOW.seconds(), "1") && !gate.is_first(NOW, NOW.seconds(), "1"));
        let later = NOW.plus_seconds(TOLERANCE_SECS + 1);
        assert!(gate.is_first(later, later.seconds(), "2"));
        assert_eq!(gate.seen.len(), 1);
    }

    #[test]
    fn only_what_is_expected_is_admitted() {
        let caller =
            |authorization| Caller { method: "GET", authority: "a", path: "/", parameters: &[], authorization };
        for (header, admitted) in [
            (Some("Bearer bearer"), true),
            (Some("Bearer other"), false),
            (Some("Bearer "), false),
            (Some("Basic YTpi"), false),
            (Some("OAuth oauth_nonce=\"1\""), false),
            (None, false),
        ] {
            assert_eq!(gate().admit(NOW, &caller(header)).is_ok(), admitted, "{header:?}");
            assert!(Gate::new(Expected::default()).admit(NOW, &caller(header)).is_err());
        }
    }
}
