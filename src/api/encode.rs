//! Writes requests, each in the form that the documents name for it.

use serde::Serialize;

use super::route::{
    V1_METADATA, V1_SUBTITLES_CREATE, V1_SUBTITLES_DELETE, V1_UPLOAD, V2_INITIALIZE, V2_METADATA, V2_SUBTITLES,
    V2_UPLOAD,
};
use super::{
    Body, Content, Encoding, HttpRequest, Media, MediaId, Method, Part, Request, Subtitle, UserId, Version,
    subtitles_category, wire_category,
};
use crate::profile::Category;

/// Why a request cannot be put in the words of a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// v2 attaches and takes off the subtitles of one language a call; v1.1 needs at least one.
    #[error("version {version} of the API takes {expected} in a call, and there are {found}")]
    Subtitles {
        /// The version.
        version: Version,
        /// How many it takes, in words.
        expected: &'static str,
        /// How many there are.
        found: usize,
    },
    /// v2 names languages by two letters.
    #[error("version 2 of the API names a language by two letters, such as EN: {0:?} has no such name")]
    Language(String),
    /// Subtitles belong to videos of posts.
    #[error("subtitles belong to a tweet_video or an amplify_video, and this is a {0}")]
    Category(Category),
}

impl Request {
    /// The request as HTTP, in the words of `version`. `encoding` matters where media are carried, `boundary` where the body
    /// has parts: it may not stand in the media, so take one at random.
    pub fn encode(&self, version: Version, encoding: Encoding, boundary: &str) -> Result<HttpRequest, EncodeError> {
        match version {
            Version::V1_1 => v1(self, encoding, boundary),
            Version::V2 => v2(self, encoding, boundary),
        }
    }
}

impl Subtitle {
    /// The language as `version` names it: in v2 the first two letters of the tag in capitals, so that `en-GB` is `EN`. Of a
    /// video there are subtitles of each such name once.
    pub fn wire_language(language: &str, version: Version) -> Result<String, EncodeError> {
        match version {
            Version::V1_1 => Ok(language.to_owned()),
            Version::V2 => two_letters(language),
        }
    }
}

fn v1(request: &Request, encoding: Encoding, boundary: &str) -> Result<HttpRequest, EncodeError> {
    Ok(match request {
        Request::Initialize { total_bytes, media_type, category, additional_owners, shared } => {
            let mut fields = Fields::command("INIT");
            fields.push("total_bytes", total_bytes);
            fields.push("media_type", media_type);
            fields.category(*category, Version::V1_1);
            fields.owners(additional_owners);
            if *shared {
                fields.push("shared", "true");
            }
            fields.form(V1_UPLOAD)
        }
        Request::Append { id, segment_index, media } => {
            let mut fields = Fields::command("APPEND");
            fields.push("media_id", id);
            fields.push("segment_index", segment_index);
            fields.multipart(V1_UPLOAD, media, encoding, boundary)
        }
        Request::Finalize { id } => {
            let mut fields = Fields::command("FINALIZE");
            fields.push("media_id", id);
            fields.form(V1_UPLOAD)
        }
        Request::Status { id } => status(V1_UPLOAD, *id),
        Request::Simple { media, category, additional_owners } => {
            let mut fields = Fields::default();
            fields.category(*category, Version::V1_1);
            fields.owners(additional_owners);
            fields.multipart(V1_UPLOAD, media, encoding, boundary)
        }
        Request::Metadata { id, alt_text } => {
            json(Method::Post, V1_METADATA, V1_JSON, &MetadataV1 { media_id: *id, alt_text: Text { text: alt_text } })
        }
        Request::SubtitlesCreate { video, category, subtitles } => {
            if subtitles.is_empty() {
                return Err(none(Version::V1_1));
            }
            let entries = subtitles.iter().map(|Subtitle { id, language_code, display_name }| SubtitleV1 {
                media_id: Some(*id),
                language_code,
                display_name: Some(display_name),
            });
            json(Method::Post, V1_SUBTITLES_CREATE, V1_JSON, &SubtitlesV1::new(*video, *category, entries.collect())?)
        }
        Request::SubtitlesDelete { video, category, languages } => {
            if languages.is_empty() {
                return Err(none(Version::V1_1));
            }
            let entries =
                languages.iter().map(|language_code| SubtitleV1 { media_id: None, language_code, display_name: None });
            json(Method::Post, V1_SUBTITLES_DELETE, V1_JSON, &SubtitlesV1::new(*video, *category, entries.collect())?)
        }
    })
}

