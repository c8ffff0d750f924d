//! Where answers go: buffered standard output, with colours and a width that suit it.

use std::io::{self, BufWriter, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use media_preflight::report::Style;

use super::args::Color;

/// Standard output and how text for people is set on it.
#[derive(Debug)]
pub(crate) struct Terminal {
    color: ColorChoice,
}

impl Terminal {
    /// Standard output with colours as asked for; `auto` heeds `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM`.
    pub(crate) fn new(color: Color) -> Self {
        let color = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        };
        color.write_global();
        Self { color }
    }

    /// How text for people is set.
    pub(crate) fn style(&self) -> Style {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let choice = match self.color {
            ColorChoice::Auto => AutoStream::choice(&stdout),
            chosen => chosen,
        };
        let width = if terminal { terminal_size::terminal_size().map(|size| usize::from(size.0.0)) } else { None };
        let width = width.map_or(WIDEST, |columns| columns.clamp(NARROWEST, WIDEST));
        if choice == ColorChoice::Never { Style::plain(width) } else { Style::coloured(width) }
    }

    /// Standard output: line by line where someone watches, otherwise in large pieces.
    pub(crate) fn output() -> Box<dyn Write> {
        let output = io::stdout().lock();
        if output.is_terminal() { Box::new(output) } else { Box::new(BufWriter::new(output)) }
    }
}

/// Columns beyond which lines are tiring to read.
const WIDEST: usize = 100;
/// Columns below which wrapping does more harm than good.
const NARROWEST: usize = 40;
