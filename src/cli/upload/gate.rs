//! The check in front of an upload: what may be sent, as what, and with what beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use media_preflight::api::{Encoding, MediaId, Subtitle, Version};
use media_preflight::facts::MediaType;
use media_preflight::finding::{FileReport, Finding, Severity, Verdict};
use media_preflight::input::FileSource;
use media_preflight::profile::Use;
use media_preflight::report::written;
use media_preflight::scan::is_named_media;
use media_preflight::units::Duration;
use media_preflight::upload::{MediaFile, RawPath, WantedSubtitle};
use media_preflight::{Category, Checker, Request};

use super::args::UploadArgs;
use super::receipts::Receipts;
use super::usage::UploadUsage;
use crate::cli::alt_text::AltTexts;
use crate::cli::config::Resolver;
use crate::cli::failure::{Failure, Usage, plain};
use crate::cli::note;
use crate::cli::subtitle::SubtitleArgument;
use crate::cli::targets::Target;

/// A file of the run, after the check.
#[derive(Debug)]
pub(crate) struct Item {
    /// The path as it was given.
    pub(crate) path: PathBuf,
    /// What the check came to.
    pub(crate) checked: Checked,
}

/// What the check of a file came to.
#[derive(Debug)]
pub(crate) enum Checked {
    /// It may be sent.
    Ready(Box<Ready>),
    /// It may not.
    Refused(Box<FileReport>),
    /// It cannot be read.
    Unreadable(String),
    /// It may be sent, and what goes with it may not: why, in one sentence.
    HeldBack(String),
}

/// A file that may be sent.
#[derive(Debug)]
pub(crate) struct Ready {
    /// The path as it was given.
    pub(crate) path: PathBuf,
    /// The file, open since the check.
    pub(crate) file: Arc<MediaFile>,
    /// MIME type.
    pub(crate) media_type: MediaType,
    /// What it is sent for.
    pub(crate) category: Category,
    /// The alternative text that goes with it.
    pub(crate) alt_text: Option<String>,
    /// The subtitles that go with it, checked.
    pub(crate) subtitles: Vec<ReadySubtitle>,
    /// What the check found and was passed over.
    pub(crate) passed_over: Vec<String>,
    /// The report; absent where a receipt stood for it.
    pub(crate) report: Option<Box<FileReport>>,
}

/// Subtitles that may be sent.
#[derive(Debug)]
pub(crate) struct ReadySubtitle {
    /// What was asked for.
    pub(crate) wanted: WantedSubtitle,
    /// The file.
    pub(crate) ready: Ready,
}

impl Ready {
    /// Whether an alternative text can go with it.
    pub(crate) const fn takes_alt_text(&self) -> bool {
        matches!(self.category.takes(), Use::Image | Use::Gif)
    }
}

/// Checks the files of a run.
pub(crate) struct Gate<'a> {
    /// By what files are judged.
    pub(crate) resolver: &'a Resolver,
    /// The version of the API that they are for.
    pub(crate) api: Version,
    /// Ids of other users who may use the uploads.
    pub(crate) owners: &'a [String],
    /// Receipts that stand for a check.
    pub(crate) receipts: Option<Receipts>,
    /// Whether files that fail are sent.
    pub(crate) force: bool,
    /// Whether files that cannot be decided are sent.
    pub(crate) allow_undecided: bool,
}

