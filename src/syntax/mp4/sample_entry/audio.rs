//! Audio sample entries (ISO/IEC 14496-12:2022 12.2.3) and QuickTime's sound sample descriptions.

use super::super::boxes::Boxes;
use super::esds::ElementaryStream;
use super::{DecoderConfig, Entry, names, sound_boxes};
use crate::facts::{AnomalyKind, Audio, Fact, Track};
use crate::input::{Cursor, CursorEnded};
use crate::syntax::aac;

/// Fills the facts of an audio track.
pub(super) fn lower(entry: &mut Entry<'_>, body: Cursor<'_>, track: &mut Track) -> Option<DecoderConfig<'static>> {
    let mut audio = track.audio.take().unwrap_or_default();
    let mut fields = body;
    let read = read_fields(&mut fields, entry, &mut audio);
    let children = fields;
    entry.unwrap_original(children);
    let linear = matches!(&entry.kind.0, b"raw ").then_some("PCM");
    track.codec = entry.codec(names::of_entry(entry.kind).or(linear));
    if let Err(ended) = read {
        entry.ended(AnomalyKind::Malformed, ended);
        audio.entry_channels = Fact::unknown(CUT);
        audio.channels = Fact::unknown(CUT);
        audio.sample_rate = Fact::unknown(CUT);
    }
    absent(&mut audio);
    let mut found = Found::default();
    read_children(children, entry, &mut audio, &mut found, false);
    let config = match found.stream {
        _ if &entry.kind.0 != b"mp4a" => None,
        Some(stream) => lower_stream(stream, entry, &mut audio, track),
        None => {
            lower_without_stream(&found, entry, &mut audio, track);
            None
        }
    };
    track.audio = Some(audio);
    config
}

const CUT: &str = "the sample entry is cut";

/// What only AAC has is legitimately not there until `esds` says that this is AAC.
fn absent(audio: &mut Audio) {
    audio.object_type_indication = Fact::Absent;
    audio.object_type = Fact::Absent;
    audio.sbr = Fact::Absent;
    audio.ps = Fact::Absent;
}

/// The fields in front of the boxes, whose number the version tells.
fn read_fields(fields: &mut Cursor<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    fields.skip(8, "reserved, data_reference_index")?;
    let version = fields.u16("version")?;
    fields.skip(6, "revision_level, vendor")?;
    let channels_at = entry.at(fields.offset(), "channelcount");
    let channels = fields.u16("channelcount")?;
    fields.skip(6, "samplesize, compression_id, packet_size")?;
    let rate_at = entry.at(fields.offset(), "samplerate");
    let rate = fields.u32("samplerate")? >> 16;
    audio.entry_channels = Fact::known(channels, channels_at.clone());
    // Writers leave 0 where the codec's own configuration tells.
    audio.channels = match channels {
        0 => Fact::unknown("the sample entry gives no number of channels"),
        _ => Fact::known(channels, channels_at),
    };
    audio.sample_rate = match rate {
        0 => Fact::unknown("the sample entry gives no sampling rate"),
        _ => Fact::known(rate, rate_at),
    };
    match version {
        // AudioSampleEntryV1 of ISO has boxes here, QuickTime's version 1 four numbers.
        1 if !starts_with_box(*fields) => fields.skip(16, "samplesPerPacket to bytesPerSample")?,
        2 => read_version_2(fields, entry, audio)?,
        _ => {}
    }
    Ok(())
}

/// QuickTime's sound sample description, version 2 (QuickTime File Format, Sound Media).
fn read_version_2(fields: &mut Cursor<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    fields.skip(4, "sizeOfStructOnly")?;
    let rate_at = entry.at(fields.offset(), "audioSampleRate");
    let rate = whole_part(fields.u64("audioSampleRate")?);
    let channels_at = entry.at(fields.offset(), "numAudioChannels");
    let channels = fields.u32("numAudioChannels")?;
    fields.skip(20, "always7F000000 to constLPCMFramesPerAudioPacket")?;
    audio.sample_rate = match rate {
        Some(rate) => Fact::known(rate, rate_at),
        None => Fact::unknown("audioSampleRate is not a frequency"),
    };
    let count = match u16::try_from(channels) {
        Ok(count) => Fact::known(count, channels_at),
        Err(_) => Fact::unknown("numAudioChannels is not a number of channels"),
    };
    audio.entry_channels = count.clone();
    audio.channels = count;
    Ok(())
}

