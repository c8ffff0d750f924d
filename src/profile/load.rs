//! Reads packs from TOML, strictly: what is not understood is an error with its place, never skipped.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::error::{ProfileError, not_one_of};
use super::limit::{Document, Limit, Setting, Source};
use super::limits::Limits;
use super::quantity::{Quantity, Size};
use super::rendition::Rendition;
use super::tree::{self, Spanned, Table, Value};
use super::{Basis, Category, Level, Profile};
use crate::units::{BitRate, Ratio};

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
type Documents = Vec<(String, Arc<Document>)>;

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

/// Applies a rule's table to its setting: what the table does not name stays as the extended pack has it.
pub(super) fn merge<T: Quantity>(
    setting: &mut Setting<T>,
    table: &Spanned<&Table<'_>>,
    text: &Text<'_>,
) -> Result<(), ProfileError> {
    let mut change = Change::default();
    let mut own = Vec::new();
    let mut should = None;
    for (key, value) in *table.get_ref() {
        let word = key.get_ref().as_ref();
        if change.take(word, value) && (T::HAS_VALUE || !matches!(word, "value" | "unit")) {
            continue;
        }
        if let Some(category) = Category::ALL.into_iter().find(|category| category.as_str() == word) {
            own.push((category, text.table(value, "a table with what differs for the category")?));
        } else if T::TIERED && word == "should" {
            should = Some(text.table(value, "a table with the lower limit")?);
        } else {
            return Err(text.error(key.span(), not_one_of("key", word, &valid_keys::<T>())));
        }
    }

    let is_new = setting.all.level == Level::Off && setting.own.is_empty();
    if is_new {
        change.require_all::<T>(table.span(), text)?;
    }
    change.apply(&mut setting.all, text)?;
    for (_, limit) in &mut setting.own {
        change.apply(limit, text)?;
    }
    for (category, table) in own {
        let mut change = Change::default();
        change.take_all::<T>(&table, text)?;
        if !setting.own.iter().any(|(known, _)| *known == category) {
            setting.own.push((category, setting.all.clone()));
        }
        for (_, limit) in setting.own.iter_mut().filter(|(known, _)| *known == category) {
            change.apply(limit, text)?;
        }
    }
    if let Some(table) = should {
        let mut change = Change::default();
        change.take_all::<T>(&table, text)?;
        let mut lower = if let Some(lower) = setting.should.take() {
            *lower
        } else {
            change.require_all::<T>(table.span(), text)?;
            setting.all.clone()
        };
        change.apply(&mut lower, text)?;
        setting.should = Some(Box::new(lower));
    }
    Ok(())
}

fn valid_keys<T: Quantity>() -> Vec<&'static str> {
    let mut keys = vec!["level", "basis", "source", "quote"];
    if T::HAS_VALUE {
        keys.push("value");
    }
    if !T::UNITS.is_empty() {
        keys.push("unit");
    }
    if T::TIERED {
        keys.push("should");
    }
    keys
}

/// What one table changes about a limit.
#[derive(Default)]
struct Change<'a, 'i> {
    value: Option<&'a Spanned<Value<'i>>>,
    unit: Option<&'a Spanned<Value<'i>>>,
    level: Option<&'a Spanned<Value<'i>>>,
    basis: Option<&'a Spanned<Value<'i>>>,
    source: Option<&'a Spanned<Value<'i>>>,
    quote: Option<&'a Spanned<Value<'i>>>,
}

impl<'a, 'i> Change<'a, 'i> {
    /// Takes the value of a key that every limit has; false where there is no such key.
    fn take(&mut self, key: &str, value: &'a Spanned<Value<'i>>) -> bool {
        let place = match key {
            "value" => &mut self.value,
            "unit" => &mut self.unit,
            "level" => &mut self.level,
            "basis" => &mut self.basis,
            "source" => &mut self.source,
            "quote" => &mut self.quote,
            _ => return false,
        };
        *place = Some(value);
        true
    }

