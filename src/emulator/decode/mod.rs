//! From HTTP to a request of the API, as leniently as real clients need it and not a bit more.
//!
//! Parameters may stand in the query, in a form, in parts or in JSON; media as bytes or as base64. Every number, type and length
//! is checked here, so that what comes out is a request that makes sense.

mod base64;
mod body;
mod fields;
mod json;
mod multipart;

#[cfg(test)]
mod round_trip_tests;
#[cfg(test)]
mod tests;

pub use body::{Intake, MAX_SMALL, MAX_TEXT, Received, Shape};
pub use fields::Fields;
pub use multipart::{Event, Multipart, MultipartError, PartHead};

use crate::api::{Media, MediaId, Request, Route, RouteCall, Version};
use crate::emulator::store::{Spool, Store};
use crate::emulator::{LAST_SEGMENT, MAX_SEGMENT, Refusal};
use crate::profile::Category;
use base64::Decoder;
use json::{Json, JsonMedia};

/// Reads a request, and hands over the media it carries.
pub fn request<S: Store>(
    route: Route,
    query: Fields,
    body: Received<S::Spool>,
    store: &S,
) -> Result<(Request, Option<S::Spool>), Refusal> {
    let call = match route.call {
        RouteCall::Status => return status(&query).map(|request| (request, None)),
        RouteCall::Metadata => return metadata(route.version, &body).map(|request| (request, None)),
        RouteCall::SubtitlesCreate => return subtitles_create(route.version, &body).map(|request| (request, None)),
        RouteCall::SubtitlesDelete => {
            return subtitles_delete(route.version, &query, &body).map(|request| (request, None));
        }
        RouteCall::Initialize => return initialize(&query, &body).map(|request| (request, None)),
        RouteCall::Finalize(id) => {
            return Ok((Request::Finalize { id: id.ok_or(Refusal::Invalid("media_id"))? }, None));
        }
        RouteCall::Append(id) => Call::Append(Some(id.ok_or(Refusal::Invalid("media_id"))?)),
        RouteCall::Upload => command(&query, &body)?,
    };
    if route.version == Version::V2 && body.shape == Shape::Json {
        return match call {
            Call::Init => init_json(&Json::read(small(&body)?)?).map(|request| (request, None)),
            Call::Finalize => Ok((
                Request::Finalize { id: Json::read(small(&body)?)?.id("media_id").or_else(|_| query.media_id())? },
                None,
            )),
            Call::Append(_) | Call::Simple => json_media(&call, &query, &body, store),
        };
    }
    if body.shape == Shape::Other && !body.text.is_empty() {
        return Err(match route.version {
            Version::V1_1 => Refusal::Missing("media"),
            Version::V2 => Refusal::NotCalledJson,
        });
    }
    let is_form = body.shape == Shape::Form;
    let mut fields = query;
    fields.0.extend(body.fields.0);
    match call {
        Call::Init => init(&fields).map(|request| (request, None)),
        Call::Finalize => Ok((Request::Finalize { id: fields.media_id()? }, None)),
        Call::Append(id) => {
            let id = id.map_or_else(|| fields.media_id(), Ok)?;
            let segment_index = segment_index(fields.first("segment_index"))?;
            if body.base64_length.is_some_and(|length| length > MAX_SEGMENT) {
                return Err(Refusal::TooLarge(MAX_SEGMENT));
            }
            let spool = match body.media {
                Some(spool) => spool,
                None => media_of_fields(&mut fields, is_form, Some(MAX_SEGMENT), store)?,
            };
            let media = Media::Range { offset: 0, length: spool.length() };
            Ok((Request::Append { id, segment_index, media }, Some(spool)))
        }
        Call::Simple => {
            let spool = match body.media {
                Some(spool) => spool,
                None => media_of_fields(&mut fields, is_form, None, store)?,
            };
            let media = Media::Range { offset: 0, length: spool.length() };
            let (category, additional_owners) = (fields.category()?, fields.additional_owners()?);
            Ok((Request::Simple { media, category, additional_owners }, Some(spool)))
        }
    }
}

