//! WebP: every bitstream, of a still image or of the frames of an animated one, and its alpha.
//!
//! Each bitstream is given to the decoder as a file of its own, so that neither the canvas nor flags of the container decide
//! whether the pixels can be decoded, and no frame is drawn on another.

use std::fmt::Display;
use std::io::Cursor;

use image::codecs::webp::WebPDecoder;
use image::{ImageDecoder, ImageError};

use super::{MEMORY, WORK, damaged, within};
use crate::facts::{AnomalyKind, Facts, Pixels};
use crate::input::Source;

/// Decodes the image or all frames.
pub(super) fn decode(source: &dyn Source, facts: &Facts) -> Result<(), Pixels> {
    // The decoder takes what is there of a cut bitstream for all of it.
    if facts.anomalies.iter().any(|anomaly| anomaly.kind == AnomalyKind::Truncated) {
        return Err(damaged(0, "the file ends inside the image data"));
    }
    let mut images = Images { source, frame: 0, work: 0, pixels: Vec::new() };
    let [size @ .., _, _, _, _] = images.array::<8>(4)?;
    let end = 8 + u64::from(u32::from_le_bytes(size));
    let first = images.chunk(12)?;
    if &first.kind != b"VP8X" {
        return images.bitstream(&first, None, None);
    }
    let animated = images.array::<1>(first.start)?[0] & ANIMATION != 0;
    images.extended(&first, end, animated)
}

struct Images<'s> {
    source: &'s dyn Source,
    /// Number of frames that were decoded.
    frame: u64,
    /// Pixels decoded so far.
    work: u64,
    pixels: Vec<u8>,
}

/// A chunk: its kind and where its data stand.
#[derive(Clone, Copy)]
struct Chunk {
    kind: [u8; 4],
    start: u64,
    length: u64,
}

