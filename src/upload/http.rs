//! Calls over HTTP/1.1, one thread each, with an end to every wait.

use std::io::{self, Read};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ureq::http;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, SendBody};

use super::body::{BodyReader, Shared};
use super::hex::hexadecimal;
use super::machine::Outcome;
use super::media_file::MediaFile;
use crate::api::oauth::Credentials;
use crate::api::{Encoding, Endpoint, Headers, HttpRequest, Method, RateLimit, Request, Version, read_answer};

/// What calls are made with. It may be shared by threads.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    endpoint: Endpoint,
    version: Version,
    encoding: Encoding,
    credentials: Option<Credentials>,
    /// Seconds by which the clock of the server is ahead of the one here, once a signature was refused for it.
    ahead: AtomicI64,
}

/// How a client reaches its server.
#[derive(Debug)]
pub struct ClientOptions {
    /// The server.
    pub endpoint: Endpoint,
    /// The version of the API that it speaks.
    pub version: Version,
    /// How media are written into requests.
    pub encoding: Encoding,
    /// What requests are signed with. Absent: they are not, as a server for tests may allow.
    pub credentials: Option<Credentials>,
    /// Certificates in PEM to trust instead of the well-known ones.
    pub trusted: Option<Vec<u8>>,
    /// Whether unencrypted connections to other machines are allowed.
    pub insecure_http: bool,
    /// How long the server may take to answer.
    pub answer_timeout: Duration,
    /// Connections that are kept open.
    pub connections: usize,
}

/// Why a client cannot be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// Anybody between here and there could read what is sent, and whose it is.
    #[error(
        "{0} is another machine, and the connection to it would not be encrypted: use https, or say --insecure-http"
    )]
    NotEncrypted(String),
    /// The certificates to trust cannot be read.
    #[error("the certificates to trust cannot be read: {0}")]
    Certificates(String),
}

