//! `preflight limits`.

use std::io::Write;
use std::process::ExitCode;

use media_preflight::report::write_limits;

use super::args::{LimitsArgs, LimitsCommand};
use super::diff;
use super::failure::Failure;
use super::pack;
use super::terminal::Terminal;

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
