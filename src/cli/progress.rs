//! The progress of a scan, on standard error while someone watches.

use std::fmt;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use indicatif::{HumanBytes, ProgressBar, ProgressState, ProgressStyle};
use media_preflight::scan::{Found, Totals, Walk, WalkOptions};

/// A bar that shows how far a scan is; nothing where nobody watches.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<Bar>,
}

#[derive(Debug)]
struct Bar {
    #[expect(clippy::struct_field_names, reason = "it is the bar")]
    bar: ProgressBar,
    /// Number of files in all; 0 until they are counted.
    total: Arc<AtomicU64>,
    has_total: bool,
    /// Files up to which the message tells.
    told: u64,
    /// Whether answers go to the terminal as well, so that the bar must make room for them.
    shares_terminal: bool,
}

impl Progress {
    /// Begins to show progress where standard error is a terminal, and to count the files so that an end is in sight.
    pub(crate) fn start(off: bool, paths: &[PathBuf], walk: &WalkOptions) -> Self {
        if off || !io::stderr().is_terminal() {
            return Self { bar: None };
        }
        let total = Arc::new(AtomicU64::new(0));
        count(paths, walk, Arc::clone(&total));
        let bar = ProgressBar::new_spinner().with_style(style(COUNTING));
        bar.enable_steady_tick(std::time::Duration::from_millis(200));
        Self { bar: Some(Bar { bar, total, has_total: false, told: 0, shares_terminal: io::stdout().is_terminal() }) }
    }

    /// Shows the totals.
    pub(crate) fn update(&mut self, totals: &Totals) {
        let Some(Bar { bar, total, has_total, told, .. }) = &mut self.bar else { return };
        let summary = &totals.summary;
        let position = summary.files + summary.skipped;
        // A message costs more than a file: each is for a while.
        if position < MESSAGE_EVERY || position - *told >= MESSAGE_EVERY {
            *told = position;
            let failing = summary.failed + summary.undecided + summary.unreadable;
            bar.set_message(format!("{}, {failing} not passing", HumanBytes(totals.bytes)));
            let total = total.load(Ordering::Relaxed);
            if !*has_total && total > 0 {
                *has_total = true;
                bar.set_length(total);
                bar.set_style(style(COUNTED));
            }
        }
        bar.set_position(position);
    }

    /// Writes something else than progress.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(Bar { bar, shares_terminal: true, .. }) => bar.suspend(write),
            _ => write(),
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(Bar { bar, .. }) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Counts on a thread of its own what the scan will answer for. It ends with the program.
fn count(paths: &[PathBuf], options: &WalkOptions, total: Arc<AtomicU64>) {
    let Ok(walk) = Walk::new(paths, options) else { return };
    let counting = move || {
        let count = walk.filter(|found| !matches!(found, Found::Trouble { .. } | Found::Unheeded(_))).count();
        total.store(count as u64, Ordering::Relaxed);
    };
    // Without the thread there is no end in sight, which is all that is lost.
    let _ = thread::Builder::new().name("count".to_owned()).spawn(counting);
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // Files a second, whole ones: digits that change all the time are not read.
    style.with_key("rate", |state: &ProgressState, text: &mut dyn fmt::Write| {
        let _ = write!(text, "{:.0}/s", state.per_sec());
    })
}

/// While the number of files is not known.
const COUNTING: &str = "{spinner} {pos} files, {rate}, {msg}";
/// Once it is.
const COUNTED: &str = "{wide_bar} {pos}/{len} files, {rate}, {msg}, {eta} left";
/// Files between two messages.
const MESSAGE_EVERY: u64 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_are_sound() {
        for template in [COUNTING, COUNTED] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
