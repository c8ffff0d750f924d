//! Byte literals follow the syntax of GIF89a; the image data is that of a 1x1 image of one colour.

use std::cell::RefCell;

use proptest::prelude::*;

use crate::facts::{Animation, AnomalyKind, Fact, Facts, Format};
use crate::input::{Limits, Source, SourceError};
use crate::syntax::inspect;
use crate::units::{Dimensions, Duration};

/// Header, a 3x2 screen and a global colour table of two colours.
const HEAD: &[u8] = b"GIF89a\x03\0\x02\0\x80\0\0\0\0\0\xff\xff\xff";
/// A 1x1 frame at 0,0: descriptor, code size, one sub-block, terminator.
const FRAME: &[u8] = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
/// A graphic control extension with a delay of 0.2 s.
const CONTROL: &[u8] = b"\x21\xf9\x04\0\x14\0\0\0";
const LOOP_FOREVER: &[u8] = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0";
const LOOP_TWICE: &[u8] = b"\x21\xff\x0bANIMEXTS1.0\x03\x01\x01\0\0";
const COMMENT: &[u8] = b"\x21\xfe\x02hi\0";
const TRAILER: &[u8] = b"\x3b";

fn read(parts: &[&[u8]]) -> Facts {
    inspect(&parts.concat(), Limits::default()).unwrap()
}

fn animation(facts: &Facts) -> &Animation {
    facts.animation.as_deref().unwrap()
}

fn dimensions(facts: &Facts) -> (Dimensions, String) {
    let fact = &facts.image.as_ref().unwrap().dimensions;
    (*fact.value().unwrap(), fact.evidence().unwrap().to_string())
}

#[test]
fn frames_delays_and_loops_are_read() {
    let facts = read(&[HEAD, LOOP_FOREVER, CONTROL, FRAME, COMMENT, CONTROL, FRAME, FRAME, TRAILER]);
    assert_eq!(facts.format, Format::Gif);
    assert_eq!(dimensions(&facts), (Dimensions::new(3, 2), "LSD.width at offset 6".to_owned()));
    let animation = animation(&facts);
    assert_eq!(animation.frames.value(), Some(&3));
    assert_eq!(animation.frames.evidence().unwrap().path.to_string(), "frame[2].descriptor");
    assert_eq!(animation.duration.value(), Some(&Duration::from_millis(400)));
    assert_eq!(animation.loop_count.value(), Some(&0));
    assert_eq!(animation.trailer.value(), Some(&true));
    assert_eq!((animation.bytes_after_trailer, animation.frames_outside_canvas), (0, 0));
    assert_eq!(facts.anomalies, []);
    assert!(facts.is_animated_gif());
}

#[test]
fn the_last_looping_extension_counts_even_behind_the_frames() {
    let facts = read(&[HEAD, LOOP_FOREVER, FRAME, FRAME, LOOP_TWICE, TRAILER]);
    let loop_count = &animation(&facts).loop_count;
    assert_eq!(loop_count.value(), Some(&2), "one repetition is two plays");
    let offset = HEAD.len() + LOOP_FOREVER.len() + 2 * FRAME.len() + 14 + 2;
    assert_eq!(loop_count.evidence().unwrap().offset, offset as u64);
    assert_eq!(animation(&read(&[HEAD, FRAME, TRAILER])).loop_count, Fact::Absent);
}

#[test]
fn the_first_frame_is_the_canvas_where_the_screen_is_empty() {
    let facts = read(&[b"GIF87a\0\0\0\0\0\0\0", b"\x2c\0\0\0\0\x05\0\x06\0\0\x02\x01\0\0", FRAME, TRAILER]);
    assert_eq!(dimensions(&facts), (Dimensions::new(5, 6), "frame[0].width at offset 18".to_owned()));
    assert_eq!(animation(&facts).frames_outside_canvas, 0);
}

#[test]
fn delays_count_as_browsers_show_them() {
    let control = |packed: u8, delay: u8| [b"\x21\xf9\x04".as_slice(), &[packed, delay, 0, 0, 0]].concat();
    for (delay, shown) in [(0, 10), (1, 10), (2, 2), (9, 9), (10, 10)] {
        let facts = read(&[HEAD, &control(0, 50), FRAME, &control(0, delay), FRAME, TRAILER]);
        let animation = animation(&facts);
        assert_eq!(animation.duration.value(), Some(&Duration::from_millis(500 + u64::from(delay) * 10)));
        assert_eq!(animation.last_shown.value(), Some(&Duration::from_millis(shown * 10)));
        assert_eq!(animation.shown.value(), Some(&Duration::from_millis(500 + shown * 10)));
    }
    let facts = read(&[HEAD, FRAME, FRAME, TRAILER]);
    assert_eq!(animation(&facts).shown.value(), Some(&Duration::from_millis(200)), "without a control extension");
}

