//! What streams of headers say of scan, GOPs and sync tables.

use proptest::prelude::*;

use super::frames::{Labels, SyncSource};
use super::slice::Structure::{Bottom, Top};
use super::synthetic::{B, I, MBAFF, P, PAFF, PROGRESSIVE, Slice, Stream, listed, pic_timing, recovery_point};
use super::verdict::PictureFacts;
use crate::facts::{Container, Evidence, Fact, GopKind, Scan, Video};
use crate::units::Duration;

type Sample = (Vec<Vec<u8>>, Labels);

fn plain(stream: Stream, slice: Slice) -> Sample {
    (vec![stream.slice(slice)], listed(slice.idr))
}

/// A closed GOP of five frames: IDR, P, b, P, b.
fn closed(stream: Stream) -> Vec<Sample> {
    let slices = [
        Slice::idr(),
        Slice::new(P, 2, 1, 8),
        Slice::new(B, 0, 2, 4),
        Slice::new(P, 2, 2, 16),
        Slice::new(B, 0, 3, 12),
    ];
    slices.map(|slice| plain(stream, slice)).to_vec()
}

/// An I with a recovery point, then two B shown before it, then a P.
fn open(first: Vec<u8>, labels: Labels) -> Vec<Sample> {
    let stream = PROGRESSIVE;
    let mut samples = vec![(vec![first, stream.slice(Slice::new(I, 2, 3, 28))], labels)];
    samples
        .extend([Slice::new(B, 0, 4, 20), Slice::new(B, 0, 4, 24), Slice::new(P, 2, 4, 32)].map(|s| plain(stream, s)));
    samples
}

fn types(video: &Video) -> Vec<(GopKind, &str)> {
    video.gops.iter().map(|gop| (gop.kind, gop.types.as_str())).collect()
}

fn open_gops(video: &Video) -> (u64, Option<u64>, u64) {
    let gops = video.open_gops.value().unwrap();
    (gops.count, gops.first.as_ref().map(|first| first.frame), gops.leading_pictures)
}

#[test]
fn closed_gops_are_closed() {
    let samples = [closed(PROGRESSIVE), closed(PROGRESSIVE)].concat();
    let video = PROGRESSIVE.video(&samples);
    assert_eq!(open_gops(&video), (0, None, 0));
    assert_eq!(video.longest_gop.value().map(|gop| (gop.frames, gop.upper_bound)), Some((5, false)));
    assert_eq!(video.scan.value(), Some(&Scan::Progressive));
    assert_eq!(video.sync_contradiction, Fact::Absent);
    assert_eq!(video.intra_refresh.value(), Some(&false));
    assert_eq!(types(&video), [(GopKind::Idr, "IPbPb"), (GopKind::Idr, "IPbPb")]);
    assert_eq!(video.gops[1].first.time, Duration::from_ticks(5, 25).unwrap());
}

#[test]
fn one_open_gop_after_nine_closed_is_found_whatever_the_boxes_say() {
    let mut samples: Vec<Sample> = (0..9).flat_map(|_| closed(PROGRESSIVE)).collect();
    samples.extend(open(recovery_point(0), listed(false)));
    let video = PROGRESSIVE.video(&samples);
    assert_eq!(open_gops(&video), (1, Some(45), 2));
    assert_eq!(video.longest_gop.value().map(|gop| gop.frames), Some(9));
    assert_eq!(video.sync_contradiction, Fact::Absent, "a table that lists IDR pictures only tells no lie");
    assert_eq!(types(&video)[9], (GopKind::Open, "ibbP"));
    let first = &video.gops[9].first;
    let path = "trak.sample[45]";
    assert_eq!(video.open_gops.evidence(), Some(&Evidence::named(first.offset, path)));
}

#[test]
fn each_way_to_list_a_random_access_point_counts() {
    let filler = vec![0x0c, 0xff, 0x80];
    let none = listed(false);
    let partial = Labels { partial: true, ..none };
    let group = Labels { random_access: Some(-1), ..none };
    let fragment = Labels { sync: true, source: SyncSource::Fragment, ..none };
    for (labels, count) in [(none, 0), (listed(true), 1), (partial, 1), (group, 1), (fragment, 1)] {
        let samples = [closed(PROGRESSIVE), open(filler.clone(), labels)].concat();
        assert_eq!(open_gops(&PROGRESSIVE.video(&samples)).0, count, "{labels:?}");
    }
}

