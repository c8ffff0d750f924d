//! Holds docs/fixes.md to the plans for the failing cases of every rule: the part below its last rule is generated.
//!
//! `UPDATE_DOCS=1 cargo test --lib golden` writes it anew.

#![expect(clippy::disallowed_methods, reason = "a test reads the page that it holds to the plans")]

use std::path::Path;

use super::predict::Predicted;
use super::tests::report;
use super::*;
use crate::check::Checker;
use crate::rules::testing::Scenario;
use crate::rules::{self, Request};
use crate::transcode::ffmpeg::{Files, commands, sh};

#[test]
fn the_page_of_fixes_shows_the_plans() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fixes.md");
    let committed = std::fs::read_to_string(&path).unwrap();
    let (prose, _) = committed.split_once(MARK).unwrap();
    let page = format!("{prose}{MARK}{}", cases());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == page, "docs/fixes.md is out of date: UPDATE_DOCS=1 cargo test --lib golden");
}

/// Where the generated part begins.
const MARK: &str = "<!-- What follows is generated. -->\n";

fn cases() -> String {
    let mut page = String::new();
    for rule in rules::all() {
        page.push_str(&format!("\n### {}\n\n| before | plan | after |\n|---|---|---|\n", rule.id));
        let mut rows: Vec<String> = Vec::new();
        let mut command = None;
        for (change, limit, actual) in rule.cases.fail {
            let mut scenario = (rule.cases.sample)();
            change(&mut scenario);
            let before = format!("{actual}; {limit} is allowed");
            let (plan, after, shown) = worked(rule.id, &scenario);
            let row = format!("| {} | {} | {} |\n", cell(&before), cell(&plan), cell(&after));
            if !rows.contains(&row) {
                rows.push(row);
            }
            command = command.or(shown);
        }
        if rows.is_empty() {
            for change in rule.cases.undecided {
                let mut scenario = (rule.cases.sample)();
                change(&mut scenario);
                let open = planned(&scenario).undecided.into_iter().find(|open| open.rule == rule.id);
                let open = open.map_or_else(String::new, |open| format!("decided by {}", open.decided_by));
                rows.push(format!("| undecided | none; {} | undecided |\n", cell(&open)));
            }
        }
        page.push_str(&rows.concat());
        if let Some(command) = command {
            page.push_str(&format!("\n```sh\n{command}\n```\n"));
        }
    }
    page
}

fn planned(scenario: &Scenario) -> Plan {
    let (report, profile) = report(scenario);
    plan(&report, &profile, &Options::default())
}

/// The plan, what comes of it, and the first command.
fn worked(rule: &str, scenario: &Scenario) -> (String, String, Option<String>) {
    let (report, profile) = report(scenario);
    let mut options = Options::default();
    let mut plan = plan(&report, &profile, &options);
    let mut asked = "";
    let is_left = plan.left.iter().any(|left| left.rule == rule);
    if is_left && plan.steps.is_empty() {
        options.warnings = true;
        let more = super::plan(&report, &profile, &options);
        if !more.steps.is_empty() {
            plan = more;
            asked = "with `--warnings`: ";
        }
    }
    let actions: Vec<&Action> = plan.actions().collect();
    let steps: Vec<String> = plan.actions().map(ToString::to_string).collect();
    let refused: Vec<&str> =
        plan.refused.iter().filter(|obstacle| obstacle.rule == rule).map(|obstacle| obstacle.why.as_str()).collect();
    let left = plan.left.iter().find(|left| left.rule == rule);
    let said = match (steps.is_empty(), refused.first(), left) {
        (_, Some(why), _) => format!("none. {why}"),
        (false, None, _) => format!("{asked}{}", steps.join("; then ")),
        (true, None, Some(left)) => format!("none: {}", left.why),
        (true, None, None) => "none. It is about the post and not about the file".to_owned(),
    };
    let predicted = Predicted::after(&report, &profile, &actions);
    let request = Request { name: predicted.name.as_deref(), category: predicted.category, ..Request::default() };
    let after = Checker::new(profile.clone()).judge(predicted.facts.clone(), &request);
    let (input, output) = ("INPUT", format!("OUTPUT.{}", plan.extension));
    let files = Files { input: Path::new(input), output: Path::new(&output), pass_log: Path::new("OUTPUT.pass") };
    let command = commands(&plan, &report.facts).into_iter().next().map(|command| {
        let words = command.arguments(&files);
        sh(std::iter::once("ffmpeg".to_owned()).chain(words.iter().map(|word| word.to_string_lossy().into_owned())))
    });
    let verdict = if refused.is_empty() { after.verdict.as_str() } else { report.verdict.as_str() };
    let is_made = actions.iter().any(|action| action.writes());
    // What the predicted facts leave open is decided when the result is checked.
    let verdict = if verdict == "undecided" && is_made { "what the check of the result says" } else { verdict };
    (said, verdict.to_owned(), command.filter(|_| refused.is_empty()))
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;")
}
