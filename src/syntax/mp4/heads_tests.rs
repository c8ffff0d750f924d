//! Which bytes of the samples are read, and what becomes of them.

use std::cell::RefCell;

use proptest::prelude::*;

use super::heads_film::{Counting, Film, record};
use crate::facts::{AnomalyKind, Evidence, Fact, Scan, Video};
use crate::input::{ByteRange, Limits, Source, SourceError, Stop};
use crate::syntax::h264::synthetic::{B, I, MBAFF, P, PAFF, PROGRESSIVE, Slice, Stream, recovery_point, sample};
use crate::units::Dimensions;

/// An IDR, a P, an I with a recovery point, and a B that is shown before it.
fn open_units() -> Vec<Vec<Vec<u8>>> {
    let slice = |slice| PROGRESSIVE.slice(slice);
    vec![
        vec![slice(Slice::idr())],
        vec![slice(Slice::new(P, 2, 1, 8))],
        vec![recovery_point(0), slice(Slice::new(I, 2, 2, 16))],
        vec![slice(Slice::new(B, 0, 3, 12))],
    ]
}

fn samples(units: &[Vec<Vec<u8>>], length_size: usize) -> Vec<Vec<u8>> {
    units.iter().map(|units| sample(units, length_size)).collect()
}

fn open_count(video: &Video) -> Option<u64> {
    video.open_gops.value().map(|gops| gops.count)
}

#[test]
fn every_length_size_is_read() {
    for length_size in [1, 2, 4] {
        let mut film = Film::new(&samples(&open_units(), length_size), 0);
        film.record = record(length_size as u8, &[PROGRESSIVE.sps()], &[Stream::pps()]);
        let (video, anomalies, _) = film.look();
        assert_eq!(open_count(&video), Some(1), "lengths of {length_size} bytes");
        assert_eq!(anomalies, []);
    }
}

#[test]
fn parameter_sets_in_band_fill_what_the_record_leaves_open() {
    let mut units = open_units();
    units[0].splice(0..0, [vec![0x09, 0x10], PROGRESSIVE.sps(), Stream::pps()]);
    let mut film = Film::new(&samples(&units, 4), 0);
    film.record = record(4, &[], &[]);
    let (video, anomalies, _) = film.look();
    assert_eq!(open_count(&video), Some(1));
    assert_eq!(video.dimensions.value(), Some(&Dimensions::new(64, 64)));
    // The access unit delimiter takes six bytes, the length of the set four, and its header one.
    assert_eq!(video.profile.evidence(), Some(&Evidence::named(111, "trak.sample.sps.profile_idc")));
    assert_eq!(video.scan.value(), Some(&Scan::Progressive));
    assert_eq!(anomalies, []);
}

#[test]
fn of_pictures_that_change_on_the_way_the_largest_is_told() {
    let of = |width, height| vec![PROGRESSIVE.sps_of(width, height), Stream::pps(), PROGRESSIVE.slice(Slice::idr())];
    for sizes in [[(4, 4), (120, 68), (8, 8)], [(120, 68), (8, 8), (4, 4)], [(8, 8), (4, 4), (120, 68)]] {
        let film = Film::new(&samples(&sizes.map(|(width, height)| of(width, height)), 4), 0);
        let (video, anomalies, _) = film.look();
        assert_eq!(video.dimensions.value(), Some(&Dimensions::new(1920, 1088)), "{sizes:?}");
        assert_eq!(
            anomalies.iter().map(|anomaly| &*anomaly.message).collect::<Vec<_>>(),
            ["the pictures change on the way"; 2]
        );
    }
}

#[test]
fn samples_anywhere_in_the_file_are_read_in_its_order() {
    let mut film = Film::new(&samples(&open_units(), 4), 0);
    // The last sample is moved in front of all others.
    let size = film.sizes[3] as usize;
    let at = film.offsets[3] as usize;
    let last = film.bytes[at..at + size].to_vec();
    film.bytes[..size].copy_from_slice(&last);
    film.offsets[3] = 0;
    film.bytes.truncate(at);
    let (video, _, reads) = film.look();
    assert_eq!(open_count(&video), Some(1));
    assert!(reads.is_sorted_by_key(|range| range.start), "{reads:?}");
}

