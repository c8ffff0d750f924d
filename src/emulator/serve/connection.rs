//! One connection: requests in, answers out, each within its bounds.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, EXPECT, HOST, HeaderMap, HeaderName,
};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout, timeout_at};

use super::body::AnswerBody;
use super::page;
use super::shared::{Exchange, Shared, lock};
use crate::api::{
    ApiError, Headers, HttpResponse, Method, RateLimit, Request, Route, Version, write_answer, write_error,
};
use crate::emulator::Refusal;
use crate::emulator::decode::{self, Fields, Intake, Received, Shape};
use crate::emulator::faults::Strike;
use crate::emulator::gate::Caller;
use crate::emulator::machine::Reply;
use crate::emulator::store::DiskSpool;

/// Serves a connection to its end.
pub(super) async fn serve<T>(stream: T, shared: Arc<Shared>)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let header = shared.timeouts.header;
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let shared = Arc::clone(&shared);
        async move { answer(&shared, request).await }
    });
    // What goes wrong with a connection is the client's to see.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header)
        .max_buf_size(READ_BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// The connection is to be cut without an answer.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection is cut")]
pub(super) struct Cut;

/// Why a call is not answered as it asks.
enum Stop {
    /// With what the headers of its rate limit say.
    Refused(Refusal, RateLimit),
    /// The client is gone, or a fault has it so.
    Cut,
    /// The client was too slow.
    TooSlow,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal, RateLimit::default())
    }
}

/// Answers one request.
async fn answer(shared: &Arc<Shared>, request: hyper::Request<Incoming>) -> Result<Response<AnswerBody>, Cut> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    if parts.method == hyper::Method::GET
        && let Some(page) = page::answer(shared, path)
    {
        return Ok(page);
    }
    let version = if path.starts_with("/2/") { Version::V2 } else { Version::V1_1 };
    let mut feed = Feed::new(shared, &parts.headers, body);
    let mut exchange = Exchange::of(&parts);
    let (response, close) = match call(shared, &parts, version, &mut feed, &mut exchange).await {
        Ok(response) => (response, false),
        Err(stop) => {
            let too_slow = matches!(stop, Stop::TooSlow);
            let response = match stop {
                Stop::Refused(refusal, rate) => {
                    let error = refusal.error(version, path);
                    let rate = if error.rate == RateLimit::default() { rate } else { error.rate };
                    write_error(&ApiError { rate, ..error })
                }
                Stop::TooSlow => HttpResponse { status: 408, headers: Headers::default(), body: Vec::new() },
                Stop::Cut => {
                    exchange.tell(shared, &feed, None);
                    return Err(Cut);
                }
            };
            // A client that is still sending would not read the answer before it is done; a slow one is not waited for again.
            (response, too_slow || !feed.drain().await)
        }
    };
    shared.tell_pages();
    exchange.tell(shared, &feed, Some(&response));
    let mut response = hyper_response(response, close);
    if shared.is_skewed()
        && let Some(time) = UNIX_EPOCH.checked_add(Duration::from_millis(shared.now().0))
        && let Ok(date) = httpdate::fmt_http_date(time).parse()
    {
        response.headers_mut().insert(DATE, date);
    }
    Ok(response)
}

