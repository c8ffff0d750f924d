//! `preflight scan`.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::thread;

use clap::{ArgMatches, Args, ValueHint};
use media_preflight::Request;
use media_preflight::report::{FileEntry, Needs, Run, read_back};
use media_preflight::scan::{
    Scan, ScanOptions, Scanned, Skip, Totals, WalkOptions, Wanted, alt_text_beside, silence_guarded_panics,
};

use super::args::{AnswerArgs, FILES, JudgingArgs, WalkArgs};
use super::cache::{self, CacheArgs};
use super::config::{ConfiguredRulings, Resolver};
use super::environment;
use super::extras::Extras;
use super::failure::Failure;
use super::interrupt::{INTERRUPTED, stop_on_interrupt_or_end};
use super::outputs::{Outputs, ReportFormat};
use super::progress::Progress;
use super::terminal::Terminal;
use super::{complain, note, recipe};

#[derive(Debug, Args)]
#[command(after_long_help = SCAN_HELP)]
#[command(mut_args(environment::read))]
pub(crate) struct ScanArgs {
    /// Folders, with all that is below them, and files.
    ///
    /// What is no media, by name and content, is counted and otherwise left alone. Answers come in the order of the paths.
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    #[command(flatten)]
    pub(crate) answer: AnswerArgs,

    #[command(flatten)]
    pub(crate) walk: WalkArgs,

    /// Follow symbolic links.
    #[arg(long, short = 'L', help_heading = FILES)]
    pub(crate) follow: bool,

    #[command(flatten)]
    pub(crate) cache: CacheArgs,

    /// Number of files checked at the same time [default: number of processors].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Show no progress. It is shown only on a terminal.
    #[arg(long)]
    pub(crate) no_progress: bool,
}

/// Scans the paths and writes what it finds, in the order of the paths.
pub(crate) fn run(args: &mut ScanArgs, matches: &ArgMatches, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let timelines = args.answer.report.draws_timelines();
    let resolver = Resolver::new(&args.judging, matches)?.with_timelines(timelines);
    resolver.settle(&mut args.answer, &args.paths, matches)?;
    let args = &*args;
    let of_run = resolver.judge_of_run(&args.paths)?;
    let checker = &of_run.checker;
    let run = Run {
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        pack: checker.profile().name().to_owned(),
        mend: recipe::judged_by(&args.judging),
    };
    let mut options = options(args);
    let stop = stop_on_interrupt_or_end()?;
    silence_guarded_panics();
    let rulings = ConfiguredRulings::new(&resolver, &of_run, program());
    let extras = Extras::open(&args.answer.extra)?;
    let outputs = Outputs::open(&args.answer, &args.paths, terminal, checker.profile(), &stop)?;
    if extras.need_all() {
        options.wanted = Wanted::All;
    } else {
        options.needs = outputs.needs();
    }
    let cache = cache::open(&args.cache);
    let progress = Progress::start(args.no_progress, &args.paths, &options.walk);
    let mut answer = Answer { outputs, extras, progress, resolver: &resolver };
    answer.outputs.begin(&run)?;
    let scan = Scan { options: &options, rulings: &rulings, cache: cache.as_ref(), stop: &stop };
    let result = scan.run(&args.paths, |scanned, totals| answer.take(scanned, totals));
    answer.progress.finish();
    // What was read is kept even where the answer could not be written.
    if let Some(why) = cache.and_then(media_preflight::scan::Cache::finish) {
        note(&why);
    }
    let faults = rulings.faults();
    for fault in &faults {
        complain(fault);
    }
    let mut summary = match result {
        Ok(totals) => totals.summary,
        Err(failure) if stop.load(Ordering::Relaxed) => return Ok(interrupted(Some(&failure))),
        Err(failure) => return Err(failure),
    };
    answer.extras.sum(&mut summary);
    summary.misconfigured = !faults.is_empty();
    if summary.files == 0 && !summary.interrupted {
        note(&"nothing to check: no media is in what was given");
    }
    let ended = answer.outputs.end(&summary);
    // Pictures of a report are made at its end, after the last file.
    if summary.interrupted || stop.load(Ordering::Relaxed) {
        return Ok(interrupted(ended.err().as_ref()));
    }
    if let Err(failure) = ended {
        // A wrong configuration comes before what could not be written, which is told in words.
        if !summary.misconfigured || failure.is_broken_pipe() {
            return Err(failure);
        }
        complain(&failure);
    }
    Ok(args.answer.exit_code(&summary))
}

