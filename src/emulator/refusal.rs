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
