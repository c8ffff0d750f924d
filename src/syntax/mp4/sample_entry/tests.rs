//! Sample entries as real writers make them, cut at every byte, and hostile.

use proptest::prelude::*;

use super::{DecoderConfig, lower};
use crate::facts::{
    Anomaly, AnomalyKind, Audio, ChromaFormat, Colour, Container, Extension, Fact, FirstField, FourCc, Track,
    TrackKind, Video,
};
use crate::input::Cursor;
use crate::units::{Dimensions, Ratio};

/// Entries by ffmpeg 5.1, with their box headers.
const AAC_MONO_MP4: &str = "0000006e6d703461000000000000000100000000000000000002001000000000ac4400000000003665736473\
    0000000003808080250001000480808017401500000000011acd00011acd0580808005120856e50006808080010200000014627472740000\
    000000011acd00011acd";
const AAC_STEREO_MOV: &str = "000000aa6d7034610000000000000001000100000000000000020010fffe0000ac44000000000400000000\
    0000000000000000020000005e776176650000000c66726d616d7034610000000c6d70346100000000000000366573647300000000038080\
    8025000100048080801740150000000001fa5c0001fa5c0580808005121056e5000680808001020000000800000000000000186368616e00\
    000000006500020000000000000000";
const AC3_5_1: &str = "0000004361632d33000000000000000100000000000000000002001000000000ac4400000000000b64616333503de0\
    0000001462747274000000000006d60d0006d60d";
const EAC3_5_1: &str = "0000004565632d33000000000000000100000000000000000002001000000000ac4400000000000d646563330e00\
    600f000000001462747274000000000006d60d0006d60d";
const FLAC: &str = "0000006a664c6143000000000000000100000000000000000002001000000000ac4400000000003264664c6100000000\
    800000221200120000040700050a0ac442f0000056228eb4f38c6d95c20efdc6beee632a277b0000001462747274000000000001f4000001\
    8290";
const ALAC_MOV: &str = "0000008c616c61630000000000000001000100000000000000020010fffe0000ac44000000001000000000000000\
    00000000000200000040776176650000000c66726d61616c616300000024616c616300000000000010000010280a0e020000000040040015\
    88800000ac440000000800000000000000186368616e00000000006500020000000000000000";
const OPUS: &str = "0000004b4f707573000000000000000100000000000000000002001000000000bb80000000000013644f707300020138\
    0000bb800000000000001462747274000000000001b4340001b434";
const MP3_MP4: &str = "000000646d703461000000000000000100000000000000000002001000000000ac4400000000002c65736473000000\
    00038080801b000100048080800d6b1500000000020a6200020a6206808080010200000014627472740000000000020a6200020a62";
const MP3_MOV: &str = "0000004c2e6d70330000000000000001000100000000000000020010fffe0000ac4400000000048000000000000000\
    0000000002000000186368616e00000000000100000000000300000000";
const FLOAT_PCM: &str = "00000072666c3332000000000000000100010000000000000001001000000000ac44000000000001000000040000\
    00040000000200000026776176650000000c66726d61666c33320000000a656e646100010000000800000000000000186368616e00000000\
    006400010000000000000000";
const VP9: &str = "0000009876703039000000000000000100000000000000000000000000000000050002d000480000004800000000000000\
    01184c61766335392e33372e313030206c69627670782d767039000000000000000018ffff000000147670634301000000011f8702020000\
    000000000a6669656c01000000001070617370000000010000000100000014627472740000000000099db800099db8";
const AV1: &str = "000000a061763031000000000000000100000000000000000000000000000000050002d000480000004800000000000000\
    01184c61766335392e33372e313030206c6962616f6d2d617631000000000000000018ffff0000001c61763143812500000a0e2000002d4c\
    ffb3dfff9a021a00400000000a6669656c0100000000107061737000000001000000010000001462747274000000000001ad600001ad60";
