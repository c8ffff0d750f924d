//! `preflight config`: what holds for a file, and who said so.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Args, ValueEnum, ValueHint};
use media_preflight::Profile;
use media_preflight::finding::SCHEMA_VERSION;
use media_preflight::report::visible;
use serde::Serialize;
use serde_json::Value;

use super::settled::{Settled, SettledAnswer, Source, Sourced};
use super::{Resolver, at};
use crate::cli::args::{AnswerArgs, JudgingArgs};
use crate::cli::environment;
use crate::cli::failure::Failure;
use crate::cli::pack;
use crate::cli::terminal::Terminal;

#[derive(Debug, Args)]
#[command(mut_args(environment::read))]
pub(crate) struct ConfigCommandArgs {
    /// File or folder for which to show what holds [default: the current folder].
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) file: Option<PathBuf>,

    /// Write it as JSON.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    #[command(flatten)]
    pub(crate) answer: AnswerArgs,
}

/// Prints what holds for a file.
pub(crate) fn run(args: &ConfigCommandArgs, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let resolver = Resolver::new(&args.judging, matches)?;
    // A name that stands for no file, so that no glob matches unless a file is asked for.
    let path = args.file.as_deref().unwrap_or(Path::new("-"));
    let (chain, file) = if path.is_dir() {
        (resolver.folders.of_run(&[path.to_owned()])?, None)
    } else {
        resolver.folders.of_file(path)?
    };
    let settled = Settled::new(&resolver.given, &chain, file.as_deref());
    let answer = SettledAnswer::new(&args.answer, &chain, matches);
    pack::load(settled.pack.value.as_deref()).map_err(|failure| at(failure, &settled.pack.source))?;
    let resolved = Resolved {
        schema_version: SCHEMA_VERSION,
        file: args.file.as_ref().map(|file| file.to_string_lossy().into_owned()),
        files: chain.iter().map(|layer| layer.origin.to_string()).collect(),
        settings: entries(&settled, &answer),
    };
    let mut output = Terminal::output();
    let written = if args.json {
        serde_json::to_writer_pretty(&mut output, &resolved)
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(output))
    } else {
        human(&mut output, &resolved)
    };
    written.and_then(|()| output.flush()).map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}

/// The JSON of what holds.
#[derive(Debug, Serialize)]
struct Resolved {
    schema_version: u32,
    /// Absent where none was asked for.
    file: Option<String>,
    /// The configurations that were read, that which wins first.
    files: Vec<String>,
    settings: Vec<Entry>,
}

/// One setting.
#[derive(Debug, Serialize)]
struct Entry {
    key: &'static str,
    value: Value,
    /// Who said so, in words.
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

fn entries(settled: &Settled, answer: &SettledAnswer) -> Vec<Entry> {
    let pack = settled
        .pack
        .value
        .as_ref()
        .map_or_else(|| Profile::default().name().to_owned(), |pack| pack.to_string_lossy().into_owned());
    let category = settled.category.value.map(media_preflight::Category::as_str);
    let mut entries = vec![
        entry("pack", pack, &settled.pack),
        entry("category", category, &settled.category),
        entry("select", settled.select.value.clone(), &settled.select),
        entry("ignore", settled.ignore.value.clone(), &settled.ignore),
    ];
    entries.extend(
        settled.per_file_ignores.iter().map(|ignores| entry("per-file-ignores", ignores.value.clone(), ignores)),
    );
    entries.extend([
        entry("deep", settled.deep.value, &settled.deep),
        entry("format", name(answer.format.value), &answer.format),
        entry("fail-on", name(answer.fail_on.value), &answer.fail_on),
        entry("allow-undecided", answer.allow_undecided.value, &answer.allow_undecided),
        entry("quiet", answer.quiet.value, &answer.quiet),
        entry(
            "baseline",
            answer.baseline.value.as_ref().map(|path| path.to_string_lossy().into_owned()),
            &answer.baseline,
        ),
        entry("baseline-by-hash", answer.baseline_by_hash.value, &answer.baseline_by_hash),
    ]);
    entries
}

/// The word for a choice.
#[expect(clippy::needless_pass_by_value, reason = "values of command-line enums are small and copied")]
fn name(choice: impl ValueEnum) -> Option<String> {
    choice.to_possible_value().map(|value| value.get_name().to_owned())
}

fn entry<T>(key: &'static str, value: impl Into<Value>, sourced: &Sourced<T>) -> Entry {
    let (path, line) = match &sourced.source {
        Source::File { origin, line, .. } => (Some(origin.to_string()), Some(*line)),
        _ => (None, None),
    };
    Entry { key, value: value.into(), source: sourced.source.to_string(), path, line }
}

fn human(output: &mut dyn Write, resolved: &Resolved) -> std::io::Result<()> {
    let values: Vec<String> = resolved.settings.iter().map(|entry| toml(&entry.value)).collect();
    let widest = values.iter().map(|value| value.chars().count()).max().unwrap_or_default().min(WIDEST);
    for (entry, value) in resolved.settings.iter().zip(&values) {
        let line = format!("{:KEY$} = {:widest$}  # {}", entry.key, value, entry.source);
        writeln!(output, "{}", visible(&line))?;
    }
    writeln!(output)?;
    if resolved.files.is_empty() {
        return writeln!(output, "No {} was found.", super::chain::NAME);
    }
    writeln!(output, "Read, the first wins:")?;
    resolved.files.iter().try_for_each(|file| writeln!(output, "  {}", visible(file)))
}

/// A value as a configuration writes it.
fn toml(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// Columns of the longest key.
const KEY: usize = 16;
/// Columns up to which values are lined up.
const WIDEST: usize = 48;
