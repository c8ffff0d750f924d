//! Visual sample entries (ISO/IEC 14496-12:2022 12.1.3, QuickTime's video sample description).

use super::super::boxes::Boxes;
use super::esds::ElementaryStream;
use super::{DecoderConfig, Entry, av1c, hvcc, mpeg4, names, shape, vpcc};
use crate::facts::{AnomalyKind, ChromaFormat, Fact, FourCc, Track, Video};
use crate::input::{Cursor, CursorEnded};
use crate::syntax::h264::{self, AvcConfig};
use crate::units::Dimensions;

/// Fills the facts of a video track.
pub(super) fn lower<'a>(entry: &mut Entry<'_>, body: Cursor<'a>, track: &mut Track) -> Option<DecoderConfig<'a>> {
    let mut video = track.video.take().unwrap_or_default();
    let mut fields = body;
    let entry_dimensions = read_fields(&mut fields, entry);
    let children = fields;
    entry.unwrap_original(children);
    track.codec = entry.codec(names::of_entry(entry.kind).or((&entry.kind.0 == b"raw ").then_some("uncompressed RGB")));
    match entry_dimensions {
        Ok(fact) => video.entry_dimensions = fact,
        Err(ended) => {
            entry.ended(AnomalyKind::Malformed, ended);
            video.entry_dimensions = Fact::unknown("the sample entry is cut");
        }
    }
    video.pixel_aspect_box = Fact::Absent;
    video.clean_aperture = Fact::Absent;
    video.colour = Fact::Absent;
    video.field_count_box = Fact::Absent;
    let (configuration, broken) = read_children(children, entry, &mut video, track);
    if configuration.is_none()
        && !broken
        && let Some(name) = configuration_box(entry.kind)
    {
        entry.missing(name);
    }
    let mut config = None;
    if is_h264(entry.kind) {
        config = configuration.and_then(|record| lower_h264(record, entry, &mut video));
    } else {
        complete(entry, &mut video);
    }
    track.video = Some(video);
    config
}

/// Fills the facts of a video track from the configuration record of its codec alone.
pub(super) fn lower_record<'a>(
    entry: &mut Entry<'_>,
    record: Option<Cursor<'a>>,
    track: &mut Track,
) -> Option<DecoderConfig<'a>> {
    let mut video = track.video.take().unwrap_or_default();
    let mut config = None;
    if is_h264(entry.kind) {
        match record {
            Some(record) => config = lower_h264(record, entry, &mut video),
            None => h264::leave_unknown(&mut video, "the track has no configuration of its codec"),
        }
    } else {
        let lowered = match (configuration_box(entry.kind), record) {
            (Some("hvcC"), Some(record)) => hvcc::lower(record, entry, &mut video),
            (Some("av1C"), Some(record)) => av1c::lower(record, entry, &mut video),
            _ => Ok(()),
        };
        if let Err(ended) = lowered {
            entry.ended(AnomalyKind::Malformed, ended);
        }
        complete(entry, &mut video);
    }
    track.video = Some(video);
    config
}

fn read_fields(fields: &mut Cursor<'_>, entry: &Entry<'_>) -> Result<Fact<Dimensions>, CursorEnded> {
    fields.skip(24, "reserved, data_reference_index")?;
    let offset = fields.offset();
    let width = fields.u16("width")?;
    let height = fields.u16("height")?;
    fields.skip(50, "horizresolution to pre_defined")?;
    Ok(Fact::known(Dimensions::new(u32::from(width), u32::from(height)), entry.at(offset, "width")))
}

/// `avcC`, and what its parameter sets say.
fn lower_h264<'a>(record: Cursor<'a>, entry: &mut Entry<'_>, video: &mut Video) -> Option<DecoderConfig<'a>> {
    match AvcConfig::parse(record) {
        Ok(config) => {
            let path = entry.container.inside("avcC");
            h264::lower(&config, &path, video, entry.anomalies);
            Some(DecoderConfig::Avc(config))
        }
        Err(ended) => {
            entry.ended(AnomalyKind::Malformed, ended);
            None
        }
    }
}

