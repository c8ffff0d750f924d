//! Holds docs/rules.md to the rules: the page is generated.
//!
//! `UPDATE_DOCS=1 cargo test --test rules_page` writes it anew.

#![expect(clippy::disallowed_methods, reason = "a test has the file system")]

use std::fmt::Write;
use std::path::Path;

use media_preflight::profile::{LimitRow, Profile};
use media_preflight::rules;

#[test]
fn the_page_of_rules_is_the_one_that_is_generated() -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let page = page()?;
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page)?;
    }
    let committed = std::fs::read_to_string(&path)?;
    assert_eq!(committed, page, "docs/rules.md is out of date: UPDATE_DOCS=1 cargo test --test rules_page");
    Ok(())
}

fn page() -> Result<String, std::fmt::Error> {
    let rows = Profile::default().rows(None);
    let mut page = String::from(
        "# Rules\n\n\
         The limits are those of the default pack, `twitter`; `preflight limits` shows the pack in force, and\n\
         `preflight explain RULE` says all about a rule. This page is generated from the rules.\n",
    );
    for rule in rules::all() {
        let limits: Vec<&LimitRow> = rows.iter().filter(|row| row.rule == rule.id).collect();
        write!(page, "\n## {}\n\n{}\n\n", rule.id, rule.explanation().trim())?;
        for row in limits {
            let categories: Vec<&str> = row.categories.iter().map(|category| category.as_str()).collect();
            let (level, basis) = (row.level.as_str(), row.basis);
            writeln!(page, "- {level}: {} ({}; {basis}; {})", row.limit, categories.join(", "), row.source)?;
        }
    }
    Ok(page)
}