/// Does what a request asks.
async fn call(
    shared: &Arc<Shared>,
    parts: &Parts,
    version: Version,
    feed: &mut Feed,
    exchange: &mut Exchange,
) -> Result<HttpResponse, Stop> {
    let path = parts.uri.path();
    let method = method(&parts.method).ok_or(Refusal::NoSuchPage)?;
    let route = Route::of(method, path).ok_or(Refusal::NoSuchPage)?;
    let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let content_type = text(&parts.headers, &CONTENT_TYPE);
    let is_form = Shape::of(content_type) == Shape::Form;
    if !is_form {
        // Only a form is signed with its body: anything else is let in before it is read.
        admit(shared, parts, &query.0)?;
    }
    let mut intake = Intake::new(&shared.store, route.call, content_type)?;
    if feed.length.is_some_and(|length| length > intake.most()) {
        return Err(intake.too_long().into());
    }
    let held = if intake.is_held() && feed.length.is_none_or(|length| length > SMALL) {
        let place = shared.held.acquire().await.map_err(|_| Stop::Cut)?;
        feed.hurry(intake.most());
        Some(place)
    } else {
        None
    };
    while let Some(bytes) = feed.next().await? {
        intake.push(bytes)?;
    }
    let received = intake.finish()?;
    if is_form {
        if query.0.is_empty() {
            admit(shared, parts, &received.fields.0)?;
        } else {
            let signed: Vec<_> = query.0.iter().chain(&received.fields.0).cloned().collect();
            admit(shared, parts, &signed)?;
        }
    }
    if shared.is_observed() {
        exchange.request = Some(shown(&received));
    }
    let (request, spool) = decode::request(route, query, received, &shared.store)?;
    drop(held);
    exchange.call = Some(request.name());
    let strike = lock(&shared.faults).strike(&request, feed.received);
    if strike.cut_before {
        return Err(Stop::Cut);
    }
    if let Some((status, reset_secs)) = strike.status {
        let reset = reset_secs.map(|seconds| shared.now().plus_seconds(seconds).0.div_ceil(1000));
        return Err(Refusal::Fault { status, reset }.into());
    }
    let response = serve_request(shared, version, &request, spool, &strike).await;
    if strike.delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(strike.delay_ms)).await;
    }
    if strike.cut_after { Err(Stop::Cut) } else { response }
}

/// Has the machine answer a request.
async fn serve_request(
    shared: &Arc<Shared>,
    version: Version,
    request: &Request,
    spool: Option<DiskSpool>,
    strike: &Strike,
) -> Result<HttpResponse, Stop> {
    let (rate, reply) = {
        let (mut machine, now) = (shared.machine(), shared.now());
        let rate = machine.count(now, version, request)?;
        let reply = machine.handle(now, version, request, spool);
        (rate, reply.map_err(|refusal| Stop::Refused(refusal, rate))?)
    };
    let mut answer = match reply {
        Reply::Done(answer) => answer,
        Reply::Check(answer, id) => {
            shared.check_beside(id);
            answer
        }
        Reply::Wait(id) => shared.check(id).await.map_err(|refusal| Stop::Refused(refusal, rate))?,
    };
    strike.change(&mut answer);
    let mut response = write_answer(version, request, &answer);
    rate.write(&mut response.headers);
    Ok(response)
}

/// Holds a request against the credentials that are expected.
fn admit(shared: &Shared, parts: &Parts, parameters: &[(String, String)]) -> Result<(), Refusal> {
    let Some(gate) = &shared.gate else { return Ok(()) };
    let host = text(&parts.headers, &HOST).unwrap_or_default();
    let caller = Caller {
        method: parts.method.as_str(),
        authority: parts.uri.authority().map_or(host, |authority| authority.as_str()),
        path: parts.uri.path(),
        parameters,
        authorization: text(&parts.headers, &AUTHORIZATION),
    };
    lock(gate).admit(shared.now(), &caller)
}

/// The body of a request as it arrives, within the bounds of time.
struct Feed {
    body: Incoming,
    /// What the header says of its length.
    length: Option<u64>,
    received: u64,
    /// Whether the client waits to be asked for the body.
    waits: bool,
    idle: Duration,
    deadline: Instant,
}

impl Feed {
    fn new(shared: &Shared, headers: &HeaderMap, body: Incoming) -> Self {
        let length = text(headers, &CONTENT_LENGTH).and_then(|text| text.parse().ok());
        let timeouts = shared.timeouts;
        Self {
            body,
            length,
            received: 0,
            waits: headers.contains_key(EXPECT),
            idle: timeouts.idle,
            deadline: Instant::now() + timeouts.body,
        }
    }

