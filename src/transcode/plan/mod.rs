//! What to do to a file so that its findings are gone, with the least damage.
//!
//! A plan is found by trial: the remedies of all findings are put together, what the file would then be is held against the
//! same rules, and every remedy without which the findings are gone as well is left out again, the most damaging first.

mod action;
mod animation;
mod cap;
mod captions;
mod geometry;
mod gif_film;
mod hidden;
mod movie;
mod options;
mod outlook;
mod predict;
mod rate;
mod still;
mod weigh;

#[cfg(test)]
#[path = "golden/tests.rs"]
mod golden;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Serialize;

use crate::facts::{Facts, Format, Why};
use crate::finding::{FileReport, Severity};
use crate::profile::{Category, Profile, Use};
use crate::units::Duration;

pub(super) use hidden::hides_a_part;

pub use action::{Action, Captions, Damage, Encode, GifFilm, RateControl};
pub use options::{GifAs, Options, Trim, TrimSyntax, split};
pub use outlook::may_mend;
use weigh::Weighing;

/// What to do to one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Plan {
    /// The category that the file is mended for; absent where the content fits none.
    pub category: Option<Category>,
    /// What to do, in this order. Empty: nothing, or nothing that helps.
    pub steps: Vec<Step>,
    /// Findings that no step clears.
    pub refused: Vec<Obstacle>,
    /// Rules that cannot be decided even then, each with what would decide it.
    pub undecided: Vec<Open>,
    /// Warnings that stay.
    pub left: Vec<Left>,
    /// What whoever asks for the plan should know, one sentence each.
    pub notes: Vec<String>,
    /// Extension of the file that comes out of it.
    pub extension: &'static str,
    /// What the result weighs. Absent: that is not known before it is made.
    pub estimate: Option<Estimate>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// What is done.
    #[serde(flatten)]
    pub action: Action,
    /// What it costs the film.
    pub damage: Damage,
    /// Whether nothing of picture and sound is lost.
    pub safe: bool,
    /// The rules whose findings are there again without it. Empty only for what was asked for expressly.
    pub clears: Vec<Cow<'static, str>>,
}

/// A finding that no step clears.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Obstacle {
    /// Identifier of the rule; `trim` where the part that is asked for is not there.
    pub rule: Cow<'static, str>,
    /// Why it stays, and what would help, in one sentence or two.
    pub why: String,
}

/// A rule that is not decided even when the plan is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Open {
    /// Identifier of the rule.
    pub rule: Cow<'static, str>,
    /// Why it is not decided.
    pub why: Why,
    /// What would decide it.
    pub decided_by: &'static str,
}

/// A warning that stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Left {
    /// Identifier of the rule.
    pub rule: Cow<'static, str>,
    /// Why it stays.
    pub why: &'static str,
}

/// What a result weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimate {
    /// Bytes at most.
    pub bytes: u64,
    /// Bytes that the category allows. Absent: there is no limit.
    pub cap: Option<u64>,
}

/// How far a plan goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Reach {
    /// There is nothing to mend.
    Nothing,
    /// The steps clear all that is asked for.
    All,
    /// Something stays, or is not decided before the steps are done.
    Part,
    /// No step helps.
    None,
}

impl Plan {
    /// How far the plan goes.
    pub fn reach(&self) -> Reach {
        match (self.steps.is_empty(), self.refused.is_empty() && self.undecided.is_empty()) {
            (true, true) => Reach::Nothing,
            (true, false) => Reach::None,
            (false, true) => Reach::All,
            (false, false) => Reach::Part,
        }
    }

    /// Whether nothing of picture and sound is lost.
    pub fn is_safe(&self) -> bool {
        self.steps.iter().all(|step| step.safe)
    }

    /// Whether ffmpeg is needed for it.
    pub fn needs_ffmpeg(&self) -> bool {
        self.steps.iter().any(|step| step.action.needs_ffmpeg())
    }

    /// The actions of the steps, in order.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.steps.iter().map(|step| &step.action)
    }
}

/// The least damaging steps that clear the findings of a report. `profile` is the pack that the report was made with.
pub fn plan(report: &FileReport, profile: &Profile, options: &Options) -> Plan {
    if !report.facts.is_animated_gif() {
        let mut plan = least(report, profile, options);
        if options.gif_as == GifAs::Film && report.facts.format == Format::Gif {
            plan.notes.push("Only one frame can be read of the GIF, so that no film is made of it.".to_owned());
        }
        return plan;
    }
    match options.gif_as {
        GifAs::Film => film_of_gif(report, profile, options),
        GifAs::Gif => least(report, profile, options),
        GifAs::LeastLoss => {
            let plan = least(report, profile, options);
            let is_refused = !plan.refused.is_empty() && !options.safe_only;
            if !is_refused && !gif_film::is_costly(&plan, report) {
                return plan;
            }
            let mut film = film_of_gif(report, profile, options);
            if film.reach() != Reach::All {
                return plan;
            }
            film.notes.push(
                "As a GIF it would lose far more of its frames or pixels: --gif-as gif asks for that.".to_owned(),
            );
            film
        }
    }
}