/// The status of a run that was interrupted, which comes before that of any failure: the failure is told in words.
fn interrupted(failure: Option<&Failure>) -> ExitCode {
    if let Some(failure) = failure.filter(|failure| !failure.is_broken_pipe()) {
        complain(failure);
    }
    INTERRUPTED.into()
}

/// Where the answers go as they come.
struct Answer<'a> {
    outputs: Outputs,
    extras: Extras,
    progress: Progress,
    resolver: &'a Resolver,
}

impl Answer<'_> {
    fn take(&mut self, mut scanned: Scanned, totals: &Totals) -> Result<(), Failure> {
        self.progress.update(totals);
        if let Scanned::Entry(entry) = &mut scanned
            && self.extras.need_all()
            && let Some(report) = entry.report()
        {
            let path = PathBuf::from(read_back(report.path.as_deref().unwrap_or_default()));
            let judge = self.resolver.judge(&path)?;
            // One that cannot be read has made the file unreadable.
            let alt_text = alt_text_beside(&path).ok().flatten();
            let request = Request { category: judge.category, alt_text: alt_text.as_deref(), ..Request::default() };
            self.extras.add(entry, &judge.checker, &request);
        }
        match &scanned {
            Scanned::Entry(entry) => {
                let outputs = &mut self.outputs;
                self.progress.aside(|| {
                    if let FileEntry::Unreadable(unreadable) = entry {
                        complain(&format_args!("{}: {}", unreadable.path, unreadable.error));
                    }
                    outputs.file(entry)
                })
            }
            Scanned::Json(entries, _) => self.progress.aside(|| self.outputs.json(entries)),
            Scanned::Told(told, _) => self.progress.aside(|| self.outputs.told(told)),
            Scanned::Skipped(Skip::Special { path, what }) => {
                self.progress.aside(|| note(&format_args!("{path}: skipped, {what}")));
                Ok(())
            }
            Scanned::Unheeded(why) => {
                self.progress.aside(|| note(&format_args!("{why}; not heeded")));
                Ok(())
            }
            Scanned::Skipped(Skip::NoMedia | Skip::Link) | Scanned::Counted(_) => Ok(()),
        }
    }
}

fn options(args: &ScanArgs) -> ScanOptions {
    let report = &args.answer.report;
    // People who ask for quiet see nothing of a file without a remark; all other reports have every file in them.
    let has_only_remarks = args.answer.quiet && report.format == ReportFormat::Human && report.output.is_empty();
    ScanOptions {
        walk: WalkOptions { follow: args.follow, ..args.walk.options() },
        jobs: args.jobs.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
        all_files: args.walk.all_files,
        wanted: if has_only_remarks { Wanted::Remarked } else { Wanted::All },
        needs: Needs::Facts,
    }
}

impl WalkArgs {
    /// Which files the arguments ask for; links are not followed.
    pub(crate) fn options(&self) -> WalkOptions {
        WalkOptions { hidden: self.hidden, follow: false, no_ignore: self.no_ignore, globs: self.glob.clone() }
    }
}

/// Names this build: another one may read files differently, even of the same version.
pub(crate) fn program() -> String {
    let built = std::env::current_exe().and_then(|path| path.metadata()).ok();
    let length = built.as_ref().map_or(0, std::fs::Metadata::len);
    let time = built.and_then(|metadata| metadata.modified().ok());
    format!("{} {length} {time:?}", env!("CARGO_PKG_VERSION"))
}

const SCAN_HELP: &str = "\
Exit status:
  0    every file passes
  1    a file has a finding of the severity of --fail-on, or cannot be decided
  2    wrong usage, or a rule pack or configuration that is not valid (what others cover is still checked)
  3    a file or folder could not be read (the others are still checked), or another error of the system
  130  interrupted: the answer covers the files that were checked, and the next scan goes on from the cache
  141  whoever reads the answer went away
Where several hold, the first of 130, 2, 3 and 1.";
