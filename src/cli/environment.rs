//! Each option of the commands that judge files is a variable of the environment too: `--fail-on` is `PREFLIGHT_FAIL_ON`.

use std::env;

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction};

/// A variable that an argument reads, unless it is empty: CI systems set variables that nobody gave a value, and those say nothing.
pub(crate) fn unless_empty(variable: &'static str) -> Option<&'static str> {
    Some(variable).filter(|variable| !is_empty(variable))
}

/// The variable for the argument of that name.
pub(crate) fn name(id: &str) -> String {
    let upper = |character: char| if character == '-' { '_' } else { character.to_ascii_uppercase() };
    "PREFLIGHT_".chars().chain(id.chars().map(upper)).collect()
}

/// Has an option of a command that judges files read the environment.
pub(crate) fn read(argument: Arg) -> Arg {
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
    let argument = if is_empty(&variable) { argument } else { argument.env(variable).hide_env(true) };
    if is_switch { argument.value_parser(BoolishValueParser::new()) } else { argument }
}

fn is_empty(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| value.is_empty())
}

/// Options that name files of one run.
const OF_ONE_RUN: [&str; 4] = ["alt_text", "subtitle", "post", "json"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_the_commands_that_judge_has_a_variable() {
        use clap::CommandFactory;

        let mut command = crate::cli::args::Cli::command();
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