#[test]
fn flags_of_fragments_that_were_never_set_list_nothing() {
    let filler = vec![0x0c, 0xff, 0x80];
    let mut samples = [closed(PROGRESSIVE), open(filler, listed(false))].concat();
    for (index, (_, labels)) in samples.iter_mut().enumerate() {
        *labels = Labels { sync: index == 0 || index == 5, source: SyncSource::Fragment, ..*labels };
    }
    assert_eq!(open_gops(&PROGRESSIVE.video(&samples)).0, 1);
    for (_, labels) in &mut samples {
        labels.sync = true;
    }
    let video = PROGRESSIVE.video(&samples);
    assert_eq!(open_gops(&video).0, 0);
    assert_eq!(video.sync_contradiction, Fact::Absent, "the flags are no table");
}

#[test]
fn an_absent_sync_table_lists_nothing() {
    let filler = vec![0x0c, 0xff, 0x80];
    let mut samples = [closed(PROGRESSIVE), open(filler, listed(false))].concat();
    for (_, labels) in &mut samples {
        *labels = Labels { sync: true, source: SyncSource::NoTable, ..*labels };
    }
    let video = PROGRESSIVE.video(&samples);
    assert_eq!(open_gops(&video).0, 0);
    let contradiction = video.sync_contradiction.value().unwrap();
    assert_eq!((contradiction.first.frame, contradiction.count), (1, 7));
}

#[test]
fn a_recovery_that_takes_frames_is_no_random_access() {
    let samples = [closed(PROGRESSIVE), open(recovery_point(3), listed(false))].concat();
    let video = PROGRESSIVE.video(&samples);
    assert_eq!(open_gops(&video).0, 0);
    assert_eq!(video.intra_refresh.value(), Some(&true));
}

#[test]
fn an_intra_picture_with_operation_5_counts_as_idr() {
    let reset = Slice { mmco5: true, ..Slice::new(I, 2, 3, 28) };
    let mut samples = closed(PROGRESSIVE);
    samples.push((vec![recovery_point(0), PROGRESSIVE.slice(reset)], listed(true)));
    // Order counts begin anew, so these are not shown before it.
    samples.push(plain(PROGRESSIVE, Slice::new(P, 2, 1, 8)));
    samples.push(plain(PROGRESSIVE, Slice::new(B, 0, 2, 4)));
    let video = PROGRESSIVE.video(&samples);
    assert_eq!(open_gops(&video), (0, None, 0));
    assert_eq!(types(&video), [(GopKind::Idr, "IPbPb"), (GopKind::Idr, "IPb")]);
}

#[test]
fn leading_pictures_without_prediction_open_nothing() {
    let mut samples = closed(PROGRESSIVE);
    samples.push((vec![recovery_point(0), PROGRESSIVE.slice(Slice::new(I, 2, 3, 28))], listed(false)));
    samples.push(plain(PROGRESSIVE, Slice::new(I, 0, 4, 20)));
    samples.push(plain(PROGRESSIVE, Slice::new(P, 2, 4, 32)));
    let video = PROGRESSIVE.video(&samples);
    assert_eq!(open_gops(&video), (0, None, 0));
    assert_eq!(types(&video)[1], (GopKind::Closed, "iiP"));
}

#[test]
fn order_counts_wrap() {
    // lsb has 8 bits: an I at 248, then a B before it and a P after it, past the wrap.
    let mut samples = closed(PROGRESSIVE);
    for (frame_num, lsb) in (3..).zip([60, 120, 180, 240]) {
        samples.push(plain(PROGRESSIVE, Slice::new(P, 2, frame_num, lsb)));
    }
    samples.push((vec![recovery_point(0), PROGRESSIVE.slice(Slice::new(I, 2, 7, 8))], listed(false)));
    let video = PROGRESSIVE.video(&[samples.clone(), vec![plain(PROGRESSIVE, Slice::new(P, 2, 8, 16))]].concat());
    assert_eq!(open_gops(&video).0, 0);
    let video = PROGRESSIVE.video(&[samples, vec![plain(PROGRESSIVE, Slice::new(B, 0, 8, 250))]].concat());
    assert_eq!(open_gops(&video), (1, Some(9), 1));
}

#[test]
fn order_types_1_and_2_follow_decoding_order() {
    for order_type in [1, 2] {
        let stream = Stream { order_type, ..PROGRESSIVE };
        let slices = [Slice::idr(), Slice::new(P, 2, 1, 0), Slice::new(P, 0, 2, 0), Slice::new(P, 2, 2, 0)];
        let mut samples: Vec<Sample> = slices.map(|slice| plain(stream, slice)).to_vec();
        samples.push((vec![recovery_point(0), stream.slice(Slice::new(I, 2, 3, 0))], listed(false)));
        samples.push(plain(stream, Slice::new(P, 2, 4, 0)));
        assert_eq!(open_gops(&stream.video(&samples)), (0, None, 0));
    }
}

