//! The captions are not UTF-8.
//!
//! **What it checks.** The encoding of the text: UTF-8, with or without a byte order mark.
//!
//! **Why it matters.** Letters beyond ASCII come out wrong, or the file is refused.
//!
//! **How to fix it.** Convert it: `iconv -f WINDOWS-1252 -t UTF-8 INPUT.srt > OUTPUT.srt`, with the encoding it has.
//!
//! **Basis.** Heuristic: the documents name no encoding; UTF-8 is what readers of SubRip agree on.

use crate::facts::{Captions, TextEncoding};
use crate::rules::Context;
use crate::rules::outcome::{Fault, Outcome, Undecided};

rule!("subtitle-encoding", subtitle_encoding, "subtitle_encoding.rs", "the captions are not UTF-8", Captions);

fn check(context: &Context<'_>, captions: &Captions) -> Result<Outcome, Undecided> {
    let Some(encoding) = context.read(&captions.encoding)? else { return Ok(Outcome::NotApplicable) };
    let (name, remedy) = match encoding.value {
        TextEncoding::Utf8 | TextEncoding::Utf8Bom => return Ok(Outcome::Pass),
        TextEncoding::Utf16Le => {
            ("UTF-16, little-endian", "Convert it: iconv -f UTF-16LE -t UTF-8 INPUT.srt > OUTPUT.srt")
        }
        TextEncoding::Utf16Be => {
            ("UTF-16, big-endian", "Convert it: iconv -f UTF-16BE -t UTF-8 INPUT.srt > OUTPUT.srt")
        }
        TextEncoding::SingleByte => (
            "a single-byte encoding such as Windows-1252",
            "Convert it from the encoding it has: iconv -f WINDOWS-1252 -t UTF-8 INPUT.srt > OUTPUT.srt",
        ),
    };
    let message = text!("The captions are in {name}; UTF-8 is needed");
    Ok(Outcome::Fail(Fault::new(message, "UTF-8", name, remedy).at(encoding.at)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facts::{Fact, Format};
    use crate::rules::testing::{Cases, Scenario, known};

    pub(crate) const CASES: Cases = Cases {
        sample: Scenario::srt,
        pass: &[|s| s.captions().encoding = known(TextEncoding::Utf8Bom)],
        fail: &[
            (|s| s.captions().encoding = known(TextEncoding::Utf16Le), "UTF-8", "UTF-16, little-endian"),
            (|s| s.captions().encoding = known(TextEncoding::Utf16Be), "UTF-8", "UTF-16, big-endian"),
            (
                |s| s.captions().encoding = known(TextEncoding::SingleByte),
                "UTF-8",
                "a single-byte encoding such as Windows-1252",
            ),
        ],
        undecided: &[|s| s.captions().encoding = Fact::unknown("cut")],
        skip: &[|s| s.facts.format = Format::WebVtt, |s| *s = Scenario::jpeg()],
    };
}
