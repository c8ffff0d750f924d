//! The report that people look at: one HTML file that holds all it needs, and asks no network for anything.
//!
//! The page is a fixed frame (`page.html`, `report.css` and the scripts) around data. Files are written as they come, some
//! hundred at a time as two blocks of JSON: short rows, which the page reads at once and can filter, sort and search,
//! and details, which it reads when a file is opened. So neither the program nor the page holds more than it
//! shows. Nothing of a file ever becomes markup: the data are JSON with `<`, `>` and `&` escaped, and the script sets
//! texts only.

mod chart;
mod details;
mod embed;
#[cfg(feature = "thumbnails")]
mod first_frame;
mod headline;
mod preview;
mod row;
#[cfg(feature = "thumbnails")]
mod thumbnail;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write};

use serde::Serialize;

use self::details::{Details, Fault};
use self::embed::Embedded;
use self::row::Row;
use super::run::{FileEntry, PostReport, Reporter, Run};
use crate::finding::{Severity, Summary, Verdict};
use crate::rules;

pub use self::embed::data_uri;
pub use self::preview::{NoPreviews, Preview, Previewer, Wanted, WantedKind};
#[cfg(feature = "thumbnails")]
pub use self::thumbnail::{NotDecoded, thumbnail};

/// Writes a run as one HTML file.
///
/// Bounds, which the page states where they are met: [`MOST_FILES`] files, then [`MOST_FILES`] more that do not pass;
/// previews of [`MOST_PREVIEWS`] files, those that do not pass first.
pub struct Html<W, P> {
    output: W,
    previewer: P,
    rows: Vec<u8>,
    details: Vec<u8>,
    pending: usize,
    written: usize,
    omitted: Omitted,
    rules: BTreeSet<String>,
    wanted: Vec<(usize, Verdict, Wanted)>,
    post: Option<PostReport>,
    /// The words of the command that mends a file.
    mends: Vec<OsString>,
}

/// Files in full, whatever their verdict.
pub const MOST_FILES: usize = 10_000;
/// Files with a preview.
pub const MOST_PREVIEWS: usize = 500;

/// How many files are counted, and not listed.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Omitted {
    passed: u64,
    others: u64,
}

impl<W: Write, P: Previewer> Html<W, P> {
    /// A reporter that writes to `output`, which should be buffered, and asks `previewer` for pictures at the end.
    pub const fn new(output: W, previewer: P) -> Self {
        Self {
            output,
            previewer,
            rows: Vec::new(),
            details: Vec::new(),
            pending: 0,
            written: 0,
            omitted: Omitted { passed: 0, others: 0 },
            rules: BTreeSet::new(),
            wanted: Vec::new(),
            post: None,
            mends: Vec::new(),
        }
    }

    /// Whether the file is still listed; one that is not is counted.
    fn lists(&mut self, entry: &FileEntry) -> bool {
        let passes = entry.verdict() == Some(Verdict::Pass);
        let most = if passes { MOST_FILES } else { 2 * MOST_FILES };
        if self.written < most {
            return true;
        }
        if passes {
            self.omitted.passed += 1;
        } else {
            self.omitted.others += 1;
        }
        false
    }

    /// Remembers what a preview can be made of: as many files that pass as files that do not.
    fn want(&mut self, entry: &FileEntry) {
        let Some(report) = entry.report() else { return };
        let Some(wanted) = Wanted::of(report) else { return };
        let passes = report.verdict == Verdict::Pass;
        let alike = self.wanted.iter().filter(|(_, verdict, _)| (*verdict == Verdict::Pass) == passes).count();
        if alike < MOST_PREVIEWS {
            self.wanted.push((self.written, report.verdict, wanted));
        }
    }

    fn remember_rules(&mut self, entry: &FileEntry) {
        let Some(report) = entry.report() else { return };
        let findings = report.findings.iter().map(|finding| finding.rule.as_ref());
        let undecided = report.undecided.iter().map(|undecided| undecided.rule.as_ref());
        let near = report.near_misses.iter().map(|near| near.rule.as_ref());
        for rule in findings.chain(undecided).chain(near) {
            if !self.rules.contains(rule) {
                self.rules.insert(rule.to_owned());
            }
        }
    }

    /// Writes the rows and details that are held back.
    fn flush_files(&mut self) -> io::Result<()> {
        if self.pending == 0 {
            return Ok(());
        }
        self.output.write_all(b"<script type=\"application/json\" class=\"rows\">[\n")?;
        self.output.write_all(&self.rows)?;
        self.output.write_all(b"\n]</script>\n<script type=\"application/x-ndjson\" class=\"details\">\n")?;
        self.output.write_all(&self.details)?;
        self.output.write_all(b"</script>\n")?;
        self.rows.clear();
        self.details.clear();
        self.pending = 0;
        Ok(())
    }

    fn block(&mut self, id: &str, value: &impl Serialize) -> io::Result<()> {
        let mut bytes = Vec::new();
        Embedded::new(&mut bytes).json(value)?;
        write!(self.output, "<script type=\"application/json\" id=\"{id}\">")?;
        self.output.write_all(&bytes)?;
        self.output.write_all(b"</script>\n")
    }

