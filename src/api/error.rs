//! What a server says when it refuses, in all the shapes that are in use.

use std::fmt;

use super::RateLimit;

/// A refusal, or an answer that is none of the expected ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct ApiError {
    /// The status of HTTP. A 2xx means that the answer says too little, see `unreadable`.
    pub status: u16,
    /// What is wrong, one entry each; both versions.
    pub errors: Vec<ErrorItem>,
    /// The path that was asked, in the shape `{"request":..,"error":..}` of v1.1 uploads.
    pub request: Option<String>,
    /// The title of a problem of v2, such as `Invalid Request`.
    pub title: Option<String>,
    /// The detail of a problem of v2.
    pub detail: Option<String>,
    /// The `type` of a problem of v2, an address or `about:blank`.
    pub kind: Option<String>,
    /// The beginning of a body that is no JSON.
    pub text: Option<String>,
    /// Why an answer of success cannot be used.
    pub unreadable: Option<String>,
    /// When to try again.
    pub rate: RateLimit,
}

/// One entry of an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorItem {
    /// The number of the error; v2 has none.
    pub code: Option<u64>,
    /// What the server says.
    pub message: String,
}

impl ApiError {
    /// An error of v1.1 with a number: `{"errors":[{"code":..,"message":..}]}`.
    pub fn coded(status: u16, code: u64, message: impl Into<String>) -> Self {
        Self { status, errors: vec![ErrorItem { code: Some(code), message: message.into() }], ..Self::default() }
    }

    /// An error of v1.1 uploads: `{"request":..,"error":..}`.
    pub fn of_request(status: u16, path: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            request: Some(path.to_owned()),
            errors: vec![ErrorItem { code: None, message: message.into() }],
            ..Self::default()
        }
    }

    /// The problem of v2 that names what is wrong with a request.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self {
            status: 400,
            errors: vec![ErrorItem { code: None, message: message.into() }],
            title: Some("Invalid Request".to_owned()),
            detail: Some("One or more parameters to your request was invalid.".to_owned()),
            kind: Some("https://api.twitter.com/2/problems/invalid-request".to_owned()),
            ..Self::default()
        }
    }

    /// The problem of v2 that says no more than its status, such as `Forbidden`.
    pub fn problem(status: u16, title: &str) -> Self {
        Self {
            status,
            title: Some(title.to_owned()),
            detail: Some(title.to_owned()),
            kind: Some("about:blank".to_owned()),
            ..Self::default()
        }
    }

    /// The answer of v2 to what it does not understand itself: `{"errors":["internal server error"]}`.
    pub fn words(status: u16, message: impl Into<String>) -> Self {
        Self { status, errors: vec![ErrorItem { code: None, message: message.into() }], ..Self::default() }
    }

    /// A refusal without a word, as of 413 and 431.
    pub fn silent(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// Whether one of the errors has that number.
    pub fn has_code(&self, code: u64) -> bool {
        self.errors.iter().any(|error| error.code == Some(code))
    }

    /// What the server says, without the status; nothing where it says nothing.
    pub fn words_of_server(&self) -> Vec<String> {
        if !self.errors.is_empty() {
            return self.errors.iter().map(ToString::to_string).collect();
        }
        let problem = match (&self.title, &self.detail) {
            (Some(title), Some(detail)) if title != detail => Some(format!("{title}: {detail}")),
            (title, detail) => detail.clone().or_else(|| title.clone()),
        };
        problem.or_else(|| self.text.clone()).into_iter().collect()
    }
}

impl fmt::Display for ErrorItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.code {
            Some(code) if self.message.is_empty() => write!(f, "code {code}"),
            Some(code) => write!(f, " (code {code})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ApiError {
    /// The status and the server's own words: `HTTP 401: Could not authenticate you. (code 32)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        let words = self.words_of_server().join("; ");
        match &self.unreadable {
            Some(why) if words.is_empty() => write!(f, ", but {why}"),
            Some(why) => write!(f, ", but {why}: {words}"),
            None if words.is_empty() => f.write_str(" without a word of the server"),
            None => write!(f, ": {words}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_own_words_are_shown() {
        for (error, shown) in [
            (
                ApiError::coded(401, 32, "Could not authenticate you."),
                "HTTP 401: Could not authenticate you. (code 32)",
            ),
            (
                ApiError::of_request(400, "/1.1/media/upload.json", "media type unrecognized."),
                "HTTP 400: media type unrecognized.",
            ),
            (ApiError::problem(403, "Forbidden"), "HTTP 403: Forbidden"),
            (ApiError::invalid_request("BadRequest: Not found"), "HTTP 400: BadRequest: Not found"),
            (ApiError::words(500, "internal server error"), "HTTP 500: internal server error"),
            (ApiError::silent(413), "HTTP 413 without a word of the server"),
        ] {
            assert_eq!(error.to_string(), shown);
        }
        let error =
            ApiError { title: Some("Gone".to_owned()), detail: Some("Too late.".to_owned()), ..ApiError::silent(410) };
        assert_eq!(error.to_string(), "HTTP 410: Gone: Too late.");
        let error = ApiError { unreadable: Some("it names no upload".to_owned()), ..ApiError::silent(200) };
        assert_eq!(error.to_string(), "HTTP 200, but it names no upload");
    }
}