    /// Demands a least rate from here on, of a body of at most `most` bytes: others wait for its place in memory.
    fn hurry(&mut self, most: u64) {
        self.idle = self.idle.min(HELD_IDLE);
        let length = self.length.unwrap_or(most).min(most);
        let longest = HELD_IDLE + Duration::from_millis(length / LEAST_BYTES_PER_MILLISECOND);
        self.deadline = self.deadline.min(Instant::now() + longest);
    }

    /// The next bytes, `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Stop> {
        loop {
            let until = self.deadline.min(Instant::now() + self.idle);
            let frame = timeout_at(until, self.body.frame()).await.map_err(|_| Stop::TooSlow)?;
            let Some(frame) = frame else { return Ok(None) };
            // The client is gone, or its body is no HTTP.
            let frame = frame.map_err(|_| Stop::Cut)?;
            if let Ok(bytes) = frame.into_data() {
                self.received = self.received.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                return Ok(Some(bytes));
            }
        }
    }

    /// Reads the rest of the body and drops it; `false` where it is too long, or the client need not send it.
    async fn drain(&mut self) -> bool {
        if self.body.is_end_stream() {
            return true;
        }
        if (self.waits && self.received == 0) || self.length.is_some_and(|length| length > MAX_DRAIN) {
            return false;
        }
        let rest = async {
            while let Ok(Some(_)) = self.next().await {
                if self.received > MAX_DRAIN {
                    return false;
                }
            }
            self.body.is_end_stream()
        };
        timeout(DRAIN_TIME, rest).await.unwrap_or(false)
    }
}

impl Exchange {
    fn of(parts: &Parts) -> Self {
        Self {
            method: parts.method.to_string(),
            target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            call: None,
            received: 0,
            request: None,
            status: None,
            answer: String::new(),
        }
    }

    fn tell(mut self, shared: &Shared, feed: &Feed, response: Option<&HttpResponse>) {
        if shared.is_observed() {
            self.received = feed.received;
            self.status = response.map(|response| response.status);
            self.answer = response.map_or_else(String::new, |response| String::from_utf8_lossy(&response.body).into());
            shared.observe(&self);
        }
    }
}

/// A body in words, without media.
fn shown<P>(received: &Received<P>) -> String {
    let text = match received.shape {
        Shape::Form | Shape::Multipart => {
            let fields = received.fields.0.iter().map(|(name, value)| match name.as_str() {
                "media" | "media_data" => format!("{name}=({} bytes)", value.len()),
                _ => format!("{name}={value}"),
            });
            fields.collect::<Vec<_>>().join(" ")
        }
        Shape::Json | Shape::Other => String::from_utf8_lossy(&received.text).into_owned(),
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn hyper_response(response: HttpResponse, close: bool) -> Response<AnswerBody> {
    let mut answer = Response::new(AnswerBody::whole(response.body));
    *answer.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers.0 {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse()) {
            answer.headers_mut().append(name, value);
        }
    }
    if close {
        answer.headers_mut().insert(CONNECTION, hyper::header::HeaderValue::from_static("close"));
    }
    answer
}

fn method(method: &hyper::Method) -> Option<Method> {
    match *method {
        hyper::Method::GET => Some(Method::Get),
        hyper::Method::POST => Some(Method::Post),
        hyper::Method::DELETE => Some(Method::Delete),
        _ => None,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Most bytes that a connection reads ahead, and of the head of a request.
const READ_BUFFER: usize = 256 << 10;
/// Most bytes of a body that is not counted among those that are held whole.
const SMALL: u64 = 64 << 10;
/// Longest pause of a body that is held in memory, where others wait for its place.
const HELD_IDLE: Duration = Duration::from_secs(5);
/// Least rate of such a body: 256 KiB a second.
const LEAST_BYTES_PER_MILLISECOND: u64 = 256;
/// Most bytes that are read of a body that was refused.
const MAX_DRAIN: u64 = 64 << 20;
/// How long such a body is read.
const DRAIN_TIME: Duration = Duration::from_secs(10);
/// Characters of a body that are told.
const MAX_SHOWN: usize = 2000;
