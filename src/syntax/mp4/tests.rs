//! Whole files through the parser.

use std::cell::RefCell;

use proptest::prelude::*;

use crate::facts::{AnomalyKind, Facts, Format, TrackKind};
use crate::input::{Limits, Source, SourceError};
use crate::units::Duration;

/// A box of `kind` around `body`.
fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

/// A full box of version 0 without flags around 32-bit words.
fn words(kind: &[u8; 4], words: &[u32]) -> Vec<u8> {
    let body: Vec<u8> = std::iter::once(&0).chain(words).flat_map(|word| word.to_be_bytes()).collect();
    boxed(kind, &body)
}

/// A track that is put together for one test.
#[derive(Clone)]
struct TestTrack {
    handler: &'static [u8; 4],
    flags: u32,
    timescale: u32,
    stts: Vec<u32>,
    sizes: Vec<u32>,
    offset: u32,
    edits: Vec<u8>,
}

impl TestTrack {
    /// 250 frames in 10 s, of 4 bytes each.
    fn video() -> Self {
        let stts = vec![1, 250, 512];
        Self { handler: b"vide", flags: 3, timescale: 12_800, stts, sizes: vec![4; 250], offset: 40, edits: vec![] }
    }

    /// 10.24 s of sound.
    fn audio() -> Self {
        let stts = vec![1, 480, 1024];
        Self { handler: b"soun", flags: 3, timescale: 48_000, stts, sizes: vec![2; 480], offset: 1040, edits: vec![] }
    }

    fn trak(&self, id: u32) -> Vec<u8> {
        let mut tkhd = vec![self.flags, 0, 0, id, 0, 10_000, 0, 0, 0, 0];
        tkhd.extend([0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000, 640 << 16, 360 << 16]);
        let tkhd: Vec<u8> = tkhd.into_iter().flat_map(u32::to_be_bytes).collect();
        let hdlr = [&[0; 8][..], self.handler, &[0; 13]].concat();
        let stsz: Vec<u32> = [0, self.sizes.len() as u32].into_iter().chain(self.sizes.iter().copied()).collect();
        let stbl = [
            words(b"stsd", &[0]),
            words(b"stts", &self.stts),
            words(b"stsc", &[1, 1, self.sizes.len() as u32, 1]),
            words(b"stsz", &stsz),
            words(b"stco", &[1, self.offset]),
        ];
        let mdia = [
            words(b"mdhd", &[0, 0, self.timescale, 0, 0x55c4_0000]),
            boxed(b"hdlr", &hdlr),
            boxed(b"minf", &boxed(b"stbl", &stbl.concat())),
        ];
        let edts = if self.edits.is_empty() { vec![] } else { boxed(b"edts", &self.edits) };
        boxed(b"trak", &[boxed(b"tkhd", &tkhd), edts, boxed(b"mdia", &mdia.concat())].concat())
    }
}