#[test]
fn the_times_of_frames_are_read_where_they_are_asked_for() {
    use crate::input::Extras;
    let control = |delay: u8| [b"\x21\xf9\x04\0".as_slice(), &[delay, 0, 0, 0]].concat();
    let file = [HEAD, &control(3), FRAME, &control(0), FRAME, &control(7), FRAME, TRAILER].concat();
    let times = |bytes: &[u8], extras| {
        let facts = crate::syntax::inspect_with(&bytes, Limits::default(), extras).unwrap();
        facts.animation.unwrap().times.value().cloned()
    };
    assert_eq!(times(&file, Extras::COMPARISON), Some(vec![0, 3, 13]));
    assert_eq!(times(&file, Extras::NONE), None);
    assert_eq!(times(&file[..file.len() - 3], Extras::COMPARISON), None, "the last frame is cut");
}

#[test]
fn a_canvas_that_may_be_transparent_is_told_from_one_that_never_is() {
    let control = |packed: u8| [b"\x21\xf9\x04".as_slice(), &[packed, 10, 0, 0, 0]].concat();
    let full: &[u8] = b"\x2c\0\0\0\0\x03\0\x02\0\0\x02\x02\x44\x01\0";
    for (first, frame, second, is_transparent) in [
        (0, full, 0, false),
        // Later frames use transparency for what does not change.
        (0, full, 1, false),
        (0, FRAME, 0, true),
        (1, full, 0, true),
        (2 << 2, full, 0, true),
        (0, full, 2 << 2, true),
        (3 << 2, full, 0, true),
        (0, full, 3 << 2, false),
    ] {
        let facts = read(&[HEAD, &control(first), frame, &control(second), FRAME, TRAILER]);
        assert_eq!(animation(&facts).may_be_transparent, is_transparent, "{first} {second}");
    }
}

#[test]
fn frames_outside_the_canvas_are_counted() {
    let touching: &[u8] = b"\x2c\x02\0\x01\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    let right: &[u8] = b"\x2c\x03\0\x01\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    let below: &[u8] = b"\x2c\0\0\xff\xff\x01\0\x01\0\0\x02\x02\x44\x01\0";
    let facts = read(&[HEAD, FRAME, touching, right, below, TRAILER]);
    let animation = animation(&facts);
    assert_eq!((animation.frames_outside_canvas, animation.first_outside_canvas), (2, Some(2)));
    let offset = HEAD.len() + FRAME.len() + touching.len();
    let at = animation.outside_canvas_at.as_ref().unwrap();
    assert_eq!(at.to_string(), format!("frame[2].descriptor at offset {offset}"));
}

#[test]
fn a_local_colour_table_is_passed_over() {
    let local: &[u8] = b"\x2c\0\0\0\0\x01\0\x01\0\x81;;;,,,;;;,,,\x02\x02\x44\x01\0";
    let facts = read(&[HEAD, local, FRAME, TRAILER]);
    assert_eq!(animation(&facts).frames.value(), Some(&2));
    assert_eq!(facts.anomalies, []);
}

#[test]
fn unknown_extensions_and_padding_are_passed_over() {
    let facts = read(&[HEAD, b"\x21\x2a\x05Hello\x05World\0", FRAME, b"\0\0", FRAME, TRAILER]);
    assert_eq!(animation(&facts).frames.value(), Some(&2));
    let kinds: Vec<_> = facts.anomalies.iter().map(|anomaly| anomaly.kind).collect();
    assert_eq!(kinds, [AnomalyKind::Tolerated]);
}

#[test]
fn the_last_control_in_front_of_a_frame_gives_its_delay() {
    let other: &[u8] = b"\x21\xf9\x04\0\x1e\0\0\0";
    let plain_text: &[u8] = b"\x21\x01\x0c\0\0\0\0\0\0\0\0\x08\x08\0\0\x01x\0";
    let facts = read(&[HEAD, CONTROL, other, FRAME, CONTROL, plain_text, FRAME, TRAILER]);
    assert_eq!(animation(&facts).duration.value(), Some(&Duration::from_millis(300)));
}