#[test]
fn counts_of_two_order_types_are_compared_by_all_pictures_between_them() {
    let by_decoding = Stream { order_type: 2, ..PROGRESSIVE };
    let switch = |stream: Stream, message: Option<Vec<u8>>, slice: Slice| {
        let units = [stream.sps(), Stream::pps()].into_iter().chain(message).chain([stream.slice(slice)]);
        (units.collect::<Vec<_>>(), listed(false))
    };
    for (one, other) in [(by_decoding, PROGRESSIVE), (PROGRESSIVE, by_decoding)] {
        for lsb in (0..128).step_by(3) {
            let mut samples = vec![
                plain(one, Slice::idr()),
                plain(one, Slice::new(P, 1, 1, 2)),
                // A frame_num that falls and rises again.
                plain(one, Slice::new(P, 0, 0, 4)),
                switch(other, Some(recovery_point(0)), Slice::new(I, 1, 1, lsb)),
                switch(one, None, Slice::new(P, 1, 2, 6)),
            ];
            samples.extend((3..9).map(|number| plain(one, Slice::new(P, 1, number, 2 * number + 2))));
            // Holds the ways to the facts against each other.
            one.video(&samples);
        }
    }
}

#[test]
fn two_fields_are_one_frame_in_one_sample_or_two() {
    let top = PAFF.slice(Slice::idr().of(Top));
    let bottom = PAFF.slice(Slice::new(P, 2, 0, 1).of(Bottom));
    let together = vec![(vec![top.clone(), bottom.clone()], listed(true))];
    let apart = vec![(vec![top.clone()], listed(true)), (vec![bottom.clone()], listed(false))];
    for samples in [&together, &apart] {
        let video = PAFF.video(&vec![samples.clone(); 3].concat());
        assert_eq!(types(&video), [(GopKind::Idr, "I"); 3]);
        assert_eq!(video.gops[0].bytes, (top.len() + bottom.len() + 8) as u64);
        assert_eq!(video.sync_contradiction, Fact::Absent);
        let Some(Scan::Interlaced { how, first, frames }) = video.scan.value() else { panic!("{:?}", video.scan) };
        assert_eq!((how.as_str(), first.frame, *frames), ("field pictures", 0, 3));
    }
}

#[test]
fn two_idr_fields_are_one_frame() {
    let pair = [Top, Bottom].map(|parity| PAFF.slice(Slice::idr().of(parity))).to_vec();
    let video = PAFF.video(&[(pair.clone(), listed(true)), (pair, listed(true))]);
    assert_eq!(types(&video), [(GopKind::Idr, "I"); 2]);
}

#[test]
fn a_random_access_field_pair_counts_by_its_first_field() {
    let idr = vec![PAFF.slice(Slice::idr().of(Top)), PAFF.slice(Slice::new(P, 2, 0, 1).of(Bottom))];
    let pair = |kinds: [u32; 2], frame_num, lsb| {
        let first = PAFF.slice(Slice::new(kinds[0], 2, frame_num, lsb).of(Top));
        vec![first, PAFF.slice(Slice::new(kinds[1], 2, frame_num, lsb + 1).of(Bottom))]
    };
    let mut entry = vec![recovery_point(0)];
    entry.extend(pair([I, P], 1, 8));
    let samples = vec![(idr, listed(true)), (entry, listed(false)), (pair([B, B], 2, 4), listed(false))];
    assert_eq!(open_gops(&PAFF.video(&samples)), (1, Some(1), 1));
}

#[test]
fn one_field_pair_among_frames_is_interlaced() {
    let mut samples = closed(PAFF);
    let pair = [Top, Bottom].map(|parity| PAFF.slice(Slice::new(P, 2, 3, 20).of(parity)));
    samples.push((pair.to_vec(), listed(false)));
    samples.extend(closed(PAFF));
    let video = PAFF.video(&samples);
    let Some(Scan::Interlaced { first, frames, .. }) = video.scan.value() else { panic!("{:?}", video.scan) };
    assert_eq!((first.frame, *frames), (5, 1));
    assert_eq!(video.longest_gop.value().map(|gop| gop.frames), Some(6));
}

