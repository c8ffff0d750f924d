//! `preflight plan`.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Args, ValueEnum, ValueHint};
use media_preflight::Request;
use media_preflight::finding::{FileReport, SCHEMA_VERSION, Verdict};
use media_preflight::fix::{Destination, Place, look_closer};
use media_preflight::profile::{Category, Use};
use media_preflight::report::{visible, written};
use media_preflight::transcode::ffmpeg::{is_for_new_powershell, powershell, sh};
use media_preflight::transcode::plan::{Action, GifAs, Options, Plan, Reach, Trim, plan, split};
use media_preflight::units::Bytes;
use schemars::JsonSchema;
use serde::Serialize;

use super::args::{ANSWER, FILES, JudgingArgs};
use super::complain;
use super::config::{Judge, Resolver};
use super::failure::{Failure, Usage};
use super::recipe::{self, texts};
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
    /// The word as it is typed.
    pub(crate) const fn name(self) -> &'static str {
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
            // Who names a film wants one.
            None if self.output.as_deref().is_some_and(is_film) => GifAs::Film,
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
            Some(path) if is_folder(path) || files > 1 => Destination::Folder(path.clone()),
            Some(path) => Destination::File(path.clone()),
        }
    }
}

/// Whether a path has the name of a film.
fn is_film(path: &Path) -> bool {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
    ["mp4", "m4v", "mov"].iter().any(|film| extension.eq_ignore_ascii_case(film))
}

/// Whether a path is that of a folder, or is written as one that is to be made: `mended/`.
pub(crate) fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/") && !path.is_file()
}

/// Says what would be done to each file.
pub(crate) fn run(args: &PlanArgs, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let resolver = Resolver::new(&args.judging, matches)?;
    let targets = targets(&args.files)?;
    if targets.iter().any(|target| matches!(target, Target::StandardInput)) {
        return Err(Usage::StandardInputMended.into());
    }
    if targets.len() > 1
        && let Some(path) = args.mending.output.as_ref().filter(|path| !is_folder(path))
    {
        return Err(Usage::NotAFolder(path.clone()).into());
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
                let parts = args.mending.parts(&report, &judge);
                let last = parts.len().saturating_sub(1);
                for (index, (part, options)) in parts.into_iter().enumerate() {
                    let plan = plan(&report, judge.checker.profile(), &options);
                    open |= !matches!(plan.reach(), Reach::Nothing | Reach::All);
                    let place =
                        Place { to: args.mending.destination(targets.len()), overwrite: false, part: part.clone() };
                    let mut one = Planned::new(target.path(), &report, plan, &place, args);
                    // All parts are made by one command.
                    one.says_fix = index == last;
                    planned.push(one);
                }
            }
        }
        if args.format != Format::Json {
            for planned in planned.drain(..) {
                write(&mut output, &planned, args.format).map_err(Failure::Output)?;
            }
        }
    }
    if args.format == Format::Json {
        let answer = PlanReport { schema_version: SCHEMA_VERSION, files: Cow::Borrowed(&planned) };
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
    let mut report = judge.checker.check(&source, &request).map_err(|error| error.to_string())?;
    look_closer(&source, &mut report).map_err(|error| error.to_string())?;
    Ok(report)
}

/// The JSON of plans.
#[derive(JsonSchema, Serialize)]
pub(crate) struct PlanReport<'a> {
    /// Version of this structure; it changes only when a field changes its meaning or goes.
    schema_version: u32,
    /// One entry for each file, and for each part of one that is split.
    files: Cow<'a, [Planned]>,
}

/// What would be done to one file.
#[derive(Clone, Debug, JsonSchema, Serialize)]
struct Planned {
    /// The path as it was given; bytes that are not UTF-8 as `\xNN`.
    path: String,
    /// The verdict of the file as it is.
    verdict: Verdict,
    /// How far the plan goes.
    reach: Reach,
    #[serde(flatten)]
    plan: Plan,
    /// Where the result would be, with another extension where what is met on the way asks for it. Absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
    /// The command of this program that does it. Absent: there is nothing to do, or a name in it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Vec<String>>,
    /// The runs of ffmpeg, each with all its words. Empty: there are none, or a name in them is no text.
    commands: Vec<Vec<String>>,
    /// Whether these runs do all of it. Otherwise they are the first ones, and what they make decides the others.
    complete: bool,
    /// Whether `preflight fix` does it without ffmpeg.
    in_process: bool,
    /// The same commands as shells take them.
    #[serde(skip)]
    words: Vec<Vec<OsString>>,
    #[serde(skip)]
    fix_words: Option<Vec<OsString>>,
    /// Files that the runs of ffmpeg leave behind besides the result.
    #[serde(skip)]
    leavings: Vec<OsString>,
    /// Whether the command of this program is told for people.
    #[serde(skip)]
    says_fix: bool,
}