/// Reads the boxes inside the entry. Returns the body of the decoder configuration, where it was among them, and
/// whether it may stand in a box that cannot be read.
fn read_children<'a>(
    children: Cursor<'a>,
    entry: &mut Entry<'_>,
    video: &mut Video,
    track: &mut Track,
) -> (Option<Cursor<'a>>, bool) {
    let mut broken = false;
    let needed = configuration_box(entry.kind);
    let mut configuration = None;
    for child in Boxes::new(children) {
        let child = match child {
            Ok(child) => child,
            Err(ended) => {
                // What is needed may be in the box that cannot be read; what is not needed, readers pass over.
                broken = configuration.is_none() && needed.is_some();
                entry.ended(if broken { AnomalyKind::Malformed } else { AnomalyKind::Tolerated }, ended);
                break;
            }
        };
        let is_configuration = configuration.is_none() && needed.is_some_and(|name| name.as_bytes() == child.kind.0);
        let result = match &child.kind.0 {
            b"pasp" => shape::pixel_aspect(child.body, entry, video),
            b"clap" => shape::clean_aperture(child.body, entry, video),
            b"colr" => shape::colour(child.body, entry, video),
            b"fiel" => shape::fields(child.body, entry, video),
            b"hvcC" if is_configuration => hvcc::lower(child.body, entry, video),
            b"av1C" if is_configuration => av1c::lower(child.body, entry, video),
            b"vpcC" if is_configuration => vpcc::lower(child.body, entry, video),
            b"esds" if is_configuration => {
                read_stream(child.body, entry, video, track);
                Ok(())
            }
            _ => Ok(()),
        };
        if is_configuration {
            configuration = Some(child.body);
        }
        if let Err(ended) = result {
            let kind = if is_configuration { AnomalyKind::Malformed } else { AnomalyKind::Tolerated };
            entry.ended(kind, ended);
        }
    }
    (configuration, broken)
}

/// `objectTypeIndication` of MPEG-4 Part 2.
const MPEG_4_PART_2: u8 = 0x20;

/// The codec of `mp4v`, from its object type.
fn read_stream(body: Cursor<'_>, entry: &mut Entry<'_>, video: &mut Video, track: &mut Track) {
    match ElementaryStream::parse(body) {
        Ok(stream) => {
            let name = names::of_visual_object(stream.object_type_indication);
            track.codec = entry.codec(name.or_else(|| names::of_entry(entry.kind)));
            if let (MPEG_4_PART_2, Some(specific)) = (stream.object_type_indication, stream.specific) {
                mpeg4::lower(specific, entry, video);
            }
        }
        Err(fault) => {
            entry.broken_stream(fault);
            track.codec = Fact::unknown("esds of the video cannot be read");
        }
    }
}

/// The box without which the decoder of an entry cannot be set up.
fn configuration_box(kind: FourCc) -> Option<&'static str> {
    Some(match &kind.0 {
        _ if is_h264(kind) => "avcC",
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "hvcC",
        b"av01" => "av1C",
        b"vp08" | b"vp09" => "vpcC",
        b"mp4v" => "esds",
        _ => return None,
    })
}

fn is_h264(kind: FourCc) -> bool {
    matches!(&kind.0, b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"dva1" | b"dvav")
}

/// Fills what the configuration of a codec other than H.264 left open: the size from the entry, and what its type says.
fn complete(entry: &Entry<'_>, video: &mut Video) {
    if video.dimensions.value().is_none() {
        video.dimensions = video.entry_dimensions.clone();
    }
    if let Some((chroma, depth)) = sampling_of(entry.kind) {
        let at = entry.at(entry.offset, "");
        video.chroma_format = Fact::known(chroma, at.clone());
        video.bit_depth_luma = Fact::known(depth, at.clone());
        video.bit_depth_chroma = Fact::known(depth, at);
    }
    if let Some(profile) = names::of_entry(entry.kind).and_then(|name| name.strip_prefix("ProRes ")) {
        video.profile = Fact::known(profile.into(), entry.at(entry.offset, ""));
        video.level = Fact::Absent;
    }
    if video.colour.is_absent() && matches!(configuration_box(entry.kind), Some("hvcC" | "av1C" | "vpcC")) {
        video.colour = entry.stream_colour.clone();
    }
    // Neither has a shape of pixels.
    if matches!(configuration_box(entry.kind), Some("av1C" | "vpcC")) {
        video.pixel_aspect_vui = Fact::Absent;
    }
    unread(&mut video.profile);
    unread(&mut video.level);
    unread(&mut video.chroma_format);
    unread(&mut video.bit_depth_luma);
    unread(&mut video.bit_depth_chroma);
    unread(&mut video.pixel_aspect_vui);
    unread(&mut video.frame_mbs_only);
    unread(&mut video.scan);
    unread(&mut video.open_gops);
    unread(&mut video.longest_gop);
    unread(&mut video.sync_contradiction);
    unread(&mut video.intra_refresh);
}

fn unread<T>(fact: &mut Fact<T>) {
    if matches!(fact, Fact::Unknown(_)) {
        *fact = Fact::unknown("only the pictures of H.264 are looked into");
    }
}

/// Sampling and depth that the type of the entry fixes.
fn sampling_of(kind: FourCc) -> Option<(ChromaFormat, u8)> {
    Some(match &kind.0 {
        b"apch" | b"apcn" | b"apcs" | b"apco" => (ChromaFormat::Yuv422, 10),
        b"ap4h" | b"ap4x" => (ChromaFormat::Yuv444, 12),
        b"s263" => (ChromaFormat::Yuv420, 8),
        _ => return None,
    })
}
