//! Base64 (RFC 4648 4) as it arrives, in pieces of any length. Line ends are left out, padding may be missing.

use std::io::{self, Write};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A decoder that hands bytes on to a writer.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Characters of which the bytes were not written yet, at most a group and what fills a step.
    pending: Vec<u8>,
    /// Characters seen, line ends included.
    characters: u64,
    /// Padding has come, so that nothing may follow.
    ended: bool,
}

/// Why a text was not decoded.
#[derive(Debug, thiserror::Error)]
pub(super) enum Base64Error {
    /// It is no base64.
    #[error("the text is no base64")]
    Text,
    /// The bytes could not be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}

impl Decoder {
    /// Takes a piece of the text.
    pub(super) fn push(&mut self, text: &[u8], out: &mut impl Write) -> Result<(), Base64Error> {
        for step in text.chunks(STEP) {
            self.characters = self.characters.saturating_add(u64::try_from(step.len()).unwrap_or(u64::MAX));
            self.pending.extend(step.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')));
            // The last group may have padding, which only the end may have.
            let whole = self.pending.len().saturating_sub(1) / 4 * 4;
            let groups: Vec<u8> = self.pending.drain(..whole).collect();
            self.decode(&groups, out)?;
        }
        Ok(())
    }

    /// Writes what is left at the end of the text.
    pub(super) fn finish(&mut self, out: &mut impl Write) -> Result<(), Base64Error> {
        let last = std::mem::take(&mut self.pending);
        self.decode(&last, out)
    }

    fn decode(&mut self, text: &[u8], out: &mut impl Write) -> Result<(), Base64Error> {
        if self.ended && !text.is_empty() {
            return Err(Base64Error::Text);
        }
        self.ended |= text.ends_with(b"=");
        let mut bytes = [0; STEP];
        let length = ENGINE.decode_slice(text, &mut bytes).map_err(|_| Base64Error::Text)?;
        out.write_all(bytes.get(..length).unwrap_or_default())?;
        Ok(())
    }

    /// Length of the text so far.
    pub(super) const fn characters(&self) -> u64 {
        self.characters
    }
}

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Characters decoded at a time; their bytes stand on the stack.
const STEP: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &[u8], piece: usize) -> Option<Vec<u8>> {
        let (mut decoder, mut out) = (Decoder::default(), Vec::new());
        for piece in text.chunks(piece) {
            decoder.push(piece, &mut out).ok()?;
        }
        decoder.finish(&mut out).ok()?;
        assert_eq!(decoder.characters(), text.len() as u64);
        Some(out)
    }

    #[test]
    fn pieces_of_any_length_give_the_same_bytes() {
        let bytes: Vec<u8> = (0..40_000_u32).map(|n| (n * 7 % 251) as u8).collect();
        for cut in [0, 1, 2, 3, 39_998, 39_999, 40_000] {
            let text = base64::engine::general_purpose::STANDARD.encode(&bytes[..cut]);
            for piece in [1, 2, 3, 4, 5, 76, STEP - 1, STEP, STEP + 1, 60_000] {
                assert_eq!(decoded(text.as_bytes(), piece).as_deref(), Some(&bytes[..cut]), "{cut} in {piece}");
            }
        }
    }

    #[test]
    fn line_ends_and_missing_padding_are_fine() {
        assert_eq!(decoded(b"SGVs\r\nbG8=\r\n", 3).unwrap(), b"Hello");
        assert_eq!(decoded(b"SGVsbG8", 3).unwrap(), b"Hello");
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in [&b"SGVsbG8=SGVs"[..], b"S", b"SG!s", b"\xFF\xFE\xFD\xFC", b"SGVs====", b"SGVsbG9=", b" SGVs"] {
            for piece in [1, 4, 100] {
                assert_eq!(decoded(text, piece), None, "{text:?} in {piece}");
            }
        }
    }
}
