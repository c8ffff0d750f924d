//! JPEG with Huffman coding (ITU-T T.81 annexes B, F and G): every code of every scan, so that data that end early or
//! hold no code are found at their place. Tables and scans decide about damage; no value of a coefficient does.

mod huffman;
mod scan;

use super::{MEMORY, damaged, within};
use crate::facts::Pixels;
use crate::input::Source;

use huffman::Table;
use scan::{Component, Frame};

/// Decodes all scans.
pub(super) fn decode(source: &dyn Source) -> Result<(), Pixels> {
    within("the bytes of the file", source.len(), MEMORY)?;
    let mut bytes = vec![0; usize::try_from(source.len()).unwrap_or(0)];
    source.read_at(0, &mut bytes).map_err(|error| damaged(0, error))?;
    let mut decoder = Decoder::new(&bytes);
    decoder.run().map_err(|fault| match fault {
        Fault::Damaged(reason) => damaged(0, reason),
        Fault::Unsupported(reason) => Pixels::Unsupported { reason: reason.to_owned() },
        Fault::TooLarge(pixels) => pixels,
    })
}

enum Fault {
    Damaged(String),
    Unsupported(&'static str),
    TooLarge(Pixels),
}

/// Tables and frame, as the segments in front of a scan leave them.
struct Decoder<'b> {
    bytes: &'b [u8],
    position: usize,
    dc_tables: [Option<Table>; 4],
    ac_tables: [Option<Table>; 4],
    restart_interval: u32,
    frame: Option<Frame>,
    /// Blocks decoded so far.
    work: u64,
}

impl<'b> Decoder<'b> {
    fn new(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            position: 2,
            dc_tables: huffman::standard_dc(),
            ac_tables: huffman::standard_ac(),
            restart_interval: 0,
            frame: None,
            work: 0,
        }
    }

    fn run(&mut self) -> Result<(), Fault> {
        loop {
            let Some(marker) = self.next_marker() else {
                return self.without_end();
            };
            match marker {
                EOI => return self.at_end(),
                // Segments that carry nothing for the decoder, and markers without parameters.
                0x01 | 0xd0..=0xd8 => {}
                0xc4 => self.huffman_tables()?,
                0xdd => {
                    let segment = self.segment()?;
                    let interval = segment.first_chunk().copied().unwrap_or_default();
                    self.restart_interval = u32::from(u16::from_be_bytes(interval));
                }
                0xc0..=0xc2 => self.frame_header(marker)?,
                0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    return Err(Fault::Unsupported("lossless, differential and arithmetic coding are not decoded"));
                }
                SOS => self.scan()?,
                _ => {
                    self.segment()?;
                }
            }
        }
    }

    /// The code of the next marker; other bytes in front of it are passed over, as libjpeg does.
    fn next_marker(&mut self) -> Option<u8> {
        loop {
            let rest = self.bytes.get(self.position..)?;
            self.position += rest.iter().position(|&byte| byte == 0xff)? + 1;
            let code = self.bytes.get(self.position).copied()?;
            if code != 0 && code != 0xff {
                self.position += 1;
                return Some(code);
            }
        }
    }

    /// The parameters of a segment.
    fn segment(&mut self) -> Result<&'b [u8], Fault> {
        let length = self.bytes.get(self.position..).and_then(|rest| rest.first_chunk::<2>());
        let length = length.map(|length| usize::from(u16::from_be_bytes(*length)).max(2));
        let parameters = length.and_then(|length| self.bytes.get(self.position + 2..self.position + length));
        let Some(parameters) = parameters else {
            return Err(self.damaged("the file ends inside a segment"));
        };
        self.position += parameters.len() + 2;
        Ok(parameters)
    }

    /// DHT (B.2.4.2).
    fn huffman_tables(&mut self) -> Result<(), Fault> {
        let mut rest = self.segment()?;
        while let Some((&class, tables)) = rest.split_first() {
            let Some((table, left)) = Table::parse(tables) else {
                return Err(self.damaged("a Huffman table is damaged"));
            };
            let slots = if class >> 4 == 0 { &mut self.dc_tables } else { &mut self.ac_tables };
            match slots.get_mut(usize::from(class & 15)) {
                Some(slot) if class >> 4 <= 1 => *slot = Some(table),
                _ => return Err(self.damaged("a Huffman table has a number that there is not")),
            }
            rest = left;
        }
        Ok(())
    }

    fn frame_header(&mut self, marker: u8) -> Result<(), Fault> {
        let segment = self.segment()?;
        if self.frame.is_some() {
            return Err(self.damaged("there is a second frame header"));
        }
        let Some(frame) = Frame::parse(segment, marker == 0xc2) else {
            return Err(self.damaged("the frame header is damaged"));
        };
        if frame.lines == 0 {
            return Err(Fault::Unsupported("a number of lines behind the first scan (DNL) is not read"));
        }
        within("the bytes of the coefficients' history", frame.history_bytes(), MEMORY).map_err(Fault::TooLarge)?;
        self.frame = Some(frame);
        Ok(())
    }

    fn scan(&mut self) -> Result<(), Fault> {
        let header = self.segment()?;
        let Some(mut frame) = self.frame.take() else {
            return Err(self.damaged("a scan stands in front of the frame header"));
        };
        let Some(scan) = scan::Scan::parse(header, &frame) else {
            return Err(self.damaged("a scan header is damaged"));
        };
        self.work += scan.blocks(&frame);
        within("the blocks of all scans", self.work, MOST_BLOCKS).map_err(Fault::TooLarge)?;
        let tables = scan::Tables { dc: &self.dc_tables, ac: &self.ac_tables };
        let mut bits = huffman::Bits::new(self.bytes, self.position);
        let outcome = scan.decode(&mut frame, &tables, &mut bits, self.restart_interval);
        self.position = bits.position();
        self.frame = Some(frame);
        outcome.map_err(|reason| self.damaged(reason))
    }

    fn at_end(&self) -> Result<(), Fault> {
        let seen = |component: &Component| component.seen;
        match &self.frame {
            Some(frame) if frame.components.iter().all(seen) => Ok(()),
            _ => Err(self.damaged("a component has no scan")),
        }
    }

    /// The file ends without EOI. A sequential image whose components were all decoded lacks nothing else; of a progressive
    /// one nobody knows how many scans are missing.
    fn without_end(&self) -> Result<(), Fault> {
        match &self.frame {
            Some(frame) if !frame.progressive => self.at_end(),
            _ => Err(self.damaged("the file ends in front of EOI")),
        }
    }

    fn damaged(&self, reason: &str) -> Fault {
        Fault::Damaged(format!("{reason}, at offset {}", self.position.min(self.bytes.len())))
    }
}

/// Blocks of 64 coefficients decoded at most, over all scans.
const MOST_BLOCKS: u64 = 1 << 28;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