const MPEG4_PART_2: &str = "000000da6d703476000000000000000100000000000000000000000000000000050002d00048000000480000\
    000000000001134c61766335392e33372e313030206d706567340000000000000000000000000018ffff0000006065736473000000000380\
    80804f000100048080804120110000000018772000187720058080802f000001b001000001b58913000001000000012000c48d8800cd2804\
    5a1443000001b24c61766335392e33372e313030068080800102000000107061737000000001000000010000001462747274000000000018\
    772000187720";
/// Body of an `hvcC` by x265 3.5 through ffmpeg 5.1, Main 10 at 320x240, without its SEI.
const HVCC: &str = "0102200000009000000000003cf000fcfdfafa00000f0220000100184001\
    0c01ffff02200000030090000003000003003c95980921000100\
    2a42010102200000030090000003000003003ca00a080f1365959a4932bc05a02000000300200000030321";

struct Lowered {
    track: Track,
    anomalies: Vec<Anomaly>,
    aac: bool,
}

impl Lowered {
    fn codec(&self) -> String {
        self.track.codec.value().map_or_else(|| "unknown".to_owned(), ToString::to_string)
    }

    fn audio(&self) -> &Audio {
        self.track.audio.as_ref().unwrap()
    }

    fn video(&self) -> &Video {
        self.track.video.as_ref().unwrap()
    }

    fn worst(&self) -> Vec<AnomalyKind> {
        self.anomalies.iter().map(|anomaly| anomaly.kind).filter(|&kind| kind != AnomalyKind::Tolerated).collect()
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap()).collect()
}

fn lower_bytes(entry: &[u8], kind: TrackKind) -> Lowered {
    let mut track = Track::new(0, kind);
    let mut anomalies = Vec::new();
    let container: Container = "stsd.entry".into();
    let (header, body) = entry.split_at(8);
    let fourcc = FourCc(header[4..].try_into().unwrap());
    let config = lower(fourcc, Cursor::new(body, 8), 0, &container, &mut track, &mut anomalies);
    Lowered { track, anomalies, aac: matches!(config, Some(DecoderConfig::Aac(_))) }
}

fn sound(hex: &str) -> Lowered {
    lower_bytes(&bytes(hex), TrackKind::Audio)
}

fn picture(hex: &str) -> Lowered {
    lower_bytes(&bytes(hex), TrackKind::Video)
}

fn value<T: Clone>(fact: &Fact<T>) -> Option<T> {
    fact.value().cloned()
}