/// `ftyp`, `mdat` with 1960 bytes of media from offset 40 on, and `moov`.
fn movie(tracks: &[TestTrack]) -> Vec<u8> {
    let ftyp = boxed(b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41");
    let mdat = boxed(b"mdat", &[0; 1960]);
    let boxes: Vec<u8> = (1..).zip(tracks).flat_map(|(id, track)| track.trak(id)).collect();
    let mvhd = words(b"mvhd", &[0, 0, 1000, 99_999]);
    [ftyp, mdat, boxed(b"moov", &[mvhd, boxes].concat())].concat()
}

fn inspect(bytes: &[u8]) -> Facts {
    crate::syntax::inspect(&bytes, Limits::default()).unwrap()
}

/// Kinds and places of anomalies that are not oddities, the missing sample entries of the test's tracks left out.
fn faults(facts: &Facts) -> Vec<(AnomalyKind, String)> {
    let faults = facts.anomalies.iter().filter(|anomaly| anomaly.kind != AnomalyKind::Tolerated);
    let faults = faults.map(|anomaly| (anomaly.kind, anomaly.at.path.to_string()));
    faults.filter(|(_, path)| !path.ends_with("stbl.stsd")).collect()
}

fn seconds(duration: Duration) -> String {
    duration.seconds().to_string()
}

#[test]
fn the_longest_enabled_track_decides_whatever_the_header_says() {
    let facts = inspect(&movie(&[TestTrack::video(), TestTrack::audio()]));
    assert_eq!(facts.format, Format::Mp4);
    assert_eq!(faults(&facts), []);
    let movie_facts = facts.movie.as_ref().unwrap();
    assert_eq!(movie_facts.tracks.iter().map(|t| t.kind).collect::<Vec<_>>(), [TrackKind::Video, TrackKind::Audio]);
    assert_eq!(movie_facts.duration.value().copied().map(seconds).as_deref(), Some("256/25"));
    assert_eq!(movie_facts.duration_track, Some(1));
    assert_eq!(movie_facts.declared_duration.value().copied().map(seconds).as_deref(), Some("99999/1000"));
    assert_eq!(movie_facts.moov_at_end.value(), Some(&true));
    let video = &movie_facts.tracks[0];
    assert_eq!(video.sample_bytes.value(), Some(&1000));
    assert_eq!(video.bit_rate.value().map(|rate| rate.0), Some(800));
    let rate = video.video.as_ref().unwrap().frame_rate.value().unwrap();
    assert_eq!((rate.frames, rate.average.to_string().as_str(), rate.uniform), (250, "25", true));

    let disabled = TestTrack { flags: 0, ..TestTrack::audio() };
    let facts = inspect(&movie(&[TestTrack::video(), disabled.clone()]));
    assert_eq!(facts.movie.unwrap().duration_track, Some(0), "a disabled track does not count");
    let facts = inspect(&movie(&[TestTrack { flags: 0, ..TestTrack::video() }, disabled]));
    assert_eq!(facts.movie.unwrap().duration_track, Some(1), "unless none is enabled");
}

#[test]
fn edit_lists_are_applied() {
    let edits = words(b"elst", &[2, 500, u32::MAX, 0x1_0000, 5000, 1024, 0x1_0000]);
    let facts = inspect(&movie(&[TestTrack { edits, ..TestTrack::video() }]));
    let track = &facts.movie.as_ref().unwrap().tracks[0];
    assert_eq!(track.duration.value().copied().map(seconds).as_deref(), Some("11/2"));
    assert_eq!(track.media_duration.value().copied().map(seconds).as_deref(), Some("10"));
    assert_eq!(track.edits.value(), Some(&2));
}

#[test]
fn a_damaged_track_does_not_lose_the_others() {
    let damaged = TestTrack { stts: vec![u32::MAX, 250, 512], ..TestTrack::video() };
    let still = TestTrack { timescale: 0, ..TestTrack::audio() };
    let facts = inspect(&movie(&[damaged, still, TestTrack::audio()]));
    let paths: Vec<_> = faults(&facts).into_iter().map(|(_, path)| path).collect();
    assert_eq!(paths, ["moov.trak[0].mdia.minf.stbl.stts.entry_count", "moov.trak[1].mdia.mdhd.timescale"]);
    let movie_facts = facts.movie.unwrap();
    assert_eq!(movie_facts.tracks.len(), 3);
    assert!(movie_facts.tracks[2].duration.value().is_some() && movie_facts.tracks[1].duration.value().is_none());
    assert!(movie_facts.duration.value().is_none(), "the longest is not known");
}

#[test]
fn samples_without_times_leave_time_unknown() {
    let facts = inspect(&movie(&[TestTrack { stts: vec![1, 100, 512], ..TestTrack::video() }]));
    assert_eq!(faults(&facts), [(AnomalyKind::Malformed, "moov.trak[0].mdia.minf.stbl.stts".to_owned())]);
    let track = &facts.movie.as_ref().unwrap().tracks[0];
    assert!(track.duration.value().is_none() && track.bit_rate.value().is_none());
    assert!(track.video.as_ref().unwrap().frame_rate.value().is_none());
    let facts = inspect(&movie(&[TestTrack { stts: vec![1, 249, 512], ..TestTrack::video() }]));
    assert_eq!(faults(&facts), [], "one sample less is a writer's rounding");
    assert!(facts.movie.unwrap().duration.value().is_some());
}

#[test]
fn media_past_the_end_is_a_truncation() {
    let facts = inspect(&movie(&[TestTrack { offset: 100_000, ..TestTrack::video() }]));
    assert_eq!(faults(&facts), [(AnomalyKind::Truncated, "moov.trak[0].mdia.minf.stbl.stco.chunk_offset".to_owned())]);
    let track = &facts.movie.unwrap().tracks[0];
    assert!(track.duration.value().is_some(), "the tables still tell");
}

#[test]
fn a_file_without_a_movie_is_malformed_or_cut() {
    let whole = movie(&[TestTrack::video()]);
    let moov = whole.len() - 2000;
    let facts = inspect(&whole[..2000]);
    assert_eq!(faults(&facts), [(AnomalyKind::Malformed, "moov".to_owned())]);
    assert!(facts.movie.is_none());
    for length in [1999, 2008, 2000 + moov / 2, whole.len() - 1] {
        let faults = faults(&inspect(&whole[..length]));
        assert_eq!(faults.len(), 1, "{length}");
        assert_eq!(faults[0].0, AnomalyKind::Truncated, "{length}");
    }
    let facts = inspect(&boxed(b"moof", &words(b"mfhd", &[1])));
    assert_eq!(faults(&facts), [(AnomalyKind::Malformed, "moov".to_owned())]);
    assert_eq!(facts.movie.map(|movie| movie.fragments), Some(1));
}

#[test]
fn images_in_the_same_container_are_no_movies() {
    let heic = boxed(b"ftyp", b"heic\0\0\0\0mif1heic");
    let avif = boxed(b"ftyp", b"mif1\0\0\0\0mif1avif");
    for (bytes, format) in [(heic, Format::Heic), (avif, Format::Avif)] {
        let facts = inspect(&bytes);
        assert_eq!((facts.format, facts.movie.is_none(), facts.anomalies.len()), (format, true, 0));
    }
}

#[test]
fn a_movie_without_ftyp_is_quicktime() {
    let whole = movie(&[TestTrack::video()]);
    assert_eq!(inspect(&whole[32..]).format, Format::QuickTime);
    let brand = boxed(b"ftyp", b"qt  \0\0\x02\0qt  ");
    assert_eq!(inspect(&[&brand[..], &whole[32..]].concat()).format, Format::QuickTime);
}

/// A movie of fragments of ten frames that begin at `times`.
fn fragmented(times: &[u32]) -> Vec<u8> {
    let trex = words(b"trex", &[1, 1, 512, 4, 0x1_0000]);
    let track = TestTrack { sizes: vec![], stts: vec![0], ..TestTrack::video() };
    let moov = boxed(b"moov", &[words(b"mvhd", &[0, 0, 1000, 0]), track.trak(1), boxed(b"mvex", &trex)].concat());
    let fragment = |time: u32| {
        let tfhd = [&b"\0\0\0\x10tfhd\0\x02\0\0"[..], &1_u32.to_be_bytes()].concat();
        let trun = [&b"\0\0\0\x14trun\0\0\0\x01"[..], &10_u32.to_be_bytes(), &92_u32.to_be_bytes()].concat();
        let traf = boxed(b"traf", &[tfhd, words(b"tfdt", &[time]), trun].concat());
        [boxed(b"moof", &[words(b"mfhd", &[1]), traf].concat()), boxed(b"mdat", &[0; 40])].concat()
    };
    let ftyp = boxed(b"ftyp", b"isom\0\0\x02\0iso5");
    let fragments: Vec<u8> = times.iter().flat_map(|&time| fragment(time)).collect();
    [ftyp, moov, fragments].concat()
}

#[test]
fn fragments_add_to_the_tables() {
    // Ten frames from 0, then a gap of one frame, then ten more.
    let bytes = fragmented(&[0, 11 * 512]);
    let facts = inspect(&bytes);
    let missing = "moov.trak[0].mdia.minf.stbl.stsd";
    assert!(facts.anomalies.iter().all(|a| a.at.path.to_string() == missing), "{:?}", facts.anomalies);
    let movie_facts = facts.movie.as_ref().unwrap();
    assert_eq!((movie_facts.fragments, movie_facts.fragmented.value()), (2, Some(&true)));
    let track = &movie_facts.tracks[0];
    assert_eq!((track.samples.value(), track.sample_bytes.value()), (Some(&20), Some(&80)));
    assert_eq!(track.duration.value().copied().map(seconds).as_deref(), Some("21/25"), "the gap counts");
    let rate = track.video.as_ref().unwrap().frame_rate.value().unwrap();
    assert_eq!((rate.average.to_string().as_str(), rate.uniform), ("95/4", false), "{rate:?}");
    let cut = inspect(&bytes[..bytes.len() - 1]);
    let kinds: Vec<_> = cut.anomalies.iter().map(|a| a.kind).filter(|&k| k == AnomalyKind::Truncated).collect();
    assert_eq!(kinds.len(), 2, "the box and the sample");
}

#[test]
fn a_compressed_movie_is_unpacked() {
    let whole = movie(&[TestTrack::video(), TestTrack::audio()]);
    let (media, moov) = whole.split_at(2000);
    let mut packed = (moov.len() as u32).to_be_bytes().to_vec();
    packed.extend(miniz_oxide::deflate::compress_to_vec_zlib(moov, 6));
    let cmov = boxed(b"cmov", &[boxed(b"dcom", b"zlib"), boxed(b"cmvd", &packed)].concat());
    let bytes = [media, &boxed(b"moov", &cmov)].concat();
    let facts = inspect(&bytes);
    assert_eq!(faults(&facts), []);
    let track = &facts.movie.as_ref().unwrap().tracks[1];
    assert_eq!(track.duration.evidence().map(|at| at.offset), Some(2008), "everything stands in the box cmov");
    let duration = facts.movie.as_ref().unwrap().duration.value().copied().map(seconds);
    assert_eq!(duration.as_deref(), Some("256/25"));
    let mut damaged = bytes;
    let last = damaged.len() - 40;
    damaged[last..].fill(0xff);
    assert_eq!(faults(&inspect(&damaged)), [(AnomalyKind::Malformed, "moov.cmov.cmvd".to_owned())]);
}

struct Counting<'b> {
    bytes: &'b [u8],
    read: RefCell<Vec<(u64, u64)>>,
}