/// What is asked at the path that takes everything.
enum Call {
    Init,
    Append(Option<MediaId>),
    Finalize,
    Simple,
}

/// The parameter `command`, which is case sensitive; without one it is a simple upload.
fn command<P>(query: &Fields, body: &Received<P>) -> Result<Call, Refusal> {
    let in_json = (body.shape == Shape::Json).then(|| json::command(&body.text)).flatten();
    let command = query.first("command").or_else(|| body.fields.first("command")).or(in_json.as_deref());
    match command {
        None => Ok(Call::Simple),
        Some("INIT") => Ok(Call::Init),
        Some("APPEND") => Ok(Call::Append(None)),
        Some("FINALIZE") => Ok(Call::Finalize),
        Some(_) => Err(Refusal::Invalid("command")),
    }
}

fn status(query: &Fields) -> Result<Request, Refusal> {
    match query.first("command") {
        // The documents of v2 show the call without it.
        Some("STATUS") | None => Ok(Request::Status { id: query.media_id()? }),
        Some(_) => Err(Refusal::Invalid("command")),
    }
}

fn init(fields: &Fields) -> Result<Request, Refusal> {
    Ok(Request::Initialize {
        total_bytes: fields.required("total_bytes")?,
        media_type: fields.required("media_type")?,
        category: fields.category()?,
        additional_owners: fields.additional_owners()?,
        shared: fields.flag("shared"),
    })
}

fn initialize<P>(query: &Fields, body: &Received<P>) -> Result<Request, Refusal> {
    match body.shape {
        Shape::Json => init_json(&Json::read(&body.text)?),
        Shape::Other if body.text.is_empty() => init(query),
        _ => Err(Refusal::NotCalledJson),
    }
}

fn init_json(json: &Json) -> Result<Request, Refusal> {
    Ok(Request::Initialize {
        total_bytes: json.number("total_bytes")?,
        media_type: json.text("media_type")?.to_owned(),
        category: json.category()?,
        additional_owners: json.additional_owners()?,
        shared: json.flag("shared")?,
    })
}

fn metadata<P>(version: Version, body: &Received<P>) -> Result<Request, Refusal> {
    let (json, id) = json_of(version, body)?;
    Ok(Request::Metadata { id: json.id(id)?, alt_text: json.alt_text()?.to_owned() })
}

fn subtitles_create<P>(version: Version, body: &Received<P>) -> Result<Request, Refusal> {
    let (json, id) = json_of(version, body)?;
    let subtitles: Vec<_> = json.subtitles()?.iter().map(|one| one.subtitle(id)).collect::<Result<_, _>>()?;
    if version == Version::V2 && subtitles.len() > 1 {
        return Err(Refusal::Invalid("subtitles"));
    }
    Ok(Request::SubtitlesCreate { video: json.id(id)?, category: of_video(json.category()?)?, subtitles })
}

fn subtitles_delete<P>(version: Version, query: &Fields, body: &Received<P>) -> Result<Request, Refusal> {
    if version == Version::V2 && body.text.is_empty() && query.first("id").is_some() {
        let language = query.required::<String>("language_code")?;
        let (video, category) = (query.required("id")?, of_video(query.category()?)?);
        return Ok(Request::SubtitlesDelete { video, category, languages: vec![language] });
    }
    let (json, id) = json_of(version, body)?;
    let languages = if json.has("language_code") {
        vec![json.text("language_code")?.to_owned()]
    } else {
        json.subtitles()?.iter().map(|one| one.text("language_code").map(str::to_owned)).collect::<Result<_, _>>()?
    };
    Ok(Request::SubtitlesDelete { video: json.id(id)?, category: of_video(json.category()?)?, languages })
}

/// Subtitles belong to the video of a post.
fn of_video(category: Option<Category>) -> Result<Category, Refusal> {
    match category.ok_or(Refusal::Missing("media_category"))? {
        category @ (Category::TweetVideo | Category::AmplifyVideo) => Ok(category),
        _ => Err(Refusal::Invalid("media_category")),
    }
}

