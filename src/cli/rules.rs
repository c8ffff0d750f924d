//! `preflight rules`.

use std::io::Write;
use std::process::ExitCode;

use clap::Args;
use media_preflight::report::write_rules;

use super::args::PackArgs;
use super::failure::Failure;
use super::pack;
use super::terminal::Terminal;

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(flatten)]
    pub(crate) pack: PackArgs,
}

/// Lists the rules with their level in the pack.
pub(crate) fn run(args: &RulesArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let profile = pack::load(args.pack.pack.as_deref())?;
    let mut output = Terminal::output();
    write_rules(&mut output, &profile, &terminal.style()).and_then(|()| output.flush()).map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}
