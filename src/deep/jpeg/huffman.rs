//! Huffman codes and the bits they are made of (ITU-T T.81 annexes C and F.2.2).

/// A Huffman table: for each 16 bits, the length of the code they begin with, and its value.
pub(super) struct Table {
    /// Length in the upper byte, value in the lower one; 0 where no code begins so.
    lookup: Vec<u16>,
}

impl Table {
    /// Reads the counts and values of a table; what follows it is returned too.
    pub(super) fn parse(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (counts, rest) = bytes.split_first_chunk::<16>()?;
        let total = counts.iter().map(|&count| usize::from(count)).sum::<usize>();
        let (values, rest) = rest.split_at_checked(total).filter(|_| total <= 256)?;
        Some((Self::new(counts, values)?, rest))
    }

    fn new(counts: &[u8; 16], values: &[u8]) -> Option<Self> {
        let mut lookup = vec![0; 1 << 16];
        let mut values = values.iter();
        let mut next = 0_usize;
        for (length, &count) in (1_u16..).zip(counts) {
            // All codes of this length that follow each other, each with every ending.
            let span = 1_usize << (16 - length);
            for value in values.by_ref().take(usize::from(count)) {
                lookup.get_mut(next..next + span)?.fill((length << 8) | u16::from(*value));
                next += span;
            }
        }
        Some(Self { lookup })
    }
}

/// Bits of the entropy-coded data, up to the next marker.
pub(super) struct Bits<'b> {
    bytes: &'b [u8],
    position: usize,
    buffer: u64,
    count: u32,
}

impl<'b> Bits<'b> {
    pub(super) const fn new(bytes: &'b [u8], position: usize) -> Self {
        Self { bytes, position, buffer: 0, count: 0 }
    }

    /// Index of the first byte that was not taken into the buffer: at a marker, where the data ended.
    pub(super) const fn position(&self) -> usize {
        self.position
    }

    /// Decodes one value.
    pub(super) fn value(&mut self, table: &Table) -> Result<u8, &'static str> {
        self.fill();
        // Behind the last bit, ones: they make no code valid that is not there, because its length is checked.
        let window = if self.count >= 16 {
            self.buffer >> (self.count - 16)
        } else {
            (self.buffer << (16 - self.count)) | ((1 << (16 - self.count)) - 1)
        };
        let entry =
            usize::try_from(window & 0xffff).ok().and_then(|index| table.lookup.get(index)).copied().unwrap_or(0);
        let length = u32::from(entry >> 8);
        if length == 0 {
            return Err(if self.count < 16 { ENDED } else { "the data hold bits that are no Huffman code" });
        }
        self.drop(length)?;
        Ok((entry & 0xff) as u8)
    }

    /// Takes `count` bits, at most 16.
    pub(super) fn bits(&mut self, count: u8) -> Result<u32, &'static str> {
        let count = u32::from(count);
        self.fill();
        if self.count < count {
            return Err(ENDED);
        }
        self.count -= count;
        let value = (self.buffer >> self.count) & ((1 << count) - 1);
        // A value of at most 16 bits always fits.
        Ok(u32::try_from(value).unwrap_or(u32::MAX))
    }

    /// Moves behind the restart marker that must come next (E.2.4).
    pub(super) fn restart(&mut self) -> Result<(), &'static str> {
        (self.buffer, self.count) = (0, 0);
        // Bytes in front of the marker are passed over.
        loop {
            match self.bytes.get(self.position..) {
                Some([0xff, 0xd0..=0xd7, ..]) => {
                    self.position += 2;
                    return Ok(());
                }
                Some([0xff, second, ..]) if !matches!(second, 0 | 0xff) => return Err("a restart marker is missing"),
                Some([_, ..]) => self.position += 1,
                _ => return Err(ENDED),
            }
        }
    }

    fn drop(&mut self, count: u32) -> Result<(), &'static str> {
        self.count = self.count.checked_sub(count).ok_or(ENDED)?;
        Ok(())
    }

    fn fill(&mut self) {
        while self.count <= 48 {
            let (byte, length) = match self.bytes.get(self.position..) {
                Some([0xff, 0, ..]) => (0xff, 2),
                Some([0xff, ..] | []) | None => return,
                Some([byte, ..]) => (*byte, 1),
            };
            self.buffer = (self.buffer << 8) | u64::from(byte);
            self.count += 8;
            self.position += length;
        }
    }
}

/// The tables of K.3.3, which readers take for granted in the frames of Motion JPEG.
pub(super) fn standard_dc() -> [Option<Table>; 4] {
    let values: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    let luminance = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    let chrominance = [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
    [Table::new(&luminance, &values), Table::new(&chrominance, &values), None, None]
}

/// See [`standard_dc`].
pub(super) fn standard_ac() -> [Option<Table>; 4] {
    let luminance = [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d];
    let chrominance = [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77];
    [Table::new(&luminance, &LUMINANCE_AC), Table::new(&chrominance, &CHROMINANCE_AC), None, None]
}

const ENDED: &str = "the data end inside a scan";

/// Table K.5.
const LUMINANCE_AC: [u8; 162] = [
    0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71, 0x14,
    0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09,
    0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a,
    0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65,
    0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88,
    0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9,
    0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca,
    0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea,
    0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
];

/// Table K.6.
const CHROMINANCE_AC: [u8; 162] = [
    0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22, 0x32,
    0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16,
    0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39,
    0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64,
    0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86,
    0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
    0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8,
    0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9,
    0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
];
