//! The cues of a SubRip text.

use super::faults::note;
use super::text::{Line, Lines, Text};
use super::time::{self, Times};
use crate::facts::CaptionFaultKind::{
    Control, EndBeforeStart, MissingBlankLine, MissingText, Number, NumberSequence, OutOfOrder, Overlap,
    Times as BadTimes,
};
use crate::facts::{Captions, Evidence, Fact};
use crate::input::{Reader, Stop};
use crate::units::Duration;

/// Whether one of the first lines is a time line, or the first two are a number and a damaged time line.
pub(super) fn look_like_cues(text: &Text<'_>) -> bool {
    let mut lines = text.lines().filter(|line| !line.is_blank());
    let numbered = lines.clone().next().is_some_and(|line| number(&line).is_some());
    let damaged = lines.clone().nth(1).is_some_and(|line| time::resembles_times(line.text));
    (numbered && damaged) || lines.by_ref().take(FIRST_LINES).any(|line| is_time_line(&line))
}

/// Reads all cues.
pub(super) fn read(text: &Text<'_>, reader: &mut Reader<'_>, captions: &mut Captions) -> Result<(), Stop> {
    let mut cues =
        Cues { lines: text.lines(), captions, number: None, times: None, last_end: None, count: 0, first: None };
    let outcome = cues.run(reader);
    let Cues { last_end, count, first, .. } = cues;
    if outcome.is_ok() {
        captions.cues = Fact::known(count, Evidence::new(first.unwrap_or(0), "cue[0]"));
        captions.last_end = match last_end {
            Some((end, cue, offset)) => {
                Fact::known(Duration::from_millis(end), Evidence::named(offset, format!("cue[{cue}].end")))
            }
            None => Fact::Absent,
        };
    }
    outcome
}

struct Cues<'t, 'c> {
    lines: Lines<'t>,
    captions: &'c mut Captions,
    /// Number of the cue in front; `None` in front of the first one.
    number: Option<u64>,
    /// Times of the cue in front, where they could be read.
    times: Option<Times>,
    /// The latest end: milliseconds, index of its cue, offset.
    last_end: Option<(u64, u64, u64)>,
    /// Number of cues whose times could be read.
    count: u64,
    /// Offset of the first time line.
    first: Option<u64>,
}

impl Cues<'_, '_> {
    fn run(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        while let Some(line) = self.lines.next() {
            if line.is_blank() {
                continue;
            }
            reader.visit(1, line.offset_of(1), "cue")?;
            self.block(&line);
        }
        Ok(())
    }

    /// A group of lines behind a blank one, of which `line` is the first.
    fn block(&mut self, line: &Line<'_>) {
        if is_time_line(line) {
            note(self.captions, Number, line, 1, "the cue's number on a line of its own in front of the times");
            self.number = Some(self.expected());
            self.cue(line);
            return;
        }
        if let Some(next) = self.lines.peek().filter(|next| time::resembles_times(next.text)) {
            self.check_number(line);
            self.lines.next();
            self.cue(&next);
            return;
        }
        self.control(line);
        match number(line) {
            // The next number in order begins a cue, and any other is text.
            Some(found) if self.number.is_none() || found == self.expected() => {
                self.number = Some(found);
                let next = self.lines.peek().unwrap_or_else(|| self.lines.here());
                note(self.captions, BadTimes, &next, 1, "times, as in 00:00:01,000 --> 00:00:02,000");
                self.text();
            }
            _ if self.number.is_none() => {
                note(self.captions, Number, line, 1, "the number of the first cue");
                self.text();
            }
            // Players show these lines with the cue in front of them.
            _ => {
                self.text();
            }
        }
    }

    fn expected(&self) -> u64 {
        self.number.map_or(1, |number| number.saturating_add(1))
    }

