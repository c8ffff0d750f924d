//! The scans of a frame: which blocks they hold, and the codes of each block.

use super::huffman::{Bits, Table};

/// A frame header (ITU-T T.81 B.2.2).
pub(super) struct Frame {
    pub(super) progressive: bool,
    pub(super) lines: u16,
    pub(super) components: Vec<Component>,
    samples: u16,
    /// Largest sampling factors.
    largest: (u8, u8),
}

/// A component of a frame.
pub(super) struct Component {
    /// Whether a scan has held its first coefficients.
    pub(super) seen: bool,
    identifier: u8,
    /// Sampling factors, horizontal and vertical.
    sampling: (u8, u8),
    /// For progressive frames, one bit for each coefficient of each block that is not zero; rows padded to whole units.
    history: Vec<u64>,
}

/// A scan header (B.2.3).
pub(super) struct Scan {
    /// Index of the component, DC table, AC table.
    parts: Vec<(usize, usize, usize)>,
    start: u8,
    end: u8,
    high: u8,
}

/// The tables in force.
pub(super) struct Tables<'t> {
    pub(super) dc: &'t [Option<Table>; 4],
    pub(super) ac: &'t [Option<Table>; 4],
}

impl Frame {
    pub(super) fn parse(segment: &[u8], progressive: bool) -> Option<Self> {
        let (&[_precision, y0, y1, x0, x1, count], rest) = segment.split_first_chunk()?;
        let mut components = Vec::new();
        for part in rest.chunks_exact(3).take(usize::from(count)) {
            let &[identifier, sampling, _] = part else { return None };
            let sampling = (sampling >> 4, sampling & 15);
            if !(1..=4).contains(&sampling.0) || !(1..=4).contains(&sampling.1) {
                return None;
            }
            components.push(Component { seen: false, identifier, sampling, history: Vec::new() });
        }
        let samples = u16::from_be_bytes([x0, x1]);
        if components.len() != usize::from(count) || !(1..=4).contains(&count) || samples == 0 {
            return None;
        }
        let horizontal = components.iter().map(|component| component.sampling.0).max()?;
        let vertical = components.iter().map(|component| component.sampling.1).max()?;
        let lines = u16::from_be_bytes([y0, y1]);
        Some(Self { progressive, lines, components, samples, largest: (horizontal, vertical) })
    }

    /// Memory that the history of the coefficients takes.
    pub(super) fn history_bytes(&self) -> u64 {
        if !self.progressive {
            return 0;
        }
        self.components.iter().map(|component| self.padded(component)).map(|(across, down)| across * down * 8).sum()
    }

    /// Units of a scan of several components, across and down (A.2.3).
    fn units(&self) -> (u64, u64) {
        let across = u64::from(self.samples).div_ceil(8 * u64::from(self.largest.0));
        let down = u64::from(self.lines).div_ceil(8 * u64::from(self.largest.1));
        (across, down)
    }

    /// Blocks of a component that units hold, across and down.
    fn padded(&self, component: &Component) -> (u64, u64) {
        let (across, down) = self.units();
        (across * u64::from(component.sampling.0), down * u64::from(component.sampling.1))
    }

    /// Blocks of a component in a scan of its own, across and down (A.2.2).
    fn own(&self, component: &Component) -> (u64, u64) {
        let size = |length: u16, factor: u8, largest: u8| {
            (u64::from(length) * u64::from(factor)).div_ceil(u64::from(largest)).div_ceil(8)
        };
        (
            size(self.samples, component.sampling.0, self.largest.0),
            size(self.lines, component.sampling.1, self.largest.1),
        )
    }
}