impl Planned {
    fn new(path: &Path, report: &FileReport, plan: Plan, place: &Place, args: &PlanArgs) -> Self {
        let is_made = plan.refused.is_empty() && plan.actions().any(|action| !matches!(action, Action::SendAs { .. }));
        let output = place.path(path, plan.extension);
        let words = if is_made { recipe::words(&plan, &report.facts, path, &output) } else { Vec::new() };
        let fix_words = is_made.then(|| recipe::fix(path, args));
        let complete = !plan.actions().any(|action| matches!(action, Action::Rewrap { .. } | Action::ToPng { .. }));
        Self {
            path: written(path).into_owned(),
            verdict: report.verdict,
            reach: plan.reach(),
            in_process: is_made && !plan.needs_ffmpeg(),
            output: is_made.then(|| written(&output).into_owned()),
            complete,
            fix: fix_words.as_deref().and_then(texts),
            commands: words.iter().map(|words| texts(words)).collect::<Option<_>>().unwrap_or_default(),
            // The logs of the first of two passes.
            leavings: if words.len() > 1 { recipe::leavings(&output) } else { Vec::new() },
            words,
            fix_words,
            says_fix: true,
            plan,
        }
    }

    /// The command that takes away what the runs of ffmpeg leave behind.
    fn cleaning(&self) -> Option<Vec<OsString>> {
        let command = ["rm", "-f", "--"].map(OsString::from).into_iter().chain(self.leavings.iter().cloned());
        (!self.leavings.is_empty()).then(|| command.collect())
    }

    /// The commands that do all of it: those of ffmpeg where they do, and otherwise that of this program.
    fn all(&self) -> impl Iterator<Item = &Vec<OsString>> {
        let is_by_hand = self.complete && !self.in_process;
        let by_hand = self.words.iter().filter(move |_| is_by_hand);
        by_hand.chain(self.fix_words.iter().filter(move |_| !is_by_hand))
    }
}

fn write(output: &mut impl Write, planned: &Planned, format: Format) -> std::io::Result<()> {
    match format {
        Format::Sh | Format::PowerShell => script(output, planned, format),
        Format::Human | Format::Json => human(output, planned),
    }
}

/// The commands, with what cannot be done as comments.
fn script(output: &mut impl Write, planned: &Planned, format: Format) -> std::io::Result<()> {
    let comment = |text: &str| format!("# {}", visible(text).replace(['\n', '\r'], " "));
    for obstacle in &planned.plan.refused {
        writeln!(output, "{}", comment(&format!("{}: {}: {}", planned.path, obstacle.rule, obstacle.why)))?;
    }
    if format == Format::Sh {
        for words in planned.all() {
            writeln!(output, "{}", sh(words))?;
        }
        return match planned.cleaning() {
            Some(words) => writeln!(output, "{}", sh(words)),
            None => Ok(()),
        };
    }
    let Some(commands) = planned.all().map(|words| texts(words)).collect::<Option<Vec<_>>>() else {
        return writeln!(output, "{}", comment(&format!("{}: {UNWRITABLE}", planned.path)));
    };
    for words in commands {
        if is_for_new_powershell(&words) {
            writeln!(output, "{}", comment("this needs PowerShell 7.3 or later, since a name has a double quote"))?;
        }
        writeln!(output, "{}", powershell(words))?;
    }
    match texts(&planned.leavings) {
        Some(leavings) if !leavings.is_empty() => {
            let names: Vec<String> = leavings.iter().map(|name| powershell([name])).collect();
            writeln!(output, "Remove-Item -ErrorAction Ignore -LiteralPath {}", names.join(", "))
        }
        _ => Ok(()),
    }
}

fn human(output: &mut impl Write, planned: &Planned) -> std::io::Result<()> {
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
        } else if matches!(step.action, Action::EncodeVideo(_)) && plan.actions().any(|a| matches!(a, Action::Trim(_)))
        {
            writeln!(
                output,
                "     needed because the part does not begin at a key frame, before which nothing can be shown"
            )?;
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
    // A name that ends with the end of a line cannot be shown otherwise, and then is in quotes.
    if let Some(words) = planned.fix_words.as_ref().filter(|_| planned.says_fix) {
        writeln!(output, "  $ {}", sh(words))?;
    }
    if planned.words.is_empty() {
        return Ok(());
    }
    let by_hand = if planned.complete {
        "the same by ffmpeg alone, with no check of the result:"
    } else {
        "which begins with this, and goes on as that turns out:"
    };
    writeln!(output, "  {by_hand}")?;
    for words in planned.words.iter().chain(planned.cleaning().as_ref()) {
        writeln!(output, "  $ {}", sh(words))?;
    }
    Ok(())
}

/// Why there is no command.
const UNWRITABLE: &str = "a name in the command is not valid Unicode, which PowerShell cannot pass on: rename the file";

/// Bytes taken from standard input at most.
const STDIN_LIMIT: u64 = 17 << 30;
