//! Why a syntax structure of H.264 cannot be read.

use std::borrow::Cow;

use super::elements::Elements;
use crate::input::{BitReader, BitsEnded};

/// A syntax element that is missing or holds what it cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The structure ends before the element.
    #[error(transparent)]
    Ended(#[from] BitsEnded),
    /// The element is out of the range that its semantics allow.
    #[error("{element} is {actual}, expected {expected} (bit {position})")]
    Range {
        /// The syntax element.
        element: &'static str,
        /// Bit of the RBSP at which the element begins.
        position: u64,
        /// What it may hold.
        expected: &'static str,
        /// What it holds.
        actual: u64,
    },
}

impl Fault {
    /// The syntax element that is wrong.
    pub(crate) const fn element(&self) -> &'static str {
        match self {
            Self::Ended(ended) => ended.element,
            Self::Range { element, .. } => element,
        }
    }

    /// Bit of the RBSP, counted from its first, at which the element begins.
    pub(crate) const fn position(&self) -> u64 {
        match self {
            Self::Ended(ended) => ended.position,
            Self::Range { position, .. } => *position,
        }
    }

    /// What was expected of the element.
    pub(crate) const fn expected(&self) -> &'static str {
        match self {
            Self::Ended(_) => "the whole element",
            Self::Range { expected, .. } => expected,
        }
    }

    /// What was found.
    pub(crate) fn actual(&self) -> Cow<'static, str> {
        match self {
            Self::Ended(_) => Cow::Borrowed("the end of the structure, or a code longer than 32 bits"),
            Self::Range { actual, .. } => Cow::Owned(actual.to_string()),
        }
    }
}

/// Reads `ue(v)` that may be at most `most`; otherwise the fault says that `expected` was.
#[inline]
pub(crate) fn ue_at_most(
    bits: &mut BitReader<'_>,
    most: u8,
    element: &'static str,
    expected: &'static str,
) -> Result<u8, Fault> {
    let position = bits.position();
    let value = bits.ue(element)?;
    match u8::try_from(value) {
        Ok(value) if value <= most => Ok(value),
        _ => Err(Fault::Range { element, position, expected, actual: u64::from(value) }),
    }
}

/// Reads `u(8)`.
#[inline]
pub(crate) fn byte<E: Elements>(bits: &mut E, element: &'static str) -> Result<u8, E::Fault> {
    let [.., low] = bits.bits(8, element)?.to_be_bytes();
    Ok(low)
}
