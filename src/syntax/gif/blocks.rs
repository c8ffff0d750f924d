//! The blocks of a GIF, in the order in which they stand.

use super::control::Control;
use super::stream::Stream;
use crate::input::{Reader, Stop};

/// What was met on the way through the blocks.
pub(super) struct Walk<'r, 's> {
    stream: Stream<'r, 's>,
    /// The logical screen; `None` where the file ends inside it.
    pub(super) screen: Option<LogicalScreen>,
    /// Number of image descriptors before the first trailer.
    pub(super) frames: u64,
    /// The first image descriptor.
    pub(super) first_frame: Option<ImageDescriptor>,
    /// The last image descriptor before the first trailer.
    pub(super) last_frame: Option<ImageDescriptor>,
    /// Number of frames that reach outside the canvas.
    pub(super) frames_outside: u64,
    /// The first of them and its number.
    pub(super) first_outside: Option<(u64, ImageDescriptor)>,
    /// Sum of the delays of the frames, in hundredths of a second.
    pub(super) delay: u64,
    /// The same as browsers show it.
    pub(super) shown: u64,
    /// How long the last frame is shown, in hundredths of a second.
    pub(super) last_shown: u64,
    /// When each frame is shown, where that is asked for; `None` where it is not, or where there are too many.
    pub(super) times: Option<Vec<u64>>,
    /// Whether a part of the canvas may be transparent at some time.
    pub(super) may_be_transparent: bool,
    /// Loop count of the last looping extension and the offset of its field.
    pub(super) loop_count: Option<(u16, u64)>,
    /// Offset of the first trailer.
    pub(super) trailer: Option<u64>,
    /// Offset of the first byte after all blocks that could be read.
    pub(super) end: u64,
    /// Number of image descriptors after the first trailer.
    pub(super) frames_after_trailer: u64,
    /// The first zero byte that stands where a block should begin.
    pub(super) first_padding: Option<u64>,
    /// A graphic control extension whose image has not come yet, and its offset.
    pub(super) pending_control: Option<(Control, u64)>,
}

/// How the walk came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// At a trailer.
    Trailer,
    /// At the end of the file, at a block boundary.
    Boundary,
    /// At a byte that begins no block, which stands behind the frames.
    Junk(u8),
}

/// Logical Screen Descriptor (GIF89a 18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogicalScreen {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) packed: u8,
}

