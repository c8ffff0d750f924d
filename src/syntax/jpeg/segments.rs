//! The marker segments in front of the first scan (ITU-T T.81 B.1.1.3 and B.2).

use crate::facts::{Anomaly, AnomalyKind, Evidence};
use crate::input::{Reader, Stop};
use crate::syntax::exif;

/// What the segments in front of the first scan say.
#[derive(Debug, Default)]
pub(super) struct Headers {
    /// The frame header.
    pub(super) frame: Option<Frame>,
    /// What the first Exif segment says.
    pub(super) exif: Option<exif::Exif>,
    /// `transform` of the Adobe `APP14` segment (Adobe Technical Note 5116): 0 none, 1 YCbCr, 2 YCCK.
    pub(super) adobe_transform: Option<u8>,
    /// Oddities that readers cope with.
    pub(super) anomalies: Vec<Anomaly>,
    /// Bytes in front of markers, fill bytes and zeros apart.
    junk: u64,
}

/// A frame header (ITU-T T.81 B.2.2).
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// Offset of its marker.
    pub(super) offset: u64,
    /// Second byte of its marker: 0xC0 to 0xCF.
    pub(super) marker: u8,
    /// Bits per sample: `P`.
    pub(super) precision: u8,
    /// Number of lines: `Y`; 0 where a DNL segment behind the first scan tells it.
    pub(super) lines: u16,
    /// Number of samples per line: `X`.
    pub(super) samples: u16,
    /// Number of components: `Nf`.
    pub(super) components: u8,
    /// Identifiers of the first three components: `Ci`.
    pub(super) identifiers: [u8; 3],
}

/// Reads the segments from SOI to the header of the first scan. What was learnt before a stop stays in `headers`.
pub(super) fn read(reader: &mut Reader<'_>, headers: &mut Headers) -> Result<(), Stop> {
    let mut offset = 2;
    loop {
        let segment = next_segment(reader, offset, headers)?;
        let end = segment.end();
        match segment.marker {
            SOS => return scan(reader, headers, &segment),
            EOI => return Err(out_of_place(segment.offset, "EOI", "a scan before it")),
            SOI => return Err(out_of_place(segment.offset, "SOI", "one SOI, at the start")),
            // DHT, JPG and DAC lie among the codes of frame headers.
            0xc0..=0xcf if !matches!(segment.marker, 0xc4 | 0xc8 | 0xcc) => {
                if headers.frame.is_some() {
                    return Err(out_of_place(segment.offset, "SOF", "one frame header"));
                }
                headers.frame = Some(frame(&segment)?);
            }
            APP1 if headers.exif.is_none() && segment.body().starts_with(exif::IDENTIFIER) => {
                let start = segment.offset + 4;
                let length = end.saturating_sub(start);
                headers.exif = Some(exif::read(reader, start, length, "APP1.Exif.Orientation")?);
            }
            APP14 if segment.body().starts_with(b"Adobe") => {
                headers.adobe_transform = segment.body().get(11).copied();
            }
            _ => {}
        }
        offset = end;
    }
}

/// A marker segment inside the file: its marker, its length and the first bytes of its parameters.
struct Segment {
    /// Offset of the marker's last 0xFF.
    offset: u64,
    marker: u8,
    /// `Lf` and its like: the parameters with these two bytes; 0 for a marker without parameters.
    length: u16,
    window: [u8; WINDOW],
    filled: usize,
}

impl Segment {
    /// Offset of the first byte behind the segment.
    fn end(&self) -> u64 {
        self.offset + 2 + u64::from(self.length)
    }

    /// The first bytes of the parameters, behind their length.
    fn body(&self) -> &[u8] {
        let end = self.filled.min(usize::from(self.length) + 2);
        self.window.get(4..end).unwrap_or_default()
    }
}

/// The segment at `offset`. Fill bytes in front of it (ITU-T T.81 B.1.1.2) are passed over and, as readers do, padding.
fn next_segment(reader: &mut Reader<'_>, offset: u64, headers: &mut Headers) -> Result<Segment, Stop> {
    let mut at = offset;
    let mut other_than_fill = false;
    loop {
        let (window, filled) = window_at(reader, at)?;
        let bytes = window.get(..filled).unwrap_or_default();
        let marker = bytes.windows(2).position(|pair| matches!(pair, [0xff, second] if !matches!(second, 0 | 0xff)));
        // Without a marker, the last byte may be the first one of it.
        let passed = marker.unwrap_or_else(|| filled.saturating_sub(1));
        let other = bytes.iter().take(passed);
        other_than_fill |= other.clone().any(|&byte| byte != 0xff);
        headers.junk += other.filter(|&&byte| byte != 0xff && byte != 0).count() as u64;
        at += passed as u64;
        if headers.junk > MOST_JUNK || at - offset > MOST_PADDING {
            return Err(Stop::Malformed {
                offset,
                field: "marker",
                expected: "0xFF and a marker code".into(),
                actual: bytes.first().map_or_else(String::new, |byte| format!("{byte:#04X}")).into(),
            });
        }
        if marker.is_none() {
            continue;
        }
        if other_than_fill {
            headers.note(
                offset,
                "marker",
                "bytes that belong to no segment stand in front of a marker",
                "0xFF",
                "others",
            );
        }
        // Behind fill bytes, one more read brings the whole segment header into the window.
        let (window, filled) = if passed == 0 { (window, filled) } else { window_at(reader, at)? };
        return parse(reader, window, filled, at, headers);
    }
}