/// Whether a box that fits begins here: a size and a printable type.
fn starts_with_box(mut fields: Cursor<'_>) -> bool {
    let available = fields.remaining() as u64;
    let size = fields.u32("box.size").map(u64::from);
    let kind = fields.array::<4>("box.type");
    matches!((size, kind), (Ok(size), Ok(kind))
        if (8..=available).contains(&size) && kind.iter().all(|byte| (b' '..=b'~').contains(byte)))
}

/// The whole part of a 64-bit IEEE 754 number, where it is at least 1 and below 2^32.
#[expect(clippy::cast_possible_truncation, reason = "the exponent was seen to be below 32")]
const fn whole_part(bits: u64) -> Option<u32> {
    let exponent = bits >> 52;
    if exponent < 1023 || exponent > 1023 + 31 {
        return None;
    }
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    Some((mantissa >> (52 + 1023 - exponent)) as u32)
}

/// What the boxes of an entry hold that decides after all are read.
#[derive(Default)]
struct Found<'a> {
    stream: Option<ElementaryStream<'a>>,
    broken: bool,
}

/// Reads the boxes of the entry, and those of QuickTime's `wave` among them.
fn read_children<'a>(
    children: Cursor<'a>,
    entry: &mut Entry<'_>,
    audio: &mut Audio,
    found: &mut Found<'a>,
    inside_wave: bool,
) {
    for child in Boxes::new(children) {
        let child = match child {
            Ok(child) => child,
            Err(ended) => {
                let lacking = &entry.kind.0 == b"mp4a" && found.stream.is_none();
                found.broken |= lacking;
                entry.ended(if lacking { AnomalyKind::Malformed } else { AnomalyKind::Tolerated }, ended);
                break;
            }
        };
        let result = match &child.kind.0 {
            b"esds" if found.stream.is_none() && !found.broken => {
                match ElementaryStream::parse(child.body) {
                    Ok(stream) => found.stream = Some(stream),
                    Err(fault) => {
                        found.broken = true;
                        entry.broken_stream(fault);
                    }
                }
                Ok(())
            }
            b"wave" if !inside_wave => {
                read_children(child.body, entry, audio, found, true);
                Ok(())
            }
            b"srat" => sound_boxes::sampling_rate(child.body, entry, audio),
            _ => sound_boxes::lower(child, entry, audio),
        };
        if let Err(ended) = result {
            entry.ended(AnomalyKind::Tolerated, ended);
        }
    }
}

/// The codec of an entry with `esds`, and the facts of AAC.
fn lower_stream(
    stream: ElementaryStream<'_>,
    entry: &mut Entry<'_>,
    audio: &mut Audio,
    track: &mut Track,
) -> Option<DecoderConfig<'static>> {
    if let Some(overrun) = stream.overrun {
        let kind = if stream.specific_cut { AnomalyKind::Malformed } else { AnomalyKind::Tolerated };
        entry.ended(kind, overrun);
    }
    let indication = stream.object_type_indication;
    let at = entry.at(stream.offset, "esds.objectTypeIndication");
    audio.object_type_indication = Fact::known(indication, at);
    if !matches!(indication, 0x40 | 0x66..=0x68) {
        track.codec = entry.codec(names::of_audio_object(indication).or_else(|| names::of_entry(entry.kind)));
        return None;
    }
    let config = aac::lower(indication, stream.specific, entry.container, audio, entry.anomalies);
    let name = aac::codec_name(config.map_or(2, |config| config.object_type));
    track.codec = entry.codec(Some(name));
    if name != "AAC" {
        audio.sbr = Fact::Absent;
        audio.ps = Fact::Absent;
        return None;
    }
    if entry.encrypted && audio.sbr.value().is_none() && !audio.sbr.is_absent() {
        audio.sbr = Fact::unknown("the samples are encrypted, so that implicit SBR cannot be looked for");
    }
    config.map(DecoderConfig::Aac)
}

/// `mp4a` without a readable `esds`: nothing says what it is.
fn lower_without_stream(found: &Found<'_>, entry: &mut Entry<'_>, audio: &mut Audio, track: &mut Track) {
    if !found.broken {
        entry.missing("esds");
    }
    let why = "esds is missing or cannot be read";
    track.codec = Fact::unknown(why);
    audio.object_type_indication = Fact::unknown(why);
    audio.object_type = Fact::unknown(why);
    audio.sbr = Fact::unknown(why);
    audio.ps = Fact::unknown(why);
    audio.channels = Fact::unknown(why);
    audio.sample_rate = Fact::unknown(why);
}
