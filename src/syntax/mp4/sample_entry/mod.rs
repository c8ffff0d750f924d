//! Sample entries: which codec a track has, and what its configuration boxes say (ISO/IEC 14496-12:2022 8.5.2).

mod audio;
mod av1c;
mod esds;
mod hvcc;
mod mpeg4;
mod names;
mod shape;
mod sound_boxes;
mod visual;
mod vpcc;

use std::borrow::Cow;

use self::esds::EsdsFault;
use super::boxes::Boxes;
use crate::facts::{Anomaly, AnomalyKind, Codec, Colour, Container, Evidence, Fact, FourCc, Track, TrackKind};
use crate::input::{Cursor, CursorEnded};
use crate::syntax::aac::AudioSpecificConfig;
use crate::syntax::h264::AvcConfig;

/// The configuration that reading a track's samples needs.
#[derive(Clone, Debug)]
pub(crate) enum DecoderConfig<'a> {
    /// H.264.
    Avc(AvcConfig<'a>),
    /// AAC.
    Aac(AudioSpecificConfig),
}

/// Fills the codec facts of `track` from one sample entry.
///
/// `body` is the entry after its box header, which stands at `offset`; `container` is the entry's path, such as
/// `moov.trak[0].mdia.minf.stbl.stsd.avc1`. Whether it is a video or an audio entry, the kind of the track says.
pub(crate) fn lower<'a>(
    kind: FourCc,
    body: Cursor<'a>,
    offset: u64,
    container: &Container,
    track: &mut Track,
    anomalies: &mut Vec<Anomaly>,
) -> Option<DecoderConfig<'a>> {
    let mut entry = Entry::new(kind, offset, container, anomalies);
    entry.encrypted = is_encrypted(kind);
    match track.kind {
        TrackKind::Video | TrackKind::AttachedPicture => visual::lower(&mut entry, body, track),
        TrackKind::Audio => audio::lower(&mut entry, body, track),
        TrackKind::Timecode | TrackKind::Subtitle | TrackKind::Hint | TrackKind::Data => {
            track.codec = entry.codec(names::of_entry(kind));
            None
        }
    }
}

/// Fills the facts of a video `track` from the configuration record of its codec, which another container holds, and from the type that
/// a sample entry would have. `record` is absent where the container holds none.
pub(crate) fn lower_record<'a>(
    kind: FourCc,
    record: Option<Cursor<'a>>,
    container: &Container,
    track: &mut Track,
    anomalies: &mut Vec<Anomaly>,
) -> Option<DecoderConfig<'a>> {
    let offset = record.map_or(0, |record| record.offset());
    let mut entry = Entry::new(kind, offset, container, anomalies);
    visual::lower_record(&mut entry, record, track)
}

/// What is known of the entry that is being read.
struct Entry<'c> {
    /// Type of the entry; the original one once an encrypted entry has told it.
    kind: FourCc,
    offset: u64,
    container: &'c Container,
    anomalies: &'c mut Vec<Anomaly>,
    encrypted: bool,
    /// The colours that the bitstream itself tells, which count where no box does.
    stream_colour: Fact<Colour>,
}

impl<'c> Entry<'c> {
    fn new(kind: FourCc, offset: u64, container: &'c Container, anomalies: &'c mut Vec<Anomaly>) -> Self {
        let stream_colour =
            Fact::unknown("the container does not say, and holds no parameters of the codec that could");
        Self { kind, offset, container, anomalies, encrypted: false, stream_colour }
    }

    /// A place inside the entry.
    fn at(&self, offset: u64, element: &'static str) -> Evidence {
        Evidence::within(offset, self.container, element)
    }

    /// The codec fact; a codec without a name is called by its type.
    fn codec(&self, name: Option<&'static str>) -> Fact<Codec> {
        let name = name.map_or_else(|| Cow::Owned(self.kind.to_string()), Cow::Borrowed);
        Fact::known(Codec { fourcc: self.kind, name, encrypted: self.encrypted }, self.at(self.offset, ""))
    }

    /// Where an entry only wraps another one, encrypted or restricted, takes the type of that one (ISO/IEC
    /// 14496-12:2022 8.12 and 8.15).
    fn unwrap_original(&mut self, children: Cursor<'_>) {
        let original = |wrapper| {
            let mut format = find(find(children, wrapper)?, *b"frma")?;
            format.array("frma.data_format").ok().map(FourCc)
        };
        if self.encrypted {
            self.kind = original(*b"sinf").unwrap_or(self.kind);
        }
        if matches!(&self.kind.0, b"resv" | b"resa") {
            self.kind = original(*b"rinf").unwrap_or(self.kind);
        }
    }

    /// Notes that a structure ends too early.
    fn ended(&mut self, kind: AnomalyKind, ended: CursorEnded) {
        self.anomalies.push(Anomaly::new(
            kind,
            Evidence::within(ended.offset, self.container, ended.field),
            if ended.field == "box.size" { "a box reaches past the sample entry" } else { "the field is cut" },
            format!("{} bytes", ended.expected),
            format!("{} bytes", ended.actual),
        ));
    }

    /// Notes that `esds` cannot be read.
    fn broken_stream(&mut self, fault: EsdsFault) {
        let (offset, expected, actual) = match fault {
            EsdsFault::Ended(ended) => return self.ended(AnomalyKind::Malformed, ended),
            EsdsFault::Tag { offset, expected, actual } => {
                (offset, format!("descriptor tag {expected:#04x}"), format!("{actual:#04x}"))
            }
            EsdsFault::Missing { offset, tag } => (offset, format!("descriptor tag {tag:#04x}"), "the end".to_owned()),
        };
        self.anomalies.push(Anomaly::new(
            AnomalyKind::Malformed,
            self.at(offset, "esds.tag"),
            "the elementary stream descriptor cannot be read",
            expected,
            actual,
        ));
    }

    /// Notes that a box without which the codec cannot be set up is missing.
    fn missing(&mut self, name: &'static str) {
        self.anomalies.push(Anomaly::new(
            AnomalyKind::Malformed,
            self.at(self.offset, ""),
            "the sample entry lacks its decoder configuration",
            name,
            "no such box",
        ));
    }
}

/// The body of the first child of a type.
fn find(children: Cursor<'_>, kind: [u8; 4]) -> Option<Cursor<'_>> {
    Boxes::new(children).map_while(Result::ok).find(|child| child.kind == FourCc(kind)).map(|child| child.body)
}

/// Types of entries whose samples are encrypted: common encryption, and the older scheme of QuickTime.
fn is_encrypted(kind: FourCc) -> bool {
    matches!(&kind.0, b"encv" | b"enca" | b"enct" | b"encs" | b"encm" | b"drms" | b"drmi" | b"drmt")
}

#[cfg(test)]
mod tests;
