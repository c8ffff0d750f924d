//! Writes what a server answers, as the service was seen to.

use serde::Serialize;

use super::{
    Answer, ApiError, ErrorItem, Expiry, Headers, HttpResponse, MediaId, MediaKey, Request, Subtitle, Version,
    subtitles_category,
};

/// The answer to a request that is accepted. In v1.1 segments, alternative texts and subtitles are answered by an empty body,
/// whatever the answer holds.
pub fn write_answer(version: Version, request: &Request, answer: &Answer) -> HttpResponse {
    match version {
        Version::V1_1 => match request {
            Request::Initialize { .. } => json(202, &Upload::v1(answer)),
            Request::Append { .. } => response(204, HTML, Vec::new()),
            Request::Finalize { .. } => json(201, &Upload::v1(answer)),
            Request::Status { .. } | Request::Simple { .. } => json(200, &Upload::v1(answer)),
            Request::Metadata { .. } | Request::SubtitlesCreate { .. } | Request::SubtitlesDelete { .. } => {
                response(200, HTML, Vec::new())
            }
        },
        Version::V2 => match request {
            Request::Metadata { id, alt_text } => {
                let associated_metadata = Metadata { alt_text: Text { text: alt_text } };
                json(200, &Data { data: MetadataData { id: *id, associated_metadata } })
            }
            Request::SubtitlesCreate { video, category, subtitles } => {
                let media_category = subtitles_category(*category);
                // One object: the service takes one a call.
                let associated_subtitles = subtitles.first();
                json(200, &Data { data: SubtitlesData { id: *video, media_category, associated_subtitles } })
            }
            Request::SubtitlesDelete { .. } => {
                json(200, &Data { data: Deleted { deleted: answer.deleted.unwrap_or(true) } })
            }
            _ => json(200, &Data { data: Upload::v2(answer) }),
        },
    }
}

/// A refusal in the shape that its fields have: a request and an error, a problem of v2, errors with numbers, errors as
/// strings, plain text, or nothing at all.
pub fn write_error(error: &ApiError) -> HttpResponse {
    let mut response = if let (Some(request), [only]) = (&error.request, error.errors.as_slice()) {
        json(error.status, &OfRequest { request, error: &only.message })
    } else if error.title.is_some() || error.detail.is_some() || error.kind.is_some() {
        json(error.status, &Problem::of(error))
    } else if error.errors.iter().any(|item| item.code.is_some()) {
        json(error.status, &Errors { errors: items(&error.errors) })
    } else if error.errors.is_empty() {
        response(error.status, HTML, error.text.clone().unwrap_or_default().into_bytes())
    } else {
        let errors: Vec<&str> = error.errors.iter().map(|item| item.message.as_str()).collect();
        json(error.status, &Errors { errors })
    };
    error.rate.write(&mut response.headers);
    response
}

fn response(status: u16, content_type: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse { status, headers: Headers::from_iter([("content-type", content_type)]), body }
}

fn json(status: u16, value: &impl Serialize) -> HttpResponse {
    // The values here have strings for keys and no custom serialisation, so that writing them cannot fail.
    response(status, JSON, serde_json::to_vec(value).unwrap_or_default())
}

const JSON: &str = "application/json;charset=utf-8";
const HTML: &str = "text/html;charset=utf-8";

#[derive(Serialize)]
struct Data<T> {
    data: T,
}

/// What both versions say of an upload: v1.1 with the identifier twice, v2 with `id`.
#[derive(Serialize)]
struct Upload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    media_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_id_string: Option<MediaId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<MediaId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_key: Option<&'a MediaKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_after_secs: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<ImageData<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<VideoData<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    processing_info: Option<ProcessingData<'a>>,
}

impl<'a> Upload<'a> {
    fn v1(answer: &'a Answer) -> Self {
        Self { media_id: answer.id.map(MediaId::number), media_id_string: answer.id, id: None, ..Self::v2(answer) }
    }

    fn v2(answer: &'a Answer) -> Self {
        let (expires_after_secs, expires_at) = match answer.expires {
            Some(Expiry::AfterSecs(seconds)) => (Some(seconds), None),
            Some(Expiry::At(time)) => (None, Some(time)),
            None => (None, None),
        };
        Self {
            media_id: None,
            media_id_string: None,
            id: answer.id,
            media_key: answer.media_key.as_ref(),
            size: answer.size,
            expires_after_secs,
            expires_at,
            image: answer.image.as_ref().map(|image| ImageData {
                image_type: image.image_type.as_deref(),
                w: image.width,
                h: image.height,
            }),
            video: answer.video.as_ref().map(|video| VideoData { video_type: video.video_type.as_deref() }),
            processing_info: answer.processing.as_ref().map(|info| ProcessingData {
                state: info.state.as_str(),
                check_after_secs: info.check_after_secs,
                progress_percent: info.progress_percent,
                error: info.error.as_ref().map(|error| ProcessingErrorData {
                    code: error.code,
                    name: error.name.as_deref(),
                    message: error.message.as_deref(),
                }),
            }),
        }
    }
}

#[derive(Serialize)]
struct ImageData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    image_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    w: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    h: Option<u64>,
}

#[derive(Serialize)]
struct VideoData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    video_type: Option<&'a str>,
}

#[derive(Serialize)]
struct ProcessingData<'a> {
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    check_after_secs: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress_percent: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ProcessingErrorData<'a>>,
}

#[derive(Serialize)]
struct ProcessingErrorData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct MetadataData<'a> {
    id: MediaId,
    associated_metadata: Metadata<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    alt_text: Text<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct SubtitlesData<'a> {
    id: MediaId,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    associated_subtitles: Option<&'a Subtitle>,
}

#[derive(Serialize)]
struct Deleted {
    deleted: bool,
}

#[derive(Serialize)]
struct OfRequest<'a> {
    request: &'a str,
    error: &'a str,
}

#[derive(Serialize)]
struct Errors<T> {
    errors: Vec<T>,
}

#[derive(Serialize)]
struct Item<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u64>,
    message: &'a str,
}

fn items(errors: &[ErrorItem]) -> Vec<Item<'_>> {
    errors.iter().map(|item| Item { code: item.code, message: &item.message }).collect()
}

/// A problem of v2. One that lists errors does not repeat the status.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

impl<'a> Problem<'a> {
    fn of(error: &'a ApiError) -> Self {
        Self {
            errors: items(&error.errors),
            title: error.title.as_deref(),
            kind: error.kind.as_deref(),
            status: error.errors.is_empty().then_some(error.status),
            detail: error.detail.as_deref(),
        }
    }
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
