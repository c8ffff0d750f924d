use std::fmt::Write;

use proptest::prelude::*;

use crate::facts::{CaptionFaultKind as Kind, Captions, Evidence, Fact, Facts, Format, TextEncoding};
use crate::input::Limits;
use crate::syntax::inspect;
use crate::units::Duration;

const SOUND: &str = "1\n00:00:01,000 --> 00:00:02,500\nHello\n\n2\n00:00:02,500 --> 00:01:00,000\nTwo\nlines\n";

fn facts(bytes: &[u8]) -> Facts {
    inspect(&bytes.to_vec(), Limits::default()).unwrap()
}

fn read(text: &str) -> Captions {
    let facts = facts(text.as_bytes());
    assert_eq!(facts.format, Format::Srt, "{text:?}");
    assert_eq!(facts.anomalies, []);
    *facts.captions.unwrap()
}

/// Kind, line and column of each fault.
fn faults(text: &str) -> Vec<(Kind, u64, u64)> {
    let captions = read(text);
    assert_eq!(captions.fault_count, captions.faults.len() as u64);
    captions.faults.iter().map(|fault| (fault.kind, fault.line, fault.column)).collect()
}

#[test]
fn sound_captions_have_no_fault() {
    let captions = read(SOUND);
    assert_eq!(captions.encoding.value(), Some(&TextEncoding::Utf8));
    assert_eq!(captions.cues.value(), Some(&2));
    assert_eq!(captions.last_end.value(), Some(&Duration::from_millis(60_000)));
    let offset = SOUND.find("00:01:00").unwrap() as u64;
    assert_eq!(captions.last_end.evidence(), Some(&Evidence::new(offset, "cue[1].end")));
    assert_eq!(captions.faults, []);
}

#[test]
fn what_players_take_is_no_fault() {
    let cases = [
        ("CR LF", SOUND.replace('\n', "\r\n")),
        ("CR", SOUND.replace('\n', "\r")),
        ("no line end at the end", SOUND.trim_end().to_owned()),
        ("blank lines around cues", format!("\n \n{}\n\n\n", SOUND.replace("\n\n", "\n\n\t\n\n"))),
        ("counting from 0", SOUND.replace("1\n00:00:01", "0\n00:00:01").replace("2\n00:00:02", "1\n00:00:02")),
        ("leading zeros", SOUND.replace("1\n00:00:01", "001\n00:00:01")),
        ("spaces around", SOUND.replace("1\n00:00:01,000 -->", " 1 \n 00:00:01,000   -->\t")),
        ("coordinates", SOUND.replace(",500\nHello", ",500  X1:100 X2:600 Y1:050 Y2:100\nHello")),
        ("one digit of hours", SOUND.replace("00:00:0", "0:00:0")),
        ("three digits of hours", SOUND.replace("00:01:00,000", "100:01:00,000")),
        ("a text of digits", SOUND.replace("Hello", "42\n1999")),
        ("an arrow in the text", SOUND.replace("Hello", "Home --> away, 3 --> 4")),
        ("a blank line inside the text", SOUND.replace("Hello", "Hello\n\nagain\n\n7 dwarfs\n\n77")),
        ("an end at the start", SOUND.replace("00:00:02,500\nHello", "00:00:01,000\nHello")),
        ("the mark of DOS", format!("{SOUND}\x1a")),
        ("other scripts", SOUND.replace("Hello", "Привет 你好 👋")),
    ];
    for (what, text) in cases {
        assert_eq!(faults(&text), [], "{what}");
        assert_eq!(read(&text).cues.value(), Some(&2), "{what}");
    }
}

