//! How a pack changes the limits of the pack that it extends.

use std::ops::Range;
use std::sync::Arc;

use super::error::{ProfileError, not_one_of};
use super::limit::{Limit, Setting};
use super::quantity::Quantity;
use super::text::Text;
use super::tree::{Spanned, Table, Value};
use super::{Basis, Category, Level};

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
