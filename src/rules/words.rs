//! Wording that several rules share.

use std::fmt::{self, Arguments, Display, Formatter, Write};

use crate::units::Ratio;

/// Puts words together as `format!` does.
pub(crate) fn text(words: Arguments<'_>) -> String {
    // To grow on the way costs more than the room that stays free.
    let mut text = Sentence(String::with_capacity(ROOM));
    // Writing to a string never fails.
    let _ = text.write_fmt(words);
    text.0
}

/// A text to which pieces are added in fewer steps than by the compiled library's way to write to a string.
struct Sentence(String);

impl Write for Sentence {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0.push_str(piece);
        Ok(())
    }
}

/// A ratio as a decimal, followed by the ratio itself where the decimal is not exact: `59.94006 (60000/1001)`.
pub(crate) fn exact(ratio: Ratio) -> impl Display {
    Words(move |f: &mut Formatter<'_>| {
        ratio.decimal(6).fmt(f)?;
        if 1_000_000 % ratio.denominator() == 0 { Ok(()) } else { write!(f, " ({ratio})") }
    })
}

/// Frames a second in words.
pub(crate) fn frames_per_second(rate: Ratio) -> impl Display {
    let unit = if rate == Ratio::whole(1) { " frame/s" } else { " frames/s" };
    Words(move |f: &mut Formatter<'_>| {
        exact(rate).fmt(f)?;
        f.write_str(unit)
    })
}

/// A ratio of width to height as people write it: `16:9`.
pub(crate) fn aspect(ratio: Ratio) -> impl Display {
    Words(move |f: &mut Formatter<'_>| write!(f, "{}:{}", ratio.numerator(), ratio.denominator()))
}

/// A list in words: `a, b or c`.
pub(crate) fn any_of<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut items = items.into_iter().peekable();
    let Some(first) = items.next() else { return String::new() };
    let mut text = text!("{first}");
    while let Some(item) = items.next() {
        let between = if items.peek().is_some() { ", " } else { " or " };
        // Writing to a string never fails.
        let _ = write!(text, "{between}{item}");
    }
    text
}

/// A number of things, with the plural.
pub(crate) fn some(count: u64, thing: &str) -> impl Display {
    let plural = if count == 1 { "" } else { "s" };
    Words(move |f: &mut Formatter<'_>| write!(f, "{count} {thing}{plural}"))
}

/// Words that are put together where they are shown, so that a part of a sentence takes no memory of its own.
pub(crate) struct Words<W>(pub(crate) W);

impl<W: Fn(&mut Formatter<'_>) -> fmt::Result> Display for Words<W> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

/// Bytes into which most sentences fit.
const ROOM: usize = 160;