#[test]
fn faults_of_numbers_are_placed() {
    let cases = [
        ("not a number", SOUND.replace("2\n00:00:02", " two\n00:00:02"), vec![(Kind::Number, 5, 2)]),
        ("a negative number", SOUND.replace("2\n00:00:02", "-2\n00:00:02"), vec![(Kind::Number, 5, 1)]),
        ("no number", SOUND.replace("\n2\n00:00:02", "\n00:00:02"), vec![(Kind::Number, 5, 1)]),
        ("no number at first", SOUND.replace("1\n00:00:01", "00:00:01"), vec![(Kind::Number, 1, 1)]),
        ("a gap", SOUND.replace("2\n00:00:02", "3\n00:00:02"), vec![(Kind::NumberSequence, 5, 1)]),
        ("a repetition", SOUND.replace("2\n00:00:02", "1\n00:00:02"), vec![(Kind::NumberSequence, 5, 1)]),
        (
            "a wrong start",
            SOUND.replace("1\n00:00:01", "7\n00:00:01"),
            vec![(Kind::NumberSequence, 1, 1), (Kind::NumberSequence, 5, 1)],
        ),
        ("text in front", format!("By me\n\n{SOUND}"), vec![(Kind::Number, 1, 1)]),
    ];
    for (what, text, expected) in cases {
        assert_eq!(faults(&text), expected, "{what}");
    }
}

#[test]
fn faults_of_times_are_placed() {
    let cases = [
        ("a dot", "00:00:01.000 --> 00:00:02,500", 9),
        ("a dot in the end", "00:00:01,000 --> 00:00:02.500", 26),
        ("a short arrow", "00:00:01,000 -> 00:00:02,500", 14),
        ("no arrow", "00:00:01,000 00:00:02,500", 14),
        ("60 minutes", "00:60:01,000 --> 01:00:02,500", 4),
        ("60 seconds", "00:00:60,000 --> 00:01:02,500", 7),
        ("one digit of minutes", "00:0:01,000 --> 00:00:02,500", 4),
        ("two digits of milliseconds", "00:00:01,00 --> 00:00:02,500", 10),
        ("four digits of milliseconds", "00:00:01,0000 --> 00:00:02,500", 10),
        ("no milliseconds", "00:00:01 --> 00:00:02,500", 9),
        ("no hours", "00:01,000 --> 00:02,500", 6),
        ("no end", "00:00:01,000 -->", 17),
        ("words behind", "00:00:01,000 --> 00:00:02,500 align:start", 31),
        ("a negative time", "-00:00:01,000 --> 00:00:02,500", 1),
    ];
    for (what, line, column) in cases {
        let text = SOUND.replace("00:00:01,000 --> 00:00:02,500", line);
        assert_eq!(faults(&text), [(Kind::Times, 2, column)], "{what}");
        let missing = SOUND.replace("00:00:02,500 --> 00:01:00,000", line);
        assert_eq!(faults(&missing)[0], (Kind::Times, 6, column), "{what}, in the second cue");
    }
    assert_eq!(faults(&SOUND.replace("2\n00:00:02,500 --> 00:01:00,000\n", "2\n")), [(Kind::Times, 6, 1)]);
    assert_eq!(faults(&format!("{SOUND}\n3\n")), [(Kind::Times, 11, 1)]);
}

#[test]
fn missing_texts_and_blank_lines_are_placed() {
    assert_eq!(faults(&SOUND.replace("Hello\n", "")), [(Kind::MissingText, 3, 1)]);
    assert_eq!(faults(&SOUND.replace("Hello\n\n", "")), [(Kind::MissingText, 3, 1)]);
    assert_eq!(faults(&SOUND.replace("Two\nlines\n", "")), [(Kind::MissingText, 7, 1)]);
    assert_eq!(faults(SOUND.split("\nTwo").next().unwrap()), [(Kind::MissingText, 7, 1)]);
    assert_eq!(faults(&SOUND.replace("Hello\n\n", "Hello\n")), [(Kind::MissingBlankLine, 4, 1)]);
}