impl Scan {
    pub(super) fn parse(segment: &[u8], frame: &Frame) -> Option<Self> {
        let (&count, rest) = segment.split_first()?;
        let (parts, rest) = rest.split_at_checked(usize::from(count) * 2)?;
        let parts = parts
            .chunks_exact(2)
            .map(|part| {
                let &[identifier, tables] = part else { return None };
                let index = frame.components.iter().position(|component| component.identifier == identifier)?;
                Some((index, usize::from(tables >> 4), usize::from(tables & 15)))
            })
            .collect::<Option<Vec<_>>>()?;
        let &[start, end, approximation] = rest.first_chunk()?;
        if parts.is_empty() || parts.len() > 4 {
            return None;
        }
        if !frame.progressive {
            // Some writers leave the spectral selection of sequential frames empty.
            return Some(Self { parts, start: 0, end: 63, high: 0 });
        }
        let sound = if start == 0 { end == 0 } else { start <= end && end <= 63 && parts.len() == 1 };
        sound.then_some(Self { parts, start, end, high: approximation >> 4 })
    }

    /// Number of blocks.
    pub(super) fn blocks(&self, frame: &Frame) -> u64 {
        let component = |&(index, ..): &(usize, usize, usize)| frame.components.get(index);
        if let [part] = self.parts.as_slice() {
            return component(part).map_or(0, |component| {
                let (across, down) = frame.own(component);
                across * down
            });
        }
        let padded = self.parts.iter().filter_map(component).map(|component| frame.padded(component));
        padded.map(|(across, down)| across * down).sum()
    }

