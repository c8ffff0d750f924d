//! Reads packs from TOML, strictly: what is not understood is an error with its place, never skipped.

use std::sync::{Arc, OnceLock};

use super::Profile;
use super::error::{ProfileError, not_one_of};
use super::limit::Document;
use super::limits::Limits;
use super::quantity::{Quantity, Size};
use super::rendition::Rendition;
use super::text::Text;
use super::tree::{self, Spanned, Table, Value};
use crate::units::BitRate;

/// How many packs may extend one another.
const DEPTH: usize = 8;

/// Finds the text of a pack that is not built in.
pub(super) type Resolve<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// Reads a pack and those that it extends.
pub(super) fn load(text: &str, origin: &str, resolve: &Resolve<'_>) -> Result<Profile, ProfileError> {
    let mut chain = vec![origin.to_owned()];
    read_text(text, origin, resolve, &mut chain).map(|(profile, _)| profile)
}

/// A built-in pack with its documents, read once in the life of the program. Absent: there is none of that name.
pub(super) fn built_in(name: &str) -> Option<&'static (Profile, Documents)> {
    static PACKS: [OnceLock<Option<(Profile, Documents)>>; Profile::BUILT_IN.len()] =
        [const { OnceLock::new() }; Profile::BUILT_IN.len()];
    let pack = PACKS.get(Profile::BUILT_IN.iter().position(|known| *known == name)?)?;
    let (_, root) = tree::built_in::PACKS.iter().find(|(known, _)| *known == name)?;
    // A test reads every built-in pack, so none can fail here.
    let text = Text { origin: name, source: "", documents: Vec::new() };
    pack.get_or_init(|| read(root, text, &|_| Err(String::new()), &mut vec![name.to_owned()]).ok()).as_ref()
}

/// The documents that a pack names, by their keys.
pub(super) type Documents = Vec<(String, Arc<Document>)>;

fn read_text(
    source: &str,
    origin: &str,
    resolve: &Resolve<'_>,
    chain: &mut Vec<String>,
) -> Result<(Profile, Documents), ProfileError> {
    let root = tree::parse(source).map_err(|(at, message)| ProfileError::at(origin, source, at, message))?;
    read(&root, Text { origin, source, documents: Vec::new() }, resolve, chain)
}

fn read(
    root: &Table<'_>,
    mut text: Text<'_>,
    resolve: &Resolve<'_>,
    chain: &mut Vec<String>,
) -> Result<(Profile, Documents), ProfileError> {
    let mut keys = Keys::default();
    for (key, value) in root {
        let place = match key.get_ref().as_ref() {
            "name" => &mut keys.name,
            "platform" => &mut keys.platform,
            "extends" => &mut keys.extends,
            "notes" => &mut keys.notes,
            "documents" => &mut keys.documents,
            "limits" => &mut keys.limits,
            "renditions" => &mut keys.renditions,
            other => return Err(text.error(key.span(), not_one_of("key", other, Keys::NAMES))),
        };
        *place = Some(value);
    }

    let mut profile = match keys.extends {
        Some(value) => {
            let (profile, documents) = extended(value, &text, resolve, chain)?;
            text.documents = documents;
            profile
        }
        None => Profile::empty(),
    };
    profile.name = match keys.name {
        Some(name) => text.string(name, "the pack's name")?.to_owned(),
        None => return Err(text.error(0..0, "the pack has no name: write name = \"...\"")),
    };
    if let Some(platform) = keys.platform {
        text.string(platform, "the platform's name")?.clone_into(&mut profile.platform);
    }
    if let Some(notes) = keys.notes {
        let items = notes.get_ref().as_array().ok_or_else(|| text.mismatch(notes, "an array of sentences"))?;
        profile.notes =
            items.iter().map(|note| Ok(text.string(note, "a sentence")?.to_owned())).collect::<Result<_, _>>()?;
    }
    if let Some(documents) = keys.documents {
        read_documents(documents, &mut text)?;
    }
    if let Some(renditions) = keys.renditions {
        profile.renditions = read_renditions(renditions, &text)?;
    }
    if let Some(limits) = keys.limits {
        for (rule, table) in *text.table(limits, "a table of limits")?.get_ref() {
            let table = text.table(table, "a table with the limit's value, level, basis and source")?;
            match profile.limits.set(rule.get_ref(), &table, &text) {
                Some(result) => result?,
                None => return Err(text.error(rule.span(), not_one_of("rule", rule.get_ref(), Limits::RULES))),
            }
        }
    }
    Ok((profile, text.documents))
}

