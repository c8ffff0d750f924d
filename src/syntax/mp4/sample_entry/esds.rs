//! The elementary stream descriptor, `esds` (ISO/IEC 14496-14:2020 6.7.2, ISO/IEC 14496-1:2010 7.2.6).

use crate::input::{Cursor, CursorEnded};

/// What `esds` says of the decoder.
#[derive(Clone, Copy, Debug)]
pub(super) struct ElementaryStream<'a> {
    /// `objectTypeIndication` (ISO/IEC 14496-1:2010 table 5).
    pub(super) object_type_indication: u8,
    /// Absolute offset of `objectTypeIndication`.
    pub(super) offset: u64,
    /// `DecoderSpecificInfo`. Absent: there is none.
    pub(super) specific: Option<Cursor<'a>>,
    /// A descriptor that says it is longer than what holds it; the bytes that are there were read.
    pub(super) overrun: Option<CursorEnded>,
    /// Whether `specific` itself is cut.
    pub(super) specific_cut: bool,
}

impl<'a> ElementaryStream<'a> {
    /// Reads the body of an `esds` box.
    ///
    /// Lengths of outer descriptors that run past the box are cut there, as every reader does.
    pub(super) fn parse(mut body: Cursor<'a>) -> Result<Self, EsdsFault> {
        body.skip(4, "esds.version_flags")?;
        let mut overrun = None;
        let mut descriptor = Descriptor::read(&mut body, &mut overrun)?;
        if descriptor.tag == ES_DESCRIPTOR {
            skip_stream_fields(&mut descriptor.body)?;
            descriptor = Descriptor::find(&mut descriptor.body, DECODER_CONFIG, &mut overrun)?;
        } else if descriptor.tag != DECODER_CONFIG {
            return Err(EsdsFault::Tag { offset: descriptor.offset, expected: ES_DESCRIPTOR, actual: descriptor.tag });
        }
        let mut config = descriptor.body;
        let offset = config.offset();
        let object_type_indication = config.u8("esds.objectTypeIndication")?;
        config.skip(12, "esds.DecoderConfigDescriptor")?;
        let before = overrun;
        let specific = match Descriptor::find(&mut config, DECODER_SPECIFIC, &mut overrun) {
            Ok(descriptor) => Some(descriptor.body),
            Err(EsdsFault::Missing { .. }) => None,
            Err(fault) => return Err(fault),
        };
        let specific_cut = before.is_none() && overrun.is_some();
        Ok(Self { object_type_indication, offset, specific, overrun, specific_cut })
    }
}

/// Why an `esds` cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EsdsFault {
    /// A descriptor ends before a field that belongs to it.
    #[error(transparent)]
    Ended(#[from] CursorEnded),
    /// The first descriptor is another one.
    #[error("descriptor tag at offset {offset}: expected {expected}, found {actual}")]
    Tag {
        /// Absolute offset of the tag.
        offset: u64,
        /// The tag that should stand there.
        expected: u8,
        /// The tag that stands there.
        actual: u8,
    },
    /// A descriptor that must be there is not.
    #[error("no descriptor with tag {tag} up to offset {offset}")]
    Missing {
        /// Absolute offset at which the search ended.
        offset: u64,
        /// The tag that was looked for.
        tag: u8,
    },
}

/// `ES_DescrTag`.
const ES_DESCRIPTOR: u8 = 0x03;
/// `DecoderConfigDescrTag`.
const DECODER_CONFIG: u8 = 0x04;
/// `DecSpecificInfoTag`.
const DECODER_SPECIFIC: u8 = 0x05;

struct Descriptor<'a> {
    tag: u8,
    offset: u64,
    body: Cursor<'a>,
}

impl<'a> Descriptor<'a> {
    fn read(parent: &mut Cursor<'a>, overrun: &mut Option<CursorEnded>) -> Result<Self, EsdsFault> {
        let offset = parent.offset();
        let tag = parent.u8("esds.tag")?;
        let length_offset = parent.offset();
        let length = expandable_size(parent)?;
        let available = parent.remaining();
        if length > available {
            overrun.get_or_insert(CursorEnded {
                offset: length_offset,
                field: "esds.sizeOfInstance",
                expected: length as u64,
                actual: available as u64,
            });
        }
        let body = parent.sub(length.min(available), "esds.descriptor")?;
        Ok(Self { tag, offset, body })
    }

