//! Writes captions anew: counted, in order, as UTF-8.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::plan::{Action, Captions as How};
use crate::facts::TextEncoding;

/// Why captions cannot be written anew.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaptionError {
    /// The text is not in the encoding that it seemed to be in.
    #[error("the text has bytes that are no {0}")]
    Encoding(&'static str),
    /// The times of a cue cannot be read.
    #[error("line {line}: expected times such as 00:00:01,000 --> 00:00:02,000, found {found:?}")]
    Times {
        /// Line, counted from 1.
        line: usize,
        /// What the line holds.
        found: String,
    },
    /// There is no cue at all.
    #[error("there is no cue in it")]
    Empty,
}

/// Start and end of a cue in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Times {
    start: u64,
    end: u64,
}

/// One cue.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cue {
    times: Times,
    text: Vec<String>,
}

/// Captions after the actions that are about captions. `None`: no action is.
pub fn apply(bytes: &[u8], actions: &[&Action]) -> Option<Result<String, CaptionError>> {
    actions.iter().find_map(|action| match action {
        Action::Captions(how) => Some(mend(bytes, *how)),
        Action::ToSubRip => Some(subrip_of_webvtt(bytes)),
        Action::ToWebVtt => Some(webvtt_of_subrip(bytes)),
        _ => None,
    })
}

/// SubRip captions, mended.
pub fn mend(bytes: &[u8], how: How) -> Result<String, CaptionError> {
    let mut cues = subrip(&decoded(bytes, how.from)?)?;
    if how.sort {
        // Stable: cues of the same start keep their order.
        cues.sort_by_key(|cue| cue.times.start);
    }
    written(&cues)
}

/// WebVTT as SubRip. What only WebVTT has (styles, regions, notes, settings of a cue) is left out.
pub fn subrip_of_webvtt(bytes: &[u8]) -> Result<String, CaptionError> {
    let text = decoded(bytes, None)?;
    let mut cues = Vec::new();
    for block in blocks(&text) {
        let at = block.iter().take(2).position(|(_, line)| line.contains("-->"));
        let Some((at, (number, line))) = at.and_then(|at| Some((at, block.get(at)?))) else { continue };
        let times = loose_times(line).ok_or_else(|| unread(*number, line))?;
        let text: Vec<String> = block.iter().skip(at + 1).map(|(_, line)| unescaped(line)).collect();
        cues.push(Cue { times, text });
    }
    written(&cues)
}

/// SubRip as WebVTT.
pub fn webvtt_of_subrip(bytes: &[u8]) -> Result<String, CaptionError> {
    let cues = subrip(&decoded(bytes, None)?)?;
    let mut text = String::from("WEBVTT\n");
    for cue in cues.iter().filter(|cue| cue.is_seen()) {
        let (start, end) = (clock(cue.times.start, '.'), clock(cue.times.end, '.'));
        text.push_str(&format!("\n{start} --> {end}\n{}\n", cue.text.join("\n")));
    }
    if text.lines().count() == 1 { Err(CaptionError::Empty) } else { Ok(text) }
}

impl Cue {
    /// Whether there is anything to be seen of it.
    fn is_seen(&self) -> bool {
        self.text.iter().any(|line| !line.trim().is_empty())
    }
}

/// Times as people and programs write them, where there is only one way to read them: hours may be missing, a dot may stand for
/// the comma, the arrow may be short, and blanks are free.
pub(super) fn loose_times(line: &str) -> Option<Times> {
    let arrow = ["-->", "->", "- ->", "-- >", "–>", "→", "=>"].into_iter().find(|arrow| line.contains(arrow))?;
    let (start, end) = line.split_once(arrow)?;
    // Behind the end, players' settings and coordinates may follow.
    let end = end.trim_start();
    let stop = end.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | ',' | '.')).unwrap_or(end.len());
    Some(Times { start: loose_clock(start.trim())?, end: loose_clock(end.get(..stop)?)? })
}

/// `H:MM:SS,mmm` or `MM:SS.mmm` in milliseconds.
fn loose_clock(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once([',', '.'])?;
    let mut seconds = 0_u64;
    let fields: Vec<&str> = whole.split(':').collect();
    if !(2..=3).contains(&fields.len()) {
        return None;
    }
    for (place, field) in fields.iter().enumerate() {
        let number = plain_number(field)?;
        if place > 0 && number > 59 {
            return None;
        }
        seconds = seconds.checked_mul(60)?.checked_add(number)?;
    }
    // Three digits are milliseconds; fewer could be a fraction or a number, so only one way to read them is left with three.
    let millis = if fraction.len() == 3 { plain_number(fraction)? } else { return None };
    seconds.checked_mul(1000)?.checked_add(millis)
}

