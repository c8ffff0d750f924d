//! The arguments of the commands that speak to the server.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueHint};
use media_preflight::api::{Endpoint, MediaId, UserId, Version};

use crate::cli::args::{ANSWER, FILES, Format, JudgingArgs, MEDIA};
use crate::cli::environment;
use crate::cli::parse::{ByteCount, seconds};
use crate::cli::subtitle::SubtitleArgument;

#[derive(Debug, Args)]
#[command(after_long_help = UPLOAD_HELP)]
pub(crate) struct UploadArgs {
    /// Files to upload; of a directory, the media directly in it.
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::AnyPath)]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) judging: JudgingArgs,

    /// Upload the files for one post: none of them unless all pass and fit together. Their ids are printed in order.
    #[arg(long, help_heading = MEDIA)]
    pub(crate) post: bool,

    /// Alternative text of an image or GIF; FILE= may be left out for a single file [default: the text in FILE.alt.txt].
    #[arg(long, value_name = "[FILE=]TEXT", help_heading = MEDIA)]
    pub(crate) alt_text: Vec<OsString>,

    /// Subtitles of the video of this run: checked, uploaded, and attached to it.
    ///
    /// LANG is a BCP 47 tag such as en or pt-BR; NAME is what viewers see, by default the language's English name.
    #[arg(long, value_name = "LANG[:NAME]=FILE", value_parser = SubtitleArgument::parser(), help_heading = MEDIA)]
    pub(crate) subtitle: Vec<SubtitleArgument>,

    /// Id of another user who may use the upload.
    #[arg(long, value_name = "ID", help_heading = MEDIA)]
    pub(crate) additional_owner: Vec<UserId>,

    /// Upload files although they fail the check. What is passed over is said.
    #[arg(long, help_heading = MEDIA)]
    pub(crate) force: bool,

    /// Upload files that the check cannot decide.
    #[arg(long, help_heading = MEDIA)]
    pub(crate) allow_undecided: bool,

    /// Skip the check of files that have a receipt in this folder (see check --receipts).
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = MEDIA)]
    pub(crate) receipts: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) server: ServerArgs,

    /// Bytes of a segment, at most 5 MiB [default: 1MiB; more where a file would have more than 1000 segments].
    #[arg(long, value_name = "BYTES", help_heading = SENDING)]
    pub(crate) chunk_size: Option<ByteCount>,

    /// Segments of a file that are under way at the same time.
    #[arg(long, value_name = "N", default_value = "3", value_parser = parallel, help_heading = SENDING)]
    pub(crate) parallel: usize,

    /// Files that are uploaded at the same time.
    #[arg(long, short, value_name = "N", default_value = "2", help_heading = SENDING)]
    pub(crate) jobs: NonZeroUsize,

    /// Send each file in one call, which cannot be resumed. Images only.
    #[arg(long, help_heading = SENDING)]
    pub(crate) simple: bool,

    /// Send media as base64 text, which is a third longer.
    #[arg(long, help_heading = SENDING)]
    pub(crate) base64: bool,

    /// Seconds to wait until the server has looked at a file.
    #[arg(long, value_name = "SECONDS", default_value = "1800", value_parser = seconds, help_heading = SENDING)]
    pub(crate) wait: Duration,

    /// Longest wait after the first failure of a call, in seconds; it doubles with each further one, up to a minute.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds, help_heading = SENDING)]
    pub(crate) backoff: Duration,

    /// Send files again that are uploaded already, and begin unfinished ones anew.
    #[arg(long, help_heading = SENDING)]
    pub(crate) anew: bool,

    /// Check, and say what would be sent, without sending anything.
    #[arg(long, help_heading = ANSWER)]
    pub(crate) dry_run: bool,

    /// Bytes a second, to tell with --dry-run how long it would take.
    #[arg(long, value_name = "BYTES", requires = "dry_run", help_heading = ANSWER)]
    pub(crate) bandwidth: Option<ByteCount>,

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = Format::Human, help_heading = ANSWER)]
    pub(crate) format: Format,

    /// Show no progress. It is shown only on a terminal.
    #[arg(long, help_heading = ANSWER)]
    pub(crate) no_progress: bool,

    #[command(flatten)]
    pub(crate) state: StateArgs,
}

// How the server is reached.
#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// Version of the API: 2 or 1.1.
    #[arg(long, value_name = "VERSION", default_value = "2", help_heading = SERVER)]
    pub(crate) api: Version,

    /// Address of the server. The help names the addresses, which documentation would take for broken links.
    #[arg(help = "Address of the server [default: https://api.x.com, and https://upload.twitter.com for 1.1]")]
    #[arg(long, value_name = "URL", env = environment::unless_empty("PREFLIGHT_ENDPOINT"), hide_env_values = true, help_heading = SERVER)]
    pub(crate) endpoint: Option<Endpoint>,

    /// Certificates in PEM to trust, instead of the well-known ones.
    #[arg(long, value_name = "FILE", env = environment::unless_empty("SSL_CERT_FILE"), hide_env_values = true, help_heading = SERVER)]
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) ca: Option<PathBuf>,

    /// Allow connections to other machines that are not encrypted.
    #[arg(long, help_heading = SERVER)]
    pub(crate) insecure_http: bool,

    /// Seconds to wait for the answer to a call.
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds, help_heading = SERVER)]
    pub(crate) timeout: Duration,
}

