//! A command line in the making.

use std::borrow::Cow;

use super::{Argument, Command};
use crate::transcode::plan::RateControl;

/// A command in the making.
#[derive(Debug, Default)]
pub(super) struct Line {
    arguments: Vec<Argument>,
}

impl Line {
    pub(super) fn words<const N: usize>(&mut self, words: [&'static str; N]) {
        self.arguments.extend(words.map(|word| Argument::Word(Cow::Borrowed(word))));
    }

    pub(super) fn owned(&mut self, words: impl IntoIterator<Item = String>) {
        self.arguments.extend(words.into_iter().map(|word| Argument::Word(Cow::Owned(word))));
    }

    pub(super) fn pair(&mut self, name: &'static str, value: String) {
        self.words([name]);
        self.owned([value]);
    }

    /// What decides the number of bits.
    pub(super) fn rate(&mut self, rate: RateControl) {
        match rate {
            RateControl::Quality { crf, most } => {
                self.pair("-crf", crf.to_string());
                self.pair("-maxrate", most.0.to_string());
                self.pair("-bufsize", most.0.to_string());
            }
            RateControl::Size { average } => {
                self.pair("-b:v", average.0.to_string());
                self.pair("-maxrate", average.0.saturating_mul(2).to_string());
                self.pair("-bufsize", average.0.saturating_mul(4).to_string());
            }
        }
    }

    /// Which of the passes it is.
    pub(super) fn number(&mut self, pass: Pass) {
        match pass {
            Pass::Only => {}
            Pass::First => self.pass(1),
            Pass::Second => self.pass(2),
        }
    }

    fn pass(&mut self, number: u8) {
        self.pair("-pass", number.to_string());
        self.words(["-passlogfile"]);
        self.arguments.push(Argument::PassLog);
    }

    pub(super) fn input(&mut self) {
        self.words(["-i"]);
        self.arguments.push(Argument::Input);
    }

    pub(super) fn output(mut self) -> Command {
        self.arguments.push(Argument::Output);
        self.end()
    }

    pub(super) fn end(self) -> Command {
        Command { arguments: self.arguments }
    }
}

/// Which of the passes over the video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    Only,
    First,
    Second,
}

/// What every command begins with.
pub(super) const START: [&str; 2] = ["-hide_banner", "-nostdin"];