#[test]
fn heads_alone_are_read() {
    let count = 300;
    let frames = (1..count).map(|n| vec![PROGRESSIVE.slice(Slice::new(P, 2, n % 256, n * 2 % 256))]);
    let units: Vec<_> = [vec![PROGRESSIVE.slice(Slice::idr())]].into_iter().chain(frames).collect();
    let mut long = samples(&units, 4);
    for sample in &mut long {
        // Slice data of a kilobyte, which the length in front of the slice counts.
        sample.resize(1000, 0x55);
        sample[..4].copy_from_slice(&996_u32.to_be_bytes());
    }
    let (video, _, reads) = Film::new(&long, 0).look();
    assert_eq!(video.longest_gop.value().map(|gop| (gop.frames, gop.upper_bound)), Some((300, false)));
    let bytes: u64 = reads.iter().map(|range| range.end - range.start).sum();
    assert_eq!(bytes, 64 + 300 * 128, "the first bytes of the file, and the head of each sample");
    // Short samples that follow each other come in one read.
    let (video, _, reads) = Film::new(&samples(&units, 4), 0).look();
    assert_eq!(video.longest_gop.value().map(|gop| gop.frames), Some(300));
    assert_eq!(reads.len(), 2);
}

#[test]
fn a_slice_behind_a_long_message_is_found_with_a_further_read() {
    let mut message = vec![0x06, 5, 255, 255, 188];
    message.extend([0x77; 698]);
    message.push(0x80);
    let mut units = open_units();
    for units in &mut units {
        units.insert(0, message.clone());
    }
    let (video, anomalies, reads) = Film::new(&samples(&units, 4), 0).look();
    assert_eq!((open_count(&video), anomalies), (Some(1), Vec::new()));
    let bytes: u64 = reads.iter().map(|range| range.end - range.start).sum();
    assert!(bytes <= 64 + 4 * 256, "{bytes} bytes were read");
}

#[test]
fn a_recovery_point_behind_other_messages_is_found() {
    // One SEI unit: 300 bytes of user data, then the recovery point.
    let mut message = vec![0x06, 5, 255, 45];
    message.extend([0x77; 300]);
    message.extend(&recovery_point(0)[1..]);
    let mut units = open_units();
    units[2][0] = message;
    assert_eq!(open_count(&Film::new(&samples(&units, 4), 0).look().0), Some(1));
}

#[test]
fn samples_past_the_end_leave_the_facts_unknown() {
    let mut film = Film::new(&samples(&open_units()[..2], 4), 0);
    film.bytes.truncate(film.offsets[1] as usize);
    let (video, anomalies, _) = film.look();
    assert!(matches!(&video.open_gops, Fact::Unknown(why) if why.to_string().contains("past the end of the file")));
    assert_eq!(video.longest_gop.value().map(|gop| (gop.frames, gop.upper_bound)), Some((2, true)));
    assert_eq!(video.scan.value(), Some(&Scan::Progressive));
    assert_eq!(anomalies, [], "whoever checks the tables notes it");
    film.offsets[1] = u32::MAX;
    assert!(matches!(film.look().0.open_gops, Fact::Unknown(_)));
}

#[test]
fn every_cut_of_a_film_is_read_without_a_panic() {
    let film = Film::new(&samples(&open_units(), 4), 0);
    for length in 100..film.bytes.len() {
        let cut = Film { bytes: film.bytes[..length].to_vec(), offsets: film.offsets.clone(), ..Film::new(&[], 0) };
        let cut = Film { sizes: film.sizes.clone(), ..cut };
        let (_, anomalies, _) = cut.look();
        assert_eq!(anomalies, [], "cut at {length}");
    }
}

#[test]
fn samples_that_cannot_be_taken_apart_are_malformed() {
    let garbage = vec![vec![0x66; 500], vec![0; 500]];
    for sample in garbage {
        let mut film = Film::new(&samples(&open_units()[..1], 4), 0);
        film.offsets.push(film.bytes.len() as u32);
        film.sizes.push(500);
        film.bytes.extend(&sample);
        let (video, anomalies, _) = film.look();
        assert!(matches!(video.open_gops, Fact::Unknown(_)));
        assert_eq!((anomalies.len(), anomalies[0].kind), (1, AnomalyKind::Malformed));
        assert_eq!(anomalies[0].at.offset, u64::from(film.offsets[1]));
    }
}