fn plain_number(digits: &str) -> Option<u64> {
    let digits = digits.trim();
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// The text of a file.
fn decoded(bytes: &[u8], from: Option<TextEncoding>) -> Result<String, CaptionError> {
    let encoding: &'static Encoding = match from {
        None | Some(TextEncoding::Utf8 | TextEncoding::Utf8Bom) => UTF_8,
        Some(TextEncoding::Utf16Le) => UTF_16LE,
        Some(TextEncoding::Utf16Be) => UTF_16BE,
        Some(TextEncoding::SingleByte) => return in_lines(bytes),
    };
    let (text, damaged) = encoding.decode_with_bom_removal(bytes);
    if damaged { Err(CaptionError::Encoding(encoding.name())) } else { Ok(text.into_owned()) }
}

/// The encoding that text seems to be in which is neither UTF-8 nor UTF-16, by the letters that follow one another in it. Lines that
/// are UTF-8 tell nothing.
pub fn guessed(bytes: &[u8]) -> &'static str {
    detected(bytes).name()
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| str::from_utf8(line).is_err()) {
        detector.feed(line, false);
    }
    detector.feed(b"", true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Text of which some lines may be UTF-8 all the same, as where captions of two files were put together.
fn in_lines(bytes: &[u8]) -> Result<String, CaptionError> {
    let encoding = detected(bytes);
    let mut text = String::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Ok(line) = str::from_utf8(line) {
            text.push_str(line);
            continue;
        }
        let (line, damaged) = encoding.decode_without_bom_handling(line);
        if damaged {
            return Err(CaptionError::Encoding(encoding.name()));
        }
        text.push_str(&line);
    }
    Ok(text)
}

