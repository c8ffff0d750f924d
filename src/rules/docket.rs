//! The rules that are in force for the files of one category.

use super::parts::Parts;
use super::run::Selection;
use super::{COUNT, Check, RULES, Rule, Standing};
use crate::profile::{Category, Level, Limits};

/// The rules that are in force for the files of one category, told apart by what they look at.
#[derive(Clone, Debug)]
pub(crate) struct Docket {
    /// In the order of the rules.
    standings: [Standing; COUNT],
    file: Selection,
    picture: Selection,
    movie: Selection,
    captions: Selection,
    must: Selection,
}

impl Docket {
    /// The rules that `limits` put in force for a category.
    pub(crate) fn new(limits: &Limits, category: Option<Category>) -> Self {
        let standings = RULES.each_ref().map(|rule| (rule.standing)(limits, category));
        let level = |rule: &Rule| (rule.standing)(limits, category).level;
        let in_force =
            |looks: fn(Check) -> bool| Selection::ALL.filter(|rule| level(rule) != Level::Off && looks(rule.check));
        Self {
            standings,
            file: in_force(|check| matches!(check, Check::File(_))),
            picture: in_force(|check| matches!(check, Check::Picture(_))),
            movie: in_force(|check| matches!(check, Check::Movie(_) | Check::Video(_) | Check::H264(_))),
            captions: in_force(|check| matches!(check, Check::Captions(_))),
            must: Selection::ALL.filter(|rule| level(rule) == Level::Must),
        }
    }

    /// The rules in force that find something in a file to look at.
    pub(super) fn of(&self, parts: &Parts<'_>) -> Selection {
        let part = |is_there: bool, rules: Selection| if is_there { rules } else { Selection::NONE };
        self.file
            .or(part(parts.has_picture(), self.picture))
            .or(part(parts.has_movie(), self.movie))
            .or(part(parts.has_captions(), self.captions))
    }

    /// All rules in force but those of posts.
    #[cfg(test)]
    pub(super) fn in_force(&self) -> Selection {
        self.file.or(self.picture).or(self.movie).or(self.captions)
    }

    /// The rules that refuse a file.
    pub(super) const fn must(&self) -> Selection {
        self.must
    }

    /// The rules of a selection by their numbers, with how much each binds.
    pub(super) fn standings(&self, rules: Selection) -> impl Iterator<Item = (usize, &'static Rule, Standing)> {
        rules.numbers().filter_map(|number| Some((number, RULES.get(number)?, *self.standings.get(number)?)))
    }
}