/// The keys at the top of a pack.
#[derive(Default)]
struct Keys<'a, 'i> {
    name: Option<&'a Spanned<Value<'i>>>,
    platform: Option<&'a Spanned<Value<'i>>>,
    extends: Option<&'a Spanned<Value<'i>>>,
    notes: Option<&'a Spanned<Value<'i>>>,
    documents: Option<&'a Spanned<Value<'i>>>,
    limits: Option<&'a Spanned<Value<'i>>>,
    renditions: Option<&'a Spanned<Value<'i>>>,
}

impl Keys<'_, '_> {
    const NAMES: &'static [&'static str] =
        &["name", "platform", "extends", "notes", "documents", "limits", "renditions"];
}

/// Reads the pack that another one extends.
fn extended(
    value: &Spanned<Value<'_>>,
    text: &Text<'_>,
    resolve: &Resolve<'_>,
    chain: &mut Vec<String>,
) -> Result<(Profile, Documents), ProfileError> {
    let name = text.string(value, "the name of a pack")?;
    if chain.iter().any(|link| link == name) {
        return Err(
            text.error(value.span(), format!("the packs extend one another in a circle: {}", circle(chain, name)))
        );
    }
    if chain.len() >= DEPTH {
        return Err(text.error(value.span(), format!("more than {DEPTH} packs extend one another")));
    }
    if let Some(built_in) = built_in(name) {
        return Ok(built_in.clone());
    }
    let found = resolve(name).map_err(|reason| {
        text.error(value.span(), format!("{}; {reason}", not_one_of("pack", name, Profile::BUILT_IN)))
    })?;
    chain.push(name.to_owned());
    let read = read_text(&found, name, resolve, chain);
    chain.pop();
    read
}

fn circle(chain: &[String], name: &str) -> String {
    let from = chain.iter().position(|link| link == name).unwrap_or(0);
    let mut links: Vec<&str> = chain.iter().skip(from).map(String::as_str).collect();
    links.push(name);
    links.join(" -> ")
}

fn read_documents(value: &Spanned<Value<'_>>, text: &mut Text<'_>) -> Result<(), ProfileError> {
    let mut documents = Vec::new();
    for (key, value) in *text.table(value, "a table of documents")?.get_ref() {
        let mut title = None;
        let mut read = None;
        for (part, value) in *text.table(value, "a table { title = .., read = .. }")?.get_ref() {
            match part.get_ref().as_ref() {
                "title" => title = Some(text.string(value, "the document's title")?.to_owned()),
                // For readers of the pack: where the document was found.
                "url" => drop(text.string(value, "the document's address")?),
                "read" => {
                    let Value::Date(date) = value.get_ref() else {
                        return Err(text.mismatch(value, "a date such as 2026-11-20"));
                    };
                    read = Some(date.to_string());
                }
                other => {
                    let message = not_one_of("key", other, &["title", "url", "read"]);
                    return Err(text.error(part.span(), message));
                }
            }
        }
        let (Some(title), Some(read)) = (title, read) else {
            return Err(text.error(value.span(), "a document needs a title and the date on which it was read"));
        };
        documents.push((key.get_ref().to_string(), Arc::new(Document { title, read })));
    }
    for (key, document) in documents {
        text.documents.retain(|(known, _)| *known != key);
        text.documents.push((key, document));
    }
    Ok(())
}

fn read_renditions(value: &Spanned<Value<'_>>, text: &Text<'_>) -> Result<Vec<Rendition>, ProfileError> {
    let [unit, rows] = text.members(value, ["unit", "rows"], "a table { unit = \"kbps\", rows = [..] }")?;
    let unit = text.unit(unit, BitRate::UNITS)?;
    let rows = rows.get_ref().as_array().ok_or_else(|| text.mismatch(rows, "an array of rows"))?;
    rows.iter()
        .map(|row| {
            let expected = "a row { size = .., video = .., audio = .. }";
            let [size, video, audio] = text.members(row, ["size", "video", "audio"], expected)?;
            Ok(Rendition {
                dimensions: Size::read(size, "pixels", text)?.0,
                video: BitRate::read(video, unit, text)?,
                audio: BitRate::read(audio, unit, text)?,
            })
        })
        .collect()
}
