//! The boxes at the top level of the file: their headers are read, and nothing else (ISO/IEC 14496-12:2022 4.2).

use super::notes::Notes;
use crate::facts::{Anomaly, AnomalyKind, Evidence, FourCc};
use crate::input::{Reader, Stop};

/// What stands where at the top level.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// The first `ftyp`.
    pub(crate) ftyp: Option<Place>,
    /// The first `moov`.
    pub(crate) moov: Option<Place>,
    /// All `moof` in the order of the file.
    pub(crate) moofs: Vec<Place>,
    /// Absolute offset of the first `mdat`.
    pub(crate) mdat: Option<u64>,
    /// Whether there is a box that only segments of ISO base media have, such as `styp`.
    pub(crate) segment: bool,
    /// Whether the file ends inside a box.
    pub(crate) truncated: bool,
    /// Where the boxes end and something else begins, and what is wrong with its size.
    pub(crate) junk: Option<u64>,
}

/// A box and its extent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Absolute offset of the header.
    pub(crate) offset: u64,
    /// Bytes of the header: 8, or 16 with a 64-bit size.
    pub(crate) header: u64,
    /// Bytes of the box, header included.
    pub(crate) size: u64,
    /// Whether the file ends inside the box.
    pub(crate) cut: bool,
}

impl Place {
    /// Absolute offset of the body.
    pub(crate) const fn body(&self) -> u64 {
        self.offset.saturating_add(self.header)
    }

    /// Bytes of the body.
    pub(crate) const fn body_size(&self) -> u64 {
        self.size.saturating_sub(self.header)
    }
}

/// Walks over the top-level boxes.
pub(crate) fn walk(reader: &mut Reader<'_>, notes: &mut Notes<'_>) -> Result<Layout, Stop> {
    let mut layout = Layout::default();
    let mut offset = 0;
    while offset < reader.len() {
        reader.visit(1, offset, "box")?;
        match read_header(reader, offset)? {
            Header::Box(kind, place) => {
                if place.cut && !cut(kind, place, reader.len(), &mut layout, notes) {
                    break;
                }
                layout.note(kind, place);
                offset = place.offset.saturating_add(place.size);
            }
            Header::Junk(found) => {
                junk(offset, found, reader.len(), &mut layout, notes);
                break;
            }
        }
    }
    Ok(layout)
}

enum Header {
    Box(FourCc, Place),
    Junk(Junk),
}

/// What stands where a box should begin.
#[derive(Clone, Copy)]
enum Junk {
    /// Fewer bytes than a header has.
    Short,
    /// Eight zero bytes: padding.
    Zeros,
    /// A size that is smaller than the header.
    Size(u64),
}

fn read_header(reader: &mut Reader<'_>, offset: u64) -> Result<Header, Stop> {
    let left = reader.len().saturating_sub(offset);
    if left < 8 {
        return Ok(Header::Junk(Junk::Short));
    }
    let [a, b, c, d, kind @ ..] = reader.array::<8>(offset, "box.size")?;
    let kind = FourCc(kind);
    let (size, header) = match u32::from_be_bytes([a, b, c, d]) {
        0 if kind == FourCc([0; 4]) => return Ok(Header::Junk(Junk::Zeros)),
        // To the end of the file.
        0 => (left, 8),
        1 if left < 16 => return Ok(Header::Box(kind, Place { offset, header: left, size: 16, cut: true })),
        1 => (u64::from_be_bytes(reader.array(offset.saturating_add(8), "box.largesize")?), 16),
        size => (u64::from(size), 8),
    };
    if size < header {
        return Ok(Header::Junk(Junk::Size(size)));
    }
    Ok(Header::Box(kind, Place { offset, header, size, cut: size > left }))
}

impl Layout {
    /// Whether all that a movie needs was met, so that what follows can be anything.
    const fn is_complete(&self) -> bool {
        self.moov.is_some() && (self.mdat.is_some() || !self.moofs.is_empty())
    }

    fn note(&mut self, kind: FourCc, place: Place) {
        match &kind.0 {
            b"ftyp" if self.ftyp.is_none() => self.ftyp = Some(place),
            b"moov" if self.moov.is_none() => self.moov = Some(place),
            b"moof" => self.moofs.push(place),
            b"mdat" if self.mdat.is_none() => self.mdat = Some(place.offset),
            b"styp" => self.segment = true,
            _ => {}
        }
    }
}

/// Notes a box that reaches past the end of the file. Returns whether it counts as a box at all.
fn cut(kind: FourCc, place: Place, length: u64, layout: &mut Layout, notes: &mut Notes<'_>) -> bool {
    let known = KNOWN.contains(&kind.0);
    if !known && layout.is_complete() {
        layout.junk = Some(place.offset);
        notes.tolerated(
            Evidence::new(place.offset, "box"),
            "bytes that are no box follow the last one",
            "the end of the file",
            format!("{} bytes", length.saturating_sub(place.offset)),
        );
        return false;
    }
    let padding = matches!(&kind.0, b"free" | b"skip" | b"wide");
    layout.truncated |= !padding;
    notes.push(Anomaly::new(
        if padding { AnomalyKind::Tolerated } else { AnomalyKind::Truncated },
        Evidence::named(place.offset, kind.to_string()),
        format!("the file ends inside the box {kind}"),
        format!("{} bytes", place.size),
        format!("{} bytes", length.saturating_sub(place.offset)),
    ));
    true
}