#[test]
fn faults_of_order_are_placed() {
    let back = SOUND.replace("00:00:02,500\nHello", "00:00:00,999\nHello");
    assert_eq!(faults(&back), [(Kind::EndBeforeStart, 2, 18)]);
    let overlap = SOUND.replace("00:00:02,500 --> 00:01", "00:00:02,499 --> 00:01");
    assert_eq!(faults(&overlap), [(Kind::Overlap, 6, 1)]);
    let early = SOUND.replace("00:00:02,500 --> 00:01", "00:00:00,999 --> 00:01");
    assert_eq!(faults(&early), [(Kind::OutOfOrder, 6, 1)]);
}

#[test]
fn control_characters_are_placed() {
    assert_eq!(faults(&SOUND.replace("Hello", "Hel\0lo")), [(Kind::Control, 3, 4)]);
}

#[test]
fn a_fault_shows_the_line_and_its_offset() {
    let captions = read(&SOUND.replace("Hello", "Привет").replace("2\n00:00:02,500 -->", "x\u{7}\n00:00:02.500 -->"));
    let [number, times] = captions.faults.as_slice() else { panic!("{:?}", captions.faults) };
    assert_eq!((number.expected.as_str(), number.actual.as_str()), ("2, the cue's number", "x\u{fffd}"));
    let start = "1\n00:00:01,000 --> 00:00:02,500\nПривет\n\n".len() as u64;
    assert_eq!(number.at.to_string(), format!("line 5 at offset {start}"));
    assert_eq!((times.line, times.column, times.at.offset), (6, 9, start + 3 + 8));
}

#[test]
fn every_encoding_is_told_and_read_on() {
    let text = SOUND.replace("Hello", "Grüße").replace("2\n00:00:02", "3\n00:00:02");
    let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let place = text.find("3\n00").unwrap() as u64;
    let cases = [
        (text.clone().into_bytes(), TextEncoding::Utf8, place, 0),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), TextEncoding::Utf8Bom, place + 3, 0),
        ([b"\xff\xfe", le.as_slice()].concat(), TextEncoding::Utf16Le, 2 + (place - 2) * 2, 0),
        ([b"\xfe\xff", be.as_slice()].concat(), TextEncoding::Utf16Be, 2 + (place - 2) * 2, 0),
        (le, TextEncoding::Utf16Le, (place - 2) * 2, 0),
        (be, TextEncoding::Utf16Be, (place - 2) * 2, 0),
        (latin, TextEncoding::SingleByte, place - 2, text.find('ü').unwrap() as u64),
    ];
    for (bytes, encoding, offset, shown_at) in cases {
        let facts = facts(&bytes);
        assert_eq!(facts.format, Format::Srt, "{encoding:?}");
        let captions = facts.captions.unwrap();
        assert_eq!(captions.encoding.value(), Some(&encoding));
        assert_eq!(captions.encoding.evidence().unwrap().offset, shown_at, "{encoding:?}");
        assert_eq!(captions.cues.value(), Some(&2));
        assert_eq!(captions.faults.len(), 1, "{:?}", captions.faults);
        assert_eq!(
            (captions.faults[0].kind, captions.faults[0].at.offset),
            (Kind::NumberSequence, offset),
            "{encoding:?}"
        );
    }
}

#[test]
fn the_first_faults_and_one_of_each_kind_are_kept() {
    let mut text = String::from("1\n");
    for second in 10..59 {
        write!(
            text,
            "00:{second}:00.000 --> 00:{second}:01.000\nx\n\n9\n00:{second}:01,000 --> 00:{second}:02,000\ny\n\n1\n"
        )
        .unwrap();
    }
    text += "00:59:00,000 --> 00:58:00,000\n";
    let captions = read(&text);
    assert!(captions.fault_count > 101);
    assert_eq!(captions.faults.len(), 102);
    assert_eq!(captions.faults[100].kind, Kind::EndBeforeStart);
    assert_eq!(captions.faults[101].kind, Kind::MissingText);
}

