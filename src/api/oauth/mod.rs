//! How requests prove who sends them: OAuth 1.0a with HMAC-SHA1 (RFC 5849), or a bearer token of OAuth 2.0 (RFC 6750).
//!
//! A client [makes](Credentials::authorization) the header `Authorization`, a server [parses](Authorization::parse) and
//! [verifies](SignedHeader::verify) it. Both build the same text and sign it:
//!
//! | body | the signature covers |
//! |---|---|
//! | form | the parameters of OAuth, the query, every field |
//! | multipart, JSON, none | the parameters of OAuth and the query |
//!
//! A signature holds once: sign anew, with another nonce and the time, whenever a request is sent again.

mod base;
mod header;
mod secret;

use super::{Endpoint, HttpRequest, UserId, percent_encoded};

pub use header::{Authorization, HeaderError, Signed, SignedHeader, VerifyError};
pub use secret::Secret;

/// What requests are signed with. `Debug` shows no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// The user context of OAuth 1.0a: good for every call of both versions.
    OAuth1(OAuth1),
    /// An access token of OAuth 2.0. The calls of v2 need one of a user, with the scope `media.write`; v1.1 takes none.
    Bearer(Secret),
}

/// The four values of OAuth 1.0a. `Debug` shows none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuth1 {
    /// The key of the application (consumer key, API key).
    pub key: Secret,
    /// The secret of the application.
    pub secret: Secret,
    /// The user's access token.
    pub token: Secret,
    /// Its secret.
    pub token_secret: Secret,
}

impl Credentials {
    /// The value of the header `Authorization` for a request. `nonce` is a text that no other request of that second has, of
    /// any characters; `timestamp` is the time in seconds since 1970. A bearer needs neither.
    pub fn authorization(&self, request: &HttpRequest, endpoint: &Endpoint, nonce: &str, timestamp: u64) -> String {
        match self {
            Self::OAuth1(keys) => keys.authorization(request, endpoint, nonce, timestamp),
            Self::Bearer(token) => format!("Bearer {}", token.reveal()),
        }
    }
}

impl OAuth1 {
    /// The user, whom the access token begins with (`370773112-...`) and who is no secret; `None` for a token of another form.
    pub fn user(&self) -> Option<UserId> {
        self.token.reveal().split_once('-').and_then(|(user, _)| user.parse().ok())
    }

    fn authorization(&self, request: &HttpRequest, endpoint: &Endpoint, nonce: &str, timestamp: u64) -> String {
        let timestamp = timestamp.to_string();
        let own = [
            ("oauth_consumer_key", self.key.reveal()),
            ("oauth_nonce", nonce),
            ("oauth_signature_method", HMAC_SHA1),
            ("oauth_timestamp", &timestamp),
            ("oauth_token", self.token.reveal()),
            ("oauth_version", "1.0"),
        ];
        let parameters = own.iter().copied().chain(request.signed_parameters());
        let text = base::text(request.method.as_str(), &endpoint.base_url(request), parameters);
        let signature = base::signature(&text, self);
        let all = own.into_iter().chain([("oauth_signature", signature.as_str())]);
        let pairs: Vec<String> = all.map(|(name, value)| format!("{name}=\"{}\"", percent_encoded(value))).collect();
        format!("OAuth {}", pairs.join(", "))
    }
}

/// The one method of signing that is spoken.
const HMAC_SHA1: &str = "HMAC-SHA1";

#[cfg(test)]
mod tests;