// Where uploads are remembered.
#[derive(Debug, Args)]
pub(crate) struct StateArgs {
    /// Folder in which uploads are remembered [default: media-preflight in the user's folder for state].
    #[arg(long, value_name = "DIR", env = environment::unless_empty("PREFLIGHT_STATE_DIR"), hide_env_values = true)]
    #[arg(value_hint = ValueHint::DirPath, help_heading = FILES)]
    pub(crate) state_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct UploadsArgs {
    #[command(subcommand)]
    pub(crate) command: UploadsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UploadsCommand {
    /// List the uploads that are remembered: unfinished ones, and finished ones until they expire.
    List(ListArgs),
    /// Go on with unfinished uploads.
    Resume(Box<ResumeArgs>),
    /// Forget uploads, so that the same command sends their files anew.
    Forget(ForgetArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// How to write the list.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) state: StateArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// The beginning of the name of an upload, as `uploads list` shows it, its media id, or its file [default: all].
    #[arg(value_name = "UPLOAD")]
    pub(crate) uploads: Vec<String>,

    /// Certificates in PEM to trust, instead of the well-known ones.
    #[arg(long, value_name = "FILE", env = environment::unless_empty("SSL_CERT_FILE"), hide_env_values = true, value_hint = ValueHint::FilePath)]
    pub(crate) ca: Option<PathBuf>,

    /// Allow connections to other machines that are not encrypted.
    #[arg(long)]
    pub(crate) insecure_http: bool,

    /// Seconds to wait for the answer to a call.
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds)]
    pub(crate) timeout: Duration,

    /// Segments of a file that are under way at the same time.
    #[arg(long, value_name = "N", default_value = "3", value_parser = parallel)]
    pub(crate) parallel: usize,

    /// Seconds to wait until the server has looked at a file.
    #[arg(long, value_name = "SECONDS", default_value = "1800", value_parser = seconds)]
    pub(crate) wait: Duration,

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,

    /// Show no progress. It is shown only on a terminal.
    #[arg(long)]
    pub(crate) no_progress: bool,

    #[command(flatten)]
    pub(crate) state: StateArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ForgetArgs {
    /// The beginning of the name of an upload, its media id, or its file.
    #[arg(value_name = "UPLOAD", required_unless_present_any = ["all", "finished"])]
    pub(crate) uploads: Vec<String>,

    /// Forget all.
    #[arg(long, conflicts_with = "uploads")]
    pub(crate) all: bool,

    /// Forget those that are finished.
    #[arg(long, conflicts_with_all = ["uploads", "all"])]
    pub(crate) finished: bool,

    #[command(flatten)]
    pub(crate) state: StateArgs,
}

#[derive(Debug, Args)]
pub(crate) struct MediaArgs {
    #[command(subcommand)]
    pub(crate) command: MediaCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MediaCommand {
    /// Ask how the processing of an upload goes.
    Status(StatusArgs),
    /// Attach an alternative text to an uploaded image or GIF.
    AltText(AltTextArgs),
}

#[derive(Debug, Args)]
#[command(after_long_help = STATUS_HELP)]
pub(crate) struct StatusArgs {
    /// The upload.
    #[arg(value_name = "ID")]
    pub(crate) id: MediaId,

    #[command(flatten)]
    pub(crate) server: ServerArgs,

    #[command(flatten)]
    pub(crate) state: StateArgs,

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct AltTextArgs {
    /// The upload.
    #[arg(value_name = "ID")]
    pub(crate) id: MediaId,

    /// The text, at most 1000 characters.
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,

    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SubtitlesArgs {
    #[command(subcommand)]
    pub(crate) command: SubtitlesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SubtitlesCommand {
    /// Check and upload subtitles, and attach them to an uploaded video.
    Add(Box<AddArgs>),
    /// Take subtitles off an uploaded video.
    Remove(RemoveArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The upload of the video.
    #[arg(value_name = "VIDEO_ID")]
    pub(crate) video: MediaId,

    /// The subtitles.
    #[arg(value_name = "LANG[:NAME]=FILE", required = true, value_parser = SubtitleArgument::parser())]
    pub(crate) subtitles: Vec<SubtitleArgument>,

    #[command(flatten)]
    pub(crate) video_category: VideoCategoryArgs,

    #[command(flatten)]
    pub(crate) server: ServerArgs,

    /// How to write the answer.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) state: StateArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// The upload of the video.
    #[arg(value_name = "VIDEO_ID")]
    pub(crate) video: MediaId,

    /// The languages of the subtitles to take off, BCP 47 tags such as en.
    #[arg(value_name = "LANG", required = true)]
    pub(crate) languages: Vec<String>,

    #[command(flatten)]
    pub(crate) video_category: VideoCategoryArgs,

    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

// What the video was uploaded for.
#[derive(Debug, Args)]
pub(crate) struct VideoCategoryArgs {
    /// The video was uploaded as amplify_video, not as tweet_video.
    #[arg(long)]
    pub(crate) amplify: bool,
}

/// Reads a number of segments.
fn parallel(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|count| (1..=16).contains(count))
        .ok_or_else(|| "expected a number from 1 to 16".to_owned())
}

const SENDING: &str = "Sending";
const SERVER: &str = "Server";

const UPLOAD_HELP: &str = "\
Credentials come from the environment or from a file, never from the command line: see preflight auth check.

An upload that did not come to its end goes on when the same command is given again. One that is finished is remembered until
it expires: the same command then says its id, and sends nothing.

Exit status:
  0    every file is uploaded
  1    the server refused a file, or a file fails the check
  2    wrong usage, or a rule pack or configuration that is not valid
  3    a file could not be read or changed while it was sent, or another error of the system
  4    an upload is unfinished: the same command goes on
  130  interrupted: the same command goes on
Where several hold, the first of 130, 3, 4 and 1.";

const STATUS_HELP: &str = "\
Exit status:
  0    the upload is ready
  1    the processing failed, or the server refused the call
  4    the processing goes on";