fn v2(request: &Request, encoding: Encoding, boundary: &str) -> Result<HttpRequest, EncodeError> {
    Ok(match request {
        Request::Initialize { total_bytes, media_type, category, additional_owners, shared } => {
            let body = InitializeV2 {
                media_type,
                media_category: category.map(|category| wire_category(category, Version::V2)),
                total_bytes: *total_bytes,
                shared: shared.then_some(true),
                additional_owners,
            };
            json(Method::Post, V2_INITIALIZE, V2_JSON, &body)
        }
        Request::Append { id, segment_index, media } => {
            let path = format!("{V2_UPLOAD}/{id}/append");
            match encoding {
                Encoding::Raw => {
                    let mut fields = Fields::default();
                    fields.push("segment_index", segment_index);
                    fields.multipart(&path, media, encoding, boundary)
                }
                Encoding::Base64 => json_media(&path, media, &format!(",\"segment_index\":{segment_index}")),
            }
        }
        Request::Finalize { id } => HttpRequest {
            method: Method::Post,
            path: format!("{V2_UPLOAD}/{id}/finalize"),
            query: Vec::new(),
            content_type: None,
            body: Body::Empty,
        },
        Request::Status { id } => status(V2_UPLOAD, *id),
        Request::Simple { media, category, additional_owners } => {
            let category = Some(category.unwrap_or(Category::TweetImage));
            match encoding {
                Encoding::Raw => {
                    let mut fields = Fields::default();
                    fields.category(category, Version::V2);
                    fields.owners(additional_owners);
                    fields.multipart(V2_UPLOAD, media, encoding, boundary)
                }
                Encoding::Base64 => {
                    let mut tail = String::new();
                    if let Some(category) = category {
                        tail.push_str(&format!(",\"media_category\":\"{}\"", wire_category(category, Version::V2)));
                    }
                    if !additional_owners.is_empty() {
                        tail.push_str(&format!(",\"additional_owners\":{}", written(additional_owners)));
                    }
                    json_media(V2_UPLOAD, media, &tail)
                }
            }
        }
        Request::Metadata { id, alt_text } => {
            let metadata = MetadataOfV2 { alt_text: Text { text: alt_text } };
            json(Method::Post, V2_METADATA, V2_JSON, &MetadataV2 { id: *id, metadata })
        }
        Request::SubtitlesCreate { video, category, subtitles } => {
            let [Subtitle { id, language_code, display_name }] = subtitles.as_slice() else {
                return Err(not_one(subtitles.len()));
            };
            let language_code = two_letters(language_code)?;
            let body = SubtitlesCreateV2 {
                id: *video,
                media_category: of_video(*category)?,
                subtitles: SubtitleV2 { id: *id, language_code: &language_code, display_name },
            };
            json(Method::Post, V2_SUBTITLES, V2_JSON, &body)
        }
        Request::SubtitlesDelete { video, category, languages } => {
            let [language] = languages.as_slice() else {
                return Err(not_one(languages.len()));
            };
            let language_code = two_letters(language)?;
            let body =
                SubtitlesDeleteV2 { id: *video, media_category: of_video(*category)?, language_code: &language_code };
            json(Method::Delete, V2_SUBTITLES, V2_JSON, &body)
        }
    })
}

/// The fields of a form or of a multipart body, in order.
#[derive(Default)]
struct Fields(Vec<(String, String)>);

impl Fields {
    fn command(command: &str) -> Self {
        let mut fields = Self::default();
        fields.push("command", command);
        fields
    }

    fn push<T: ToString + ?Sized>(&mut self, name: &str, value: &T) {
        self.0.push((name.to_owned(), value.to_string()));
    }

    fn category(&mut self, category: Option<Category>, version: Version) {
        if let Some(category) = category {
            self.push("media_category", wire_category(category, version));
        }
    }

    fn owners(&mut self, owners: &[UserId]) {
        if !owners.is_empty() {
            let owners: Vec<String> = owners.iter().map(ToString::to_string).collect();
            self.push("additional_owners", &owners.join(","));
        }
    }

    fn form(self, path: &str) -> HttpRequest {
        HttpRequest {
            method: Method::Post,
            path: path.to_owned(),
            query: Vec::new(),
            content_type: Some("application/x-www-form-urlencoded".to_owned()),
            body: Body::Form(self.0),
        }
    }

