//! `preflight watch`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, ArgMatches, Args, ValueEnum, ValueHint};
use media_preflight::finding::{Severity, Summary};
use media_preflight::report::{FileEntry, Style, Threshold, write_line, written};
use media_preflight::scan::{Watch, WatchError, WatchOptions, Watched, silence_guarded_panics};
use signal_hook::consts::SIGTERM;
use signal_hook::flag;

use super::args::{ANSWER, AnswerArgs, ExtraArgs, FILES, FailOn, JudgingArgs, WalkArgs};
use super::config::{ConfiguredRulings, Resolver};
use super::environment;
use super::failure::{Failure, Usage, plain};
use super::interrupt::{INTERRUPTED, stop_on_interrupt};
use super::outputs::{ReportArgs, ReportFormat};
use super::parse::{interval, seconds};
use super::scan::program;
use super::terminal::Terminal;
use super::words::Words;
use super::{complain, note};

#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
#[command(mut_args(environment::read))]
pub(crate) struct WatchArgs {
    /// Folders, with all that is below them.
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    folders: Vec<PathBuf>,

    #[command(flatten)]
    judging: JudgingArgs,

    #[command(flatten)]
    walk: WalkArgs,

    /// Check the files that are there at the start too.
    #[arg(long, help_heading = FILES)]
    initial: bool,

    /// Seconds for which a file must stay as it is to count as finished, where the system does not tell when it is closed.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds, help_heading = FILES)]
    settle: Duration,

    /// Look through the folders this often instead of having the system tell of changes: for network drives.
    #[arg(long, value_name = "SECONDS", value_parser = interval, help_heading = FILES)]
    poll: Option<Duration>,

    /// How to write the answers, one line a file.
    #[arg(long, value_enum, default_value_t = LineFormat::Human, help_heading = ANSWER)]
    format: LineFormat,

    /// Least severity of a finding for which a file counts as failing.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Error, help_heading = ANSWER)]
    fail_on: FailOn,

    /// Count files that cannot be decided among those that pass.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    #[arg(action = ArgAction::Set, value_parser = BoolishValueParser::new(), value_name = "BOOL", hide_default_value = true)]
    #[arg(hide_possible_values = true, help_heading = ANSWER)]
    allow_undecided: bool,

    /// Write only of files that do not pass.
    #[arg(long, short, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    #[arg(action = ArgAction::Set, value_parser = BoolishValueParser::new(), value_name = "BOOL", hide_default_value = true)]
    #[arg(hide_possible_values = true, help_heading = ANSWER)]
    quiet: bool,

    /// Command to run on each file.
    #[arg(long, value_name = "CMD", value_parser = Words::parse, help_heading = COMMANDS)]
    exec: Option<Words>,

    /// Command to run on each file that passes.
    #[arg(long, value_name = "CMD", value_parser = Words::parse, help_heading = COMMANDS)]
    exec_pass: Option<Words>,

    /// Command to run on each file that does not pass.
    #[arg(long, value_name = "CMD", value_parser = Words::parse, help_heading = COMMANDS)]
    exec_fail: Option<Words>,
}

/// How to write answers as they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LineFormat {
    /// For people.
    Human,
    /// JSON Lines: the same objects as in the files of a report.
    Jsonl,
}

const COMMANDS: &str = "Commands";

const HELP: &str = "\
A file is checked when it was closed after writing or moved to its name. Unfinished files (.part, .crdownload, .tmp, ~ and
others), hidden and ignored files, links, and what is no media are left alone. Deleted files are not mentioned.

CMD is split into words as by a shell, but no shell runs it. {} stands for the path; where there is none, the path comes last.
PREFLIGHT_PATH, PREFLIGHT_VERDICT (pass, fail, undecided or error) and PREFLIGHT_REPORT (the JSON of --format jsonl) are in
its environment. Commands run one after the other, and the next file is checked when they have ended.

Exit status:
  2    wrong usage, or a rule pack or configuration of all folders that is not valid
  3    a folder cannot be watched, or another error of the system
  130  interrupted
  141  whoever reads the answer went away
  143  terminated";

/// Watches the folders and writes of each file until it is interrupted.
pub(crate) fn run(args: &mut WatchArgs, matches: &ArgMatches, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let resolver = Resolver::new(&args.judging, matches)?.heeding_changes();
    args.settle(&resolver, matches)?;
    let args = &*args;
    let of_run = resolver.judge_of_run(&args.folders)?;
    let options = WatchOptions {
        walk: args.walk.options(),
        all_files: args.walk.all_files,
        settle: args.settle,
        poll: args.poll,
        initial: args.initial,
    };
    let stop = stop_on_interrupt()?;
    let terminated = Arc::new(AtomicBool::new(false));
    for raised in [&terminated, &stop] {
        flag::register(SIGTERM, Arc::clone(raised)).map_err(Failure::Signals)?;
    }
    silence_guarded_panics();
    let rulings = ConfiguredRulings::new(&resolver, &of_run, program());
    let mut output = Terminal::output();
    let mut teller = Teller { args, style: terminal.style(), output: &mut output };
    Watch { options: &options, rulings: &rulings, stop: &stop }.run(&args.folders, |watched| teller.tell(watched))?;
    Ok(if terminated.load(Ordering::Relaxed) { TERMINATED } else { INTERRUPTED }.into())
}

