//! A report as a cache keeps it: what people are told of it in words, and its JSON in pieces, since few need the facts.
//! All without its path.

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Gop, Timeline};
use crate::finding::FileReport;
use crate::report::{Words, describe, is_bare, write_effects, write_json};

use super::block::PARTS;
use super::pack::LARGEST;

/// The pieces of a report, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    words: Vec<u8>,
    brief: Vec<u8>,
    facts: Vec<u8>,
    drawn: Vec<u8>,
}

/// What only a report that draws videos needs, and is kept apart from its JSON.
#[derive(Serialize, Deserialize)]
struct Drawn {
    /// Index of the track.
    track: usize,
    gops: Vec<Gop>,
    timeline: Option<Timeline>,
}

/// What people were told of a file under its line, and in which style.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'w> {
    /// Number of the style.
    pub(crate) style: u32,
    pub(crate) words: Words<'w>,
}

impl Pieces {
    /// Takes the pieces of a report, which is as it was afterwards, with what is drawn of videos where that is asked
    /// for, and what was said of it, where it was. `None`: it cannot be kept.
    pub(crate) fn take(&mut self, report: &mut FileReport, with_drawn: bool, said: Option<Said<'_>>) -> Option<()> {
        for piece in [&mut self.words, &mut self.brief, &mut self.facts, &mut self.drawn] {
            piece.clear();
            // What one huge report took is given back.
            piece.shrink_to(MEMORY);
        }
        if with_drawn && report.facts.movie.is_some() {
            write_json(&drawn(&report.facts), &mut self.drawn)?;
        }
        if let Some(said) = said {
            write_words(&mut self.words, said, report)?;
        } else {
            let mut effects = String::new();
            write_effects(report, &mut effects);
            let words = Words { description: &describe(report), effects: &effects, ..Words::default() };
            write_words(&mut self.words, Said { style: UNSAID, words }, report)?;
        }
        let path = report.path.take();
        let few = Facts::new(report.facts.size, report.facts.format);
        let facts = write_json(&report.facts, &mut self.facts);
        let all = std::mem::replace(&mut report.facts, few);
        let brief = write_json(&*report, &mut self.brief);
        report.facts = all;
        report.path = path;
        facts.and(brief)?;
        if !self.brief.starts_with(NO_PATH) {
            return None;
        }
        self.brief.drain(..NO_PATH.len());
        self.strings().iter().all(|piece| piece.len() <= LONGEST).then_some(())
    }

    /// The pieces in the order of [`super::block::Part::ALL`].
    pub(crate) fn strings(&self) -> [&[u8]; PARTS] {
        [&self.words, &self.brief, &self.facts, &self.drawn]
    }

    /// The pieces, to look at.
    pub(crate) fn kept(&self) -> Kept<'_> {
        Kept { words: &self.words, brief: &self.brief, facts: &self.facts, drawn: &self.drawn }
    }
}

/// The pieces of a report where they stand; those that were not asked for are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept<'k> {
    /// What people are told, in [`write_words`]' order.
    pub(crate) words: &'k [u8],
    /// The report behind its path, with no facts but size and format.
    pub(crate) brief: &'k [u8],
    /// All facts.
    pub(crate) facts: &'k [u8],
    /// What is drawn of a video.
    pub(crate) drawn: &'k [u8],
}