    /// The media stand last, so that a server knows all else when they come.
    fn multipart(self, path: &str, media: &Media, encoding: Encoding, boundary: &str) -> HttpRequest {
        let mut parts: Vec<Part> = self.0.into_iter().map(|(name, value)| Part::text(&name, value)).collect();
        parts.push(match encoding {
            Encoding::Raw => Part {
                name: "media".to_owned(),
                filename: Some("media".to_owned()),
                content_type: Some("application/octet-stream".to_owned()),
                content: Content::Media(media.clone()),
            },
            Encoding::Base64 => Part {
                name: "media_data".to_owned(),
                filename: None,
                content_type: None,
                content: Content::Base64(media.clone()),
            },
        });
        HttpRequest {
            method: Method::Post,
            path: path.to_owned(),
            query: Vec::new(),
            content_type: Some(format!("multipart/form-data; boundary={boundary}")),
            body: Body::Multipart { boundary: boundary.to_owned(), parts },
        }
    }
}

fn status(path: &str, id: MediaId) -> HttpRequest {
    let mut query = Fields::command("STATUS");
    query.push("media_id", &id);
    HttpRequest { method: Method::Get, path: path.to_owned(), query: query.0, content_type: None, body: Body::Empty }
}

fn json(method: Method, path: &str, content_type: &str, value: &impl Serialize) -> HttpRequest {
    HttpRequest {
        method,
        path: path.to_owned(),
        query: Vec::new(),
        content_type: Some(content_type.to_owned()),
        body: Body::Json(written(value)),
    }
}

/// JSON whose first member is the media; `rest` are the others, each behind a comma.
fn json_media(path: &str, media: &Media, rest: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        path: path.to_owned(),
        query: Vec::new(),
        content_type: Some(V2_JSON.to_owned()),
        body: Body::JsonMedia { head: "{\"media\":\"".to_owned(), media: media.clone(), tail: format!("\"{rest}}}") },
    }
}

/// A value as JSON. Those here have strings for keys and no custom serialisation, so that writing them cannot fail.
fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn of_video(category: Category) -> Result<&'static str, EncodeError> {
    subtitles_category(category).ok_or(EncodeError::Category(category))
}

/// The primary subtag in capitals, where it has two letters.
fn two_letters(language: &str) -> Result<String, EncodeError> {
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    if primary.len() == 2 && primary.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(primary.to_ascii_uppercase())
    } else {
        Err(EncodeError::Language(language.to_owned()))
    }
}

fn none(version: Version) -> EncodeError {
    EncodeError::Subtitles { version, expected: "at least one language", found: 0 }
}

fn not_one(found: usize) -> EncodeError {
    EncodeError::Subtitles { version: Version::V2, expected: "one language", found }
}

const V1_JSON: &str = "application/json; charset=UTF-8";
const V2_JSON: &str = "application/json";

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct MetadataV1<'a> {
    media_id: MediaId,
    alt_text: Text<'a>,
}

#[derive(Serialize)]
struct SubtitlesV1<'a> {
    media_id: MediaId,
    media_category: &'static str,
    subtitle_info: SubtitleInfoV1<'a>,
}

#[derive(Serialize)]
struct SubtitleInfoV1<'a> {
    subtitles: Vec<SubtitleV1<'a>>,
}

#[derive(Serialize)]
struct SubtitleV1<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    media_id: Option<MediaId>,
    language_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
}

impl<'a> SubtitlesV1<'a> {
    fn new(media_id: MediaId, category: Category, subtitles: Vec<SubtitleV1<'a>>) -> Result<Self, EncodeError> {
        Ok(Self { media_id, media_category: of_video(category)?, subtitle_info: SubtitleInfoV1 { subtitles } })
    }
}

#[derive(Serialize)]
struct InitializeV2<'a> {
    media_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_category: Option<&'static str>,
    total_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared: Option<bool>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    additional_owners: &'a [UserId],
}

#[derive(Serialize)]
struct MetadataV2<'a> {
    id: MediaId,
    metadata: MetadataOfV2<'a>,
}

#[derive(Serialize)]
struct MetadataOfV2<'a> {
    alt_text: Text<'a>,
}

#[derive(Serialize)]
struct SubtitlesCreateV2<'a> {
    id: MediaId,
    media_category: &'static str,
    subtitles: SubtitleV2<'a>,
}

#[derive(Serialize)]
struct SubtitleV2<'a> {
    id: MediaId,
    language_code: &'a str,
    display_name: &'a str,
}

#[derive(Serialize)]
struct SubtitlesDeleteV2<'a> {
    id: MediaId,
    media_category: &'static str,
    language_code: &'a str,
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
