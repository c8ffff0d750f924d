//! The chunks of a PNG, from IHDR to IEND (PNG 5.3 and 5.6).

use super::header::{Header, LARGEST};
use crate::facts::{Anomaly, AnomalyKind, Evidence};
use crate::input::{Reader, Stop};
use crate::syntax::exif;

/// What the chunks say.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// IHDR, and the offset of its data.
    pub(super) header: Option<(Header, u64)>,
    /// acTL in front of the image data, and the offset of its data.
    pub(super) animation: Option<(AnimationControl, u64)>,
    /// Orientation of the first eXIf.
    pub(super) exif: Option<exif::Exif>,
    /// Number of fcTL chunks.
    pub(super) frame_controls: u64,
    /// Their delays.
    pub(super) delays: Delays,
    /// Oddities that readers cope with.
    pub(super) anomalies: Vec<Anomaly>,
    has_palette: bool,
    image_data: ImageData,
}

/// Animation Control (PNG 11.3.6.1).
#[derive(Clone, Copy, Debug)]
pub(super) struct AnimationControl {
    pub(super) num_frames: u32,
    pub(super) num_plays: u32,
}

/// Sums of delays, by the denominator of their seconds.
#[derive(Debug, Default)]
pub(super) struct Delays {
    /// Denominator and sum of numerators; a file that uses more than a few denominators is not summed.
    pub(super) sums: Vec<(u16, u64)>,
    /// Whether a delay could not be summed.
    pub(super) incomplete: bool,
}

#[derive(Debug, Default)]
struct ImageData {
    chunks: u64,
    bytes: u64,
}

/// A chunk that lies within the file.
#[derive(Clone, Copy)]
struct Chunk {
    offset: u64,
    length: u32,
    kind: [u8; 4],
}

impl Walk {
    /// Reads all chunks. What was learnt before a stop stays.
    pub(super) fn run(&mut self, reader: &mut Reader<'_>) -> Result<(), Stop> {
        let mut offset = 8;
        loop {
            let chunk = chunk_at(reader, offset)?;
            if self.header.is_none() {
                self.image_header(reader, &chunk)?;
            } else if self.chunk(reader, &chunk)? {
                self.trailing(reader, chunk.end());
                return Ok(());
            }
            offset = chunk.end();
        }
    }