impl Client {
    /// A client for these options.
    pub fn new(options: ClientOptions) -> Result<Self, ClientError> {
        let ClientOptions { endpoint, version, encoding, credentials, trusted, insecure_http, .. } = options;
        let is_local = is_loopback(&endpoint);
        if endpoint.scheme() == "http" && !is_local && !insecure_http {
            return Err(ClientError::NotEncrypted(endpoint.to_string()));
        }
        let roots = match trusted {
            Some(pem) => RootCerts::Specific(Arc::new(certificates(&pem)?)),
            None => RootCerts::WebPki,
        };
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            // Where a redirect leads nobody has signed for; it is an answer like any other.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // v2 deletes subtitles by a DELETE with a body.
            .allow_non_standard_methods(true)
            .user_agent(concat!("media-preflight/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .no_delay(true)
            .max_idle_connections(options.connections.max(1))
            .max_idle_connections_per_host(options.connections.max(1))
            .max_response_header_size(64 << 10)
            .timeout_resolve(Some(CONNECT))
            .timeout_connect(Some(CONNECT))
            .timeout_send_request(Some(CONNECT))
            .timeout_per_write(Some(STALL))
            .timeout_recv_response(Some(options.answer_timeout))
            .timeout_recv_body(Some(options.answer_timeout))
            .tls_config(TlsConfig::builder().root_certs(roots).build());
        if is_local {
            config = config.proxy(None);
        }
        let agent = config.build().new_agent();
        Ok(Self { agent, endpoint, version, encoding, credentials, ahead: AtomicI64::new(0) })
    }

    /// The server.
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The version of the API.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// How media are written into requests.
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Makes a call that carries no media, and waits for its answer.
    pub fn call(&self, request: &Request) -> Outcome {
        self.send(request, None, &Arc::default()).outcome
    }

    /// Makes a call and waits for its answer. Ranges of media are those of `file`.
    pub(super) fn send(&self, request: &Request, file: Option<&Arc<MediaFile>>, shared: &Arc<Shared>) -> Sent {
        let ahead = self.ahead.load(Ordering::Relaxed);
        let sent = self.send_signed(request, file, shared, ahead);
        // Where the clocks differ, a signature is taken only by the time of the server, which it says.
        let Outcome::Refused(error) = &sent.outcome else { return sent };
        let is_signed = matches!(self.credentials, Some(Credentials::OAuth1(_)));
        let theirs =
            error.rate.date.filter(|_| is_signed && error.status == 401).and_then(|date| ahead_of(date, epoch()));
        match theirs.filter(|theirs| theirs.abs_diff(ahead) > SKEW) {
            Some(theirs) => {
                self.ahead.store(theirs, Ordering::Relaxed);
                shared.sent.store(0, Ordering::Relaxed);
                self.send_signed(request, file, shared, theirs)
            }
            None => sent,
        }
    }

    /// Makes a call, signed for a time that is so many seconds ahead of the one here.
    fn send_signed(&self, request: &Request, file: Option<&Arc<MediaFile>>, shared: &Arc<Shared>, ahead: i64) -> Sent {
        let boundary = random_text();
        let http = match request.encode(self.version, self.encoding, &boundary) {
            Ok(http) => http,
            Err(error) => return Sent::lost(error.to_string(), false),
        };
        let mut body = match file {
            Some(file) => Body::Media(Box::new(BodyReader::new(http.pieces(), Arc::clone(file), Arc::clone(shared)))),
            None => Body::Text(io::Cursor::new(text_of(&http))),
        };
        let outcome = match self.exchange(&http, &mut body, ahead) {
            Ok((status, headers, text)) => {
                let date = RateLimit::read(&headers).date;
                match read_answer(self.version, request, status, &headers, &text) {
                    Ok(answer) => Outcome::Answered { answer: Box::new(answer), date, crc32: body.crc32() },
                    Err(error) => Outcome::Refused(error),
                }
            }
            Err(Broken::Certificate(why)) => Outcome::Untrusted(why),
            Err(Broken::Connection(why)) => Outcome::Lost { why, sent_whole: body.is_whole() },
        };
        Sent { outcome, trouble: body.trouble() }
    }

    fn exchange(&self, http: &HttpRequest, body: &mut Body, ahead: i64) -> Result<(u16, Headers, Vec<u8>), Broken> {
        let mut request = http::Request::builder().method(method(http.method)).uri(self.endpoint.url(http));
        if let Some(content_type) = &http.content_type {
            request = request.header("content-type", content_type);
        }
        if http.method != Method::Get {
            request = request.header("content-length", http.content_length());
        }
        if let Some(credentials) = &self.credentials {
            let seconds = epoch().saturating_add_signed(ahead);
            let authorization = credentials.authorization(http, &self.endpoint, &random_text(), seconds);
            request = request.header("authorization", authorization);
        }
        let answer = if http.method == Method::Get {
            self.agent.run(request.body(()).map_err(|error| Broken::Connection(error.to_string()))?)
        } else {
            let body = SendBody::from_reader(body);
            let request = request.body(body).map_err(|error| Broken::Connection(error.to_string()))?;
            self.agent.run(request)
        };
        let mut answer = answer.map_err(|error| Broken::of(&error))?;
        let headers =
            answer.headers().iter().map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())));
        let headers: Headers = headers.collect();
        let mut text = Vec::new();
        let reader = answer.body_mut().with_config().limit(LONGEST_ANSWER).reader();
        reader
            .take(LONGEST_ANSWER)
            .read_to_end(&mut text)
            .map_err(|error| Broken::Connection(format!("the answer was cut off: {error}")))?;
        Ok((answer.status().as_u16(), headers, text))
    }
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
enum Broken {
    /// The certificate of the server is not accepted, before anything was sent.
    Certificate(String),
    /// Anything that another try may get over.
    Connection(String),
}

impl Broken {
    fn of(error: &ureq::Error) -> Self {
        let text = error.to_string();
        // ureq hands the error of rustls on within one of input and output.
        match text.find(CERTIFICATE).and_then(|at| text.get(at..)) {
            Some(why) => Self::Certificate(why.to_owned()),
            None => Self::Connection(text),
        }
    }
}

/// What came of a call.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) outcome: Outcome,
    /// What went wrong with the file, if anything did.
    pub(super) trouble: Option<String>,
}

impl Sent {
    fn lost(why: String, sent_whole: bool) -> Self {
        Self { outcome: Outcome::Lost { why, sent_whole }, trouble: None }
    }
}

/// A body that is sent.
#[derive(Debug)]
enum Body {
    Media(Box<BodyReader>),
    Text(io::Cursor<Vec<u8>>),
}

impl Body {
    fn is_whole(&self) -> bool {
        match self {
            Self::Media(body) => body.is_whole(),
            Self::Text(text) => text.position() >= text.get_ref().len() as u64,
        }
    }