#[test]
fn what_stands_behind_the_trailer_is_counted_apart() {
    let facts = read(&[HEAD, FRAME, TRAILER, FRAME, COMMENT, FRAME, TRAILER, b"junk"]);
    let animation = animation(&facts);
    assert_eq!(animation.frames.value(), Some(&1));
    assert_eq!(animation.frames_after_trailer, 2);
    assert_eq!(animation.bytes_after_trailer, (2 * FRAME.len() + COMMENT.len() + 1 + 4) as u64);
    assert_eq!(facts.anomalies, []);
}

#[test]
fn an_end_at_a_block_boundary_is_a_missing_trailer() {
    for parts in [&[HEAD, FRAME][..], &[HEAD, FRAME, FRAME, COMMENT], &[HEAD, FRAME, b"\0\0"]] {
        let facts = read(parts);
        let trailer = &animation(&facts).trailer;
        assert_eq!(trailer.value(), Some(&false));
        assert_eq!(trailer.evidence().unwrap().offset, facts.size);
        assert!(facts.anomalies.iter().all(|anomaly| anomaly.kind == AnomalyKind::Tolerated));
    }
}

#[test]
fn junk_behind_the_frames_is_a_missing_trailer() {
    let facts = read(&[HEAD, FRAME, FRAME, b"\xff\xd9 is no block"]);
    assert_eq!(animation(&facts).frames.value(), Some(&2));
    assert_eq!(animation(&facts).trailer.value(), Some(&false));
    assert_eq!(facts.anomalies.first().unwrap().kind, AnomalyKind::Tolerated);
}

#[test]
fn damage_between_frames_is_malformed() {
    let facts = read(&[HEAD, FRAME, b"\x7f", FRAME, TRAILER]);
    let anomaly = facts.anomalies.first().unwrap();
    assert_eq!((anomaly.kind, anomaly.at.offset), (AnomalyKind::Malformed, (HEAD.len() + FRAME.len()) as u64));
    assert_eq!(anomaly.actual, "0x7F");
    assert_eq!(animation(&facts).frames.value(), Some(&1));
    assert!(matches!(animation(&facts).trailer, Fact::Unknown(_)));
}

#[test]
fn a_file_without_frames_is_malformed() {
    for parts in [&[HEAD, TRAILER][..], &[HEAD, COMMENT, TRAILER], &[HEAD, b"\x7f"]] {
        let facts = read(parts);
        assert_eq!(facts.anomalies.first().unwrap().kind, AnomalyKind::Malformed);
        assert!(matches!(animation(&facts).frames, Fact::Unknown(_)));
    }
}

#[test]
fn every_cut_is_seen_for_what_it_is() {
    let parts = [HEAD, LOOP_FOREVER, CONTROL, FRAME, COMMENT, CONTROL, FRAME, TRAILER];
    let whole = parts.concat();
    // Offsets at which the blocks behind the first frame end, and no control extension waits for its image.
    let first = HEAD.len() + LOOP_FOREVER.len() + CONTROL.len() + FRAME.len();
    let boundaries = [first, first + COMMENT.len(), first + COMMENT.len() + CONTROL.len() + FRAME.len()];
    for length in 4..whole.len() {
        let facts = read(&[&whole[..length]]);
        assert_eq!(facts.format, Format::Gif, "cut to {length}");
        let kinds: Vec<_> = facts.anomalies.iter().map(|anomaly| anomaly.kind).collect();
        if boundaries.contains(&length) {
            assert_eq!(kinds, [], "cut to {length}");
            assert_eq!(animation(&facts).trailer.value(), Some(&false), "cut to {length}");
        } else {
            assert_eq!(kinds, [AnomalyKind::Truncated], "cut to {length}");
            let anomaly = &facts.anomalies[0];
            assert!(anomaly.at.offset <= length as u64, "cut to {length}: {anomaly:?}");
            assert!(matches!(animation(&facts).trailer, Fact::Unknown(_)), "cut to {length}");
        }
    }
}

#[test]
fn a_cut_inside_a_frame_names_it() {
    let facts = read(&[HEAD, FRAME, &FRAME[..FRAME.len() - 2]]);
    let anomaly = &facts.anomalies[0];
    let sub_block = HEAD.len() + FRAME.len() + 11;
    assert_eq!(anomaly.at.to_string(), format!("frame[1].image data at offset {sub_block}"));
    assert_eq!((&*anomaly.expected, &*anomaly.actual), ("3 bytes", "2 bytes"));
    assert_eq!(animation(&facts).frames.value(), Some(&2), "its descriptor is whole");
}

