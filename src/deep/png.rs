//! PNG: check sums of the chunks, and the rows of the image and of every frame as they come out of the zlib stream.

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

use super::{WORK, damaged, within};
use crate::facts::Pixels;
use crate::input::Source;

/// Decodes the image and, where it is animated, all frames.
pub(super) fn decode(source: &dyn Source) -> Result<(), Pixels> {
    let mut walk =
        Walk { source, header: None, animated: false, frames: 0, stream: None, image_begun: false, image_done: false };
    let mut offset = 8;
    loop {
        let [l0, l1, l2, l3, kind @ ..] = walk.array::<8>(offset)?;
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        if walk.chunk(offset, length, kind)? {
            return Ok(());
        }
        offset += 12 + u64::from(length);
    }
}

struct Walk<'s> {
    source: &'s dyn Source,
    header: Option<Header>,
    animated: bool,
    /// Number of fcTL chunks so far.
    frames: u64,
    stream: Option<ImageStream>,
    /// Whether the default image has begun, and whether it has ended.
    image_begun: bool,
    image_done: bool,
}

#[derive(Clone, Copy)]
struct Header {
    width: u32,
    height: u32,
    bits_a_pixel: u64,
    interlaced: bool,
}

impl Walk<'_> {
    /// Reads one chunk; true for IEND.
    fn chunk(&mut self, offset: u64, length: u32, kind: [u8; 4]) -> Result<bool, Pixels> {
        let image_data = match &kind {
            b"IDAT" => !self.image_done,
            b"fdAT" => self.animated,
            _ => false,
        };
        if !image_data {
            self.finish()?;
        }
        let data = self.data(offset, length, kind, image_data)?;
        match &kind {
            b"IHDR" => self.header = Some(Header::parse(&data).ok_or_else(|| damaged(0, "IHDR is too short"))?),
            b"acTL" => self.animated = !self.image_begun,
            b"fcTL" if self.animated => {
                self.frames += 1;
                let header = self.header.ok_or_else(|| damaged(0, "no IHDR"))?;
                self.stream = None;
                let frame = header.of_frame(&data).ok_or_else(|| damaged(self.frame(), "fcTL is too short"))?;
                self.start(frame)?;
            }
            b"IEND" => {
                let why = "no image data";
                return if self.image_done { Ok(true) } else { Err(damaged(0, why)) };
            }
            _ => {}
        }
        Ok(false)
    }

    /// Number of the frame that is being decoded.
    const fn frame(&self) -> u64 {
        self.frames.saturating_sub(1)
    }

    fn start(&mut self, header: Header) -> Result<(), Pixels> {
        within("the pixels of the image", u64::from(header.width) * u64::from(header.height), WORK)?;
        self.stream = Some(ImageStream::new(header));
        Ok(())
    }

    /// Ends the stream that is being decoded, if it has begun.
    fn finish(&mut self) -> Result<(), Pixels> {
        let frame = self.frame();
        self.image_done |= self.image_begun;
        match self.stream.take_if(|stream| stream.begun) {
            Some(stream) => stream.finish().map_err(|reason| damaged(frame, reason)),
            None => Ok(()),
        }
    }

    /// Reads the data of a chunk part by part and checks the CRC of those that the pixels need. Image data goes into the stream, and the first bytes of
    /// any other chunk are returned.
    fn data(&mut self, offset: u64, length: u32, kind: [u8; 4], image_data: bool) -> Result<Vec<u8>, Pixels> {
        let mut crc = crc32fast::Hasher::new();
        crc.update(&kind);
        let mut kept = Vec::new();
        let mut part = vec![0; usize::try_from(length).unwrap_or(usize::MAX).min(PART)];
        let (mut at, end) = (offset + 8, offset + 8 + u64::from(length));
        // The data of fdAT begin with a sequence number.
        let mut skip = if kind == *b"fdAT" { 4 } else { 0 };
        while at < end {
            let count = usize::try_from(end - at).unwrap_or(usize::MAX).min(part.len());
            let Some(bytes) = part.get_mut(..count) else { break };
            self.read(at, bytes)?;
            crc.update(bytes);
            at += count as u64;
            if image_data {
                let data = bytes.get(skip..).unwrap_or_default().to_vec();
                skip = 0;
                self.image_data(&data, kind == *b"IDAT")?;
            } else if kept.len() < KEPT {
                kept.extend(bytes.iter().take(KEPT));
            }
        }
        let stored = u32::from_be_bytes(self.array(end)?);
        let actual = crc.finalize();
        let looked_at = match &kind {
            b"IHDR" | b"PLTE" | b"IDAT" => true,
            b"fcTL" | b"fdAT" => self.animated,
            _ => false,
        };
        if looked_at && stored != actual {
            let reason =
                format!("{} at offset {offset} has the CRC {stored:#010X}, not {actual:#010X}", kind.escape_ascii());
            return Err(damaged(self.frame(), reason));
        }
        Ok(kept)
    }

    fn image_data(&mut self, data: &[u8], default_image: bool) -> Result<(), Pixels> {
        if self.stream.is_none() && default_image {
            let header = self.header.ok_or_else(|| damaged(0, "no IHDR"))?;
            self.start(header)?;
        }
        self.image_begun |= default_image;
        let frame = self.frame();
        match &mut self.stream {
            Some(stream) => stream.feed(data).map_err(|reason| damaged(frame, reason)),
            None => Err(damaged(frame, "frame data without a frame control")),
        }
    }

    fn array<const N: usize>(&self, offset: u64) -> Result<[u8; N], Pixels> {
        let mut array = [0; N];
        self.read(offset, &mut array)?;
        Ok(array)
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<(), Pixels> {
        let end = offset.checked_add(buffer.len() as u64);
        if end.is_none_or(|end| end > self.source.len()) {
            return Err(damaged(self.frame(), "the file ends inside the image"));
        }
        self.source.read_at(offset, buffer).map_err(|error| damaged(self.frame(), error))
    }
}

