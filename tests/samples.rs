//! Holds the program to `samples/source/expected.toml`: verdict, errors, warnings and undecided rules of every sample.

#![cfg(feature = "fs")]
#![expect(clippy::disallowed_methods, reason = "a test has the file system")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use media_preflight::input::FileSource;
use media_preflight::{Checker, Profile, Request, Severity};

/// What one sample must be told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Expected {
    verdict: String,
    errors: Vec<String>,
    warnings: Vec<String>,
    undecided: Vec<String>,
}

#[test]
fn every_sample_gets_its_verdict() -> Result<(), Box<dyn Error>> {
    let expected = table()?;
    let checker = Checker::new(Profile::default());
    let mut wrong = Vec::new();
    for (name, expected) in &expected {
        let source = FileSource::open(&directory().join(name)).map_err(|error| format!("{name}: {error}"))?;
        let report = checker.check(&source, &Request { name: Some(name), ..Request::default() })?;
        let rules = |severity| {
            let findings = report.findings.iter().filter(|finding| finding.severity == severity);
            distinct(findings.map(|finding| finding.rule.to_string()))
        };
        let actual = Expected {
            verdict: report.verdict.as_str().to_owned(),
            errors: rules(Severity::Error),
            warnings: rules(Severity::Warning),
            undecided: distinct(report.undecided.iter().map(|undecided| undecided.rule.to_string())),
        };
        if actual != *expected {
            wrong.push(format!(
                "{name}:\n  expected {expected:?}\n  actual   {actual:?}\n  findings {:?}",
                report.findings
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} samples:\n{}", wrong.len(), expected.len(), wrong.join("\n"));
    Ok(())
}

#[test]
fn every_sample_is_in_the_table_and_small() -> Result<(), Box<dyn Error>> {
    let expected = table()?;
    let mut bytes = 0;
    for entry in std::fs::read_dir(directory())? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| format!("{} is not UTF-8", name.display()))?;
        assert!(name == "source" || expected.contains_key(&name), "{name} is not in samples/source/expected.toml");
        bytes += entry.metadata()?.len();
    }
    assert!(bytes < 3 << 20, "samples/ holds {bytes} bytes");
    Ok(())
}

fn table() -> Result<BTreeMap<String, Expected>, Box<dyn Error>> {
    let text = std::fs::read_to_string(directory().join("source/expected.toml"))?;
    let samples = DeTable::parse(&text).map_err(|error| error.to_string())?;
    samples
        .into_inner()
        .into_iter()
        .map(|(name, sample)| Ok((name.into_inner().into_owned(), row(sample.get_ref())?)))
        .collect()
}

fn row(sample: &DeValue<'_>) -> Result<Expected, Box<dyn Error>> {
    let mut expected = Expected::default();
    for (key, value) in sample.as_table().ok_or("a sample is not a table")? {
        let value = value.get_ref();
        let texts =
            || value.as_array().into_iter().flatten().filter_map(|text| Some(text.get_ref().as_str()?.to_owned()));
        match key.get_ref().as_ref() {
            "shows" => {}
            "verdict" => value.as_str().ok_or("a verdict is not a text")?.clone_into(&mut expected.verdict),
            "errors" => expected.errors = texts().collect(),
            "warnings" => expected.warnings = texts().collect(),
            "undecided" => expected.undecided = texts().collect(),
            other => return Err(format!("{other} is no column of samples/source/expected.toml").into()),
        }
    }
    Ok(expected)
}

fn directory() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/samples"))
}

fn distinct(rules: impl Iterator<Item = String>) -> Vec<String> {
    let mut rules: Vec<_> = rules.collect();
    rules.sort();
    rules.dedup();
    rules
}
