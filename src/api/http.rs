//! Requests and answers as HTTP carries them, without a connection.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Media;

/// A request that is ready to be sent, but for the address of the server and the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The path, such as `/2/media/upload/initialize`; it needs no escaping.
    pub path: String,
    /// The parameters of the query, not escaped, in order.
    pub query: Vec<(String, String)>,
    /// The header `Content-Type`; `None` where there is no body.
    pub content_type: Option<String>,
    /// The body.
    pub body: Body,
}

/// A method of HTTP that the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// DELETE.
    Delete,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// `application/x-www-form-urlencoded`: fields, not escaped, in order. A signature covers them.
    Form(Vec<(String, String)>),
    /// JSON.
    Json(String),
    /// JSON with media as base64 between `head` and `tail`.
    JsonMedia {
        /// The text up to and with the opening quote of the base64.
        head: String,
        /// What stands between them as base64.
        media: Media,
        /// The text from the closing quote.
        tail: String,
    },
    /// `multipart/form-data`.
    Multipart {
        /// What separates the parts; it may not stand in the media.
        boundary: String,
        /// The parts, in order.
        parts: Vec<Part>,
    },
}

/// One part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name of the field.
    pub name: String,
    /// The name of the file, if the part says one.
    pub filename: Option<String>,
    /// The type of the content, if the part says one.
    pub content_type: Option<String>,
    /// The content.
    pub content: Content,
}

/// The content of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text as it is.
    Text(String),
    /// Media as they are.
    Media(Media),
    /// Media as base64; the part says `Content-Transfer-Encoding: base64`.
    Base64(Media),
}

/// A stretch of a body as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Media as they are.
    Media(Media),
    /// Media as base64 (standard alphabet, padded, in one line).
    Base64(Media),
}

/// Headers in the order in which they came. Names are compared without case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

/// An answer as HTTP carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status, such as 200.
    pub status: u16,
    /// The headers, without those of the connection and the length.
    pub headers: Headers,
    /// The whole body.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// The path with the query, escaped: what stands in the first line of the request.
    pub fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, form(&self.query)) }
    }

    /// The body in the stretches that it is sent in.
    pub fn pieces(&self) -> Vec<Piece> {
        match &self.body {
            Body::Empty => Vec::new(),
            Body::Form(fields) => vec![Piece::Bytes(form(fields).into_bytes())],
            Body::Json(text) => vec![Piece::Bytes(text.clone().into_bytes())],
            Body::JsonMedia { head, media, tail } => vec![
                Piece::Bytes(head.clone().into_bytes()),
                Piece::Base64(media.clone()),
                Piece::Bytes(tail.clone().into_bytes()),
            ],
            Body::Multipart { boundary, parts } => multipart(boundary, parts),
        }
    }

    /// The length of the body in bytes, told without reading the media.
    pub fn content_length(&self) -> u64 {
        self.pieces().iter().fold(0, |sum, piece| sum.saturating_add(piece.length()))
    }

    /// The parameters that a signature covers beside its own: the query, and the fields of a form. Neither multipart nor JSON
    /// adds any.
    pub fn signed_parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = match &self.body {
            Body::Form(fields) => fields.as_slice(),
            _ => &[],
        };
        self.query.iter().chain(fields).map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Piece {
    /// The length on the wire, in bytes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Media(media) => media.length(),
            Self::Base64(media) => media.length().div_ceil(3).saturating_mul(4),
        }
    }
}

impl Part {
    /// A field of text.
    pub fn text(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), filename: None, content_type: None, content: Content::Text(text.into()) }
    }

    /// The lines in front of the content, from the boundary to the empty line.
    fn head(&self, boundary: &str) -> String {
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&self.name));
        if let Some(filename) = &self.filename {
            head.push_str(&format!("; filename=\"{}\"", quoted(filename)));
        }
        head.push_str("\r\n");
        if let Some(content_type) = &self.content_type {
            head.push_str(&format!("Content-Type: {content_type}\r\n"));
        }
        if matches!(self.content, Content::Base64(_)) {
            head.push_str("Content-Transfer-Encoding: base64\r\n");
        }
        head.push_str("\r\n");
        head
    }
}

