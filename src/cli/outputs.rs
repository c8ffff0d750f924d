//! Where the reports of a run go: one to standard output, any number to files, all written as the run goes.

use std::ffi::{OsStr, OsString};
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum, ValueHint};
use media_preflight::Profile;
use media_preflight::finding::Summary;
use media_preflight::report::{
    Csv, FileEntry, Github, Html, Human, Json, JsonEntries, JsonLines, Junit, Markdown, Matrix, Needs, PostReport,
    Reporter, Run, Sarif, Shown, Style, Threshold, Told,
};
use media_preflight::scan::is_named_media;
use tempfile::NamedTempFile;

use super::args::{ANSWER, AnswerArgs};
use super::complain;
use super::failure::{Failure, Usage};
use super::parse::partings;
use super::previews::Previews;
use super::terminal::Terminal;

// Which reports are written, and where.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// How to write the report on standard output.
    #[arg(long, value_enum, default_value_t = ReportFormat::Human, help_heading = ANSWER)]
    pub(crate) format: ReportFormat,

    /// Write a report to a file too (can be given several times); - is standard output, instead of --format's.
    ///
    /// Without FORMAT= the extension tells the format (.html .json .jsonl .csv .md .sarif .xml .txt), otherwise --format does. An
    /// earlier report is replaced when the new one is whole.
    #[arg(long, short, value_name = "[FORMAT=]PATH", value_parser = OutputArgument::parser())]
    #[arg(value_hint = ValueHint::AnyPath, help_heading = ANSWER)]
    pub(crate) output: Vec<OutputArgument>,

    /// Make no pictures of the files for HTML reports.
    #[arg(long, help_heading = ANSWER)]
    pub(crate) no_thumbnails: bool,
}

impl ReportArgs {
    /// Whether a report is asked for that draws how the bytes of videos spread over their time.
    pub(crate) fn draws_timelines(&self) -> bool {
        let formats = self.output.iter().map(|output| output.format_or(self.format));
        formats.chain([self.format]).any(|format| format == ReportFormat::Html)
    }
}

/// How to write a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// JSON Lines: one line a file, the sum last.
    Jsonl,
    /// CSV: one row a finding.
    Csv,
    /// Markdown, for the comment on a pull request.
    Markdown,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML: one test case a file.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
    /// One HTML file to look at, with pictures of the files.
    Html,
}

impl ReportFormat {
    /// The format that the extension of a file tells.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.as_encoded_bytes().to_ascii_lowercase();
        EXTENSIONS.iter().find(|(extension, _)| name.ends_with(extension.as_bytes())).map(|(_, format)| *format)
    }
}

/// `[FORMAT=]PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutputArgument {
    format: Option<ReportFormat>,
    path: PathBuf,
}

impl OutputArgument {
    /// What reads the argument. A beginning that names no format is part of the path.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        OsStringValueParser::new().try_map(Self::read)
    }

    fn read(argument: OsString) -> Result<Self, EmptyPath> {
        let named = partings(&argument).next().and_then(|(name, path)| {
            let format = ReportFormat::from_str(name.to_str()?, false).ok()?;
            Some(Self { format: Some(format), path: path.into() })
        });
        let output = named.unwrap_or_else(|| Self { format: None, path: argument.into() });
        if output.path.as_os_str().is_empty() { Err(EmptyPath) } else { Ok(output) }
    }

    /// The format that was named, or that the extension tells, or the other.
    pub(crate) fn format_or(&self, other: ReportFormat) -> ReportFormat {
        self.format.or_else(|| ReportFormat::of(&self.path)).unwrap_or(other)
    }

    /// Where the report goes.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn is_standard_output(&self) -> bool {
        ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"]
            .iter()
            .any(|name| self.path.as_os_str() == OsStr::new(name))
    }
}

/// No path was given.
#[derive(Debug, thiserror::Error)]
#[error("the path is missing")]
struct EmptyPath;

/// What the reports of a run depend on.
#[derive(Clone, Copy, Debug)]
struct Setting<'a> {
    profile: &'a Profile,
    shown: Shown,
    threshold: Threshold,
    thumbnails: bool,
    matrix: bool,
    /// Once it is set, no more pictures are made.
    stop: &'a Arc<AtomicBool>,
}

