//! The time line of a cue.

/// Start and end of a cue, and where they stand in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    /// In milliseconds.
    pub(super) start: u64,
    /// In milliseconds.
    pub(super) end: u64,
    /// Column of the start, counted from 1.
    pub(super) start_column: u64,
    /// Column of the end.
    pub(super) end_column: u64,
}

/// The first thing in a time line that is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeFault {
    /// Column, counted from 1.
    pub(super) column: u64,
    pub(super) expected: &'static str,
}

/// Whether a line is meant to be a time line, sound or not.
pub(super) fn resembles_times(line: &str) -> bool {
    let line = line.trim_matches([' ', '\t']);
    if !line.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return false;
    }
    let colons = line.matches(':').count();
    match line.split_once("-->") {
        Some((start, end)) => colons >= 1 && start.contains(is_digit) && (end.contains(is_digit) || end.is_empty()),
        None => {
            colons >= 2 && line.contains(is_digit) && line.chars().all(|c| is_digit(c) || " \t:,.;-=><–—→".contains(c))
        }
    }
}

/// Reads a time line. What can still be understood is given along with the first fault.
pub(super) fn parse(line: &str) -> (Option<Times>, Option<TimeFault>) {
    let mut scanner = Scanner { rest: line, column: 1, fault: None, webvtt: false, wild: false };
    let times = scanner.times();
    (times, scanner.fault)
}

/// Reads a time line of WebVTT (W3C WebVTT 1 4.3), whose hours may be missing and whose settings are passed over.
pub(super) fn parse_webvtt(line: &str) -> Option<Times> {
    Scanner { rest: line, column: 1, fault: None, webvtt: true, wild: false }.times()
}

struct Scanner<'l> {
    rest: &'l str,
    column: u64,
    fault: Option<TimeFault>,
    webvtt: bool,
    /// Whether a number is out of its range, so that nothing is to be compared with it.
    wild: bool,
}

impl<'l> Scanner<'l> {
    fn times(&mut self) -> Option<Times> {
        self.spaces();
        let start_column = self.column;
        let start = self.time()?;
        self.spaces();
        self.arrow()?;
        self.spaces();
        let end_column = self.column;
        let end = self.time()?;
        self.spaces();
        if !self.webvtt && !self.rest.is_empty() && !are_coordinates(self.rest) {
            self.fault(self.column, "the end of the line");
        }
        (!self.wild).then_some(Times { start, end, start_column, end_column })
    }

    fn arrow(&mut self) -> Option<()> {
        let column = self.column;
        let arrow = self.take_while(|c| "-=><–—→".contains(c));
        if arrow != "-->" {
            self.fault(column, "-->");
        }
        (!arrow.is_empty()).then_some(())
    }

    /// Hours, minutes, seconds and milliseconds, in milliseconds.
    fn time(&mut self) -> Option<u64> {
        let column = self.column;
        let first = self.take_while(is_digit);
        if first.is_empty() {
            self.fault(column, "hours, as in 00:00:01,000");
            return None;
        }
        let (second, second_column) = self.after_colon("minutes")?;
        let (hours, minutes, seconds) = if self.rest.starts_with(':') {
            let (third, third_column) = self.after_colon("seconds")?;
            self.sixtieths(second, second_column, "two digits of minutes, 00 to 59");
            self.sixtieths(third, third_column, "two digits of seconds, 00 to 59");
            (first, second, third)
        } else {
            if !self.webvtt {
                // What is there may be hours and minutes, or minutes and seconds.
                self.wild = true;
                self.fault(self.column, "a colon and seconds, as in 00:00:01,000");
            }
            ("0", first, second)
        };
        let milliseconds = self.milliseconds();
        let total = number(hours).saturating_mul(3600);
        let total = total.saturating_add(number(minutes).saturating_mul(60)).saturating_add(number(seconds));
        Some(total.saturating_mul(1000).saturating_add(milliseconds))
    }

    fn after_colon(&mut self, what: &'static str) -> Option<(&'l str, u64)> {
        let Some(rest) = self.rest.strip_prefix(':') else {
            self.fault(self.column, if what == "minutes" { "a colon and minutes" } else { "a colon and seconds" });
            return None;
        };
        self.rest = rest;
        self.column += 1;
        let column = self.column;
        let digits = self.take_while(is_digit);
        if digits.is_empty() {
            self.fault(column, "two digits");
            return None;
        }
        Some((digits, column))
    }

    fn sixtieths(&mut self, digits: &str, column: u64, expected: &'static str) {
        if digits.len() != 2 || number(digits) > 59 {
            self.wild = true;
            self.fault(column, expected);
        }
    }

    fn milliseconds(&mut self) -> u64 {
        let column = self.column;
        let mut rest = self.rest.chars();
        match rest.next() {
            Some(',') => {}
            Some('.') if self.webvtt => {}
            // Taken for the comma, so that the times can still be compared.
            Some('.' | ':' | ';' | '،') => self.fault(column, "a comma and milliseconds"),
            _ => {
                self.fault(column, "a comma and milliseconds");
                return 0;
            }
        }
        self.rest = rest.as_str();
        self.column += 1;
        let column = self.column;
        let digits = self.take_while(is_digit);
        if digits.len() != 3 {
            self.wild = true;
            self.fault(column, "three digits of milliseconds");
        }
        number(digits)
    }

    fn spaces(&mut self) {
        self.take_while(|c| matches!(c, ' ' | '\t'));
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'l str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.column += taken.chars().count() as u64;
        taken
    }

    /// Notes a fault; the first one counts.
    fn fault(&mut self, column: u64, expected: &'static str) {
        self.fault.get_or_insert(TimeFault { column, expected });
    }
}

/// `X1:0 X2:320 Y1:0 Y2:40`, in which some writers place the text.
fn are_coordinates(text: &str) -> bool {
    text.split_ascii_whitespace().all(|part| {
        let axis =
            part.get(..2).is_some_and(|axis| matches!(axis, "X1" | "X2" | "Y1" | "Y2" | "x1" | "x2" | "y1" | "y2"));
        let value = part.get(2..).and_then(|rest| rest.strip_prefix(':'));
        axis && value.is_some_and(|value| !value.is_empty() && value.chars().all(is_digit))
    })
}

const fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// The value of ASCII digits, or the largest number there is.
fn number(digits: &str) -> u64 {
    digits.bytes().fold(0_u64, |value, byte| value.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_seconds_are_a_fault_and_compared_with_nothing() {
        for line in ["00:00:01,000 --> 00:0", "00:01 --> 00:00:02,000"] {
            let (times, fault) = parse(line);
            assert_eq!(times, None, "{line}");
            assert_eq!(fault.map(|fault| fault.expected), Some("a colon and seconds, as in 00:00:01,000"), "{line}");
        }
        assert_eq!(parse_webvtt("00:01.000 --> 00:02.000").map(|times| (times.start, times.end)), Some((1000, 2000)));
    }
}
