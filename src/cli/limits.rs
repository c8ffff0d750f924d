//! `preflight limits`.

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use media_preflight::Category;
use media_preflight::report::write_limits;

use super::args::PackArgs;
use super::diff::{self, DiffArgs};
use super::failure::Failure;
use super::pack;
use super::parse::CategoryParser;
use super::terminal::Terminal;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct LimitsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<LimitsCommand>,

    /// Only the limits of this media category.
    #[arg(long, short, value_parser = CategoryParser)]
    pub(crate) category: Option<Category>,

    #[command(flatten)]
    pub(crate) pack: PackArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LimitsCommand {
    /// Show which limits of two packs differ, and which files would be judged otherwise.
    Diff(DiffArgs),
}

/// Shows the limits of the pack in force.
pub(crate) fn run(args: &LimitsArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    if let Some(LimitsCommand::Diff(args)) = &args.command {
        return diff::run(args, terminal);
    }
    let profile = pack::load(args.pack.pack.as_deref())?;
    let mut output = Terminal::output();
    write_limits(&mut output, &profile, args.category, &terminal.style())
        .and_then(|()| output.flush())
        .map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}
