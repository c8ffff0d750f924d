//! Lists of nearly always one entry, which costs no memory of its own.

use std::ops::{Deref, DerefMut};

/// A list that holds one entry where it stands, and more of them as a vector does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Few<T> {
    /// One entry.
    One(T),
    /// No entry, or several.
    Any(Vec<T>),
}

impl<T> Few<T> {
    /// Adds an entry at the end.
    pub(crate) fn push(&mut self, entry: T) {
        match self {
            Self::Any(entries) if entries.is_empty() => *self = Self::One(entry),
            Self::Any(entries) => entries.push(entry),
            Self::One(_) => self.push_second(entry),
        }
    }

    #[cold]
    fn push_second(&mut self, entry: T) {
        if let Self::One(first) = std::mem::take(self) {
            *self = Self::Any(vec![first, entry]);
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::Any(Vec::new())
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::One(entry) => std::slice::from_ref(entry),
            Self::Any(entries) => entries,
        }
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::One(entry) => std::slice::from_mut(entry),
            Self::Any(entries) => entries,
        }
    }
}

impl<'f, T> IntoIterator for &'f Few<T> {
    type Item = &'f T;
    type IntoIter = std::slice::Iter<'f, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_the_order_in_which_they_were_added() {
        let (mut few, mut all) = (Few::default(), Vec::new());
        for entry in 0..4 {
            assert_eq!(*few, *all);
            few.push(entry);
            all.push(entry);
            assert_eq!(matches!(few, Few::One(_)), all.len() == 1);
        }
        few[2] = 9;
        assert_eq!(*few, [0, 1, 9, 3]);
    }
}
