//! `preflight plan`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Args, ValueEnum, ValueHint};
use media_preflight::Request;
use media_preflight::facts::Facts;
use media_preflight::finding::{FileReport, SCHEMA_VERSION, Verdict};
use media_preflight::fix::{Destination, Place};
use media_preflight::profile::{Category, Use};
use media_preflight::report::{Style, visible, written};
use media_preflight::transcode::ffmpeg::{Files, commands, powershell, sh};
use media_preflight::transcode::plan::{Action, GifAs, Options, Plan, Reach, Trim, plan, split};
use media_preflight::units::Bytes;
use serde::Serialize;

use super::args::{ANSWER, FILES, JudgingArgs};
use super::complain;
use super::config::{Judge, Resolver};
use super::failure::{Failure, Usage};
use super::source;
use super::targets::{Target, targets};
use super::terminal::Terminal;

#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct PlanArgs {
    /// Files to plan for; of a directory, the files directly in it.
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) mending: MendingArgs,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    /// How to write the plans.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Human, help_heading = ANSWER)]
    pub(crate) format: Format,
}

// What may be done to files.
#[derive(Debug, Args)]
pub(crate) struct MendingArgs {
    /// Only steps by which nothing of picture and sound is lost.
    #[arg(long, help_heading = MENDING)]
    pub(crate) safe_only: bool,

    /// Clear warnings too, even where that is lossy.
    #[arg(long, help_heading = MENDING)]
    pub(crate) warnings: bool,

    /// Keep only this part of a film; START and END in seconds, as M:SS or as H:MM:SS.
    #[arg(long, value_name = "START:END", help_heading = MENDING)]
    pub(crate) trim: Option<Trim>,

    /// Make several films of one that is too long, all equally long.
    #[arg(long, conflicts_with = "trim", help_heading = MENDING)]
    pub(crate) split: bool,

    /// What to mend animated GIFs as [default: a GIF, and a film where that loses far less].
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = MENDING)]
    pub(crate) gif_as: Option<GifFormat>,

    /// Where results go: a file for one source, or a folder [default: beside the source, as NAME.fixed.EXT].
    #[arg(long, short, value_name = "OUT", value_hint = ValueHint::AnyPath, help_heading = FILES)]
    pub(crate) output: Option<PathBuf>,
}

/// What an animated GIF may be mended as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GifFormat {
    /// A GIF, whatever that costs.
    Gif,
    /// An MP4, sent as a video, even where nothing has to be mended.
    Video,
}

impl GifFormat {
    const fn name(self) -> &'static str {
        match self {
            Self::Gif => "gif",
            Self::Video => "video",
        }
    }
}

/// How to write plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// As one JSON object.
    Json,
    /// Commands for a POSIX shell.
    Sh,
    /// Commands for PowerShell.
    #[value(name = "powershell")]
    PowerShell,
}

const MENDING: &str = "Mending";

const HELP: &str = "\
Exit status:
  0    nothing has to be done, or the plans clear every error
  1    for a file, something stays or is not decided before the plan is carried out
  2    wrong usage, or a rule pack or configuration that is not valid
  3    a file could not be read, or another error of the system
Where several hold, the first of 3 and 1.";

impl MendingArgs {
    /// The same as the library has it.
    pub(crate) fn options(&self, category: Option<Category>) -> Options {
        // Who names the category of GIFs wants a GIF.
        let is_gif_wanted = category.is_some_and(|category| category.takes() == Use::Gif);
        let gif_as = match self.gif_as {
            Some(GifFormat::Video) => GifAs::Film,
            Some(GifFormat::Gif) => GifAs::Gif,
            None if is_gif_wanted => GifAs::Gif,
            None => GifAs::LeastLoss,
        };
        Options { safe_only: self.safe_only, warnings: self.warnings, gif_as, trim: self.trim, ..Options::default() }
    }

    /// The parts that a film is made into: one without a name where it stays whole.
    pub(crate) fn parts(&self, report: &FileReport, judge: &Judge) -> Vec<(String, Options)> {
        let options = self.options(judge.category);
        let parts = if self.split { split(report, judge.checker.profile()) } else { None };
        match parts {
            Some(parts) if parts.len() > 1 => {
                let digits = parts.len().to_string().len();
                (1..)
                    .zip(parts)
                    .map(|(number, trim)| (format!("part{number:0digits$}"), Options { trim: Some(trim), ..options }))
                    .collect()
            }
            _ => vec![(String::new(), options)],
        }
    }

    /// Where the result of a source goes.
    pub(crate) fn destination(&self, files: usize) -> Destination {
        match &self.output {
            None => Destination::Beside,
            Some(path) if path.is_dir() || files > 1 => Destination::Folder(path.clone()),
            Some(path) => Destination::File(path.clone()),
        }
    }
}

