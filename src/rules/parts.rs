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
        let said = match check {
            Check::File(check) => Some(check(context)),
            Check::Picture(check) => self.has_picture.then(|| check(context)),
            Check::Movie(check) => self.movie.map(|movie| check(context, movie)),
            Check::Video(check) => self.video()?.map(|track| check(context, track)),
            Check::H264(check) => self.video()?.filter(|track| track.is_h264).map(|track| check(context, track)),
            Check::Captions(check) => self.captions.map(|captions| check(context, captions)),
            Check::Post(_) => None,
        };
        said.unwrap_or(Ok(Outcome::NotApplicable))
    }

    fn video(&self) -> Result<Option<&VideoTrack<'a>>, Undecided> {
        self.video.as_ref().map(Option::as_ref).map_err(Undecided::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::rules::all;
    use crate::rules::docket::Docket;
    use crate::rules::testing::Scenario;

    /// The cases of all rules.
    fn scenarios() -> impl Iterator<Item = Scenario> {
        all().iter().flat_map(|rule| {
            let cases = rule.cases;
            let failing = cases.fail.iter().map(|(change, ..)| change);
            let changes = cases.pass.iter().chain(failing).chain(cases.undecided).chain(cases.skip);
            changes.map(|change| {
                let mut scenario = (cases.sample)();
                change(&mut scenario);
                scenario
            })
        })
    }

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
