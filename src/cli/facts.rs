//! `preflight facts`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueHint};
use media_preflight::facts::{Facts, Gop};
use media_preflight::finding::SCHEMA_VERSION;
use media_preflight::input::Limits;
use media_preflight::report::{write_facts, write_gops, written};
use serde::Serialize;

use super::args::Format;
use super::failure::Failure;
use super::parse::ByteCount;
use super::source;
use super::terminal::Terminal;

#[derive(Debug, Args)]
pub(crate) struct FactsArgs {
    /// File to read; - is standard input.
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,

    /// List the groups of pictures of the video instead: start, length, bytes and the type of each picture.
    #[arg(long)]
    pub(crate) gops: bool,

    /// How to write the facts.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,

    /// Most bytes taken from standard input, which is kept in a temporary file (in TMPDIR) meanwhile.
    #[arg(long, value_name = "BYTES", default_value = "17GiB")]
    pub(crate) stdin_limit: ByteCount,
}

/// Shows what was read from a file.
pub(crate) fn run(args: &FactsArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let path = written(&args.file);
    let facts = source::open_argument(&args.file, args.stdin_limit.0)
        .map_err(|error| error.to_string())
        .and_then(|source| media_preflight::inspect(&source, Limits::default()).map_err(|error| error.to_string()));
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => {
            super::complain(&format_args!("{path}: {error}"));
            return Ok(Failure::INPUT_OUTPUT.into());
        }
    };
    let mut output = Terminal::output();
    match args.format {
        Format::Human if args.gops => write_gops(&mut output, &path, &facts, &terminal.style()),
        Format::Json if args.gops => write_gops_json(&mut output, &path, &facts),
        Format::Human => write_facts(&mut output, &path, &facts, &terminal.style()),
        Format::Json => write_json(&mut output, &path, &facts),
    }
    .and_then(|()| output.flush())
    .map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}

/// The JSON of the facts of one file.
#[derive(Serialize)]
struct FileFacts<'a> {
    schema_version: u32,
    path: &'a str,
    facts: &'a Facts,
}

fn write_json(output: &mut impl Write, path: &str, facts: &Facts) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *output, &FileFacts { schema_version: SCHEMA_VERSION, path, facts })?;
    writeln!(output)
}

/// The JSON of the groups of pictures of one file.
#[derive(Serialize)]
struct FileGops<'a> {
    schema_version: u32,
    path: &'a str,
    gops: &'a [Gop],
}

fn write_gops_json(output: &mut impl Write, path: &str, facts: &Facts) -> std::io::Result<()> {
    let video = facts.video_track().and_then(|track| track.video.as_deref());
    let gops = video.map_or(&[][..], |video| &video.gops);
    serde_json::to_writer_pretty(&mut *output, &FileGops { schema_version: SCHEMA_VERSION, path, gops })?;
    writeln!(output)
}