#[test]
fn frame_pictures_pass_where_nothing_says_interlaced() {
    let stream = Stream { pic_struct: true, ..PAFF };
    let told = |timing: Option<Vec<u8>>| {
        let units = timing.into_iter().chain([stream.slice(Slice::idr())]).collect();
        stream.video(&[(units, listed(true))]).scan
    };
    let passes =
        |scan: &Fact<Scan>| matches!(scan.value(), Some(Scan::ProgressiveFrames { how }) if how == "frame pictures");
    assert!(passes(&told(None)));
    assert!(passes(&told(Some(pic_timing(3, Some(0))))));
    assert!(passes(&told(Some(pic_timing(3, Some(2))))));
    let scan = told(Some(pic_timing(0, Some(1))));
    assert!(matches!(scan.value(), Some(Scan::Interlaced { how, .. }) if how.contains("ct_type 1")));
}

#[test]
fn mbaff_frames_are_told_by_pic_struct() {
    let told = |timing: Option<Vec<u8>>| {
        let units = timing.into_iter().chain([MBAFF.slice(Slice::idr())]).collect();
        MBAFF.video(&[(units, listed(true))]).scan
    };
    for (pic_struct, name) in [(0, "0"), (7, "7"), (8, "8")] {
        let Fact::Known { value: Scan::ProgressiveFrames { how }, .. } = told(Some(pic_timing(pic_struct, None)))
        else {
            panic!("pic_struct {pic_struct}");
        };
        assert_eq!(how, format!("MBAFF frames with pic_struct {name}"));
    }
    for pic_struct in 3..=6 {
        let scan = told(Some(pic_timing(pic_struct, None)));
        assert!(matches!(scan.value(), Some(Scan::Interlaced { frames: 1, .. })), "pic_struct {pic_struct}");
    }
    for timing in [None, Some(pic_timing(1, None)), Some(pic_timing(9, None))] {
        assert!(matches!(told(timing), Fact::Unknown(_)));
    }
}

#[test]
fn pulldown_of_progressive_frames_is_progressive() {
    let stream = Stream { pic_struct: true, ..PROGRESSIVE };
    let samples =
        [5, 6].map(|pic_struct| (vec![pic_timing(pic_struct, Some(1)), stream.slice(Slice::idr())], listed(true)));
    assert_eq!(stream.video(&samples).scan.value(), Some(&Scan::Progressive));
}

#[test]
fn an_intra_slice_before_a_predicted_one_makes_no_intra_picture() {
    let mut samples = closed(PROGRESSIVE);
    let intra = PROGRESSIVE.slice(Slice::new(2, 2, 3, 28));
    let predicted = PROGRESSIVE.slice(Slice::new(0, 2, 3, 28));
    samples.push((vec![recovery_point(0), intra, predicted], listed(true)));
    samples.push(plain(PROGRESSIVE, Slice::new(B, 0, 4, 20)));
    let video = PROGRESSIVE.video(&samples);
    assert_eq!(open_gops(&video).0, 0);
    assert_eq!(types(&video), [(GopKind::Idr, "IPbPbPb")]);
    let contradiction = video.sync_contradiction.value().unwrap();
    assert_eq!((contradiction.table.as_str(), contradiction.first.frame), ("stss", 5));
}

#[test]
fn tables_that_lie_are_caught() {
    let lie = |change: fn(&mut Vec<Sample>)| {
        let mut samples = closed(PROGRESSIVE);
        change(&mut samples);
        let fact = PROGRESSIVE.video(&samples).sync_contradiction;
        fact.value().map(|found| format!("{} {} {}", found.table, found.first.frame, found.count))
    };
    assert_eq!(lie(|_| {}), None);
    assert_eq!(lie(|samples| samples[2].1.sync = true).as_deref(), Some("stss 2 1"));
    assert_eq!(lie(|samples| samples[0].1.sync = false).as_deref(), Some("stss 0 1"));
    assert_eq!(lie(|samples| samples[1].1.partial = true).as_deref(), Some("stps 1 1"));
    assert_eq!(lie(|samples| samples[1].1.random_access = Some(-1)).as_deref(), Some("sgpd 1 1"));
    assert_eq!(lie(|samples| samples[3].1.dependency = 0x20).as_deref(), Some("sdtp 3 1"));
    assert_eq!(lie(|samples| samples[0].1.dependency = 0x10).as_deref(), Some("sdtp 0 1"));
    assert_eq!(lie(|samples| samples[2].1.dependency = 0x04).as_deref(), Some("sdtp 2 1"));
    assert_eq!(lie(|samples| samples[2].1.dependency = 0x18), None);
    let listed_open = [closed(PROGRESSIVE), open(recovery_point(0), listed(true))].concat();
    let fact = PROGRESSIVE.video(&listed_open).sync_contradiction;
    assert_eq!(fact.value().map(|found| found.bitstream.as_str()), Some("begins an open GOP"));
    let no_leading = Labels { random_access: Some(0), ..listed(false) };
    let fact = PROGRESSIVE.video(&[closed(PROGRESSIVE), open(recovery_point(0), no_leading)].concat());
    assert_eq!(fact.sync_contradiction.value().map(|found| found.table.as_str()), Some("sgpd"));
}