/// Groups of lines between blank ones, each line with its number from 1.
fn blocks(text: &str) -> Vec<Vec<(usize, &str)>> {
    let mut blocks = vec![Vec::new()];
    for (index, line) in text.replace_line_ends().into_iter().enumerate() {
        if line.trim().is_empty() {
            blocks.push(Vec::new());
        } else if let Some(block) = blocks.last_mut() {
            block.push((index + 1, line));
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

trait Lines {
    /// The lines, whatever ends them.
    fn replace_line_ends(&self) -> Vec<&str>;
}

impl Lines for str {
    fn replace_line_ends(&self) -> Vec<&str> {
        self.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')).collect()
    }
}

/// The cues of SubRip: each line of times begins one, and a number in front of it belongs to it.
fn subrip(text: &str) -> Result<Vec<Cue>, CaptionError> {
    let mut cues: Vec<Cue> = Vec::new();
    let lines = text.replace_line_ends();
    for (index, line) in lines.iter().enumerate() {
        if line.contains("-->") || is_number_in_front(&lines, index) && loose_times(line).is_some() {
            let times = loose_times(line).ok_or_else(|| unread(index + 1, line))?;
            if let Some(cue) = cues.last_mut() {
                drop_number(&mut cue.text);
            }
            cues.push(Cue { times, text: Vec::new() });
        } else if let Some(cue) = cues.last_mut() {
            cue.text.push(line.chars().filter(|c| !c.is_control() || *c == '\t').collect());
        }
    }
    for cue in &mut cues {
        while cue.text.last().is_some_and(|line| line.trim().is_empty()) {
            cue.text.pop();
        }
        // A blank line inside a cue would end it.
        cue.text.retain(|line| !line.trim().is_empty());
    }
    Ok(cues)
}

fn is_number_in_front(lines: &[&str], index: usize) -> bool {
    index.checked_sub(1).and_then(|front| lines.get(front)).is_some_and(|line| plain_number(line).is_some())
}

/// Takes the number of the next cue away from the end of a cue's text.
fn drop_number(text: &mut Vec<String>) {
    let is_number = |line: &String| !line.trim().is_empty() && plain_number(line).is_some();
    if text.last().is_some_and(is_number) {
        text.pop();
    }
}

fn written(cues: &[Cue]) -> Result<String, CaptionError> {
    let mut text = String::new();
    for (index, cue) in cues.iter().filter(|cue| cue.is_seen()).enumerate() {
        let (start, end) = (clock(cue.times.start, ','), clock(cue.times.end, ','));
        text.push_str(&format!("{}\n{start} --> {end}\n{}\n\n", index + 1, cue.text.join("\n")));
    }
    if text.is_empty() { Err(CaptionError::Empty) } else { Ok(text) }
}

fn clock(millis: u64, point: char) -> String {
    let seconds = millis / 1000;
    format!("{:02}:{:02}:{:02}{point}{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, millis % 1000)
}

/// The text of a WebVTT cue without its escapes; its tags of bold, italic and underline are those of SubRip too.
fn unescaped(line: &str) -> String {
    let plain = line.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}");
    plain.replace("&lrm;", "\u{200e}").replace("&rlm;", "\u{200f}").replace("&amp;", "&")
}

fn unread(line: usize, found: &str) -> CaptionError {
    CaptionError::Times { line, found: found.chars().take(80).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_counted_and_sorted_and_nothing_else_changes() {
        let text =
            "7\r\n00:00:05,000 --> 00:00:06,000\r\nSecond\r\nline\r\n\r\n00:00:01,000 --> 00:00:02,000\r\nFirst\r\n";
        let how = How { from: None, renumber: true, sort: true };
        let mended = mend(text.as_bytes(), how).unwrap();
        let wanted = "1\n00:00:01,000 --> 00:00:02,000\nFirst\n\n2\n00:00:05,000 --> 00:00:06,000\nSecond\nline\n\n";
        assert_eq!(mended, wanted);
        assert_eq!(mend(mended.as_bytes(), how).unwrap(), wanted);
    }

    #[test]
    fn encodings_become_utf_8() {
        let how = |from| How { from: Some(from), ..How::default() };
        let cue = "1\n00:00:01,000 --> 00:00:02,000\nÉtude\n\n";
        let latin: Vec<u8> = cue.chars().map(|c| c as u8).collect();
        assert_eq!(mend(&latin, how(TextEncoding::SingleByte)).unwrap(), cue);
        for (encoding, name, line) in [
            (encoding_rs::SHIFT_JIS, "Shift_JIS", "こんにちは世界"),
            (encoding_rs::WINDOWS_1251, "windows-1251", "Привет, мир"),
            (encoding_rs::WINDOWS_1252, "windows-1252", "Où est l’été – “là-bas”"),
        ] {
            let text = cue.replace("Étude", line);
            let bytes = encoding.encode(&text).0.into_owned();
            assert_eq!((guessed(&bytes), mend(&bytes, how(TextEncoding::SingleByte)).unwrap()), (name, text.clone()));
            // What is UTF-8 already stays as it is.
            let both = [cue.as_bytes(), &bytes].concat();
            let mended = mend(&both, how(TextEncoding::SingleByte)).unwrap();
            assert!(mended.contains("Étude") && mended.contains(line), "{mended}");
        }
        let wide: Vec<u8> = [0xfeff].into_iter().chain(cue.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(mend(&wide, how(TextEncoding::Utf16Le)).unwrap(), cue);
        assert_eq!(mend(&latin, How::default()), Err(CaptionError::Encoding("UTF-8")));
    }

    #[test]
    fn times_are_read_where_there_is_one_way_only() {
        for text in [
            "00:00:01,000 --> 00:00:02,500",
            "0:00:01.000 -> 0:00:02.500",
            "00:01,000-->00:02,500 X1:1",
            "00:00:01.000 → 00:00:02.500",
        ] {
            assert_eq!(loose_times(text), Some(Times { start: 1000, end: 2500 }), "{text}");
        }
        for text in ["00:00:01,5 --> 00:00:02,5", "1 --> 2", "00:61:00,000 --> 00:62:00,000", "a --> b", "00:00:01,000"]
        {
            assert_eq!(loose_times(text), None, "{text}");
        }
        let text = "1\n00:00:01,5 --> 00:00:02,5\nHello\n";
        let error = mend(text.as_bytes(), How::default()).unwrap_err();
        assert!(error.to_string().starts_with("line 2: expected times"), "{error}");
    }

    #[test]
    fn a_number_that_is_text_stays() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\n42\n\n2\n00:00:03,000 --> 00:00:04,000\nb\n\n";
        assert_eq!(mend(text.as_bytes(), How::default()).unwrap(), text);
    }

    #[test]
    fn webvtt_becomes_subrip_and_back() {
        let vtt = "WEBVTT\n\nNOTE x\n\nintro\n00:01.000 --> 00:02.000 line:0\nA &amp; B\n\n00:00:03.000 --> 00:00:04.000\nC\n";
        let srt = subrip_of_webvtt(vtt.as_bytes()).unwrap();
        assert_eq!(srt, "1\n00:00:01,000 --> 00:00:02,000\nA & B\n\n2\n00:00:03,000 --> 00:00:04,000\nC\n\n");
        let back = webvtt_of_subrip(srt.as_bytes()).unwrap();
        assert!(back.starts_with("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nA & B\n"), "{back}");
        assert_eq!(subrip_of_webvtt(b"WEBVTT\n"), Err(CaptionError::Empty));
    }
}
