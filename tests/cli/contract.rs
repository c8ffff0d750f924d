//! The answer for machines: its shape and its schema.

use std::fs;
use std::path::Path;

use media_preflight::report::RunReport;
use serde_json::Value;

use super::{code, json, preflight, sample, stderr, stdout};

#[test]
fn the_answer_is_one_object_in_one_known_shape() {
    let answer = json(Path::new("."), &[&sample("gif-351-frames.gif"), &sample("photo.jpg")]);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&answer), ["files", "pack", "program_version", "schema_version", "summary"]);
    assert_eq!(answer["schema_version"], 1);
    assert_eq!(answer["program_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(answer["pack"], "twitter");
    for key in ["path", "media_type", "category", "size", "verdict", "findings", "undecided", "facts"] {
        assert!(answer["files"][0].get(key).is_some(), "{key}");
    }
    for key in ["files", "passed", "failed", "undecided", "unreadable", "errors", "warnings"] {
        assert!(answer["summary"][key].is_u64(), "{key}");
    }
}

#[test]
fn the_answer_reads_back_as_what_it_was() {
    let output = preflight().args(["check", "--format", "json", "--post"]).arg(sample("")).output().unwrap();
    let text = stdout(&output);
    let report: RunReport = serde_json::from_str(&text).unwrap();
    assert!(report.files.len() > 20, "{}", report.files.len());
    assert_eq!(serde_json::to_value(&report).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
    assert!(text.ends_with("}\n"), "{text}");
}

#[test]
fn the_post_is_there_only_where_it_was_asked_for() {
    let photo = sample("photo.jpg");
    assert!(json(Path::new("."), &[&photo]).get("post").is_none());
    assert!(json(Path::new("."), &["--post", &photo])["post"]["findings"].is_array());
}

#[test]
fn the_committed_schema_is_the_one_that_is_printed() {
    let output = preflight().arg("schema").output().unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/report-1.json");
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(&committed, &output.stdout).unwrap();
    }
    assert!(
        fs::read_to_string(&committed).unwrap() == stdout(&output),
        "docs/schema/report-1.json differs; run: cargo run -- schema > docs/schema/report-1.json"
    );
}

#[test]
fn every_field_of_an_answer_is_in_the_schema() {
    let schema: Value = serde_json::from_slice(&preflight().arg("schema").output().unwrap().stdout).unwrap();
    let answer = json(Path::new("."), &["--post", &sample(""), "missing"]);
    check(&schema, &schema, &answer, "answer").unwrap();
    // The check itself must see what is wrong.
    let mut wrong = answer.clone();
    wrong["summary"]["files"] = "many".into();
    assert!(check(&schema, &schema, &wrong, "answer").is_err());
    let mut wrong = answer;
    wrong["files"][0]["verdict"] = "maybe".into();
    assert!(check(&schema, &schema, &wrong, "answer").is_err());
}

/// Holds a value against the words of JSON Schema that the generated schema uses.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if schema == &Value::Bool(true) {
        return Ok(());
    }
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.strip_prefix('#').unwrap()).ok_or_else(|| format!("{at}: no {name}"))?;
        check(root, target, value, at)?;
    }
    for (word, wanted) in [("anyOf", 1..=usize::MAX), ("oneOf", 1..=1)] {
        if let Some(options) = schema[word].as_array() {
            let results: Vec<_> = options.iter().map(|option| check(root, option, value, at)).collect();
            let fitting = results.iter().filter(|result| result.is_ok()).count();
            if !wanted.contains(&fitting) {
                return Err(format!("{at}: {fitting} of {word} fit: {results:?}"));
            }
        }
    }
    if let Some(constant) = schema.get("const")
        && constant != value
    {
        return Err(format!("{at}: {value} is not {constant}"));
    }
    if let Some(allowed) = schema["enum"].as_array()
        && !allowed.contains(value)
    {
        return Err(format!("{at}: {value} is not one of {allowed:?}"));
    }
    if let Some(kinds) = schema.get("type") {
        let kinds = kinds.as_array().cloned().unwrap_or_else(|| vec![kinds.clone()]);
        let is = |kind: &Value| match kind.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_u64() || value.is_i64(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("the schema uses type {other}"),
        };
        if !kinds.iter().any(is) {
            return Err(format!("{at}: {value} is none of {kinds:?}"));
        }
    }
    if let Some(fields) = value.as_object() {
        for required in schema["required"].as_array().into_iter().flatten() {
            if !fields.contains_key(required.as_str().unwrap()) {
                return Err(format!("{at}: no {required}"));
            }
        }
        if let Some(properties) = schema["properties"].as_object() {
            for (name, field) in fields {
                // A field that a tag adds stands in the branches of oneOf.
                if let Some(property) = properties.get(name) {
                    check(root, property, field, &format!("{at}.{name}"))?;
                } else if schema.get("oneOf").is_none() && schema.get("anyOf").is_none() {
                    return Err(format!("{at}: the schema does not know {name}"));
                }
            }
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        if let Some(items) = schema.get("items") {
            check(root, items, item, &format!("{at}[{index}]"))?;
        }
    }
    Ok(())
}

#[test]
fn facts_are_given_as_json() {
    let output = preflight().args(["facts", "--format", "json"]).arg(sample("photo.jpg")).output().unwrap();
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["facts"]["format"], "jpeg");
    let of_check = json(Path::new("."), &[&sample("photo.jpg")]);
    assert_eq!(answer["facts"], of_check["files"][0]["facts"]);
}