impl<'k> Kept<'k> {
    /// What people are told of the file, with the text if that was kept in this style. `None`: it is damaged.
    pub(crate) fn words(&self, style: u32) -> Option<Words<'k>> {
        let (said_in, rest) = number(self.words)?;
        let (flags, rest) = rest.split_first()?;
        let (description, rest) = string(rest)?;
        let (effects, rest) = string(rest)?;
        let is_known = said_in == ANY || said_in == style && style != UNSAID;
        let text = if is_known { Some(std::str::from_utf8(rest).ok()?) } else { None };
        Some(Words { description, effects, text, is_block: flags & BLOCK != 0, may_mend: flags & MENDED != 0 })
    }

    /// Writes the JSON of the report of the file at `path`, byte for byte what [`FileReport`] is written as.
    pub(crate) fn write_json(&self, path: &str, to: &mut Vec<u8>) -> Option<()> {
        let before = self.before_facts()?;
        to.reserve(path.len() + before.len() + self.facts.len() + 32);
        to.extend_from_slice(PATH);
        write_json(path, to)?;
        to.extend_from_slice(before);
        to.extend_from_slice(self.facts);
        to.push(b'}');
        Some(())
    }

    /// The report with all its facts. `None`: the pieces are damaged.
    pub(crate) fn report(&self, path: String) -> Option<FileReport> {
        let mut report = read(&[NO_PATH, self.before_facts()?, self.facts, b"}"].concat(), path)?;
        if !self.drawn.is_empty() {
            draw(serde_json::from_slice(self.drawn).ok()?, &mut report.facts)?;
        }
        Some(report)
    }

    /// The report without its facts, but for what tells of them. `None`: the pieces are damaged.
    pub(crate) fn findings(&self, path: String) -> Option<FileReport> {
        let mut report = read(&[NO_PATH, self.brief].concat(), path)?;
        report.description = Some(self.words(UNSAID)?.description.to_owned());
        Some(report)
    }

    /// What stands before the facts.
    fn before_facts(&self) -> Option<&'k [u8]> {
        let start = self.brief.windows(FACTS.len()).rposition(|window| window == FACTS)?;
        self.brief.get(..start + FACTS.len())
    }
}

/// Bits of what is told of a file: its text is a block, and a plan mends it.
const BLOCK: u8 = 1;
const MENDED: u8 = 2;

/// Number of the style, whether the text is a block and a plan mends the file, description and effects with their length before each, and the text.
fn write_words(to: &mut Vec<u8>, Said { style, words }: Said<'_>, report: &FileReport) -> Option<()> {
    let (style, text) = match words.text {
        Some(text) => (style, text),
        None if is_bare(report) => (ANY, ""),
        None => (UNSAID, ""),
    };
    to.extend_from_slice(&style.to_le_bytes());
    to.push(if words.is_block { BLOCK } else { 0 } | if words.may_mend { MENDED } else { 0 });
    for text in [words.description, words.effects] {
        to.extend_from_slice(&u32::try_from(text.len()).ok()?.to_le_bytes());
        to.extend_from_slice(text.as_bytes());
    }
    to.extend_from_slice(text.as_bytes());
    Some(())
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*number), rest))
}

