//! The arguments as typed. Help, completions and manual pages come from here.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use media_preflight::Category;

use super::auth::AuthArgs;
use super::compare::CompareArgs;
use super::demo::DemoArgs;
use super::environment;
use super::explain::ExplainArgs;
use super::fix::FixArgs;
use super::ladder::LadderArgs;
use super::outputs::ReportArgs;
use super::parse::{ByteCount, CategoryParser, RuleParser};
use super::plan::PlanArgs;
use super::serve::ServeArgs;
use super::subtitle::SubtitleArgument;
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
    /// Print the JSON schema of what `check --format json` writes, or `compare --format json`.
    Schema(SchemaArgs),
}

#[derive(Debug, Args)]
#[command(after_long_help = CHECK_HELP)]
#[command(mut_args(environment::read))]
pub(crate) struct CheckArgs {
    /// Files to check; of a directory, the files directly in it; - is standard input.
    ///
    /// Hidden files, alternative texts (FILE.alt.txt) and subdirectories of a directory are left alone.
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    /// Check the files as one post too: at most 4 photos, or 1 GIF, or 1 video (and its captions).
    #[arg(long, help_heading = MEDIA)]
    pub(crate) post: bool,

    /// Alternative text of a file [default: the text in FILE.alt.txt, if there is one].
    #[arg(long, value_name = "FILE=TEXT", help_heading = MEDIA)]
    pub(crate) alt_text: Vec<OsString>,

    /// Subtitles of the video of this run, checked against its duration.
    ///
    /// LANG is a BCP 47 tag such as en or pt-BR; NAME is what viewers see, by default the language's English name.
    #[arg(long, value_name = "LANG[:NAME]=FILE", value_parser = SubtitleArgument::parser(), help_heading = MEDIA)]
    pub(crate) subtitle: Vec<SubtitleArgument>,

    /// Id of another user who may use the upload.
    #[arg(long, value_name = "ID", help_heading = MEDIA)]
    pub(crate) additional_owner: Vec<String>,

    #[command(flatten)]
    pub(crate) answer: AnswerArgs,

    /// Write a receipt into this folder for each file that passes; upload --receipts then skips its check.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = ANSWER)]
    pub(crate) receipts: Option<PathBuf>,

    /// Number of files checked at the same time [default: number of processors].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,

    /// Most bytes taken from standard input, which is kept in a temporary file (in TMPDIR) meanwhile.
    #[arg(long, value_name = "BYTES", default_value = "17GiB")]
    pub(crate) stdin_limit: ByteCount,
}

#[derive(Debug, Args)]
#[command(after_long_help = SCAN_HELP)]
#[command(mut_args(environment::read))]
pub(crate) struct ScanArgs {
    /// Folders, with all that is below them, and files.
    ///
    /// What is no media, by name and content, is counted and otherwise left alone. Answers come in the order of the paths.
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    #[command(flatten)]
    pub(crate) answer: AnswerArgs,

    #[command(flatten)]
    pub(crate) walk: WalkArgs,

    /// Follow symbolic links.
    #[arg(long, short = 'L', help_heading = FILES)]
    pub(crate) follow: bool,

    #[command(flatten)]
    pub(crate) cache: CacheArgs,

    /// Number of files checked at the same time [default: number of processors].
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,

    /// Show no progress. It is shown only on a terminal.
    #[arg(long)]
    pub(crate) no_progress: bool,
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

// What a scan remembers.
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Open every file, and remember nothing.
    #[arg(long, help_heading = CACHE)]
    pub(crate) no_cache: bool,

    /// Folder of the cache [default: media-preflight in the user's folder for caches].
    #[arg(long, value_name = "DIR", env = "PREFLIGHT_CACHE_DIR", hide_env_values = true)]
    #[arg(value_hint = ValueHint::DirPath, help_heading = CACHE)]
    pub(crate) cache_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CacheCommandArgs {
    /// What to do.
    #[arg(value_enum)]
    pub(crate) action: CacheAction,

    /// Folder of the cache [default: media-preflight in the user's folder for caches].
    #[arg(long, value_name = "DIR", env = "PREFLIGHT_CACHE_DIR", hide_env_values = true)]
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) cache_dir: Option<PathBuf>,
}

/// What to do with the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CacheAction {
    /// Forget everything.
    Clear,
    /// Say how much is remembered.
    Stats,
    /// Print where it is.
    Path,
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
const RULES: &str = "Rules";
pub(crate) const ANSWER: &str = "Answer";
pub(crate) const FILES: &str = "Files";
const CACHE: &str = "Cache";

const SCAN_HELP: &str = "\
Exit status:
  0    every file passes
  1    a file has a finding of the severity of --fail-on, or cannot be decided
  2    wrong usage, or a rule pack that is not valid
  3    a file or folder could not be read (the others are still checked), or another error of the system
  130  interrupted: the answer covers the files that were checked, and the next scan goes on from the cache
  141  whoever reads the answer went away
Where several hold, the first of 130, 3 and 1.";

const CHECK_HELP: &str = "\
Exit status:
  0    every file passes
  1    a file has a finding of the severity of --fail-on, or cannot be decided
  2    wrong usage, or a rule pack or configuration that is not valid
  3    a file could not be read (the others are still checked), a report not written, or another error of the system
  130  interrupted
  141  whoever reads the answer went away
Where several hold, the first of 130, 3 and 1.

Every option can be given by the environment and by preflight.toml too: --fail-on warning is PREFLIGHT_FAIL_ON=warning, and
fail-on = \"warning\". Flags win over the environment, and that over preflight.toml.";

#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// Rule pack: a file, or the name of a built-in one [default: twitter].
    #[arg(long, value_name = "FILE|NAME", env = "PREFLIGHT_PACK", hide_env_values = true)]
    #[arg(value_hint = ValueHint::FilePath, help_heading = RULES)]
    pub(crate) pack: Option<PathBuf>,
}

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

#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(flatten)]
    pub(crate) pack: PackArgs,
}

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

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    /// Rule pack: a file, or the name of a built-in one.
    #[arg(value_name = "PACK_A", value_hint = ValueHint::FilePath)]
    pub(crate) a: PathBuf,

    /// The rule pack it is compared with.
    #[arg(value_name = "PACK_B", value_hint = ValueHint::FilePath)]
    pub(crate) b: PathBuf,

    /// List the files whose verdict differs, of these and of all below these folders.
    #[arg(long, value_name = "PATH", num_args = 1.., value_hint = ValueHint::AnyPath)]
    pub(crate) against: Vec<PathBuf>,

    /// Only this media category.
    #[arg(long, short, value_parser = CategoryParser)]
    pub(crate) category: Option<Category>,

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

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

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Whose answer the schema describes.
    #[arg(value_enum, default_value_t = SchemaOf::Check)]
    pub(crate) of: SchemaOf,
}

/// The commands whose answers have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// `check`, `scan` and `watch`.
    Check,
    /// `compare`.
    Compare,
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
