//! `preflight explain`.

use std::io::Write;
use std::process::ExitCode;

use media_preflight::report::write_explanation;
use media_preflight::rules;

use super::args::ExplainArgs;
use super::failure::Failure;
use super::pack;
use super::terminal::Terminal;

/// Explains one rule.
pub(crate) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let profile = pack::load(args.pack.pack.as_deref())?;
    let mut output = Terminal::output();
    if let Some(rule) = rules::find(&args.rule) {
        write_explanation(&mut output, rule, &profile, &terminal.style()).map_err(Failure::Output)?;
    }
    output.flush().map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}
