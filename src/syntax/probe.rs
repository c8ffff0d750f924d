//! Formats that are named in messages and not read further.
//!
//! A format is taken only where its signature cannot be chance: two bytes alone never decide.

use std::borrow::Cow;

use crate::facts::Format;
use crate::input::{Reader, Stop};

/// The format that the first bytes tell, of those that are only named. Reads at most 1 KiB and a few single headers.
pub(crate) fn known_format(reader: &mut Reader<'_>) -> Result<Option<Format>, Stop> {
    let (prefix, count) = prefix(reader);
    let head = prefix.get(..count).unwrap_or_default();
    if let Some(format) = by_signature(head) {
        return Ok(Some(format));
    }
    if head.starts_with(EBML) {
        return ebml_document(reader).map(Some);
    }
    if head.starts_with(b"ID3") {
        return tagged_audio(reader, head).map(Some);
    }
    if is_transport_stream(reader)? {
        return Ok(Some(Format::MpegTs));
    }
    if let Some(format) = framed_audio(reader, head)? {
        return Ok(Some(format));
    }
    Ok(is_svg(reader, head)?.then_some(Format::Svg))
}

/// HEIC or AVIF, where the brands of an `ftyp` box at the start of the file say so (ISO/IEC 23008-12:2022 10, AVIF
/// 1.1.0 section 6). A movie that merely lists such a brand keeps its own major brand and is not taken.
pub(crate) fn heif_brand(prefix: &[u8]) -> Option<Format> {
    if prefix.get(4..8)? != b"ftyp" {
        return None;
    }
    let size: [u8; 4] = prefix.get(..4)?.try_into().ok()?;
    let end = usize::try_from(u32::from_be_bytes(size)).ok()?.min(prefix.len());
    match prefix.get(8..12)? {
        b"avif" | b"avis" => Some(Format::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Some(Format::Heic),
        // The structural brands leave the codec to the compatible ones.
        b"mif1" | b"mif2" | b"msf1" | b"miaf" | b"1pic" => {
            let avif = prefix.get(16..end)?.chunks_exact(4).any(|brand| brand == b"avif" || brand == b"avis");
            Some(if avif { Format::Avif } else { Format::Heic })
        }
        _ => None,
    }
}

fn by_signature(head: &[u8]) -> Option<Format> {
    let at = |offset: usize, signature: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(signature));
    let format = match head {
        [b'B', b'M', ..] if is_bitmap(head) => Format::Bmp,
        // 42 is classic TIFF, 43 BigTIFF.
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Format::Tiff,
        [b'R', b'I', b'F', b'F' | b'X', ..] if at(8, b"AVI ") => Format::Avi,
        [b'R', b'I' | b'F', b'F' | b'6', b'F' | b'4', ..] if at(8, b"WAVE") => Format::Wave,
        [b'F', b'L', b'V', 1, ..] => Format::Flv,
        [b'O', b'g', b'g', b'S', 0, ..] => Format::Ogg,
        [b'f', b'L', b'a', b'C', ..] => Format::Flac,
        [b'8', b'B', b'P', b'S', 0, 1 | 2, ..] => Format::Psd,
        [b'%', b'P', b'D', b'F', b'-', ..] => Format::Pdf,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Format::Zip,
        [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Format::Gzip,
        // The first frame size header of a codestream never makes these two bytes text.
        [0xff, 0x0a, ..] => Format::JpegXl,
        [0xff, 0x4f, 0xff, 0x51, ..] => Format::Jpeg2000,
        // ISO/IEC 13818-1:2023 2.5.3.3: pack_start_code, then '01' (MPEG-2) or '0010' (MPEG-1).
        [0, 0, 1, 0xba, marker, ..] if marker & 0xc0 == 0x40 || marker & 0xf0 == 0x20 => Format::MpegPs,
        [0, 0, 1 | 2, 0, ..] if is_icon(head) => Format::Ico,
        [0, 0, 1, nal, second, ..] | [0, 0, 0, 1, nal, second, ..] if begins_stream(*nal, *second) => Format::AnnexB,
        _ if at(0, &ASF_HEADER) => Format::Asf,
        _ if at(0, b"\0\0\0\x0cJXL \r\n\x87\n") => Format::JpegXl,
        _ if at(0, b"\0\0\0\x0cjP  \r\n\x87\n") => Format::Jpeg2000,
        _ => heif_brand(head)?,
    };
    Some(format)
}

/// `BITMAPFILEHEADER` followed by a header whose size is one of those in use.
fn is_bitmap(head: &[u8]) -> bool {
    matches!(head.get(14..18), Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// `ICONDIR` with at least one entry, whose reserved byte is 0 and whose bytes begin after the directory.
fn is_icon(head: &[u8]) -> bool {
    let count = matches!(head.get(4..6), Some(&[low, high]) if low != 0 || high != 0);
    let reserved = head.get(9) == Some(&0);
    let offset = matches!(head.get(18..22), Some(&[low, second, ..]) if low >= 22 || second != 0);
    count && reserved && offset
}

/// Whether a NAL unit may begin a stream: SPS, access unit delimiter, SEI or IDR of H.264; VPS, SPS, delimiter or SEI of HEVC.
fn begins_stream(nal: u8, second: u8) -> bool {
    let h264 = nal & 0x80 == 0 && matches!(nal & 0x1f, 5 | 6 | 7 | 9);
    let hevc = matches!(nal, 0x40 | 0x42 | 0x46 | 0x4e) && second == 1;
    h264 || hevc
}

/// The DocType of an EBML header (RFC 8794 11.2.4); Matroska where it is not found.
fn ebml_document(reader: &mut Reader<'_>) -> Result<Format, Stop> {
    let bytes = head(reader)?;
    let name = b"\x42\x82";
    let found = bytes.windows(name.len()).position(|window| window == name);
    let document = found.and_then(|start| bytes.get(start + name.len() + 1..));
    Ok(if document.is_some_and(|document| document.starts_with(b"webm")) { Format::WebM } else { Format::Matroska })
}

/// What stands behind an ID3v2 tag (ID3v2.4.0 section 3.1): FLAC, or else MPEG audio.
fn tagged_audio(reader: &mut Reader<'_>, head: &[u8]) -> Result<Format, Stop> {
    let Some(&[flags, a, b, c, d]) = head.get(5..10) else {
        return Ok(Format::MpegAudio);
    };
    let size = [a, b, c, d].iter().fold(0_u64, |size, byte| (size << 7) | u64::from(byte & 0x7f));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    let start = size + footer + 10;
    if reader.len().saturating_sub(start) >= 4 && reader.array::<4>(start, "audio after ID3")? == *b"fLaC" {
        return Ok(Format::Flac);
    }
    Ok(Format::MpegAudio)
}

/// Sync bytes at three packets in a row, of 188 bytes, of 192 with a time stamp in front, or of 204 with parity
/// (ISO/IEC 13818-1:2023 2.4.3.2); at two where the file holds no third.
fn is_transport_stream(reader: &mut Reader<'_>) -> Result<bool, Stop> {
    for (first, packet) in [(0, 188), (4, 192), (0, 204)] {
        let length = reader.len();
        if reader.prefix().get(first) != Some(&SYNC_BYTE) {
            continue;
        }
        let first = first as u64;
        let mut syncs = 1;
        for number in 1..3 {
            let offset = first + packet * number;
            if offset < length && reader.array::<1>(offset, "sync_byte")? == [SYNC_BYTE] {
                syncs += 1;
            }
        }
        if syncs == 3 || (syncs == 2 && length < first + packet * 3 && length.is_multiple_of(packet)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// MPEG audio or ADTS: a valid frame header that is followed, where the frame ends, by another one or by the end.
fn framed_audio(reader: &mut Reader<'_>, head: &[u8]) -> Result<Option<Format>, Stop> {
    for (format, frame_length) in
        [(Format::Adts, adts_frame_length as fn([u8; 6]) -> Option<u64>), (Format::MpegAudio, mpeg_frame_length)]
    {
        let Some(frame) = head.first_chunk().and_then(|header| frame_length(*header)) else {
            continue;
        };
        if frame == reader.len() {
            return Ok(Some(format));
        }
        if reader.len().saturating_sub(frame) >= 6 && frame_length(reader.array(frame, "audio frame")?).is_some() {
            return Ok(Some(format));
        }
    }
    Ok(None)
}

/// Length of an MPEG audio frame (ISO/IEC 11172-3:1993 2.4.2.3); `None` where the header is not one.
fn mpeg_frame_length(header: [u8; 6]) -> Option<u64> {
    let [0xff, second, third, ..] = header else {
        return None;
    };
    if second & 0xe0 != 0xe0 {
        return None;
    }
    let (version, layer) = ((second >> 3) & 3, (second >> 1) & 3);
    let kilobits = match (version, layer) {
        (1, _) | (_, 0) => return None,
        (3, 3) => [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        (3, 2) => [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        (3, _) => [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        (_, 3) => [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        (_, _) => [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    };
    // Free format (0) gives no length to check by.
    let bit_rate = kilobits.get(usize::from(third >> 4)).copied().filter(|&rate| rate != 0)? * 1000;
    let rate = [44_100_u64, 48_000, 32_000].get(usize::from((third >> 2) & 3)).copied()?;
    let rate = match version {
        3 => rate,
        2 => rate / 2,
        _ => rate / 4,
    };
    let padding = u64::from((third >> 1) & 1);
    Some(match (version, layer) {
        (_, 3) => (12 * bit_rate / rate + padding) * 4,
        (0 | 2, 1) => 72 * bit_rate / rate + padding,
        _ => 144 * bit_rate / rate + padding,
    })
}

/// Length of an ADTS frame (ISO/IEC 14496-3:2019 1.A.3.2); `None` where the header is not one.
fn adts_frame_length(header: [u8; 6]) -> Option<u64> {
    let [0xff, second, third, fourth, fifth, sixth] = header else {
        return None;
    };
    let sampling_frequency_index = (third >> 2) & 0xf;
    if second & 0xf6 != 0xf0 || sampling_frequency_index > 12 {
        return None;
    }
    let length = (u64::from(fourth & 3) << 11) | (u64::from(fifth) << 3) | u64::from(sixth >> 5);
    (length >= 7).then_some(length)
}

/// Text whose first element, past the XML declaration, comments and document type, is `svg`.
fn is_svg(reader: &mut Reader<'_>, prefix: &[u8]) -> Result<bool, Stop> {
    if !begins_with_tag(prefix) {
        return Ok(false);
    }
    let bytes = head(reader)?;
    let find = |needle: &[u8]| bytes.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle));
    let svg = [find(b"<svg"), find(b"<svg:svg"), find(b"<!DOCTYPE svg")].into_iter().flatten().min();
    let html = [find(b"<html"), find(b"<!DOCTYPE html"), find(b"<body"), find(b"<head")].into_iter().flatten().min();
    Ok(svg.is_some_and(|svg| html.is_none_or(|html| svg < html)))
}

fn begins_with_tag(prefix: &[u8]) -> bool {
    let text = prefix.strip_prefix(b"\xef\xbb\xbf").unwrap_or(prefix);
    text.trim_ascii_start().first() == Some(&b'<')
}

/// A copy of the reader's prefix and its length, so that the reader stays free to read on.
fn prefix(reader: &Reader<'_>) -> ([u8; 64], usize) {
    let mut copy = [0; 64];
    let held = reader.prefix();
    for (place, byte) in copy.iter_mut().zip(held) {
        *place = *byte;
    }
    (copy, held.len())
}

/// The first KiB of the file, or all of a shorter one.
fn head<'s>(reader: &mut Reader<'s>) -> Result<Cow<'s, [u8]>, Stop> {
    reader.bytes(0, reader.len().min(1024), "file type")
}

const EBML: &[u8] = &[0x1a, 0x45, 0xdf, 0xa3];
const SYNC_BYTE: u8 = 0x47;
/// `ASF_Header_Object`, 75B22630-668E-11CF-A6D9-00AA0062CE6C.
const ASF_HEADER: [u8; 16] =
    [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::input::Budget;

    fn probe(bytes: &[u8]) -> Option<Format> {
        let source = bytes.to_vec();
        known_format(&mut Reader::new(&source, Budget::default()).unwrap()).unwrap()
    }

    /// `head`, then zeros up to `length` bytes.
    fn padded(head: &[u8], length: usize) -> Vec<u8> {
        let mut bytes = head.to_vec();
        bytes.resize(length, 0);
        bytes
    }

    #[test]
    fn each_signature_names_its_format() {
        let cases: &[(&[u8], Format)] = &[
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Format::Bmp),
            (b"II*\0\x08\0\0\0", Format::Tiff),
            (b"MM\0*\0\0\0\x08", Format::Tiff),
            (b"II+\0\x08\0\0\0", Format::Tiff),
            (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", Format::WebM),
            (b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska", Format::Matroska),
            (b"\0\0\x01\xba\x44\0\x04\0\x04\x01", Format::MpegPs),
            (b"\0\0\x01\xba\x21\0\x01\0\x01\x80", Format::MpegPs),
            (b"RIFF\x24\0\0\0AVI LIST", Format::Avi),
            (b"RIFF\x24\0\0\0WAVEfmt ", Format::Wave),
            (b"RF64\xff\xff\xff\xffWAVEds64", Format::Wave),
            (b"FLV\x01\x05\0\0\0\x09", Format::Flv),
            (b"OggS\0\x02\0\0", Format::Ogg),
            (b"fLaC\0\0\0\x22", Format::Flac),
            (&ASF_HEADER, Format::Asf),
            (b"ID3\x04\0\0\0\0\x02\x01", Format::MpegAudio),
            (b"\xff\x0a\xfa\x7f", Format::JpegXl),
            (b"\0\0\0\x0cJXL \r\n\x87\n", Format::JpegXl),
            (b"\0\0\0\x0cjP  \r\n\x87\n", Format::Jpeg2000),
            (b"\xff\x4f\xff\x51\0\x2f", Format::Jpeg2000),
            (b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0\x16\0\0\0", Format::Ico),
            (b"8BPS\0\x01\0\0", Format::Psd),
            (b"%PDF-1.7\n", Format::Pdf),
            (b"PK\x03\x04\x14\0", Format::Zip),
            (b"\x1f\x8b\x08\0\0\0", Format::Gzip),
            (b"\0\0\0\x01\x67\x64\0\x1f", Format::AnnexB),
            (b"\0\0\x01\x09\xf0", Format::AnnexB),
            (b"\0\0\0\x01\x40\x01\x0c\x01", Format::AnnexB),
            (b"\0\0\0\x1cftypavif\0\0\0\0", Format::Avif),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Format::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0miafavif", Format::Avif),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Format::Svg),
            (b"\xef\xbb\xbf  <?xml version='1.0'?>\n<!-- drawn -->\n<svg/>", Format::Svg),
        ];
        for (bytes, format) in cases {
            assert_eq!(probe(bytes), Some(*format), "{bytes:02x?}");
            assert_eq!(probe(&padded(bytes, 400)), Some(*format), "{bytes:02x?}, padded");
        }
    }

    #[test]
    fn what_only_resembles_a_format_is_not_taken() {
        let cases: &[&[u8]] = &[
            b"BMW is a car",
            b"MM-hm, right",
            b"RIFF\x24\0\0\0CDDA",
            b"Good morning",
            b"OggSy",
            b"<html><body><svg></svg></body></html>",
            b"<note>svg</note>",
            b"\xff\xfb\x90\x64",
            b"\xff\xfe1\0\r\0\n\0",
            b"\0\0\x01\0\0\0",
            b"\0\0\0\x18ftypisom\0\0\0\0isomavif",
            b"ID",
            b"\0\0\x01\xb3\x14\0\xf0",
        ];
        for bytes in cases {
            assert_eq!(probe(bytes), None, "{bytes:02x?}");
            assert_eq!(probe(&padded(bytes, 4000)), None, "{bytes:02x?}, padded");
        }
    }

    #[test]
    fn packets_with_sync_bytes_are_a_transport_stream() {
        for (first, packet) in [(0, 188), (4, 192), (0, 204)] {
            let mut bytes = vec![0xff; packet * 4];
            for number in 0..4 {
                bytes[first + packet * number] = 0x47;
            }
            assert_eq!(probe(&bytes), Some(Format::MpegTs), "packets of {packet}");
            assert_eq!(probe(&bytes[..packet * 2]), Some(Format::MpegTs), "two packets of {packet}");
            bytes[first + packet * 2] = 0;
            assert_eq!(probe(&bytes), None, "packets of {packet} without the third sync byte");
        }
    }

    #[test]
    fn an_audio_frame_must_be_followed_by_another() {
        // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes.
        let mut mp3 = padded(&[0xff, 0xfb, 0x90, 0x64], 1000);
        assert_eq!(probe(&mp3), None);
        mp3[417..421].copy_from_slice(&[0xff, 0xfb, 0x92, 0x64]);
        assert_eq!(probe(&mp3), Some(Format::MpegAudio));
        // ADTS, AAC LC, 44.1 kHz, frame length 16.
        let frame = [0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc];
        let mut adts = padded(&frame, 40);
        assert_eq!(probe(&adts), None);
        adts[16..23].copy_from_slice(&frame);
        assert_eq!(probe(&adts), Some(Format::Adts));
        assert_eq!(probe(&padded(&frame, 16)), Some(Format::Adts), "one frame alone");
    }

    #[test]
    fn the_document_type_is_found_past_the_prefix() {
        let mut bytes = b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x80\xec\xc0".to_vec();
        bytes.resize(14 + 64, 0);
        bytes.extend(b"\x42\x82\x84webm");
        assert_eq!(probe(&bytes), Some(Format::WebM));
    }

    #[test]
    fn flac_behind_a_tag_is_flac() {
        assert_eq!(probe(b"ID3\x03\0\0\0\0\0\x04abcdfLaC\0\0\0\x22"), Some(Format::Flac));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            probe(&bytes);
        }

        #[test]
        fn a_signature_with_arbitrary_bytes_never_panics(
            index in 0..8_usize,
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let signatures: [&[u8]; 8] =
                [b"ID3", EBML, b"\x47", b"\xff\xfb", b"\xff\xf1", b"<", b"\0\0\0\x20ftyp", b"\0\0\x01"];
            probe(&[signatures[index], &bytes].concat());
        }
    }
}
