//! The page at `/`, and the events at `/events` that tell it of uploads as they happen.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::Response;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use serde::Serialize;
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::timeout;

use super::body::AnswerBody;
use super::shared::Shared;
use crate::api::{MediaId, MediaKey, Subtitle, Version};
use crate::emulator::judgement::Told;
use crate::emulator::upload::{Millis, Shown, Upload};
use crate::profile::Category;

/// The page, or its events; `None` for any other path.
pub(super) fn answer(shared: &Arc<Shared>, path: &str) -> Option<Response<AnswerBody>> {
    let (body, content_type) = match path {
        "/" => (AnswerBody::whole(Bytes::from_static(PAGE.as_bytes())), "text/html; charset=utf-8"),
        "/events" => {
            let (sender, receiver) = channel(1);
            tokio::spawn(tell(Arc::clone(shared), sender));
            (AnswerBody::Events(receiver), "text/event-stream")
        }
        _ => return None,
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Some(response)
}

/// Tells of all uploads whenever something has changed, until the page is gone.
async fn tell(shared: Arc<Shared>, page: Sender<Bytes>) {
    let Ok(_permit) = shared.pages.try_acquire() else { return };
    let mut revision = shared.revision.subscribe();
    let mut last = String::new();
    loop {
        let (snapshot, moves) = snapshot(&shared);
        // A comment, where nothing is new, tells whether the page is still there.
        let event = if snapshot == last { ":\n\n".to_owned() } else { format!("event: uploads\ndata: {snapshot}\n\n") };
        last = snapshot;
        if page.send(event.into()).await.is_err() {
            return;
        }
        // Changes that come in quick succession are told as one.
        tokio::time::sleep(PAUSE).await;
        let patience = if moves { PAUSE } else { HEARTBEAT };
        if let Ok(Err(_)) = timeout(patience, revision.changed()).await {
            return;
        }
    }
}

/// All that is shown, as JSON, and whether it will change as time goes by.
fn snapshot(shared: &Shared) -> (String, bool) {
    let (machine, now) = (shared.machine(), shared.now());
    let rows: Vec<Row<'_>> =
        machine.uploads().rev().take(SHOWN).map(|upload| Row::of(upload, machine.shown(now, upload))).collect();
    let moves = rows.iter().any(|row| matches!(row.state.as_str(), "pending" | "in_progress"));
    let left_out = machine.uploads().count().saturating_sub(rows.len());
    // The keys are strings and nothing serialises itself, so that it cannot fail.
    (serde_json::to_string(&Snapshot { uploads: rows, left_out }).unwrap_or_default(), moves)
}

#[derive(Serialize)]
struct Snapshot<'a> {
    uploads: Vec<Row<'a>>,
    left_out: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    id: MediaId,
    media_key: Option<&'a MediaKey>,
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
    error: Option<String>,
    api: Version,
    media_type: &'a str,
    category: Option<Category>,
    total_bytes: u64,
    received: u64,
    segments: usize,
    created_ms: Millis,
    expires_ms: Millis,
    verdict: Option<&'static str>,
    findings: &'a [Told],
    alt_text: Option<&'a str>,
    subtitles: &'a [Subtitle],
}

impl<'a> Row<'a> {
    fn of(upload: &'a Upload, shown: Shown) -> Self {
        // The verdict is known at once, and told when the processing seems to be over.
        let is_over = matches!(shown.state.as_str(), "succeeded" | "failed");
        let judgement = upload.judgement.as_ref().filter(|_| is_over);
        let media_type = judgement.and_then(|judgement| judgement.content_type.as_deref());
        Self {
            id: upload.id,
            media_key: upload.media_key.as_ref(),
            state: shown.state,
            percent: shown.percent,
            error: shown.error,
            api: upload.api,
            media_type: media_type.unwrap_or(&upload.media_type),
            category: judgement.map_or(upload.media_category, |judgement| judgement.category),
            total_bytes: upload.total_bytes,
            received: upload.received(),
            segments: upload.segments.len(),
            created_ms: upload.created_ms,
            expires_ms: upload.expires_ms,
            verdict: judgement.map(|judgement| judgement.verdict.as_str()),
            findings: judgement.map_or(&[], |judgement| judgement.findings.as_slice()),
            alt_text: upload.alt_text.as_deref(),
            subtitles: &upload.subtitles,
        }
    }
}

const PAGE: &str = include_str!("page.html");
/// Nothing is fetched but the events of this server.
const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src data:; style-src 'unsafe-inline'; \
                      script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Uploads on the page, the newest.
const SHOWN: usize = 200;
/// The least time between two events.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest time between two events.
const HEARTBEAT: Duration = Duration::from_secs(10);