/// Image Descriptor (GIF89a 20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImageDescriptor {
    /// Offset of the image separator.
    pub(super) offset: u64,
    pub(super) left: u16,
    pub(super) top: u16,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl<'r, 's> Walk<'r, 's> {
    /// A walk that begins at the start of the file.
    pub(super) fn new(reader: &'r mut Reader<'s>) -> Self {
        Self {
            times: reader.extras().presentation.then(Vec::new),
            stream: Stream::new(reader),
            screen: None,
            frames: 0,
            first_frame: None,
            last_frame: None,
            frames_outside: 0,
            first_outside: None,
            delay: 0,
            shown: 0,
            last_shown: 0,
            may_be_transparent: false,
            loop_count: None,
            trailer: None,
            end: 0,
            frames_after_trailer: 0,
            first_padding: None,
            pending_control: None,
        }
    }

    /// Walks all blocks.
    pub(super) fn run(&mut self) -> Result<End, Stop> {
        self.stream.skip(6, "header")?;
        let screen = self.logical_screen()?;
        self.screen = Some(screen);
        self.color_table(screen.packed, "global colour table")?;
        let end = self.blocks()?;
        if end == End::Trailer {
            self.behind_the_trailer()?;
        }
        Ok(end)
    }

    /// The canvas: the logical screen, or the first frame's size where the screen is empty.
    pub(super) fn canvas(&self) -> Option<(u16, u16)> {
        let screen = self.screen?;
        if screen.width != 0 && screen.height != 0 {
            return Some((screen.width, screen.height));
        }
        self.first_frame.map(|frame| (frame.width, frame.height))
    }

    fn logical_screen(&mut self) -> Result<LogicalScreen, Stop> {
        let [w0, w1, h0, h1, packed, _background, _aspect] = self.stream.array("LSD")?;
        Ok(LogicalScreen { width: u16::from_le_bytes([w0, w1]), height: u16::from_le_bytes([h0, h1]), packed })
    }

    /// A colour table, where the packed fields say that there is one (GIF89a 19 and 21).
    fn color_table(&mut self, packed: u8, field: &'static str) -> Result<(), Stop> {
        if packed & 0x80 == 0 {
            return Ok(());
        }
        self.stream.skip(3 << ((packed & 7) + 1), field)
    }

    /// All blocks up to and including the first trailer.
    fn blocks(&mut self) -> Result<End, Stop> {
        loop {
            while self.usual_frame()? {}
            if let Some(end) = self.block()? {
                return Ok(end);
            }
        }
    }

    /// Reads a frame and the control extension in front of it, both in the shape that nearly all have; false where the next
    /// blocks are others.
    fn usual_frame(&mut self) -> Result<bool, Stop> {
        let Some(
            [EXTENSION_INTRODUCER, GRAPHIC_CONTROL, 4, packed, d0, d1, _transparent, 0, IMAGE_SEPARATOR, frame @ ..],
        ) = self.stream.next_bytes::<18>()
        else {
            return Ok(false);
        };
        self.end = self.stream.offset();
        self.stream.visit("block")?;
        let control = Control { packed, delay: u16::from_le_bytes([d0, d1]) };
        self.pending_control = Some((control, self.end));
        self.stream.pass(8);
        self.end = self.stream.offset();
        self.stream.visit("block")?;
        self.stream.pass(10);
        self.frame(frame)?;
        Ok(true)
    }

    /// Reads one block; how the walk ends, where it is the last one.
    fn block(&mut self) -> Result<Option<End>, Stop> {
        self.end = self.stream.offset();
        if self.stream.is_at_end() {
            return self.boundary().map(Some);
        }
        self.stream.visit("block")?;
        match self.stream.byte("block introducer")? {
            IMAGE_SEPARATOR => {
                let descriptor = self.stream.array("descriptor")?;
                self.frame(descriptor)?;
            }
            EXTENSION_INTRODUCER => self.extension()?,
            TRAILER => {
                self.trailer = Some(self.end);
                return self.at_trailer().map(Some);
            }
            // Some writers pad blocks with zeros, and readers pass over them.
            0 => self.first_padding = self.first_padding.or(Some(self.end)),
            other => return self.unknown_block(other).map(Some),
        }
        Ok(None)
    }

    /// The frame whose descriptor was read.
    fn frame(&mut self, [l0, l1, t0, t1, w0, w1, h0, h1, packed]: [u8; 9]) -> Result<(), Stop> {
        let frame = ImageDescriptor {
            offset: self.end,
            left: u16::from_le_bytes([l0, l1]),
            top: u16::from_le_bytes([t0, t1]),
            width: u16::from_le_bytes([w0, w1]),
            height: u16::from_le_bytes([h0, h1]),
        };
        self.first_frame.get_or_insert(frame);
        self.last_frame = Some(frame);
        if self.reaches_outside(&frame) {
            self.frames_outside += 1;
            self.first_outside.get_or_insert((self.frames, frame));
        }
        self.frames += 1;
        let control = self.pending_control.take().map(|(control, _)| control).unwrap_or_default();
        self.delay = self.delay.saturating_add(u64::from(control.delay));
        self.last_shown = u64::from(control.shown());
        match &mut self.times {
            Some(times) if times.len() < MOST_TIMES => times.push(self.shown),
            times => *times = None,
        }
        self.shown = self.shown.saturating_add(self.last_shown);
        // In front of the first frame, all is transparent.
        let is_ground = self.frames == 1;
        self.may_be_transparent |= control.disposal() == 2
            || is_ground && (control.disposal() == 3 || control.has_transparency() || !self.covers(&frame));
        self.frame_data(packed)
    }

    fn frame_data(&mut self, packed: u8) -> Result<(), Stop> {
        self.color_table(packed, "local colour table")?;
        self.stream.byte("LZW minimum code size")?;
        self.stream.skip_sub_blocks("image data")
    }

    fn reaches_outside(&self, frame: &ImageDescriptor) -> bool {
        let Some(LogicalScreen { width, height, .. }) = self.screen.filter(|s| s.width != 0 && s.height != 0) else {
            // The first frame is the canvas, and nobody agrees where the others stand on it.
            return false;
        };
        let right = u32::from(frame.left) + u32::from(frame.width);
        let bottom = u32::from(frame.top) + u32::from(frame.height);
        right > u32::from(width) || bottom > u32::from(height)
    }

    /// Whether a frame covers the whole canvas.
    fn covers(&self, frame: &ImageDescriptor) -> bool {
        let reaches =
            |(width, height)| frame.left == 0 && frame.top == 0 && frame.width >= width && frame.height >= height;
        self.canvas().is_some_and(reaches)
    }

    fn extension(&mut self) -> Result<(), Stop> {
        match self.stream.byte("extension label")? {
            GRAPHIC_CONTROL => self.graphic_control(),
            APPLICATION => self.application(),
            PLAIN_TEXT => {
                // It is what the control extension in front of it was for.
                self.pending_control = None;
                self.stream.skip_sub_blocks("plain text extension")
            }
            // Comments, and labels that no version defines.
            _ => self.stream.skip_sub_blocks("extension"),
        }
    }

    /// Graphic Control Extension (GIF89a 23). Of several in a row the last one counts.
    fn graphic_control(&mut self) -> Result<(), Stop> {
        const FIELD: &str = "graphic control extension";
        // Nearly all are as the standard has them: one sub-block of four bytes.
        if let Some([4, packed, d0, d1, _transparent, 0]) = self.stream.next_bytes() {
            let control = Control { packed, delay: u16::from_le_bytes([d0, d1]) };
            self.pending_control = Some((control, self.end));
            return self.stream.skip(6, FIELD);
        }
        let mut block = [0; SUB_BLOCK];
        if let [packed, d0, d1, _transparent, ..] = self.sub_block(&mut block, FIELD)? {
            let control = Control { packed: *packed, delay: u16::from_le_bytes([*d0, *d1]) };
            self.pending_control = Some((control, self.end));
        }
        if block_is_empty(&block) { Ok(()) } else { self.stream.skip_sub_blocks(FIELD) }
    }

    /// Application Extension (GIF89a 26), of which the looping ones of Netscape and of its twin are read.
    fn application(&mut self) -> Result<(), Stop> {
        const FIELD: &str = "application extension";
        let mut block = [0; SUB_BLOCK];
        let looping = matches!(self.sub_block(&mut block, FIELD)?, b"NETSCAPE2.0" | b"ANIMEXTS1.0");
        if block_is_empty(&block) {
            return Ok(());
        }
        if !looping {
            return self.stream.skip_sub_blocks(FIELD);
        }
        loop {
            let offset = self.stream.offset();
            let mut block = [0; SUB_BLOCK];
            match self.sub_block(&mut block, FIELD)? {
                [] => return Ok(()),
                [id, c0, c1, ..] if id & 7 == 1 => {
                    self.loop_count = Some((u16::from_le_bytes([*c0, *c1]), offset + 2));
                }
                _ => {}
            }
        }
    }

    /// Takes one data sub-block into `block`, whose first byte is its size; empty for the terminator.
    fn sub_block<'b>(&mut self, block: &'b mut [u8; SUB_BLOCK], field: &'static str) -> Result<&'b [u8], Stop> {
        let size = self.stream.byte(field)?;
        let [first, data @ ..] = block;
        *first = size;
        let Some(data) = data.get_mut(..usize::from(size)) else {
            return Ok(&[]);
        };
        self.stream.fill(data, field)?;
        Ok(data)
    }

    /// The file ends where a block may begin.
    fn boundary(&self) -> Result<End, Stop> {
        let ended = |field| Stop::EndOfFile { offset: self.end, field, expected: 1, actual: 0 };
        if self.frames == 0 {
            return Err(ended("block introducer"));
        }
        // The control extension belongs to the graphic block that is missing (GIF89a appendix B).
        if self.pending_control.is_some() {
            return Err(ended("descriptor"));
        }
        Ok(End::Boundary)
    }

    fn at_trailer(&self) -> Result<End, Stop> {
        if self.frames == 0 {
            return Err(Stop::Malformed {
                offset: self.end,
                field: "trailer",
                expected: "an image before it".into(),
                actual: "none".into(),
            });
        }
        Ok(End::Trailer)
    }

    /// A byte that begins no block. Readers show the frames in front of it, so it is junk behind them, unless the file
    /// goes on to a trailer of its own: then a part of the animation is lost.
    fn unknown_block(&mut self, introducer: u8) -> Result<End, Stop> {
        let mut tail = [0; 64];
        let tail = self.stream.tail(&mut tail)?;
        let last = tail.iter().rev().find(|&&byte| byte != 0);
        if self.frames > 0 && (tail.len() < SHORTEST_FRAME || last != Some(&TRAILER)) {
            return Ok(End::Junk(introducer));
        }
        Err(Stop::Malformed {
            offset: self.end,
            field: "block introducer",
            expected: "0x21, 0x2C or 0x3B".into(),
            actual: format!("{introducer:#04X}").into(),
        })
    }

    /// Counts the images behind the first trailer, as far as blocks can be read there.
    fn behind_the_trailer(&mut self) -> Result<(), Stop> {
        self.end = self.stream.offset();
        loop {
            let outcome = match self.next_block_behind() {
                Ok(true) => continue,
                other => other,
            };
            return match outcome {
                Err(stop @ Stop::Source(_)) => Err(stop),
                _ => Ok(()),
            };
        }
    }

    fn next_block_behind(&mut self) -> Result<bool, Stop> {
        if self.stream.is_at_end() {
            return Ok(false);
        }
        self.stream.visit("block")?;
        match self.stream.byte("block introducer")? {
            IMAGE_SEPARATOR => {
                let [.., packed] = self.stream.array::<9>("descriptor")?;
                self.frame_data(packed)?;
                self.frames_after_trailer += 1;
            }
            EXTENSION_INTRODUCER => {
                self.stream.byte("extension label")?;
                self.stream.skip_sub_blocks("extension")?;
            }
            TRAILER | 0 => {}
            _ => return Ok(false),
        }
        Ok(true)
    }
}

