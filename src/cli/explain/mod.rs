//! `preflight explain`: a rule of ours, or an error of the service.

mod error;

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::builder::{OsStringValueParser, PossibleValue, TypedValueParser};
use clap::{Arg, Args, Command, Error, ValueHint};
use media_preflight::Category;
use media_preflight::report::write_explanation;
use media_preflight::rules;

use super::args::{Format, PackArgs};
use super::failure::{Failure, Usage};
use super::pack;
use super::parse::CategoryParser;
use super::terminal::Terminal;

#[derive(Debug, Args)]
#[command(override_usage = "preflight explain RULE\n       preflight explain --error TEXT [FILE]")]
#[command(after_help = EXPLAIN_HELP)]
pub(crate) struct ExplainArgs {
    /// Identifier of the rule, such as open-gop; with --error, the file that the error is about.
    #[arg(value_name = "RULE|FILE", value_parser = SubjectParser, required_unless_present = "error")]
    #[arg(value_hint = ValueHint::FilePath)]
    subject: Option<OsString>,

    /// Explain an error of the upload API instead: its message, its JSON, or the whole answer; - reads it from standard input.
    ///
    /// The answers of STATUS and FINALIZE are taken too. With a FILE, that is checked, and what is wrong with it for the same
    /// reason is shown with its place.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    error: Option<OsString>,

    /// Media category that the file was sent under, such as tweet_video [default: by content].
    #[arg(long, short, value_parser = CategoryParser, requires = "error")]
    category: Option<Category>,

    /// How to write what an error means.
    #[arg(long, value_enum, default_value_t = Format::Human, requires = "error")]
    format: Format,

    #[command(flatten)]
    pack: PackArgs,
}

const EXPLAIN_HELP: &str = "\
Exit status:
  0  it is explained
  1  no such error is known
  2  wrong usage
  3  the file could not be read";

/// Explains a rule or an error.
pub(crate) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    match (&args.error, &args.subject) {
        (Some(error), file) => error::run(args, error, file.as_deref().map(Path::new), terminal),
        (None, Some(rule)) => explain_rule(args, rule, terminal),
        // The arguments are read so that one of them is there.
        (None, None) => Ok(Failure::USAGE.into()),
    }
}

fn explain_rule(args: &ExplainArgs, id: &OsStr, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let id = id.to_string_lossy();
    let Some(rule) = rules::find(&id) else {
        return Err(Usage::UnknownRule { nearest: rules::nearest(&id), id: id.into_owned() }.into());
    };
    let profile = pack::load(args.pack.pack.as_deref())?;
    let mut output = Terminal::output();
    write_explanation(&mut output, rule, &profile, &terminal.style())
        .and_then(|()| output.flush())
        .map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}

/// Takes the name of a rule or of a file; which of them it is depends on the other arguments. Shells complete rules.
#[derive(Clone, Debug)]
struct SubjectParser;

impl TypedValueParser for SubjectParser {
    type Value = OsString;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<OsString, Error> {
        OsStringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rules::all().iter().map(|rule| PossibleValue::new(rule.id).help(rule.summary))))
    }
}
