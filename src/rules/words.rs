//! Wording that several rules share.

use std::fmt::{Arguments, Display, Write};

use crate::units::Ratio;

/// Puts words together as `format!` does.
pub(crate) fn text(words: Arguments<'_>) -> String {
    // To grow on the way costs more than the room that stays free.
    let mut text = String::with_capacity(ROOM);
    // Writing to a string never fails.
    let _ = text.write_fmt(words);
    text
}

/// A ratio as a decimal, followed by the ratio itself where the decimal is not exact: `59.94006 (60000/1001)`.
pub(crate) fn exact(ratio: Ratio) -> String {
    if 1_000_000 % ratio.denominator() == 0 {
        ratio.decimal(6).to_string()
    } else {
        text!("{} ({ratio})", ratio.decimal(6))
    }
}

/// Frames a second in words.
pub(crate) fn frames_per_second(rate: Ratio) -> String {
    let unit = if rate == Ratio::whole(1) { "frame/s" } else { "frames/s" };
    text!("{} {unit}", exact(rate))
}

/// A ratio of width to height as people write it: `16:9`.
pub(crate) fn aspect(ratio: Ratio) -> String {
    text!("{}:{}", ratio.numerator(), ratio.denominator())
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
pub(crate) fn some(count: u64, thing: &str) -> String {
    if count == 1 { text!("1 {thing}") } else { text!("{count} {thing}s") }
}

/// Bytes into which most sentences fit.
const ROOM: usize = 160;
