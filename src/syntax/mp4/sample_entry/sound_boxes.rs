//! Configuration boxes of audio codecs other than AAC, as far as channels and sampling rate go.

use super::super::boxes::ChildBox;
use super::Entry;
use crate::facts::{Audio, Fact};
use crate::input::{Cursor, CursorEnded};

/// Fills channels and sampling rate from the configuration box of the entry's codec; other boxes are passed over.
pub(super) fn lower(child: ChildBox<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    match (&entry.kind.0, &child.kind.0) {
        (b"Opus", b"dOps") => opus(child.body, entry, audio),
        (b"ac-3" | b"sac3", b"dac3") => ac3(child.body, entry, audio),
        (b"ec-3", b"dec3") => enhanced_ac3(child.body, entry, audio),
        (b"fLaC", b"dfLa") => flac(child.body, entry, audio),
        (b"alac", b"alac") => alac(child.body, entry, audio),
        _ => Ok(()),
    }
}

/// `srat` (ISO/IEC 14496-12:2022 12.2.3): the rate of an entry of version 1.
pub(super) fn sampling_rate(mut body: Cursor<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    body.skip(4, "srat.version_flags")?;
    let at = entry.at(body.offset(), "srat.sampling_rate");
    audio.sample_rate = Fact::known(body.u32("srat.sampling_rate")?, at);
    Ok(())
}

/// `dOps` (Encapsulation of Opus in ISOBMFF 4.3.2). Opus always decodes at 48 kHz.
fn opus(mut body: Cursor<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    body.skip(1, "dOps.Version")?;
    let at = entry.at(body.offset(), "dOps.OutputChannelCount");
    audio.channels = Fact::known(u16::from(body.u8("dOps.OutputChannelCount")?), at.clone());
    audio.sample_rate = Fact::known(48_000, at);
    Ok(())
}

/// `dac3` (ETSI TS 102 366 V1.4.1 F.4).
fn ac3(mut body: Cursor<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    let at = entry.at(body.offset(), "dac3.acmod");
    let bits = body.u24("dac3.acmod")?;
    audio.channels = Fact::known(acmod_channels(bits >> 11 & 7, bits >> 10 & 1), at.clone());
    if let Some(rate) = fscod_rate(bits >> 22) {
        audio.sample_rate = Fact::known(rate, at);
    }
    Ok(())
}

/// `dec3` (ETSI TS 102 366 V1.4.1 F.6): the first independent substream.
fn enhanced_ac3(mut body: Cursor<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    body.skip(2, "dec3.data_rate")?;
    let at = entry.at(body.offset(), "dec3.acmod");
    let bits = u32::from(body.u16("dec3.acmod")?);
    audio.channels = Fact::known(acmod_channels(bits >> 1 & 7, bits & 1), at.clone());
    if let Some(rate) = fscod_rate(bits >> 14) {
        audio.sample_rate = Fact::known(rate, at);
    }
    Ok(())
}

/// Channels of `acmod` and `lfeon` (ETSI TS 102 366 V1.4.1 4.4.2.3).
fn acmod_channels(acmod: u32, lfe: u32) -> u16 {
    let full = match acmod {
        1 => 1,
        0 | 2 => 2,
        3 | 4 => 3,
        5 | 6 => 4,
        _ => 5,
    };
    full + u16::from(lfe == 1)
}

const fn fscod_rate(fscod: u32) -> Option<u32> {
    match fscod {
        0 => Some(48_000),
        1 => Some(44_100),
        2 => Some(32_000),
        _ => None,
    }
}

/// `dfLa` (Encapsulation of FLAC in ISOBMFF 3.3.2): the STREAMINFO block, which comes first.
fn flac(mut body: Cursor<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    body.skip(4, "dfLa.version_flags")?;
    body.skip(4, "dfLa.METADATA_BLOCK_HEADER")?;
    body.skip(10, "dfLa.STREAMINFO")?;
    let at = entry.at(body.offset(), "dfLa.STREAMINFO.sample_rate");
    let bits = body.u32("dfLa.STREAMINFO.sample_rate")?;
    audio.sample_rate = Fact::known(bits >> 12, at.clone());
    audio.channels = Fact::known(1 + ((bits >> 9 & 7) as u16), at);
    Ok(())
}

/// `alac`, the magic cookie of Apple Lossless.
fn alac(mut body: Cursor<'_>, entry: &Entry<'_>, audio: &mut Audio) -> Result<(), CursorEnded> {
    body.skip(4, "alac.version_flags")?;
    body.skip(9, "alac.frameLength to kb")?;
    let channels = entry.at(body.offset(), "alac.numChannels");
    audio.channels = Fact::known(u16::from(body.u8("alac.numChannels")?), channels);
    body.skip(10, "alac.maxRun to avgBitRate")?;
    let rate = entry.at(body.offset(), "alac.sampleRate");
    audio.sample_rate = Fact::known(body.u32("alac.sampleRate")?, rate);
    Ok(())
}
