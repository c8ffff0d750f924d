//! The chunks of a WebP file (RFC 9649 2).

use super::frame::{Bitstream, HEADER};
use crate::facts::{Anomaly, AnomalyKind, Evidence};
use crate::input::{Reader, Stop};
use crate::syntax::exif;

/// What the chunks say.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// VP8X, of extended files.
    pub(super) extended: Option<Extended>,
    /// The first bitstream, or that of the first frame.
    pub(super) bitstream: Option<Bitstream>,
    /// Whether a chunk holds the alpha of that bitstream.
    pub(super) alpha_chunk: bool,
    /// Whether both kinds of bitstream occur.
    pub(super) mixed: bool,
    /// Loop count of ANIM, and the offset of the field.
    pub(super) loop_count: Option<(u16, u64)>,
    /// Number of ANMF chunks.
    pub(super) frames: u64,
    /// Offset of the last of them.
    pub(super) last_frame: u64,
    /// Sum of the frames' durations in milliseconds.
    pub(super) duration: u64,
    /// Orientation of the first EXIF chunk.
    pub(super) exif: Option<exif::Exif>,
    /// Oddities that readers cope with.
    pub(super) anomalies: Vec<Anomaly>,
}

/// VP8X (RFC 9649 2.7.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct Extended {
    /// Offset of the chunk's data.
    pub(super) offset: u64,
    pub(super) animation: bool,
    pub(super) alpha: bool,
    pub(super) canvas_width: u32,
    pub(super) canvas_height: u32,
}

/// The header of a chunk.
#[derive(Clone, Copy)]
struct Chunk {
    offset: u64,
    length: u32,
    kind: [u8; 4],
}

impl Walk {
    /// Reads all chunks. What was learnt before a stop stays.
    pub(super) fn run(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let [size @ .., _, _, _, _] = reader.array::<8>(4, "RIFF.size")?;
        let size = u32::from_le_bytes(size);
        if size < SMALLEST {
            return Err(malformed(4, "RIFF.size", "at least 12", size.to_string()));
        }
        let end = 8 + u64::from(size);
        let outcome = self.chunks(reader, end);
        if end > reader.len() {
            let cut = Stop::EndOfFile { offset: 4, field: "RIFF.size", expected: end, actual: reader.len() };
            return match outcome {
                // What is damaged besides being cut is told, and what only follows from the cut is not.
                Err(stop @ (Stop::Malformed { .. } | Stop::Source(_) | Stop::Budget { .. })) => Err(stop),
                _ => Err(cut),
            };
        }
        if end < reader.len() {
            self.anomalies.push(Anomaly::new(
                AnomalyKind::Tolerated,
                Evidence::new(end, "RIFF"),
                "bytes stand behind the RIFF structure",
                "the end of the file",
                format!("{} bytes", reader.len() - end),
            ));
        }
        outcome
    }

    fn chunks(&mut self, reader: &mut Reader<'_>, end: u64) -> Result<(), Stop> {
        let first = chunk_at(reader, 12, end)?;
        match &first.kind {
            b"VP8 " | b"VP8L" => self.bitstream(reader, &first),
            b"VP8X" => {
                self.extended(reader, &first)?;
                self.extended_chunks(reader, first.end(), end)
            }
            other => Err(malformed(12, "chunk type", "VP8 , VP8L or VP8X", other.escape_ascii().to_string())),
        }
    }

