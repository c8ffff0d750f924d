//! `preflight fix`.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use clap::{ArgMatches, Args, ValueHint};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use media_preflight::FileReport;
use media_preflight::fix::leash::Leash;
use media_preflight::fix::{Claims, Destination, Ffmpeg, FixError, Fixed, Fixer, Looked, Outcome, Place, Reference};
use media_preflight::report::{visible, written};
use media_preflight::transcode::plan::Options;

use super::args::{FILES, JudgingArgs};
use super::config::{Judge, Resolver};
use super::environment;
use super::failure::{Failure, Usage};
use super::interrupt::{INTERRUPTED, stop_on_interrupt_or_end};
use super::plan::{MendingArgs, is_folder};
use super::terminal::Terminal;
use super::{complain, swept};

#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct FixArgs {
    /// Files to mend. They are never written to, unless --in-place says so.
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) mending: MendingArgs,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    /// Put results in the place of the sources.
    #[arg(long, conflicts_with_all = ["output", "split"], help_heading = FILES)]
    pub(crate) in_place: bool,

    /// Keep the sources as NAME.EXT.bak.
    #[arg(long, requires = "in_place", help_heading = FILES)]
    pub(crate) backup: bool,

    /// Replace results that are there already.
    #[arg(long, conflicts_with = "in_place", help_heading = FILES)]
    pub(crate) overwrite: bool,

    /// The ffmpeg to run [default: ffmpeg in PATH].
    #[arg(long, value_name = "PATH", env = environment::unless_empty("PREFLIGHT_FFMPEG"), hide_env_values = true)]
    #[arg(value_hint = ValueHint::ExecutablePath)]
    pub(crate) ffmpeg: Option<PathBuf>,

    /// Number of files mended at the same time.
    #[arg(long, short, value_name = "N", default_value = "1")]
    pub(crate) jobs: NonZeroUsize,

    /// Show no progress. It is shown only on a terminal.
    #[arg(long)]
    pub(crate) no_progress: bool,
}

const HELP: &str = "\
Each result is checked, and compared with its source, before it gets its name: what does not pass, or is not the same but for what
the steps are meant to change, is thrown away, and the source is never touched.

Exit status:
  0    every file passes now, or passed before
  1    a file could not be mended, or only by how it is sent
  2    wrong usage, such as a result that would replace a source, or a rule pack or configuration that is not valid
  3    a file could not be read or written, or ffmpeg failed
  5    ffmpeg is missing or not executable, or has no encoder or filter that is needed
  130  interrupted
Where several hold, the first of 130, 3, 5 and 1.";

/// Mends the files.
pub(crate) fn run(args: &FixArgs, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let resolver = Resolver::new(&args.judging, matches)?;
    if args.files.iter().any(|file| file.as_os_str() == "-") {
        return Err(Usage::StandardInputMended.into());
    }
    if args.files.len() > 1
        && let Some(path) = args.mending.output.as_ref().filter(|path| !is_folder(path))
    {
        return Err(Usage::NotAFolder(path.clone()).into());
    }
    if let Some(folder) = args.mending.output.as_ref().filter(|path| is_folder(path)) {
        fs::create_dir_all(folder).map_err(|cause| Failure::Write { path: folder.clone(), cause })?;
    }
    let judges: Vec<Arc<Judge>> = args.files.iter().map(|file| resolver.judge(file)).collect::<Result<_, _>>()?;
    let stop = stop_on_interrupt_or_end()?;
    let work = Work {
        args,
        stop: &stop,
        ffmpeg: Ffmpeg { program: args.ffmpeg.clone().unwrap_or_else(|| "ffmpeg".into()), leash: Leash::Parent },
    };
    let looked = work.claim(&judges)?;
    work.sweep();
    let bars = MultiProgress::new();
    let is_watched = !args.no_progress && std::io::IsTerminal::is_terminal(&std::io::stderr());
    let next = Mutex::new(args.files.iter().zip(&judges).zip(looked));
    let worst = Mutex::new(Status::default());
    thread::scope(|scope| {
        for _ in 0..args.jobs.get().min(args.files.len()) {
            scope.spawn(|| {
                loop {
                    let taken = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(((file, judge), looked)) = taken else { return };
                    let bar = if is_watched { bars.add(bar(file)) } else { ProgressBar::hidden() };
                    let (status, lines) = work.file(file, judge, looked, &bar);
                    bar.finish_and_clear();
                    let mut worst = worst.lock().unwrap_or_else(PoisonError::into_inner);
                    worst.add(status);
                    bars.suspend(|| lines.iter().for_each(Line::write));
                }
            });
        }
    });
    let worst = *worst.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(worst.exit_code())
}

