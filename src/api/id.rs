//! Identifiers: of media, of their keys, of users.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// The identifier of an upload, a decimal number from 1 up to 2^64 - 1.
///
/// In JSON it is read from a number or a string, and written as a string: languages whose numbers are floats round it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaId(NonZeroU64);

/// The identifier of a user, a decimal number from 1 up to 2^64 - 1. JSON as for [`MediaId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(NonZeroU64);

/// What other calls name a medium by: its kind and its identifier, such as `3_710511363345354753` (3 is an image, 7 and 13
/// are videos, 16 a GIF).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MediaKey(String);

/// A text that is no identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a decimal number from 1 up to 2^64 - 1.
    #[error("{0:?} is no identifier: expected a decimal number from 1 to 18446744073709551615")]
    Number(String),
    /// Empty, too long, or with characters that are no part of keys.
    #[error("{0:?} is no media key: expected letters, digits, - and _, at most {MAX_KEY} of them")]
    Key(String),
}

/// Longest media key that is taken.
const MAX_KEY: usize = 64;

/// Longest text that an error repeats.
const MAX_SHOWN: usize = 40;

macro_rules! number_id {
    ($name:ident) => {
        impl $name {
            /// The identifier of that number; `None` for 0, which none has.
            pub const fn new(number: u64) -> Option<Self> {
                match NonZeroU64::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The number.
            pub const fn number(self) -> u64 {
                self.0.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                decimal(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(NumberOrText).map(Self)
            }
        }
    };
}

number_id!(MediaId);
number_id!(UserId);

impl MediaKey {
    /// The key as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for MediaKey {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_key = (1..=MAX_KEY).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if is_key { Ok(Self(text)) } else { Err(IdError::Key(shown(&text))) }
    }
}

impl FromStr for MediaKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::try_from(text.to_owned())
    }
}

impl From<MediaKey> for String {
    fn from(key: MediaKey) -> Self {
        key.0
    }
}

/// The number that a text of nothing but digits writes.
fn decimal(text: &str) -> Result<NonZeroU64, IdError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().ok_or_else(|| IdError::Number(shown(text)))
}

/// The beginning of a text, for a message.
fn shown(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}

/// Reads an identifier from a number or a text. A float is refused: it has been rounded already.
struct NumberOrText;

impl Visitor<'_> for NumberOrText {
    type Value = NonZeroU64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an identifier: a decimal number from 1 to 18446744073709551615, or the same as a string")
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<NonZeroU64, E> {
        NonZeroU64::new(number).ok_or_else(|| E::custom(IdError::Number(number.to_string())))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<NonZeroU64, E> {
        decimal(text).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_keep_all_64_bits() {
        for number in [1, 710_511_363_345_354_753, u64::MAX] {
            let id = MediaId::new(number).unwrap();
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{number}\""));
            assert_eq!(serde_json::from_str::<MediaId>(&format!("{number}")).unwrap(), id);
            assert_eq!(serde_json::from_str::<MediaId>(&format!("\"{number}\"")).unwrap(), id);
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for text in ["", "0", "-1", "+1", " 1", "1.0", "18446744073709551616", "1e5", "١"] {
            assert!(text.parse::<MediaId>().is_err(), "{text}");
        }
        for json in ["0", "-1", "1.5", "7.1e17", "\"\"", "null", "[]", "18446744073709551616"] {
            assert!(serde_json::from_str::<MediaId>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn keys_are_words() {
        assert_eq!("3_710511363345354753".parse::<MediaKey>().unwrap().as_str(), "3_710511363345354753");
        for text in ["", "a b", "3_\u{1b}[2J", &"1".repeat(65)] {
            assert!(text.parse::<MediaKey>().is_err(), "{text:?}");
        }
    }
}
