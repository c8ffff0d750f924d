//! The kinds of values that limits have: how each is written in a pack, and how it reads in words.

mod group;
mod name;
mod number;
mod shape;

use std::fmt::Debug;

use super::error::ProfileError;
use super::text::Text;
use super::tree::{Spanned, Value};

pub(crate) use group::{AltText, Between, Mix, PictureBudget, Segments};
pub(crate) use name::{Accepted, CaptionKind, Name};
pub(crate) use number::{Bits, Channels, Fps, Frames, ObjectType, Pixels, SizeLimit, Users};
pub(crate) use shape::{Aspect, Size, TurningBox};

/// A kind of value.
pub(crate) trait Quantity: Clone + PartialEq + Debug {
    /// The units in which it may be written; empty for values without a unit.
    const UNITS: &'static [&'static str];
    /// What is written for it, for messages.
    const EXPECTED: &'static str;
    /// Whether a pack gives a value at all.
    const HAS_VALUE: bool = true;
    /// Whether a pack may give a second, lower limit under `should`.
    const TIERED: bool = false;
    /// The value of a limit that no pack has set.
    const NONE: Self;

    /// Reads it from a pack; `unit` is one of [`Quantity::UNITS`], or empty where there are none.
    fn read(value: &Spanned<Value<'_>>, unit: &'static str, text: &Text<'_>) -> Result<Self, ProfileError>;

    /// The value with its unit, in words.
    fn words(&self) -> String;
}

/// No value: the rule says it all.
impl Quantity for () {
    const UNITS: &'static [&'static str] = &[];
    const EXPECTED: &'static str = "no value";
    const HAS_VALUE: bool = false;
    const NONE: Self = ();

    fn read(value: &Spanned<Value<'_>>, _: &'static str, text: &Text<'_>) -> Result<Self, ProfileError> {
        Err(text.error(value.span(), "this rule takes no value"))
    }

    fn words(&self) -> String {
        String::new()
    }
}
