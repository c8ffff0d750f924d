//! Files built element by element, as RFC 9559 lays them out.

use super::*;
use crate::facts::{AnomalyKind, Format, TrackKind};
use crate::input::{Extras, Limits};
use crate::syntax::inspect_with;
use crate::units::{Dimensions, Duration, Ratio};

/// An element with a size of eight bytes, as writers leave room for.
fn element(id: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = header(id);
    bytes.extend((1_u64 << 56 | data.len() as u64).to_be_bytes());
    bytes.extend(data);
    bytes
}

fn header(id: u32) -> Vec<u8> {
    id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect()
}

/// An element whose size is not known.
fn endless(id: u32, data: &[u8]) -> Vec<u8> {
    [header(id), vec![0xff], data.to_vec()].concat()
}

fn number(id: u32, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

fn block(id: u32, track: u8, time: i16, flags: u8, data: &[u8]) -> Vec<u8> {
    element(id, &[&[0x80 | track][..], &time.to_be_bytes(), &[flags], data].concat())
}

const KEY: u8 = 0x80;

/// A film of VP8, 160x90 shown as 213x90, and Opus in English and German, the second of which is not the default.
fn tracks() -> Vec<u8> {
    let colour =
        [number(ids::PRIMARIES, 9), number(ids::TRANSFER_CHARACTERISTICS, 16), number(ids::MATRIX_COEFFICIENTS, 9)];
    let colour = [colour.concat(), number(ids::RANGE, 1)].concat();
    let video = [
        number(ids::PIXEL_WIDTH, 160),
        number(ids::PIXEL_HEIGHT, 90),
        number(ids::DISPLAY_WIDTH, 213),
        number(ids::DISPLAY_HEIGHT, 90),
        element(ids::COLOUR, &colour),
    ];
    let audio = [element(ids::SAMPLING_FREQUENCY, &48_000.0_f64.to_be_bytes()), number(ids::CHANNELS, 2)];
    let entry = |track: u64, kind: u64, codec: &[u8], more: Vec<u8>| {
        let head = [number(ids::TRACK_NUMBER, track), number(ids::TRACK_TYPE, kind), element(ids::CODEC_ID, codec)];
        element(ids::TRACK_ENTRY, &[head.concat(), more].concat())
    };
    let german = [
        element(ids::LANGUAGE, b"ger"),
        element(ids::LANGUAGE_BCP47, b"de"),
        number(ids::FLAG_DEFAULT, 0),
        element(ids::AUDIO, &audio.concat()),
    ];
    let english = [
        number(ids::CODEC_DELAY, 6_500_000),
        number(ids::DEFAULT_DURATION, 20_000_000),
        element(ids::AUDIO, &audio.concat()),
    ];
    let entries = [
        entry(1, 1, b"V_VP8", element(ids::VIDEO, &video.concat())),
        entry(2, 2, b"A_OPUS", english.concat()),
        entry(3, 2, b"A_OPUS", german.concat()),
    ];
    element(ids::TRACKS, &entries.concat())
}

/// Two clusters: pictures at 40, 80, 120, 160 and 200 ms, the third and fourth out of order; four frames of sound in one lace, and one.
fn clusters() -> [Vec<u8>; 2] {
    let lace = [&[3, 10, 10, 10][..], &[0; 40]].concat();
    let first = [
        number(ids::TIMESTAMP, 40),
        block(ids::SIMPLE_BLOCK, 1, 0, KEY, &[1; 100]),
        block(ids::SIMPLE_BLOCK, 2, -40, KEY | 0x02, &lace),
        block(ids::SIMPLE_BLOCK, 1, 40, 0, &[1; 50]),
        block(ids::SIMPLE_BLOCK, 9, 40, 0, &[1; 50]),
    ];
    let group =
        [block(ids::BLOCK, 1, -40, 0, &[1; 30]), number(ids::BLOCK_DURATION, 40), number(ids::REFERENCE_BLOCK, 1)];
    let second = [
        number(ids::TIMESTAMP, 160),
        block(ids::SIMPLE_BLOCK, 1, 0, 0, &[1; 50]),
        element(ids::BLOCK_GROUP, &group.concat()),
        element(ids::BLOCK_GROUP, &block(ids::BLOCK, 1, 40, 0, &[1; 70])),
        block(ids::SIMPLE_BLOCK, 2, -80, KEY, &[2; 10]),
    ];
    [first.concat(), second.concat()]
}

fn ebml(document: &[u8]) -> Vec<u8> {
    let size = |bytes: &[u8]| 0x80 | bytes.len() as u8;
    let document = [&[0x42, 0x82, size(document)][..], document].concat();
    [&[0x1a, 0x45, 0xdf, 0xa3, size(&document)][..], &document].concat()
}

fn info() -> Vec<u8> {
    element(ids::INFO, &[number(ids::TIMESTAMP_SCALE, 1_000_000), element(ids::TITLE, b"A title")].concat())
}

fn film() -> Vec<u8> {
    let [first, second] = clusters();
    let simple = |name: &[u8], text: &[u8]| {
        element(ids::SIMPLE_TAG, &[element(ids::TAG_NAME, name), element(ids::TAG_STRING, text)].concat())
    };
    let of_track = element(ids::TARGETS, &number(ids::TAG_TRACK_UID, 5));
    let tags = [
        element(
            ids::TAG,
            &[element(ids::TARGETS, &[]), simple(b"COMMENT", b"Hello"), simple(b"LOCATION", b"+48.1+011.5/")].concat(),
        ),
        element(ids::TAG, &[of_track, simple(b"DURATION", b"00:00:00.24")].concat()),
    ];
    let segment = [
        element(0xec, &[0; 20]),
        info(),
        tracks(),
        element(ids::CLUSTER, &first),
        element(ids::CLUSTER, &second),
        element(ids::TAGS, &tags.concat()),
    ];
    [ebml(b"matroska"), element(ids::SEGMENT, &segment.concat())].concat()
}

fn read(bytes: &[u8]) -> Facts {
    inspect_with(&bytes, Limits::default(), Extras::COMPARISON).unwrap()
}

#[test]
fn a_film_is_read_with_its_times_shapes_and_words() {
    let bytes = film();
    let facts = read(&bytes);
    assert_eq!((facts.format, facts.anomalies.len()), (Format::Matroska, 0), "{:?}", facts.anomalies);
    let movie = facts.movie.unwrap();
    assert_eq!(movie.tracks.len(), 3);

    let video = movie.video_track().unwrap();
    assert_eq!(video.codec.value().unwrap().name, "VP8");
    let presentation = video.presentation.value().unwrap();
    let millis = Duration::from_millis;
    assert_eq!((presentation.start, presentation.length), (millis(40), millis(200)));
    let frames = presentation.frames.value().unwrap();
    assert_eq!((frames.timescale, frames.times.as_slice()), (1000, &[0, 40, 80, 120, 160][..]));
    assert_eq!((frames.sync_samples, frames.longest_sync_interval), (2, 4));
    let pictures = video.video.as_deref().unwrap();
    assert_eq!(pictures.dimensions.value(), Some(&Dimensions::new(160, 90)));
    assert_eq!(pictures.pixel_aspect().value(), Ratio::new(213, 160).as_ref());
    let colour = pictures.colour.value().unwrap();
    assert_eq!((colour.primaries, colour.transfer, colour.matrix, colour.full_range), (9, 16, 9, false));
    assert_eq!(pictures.frame_rate.value().unwrap().average, Ratio::whole(25));
    let (samples, sum) = (video.samples.value().unwrap(), video.sample_bytes.value().unwrap());
    assert_eq!((*samples, *sum), (5, 300));

    let sounds: Vec<_> = movie.sounds().collect();
    let english = sounds[0];
    assert!(english.is_enabled() && !sounds[1].is_enabled(), "the default track of a kind is the one that is heard");
    assert_eq!(english.language.value().unwrap(), "eng", "what a file does not say is English");
    assert_eq!(sounds[1].language.value().unwrap(), "de");
    assert_eq!((english.samples.value(), english.sample_bytes.value()), (Some(&5), Some(&50)));
    let presentation = english.presentation.value().unwrap();
    // Five frames of 20 ms, of which the delay of the codec, here 7 of its ticks, is not heard.
    assert_eq!((presentation.start, presentation.length, presentation.skipped), (millis(0), millis(93), millis(7)));
    let audio = english.audio.as_deref().unwrap();
    assert_eq!((audio.sample_rate.value(), audio.channels.value()), (Some(&48_000), Some(&2)));

    assert_eq!(movie.duration.value(), Some(&millis(240)));
    assert_eq!(movie.location.value().unwrap(), "+48.1+011.5/");
    let tags: Vec<_> = movie.tags.iter().flatten().map(|tag| (tag.name.as_str(), tag.text.as_str())).collect();
    assert_eq!(tags, [("title", "A title"), ("comment", "Hello"), ("location", "+48.1+011.5/")]);
    let at = video.video.as_deref().unwrap().dimensions.evidence().unwrap();
    assert_eq!(at.path.to_string(), "Segment.Tracks.TrackEntry[0].Video.PixelWidth");
    assert_eq!(bytes[usize::try_from(at.offset).unwrap() + 7], 160);
}

#[test]
fn rules_need_none_of_it() {
    let facts = inspect_with(&film().as_slice(), Limits::default(), Extras::default()).unwrap();
    assert!(facts.movie.is_none() && facts.anomalies.is_empty());
    assert_eq!(facts.format, Format::Matroska);
}

#[test]
fn a_live_stream_has_sizes_that_nobody_knows() {
    let [first, second] = clusters();
    let body =
        [info(), tracks(), endless(ids::CLUSTER, &first), endless(ids::CLUSTER, &second), element(ids::CUES, &[])];
    let live = [ebml(b"webm"), endless(ids::SEGMENT, &body.concat())].concat();
    let (facts, whole) = (read(&live), read(&film()));
    assert_eq!((facts.format, facts.anomalies.len()), (Format::WebM, 0));
    let samples = |facts: &Facts| {
        facts.movie.as_ref().unwrap().tracks.iter().map(|t| t.samples.value().copied()).collect::<Vec<_>>()
    };
    assert_eq!(samples(&facts), samples(&whole));
}

#[test]
fn clocks_that_do_not_divide_a_second_count_microseconds() {
    let bytes = film();
    let scale = 1_000_000_u64.to_be_bytes();
    let place = bytes.windows(8).position(|window| window == scale).unwrap();
    for (scale, timescale, interval) in [(22_676_u64, 1_000_000, 907), (100_000, 10_000, 40), (1000, 1_000_000, 40)] {
        let mut changed = bytes.clone();
        changed[place..place + 8].copy_from_slice(&scale.to_be_bytes());
        let facts = read(&changed);
        let track = facts.movie.as_ref().unwrap().video_track().unwrap();
        let frames = track.presentation.value().unwrap().frames.value().unwrap();
        assert_eq!((frames.timescale, frames.times[1]), (timescale, interval), "{scale}");
    }
}

#[test]
fn what_is_packed_or_encrypted_has_no_sizes() {
    let packed = element(0x5034, &[]);
    for (inner, encrypted) in [(packed, false), (element(ids::CONTENT_ENCRYPTION, &[]), true)] {
        let encoding = element(ids::CONTENT_ENCODINGS, &element(ids::CONTENT_ENCODING, &inner));
        let entry =
            [number(ids::TRACK_NUMBER, 1), number(ids::TRACK_TYPE, 1), element(ids::CODEC_ID, b"V_VP8"), encoding];
        let tracks = element(ids::TRACKS, &element(ids::TRACK_ENTRY, &entry.concat()));
        let segment = [tracks, element(ids::CLUSTER, &clusters()[0])].concat();
        let facts = read(&[ebml(b"matroska"), element(ids::SEGMENT, &segment)].concat());
        let movie = facts.movie.unwrap();
        let track = movie.video_track().unwrap();
        assert_eq!(track.codec.value().unwrap().encrypted, encrypted);
        assert_eq!((track.samples.value(), track.sample_bytes.value()), (Some(&2), None));
    }
}

#[test]
fn a_cut_file_keeps_what_was_read_and_says_that_it_is_cut() {
    let bytes = film();
    let tracks_end = bytes.windows(4).position(|window| window == ids::CLUSTER.to_be_bytes()).unwrap();
    let mut most = 0;
    for length in 64..bytes.len() {
        let facts = read(&bytes[..length]);
        let damage = |kind| facts.anomalies.iter().any(|anomaly| anomaly.kind == kind);
        assert!(damage(AnomalyKind::Truncated) || damage(AnomalyKind::Malformed), "{length}: {:?}", facts.anomalies);
        let Some(movie) = &facts.movie else {
            assert!(length < tracks_end, "{length}");
            continue;
        };
        assert_eq!(movie.tracks.len(), 3, "{length}");
        let samples = movie.tracks[0].samples.value().copied().unwrap();
        assert!(samples >= most, "{length}: {samples}, before {most}: {:?}", facts.anomalies);
        most = samples;
    }
    assert_eq!(most, 5);
}

#[test]
fn hostile_sizes_cost_nothing() {
    let huge = |id: u32| [header(id), vec![0x01, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]].concat();
    for body in [
        huge(ids::TRACKS),
        [tracks(), huge(ids::CLUSTER)].concat(),
        [tracks(), element(ids::CLUSTER, &huge(ids::SIMPLE_BLOCK))].concat(),
        [tracks(), element(ids::CLUSTER, &huge(ids::BLOCK_GROUP))].concat(),
        [tracks(), element(ids::CLUSTER, &endless(ids::SIMPLE_BLOCK, &[0x81]))].concat(),
        [tracks(), element(ids::CLUSTER, &element(ids::SIMPLE_BLOCK, &[]))].concat(),
        [tracks(), element(ids::CLUSTER, &block(ids::SIMPLE_BLOCK, 1, 0, 0x06, &[255]))].concat(),
        [endless(ids::CLUSTER, &[]), tracks()].concat(),
        element(ids::TRACKS, &element(ids::TRACK_ENTRY, &huge(ids::VIDEO))),
        Vec::new(),
    ] {
        let facts = read(&[ebml(b"matroska"), element(ids::SEGMENT, &body)].concat());
        assert!(!facts.anomalies.is_empty(), "{body:x?}");
    }
    let nested = (0..40_000).fold(Vec::new(), |inner: Vec<u8>, _| [vec![0xa0, 0x80], inner].concat());
    let many =
        [ebml(b"matroska"), element(ids::SEGMENT, &[tracks(), element(ids::CLUSTER, &nested)].concat())].concat();
    let limits = Limits { items: 1000, ..Limits::default() };
    let facts = inspect_with(&many.as_slice(), limits, Extras::COMPARISON).unwrap();
    assert_eq!(facts.anomalies[0].kind, AnomalyKind::BudgetExceeded);
}

#[test]
fn kinds_of_tracks_are_told_apart() {
    let entry = |kind: u64| element(ids::TRACK_ENTRY, &number(ids::TRACK_TYPE, kind));
    let tracks = element(ids::TRACKS, &[entry(1), entry(2), entry(17), entry(33)].concat());
    let facts = read(&[ebml(b"matroska"), element(ids::SEGMENT, &tracks)].concat());
    let kinds: Vec<_> = facts.movie.unwrap().tracks.iter().map(|track| track.kind).collect();
    assert_eq!(kinds, [TrackKind::Video, TrackKind::Audio, TrackKind::Subtitle, TrackKind::Data]);
}

proptest::proptest! {
    #[test]
    fn changed_bytes_never_panic(place in 0..2000_usize, byte in proptest::prelude::any::<u8>()) {
        let mut bytes = film();
        let place = place % bytes.len();
        bytes[place] = byte;
        let _ = read(&bytes);
    }
}
