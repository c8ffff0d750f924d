//! Real streams, read by an independent reader and decoder as well: tests/fixtures/h264/make.sh made them.

use h264_reader::Context;
use h264_reader::nal::NalHeader;
use h264_reader::nal::pps::PicParameterSet;
use h264_reader::nal::sei::pic_timing::{CtType, PicStructType, PicTiming};
use h264_reader::nal::sei::recovery_point::RecoveryPoint;
use h264_reader::nal::sei::{HeaderType, SeiReader};
use h264_reader::nal::slice::{
    DecRefPicMarking, Field, FieldPic, MemoryManagementControlOperation, PicOrderCountLsb, SliceExclusive, SliceFamily,
    SliceHeader as OracleSlice,
};
use h264_reader::nal::sps::SeqParameterSet;
use h264_reader::rbsp::{BitReader, decode_nal};

use super::nal::{IDR_SLICE, Nal, PPS, SEI, SLICE, SPS};
use super::picture::{Picture, PictureReader};
use super::sei::Messages;
use super::sets::ParameterSets;
use super::slice::{SliceHeader, SliceKind, Structure};
use super::synthetic::{Memory, sample};

const OPEN_GOP: &[u8] = include_bytes!("../../../tests/fixtures/h264/open-gop.264");
const MBAFF: &[u8] = include_bytes!("../../../tests/fixtures/h264/mbaff.264");
const INTRA_REFRESH: &[u8] = include_bytes!("../../../tests/fixtures/h264/intra-refresh.264");
const BASELINE: &[u8] = include_bytes!("../../../tests/fixtures/h264/baseline.264");
const WEIGHTED: &[u8] = include_bytes!("../../../tests/fixtures/h264/weighted.264");

/// The NAL units of a byte stream (annex B).
fn units(stream: &[u8]) -> Vec<Vec<u8>> {
    let starts: Vec<usize> = (0..stream.len()).filter(|&at| stream[at..].starts_with(&[0, 0, 1])).collect();
    let ends = starts.iter().skip(1).copied().chain([stream.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            // Zero bytes in front of the next start code belong to that; no NAL unit ends in one.
            let unit = &stream[start + 3..end];
            unit[..=unit.iter().rposition(|&byte| byte != 0).unwrap()].to_vec()
        })
        .collect()
}

/// The pictures of a byte stream whose access units, each begun by a delimiter, become samples.
fn pictures(stream: &[u8]) -> Vec<Picture> {
    let mut samples: Vec<Vec<Vec<u8>>> = Vec::new();
    for unit in units(stream) {
        if unit[0] & 0x1f == 9 {
            samples.push(Vec::new());
        }
        samples.last_mut().unwrap().push(unit);
    }
    let mut reader = PictureReader::new(4, ParameterSets::default());
    let mut pictures = Vec::new();
    for units in samples {
        let Ok((found, fault)) = reader.read(&mut Memory(&sample(&units, 4)));
        assert_eq!(fault, None);
        pictures.extend_from_slice(found);
    }
    pictures
}

