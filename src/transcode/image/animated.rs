//! GIFs: ended behind the last whole frame, or drawn anew with fewer frames, fewer colours, or on a smaller canvas.

use std::num::NonZeroU64;

use ::image::RgbaImage;
use ::image::imageops::{self, FilterType};
use gif::{ColorOutput, DecodeOptions, DisposalMethod, Encoder, Frame, MemoryLimit, Repeat};

use super::alpha::resized_rgba;
use super::{ImageError, MEMORY, WORK, within};
use crate::transcode::plan::Action;
use crate::units::Dimensions;

/// The GIF up to the end of its last whole frame, with a trailer.
pub(super) fn ended(bytes: &[u8]) -> Result<Vec<u8>, ImageError> {
    let end = last_whole_frame(bytes).ok_or_else(|| ImageError::undecodable("no frame is whole"))?;
    let mut whole = bytes.get(..end).unwrap_or_default().to_vec();
    whole.push(TRAILER);
    Ok(whole)
}

/// Where the last whole frame ends.
fn last_whole_frame(bytes: &[u8]) -> Option<usize> {
    let mut at = 13 + colour_table(*bytes.get(10)?);
    let mut end = None;
    loop {
        match bytes.get(at) {
            Some(0x21) => match blocks_end(bytes, at + 2) {
                Some(next) => at = next,
                None => return end,
            },
            Some(0x2c) => {
                let Some(packed) = bytes.get(at + 9) else { return end };
                match blocks_end(bytes, at + 10 + colour_table(*packed) + 1) {
                    Some(next) => at = next,
                    None => return end,
                }
                end = Some(at);
            }
            _ => return end,
        }
    }
}

