//! One attempt: a plan is carried out under a temporary name, by ffmpeg or in process.

use std::path::Path;
use std::sync::atomic::Ordering;

use super::{Deed, FixError, Fixer, Place, Progress, Unfinished, ffmpeg, place};
use crate::facts::{Facts, Format};
use crate::finding::FileReport;
use crate::transcode::ffmpeg::{commands, copies_into_quicktime, copies_pictures, to_png, transcodes_blindly};
use crate::transcode::plan::{Action, Damage, Plan};
use crate::transcode::{captions, image};
use crate::units::Duration;

/// What was made, under its temporary name.
pub(super) struct Made {
    pub(super) path: Unfinished,
    pub(super) extension: &'static str,
    /// How it was done where the plan left that open. Absent: as it was planned.
    pub(super) otherwise: Option<Deed>,
}

impl Fixer<'_> {
    /// Carries out a plan once, under a temporary name.
    pub(super) fn attempt(
        &self,
        source: &Path,
        report: &FileReport,
        plan: &Plan,
        place: &Place,
        progress: &mut Progress<'_>,
    ) -> Result<Made, FixError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(FixError::Interrupted);
        }
        if !plan.needs_ffmpeg() {
            let made = self.in_process(source, report, plan, place);
            let is_converted = plan.actions().any(|action| matches!(action, Action::ToPng { .. }));
            return match made {
                Err(error @ FixError::Work { .. }) if is_converted && !self.options.safe_only => {
                    self.converted_by_ffmpeg(source, report, place, progress).map_err(|other| match other {
                        FixError::Interrupted => other,
                        _ => error,
                    })
                }
                made => made,
            };
        }
        let path = place.temporary(source, plan.extension)?;
        let run = ffmpeg::Run {
            ffmpeg: self.ffmpeg,
            source,
            output: &path,
            duration: length(&report.facts),
            stop: self.stop,
        };
        let made = run.all(&commands(plan, &report.facts), progress);
        if matches!(made, Err(FixError::Ffmpeg { .. }))
            && plan.actions().any(|action| matches!(action, Action::Rewrap { encoded: false }))
        {
            return self.rewrapped_otherwise(source, place, progress);
        }
        if let Err(FixError::Ffmpeg { said, .. }) = &made
            && report.facts.format == Format::Heic
            && said.contains("moov atom not found")
        {
            let program = self.ffmpeg.program.display().to_string();
            return Err(FixError::Incapable { program, what: "reader of HEIC (ffmpeg 7 has one)".to_owned() });
        }
        made?;
        Ok(Made { path, extension: plan.extension, otherwise: None })
    }

    /// An image of a kind that is not decoded here, in a format of which others are.
    fn converted_by_ffmpeg(
        &self,
        source: &Path,
        report: &FileReport,
        place: &Place,
        progress: &mut Progress<'_>,
    ) -> Result<Made, FixError> {
        let path = place.temporary(source, "png")?;
        let run = ffmpeg::Run { ffmpeg: self.ffmpeg, source, output: &path, duration: None, stop: self.stop };
        run.all(&[to_png(report.facts.format)], progress)?;
        let what = "write its first picture as PNG, as ffmpeg reads it and as it is stored: look at the result";
        let otherwise = Some(Deed { what: what.to_owned(), damage: Damage::Picture });
        Ok(Made { path, extension: "png", otherwise })
    }

    /// Streams that MP4 does not hold: QuickTime holds more of them, and what it does not hold is encoded: the sound first, and
    /// only where that is not enough the picture too.
    fn rewrapped_otherwise(&self, source: &Path, place: &Place, progress: &mut Progress<'_>) -> Result<Made, FixError> {
        let ways = [
            ("mov", copies_into_quicktime(), "copy its streams into a QuickTime file", Damage::Copy),
            ("mp4", copies_pictures(), "copy its pictures into an MP4, and encode its sound as AAC LC", Damage::Sound),
            ("mp4", transcodes_blindly(), "encode its pictures as H.264 and its sound as AAC LC", Damage::Picture),
        ];
        let mut failure = None;
        for (extension, command, what, damage) in ways {
            if self.options.safe_only && !damage.is_safe() {
                continue;
            }
            let path = place.temporary(source, extension)?;
            let run = ffmpeg::Run { ffmpeg: self.ffmpeg, source, output: &path, duration: None, stop: self.stop };
            match run.all(&[command], progress) {
                Ok(()) => {
                    let otherwise = Some(Deed { what: what.to_owned(), damage });
                    return Ok(Made { path, extension, otherwise });
                }
                Err(error @ FixError::Ffmpeg { .. }) => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failure.unwrap_or(FixError::Interrupted))
    }

    /// What needs no other program.
    fn in_process(&self, source: &Path, report: &FileReport, plan: &Plan, place: &Place) -> Result<Made, FixError> {
        let bytes = place::read(source)?;
        let actions: Vec<&Action> = plan.actions().collect();
        let unmended = |why: String| FixError::Work { path: source.to_owned(), why };
        let mut otherwise = None;
        let (bytes, extension) = if actions.iter().all(|action| action.damage() == Damage::Name) {
            (bytes, plan.extension)
        } else if let Some(text) = captions::apply(&bytes, &actions) {
            if let Some(guess) = actions.iter().find(|action| action.damage() == Damage::Guess) {
                let what = format!("{guess}, read as {}", captions::guessed(&bytes));
                otherwise = Some(Deed { what, damage: Damage::Guess });
            }
            (text.map_err(|error| unmended(error.to_string()))?.into_bytes(), plan.extension)
        } else {
            let made = image::apply(&bytes, &report.facts, &actions, &|| self.stop.load(Ordering::Relaxed));
            made.map_err(|error| if error.is_stop() { FixError::Interrupted } else { unmended(error.to_string()) })?
        };
        let path = place.temporary(source, extension)?;
        place::write(&path, &bytes)?;
        Ok(Made { path, extension, otherwise })
    }
}

/// How long a film or an animation is. Absent: it is not known.
fn length(facts: &Facts) -> Option<Duration> {
    let film = facts.movie.as_ref().and_then(|movie| movie.duration.value());
    film.or_else(|| facts.animation.as_ref()?.shown.value()).copied()
}
