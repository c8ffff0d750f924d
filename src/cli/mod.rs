//! The command line: arguments as typed, one file per subcommand.

#![expect(clippy::disallowed_methods, reason = "the command is where files are opened and the core is not")]

mod alt_text;
mod args;
mod auth;
mod cache;
mod check;
mod child;
mod compare;
mod config;
mod demo;
mod diff;
mod environment;
mod explain;
mod extras;
mod facts;
mod failure;
mod fix;
mod generate;
mod interrupt;
mod judging;
mod ladder;
mod languages;
mod limits;
mod outputs;
mod pack;
mod parse;
mod plan;
mod previews;
mod progress;
mod quality;
mod recipe;
mod rules;
mod scan;
mod serve;
mod source;
mod spool;
mod subtitle;
mod targets;
mod terminal;
mod upload;
mod watch;
mod wire;
mod words;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};
use media_preflight::fix::leash;
use media_preflight::report::{visible, written};

use args::{Cli, Command};
use failure::Failure;
use terminal::Terminal;

/// Runs the command with the arguments, and says how it went.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> Result<ExitCode, Failure> {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(status) = leash::follow(args.iter().cloned()) {
        return Ok(status.into());
    }
    #[cfg(unix)]
    survive_file_size_limit();
    // The definition lives as long as the program: to take it down would cost as much as a rule of a check.
    let definition = Box::leak(Box::new(Cli::command()));
    let parsed =
        definition.try_get_matches_from_mut(args).and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => {
            error.print().map_err(Failure::Output)?;
            return Ok(if error.use_stderr() { Failure::USAGE.into() } else { ExitCode::SUCCESS });
        }
    };
    let terminal = Terminal::new(cli.color);
    // Where each argument came from, for those of the subcommand.
    let matches = matches.subcommand().map_or(&matches, |(_, matches)| matches);
    match cli.command {
        Command::Check(mut args) => check::run(&mut args, matches, &terminal),
        Command::Scan(mut args) => scan::run(&mut args, matches, &terminal),
        Command::Watch(mut args) => watch::run(&mut args, matches, &terminal),
        Command::Serve(args) => serve::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Plan(args) => plan::run(&args, matches),
        Command::Fix(args) => fix::run(&args, matches),
        Command::Upload(args) => upload::run(&args, matches),
        Command::Uploads(args) => upload::run_uploads(&args, matches),
        Command::Media(args) => upload::run_media(&args),
        Command::Subtitles(args) => upload::run_subtitles(&args, matches),
        Command::Cache(args) => cache::run(&args),
        Command::Compare(args) => compare::run(&args, &terminal),
        Command::Ladder(args) => ladder::run(&args, &terminal),
        Command::Facts(args) => facts::run(&args, &terminal),
        Command::Explain(args) => explain::run(&args, &terminal),
        Command::Rules(args) => rules::run(&args, &terminal),
        Command::Limits(args) => limits::run(&args, &terminal),
        Command::Config(args) => config::run(&args, matches),
        Command::Auth(args) => auth::run(&args),
        Command::Completions(args) => generate::completions(&args),
        Command::Man(args) => generate::man(&args),
        Command::Schema(args) => generate::schema(&args),
    }
}

/// Makes a write beyond the limit on the size of files (`ulimit -f`) fail as one to a full disk does. Otherwise the system
/// ends the program there, with half a report left behind.
#[cfg(unix)]
fn survive_file_size_limit() {
    // Where it cannot be done, all is as it would be without.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Says on standard error what went wrong.
pub(crate) fn complain(what: &dyn std::fmt::Display) {
    let style = anstyle::AnsiColor::Red.on_default().effects(anstyle::Effects::BOLD);
    // Where standard error is gone there is nobody left to tell.
    let _ = writeln!(anstream::stderr().lock(), "{style}error:{style:#} {}", visible(&what.to_string()));
}

/// Tells on standard error something that is no error.
pub(crate) fn note(what: &dyn std::fmt::Display) {
    let style = anstyle::Style::new().effects(anstyle::Effects::BOLD);
    // Where standard error is gone there is nobody left to tell.
    let _ = writeln!(anstream::stderr().lock(), "{style}note:{style:#} {}", visible(&what.to_string()));
}

/// Takes away what runs that were killed left unfinished in a folder, and tells of it.
pub(crate) fn swept(folder: &Path) {
    for path in media_preflight::fix::sweep(folder) {
        note(&format_args!("{}: left unfinished by a run that was killed, and removed", written(&path)));
    }
}
