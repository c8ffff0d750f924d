//! The text of a pack or a configuration as a tree of keys and values, each with its place.
//!
//! A pack of the user's is read from TOML when it is asked for. The built-in ones were read when the program was built,
//! and stand in it as constants: reading TOML took over half of the time from start to exit on a small file.

use std::borrow::Cow;
use std::ops::Range;

use toml::de::DeValue;

/// A key or a value with the range of bytes it takes in the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spanned<T> {
    span: Range<usize>,
    value: T,
}

impl<T> Spanned<T> {
    /// `value`, which takes `span` in the text.
    pub(crate) const fn new(span: Range<usize>, value: T) -> Self {
        Self { span, value }
    }

    /// The range of bytes in the text.
    pub(crate) const fn span(&self) -> Range<usize> {
        Range { start: self.span.start, end: self.span.end }
    }

    /// What stands there.
    pub(crate) const fn get_ref(&self) -> &T {
        &self.value
    }
}

/// The entries of a table, sorted by key.
pub(crate) type Table<'a> = [(Spanned<Cow<'a, str>>, Spanned<Value<'a>>)];

/// A value of TOML. Numbers stay as they are written, for exact reading.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// A whole number that is not negative and has at most 64 bits.
    Whole(u64),
    /// A number with a decimal point.
    Decimal(Cow<'a, str>),
    /// A date without a time.
    Date(Cow<'a, str>),
    /// An array.
    Array(Cow<'a, [Spanned<Value<'a>>]>),
    /// A table.
    Table(Cow<'a, Table<'a>>),
    /// A truth value.
    Truth(bool),
    /// What neither may hold: a negative or larger number, a time.
    Other,
}

impl<'a> Value<'a> {
    /// The string, where it is one.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, where it is an array.
    pub(crate) fn as_array(&self) -> Option<&[Spanned<Value<'a>>]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, where it is a table.
    pub(crate) fn as_table(&self) -> Option<&Table<'a>> {
        match self {
            Self::Table(entries) => Some(entries),
            _ => None,
        }
    }
}

/// The table at the top of a text. Errors: the text is not TOML; with the place and the reason.
pub(crate) fn parse(source: &str) -> Result<Cow<'_, Table<'_>>, (usize, String)> {
    let root = toml::de::DeTable::parse(source)
        .map_err(|error| (error.span().map_or(0, |span| span.start), error.message().trim().to_owned()))?;
    Ok(Cow::Owned(entries(root.get_ref())))
}

fn entries<'a>(table: &toml::de::DeTable<'a>) -> Vec<(Spanned<Cow<'a, str>>, Spanned<Value<'a>>)> {
    let entry = |(key, value): (&toml::Spanned<Cow<'a, str>>, _)| {
        (Spanned::new(key.span(), key.get_ref().clone()), spanned(value))
    };
    table.iter().map(entry).collect()
}

fn spanned<'a>(value: &toml::Spanned<DeValue<'a>>) -> Spanned<Value<'a>> {
    let read = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.clone()),
        DeValue::Integer(number) => {
            u64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Other, Value::Whole)
        }
        DeValue::Float(number) => Value::Decimal(number.as_str().to_owned().into()),
        DeValue::Datetime(when) if when.time.is_none() && when.offset.is_none() => Value::Date(when.to_string().into()),
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(_) => Value::Other,
        DeValue::Array(items) => Value::Array(items.iter().map(spanned).collect()),
        DeValue::Table(table) => Value::Table(entries(table).into()),
    };
    Spanned::new(value.span(), read)
}

/// The built-in packs, written by build.rs from profiles/ with the functions below.
#[allow(clippy::unreadable_literal, reason = "the constants are generated")]
pub(super) mod built_in {
    use super::{Cow, Spanned, Table, Value};

    include!(concat!(env!("OUT_DIR"), "/packs.rs"));

    const fn key(name: &'static str) -> Spanned<Cow<'static, str>> {
        Spanned::new(0..0, Cow::Borrowed(name))
    }

    const fn text(text: &'static str) -> Spanned<Value<'static>> {
        Spanned::new(0..0, Value::Text(Cow::Borrowed(text)))
    }

    const fn whole(number: u64) -> Spanned<Value<'static>> {
        Spanned::new(0..0, Value::Whole(number))
    }

    #[allow(dead_code, reason = "no built-in pack may happen to hold a decimal")]
    const fn decimal(number: &'static str) -> Spanned<Value<'static>> {
        Spanned::new(0..0, Value::Decimal(Cow::Borrowed(number)))
    }

    const fn date(date: &'static str) -> Spanned<Value<'static>> {
        Spanned::new(0..0, Value::Date(Cow::Borrowed(date)))
    }

    const fn truth(truth: bool) -> Spanned<Value<'static>> {
        Spanned::new(0..0, Value::Truth(truth))
    }

    const fn array(items: &'static [Spanned<Value<'static>>]) -> Spanned<Value<'static>> {
        Spanned::new(0..0, Value::Array(Cow::Borrowed(items)))
    }

    const fn table(entries: &'static Table<'static>) -> Spanned<Value<'static>> {
        Spanned::new(0..0, Value::Table(Cow::Borrowed(entries)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree without its places, which a built-in pack does not keep.
    fn without_places(value: &Value<'_>) -> String {
        match value {
            Value::Array(items) => items.iter().map(|item| without_places(item.get_ref()) + ",").collect(),
            Value::Table(entries) => entries_without_places(entries),
            other => format!("{other:?}"),
        }
    }

    fn entries_without_places(entries: &Table<'_>) -> String {
        let entry = |(key, value): &(Spanned<Cow<'_, str>>, Spanned<Value<'_>>)| {
            format!("{}={};", key.get_ref(), without_places(value.get_ref()))
        };
        format!("{{{}}}", entries.iter().map(entry).collect::<String>())
    }

    #[test]
    fn the_built_in_packs_are_the_files() {
        for (name, pack) in built_in::PACKS {
            let path = format!("{}/profiles/{name}.toml", env!("CARGO_MANIFEST_DIR"));
            #[expect(clippy::disallowed_methods, reason = "a test holds constants to their files")]
            let source = std::fs::read_to_string(path).unwrap();
            assert_eq!(entries_without_places(pack), entries_without_places(&parse(&source).unwrap()), "{name}");
        }
    }

    #[test]
    fn numbers_stay_exact_and_what_nothing_may_hold_is_set_apart() {
        let parsed = parse("a = 0x10\nb = 0.1\nc = -1\nd = true\ne = 2026-11-20\nf = 2026-11-20T10:00:00\n").unwrap();
        let values: Vec<_> = parsed.iter().map(|(_, value)| value.get_ref().clone()).collect();
        let (decimal, date) = (Value::Decimal("0.1".into()), Value::Date("2026-11-20".into()));
        assert_eq!(values, [Value::Whole(16), decimal, Value::Other, Value::Truth(true), date, Value::Other]);
        assert_eq!(parse("a = ").unwrap_err().0, 4);
    }
}