    fn image_header(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<(), Stop> {
        if chunk.kind != *b"IHDR" {
            let actual = if chunk.kind == *b"CgBI" {
                "CgBI: Apple's variant for iOS, which is no PNG".to_owned()
            } else {
                chunk.kind.escape_ascii().to_string()
            };
            return Err(Stop::Malformed {
                offset: chunk.offset + 4,
                field: "chunk type",
                expected: "IHDR, the first chunk".into(),
                actual: actual.into(),
            });
        }
        chunk.expect_length(13, "IHDR.length")?;
        let data = chunk.checked_data(reader, "IHDR", "IHDR.crc")?;
        self.header = Some((Header::parse(&data, chunk.data_offset())?, chunk.data_offset()));
        Ok(())
    }

    /// Reads one chunk behind IHDR; true for IEND.
    fn chunk(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<bool, Stop> {
        match &chunk.kind {
            b"IDAT" => {
                self.before_image_data(chunk)?;
                self.image_data.chunks += 1;
                self.image_data.bytes = self.image_data.bytes.saturating_add(u64::from(chunk.length));
            }
            b"IEND" => {
                self.at_end(chunk)?;
                return Ok(true);
            }
            b"IHDR" => return Err(chunk.out_of_place("one IHDR, at the start")),
            b"PLTE" => self.palette(reader, chunk)?,
            b"acTL" => self.animation_control(reader, chunk)?,
            b"fcTL" => self.frame_control(reader, chunk)?,
            b"eXIf" if self.exif.is_none() => {
                let (start, length) = (chunk.data_offset(), u64::from(chunk.length));
                self.exif = Some(exif::read(reader, start, length, "eXIf.Orientation")?);
            }
            // An upper-case letter says that the image cannot be shown without it (PNG 5.4).
            [first, ..] if first.is_ascii_uppercase() => {
                return Err(chunk.out_of_place("a chunk that readers know"));
            }
            _ => {}
        }
        Ok(false)
    }

    fn before_image_data(&self, chunk: &Chunk) -> Result<(), Stop> {
        let indexed = self.header.is_some_and(|(header, _)| header.colour_type == INDEXED);
        if indexed && !self.has_palette { Err(chunk.out_of_place("PLTE before it")) } else { Ok(()) }
    }

    fn at_end(&self, chunk: &Chunk) -> Result<(), Stop> {
        if self.image_data.chunks == 0 {
            return Err(chunk.out_of_place("IDAT before it"));
        }
        if self.image_data.bytes == 0 {
            return Err(chunk.out_of_place("image data in the IDAT before it"));
        }
        Ok(())
    }

    /// Palette (PNG 11.2.2). Where the image does not need one, readers pass over what is wrong with it.
    fn palette(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<(), Stop> {
        let indexed = self.header.is_some_and(|(header, _)| header.colour_type == INDEXED);
        let fits = (3..=768).contains(&chunk.length) && chunk.length.is_multiple_of(3);
        if indexed && self.has_palette {
            return Err(chunk.out_of_place("one PLTE"));
        }
        if !fits {
            if indexed {
                return Err(Stop::Malformed {
                    offset: chunk.offset,
                    field: "PLTE.length",
                    expected: "a multiple of 3, from 3 to 768".into(),
                    actual: chunk.length.to_string().into(),
                });
            }
            self.note(chunk, "a palette that the image does not use has a wrong length", "a multiple of 3");
            return Ok(());
        }
        chunk.checked_data(reader, "PLTE", "PLTE.crc")?;
        self.has_palette = true;
        Ok(())
    }

    fn animation_control(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<(), Stop> {
        if self.image_data.chunks > 0 {
            self.note(chunk, "acTL stands behind the image data, so the image is still", "acTL before IDAT");
            return Ok(());
        }
        if self.animation.is_some() {
            self.note(chunk, "a second acTL is passed over", "one acTL");
            return Ok(());
        }
        chunk.expect_length(8, "acTL.length")?;
        let data = chunk.checked_data(reader, "acTL", "acTL.crc")?;
        let [f0, f1, f2, f3, p0, p1, p2, p3] = *data.first_chunk().unwrap_or(&[0; 8]);
        let num_frames = u32::from_be_bytes([f0, f1, f2, f3]);
        if num_frames == 0 {
            self.note(chunk, "acTL promises no frame, so the image is still", "at least 1 frame");
            return Ok(());
        }
        let control = AnimationControl { num_frames, num_plays: u32::from_be_bytes([p0, p1, p2, p3]) };
        self.animation = Some((control, chunk.data_offset()));
        Ok(())
    }

    /// Frame Control (PNG 11.3.6.2), of which the delay is read.
    fn frame_control(&mut self, reader: &mut Reader<'_>, chunk: &Chunk) -> Result<(), Stop> {
        self.frame_controls += 1;
        if chunk.length != 26 || self.animation.is_none() {
            self.delays.incomplete = true;
            return Ok(());
        }
        let [n0, n1, d0, d1] = reader.array(chunk.data_offset() + 20, "fcTL.delay_num")?;
        self.delays.add(u16::from_be_bytes([n0, n1]), u16::from_be_bytes([d0, d1]));
        Ok(())
    }

    fn trailing(&mut self, reader: &Reader<'_>, end: u64) {
        let rest = reader.len().saturating_sub(end);
        if rest > 0 {
            self.anomalies.push(Anomaly::new(
                AnomalyKind::Tolerated,
                Evidence::new(end, "IEND"),
                "bytes stand behind the last chunk",
                "the end of the file",
                format!("{rest} bytes"),
            ));
        }
    }

    fn note(&mut self, chunk: &Chunk, message: &'static str, expected: &'static str) {
        if self.anomalies.len() < MOST_NOTES {
            let at = Evidence::new(chunk.offset, name(chunk.kind));
            self.anomalies.push(Anomaly::new(
                AnomalyKind::Tolerated,
                at,
                message,
                expected,
                format!("{} bytes", chunk.length),
            ));
        }
    }
}

impl Delays {
    fn add(&mut self, numerator: u16, denominator: u16) {
        // A denominator of 0 stands for hundredths.
        let denominator = if denominator == 0 { 100 } else { denominator };
        if let Some((_, sum)) = self.sums.iter_mut().find(|(other, _)| *other == denominator) {
            *sum += u64::from(numerator);
        } else if self.sums.len() < MOST_DENOMINATORS {
            self.sums.push((denominator, u64::from(numerator)));
        } else {
            self.incomplete = true;
        }
    }
}

impl Chunk {
    const fn data_offset(&self) -> u64 {
        self.offset + 8
    }

    /// Offset of the first byte behind the chunk: length, type, data and CRC.
    const fn end(&self) -> u64 {
        self.offset + 12 + self.length as u64
    }

    fn expect_length(&self, length: u32, field: &'static str) -> Result<(), Stop> {
        if self.length == length {
            return Ok(());
        }
        Err(Stop::Malformed {
            offset: self.offset,
            field,
            expected: length.to_string().into(),
            actual: self.length.to_string().into(),
        })
    }

    /// The data, whose CRC over type and data was found right.
    fn checked_data(&self, reader: &mut Reader<'_>, field: &'static str, crc: &'static str) -> Result<Vec<u8>, Stop> {
        let bytes = reader.bytes(self.offset + 4, u64::from(self.length) + 8, field)?;
        let (checked, stored) = bytes.split_last_chunk::<4>().unwrap_or((&bytes, &[0; 4]));
        let stored = u32::from_be_bytes(*stored);
        let actual = crc32fast::hash(checked);
        if stored != actual {
            return Err(Stop::Malformed {
                offset: self.end() - 4,
                field: crc,
                expected: format!("{actual:#010X}").into(),
                actual: format!("{stored:#010X}").into(),
            });
        }
        // Behind the type.
        Ok(checked.get(4..).unwrap_or_default().to_vec())
    }

    fn out_of_place(&self, expected: &'static str) -> Stop {
        Stop::Malformed {
            offset: self.offset + 4,
            field: "chunk type",
            expected: expected.into(),
            actual: self.kind.escape_ascii().to_string().into(),
        }
    }
}

/// The chunk at `offset`, which must lie within the file.
fn chunk_at(reader: &mut Reader<'_>, offset: u64) -> Result<Chunk, Stop> {
    reader.visit(1, offset, "chunk")?;
    let [l0, l1, l2, l3, kind @ ..] = reader.array::<8>(offset, "chunk header")?;
    let length = u32::from_be_bytes([l0, l1, l2, l3]);
    let chunk = Chunk { offset, length, kind };
    if !kind.iter().all(u8::is_ascii_alphabetic) {
        return Err(Stop::Malformed {
            offset: offset + 4,
            field: "chunk type",
            expected: "four letters".into(),
            actual: kind.escape_ascii().to_string().into(),
        });
    }
    if length > LARGEST {
        return Err(Stop::Malformed {
            offset,
            field: "chunk length",
            expected: "at most 2^31 - 1".into(),
            actual: length.to_string().into(),
        });
    }
    if chunk.end() > reader.len() {
        return Err(Stop::EndOfFile {
            offset,
            field: name(kind),
            expected: chunk.end() - offset,
            actual: reader.len() - offset,
        });
    }
    Ok(chunk)
}

/// The name of a chunk that is spoken of.
const fn name(kind: [u8; 4]) -> &'static str {
    match &kind {
        b"IHDR" => "IHDR",
        b"PLTE" => "PLTE",
        b"IDAT" => "IDAT",
        b"IEND" => "IEND",
        b"acTL" => "acTL",
        b"fcTL" => "fcTL",
        b"fdAT" => "fdAT",
        b"eXIf" => "eXIf",
        _ => "chunk",
    }
}

const INDEXED: u8 = 3;
/// Oddities that are noted at most.
const MOST_NOTES: usize = 16;
/// Different denominators of delays that are summed.
const MOST_DENOMINATORS: usize = 64;