/// All reports of a run, written together.
///
/// A report that cannot be written does not end the run: the others are written, and the run fails at its end. Where none is
/// left, the run ends at once.
pub(crate) struct Outputs {
    standard_output: Option<Box<dyn Reporter>>,
    files: Vec<ReportFile>,
    failure: Option<Failure>,
}

impl Outputs {
    /// Opens all that is asked for, so that a folder that is missing is known before the work begins. Once `stop` is set, no more
    /// pictures are made.
    pub(crate) fn open(
        answer: &AnswerArgs,
        inputs: &[PathBuf],
        terminal: &Terminal,
        profile: &Profile,
        stop: &Arc<AtomicBool>,
    ) -> Result<Self, Failure> {
        let args = &answer.report;
        let (shown, threshold) = (answer.shown(), answer.threshold());
        let (thumbnails, matrix) = (!args.no_thumbnails, answer.extra.matrix);
        let setting = &Setting { profile, shown, threshold, thumbnails, matrix, stop };
        let mut on_standard_output = None;
        let mut files: Vec<ReportFile> = Vec::new();
        for output in &args.output {
            let format = output.format_or(args.format);
            if output.is_standard_output() {
                if on_standard_output.replace(format).is_some() {
                    return Err(Usage::OutputTwice(PathBuf::from("-")).into());
                }
                continue;
            }
            let destination = Destination::of(&output.path);
            if files.iter().any(|file| file.destination.path == destination.path) {
                return Err(Usage::OutputTwice(output.path.clone()).into());
            }
            if inputs.iter().any(|input| !input.is_dir() && is_same(input, &destination.path)) {
                return Err(Usage::OutputIsInput(output.path.clone()).into());
            }
            if destination.is_media() {
                return Err(Usage::OutputIsMedia(output.path.clone()).into());
            }
            let file = ReportFile::open(&output.path, destination, format, setting);
            files.push(file.map_err(|cause| Failure::Write { path: output.path.clone(), cause })?);
        }
        let format = on_standard_output.unwrap_or(args.format);
        let style = terminal.style();
        let standard_output = reporter(format, Terminal::output(), style, setting);
        Ok(Self { standard_output: Some(standard_output), files, failure: None })
    }

    /// Writes what comes before the first file.
    pub(crate) fn begin(&mut self, run: &Run) -> Result<(), Failure> {
        self.each(|reporter| reporter.begin(run))
    }

    /// Writes the answer about one file.
    pub(crate) fn file(&mut self, entry: &FileEntry) -> Result<(), Failure> {
        self.each(|reporter| reporter.file(entry))
    }

    /// Writes the answers about files whose entries are JSON already.
    pub(crate) fn json(&mut self, entries: &JsonEntries) -> Result<(), Failure> {
        self.each(|reporter| reporter.json(entries))
    }

    /// Writes the answers about files of which the text for people is made already.
    pub(crate) fn told(&mut self, told: &Told) -> Result<(), Failure> {
        self.each(|reporter| reporter.told(told))
    }

    /// What of the report of a file is needed.
    pub(crate) fn needs(&self) -> Needs {
        let files = self.files.iter().map(|file| file.reporter.needs());
        let standard_output = self.standard_output.iter().map(|reporter| reporter.needs());
        standard_output.chain(files).reduce(Needs::and).unwrap_or(Needs::Facts)
    }

    /// Writes the answer about a post.
    pub(crate) fn post(&mut self, post: &PostReport) -> Result<(), Failure> {
        self.each(|reporter| reporter.post(post))
    }

    /// Writes the sum, and puts each report file in its place. Fails where any report could not be written.
    pub(crate) fn end(mut self, summary: &Summary) -> Result<(), Failure> {
        self.each(|reporter| reporter.end(summary))?;
        for file in std::mem::take(&mut self.files) {
            let path = file.path.clone();
            if let Err(cause) = file.put_in_place() {
                self.fail(Failure::Write { path, cause });
            }
        }
        self.failure.map_or(Ok(()), Err)
    }

