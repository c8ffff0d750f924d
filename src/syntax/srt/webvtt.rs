//! WebVTT (W3C WebVTT: The Web Video Text Tracks Format), which is not SubRip: its cues are counted and no more.

use super::text::Text;
use super::time;
use crate::facts::{Captions, Evidence, Fact};
use crate::units::Duration;

/// Whether a text begins as WebVTT files do (4.1): the word, then a space, a tab, a line end or nothing.
pub(super) fn is_signature(text: &str) -> bool {
    text.strip_prefix("WEBVTT").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Counts the cues and finds the end of the one that ends last.
pub(super) fn read(text: &Text<'_>, captions: &mut Captions) {
    let mut cues = 0;
    let mut first = None;
    let mut last_end = None;
    for line in text.lines().filter(|line| line.text.contains("-->")) {
        let Some(times) = time::parse_webvtt(line.text) else {
            continue;
        };
        cues += 1;
        first.get_or_insert(line.offset_of(1));
        if last_end.is_none_or(|(end, _)| times.end > end) {
            last_end = Some((times.end, line.offset_of(times.end_column)));
        }
    }
    captions.cues = Fact::known(cues, Evidence::new(first.unwrap_or(0), "cue[0]"));
    captions.last_end = match last_end {
        Some((end, offset)) => Fact::known(Duration::from_millis(end), Evidence::new(offset, "cue.end")),
        None => Fact::Absent,
    };
}