/// Notes something that is no box.
fn junk(offset: u64, found: Junk, length: u64, layout: &mut Layout, notes: &mut Notes<'_>) {
    layout.junk = Some(offset);
    let left = length.saturating_sub(offset);
    let at = Evidence::new(offset, "box.size");
    match found {
        Junk::Zeros => notes.tolerated(at, "zero bytes follow the last box", "a box", format!("{left} bytes")),
        Junk::Short => {
            notes.tolerated(at, "too few bytes for a box follow the last one", "8 bytes", format!("{left} bytes"));
        }
        Junk::Size(size) if layout.is_complete() => {
            notes.tolerated(at, "bytes that are no box follow the last one", "8 or more", size.to_string());
        }
        Junk::Size(size) => notes.malformed(at, "the size of a box cannot be", "8 or more", size.to_string()),
    }
}

/// Types that stand at the top level; a cut box of another type after a whole movie is trailing junk.
const KNOWN: &[[u8; 4]] = &[
    *b"ftyp", *b"moov", *b"mdat", *b"moof", *b"free", *b"skip", *b"wide", *b"uuid", *b"sidx", *b"ssix", *b"mfra",
    *b"styp", *b"meta", *b"udta", *b"emsg", *b"prft", *b"pdin", *b"pnot", *b"PICT",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Budget, Limits};

    fn walked(bytes: &[u8]) -> (Layout, Vec<Anomaly>) {
        let mut anomalies = Vec::new();
        let mut reader = Reader::new(&bytes, Budget::default()).unwrap_or_else(|_| unreachable!());
        let layout = walk(&mut reader, &mut Notes::new(&mut anomalies)).unwrap_or_else(|_| unreachable!());
        (layout, anomalies)
    }

    fn kinds(bytes: &[u8]) -> Vec<AnomalyKind> {
        walked(bytes).1.iter().map(|anomaly| anomaly.kind).collect()
    }

    const MOVIE: &[u8] = b"\0\0\0\x08moov\0\0\0\x0amdat..";

    #[test]
    fn sizes_of_32_and_64_bits_and_to_the_end_are_followed() {
        let bytes = b"\0\0\0\x08wide\0\0\0\x01mdat\0\0\0\0\0\0\0\x12..\0\0\0\0moov....";
        let (layout, anomalies) = walked(bytes);
        assert_eq!(layout.mdat, Some(8));
        assert_eq!(layout.moov, Some(Place { offset: 26, header: 8, size: 12, cut: false }));
        assert_eq!(layout.moov.map(|moov| (moov.body(), moov.body_size())), Some((34, 4)));
        assert!(anomalies.is_empty());
    }

    #[test]
    fn a_box_past_the_end_is_a_truncation() {
        let (layout, anomalies) = walked(b"\0\0\0\x08moov\0\0\0\x10mdat..");
        assert!(layout.truncated && layout.mdat == Some(8));
        assert_eq!((anomalies[0].kind, anomalies[0].at.offset), (AnomalyKind::Truncated, 8));
        assert_eq!((&*anomalies[0].expected, &*anomalies[0].actual), ("16 bytes", "10 bytes"));
        let huge = b"\0\0\0\x08free\0\0\0\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff";
        assert_eq!(kinds(huge), [AnomalyKind::Truncated]);
        assert_eq!(kinds(b"\0\0\0\x01mdat\0\0\0"), [AnomalyKind::Truncated]);
    }

    #[test]
    fn what_follows_a_whole_movie_is_tolerated() {
        for junk in [&b"\0\0\0"[..], &[0; 9], b"\0\0\0\x03abcd", b"some text", b"\0\0\0\x0cfree"] {
            assert_eq!(kinds(&[MOVIE, junk].concat()), [AnomalyKind::Tolerated], "{junk:?}");
        }
        assert_eq!(kinds(&[MOVIE, b"\0\0\0\x0cuuid"].concat()), [AnomalyKind::Truncated]);
        assert_eq!(kinds(MOVIE), []);
    }

    #[test]
    fn an_impossible_size_before_the_movie_is_a_fault() {
        assert_eq!(kinds(b"\0\0\0\x08ftyp\0\0\0\x03abcd"), [AnomalyKind::Malformed]);
        assert_eq!(kinds(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0f"), [AnomalyKind::Malformed]);
    }

    #[test]
    fn every_prefix_is_walked() {
        for length in 0..MOVIE.len() {
            walked(&MOVIE[..length]);
        }
    }

    #[test]
    fn a_million_boxes_end_by_budget() {
        let bytes = b"\0\0\0\x08free".repeat(1000);
        let limits = Limits { items: 999, ..Limits::default() };
        let mut reader = Reader::new(&bytes, Budget::new(limits)).unwrap_or_else(|_| unreachable!());
        let stop = walk(&mut reader, &mut Notes::new(&mut Vec::new())).unwrap_err();
        assert!(matches!(stop, Stop::Budget { offset: 7992, field: "box", .. }));
    }
}
