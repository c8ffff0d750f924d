//! The vocabulary of the upload API on the wire, both versions of it: what is asked, what is answered, what is refused, and
//! how a request is signed.
//!
//! Pure data: no sockets, no clock, no files. A client [encodes](Request::encode) a [`Request`] and [reads](read_answer) the
//! [`Answer`]; a server reads the same `Request` and writes the same `Answer`. What is sent is exactly what the documents
//! say; what comes back is read leniently, since servers and proxies differ.
//!
//! ```
//! use media_preflight::api::{Encoding, MediaId, Request, Version};
//!
//! let request = Request::Status { id: MediaId::new(710511363345354753).unwrap() };
//! let http = request.encode(Version::V1_1, Encoding::Raw, "").unwrap();
//! assert_eq!(http.target(), "/1.1/media/upload.json?command=STATUS&media_id=710511363345354753");
//! ```

mod answer;
mod encode;
mod endpoint;
mod error;
mod http;
mod id;
mod json;
pub mod known;
pub mod oauth;
mod rate;
mod read;
mod request;
mod route;
mod version;
mod write;

pub use answer::{Answer, Expiry, Image, ProcessingError, ProcessingInfo, State, Video};
pub use encode::EncodeError;
pub use endpoint::{Endpoint, EndpointError};
pub use error::{ApiError, ErrorItem};
pub use http::{Body, Content, Headers, HttpRequest, HttpResponse, Method, Part, Piece, percent_encoded};
pub use id::{IdError, MediaId, MediaKey, UserId};
pub use rate::{RateLimit, RetryAfter};
pub use read::read_answer;
pub use request::{Encoding, Media, Request, Subtitle};
pub use route::{Route, RouteCall};
pub use version::{UnknownVersion, Version, subtitles_category, wire_category};
pub use write::{write_answer, write_error};

#[cfg(test)]
mod transcripts_tests;
