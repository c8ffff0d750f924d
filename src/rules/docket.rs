//! The rules that are in force for the files of one category.

use super::parts::{Part, Parts};
use super::run::Selection;
use super::{RULES, Rule, Standing};
use crate::profile::{Category, Level, Limits};

/// The rules that are in force for the files of one category, told apart by what they look at.
#[derive(Clone, Debug)]
pub(crate) struct Docket {
    /// In the order of the rules.
    standings: [Standing; RULES.len()],
    /// By [`Part::number`].
    rules: [Selection; Part::ALL.len()],
    must: Selection,
}

impl Docket {
    /// The rules that `limits` put in force for a category.
    pub(crate) fn new(limits: &Limits, category: Option<Category>) -> Self {
        let standings = RULES.each_ref().map(|rule| (rule.standing)(limits, category));
        let of = |holds: &dyn Fn(&Rule, Level) -> bool| {
            let rules = RULES.iter().zip(&standings).enumerate();
            let held = rules.filter(|(_, (rule, standing))| holds(rule, standing.level));
            held.fold(Selection::NONE, |held, (number, _)| held.with(number))
        };
        Self {
            rules: Part::ALL.map(|part| of(&|rule, level| level != Level::Off && Part::of(rule.check) == Some(part))),
            must: of(&|_, level| level == Level::Must),
            standings,
        }
    }

    /// The rules in force that find something in a file to look at.
    pub(super) fn of(&self, parts: &Parts<'_>) -> Selection {
        let found = parts.found().into_iter().filter(|(_, is_found)| *is_found);
        let rules = found.filter_map(|(part, _)| self.rules.get(part.number()));
        rules.fold(Selection::NONE, |found, rules| found.or(*rules))
    }

    /// All rules in force but those of posts.
    #[cfg(test)]
    pub(super) fn in_force(&self) -> Selection {
        self.rules.into_iter().fold(Selection::NONE, Selection::or)
    }

    /// The rules that refuse a file.
    pub(super) const fn must(&self) -> Selection {
        self.must
    }

    /// How much the rule of this number binds.
    pub(super) fn standing(&self, number: usize) -> Option<Standing> {
        self.standings.get(number).copied()
    }
}
