//! `preflight check`.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use clap::{ArgMatches, Args, ValueHint};
use media_preflight::finding::{FileReport, Summary, Verdict};
use media_preflight::report::{FileEntry, PostReport, Run, Unreadable, written};
use media_preflight::units::Duration;
use media_preflight::upload::Receipt;
use media_preflight::{Category, Checker, Request};
use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::alt_text::AltTexts;
use super::args::{ANSWER, AnswerArgs, JudgingArgs, MEDIA};
use super::config::{Judge, Resolver};
use super::environment;
use super::extras::{Extras, sha256};
use super::failure::{Failure, Usage};
use super::outputs::Outputs;
use super::parse::ByteCount;
use super::source::{self, NotOpened};
use super::subtitle::SubtitleArgument;
use super::targets::{Target, targets};
use super::terminal::Terminal;
use super::{complain, note, recipe};

#[derive(Debug, Args)]
#[command(after_long_help = CHECK_HELP)]
#[command(mut_args(environment::read))]
pub(crate) struct CheckArgs {
    /// Files to check; of a directory, the files directly in it; - is standard input.
    ///
    /// Hidden files, alternative texts (FILE.alt.txt), preflight.toml and subdirectories of a directory are left alone.
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    /// Check the files as one post too: at most 4 photos, or 1 GIF, or 1 video (and its captions).
    #[arg(long, help_heading = MEDIA)]
    pub(crate) post: bool,

    /// Alternative text of a file [default: the text in FILE.alt.txt, if there is one].
    #[arg(long, value_name = "FILE=TEXT", help_heading = MEDIA)]
    pub(crate) alt_text: Vec<OsString>,

    /// Subtitles of the video of this run, checked against its duration.
    ///
    /// LANG is a BCP 47 tag such as en or pt-BR; NAME is what viewers see, by default the language's English name.
    #[arg(long, value_name = "LANG[:NAME]=FILE", value_parser = SubtitleArgument::parser(), help_heading = MEDIA)]
    pub(crate) subtitle: Vec<SubtitleArgument>,

    /// Id of another user who may use the upload.
    #[arg(long, value_name = "ID", help_heading = MEDIA)]
    pub(crate) additional_owner: Vec<String>,

    #[command(flatten)]
    pub(crate) answer: AnswerArgs,

    /// Write a receipt into this folder for each file that passes; upload --receipts then skips its check.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = ANSWER)]
    pub(crate) receipts: Option<PathBuf>,

    /// Number of files checked at the same time [default: number of processors].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Most bytes taken from standard input, which is kept in a temporary file (in TMPDIR) meanwhile.
    #[arg(long, value_name = "BYTES", default_value = "17GiB")]
    pub(crate) stdin_limit: ByteCount,
}

/// Checks the files and writes what it finds, in the order of the arguments.
pub(crate) fn run(args: &mut CheckArgs, matches: &ArgMatches, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let timelines = args.answer.report.draws_timelines();
    let resolver = Resolver::new(&args.judging, matches)?.with_timelines(timelines);
    resolver.settle(&mut args.answer, &args.files, matches)?;
    let args = &*args;
    let targets = targets(&args.files)?;
    let alt_texts = AltTexts::assign(&args.alt_text, &targets)?;
    // Of all files, before the first is checked: what is wrong in a configuration comes before any answer.
    let judges: Vec<Arc<Judge>> =
        targets.iter().map(|target| resolver.judge(target.path())).collect::<Result<_, _>>()?;
    let of_run = resolver.judge_of_run(&args.files)?;
    let checker = &of_run.checker;
    let work = Work { args, resolver: &resolver, checker, alt_texts: &alt_texts };
    let pool = pool(args, targets.len())?;

    let outputs = Outputs::open(&args.answer, &args.files, terminal, checker.profile(), &Arc::default())?;
    let extras = Extras::open(&args.answer.extra)?;
    let receipts = args.receipts.as_deref();
    let mut answer = Answer { outputs, extras, receipts, summary: Summary::default() };
    if targets.is_empty() {
        note(&"nothing to check: no file is directly in what was given");
    }
    // A post and subtitles are judged with the facts of other files, so those files are held until then.
    if args.post || !args.subtitle.is_empty() {
        let mut entries = work.check_together(&targets, &judges, pool.as_ref())?;
        answer.begin(checker, &args.judging)?;
        // Subtitles come after the files, and are held against the pack of the run again.
        let judges = judges.iter().chain(std::iter::repeat(&of_run));
        let texts = targets.iter().map(|target| work.alt_text_for_matrix(target)).chain(std::iter::repeat(None));
        for ((entry, judge), text) in entries.files.iter_mut().zip(judges).zip(texts) {
            answer.file(entry, &judge.checker, &Request { alt_text: text.as_deref(), ..work.request(judge) })?;
        }
        if let Some(post) = &mut entries.post {
            answer.post(post)?;
        }
    } else {
        answer.begin(checker, &args.judging)?;
        // In portions, so that a run of any length holds only some reports and answers come soon.
        let threads = pool.as_ref().map_or(1, ThreadPool::current_num_threads);
        let size = threads.saturating_mul(FILES_PER_THREAD);
        for (targets, judges) in targets.chunks(size).zip(judges.chunks(size)) {
            let entries = work.check_all(targets, judges, pool.as_ref()).into_iter();
            for ((mut entry, judge), target) in entries.zip(judges).zip(targets) {
                let text = work.alt_text_for_matrix(target);
                let request = Request { alt_text: text.as_deref(), ..work.request(judge) };
                answer.file(&mut entry, &judge.checker, &request)?;
            }
        }
    }
    answer.end(args)
}