fn string(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = number(bytes)?;
    let (text, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

fn read(json: &[u8], path: String) -> Option<FileReport> {
    let mut report: FileReport = serde_json::from_slice(json).ok()?;
    report.path = Some(path);
    Some(report)
}

fn drawn(facts: &Facts) -> Vec<Drawn> {
    let tracks = facts.movie.iter().flat_map(|movie| movie.tracks.iter().enumerate());
    let videos = tracks.filter_map(|(track, facts)| Some((track, facts.video.as_ref()?)));
    videos.map(|(track, video)| Drawn { track, gops: video.gops.clone(), timeline: video.timeline.clone() }).collect()
}

fn draw(drawn: Vec<Drawn>, facts: &mut Facts) -> Option<()> {
    for Drawn { track, gops, timeline } in drawn {
        let video = facts.movie.as_mut()?.tracks.get_mut(track)?.video.as_mut()?;
        (video.gops, video.timeline) = (gops, timeline);
    }
    Some(())
}

/// How the JSON of a report begins.
const PATH: &[u8] = b"{\"path\":";
/// The same where it has no path.
const NO_PATH: &[u8] = b"{\"path\":null";
/// What stands before the facts, which are the last of a report.
const FACTS: &[u8] = b"\"facts\":";
/// Stands for the style where nothing was said.
const UNSAID: u32 = 0;
/// Stands for the style where nothing is to be said: no style has this number.
const ANY: u32 = 1;
/// Bytes of the longest piece that is kept: as many as a budget lets a file's tables grow to.
const LONGEST: usize = LARGEST - (1 << 20);
/// Bytes of memory that are held from one report to the next.
const MEMORY: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Checker;
    use crate::profile::Profile;
    use crate::rules::Request;

    #[test]
    fn the_pieces_make_up_the_report_and_its_json() {
        let checker = Checker::new(Profile::default()).timeline(true);
        for bytes in [&b"GIF89a\x01\0\x01\0\0\0\0;"[..], b"BM", b"", include_bytes!("../../samples/video-open-gop.mp4")]
        {
            for path in ["a.gif", "\"facts\":{\\u{1b}\n.mp4"] {
                let request = Request { name: Some(path), ..Request::default() };
                let mut report = checker.check_bytes(bytes, &request);
                let whole = report.clone();
                let mut pieces = Pieces::default();
                pieces.take(&mut report, true, None).unwrap();
                assert_eq!(report, whole, "it is as it was");
                let kept = pieces.kept();
                let mut json = b"before".to_vec();
                kept.write_json(path, &mut json).unwrap();
                assert_eq!(json, [&b"before"[..], &serde_json::to_vec(&whole).unwrap()].concat());
                let drawn = kept.report(path.to_owned()).unwrap();
                assert_eq!(serde_json::to_vec(&drawn).unwrap(), serde_json::to_vec(&whole).unwrap());
                let video = |report: &FileReport| report.facts.video_track().and_then(|track| track.video.clone());
                assert_eq!(video(&drawn), video(&whole));
                let findings = kept.findings(path.to_owned()).unwrap();
                assert_eq!(describe(&findings), describe(&whole));
                let whole = FileReport { facts: findings.facts.clone(), ..whole };
                assert_eq!(FileReport { description: None, ..findings }, whole);
                pieces.take(&mut report, false, None).unwrap();
                assert!(pieces.kept().drawn.is_empty());
            }
        }
    }

    #[test]
    fn text_holds_in_the_style_it_was_shown_in() {
        let checker = Checker::new(Profile::default());
        let mut failing = checker.check_bytes(b"BM", &Request::default());
        let mut pieces = Pieces::default();
        pieces.take(&mut failing, false, None).unwrap();
        let words = pieces.kept().words(7).unwrap();
        assert_eq!((words.description, words.text), (describe(&failing).as_str(), None));
        assert!(words.effects.contains(failing.findings[0].rule.as_ref()));
        let words = Words {
            description: "a file",
            text: Some("  text é\n"),
            is_block: true,
            may_mend: true,
            effects: "Ea\nWb\n",
        };
        pieces.take(&mut failing, false, Some(Said { style: 7, words })).unwrap();
        assert_eq!(pieces.kept().words(7), Some(words));
        assert_eq!(pieces.kept().words(8), Some(Words { text: None, ..words }));
        pieces.take(&mut failing, false, Some(Said { style: UNSAID, words })).unwrap();
        assert_eq!(pieces.kept().words(UNSAID).unwrap().text, None, "a style without a number is not known again");
        let mut fine = failing.clone();
        (fine.findings, fine.undecided, fine.accepted_by) = (Vec::new(), Vec::new(), Vec::new());
        pieces.take(&mut fine, false, None).unwrap();
        for style in [UNSAID, 7] {
            let description = &describe(&fine);
            let bare = Words { description, effects: "", text: Some(""), is_block: false, may_mend: false };
            assert_eq!(pieces.kept().words(style), Some(bare));
        }
    }

    #[test]
    fn damage_is_no_report() {
        let words: &[u8] = b"\0\0\0\0\0\xff\xff\xff\xff";
        for brief in [&b""[..], b",\"size\":1}", b"\"facts\":{}", b",\"facts\":"] {
            let kept = Kept { words, brief, facts: b"{}", drawn: b"" };
            assert_eq!(kept.report(String::new()), None);
            assert_eq!(kept.findings(String::new()), None);
            assert_eq!(kept.words(ANY), None);
        }
    }
}
