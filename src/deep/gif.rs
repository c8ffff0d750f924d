//! GIF: the LZW codes of every frame, and as many pixels as its size promises.

use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::num::NonZeroU64;

use super::{MEMORY, SourceReader, WORK, damaged, within};
use crate::facts::{Facts, Pixels};
use crate::input::Source;

/// Decodes all frames in front of the first trailer, one after another into the same memory.
pub(super) fn decode(source: &dyn Source, facts: &Facts) -> Result<(), Pixels> {
    let promised = facts.animation.as_ref().and_then(|animation| animation.frames.value().copied());
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::Indexed);
    options.set_memory_limit(NonZeroU64::new(MEMORY).map_or(gif::MemoryLimit::Unlimited, gif::MemoryLimit::Bytes));
    options.allow_unknown_blocks(true);
    let reader = BufReader::with_capacity(BUFFER, with_colour_table(source).map_err(|error| damaged(0, error))?);
    let mut decoder = options.read_info(reader).map_err(|error| damaged(0, error))?;
    let mut pixels = Vec::new();
    let mut work = 0;
    for frame in 0..promised.unwrap_or(u64::MAX) {
        match decoder.next_frame_info() {
            Ok(Some(info)) => work += u64::from(info.width) * u64::from(info.height),
            Ok(None) if promised.is_none() && frame > 0 => return Ok(()),
            Ok(None) => return Err(damaged(frame, "the frame cannot be found")),
            Err(error) => return Err(damaged(frame, error)),
        }
        let size = decoder.buffer_size();
        within("the bytes of one frame", size as u64, MEMORY)?;
        within("the pixels of all frames", work, WORK)?;
        pixels.resize(size, 0);
        if !pixels.is_empty() {
            decoder.read_into_buffer(&mut pixels).map_err(|error| damaged(frame, error))?;
        }
    }
    Ok(())
}

/// The file, given a global colour table where it has none: the decoder refuses frames without colours, though readers have
/// colours of their own for them and no colour is looked at here.
fn with_colour_table(source: &dyn Source) -> io::Result<impl Read> {
    let mut reader = SourceReader::new(source);
    let mut head = Vec::new();
    (&mut reader).take(SCREEN_END).read_to_end(&mut head)?;
    match head.get_mut(PACKED) {
        Some(packed) if *packed & 0x80 == 0 => {
            // Two colours: the bits that tell the size of the table are zero.
            *packed = 0x80 | (*packed & 0x78);
            head.extend([0; 6]);
        }
        _ => {}
    }
    reader.seek(SeekFrom::Start(SCREEN_END))?;
    Ok(Cursor::new(head).chain(reader))
}

/// Header and logical screen descriptor (GIF89a 17 and 18).
const SCREEN_END: u64 = 13;
/// Offset of the packed fields in them.
const PACKED: usize = 10;
/// Bytes read at once.
const BUFFER: usize = 64 << 10;
