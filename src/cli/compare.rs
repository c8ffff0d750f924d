//! `preflight compare`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum, ValueHint};
use media_preflight::Category;
use media_preflight::facts::Facts;
use media_preflight::finding::Severity;
use media_preflight::input::{Extras, Limits};
use media_preflight::report::compare::{
    CompareReport, ComparedFile, write_html, write_human, write_json, write_junit, write_lines, write_markdown,
    write_run,
};
use media_preflight::report::{Csv, Github, Sarif, Style, Threshold, written};
use media_preflight::transcode::compare::{self, Metadata, Options, Trim};
use media_preflight::transcode::quality::{Alignment, Quality};

use super::args::{ANSWER, FailOn, PackArgs};
use super::environment;
use super::failure::{Failure, Usage};
use super::outputs::{FILE_WIDTH, OutputArgument, ReportFormat, is_same, put};
use super::parse::{ByteCount, CategoryParser};
use super::quality::NotMeasured;
use super::terminal::Terminal;
use super::{complain, pack, quality, source};

#[derive(Debug, Args)]
#[command(after_long_help = HELP)]
pub(crate) struct CompareArgs {
    /// What was there before; - is standard input.
    #[arg(value_name = "SOURCE", value_hint = ValueHint::FilePath)]
    pub(crate) source: PathBuf,

    /// What was made of it; - is standard input.
    #[arg(value_name = "RESULT", value_hint = ValueHint::FilePath)]
    pub(crate) result: PathBuf,

    /// What is to become of titles, dates and places: kept, stripped, or either.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = MetadataArg::Either, help_heading = ASKED)]
    pub(crate) metadata: MetadataArg,

    /// The part of the source that the result is to show, such as 12.5:150 or 0:30-2:10 [default: all of it].
    #[arg(long, value_name = "START:END", help_heading = ASKED)]
    pub(crate) trim: Option<Trim>,

    /// Media category whose limits the result has to keep [default: by content].
    #[arg(long, short, value_parser = CategoryParser, help_heading = ASKED)]
    pub(crate) category: Option<Category>,

    #[command(flatten)]
    pub(crate) pack: PackArgs,

    /// Apply only these rows (separated by commas, or one at a time).
    #[arg(long, value_name = "ROW", value_delimiter = ',', value_parser = row_parser(), hide_possible_values = true, help_heading = ASKED)]
    pub(crate) select: Vec<String>,

    /// Leave these rows out.
    #[arg(long, value_name = "ROW", value_delimiter = ',', value_parser = row_parser(), hide_possible_values = true, help_heading = ASKED)]
    pub(crate) ignore: Vec<String>,

    /// Measure the pictures with ffmpeg: PSNR and SSIM, and VMAF where it has libvmaf, second by second.
    ///
    /// This decodes both films. The result is scaled to the size at which the source is shown, and both are taken at the frame
    /// rate of the result.
    #[arg(long, help_heading = MEASURED)]
    pub(crate) quality: bool,

    /// The ffmpeg to measure with [default: ffmpeg in PATH].
    #[arg(long, value_name = "PATH", env = environment::unless_empty("PREFLIGHT_FFMPEG"), hide_env_values = true, requires = "quality")]
    #[arg(value_hint = ValueHint::ExecutablePath, help_heading = MEASURED)]
    pub(crate) ffmpeg: Option<PathBuf>,

    /// How to write the answer on standard output.
    #[arg(long, value_enum, default_value_t = ReportFormat::Human, help_heading = ANSWER)]
    pub(crate) format: ReportFormat,

    /// Write the answer to a file too (can be given several times).
    ///
    /// Without FORMAT= the extension tells the format (.html .json .jsonl .csv .md .sarif .xml .txt), otherwise --format does.
    #[arg(long, short, value_name = "[FORMAT=]PATH", value_parser = OutputArgument::parser())]
    #[arg(value_hint = ValueHint::AnyPath, help_heading = ANSWER)]
    pub(crate) output: Vec<OutputArgument>,

    /// Least severity of a row that fails that makes the exit status 1.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Error, help_heading = ANSWER)]
    pub(crate) fail_on: FailOn,

    /// Let the exit status be 0 where rows cannot be decided.
    #[arg(long, help_heading = ANSWER)]
    pub(crate) allow_undecided: bool,

    /// Show only rows that do not pass.
    #[arg(long, short, help_heading = ANSWER)]
    pub(crate) quiet: bool,

    /// Most bytes taken from standard input, which is kept in a temporary file (in TMPDIR) meanwhile.
    #[arg(long, value_name = "BYTES", default_value = "17GiB")]
    pub(crate) stdin_limit: ByteCount,
}

/// What is to become of the metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MetadataArg {
    /// They may stay or go.
    Either,
    /// They are to stay.
    Keep,
    /// They are to go.
    Strip,
}