/// The JSON of a call, and what its version calls an upload. v1.1 does not look at the Content-Type: text/plain is documented,
/// and some clients send none.
fn json_of<P>(version: Version, body: &Received<P>) -> Result<(Json, &'static str), Refusal> {
    if version == Version::V2 && body.shape != Shape::Json && !(body.shape == Shape::Other && body.text.is_empty()) {
        return Err(Refusal::NotCalledJson);
    }
    let id = match version {
        Version::V1_1 => "media_id",
        Version::V2 => "id",
    };
    Ok((Json::read(&body.text)?, id))
}

/// A body that carries no media, though its path takes such, and so should be small.
fn small<P>(body: &Received<P>) -> Result<&[u8], Refusal> {
    if body.text.len() > MAX_SMALL { Err(Refusal::BodyTooLarge) } else { Ok(&body.text) }
}

/// APPEND or a one-shot upload with media as base64 in JSON.
fn json_media<S: Store>(
    call: &Call,
    query: &Fields,
    body: &Received<S::Spool>,
    store: &S,
) -> Result<(Request, Option<S::Spool>), Refusal> {
    let json = JsonMedia::read(&body.text)?;
    let media = json.media.as_deref().or(json.media_data.as_deref()).ok_or(Refusal::Missing("media"))?;
    let id = match (call, &json.media_id) {
        (Call::Append(Some(id)), _) => Some(*id),
        (Call::Append(None), Some(id)) => Some(id.text().trim().parse().map_err(|_| Refusal::Invalid("media_id"))?),
        (Call::Append(None), None) => Some(query.media_id()?),
        _ => None,
    };
    let limit = id.map(|_| MAX_SEGMENT);
    // What may be wrong with the parameters is told before anything is stored.
    let request = |media| {
        if let Some(id) = id {
            let index = json.segment_index.as_ref().map(json::Number::text);
            let segment_index = segment_index(index.as_deref().or_else(|| query.first("segment_index")))?;
            return Ok(Request::Append { id, segment_index, media });
        }
        let category = match json.media_category.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Some(text.parse().map_err(|_| Refusal::Category)?),
            None => query.category()?,
        };
        Ok(Request::Simple { media, category, additional_owners: json.additional_owners.clone() })
    };
    request(Media::Range { offset: 0, length: 0 })?;
    let spool = spool_base64(media, limit, store)?;
    Ok((request(Media::Range { offset: 0, length: spool.length() })?, Some(spool)))
}

/// Media in the query or in a form. In a form, one client writes base64 into `media` too.
fn media_of_fields<S: Store>(
    fields: &mut Fields,
    is_form: bool,
    limit: Option<u64>,
    store: &S,
) -> Result<S::Spool, Refusal> {
    let data = fields.take("media_data");
    let media = if is_form { fields.take("media") } else { None };
    match (data, media) {
        (Some(_), Some(_)) => Err(Refusal::Invalid("media")),
        (Some(text), None) | (None, Some(text)) => spool_base64(&text, limit, store),
        (None, None) => Err(Refusal::Missing("media")),
    }
}

/// Stores what base64 says; `limit` is for the text itself.
fn spool_base64<S: Store>(text: &str, limit: Option<u64>, store: &S) -> Result<S::Spool, Refusal> {
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if limit.is_some_and(|limit| length > limit) || length / 4 * 3 > MAX_SEGMENT.saturating_add(2) {
        return Err(Refusal::TooLarge(MAX_SEGMENT));
    }
    let mut spool = store.spool().map_err(|error| Refusal::storage(&error))?;
    let mut decoder = Decoder::default();
    decoder.push(text.as_bytes(), &mut spool).map_err(body::base64_fault)?;
    decoder.finish(&mut spool).map_err(body::base64_fault)?;
    if spool.length() > MAX_SEGMENT { Err(Refusal::TooLarge(MAX_SEGMENT)) } else { Ok(spool) }
}

/// The index of a segment. Whatever is no number from 0 to 999 gets the same answer.
fn segment_index(text: Option<&str>) -> Result<u16, Refusal> {
    let text = text.filter(|text| !text.is_empty()).ok_or(Refusal::Missing("segment_index"))?;
    text.trim().parse().ok().filter(|index| *index <= LAST_SEGMENT).ok_or(Refusal::SegmentIndex)
}
