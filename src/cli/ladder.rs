//! `preflight ladder`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum, ValueHint};
use media_preflight::facts::Facts;
use media_preflight::finding::Verdict;
use media_preflight::fix::Unfinished;
use media_preflight::input::{Extras, FileSource, Limits};
use media_preflight::report::compare::write_short;
use media_preflight::report::{Style, visible, written};
use media_preflight::transcode::compare::{self, Comparison, Options};
use media_preflight::transcode::ffmpeg::sh;
use media_preflight::transcode::ladder::{Ladder, Rung};
use media_preflight::{Checker, Profile, Request};
use serde::Serialize;

use super::args::{ANSWER, FILES, PackArgs};
use super::child::{self, ChildError};
use super::environment;
use super::failure::{Failure, plain};
use super::interrupt::stop_on_interrupt_or_end;
use super::terminal::Terminal;
use super::{complain, pack, swept};

#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct LadderArgs {
    /// The film.
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,

    /// Make the renditions, in one run of ffmpeg, and compare each with the film.
    #[arg(long)]
    pub(crate) make: bool,

    /// Folder for the renditions [default: that of the film].
    #[arg(long, short, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = FILES)]
    pub(crate) output: Option<PathBuf>,

    /// Replace renditions that are there already.
    #[arg(long, help_heading = FILES)]
    pub(crate) overwrite: bool,

    /// The ffmpeg to run [default: ffmpeg in PATH].
    #[arg(long, value_name = "PATH", env = environment::unless_empty("PREFLIGHT_FFMPEG"), hide_env_values = true)]
    #[arg(value_hint = ValueHint::ExecutablePath)]
    pub(crate) ffmpeg: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) pack: PackArgs,

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = LadderFormat::Human, help_heading = ANSWER)]
    pub(crate) format: LadderFormat,
}

/// How a ladder is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LadderFormat {
    /// For people.
    Human,
    /// One JSON object.
    Json,
    /// The command for a POSIX shell.
    Sh,
}

/// Shows the ladder of a film, and makes it where that is asked for.
pub(crate) fn run(args: &LadderArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let profile = pack::load(args.pack.pack.as_deref())?;
    let path = written(&args.file);
    let failed = |why: &dyn std::fmt::Display, status: u8| {
        complain(&format_args!("{path}: {why}"));
        Ok(ExitCode::from(status))
    };
    let facts = match read(&args.file) {
        Ok(facts) => facts,
        Err(error) => return failed(&error, Failure::INPUT_OUTPUT),
    };
    let ladder = match Ladder::of(&facts, &profile) {
        Ok(ladder) => ladder,
        Err(why) => return failed(&why, 1),
    };
    let outputs: Vec<PathBuf> = ladder.applying().map(|(_, size)| args.path(&size.to_string())).collect();
    let arguments = ladder.arguments(&facts, &profile, &args.file, &outputs);
    let mut made = Vec::new();
    if args.make && !outputs.is_empty() {
        let work = Work { args, profile: &profile, source: &facts, ladder: &ladder };
        match work.make(&outputs) {
            Ok(renditions) => made = renditions,
            Err(NotMade::Child(error)) => return failed(&error, error.status()),
            Err(NotMade::Failure(failure)) => return Err(failure),
            Err(NotMade::Exists(output)) => {
                let why = format!(
                    "{} is there already: --overwrite replaces it, -o DIR names another folder",
                    written(&output)
                );
                return failed(&why, Failure::INPUT_OUTPUT);
            }
            Err(NotMade::File(output, error)) => {
                return failed(&format!("{}: {error}", written(&output)), Failure::INPUT_OUTPUT);
            }
        }
    }
    let answer = Answer { ladder: &ladder, path: &path, outputs: &outputs, arguments: &arguments, made: &made };
    let mut output = Terminal::output();
    match args.format {
        LadderFormat::Human => answer.human(&mut output, &terminal.style(), args.make),
        LadderFormat::Json => answer.json(&mut output),
        LadderFormat::Sh => answer.command(&mut output),
    }
    .and_then(|()| output.flush())
    .map_err(Failure::Output)?;
    let is_short = outputs.is_empty() || made.iter().any(|rendition| !rendition.is_good());
    Ok(ExitCode::from(u8::from(is_short)))
}

