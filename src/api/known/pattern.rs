//! Finds a message with placeholders in a text.

use crate::units::Bytes;

/// A message that was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Matched {
    /// How many bytes of it agree to the letter.
    pub(super) literal: usize,
    /// What stands in the place of each placeholder, in words.
    pub(super) values: Vec<String>,
}

/// All placeholders.
pub(super) const PLACEHOLDERS: [&str; 5] = ["{n}", "{bytes}", "{ms}", "{duration}", "{id}"];

/// Finds the pattern in the text, as a whole word. Both are normalised.
pub(super) fn matched(pattern: &str, text: &str) -> Option<Matched> {
    let pattern = pattern.trim_end_matches('.');
    let first = pattern.find('{').and_then(|at| pattern.get(..at)).unwrap_or(pattern);
    text.match_indices(first).find_map(|(start, _)| {
        let before = text.get(..start)?;
        if before.ends_with(char::is_alphanumeric) && first.starts_with(char::is_alphanumeric) {
            return None;
        }
        matched_at(pattern, text.get(start..)?)
    })
}

/// Matches the pattern at the beginning of the text.
fn matched_at(mut pattern: &str, mut text: &str) -> Option<Matched> {
    let mut found = Matched { literal: 0, values: Vec::new() };
    while !pattern.is_empty() {
        if let Some((placeholder, rest)) = placeholder(pattern) {
            let (value, behind) = taken(placeholder, text)?;
            found.values.push(value);
            (pattern, text) = (rest, behind);
            continue;
        }
        let end = pattern.find('{').filter(|&at| at > 0).unwrap_or(pattern.len());
        let (literal, rest) = pattern.split_at_checked(end)?;
        text = text.strip_prefix(literal)?;
        found.literal = found.literal.saturating_add(literal.len());
        pattern = rest;
    }
    (!text.starts_with(char::is_alphanumeric)).then_some(found)
}

/// The placeholder that the pattern begins with, and what follows it.
fn placeholder(pattern: &str) -> Option<(&'static str, &str)> {
    PLACEHOLDERS.into_iter().find_map(|name| Some((name, pattern.strip_prefix(name)?)))
}

/// What stands in the place of the placeholder, in words, and what follows it.
fn taken<'a>(placeholder: &str, text: &'a str) -> Option<(String, &'a str)> {
    let belongs = |character: char| match placeholder {
        "{duration}" => character.is_ascii_alphanumeric() || character == '.' || character == '+',
        "{id}" => character.is_alphanumeric() || "_-:".contains(character),
        _ => character.is_ascii_digit(),
    };
    let end = text.find(|character| !belongs(character)).unwrap_or(text.len());
    let end = text.get(..end)?.trim_end_matches('.').len();
    let (value, rest) = text.split_at_checked(end)?;
    let words = match placeholder {
        _ if value.is_empty() => return None,
        "{bytes}" => value.parse().map(|bytes| Bytes(bytes).to_string()).ok(),
        "{ms}" => value.parse().map(seconds).ok(),
        "{duration}" => milliseconds(value).map(seconds),
        _ => None,
    };
    Some((words.unwrap_or_else(|| value.to_owned()), rest))
}

/// Milliseconds as exact seconds: `149.35 s`.
fn seconds(milliseconds: u64) -> String {
    let (whole, part) = (milliseconds / 1000, milliseconds % 1000);
    let fraction = format!("{part:03}");
    match fraction.trim_end_matches('0') {
        "" => format!("{whole} s"),
        fraction => format!("{whole}.{fraction} s"),
    }
}

/// The sum of a duration such as `2.minutes+29.seconds+350.milliseconds`.
fn milliseconds(text: &str) -> Option<u64> {
    text.split('+').try_fold(0_u64, |sum, part| {
        let (number, unit) = part.split_once('.')?;
        let factor: u64 = match unit.trim_end_matches('s') {
            "millisecond" => 1,
            "second" => 1000,
            "minute" => 60_000,
            "hour" => 3_600_000,
            _ => return None,
        };
        sum.checked_add(number.parse::<u64>().ok()?.checked_mul(factor)?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pattern: &str, text: &str) -> Option<Vec<String>> {
        matched(pattern, text).map(|matched| matched.values)
    }

    #[test]
    fn values_are_put_into_words() {
        let durations = "duration {duration} exceeds max duration of {duration}";
        let text =
            "duration 2.minutes+29.seconds+350.milliseconds exceeds max duration of 1.hour+2.minutes+20.seconds.";
        assert_eq!(values(durations, text).unwrap(), ["149.35 s", "3740 s"]);
        assert_eq!(values("x {bytes} y", "x 15728640 y").unwrap(), ["15 MiB (15728640 bytes)"]);
        assert_eq!(values("{ms}, {ms}", "77001, 30000").unwrap(), ["77.001 s", "30 s"]);
        // What cannot be understood stays as it is.
        assert_eq!(values("of {duration}", "of 2.fortnights").unwrap(), ["2.fortnights"]);
        assert_eq!(values("x {ms}", "x 99999999999999999999999").unwrap(), ["99999999999999999999999"]);
    }

    #[test]
    fn a_message_is_found_as_whole_words_anywhere() {
        assert!(matched("file is invalid", "error: file is invalid.").is_some());
        assert!(matched("file is invalid", "profile is invalid").is_none());
        assert!(matched("file is invalid", "file is invalidated").is_none());
        assert!(matched("is {n}", "this is is 5").is_some());
        assert!(matched("is {n}", "is five").is_none());
        assert!(matched("is {n}", "is 5é").is_none());
    }
}
