//! Times and messages as people read them.

use media_preflight::api::known::{self, Found};
use media_preflight::api::{ApiError, ProcessingError};

/// A number of seconds in the two units that matter, such as `23 h 59 min`.
pub(crate) fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, _, _) => format!("{days} d {hours} h"),
    }
}

/// A moment in seconds since 1970, such as `2026-11-20 08:15 UTC`.
pub(crate) fn clock(seconds: u64) -> String {
    let (year, month, day) = date(seconds / 86_400);
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!("{year:04}-{month:02}-{day:02} {hours:02}:{minutes:02} UTC")
}

/// The date of a number of days after 1970-01-01, in the Gregorian calendar. March is the first month of its year here, so
/// that the day that some years have more is the last.
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, later) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (year_of_era + era * 400 + later, month, day)
}

/// What is known of a refusal: by its message, its number or its status.
pub(crate) fn known(error: &ApiError) -> Option<Found> {
    let by_message = error.words_of_server().iter().find_map(|words| known::find(words));
    let code = error.errors.iter().find_map(|item| item.code);
    by_message.or_else(|| known::find_silent(code, None, Some(error.status)))
}

/// What is known of an error of the processing.
pub(crate) fn known_processing(error: &ProcessingError) -> Option<Found> {
    let by_message = error.message.as_deref().and_then(known::find);
    by_message.or_else(|| known::find_silent(error.code, error.name.as_deref(), None))
}

/// The command as it was given, fit to be given again to a shell.
pub(crate) fn command_line() -> String {
    let arguments = std::env::args_os().skip(1).map(|argument| quoted(&argument.to_string_lossy()));
    let name = std::iter::once("preflight".to_owned());
    name.chain(arguments).collect::<Vec<_>>().join(" ")
}

/// An argument in single quotes, where a shell would read it otherwise.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_two_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (61, "1 min 1 s"),
            (3600, "1 h 0 min"),
            (86_399, "23 h 59 min"),
            (1_295_999, "14 d 23 h"),
        ] {
            assert_eq!(span(seconds), words);
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, words) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_795_161_600, "2026-11-20 08:00 UTC"),
            (4_107_542_399, "2100-02-28 23:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(clock(seconds), words);
        }
        // Far beyond any calendar it still ends.
        clock(u64::MAX);
    }

    #[test]
    fn a_command_can_be_given_again() {
        assert_eq!(quoted("a-b/c.mp4"), "a-b/c.mp4");
        assert_eq!(quoted("It's a cat"), "'It'\\''s a cat'");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a;b"), "'a;b'");
    }
}