    /// Has each report written; those that fail are left out from then on. Fails where none is left.
    fn each(&mut self, mut write: impl FnMut(&mut dyn Reporter) -> io::Result<()>) -> Result<(), Failure> {
        if let Some(reporter) = &mut self.standard_output
            && let Err(cause) = write(reporter.as_mut())
        {
            self.standard_output = None;
            self.fail(Failure::Output(cause));
        }
        let mut failures = Vec::new();
        self.files.retain_mut(|file| match write(file.reporter.as_mut()) {
            Ok(()) => true,
            Err(cause) => {
                failures.push(Failure::Write { path: file.path.clone(), cause });
                false
            }
        });
        for failure in failures {
            self.fail(failure);
        }
        let is_any_left = self.standard_output.is_some() || !self.files.is_empty();
        self.failure.take_if(|_| !is_any_left).map_or(Ok(()), Err)
    }

    /// Keeps the first failure for the end, and names every further one at once.
    fn fail(&mut self, failure: Failure) {
        match self.failure {
            None => self.failure = Some(failure),
            // A reader that went away is no reason for a message.
            Some(_) if failure.is_broken_pipe() => {}
            Some(_) => complain(&failure),
        }
    }
}

/// A report that goes to a file.
struct ReportFile {
    /// The path as it was given.
    path: PathBuf,
    reporter: Box<dyn Reporter>,
    destination: Destination,
    /// What will stand at the destination. Absent for a pipe or a device, which are written as they are.
    unfinished: Option<NamedTempFile>,
}

impl ReportFile {
    fn open(path: &Path, destination: Destination, format: ReportFormat, setting: &Setting<'_>) -> io::Result<Self> {
        let style = Style::plain(FILE_WIDTH);
        let unfinished = if destination.is_special { None } else { Some(destination.unfinished()?) };
        let file = match &unfinished {
            Some(unfinished) => unfinished.as_file().try_clone()?,
            None => OpenOptions::new().append(true).open(&destination.path)?,
        };
        let reporter = reporter(format, Box::new(BufWriter::new(file)), style, setting);
        Ok(Self { path: path.to_owned(), reporter, destination, unfinished })
    }

    /// Renames the whole report over the earlier one.
    fn put_in_place(self) -> io::Result<()> {
        drop(self.reporter);
        let Some(unfinished) = self.unfinished else { return Ok(()) };
        // So that after a loss of power the name does not stand for an empty file.
        unfinished.as_file().sync_all()?;
        unfinished.persist(&self.destination.path).map(drop).map_err(|error| error.error)
    }
}

/// Where a report file is put.
struct Destination {
    /// The file itself, where a link leads to it.
    path: PathBuf,
    /// Whether it is there and is no regular file, but a pipe or a device.
    is_special: bool,
    permissions: Option<Permissions>,
}

impl Destination {
    fn of(path: &Path) -> Self {
        let there = fs::metadata(path).ok();
        // What stands for an open file is written on, and never replaced.
        let is_open_file = OPEN_FILES.iter().any(|folder| path.starts_with(folder));
        let is_special = is_open_file || there.as_ref().is_some_and(|there| !there.is_file());
        let path = if is_open_file { path.to_owned() } else { real(path) };
        Self { path, is_special, permissions: there.map(|there| there.permissions()) }
    }

    /// Whether a file of media is there, by its name. No report is called so: an argument is missing, or in the wrong place.
    fn is_media(&self) -> bool {
        !self.is_special && self.permissions.is_some() && is_named_media(&self.path)
    }

    /// A file beside the destination, hidden, which goes away unless it is put in place.
    fn unfinished(&self) -> io::Result<NamedTempFile> {
        let folder = folder_of(&self.path);
        let mut builder = tempfile::Builder::new();
        builder.prefix(".preflight-").suffix(".unfinished");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let unfinished = builder.tempfile_in(folder).map_err(unwrapped)?;
        if let Some(permissions) = &self.permissions {
            unfinished.as_file().set_permissions(permissions.clone())?;
        }
        Ok(unfinished)
    }
}

