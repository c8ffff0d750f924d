//! SubRip captions, by the conventions of the players that read them, and WebVTT as far as it is told apart from them.
//!
//! There is no standard. A cue is a number, a time line and at least one line of text; a blank line ends it. Decided here:
//! numbers go up by one from 1 (or 0); hours have any number of digits, minutes and seconds two, milliseconds three behind
//! a comma; coordinates behind the times are passed over; lines behind a blank line that begin no cue go on with the text
//! of the cue in front, as players show them; a cue may end when it starts.

mod cues;
mod faults;
mod text;
mod time;
mod webvtt;

use crate::facts::{Captions, Fact, Facts, Format};
use crate::input::{Reader, Stop};

use text::Text;

/// Reads the file as captions where it is text that looks like them; leaves the format unknown otherwise.
pub(crate) fn inspect_if_text(reader: &mut Reader<'_>, facts: &mut Facts) -> Result<(), Stop> {
    let head = reader.bytes(0, reader.len().min(HEAD), "text")?;
    let head = Text::decode(&head);
    let webvtt = webvtt::is_signature(head.as_str());
    if !webvtt && !cues::look_like_cues(&head) {
        return Ok(());
    }
    facts.format = if webvtt { Format::WebVtt } else { Format::Srt };
    // What is not read stays unknown where the text is longer than one structure may be.
    facts.captions = Some(Box::default());
    let bytes = reader.bytes(0, reader.len(), "text")?;
    let text = Text::decode(&bytes);
    let mut captions = Captions { encoding: Fact::known(text.encoding(), text.evidence()), ..Captions::default() };
    if webvtt {
        webvtt::read(&text, &mut captions);
    } else {
        cues::read(&text, reader, &mut captions)?;
    }
    facts.captions = Some(Box::new(captions));
    Ok(())
}

/// Bytes at the start of a file in which captions must be recognised.
const HEAD: u64 = 8 << 10;

#[cfg(test)]
mod tests;