    fn check_number(&mut self, line: &Line<'_>) {
        let expected = self.expected();
        let Some(found) = number(line) else {
            note(self.captions, Number, line, first_column(line), &format!("{expected}, the cue's number"));
            self.number = Some(expected);
            return;
        };
        // Some writers count from 0.
        let first_is_zero = self.number.is_none() && found == 0;
        if found != expected && !first_is_zero {
            note(self.captions, NumberSequence, line, first_column(line), &expected.to_string());
        }
        self.number = Some(found);
    }

    /// A cue behind its number: the time line, which was taken, and the text.
    fn cue(&mut self, line: &Line<'_>) {
        self.first.get_or_insert(line.offset_of(1));
        let (times, fault) = time::parse(line.text);
        if let Some(fault) = fault {
            note(self.captions, BadTimes, line, fault.column, fault.expected);
        }
        if let Some(times) = times {
            self.order(line, &times);
            if self.last_end.is_none_or(|(end, ..)| times.end > end) {
                self.last_end = Some((times.end, self.count, line.offset_of(times.end_column)));
            }
            self.count += 1;
            self.times = Some(times);
        }
        if !self.text() {
            let place = self.lines.peek().unwrap_or_else(|| self.lines.here());
            note(self.captions, MissingText, &place, 1, "the cue's text");
        }
    }

    fn order(&mut self, line: &Line<'_>, times: &Times) {
        if times.end < times.start {
            note(self.captions, EndBeforeStart, line, times.end_column, "an end that is not before the start");
        }
        let Some(before) = self.times else {
            return;
        };
        if times.start < before.start {
            note(
                self.captions,
                OutOfOrder,
                line,
                times.start_column,
                "a start that is not before that of the cue in front",
            );
        } else if times.start < before.end {
            note(
                self.captions,
                Overlap,
                line,
                times.start_column,
                "a start that is not before the end of the cue in front",
            );
        }
    }

    /// Takes the lines of text up to a blank line, or up to a cue that begins without one; whether there is any.
    fn text(&mut self) -> bool {
        let mut any = false;
        while let Some(line) = self.lines.peek().filter(|line| !line.is_blank()) {
            let mut behind = self.lines.clone();
            behind.next();
            let numbered = number(&line).is_some() && behind.next().is_some_and(|next| is_time_line(&next));
            if numbered || is_time_line(&line) {
                if any {
                    note(self.captions, MissingBlankLine, &line, 1, "a blank line in front of the next cue");
                }
                return any;
            }
            self.lines.next();
            self.control(&line);
            any = true;
        }
        any
    }

    /// Notes the first character of a line that is not text.
    fn control(&mut self, line: &Line<'_>) {
        // Line feeds of a kind, and the end-of-file mark of DOS at the end of the file, are passed over.
        let wrong =
            |c: char| c < ' ' && !matches!(c, '\t' | '\x0b' | '\x0c') && !(c == '\x1a' && self.lines.peek().is_none());
        if let Some(index) = line.text.chars().position(wrong) {
            note(self.captions, Control, line, index as u64 + 1, "text");
        }
    }
}

/// The number on a line of its own.
fn number(line: &Line<'_>) -> Option<u64> {
    let digits = line.trimmed();
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// Whether a line has the arrow of a time line between what begins as times, so that it is no text.
fn is_time_line(line: &Line<'_>) -> bool {
    line.text.split_once("-->").is_some_and(|(start, end)| [start, end].iter().all(|part| begins_as_time(part)))
}

fn begins_as_time(part: &str) -> bool {
    let part = part.trim_start_matches([' ', '\t', '-']);
    let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
    digits > 0 && part.get(digits..).is_some_and(|rest| rest.starts_with([':', '.', ',']))
}

fn first_column(line: &Line<'_>) -> u64 {
    line.text.chars().take_while(|c| matches!(c, ' ' | '\t')).count() as u64 + 1
}

/// Lines that are not blank, among which a time line must stand.
const FIRST_LINES: usize = 50;
