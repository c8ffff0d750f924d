//! Lowers the parameter sets of `avcC` to facts.

use std::borrow::Cow;

use super::config::AvcConfig;
use super::fault::Fault;
use super::nal::Nal;
use super::names::{level_name, profile_name};
use super::sps::{OrderType, Sps};
use crate::facts::{
    Anomaly, AnomalyKind, ChromaFormat, Colour, Container, Evidence, Fact, GopLength, OpenGops, Scan, Video,
};
use crate::units::{Dimensions, Ratio};

/// Fills what the decoder configuration record says of the video; `container` is the path of the record.
///
/// Of several parameter sets the first that can be read decides. Scan and GOPs stay unknown where only the
/// coded pictures can tell.
pub(crate) fn lower(config: &AvcConfig<'_>, container: &Container, video: &mut Video, anomalies: &mut Vec<Anomaly>) {
    check_record(config, container, anomalies);
    let mut first: Option<&Sps> = None;
    let mut unreadable = Vec::new();
    let mut frame_mbs_only = true;
    for (nal, set) in &config.sps {
        let nal = *nal;
        match set {
            Ok(sps) => {
                frame_mbs_only &= sps.frame_mbs_only;
                match first {
                    None => {
                        lower_sps(sps, nal, container, video);
                        check_sps(sps, nal, container, anomalies);
                        first = Some(sps);
                    }
                    Some(first) => compare(first, sps, nal, container, anomalies),
                }
            }
            Err(fault) => unreadable.push(malformed(fault, nal, container)),
        }
    }
    for mut anomaly in unreadable {
        // Players go on with the set that can be read; slices that need the other one are looked at with the pictures.
        if first.is_some() {
            anomaly.kind = AnomalyKind::Tolerated;
        }
        anomalies.push(anomaly);
    }
    if first.is_none() {
        leave_unknown(video, if config.sps.is_empty() { ONLY_IN_BAND } else { UNREADABLE });
    } else if !frame_mbs_only {
        video.scan = Fact::unknown(IN_SLICES);
    }
    video.open_gops = Fact::unknown(IN_SLICES);
    video.longest_gop = Fact::unknown(IN_SLICES);
    video.sync_contradiction = Fact::unknown(IN_SLICES);
    video.intra_refresh = Fact::unknown(IN_SLICES);
}

/// Decides of GOPs what needs no look at the pictures: a video of few samples holds no long GOP, and one without
/// reordering no open one. `reordered` says whether composition times differ from decoding times.
pub(crate) fn decide_from_headers(
    config: &AvcConfig<'_>,
    samples: u64,
    reordered: bool,
    container: &Container,
    video: &mut Video,
) {
    if samples <= SHORT_VIDEO {
        let bound = GopLength { frames: samples, upper_bound: true, first: None };
        video.longest_gop = Fact::known(bound, Evidence::within(config.offset, container, ""));
    }
    let keeps_order = |set: &Result<Sps, Fault>| set.as_ref().is_ok_and(keeps_decoding_order);
    let in_order = !config.sps.is_empty() && config.sps.iter().all(|(_, set)| keeps_order(set));
    if in_order && !reordered {
        let none = OpenGops { count: 0, first: None, leading_pictures: 0 };
        video.open_gops = Fact::known(none, Evidence::within(config.offset, container, "sps.pic_order_cnt_type"));
    }
}

fn keeps_decoding_order(sps: &Sps) -> bool {
    sps.order == OrderType::Decoding || sps.vui.as_ref().is_some_and(|vui| vui.max_num_reorder_frames == Some(0))
}