fn window_at(reader: &mut Reader<'_>, offset: u64) -> Result<([u8; WINDOW], usize), Stop> {
    reader.visit(1, offset, "marker")?;
    let rest = reader.len().saturating_sub(offset);
    let filled = usize::try_from(rest).unwrap_or(usize::MAX).min(WINDOW);
    let mut window = [0; WINDOW];
    match window.get_mut(..filled) {
        Some(bytes) if filled >= 2 => reader.fill(offset, bytes, "marker")?,
        _ => return Err(Stop::EndOfFile { offset, field: "marker", expected: 2, actual: rest }),
    }
    Ok((window, filled))
}

fn parse(
    reader: &mut Reader<'_>,
    window: [u8; WINDOW],
    filled: usize,
    offset: u64,
    headers: &mut Headers,
) -> Result<Segment, Stop> {
    let [_, marker, l0, l1, next, ..] = window;
    // TEM, RSTm, SOI and EOI stand alone.
    if matches!(marker, 0x01 | 0xd0..=0xd9) {
        return Ok(Segment { offset, marker, length: 0, window, filled });
    }
    if filled < 4 {
        let actual = filled.saturating_sub(2) as u64;
        return Err(Stop::EndOfFile { offset: offset + 2, field: "segment length", expected: 2, actual });
    }
    let length = u16::from_be_bytes([l0, l1]);
    if length < 2 {
        // libjpeg takes such a comment or application segment for an empty one, and so do the readers built on it. It
        // is one only where the next marker follows; otherwise the length is damaged.
        if !matches!(marker, 0xe0..=0xef | 0xfe) || next != 0xff {
            return Err(Stop::Malformed {
                offset: offset + 2,
                field: "segment length",
                expected: "at least 2".into(),
                actual: length.to_string().into(),
            });
        }
        headers.note(offset + 2, "segment length", "an empty segment does not count its own length", "2", "less");
        return Ok(Segment { offset, marker, length: 2, window, filled });
    }
    let segment = Segment { offset, marker, length, window, filled };
    if segment.end() > reader.len() {
        return Err(Stop::EndOfFile {
            offset,
            field: "segment",
            expected: segment.end() - offset,
            actual: reader.len() - offset,
        });
    }
    Ok(segment)
}

impl Headers {
    fn note(
        &mut self,
        offset: u64,
        field: &'static str,
        message: &'static str,
        expected: &'static str,
        actual: &'static str,
    ) {
        if self.anomalies.len() < MOST_NOTES {
            let at = Evidence::new(offset, field);
            self.anomalies.push(Anomaly::new(AnomalyKind::Tolerated, at, message, expected, actual));
        }
    }
}

fn frame(segment: &Segment) -> Result<Frame, Stop> {
    let malformed = |at: u64, field, expected: &'static str, actual: String| {
        Err(Stop::Malformed { offset: segment.offset + at, field, expected: expected.into(), actual: actual.into() })
    };
    let Some(&[precision, y0, y1, x0, x1, components]) = segment.body().first_chunk() else {
        return malformed(2, "SOF.Lf", "at least 8", segment.length.to_string());
    };
    if u32::from(segment.length) != 8 + 3 * u32::from(components) {
        let actual = format!("{} for {components} components", segment.length);
        return malformed(2, "SOF.Lf", "8 + 3 bytes a component", actual);
    }
    if components == 0 {
        return malformed(9, "SOF.Nf", "at least 1", "0".to_owned());
    }
    let samples = u16::from_be_bytes([x0, x1]);
    if samples == 0 {
        return malformed(7, "SOF.X", "at least 1", "0".to_owned());
    }
    let precise = match segment.marker {
        0xc0 => precision == 8,
        0xc3 | 0xc7 | 0xcb | 0xcf => (2..=16).contains(&precision),
        _ => matches!(precision, 8 | 12),
    };
    if !precise {
        return malformed(4, "SOF.P", "a precision that the coding process has", precision.to_string());
    }
    let identifier = |index: usize| segment.body().get(6 + 3 * index).copied().unwrap_or(0);
    Ok(Frame {
        offset: segment.offset,
        marker: segment.marker,
        precision,
        lines: u16::from_be_bytes([y0, y1]),
        samples,
        components,
        identifiers: [identifier(0), identifier(1), identifier(2)],
    })
}

/// The scan header must be whole and followed by data; the data are not looked at.
fn scan(reader: &Reader<'_>, headers: &Headers, segment: &Segment) -> Result<(), Stop> {
    if headers.frame.is_none() {
        return Err(out_of_place(segment.offset, "SOS", "a frame header before it"));
    }
    let (end, length) = (segment.end(), reader.len());
    if end >= length {
        return Err(Stop::EndOfFile {
            offset: segment.offset,
            field: "SOS",
            expected: end - segment.offset + 1,
            actual: length - segment.offset,
        });
    }
    Ok(())
}

fn out_of_place(offset: u64, field: &'static str, expected: &'static str) -> Stop {
    Stop::Malformed { offset, field, expected: expected.into(), actual: "out of place".into() }
}

/// Bytes read at each marker: a frame header of three components, or the identifier and fields of an APP segment.
const WINDOW: usize = 20;
/// Bytes other than zeros and fill bytes that are passed over in front of all markers at most: libjpeg takes any number,
/// but a file with more of them has lost a segment.
const MOST_JUNK: u64 = 64;
/// Bytes that are passed over in front of a marker at most.
const MOST_PADDING: u64 = 64 << 10;
/// Oddities that are noted at most.
const MOST_NOTES: usize = 16;
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP1: u8 = 0xe1;
const APP14: u8 = 0xee;