/// A box.
fn boxed(kind: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(kind.as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A visual sample entry of 1280x720 that holds `children`.
fn visual_entry(kind: &str, children: &[u8]) -> Vec<u8> {
    let mut body = vec![0; 24];
    body.extend([0x05, 0x00, 0x02, 0xd0]);
    body.extend([0; 50]);
    body.extend_from_slice(children);
    boxed(kind, &body)
}

/// An audio sample entry of version 0, 44100 Hz, 2 channels, that holds `children`.
fn audio_entry(kind: &str, children: &[u8]) -> Vec<u8> {
    let mut body = vec![0; 16];
    body.extend([0, 2, 0, 16, 0, 0, 0, 0, 0xac, 0x44, 0, 0]);
    body.extend_from_slice(children);
    boxed(kind, &body)
}

/// An `esds` with an object type and a decoder configuration.
fn stream(object_type: u8, specific: &[u8]) -> Vec<u8> {
    let length = u8::try_from(specific.len()).unwrap();
    let mut body = vec![0, 0, 0, 0, 3, 20 + length, 0, 1, 0, 4, 15 + length, object_type, 0x15];
    body.extend([0; 11]);
    body.extend([5, length]);
    body.extend_from_slice(specific);
    boxed("esds", &body)
}

#[test]
fn aac_is_told_by_its_configuration() {
    let mono = sound(AAC_MONO_MP4);
    assert_eq!(mono.codec(), "AAC (mp4a)");
    assert!(mono.aac);
    let audio = mono.audio();
    assert_eq!(value(&audio.object_type_indication), Some(0x40));
    assert_eq!(value(&audio.object_type), Some(2));
    assert_eq!(value(&audio.sbr), Some(Extension::None), "the sync extension says 0");
    assert_eq!(value(&audio.ps), Some(Extension::None));
    assert_eq!(value(&audio.channels), Some(1), "the entry lies");
    assert_eq!(value(&audio.entry_channels), Some(2));
    assert_eq!(value(&audio.sample_rate), Some(44_100));
    assert_eq!(audio.channels.evidence().unwrap().offset, 80);
    assert_eq!(audio.channels.evidence().unwrap().path.to_string(), "stsd.entry.esds.channelConfiguration");
    assert_eq!(mono.anomalies, []);

    let stereo = sound(AAC_STEREO_MOV);
    assert_eq!(stereo.codec(), "AAC (mp4a)");
    assert_eq!(value(&stereo.audio().channels), Some(2));
    assert_eq!(stereo.anomalies, []);
}

#[test]
fn other_sound_is_named_and_counted() {
    for (hex, codec, channels, rate) in [
        (AC3_5_1, "AC-3 (ac-3)", 6, 44_100),
        (EAC3_5_1, "E-AC-3 (ec-3)", 6, 44_100),
        (FLAC, "FLAC (fLaC)", 2, 44_100),
        (ALAC_MOV, "ALAC (alac)", 2, 44_100),
        (OPUS, "Opus (Opus)", 2, 48_000),
        (MP3_MP4, "MP3 (mp4a)", 2, 44_100),
        (MP3_MOV, "MP3 (.mp3)", 2, 44_100),
        (FLOAT_PCM, "PCM (fl32)", 1, 44_100),
    ] {
        let lowered = sound(hex);
        assert_eq!(lowered.codec(), codec);
        assert_eq!(value(&lowered.audio().channels), Some(channels), "{codec}");
        assert_eq!(value(&lowered.audio().sample_rate), Some(rate), "{codec}");
        assert!(lowered.audio().sbr.is_absent() && !lowered.aac, "{codec}");
        assert_eq!(lowered.anomalies, [], "{codec}");
    }
}

#[test]
fn mpeg_2_aac_may_lack_its_configuration() {
    let bare = lower_bytes(&audio_entry("mp4a", &stream(0x67, &[])), TrackKind::Audio);
    assert_eq!(bare.codec(), "AAC (mp4a)");
    assert_eq!(value(&bare.audio().object_type), Some(2));
    assert!(matches!(bare.audio().channels, Fact::Unknown(_)), "the entry decides nothing");
    assert!(matches!(bare.audio().sbr, Fact::Unknown(_)));

    for (indication, object_type) in [(0x66, 1), (0x67, 2), (0x68, 3)] {
        let lowered = lower_bytes(&audio_entry("mp4a", &stream(indication, &[0x11, 0x90])), TrackKind::Audio);
        assert_eq!(value(&lowered.audio().object_type), Some(object_type));
        assert_eq!(value(&lowered.audio().channels), Some(2));
        assert_eq!(lowered.anomalies, []);
    }
}

#[test]
fn an_object_type_names_the_coder() {
    for (indication, specific, codec) in [
        (0x40, &[0xf9, 0x46, 0x40, 0][..], "xHE-AAC (USAC) (mp4a)"),
        (0x40, &[0xf8, 0x48, 0x40][..], "MP3 (mp4a)"),
        (0x40, &[0xf8, 0x88, 0x40][..], "MPEG-4 ALS (mp4a)"),
        (0xdd, &[][..], "Vorbis (mp4a)"),
        (0xa6, &[][..], "E-AC-3 (mp4a)"),
        (0xff, &[][..], "MPEG-4 audio (mp4a)"),
    ] {
        let lowered = lower_bytes(&audio_entry("mp4a", &stream(indication, specific)), TrackKind::Audio);
        assert_eq!(lowered.codec(), codec, "{indication:#x} {specific:?}");
        assert!(lowered.audio().sbr.is_absent() && !lowered.aac);
    }
}

#[test]
fn a_program_config_element_counts_the_channels() {
    // AAC LC, 48 kHz, channelConfiguration 0; front: one single and one pair, back: one pair, one LFE.
    let specific = [0x11, 0x80, 0x04, 0xc8, 0x05, 0x00, 0x01, 0x08, 0x80, 0x00];
    let lowered = lower_bytes(&audio_entry("mp4a", &stream(0x40, &specific)), TrackKind::Audio);
    assert_eq!(value(&lowered.audio().channels), Some(6), "{:?}", lowered.anomalies);
    assert_eq!(value(&lowered.audio().entry_channels), Some(2));
}

#[test]
fn an_adif_header_tells_mpeg_2_aac() {
    let mut header = b"ADIF".to_vec();
    // copyright_id_present 0, original_copy 0, home 0, bitstream_type 1, bitrate, one program config element: object
    // type LC, 44.1 kHz, one front pair.
    header.extend([0x10, 0x00, 0x00, 0x00, 0x0a, 0x08, 0x00, 0x00, 0x40, 0x00]);
    let lowered = lower_bytes(&audio_entry("mp4a", &stream(0x67, &header)), TrackKind::Audio);
    assert_eq!(lowered.anomalies, []);
    assert_eq!(lowered.codec(), "AAC (mp4a)");
    assert_eq!(value(&lowered.audio().channels), Some(2));
}

#[test]
fn mp4a_without_a_stream_descriptor_is_unknown() {
    let lowered = lower_bytes(&audio_entry("mp4a", &[]), TrackKind::Audio);
    assert_eq!(lowered.codec(), "unknown");
    assert!(matches!(lowered.audio().channels, Fact::Unknown(_)));
    assert_eq!(lowered.worst(), [AnomalyKind::Malformed]);
}

#[test]
fn an_encrypted_entry_tells_its_original() {
    let original = boxed("sinf", &boxed("frma", b"mp4a"));
    let children = [stream(0x40, &[0x11, 0x90]), original].concat();
    let lowered = lower_bytes(&audio_entry("enca", &children), TrackKind::Audio);
    assert_eq!(lowered.codec(), "AAC (mp4a), encrypted");
    assert_eq!(value(&lowered.audio().channels), Some(2));
    let unnamed = lower_bytes(&visual_entry("encv", &[]), TrackKind::Video);
    assert_eq!(unnamed.codec(), "encv (encv), encrypted");
}

#[test]
fn an_entry_that_gives_nothing_is_unknown() {
    let mut entry = audio_entry("iamf", &[]);
    entry[8 + 16..8 + 28].fill(0);
    let lowered = lower_bytes(&entry, TrackKind::Audio);
    assert!(matches!(lowered.audio().channels, Fact::Unknown(_)));
    assert!(matches!(lowered.audio().sample_rate, Fact::Unknown(_)));
    assert_eq!(value(&lowered.audio().entry_channels), Some(0));
}

#[test]
fn a_restricted_entry_tells_its_original() {
    let wrapped = [boxed("hvcC", &bytes(HVCC)), boxed("rinf", &boxed("frma", b"hvc1"))].concat();
    let lowered = lower_bytes(&visual_entry("resv", &wrapped), TrackKind::Video);
    assert_eq!(lowered.codec(), "HEVC (hvc1)");
    assert_eq!(value(&lowered.video().dimensions), Some(Dimensions::new(320, 240)));
    // Once more wrapped, in an encrypted entry.
    let wrapped =
        [boxed("hvcC", &bytes(HVCC)), boxed("rinf", &boxed("frma", b"hvc1")), boxed("sinf", &boxed("frma", b"resv"))];
    let lowered = lower_bytes(&visual_entry("encv", &wrapped.concat()), TrackKind::Video);
    assert_eq!(lowered.codec(), "HEVC (hvc1), encrypted");
}

#[test]
fn quicktime_version_2_gives_rate_and_channels_itself() {
    let mut body = vec![0; 8];
    body.extend([0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 16, 0xff, 0xfe, 0, 0, 0, 1, 0, 0]);
    // sizeOfStructOnly 72, 96000.0, 4 channels, always7F000000, 24 bits, flags, bytes and frames a packet.
    body.extend([0, 0, 0, 72, 0x40, 0xf7, 0x70, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0x7f, 0, 0, 0, 0, 0, 0, 24]);
    body.extend([0, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0, 1]);
    let lowered = lower_bytes(&boxed("lpcm", &body), TrackKind::Audio);
    assert_eq!(lowered.codec(), "PCM (lpcm)");
    assert_eq!(value(&lowered.audio().sample_rate), Some(96_000));
    assert_eq!(value(&lowered.audio().channels), Some(4));
    assert_eq!(lowered.anomalies, []);
}

#[test]
fn iso_version_1_has_boxes_where_quicktime_has_numbers() {
    let mut body = vec![0; 8];
    body.extend([0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0, 0, 0, 0, 0, 1, 0, 0]);
    body.extend(boxed("srat", &[0, 0, 0, 0, 0, 1, 0x77, 0]));
    body.extend(stream(0x40, &[0x11, 0x90]));
    let lowered = lower_bytes(&boxed("mp4a", &body), TrackKind::Audio);
    assert_eq!(value(&lowered.audio().channels), Some(2));
    assert_eq!(lowered.anomalies, []);
}

#[test]
fn hevc_is_described_by_its_record() {
    let lowered = lower_bytes(&visual_entry("hvc1", &boxed("hvcC", &bytes(HVCC))), TrackKind::Video);
    assert_eq!(lowered.codec(), "HEVC (hvc1)");
    let video = lowered.video();
    assert_eq!(video.profile.value().map(AsRef::as_ref), Some("Main 10"));
    assert_eq!(video.level.value().map(AsRef::as_ref), Some("2"));
    assert_eq!(value(&video.chroma_format), Some(ChromaFormat::Yuv420));
    assert_eq!((value(&video.bit_depth_luma), value(&video.bit_depth_chroma)), (Some(10), Some(10)));
    assert_eq!(value(&video.dimensions), Some(Dimensions::new(320, 240)), "the entry lies");
    assert_eq!(value(&video.entry_dimensions), Some(Dimensions::new(1280, 720)));
    assert_eq!(value(&video.pixel_aspect_vui), Some(Ratio::whole(1)));
    let untold = Colour { primaries: 2, transfer: 2, matrix: 2, full_range: false };
    assert_eq!(value(&video.colour), Some(untold), "the SPS says only the range");
    let at = video.colour.evidence().unwrap().path.to_string();
    assert_eq!(at, "stsd.entry.hvcC.sps.vui.colour_primaries");
    let colr = [boxed("hvcC", &bytes(HVCC)), boxed("colr", b"nclx\0\x09\0\x10\0\x09\0")].concat();
    let lowered = lower_bytes(&visual_entry("hvc1", &colr), TrackKind::Video);
    assert_eq!(value(&lowered.video().colour).map(|colour| colour.transfer), Some(16), "the container wins");
    assert_eq!(lowered.anomalies, []);
}

#[test]
fn av1_and_vp9_are_described_by_their_records() {
    let av1 = picture(AV1);
    assert_eq!(av1.codec(), "AV1 (av01)");
    assert_eq!(av1.video().profile.value().map(AsRef::as_ref), Some("High"));
    assert_eq!(av1.video().level.value().map(AsRef::as_ref), Some("3.1"));
    assert_eq!(value(&av1.video().chroma_format), Some(ChromaFormat::Yuv444));
    assert_eq!(value(&av1.video().dimensions), Some(Dimensions::new(1280, 720)));
    let at = av1.video().dimensions.evidence().unwrap().path.to_string();
    assert_eq!(at, "stsd.entry.av1C.configOBUs.max_frame_width_minus_1");

    let vp9 = picture(VP9);
    assert_eq!(vp9.codec(), "VP9 (vp09)");
    assert_eq!(vp9.video().profile.value().map(AsRef::as_ref), Some("Profile 1"));
    assert_eq!(vp9.video().level.value().map(AsRef::as_ref), Some("3.1"));
    assert_eq!(value(&vp9.video().bit_depth_luma), Some(8));
    assert_eq!(value(&vp9.video().chroma_format), Some(ChromaFormat::Yuv444));
    assert_eq!(value(&vp9.video().field_count_box), Some(1));
    assert_eq!(value(&vp9.video().pixel_aspect_box), Some(Ratio::whole(1)));
    assert_eq!((av1.anomalies, vp9.anomalies), (vec![], vec![]));
}

#[test]
fn mpeg_4_video_is_named_by_its_object_type() {
    let lowered = picture(MPEG4_PART_2);
    assert_eq!(lowered.codec(), "MPEG-4 Part 2 (mp4v)");
    let video = lowered.video();
    assert_eq!(value(&video.dimensions), Some(Dimensions::new(1280, 720)));
    assert!(video.dimensions.evidence().unwrap().path.to_string().ends_with("video_object_layer_width"));
    assert_eq!(video.profile.value().map(AsRef::as_ref), Some("Simple"));
    assert_eq!(video.level.value().map(AsRef::as_ref), Some("1"));
    assert_eq!((value(&video.chroma_format), value(&video.bit_depth_luma)), (Some(ChromaFormat::Yuv420), Some(8)));
    let lowered = lower_bytes(&visual_entry("mp4v", &stream(0x61, &[])), TrackKind::Video);
    assert_eq!(lowered.codec(), "MPEG-2 (mp4v)");
}

#[test]
fn a_pixel_aspect_of_zero_is_none() {
    for (spacing, expected) in [([0, 0], None), ([0, 1], None), ([1, 0], None), ([4, 3], Ratio::new(4, 3))] {
        let pasp: Vec<u8> = spacing.iter().flat_map(|&number: &u32| number.to_be_bytes()).collect();
        let lowered = lower_bytes(&visual_entry("jpeg", &boxed("pasp", &pasp)), TrackKind::Video);
        assert_eq!(value(&lowered.video().pixel_aspect_box), expected);
        assert_eq!(lowered.video().pixel_aspect_box.is_absent(), expected.is_none());
        assert_eq!(lowered.worst(), []);
    }
}

#[test]
fn shape_boxes_are_read() {
    let clap = [0, 0, 4, 0xff, 0, 0, 0, 2, 0, 0, 0, 100, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    let children = [
        boxed("colr", b"prof\0\0"),
        boxed("colr", b"nclc\0\x09\0\x10\0\x09"),
        boxed("colr", b"nclx\0\x01\0\x01\0\x01\x80"),
        boxed("clap", &clap),
        boxed("fiel", &[2, 9]),
        vec![0; 4],
    ];
    let lowered = lower_bytes(&visual_entry("apch", &children.concat()), TrackKind::Video);
    assert_eq!(lowered.codec(), "ProRes 422 HQ (apch)");
    let video = lowered.video();
    assert_eq!(video.profile.value().map(AsRef::as_ref), Some("422 HQ"));
    let colour = Colour { primaries: 9, transfer: 16, matrix: 9, full_range: false };
    assert_eq!(value(&video.colour), Some(colour));
    assert_eq!(value(&video.clean_aperture), Some(Dimensions::new(639, 100)));
    assert_eq!(value(&video.field_count_box), Some(2));
    assert_eq!(video.first_field, Some(FirstField::Bottom));
    assert_eq!(value(&video.chroma_format), Some(ChromaFormat::Yuv422));
    assert_eq!(lowered.anomalies, []);
}

#[test]
fn h264_without_its_record_is_malformed() {
    let lowered = lower_bytes(&visual_entry("avc1", &[]), TrackKind::Video);
    assert_eq!(lowered.codec(), "H.264 (avc1)");
    assert_eq!(lowered.worst(), [AnomalyKind::Malformed]);
    assert!(matches!(lowered.video().dimensions, Fact::Unknown(_)), "the entry decides nothing");
}

#[test]
fn a_box_past_the_entry_is_noted_once() {
    let mut entry = visual_entry("avc1", &boxed("avcC", &[1; 20]));
    let place = entry.windows(4).position(|kind| kind == b"avcC").unwrap() - 1;
    entry[place] += 1;
    let lowered = lower_bytes(&entry, TrackKind::Video);
    assert_eq!(lowered.worst(), [AnomalyKind::Malformed]);
    // Behind what is needed, every reader copes.
    let lowered = lower_bytes(
        &audio_entry("mp4a", &[stream(0x40, &[0x11, 0x90]), b"\0\0\0\x40chan".to_vec()].concat()),
        TrackKind::Audio,
    );
    assert_eq!(lowered.worst(), []);
    assert_eq!(lowered.anomalies.len(), 1);
}

#[test]
fn an_unknown_entry_keeps_its_type_as_name() {
    let lowered = lower_bytes(&visual_entry("zzzz", &[]), TrackKind::Video);
    assert_eq!(lowered.codec(), "zzzz (zzzz)");
    let lowered = lower_bytes(&boxed("tmcd", &[]), TrackKind::Timecode);
    assert_eq!(lowered.codec(), "tmcd (tmcd)");
}

#[test]
fn every_cut_of_an_entry_is_noticed_or_harmless() {
    let hevc = visual_entry("hvc1", &boxed("hvcC", &bytes(HVCC)));
    for (entry, kind, needed) in [
        (bytes(AAC_MONO_MP4), TrackKind::Audio, 90),
        (bytes(AAC_STEREO_MOV), TrackKind::Audio, 138),
        (bytes(MPEG4_PART_2), TrackKind::Video, 182),
        (bytes(AV1), TrackKind::Video, 114),
        (hevc.clone(), TrackKind::Video, hevc.len()),
    ] {
        for length in 8..entry.len() {
            let lowered = lower_bytes(&entry[..length], kind);
            assert!(length >= needed || !lowered.worst().is_empty(), "{length} of {}", entry.len());
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_entries_never_panic(
        kind in prop::sample::select(vec![
            "avc1", "hvc1", "av01", "vp09", "mp4v", "mp4a", "enca", "Opus", "ec-3", "alac", "fLaC",
        ]),
        child in prop::sample::select(vec![
            "avcC", "hvcC", "av1C", "vpcC", "esds", "pasp", "clap", "colr", "wave", "dec3", "alac",
        ]),
        fields in prop::collection::vec(any::<u8>(), 0..90),
        inner in prop::collection::vec(any::<u8>(), 0..120),
        audio in any::<bool>(),
    ) {
        let mut body = fields.clone();
        body.extend(boxed(child, &inner));
        let kind_of_track = if audio { TrackKind::Audio } else { TrackKind::Video };
        lower_bytes(&boxed(kind, &body), kind_of_track);
        lower_bytes(&visual_entry(kind, &boxed(child, &inner)), TrackKind::Video);
        lower_bytes(&audio_entry(kind, &boxed(child, &inner)), TrackKind::Audio);
    }

    #[test]
    fn arbitrary_decoder_configurations_never_panic(
        indication in any::<u8>(),
        specific in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let layer = [&[0, 0, 1, 0xb0, specific.len() as u8, 0, 0, 1, 0x20], &specific[..]].concat();
        lower_bytes(&visual_entry("mp4v", &stream(0x20, &layer)), TrackKind::Video);
        lower_bytes(&audio_entry("mp4a", &stream(indication, &specific)), TrackKind::Audio);
        lower_bytes(&audio_entry("mp4a", &stream(0x40, &specific)), TrackKind::Audio);
    }
}