    fn find(parent: &mut Cursor<'a>, tag: u8, overrun: &mut Option<CursorEnded>) -> Result<Self, EsdsFault> {
        while !parent.is_empty() {
            let descriptor = Self::read(parent, overrun)?;
            if descriptor.tag == tag {
                return Ok(descriptor);
            }
        }
        Err(EsdsFault::Missing { offset: parent.offset(), tag })
    }
}

/// A size of up to four bytes of seven bits (ISO/IEC 14496-1:2010 8.3.3).
fn expandable_size(cursor: &mut Cursor<'_>) -> Result<usize, CursorEnded> {
    let mut size = 0_usize;
    for _ in 0..4 {
        let byte = cursor.u8("esds.sizeOfInstance")?;
        size = size << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Ok(size)
}

/// The fields of an `ES_Descriptor` in front of the descriptors it holds.
fn skip_stream_fields(body: &mut Cursor<'_>) -> Result<(), CursorEnded> {
    body.skip(2, "esds.ES_ID")?;
    let flags = body.u8("esds.streamDependenceFlag")?;
    if flags & 0x80 != 0 {
        body.skip(2, "esds.dependsOn_ES_ID")?;
    }
    if flags & 0x40 != 0 {
        let length = body.u8("esds.URLlength")?;
        body.skip(usize::from(length), "esds.URLstring")?;
    }
    if flags & 0x20 != 0 {
        body.skip(2, "esds.OCR_ES_Id")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `esds` as ffmpeg 5.1 lays it out, four bytes to each size: AAC LC, 48 kHz, stereo, sync extension with SBR 0.
    const FFMPEG: &[u8] = &[
        0, 0, 0, 0, 0x03, 0x80, 0x80, 0x80, 0x25, 0x00, 0x02, 0x00, 0x04, 0x80, 0x80, 0x80, 0x17, 0x40, 0x15, 0, 0, 0,
        0, 0x01, 0xf4, 0, 0, 0x01, 0xf4, 0, 0x05, 0x80, 0x80, 0x80, 0x05, 0x11, 0x90, 0x56, 0xe5, 0x00, 0x06, 0x80,
        0x80, 0x80, 0x01, 0x02,
    ];

    #[test]
    fn the_decoder_configuration_is_found() {
        let stream = ElementaryStream::parse(Cursor::new(FFMPEG, 100)).unwrap();
        assert_eq!(stream.object_type_indication, 0x40);
        assert_eq!(stream.offset, 117);
        let specific = stream.specific.unwrap();
        assert_eq!((specific.offset(), specific.rest()), (135, &[0x11, 0x90, 0x56, 0xe5, 0x00][..]));
        assert_eq!(stream.overrun, None);
    }

    #[test]
    fn all_optional_fields_of_the_stream_are_passed_over() {
        let bytes = [
            0, 0, 0, 0, 3, 27, 0, 1, 0xe0, 0, 9, 3, b'u', b'r', b'l', 0, 7, 4, 13, 0x6b, 0x15, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0,
        ];
        let stream = ElementaryStream::parse(Cursor::new(&bytes, 0)).unwrap();
        assert_eq!(stream.object_type_indication, 0x6b);
        assert!(stream.specific.is_none());
    }

    #[test]
    fn a_cut_descriptor_never_gives_more_than_is_there() {
        for length in 0..FFMPEG.len() {
            match ElementaryStream::parse(Cursor::new(&FFMPEG[..length], 0)) {
                Err(EsdsFault::Ended(ended)) => assert!(ended.offset <= length as u64),
                Err(EsdsFault::Missing { offset, .. }) => assert_eq!(offset, length as u64),
                Err(fault) => panic!("{fault}"),
                Ok(stream) => assert!(stream.overrun.is_some() || length >= 40, "{length}"),
            }
        }
    }

    #[test]
    fn another_descriptor_is_refused() {
        let fault = ElementaryStream::parse(Cursor::new(&[0, 0, 0, 0, 0x21, 1, 0], 0)).err();
        assert_eq!(fault, Some(EsdsFault::Tag { offset: 4, expected: 3, actual: 0x21 }));
    }

    #[test]
    fn a_hostile_size_is_cut_at_the_box() {
        let bytes = [0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0, 4, 0xff, 0xff, 0xff, 0xff, 0x40];
        assert!(ElementaryStream::parse(Cursor::new(&bytes, 0)).is_err());
    }
}
