//! The arguments as typed. Help, completions and manual pages come from here.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use media_preflight::Category;

use super::auth::AuthArgs;
use super::cache::CacheCommandArgs;
use super::check::CheckArgs;
use super::compare::CompareArgs;
use super::config::ConfigCommandArgs;
use super::demo::DemoArgs;
use super::environment;
use super::explain::ExplainArgs;
use super::facts::FactsArgs;
use super::fix::FixArgs;
use super::ladder::LadderArgs;
use super::limits::LimitsArgs;
use super::outputs::ReportArgs;
use super::parse::{CategoryParser, RuleParser};
use super::plan::PlanArgs;
use super::rules::RulesArgs;
use super::scan::ScanArgs;
use super::serve::ServeArgs;
use super::upload::{MediaArgs, SubtitlesArgs, UploadArgs, UploadsArgs};
use super::watch::WatchArgs;

/// Says whether the platform will take a video, GIF, image or subtitle file, why not, and how to mend it.
#[derive(Debug, Parser)]
#[command(name = "preflight", version, max_term_width = 100)]
#[command(after_help = "Start with: preflight check FILE...")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to colour the output.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto, help_heading = ANSWER)]
    pub(crate) color: Color,
}

// A subcommand's arguments are built only where it is the one that runs: those of all cost more than a check. Structures of
// arguments that commands share have plain comments, since their documentation would take the place of the command's.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Check files against the limits of the platform.
    Check(Box<CheckArgs>),
    /// Check whole folders of media, and remember what was read for the next time.
    Scan(Box<ScanArgs>),
    /// Watch folders, and check each file as soon as it is written.
    Watch(Box<WatchArgs>),
    /// Serve the upload API on this machine, to try uploads against.
    Serve(Box<ServeArgs>),
    /// Check and upload samples to a server on this machine, and show every call.
    Demo(DemoArgs),
    /// Say how to mend files with the least damage, without doing it.
    Plan(Box<PlanArgs>),
    /// Mend files, and check what comes out.
    Fix(Box<FixArgs>),
    /// Check files, and upload those that pass.
    Upload(Box<UploadArgs>),
    /// Look at uploads that are remembered, go on with them, or forget them.
    Uploads(UploadsArgs),
    /// Ask about what is uploaded, or add an alternative text to it.
    Media(MediaArgs),
    /// Attach subtitles to an uploaded video, or take them off.
    Subtitles(SubtitlesArgs),
    /// Look at what scans remember, or have them forget it.
    Cache(CacheCommandArgs),
    /// Compare a file with what was made of it: is it still the same film, picture or text?
    Compare(Box<CompareArgs>),
    /// Show which sizes of the table of renditions a film can be made in, and make them.
    Ladder(LadderArgs),
    /// Show all that was read from a file, with the place of each value.
    Facts(FactsArgs),
    /// Explain a rule (what it checks, why it matters, how to mend it), or an error of the upload API.
    Explain(Box<ExplainArgs>),
    /// List the rules.
    Rules(RulesArgs),
    /// Show the limits in force.
    Limits(LimitsArgs),
    /// Show the configuration that holds for a file, and where each value comes from.
    Config(Box<ConfigCommandArgs>),
    /// Say which credentials of uploads are found.
    Auth(AuthArgs),
    /// Write the completions for a shell to standard output.
    Completions(CompletionsArgs),
    /// Write the manual page to standard output, or all pages to a folder.
    Man(ManArgs),
    /// Print the JSON schema of what `check --format json` writes, or that of `compare` or `plan`.
    Schema(SchemaArgs),
}

// Which files of folders are looked at.
#[derive(Debug, Args)]
pub(crate) struct WalkArgs {
    /// Look only at files that match, or with ! in front, leave them out (can be given several times; the last that matches
    /// decides).
    #[arg(long, short, value_name = "GLOB", help_heading = FILES)]
    pub(crate) glob: Vec<String>,

    /// Look at hidden files and folders too.
    #[arg(long, help_heading = FILES)]
    pub(crate) hidden: bool,

    /// Look at what .gitignore and .preflightignore leave out too.
    #[arg(long, help_heading = FILES)]
    pub(crate) no_ignore: bool,

    /// Report every file, not only media.
    #[arg(long, help_heading = FILES)]
    pub(crate) all_files: bool,
}

// By what files are judged.
#[derive(Debug, Args)]
pub(crate) struct JudgingArgs {
    /// Media category that the files are sent under, such as tweet_video [default: by content].
    #[arg(long, short, value_parser = CategoryParser, help_heading = MEDIA)]
    pub(crate) category: Option<Category>,