impl Source for Counting<'_> {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.read.borrow_mut().push((offset, buffer.len() as u64));
        self.bytes.read_at(offset, buffer)
    }
}

#[test]
fn only_headers_and_the_movie_are_read() {
    let whole = movie(&[TestTrack::video(), TestTrack::audio()]);
    let bytes = [&whole[..], &boxed(b"free", &[0; 1000])].concat();
    let source = Counting { bytes: &bytes, read: RefCell::default() };
    crate::syntax::inspect(&source, Limits::default()).unwrap();
    let moov = whole.len() as u64 - 2000;
    // The first bytes tell the type and hold the headers of ftyp and mdat.
    let expected = [(0, 64), (2000, 8), (2000 + moov, 8), (2008, moov - 8)];
    assert_eq!(*source.read.borrow(), expected);
}

#[test]
fn many_boxes_and_many_tracks_end_by_budget() {
    let bytes = [boxed(b"ftyp", b"isom\0\0\0\0"), b"\0\0\0\x08free".repeat(100_000)].concat();
    let limits = Limits { items: 50_000, ..Limits::default() };
    let facts = crate::syntax::inspect(&bytes, limits).unwrap();
    assert_eq!(facts.anomalies.last().map(|a| a.kind), Some(AnomalyKind::BudgetExceeded));
    let bytes = boxed(b"moov", &b"\0\0\0\x08trak".repeat(100_000));
    assert_eq!(inspect(&bytes).anomalies.last().map(|a| a.kind), Some(AnomalyKind::BudgetExceeded));
}