#[test]
fn a_slice_that_leads_past_its_sample_is_read_and_noted_once() {
    let fitting = samples(&open_units(), 4);
    assert_eq!(Film::new(&fitting, 0).look().1, [], "a slice that ends with its sample is no fault");
    let mut overrunning = fitting;
    for sample in &mut overrunning[1..] {
        let fits = u32::try_from(sample.len() - 4).unwrap();
        sample[..4].copy_from_slice(&(fits + 1).to_be_bytes());
    }
    let film = Film::new(&overrunning[..2], 0);
    let (_, anomalies, _) = film.look();
    let kinds: Vec<AnomalyKind> = anomalies.iter().map(|anomaly| anomaly.kind).collect();
    assert_eq!(kinds, [AnomalyKind::Tolerated]);
    assert_eq!(anomalies[0].at.offset, u64::from(film.offsets[1]) + 4);
    assert_eq!(anomalies[0].at.path.to_string(), "trak.sample.NALUnitLength");
    let length = film.sizes[1] - 3;
    assert_eq!(
        (&*anomalies[0].expected, &*anomalies[0].actual),
        (&*format!("at most {} bytes", length - 1), &*format!("{length} bytes"))
    );
}

#[test]
fn empty_samples_show_nothing_new() {
    let mut film = Film::new(&samples(&open_units(), 4), 0);
    film.offsets.insert(1, 0);
    film.sizes.insert(1, 0);
    let (video, _, _) = film.look();
    assert_eq!(open_count(&video), Some(1));
    assert_eq!(video.longest_gop.value().map(|gop| gop.frames), Some(4));
}

#[test]
fn encrypted_and_external_samples_are_not_looked_at() {
    let film = Film { encrypted: true, ..Film::new(&samples(&open_units(), 4), 0) };
    let (video, _, reads) = film.look();
    assert_eq!(video.open_gops, Fact::unknown("the samples are encrypted"));
    assert_eq!(video.longest_gop.value().map(|gop| (gop.frames, gop.upper_bound)), Some((4, true)));
    assert_eq!(reads.len(), 1);
    let film = Film { external: true, ..Film::new(&samples(&open_units(), 4), 0) };
    assert_eq!(film.look().0.open_gops, Fact::unknown("the samples are in another file"));
}

#[test]
fn films_in_memory_say_the_same_as_those_that_are_read() {
    let mut units = [open_units(), open_units(), open_units()].concat();
    units.insert(3, vec![PROGRESSIVE.slice(Slice::new(P, 1, 9, 40))]);
    let mut film = Film::new(&samples(&units, 4), 3);
    film.sizes[5] = 0;
    film.offsets[10] = u32::MAX;
    for sync in [vec![1, 5, 9], vec![2, 6], vec![3, 1], Vec::new()] {
        film.sync = sync;
        for cut in [0, 5, 40] {
            let bytes = &film.bytes[..film.bytes.len() - cut];
            let read = Counting { bytes, reads: RefCell::default() };
            let expected = film.look_at(&read, Limits::default()).ok().unwrap();
            assert_eq!(film.look_at(&bytes, Limits::default()).ok().unwrap(), expected, "{:?}, {cut}", film.sync);
        }
    }
}

#[test]
fn a_source_that_must_fetch_is_asked_for_all_heads_at_once() {
    let film = Film::new(&samples(&open_units(), 4), 1000);
    let stop = film.look_at(&Remote(&film.bytes), Limits::default()).err().unwrap();
    let Stop::Source(SourceError::NotYet(ranges)) = stop else { panic!("{stop}") };
    let starts: Vec<_> = ranges.iter().map(|range| range.start).collect();
    assert_eq!(starts, film.offsets.iter().map(|&offset| u64::from(offset)).collect::<Vec<_>>());
}

#[test]
fn a_budget_that_runs_out_leaves_the_facts_unknown() {
    let film = Film::new(&samples(&open_units(), 4), 1000);
    for limits in [Limits { items: 3, ..Limits::default() }, Limits { read_bytes: 100, ..Limits::default() }] {
        let (video, anomalies) = film.look_at(&film.bytes, limits).ok().unwrap();
        assert!(matches!(video.open_gops, Fact::Unknown(_)));
        assert_eq!(anomalies[0].kind, AnomalyKind::BudgetExceeded);
    }
}