    fn take_all<T: Quantity>(&mut self, table: &Spanned<&'a Table<'i>>, text: &Text<'_>) -> Result<(), ProfileError> {
        for (key, value) in *table.get_ref() {
            let word = key.get_ref().as_ref();
            if !self.take(word, value) || (!T::HAS_VALUE && matches!(word, "value" | "unit")) {
                return Err(text.error(key.span(), not_one_of("key", word, &valid_keys::<T>())));
            }
        }
        Ok(())
    }

    /// A limit that no pack has set before must be given whole, unless it is switched off.
    fn require_all<T: Quantity>(&self, span: Range<usize>, text: &Text<'_>) -> Result<(), ProfileError> {
        if self.level.is_some_and(|level| matches!(level.get_ref().as_str(), Some("off"))) {
            return Ok(());
        }
        let missing = [
            ("level", self.level.is_none()),
            ("basis", self.basis.is_none()),
            ("source", self.source.is_none()),
            ("value", T::HAS_VALUE && self.value.is_none()),
        ];
        match missing.into_iter().find(|(_, is_missing)| *is_missing) {
            Some((key, _)) => Err(text.error(span, format!("the limit has no {key}, and no extended pack sets one"))),
            None => Ok(()),
        }
    }

    fn apply<T: Quantity>(&self, limit: &mut Limit<T>, text: &Text<'_>) -> Result<(), ProfileError> {
        if let Some(value) = self.value {
            limit.value = T::read(value, self.unit_of::<T>(value, text)?, text)?;
        } else if let Some(unit) = self.unit {
            return Err(text.error(unit.span(), "a unit without a value"));
        }
        if let Some(level) = self.level {
            limit.level =
                text.choice(level, "level", &[("must", Level::Must), ("should", Level::Should), ("off", Level::Off)])?;
        }
        if let Some(basis) = self.basis {
            let bases = [Basis::Documented, Basis::Observed, Basis::Heuristic].map(|basis| (basis.as_str(), basis));
            limit.basis = text.choice(basis, "basis", &bases)?;
        }
        if let Some(source) = self.source {
            limit.source = text.reference(source)?;
        }
        if let Some(quote) = self.quote {
            limit.quote = Some(Arc::from(text.string(quote, "a sentence")?));
        } else if self.source.is_some() {
            // The old sentence belongs to the old source.
            limit.quote = None;
        }
        Ok(())
    }

    fn unit_of<T: Quantity>(&self, value: &Spanned<Value<'_>>, text: &Text<'_>) -> Result<&'static str, ProfileError> {
        match self.unit {
            Some(unit) => text.unit(unit, T::UNITS),
            None if T::UNITS.is_empty() || matches!(value.get_ref().as_str(), Some("none")) => Ok(""),
            None => Err(text.error(value.span(), format!("the value has no unit (one of {})", T::UNITS.join(", ")))),
        }
    }
}

/// The text of a pack or a configuration, for typed reading with errors that name the place.
pub(crate) struct Text<'a> {
    origin: &'a str,
    source: &'a str,
    documents: Documents,
}

#[cfg(feature = "config")]
impl<'a> Text<'a> {
    /// A text that names no documents.
    pub(crate) const fn new(origin: &'a str, source: &'a str) -> Self {
        Self { origin, source, documents: Vec::new() }
    }
}

