//! The progress of uploads, on standard error while someone watches.

use std::fmt;
use std::io::{self, IsTerminal};

use indicatif::{HumanBytes, MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use media_preflight::report::visible;
use media_preflight::upload::{Report, now};

/// The bars of a run; nothing where nobody watches.
#[derive(Debug)]
pub(crate) struct Bars {
    all: Option<MultiProgress>,
}

/// The bar of one file.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: Option<ProgressBar>,
}

impl Bars {
    /// Bars where standard error is a terminal.
    pub(crate) fn start(off: bool) -> Self {
        Self { all: (!off && io::stderr().is_terminal()).then(MultiProgress::new) }
    }

    /// The bar of a file of this many bytes.
    pub(crate) fn file(&self, path: &str, bytes: u64) -> Bar {
        let bar = self.all.as_ref().map(|all| {
            let bar = all.add(ProgressBar::new(bytes).with_style(style(SENDING)));
            bar.set_prefix(visible(path).into_owned());
            bar
        });
        Bar { bar }
    }

    /// Writes something else than progress.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.all {
            Some(all) => all.suspend(write),
            None => write(),
        }
    }
}

impl Bar {
    /// Shows how far the upload is.
    pub(crate) fn show(&self, report: &Report) {
        let Some(bar) = &self.bar else { return };
        bar.set_position(report.sent);
        let progress = &report.progress;
        if let Some(until) = progress.held_until {
            bar.set_style(style(WAITING));
            bar.set_message(format!("rate limit, {} s to wait", until.since(now()).as_secs()));
        } else if progress.processing {
            bar.set_style(style(WAITING));
            let percent = progress.percent.map(|percent| format!(", {percent} % done")).unwrap_or_default();
            bar.set_message(format!("the server looks at it{percent}"));
        } else {
            bar.set_style(style(SENDING));
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", |state: &ProgressState, text: &mut dyn fmt::Write| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate that is shown, never a fact"
        )]
        let rate = state.per_sec().max(0.0) as u64;
        let _ = write!(text, "{}/s", HumanBytes(rate));
    })
}

/// While bytes are sent.
const SENDING: &str = "{prefix} {wide_bar} {bytes}/{total_bytes}, {rate}, {eta} left";
/// While nothing is sent.
const WAITING: &str = "{prefix} {msg}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_sound() {
        for template in [SENDING, WAITING] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
