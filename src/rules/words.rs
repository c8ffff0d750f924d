//! Wording that several rules share.

use std::fmt::{self, Arguments, Display, Formatter, Write};

use crate::units::{Ratio, WriteTo};

/// Room for a sentence.
pub(crate) fn room() -> String {
    // To grow on the way costs more than the room that stays free.
    String::with_capacity(ROOM)
}

/// Puts words together as `format!` does.
pub(crate) fn text(words: Arguments<'_>) -> String {
    let mut text = Sentence(room());
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
pub(crate) fn exact(ratio: Ratio) -> impl Display + WriteTo {
    Words(move |mut to: &mut dyn Write| {
        ratio.decimal(6).write_to(&mut to)?;
        if 1_000_000 % ratio.denominator() == 0 {
            return Ok(());
        }
        to.write_str(" (")?;
        ratio.write_to(&mut to)?;
        to.write_str(")")
    })
}

/// Frames a second in words.
pub(crate) fn frames_per_second(rate: Ratio) -> impl Display + WriteTo {
    let unit = if rate == Ratio::whole(1) { " frame/s" } else { " frames/s" };
    Words(move |mut to: &mut dyn Write| {
        exact(rate).write_to(&mut to)?;
        to.write_str(unit)
    })
}

/// A ratio of width to height as people write it: `16:9`.
pub(crate) fn aspect(ratio: Ratio) -> impl Display + WriteTo {
    Words(move |mut to: &mut dyn Write| {
        ratio.numerator().write_to(&mut to)?;
        to.write_str(":")?;
        ratio.denominator().write_to(&mut to)
    })
}

/// A list in words: `a, b or c`.
pub(crate) fn any_of<T: WriteTo>(items: impl IntoIterator<Item = T>) -> String {
    let mut items = items.into_iter().peekable();
    let Some(first) = items.next() else { return String::new() };
    let mut text = room();
    first.push_to(&mut text);
    while let Some(item) = items.next() {
        text.push_str(if items.peek().is_some() { ", " } else { " or " });
        item.push_to(&mut text);
    }
    text
}

/// A number of things, with the plural.
pub(crate) fn some(count: u64, thing: &str) -> impl Display + WriteTo {
    let plural = if count == 1 { "" } else { "s" };
    Words(move |mut to: &mut dyn Write| {
        count.write_to(&mut to)?;
        [" ", thing, plural].into_iter().try_for_each(|word| to.write_str(word))
    })
}

/// Words that are put together where they are needed, so that a part of a sentence takes no memory of its own.
pub(crate) struct Words<W>(pub(crate) W);

impl<W: Fn(&mut dyn Write) -> fmt::Result> WriteTo for Words<W> {
    fn write_to(&self, to: &mut impl Write) -> fmt::Result {
        (self.0)(to)
    }
}

impl<W: Fn(&mut dyn Write) -> fmt::Result> Display for Words<W> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

/// Bytes into which most sentences fit.
const ROOM: usize = 160;
