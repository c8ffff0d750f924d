//! Values of arguments: rules, categories and sizes, with the nearest valid one where they are misspelt.

use std::ffi::OsStr;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use media_preflight::{Category, rules};

/// Reads the identifier of a rule.
#[derive(Clone, Debug)]
pub(crate) struct RuleParser;

impl TypedValueParser for RuleParser {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        let id = StringValueParser::new().parse_ref(command, argument, value)?;
        if rules::find(&id).is_some() {
            return Ok(id);
        }
        Err(usage(
            command,
            match rules::nearest(&id) {
                Some(nearest) => format!("there is no rule {id}; the nearest is {nearest} (preflight rules lists all)"),
                None => format!("there is no rule {id} (preflight rules lists all)"),
            },
        ))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rules::all().iter().map(|rule| PossibleValue::new(rule.id).help(rule.summary))))
    }
}

/// Reads a media category in any spelling that clients use.
#[derive(Clone, Debug)]
pub(crate) struct CategoryParser;

impl TypedValueParser for CategoryParser {
    type Value = Category;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<Category, Error> {
        let text = StringValueParser::new().parse_ref(command, argument, value)?;
        text.parse().map_err(|error: <Category as FromStr>::Err| usage(command, error))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Category::ALL.into_iter().map(|category| PossibleValue::new(category.as_str()))))
    }
}

fn usage(command: &Command, message: impl std::fmt::Display) -> Error {
    Error::raw(ErrorKind::ValueValidation, format!("{message}\n")).with_cmd(command)
}

/// The ways to part an argument at an equals sign, the first sign first.
pub(crate) fn partings(argument: &OsStr) -> impl Iterator<Item = (&OsStr, &OsStr)> {
    let signs = argument.as_encoded_bytes().iter().enumerate().filter(|(_, byte)| **byte == b'=');
    signs.filter_map(move |(at, _)| parted(argument, at))
}

#[cfg(unix)]
fn parted(argument: &OsStr, at: usize) -> Option<(&OsStr, &OsStr)> {
    use std::os::unix::ffi::OsStrExt;

    let bytes = argument.as_bytes();
    Some((OsStr::from_bytes(bytes.get(..at)?), OsStr::from_bytes(bytes.get(at + 1..)?)))
}

/// Elsewhere there is no safe way to part an argument that is not Unicode.
#[cfg(not(unix))]
fn parted(argument: &OsStr, at: usize) -> Option<(&OsStr, &OsStr)> {
    let text = argument.to_str()?;
    Some((text.get(..at)?.as_ref(), text.get(at + 1..)?.as_ref()))
}

/// A number of bytes as typed: `5242880`, `5MiB`, `17 GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByteCount(pub(crate) u64);

/// A text that is no number of bytes.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of bytes such as 5242880, 5MiB or 17GiB")]
pub(crate) struct NoByteCount;

impl FromStr for ByteCount {
    type Err = NoByteCount;

    fn from_str(text: &str) -> Result<Self, NoByteCount> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let number: u64 = number.parse().map_err(|_| NoByteCount)?;
        let unit: u64 = match unit.trim() {
            "" | "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return Err(NoByteCount),
        };
        number.checked_mul(unit).map(Self).ok_or(NoByteCount)
    }
}

/// A number of seconds, such as 0.5.
pub(crate) fn seconds(text: &str) -> Result<Duration, SecondsError> {
    let seconds = text.parse().map_err(|_| SecondsError)?;
    Duration::try_from_secs_f64(seconds).ok().filter(|duration| *duration <= LONGEST).ok_or(SecondsError)
}

/// The seconds between two looks, such as 2. Without any between them, looking would never rest.
pub(crate) fn interval(text: &str) -> Result<Duration, IntervalError> {
    seconds(text).ok().filter(|interval| *interval >= SHORTEST).ok_or(IntervalError)
}

/// What was given is no time that can be between two looks.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected seconds, at least 0.01 and at most a day")]
pub(crate) struct IntervalError;

/// The shortest time between two looks.
const SHORTEST: Duration = Duration::from_millis(10);

/// What was given is no number of seconds that can be waited for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected seconds, such as 0.5, and at most a day")]
pub(crate) struct SecondsError;

/// The longest time that can be waited for.
const LONGEST: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_may_have_a_fraction() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!(seconds("0"), Ok(Duration::ZERO));
        for text in ["", "-1", "1s", "nan", "inf", "86401"] {
            assert_eq!(seconds(text), Err(SecondsError), "{text}");
        }
    }

    #[test]
    fn looks_are_some_time_apart() {
        assert_eq!(interval("0.01"), Ok(Duration::from_millis(10)));
        assert_eq!(interval("86400"), Ok(LONGEST));
        for text in ["0", "0.009", "1e-300", "-1", "86401", "often"] {
            assert_eq!(interval(text), Err(IntervalError), "{text}");
        }
    }

    #[test]
    fn sizes_are_read_with_their_unit() {
        assert_eq!("5242880".parse(), Ok(ByteCount(5_242_880)));
        assert_eq!("17 GiB".parse(), Ok(ByteCount(17 << 30)));
        for text in ["", "GiB", "5 MB", "-1", "99999999999GiB", "1.5GiB"] {
            assert_eq!(text.parse::<ByteCount>(), Err(NoByteCount), "{text:?}");
        }
    }
}