impl Method {
    /// The method as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Headers {
    /// The value of the first header of that name.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds a header behind the others.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        Self(headers.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// The text with every byte escaped but letters, digits, `-`, `.`, `_` and `~` (RFC 3986 2.3), as signatures demand it.
pub fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Fields as in a query or a form. A space is `%20`: a plus sign is read as itself by some.
fn form(fields: &[(String, String)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value))).collect();
    pairs.join("&")
}

/// A multipart body; neighbouring text makes one piece.
fn multipart(boundary: &str, parts: &[Part]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    for part in parts {
        text.push_str(&part.head(boundary));
        let piece = match &part.content {
            Content::Text(content) => {
                text.push_str(content);
                None
            }
            Content::Media(media) => Some(Piece::Media(media.clone())),
            Content::Base64(media) => Some(Piece::Base64(media.clone())),
        };
        if let Some(piece) = piece {
            pieces.push(Piece::Bytes(std::mem::take(&mut text).into_bytes()));
            pieces.push(piece);
        }
        text.push_str("\r\n");
    }
    text.push_str(&format!("--{boundary}--\r\n"));
    pieces.push(Piece::Bytes(text.into_bytes()));
    pieces
}

/// A name between quotes, as browsers write it (WHATWG, "multipart/form-data encoding algorithm").
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// All that is escaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(request: &HttpRequest) -> Vec<u8> {
        request
            .pieces()
            .into_iter()
            .flat_map(|piece| match piece {
                Piece::Bytes(bytes) | Piece::Media(Media::Bytes(bytes)) => bytes,
                _ => panic!("a range"),
            })
            .collect()
    }

    fn post(body: Body) -> HttpRequest {
        HttpRequest { method: Method::Post, path: "/a".to_owned(), query: Vec::new(), content_type: None, body }
    }

    #[test]
    fn a_multipart_body_is_written_to_the_byte() {
        let request = post(Body::Multipart {
            boundary: "B".to_owned(),
            parts: vec![
                Part::text("command", "APPEND"),
                Part {
                    name: "media".to_owned(),
                    filename: Some("a\"b\r\nc".to_owned()),
                    content_type: Some("application/octet-stream".to_owned()),
                    content: Content::Media(Media::Bytes(b"\0\xFF".to_vec())),
                },
            ],
        });
        let expected: &[u8] = b"--B\r\nContent-Disposition: form-data; name=\"command\"\r\n\r\nAPPEND\r\n\
            --B\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a%22b%0D%0Ac\"\r\n\
            Content-Type: application/octet-stream\r\n\r\n\0\xFF\r\n--B--\r\n";
        assert_eq!(whole(&request), expected);
        assert_eq!(request.content_length(), expected.len() as u64);
        assert_eq!(request.signed_parameters().count(), 0);
    }

    #[test]
    fn lengths_are_known_without_the_media() {
        for (length, base64) in [(0, 0), (1, 4), (2, 4), (3, 4), (4, 8), (3_932_160, 5_242_880)] {
            assert_eq!(Piece::Base64(Media::Range { offset: 7, length }).length(), base64);
        }
        assert_eq!(Piece::Base64(Media::Range { offset: 0, length: u64::MAX }).length(), u64::MAX);
    }

    #[test]
    fn forms_and_queries_are_escaped() {
        let fields = vec![("a b".to_owned(), "video/mp4+~é&=".to_owned())];
        let mut request = post(Body::Form(fields.clone()));
        assert_eq!(whole(&request), b"a%20b=video%2Fmp4%2B~%C3%A9%26%3D");
        request.query = fields;
        assert_eq!(request.target(), "/a?a%20b=video%2Fmp4%2B~%C3%A9%26%3D");
        assert_eq!(request.signed_parameters().count(), 2);
    }

    #[test]
    fn headers_are_found_without_case() {
        let headers: Headers = [("Retry-After", "5"), ("retry-after", "6")].into_iter().collect();
        assert_eq!(headers.first("RETRY-AFTER"), Some("5"));
        assert_eq!(headers.first("date"), None);
    }
}
