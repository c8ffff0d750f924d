//! `preflight subtitles`: attaches subtitles to an uploaded video, or takes them off.

use std::process::ExitCode;

use clap::ArgMatches;
use media_preflight::Category;
use media_preflight::api::{Encoding, Request, Subtitle, Version};
use media_preflight::report::written;
use media_preflight::upload::Journals;

use super::answer::{Answer, FileAnswer, SubtitleAnswer, Word};
use super::args::{AddArgs, RemoveArgs, SubtitlesArgs, SubtitlesCommand, VideoCategoryArgs};
use super::bar::Bars;
use super::connect::{connect, state_folder};
use super::gate::{Checked, Gate, Item, distinct, is_renamed, named};
use super::job::{Sender, Settings, wire};
use super::media::{made, made_until, say};
use super::send::{tell, unsent};
use super::usage::UploadUsage;
use super::words;
use crate::cli::args::{ConfigArgs, JudgingArgs, PackArgs};
use crate::cli::config::Resolver;
use crate::cli::failure::{Failure, Usage};
use crate::cli::interrupt::stop_on_interrupt;
use crate::cli::note;
use crate::cli::subtitle::SubtitleArgument;

/// Attaches subtitles, or takes them off.
pub(crate) fn run(args: &SubtitlesArgs, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    match &args.command {
        SubtitlesCommand::Add(args) => add(args, matches),
        SubtitlesCommand::Remove(args) => remove(args),
    }
}

fn add(args: &AddArgs, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let languages = distinct(args.subtitles.iter().map(|argument| argument.language.as_str()), args.server.api)?;
    for language in languages {
        tell_renamed(language, args.server.api);
    }
    let connection = connect(&args.server, Encoding::Raw, CONNECTIONS)?;
    let resolver = plain_resolver(matches)?;
    let api = args.server.api;
    let gate = Gate { resolver: &resolver, api, owners: &[], receipts: None, force: false, allow_undecided: false };
    let video = args.video_category.category();
    let journals = Journals::below(&state_folder(args.state.state_dir.as_ref())?);
    let stop = stop_on_interrupt()?;
    let (bars, settings) = (Bars::start(false), Settings::plain(CONNECTIONS));
    let sender = Sender { connection: &connection, journals: &journals, settings: &settings, bars: &bars, stop: &stop };
    let mut checked = Vec::new();
    for argument in &args.subtitles {
        checked.push((argument, gate.check_subtitle(argument, video, None)?));
    }
    let is_fit = checked.iter().all(|(_, checked)| checked.is_ok());
    let mut files = Vec::new();
    let mut refused = None;
    for (argument, checked) in checked {
        let ready = match checked {
            Ok(subtitle) if is_fit => subtitle.ready,
            Ok(subtitle) => {
                let checked = Checked::Ready(Box::new(subtitle.ready));
                files.push(unsent(&Item { path: argument.file.clone(), checked }, Word::NotSent));
                continue;
            }
            Err(checked) => {
                files.push(unsent(&Item { path: argument.file.clone(), checked }, Word::NotSent));
                continue;
            }
        };
        let mut answer = sender.send(&ready);
        if let Some(Ok(id)) = answer.media_id.as_ref().filter(|_| answer.state == Word::Succeeded).map(|id| id.parse())
        {
            let (language_code, display_name) = (argument.language.clone(), argument.name.clone());
            let subtitles = vec![Subtitle { id, language_code, display_name }];
            let request = Request::SubtitlesCreate { video: args.video, category: video, subtitles };
            match made_until(&connection, &request, &stop) {
                Ok(_) => attached(&mut answer, argument, api),
                Err(code) => {
                    answer.state = Word::Failed;
                    refused = Some(code);
                }
            }
        }
        files.push(answer);
    }
    let answer = Answer { files, post: None };
    tell(&answer, &words::command_line());
    answer.write(args.format).map_err(Failure::Output)?;
    Ok(refused.unwrap_or_else(|| answer.exit_code().into()))
}

/// Says which language the server knows by another name: subtitles of that name are replaced or taken off, whoever attached
/// them.
fn tell_renamed((language, wire): (&str, String), api: Version) {
    note(&format_args!("the subtitles {language} are {wire} for version {api} of the API"));
}

fn attached(answer: &mut FileAnswer, argument: &SubtitleArgument, api: Version) {
    let (language, name) = (argument.language.clone(), argument.name.clone());
    let media_id = answer.media_id.clone().unwrap_or_default();
    let wire_language = wire(&language, api);
    answer.subtitles.push(SubtitleAnswer { language, wire_language, name, media_id });
}

fn remove(args: &RemoveArgs) -> Result<ExitCode, Failure> {
    let languages = named(args.languages.iter().map(String::as_str), args.server.api).filter(is_renamed);
    for language in languages {
        tell_renamed(language, args.server.api);
    }
    let connection = connect(&args.server, Encoding::Raw, 1)?;
    let category = args.video_category.category();
    // v1.1 takes all languages in a call, v2 one.
    let portions: Vec<Vec<String>> = match args.server.api {
        Version::V1_1 => vec![args.languages.clone()],
        Version::V2 => args.languages.iter().map(|language| vec![language.clone()]).collect(),
    };
    let requests: Vec<Request> = portions
        .into_iter()
        .map(|languages| Request::SubtitlesDelete { video: args.video, category, languages })
        .collect();
    for request in &requests {
        let said = request.encode(args.server.api, Encoding::Raw, "");
        said.map_err(|error| Failure::from(Usage::from(UploadUsage::Language(error))))?;
    }
    for request in &requests {
        if let Err(code) = made(&connection, request)? {
            return Ok(code);
        }
    }
    say(&format!("{}: the subtitles {} are taken off", args.video, written(args.languages.join(", ").as_ref())))
}

impl VideoCategoryArgs {
    const fn category(&self) -> Category {
        if self.amplify { Category::AmplifyVideo } else { Category::TweetVideo }
    }
}

/// A resolver without options of its own: configurations and the default pack.
pub(super) fn plain_resolver(matches: &ArgMatches) -> Result<Resolver, Failure> {
    let judging = JudgingArgs {
        category: None,
        deep: false,
        pack: PackArgs { pack: None },
        select: Vec::new(),
        ignore: Vec::new(),
        config: ConfigArgs { config: None, no_config: false },
    };
    Resolver::new(&judging, matches)
}

/// Segments of a file that are under way at the same time.
const CONNECTIONS: usize = 3;