#[test]
fn webvtt_is_told_and_counted() {
    let text =
        "WEBVTT - title\n\nintro\n00:01.000 --> 00:02.000 align:start\nHi\n\n01:00:00.000 --> 01:00:01.500\nBye\n";
    for text in [text.to_owned(), format!("\u{feff}{text}")] {
        let facts = facts(text.as_bytes());
        assert_eq!(facts.format, Format::WebVtt);
        let captions = facts.captions.unwrap();
        assert_eq!(captions.cues.value(), Some(&2));
        assert_eq!(captions.last_end.value(), Some(&Duration::from_millis(3_601_500)));
        assert_eq!(captions.faults, []);
    }
    assert_eq!(facts(b"WEBVTT").captions.unwrap().last_end, Fact::Absent);
    assert_eq!(facts(b"WEBVTTX").format, Format::Unknown);
}

#[test]
fn other_text_is_unknown() {
    let cases: [&[u8]; 10] = [
        b"\n",
        b"Hello world\n",
        b"1\nHello\n",
        b"<!-- 1 --> text 2\n",
        b"A --> B\n1 --> 2\n",
        b"{1}{25}MicroDVD\n",
        b"0:00:01.000,0:00:02.000\nSBV\n",
        b"{\"a\": 1}\n",
        b"\0\0\0\0\0\0\0\0",
        b"12\n30\n",
    ];
    for text in cases {
        assert_eq!(facts(text).format, Format::Unknown, "{text:?}");
    }
    let late = format!("{}{SOUND}", "words\n".repeat(60));
    assert_eq!(facts(late.as_bytes()).format, Format::Unknown);
    assert_eq!(facts(b"1\n00:00:01,000 -> 00:00:02,000\nHi\n").format, Format::Srt, "a damaged arrow");
    assert_eq!(facts(b"1\n00:00:01,000\nHi\n").format, Format::Srt, "a damaged time line");
}

#[test]
fn captions_longer_than_the_budget_are_undecided() {
    let limits = Limits { structure_bytes: 9000, ..Limits::default() };
    let long = SOUND.repeat(1000).into_bytes();
    let facts = inspect(&long, limits).unwrap();
    assert_eq!(facts.format, Format::Srt);
    assert!(matches!(facts.captions.unwrap().cues, Fact::Unknown(_)));
    assert_eq!(facts.anomalies.len(), 1);
}

proptest! {
    #[test]
    fn written_cues_are_read_exactly(
        cues in proptest::collection::vec((0..5000_u64, 0..5000_u64, "[a-z]{1,9}(\n[a-z]{1,9}){0,2}"), 1..30),
    ) {
        let time = |t: u64| format!("{:02}:{:02}:{:02},{:03}", t / 3_600_000, t / 60_000 % 60, t / 1000 % 60, t % 1000);
        let (mut text, mut clock) = (String::new(), 0);
        for (index, (pause, length, words)) in cues.iter().enumerate() {
            let (start, end) = (clock + pause, clock + pause + length);
            write!(text, "{}\n{} --> {}\n{words}\n\n", index + 1, time(start), time(end)).unwrap();
            clock = end;
        }
        let captions = read(&text);
        prop_assert_eq!(&captions.faults, &[]);
        prop_assert_eq!(captions.cues.value(), Some(&(cues.len() as u64)));
        prop_assert_eq!(captions.last_end.value(), Some(&Duration::from_millis(clock)));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        facts(&bytes);
        facts(&[SOUND.as_bytes(), &bytes].concat());
        facts(&[b"\xff\xfe1\0\n\x000\0:\x001\0-\0-\0>\x002\0:\x003\0", bytes.as_slice()].concat());
    }

    #[test]
    fn arbitrary_lines_never_panic(lines in proptest::collection::vec(
        "[0-9]{0,3}|[0-9:,. >-]{0,30}|[a-z\u{0}é]{0,5}|00:00:0[0-9],000 --> 00:00:0[0-9],000", 0..20,
    )) {
        let text = format!("{SOUND}\n{}", lines.join("\n"));
        let captions = read(&text);
        for fault in &captions.faults {
            prop_assert!(fault.at.offset <= text.len() as u64);
            prop_assert!(fault.line >= 1 && fault.column >= 1);
        }
    }
}