impl Gate<'_> {
    /// Checks each target, and the subtitles against their video. What is in a directory and no media is left out.
    pub(crate) fn check(
        &self,
        args: &UploadArgs,
        targets: &[Target],
        alt_texts: &AltTexts,
    ) -> Result<Vec<Item>, Failure> {
        let mut items = Vec::new();
        for target in targets {
            let path = target.path().to_owned();
            let checked = match target {
                Target::StandardInput => return Err(Usage::from(UploadUsage::StandardInput).into()),
                Target::Unlisted(_, error) => Checked::Unreadable(plain(error)),
                Target::File(path) => match alt_texts.text_of(target) {
                    Ok(text) => self.check_file(path, text, None)?,
                    Err(error) => Checked::Unreadable(error.to_string()),
                },
            };
            if !is_bycatch(&args.files, &path, &checked) {
                items.push(Item { path, checked });
            }
        }
        if args.simple {
            needs_images(&items)?;
        }
        if !args.subtitle.is_empty() {
            self.attach_subtitles(&args.subtitle, &mut items)?;
        }
        Ok(items)
    }

    /// Checks one file by what holds for it.
    fn check_file(&self, path: &Path, alt_text: Option<String>, video: Option<Duration>) -> Result<Checked, Failure> {
        self.check_as(path, video.map(|_| Category::Subtitles), alt_text, video)
    }

    /// Checks one file for a category. Absent: the one that holds for it.
    pub(super) fn check_as(
        &self,
        path: &Path,
        category: Option<Category>,
        alt_text: Option<String>,
        video: Option<Duration>,
    ) -> Result<Checked, Failure> {
        let judge = self.resolver.judge(path)?;
        let category = category.or(judge.category);
        let file = match MediaFile::open(path) {
            Ok(file) => file,
            Err(error) => return Ok(Checked::Unreadable(plain(&error))),
        };
        let source = match file.try_clone().and_then(FileSource::new) {
            Ok(source) => source,
            Err(error) => return Ok(Checked::Unreadable(plain(&error))),
        };
        let name = written(path);
        let request = Request {
            name: Some(&name),
            category,
            alt_text: alt_text.as_deref(),
            video_duration: video,
            additional_owners: self.owners,
        };
        // A receipt is about the file alone.
        let is_alone = alt_text.is_none() && self.owners.is_empty();
        if let Some(receipts) = self.receipts.as_ref().filter(|_| is_alone)
            && let Some(receipt) = receipts.find(&file, &judge.checker, category)
        {
            return Ok(Checked::Ready(Box::new(Ready {
                path: path.to_owned(),
                file: Arc::new(file),
                media_type: receipt.media_type,
                category: receipt.category,
                alt_text,
                subtitles: Vec::new(),
                passed_over: Vec::new(),
                report: None,
            })));
        }
        let report = match judge.checker.check(&source, &request) {
            Ok(report) => report,
            Err(error) => return Ok(Checked::Unreadable(error.to_string())),
        };
        Ok(self.ruled(path, file, report, alt_text))
    }

    /// Whether the file may be sent, by its report.
    fn ruled(&self, path: &Path, file: MediaFile, report: FileReport, alt_text: Option<String>) -> Checked {
        let is_taken = match report.verdict {
            Verdict::Pass => true,
            Verdict::Undecided => self.allow_undecided || self.force,
            Verdict::Fail => self.force,
        };
        // What has no type cannot be announced, whoever insists.
        let (Some(media_type), Some(category), true) = (report.media_type, report.category, is_taken) else {
            return Checked::Refused(Box::new(report));
        };
        Checked::Ready(Box::new(Ready {
            path: path.to_owned(),
            file: Arc::new(file),
            media_type,
            category,
            alt_text,
            subtitles: Vec::new(),
            passed_over: reasons(&report),
            report: Some(Box::new(report)),
        }))
    }

    /// Checks the subtitles against the one video of the run.
    fn attach_subtitles(&self, arguments: &[SubtitleArgument], items: &mut Vec<Item>) -> Result<(), Failure> {
        let is_video = |item: &&mut Item| match &item.checked {
            Checked::Ready(ready) => ready.category.takes() == Use::Video,
            Checked::Refused(report) => report.facts.movie.is_some(),
            Checked::Unreadable(_) | Checked::HeldBack(_) => false,
        };
        let mut videos: Vec<&mut Item> = items.iter_mut().filter(is_video).collect();
        let [video] = videos.as_mut_slice() else {
            return Err(match videos.len() {
                0 => Usage::from(UploadUsage::SubtitleWithoutVideo),
                count => Usage::SubtitleVideos(count),
            }
            .into());
        };
        let Checked::Ready(ready) = &mut video.checked else { return Ok(()) };
        let movie = ready.report.as_ref().and_then(|report| report.facts.movie.as_ref());
        let duration = movie.and_then(|movie| movie.duration.value().copied());
        for (language, wire) in distinct(arguments.iter().map(|argument| argument.language.as_str()), self.api)? {
            note(&format_args!("the subtitles {language} are {wire} for version {} of the API", self.api));
        }
        for argument in arguments {
            match self.check_subtitle(argument, ready.category, duration)? {
                Ok(subtitle) => ready.subtitles.push(subtitle),
                // The video is not sent without what was to go with it.
                Err(refused) => {
                    let why = format!("not sent, since its subtitles {} cannot be", written(&argument.file));
                    video.checked = Checked::HeldBack(why);
                    items.push(Item { path: argument.file.clone(), checked: refused });
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Checks subtitles, and whether their language can be put in the words of the API.
    pub(crate) fn check_subtitle(
        &self,
        argument: &SubtitleArgument,
        video: Category,
        duration: Option<Duration>,
    ) -> Result<Result<ReadySubtitle, Checked>, Failure> {
        can_be_said(argument, video, self.api)
            .map_err(|error| Failure::from(Usage::from(UploadUsage::Subtitle(error))))?;
        // Without a duration the subtitles are checked on their own.
        let longest = Duration::from_millis(u64::from(u32::MAX));
        match self.check_file(&argument.file, None, Some(duration.unwrap_or(longest)))? {
            Checked::Ready(ready) => {
                let wanted = WantedSubtitle {
                    language: argument.language.clone(),
                    name: argument.name.clone(),
                    path: absolute(&argument.file),
                    raw_path: RawPath::of(&from_root(&argument.file)),
                };
                Ok(Ok(ReadySubtitle { wanted, ready: *ready }))
            }
            refused => Ok(Err(refused)),
        }
    }

    /// Holds the files against the rules of a post. Empty: they fit into one.
    pub(crate) fn check_post(items: &[Item], checker: &Checker) -> Vec<Finding> {
        let reports: Vec<&FileReport> = items
            .iter()
            .filter_map(|item| match &item.checked {
                Checked::Ready(ready) => ready.report.as_deref(),
                Checked::Refused(report) => Some(&**report),
                Checked::Unreadable(_) | Checked::HeldBack(_) => None,
            })
            .collect();
        checker.check_post(&reports)
    }
}

/// Why a file does not pass, one sentence each. Empty: it passes.
pub(crate) fn reasons(report: &FileReport) -> Vec<String> {
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let undecided =
        report.undecided.iter().map(|undecided| format!("{} is undecided: {}", undecided.rule, undecided.why.0));
    let undecided = undecided.filter(|_| report.verdict == Verdict::Undecided);
    errors.map(|finding| format!("{}: {}", finding.rule, finding.message)).chain(undecided).collect()
}

/// Whether the API has words for these subtitles.
pub(crate) fn can_be_said(
    argument: &SubtitleArgument,
    video: Category,
    api: Version,
) -> Result<(), media_preflight::api::EncodeError> {
    let Some(id) = MediaId::new(1) else { return Ok(()) };
    let (language_code, display_name) = (argument.language.clone(), argument.name.clone());
    let subtitles = vec![Subtitle { id, language_code, display_name }];
    let request = media_preflight::api::Request::SubtitlesCreate { video: id, category: video, subtitles };
    request.encode(api, Encoding::Raw, "").map(drop)
}

/// The languages that have another name on the wire than they were given, with that name. An error where two have the same:
/// on the server the later one would replace the other.
pub(crate) fn distinct<'l>(
    languages: impl Iterator<Item = &'l str>,
    version: Version,
) -> Result<Vec<(&'l str, String)>, Usage> {
    let mut seen: Vec<(&str, String)> = Vec::new();
    for (language, wire) in named(languages, version) {
        if let Some((first, _)) = seen.iter().find(|(_, other)| other.eq_ignore_ascii_case(&wire)) {
            let (first, second) = ((*first).to_owned(), language.to_owned());
            return Err(UploadUsage::SameLanguage { first, second, wire, version }.into());
        }
        seen.push((language, wire));
    }
    seen.retain(is_renamed);
    Ok(seen)
}

/// Languages with their names on the wire. Those that have none are left out: they are refused on their own.
pub(super) fn named<'l>(
    languages: impl Iterator<Item = &'l str>,
    version: Version,
) -> impl Iterator<Item = (&'l str, String)> {
    languages.filter_map(move |language| Some((language, Subtitle::wire_language(language, version).ok()?)))
}

/// Whether a language has another name on the wire.
pub(super) fn is_renamed((language, wire): &(&str, String)) -> bool {
    !language.eq_ignore_ascii_case(wire)
}

/// The path from the root, as a journal writes it.
pub(crate) fn absolute(path: &Path) -> String {
    written(&from_root(path)).into_owned()
}

/// The path from the root, without symbolic links where it leads to a file.
pub(crate) fn from_root(path: &Path) -> PathBuf {
    let absolute = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    absolute.unwrap_or_else(|_| path.to_owned())
}

/// Whether a file came along with a directory and is no media.
fn is_bycatch(named: &[PathBuf], path: &Path, checked: &Checked) -> bool {
    let is_no_media = matches!(checked, Checked::Refused(report) if report.media_type.is_none());
    is_no_media && !named.iter().any(|named| named == path) && !is_named_media(path)
}

fn needs_images(items: &[Item]) -> Result<(), Failure> {
    for item in items {
        if let Checked::Ready(ready) = &item.checked
            && ready.category.takes() != Use::Image
        {
            let what = match ready.category.takes() {
                Use::Gif => "an animated GIF",
                Use::Video => "a video",
                Use::Captions => "captions",
                Use::Image => "an image",
            };
            let path = written(&item.path).into_owned();
            return Err(Usage::from(UploadUsage::SimpleNeedsImage { path, what: what.to_owned() }).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_that_are_one_on_the_wire_are_refused() {
        let renamed = |languages: &[&str], version| {
            distinct(languages.iter().copied(), version)
                .map(|renamed| renamed.into_iter().map(|(from, to)| format!("{from} {to}")).collect::<Vec<_>>())
        };
        for (languages, version) in
            [(["en", "en-GB"], Version::V2), (["pt-BR", "pt-PT"], Version::V2), (["en-gb", "en-GB"], Version::V1_1)]
        {
            let refused = renamed(&languages, version).unwrap_err().to_string();
            assert!(refused.contains("the second would replace the first"), "{refused}");
        }
        assert_eq!(renamed(&["en-GB", "fr"], Version::V2), Ok(vec!["en-GB EN".to_owned()]));
        assert_eq!(renamed(&["en", "en-GB"], Version::V1_1), Ok(Vec::new()));
    }
}