/// Decoding positions of the pictures in presentation order.
fn presentation(pictures: &[Picture]) -> Vec<usize> {
    let mut run = 0;
    let mut keyed: Vec<_> = pictures
        .iter()
        .enumerate()
        .map(|(position, picture)| {
            run += usize::from(picture.slice.idr);
            (run, picture.order, position)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(.., position)| position).collect()
}

#[test]
fn pictures_are_ordered_as_a_decoder_shows_them() {
    // ffprobe -show_entries frame=pkt_pos, as positions in decoding order.
    let open = [0, 3, 2, 4, 1, 7, 6, 8, 5, 11, 10, 12, 9, 15, 14, 16, 13, 19, 18, 20, 17, 22, 23, 21];
    assert_eq!(presentation(&pictures(OPEN_GOP)), open);
    assert_eq!(presentation(&pictures(MBAFF)), [0, 2, 3, 1, 5, 6, 4, 7]);
    assert_eq!(presentation(&pictures(INTRA_REFRESH)), [0, 3, 4, 5, 2, 6, 7, 8, 1, 11, 12, 10, 13, 14, 15, 9]);
    assert_eq!(presentation(&pictures(BASELINE)), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(presentation(&pictures(WEIGHTED)), [0, 3, 4, 5, 2, 6, 7, 8, 9, 1, 11, 10]);
}

#[test]
fn pictures_are_of_the_types_that_a_decoder_finds() {
    let types = |stream| -> String {
        pictures(stream)
            .iter()
            .map(|picture| if picture.has_b { 'B' } else { "IP".chars().nth(usize::from(picture.has_p)).unwrap() })
            .collect()
    };
    // ffprobe -show_entries frame=pkt_pos,pict_type, in decoding order.
    assert_eq!(types(OPEN_GOP), "IPBBBIBBBPBBBIBBBPBBBPBB");
    assert_eq!(types(MBAFF), "IPBBPBBP");
    assert_eq!(types(INTRA_REFRESH), "IPBBBBBBBPBBBBBB");
    assert_eq!(types(BASELINE), "IPPPPPPP");
    assert_eq!(types(WEIGHTED), "IPBBBBBBBBPB");
}

#[test]
fn slices_and_messages_say_what_the_oracle_says() {
    let mut slices = 0;
    let mut messages = 0;
    for stream in [OPEN_GOP, MBAFF, INTRA_REFRESH, BASELINE, WEIGHTED] {
        let mut context = Context::new();
        let mut sets = ParameterSets::default();
        for unit in units(stream) {
            let nal = Nal::new(&unit, 0);
            let rbsp = decode_nal(&unit).unwrap();
            match nal.unit_type() {
                SPS => {
                    context.put_seq_param_set(SeqParameterSet::from_bits(BitReader::new(&*rbsp)).unwrap());
                    sets.take(nal, true).unwrap();
                }
                PPS => {
                    context.put_pic_param_set(PicParameterSet::from_bits(&context, BitReader::new(&*rbsp)).unwrap());
                    sets.take(nal, true).unwrap();
                }
                SLICE | IDR_SLICE => {
                    compare_slices(nal, &rbsp, &context, &sets);
                    slices += 1;
                }
                SEI => messages += compare_messages(nal, &rbsp, &context, &sets),
                _ => {}
            }
        }
    }
    assert_eq!((slices, messages), (24 + 8 + 16 + 16 + 12, 2 + 8 + 1));
}

fn compare_slices(nal: Nal<'_>, rbsp: &[u8], context: &Context, sets: &ParameterSets<'_>) {
    let header = NalHeader::new(nal.bytes[0]).unwrap();
    let (oracle, ..) = OracleSlice::from_bits(context, &mut BitReader::new(rbsp), header, None).unwrap();
    let ours = SliceHeader::parse(&nal.rbsp(4096), nal.unit_type(), nal.ref_idc(), sets).unwrap();
    let kind = match oracle.slice_type.family {
        SliceFamily::P => SliceKind::P,
        SliceFamily::B => SliceKind::B,
        SliceFamily::I => SliceKind::I,
        SliceFamily::SP => SliceKind::Sp,
        SliceFamily::SI => SliceKind::Si,
    };
    assert_eq!(ours.kind, kind);
    assert_eq!(ours.speaks_for_picture, oracle.slice_type.exclusive == SliceExclusive::Exclusive);
    assert_eq!(ours.frame_num, u32::from(oracle.frame_num));
    let structure = match oracle.field_pic {
        FieldPic::Frame => Structure::Frame,
        FieldPic::Field(Field::Top) => Structure::Top,
        FieldPic::Field(Field::Bottom) => Structure::Bottom,
    };
    assert_eq!(ours.structure, structure);
    assert_eq!(ours.idr_pic_id, oracle.idr_pic_id.unwrap_or_default());
    let (lsb, bottom) = match oracle.pic_order_cnt_lsb {
        Some(PicOrderCountLsb::Frame(lsb)) => (lsb, 0),
        Some(PicOrderCountLsb::FieldsAbsolute { pic_order_cnt_lsb, delta_pic_order_cnt_bottom }) => {
            (pic_order_cnt_lsb, delta_pic_order_cnt_bottom)
        }
        Some(PicOrderCountLsb::FieldsDelta(_)) => panic!("x264 writes no cycles"),
        None => (0, 0),
    };
    assert_eq!((ours.pic_order_cnt_lsb, ours.delta_pic_order_cnt_bottom), (lsb, bottom));
    let resets = matches!(oracle.dec_ref_pic_marking, Some(DecRefPicMarking::Adaptive(operations))
        if operations.iter().any(|o| matches!(o, MemoryManagementControlOperation::AllRefPicturesUnused)));
    assert_eq!(ours.resets_order, resets);
}

/// Compares recovery points and picture timing, and returns how many there were.
fn compare_messages(nal: Nal<'_>, rbsp: &[u8], context: &Context, sets: &ParameterSets<'_>) -> usize {
    let mut ours = Messages::default();
    ours.take(&nal.rbsp(4096));
    let mut scratch = Vec::new();
    let mut reader = SeiReader::from_rbsp_bytes(rbsp, &mut scratch);
    let mut count = 0;
    while let Some(message) = reader.next().unwrap() {
        match message.payload_type {
            HeaderType::RecoveryPoint => {
                let oracle = RecoveryPoint::read(&message).unwrap();
                assert_eq!(ours.recovery_frame_cnt, Some(oracle.recovery_frame_cnt));
                count += 1;
            }
            HeaderType::PicTiming => {
                let oracle = PicTiming::read(context.sps().next().unwrap(), &message).unwrap().pic_struct.unwrap();
                let (_, given) = sets.find(0).unwrap();
                let timing = ours.timing(&given.sps).unwrap();
                let pic_struct = match oracle.pic_struct {
                    PicStructType::Frame => 0,
                    PicStructType::TopFieldBottomField => 3,
                    PicStructType::BottomFieldTopField => 4,
                    other => panic!("x264 writes no {other:?} here"),
                };
                assert_eq!(timing.pic_struct, pic_struct);
                let stamps = oracle.clock_timestamps.iter().flatten();
                assert_eq!(
                    timing.interlaced_source,
                    stamps.into_iter().any(|stamp| stamp.ct_type == CtType::Interlaced)
                );
                count += 1;
            }
            _ => {}
        }
    }
    count
}
