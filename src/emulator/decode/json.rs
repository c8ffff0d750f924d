//! Bodies in JSON, of both versions. Numbers may be strings; what is of another type is refused, never guessed at.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;

use crate::api::{MediaId, Subtitle, UserId};
use crate::emulator::Refusal;
use crate::profile::Category;

/// A body that carries no media, as a tree. It is small, and `serde_json` bounds how deep it nests.
#[derive(Debug)]
pub(super) struct Json(Value);

/// A body that carries media, which stays where it is. Members that are not named here are skipped without being kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct JsonMedia<'a> {
    /// Base64.
    #[serde(borrow)]
    pub(super) media: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) media_data: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(super) media_category: Option<Cow<'a, str>>,
    pub(super) media_id: Option<Number>,
    pub(super) segment_index: Option<Number>,
    pub(super) additional_owners: Vec<UserId>,
}

/// The one member of a body that says what is asked; the others may be long.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct JsonCommand<'a> {
    #[serde(borrow)]
    command: Option<Cow<'a, str>>,
}

/// The member `command` of a body, where it is one of JSON and has one.
pub(super) fn command(text: &[u8]) -> Option<Cow<'_, str>> {
    serde_json::from_slice::<JsonCommand<'_>>(text).ok()?.command
}

/// A number, or a text that may be one.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Number {
    Whole(u64),
    Other(f64),
    Text(String),
}

impl<'a> JsonMedia<'a> {
    pub(super) fn read(text: &'a [u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(text).map_err(|error| {
            // A Buffer of JavaScript comes as an object of numbers: JSON, but no media.
            if error.is_data() { Refusal::Invalid("media") } else { Refusal::NotJson }
        })
    }
}

impl Number {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Whole(number) => number.to_string(),
            Self::Other(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl Json {
    /// Reads a body. Nothing at all counts as an empty object.
    pub(super) fn read(text: &[u8]) -> Result<Self, Refusal> {
        if text.trim_ascii().is_empty() {
            return Ok(Self(Value::Object(serde_json::Map::new())));
        }
        match serde_json::from_slice(text) {
            Ok(value @ Value::Object(_)) => Ok(Self(value)),
            Ok(_) | Err(_) => Err(Refusal::NotJson),
        }
    }

    /// An identifier that must be there.
    pub(super) fn id(&self, name: &'static str) -> Result<MediaId, Refusal> {
        let value = self.member(name).ok_or(Refusal::Missing(name))?;
        MediaId::deserialize(value).map_err(|_| Refusal::Invalid(name))
    }

    /// A text that must be there.
    pub(super) fn text(&self, name: &'static str) -> Result<&str, Refusal> {
        text(self.member(name).ok_or(Refusal::Missing(name))?, name)
    }

    /// A whole number that must be there.
    pub(super) fn number(&self, name: &'static str) -> Result<u64, Refusal> {
        match self.member(name).ok_or(Refusal::Missing(name))? {
            Value::Number(number) => number.as_u64().ok_or(Refusal::Invalid(name)),
            Value::String(text) => text.trim().parse().map_err(|_| Refusal::Invalid(name)),
            _ => Err(Refusal::Invalid(name)),
        }
    }

    /// A flag; absent is false.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, Refusal> {
        match self.member(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Refusal::Invalid(name)),
        }
    }

    /// The category, if one is given.
    pub(super) fn category(&self) -> Result<Option<Category>, Refusal> {
        match self.member("media_category") {
            None => Ok(None),
            Some(value) => text(value, "media_category")?.parse().map(Some).map_err(|_| Refusal::Category),
        }
    }

    /// Users: a list, or a text with commas.
    pub(super) fn additional_owners(&self) -> Result<Vec<UserId>, Refusal> {
        let invalid = Refusal::Invalid("additional_owners");
        match self.member("additional_owners") {
            None => Ok(Vec::new()),
            Some(value @ Value::Array(_)) => Vec::deserialize(value).map_err(|_| invalid),
            Some(Value::String(text)) => {
                let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
                ids.map(|id| id.parse().map_err(|_| invalid.clone())).collect()
            }
            Some(_) => Err(invalid),
        }
    }

    /// The alternative text of either version: `alt_text.text`, in v2 below `metadata`.
    pub(super) fn alt_text(&self) -> Result<&str, Refusal> {
        let outer = self.0.get("metadata").unwrap_or(&self.0);
        let value = outer.get("alt_text").filter(|value| !value.is_null()).ok_or(Refusal::Missing("alt_text"))?;
        text(value.get("text").unwrap_or(value), "alt_text")
    }

    /// The objects that tell of subtitles: of v1.1 in `subtitle_info`, of v2 one object or a list of it.
    pub(super) fn subtitles(&self) -> Result<Vec<Json>, Refusal> {
        let outer = self.0.get("subtitle_info").unwrap_or(&self.0);
        match outer.get("subtitles") {
            None | Some(Value::Null) => Err(Refusal::Missing("subtitles")),
            Some(one @ Value::Object(_)) => Ok(vec![Json(one.clone())]),
            Some(Value::Array(many)) if !many.is_empty() && many.len() <= MAX_SUBTITLES => many
                .iter()
                .map(|one| if one.is_object() { Ok(Json(one.clone())) } else { Err(Refusal::Invalid("subtitles")) })
                .collect(),
            Some(_) => Err(Refusal::Invalid("subtitles")),
        }
    }

    /// The subtitles that one of these objects tells of; `id` is what the version calls their upload.
    pub(super) fn subtitle(&self, id: &'static str) -> Result<Subtitle, Refusal> {
        Ok(Subtitle {
            id: self.id(id)?,
            language_code: self.text("language_code")?.to_owned(),
            display_name: self.text("display_name")?.to_owned(),
        })
    }

    /// Whether there is such a member.
    pub(super) fn has(&self, name: &str) -> bool {
        self.member(name).is_some()
    }

    fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

fn text<'a>(value: &'a Value, name: &'static str) -> Result<&'a str, Refusal> {
    value.as_str().ok_or(Refusal::Invalid(name))
}

/// Most languages of a video in one call.
const MAX_SUBTITLES: usize = 100;