/// Compares a file with what was made of it.
pub(crate) fn run(args: &CompareArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let profile = pack::load(args.pack.pack.as_deref())?;
    let is_standard_input = |path: &Path| path.as_os_str() == "-";
    if is_standard_input(&args.source) && is_standard_input(&args.result) {
        return Err(Usage::StandardInputTwice.into());
    }
    if args.quality && [&args.source, &args.result].iter().any(|path| is_standard_input(path)) {
        return Err(Usage::QualityOfStandardInput.into());
    }
    let facts = [&args.source, &args.result].map(|path| read(path, args.stdin_limit.0));
    let [Some(source), Some(result)] = facts else { return Ok(Failure::INPUT_OUTPUT.into()) };
    let mut options = Options {
        category: args.category,
        trim: args.trim,
        metadata: match args.metadata {
            MetadataArg::Either => Metadata::Either,
            MetadataArg::Keep => Metadata::Keep,
            MetadataArg::Strip => Metadata::Strip,
        },
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        ..Options::default()
    };
    if args.quality {
        match measured(args, &source, &result) {
            Ok(quality) => {
                if quality.is_none() {
                    complain(
                        &"nothing was measured: --quality compares films, animated GIFs and still images that can be read",
                    );
                }
                options.quality = quality;
            }
            Err(error) => {
                complain(&error);
                return Ok(error.status().into());
            }
        }
    }
    let comparison = compare::compare(&source, &result, &profile, &options);
    let report = CompareReport {
        schema_version: CompareReport::SCHEMA_VERSION,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        pack: profile.name().to_owned(),
        source: ComparedFile::new(written(&args.source), &source),
        result: ComparedFile::new(written(&args.result), &result),
        comparison,
        quality: options.quality,
    };
    let fail_on = match args.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
    };
    let threshold = Threshold { fail_on, allow_undecided: args.allow_undecided };
    answer(args, &report, threshold, terminal)?;
    Ok(ExitCode::from(u8::from(report.fails(threshold))))
}

/// Writes the answer to standard output and to each file.
fn answer(
    args: &CompareArgs,
    report: &CompareReport,
    threshold: Threshold,
    terminal: &Terminal,
) -> Result<(), Failure> {
    for output in &args.output {
        let path = output.path();
        if [&args.source, &args.result].iter().any(|input| is_same(input, path)) {
            return Err(Usage::OutputIsInput(path.to_owned()).into());
        }
        let mut text = Vec::new();
        let style = Style::plain(FILE_WIDTH);
        let format = output.format_or(args.format);
        let cause = |cause| Failure::Write { path: path.to_owned(), cause };
        write(&mut text, format, report, threshold, &style, args.quiet).map_err(cause)?;
        put(path, &text).map_err(cause)?;
    }
    let mut output = Terminal::output();
    write(&mut output, args.format, report, threshold, &terminal.style(), args.quiet)
        .and_then(|()| output.flush())
        .map_err(Failure::Output)
}

/// Writes the answer in one format.
fn write(
    output: &mut dyn Write,
    format: ReportFormat,
    report: &CompareReport,
    threshold: Threshold,
    style: &Style,
    quiet: bool,
) -> io::Result<()> {
    match format {
        ReportFormat::Human => write_human(output, report, style, quiet),
        ReportFormat::Json => write_json(output, report),
        ReportFormat::Jsonl => write_lines(output, report),
        ReportFormat::Csv => write_run(&mut Csv::new(output), report),
        ReportFormat::Markdown => write_markdown(output, report),
        ReportFormat::Sarif => write_run(&mut Sarif::of_rows(output, threshold), report),
        ReportFormat::Junit => write_junit(output, report, threshold),
        ReportFormat::Github => write_run(&mut Github::new(output, threshold), report),
        ReportFormat::Html => write_html(output, report),
    }
}

/// What the pictures of both show. `None`: there are none to measure, which the rows say.
fn measured(args: &CompareArgs, source: &Facts, result: &Facts) -> Result<Option<Quality>, NotMeasured> {
    let Some(alignment) = Alignment::of(source, result, args.trim) else { return Ok(None) };
    quality::measure(args.ffmpeg.as_deref(), &args.source, &args.result, &alignment).map(Some)
}

/// The facts of a file; `None` where it could not be read, which is said on standard error.
fn read(path: &Path, limit: u64) -> Option<Facts> {
    let facts = source::open_argument(path, limit).map_err(|error| error.to_string()).and_then(|source| {
        media_preflight::inspect_with(&source, Limits::default(), Extras::COMPARISON).map_err(|error| error.to_string())
    });
    facts.map_err(|error| complain(&format_args!("{}: {error}", written(path)))).ok()
}

/// What reads the identifier of a row.
fn row_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(compare::rows().iter().map(|row| row.id))
}

const MEASURED: &str = "Quality";
const ASKED: &str = "What is asked of the result";

const HELP: &str = "\
Exit status:
  0    the result is still the same film, picture or text
  1    a row fails with the severity of --fail-on, or cannot be decided
  2    wrong usage, or a rule pack that is not valid
  3    a file could not be read, or another error of the system
  5    ffmpeg is missing or not executable, or has no filter that is needed (--quality)
  141  whoever reads the answer went away

Both files are read without being decoded. docs/compare.md lists every row with its tolerance.";