/// A film of an animated GIF.
fn film_of_gif(report: &FileReport, profile: &Profile, options: &Options) -> Plan {
    let mut ideas = Ideas::default();
    let remedy = gif_film::remedy(report, profile, options);
    gif_film::take(report, remedy, options, &mut ideas);
    Weighing::new(report, profile, options).plan(ideas)
}

/// The least damaging steps by which the file stays what it is.
fn least(report: &FileReport, profile: &Profile, options: &Options) -> Plan {
    let mut ideas = Ideas::default();
    let options = &of_film(report, options, &mut ideas);
    for finding in &report.findings {
        let remedies = remedies(report, profile, options, finding.rule.as_ref(), finding.severity, &mut ideas);
        match remedies {
            Remedy::Actions(actions) => ideas.take(finding.severity, options, &finding.rule, actions),
            Remedy::Impossible(why) => ideas.refuse(finding.severity, &finding.rule, why),
            Remedy::Stays => {}
        }
    }
    if let Some(trim) = options.trim {
        ideas.needed.push(Action::Trim(trim));
    }
    movie::complete(report, profile, options, &mut ideas);
    let plan = Weighing::new(report, profile, options).plan(ideas.clone());
    let grows = plan.refused.iter().find(|obstacle| {
        matches!(obstacle.rule.as_ref(), "file-too-large" | "too-many-segments")
            && !report.findings.iter().any(|finding| finding.rule == obstacle.rule)
    });
    // What is done may make a file too large that was not: then that is one more thing to clear.
    let Some(rule) = grows.map(|obstacle| obstacle.rule.clone()) else { return plan };
    let Remedy::Actions(actions) = remedies(report, profile, options, &rule, Severity::Error, &mut ideas) else {
        return plan;
    };
    ideas.take(Severity::Error, options, &rule, actions);
    Weighing::new(report, profile, options).with_goal(rule).plan(ideas)
}

/// The options with the part that is there of the one that is asked for: only films have parts.
fn of_film(report: &FileReport, options: &Options, ideas: &mut Ideas) -> Options {
    let Some(trim) = options.trim else { return *options };
    let whole = Options { trim: None, ..*options };
    let Some(movie) = &report.facts.movie else {
        let is_film = |action: &Action| matches!(action, Action::Rewrap { .. });
        if matches!(unsupported(&report.facts), Remedy::Actions(actions) if actions.iter().any(is_film)) {
            return *options;
        }
        ideas.notes.push(format!("Only films have parts to keep, and this is {}", report.facts.format.name()));
        return whole;
    };
    let Some(duration) = movie.duration.value().copied() else { return *options };
    if trim.start >= duration {
        ideas.refuse(
            Severity::Error,
            "trim",
            format!("The film ends at {duration}, before the part begins that is asked for"),
        );
        return whole;
    }
    if trim.end <= duration {
        return *options;
    }
    ideas.notes.push(format!("The film ends at {duration}, and so does the part that is asked for"));
    Options { trim: (trim.start > Duration::ZERO).then_some(Trim { end: duration, ..trim }), ..*options }
}

/// What is gathered before it is weighed.
#[derive(Clone, Debug, Default)]
struct Ideas {
    actions: Vec<Action>,
    /// What is done whether a finding asks for it or not.
    needed: Vec<Action>,
    refused: Vec<Obstacle>,
    notes: Vec<String>,
}

impl Ideas {
    /// Takes the remedy of a finding. What is only a warning is not worth a loss, unless it is asked for.
    fn take(&mut self, severity: Severity, options: &Options, rule: &str, actions: Vec<Action>) {
        let is_safe = actions.iter().all(|action| action.damage().is_safe());
        if severity == Severity::Warning && !is_safe && !options.warnings {
            return;
        }
        if options.safe_only && !is_safe {
            let lossy = actions.iter().find(|action| !action.damage().is_safe()).map(ToString::to_string);
            self.refuse(severity, rule, format!("Only a lossy step clears it: {}", lossy.unwrap_or_default()));
            return;
        }
        for action in actions {
            if !self.actions.contains(&action) {
                self.actions.push(action);
            }
        }
    }

    fn refuse(&mut self, severity: Severity, rule: &str, why: impl Into<String>) {
        if severity == Severity::Error && !self.refused.iter().any(|obstacle| obstacle.rule == rule) {
            self.refused.push(Obstacle { rule: rule.to_owned().into(), why: why.into() });
        }
    }
}

/// What helps against one finding.
#[derive(Debug)]
enum Remedy {
    /// These actions together.
    Actions(Vec<Action>),
    /// Nothing that a program could do, for the reason given.
    Impossible(String),
    /// Nothing is done: it does no harm.
    Stays,
}

impl Remedy {
    fn one(action: Action) -> Self {
        Self::Actions(vec![action])
    }
}