impl LadderArgs {
    /// Where the rendition of a size goes.
    fn path(&self, size: &str) -> PathBuf {
        let mut name = self.file.file_stem().unwrap_or_default().to_owned();
        name.push(format!(".{size}.mp4"));
        self.output.as_deref().or_else(|| self.file.parent()).unwrap_or(Path::new("")).join(name)
    }

    /// The folder that the renditions go to.
    fn folder(&self) -> PathBuf {
        let folder = self.output.as_deref().or_else(|| self.file.parent());
        folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
    }
}

fn read(path: &Path) -> Result<Facts, String> {
    let source = FileSource::open(path).map_err(|error| plain(&error))?;
    media_preflight::inspect_with(&source, Limits::default(), Extras::COMPARISON).map_err(|error| error.to_string())
}

/// Why renditions were not made.
enum NotMade {
    Child(ChildError),
    Failure(Failure),
    Exists(PathBuf),
    File(PathBuf, String),
}

impl From<ChildError> for NotMade {
    fn from(error: ChildError) -> Self {
        Self::Child(error)
    }
}

/// A rendition that was made.
struct Rendition {
    /// Whether the platform takes it.
    verdict: Verdict,
    comparison: Comparison,
}

impl Rendition {
    /// Whether it has its name: it is taken, and still the same film.
    fn is_good(&self) -> bool {
        self.verdict == Verdict::Pass && self.comparison.verdict == Verdict::Pass
    }
}

/// What making a ladder needs.
struct Work<'a> {
    args: &'a LadderArgs,
    profile: &'a Profile,
    source: &'a Facts,
    ladder: &'a Ladder,
}

impl Work<'_> {
    /// Makes all renditions under temporary names, checks and compares each, and gives those that are good their own.
    fn make(&self, outputs: &[PathBuf]) -> Result<Vec<Rendition>, NotMade> {
        let taken = outputs.iter().find(|output| !self.args.overwrite && fs::symlink_metadata(output).is_ok());
        if let Some(output) = taken {
            return Err(NotMade::Exists(output.clone()));
        }
        if let Some(folder) = &self.args.output {
            fs::create_dir_all(folder).map_err(|error| NotMade::File(folder.clone(), plain(&error)))?;
        }
        let stop = stop_on_interrupt_or_end().map_err(NotMade::Failure)?;
        let folder = self.args.folder();
        swept(&folder);
        let temporary = || Unfinished::new(&folder, "mp4", true);
        let failed = |error: io::Error| NotMade::File(folder.clone(), plain(&error));
        let unfinished: Vec<Unfinished> =
            outputs.iter().map(|_| temporary().map_err(failed)).collect::<Result<_, _>>()?;
        let paths: Vec<PathBuf> = unfinished.iter().map(|path| path.to_path_buf()).collect();
        let mut arguments: Vec<OsString> = ["-y", "-loglevel", "error"].map(OsString::from).to_vec();
        arguments.extend(self.ladder.arguments(self.source, self.profile, &self.args.file, &paths));
        let program = self.args.ffmpeg.as_deref().unwrap_or(Path::new("ffmpeg"));
        child::run(program, Path::new("."), arguments, &stop, |_| {})?;
        let mut renditions = Vec::new();
        for (((_, size), path), output) in self.ladder.applying().zip(unfinished).zip(outputs) {
            let facts = read(&path).map_err(|error| NotMade::File(output.clone(), error))?;
            let options = Options { size: Some(size), ..Options::default() };
            let comparison = compare::compare(self.source, &facts, self.profile, &options);
            let name = written(output);
            let request = Request { name: Some(&name), ..Request::default() };
            let verdict = Checker::new(self.profile.clone()).judge(facts, &request).verdict;
            let rendition = Rendition { verdict, comparison };
            if rendition.is_good() {
                settle(path, output, self.args.overwrite)?;
            }
            renditions.push(rendition);
        }
        Ok(renditions)
    }
}

/// Gives a rendition its name.
fn settle(path: Unfinished, output: &Path, overwrite: bool) -> Result<(), NotMade> {
    let failed = |error: io::Error| NotMade::File(output.to_owned(), plain(&error));
    // So that after a loss of power the name does not stand for an empty file.
    fs::File::open(&path).and_then(|file| file.sync_all()).map_err(failed)?;
    let settled = if overwrite { path.replace(output) } else { path.settle(output) };
    settled.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => NotMade::Exists(output.to_owned()),
        _ => failed(error),
    })
}

