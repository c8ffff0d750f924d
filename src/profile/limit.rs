//! One limit: its value, how much it binds, how it is known, and where it stands.

use std::fmt;
use std::sync::Arc;

use super::{Basis, Category, Level};

/// A limit of a pack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Limit<T> {
    /// What is allowed.
    pub(crate) value: T,
    /// How much it binds.
    pub(crate) level: Level,
    /// How it is known.
    pub(crate) basis: Basis,
    /// The document and section.
    pub(crate) source: Source,
    /// The sentence of the document, word for word. Absent: the pack does not quote one.
    pub(crate) quote: Option<Arc<str>>,
}

/// A limit for all categories, with the categories that have one of their own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting<T> {
    pub(super) all: Limit<T>,
    pub(super) own: Vec<(Category, Limit<T>)>,
    pub(super) should: Option<Box<Limit<T>>>,
}

impl<T> Setting<T> {
    /// A limit that no pack has set yet: it is off.
    pub(super) const fn off(value: T) -> Self {
        let all = Limit { value, level: Level::Off, basis: Basis::Heuristic, source: Source::NONE, quote: None };
        Self { all, own: Vec::new(), should: None }
    }

    /// The limit of a category; of none in particular where it is absent.
    pub(crate) fn of(&self, category: Option<Category>) -> &Limit<T> {
        self.own.iter().find(|(own, _)| Some(*own) == category).map_or(&self.all, |(_, limit)| limit)
    }

    /// Whether another setting allows the same, and binds as much, in a category; where it stands may differ.
    pub(crate) fn allows_as(&self, other: &Self, category: Option<Category>) -> bool
    where
        T: PartialEq,
    {
        let alike = |one: &Limit<T>, other: &Limit<T>| one.value == other.value && one.level == other.level;
        alike(self.of(category), other.of(category))
            && match (&self.should, &other.should) {
                (Some(one), Some(other)) => alike(one, other),
                (None, None) => true,
                _ => false,
            }
    }

    /// A lower limit of the same rule, past which a value is taken and warned of.
    pub(crate) fn should(&self) -> Option<&Limit<T>> {
        self.should.as_deref()
    }
}

/// The place that a limit was read from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    document: Option<Arc<Document>>,
    section: Option<Arc<str>>,
}

impl Source {
    const NONE: Self = Self { document: None, section: None };

    /// A section of a document.
    pub(super) fn new(document: &Arc<Document>, section: &str) -> Self {
        Self { document: Some(Arc::clone(document)), section: Some(Arc::from(section)) }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(document) = &self.document else { return f.write_str("no source") };
        f.write_str(&document.title)?;
        if let Some(section) = self.section.as_deref().filter(|section| !section.is_empty()) {
            write!(f, ", {section}")?;
        }
        write!(f, " (read {})", document.read)
    }
}

/// A document that limits were read from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    /// How the document calls itself.
    pub(super) title: String,
    /// The date on which it was read, as `2026-11-20`.
    pub(super) read: String,
}