/// Bytes of the colour table that packed fields tell of (GIF89a 19 and 21).
pub(super) const fn colour_table(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

/// Where a chain of data sub-blocks ends. `None`: it is cut off.
pub(super) fn blocks_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// The GIF drawn anew.
pub(super) fn redrawn(bytes: &[u8], actions: &[&Action], stop: &dyn Fn() -> bool) -> Result<Vec<u8>, ImageError> {
    let mut how = How { keep: None, to: None, bits: 8 };
    let mut cap = None;
    for action in actions {
        match action {
            Action::DropFrames { keep, of } => how.keep = Some((*keep, *of)),
            Action::ScaleGif { to } => how.to = Some(*to),
            Action::FitGif { bytes } => cap = Some(*bytes),
            _ => {}
        }
    }
    let Some(cap) = cap else { return drawn(bytes, how, stop) };
    let mut made = Vec::new();
    for bits in [8, 6, 5] {
        how.bits = bits;
        made = drawn(bytes, how, stop)?;
        if made.len() as u64 <= cap {
            return Ok(made);
        }
    }
    for _ in 0..ATTEMPTS {
        let size = size_of(&made).ok_or_else(|| ImageError::undecodable("it has no size"))?;
        // Bytes go with the area, and smaller pictures are a little harder to compress.
        let permille = (u128::from(cap) * 1_000_000 / (made.len() as u128).max(1)).isqrt() * 93 / 100;
        let edge = |edge: u32| u32::try_from(u128::from(edge) * permille / 1000).unwrap_or(edge).max(1);
        let to = Dimensions::new(edge(size.width), edge(size.height));
        if to.short_edge() < SMALLEST {
            break;
        }
        how.to = Some(to);
        made = drawn(bytes, how, stop)?;
        if made.len() as u64 <= cap {
            return Ok(made);
        }
    }
    Err(ImageError::DoesNotFit(cap))
}

fn size_of(bytes: &[u8]) -> Option<Dimensions> {
    let edge = |at: usize| Some(u32::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    Some(Dimensions::new(edge(6)?, edge(8)?))
}

/// How a GIF is drawn.
#[derive(Clone, Copy)]
struct How {
    /// So many of so many frames. `None`: all.
    keep: Option<(u64, u64)>,
    /// Size of the canvas. `None`: as it is.
    to: Option<Dimensions>,
    /// Bits of each colour that are kept.
    bits: u32,
}

impl How {
    /// Whether a frame is kept: evenly spread, the first one always.
    fn keeps(self, frame: u64) -> bool {
        let Some((keep, of)) = self.keep.filter(|(keep, of)| keep < of && *keep > 0) else { return true };
        let index = |frame: u64| u128::from(frame) * u128::from(keep) / u128::from(of);
        frame == 0 || index(frame) != index(frame - 1)
    }
}

/// All frames that are kept, each drawn on the canvas and written as the difference to the one in front.
fn drawn(bytes: &[u8], how: How, stop: &dyn Fn() -> bool) -> Result<Vec<u8>, ImageError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.set_memory_limit(NonZeroU64::new(MEMORY).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    options.allow_unknown_blocks(true);
    let mut decoder = options.read_info(bytes).map_err(ImageError::undecodable)?;
    let (width, height) = (u32::from(decoder.width()), u32::from(decoder.height()));
    within("the bytes of the canvas", u64::from(width) * u64::from(height) * 4, MEMORY)?;
    let mut canvas = RgbaImage::new(width, height);
    let mut writer = Writer::new(how.to.unwrap_or(Dimensions::new(width, height)), how.bits, decoder.repeat())?;
    let mut work = 0;
    let mut index = 0;
    while let Some(frame) = decoder.read_next_frame().map_err(ImageError::undecodable)? {
        if stop() {
            return Err(ImageError::Stopped);
        }
        work += u64::from(width) * u64::from(height);
        within("the pixels of all frames", work, WORK)?;
        let before = (frame.dispose == DisposalMethod::Previous).then(|| canvas.clone());
        draw(&mut canvas, frame);
        if how.keeps(index) {
            writer.frame(&canvas, shown(frame.delay))?;
        } else {
            writer.longer(shown(frame.delay));
        }
        match (frame.dispose, before) {
            (DisposalMethod::Background, _) => clear(&mut canvas, frame),
            (DisposalMethod::Previous, Some(before)) => canvas = before,
            _ => {}
        }
        index += 1;
    }
    writer.end()
}

/// How long browsers show a frame, in hundredths of a second: together with others it must stay as long.
const fn shown(delay: u16) -> u16 {
    if delay < 2 { 10 } else { delay }
}

/// Draws a frame where it lies, cut off at the edges.
fn draw(canvas: &mut RgbaImage, frame: &Frame<'_>) {
    let (left, top) = (u32::from(frame.left), u32::from(frame.top));
    let row = usize::from(frame.width).max(1) * 4;
    for (y, pixels) in (top..canvas.height()).zip(frame.buffer.chunks_exact(row)) {
        for (x, pixel) in (left..canvas.width()).zip(pixels.chunks_exact(4)) {
            if let [red, green, blue, 1..=u8::MAX] = *pixel {
                canvas.put_pixel(x, y, [red, green, blue, u8::MAX].into());
            }
        }
    }
}

fn clear(canvas: &mut RgbaImage, frame: &Frame<'_>) {
    let (left, top) = (u32::from(frame.left), u32::from(frame.top));
    let right = left.saturating_add(frame.width.into()).min(canvas.width());
    let bottom = top.saturating_add(frame.height.into()).min(canvas.height());
    for y in top..bottom {
        for x in left..right {
            canvas.put_pixel(x, y, [0; 4].into());
        }
    }
}

/// Writes frames, each one late: how it is disposed of depends on the next.
struct Writer {
    encoder: Encoder<Vec<u8>>,
    size: Dimensions,
    /// Bits of each colour that are kept.
    bits: u32,
    /// What is shown when the pending frame is drawn.
    shown: RgbaImage,
    pending: Option<(RgbaImage, u16)>,
}

impl Writer {
    fn new(size: Dimensions, bits: u32, repeat: Repeat) -> Result<Self, ImageError> {
        let (width, height) = (edge(size.width), edge(size.height));
        let mut encoder = Encoder::new(Vec::new(), width, height, &[]).map_err(ImageError::unencodable)?;
        encoder.set_repeat(repeat).map_err(ImageError::unencodable)?;
        Ok(Self { encoder, size, bits, shown: RgbaImage::new(size.width, size.height), pending: None })
    }

    fn frame(&mut self, canvas: &RgbaImage, delay: u16) -> Result<(), ImageError> {
        let is_scaled = (canvas.width(), canvas.height()) != (self.size.width, self.size.height);
        let mut next = if is_scaled {
            resized_rgba(canvas, self.size.width, self.size.height, FilterType::Triangle)
        } else {
            canvas.clone()
        };
        if self.bits < 8 || is_scaled {
            for pixel in next.pixels_mut() {
                let [red, green, blue, alpha] = pixel.0;
                let [red, green, blue] = [red, green, blue].map(|colour| coarse(colour, self.bits));
                // A frame that is redrawn where nothing is seen would differ there from the one in front of it.
                pixel.0 = if alpha < 128 { [0; 4] } else { [red, green, blue, 255] };
            }
        }
        if let Some((pending, time)) = self.pending.replace((next, delay)) {
            self.write(&pending, time)?;
        }
        Ok(())
    }

    /// The frame that is shown now stays for longer.
    fn longer(&mut self, delay: u16) {
        if let Some((_, time)) = &mut self.pending {
            *time = time.saturating_add(delay);
        }
    }

    /// Writes the frame that was pending, now that the next one is known.
    fn write(&mut self, frame: &RgbaImage, delay: u16) -> Result<(), ImageError> {
        let clears = self.pending.as_ref().is_some_and(|(next, _)| {
            frame.pixels().zip(next.pixels()).any(|(now, next)| now.0[3] != 0 && next.0[3] == 0)
        });
        let mut part = if clears { Part::whole(frame) } else { Part::difference(&self.shown, frame) };
        let mut written = Frame::from_rgba_speed(edge(part.width), edge(part.height), &mut part.pixels, SPEED);
        written.left = edge(part.left);
        written.top = edge(part.top);
        written.delay = delay;
        written.dispose = if clears { DisposalMethod::Background } else { DisposalMethod::Keep };
        self.encoder.write_frame(&written).map_err(ImageError::unencodable)?;
        self.shown = if clears { RgbaImage::new(self.size.width, self.size.height) } else { frame.clone() };
        Ok(())
    }

    fn end(mut self) -> Result<Vec<u8>, ImageError> {
        match self.pending.take() {
            Some((last, time)) => self.write(&last, time)?,
            None => return Err(ImageError::undecodable("there is no frame in it")),
        }
        self.encoder.into_inner().map_err(ImageError::unencodable)
    }
}

/// A part of the canvas.
struct Part {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Part {
    fn whole(frame: &RgbaImage) -> Self {
        Self { left: 0, top: 0, width: frame.width(), height: frame.height(), pixels: frame.as_raw().clone() }
    }

    /// The smallest rectangle that holds all that changes; what does not change in it is transparent.
    fn difference(shown: &RgbaImage, frame: &RgbaImage) -> Self {
        let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
        for ((x, y, now), before) in frame.enumerate_pixels().zip(shown.pixels()) {
            if now != before {
                (left, top) = (left.min(x), top.min(y));
                (right, bottom) = (right.max(x + 1), bottom.max(y + 1));
            }
        }
        if right == 0 {
            // A frame in which nothing changes is still a frame.
            return Self { left: 0, top: 0, width: 1, height: 1, pixels: vec![0; 4] };
        }
        let (width, height) = (right - left, bottom - top);
        let now = imageops::crop_imm(frame, left, top, width, height).to_image();
        let before = imageops::crop_imm(shown, left, top, width, height).to_image();
        let pixels = now.pixels().zip(before.pixels());
        let pixels = pixels.flat_map(|(now, before)| if now == before { [0; 4] } else { now.0 }).collect();
        Self { left, top, width, height, pixels }
    }
}

/// A colour in so many bits: the nearest of the steps that they make from black to white.
fn coarse(colour: u8, bits: u32) -> u8 {
    let steps = u32::from(u8::MAX) >> 8_u32.saturating_sub(bits);
    let step = (u32::from(colour) * steps + 127) / 255;
    u8::try_from((step * 255 + steps / 2) / steps.max(1)).unwrap_or(u8::MAX)
}

/// An edge as GIF counts it.
fn edge(length: u32) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// GIF89a 27.
const TRAILER: u8 = 0x3b;
/// From 1, the best palette, to 30, the quickest.
const SPEED: i32 = 10;
/// Sizes that are tried.
const ATTEMPTS: u32 = 5;
/// Pixels of the shorter edge below which nothing is made.
const SMALLEST: u32 = 16;
