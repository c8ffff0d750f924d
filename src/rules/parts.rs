//! The parts of a file that rules look at, each found once for all rules.

use super::context::VideoTrack;
use super::outcome::{Outcome, Undecided};
use super::{Check, Context};
use crate::facts::{Captions, Format, Movie};

/// What rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The file, whatever it is.
    File,
    /// What is wrong with its structure.
    Damage,
    /// Its pixels, where somebody decoded them.
    Pixels,
    /// What is asked for: a category, an alternative text, owners.
    Wish,
    /// An image or a GIF.
    Picture,
    /// The frames of one.
    Animation,
    /// A file of the formats of captions, whether it can be read or not.
    Subtitles,
    /// A movie.
    Movie,
    /// A movie with sound.
    Sound,
    /// The video that is shown.
    Video,
    /// The same, coded as H.264.
    H264,
    /// Captions that were read.
    Captions,
}

impl Part {
    /// All of them.
    pub(super) const ALL: [Self; 12] = [
        Self::File,
        Self::Damage,
        Self::Pixels,
        Self::Wish,
        Self::Picture,
        Self::Animation,
        Self::Subtitles,
        Self::Movie,
        Self::Sound,
        Self::Video,
        Self::H264,
        Self::Captions,
    ];

    /// Its place in [`Self::ALL`].
    pub(super) const fn number(self) -> usize {
        self as usize
    }

    /// What a rule looks at. Absent for rules of posts.
    pub(super) const fn of(check: Check) -> Option<Self> {
        Some(match check {
            Check::File(_) => Self::File,
            Check::Damage(_) => Self::Damage,
            Check::Pixels(_) => Self::Pixels,
            Check::Wish(_) => Self::Wish,
            Check::Picture(_) => Self::Picture,
            Check::Animation(_) => Self::Animation,
            Check::Subtitles(_) => Self::Subtitles,
            Check::Movie(_) => Self::Movie,
            Check::Sound(_) => Self::Sound,
            Check::Video(_) => Self::Video,
            Check::H264(_) => Self::H264,
            Check::Captions(_) => Self::Captions,
            Check::Post(_) => return None,
        })
    }
}

// A part that were listed elsewhere would have other rules asked than its own.
const _: () = {
    let mut number = 0;
    while number < Part::ALL.len() {
        assert!(Part::ALL[number].number() == number);
        number += 1;
    }
};

/// The parts of a file that rules look at.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    context: &'a Context<'a>,
    movie: Option<&'a Movie>,
    video: Result<Option<VideoTrack<'a>>, Undecided>,
    captions: Option<&'a Captions>,
}

impl<'a> Parts<'a> {
    /// The parts of the file of a context.
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self { context, movie: context.movie(), video: context.video(), captions: context.captions() }
    }

    /// Each part, and whether the file has it.
    #[inline]
    pub(super) fn found(&self) -> [(Part, bool); Part::ALL.len()] {
        let (facts, request) = (self.context.facts, self.context.request);
        let (has_video, has_h264) = match &self.video {
            Ok(None) => (false, false),
            Ok(Some(track)) => (true, track.is_h264),
            Err(_) => (true, true),
        };
        let is_wished =
            request.category.is_some() || request.alt_text.is_some() || !request.additional_owners.is_empty();
        [
            (Part::File, true),
            (Part::Damage, !facts.anomalies.is_empty()),
            (Part::Pixels, facts.pixels.is_some()),
            (Part::Wish, is_wished),
            (Part::Picture, facts.image.is_some() || facts.animation.is_some()),
            (Part::Animation, facts.animation.is_some()),
            (Part::Subtitles, matches!(facts.format, Format::Srt | Format::WebVtt)),
            (Part::Movie, self.movie.is_some()),
            (Part::Sound, self.movie.is_some_and(|movie| movie.audio_tracks().next().is_some())),
            (Part::Video, has_video),
            (Part::H264, has_h264),
            (Part::Captions, self.captions.is_some()),
        ]
    }

    /// What a rule says of the part that it looks at. A rule of posts has nothing to look at in a file.
    #[inline]
    pub(super) fn ask(&self, check: Check) -> Result<Outcome, Undecided> {
        let context = self.context;
        // What rules return is large: here it is not moved.
        match check {
            Check::File(ask)
            | Check::Damage(ask)
            | Check::Pixels(ask)
            | Check::Wish(ask)
            | Check::Picture(ask)
            | Check::Animation(ask)
            | Check::Subtitles(ask) => return ask(context),
            Check::Movie(ask) | Check::Sound(ask) => {
                if let Some(movie) = self.movie {
                    return ask(context, movie);
                }
            }
            Check::Video(ask) | Check::H264(ask) => match &self.video {
                Ok(Some(track)) if track.is_h264 || matches!(check, Check::Video(_)) => return ask(context, track),
                Ok(_) => {}
                Err(undecided) => return unread(undecided),
            },
            Check::Captions(ask) => {
                if let Some(captions) = self.captions {
                    return ask(context, captions);
                }
            }
            Check::Post(_) => {}
        }
        Ok(Outcome::NotApplicable)
    }
}

/// What a rule says of video that could not be read. Apart, so that those that are asked of what could need no room for it.
#[cold]
#[inline(never)]
fn unread(undecided: &Undecided) -> Result<Outcome, Undecided> {
    Err(undecided.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::rules::docket::Docket;
    use crate::rules::testing::scenarios;

    #[test]
    fn a_rule_that_is_not_asked_has_nothing_to_say() {
        let profile = Profile::default();
        let mut left_out = 0;
        for scenario in scenarios() {
            scenario.with_request(|request| {
                let context = Context::new(&scenario.facts, &profile, request);
                let parts = Parts::new(&context);
                let docket = Docket::new(profile.limits(), context.category);
                let asked = docket.of(&parts);
                for (_, rule) in docket.in_force().without(asked).rules() {
                    // Those that are given their part cannot be asked without it.
                    let said = match (rule.check, context.movie()) {
                        (Check::Sound(ask), Some(movie)) => ask(&context, movie),
                        (check, _) => parts.ask(check),
                    };
                    assert!(matches!(said, Ok(Outcome::Pass | Outcome::NotApplicable)), "{}: {said:?}", rule.id);
                    left_out += 1;
                }
            });
        }
        assert!(left_out > 1000);
    }
}