#[test]
fn what_cannot_be_read_is_unknown_unless_the_rest_decides() {
    let broken = (vec![vec![0x41]], listed(false));
    let mut samples = closed(PROGRESSIVE);
    samples.insert(3, broken.clone());
    let video = PROGRESSIVE.video(&samples);
    assert!(matches!(video.open_gops, Fact::Unknown(_)));
    assert!(matches!(video.scan, Fact::Unknown(_)));
    assert_eq!(video.longest_gop.value().map(|gop| (gop.frames, gop.upper_bound)), Some((6, true)));
    samples.extend(open(recovery_point(0), listed(false)));
    assert_eq!(open_gops(&PROGRESSIVE.video(&samples)), (1, Some(6), 2));
    let video = PROGRESSIVE.video(&[broken]);
    assert!(matches!(video.open_gops, Fact::Unknown(why) if why.to_string().contains("first_mb_in_slice")));
}

#[test]
fn a_long_gop_stays_long_beside_an_unreadable_sample() {
    let long = |frames: u32| {
        let slices = (1..frames).map(|n| plain(PROGRESSIVE, Slice::new(P, 2, n % 256, n * 2 % 256)));
        [plain(PROGRESSIVE, Slice::idr())].into_iter().chain(slices).collect::<Vec<_>>()
    };
    let length = |samples: &[Sample]| PROGRESSIVE.video(samples).longest_gop.value().map(|gop| gop.frames);
    assert_eq!(length(&long(512)), Some(512));
    let broken = vec![(vec![vec![0x41]], listed(false))];
    assert_eq!(length(&[long(513), broken.clone()].concat()), Some(513));
    assert_eq!(length(&[long(512), broken].concat()), None);
}

#[test]
fn a_video_without_pictures_keeps_what_its_headers_said() {
    let mut video = Video { scan: Fact::known(Scan::Progressive, Evidence::new(7, "sps")), ..Video::default() };
    PictureFacts::new(25, &Container::from("trak"), true).lower(&mut video);
    assert_eq!(video.scan.value(), Some(&Scan::Progressive));
    assert_eq!(video.open_gops, Fact::unknown("no coded picture was found"));
}

proptest! {
    /// [`Stream::video`] holds the two ways to the facts against each other.
    #[test]
    fn frames_that_only_follow_say_the_same_however_they_are_taken(
        stream in prop_oneof![2 => Just(PROGRESSIVE), 1 => Just(PAFF), 1 => Just(MBAFF)], order_type in 0_u32..3,
        frames in proptest::collection::vec(
            (prop_oneof![2 => Just(I), 6 => Just(P), 6 => Just(B)], 0_u8..2, 0_u32..256,
                prop_oneof![1 => Just(0_u8), 1 => Just(1), 1 => Just(2), 1 => Just(3), 1 => Just(4), 12 => Just(5)]),
            0..40,
        ),
    ) {
        let stream = Stream { order_type, ..stream };
        let mut samples = Vec::new();
        for (number, (slice_type, ref_idc, lsb, oddity)) in (0..).zip(frames) {
            let slice = Slice::new(slice_type, ref_idc, number, lsb);
            let labels = listed(oddity == 0);
            let (units, labels) = match oddity {
                0 if slice_type == I => (vec![stream.slice(Slice::idr())], labels),
                1 if slice_type == I => (vec![recovery_point(lsb % 3), stream.slice(slice)], labels),
                1 => (vec![pic_timing(lsb % 9, None), stream.slice(slice)], labels),
                2 => (vec![stream.slice(Slice { mmco5: true, ..slice })], labels),
                3 if !stream.frame_mbs_only => (vec![stream.slice(slice.of(if lsb % 2 == 0 { Top } else { Bottom }))], labels),
                3 => (vec![vec![0x41]], labels),
                4 => (vec![stream.slice(slice)], Labels { dependency: ref_idc << 2, source: SyncSource::Fragment, ..labels }),
                _ => (vec![stream.slice(slice)], labels),
            };
            samples.push((units, labels));
        }
        stream.video(&samples);
    }
}
