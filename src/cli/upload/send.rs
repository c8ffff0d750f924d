//! `preflight upload`.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use clap::ArgMatches;
use media_preflight::api::Encoding;
use media_preflight::report::written;
use media_preflight::upload::{Journals, LARGEST_BASE64_CHUNK, LARGEST_CHUNK, Layout, MOST_SEGMENTS};

use super::answer::{Answer, ErrorAnswer, FileAnswer, PostAnswer, Word};
use super::args::UploadArgs;
use super::bar::Bars;
use super::connect::{connect, state_folder};
use super::gate::{Checked, Gate, Item, Ready};
use super::job::{Sender, Settings};
use super::receipts::Receipts;
use super::usage::UploadUsage;
use super::{dry_run, words};
use crate::cli::alt_text::AltTexts;
use crate::cli::config::Resolver;
use crate::cli::failure::{Failure, Usage};
use crate::cli::interrupt::stop_on_interrupt;
use crate::cli::targets::{Target, targets};
use crate::cli::{complain, note};

/// Checks the files, uploads those that pass, and says what came of each.
pub(crate) fn run(args: &UploadArgs, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let encoding = if args.base64 { Encoding::Base64 } else { Encoding::Raw };
    let settings = Settings {
        additional_owners: args.additional_owner.clone(),
        chunk: chunk(args)?,
        parallel: args.parallel,
        simple: args.simple,
        encoding,
        wait: args.wait,
        backoff: args.backoff,
        anew: args.anew,
    };
    let connections = args.parallel.saturating_mul(args.jobs.get());
    // What is wrong with the credentials is known before any file is read.
    let connection = if args.dry_run { None } else { Some(connect(&args.server, encoding, connections)?) };
    let owners: Vec<String> = args.additional_owner.iter().map(ToString::to_string).collect();
    let resolver = Resolver::new(&args.judging, matches)?;
    let receipts = args.receipts.clone().map(Receipts::open).transpose()?;
    let targets = targets(&args.files)?;
    let alt_texts = AltTexts::assign(&named_texts(&args.alt_text, &targets), &targets)?;
    let (api, force, allow_undecided) = (args.server.api, args.force, args.allow_undecided);
    let gate = Gate { resolver: &resolver, api, owners: &owners, receipts, force, allow_undecided };
    let items = gate.check(args, &targets, &alt_texts)?;
    fits(&items, &settings)?;
    if items.is_empty() {
        note(&"nothing to upload: no media is directly in what was given");
    }
    let mut post = None;
    if args.post {
        let of_run = resolver.judge_of_run(&args.files)?;
        let findings = Gate::check_post(&items, &of_run.checker);
        let findings: Vec<String> =
            findings.iter().map(|finding| format!("{}: {}", finding.rule, finding.message)).collect();
        post = Some(PostAnswer { media_ids: Vec::new(), findings });
    }
    let is_whole = items.iter().all(|item| matches!(item.checked, Checked::Ready(_)));
    let is_held = post.as_ref().is_some_and(|post| !is_whole || !(post.findings.is_empty() || args.force));
    let files = match &connection {
        _ if is_held => items.iter().map(|item| unsent(item, Word::NotSent)).collect(),
        None => items.iter().map(|item| planned(item, &settings, args)).collect(),
        Some(connection) => {
            let journals = Journals::below(&state_folder(args.state.state_dir.as_ref())?);
            let stop = stop_on_interrupt()?;
            let bars = Bars::start(args.no_progress);
            let sender = Sender { connection, journals: &journals, settings: &settings, bars: &bars, stop: &stop };
            send_all(&sender, &items, args.jobs.get())
        }
    };
    if let Some(post) = &mut post
        && files.iter().all(|file| file.state == Word::Succeeded)
    {
        post.media_ids = files.iter().filter_map(|file| file.media_id.clone()).collect();
    }
    let answer = Answer { files, post };
    tell(&answer, &words::command_line());
    answer.write(args.format).map_err(Failure::Output)?;
    Ok(answer.exit_code().into())
}