/// What the checks of a run have in common.
struct Work<'a> {
    args: &'a CheckArgs,
    resolver: &'a Resolver,
    /// By what a post is judged; the pack of the run is its pack.
    checker: &'a Checker,
    alt_texts: &'a AltTexts,
}

/// Files that were judged together.
struct Together {
    files: Vec<FileEntry>,
    post: Option<PostReport>,
}

impl Work<'_> {
    /// Checks each target; the answers are in the same order.
    fn check_all(&self, targets: &[Target], judges: &[Arc<Judge>], pool: Option<&ThreadPool>) -> Vec<FileEntry> {
        match pool {
            Some(pool) => pool
                .install(|| targets.par_iter().zip(judges).map(|(target, judge)| self.check(target, judge)).collect()),
            None => targets.iter().zip(judges).map(|(target, judge)| self.check(target, judge)).collect(),
        }
    }

    /// Checks the targets, then the subtitles against the video among them, then all as a post.
    fn check_together(
        &self,
        targets: &[Target],
        judges: &[Arc<Judge>],
        pool: Option<&ThreadPool>,
    ) -> Result<Together, Failure> {
        let mut files = self.check_all(targets, judges, pool);
        let videos: Vec<_> =
            files.iter().filter_map(FileEntry::report).filter_map(|file| file.facts.movie.as_ref()).collect();
        if videos.len() > 1 && !self.args.subtitle.is_empty() {
            return Err(Usage::SubtitleVideos(videos.len()).into());
        }
        let duration = match videos.as_slice() {
            [video] => video.duration.value().copied(),
            _ => None,
        };
        if self.args.post {
            for (file, judge) in files.iter_mut().zip(judges) {
                self.judge_captions(file, judge, duration);
            }
        }
        for subtitle in &self.args.subtitle {
            let request =
                Request { category: Some(Category::Subtitles), video_duration: duration, ..Request::default() };
            let judge = self.resolver.judge(&subtitle.file)?;
            files.push(self.answer(&Target::File(subtitle.file.clone()), &judge.checker, &request));
        }
        let post = self.args.post.then(|| {
            let reports: Vec<&FileReport> = files.iter().filter_map(FileEntry::report).collect();
            PostReport { findings: self.checker.check_post(&reports) }
        });
        Ok(Together { files, post })
    }

    /// Judges captions among the files of a post again, now that the duration of its video is known.
    fn judge_captions(&self, file: &mut FileEntry, judge: &Judge, video_duration: Option<Duration>) {
        if let FileEntry::Report(report) = file
            && report.facts.captions.is_some()
        {
            let request = Request { name: report.path.as_deref(), video_duration, ..self.request(judge) };
            let pack = report.pack.take();
            **report = judge.checker.judge(report.facts.clone(), &request);
            report.pack = pack;
        }
    }

    /// What is asked of every file that a judge has.
    fn request(&self, judge: &Judge) -> Request<'_> {
        Request { category: judge.category, additional_owners: &self.args.additional_owner, ..Request::default() }
    }

    /// The text that every category is asked about too. One that cannot be read has made the file unreadable.
    fn alt_text_for_matrix(&self, target: &Target) -> Option<String> {
        if self.args.answer.extra.matrix { self.alt_texts.text_of(target).ok().flatten() } else { None }
    }

    fn check(&self, target: &Target, judge: &Judge) -> FileEntry {
        match self.alt_texts.text_of(target) {
            Ok(text) => {
                let request = Request { alt_text: text.as_deref(), ..self.request(judge) };
                self.answer(target, &judge.checker, &request)
            }
            Err(error) => unreadable(target, &error),
        }
    }

    fn answer(&self, target: &Target, checker: &Checker, request: &Request<'_>) -> FileEntry {
        let path = written(target.path());
        let name = matches!(target, Target::File(_)).then_some(path.as_ref());
        let report = source::open(target, self.args.stdin_limit.0).and_then(|source| {
            let request = Request { name, ..*request };
            checker.check(&source, &request).map_err(|error| NotOpened(error.to_string()))
        });
        match report {
            Ok(mut report) => {
                report.path = Some(path.into_owned());
                let pack = checker.profile().name();
                report.pack = (pack != self.checker.profile().name()).then(|| pack.to_owned());
                FileEntry::Report(Box::new(report))
            }
            Err(error) => unreadable(target, &error),
        }
    }
}