    /// Makes the previews, of files that do not pass first, and writes them.
    fn previews(&mut self) -> io::Result<Previews> {
        let mut wanted = std::mem::take(&mut self.wanted);
        wanted.sort_by_key(|(index, verdict, _)| (*verdict == Verdict::Pass, *index));
        wanted.truncate(MOST_PREVIEWS);
        let (indices, wanted): (Vec<usize>, Vec<Wanted>) =
            wanted.into_iter().map(|(index, _, wanted)| (index, wanted)).unzip();
        let made = self.previewer.previews(&wanted);
        let made: Vec<(usize, preview::Written)> =
            indices.into_iter().zip(made).filter_map(|(index, preview)| Some((index, preview.written()?))).collect();
        let counts = Previews { asked: wanted.len(), most: MOST_PREVIEWS, note: self.previewer.note() };
        self.block("previews", &made)?;
        Ok(counts)
    }
}

impl<W: Write, P: Previewer> Reporter for Html<W, P> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.mends.clone_from(&run.mend);
        let (frame, _) = PAGE.split_once(DATA).unwrap_or((PAGE, ""));
        let (before, after) = frame.split_once(STYLE).unwrap_or((frame, ""));
        self.output.write_all(before.as_bytes())?;
        self.output.write_all(include_str!("report.css").as_bytes())?;
        self.output.write_all(after.as_bytes())?;
        self.block("run", &About { program_version: &run.program_version, pack: &run.pack })
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        if !self.lists(entry) {
            return Ok(());
        }
        self.remember_rules(entry);
        self.want(entry);
        if self.pending > 0 {
            self.rows.extend_from_slice(b",\n");
        }
        Embedded::new(&mut self.rows).json(&Row::of(entry))?;
        Embedded::new(&mut self.details).json(&Details::of(entry, &self.mends)?)?;
        self.details.push(b'\n');
        self.pending += 1;
        self.written += 1;
        if self.pending == FILES_PER_BLOCK { self.flush_files() } else { Ok(()) }
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        self.rules.extend(post.findings.iter().map(|finding| finding.rule.clone().into_owned()));
        self.post = Some(post.clone());
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.flush_files()?;
        let previews = self.previews()?;
        let explanations: Vec<Explanation> = self.rules.iter().map(|id| Explanation::of(id)).collect();
        let post = self.post.take();
        self.block(
            "end",
            &End {
                summary,
                post: post.as_ref().map(|post| post.findings.iter().map(PostFault::of).collect()),
                rules: explanations,
                omitted: self.omitted,
                most_files: MOST_FILES,
                files_per_block: FILES_PER_BLOCK,
                previews,
            },
        )?;
        let (_, after) = PAGE.split_once(DATA).unwrap_or_default();
        let (before, after) = after.split_once(SCRIPT).unwrap_or((after, ""));
        self.output.write_all(before.as_bytes())?;
        for script in SCRIPTS {
            self.output.write_all(script.as_bytes())?;
        }
        self.output.write_all(after.as_bytes())?;
        self.output.flush()
    }
}

#[derive(Serialize)]
struct About<'a> {
    program_version: &'a str,
    pack: &'a str,
}

#[derive(Serialize)]
struct End<'a> {
    summary: &'a Summary,
    post: Option<Vec<PostFault<'a>>>,
    rules: Vec<Explanation>,
    omitted: Omitted,
    most_files: usize,
    files_per_block: usize,
    previews: Previews,
}

/// A finding of the post, with what a file's row says of its findings.
#[derive(Serialize)]
struct PostFault<'a> {
    rule: &'a str,
    error: bool,
    message: &'a str,
    fault: Fault<'a>,
}

impl<'a> PostFault<'a> {
    fn of(finding: &'a crate::finding::Finding) -> Self {
        Self {
            rule: &finding.rule,
            error: finding.severity == Severity::Error,
            message: &finding.message,
            fault: Fault::of(finding),
        }
    }
}

#[derive(Serialize)]
struct Previews {
    asked: usize,
    most: usize,
    note: Option<String>,
}

/// A rule, explained once for all files.
#[derive(Serialize)]
struct Explanation {
    id: String,
    text: String,
}

impl Explanation {
    fn of(id: &str) -> Self {
        let rule = rules::find(id);
        Self { id: id.to_owned(), text: rule.map(rules::Rule::explanation).unwrap_or_default() }
    }
}

/// The frame, and the places in it.
const PAGE: &str = include_str!("page.html");
const STYLE: &str = "/*style*/";
const DATA: &str = "<!--data-->";
const SCRIPT: &str = "/*script*/";

/// The scripts, which make up one.
const SCRIPTS: &[&str] = &[
    include_str!("script/dom.js"),
    include_str!("script/data.js"),
    include_str!("script/timeline.js"),
    include_str!("script/card.js"),
    include_str!("script/page.js"),
];

/// Files whose rows and details stand together: what is held back while writing, and read at once to open one.
const FILES_PER_BLOCK: usize = 128;

#[cfg(test)]
mod tests;