    /// Decode images and GIFs fully too, to find damage that headers do not show.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    #[arg(action = ArgAction::Set, value_parser = BoolishValueParser::new(), value_name = "BOOL", hide_default_value = true)]
    #[arg(hide_possible_values = true, help_heading = MEDIA)]
    pub(crate) deep: bool,

    #[command(flatten)]
    pub(crate) pack: PackArgs,

    /// Apply only these rules (separated by commas, or one at a time).
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = RuleParser, help_heading = RULES)]
    pub(crate) select: Vec<String>,

    /// Leave these rules out.
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = RuleParser, help_heading = RULES)]
    pub(crate) ignore: Vec<String>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

// Which configurations are read.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Read this configuration, and none above the files [default: preflight.toml in the folders above each file].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = RULES)]
    pub(crate) config: Option<PathBuf>,

    /// Read no configuration.
    #[arg(long, help_heading = RULES)]
    pub(crate) no_config: bool,
}

// What is added to the answers.
#[derive(Debug, Default, Args)]
pub(crate) struct ExtraArgs {
    /// An earlier report (JSON or JSON Lines): only what it does not have fails the run.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = ANSWER)]
    pub(crate) baseline: Option<PathBuf>,

    /// Know files that moved since the baseline by their bytes. It needs a baseline that was written with --hash-failing.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    #[arg(action = ArgAction::Set, value_parser = BoolishValueParser::new(), value_name = "BOOL")]
    #[arg(hide_default_value = true, hide_possible_values = true, help_heading = ANSWER)]
    pub(crate) baseline_by_hash: bool,

    /// Put the SHA-256 of files that do not pass into the report.
    #[arg(long, help_heading = ANSWER)]
    pub(crate) hash_failing: bool,

    /// Show which categories take each file.
    #[arg(long, help_heading = ANSWER)]
    pub(crate) matrix: bool,
}

// How the answer is written, and what fails the run.
#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    #[command(flatten)]
    pub(crate) extra: ExtraArgs,

    #[command(flatten)]
    pub(crate) report: ReportArgs,

    /// Least severity of a finding that makes the exit status 1.
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Error, help_heading = ANSWER)]
    pub(crate) fail_on: FailOn,

    /// Let the exit status be 0 where files cannot be decided.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    #[arg(action = ArgAction::Set, value_parser = BoolishValueParser::new(), value_name = "BOOL", hide_default_value = true)]
    #[arg(hide_possible_values = true, help_heading = ANSWER)]
    pub(crate) allow_undecided: bool,

    /// Show only files that do not pass.
    #[arg(long, short, num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value = "false")]
    #[arg(action = ArgAction::Set, value_parser = BoolishValueParser::new(), value_name = "BOOL", hide_default_value = true)]
    #[arg(hide_possible_values = true, help_heading = ANSWER)]
    pub(crate) quiet: bool,
}

pub(crate) const MEDIA: &str = "Media";
pub(crate) const RULES: &str = "Rules";
pub(crate) const ANSWER: &str = "Answer";
pub(crate) const FILES: &str = "Files";

#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// Rule pack: a file, or the name of a built-in one [default: twitter].
    #[arg(long, value_name = "FILE|NAME", env = environment::unless_empty("PREFLIGHT_PACK"), hide_env_values = true)]
    #[arg(value_hint = ValueHint::FilePath, help_heading = RULES)]
    pub(crate) pack: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Whose answer the schema describes.
    #[arg(value_enum, default_value_t = SchemaOf::Report)]
    pub(crate) of: SchemaOf,
}

/// The commands whose answers have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// `check`, `scan` and `watch`.
    #[value(alias = "check")]
    Report,
    /// `compare`.
    Compare,
    /// `plan`.
    Plan,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder for the manual pages of the command and its subcommands.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) out: Option<PathBuf>,
}

/// When to colour the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to write an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// As one JSON object.
    Json,
}

/// Least severity that fails a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Only what the platform refuses.
    Error,
    /// What could be better, too.
    Warning,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn arguments_that_commands_share_bring_no_words_of_their_own() {
        // clap takes the documentation of a flattened structure for that of the command, so theirs are plain comments.
        let alone = Cli::command();
        let mut whole = Cli::command();
        whole.build();
        for command in alone.get_subcommands() {
            let built = whole.find_subcommand(command.get_name()).unwrap();
            let words = |command: &clap::Command| command.get_about().map(ToString::to_string);
            assert_eq!(words(built), words(command), "{}", command.get_name());
            assert_eq!(built.get_long_about().is_some(), command.get_long_about().is_some(), "{}", command.get_name());
        }
    }

    #[test]
    fn every_argument_says_what_it_is_for() {
        let mut whole = Cli::command();
        whole.build();
        for command in whole.get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