/// What the files of a run have in common.
struct Work<'a> {
    args: &'a FixArgs,
    stop: &'a AtomicBool,
    ffmpeg: Ffmpeg,
}

impl Work<'_> {
    /// What was seen of each file, of the first ones of many. What cannot be read is told when its turn comes.
    ///
    /// Errors: a result would replace a source of the run, or another result.
    fn claim(&self, judges: &[Arc<Judge>]) -> Result<Vec<Option<Looked>>, Usage> {
        let files = &self.args.files;
        let mut claims = Claims::new(files.iter().map(PathBuf::as_path));
        let mut kept = Vec::with_capacity(files.len());
        for (file, judge) in files.iter().zip(judges) {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let Ok(looked) = self.look(file, judge) else {
                kept.push(None);
                continue;
            };
            for (part, options) in self.args.mending.parts(&looked.report, judge) {
                let place = self.place(part);
                let paths = self.fixer(judge, options).destinations(file, &looked, &place);
                // Where nothing is replaced unasked, a less likely path is looked at when the result goes there.
                let count = if self.args.overwrite { paths.len() } else { 1 };
                for path in paths.iter().take(count) {
                    claims.claim(file, path, self.args.in_place)?;
                }
            }
            kept.push(Some(looked).filter(|_| kept.len() < MOST_KEPT));
        }
        kept.resize_with(files.len(), || None);
        Ok(kept)
    }

    /// Takes away what earlier runs left in the folders of the results.
    fn sweep(&self) {
        let place = self.place(String::new());
        let folders: BTreeSet<PathBuf> = self.args.files.iter().map(|file| place.folder(file)).collect();
        for folder in &folders {
            swept(folder);
        }
    }

    /// Looks at a file; how it may be mended plays no part in that.
    fn look(&self, file: &Path, judge: &Judge) -> Result<Looked, FixError> {
        self.fixer(judge, Options::default()).look(file)
    }

    fn fixer<'a>(&'a self, judge: &'a Judge, options: Options) -> Fixer<'a> {
        Fixer { checker: &judge.checker, category: judge.category, options, ffmpeg: &self.ffmpeg, stop: self.stop }
    }

    fn place(&self, part: String) -> Place {
        Place { to: self.destination(), overwrite: self.args.overwrite, part }
    }

    /// Mends one file, or each part that it is split into.
    fn file(&self, file: &Path, judge: &Judge, looked: Option<Looked>, bar: &ProgressBar) -> (Status, Vec<Line>) {
        let mut status = Status::default();
        let mut lines = Vec::new();
        let name = written(file).into_owned();
        if self.stop.load(Ordering::Relaxed) {
            status.interrupted = true;
            return (status, lines);
        }
        let looked = match looked.map_or_else(|| self.look(file, judge), Ok) {
            Ok(looked) => looked,
            Err(error) => {
                status.error(&error);
                return (status, vec![Line::Complaint(said(&name, &error))]);
            }
        };
        for (part, options) in self.args.mending.parts(&looked.report, judge) {
            if self.stop.load(Ordering::Relaxed) {
                status.interrupted = true;
                break;
            }
            let (fixer, place) = (self.fixer(judge, options), self.place(part));
            match fixer.fix_looked(file, &looked, &place, &mut |permille| bar.set_position(permille.into())) {
                Ok(fixed) => {
                    status.unmended |= !matches!(fixed.outcome, Outcome::Untouched | Outcome::Done { .. });
                    lines.extend(told(&name, &fixed));
                }
                Err(error) => {
                    status.error(&error);
                    if !matches!(error, FixError::Interrupted) {
                        lines.push(Line::Complaint(said(&name, &error)));
                    }
                }
            }
        }
        (status, lines)
    }

    fn destination(&self) -> Destination {
        if self.args.in_place {
            Destination::InPlace { backup: self.args.backup }
        } else {
            self.args.mending.destination(self.args.files.len())
        }
    }
}

/// Reports that are kept until the turn of their files comes; those of further files are made twice.
const MOST_KEPT: usize = 256;

/// The error, with the file where it does not name it.
fn said(name: &str, error: &FixError) -> String {
    let text = error.to_string();
    if text.starts_with(name) { text } else { format!("{name}: {text}") }
}

