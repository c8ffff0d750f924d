//! The deep check: decodes every pixel of an image, or of every frame of an animation, within limits of memory and work.
//!
//! JPEG and PNG are decoded as far as damage can show: through entropy coding and inflation with its check sums, where each
//! bit is looked at; what follows (transforms, filters, colours) turns any values into pixels. So their memory stays small.

mod gif;
mod jpeg;
mod png;
mod webp;

use std::fmt::Display;
use std::io::{self, Read, Seek, SeekFrom};

use crate::facts::{Facts, Format, Pixels};
use crate::input::Source;

/// Decodes the file. `None` for formats that hold no image.
pub(crate) fn decode(source: &dyn Source, facts: &Facts) -> Option<Pixels> {
    let outcome = match facts.format {
        Format::Gif => gif::decode(source, facts),
        Format::Jpeg => jpeg::decode(source),
        Format::Png => png::decode(source),
        Format::WebP => webp::decode(source, facts),
        _ => return None,
    };
    Some(match outcome {
        Ok(()) => Pixels::Whole,
        Err(pixels) => pixels,
    })
}

fn damaged(frame: u64, reason: impl Display) -> Pixels {
    Pixels::Damaged { frame, reason: reason.to_string() }
}

fn too_large(what: &str, needed: u64, allowed: u64) -> Pixels {
    Pixels::TooLarge { reason: format!("{what} would reach {needed}, and the deep check allows {allowed}") }
}

/// Holds an amount of memory or of work against what is allowed.
fn within(what: &str, needed: u64, allowed: u64) -> Result<(), Pixels> {
    if needed > allowed { Err(too_large(what, needed, allowed)) } else { Ok(()) }
}

/// Bytes held at one time.
const MEMORY: u64 = 512 << 20;
/// Pixels decoded in all: a second or two of work, and more than a platform takes.
const WORK: u64 = 1 << 29;

/// A source as the decoders want it.
struct SourceReader<'s> {
    source: &'s dyn Source,
    position: u64,
}

impl<'s> SourceReader<'s> {
    const fn new(source: &'s dyn Source) -> Self {
        Self { source, position: 0 }
    }
}

impl Read for SourceReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.source.len().saturating_sub(self.position)).unwrap_or(usize::MAX);
        let count = rest.min(buffer.len());
        if let Some(buffer) = buffer.get_mut(..count).filter(|buffer| !buffer.is_empty()) {
            self.source.read_at(self.position, buffer).map_err(io::Error::other)?;
            self.position += count as u64;
        }
        Ok(count)
    }
}

impl Seek for SourceReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(delta) => self.source.len().checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests;