/// Sends all files that may be sent, several at a time; the answers are in the order of the files.
pub(super) fn send_all(sender: &Sender<'_>, items: &[Item], jobs: usize) -> Vec<FileAnswer> {
    let next = AtomicUsize::new(0);
    let answers: Mutex<Vec<(usize, FileAnswer)>> = Mutex::default();
    let work = || {
        while let Some((index, item)) = take(&next, items) {
            let answer = match &item.checked {
                Checked::Ready(ready) if sender.stop.load(Ordering::Relaxed) => {
                    FileAnswer { bytes: ready.file.stamp().size, ..unsent(item, Word::Interrupted) }
                }
                Checked::Ready(ready) => {
                    warn(ready, sender);
                    sender.send(ready)
                }
                _ => unsent(item, Word::NotSent),
            };
            answers.lock().unwrap_or_else(PoisonError::into_inner).push((index, answer));
        }
    };
    thread::scope(|scope| {
        for _ in 1..jobs.min(items.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn take<'i>(next: &AtomicUsize, items: &'i [Item]) -> Option<(usize, &'i Item)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

/// Says what of the check is passed over.
fn warn(ready: &Ready, sender: &Sender<'_>) {
    for reason in &ready.passed_over {
        sender.bars.aside(|| note(&format_args!("{}: sent all the same: {reason}", written(&ready.path))));
    }
}

/// The answer about a file that is not sent.
pub(super) fn unsent(item: &Item, otherwise: Word) -> FileAnswer {
    let path = written(&item.path).into_owned();
    match &item.checked {
        Checked::Refused(report) => FileAnswer::refused(path, report),
        Checked::Unreadable(why) => FileAnswer::unreadable(path, why.clone()),
        Checked::HeldBack(why) => {
            let error = ErrorAnswer { message: why.clone(), http_status: None, meaning: None, rule: None };
            FileAnswer { error: Some(error), ..FileAnswer::new(path, Word::NotSent) }
        }
        Checked::Ready(ready) => FileAnswer {
            bytes: ready.file.stamp().size,
            category: Some(ready.category),
            media_type: Some(ready.media_type.as_str()),
            ..FileAnswer::new(path, otherwise)
        },
    }
}

/// What would be sent of a file.
fn planned(item: &Item, settings: &Settings, args: &UploadArgs) -> FileAnswer {
    let mut answer = unsent(item, Word::Planned);
    if let Checked::Ready(ready) = &item.checked {
        let (plan, subtitles) = (settings.plan(ready), ready.subtitles.len() as u64);
        let bandwidth = args.bandwidth.map(|bytes| bytes.0);
        let planned = dry_run::answer(&plan, ready.category.takes(), subtitles, args.server.api, bandwidth);
        answer.segments = planned.segments;
        answer.findings.clone_from(&ready.passed_over);
        answer.plan = Some(planned);
    }
    answer
}

/// Says on standard error what went wrong, and how to go on.
pub(super) fn tell(answer: &Answer, command: &str) {
    for file in &answer.files {
        let path = &file.path;
        if file.state == Word::CheckFailed {
            complain(&format_args!("{path}: not sent, since it does not pass the check"));
            for finding in &file.findings {
                note(&format_args!("{finding}"));
            }
        }
        let Some(error) = &file.error else { continue };
        complain(&format_args!("{path}: {}", error.message));
        if let Some(meaning) = &error.meaning {
            let rule = error.rule.map(|rule| format!(" (preflight explain {rule})")).unwrap_or_default();
            note(&format_args!("{meaning}{rule}"));
        }
    }
    for finding in answer.post.iter().flat_map(|post| &post.findings) {
        complain(&format_args!("the post: {finding}"));
    }
    let is_open = |file: &FileAnswer| matches!(file.state, Word::Unfinished | Word::Interrupted);
    if answer.files.iter().any(is_open) {
        note(&format_args!("go on with: {command}"));
    }
}

/// Bytes of a segment that were asked for.
fn chunk(args: &UploadArgs) -> Result<Option<u64>, Usage> {
    let most = if args.base64 { LARGEST_BASE64_CHUNK } else { LARGEST_CHUNK };
    match args.chunk_size {
        Some(bytes) if bytes.0 == 0 || bytes.0 > most => Err(UploadUsage::ChunkSize(bytes.0).into()),
        size => Ok(size.map(|size| size.0)),
    }
}

/// Whether every file fits into the segments that were asked for.
fn fits(items: &[Item], settings: &Settings) -> Result<(), Usage> {
    let Some(chunk) = settings.chunk.filter(|_| !settings.simple) else { return Ok(()) };
    for item in items {
        let Checked::Ready(ready) = &item.checked else { continue };
        let size = ready.file.stamp().size;
        let segments = Layout::new(size, chunk).segments();
        if segments > MOST_SEGMENTS {
            let (path, least) = (written(&item.path).into_owned(), size.div_ceil(MOST_SEGMENTS));
            return Err(UploadUsage::TooManySegments { chunk, path, segments, least }.into());
        }
    }
    Ok(())
}

/// The alternative texts, each with its file: a run of one file needs no name in front.
fn named_texts(texts: &[OsString], targets: &[Target]) -> Vec<OsString> {
    match (texts, targets) {
        ([text], [target]) => {
            let mut named = target.path().as_os_str().to_owned();
            named.push("=");
            let has_name = text.as_encoded_bytes().starts_with(named.as_encoded_bytes());
            if has_name {
                return vec![text.clone()];
            }
            named.push(text);
            vec![named]
        }
        _ => texts.to_vec(),
    }
}
