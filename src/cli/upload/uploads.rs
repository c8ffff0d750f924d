//! `preflight uploads`: what is remembered of uploads.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ArgMatches;
use media_preflight::Category;
use media_preflight::api::Encoding;
use media_preflight::facts::MediaType;
use media_preflight::report::visible;
use media_preflight::upload::{Entry, Journals, MediaFile, Moment, RawPath, now};
use serde::Serialize;

use super::answer::Answer;
use super::args::{ForgetArgs, ListArgs, ResumeArgs, ServerArgs, UploadsArgs, UploadsCommand};
use super::bar::Bars;
use super::connect::{Connection, connect, state_folder};
use super::gate::{Checked, Gate, Item, Ready};
use super::job::{Sender, Settings, is_same};
use super::send::{send_all, tell};
use super::subtitles::plain_resolver;
use super::usage::UploadUsage;
use super::words::{self, span};
use crate::cli::args::Format;
use crate::cli::failure::{Failure, Usage, plain};
use crate::cli::interrupt::stop_on_interrupt;
use crate::cli::subtitle::SubtitleArgument;
use crate::cli::terminal::Terminal;

/// Lists uploads, goes on with them, or forgets them.
pub(crate) fn run(args: &UploadsArgs, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    match &args.command {
        UploadsCommand::List(args) => list(args),
        UploadsCommand::Resume(args) => resume(args, matches),
        UploadsCommand::Forget(args) => forget(args),
    }
}

/// One upload of the list.
#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    path: String,
    state: &'static str,
    media_id: Option<String>,
    media_id_string: Option<String>,
    bytes: u64,
    stored_bytes: u64,
    api: String,
    endpoint: String,
    category: Option<Category>,
    expires_at: Option<u64>,
    began_at: u64,
}

impl Listed {
    fn of(entry: &Entry) -> Self {
        let Entry { name, header, state } = entry;
        let session = state.session.as_ref();
        let id = state.uploaded.as_ref().map(|uploaded| uploaded.id).or(session.map(|session| session.id));
        Self {
            name: name.clone(),
            path: header.subject.path.clone(),
            state: word(entry),
            media_id: id.map(|id| id.to_string()),
            media_id_string: id.map(|id| id.to_string()),
            bytes: header.stamp.size,
            stored_bytes: if state.uploaded.is_some() { header.stamp.size } else { state.stored_bytes() },
            api: header.subject.api.to_string(),
            endpoint: header.subject.endpoint.clone(),
            category: header.subject.category,
            expires_at: state.expires().map(Moment::as_secs),
            began_at: header.began.as_secs(),
        }
    }
}

/// How far an upload is, in a word.
fn word(entry: &Entry) -> &'static str {
    let state = &entry.state;
    let session = state.session.as_ref();
    match state.expires() {
        Some(expires) if expires <= now() => "expired",
        _ if entry.is_done() => "succeeded",
        _ if state.uploaded.is_some() => "to attach",
        _ if session.is_some_and(|session| session.processing) => "processing",
        _ if session.is_some() => "unfinished",
        _ => "not begun",
    }
}

fn list(args: &ListArgs) -> Result<ExitCode, Failure> {
    let entries = journals(args.state.state_dir.as_ref())?.entries()?;
    let listed: Vec<Listed> = entries.iter().map(Listed::of).collect();
    let mut output = Terminal::output();
    let write = match args.format {
        Format::Json => serde_json::to_writer_pretty(&mut output, &BTreeMap::from([("uploads", &listed)]))
            .map_err(std::io::Error::from)
            .and_then(|()| writeln!(output)),
        Format::Human => listed.iter().try_for_each(|upload| {
            let id = upload.media_id.as_deref().unwrap_or("no id yet");
            let left = upload.expires_at.map(|at| at.saturating_sub(now().as_secs())).filter(|left| *left > 0);
            let left = left.map(|left| format!(", {} left", span(left))).unwrap_or_default();
            let name = upload.name.get(..SHOWN).unwrap_or(&upload.name);
            let (stored, bytes, path) = (upload.stored_bytes, upload.bytes, visible(&upload.path));
            writeln!(output, "{name}  {}  {id}  {stored} of {bytes} bytes{left}  {path}", upload.state)
        }),
    };
    write.and_then(|()| output.flush()).map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}

fn forget(args: &ForgetArgs) -> Result<ExitCode, Failure> {
    let journals = journals(args.state.state_dir.as_ref())?;
    let entries = journals.entries()?;
    let chosen: Vec<&Entry> = if args.all {
        entries.iter().collect()
    } else if args.finished {
        entries.iter().filter(|entry| entry.is_done()).collect()
    } else {
        args.uploads.iter().map(|text| named(&entries, text)).collect::<Result<_, _>>()?
    };
    let mut output = Terminal::output();
    for entry in chosen {
        journals.forget(&entry.name)?;
        writeln!(output, "forgotten: {}", visible(&entry.header.subject.path)).map_err(Failure::Output)?;
    }
    output.flush().map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}