const fn block_is_empty(block: &[u8; SUB_BLOCK]) -> bool {
    let [size, ..] = *block;
    size == 0
}

const IMAGE_SEPARATOR: u8 = 0x2c;
const EXTENSION_INTRODUCER: u8 = 0x21;
const TRAILER: u8 = 0x3b;
const PLAIN_TEXT: u8 = 0x01;
const GRAPHIC_CONTROL: u8 = 0xf9;
const APPLICATION: u8 = 0xff;
/// A data sub-block at its longest: the size and 255 bytes.
const SUB_BLOCK: usize = 256;
/// Frames whose times are kept.
const MOST_TIMES: usize = 1 << 16;
/// The rest of a frame behind its separator: nine bytes of descriptor, code size, a sub-block, terminator; and a trailer.
const SHORTEST_FRAME: usize = 14;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::{Facts, Format};
    use crate::input::{Budget, Limits};
    use crate::syntax::gif::facts::lower;

    const HEAD: &[u8] = b"GIF89a\x03\0\x02\0\0\0\0";
    const CONTROL: &[u8] = b"\x21\xf9\x04\x09\x14\0\0\0";
    const FRAME: &[u8] = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    const LONGER_CONTROL: &[u8] = b"\x21\xf9\x05\0\x14\0\0\0\0";
    const PARTS: [&[u8]; 6] = [CONTROL, FRAME, LONGER_CONTROL, b"\x21\xfe\x02hi\0", b"\0", b"\x3b"];

    /// What a walk tells, with usual frames read at once or block by block.
    fn told(bytes: &[u8], items: u64, at_once: bool) -> String {
        let limits = Limits { items, ..Limits::default() };
        let mut reader = Reader::new(&bytes, Budget::new(limits)).unwrap();
        let mut walk = Walk::new(&mut reader);
        walk.stream.skip(6, "header").unwrap();
        walk.screen = walk.logical_screen().ok();
        let outcome = if at_once {
            walk.blocks()
        } else {
            std::iter::repeat_with(|| walk.block().transpose()).find_map(|end| end).unwrap()
        };
        let mut facts = Facts::new(bytes.len() as u64, Format::Gif);
        lower(&walk, &outcome, &mut facts);
        format!("{outcome:?} {} {:?} {facts:?}", walk.end, walk.pending_control)
    }

    proptest! {
        #[test]
        fn usual_frames_are_read_as_block_by_block(
            parts in prop::collection::vec(prop_oneof![4 => 0..2_usize, 1 => 0..PARTS.len()], 0..12),
            flip in prop::option::of(any::<(prop::sample::Index, u8)>()), items in prop_oneof![0..16_u64, Just(99)],
        ) {
            let parts: Vec<_> = parts.into_iter().map(|part| PARTS[part]).collect();
            let mut bytes = [HEAD, &parts.concat()].concat();
            if let Some((at, value)) = flip {
                let at = at.index(bytes.len() - HEAD.len() + 1) + HEAD.len() - 1;
                bytes[at] = value;
            }
            prop_assert_eq!(told(&bytes, items, true), told(&bytes, items, false));
        }
    }
}