/// Says what would be done to each file.
pub(crate) fn run(args: &PlanArgs, matches: &ArgMatches, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let resolver = Resolver::new(&args.judging, matches)?;
    let targets = targets(&args.files)?;
    if targets.iter().any(|target| matches!(target, Target::StandardInput)) {
        return Err(Usage::StandardInputMended.into());
    }
    let mut output = Terminal::output();
    let mut planned: Vec<Planned> = Vec::new();
    let (mut unreadable, mut open) = (false, false);
    for target in &targets {
        let judge = resolver.judge(target.path())?;
        match checked(target, &judge) {
            Err(error) => {
                complain(&format_args!("{}: {error}", written(target.path())));
                unreadable = true;
            }
            Ok(report) => {
                for (part, options) in args.mending.parts(&report, &judge) {
                    let plan = plan(&report, judge.checker.profile(), &options);
                    open |= !matches!(plan.reach(), Reach::Nothing | Reach::All);
                    let place =
                        Place { to: args.mending.destination(targets.len()), overwrite: false, part: part.clone() };
                    let mut one = Planned::new(target.path(), &report, plan, &place);
                    one.fix = fix(target.path(), args, targets.len());
                    planned.push(one);
                }
            }
        }
        if args.format != Format::Json {
            for planned in planned.drain(..) {
                write(&mut output, &planned, args.format, &terminal.style()).map_err(Failure::Output)?;
            }
        }
    }
    if args.format == Format::Json {
        let answer = Answer { schema_version: SCHEMA_VERSION, files: &planned };
        serde_json::to_writer_pretty(&mut output, &answer).map_err(|error| Failure::Output(error.into()))?;
        writeln!(output).map_err(Failure::Output)?;
    }
    output.flush().map_err(Failure::Output)?;
    Ok(match (unreadable, open) {
        (true, _) => Failure::INPUT_OUTPUT.into(),
        (false, true) => ExitCode::FAILURE,
        (false, false) => ExitCode::SUCCESS,
    })
}

/// The report of a file.
fn checked(target: &Target, judge: &Judge) -> Result<FileReport, String> {
    let name = written(target.path());
    let request = Request { name: Some(&name), category: judge.category, ..Request::default() };
    let source = source::open(target, STDIN_LIMIT).map_err(|error| error.to_string())?;
    judge.checker.check(&source, &request).map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct Answer<'a> {
    schema_version: u32,
    files: &'a [Planned],
}

/// What would be done to one file.
#[derive(Debug, Serialize)]
struct Planned {
    path: String,
    verdict: Verdict,
    reach: Reach,
    #[serde(flatten)]
    plan: Plan,
    /// Where the result would be. Absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    /// The runs of ffmpeg, each with all its words.
    commands: Vec<Vec<String>>,
    /// Whether `preflight fix` does it without ffmpeg.
    in_process: bool,
    /// The command of this program that does it. Absent: a name in it is no text, so that it cannot be written.
    #[serde(skip)]
    fix: Option<Vec<String>>,
    /// Whether the commands cannot be written, since a name in them is no text.
    #[serde(skip)]
    is_unwritable: bool,
}

impl Planned {
    fn new(path: &Path, report: &FileReport, plan: Plan, place: &Place) -> Self {
        let is_made = plan.refused.is_empty() && plan.actions().any(|action| !matches!(action, Action::SendAs { .. }));
        let output = place.path(path, plan.extension);
        let commands = if is_made { words(&plan, &report.facts, path, &output) } else { Some(Vec::new()) };
        Self {
            is_unwritable: is_made && (commands.is_none() || path.to_str().is_none()),
            fix: None,
            path: written(path).into_owned(),
            verdict: report.verdict,
            reach: plan.reach(),
            in_process: is_made && !plan.needs_ffmpeg(),
            output: is_made.then(|| written(&output).into_owned()),
            plan,
            commands: commands.unwrap_or_default(),
        }
    }
}

/// The runs of ffmpeg with the program in front. `None`: a name in them is no text.
fn words(plan: &Plan, facts: &Facts, input: &Path, output: &Path) -> Option<Vec<Vec<String>>> {
    let log = output.with_extension("pass");
    let files = Files { input, output, pass_log: &log };
    let words = |command: media_preflight::transcode::ffmpeg::Command| {
        let arguments = command.arguments(&files).into_iter().map(|argument| argument.into_string().ok());
        std::iter::once(Some("ffmpeg".to_owned())).chain(arguments).collect()
    };
    commands(plan, facts).into_iter().map(words).collect()
}