/// Fills the facts that one sequence parameter set decides.
pub(crate) fn lower_sps(sps: &Sps, nal: Nal<'_>, container: &Container, video: &mut Video) {
    let offset_of = nal.offsets();
    let at = |position, element| Evidence::within(offset_of(position), container, element);
    let places = &sps.places;
    video.profile = Fact::known(profile_name(sps), at(0, "sps.profile_idc"));
    video.level = Fact::known(level_name(sps), at(16, "sps.level_idc"));
    video.chroma_format = Fact::known(chroma_format(sps), at(places.chroma_format_idc, "sps.chroma_format_idc"));
    video.bit_depth_luma =
        Fact::known(sps.bit_depth_luma_minus8 + 8, at(places.bit_depth_luma, "sps.bit_depth_luma_minus8"));
    video.bit_depth_chroma =
        Fact::known(sps.bit_depth_chroma_minus8 + 8, at(places.bit_depth_chroma, "sps.bit_depth_chroma_minus8"));
    video.dimensions = match sps.cropped_size() {
        Some((width, height)) => {
            Fact::known(Dimensions::new(width, height), at(places.width, "sps.pic_width_in_mbs_minus1"))
        }
        None => Fact::unknown("the SPS gives no possible picture size"),
    };
    video.frame_mbs_only = Fact::known(sps.frame_mbs_only, at(places.frame_mbs_only, "sps.frame_mbs_only_flag"));
    if sps.frame_mbs_only {
        video.scan = Fact::known(Scan::Progressive, at(places.frame_mbs_only, "sps.frame_mbs_only_flag"));
    }
    let Some(vui) = &sps.vui else {
        video.pixel_aspect_vui = Fact::Absent;
        if video.colour.value().is_none() {
            video.colour = Fact::Absent;
        }
        return;
    };
    let ratio = vui.sample_aspect.and_then(|(width, height)| Ratio::new(width.into(), height.into()));
    video.pixel_aspect_vui = match ratio {
        Some(ratio) => Fact::known(ratio, at(vui.aspect_place, "sps.vui.aspect_ratio_idc")),
        None if vui.aspect_was_read => Fact::Absent,
        None => Fact::unknown("the VUI of the SPS ends before the aspect ratio"),
    };
    if video.colour.value().is_none() {
        video.colour = match vui.signal {
            Some(signal) => Fact::known(
                Colour {
                    primaries: signal.primaries.into(),
                    transfer: signal.transfer.into(),
                    matrix: signal.matrix.into(),
                    full_range: signal.full_range,
                },
                at(vui.signal_place, "sps.vui.colour_primaries"),
            ),
            None if vui.signal_was_read => Fact::Absent,
            None => Fact::unknown("the VUI of the SPS ends before the colour description"),
        };
    }
}

/// Takes from a further sequence parameter set that pictures use what the platform is less likely to take than what
/// is known: another chroma format than 4:2:0, more bits, a larger picture, pixels that are not square.
///
/// Returns what was known and what is found, where they differ.
pub(crate) fn widen(sps: &Sps, nal: Nal<'_>, container: &Container, video: &mut Video) -> Option<(String, String)> {
    let mut other = Video::default();
    lower_sps(sps, nal, container, &mut other);
    let is_square = |aspect: &Fact<Ratio>| aspect.value().is_none_or(|ratio| *ratio == Ratio::whole(1));
    let is_420 = |chroma: &Fact<ChromaFormat>| chroma.value().is_none_or(|format| *format == ChromaFormat::Yuv420);
    let area = |video: &Video| video.dimensions.value().map(|size| u64::from(size.width) * u64::from(size.height));
    let text = |video: &Video| {
        let size = video.dimensions.value().map_or_else(|| "no size".to_owned(), ToString::to_string);
        let chroma = video.chroma_format.value().map(ToString::to_string).unwrap_or_default();
        format!("{size}, {chroma}, {} bits", video.bit_depth_luma.value().copied().unwrap_or_default())
    };
    let texts = (text(video), text(&other));
    if is_420(&video.chroma_format) && !is_420(&other.chroma_format) {
        video.chroma_format = other.chroma_format.clone();
    }
    if video.bit_depth_luma.value() < other.bit_depth_luma.value() {
        video.bit_depth_luma = other.bit_depth_luma.clone();
    }
    if video.bit_depth_chroma.value() < other.bit_depth_chroma.value() {
        video.bit_depth_chroma = other.bit_depth_chroma.clone();
    }
    if area(video) < area(&other) {
        std::mem::swap(&mut video.dimensions, &mut other.dimensions);
    }
    let known = |size: &Fact<Dimensions>| size.value() == other.dimensions.value();
    if !known(&video.dimensions)
        && !video.other_dimensions.iter().any(known)
        && video.other_dimensions.len() < MOST_SIZES
    {
        video.other_dimensions.push(other.dimensions);
    }
    if is_square(&video.pixel_aspect_vui) && !is_square(&other.pixel_aspect_vui) {
        video.pixel_aspect_vui = other.pixel_aspect_vui;
    }
    (texts.0 != texts.1).then_some(texts)
}

