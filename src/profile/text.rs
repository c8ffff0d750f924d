//! The text of a pack or a configuration, for typed reading.

use std::ops::Range;

use super::error::{ProfileError, not_one_of};
use super::limit::Source;
use super::load::Documents;
use super::tree::{Spanned, Table, Value};
use crate::units::Ratio;

/// The text of a pack or a configuration, for typed reading with errors that name the place.
pub(crate) struct Text<'a> {
    pub(super) origin: &'a str,
    pub(super) source: &'a str,
    pub(super) documents: Documents,
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

    /// One of the units that a limit may be written in.
    pub(super) fn unit(
        &self,
        value: &Spanned<Value<'_>>,
        units: &'static [&'static str],
    ) -> Result<&'static str, ProfileError> {
        let word = self.string(value, "a unit")?;
        units
            .iter()
            .copied()
            .find(|unit| *unit == word)
            .ok_or_else(|| self.error(value.span(), not_one_of("unit", word, units)))
    }

    /// A reference `document: section`, whose document is one of the pack's or of those it extends.
    pub(super) fn reference(&self, value: &Spanned<Value<'_>>) -> Result<Source, ProfileError> {
        let reference = self.string(value, "a source such as \"guide: Advanced\"")?;
        let (key, section) = reference.split_once(": ").unwrap_or((reference, ""));
        if let Some((_, document)) = self.documents.iter().find(|(known, _)| known == key) {
            return Ok(Source::new(document, section));
        }
        let known: Vec<&str> = self.documents.iter().map(|(known, _)| known.as_str()).collect();
        Err(self.error(value.span(), not_one_of("document", key, &known)))
    }
}