/// What helps against one finding of a rule.
fn remedies(
    report: &FileReport,
    profile: &Profile,
    options: &Options,
    rule: &str,
    severity: Severity,
    ideas: &mut Ideas,
) -> Remedy {
    match rule {
        "empty-file" => Remedy::Impossible("The file is empty: export or copy it again".to_owned()),
        "extension-mismatch" => match extension_of(report.facts.format) {
            Some(extension) => Remedy::one(Action::Rename { extension }),
            None => Remedy::Stays,
        },
        "category-mismatch" | "static-gif" => match fitting_category(report) {
            Some(category) => Remedy::one(Action::SendAs { category }),
            None => Remedy::Impossible("No category takes what the file holds".to_owned()),
        },
        "post-media-mix" | "alt-text-too-long" | "additional-owners" => Remedy::Impossible(
            "This is about the post and not about the file: it is mended where the post is written".to_owned(),
        ),
        "unsupported-type" => unsupported(&report.facts),
        _ => match report.facts.format {
            Format::Mp4 | Format::QuickTime => movie::remedy(report, profile, options, rule, severity, ideas),
            Format::Gif if is_animation(report) => animation::remedy(report, profile, options, rule),
            Format::Gif | Format::Jpeg | Format::Png | Format::WebP => still::remedy(report, profile, options, rule),
            Format::Srt | Format::WebVtt => captions::remedy(report, profile, rule),
            // What else is wrong is seen when it is in a container that is read here.
            _ => Remedy::Stays,
        },
    }
}

/// Files of a type that the platform does not take, and that no parser here reads.
fn unsupported(facts: &Facts) -> Remedy {
    let format = facts.format;
    match format {
        Format::Matroska
        | Format::WebM
        | Format::QuickTime
        | Format::MpegTs
        | Format::MpegPs
        | Format::Flv
        | Format::Asf
        | Format::Ogg => Remedy::one(Action::Rewrap { encoded: false }),
        // Pictures are stored in the order of decoding, and nothing tells when each is shown.
        Format::Avi | Format::AnnexB => Remedy::one(Action::Rewrap { encoded: true }),
        Format::MpegAudio | Format::Wave | Format::Flac | Format::Adts => Remedy::Impossible(
            "It is sound without a picture: make a film of it with ffmpeg -loop 1 -i PICTURE -i INPUT -shortest \
             -c:v libx264 -pix_fmt yuv420p -c:a aac OUTPUT.mp4"
                .to_owned(),
        ),
        Format::Bmp => Remedy::one(Action::ToPng { exact: true, by_ffmpeg: false }),
        Format::Tiff => {
            let exact = facts.image.as_ref().is_some_and(|image| image.fits_png);
            Remedy::one(Action::ToPng { exact, by_ffmpeg: false })
        }
        Format::Heic | Format::Avif | Format::JpegXl | Format::Jpeg2000 | Format::Ico | Format::Svg | Format::Psd => {
            Remedy::one(Action::ToPng { exact: false, by_ffmpeg: true })
        }
        Format::WebVtt => Remedy::one(Action::ToSubRip),
        _ => Remedy::Impossible(format!("It is {}, which holds no picture or film to convert", format.name())),
    }
}

/// The extension that files of a format have, where a result of that format can be made.
pub(crate) const fn extension_of(format: Format) -> Option<&'static str> {
    Some(match format {
        Format::Mp4 => "mp4",
        Format::QuickTime => "mov",
        Format::Jpeg => "jpg",
        Format::Png => "png",
        Format::Gif => "gif",
        Format::WebP => "webp",
        Format::Srt => "srt",
        Format::WebVtt => "vtt",
        _ => return None,
    })
}

/// The category of the same kind of message that takes what the file holds.
fn fitting_category(report: &FileReport) -> Option<Category> {
    let is_message = matches!(report.category, Some(Category::DmImage | Category::DmVideo | Category::DmGif));
    let facts = &report.facts;
    let is_still_gif = facts.format == Format::Gif
        && facts
            .animation
            .as_ref()
            .is_some_and(|animation| animation.frames.value().is_some_and(|frames| *frames <= 1));
    Some(match (facts.format, is_message) {
        (Format::Gif, false) if !is_still_gif => Category::TweetGif,
        (Format::Gif, true) if !is_still_gif => Category::DmGif,
        (Format::Gif | Format::Jpeg | Format::Png | Format::WebP, false) => Category::TweetImage,
        (Format::Gif | Format::Jpeg | Format::Png | Format::WebP, true) => Category::DmImage,
        (Format::Mp4 | Format::QuickTime, false) => Category::TweetVideo,
        (Format::Mp4 | Format::QuickTime, true) => Category::DmVideo,
        (Format::Srt | Format::WebVtt, _) => Category::Subtitles,
        _ => return None,
    })
}

/// Whether a GIF is judged as an animated one.
fn is_animation(report: &FileReport) -> bool {
    report.category.is_some_and(|category| category.takes() == Use::Gif) || report.facts.is_animated_gif()
}