fn leave_unknown(video: &mut Video, why: &'static str) {
    video.profile = Fact::unknown(why);
    video.level = Fact::unknown(why);
    video.chroma_format = Fact::unknown(why);
    video.bit_depth_luma = Fact::unknown(why);
    video.bit_depth_chroma = Fact::unknown(why);
    video.dimensions = Fact::unknown(why);
    video.pixel_aspect_vui = Fact::unknown(why);
    video.frame_mbs_only = Fact::unknown(why);
    video.scan = Fact::unknown(why);
    if video.colour.value().is_none() {
        video.colour = Fact::unknown(why);
    }
}

fn check_record(config: &AvcConfig<'_>, container: &Container, anomalies: &mut Vec<Anomaly>) {
    if config.version != 1 {
        anomalies.push(Anomaly::new(
            AnomalyKind::Malformed,
            Evidence::within(config.offset, container, "configurationVersion"),
            "the decoder configuration record is of an unknown version",
            "1",
            config.version.to_string(),
        ));
    }
    if config.length_size == 3 {
        anomalies.push(Anomaly::new(
            AnomalyKind::Malformed,
            Evidence::within(config.offset.saturating_add(4), container, "lengthSizeMinusOne"),
            "the size of NAL unit lengths is reserved",
            "0, 1 or 3",
            "2",
        ));
    }
    if let Some(ended) = &config.damage {
        anomalies.push(Anomaly::new(
            AnomalyKind::Malformed,
            Evidence::within(ended.offset, container, ended.field),
            "the decoder configuration record ends early",
            format!("{} bytes", ended.expected),
            format!("{} bytes", ended.actual),
        ));
    }
}

fn check_sps(sps: &Sps, nal: Nal<'_>, container: &Container, anomalies: &mut Vec<Anomaly>) {
    if sps.cropped_size().is_none() {
        anomalies.push(Anomaly::new(
            AnomalyKind::Malformed,
            Evidence::within(nal.offset_of(sps.places.cropping), container, "sps.frame_crop_offsets"),
            "the cropped picture has no possible size",
            "1 to 4294967295 pixels each way",
            format!(
                "{}x{} macroblocks or map units, cropped by {} {} {} {}",
                u64::from(sps.pic_width_in_mbs_minus1) + 1,
                u64::from(sps.pic_height_in_map_units_minus1) + 1,
                sps.crop.left,
                sps.crop.right,
                sps.crop.top,
                sps.crop.bottom
            ),
        ));
    }
    if let Some(fault) = &sps.vui_damage {
        let mut anomaly = malformed(fault, nal, container);
        anomaly.kind = AnomalyKind::Tolerated;
        anomaly.message = Cow::Borrowed("the video usability information cannot be read to its end");
        anomalies.push(anomaly);
    }
}

fn compare(first: &Sps, other: &Sps, nal: Nal<'_>, container: &Container, anomalies: &mut Vec<Anomaly>) {
    let (expected, actual) = (first.cropped_size(), other.cropped_size());
    if expected != actual {
        let text = |size: Option<(u32, u32)>| size.map_or("no size".to_owned(), |(w, h)| format!("{w}x{h}"));
        anomalies.push(Anomaly::new(
            AnomalyKind::Tolerated,
            Evidence::within(nal.offset_of(other.places.width), container, "sps.pic_width_in_mbs_minus1"),
            "a further sequence parameter set gives another size",
            text(expected),
            text(actual),
        ));
    }
}