    fn crc32(&self) -> u32 {
        match self {
            Self::Media(body) => body.crc32(),
            Self::Text(_) => 0,
        }
    }

    fn trouble(&self) -> Option<String> {
        match self {
            Self::Media(body) => body.trouble().map(str::to_owned),
            Self::Text(_) => None,
        }
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Media(body) => body.read(buffer),
            Self::Text(text) => text.read(buffer),
        }
    }
}

/// The body of a request that carries no media of a file.
fn text_of(http: &HttpRequest) -> Vec<u8> {
    use crate::api::{Media, Piece};

    let bytes = |piece| match piece {
        Piece::Bytes(bytes) | Piece::Media(Media::Bytes(bytes)) => bytes,
        Piece::Media(Media::Range { .. }) | Piece::Base64(_) => Vec::new(),
    };
    http.pieces().into_iter().flat_map(bytes).collect()
}

fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Delete => http::Method::DELETE,
    }
}

/// The certificates in a text of PEM.
fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, ClientError> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(ClientError::Certificates(error.to_string())),
        }
    }
    if found.is_empty() {
        return Err(ClientError::Certificates("there is no certificate in PEM".to_owned()));
    }
    Ok(found)
}

/// Whether the server is this machine by its name: nothing is looked up.
pub fn is_loopback(endpoint: &Endpoint) -> bool {
    let authority = endpoint.authority();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback() || address == Ipv4Addr::LOCALHOST)
}

/// The time here, in seconds since 1970.
fn epoch() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Seconds by which a time is ahead of another one. Absent: they are not of one world.
fn ahead_of(theirs: u64, ours: u64) -> Option<i64> {
    i64::try_from(theirs).ok()?.checked_sub(i64::try_from(ours).ok()?)
}

/// 32 hexadecimal digits that nobody guesses: a boundary, or the nonce of a signature.
fn random_text() -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Without the system's randomness the time still tells requests apart.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        bytes = now.to_be_bytes();
    }
    hexadecimal(&bytes)
}

/// How long a connection may take, name and encryption included.
const CONNECT: Duration = Duration::from_secs(30);
/// How long a connection may take nothing of what is sent.
const STALL: Duration = Duration::from_secs(60);
/// How rustls begins what it says of a certificate that it does not accept.
const CERTIFICATE: &str = "invalid peer certificate";
/// Seconds by which clocks may differ without a signature being refused for it.
const SKEW: u64 = 60;
/// Bytes of an answer that are read.
const LONGEST_ANSWER: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn options(endpoint: &str) -> ClientOptions {
        ClientOptions {
            endpoint: endpoint.parse().unwrap(),
            version: Version::V2,
            encoding: Encoding::Raw,
            credentials: None,
            trusted: None,
            insecure_http: false,
            answer_timeout: Duration::from_secs(5),
            connections: 1,
        }
    }

    #[test]
    fn connections_to_other_machines_are_encrypted() {
        for local in
            ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80", "http://127.1.2.3", "https://a.example"]
        {
            assert!(Client::new(options(local)).is_ok(), "{local}");
        }
        for other in ["http://a.example", "http://localhost.example", "http://10.0.0.1", "http://[::2]:80"] {
            assert!(matches!(Client::new(options(other)), Err(ClientError::NotEncrypted(_))), "{other}");
            assert!(Client::new(ClientOptions { insecure_http: true, ..options(other) }).is_ok());
        }
    }

    #[test]
    fn what_holds_no_certificate_is_not_trusted() {
        for pem in ["", "text", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
            let options = ClientOptions { trusted: Some(pem.as_bytes().to_vec()), ..options("https://127.0.0.1") };
            assert!(matches!(Client::new(options), Err(ClientError::Certificates(_))), "{pem:?}");
        }
    }

    #[test]
    fn a_certificate_that_is_not_accepted_is_told_from_a_connection() {
        let io = |why: &str| Broken::of(&ureq::Error::Io(io::Error::new(io::ErrorKind::InvalidData, why.to_owned())));
        let why = "invalid peer certificate: UnknownIssuer";
        assert_eq!(io(why), Broken::Certificate(why.to_owned()));
        assert!(matches!(io("connection reset"), Broken::Connection(_)));
        assert!(matches!(Broken::of(&ureq::Error::HostNotFound), Broken::Connection(_)));
    }

    #[test]
    fn boundaries_differ() {
        let (one, other) = (random_text(), random_text());
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
    }
}