/// What became of a file, in words.
fn told(name: &str, fixed: &Fixed) -> Vec<Line> {
    let mut lines = Vec::new();
    match &fixed.outcome {
        Outcome::Untouched => lines.push(Line::Answer(format!("{name}: passes as it is"))),
        Outcome::SendAs(category) => {
            lines.push(Line::Answer(format!("{name}: nothing in the file has to be changed: send it as {category}")));
        }
        Outcome::Refused => {
            lines.push(Line::Answer(format!("{name}: not mended")));
            for obstacle in &fixed.plan.refused {
                lines.push(Line::Answer(format!("  stays: {}: {}", obstacle.rule, obstacle.why)));
            }
            for open in &fixed.plan.undecided {
                let why = format!("  undecided: {} ({}); decided by {}", open.rule, open.why, open.decided_by);
                lines.push(Line::Answer(why));
            }
        }
        Outcome::Done { path, after, compared, backup } => {
            lines.push(Line::Answer(format!("{name}: mended: {}", written(path))));
            lines.extend(done(fixed));
            if let Some(backup) = backup {
                lines.push(Line::Answer(format!("  the source is {}", written(backup))));
            }
            lines.push(Line::Answer(format!("  before: {}", outline(&fixed.before))));
            lines.push(Line::Answer(format!("  after:  {}", outline(after))));
            lines.push(Line::Answer(match compared {
                Reference::Source => "  compared with the source: the same".to_owned(),
                Reference::Rewrapped => {
                    "  compared with its streams as they were copied, since the source is not read here: the same"
                        .to_owned()
                }
                Reference::Nothing(why) => format!("  not compared with the source: {why}; look at the result"),
            }));
        }
        Outcome::Failed { after, lost } if !lost.is_empty() => {
            let what = "what was made is not the same as the source, and was thrown away";
            lines.push(Line::Answer(format!("{name}: not mended: {what}")));
            lines.extend(done(fixed));
            lines.push(Line::Answer(format!("  before: {}", outline(&fixed.before))));
            lines.push(Line::Answer(format!("  result: {}", outline(after))));
            for row in lost {
                lines.push(Line::Answer(format!("    {} {}: {}", row.severity.as_str(), row.row, row.message)));
            }
        }
        Outcome::Failed { after, .. } => {
            lines.push(Line::Answer(format!("{name}: not mended: what was made does not pass, and was thrown away")));
            lines.extend(done(fixed));
            lines.push(Line::Answer(format!("  before: {}", outline(&fixed.before))));
            lines.push(Line::Answer(format!("  result: {}", outline(after))));
            for finding in &after.findings {
                lines.push(Line::Answer(format!(
                    "    {} {}: {}",
                    finding.severity.as_str(),
                    finding.rule,
                    finding.message
                )));
            }
        }
    }
    if !matches!(fixed.outcome, Outcome::Refused) {
        lines.extend(fixed.notes.iter().map(|note| Line::Answer(format!("  note: {note}"))));
    }
    lines
}

/// What was done, a line each.
fn done(fixed: &Fixed) -> impl Iterator<Item = Line> {
    fixed.deeds.iter().map(|deed| Line::Answer(format!("  {} ({})", deed.what, deed.damage.words())))
}

/// Verdict and findings of a report in one line.
fn outline(report: &FileReport) -> String {
    let mut rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_ref()).collect();
    rules.extend(report.undecided.iter().map(|undecided| undecided.rule.as_ref()));
    rules.dedup();
    let rules = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
    format!("{}{rules}", report.verdict.as_str())
}

/// One line of the answer.
enum Line {
    Answer(String),
    Complaint(String),
}

impl Line {
    fn write(&self) {
        match self {
            Self::Answer(text) => {
                use std::io::Write;

                // Where nobody reads on, the work is done all the same.
                let _ = writeln!(Terminal::output(), "{}", visible(text));
            }
            Self::Complaint(text) => complain(text),
        }
    }
}

/// What happened in a run.
#[derive(Clone, Copy, Debug, Default)]
struct Status {
    interrupted: bool,
    failed: bool,
    missing: bool,
    unmended: bool,
}

impl Status {
    fn add(&mut self, other: Self) {
        self.interrupted |= other.interrupted;
        self.failed |= other.failed;
        self.missing |= other.missing;
        self.unmended |= other.unmended;
    }

    fn error(&mut self, error: &FixError) {
        match error {
            FixError::Interrupted => self.interrupted = true,
            FixError::Missing { .. } | FixError::NotExecutable { .. } | FixError::Incapable { .. } => {
                self.missing = true;
            }
            _ => self.failed = true,
        }
    }

    fn exit_code(self) -> ExitCode {
        match self {
            Self { interrupted: true, .. } => INTERRUPTED.into(),
            Self { failed: true, .. } => Failure::INPUT_OUTPUT.into(),
            Self { missing: true, .. } => Failure::MISSING_PROGRAM.into(),
            Self { unmended: true, .. } => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        }
    }
}

fn bar(file: &Path) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let name = file.file_name().map(|name| visible(&name.to_string_lossy()).into_owned()).unwrap_or_default();
    ProgressBar::new(1000).with_style(style).with_message(name)
}
