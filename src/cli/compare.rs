//! `preflight compare`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum, ValueHint};
use media_preflight::Category;
use media_preflight::facts::Facts;
use media_preflight::finding::Severity;
use media_preflight::input::{Extras, Limits};
use media_preflight::report::compare::{CompareReport, ComparedFile, write_human, write_json};
use media_preflight::report::{Threshold, written};
use media_preflight::transcode::compare::{self, Metadata, Options, Trim};

use super::args::{ANSWER, FailOn, PackArgs};
use super::failure::Failure;
use super::parse::{ByteCount, CategoryParser};
use super::terminal::Terminal;
use super::{complain, pack, source};

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

    /// The part of the source that the result is to show, in seconds [default: all of it].
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

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = CompareFormat::Human, help_heading = ANSWER)]
    pub(crate) format: CompareFormat,

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

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

/// Compares a file with what was made of it.
pub(crate) fn run(args: &CompareArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let profile = pack::load(args.pack.pack.as_deref())?;
    let facts = [&args.source, &args.result].map(|path| read(path, args.stdin_limit.0));
    let [Some(source), Some(result)] = facts else { return Ok(Failure::INPUT_OUTPUT.into()) };
    let options = Options {
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
    let comparison = compare::compare(&source, &result, &profile, &options);
    let report = CompareReport {
        schema_version: CompareReport::SCHEMA_VERSION,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        pack: profile.name().to_owned(),
        source: ComparedFile::new(written(&args.source), &source),
        result: ComparedFile::new(written(&args.result), &result),
        comparison,
    };
    let mut output = Terminal::output();
    match args.format {
        CompareFormat::Human => write_human(&mut output, &report, &terminal.style(), args.quiet),
        CompareFormat::Json => write_json(&mut output, &report),
    }
    .and_then(|()| output.flush())
    .map_err(Failure::Output)?;
    let fail_on = match args.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
    };
    let fails = report.fails(Threshold { fail_on, allow_undecided: args.allow_undecided });
    Ok(ExitCode::from(u8::from(fails)))
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

const ASKED: &str = "What is asked of the result";

const HELP: &str = "\
Exit status:
  0    the result is still the same film, picture or text
  1    a row fails with the severity of --fail-on, or cannot be decided
  2    wrong usage, or a rule pack that is not valid
  3    a file could not be read, or another error of the system
  5    ffmpeg is missing (--quality)
  141  whoever reads the answer went away

Both files are read without being decoded. docs/compare.md lists every row with its tolerance.";