/// The anomaly of a parameter set that cannot be read.
pub(crate) fn malformed(fault: &Fault, nal: Nal<'_>, container: &Container) -> Anomaly {
    Anomaly::new(
        AnomalyKind::Malformed,
        Evidence::within(nal.offset_of(fault.position()), container, fault.element()),
        "the parameter set cannot be read",
        fault.expected(),
        fault.actual(),
    )
}

fn chroma_format(sps: &Sps) -> ChromaFormat {
    let identity = sps.vui.as_ref().and_then(|vui| vui.signal).is_some_and(|signal| signal.matrix == 0);
    match sps.chroma_format_idc {
        0 => ChromaFormat::Monochrome,
        1 => ChromaFormat::Yuv420,
        2 => ChromaFormat::Yuv422,
        _ if identity => ChromaFormat::Rgb,
        _ => ChromaFormat::Yuv444,
    }
}

/// How many further sizes of one stream are kept.
const MOST_SIZES: usize = 16;
const ONLY_IN_BAND: &str = "the parameter sets are only in band";
const UNREADABLE: &str = "no sequence parameter set can be read";
const IN_SLICES: &str = "it sits in slice data, which was not read";

/// Samples of a video that is shorter than the longest GOP that any rule pack allows.
const SHORT_VIDEO: u64 = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Cursor;
    use crate::syntax::h264::config::tests::HIGH;
    use crate::syntax::h264::sps::tests::{MBAFF, QVGA};
    use crate::syntax::h264::writer::BitWriter;

    fn record(sets: &[&[u8]]) -> Vec<u8> {
        let mut bytes = vec![1, 100, 0, 40, 0xff, 0xe0 | sets.len() as u8];
        for set in sets {
            bytes.extend((set.len() as u16).to_be_bytes());
            bytes.extend(*set);
        }
        bytes.push(0);
        bytes
    }

    fn lowered(bytes: &[u8]) -> (Video, Vec<Anomaly>) {
        let config = AvcConfig::parse(Cursor::new(bytes, 500)).unwrap();
        let mut video = Video::default();
        let mut anomalies = Vec::new();
        lower(&config, &Container::from("avcC"), &mut video, &mut anomalies);
        (video, anomalies)
    }

    #[test]
    fn a_plain_film_is_lowered() {
        let (video, anomalies) = lowered(&HIGH);
        assert_eq!(video.profile, Fact::known("High".into(), Evidence::named(509, "avcC.sps.profile_idc")));
        assert_eq!(video.level, Fact::known("1.3".into(), Evidence::named(511, "avcC.sps.level_idc")));
        assert_eq!(video.chroma_format.value(), Some(&ChromaFormat::Yuv420));
        assert_eq!((video.bit_depth_luma.value(), video.bit_depth_chroma.value()), (Some(&8), Some(&8)));
        assert_eq!(video.dimensions.value(), Some(&Dimensions::new(320, 240)));
        assert_eq!(video.pixel_aspect_vui.value(), Some(&Ratio::whole(1)));
        assert_eq!(video.colour, Fact::Absent);
        assert_eq!(video.scan.value(), Some(&Scan::Progressive));
        assert_eq!(video.open_gops, Fact::unknown(IN_SLICES));
        assert_eq!(anomalies, []);
    }

    #[test]
    fn an_interlaced_film_leaves_the_scan_to_the_pictures() {
        let (video, anomalies) = lowered(&record(&[&MBAFF]));
        assert_eq!(video.dimensions.value(), Some(&Dimensions::new(1920, 1080)));
        assert_eq!(video.pixel_aspect_vui.value(), Ratio::new(4, 3).as_ref());
        assert_eq!(video.colour.value().map(|colour| colour.matrix), Some(1));
        assert_eq!(video.frame_mbs_only.value(), Some(&false));
        assert_eq!(video.scan, Fact::unknown(IN_SLICES));
        assert_eq!(anomalies, []);
    }

    #[test]
    fn the_first_of_several_sets_decides() {
        let (video, anomalies) = lowered(&record(&[&QVGA, &MBAFF]));
        assert_eq!(video.dimensions.value(), Some(&Dimensions::new(320, 240)));
        assert_eq!(video.scan, Fact::unknown(IN_SLICES), "one set allows interlacing");
        assert_eq!(anomalies.len(), 1);
        assert_eq!((anomalies[0].kind, &*anomalies[0].actual), (AnomalyKind::Tolerated, "1920x1080"));
        let (video, anomalies) = lowered(&record(&[&[0x67, 100], &QVGA]));
        assert_eq!(video.dimensions.value(), Some(&Dimensions::new(320, 240)));
        assert_eq!(anomalies[0].kind, AnomalyKind::Tolerated);
    }

    #[test]
    fn a_record_without_sets_says_why_nothing_is_known() {
        let (video, anomalies) = lowered(&record(&[]));
        assert_eq!(video.dimensions, Fact::unknown(ONLY_IN_BAND));
        assert_eq!(anomalies, []);
        let (video, anomalies) = lowered(&record(&[&[0x67, 100, 0]]));
        assert_eq!(video.dimensions, Fact::unknown(UNREADABLE));
        assert_eq!((anomalies[0].kind, anomalies[0].at.offset), (AnomalyKind::Malformed, 511));
    }

    #[test]
    fn a_broken_record_is_reported_with_its_place() {
        let mut bytes = record(&[&QVGA]);
        bytes[4] = 0xfe;
        let (_, anomalies) = lowered(&bytes);
        assert_eq!(anomalies[0].at, Evidence::named(504, "avcC.lengthSizeMinusOne"));
        for length in 6..bytes.len() {
            let (_, anomalies) = lowered(&bytes[..length]);
            assert!(anomalies.iter().any(|anomaly| anomaly.kind == AnomalyKind::Malformed), "prefix of {length}");
        }
        bytes[0] = 2;
        assert_eq!(lowered(&bytes).1[0].actual, "2");
    }

    #[test]
    fn profiles_and_levels_are_named_as_the_standard_does() {
        let named = |profile: u32, flags: u32, level: u32| {
            let mut bits = BitWriter::default();
            bits.u(8, profile).u(8, flags).u(8, level).ue(0);
            if !matches!(profile, 66 | 77 | 88) {
                bits.ue(3).u(1, 0).ue(2).ue(2).u(2, 0);
            }
            bits.ue(0).ue(2).ue(1).u(1, 0).ue(1).ue(1).u(1, 1).u(1, 1).u(1, 0).u(1, 0);
            let (video, _) = lowered(&record(&[&bits.nal(0x67)]));
            format!("{} {}", video.profile.value().unwrap(), video.level.value().unwrap())
        };
        assert_eq!(named(66, 0xc0, 11), "Constrained Baseline 1.1");
        assert_eq!(named(66, 0x10, 11), "Baseline 1b");
        assert_eq!(named(77, 0x40, 40), "Main 4");
        assert_eq!(named(244, 0, 9), "High 4:4:4 Predictive 1b");
        assert_eq!(named(110, 0x10, 62), "High 10 Intra 6.2");
    }

    #[test]
    fn headers_decide_short_videos_and_those_without_reordering() {
        let container = Container::from("avcC");
        let mut bits = BitWriter::default();
        bits.u(8, 66).u(8, 0).u(8, 30).ue(0).ue(0).ue(2).ue(1).u(1, 0).ue(1).ue(1).u(1, 1).u(1, 1).u(1, 0).u(1, 0);
        let in_order = record(&[&bits.nal(0x67)]);
        let reordering = record(&[&QVGA]);
        let decide = |bytes: &[u8], samples, reordered| {
            let config = AvcConfig::parse(Cursor::new(bytes, 500)).unwrap();
            let mut video = Video::default();
            decide_from_headers(&config, samples, reordered, &container, &mut video);
            let bound = video.longest_gop.value().map(|gop| (gop.frames, gop.upper_bound));
            (bound, video.open_gops.value().map(|gops| gops.count))
        };
        assert_eq!(decide(&in_order, 512, false), (Some((512, true)), Some(0)));
        assert_eq!(decide(&in_order, 513, true), (None, None));
        assert_eq!(decide(&reordering, 1, false), (Some((1, true)), None));
        assert_eq!(decide(&record(&[]), 1000, false), (None, None));
    }
}