/// The command that mends a file as it was planned here. `None`: a name in it is no text.
fn fix(path: &Path, args: &PlanArgs, files: usize) -> Option<Vec<String>> {
    let mut words = vec!["preflight".to_owned(), "fix".to_owned()];
    let mending = &args.mending;
    for (is_set, flag) in
        [(mending.safe_only, "--safe-only"), (mending.warnings, "--warnings"), (mending.split, "--split")]
    {
        if is_set {
            words.push(flag.to_owned());
        }
    }
    if let Some(trim) = mending.trim {
        words.push(format!("--trim={}-{}", trim.start.seconds().decimal(6), trim.end.seconds().decimal(6)));
    }
    if let Some(format) = mending.gif_as {
        words.push(format!("--gif-as={}", format.name()));
    }
    if let Some(category) = args.judging.category {
        words.push(format!("--category={category}"));
    }
    if let Some(pack) = &args.judging.pack.pack {
        words.push(format!("--pack={}", pack.to_str()?));
    }
    if let Some(output) = &mending.output {
        // Where several files were planned for, the folder need not be there yet.
        let mut folder = output.to_str()?.to_owned();
        if files > 1 && !folder.ends_with('/') {
            folder.push('/');
        }
        words.push(format!("--output={folder}"));
    }
    words.push("--".to_owned());
    words.push(path.to_str()?.to_owned());
    Some(words)
}

fn write(output: &mut impl Write, planned: &Planned, format: Format, style: &Style) -> std::io::Result<()> {
    match format {
        Format::Sh => script(output, planned, |words| sh(words)),
        Format::PowerShell => script(output, planned, |words| powershell(words)),
        Format::Human | Format::Json => human(output, planned, style),
    }
}

/// The commands, with what cannot be done as comments.
fn script(output: &mut impl Write, planned: &Planned, quoted: impl Fn(&[String]) -> String) -> std::io::Result<()> {
    let comment = |text: &str| format!("# {}", visible(text).replace(['\n', '\r'], " "));
    for obstacle in &planned.plan.refused {
        writeln!(output, "{}", comment(&format!("{}: {}: {}", planned.path, obstacle.rule, obstacle.why)))?;
    }
    for command in &planned.commands {
        writeln!(output, "{}", quoted(command))?;
    }
    if planned.is_unwritable {
        writeln!(output, "{}", comment(&format!("{}: {UNWRITABLE}", planned.path)))?;
    } else if let Some(command) = planned.fix.as_ref().filter(|_| planned.in_process) {
        writeln!(output, "{}", quoted(command))?;
    }
    Ok(())
}

fn human(output: &mut impl Write, planned: &Planned, _: &Style) -> std::io::Result<()> {
    let plan = &planned.plan;
    let head = match planned.reach {
        Reach::Nothing => "nothing has to be done",
        Reach::All if plan.is_safe() => "can be mended without a loss",
        Reach::All => "can be mended",
        Reach::Part if plan.refused.is_empty() => "can be worked on, and the result decides",
        Reach::Part | Reach::None => "cannot be mended as it is",
    };
    writeln!(output, "{}: {head}", visible(&planned.path))?;
    for (number, step) in (1..).zip(&plan.steps) {
        writeln!(output, "  {number}. {} ({})", step.action, step.damage.words())?;
        if !step.clears.is_empty() {
            writeln!(output, "     clears {}", step.clears.join(", "))?;
        }
    }
    for obstacle in &plan.refused {
        writeln!(output, "  stays: {}: {}", obstacle.rule, visible(&obstacle.why))?;
    }
    // Many rules that are open for one reason are said in one line.
    let mut reasons: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for open in &plan.undecided {
        match reasons.iter_mut().find(|(why, by, _)| *why == open.why.0 && *by == open.decided_by) {
            Some((_, _, rules)) => rules.push(&open.rule),
            None => reasons.push((&open.why.0, open.decided_by, vec![&open.rule])),
        }
    }
    for (why, by, rules) in reasons {
        writeln!(output, "  undecided: {} ({}); decided by {by}", rules.join(", "), visible(why))?;
    }
    for left in &plan.left {
        writeln!(output, "  left: {}: {}", left.rule, left.why)?;
    }
    for note in &plan.notes {
        writeln!(output, "  note: {}", visible(note))?;
    }
    if let Some(estimate) = plan.estimate {
        let cap = estimate.cap.map_or_else(String::new, |cap| format!(" of {}", Bytes(cap)));
        writeln!(output, "  size: at most {}{cap}", Bytes(estimate.bytes))?;
    }
    if planned.is_unwritable {
        return writeln!(output, "  note: {UNWRITABLE}");
    }
    let fix = planned.fix.iter().filter(|_| planned.in_process);
    for command in planned.commands.iter().chain(fix) {
        let command = sh(command);
        let shown = visible(&command);
        if shown == command {
            writeln!(output, "  $ {shown}")?;
        } else {
            writeln!(output, "  note: a name in the command cannot be shown here: --format sh writes the command")?;
        }
    }
    Ok(())
}

/// Why there is no command.
const UNWRITABLE: &str = "a name in the command is not valid Unicode, so that the command cannot be written as text: \
                          run preflight fix on the file itself";

/// Bytes taken from standard input at most.
const STDIN_LIMIT: u64 = 17 << 30;