impl Images<'_> {
    fn extended(&mut self, first: &Chunk, end: u64, animated: bool) -> Result<(), Pixels> {
        if !animated {
            return self.image(first.end(), end, None);
        }
        let mut offset = first.end();
        while end.saturating_sub(offset) >= 8 {
            let chunk = self.chunk(offset)?;
            if &chunk.kind == b"ANMF" {
                let [.., w0, w1, w2, h0, h1, h2] = self.array::<12>(chunk.start)?;
                let size = [[w0, w1, w2, 0], [h0, h1, h2, 0]].map(|bytes| u32::from_le_bytes(bytes) + 1);
                self.image(chunk.start + 16, chunk.start + chunk.length, Some((size[0], size[1])))?;
                self.frame += 1;
            }
            offset = chunk.end();
        }
        if self.frame == 0 { Err(self.damaged("no frame can be found")) } else { Ok(()) }
    }

    /// Alpha, where there is any, and the bitstream behind it.
    fn image(&mut self, start: u64, end: u64, size: Option<(u32, u32)>) -> Result<(), Pixels> {
        let mut alpha = None;
        let mut offset = start;
        while end.saturating_sub(offset) >= 8 {
            let chunk = self.chunk(offset)?;
            match &chunk.kind {
                b"ALPH" => alpha = alpha.or(Some(chunk)),
                b"VP8 " | b"VP8L" => return self.bitstream(&chunk, alpha, size),
                _ => {}
            }
            offset = chunk.end();
        }
        Err(self.damaged("no image data can be found"))
    }

    fn bitstream(&mut self, chunk: &Chunk, alpha: Option<Chunk>, size: Option<(u32, u32)>) -> Result<(), Pixels> {
        let data = self.data(chunk)?;
        let (width, height) = self.pixels(chunk.kind, &data)?;
        if size.is_some_and(|size| size != (width, height)) {
            return Err(self.damaged(format!("the frame holds an image of {width}x{height}, which is not its size")));
        }
        match alpha {
            Some(alpha) if &chunk.kind == b"VP8 " => self.alpha(&alpha, width, height),
            _ => Ok(()),
        }
    }

    /// The alpha of a lossy bitstream (RFC 9649 2.7.1.2): bytes as they are, or a lossless bitstream without its header.
    fn alpha(&mut self, chunk: &Chunk, width: u32, height: u32) -> Result<(), Pixels> {
        let data = self.data(chunk)?;
        let Some((&info, data)) = data.split_first() else {
            return Err(self.damaged("the alpha is empty"));
        };
        let compression = info & 3;
        if compression == 0 {
            let enough = data.len() as u64 >= u64::from(width) * u64::from(height);
            return if enough { Ok(()) } else { Err(self.damaged("the alpha ends early")) };
        }
        // 14 bits of each size less one; no alpha of its own; version 0.
        let header = (width.saturating_sub(1) & 0x3fff) | ((height.saturating_sub(1) & 0x3fff) << 14);
        let data = [&[0x2f], header.to_le_bytes().as_slice(), data].concat();
        self.pixels(*b"VP8L", &data).map(|_| ())
    }

    /// Decodes a bitstream and tells its size.
    fn pixels(&mut self, kind: [u8; 4], data: &[u8]) -> Result<(u32, u32), Pixels> {
        let (width, height) = size(kind, data).ok_or_else(|| self.damaged("a bitstream has no header"))?;
        let pixels = u64::from(width) * u64::from(height);
        self.work = self.work.saturating_add(pixels);
        // Four bytes a pixel while it is decoded, and the pixels themselves.
        within("the bytes of one image", pixels.saturating_mul(8), MEMORY)?;
        within("the pixels of all frames", self.work, WORK)?;
        if width.max(height) > LONGEST {
            return Err(Pixels::Unsupported { reason: format!("an edge above {LONGEST} pixels is not decoded") });
        }
        let padded = data.len() + data.len() % 2;
        let sizes = u32::try_from(padded + 12).ok().zip(u32::try_from(data.len()).ok());
        let (riff, length) = sizes.ok_or_else(|| self.damaged("the image data are too long"))?;
        let mut file = Vec::with_capacity(padded + 20);
        for part in [b"RIFF", &riff.to_le_bytes(), b"WEBP", &kind, &length.to_le_bytes(), data] {
            file.extend_from_slice(part);
        }
        file.resize(padded + 20, 0);
        let decoder = WebPDecoder::new(Cursor::new(file)).map_err(|error| self.refused(&error))?;
        self.pixels.resize(usize::try_from(decoder.total_bytes()).unwrap_or(0), 0);
        decoder.read_image(&mut self.pixels).map_err(|error| self.refused(&error))?;
        Ok((width, height))
    }

    /// The chunk whose header stands at `offset`; its data are in the file.
    fn chunk(&self, offset: u64) -> Result<Chunk, Pixels> {
        let [k0, k1, k2, k3, length @ ..] = self.array::<8>(offset)?;
        let chunk = Chunk { kind: [k0, k1, k2, k3], start: offset + 8, length: u64::from(u32::from_le_bytes(length)) };
        if chunk.start + chunk.length > self.source.len() {
            return Err(self.damaged("a chunk reaches past the end of the file"));
        }
        Ok(chunk)
    }

    fn data(&self, chunk: &Chunk) -> Result<Vec<u8>, Pixels> {
        within("the bytes of one chunk", chunk.length, MEMORY)?;
        let mut data = vec![0; usize::try_from(chunk.length).unwrap_or(0)];
        self.source.read_at(chunk.start, &mut data).map_err(|error| self.damaged(error))?;
        Ok(data)
    }

    fn array<const N: usize>(&self, offset: u64) -> Result<[u8; N], Pixels> {
        let mut array = [0; N];
        if offset + N as u64 > self.source.len() {
            return Err(self.damaged("the file ends inside the image data"));
        }
        self.source.read_at(offset, &mut array).map_err(|error| self.damaged(error))?;
        Ok(array)
    }

    fn damaged(&self, reason: impl Display) -> Pixels {
        damaged(self.frame, reason)
    }

    fn refused(&self, error: &ImageError) -> Pixels {
        match error {
            ImageError::Limits(limit) => Pixels::TooLarge { reason: limit.to_string() },
            ImageError::Unsupported(what) => Pixels::Unsupported { reason: what.to_string() },
            error => self.damaged(error),
        }
    }
}

impl Chunk {
    /// Offset behind the data and their padding to an even length.
    const fn end(&self) -> u64 {
        self.start + self.length + self.length % 2
    }
}

/// Width and height in the header of a bitstream (RFC 6386 9.1, RFC 9649 3.4).
fn size(kind: [u8; 4], data: &[u8]) -> Option<(u32, u32)> {
    if &kind == b"VP8 " {
        let &[w0, w1, h0, h1] = data.get(6..)?.first_chunk()?;
        let size = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
        return Some((size(w0, w1), size(h0, h1)));
    }
    let bits = u32::from_le_bytes(*data.get(1..)?.first_chunk()?);
    Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
}

/// The longest edge that the decoder takes, one less than the format has.
const LONGEST: u32 = 16383;
/// The flag of an animated file in VP8X.
const ANIMATION: u8 = 0x02;