    fn extended(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<(), Stop> {
        if chunk.length != 10 {
            return Err(malformed(chunk.offset + 4, "VP8X.size", "10", chunk.length.to_string()));
        }
        let offset = chunk.data_offset();
        let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = reader.array(offset, "VP8X")?;
        let canvas_width = u32::from_le_bytes([w0, w1, w2, 0]) + 1;
        let canvas_height = u32::from_le_bytes([h0, h1, h2, 0]) + 1;
        if u64::from(canvas_width) * u64::from(canvas_height) > u64::from(u32::MAX) {
            let actual = format!("{canvas_width}x{canvas_height}");
            return Err(malformed(offset + 4, "VP8X.canvas_width", "at most 2^32 - 1 pixels", actual));
        }
        self.extended = Some(Extended {
            offset,
            animation: flags & 0x02 != 0,
            alpha: flags & 0x10 != 0,
            canvas_width,
            canvas_height,
        });
        Ok(())
    }

    /// The chunks behind VP8X, in any order but for the frames behind ANIM.
    fn extended_chunks(&mut self, reader: &mut Reader<'_>, start: u64, end: u64) -> Result<(), Stop> {
        let animation = self.extended.is_some_and(|extended| extended.animation);
        let mut offset = start;
        // Fewer bytes than a chunk header are padding.
        while end.saturating_sub(offset) >= 8 {
            let chunk = chunk_at(reader, offset, end)?;
            match &chunk.kind {
                b"ANIM" if animation && self.loop_count.is_none() => self.animation(reader, &chunk)?,
                b"ANMF" if animation => self.frame(reader, &chunk)?,
                b"VP8 " | b"VP8L" if !animation && self.bitstream.is_none() => self.bitstream(reader, &chunk)?,
                b"ALPH" if !animation && self.bitstream.is_none() => self.alpha_chunk = true,
                b"EXIF" if self.exif.is_none() => {
                    chunk.within_file(reader)?;
                    let (start, length) = (chunk.data_offset(), u64::from(chunk.length));
                    self.exif = Some(exif::read(reader, start, length, "EXIF.Orientation")?);
                }
                _ => {}
            }
            offset = chunk.end();
        }
        if animation && self.frames == 0 {
            return Err(malformed(start, "ANMF", "at least one frame", "none".to_owned()));
        }
        if self.bitstream.is_none() {
            return Err(malformed(start, "chunk type", "VP8  or VP8L", "no image data".to_owned()));
        }
        Ok(())
    }

    fn animation(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<(), Stop> {
        if chunk.length < 6 {
            return Err(malformed(chunk.offset + 4, "ANIM.size", "6", chunk.length.to_string()));
        }
        let offset = chunk.data_offset() + 4;
        self.loop_count = Some((u16::from_le_bytes(reader.array(offset, "ANIM.loop_count")?), offset));
        Ok(())
    }

    /// A frame: its header, then alpha and bitstream in chunks of their own (RFC 9649 2.7.1.1).
    fn frame(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<(), Stop> {
        if self.loop_count.is_none() {
            return Err(malformed(chunk.offset, "chunk type", "ANIM before the frames", "ANMF".to_owned()));
        }
        if chunk.length < 24 {
            return Err(malformed(chunk.offset + 4, "ANMF.size", "at least 24", chunk.length.to_string()));
        }
        let [.., d0, d1, d2, _flags] = reader.array::<16>(chunk.data_offset(), "ANMF")?;
        self.frames += 1;
        self.last_frame = chunk.offset;
        self.duration = self.duration.saturating_add(u64::from(u32::from_le_bytes([d0, d1, d2, 0])));
        let end = chunk.data_offset() + u64::from(chunk.length);
        let mut offset = chunk.data_offset() + 16;
        while end.saturating_sub(offset) >= 8 {
            let part = chunk_at(reader, offset, end)?;
            match &part.kind {
                b"ALPH" => self.alpha_chunk |= self.frames == 1,
                b"VP8 " | b"VP8L" => return self.bitstream(reader, &part),
                _ => {}
            }
            offset = part.end();
        }
        Err(malformed(chunk.offset, "ANMF", "VP8  or VP8L inside it", "no image data".to_owned()))
    }

    fn bitstream(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<(), Stop> {
        let offset = chunk.data_offset();
        let mut head = [0; HEADER];
        let count = usize::try_from(chunk.length).unwrap_or(usize::MAX).min(HEADER);
        let head = head.get_mut(..count).unwrap_or_default();
        reader.fill(offset, head, "image data")?;
        let bitstream = if chunk.kind == *b"VP8L" {
            Bitstream::lossless(head, offset)?
        } else {
            Bitstream::lossy(head, offset, u64::from(chunk.length))?
        };
        self.mixed |= self.bitstream.is_some_and(|first| first.lossless != bitstream.lossless);
        self.bitstream.get_or_insert(bitstream);
        chunk.within_file(reader)
    }
}

impl Chunk {
    const fn data_offset(&self) -> u64 {
        self.offset + 8
    }

    /// Offset of the first byte behind the chunk and its padding to an even length.
    fn end(&self) -> u64 {
        self.data_offset() + u64::from(self.length) + u64::from(self.length % 2)
    }

    fn within_file(&self, reader: &Reader<'_>) -> Result<(), Stop> {
        let expected = u64::from(self.length);
        let actual = reader.len().saturating_sub(self.data_offset());
        if expected > actual {
            return Err(Stop::EndOfFile { offset: self.data_offset(), field: "chunk", expected, actual });
        }
        Ok(())
    }
}

/// The chunk at `offset` of a structure that ends at `end`.
fn chunk_at(reader: &mut Reader<'_>, offset: u64, end: u64) -> Result<Chunk, Stop> {
    reader.visit(1, offset, "chunk")?;
    let [k0, k1, k2, k3, length @ ..] = reader.array::<8>(offset, "chunk header")?;
    let chunk = Chunk { offset, length: u32::from_le_bytes(length), kind: [k0, k1, k2, k3] };
    let room = end.saturating_sub(chunk.data_offset());
    // The padding of the last chunk may be missing.
    if u64::from(chunk.length) > room {
        return Err(malformed(
            offset + 4,
            "chunk size",
            "an end inside the structure around it",
            format!("{} bytes where {room} are left", chunk.length),
        ));
    }
    Ok(chunk)
}

fn malformed(offset: u64, field: &'static str, expected: &'static str, actual: String) -> Stop {
    Stop::Malformed { offset, field, expected: expected.into(), actual: actual.into() }
}

/// The form type and one chunk header.
const SMALLEST: u32 = 12;