impl Text<'_> {
    /// An error at a place of the text.
    pub(crate) fn error(&self, span: Range<usize>, message: impl Into<String>) -> ProfileError {
        ProfileError::at(self.origin, self.source, span.start, message)
    }

    /// The error for a value of the wrong type or form.
    pub(crate) fn mismatch(&self, value: &Spanned<Value<'_>>, expected: &str) -> ProfileError {
        let found: String = self.source.get(value.span()).unwrap_or_default().chars().take(40).collect();
        self.error(value.span(), format!("expected {expected}, found {found}"))
    }

    /// A string.
    pub(crate) fn string<'v>(&self, value: &'v Spanned<Value<'_>>, expected: &str) -> Result<&'v str, ProfileError> {
        value.get_ref().as_str().ok_or_else(|| self.mismatch(value, expected))
    }

    /// A whole number that is not negative.
    pub(super) fn whole(&self, value: &Spanned<Value<'_>>, expected: &str) -> Result<u64, ProfileError> {
        match value.get_ref() {
            Value::Whole(number) => Ok(*number),
            _ => Err(self.mismatch(value, expected)),
        }
    }

    /// A ratio, written as a whole number, a decimal, or a string such as `60000/1001`; exact in every case.
    pub(super) fn ratio(&self, value: &Spanned<Value<'_>>, expected: &str) -> Result<Ratio, ProfileError> {
        let ratio = match value.get_ref() {
            Value::Whole(number) => Some(Ratio::whole(*number)),
            Value::Decimal(number) => number.parse().ok(),
            Value::Text(ratio) => ratio.parse().ok(),
            _ => None,
        };
        ratio.ok_or_else(|| self.mismatch(value, expected))
    }

    /// The members of a table that must have just these keys.
    pub(super) fn members<'v, 'i, const N: usize>(
        &self,
        value: &'v Spanned<Value<'i>>,
        keys: [&'static str; N],
        expected: &str,
    ) -> Result<[&'v Spanned<Value<'i>>; N], ProfileError> {
        let table = self.table(value, expected)?;
        let mut members = [None; N];
        for (key, member) in *table.get_ref() {
            let place = keys.iter().zip(&mut members).find(|(name, _)| *name == key.get_ref());
            match place {
                Some((_, place)) => *place = Some(member),
                None => return Err(self.error(key.span(), not_one_of("key", key.get_ref(), &keys))),
            }
        }
        if let Some((missing, _)) = keys.iter().zip(&members).find(|(_, member)| member.is_none()) {
            return Err(self.error(value.span(), format!("expected {expected}, and {missing} is missing")));
        }
        // Every member was just seen to be there.
        Ok(members.map(|member| member.unwrap_or(value)))
    }

    /// A table.
    pub(crate) fn table<'v, 'i>(
        &self,
        value: &'v Spanned<Value<'i>>,
        expected: &str,
    ) -> Result<Spanned<&'v Table<'i>>, ProfileError> {
        let table = value.get_ref().as_table().ok_or_else(|| self.mismatch(value, expected))?;
        Ok(Spanned::new(value.span(), table))
    }

    /// One of several words.
    pub(crate) fn choice<C: Copy>(
        &self,
        value: &Spanned<Value<'_>>,
        what: &str,
        choices: &[(&str, C)],
    ) -> Result<C, ProfileError> {
        let word = self.string(value, what)?;
        choices.iter().find(|(name, _)| *name == word).map(|(_, choice)| *choice).ok_or_else(|| {
            let valid: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.error(value.span(), not_one_of(what, word, &valid))
        })
    }

    fn unit(&self, value: &Spanned<Value<'_>>, units: &'static [&'static str]) -> Result<&'static str, ProfileError> {
        let word = self.string(value, "a unit")?;
        units
            .iter()
            .copied()
            .find(|unit| *unit == word)
            .ok_or_else(|| self.error(value.span(), not_one_of("unit", word, units)))
    }

    /// A reference `document: section`, whose document is one of the pack's or of those it extends.
    fn reference(&self, value: &Spanned<Value<'_>>) -> Result<Source, ProfileError> {
        let reference = self.string(value, "a source such as \"guide: Advanced\"")?;
        let (key, section) = reference.split_once(": ").unwrap_or((reference, ""));
        if let Some((_, document)) = self.documents.iter().find(|(known, _)| known == key) {
            return Ok(Source::new(document, section));
        }
        let known: Vec<&str> = self.documents.iter().map(|(known, _)| known.as_str()).collect();
        Err(self.error(value.span(), not_one_of("document", key, &known)))
    }
}