fn resume(args: &ResumeArgs, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let journals = journals(args.state.state_dir.as_ref())?;
    let entries = journals.entries()?;
    let chosen: Vec<&Entry> = if args.uploads.is_empty() {
        // What is attached to a video goes on with it.
        entries.iter().filter(|entry| !entry.is_done() && !is_captions(entry)).collect()
    } else {
        args.uploads.iter().map(|text| named(&entries, text)).collect::<Result<_, _>>()?
    };
    let resolver = plain_resolver(matches)?;
    let stop = stop_on_interrupt()?;
    let bars = Bars::start(args.no_progress);
    let mut answer = Answer::default();
    for entry in chosen {
        let subject = &entry.header.subject;
        let encoding = if entry.header.wanted.base64 { Encoding::Base64 } else { Encoding::Raw };
        let connection = connect(&server(args, entry)?, encoding, args.parallel)?;
        let item = match same_account(&connection, entry) {
            Ok(()) => item(entry, &resolver)?,
            Err(why) => Item { path: PathBuf::from(&subject.path), checked: Checked::HeldBack(why) },
        };
        let settings = Settings {
            additional_owners: subject.additional_owners.clone(),
            simple: subject.simple,
            encoding,
            wait: args.wait,
            ..Settings::plain(args.parallel)
        };
        let sender =
            Sender { connection: &connection, journals: &journals, settings: &settings, bars: &bars, stop: &stop };
        answer.files.extend(send_all(&sender, &[item], 1));
    }
    tell(&answer, &words::command_line());
    answer.write(args.format).map_err(Failure::Output)?;
    Ok(answer.exit_code().into())
}

/// The file of an upload with all that goes with it. It was checked when the upload was begun, and is the
/// same since, or is checked anew.
fn item(entry: &Entry, resolver: &crate::cli::config::Resolver) -> Result<Item, Failure> {
    let Entry { header, state, .. } = entry;
    let path = RawPath::restored(header.raw_path.as_ref(), &header.subject.path);
    let unreadable = |why: String| Item { path: path.clone(), checked: Checked::Unreadable(why) };
    let file = match MediaFile::open(&path) {
        Ok(file) => file,
        Err(error) => return Ok(unreadable(plain(&error))),
    };
    if !is_same(state, header, &file) {
        return Ok(unreadable("it has changed since the upload was begun: check and upload it again".to_owned()));
    }
    let media_type = serde_json::from_value::<MediaType>(header.media_type.clone().into());
    let (Ok(media_type), Some(category)) = (media_type, header.subject.category) else {
        return Ok(unreadable(
            "what is remembered of it cannot be used: forget it, and upload the file again".to_owned(),
        ));
    };
    let gate =
        Gate { resolver, api: header.subject.api, owners: &[], receipts: None, force: false, allow_undecided: false };
    // What the server does not have yet of a file that was written to since may be something else.
    if file.stamp() != header.stamp && state.uploaded.is_none() {
        match gate.check_as(&path, Some(category), header.wanted.alt_text.clone(), None)? {
            Checked::Ready(_) => {}
            checked => return Ok(Item { path, checked }),
        }
    }
    let mut subtitles = Vec::new();
    for wanted in &header.wanted.subtitles {
        let file = RawPath::restored(wanted.raw_path.as_ref(), &wanted.path);
        let argument = SubtitleArgument { language: wanted.language.clone(), name: wanted.name.clone(), file };
        match gate.check_subtitle(&argument, category, None)? {
            Ok(subtitle) => subtitles.push(subtitle),
            Err(checked) => return Ok(Item { path: argument.file, checked }),
        }
    }
    let ready = Ready {
        path: path.clone(),
        file: Arc::new(file),
        media_type,
        category,
        alt_text: header.wanted.alt_text.clone(),
        subtitles,
        passed_over: Vec::new(),
        report: None,
    };
    Ok(Item { path, checked: Checked::Ready(Box::new(ready)) })
}

/// Whether the credentials are those of the one who began the upload.
fn same_account(connection: &Connection, entry: &Entry) -> Result<(), String> {
    let begun_by = &entry.header.subject.account;
    if *begun_by == connection.account {
        return Ok(());
    }
    Err(format!("the upload was begun by {begun_by}, and the credentials are those of {}", connection.account))
}

fn server(args: &ResumeArgs, entry: &Entry) -> Result<ServerArgs, Failure> {
    let subject = &entry.header.subject;
    let unknown = |_| Failure::from(Usage::from(UploadUsage::UnknownUpload(subject.endpoint.clone())));
    Ok(ServerArgs {
        api: subject.api,
        endpoint: Some(subject.endpoint.parse().map_err(unknown)?),
        ca: args.ca.clone(),
        insecure_http: args.insecure_http,
        timeout: args.timeout,
    })
}

/// The upload that a text names: by the beginning of its name, its id or its file.
fn named<'e>(entries: &'e [Entry], text: &str) -> Result<&'e Entry, Usage> {
    let path = super::gate::absolute(text.as_ref());
    let is_meant = |entry: &&Entry| {
        let listed = Listed::of(entry);
        entry.name.starts_with(text) || listed.media_id.as_deref() == Some(text) || listed.path == path
    };
    let mut meant = entries.iter().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(entry), None) => Ok(entry),
        (None, _) => Err(UploadUsage::UnknownUpload(text.to_owned()).into()),
        (Some(_), Some(_)) => Err(UploadUsage::AmbiguousUpload(text.to_owned()).into()),
    }
}

fn is_captions(entry: &Entry) -> bool {
    entry.header.subject.category == Some(Category::Subtitles)
}

fn journals(given: Option<&PathBuf>) -> Result<Journals, Failure> {
    Ok(Journals::below(&state_folder(given)?))
}

/// Characters of a name that are shown; they are enough to tell uploads apart.
const SHOWN: usize = 8;
