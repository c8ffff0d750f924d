//! Tests over the list of rules itself.

use std::collections::BTreeSet;

use super::outcome::Outcome;
use super::testing::Scenario;
use super::{Check, all, find, nearest};
use crate::profile::Profile;

#[test]
fn every_rule_is_explained_in_four_parts() {
    for rule in all() {
        let text = rule.explanation();
        for part in ["**What it checks.** ", "**Why it matters.** ", "**How to fix it.** ", "**Basis.** "] {
            assert!(text.contains(part), "{} has no part {part}", rule.id);
        }
        assert!(!text.contains("//!") && text.len() < 3000, "{}", rule.id);
        assert!(!rule.summary.ends_with('.') && rule.summary.len() < 100, "{}", rule.id);
    }
}

#[test]
fn every_rule_is_in_a_built_in_pack_and_every_limit_has_a_rule() {
    let rules: Vec<&str> = all().iter().map(|rule| rule.id).collect();
    let of = |pack: &Profile| pack.rows(None).iter().map(|row| row.rule).collect::<BTreeSet<&str>>();
    let limits: BTreeSet<&str> = Profile::all_built_in().flat_map(of).collect();
    assert_eq!(rules.iter().copied().collect::<BTreeSet<_>>(), limits);
    // What only another platform has is no rule of the default pack.
    let elsewhere: Vec<&str> = rules.iter().copied().filter(|rule| !of(&Profile::default()).contains(rule)).collect();
    assert_eq!(elsewhere, ["image-pixel-budget", "video-pixel-budget"]);
    assert_eq!(rules.iter().collect::<BTreeSet<_>>().len(), rules.len());
    assert!(rules.len() <= 64, "a selection has one bit a rule");
}

#[test]
fn a_rule_refuses_by_its_own_limit_and_those_that_packs_are_compared_by() {
    // Those of `alike`, and those that decide no more than whether a value that is taken is near its limit.
    let shared = ["video_codec", "audio_codec", "subtitle_type", "frame_rate_too_high"];
    let near = [("dimensions-too-large", "resolution_recommended"), ("frame-rate-too-high", "frame_rate_recommended")];
    for rule in all() {
        let code = rule.source.split("#[cfg(test)]").next().unwrap_or_default();
        for named in code.split("limits.").skip(1) {
            let field = named.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
            let is_own = field.replace('_', "-") == rule.id;
            assert!(is_own || shared.contains(&field) || near.contains(&(rule.id, field)), "{}: {field}", rule.id);
        }
        for named in code.split("context.profile").skip(1) {
            assert!(named.starts_with(".renditions()") || named.starts_with(".nearest_rendition("), "{}", rule.id);
        }
    }
}

#[test]
fn every_rule_passes_and_fails_the_cases_of_its_file() {
    for rule in all() {
        let case = |kind: &str, number: usize| format!("{}: {kind} case {number}", rule.id);
        let cases = rule.cases;
        let sample = (cases.sample)().run(rule);
        assert!(matches!(sample, Ok(Outcome::Pass | Outcome::NotApplicable)), "{}: the sample: {sample:?}", rule.id);
        assert!(!cases.fail.is_empty() || rule.id == "budget-exceeded", "{} has no failing case", rule.id);
        assert!(!cases.pass.is_empty(), "{} has no passing case", rule.id);
        for (number, change) in cases.pass.iter().enumerate() {
            let outcome = changed(cases.sample, *change).run(rule);
            assert!(
                matches!(outcome, Ok(Outcome::Pass | Outcome::Near(_))),
                "{}: {outcome:?}",
                case("passing", number)
            );
        }
        for (number, (change, limit, actual)) in cases.fail.iter().enumerate() {
            let faults = changed(cases.sample, *change).faults(rule);
            let fault = &faults[0];
            assert_eq!(fault.limit.to_string(), *limit, "{}", case("failing", number));
            assert_eq!(fault.actual.to_string(), *actual, "{}", case("failing", number));
            for sentence in faults.iter().flat_map(|fault| [fault.message.as_str(), fault.remedy.as_ref()]) {
                assert!(sentence.len() > 10, "{}: {sentence:?}", case("failing", number));
                assert!(
                    sentence.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()),
                    "{}: {sentence:?}",
                    case("failing", number)
                );
                assert!(
                    !sentence.ends_with('.') && !sentence.contains("  "),
                    "{}: {sentence:?}",
                    case("failing", number)
                );
            }
        }
        for (number, change) in cases.undecided.iter().enumerate() {
            let outcome = changed(cases.sample, *change).run(rule);
            assert!(outcome.is_err(), "{}: {outcome:?}", case("undecided", number));
        }
        for (number, change) in cases.skip.iter().enumerate() {
            let outcome = changed(cases.sample, *change).run(rule);
            assert!(matches!(outcome, Ok(Outcome::NotApplicable)), "{}: {outcome:?}", case("skipped", number));
        }
    }
}

fn changed(sample: fn() -> Scenario, change: fn(&mut Scenario)) -> Scenario {
    let mut scenario = sample();
    change(&mut scenario);
    scenario
}

#[test]
fn every_rule_is_quiet_about_files_that_are_all_that_is_recommended() {
    for sample in [Scenario::movie, Scenario::jpeg, Scenario::gif, Scenario::srt] {
        for rule in all().iter().filter(|rule| !matches!(rule.check, Check::Post(_))) {
            let outcome = sample().run(rule);
            assert!(matches!(outcome, Ok(Outcome::Pass | Outcome::NotApplicable)), "{}: {outcome:?}", rule.id);
        }
    }
}

#[test]
fn a_rule_is_found_by_its_identifier_or_nearly() {
    assert_eq!(find("open-gop").unwrap().id, "open-gop");
    assert!(find("open_gop").is_none());
    assert_eq!(nearest("open_gop"), Some("open-gop"));
    assert_eq!(nearest("framerate-to-high"), Some("frame-rate-too-high"));
    assert_eq!(nearest("zzz"), None);
}