#[test]
fn sub_blocks_cross_the_buffer() {
    let mut long = [HEAD, b"\x2c\0\0\0\0\x01\0\x01\0\0\x02"].concat();
    for number in 0..3000 {
        long.push(255);
        long.resize(long.len() + 255, if number % 2 == 0 { 0x3b } else { 0 });
    }
    long.extend([0]);
    let whole = [&long, FRAME, TRAILER].concat();
    let source = Counting { bytes: whole, reads: RefCell::default() };
    let facts = inspect(&source, Limits::default()).unwrap();
    assert_eq!(animation(&facts).frames.value(), Some(&2));
    assert_eq!(facts.anomalies, []);
    let reads = source.reads.borrow();
    assert!(reads.len() <= 8, "{} reads", reads.len());
    let mut end = 0;
    for &(offset, length) in reads.iter() {
        assert!(offset >= end, "offset {offset} was read before");
        end = offset + length as u64;
    }
    let cut = inspect(&long[..long.len() - 100].to_vec(), Limits::default()).unwrap();
    assert_eq!(cut.anomalies[0].kind, AnomalyKind::Truncated);
}

struct Counting {
    bytes: Vec<u8>,
    reads: RefCell<Vec<(u64, usize)>>,
}

impl Source for Counting {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.reads.borrow_mut().push((offset, buffer.len()));
        self.bytes.read_at(offset, buffer)
    }
}

/// A frame of an animation that another writer makes.
#[derive(Clone, Debug)]
struct Made {
    size: (u16, u16),
    place: (u16, u16),
    delay: u16,
    local: bool,
    interlaced: bool,
}

fn made() -> impl Strategy<Value = Made> {
    ((1..40_u16, 1..40_u16), (0..30_u16, 0..30_u16), any::<u16>(), any::<bool>(), any::<bool>())
        .prop_map(|(size, place, delay, local, interlaced)| Made { size, place, delay, local, interlaced })
}

proptest! {
    #[test]
    fn another_writers_animations_are_read_exactly(
        screen in (1..60_u16, 1..60_u16),
        frames in proptest::collection::vec(made(), 1..12),
        repeats in proptest::option::of(any::<u16>()),
    ) {
        let mut bytes = Vec::new();
        let mut encoder = gif::Encoder::new(&mut bytes, screen.0, screen.1, &[0, 0, 0, 255, 255, 255]).unwrap();
        if let Some(repeats) = repeats {
            let repeat = if repeats == 0 { gif::Repeat::Infinite } else { gif::Repeat::Finite(repeats) };
            encoder.set_repeat(repeat).unwrap();
        }
        for made in &frames {
            encoder.write_frame(&gif::Frame {
                delay: made.delay,
                left: made.place.0,
                top: made.place.1,
                width: made.size.0,
                height: made.size.1,
                interlaced: made.interlaced,
                palette: made.local.then(|| vec![9; 6]),
                buffer: vec![1; usize::from(made.size.0) * usize::from(made.size.1)].into(),
                ..gif::Frame::default()
            }).unwrap();
        }
        drop(encoder);
        let facts = inspect(&bytes, Limits::default()).unwrap();
        prop_assert_eq!(&facts.anomalies, &[]);
        let animation = animation(&facts);
        prop_assert_eq!(dimensions(&facts).0, Dimensions::new(u32::from(screen.0), u32::from(screen.1)));
        prop_assert_eq!(animation.frames.value(), Some(&(frames.len() as u64)));
        let delays = frames.iter().map(|made| u64::from(made.delay)).sum();
        prop_assert_eq!(animation.duration.value().copied(), Duration::from_ticks(delays, 100));
        let plays = repeats.map(|repeats| if repeats == 0 { 0 } else { u32::from(repeats) + 1 });
        prop_assert_eq!(animation.loop_count.value(), plays.as_ref());
        prop_assert_eq!(animation.trailer.value(), Some(&true));
        let outside = frames.iter().filter(|made| {
            made.place.0 + made.size.0 > screen.0 || made.place.1 + made.size.1 > screen.1
        }).count();
        prop_assert_eq!(animation.frames_outside_canvas, outside as u64);
    }

    #[test]
    fn arbitrary_bytes_behind_a_header_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let facts = read(&[HEAD, &bytes]);
        prop_assert!(facts.image.is_some());
    }

    #[test]
    fn arbitrary_blocks_never_panic(blocks in proptest::collection::vec(0..6_usize, 0..20), flip in any::<(u16, u8)>()) {
        let kinds = [FRAME, CONTROL, LOOP_FOREVER, COMMENT, TRAILER, b"\0"];
        let mut bytes = HEAD.to_vec();
        for &kind in &blocks {
            bytes.extend(kinds[kind]);
        }
        let place = usize::from(flip.0) % bytes.len();
        bytes[place] ^= flip.1;
        read(&[&bytes]);
    }
}
