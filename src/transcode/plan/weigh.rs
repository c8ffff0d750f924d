//! Weighs actions: what stays if one of them is left out.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::cap::cap_of;
use super::predict::Predicted;
use super::{Action, Estimate, Ideas, Left, Open, Options, Plan, Step, extension_of};
use crate::facts::{Fact, Why};
use crate::finding::{FileReport, Finding, Severity};
use crate::profile::Profile;
use crate::rules::{self, Context, Docket, Judgement, Request, Selection};

/// One report and what its file is held against.
pub(super) struct Weighing<'a> {
    report: &'a FileReport,
    profile: &'a Profile,
    options: &'a Options,
    /// A rule that the file keeps, and would not keep after what is done to it.
    more: Option<Cow<'static, str>>,
}

/// Findings as they are counted: by rule and severity. One entry a finding.
type Findings = Vec<(Cow<'static, str>, Severity)>;

impl<'a> Weighing<'a> {
    pub(super) const fn new(report: &'a FileReport, profile: &'a Profile, options: &'a Options) -> Self {
        Self { report, profile, options, more: None }
    }

    /// The same, which keeps that rule as well.
    pub(super) fn with_goal(self, rule: Cow<'static, str>) -> Self {
        Self { more: Some(rule), ..self }
    }

    /// The plan that is left when everything superfluous is.
    pub(super) fn plan(&self, ideas: Ideas) -> Plan {
        let Ideas { actions, needed, mut refused, notes } = ideas;
        let mut chosen: Vec<&Action> = needed.iter().collect();
        chosen.extend(actions.iter().filter(|action| !needed.contains(action)));
        chosen.sort_by_key(|action| action.order());
        let goals = self.goals();
        let reached = self.remaining(&chosen, &goals);

        // The most damaging first, and of equals the later: a filter before the encoder that it needs.
        let mut candidates: Vec<&Action> = chosen.iter().copied().filter(|action| !needed.contains(action)).collect();
        candidates.sort_by_key(|action| Reverse((action.damage(), action.order())));
        for candidate in candidates {
            let without = except(&chosen, candidate);
            if self.remaining(&without, &goals) == reached {
                chosen = without;
            }
        }

        let (predicted, judgement) = self.judge(&chosen);
        let is_unread = is_unread(&chosen);
        for finding in judgement.findings.iter().filter(|_| !is_unread) {
            let is_known = refused.iter().any(|obstacle| obstacle.rule == finding.rule);
            if finding.severity == Severity::Error && !is_known {
                let why = format!("Nothing clears it here. {}", finding.remedy);
                refused.push(super::Obstacle { rule: finding.rule.clone(), why });
            }
        }
        let cap = cap_of(predicted.category, self.profile);
        let is_weighed = chosen.iter().any(|action| action.writes());
        Plan {
            category: predicted.category,
            steps: self.steps(&chosen, &goals, &reached),
            undecided: self.undecided(&judgement, &chosen, &refused),
            refused,
            left: self.left(&judgement.findings),
            notes: self.notes(notes, &chosen),
            extension: extension_of(predicted.facts.format).unwrap_or("bin"),
            estimate: (is_weighed && self.is_reckoned(&chosen))
                .then_some(Estimate { bytes: predicted.facts.size, cap }),
        }
    }

    /// The rules that have findings after the actions.
    #[cfg(test)]
    pub(super) fn findings_after(&self, actions: &[&Action]) -> Vec<Cow<'static, str>> {
        names(self.remaining(actions, &self.goals()))
    }

    /// The steps, each with the findings that are there again without it.
    fn steps(&self, chosen: &[&Action], goals: &Findings, reached: &Findings) -> Vec<Step> {
        let mut steps: Vec<Step> = chosen
            .iter()
            .map(|action| {
                let without = self.remaining(&except(chosen, action), goals);
                Step {
                    action: (*action).clone(),
                    damage: action.damage(),
                    safe: action.damage().is_safe(),
                    clears: names(difference(&without, reached)),
                }
            })
            .collect();
        // What several steps clear each by itself is named with the first that does.
        for (rule, severity) in names_and_severities(difference(goals, reached)) {
            if !steps.iter().any(|step| step.clears.contains(&rule)) {
                let clearing = chosen
                    .iter()
                    .position(|action| !self.remaining(&[action], goals).contains(&(rule.clone(), severity)));
                if let Some(step) = clearing.and_then(|index| steps.get_mut(index)) {
                    step.clears.push(rule);
                }
            }
        }
        steps
    }

    /// All findings of the report.
    fn goals(&self) -> Findings {
        let mut goals = sorted(&self.report.findings);
        goals.extend(self.more.clone().map(|rule| (rule, Severity::Error)));
        goals.sort();
        goals
    }

    /// The findings of the report that stay after the actions.
    fn remaining(&self, actions: &[&Action], goals: &Findings) -> Findings {
        let (_, judgement) = self.judge(actions);
        let mut remaining = sorted(&judgement.findings);
        remaining.retain(|finding| goals.contains(finding));
        // What cannot be told is as good as not cleared, unless only the result can tell it.
        if !is_unread(actions) {
            for undecided in judgement.undecided {
                remaining.extend(goals.iter().filter(|(rule, _)| *rule == undecided.rule).cloned());
            }
            remaining.sort();
        }
        remaining
    }

    fn judge(&self, actions: &[&Action]) -> (Predicted, Judgement) {
        let predicted = Predicted::after(self.report, self.profile, actions);
        let request = Request { name: predicted.name.as_deref(), category: predicted.category, ..Request::default() };
        let context = Context::new(&predicted.facts, self.profile, &request);
        let docket = Docket::new(self.profile.limits(), context.category);
        let mut judgement = rules::judge(&context, &docket, Selection::ALL);
        // A file to which nothing is done is judged already, with more than its facts.
        if actions.is_empty() {
            judgement.findings.clone_from(&self.report.findings);
        }
        (predicted, judgement)
    }

    /// Rules that are not decided, as far as they matter.
    fn undecided(&self, judgement: &Judgement, chosen: &[&Action], refused: &[super::Obstacle]) -> Vec<Open> {
        let is_made = chosen.iter().any(|action| action.writes());
        let musts = |rule: &str| rules::is_must(rule, self.profile, self.report.category);
        let undecided = judgement
            .undecided
            .iter()
            .filter(|undecided| musts(&undecided.rule))
            .filter(|_| refused.is_empty() || is_made)
            .map(|undecided| Open {
                rule: undecided.rule.clone(),
                why: undecided.why.clone(),
                decided_by: if is_made { BY_RESULT } else { decided_by(&undecided.rule) },
            });
        // A fault that is there now may be gone with what is in another container.
        let unweighed =
            judgement.findings.iter().filter(|finding| finding.severity == Severity::Error && is_unread(chosen)).map(
                |finding| Open {
                    rule: finding.rule.clone(),
                    why: Why("what the result holds is not known".into()),
                    decided_by: BY_RESULT,
                },
            );
        undecided.chain(unweighed).collect()
    }

    /// Warnings that stay, with the reason.
    fn left(&self, findings: &[Finding]) -> Vec<Left> {
        let mut left: Vec<Left> = Vec::new();
        for finding in findings.iter().filter(|finding| finding.severity == Severity::Warning) {
            if !left.iter().any(|other| other.rule == finding.rule) {
                left.push(Left { rule: finding.rule.clone(), why: self.why_left(&finding.rule) });
            }
        }
        left
    }

    fn why_left(&self, rule: &str) -> &'static str {
        match rule {
            "video-bitrate-recommended" | "audio-bitrate-recommended" => {
                "encoding it once more cannot bring back what is lost; export it from the original"
            }
            "frame-rate-recommended" => "a conversion makes motion uneven",
            "resolution-recommended" | "aspect-ratio-recommended" => {
                "scaling, borders or a crop cost more than they gain"
            }
            "post-media-mix" | "alt-text-too-long" | "additional-owners" => "it is mended where the post is written",
            "subtitle-order" | "subtitle-past-end" => "which time is right is not for a program to guess",
            _ if !self.options.warnings => "only a lossy step clears it; --warnings asks for that",
            _ => "nothing clears it here",
        }
    }

    fn notes(&self, mut notes: Vec<String>, chosen: &[&Action]) -> Vec<String> {
        if chosen.iter().any(|action| matches!(action, Action::EncodeVideo(encode) if encode.tone_map)) {
            notes.push(
                "The film has high dynamic range (PQ or HLG): it is mapped to the standard range, which changes how bright \
                 parts look. Look at the result."
                    .to_owned(),
            );
        }
        if chosen.iter().any(|action| matches!(action, Action::EncodeVideo(encode) if !encode.tone_map))
            && self.may_be_high_dynamic_range()
        {
            notes.push(
                "The container does not say what the colours are, and the film has more than 8 bits: whether it has high \
                 dynamic range (PQ or HLG) could not be ruled out. Look at the result, or at ffprobe -show_streams."
                    .to_owned(),
            );
        }
        if let Some(Action::ToPng { exact: false, by_ffmpeg }) =
            chosen.iter().find(|action| matches!(action, Action::ToPng { .. }))
        {
            notes.extend(self.beside_png(*by_ffmpeg));
        }
        if chosen.iter().any(|action| matches!(action, Action::DropMetadata { .. })) {
            let image = self.report.facts.image.as_deref();
            let place = image.is_some_and(|image| image.location.value().is_some());
            let place = if place { ", and the place where it was taken" } else { "" };
            notes.push(format!(
                "Titles, comments, thumbnails and the like go{place}. The picture, its colours and the way it is turned stay."
            ));
        }
        if chosen.iter().any(|action| matches!(action, Action::FirstPicture)) {
            notes.push(
                "Only the first picture of the animation is kept: make a GIF or an MP4 of it to keep what moves."
                    .to_owned(),
            );
        }
        if chosen.iter().any(|action| action.is_of_movie()) {
            notes.extend(self.dropped_tracks());
            let location = self.report.facts.movie.as_deref().and_then(|movie| movie.location.value());
            if location.is_some() {
                notes.push(
                    "The file says where it was recorded, and the result may say so too: ffmpeg -map_metadata -1 leaves that out."
                        .to_owned(),
                );
            }
        }
        notes
    }

    /// What of an image that is not taken is not in the PNG.
    fn beside_png(&self, by_ffmpeg: bool) -> Vec<String> {
        if by_ffmpeg {
            return vec![
                "Only the first picture is written, as it is stored: pictures behind it, the way it is to be turned, its \
                 colour profile, transparency and high dynamic range may be lost. Look at the result."
                    .to_owned(),
            ];
        }
        let Some(image) = self.report.facts.image.as_deref() else {
            return vec!["Only the first picture is written. Look at the result.".to_owned()];
        };
        let mut notes = Vec::new();
        if let Some(pages) = image.pages.value().filter(|pages| **pages > 1) {
            notes.push(format!("The file has {pages} pictures, and only the first one is written."));
        }
        if image.is_preview {
            notes.push(
                "The first picture is a smaller copy of another one, as in raw files of cameras: export it from a raw \
                 converter to have it in full size."
                    .to_owned(),
            );
        }
        let colour = image.colour.value().map_or("samples of no known meaning", AsRef::as_ref);
        if !["greyscale", "RGB", "palette"].iter().any(|known| colour.starts_with(known)) {
            notes.push(format!(
                "Its colours ({colour}) are converted to RGB, which changes them a little: look at the result."
            ));
        }
        if image.bit_depth.value().is_some_and(|bits| *bits > 16) {
            notes.push("PNG has at most 16 bits a sample: what is finer or brighter is lost.".to_owned());
        }
        notes
    }

    /// Whether the video has as many bits as high dynamic range needs, and colours that nobody could read.
    fn may_be_high_dynamic_range(&self) -> bool {
        let Some(track) = self.report.facts.video_track() else { return false };
        let is_of_kind =
            track.codec.value().is_some_and(|codec| ["HEVC", "AV1", "VP9"].iter().any(|name| codec.name == *name));
        let is_deep = |video: &crate::facts::Video| {
            video.bit_depth_luma.value().is_some_and(|bits| *bits > 8) && video.colour.value().is_none()
        };
        is_of_kind && track.video.as_deref().is_some_and(is_deep)
    }

    /// The tracks that the result does not have.
    fn dropped_tracks(&self) -> Option<String> {
        let movie = self.report.facts.movie.as_deref()?;
        let dropped: Vec<String> = movie
            .beside_picture_and_sound()
            .map(|track| match track.codec.value() {
                Some(codec) => format!("track {} ({codec})", track.index),
                None => format!("track {}", track.index),
            })
            .collect();
        (!dropped.is_empty())
            .then(|| format!("The result has no {}: the platform shows none of it.", dropped.join(", ")))
    }

    /// Whether the weight of the result can be reckoned.
    fn is_reckoned(&self, chosen: &[&Action]) -> bool {
        let movie = self.report.facts.movie.as_deref();
        let is_film = chosen.iter().any(|action| action.is_of_movie());
        let is_known = movie.is_some_and(|movie| !matches!(movie.duration, Fact::Unknown(_)));
        is_film && is_known
            || chosen.iter().any(|action| matches!(action, Action::GifToFilm(_)))
            || chosen.iter().any(|action| matches!(action, Action::FitGif { .. } | Action::FitImage { .. }))
    }
}