proptest! {
    /// Samples that stand next to each other are read at once where all of the file is in memory and nothing but `stss` is
    /// said of them.
    #[test]
    fn samples_next_to_each_other_say_what_each_of_them_says(
        stream in prop_oneof![4 => Just(PROGRESSIVE), 1 => Just(PAFF), 1 => Just(MBAFF)], order_type in 0_u32..3,
        pictures in proptest::collection::vec(picture(), 1..40), chunks in proptest::collection::vec(1_u32..9, 40),
        sync in proptest::collection::vec(1_u32..40, 0..6), (cut, lists_groups) in (0_usize..60, any::<bool>()),
        read_bytes in prop_oneof![Just(u64::MAX), 64_u64..3000],
    ) {
        let stream = Stream { order_type, ..stream };
        let first = sample(&[stream.slice(Slice::idr())], 4);
        let rest = pictures.into_iter().map(|picture| picture.sample(stream));
        let samples: Vec<_> = [first].into_iter().chain(rest).collect();
        let mut film = Film::new(&samples, 0);
        film.record = record(4, &[stream.sps()], &[Stream::pps()]);
        film.lists_groups = lists_groups;
        film.sync.extend(sync);
        film.sync.sort_unstable();
        film.bytes.truncate(film.bytes.len() - cut);
        let read = Counting { bytes: &film.bytes, reads: RefCell::default() };
        let expected = film.look_at(&read, Limits::default()).ok().unwrap();
        let limits = Limits { read_bytes, ..Limits::default() };
        let mut each = Film { says_more: true, ..film.clone() };
        prop_assert_eq!(&each.look_at(&film.bytes, Limits::default()).ok().unwrap(), &expected);
        let within = each.look_at(&film.bytes, limits).ok().unwrap();
        for film in [&mut film, &mut each] {
            film.put_together(&chunks);
            prop_assert_eq!(&film.look_at(&film.bytes, Limits::default()).ok().unwrap(), &expected);
            prop_assert_eq!(&film.look_at(&film.bytes, limits).ok().unwrap(), &within);
        }
    }
}

/// A sample of one picture, maybe damaged.
#[derive(Clone, Copy, Debug)]
struct OnePicture {
    slice: Slice,
    recovery: Option<u32>,
    /// A byte from the start, and what it becomes.
    damage: Option<(usize, u8)>,
    length: usize,
}

fn picture() -> impl Strategy<Value = OnePicture> {
    let slice_type = prop_oneof![4 => Just(P), 4 => Just(B), 1 => Just(I), 1 => 0_u32..10];
    let damage = proptest::option::weighted(0.1, (0_usize..16, any::<u8>()));
    let length = prop_oneof![8 => Just(usize::MAX), 1 => 0_usize..30];
    let idr = proptest::bool::weighted(0.05);
    let mmco5 = proptest::bool::weighted(0.1);
    let recovery = proptest::option::weighted(0.1, 0_u32..2);
    (slice_type, 0_u8..3, 0_u32..6, 0_u32..256, idr, mmco5, recovery, damage, length).prop_map(
        |(slice_type, ref_idc, frame_num, lsb, idr, mmco5, recovery, damage, length)| OnePicture {
            slice: if idr { Slice::idr() } else { Slice { mmco5, ..Slice::new(slice_type, ref_idc, frame_num, lsb) } },
            recovery,
            damage,
            length,
        },
    )
}

impl OnePicture {
    fn sample(self, stream: Stream) -> Vec<u8> {
        let recovery = self.recovery.map(recovery_point);
        let units: Vec<_> = recovery.into_iter().chain([stream.slice(self.slice)]).collect();
        let mut bytes = sample(&units, 4);
        if let Some(byte) = self.damage.and_then(|(at, _)| bytes.get_mut(at)) {
            *byte = self.damage.unwrap_or_default().1;
        }
        bytes.truncate(self.length);
        bytes
    }
}

/// Holds the first bytes of the file and must fetch all others.
struct Remote<'b>(&'b [u8]);

impl Source for Remote<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        if offset < 100 {
            return self.0.read_at(offset, buffer);
        }
        Err(SourceError::NotYet(vec![ByteRange { start: offset, end: offset + buffer.len() as u64 }]))
    }
}