/// What is written.
struct Answer<'a> {
    ladder: &'a Ladder,
    path: &'a str,
    outputs: &'a [PathBuf],
    arguments: &'a [OsString],
    made: &'a [Rendition],
}

/// The JSON of a ladder.
#[derive(Serialize)]
struct Json<'a> {
    schema_version: u32,
    path: &'a str,
    shown: String,
    rungs: Vec<JsonRung<'a>>,
    notes: &'a [String],
    /// The arguments of the one run of ffmpeg, without its name. Empty: no row applies.
    arguments: Vec<String>,
}

#[derive(Serialize)]
struct JsonRung<'a> {
    #[serde(flatten)]
    rung: &'a Rung,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    /// Whether the platform takes what was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<&'a Comparison>,
}

impl Answer<'_> {
    fn json(&self, output: &mut dyn Write) -> io::Result<()> {
        let mut next = self.outputs.iter().zip(self.made.iter().map(Some).chain(std::iter::repeat(None)));
        let rungs = self
            .ladder
            .rungs
            .iter()
            .map(|rung| {
                let (path, made) = rung.size.and_then(|_| next.next()).unzip();
                let made = made.flatten();
                JsonRung {
                    rung,
                    output: path.map(|path| written(path).into_owned()),
                    verdict: made.map(|made| made.verdict),
                    comparison: made.map(|made| &made.comparison),
                }
            })
            .collect();
        let json = Json {
            schema_version: 1,
            path: self.path,
            shown: self.ladder.shown.to_string(),
            rungs,
            notes: &self.ladder.notes,
            arguments: if self.outputs.is_empty() { Vec::new() } else { self.words() },
        };
        serde_json::to_writer_pretty(&mut *output, &json)?;
        writeln!(output)
    }

    fn words(&self) -> Vec<String> {
        self.arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect()
    }

    fn command(&self, output: &mut dyn Write) -> io::Result<()> {
        if self.outputs.is_empty() {
            return Ok(());
        }
        writeln!(
            output,
            "{}",
            sh(std::iter::once(OsStr::new("ffmpeg")).chain(self.arguments.iter().map(OsString::as_os_str)))
        )
    }

    fn human(&self, output: &mut dyn Write, style: &Style, is_made: bool) -> io::Result<()> {
        writeln!(output, "{}, shown as {}", visible(self.path), self.ladder.shown)?;
        let mut next = self.outputs.iter().zip(self.made.iter().map(Some).chain(std::iter::repeat(None)));
        for rung in &self.ladder.rungs {
            let row = rung.row.to_string();
            if let Some(why) = &rung.left_out {
                writeln!(output, "  -          {row:9}  {why}")?;
                continue;
            }
            let Some((path, made)) = next.next() else { continue };
            let size = rung.size.filter(|size| *size != rung.row).map(|size| format!(" as {size}")).unwrap_or_default();
            let word = match made {
                Some(made) if made.is_good() => "made",
                Some(_) => "not kept",
                None => "applies",
            };
            let path = written(path);
            writeln!(
                output,
                "  {word:9}  {row:9}  video {}, audio {}{size}  {}",
                rung.video,
                rung.audio,
                visible(&path)
            )?;
            if let Some(made) = made {
                if made.verdict != Verdict::Pass {
                    writeln!(output, "             preflight check: {}", made.verdict.as_str())?;
                }
                write_short(output, &made.comparison, style)?;
            }
        }
        for note in &self.ladder.notes {
            writeln!(output, "note: {}", visible(note))?;
        }
        if self.outputs.is_empty() {
            return writeln!(output, "no row applies");
        }
        if is_made {
            return Ok(());
        }
        writeln!(output, "\nAll in one run (--make carries it out):")?;
        self.command(output)
    }
}

const HELP: &str = "\
A row of the table applies where the picture lies as the row does and is at least as large in one direction, so that nothing is
enlarged. The picture keeps its shape.

Exit status:
  0    at least one row applies; with --make, every rendition was made, is taken by the platform and is still the same film
  1    no row applies, or the file is no film, or a rendition is not good and was thrown away
  2    wrong usage, or a rule pack that is not valid
  3    the film could not be read, a rendition not written, or ffmpeg failed
  5    ffmpeg is missing or not executable, or has no encoder or filter that is needed
  130  interrupted";
