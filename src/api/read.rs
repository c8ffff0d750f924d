//! Reads what a server answers, leniently: both versions alike, since proxies mix them.

use serde_json::Value;

use super::json::{any_of, member, number, text};
use super::{
    Answer, ApiError, ErrorItem, Expiry, Headers, Image, ProcessingError, ProcessingInfo, RateLimit, Request, State,
    Version, Video,
};

/// Reads the answer to a request: status, headers and the whole body.
///
/// Any 2xx is accepted, unless the body holds an error and nothing else, or lacks what the call is made for (the identifier
/// that INIT gives). Identifiers are read from numbers and strings, the string first. All else is an [`ApiError`] with the
/// server's own words, whatever shape they have.
pub fn read_answer(
    version: Version,
    request: &Request,
    status: u16,
    headers: &Headers,
    body: &[u8],
) -> Result<Answer, Box<ApiError>> {
    let rate = RateLimit::read(headers);
    let json: Option<Value> = serde_json::from_slice(strip_bom(body)).ok();
    if !(200..300).contains(&status) {
        return Err(Box::new(refusal(status, rate, json.as_ref(), body)));
    }
    let answer = json.as_ref().filter(|json| json.is_object()).map(|json| of_json(data_of(json)));
    let says_error = json.as_ref().is_some_and(|json| !errors_of(json).is_empty() && member(json, "data").is_none());
    if says_error && answer.as_ref().is_none_or(|answer| answer.id.is_none()) {
        return Err(Box::new(refusal(status, rate, json.as_ref(), body)));
    }
    let unreadable = |why: String| {
        let said = refusal(status, rate, json.as_ref(), body);
        Err(Box::new(ApiError { unreadable: Some(why), ..said }))
    };
    let Some(mut answer) = answer else {
        return match request {
            // These say nothing in v1.1, and nothing that is needed in v2.
            Request::Append { .. }
            | Request::Metadata { .. }
            | Request::SubtitlesCreate { .. }
            | Request::SubtitlesDelete { .. } => Ok(Answer::default()),
            _ => unreadable(format!("the answer to {} of version {version} is no JSON object", request.name())),
        };
    };
    match (request, answer.id) {
        (Request::Initialize { .. } | Request::Simple { .. }, None) => {
            return unreadable(format!("the answer to {} names no media id", request.name()));
        }
        (Request::Finalize { id } | Request::Status { id }, Some(other)) if other != *id => {
            return unreadable(format!("the answer to {} of {id} is about {other}", request.name()));
        }
        (Request::Finalize { id } | Request::Status { id }, None) => answer.id = Some(*id),
        _ => {}
    }
    Ok(answer)
}

/// What the body of an accepted request says.
fn of_json(data: &Value) -> Answer {
    let expires = number(data, "expires_after_secs")
        .map(Expiry::AfterSecs)
        .or_else(|| number(data, "expires_at").map(Expiry::At));
    Answer {
        id: any_of(data, &["media_id_string", "id", "media_id"]),
        media_key: any_of(data, &["media_key"]),
        size: number(data, "size"),
        expires,
        image: member(data, "image").map(|image| Image {
            image_type: text(image, "image_type"),
            width: number(image, "w"),
            height: number(image, "h"),
        }),
        video: member(data, "video").map(|video| Video { video_type: text(video, "video_type") }),
        processing: member(data, "processing_info").and_then(processing),
        deleted: member(data, "deleted").and_then(Value::as_bool),
    }
}

/// How the processing goes; `None` where it says neither state nor error.
fn processing(info: &Value) -> Option<ProcessingInfo> {
    let error = member(info, "error").map(|error| match error {
        Value::String(message) => ProcessingError { message: Some(message.clone()), ..ProcessingError::default() },
        error => {
            ProcessingError { code: number(error, "code"), name: text(error, "name"), message: text(error, "message") }
        }
    });
    let state = match (text(info, "state"), &error) {
        (Some(word), _) => State::from(word.as_str()),
        (None, Some(_)) => State::Failed,
        (None, None) => return None,
    };
    Some(ProcessingInfo {
        state,
        check_after_secs: number(info, "check_after_secs"),
        progress_percent: number(info, "progress_percent").map(|percent| u8::try_from(percent.min(100)).unwrap_or(100)),
        error,
    })
}

/// What a refusal says, in whatever shape.
fn refusal(status: u16, rate: RateLimit, json: Option<&Value>, body: &[u8]) -> ApiError {
    let Some(json) = json.filter(|json| json.is_object()) else {
        return ApiError { status, rate, text: excerpt(body), ..ApiError::default() };
    };
    let mut errors = errors_of(json);
    // A message that stands outside of every list, as gateways write it.
    if errors.is_empty()
        && let Some(message) = text(json, "message")
    {
        errors.push(ErrorItem { code: number(json, "code"), message });
    }
    ApiError {
        status,
        errors,
        request: text(json, "request"),
        title: text(json, "title"),
        detail: text(json, "detail"),
        kind: text(json, "type"),
        text: None,
        unreadable: None,
        rate,
    }
}

/// The errors of a body: a list of objects or strings, or one of either, under `errors` or `error`.
pub(super) fn errors_of(json: &Value) -> Vec<ErrorItem> {
    let Some(errors) = member(json, "errors").or_else(|| member(json, "error")) else {
        return Vec::new();
    };
    match errors {
        Value::Array(entries) => entries.iter().take(MOST_ERRORS).filter_map(error_item).collect(),
        one => error_item(one).into_iter().collect(),
    }
}

fn error_item(entry: &Value) -> Option<ErrorItem> {
    match entry {
        Value::String(message) => Some(ErrorItem { code: None, message: message.clone() }),
        Value::Object(_) => {
            let message = ["message", "detail", "title"].into_iter().find_map(|name| text(entry, name));
            let code = number(entry, "code");
            (message.is_some() || code.is_some()).then(|| ErrorItem { code, message: message.unwrap_or_default() })
        }
        _ => None,
    }
}

/// The part of a body that holds the answer: v2 puts it into `data`.
fn data_of(json: &Value) -> &Value {
    member(json, "data").filter(|data| data.is_object()).unwrap_or(json)
}

/// The beginning of a body that is no JSON; `None` for one of blanks.
fn excerpt(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body.get(..MOST_BYTES).unwrap_or(body));
    let text: String = text.trim().chars().take(MOST_TEXT).collect();
    (!text.is_empty()).then_some(text)
}

fn strip_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// Errors that are kept of a list.
const MOST_ERRORS: usize = 100;
/// Bytes of a body that is no JSON that are looked at.
const MOST_BYTES: usize = 2048;
/// Characters of it that are kept.
const MOST_TEXT: usize = 300;

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
