//! A report as a cache keeps it: as JSON in two pieces, since few need the facts, and without its path.

use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Gop, Timeline};
use crate::finding::FileReport;
use crate::report::describe;

use super::block::empty;

/// The pieces of a report, in memory that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    /// The report behind its path, with no facts but size and format.
    brief: Vec<u8>,
    /// Bytes of `brief` before these facts.
    cut: usize,
    description: String,
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

impl Pieces {
    /// Takes the pieces of a report, which is as it was afterwards, with what is drawn of videos where that is asked
    /// for. `None`: it cannot be kept.
    pub(crate) fn take(&mut self, report: &mut FileReport, with_drawn: bool) -> Option<()> {
        for piece in [&mut self.brief, &mut self.facts, &mut self.drawn] {
            empty(piece);
        }
        if with_drawn && report.facts.movie.is_some() {
            serde_json::to_writer(&mut self.drawn, &drawn(&report.facts)).ok()?;
        }
        let path = report.path.take();
        let few = Facts::new(report.facts.size, report.facts.format);
        self.description = describe(report);
        let facts = serde_json::to_writer(&mut self.facts, &report.facts);
        let all = std::mem::replace(&mut report.facts, few);
        let brief = serde_json::to_writer(&mut self.brief, &*report);
        report.facts = all;
        report.path = path;
        facts.and(brief).ok()?;
        if !self.brief.starts_with(NO_PATH) {
            return None;
        }
        self.brief.drain(..NO_PATH.len());
        self.cut = rfind(&self.brief, FACTS)? + FACTS.len();
        (self.brief.len() + self.facts.len() + self.drawn.len() <= LONGEST).then_some(())
    }

    /// The pieces, to look at.
    pub(crate) fn kept(&self) -> Kept<'_> {
        Kept {
            brief: &self.brief,
            cut: self.cut,
            description: &self.description,
            facts: &self.facts,
            drawn: &self.drawn,
        }
    }
}

/// The pieces of a report where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept<'k> {
    /// The report behind its path, with no facts but size and format.
    pub(crate) brief: &'k [u8],
    /// Bytes of `brief` before these facts.
    pub(crate) cut: usize,
    /// What the file is, in one line.
    pub(crate) description: &'k str,
    /// All facts; empty where they were not asked for.
    pub(crate) facts: &'k [u8],
    /// What is drawn of a video; empty where that was not asked for.
    pub(crate) drawn: &'k [u8],
}

impl Kept<'_> {
    /// The JSON of the report of the file at `path`, byte for byte what [`FileReport`] is written as.
    pub(crate) fn json(&self, path: &str) -> Option<Vec<u8>> {
        let before = self.brief.get(..self.cut)?;
        let mut json = Vec::with_capacity(path.len() + before.len() + self.facts.len() + 32);
        json.extend_from_slice(PATH);
        serde_json::to_writer(&mut json, path).ok()?;
        json.extend_from_slice(before);
        json.extend_from_slice(self.facts);
        json.push(b'}');
        Some(json)
    }

    /// The report with all its facts. `None`: the pieces are damaged.
    pub(crate) fn report(&self, path: String) -> Option<FileReport> {
        let before = self.brief.get(..self.cut)?;
        let mut report = read(&[NO_PATH, before, self.facts, b"}"].concat(), path)?;
        if !self.drawn.is_empty() {
            draw(serde_json::from_slice(self.drawn).ok()?, &mut report.facts)?;
        }
        Some(report)
    }

    /// The report without its facts, but for what tells of them. `None`: the pieces are damaged.
    pub(crate) fn findings(&self, path: String) -> Option<FileReport> {
        let mut report = read(&[NO_PATH, self.brief].concat(), path)?;
        report.description = Some(self.description.to_owned());
        Some(report)
    }
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

/// Where the last occurrence of `part` begins.
fn rfind(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

/// How the JSON of a report begins.
const PATH: &[u8] = b"{\"path\":";
/// The same where it has no path.
const NO_PATH: &[u8] = b"{\"path\":null";
/// What stands before the facts, which are the last of a report.
const FACTS: &[u8] = b"\"facts\":";
/// Bytes of the longest report that is kept: as many as a budget lets a file's tables grow to.
pub(crate) const LONGEST: usize = 64 << 20;

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
                pieces.take(&mut report, true).unwrap();
                assert_eq!(report, whole, "it is as it was");
                let kept = pieces.kept();
                assert_eq!(kept.json(path).unwrap(), serde_json::to_vec(&whole).unwrap());
                let drawn = kept.report(path.to_owned()).unwrap();
                assert_eq!(serde_json::to_vec(&drawn).unwrap(), serde_json::to_vec(&whole).unwrap());
                let video = |report: &FileReport| report.facts.video_track().and_then(|track| track.video.clone());
                assert_eq!(video(&drawn), video(&whole));
                let findings = kept.findings(path.to_owned()).unwrap();
                assert_eq!(describe(&findings), describe(&whole));
                let whole = FileReport { facts: findings.facts.clone(), ..whole };
                assert_eq!(FileReport { description: None, ..findings }, whole);
                pieces.take(&mut report, false).unwrap();
                assert!(pieces.kept().drawn.is_empty());
            }
        }
    }

    #[test]
    fn damage_is_no_report() {
        let kept = |brief, cut| Kept { brief, cut, description: "", facts: b"{}", drawn: b"" };
        for (brief, cut) in [(&b""[..], 0), (b"", 1), (b",\"size\":1}", 3)] {
            assert_eq!(kept(brief, cut).report(String::new()), None);
            assert_eq!(kept(brief, cut).findings(String::new()), None);
        }
    }
}