/// Puts a whole report in its place: an earlier one is replaced at once, a pipe or a device is written as it is.
pub(crate) fn put(path: &Path, report: &[u8]) -> io::Result<()> {
    let destination = Destination::of(path);
    if destination.is_media() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is media, which a report would replace"));
    }
    if destination.is_special {
        return OpenOptions::new().append(true).open(&destination.path)?.write_all(report);
    }
    let mut unfinished = destination.unfinished()?;
    unfinished.write_all(report)?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(&destination.path).map(drop).map_err(|error| error.error)
}

/// The path without links; of a file that is not there yet, its folder without links.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path)
        .or_else(|_| Ok::<_, io::Error>(fs::canonicalize(folder_of(path))?.join(path.file_name().unwrap_or_default())))
        .unwrap_or_else(|_| path.to_owned())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// What the system said, without the name of the temporary file.
fn unwrapped(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|error| error.source()).and_then(|cause| cause.downcast_ref::<io::Error>());
    match inner.and_then(io::Error::raw_os_error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error,
    }
}

/// Whether both paths lead to one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    fs::canonicalize(one).is_ok_and(|one| one == other)
}

fn reporter(format: ReportFormat, output: Box<dyn Write>, style: Style, setting: &Setting<'_>) -> Box<dyn Reporter> {
    match format {
        ReportFormat::Human if setting.matrix => Box::new(Matrix::new(output, style)),
        ReportFormat::Human => Box::new(Human::new(output, style, setting.shown)),
        ReportFormat::Json => Box::new(Json::new(output)),
        ReportFormat::Jsonl => Box::new(JsonLines::new(output)),
        ReportFormat::Csv => Box::new(Csv::new(output)),
        ReportFormat::Markdown => Box::new(Markdown::new(output)),
        ReportFormat::Sarif => Box::new(Sarif::new(output, setting.profile, setting.threshold)),
        ReportFormat::Junit => Box::new(Junit::new(output, setting.threshold)),
        ReportFormat::Github => Box::new(Github::new(output, setting.threshold)),
        ReportFormat::Html => Box::new(Html::new(output, Previews::new(setting.thumbnails, Arc::clone(setting.stop)))),
    }
}

/// Names of files that are open already.
const OPEN_FILES: &[&str] = &["/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"];
/// The ends of names that tell a format.
const EXTENSIONS: &[(&str, ReportFormat)] = &[
    (".sarif.json", ReportFormat::Sarif),
    (".sarif", ReportFormat::Sarif),
    (".json", ReportFormat::Json),
    (".jsonl", ReportFormat::Jsonl),
    (".ndjson", ReportFormat::Jsonl),
    (".csv", ReportFormat::Csv),
    (".md", ReportFormat::Markdown),
    (".markdown", ReportFormat::Markdown),
    (".xml", ReportFormat::Junit),
    (".html", ReportFormat::Html),
    (".htm", ReportFormat::Html),
    (".txt", ReportFormat::Human),
];
/// Columns of text for people in a file.
pub(crate) const FILE_WIDTH: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(argument: &str) -> (Option<ReportFormat>, String) {
        let output = OutputArgument::read(argument.into()).unwrap();
        (output.format, output.path.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_format_is_told_apart_from_a_path() {
        assert_eq!(read("sarif=a=b.json"), (Some(ReportFormat::Sarif), "a=b.json".to_owned()));
        assert_eq!(read("a=b.json"), (None, "a=b.json".to_owned()));
        assert_eq!(read("./json=b"), (None, "./json=b".to_owned()));
        assert!(OutputArgument::read("json=".into()).is_err());
        assert!(OutputArgument::read("".into()).is_err());
    }

    #[test]
    fn the_extension_tells_the_format() {
        for (name, format) in [
            ("a.json", Some(ReportFormat::Json)),
            ("a.sarif.json", Some(ReportFormat::Sarif)),
            ("A.SARIF", Some(ReportFormat::Sarif)),
            ("x/a.jsonl", Some(ReportFormat::Jsonl)),
            ("a.xml", Some(ReportFormat::Junit)),
            ("a.md", Some(ReportFormat::Markdown)),
            ("a.csv", Some(ReportFormat::Csv)),
            ("a.html", Some(ReportFormat::Html)),
            ("a.csv/b", None),
            ("report", None),
        ] {
            assert_eq!(ReportFormat::of(Path::new(name)), format, "{name}");
        }
    }
}