impl WatchArgs {
    /// Puts what the configurations say of a run into the arguments that nobody gave. The format is left out: a watch has its own.
    fn settle(&mut self, resolver: &Resolver, matches: &ArgMatches) -> Result<(), Failure> {
        let mut answer = AnswerArgs {
            extra: ExtraArgs::default(),
            report: ReportArgs { format: ReportFormat::Human, output: Vec::new(), no_thumbnails: true },
            fail_on: self.fail_on,
            allow_undecided: self.allow_undecided,
            quiet: self.quiet,
        };
        resolver.settle(&mut answer, &self.folders, matches)?;
        self.fail_on = answer.fail_on;
        self.allow_undecided = answer.allow_undecided;
        self.quiet = answer.quiet;
        Ok(())
    }
}

/// Writes the answers, and runs the commands.
struct Teller<'a> {
    args: &'a WatchArgs,
    style: Style,
    output: &'a mut Box<dyn Write>,
}

impl Teller<'_> {
    fn tell(&mut self, watched: Watched) -> Result<(), Failure> {
        match watched {
            Watched::Ready => {
                let folders: Vec<_> = self.args.folders.iter().map(|folder| folder.display().to_string()).collect();
                note(&format_args!("watching {}; Ctrl-C ends", folders.join(", ")));
            }
            Watched::Trouble(why) => complain(&why),
            Watched::Unheeded(why) => note(&format_args!("{why}; not heeded")),
            Watched::Entry(path, entry) => self.entry(&path, &entry)?,
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, entry: &FileEntry) -> Result<(), Failure> {
        let passes = self.passes(entry);
        if !(self.args.quiet && passes) {
            match self.args.format {
                LineFormat::Human => write_line(&mut self.output, &self.style, entry),
                LineFormat::Jsonl => serde_json::to_writer(&mut self.output, entry)
                    .map_err(io::Error::from)
                    .and_then(|()| self.output.write_all(b"\n")),
            }
            .and_then(|()| self.output.flush())
            .map_err(Failure::Output)?;
        }
        let second = if passes { &self.args.exec_pass } else { &self.args.exec_fail };
        self.args.exec.iter().chain(second).for_each(|words| self.execute(words, path, entry));
        Ok(())
    }

    /// Whether a run over this file alone would end with status 0.
    fn passes(&self, entry: &FileEntry) -> bool {
        let fail_on = match self.args.fail_on {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
        };
        let mut summary = Summary::default();
        entry.count_into(&mut summary);
        Threshold { fail_on, allow_undecided: self.args.allow_undecided }.exit_status(&summary) == 0
    }

    /// Runs a command to its end. That it cannot be run, or fails, is told and changes nothing.
    fn execute(&self, words: &Words, path: &Path, entry: &FileEntry) {
        let verdict = match entry {
            FileEntry::Report(report) => report.verdict.as_str(),
            FileEntry::Unreadable(_) => "error",
        };
        let mut command = Command::new(words.program());
        command
            .args(words.arguments(path))
            .env("PREFLIGHT_PATH", path)
            .env("PREFLIGHT_VERDICT", verdict)
            .env_remove("PREFLIGHT_REPORT")
            .stdin(Stdio::null());
        if let Some(json) = json(entry) {
            command.env("PREFLIGHT_REPORT", json);
        }
        if self.args.format == LineFormat::Jsonl {
            // Its words are no answers.
            command.stdout(io::stderr());
        }
        let told = match command.status() {
            Ok(status) if status.success() => return,
            Ok(status) => status.to_string(),
            Err(error) => plain(&error),
        };
        complain(&format_args!("{} on {}: {told}", words.program(), written(path)));
    }
}

/// The answer as JSON, without the facts where the system would not take it into an environment.
fn json(entry: &FileEntry) -> Option<String> {
    let whole = serde_json::to_string(entry).ok()?;
    if whole.len() <= LONGEST_VARIABLE {
        return Some(whole);
    }
    let mut value = serde_json::to_value(entry).ok()?;
    value.as_object_mut()?.remove("facts");
    Some(value.to_string()).filter(|short| short.len() <= LONGEST_VARIABLE)
}

impl From<WatchError> for Failure {
    fn from(error: WatchError) -> Self {
        match error {
            WatchError::Glob(error) => Self::Usage(Usage::Glob(error.to_string())),
            other => Self::Watch(other),
        }
    }
}

/// The exit status of a run that was terminated.
pub(super) const TERMINATED: u8 = 143;
/// Bytes of a variable of the environment: Linux takes 128 KiB with its name.
const LONGEST_VARIABLE: usize = 120 << 10;

#[cfg(test)]
mod tests {
    use media_preflight::{Checker, Profile, Request};

    use super::*;

    #[test]
    fn a_report_that_is_too_long_for_the_environment_loses_its_facts() {
        let mut report = Checker::new(Profile::default()).check_bytes(b"GIF89a", &Request::default());
        let whole = json(&FileEntry::Report(Box::new(report.clone()))).unwrap();
        assert!(whole.contains("\"facts\":"), "{whole}");
        let anomaly = report.facts.anomalies.first().unwrap().clone();
        report.facts.anomalies = std::iter::repeat_n(anomaly, 10_000).collect();
        let short = json(&FileEntry::Report(Box::new(report))).unwrap();
        assert!(!short.contains("\"facts\":") && short.contains("\"findings\":"), "{short}");
    }
}
