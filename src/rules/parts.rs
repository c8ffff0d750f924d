//! The parts of a file that rules look at, each found once for all rules.

use super::context::VideoTrack;
use super::outcome::{Outcome, Undecided};
use super::{Check, Context};
use crate::facts::{Captions, Movie};

/// The parts of a file that rules look at.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    context: &'a Context<'a>,
    has_picture: bool,
    movie: Option<&'a Movie>,
    video: Result<Option<VideoTrack<'a>>, Undecided>,
    captions: Option<&'a Captions>,
}

impl<'a> Parts<'a> {
    /// The parts of the file of a context.
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            has_picture: context.facts.image.is_some() || context.facts.animation.is_some(),
            movie: context.movie(),
            video: context.video(),
            captions: context.captions(),
        }
    }

    /// Whether the file is an image, animated or not.
    pub(super) const fn has_picture(&self) -> bool {
        self.has_picture
    }

    /// Whether the file is a movie.
    pub(super) const fn has_movie(&self) -> bool {
        self.movie.is_some()
    }

    /// Whether the file holds captions.
    pub(super) const fn has_captions(&self) -> bool {
        self.captions.is_some()
    }

    /// What a rule says of the part that it looks at. A rule of posts has nothing to look at in a file.
    pub(super) fn ask(&self, check: Check) -> Result<Outcome, Undecided> {
        let context = self.context;
        // What rules return is large: here it is not moved.
        match (check, &self.video) {
            (Check::File(check), _) => return check(context),
            (Check::Picture(check), _) if self.has_picture => return check(context),
            (Check::Movie(check), _) => {
                if let Some(movie) = self.movie {
                    return check(context, movie);
                }
            }
            (Check::Video(check), Ok(Some(track))) => return check(context, track),
            (Check::H264(check), Ok(Some(track))) if track.is_h264 => return check(context, track),
            (Check::Video(_) | Check::H264(_), Err(undecided)) => return Err(undecided.clone()),
            (Check::Captions(check), _) => {
                if let Some(captions) = self.captions {
                    return check(context, captions);
                }
            }
            _ => {}
        }
        Ok(Outcome::NotApplicable)
    }
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
                for (_, rule, _) in docket.standings(docket.in_force().without(asked)) {
                    // Those that are given their part cannot be asked without it.
                    let said = match rule.check {
                        Check::File(check) | Check::Picture(check) => check(&context),
                        check => parts.ask(check),
                    };
                    assert!(matches!(said, Ok(Outcome::Pass | Outcome::NotApplicable)), "{}: {said:?}", rule.id);
                    left_out += 1;
                }
            });
        }
        assert!(left_out > 1000);
    }
}
