//! Holds one file against all rules that are in force.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::context::Context;
use super::docket::Docket;
use super::outcome::{Fault, Outcome};
use super::parts::Parts;
use super::post::Post;
use super::{Check, RULES, Rule, Standing};
use crate::facts::Facts;
use crate::finding::{Finding, NearMiss, Severity, Undecided, Verdict};
use crate::profile::{Category, Level, Profile};

/// Which rules are applied, as a set over the list of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selection(u64);

impl Selection {
    /// All rules.
    pub(crate) const ALL: Self = Self(u64::MAX);
    /// No rule.
    pub(crate) const NONE: Self = Self(0);

    /// The rules of these identifiers; identifiers that name no rule are left out.
    pub(crate) fn of(ids: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let bits = ids.into_iter().filter_map(|id| super::all().iter().position(|rule| rule.id == id.as_ref()));
        Self(bits.fold(0, |set, bit| set | 1 << bit))
    }

    /// The rules of this set that are not in the other.
    pub(crate) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The rules of both sets.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The rules of either set.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set with the rule of this number in the list.
    pub(super) const fn with(self, number: usize) -> Self {
        Self(self.0 | 1 << number)
    }

    /// Its rules, in order, with their numbers in the list.
    pub(super) fn rules(self) -> impl Iterator<Item = (usize, &'static Rule)> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let number = left.trailing_zeros() as usize;
            // Takes the lowest bit away.
            left &= left.checked_sub(1)?;
            Some((number, RULES.get(number)?))
        })
    }

    /// The rules of this set of which `holds` is true.
    pub(super) fn filter(self, holds: impl Fn(&Rule) -> bool) -> Self {
        let rules = super::all().iter().enumerate();
        let bits = rules.filter(|(bit, rule)| self.0 >> bit & 1 == 1 && holds(rule));
        Self(bits.fold(0, |set, (bit, _)| set | 1 << bit))
    }
}

/// What the rules say of one file.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// Fail over undecided over pass.
    pub(crate) verdict: Verdict,
    /// Errors first, each in the order of the rules.
    pub(crate) findings: Vec<Finding>,
    /// Rules that could not be decided.
    pub(crate) undecided: Vec<Undecided>,
    /// Values within 2 % of a limit.
    pub(crate) near_misses: Vec<NearMiss>,
    /// The rules that refuse the file.
    pub(crate) broken: Selection,
    /// The rules that are undecided.
    pub(crate) open: Selection,
}

impl Judgement {
    /// Adds what the rule of this number found.
    fn add(&mut self, number: usize, rule: &Rule, docket: &Docket, fault: Fault) {
        let Some(standing) = docket.standing(number) else { return };
        let finding = finding(rule, standing, fault);
        if finding.severity == Severity::Error {
            self.broken = self.broken.with(number);
        }
        self.findings.push(finding);
    }
}

/// Applies the rules to one file. The docket is that of its category.
pub(crate) fn judge(context: &Context<'_>, docket: &Docket, selection: Selection) -> Judgement {
    let parts = Parts::new(context);
    let mut judgement = Judgement {
        verdict: Verdict::Pass,
        findings: Vec::new(),
        undecided: Vec::new(),
        near_misses: Vec::new(),
        broken: Selection::NONE,
        open: Selection::NONE,
    };
    for (number, rule) in docket.of(&parts).and(selection).rules() {
        let said = parts.ask(rule.check);
        // Nearly always, and told at a glance.
        if matches!(said, Ok(Outcome::Pass | Outcome::NotApplicable)) {
            continue;
        }
        match said {
            Ok(Outcome::Pass | Outcome::NotApplicable) => {}
            Ok(Outcome::Near(near)) => judgement.near_misses.push(NearMiss {
                rule: Cow::Borrowed(rule.id),
                limit: near.limit,
                actual: near.actual,
                message: near.message,
            }),
            Ok(Outcome::Fail(fault)) => judgement.add(number, rule, docket, fault),
            Ok(Outcome::FailIn(faults)) => {
                for fault in faults {
                    judgement.add(number, rule, docket, fault);
                }
            }
            Err(undecided) => {
                judgement.open = judgement.open.with(number);
                judgement.undecided.push(Undecided { rule: Cow::Borrowed(rule.id), why: undecided.0 });
            }
        }
    }
    // The sort is stable, so that each severity keeps the order of the rules.
    judgement.findings.sort_by_key(|finding| Reverse(finding.severity));
    judgement.verdict = if judgement.broken != Selection::NONE {
        Verdict::Fail
    } else if judgement.open.and(docket.must()) != Selection::NONE {
        Verdict::Undecided
    } else {
        Verdict::Pass
    };
    judgement
}

