//! `preflight media`: status and alternative text of an upload.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use media_preflight::api::{Encoding, MediaId, ProcessingInfo, Request};
use media_preflight::profile::Use;
use media_preflight::upload::{Entry, Failure as CallFailure, Journals, Policy, UploadError, call, now};
use serde::Serialize;

use super::answer::ErrorAnswer;
use super::args::{AltTextArgs, MediaArgs, MediaCommand, StatusArgs};
use super::connect::{Connection, connect, state_folder};
use super::usage::UploadUsage;
use crate::cli::args::Format;
use crate::cli::failure::{Failure, Usage};
use crate::cli::interrupt::{INTERRUPTED, stop_on_interrupt};
use crate::cli::terminal::Terminal;
use crate::cli::{complain, note};

/// Does what is asked about an upload.
pub(crate) fn run(args: &MediaArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        MediaCommand::Status(args) => status(args),
        MediaCommand::AltText(args) => alt_text(args),
    }
}

/// How the processing of an upload goes.
#[derive(Debug, Serialize)]
struct StatusAnswer {
    media_id: String,
    media_id_string: String,
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress_percent: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check_after_secs: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorAnswer>,
}

fn status(args: &StatusArgs) -> Result<ExitCode, Failure> {
    let connection = connect(&args.server, Encoding::Raw, 1)?;
    let stop = stop_on_interrupt()?;
    let answer = match call(&connection.client, &Request::Status { id: args.id }, &Policy::default(), &stop) {
        Ok(answer) => answer,
        Err(failure) => {
            let is_unknown =
                matches!(&failure, CallFailure::Refused { error, .. } if matches!(error.status, 400 | 404));
            if !is_unknown || !is_remembered(args, &connection)? {
                let code = told(failure);
                if is_unknown {
                    note(&"images, subtitles and uploads without a category have no status: they are ready at once");
                }
                return Ok(code);
            }
            note(&"the server keeps no status of such uploads; it is remembered as uploaded");
            media_preflight::api::Answer::default()
        }
    };
    let info = answer.processing;
    let status = StatusAnswer::of(args.id, info.as_ref());
    let mut output = Terminal::output();
    match args.format {
        Format::Json => serde_json::to_writer_pretty(&mut output, &status).map_err(std::io::Error::from),
        Format::Human => {
            let percent = status.progress_percent.map(|percent| format!(", {percent} %")).unwrap_or_default();
            write!(output, "{}: {}{percent}", args.id, status.state)
        }
    }
    .and_then(|()| writeln!(output))
    .and_then(|()| output.flush())
    .map_err(Failure::Output)?;
    if let Some(error) = &status.error {
        tell(error);
    }
    Ok(match &info {
        Some(info) if info.has_failed() => ExitCode::FAILURE,
        Some(info) if !info.is_over() => UNFINISHED.into(),
        _ => ExitCode::SUCCESS,
    })
}

/// Whether an upload of a kind that has no status is remembered as finished and still good.
fn is_remembered(args: &StatusArgs, connection: &Connection) -> Result<bool, Failure> {
    let entries = Journals::below(&state_folder(args.state.state_dir.as_ref())?).entries()?;
    let (version, endpoint) = (connection.client.version(), connection.client.endpoint().to_string());
    Ok(entries.iter().any(|Entry { header, state, .. }| {
        let subject = &header.subject;
        let has_none = subject.category.is_none_or(|category| matches!(category.takes(), Use::Image | Use::Captions));
        has_none
            && (subject.api, &subject.endpoint, &subject.account) == (version, &endpoint, &connection.account)
            && state.uploaded.as_ref().is_some_and(|uploaded| uploaded.id == args.id)
            && state.expires().is_none_or(|expires| expires > now())
    }))
}

impl StatusAnswer {
    fn of(id: MediaId, info: Option<&ProcessingInfo>) -> Self {
        let error = info.and_then(|info| info.error.clone());
        Self {
            media_id: id.to_string(),
            media_id_string: id.to_string(),
            // What the server says nothing of is ready.
            state: info.map_or_else(|| "succeeded".to_owned(), |info| info.state.to_string()),
            progress_percent: info.and_then(|info| info.progress_percent),
            check_after_secs: info.and_then(|info| info.check_after_secs),
            error: error.map(|error| ErrorAnswer::of(&UploadError::Failed(CallFailure::Processing(error)))),
        }
    }
}

fn alt_text(args: &AltTextArgs) -> Result<ExitCode, Failure> {
    let count = args.text.chars().count();
    if count > LONGEST_ALT_TEXT {
        return Err(Usage::from(UploadUsage::AltTextTooLong(count)).into());
    }
    let connection = connect(&args.server, Encoding::Raw, 1)?;
    let request = Request::Metadata { id: args.id, alt_text: args.text.clone() };
    Ok(match made(&connection, &request)? {
        Ok(_) => say(&format!("{}: the alternative text is attached", args.id))?,
        Err(code) => code,
    })
}

/// Writes one line to standard output.
pub(super) fn say(line: &str) -> Result<ExitCode, Failure> {
    let mut output = Terminal::output();
    writeln!(output, "{line}").and_then(|()| output.flush()).map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}

/// Makes a call. Where it fails, that is said, and the exit status is what comes back.
pub(super) fn made(
    connection: &Connection,
    request: &Request,
) -> Result<Result<media_preflight::api::Answer, ExitCode>, Failure> {
    let stop = stop_on_interrupt()?;
    Ok(made_until(connection, request, &stop))
}

/// Makes a call until it is to stop.
pub(super) fn made_until(
    connection: &Connection,
    request: &Request,
    stop: &AtomicBool,
) -> Result<media_preflight::api::Answer, ExitCode> {
    call(&connection.client, request, &Policy::default(), stop).map_err(told)
}

/// Says why a call failed; the exit status for it.
fn told(failure: CallFailure) -> ExitCode {
    let code = match &failure {
        CallFailure::Interrupted => INTERRUPTED,
        failure if failure.is_resumable() => UNFINISHED,
        _ => 1,
    };
    tell(&ErrorAnswer::of(&UploadError::Failed(failure)));
    code.into()
}

/// Says what went wrong, and what is known of it.
fn tell(error: &ErrorAnswer) {
    complain(&error.message);
    if let Some(meaning) = &error.meaning {
        let rule = error.rule.map(|rule| format!(" (preflight explain {rule})")).unwrap_or_default();
        note(&format_args!("{meaning}{rule}"));
    }
}

/// The exit status of what can be tried again.
const UNFINISHED: u8 = 4;
/// Characters of an alternative text: media/metadata/create says "Must be <= 1000 chars".
const LONGEST_ALT_TEXT: usize = 1000;
