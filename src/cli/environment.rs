//! Each option of the commands that judge files is a variable of the environment too: `--fail-on` is `PREFLIGHT_FAIL_ON`.

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Args, Command};

use super::args::{CheckArgs, ConfigCommandArgs, ScanArgs};
use super::watch::WatchArgs;

/// The variable for the argument of that name.
pub(crate) fn name(id: &str) -> String {
    format!("PREFLIGHT_{}", id.replace('-', "_").to_ascii_uppercase())
}

/// The command, whose subcommands that judge files read the environment.
pub(crate) fn read_by(command: Command) -> Command {
    JUDGING.into_iter().fold(command, |command, (name, arguments)| {
        command.mut_subcommand(name, |subcommand| subcommand.defer(arguments))
    })
}

/// Adds the arguments `A` to a command, and has their options read the environment.
fn reading<A: Args>(command: Command) -> Command {
    A::augment_args(command).mut_args(read)
}

fn read(argument: Arg) -> Arg {
    let generated = matches!(
        argument.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    );
    let is_option = argument.get_long().is_some() && !generated;
    // Those that speak of single files of a run have no use in what holds for all runs.
    if !is_option || argument.get_env().is_some() || OF_ONE_RUN.contains(&argument.get_id().as_str()) {
        return argument;
    }
    let variable = name(argument.get_id().as_str());
    let is_switch = matches!(argument.get_action(), ArgAction::SetTrue);
    let argument = argument.env(variable).hide_env(true);
    if is_switch { argument.value_parser(BoolishValueParser::new()) } else { argument }
}

/// What adds its arguments to a command.
type Arguments = fn(Command) -> Command;
/// The commands that judge files, each with what adds its arguments when it is the one that runs.
const JUDGING: [(&str, Arguments); 4] = [
    ("check", reading::<CheckArgs>),
    ("scan", reading::<ScanArgs>),
    ("watch", reading::<WatchArgs>),
    ("config", reading::<ConfigCommandArgs>),
];
/// Options that name files of one run.
const OF_ONE_RUN: [&str; 4] = ["alt_text", "subtitle", "post", "json"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_the_commands_that_judge_has_a_variable() {
        use clap::CommandFactory;

        let mut command = read_by(crate::cli::args::Cli::command());
        command.build();
        let check = command.find_subcommand("check").unwrap();
        for argument in check.get_arguments().filter(|argument| argument.get_long().is_some()) {
            let id = argument.get_id().as_str();
            let expected = (!OF_ONE_RUN.contains(&id) && id != "help").then(|| name(id));
            let variable = argument.get_env().map(|name| name.to_str().unwrap().to_owned());
            assert_eq!(variable, expected, "{id}");
        }
        let facts = command.find_subcommand("facts").unwrap();
        assert!(facts.get_arguments().all(|argument| argument.get_env().is_none()));
    }
}
