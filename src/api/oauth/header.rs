//! The header `Authorization` as a server reads and verifies it.

use percent_encoding::percent_decode_str;

use super::{HMAC_SHA1, OAuth1, Secret, base};

/// What a header `Authorization` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorization {
    /// The parameters of OAuth 1.0a with a signature.
    OAuth1(SignedHeader),
    /// A token of OAuth 2.0.
    Bearer(Secret),
}

/// The parameters of OAuth 1.0a, unescaped, without the realm.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedHeader(Vec<(String, String)>);

/// The request that a signature is about.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The method.
    pub method: &'a str,
    /// The address without its query, such as `https://api.x.com/2/media/upload`: scheme and host in lower case, the default
    /// port left out (an [`Endpoint`](crate::api::Endpoint) is written so), the path as it came.
    pub url: &'a str,
    /// The parameters of the query and, only for a form, its fields; all unescaped, in any order.
    pub parameters: &'a [(String, String)],
}

/// Why a header cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Neither `OAuth` nor `Bearer` stands in front.
    #[error("the header Authorization begins with neither OAuth nor Bearer")]
    Scheme,
    /// A parameter is no `name="value"`.
    #[error("the header Authorization has a parameter that is no name=\"value\" in UTF-8")]
    Parameter,
    /// A parameter stands twice.
    #[error("the header Authorization has a parameter twice")]
    Twice,
    /// Far more parameters than OAuth has.
    #[error("the header Authorization has more than {MOST_PARAMETERS} parameters")]
    TooMany,
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A parameter is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Signed otherwise than by HMAC-SHA1, or in another version.
    #[error("it is not signed by HMAC-SHA1 in version 1.0")]
    Method,
    /// The time is no number.
    #[error("oauth_timestamp is no number of seconds")]
    Timestamp,
    /// Another application.
    #[error("oauth_consumer_key is another one")]
    Key,
    /// Another user.
    #[error("oauth_token is another one")]
    Token,
    /// The signature is that of another request, or made with other secrets.
    #[error("oauth_signature does not match the request and the secrets")]
    Signature,
}

impl Authorization {
    /// Reads the value of a header.
    pub fn parse(value: &str) -> Result<Self, HeaderError> {
        let value = value.trim();
        let (scheme, rest) = value.split_once(' ').ok_or(HeaderError::Scheme)?;
        if scheme.eq_ignore_ascii_case("bearer") {
            return Ok(Self::Bearer(Secret::new(rest.trim())));
        }
        if !scheme.eq_ignore_ascii_case("oauth") {
            return Err(HeaderError::Scheme);
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in rest.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(HeaderError::Parameter)?;
            let (name, value) = (unescaped(name.trim())?, unescaped(unquoted(value.trim())?)?);
            if name == "realm" {
                continue;
            }
            if parameters.iter().any(|(other, _)| *other == name) {
                return Err(HeaderError::Twice);
            }
            if parameters.len() >= MOST_PARAMETERS {
                return Err(HeaderError::TooMany);
            }
            parameters.push((name, value));
        }
        Ok(Self::OAuth1(SignedHeader(parameters)))
    }
}

impl SignedHeader {
    /// The parameters of OAuth among those of a query or a form, where RFC 5849 (3.5.2 and 3.5.3) lets them be instead of a
    /// header. `None`: there are none.
    ///
    /// Errors: one stands twice.
    pub fn among(parameters: &[(String, String)]) -> Result<Option<Self>, HeaderError> {
        let mut own: Vec<(String, String)> = Vec::new();
        for parameter in parameters.iter().filter(|(name, _)| is_of_oauth(name)) {
            if own.iter().any(|(name, _)| *name == parameter.0) {
                return Err(HeaderError::Twice);
            }
            if own.len() >= MOST_PARAMETERS {
                return Err(HeaderError::TooMany);
            }
            own.push(parameter.clone());
        }
        Ok((!own.is_empty()).then_some(Self(own)))
    }

    /// The text that makes a request unlike others of its second.
    pub fn nonce(&self) -> Option<&str> {
        self.value("oauth_nonce")
    }

    /// When it was signed, in seconds since 1970 by the client's clock.
    pub fn timestamp(&self) -> Option<u64> {
        self.value("oauth_timestamp")?.parse().ok()
    }

    /// Whether the request was signed with these keys. Neither the time nor the nonce is judged.
    pub fn verify(&self, request: &Signed<'_>, keys: &OAuth1) -> Result<(), VerifyError> {
        let required = |name| self.value(name).ok_or(VerifyError::Missing(name));
        let (key, token) = (required("oauth_consumer_key")?, required("oauth_token")?);
        let signature = required("oauth_signature")?;
        required("oauth_nonce")?;
        required("oauth_timestamp")?;
        if required("oauth_signature_method")? != HMAC_SHA1 || self.value("oauth_version").is_some_and(|v| v != "1.0") {
            return Err(VerifyError::Method);
        }
        self.timestamp().ok_or(VerifyError::Timestamp)?;
        if !keys.key.is(key) {
            return Err(VerifyError::Key);
        }
        if !keys.token.is(token) {
            return Err(VerifyError::Token);
        }
        let own = self.0.iter().filter(|(name, _)| name != "oauth_signature");
        // Those that do not stand in a header stand among the parameters of the request.
        let others = request.parameters.iter().filter(|(name, _)| !is_of_oauth(name));
        let parameters = own.chain(others).map(|(name, value)| (name.as_str(), value.as_str()));
        let text = base::text(request.method, request.url, parameters);
        if base::is_signature(signature, &text, keys) { Ok(()) } else { Err(VerifyError::Signature) }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for SignedHeader {
    /// The names alone.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Whether a parameter is one of OAuth, which none of the upload API's own is.
fn is_of_oauth(name: &str) -> bool {
    name.starts_with("oauth_")
}

/// A value without its quotes; one without any is taken as it is.
fn unquoted(value: &str) -> Result<&str, HeaderError> {
    match value.strip_prefix('"') {
        Some(rest) => rest.strip_suffix('"').ok_or(HeaderError::Parameter),
        None => Ok(value),
    }
}

fn unescaped(text: &str) -> Result<String, HeaderError> {
    let text = percent_decode_str(text).decode_utf8().map_err(|_| HeaderError::Parameter)?;
    Ok(text.into_owned())
}

/// Most parameters that are taken; OAuth has nine.
const MOST_PARAMETERS: usize = 32;