/// Whether the rules would pass a file, at the least cost: the first error settles it.
pub(crate) fn passes(context: &Context<'_>, docket: &Docket, selection: Selection) -> bool {
    let context = context.verdict_only();
    let parts = Parts::new(&context);
    let rules = docket.of(&parts).and(docket.must()).and(selection);
    rules.rules().all(|(_, rule)| match parts.ask(rule.check) {
        Ok(Outcome::Pass | Outcome::Near(_) | Outcome::NotApplicable) => true,
        Ok(Outcome::Fail(fault)) => fault.only_advised.is_some(),
        Ok(Outcome::FailIn(faults)) => faults.iter().all(|fault| fault.only_advised.is_some()),
        Err(_) => false,
    })
}

/// The rules that refuse the same files of a category in both packs.
pub(super) fn alike(one: &Profile, other: &Profile, category: Option<Category>) -> Selection {
    let (limits, others) = (one.limits(), other.limits());
    // What rules look at besides their own limits; a test holds them to it.
    let is_shared = limits.video_codec.allows_as(&others.video_codec, category)
        && limits.audio_codec.allows_as(&others.audio_codec, category)
        && limits.subtitle_type.allows_as(&others.subtitle_type, category)
        && limits.frame_rate_too_high.allows_as(&others.frame_rate_too_high, category)
        && one.renditions() == other.renditions();
    if !is_shared {
        return Selection::NONE;
    }
    Selection::ALL.filter(|rule| (rule.allows_as)(limits, others, category))
}

/// Applies the rules of a post to the files that belong to it, each with the category it was checked for.
pub(crate) fn judge_post<'a>(
    files: impl Iterator<Item = (&'a Facts, Option<Category>)>,
    profile: &Profile,
    selection: Selection,
) -> Vec<Finding> {
    let post = &Post { files: files.collect(), limits: profile.limits() };
    let mut findings = Vec::new();
    for (_, rule) in selection.rules() {
        let Check::Post(check) = rule.check else { continue };
        let standing = (rule.standing)(post.limits, None);
        if standing.level == Level::Off {
            continue;
        }
        // A post breaks a limit as a whole.
        if let Outcome::Fail(fault) = check(post) {
            findings.push(finding(rule, standing, fault));
        }
    }
    findings
}

fn finding(rule: &Rule, standing: Standing, fault: Fault) -> Finding {
    let is_error = standing.level == Level::Must && fault.only_advised.is_none();
    Finding {
        rule: Cow::Borrowed(rule.id),
        severity: if is_error { Severity::Error } else { Severity::Warning },
        basis: fault.only_advised.unwrap_or(standing.basis),
        message: fault.message,
        limit: fault.limit,
        actual: fault.actual,
        evidence: fault.evidence,
        remedy: fault.remedy,
        baseline: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::scenarios;

    #[test]
    fn a_file_passes_by_its_verdict_alone_as_by_its_findings() {
        let mut passed = [0, 0];
        for scenario in scenarios() {
            scenario.with_request(|request| {
                for profile in Profile::all_built_in() {
                    let context = Context::new(&scenario.facts, profile, request);
                    let docket = Docket::new(profile.limits(), context.category);
                    let is_pass = passes(&context, &docket, Selection::ALL);
                    assert_eq!(is_pass, judge(&context, &docket, Selection::ALL).verdict == Verdict::Pass);
                    passed[usize::from(is_pass)] += 1;
                }
            });
        }
        assert!(passed.iter().all(|count| *count > 100), "{passed:?}");
    }
}