impl Header {
    fn parse(data: &[u8]) -> Option<Self> {
        let &[w0, w1, w2, w3, h0, h1, h2, h3, bit_depth, colour_type, _, _, interlace] = data.first_chunk()?;
        let samples = match colour_type {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        Some(Self {
            width: u32::from_be_bytes([w0, w1, w2, w3]),
            height: u32::from_be_bytes([h0, h1, h2, h3]),
            bits_a_pixel: u64::from(bit_depth) * samples,
            interlaced: interlace == 1,
        })
    }

    /// The header with the size that a frame control gives.
    fn of_frame(self, control: &[u8]) -> Option<Self> {
        let &[_, _, _, _, w0, w1, w2, w3, h0, h1, h2, h3] = control.first_chunk()?;
        Some(Self { width: u32::from_be_bytes([w0, w1, w2, w3]), height: u32::from_be_bytes([h0, h1, h2, h3]), ..self })
    }

    /// Bytes of a row, its filter included, and number of rows, for each pass (PNG 8.2).
    fn passes(self) -> Vec<(u64, u64)> {
        const ADAM7: [(u32, u32, u32, u32); 7] =
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        let pass = |(x, y, dx, dy): (u32, u32, u32, u32)| {
            let columns = u64::from(self.width.saturating_sub(x).div_ceil(dx));
            let rows = u64::from(self.height.saturating_sub(y).div_ceil(dy));
            (columns != 0 && rows != 0).then(|| (1 + (columns * self.bits_a_pixel).div_ceil(8), rows))
        };
        if self.interlaced {
            ADAM7.into_iter().filter_map(pass).collect()
        } else {
            pass((0, 0, 1, 1)).into_iter().collect()
        }
    }
}

/// The zlib stream of one image.
struct ImageStream {
    state: Box<InflateState>,
    /// Passes that are not complete, the first one being decoded.
    passes: std::vec::IntoIter<(u64, u64)>,
    row_bytes: u64,
    rows_left: u64,
    /// Bytes of the row that were decoded.
    column: u64,
    /// Bytes behind the last row.
    extra: u64,
    output: Vec<u8>,
    begun: bool,
    ended: bool,
}

impl ImageStream {
    fn new(header: Header) -> Self {
        let mut passes = header.passes().into_iter();
        let (row_bytes, rows_left) = passes.next().unwrap_or((0, 0));
        Self {
            state: InflateState::new_boxed(DataFormat::Zlib),
            passes,
            row_bytes,
            rows_left,
            column: 0,
            extra: 0,
            output: vec![0; PART],
            begun: false,
            ended: false,
        }
    }

    fn feed(&mut self, mut data: &[u8]) -> Result<(), String> {
        self.begun = true;
        // Data behind the end of the stream are passed over.
        while !self.ended && !data.is_empty() {
            let result = inflate(&mut self.state, data, &mut self.output, MZFlush::None);
            data = data.get(result.bytes_consumed..).unwrap_or_default();
            self.take(result.bytes_written)?;
            match result.status {
                Ok(MZStatus::StreamEnd) => self.ended = true,
                Ok(_) if result.bytes_consumed == 0 && result.bytes_written == 0 => {
                    return Err("the compressed data cannot be inflated".to_owned());
                }
                Ok(_) | Err(MZError::Buf) => {}
                Err(_) if self.rows_left == 0 => return Err("the compressed data fail their check sum".to_owned()),
                Err(_) => return Err("the compressed data cannot be inflated".to_owned()),
            }
            // More data than the image has are no damage, but nobody needs to inflate a bomb.
            self.ended |= self.extra > MOST_EXTRA;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), String> {
        // What the state still holds.
        while !self.ended {
            let result = inflate(&mut self.state, &[], &mut self.output, MZFlush::None);
            self.take(result.bytes_written)?;
            self.ended = result.status == Ok(MZStatus::StreamEnd) || self.extra > MOST_EXTRA;
            if result.bytes_written == 0 {
                break;
            }
        }
        if self.rows_left > 0 {
            return Err(format!("the image data end {} rows early", self.rows_left));
        }
        if !self.ended {
            return Err("the image data end inside their check sum".to_owned());
        }
        Ok(())
    }

    /// Follows the rows through the bytes that came out, and looks at the filter of each (PNG 9.2).
    fn take(&mut self, count: usize) -> Result<(), String> {
        let mut bytes = self.output.get(..count).unwrap_or_default();
        while !bytes.is_empty() {
            if self.rows_left == 0 {
                self.extra += bytes.len() as u64;
                return Ok(());
            }
            let filter = bytes.first().filter(|&&filter| self.column == 0 && filter > 4);
            if let Some(filter) = filter {
                return Err(format!("a row has the filter {filter}"));
            }
            let step = usize::try_from(self.row_bytes - self.column).unwrap_or(usize::MAX).min(bytes.len());
            bytes = bytes.get(step..).unwrap_or_default();
            self.column += step as u64;
            if self.column == self.row_bytes {
                self.column = 0;
                self.rows_left -= 1;
                if self.rows_left == 0 {
                    (self.row_bytes, self.rows_left) = self.passes.next().unwrap_or((0, 0));
                }
            }
        }
        Ok(())
    }
}

/// Bytes read and inflated at once.
const PART: usize = 64 << 10;
/// Bytes of other chunks that are kept.
const KEPT: usize = 26;
/// Bytes inflated behind the last row.
const MOST_EXTRA: u64 = 1 << 20;