    /// Decodes all blocks.
    pub(super) fn decode(
        &self,
        frame: &mut Frame,
        tables: &Tables<'_>,
        bits: &mut Bits<'_>,
        restart_interval: u32,
    ) -> Result<(), &'static str> {
        for &(index, ..) in &self.parts {
            let size = frame.components.get(index).map_or((0, 0), |component| frame.padded(component));
            let blocks = usize::try_from(size.0 * size.1).unwrap_or(0);
            let progressive = frame.progressive;
            if let Some(component) = frame.components.get_mut(index) {
                component.seen |= self.start == 0;
                if progressive && component.history.is_empty() {
                    component.history = vec![0; blocks];
                }
            }
        }
        let units = match self.parts.as_slice() {
            [(index, ..)] => frame.components.get(*index).map_or((0, 0), |component| frame.own(component)),
            _ => frame.units(),
        };
        let mut end_of_band = 0;
        let mut until_restart = restart_interval;
        for unit in 0..units.0 * units.1 {
            if restart_interval > 0 && until_restart == 0 {
                bits.restart()?;
                (end_of_band, until_restart) = (0, restart_interval);
            }
            until_restart = until_restart.wrapping_sub(1);
            self.unit(frame, tables, bits, (unit % units.0, unit / units.0), &mut end_of_band)?;
        }
        Ok(())
    }

    fn unit(
        &self,
        frame: &mut Frame,
        tables: &Tables<'_>,
        bits: &mut Bits<'_>,
        (x, y): (u64, u64),
        end_of_band: &mut u32,
    ) -> Result<(), &'static str> {
        let single = self.parts.len() == 1;
        let (units_across, _) = frame.units();
        let progressive = frame.progressive;
        for &(index, dc, ac) in &self.parts {
            let Some(component) = frame.components.get_mut(index) else { continue };
            let (horizontal, vertical) = if single { (1, 1) } else { component.sampling };
            let stride = units_across * u64::from(component.sampling.0);
            let dc = tables.dc.get(dc).and_then(Option::as_ref);
            let ac = tables.ac.get(ac).and_then(Option::as_ref);
            for row in 0..u64::from(vertical) {
                for column in 0..u64::from(horizontal) {
                    if !progressive {
                        sequential(bits, dc.ok_or(NO_TABLE)?, ac.ok_or(NO_TABLE)?)?;
                        continue;
                    }
                    let place = (y * u64::from(vertical) + row) * stride + x * u64::from(horizontal) + column;
                    let history = usize::try_from(place).ok().and_then(|place| component.history.get_mut(place));
                    let history = history.ok_or("a block lies outside the image")?;
                    self.progressive(bits, dc, ac, history, end_of_band)?;
                }
            }
        }
        Ok(())
    }

    /// A block of a progressive scan (annex G.1.2).
    fn progressive(
        &self,
        bits: &mut Bits<'_>,
        dc: Option<&Table>,
        ac: Option<&Table>,
        history: &mut u64,
        end_of_band: &mut u32,
    ) -> Result<(), &'static str> {
        match (self.start, self.high) {
            (0, 0) => difference(bits, dc.ok_or(NO_TABLE)?),
            (0, _) => bits.bits(1).map(|_| ()),
            (_, 0) => self.first_band(bits, ac.ok_or(NO_TABLE)?, history, end_of_band),
            (_, _) => self.refined_band(bits, ac.ok_or(NO_TABLE)?, history, end_of_band),
        }
    }

    /// The first scan of a band of AC coefficients (G.1.2.2).
    fn first_band(
        &self,
        bits: &mut Bits<'_>,
        table: &Table,
        history: &mut u64,
        end_of_band: &mut u32,
    ) -> Result<(), &'static str> {
        if *end_of_band > 0 {
            *end_of_band -= 1;
            return Ok(());
        }
        let mut k = u32::from(self.start);
        while k <= u32::from(self.end) {
            let code = bits.value(table)?;
            let (run, size) = (code >> 4, code & 15);
            if size != 0 {
                k += u32::from(run);
                bits.bits(size)?;
                *history |= coefficient(k)?;
                k += 1;
            } else if run == 15 {
                k += 16;
            } else {
                *end_of_band = (1 << run) - 1 + bits.bits(run)?;
                break;
            }
        }
        Ok(())
    }

    /// A later scan of a band, which sends one more bit of each coefficient (G.1.2.3).
    fn refined_band(
        &self,
        bits: &mut Bits<'_>,
        table: &Table,
        history: &mut u64,
        end_of_band: &mut u32,
    ) -> Result<(), &'static str> {
        let (mut k, end) = (u32::from(self.start), u32::from(self.end));
        while *end_of_band == 0 && k <= end {
            let code = bits.value(table)?;
            let (mut run, size) = (code >> 4, code & 15);
            match size {
                0 if run < 15 => {
                    *end_of_band = (1 << run) + bits.bits(run)?;
                    break;
                }
                0 => {}
                1 => {
                    bits.bits(1)?;
                }
                _ => return Err("a coefficient is refined by more than one bit"),
            }
            while k <= end {
                if *history & coefficient(k)? != 0 {
                    bits.bits(1)?;
                } else if run == 0 {
                    break;
                } else {
                    run -= 1;
                }
                k += 1;
            }
            if size != 0 && k <= end {
                *history |= coefficient(k)?;
            }
            k += 1;
        }
        if *end_of_band > 0 {
            while k <= end {
                if *history & coefficient(k)? != 0 {
                    bits.bits(1)?;
                }
                k += 1;
            }
            *end_of_band -= 1;
        }
        Ok(())
    }
}

/// A block of a sequential scan (F.2.2).
fn sequential(bits: &mut Bits<'_>, dc: &Table, ac: &Table) -> Result<(), &'static str> {
    difference(bits, dc)?;
    let mut k = 1;
    while k < 64 {
        let code = bits.value(ac)?;
        let (run, size) = (code >> 4, code & 15);
        if size != 0 {
            k += u32::from(run);
            coefficient(k)?;
            bits.bits(size)?;
            k += 1;
        } else if run == 15 {
            k += 16;
        } else {
            break;
        }
    }
    Ok(())
}

/// The difference of a DC coefficient from that in front of it.
fn difference(bits: &mut Bits<'_>, table: &Table) -> Result<(), &'static str> {
    let size = bits.value(table)?;
    if size > 15 {
        return Err("a DC difference has more than 15 bits");
    }
    bits.bits(size).map(|_| ())
}

/// The bit of a coefficient in the history of its block.
fn coefficient(k: u32) -> Result<u64, &'static str> {
    1_u64.checked_shl(k).ok_or("a block has more than 64 coefficients")
}

const NO_TABLE: &str = "a scan uses a Huffman table that there is not";