#[test]
fn every_prefix_of_a_movie_is_answered() {
    let whole = movie(&[TestTrack { sizes: vec![4; 3], stts: vec![1, 3, 512], ..TestTrack::video() }]);
    let front = [&whole[2000..], &whole[32..2000]].concat();
    for length in 8..whole.len() {
        assert!(!inspect(&whole[..length]).anomalies.is_empty());
        inspect(&front[..length.min(front.len())]);
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        inspect(&boxed(b"moov", &bytes));
        inspect(&[&b"\0\0\0\x08ftyp"[..], &bytes].concat());
    }

    #[test]
    fn damaged_movies_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        sizes in 1_usize..20,
    ) {
        let edits = words(b"elst", &[1, 5000, 1024, 0x1_0000]);
        let sizes = vec![4; sizes];
        let video = TestTrack { sizes, edits, stts: vec![2, 3, 512, 9, 100], ..TestTrack::video() };
        let mut bytes = movie(&[video, TestTrack { sizes: vec![2; 5], ..TestTrack::audio() }]);
        let moov = bytes.split_off(2000);
        let mut bytes = [&bytes[..64], &moov].concat();
        for (index, value) in damage {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        inspect(&bytes);
    }

    #[test]
    fn damaged_fragments_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        times in prop::collection::vec(any::<u32>(), 1..4),
    ) {
        let mut bytes = fragmented(&times);
        for (index, value) in damage {
            let at = index.index(bytes.len());
            bytes[at] = value;
        }
        inspect(&bytes);
    }
}