fn unreadable(target: &Target, error: &NotOpened) -> FileEntry {
    FileEntry::Unreadable(Unreadable { path: written(target.path()).into_owned(), error: error.to_string() })
}

/// The answers as they are written, and their sum.
struct Answer<'a> {
    outputs: Outputs,
    extras: Extras,
    /// Where receipts go, if they are wanted.
    receipts: Option<&'a Path>,
    summary: Summary,
}

impl Answer<'_> {
    fn begin(&mut self, checker: &Checker, judging: &JudgingArgs) -> Result<(), Failure> {
        self.outputs.begin(&Run {
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            pack: checker.profile().name().to_owned(),
            mend: recipe::judged_by(judging),
        })
    }

    fn file(&mut self, entry: &mut FileEntry, checker: &Checker, request: &Request<'_>) -> Result<(), Failure> {
        self.extras.add(entry, checker, request);
        entry.count_into(&mut self.summary);
        if let (Some(folder), FileEntry::Report(report)) = (self.receipts, &*entry) {
            give_receipt(folder, report, checker)?;
        }
        if let FileEntry::Unreadable(unreadable) = &*entry {
            complain(&format_args!("{}: {}", unreadable.path, unreadable.error));
        }
        self.outputs.file(entry)
    }

    fn post(&mut self, post: &mut PostReport) -> Result<(), Failure> {
        self.extras.add_post(post);
        post.count_into(&mut self.summary);
        self.outputs.post(post)
    }

    fn end(mut self, args: &CheckArgs) -> Result<ExitCode, Failure> {
        self.extras.sum(&mut self.summary);
        self.outputs.end(&self.summary)?;
        Ok(args.answer.exit_code(&self.summary))
    }
}

/// Writes the receipt of a file that passes. Standard input gets none: it cannot be uploaded.
fn give_receipt(folder: &Path, report: &FileReport, checker: &Checker) -> Result<(), Failure> {
    let Some(path) = report.path.as_deref().filter(|path| *path != "-" && report.verdict == Verdict::Pass) else {
        return Ok(());
    };
    // A file that is gone meanwhile gets none either.
    let Ok(sha256) = sha256(Path::new(path)) else { return Ok(()) };
    let Some(receipt) = Receipt::of(report, checker, sha256) else { return Ok(()) };
    receipt.write(folder).map_err(|cause| Failure::Write { path: folder.to_owned(), cause })
}

/// Threads for more than one file. A single file is checked sooner than threads are started.
fn pool(args: &CheckArgs, files: usize) -> Result<Option<ThreadPool>, Failure> {
    if files < 2 {
        return Ok(None);
    }
    let jobs = args.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get).min(files);
    if jobs < 2 {
        return Ok(None);
    }
    Ok(Some(rayon::ThreadPoolBuilder::new().num_threads(jobs).build()?))
}

/// Files that each thread checks before their answers are written.
const FILES_PER_THREAD: usize = 16;

const CHECK_HELP: &str = "\
Exit status:
  0    every file passes
  1    a file has a finding of the severity of --fail-on, or cannot be decided
  2    wrong usage, or a rule pack or configuration that is not valid
  3    a file could not be read (the others are still checked), a report not written, or another error of the system
  130  interrupted
  141  whoever reads the answer went away
Where several hold, the first of 130, 3 and 1.

Every option can be given by the environment and by preflight.toml too: --fail-on warning is PREFLIGHT_FAIL_ON=warning, and
fail-on = \"warning\". Flags win over the environment, and that over preflight.toml.";