/// Whether the result is of a format that can be read, and the file is not.
fn is_unread(actions: &[&Action]) -> bool {
    actions.iter().any(|action| matches!(action, Action::Rewrap { .. } | Action::ToPng { .. }))
}

/// What decides most rules of a file that is written anew.
const BY_RESULT: &str = "the check of the result";

/// What would decide a rule of a file to which nothing is done.
fn decided_by(rule: &str) -> &'static str {
    match rule {
        "interlaced" => "decoding it: ffmpeg -i FILE -vf idet -f null -",
        "open-gop" | "sync-table-lies" | "gop-too-long" => "encoding it anew, which makes closed GOPs",
        "unsupported-type" => "converting it to a type that is read here",
        "undecodable-pixels" => "looking at the picture in a viewer",
        "budget-exceeded" => "writing it anew: ffmpeg -i FILE -c copy OUTPUT.mp4",
        _ => "writing it anew, and checking that",
    }
}

fn sorted(findings: &[Finding]) -> Findings {
    let mut sorted: Findings = findings.iter().map(|finding| (finding.rule.clone(), finding.severity)).collect();
    sorted.sort();
    sorted
}

fn except<'a>(actions: &[&'a Action], left_out: &Action) -> Vec<&'a Action> {
    actions.iter().copied().filter(|action| *action != left_out).collect()
}

/// What is in `more` and not in `less`, each as often as it is there more often.
fn difference(more: &Findings, less: &Findings) -> Findings {
    let mut rest = less.clone();
    let mut difference = Vec::new();
    for finding in more {
        match rest.iter().position(|other| other == finding) {
            Some(index) => drop(rest.swap_remove(index)),
            None => difference.push(finding.clone()),
        }
    }
    difference
}

fn names(findings: Findings) -> Vec<Cow<'static, str>> {
    let mut names: Vec<Cow<'static, str>> = findings.into_iter().map(|(rule, _)| rule).collect();
    names.dedup();
    names
}

fn names_and_severities(mut findings: Findings) -> Findings {
    findings.dedup();
    findings
}
