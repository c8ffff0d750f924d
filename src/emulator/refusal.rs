//! Why a call is refused: one variant for each error that the platform is known to give, in its own words and shapes.
//!
//! Sentences that hold a name or a number (`media parameter is missing.`, `File size exceeds 5242880 bytes.`) are given for the
//! other parameters and limits too. Nothing else is made up.

use std::io;

use super::decode::MultipartError;
use crate::api::{ApiError, MediaId, RateLimit, Version};

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature or the token is wrong, missing, too old or was used before.
    #[error("Could not authenticate you.")]
    Unauthenticated,
    /// No such path.
    #[error("Sorry, that page does not exist")]
    NoSuchPage,
    /// No processing of that upload to ask about.
    #[error("Sorry, that page does not exist")]
    NotProcessed,
    /// A parameter is missing.
    #[error("{0} parameter is missing.")]
    Missing(&'static str),
    /// A parameter cannot be read, or is outside its range.
    #[error("{0} parameter is invalid.")]
    Invalid(&'static str),
    /// More bytes than are allowed.
    #[error("File size exceeds {0} bytes.")]
    TooLarge(u64),
    /// The segments are not all there, or do not make up the size that INIT named.
    #[error("Segments do not add up to provided total file size.")]
    Segments,
    /// The index of a segment is outside its range.
    #[error("SegmentIndex must be between 0 and 999")]
    SegmentIndex,
    /// The type is none that the platform takes, or the content is not of it.
    #[error("media type unrecognized.")]
    MediaType,
    /// A large file without a category, which would ask for asynchronous processing.
    #[error("Large file can not be finalized synchronously")]
    Synchronously,
    /// No such category.
    #[error("Unsupported raw media category")]
    Category,
    /// No such upload, or it has expired.
    #[error("Invalid media id {0}")]
    UnknownMedia(MediaId),
    /// No such upload where subtitles are attached to it or taken off.
    #[error("Sorry, that page does not exist")]
    UnknownVideo,
    /// The subtitles cannot be used.
    #[error("media parameter is invalid.")]
    BadSubtitles,
    /// A body of v2 that is not called JSON.
    #[error("Requests with bodies must have content-type of application/json.")]
    NotCalledJson,
    /// A body that is no JSON.
    #[error("Request body is not valid JSON.")]
    NotJson,
    /// A body that is longer than any that is needed.
    #[error("the body is too large")]
    BodyTooLarge,
    /// A body with parts that cannot be told apart.
    #[error("{0}")]
    Multipart(MultipartError),
    /// Too many calls.
    #[error("Rate limit exceeded")]
    RateLimited {
        /// When the next window begins, in seconds since 1970.
        reset: u64,
        /// Calls in a window.
        limit: Option<u64>,
    },
    /// A status that a fault asks for.
    #[error("a fault: status {status}")]
    Fault {
        /// The status.
        status: u16,
        /// When to try again, in seconds since 1970.
        reset: Option<u64>,
    },
    /// The storage cannot be written or read; the words are for the log.
    #[error("the storage: {0}")]
    Storage(String),
}

impl Refusal {
    /// What the system said of the storage.
    pub(crate) fn storage(error: &io::Error) -> Self {
        Self::Storage(error.to_string())
    }

    /// A body whose parts cannot be told apart.
    pub(crate) const fn multipart(error: MultipartError) -> Self {
        Self::Multipart(error)
    }

    /// The refusal as the version writes it, for a call to `path`.
    pub fn error(&self, version: Version, path: &str) -> ApiError {
        match version {
            Version::V1_1 => self.error_v1(path),
            Version::V2 => self.error_v2(),
        }
    }

    fn error_v1(&self, path: &str) -> ApiError {
        let words = self.to_string();
        match self {
            // The documents of subtitles say 403.
            Self::Unauthenticated => ApiError::coded(if path.contains("/subtitles/") { 403 } else { 401 }, 32, words),
            Self::NoSuchPage | Self::NotProcessed | Self::UnknownVideo => ApiError::coded(404, 34, words),
            Self::Missing(_) => ApiError::coded(400, 38, words),
            Self::Invalid(_) | Self::BadSubtitles => ApiError::coded(400, 44, words),
            Self::UnknownMedia(_) | Self::Category => ApiError::coded(400, 324, words),
            Self::TooLarge(_) | Self::Segments | Self::SegmentIndex | Self::MediaType | Self::Synchronously => {
                ApiError::of_request(400, path, words)
            }
            Self::Multipart(_) => ApiError::coded(400, 38, Self::Missing("media").to_string()),
            Self::NotJson | Self::NotCalledJson => ApiError::coded(400, 38, Self::Missing("media_id").to_string()),
            Self::RateLimited { reset, limit } => ApiError { rate: used_up(*reset, *limit), ..ApiError::silent(429) },
            Self::BodyTooLarge => ApiError::silent(413),
            Self::Fault { status, reset } => ApiError {
                rate: reset.map_or_else(RateLimit::default, |reset| used_up(reset, None)),
                ..ApiError::silent(*status)
            },
            Self::Storage(_) => ApiError::silent(500),
        }
    }

    fn error_v2(&self) -> ApiError {
        match self {
            Self::Unauthenticated => ApiError::coded(401, 32, self.to_string()),
            Self::NoSuchPage => ApiError::coded(404, 34, self.to_string()),
            Self::NotProcessed | Self::UnknownVideo | Self::UnknownMedia(_) => {
                ApiError::invalid_request("BadRequest: Not found")
            }
            Self::BodyTooLarge => ApiError::silent(413),
            // Seen for a bad SRT, among others.
            Self::BadSubtitles => ApiError::problem(503, "Service Unavailable"),
            Self::RateLimited { reset, limit } => {
                ApiError { rate: used_up(*reset, *limit), ..ApiError::problem(429, "Too Many Requests") }
            }
            Self::Fault { status, reset } => {
                let error = match status {
                    429 => ApiError::problem(429, "Too Many Requests"),
                    500 => ApiError::words(500, "internal server error"),
                    503 => ApiError::problem(503, "Service Unavailable"),
                    _ => ApiError::silent(*status),
                };
                ApiError { rate: reset.map_or_else(RateLimit::default, |reset| used_up(reset, None)), ..error }
            }
            Self::Storage(_) => ApiError::words(500, "internal server error"),
            Self::Multipart(_) => ApiError::invalid_request(Self::Missing("media").to_string()),
            _ => ApiError::invalid_request(self.to_string()),
        }
    }
}

fn used_up(reset: u64, limit: Option<u64>) -> RateLimit {
    RateLimit { limit, remaining: Some(0), reset: Some(reset), ..RateLimit::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::write_error;

    fn written(refusal: &Refusal, version: Version, path: &str) -> (u16, String) {
        let response = write_error(&refusal.error(version, path));
        (response.status, String::from_utf8(response.body).unwrap())
    }

    #[test]
    fn refusals_have_the_recorded_shapes_of_v1() {
        const UPLOAD: &str = "/1.1/media/upload.json";
        let of_upload = |error: &str| format!("{{\"request\":\"{UPLOAD}\",\"error\":\"{error}\"}}");
        let coded =
            |code: u64, message: &str| format!("{{\"errors\":[{{\"code\":{code},\"message\":\"{message}\"}}]}}");
        for (refusal, status, body) in [
            (Refusal::Segments, 400, of_upload("Segments do not add up to provided total file size.")),
            (Refusal::TooLarge(15_728_640), 400, of_upload("File size exceeds 15728640 bytes.")),
            (Refusal::MediaType, 400, of_upload("media type unrecognized.")),
            (Refusal::SegmentIndex, 400, of_upload("SegmentIndex must be between 0 and 999")),
            (Refusal::Synchronously, 400, of_upload("Large file can not be finalized synchronously")),
            (Refusal::Missing("media"), 400, coded(38, "media parameter is missing.")),
            (Refusal::Invalid("media"), 400, coded(44, "media parameter is invalid.")),
            (Refusal::Unauthenticated, 401, coded(32, "Could not authenticate you.")),
            (Refusal::NotProcessed, 404, coded(34, "Sorry, that page does not exist")),
            (Refusal::Category, 400, coded(324, "Unsupported raw media category")),
            (Refusal::UnknownMedia(MediaId::new(7).unwrap()), 400, coded(324, "Invalid media id 7")),
            (Refusal::BodyTooLarge, 413, String::new()),
            (Refusal::RateLimited { reset: 1, limit: None }, 429, String::new()),
            (Refusal::Storage("a secret path".to_owned()), 500, String::new()),
        ] {
            assert_eq!(written(&refusal, Version::V1_1, UPLOAD), (status, body), "{refusal:?}");
        }
        let subtitles = "/1.1/media/subtitles/create.json";
        let refused = (403, coded(32, "Could not authenticate you."));
        assert_eq!(written(&Refusal::Unauthenticated, Version::V1_1, subtitles), refused);
    }

    #[test]
    fn refusals_have_the_recorded_shapes_of_v2() {
        let problem = |message: &str| {
            format!(
                "{{\"errors\":[{{\"message\":\"{message}\"}}],\"title\":\"Invalid Request\",\
                 \"type\":\"https://api.twitter.com/2/problems/invalid-request\",\
                 \"detail\":\"One or more parameters to your request was invalid.\"}}"
            )
        };
        for (refusal, status, body) in [
            (Refusal::NotJson, 400, problem("Request body is not valid JSON.")),
            (
                Refusal::NotCalledJson,
                400,
                problem("Requests with bodies must have content-type of application/json."),
            ),
            (Refusal::NotProcessed, 400, problem("BadRequest: Not found")),
            (Refusal::UnknownMedia(MediaId::new(7).unwrap()), 400, problem("BadRequest: Not found")),
            (Refusal::Segments, 400, problem("Segments do not add up to provided total file size.")),
            (
                Refusal::BadSubtitles,
                503,
                "{\"title\":\"Service Unavailable\",\"type\":\"about:blank\",\"status\":503,\"detail\":\"Service Unavailable\"}"
                    .to_owned(),
            ),
            (Refusal::Storage("a secret path".to_owned()), 500, "{\"errors\":[\"internal server error\"]}".to_owned()),
            (Refusal::BodyTooLarge, 413, String::new()),
        ] {
            assert_eq!(written(&refusal, Version::V2, "/2/media/upload"), (status, body), "{refusal:?}");
        }
    }

    #[test]
    fn a_refusal_for_too_many_calls_says_when_to_come_again() {
        for version in [Version::V1_1, Version::V2] {
            let response = write_error(&Refusal::RateLimited { reset: 99, limit: Some(5) }.error(version, ""));
            let header = |name| response.headers.first(name);
            assert_eq!(header("x-rate-limit-reset"), Some("99"));
            assert_eq!((header("x-rate-limit-limit"), header("x-rate-limit-remaining")), (Some("5"), Some("0")));
        }
    }
}
