//! Holds the tree to "who may use whom" of CONTRIBUTING.md: a module may name only the modules below it.

#![allow(clippy::disallowed_methods, reason = "tests and benchmarks read files; the core does not")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each top-level module with all that it may use. A module that is not listed fails the test.
const MAY_USE: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("input", &["units"]),
    ("facts", &["units"]),
    ("syntax", &["units", "input", "facts"]),
    ("profile", &["units", "facts"]),
    ("finding", &["units", "facts", "profile"]),
    ("rules", &["units", "facts", "profile", "finding"]),
    ("deep", &["units", "input", "facts"]),
    ("config", &["profile", "finding", "rules"]),
    ("baseline", &["finding"]),
    ("check", &["units", "input", "syntax", "facts", "profile", "finding", "rules", "deep"]),
    ("folders", &[]),
    ("api", &["units", "profile"]),
    ("emulator", &["units", "input", "facts", "profile", "finding", "check", "api"]),
    ("upload", &["units", "input", "facts", "profile", "finding", "check", "api", "folders"]),
    ("transcode", &["units", "facts", "profile", "finding", "rules"]),
    ("report", &["units", "facts", "profile", "finding", "rules", "transcode"]),
    ("fix", &["units", "input", "syntax", "facts", "profile", "finding", "check", "report", "transcode"]),
    ("scan", &["units", "input", "facts", "profile", "finding", "rules", "check", "report"]),
    (
        "cli",
        &[
            "api",
            "folders",
            "upload",
            "fix",
            "transcode",
            "config",
            "units",
            "input",
            "syntax",
            "facts",
            "profile",
            "finding",
            "rules",
            "check",
            "report",
        ],
    ),
];

/// Folders of the core: no file system, threads, clock or network (`input/file.rs` apart).
const CORE: &[&str] =
    &["api", "config", "units", "input", "facts", "syntax", "profile", "finding", "rules", "check", "transcode"];

#[test]
fn every_module_uses_only_the_modules_below_it() {
    let mut faults = Vec::new();
    for (module, file, text) in sources() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            faults.push(format!("{}: module {module} has no place in MAY_USE", file.display()));
            continue;
        };
        for used in uses_of(&text) {
            if used != module && !allowed.contains(&used.as_str()) {
                faults.push(format!("{}: {module} may not use {used}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_core_has_no_file_system_threads_clock_or_network() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::thread",
        "std::time::Instant",
        "std::time::SystemTime",
        "std::process",
        "std::env",
    ];
    let mut faults = Vec::new();
    for (module, file, text) in sources() {
        if !CORE.contains(&module.as_str()) || file.ends_with("input/file.rs") {
            continue;
        }
        let code = without_tests_and_comments(&text);
        for name in forbidden {
            if code.contains(name) && !gated_behind_fs(&code, name) {
                faults.push(format!("{}: uses {name}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_check_itself_sees_uses() {
    let text = "use crate::rules::{all};\nfn f() { crate::finding::X; }\n// crate::cli\n#[cfg(test)]\nmod tests { use crate::check; }";
    assert_eq!(uses_of(text), BTreeSet::from(["rules".to_owned(), "finding".to_owned()]));
    assert_eq!(
        uses_of("use crate::{cli, finding::{A, B}, units as u};"),
        ["cli", "finding", "units"].map(String::from).into()
    );
}

/// The top-level module, path and text of every source file below src, bar lib.rs, main.rs and tests that have a file of
/// their own.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.ends_with("tests.rs") {
                continue;
            }
            let relative = path.strip_prefix(&root).unwrap().to_path_buf();
            let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
            let module = first.trim_end_matches(".rs").to_owned();
            if relative.extension().is_some_and(|extension| extension == "rs") && module != "lib" && module != "main" {
                found.push((module, relative, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 20, "the sources were not found");
    found
}

/// The crate's modules that the code names by a `crate::` path, tests and comments left out.
fn uses_of(text: &str) -> BTreeSet<String> {
    let code = without_tests_and_comments(text);
    let mut used = BTreeSet::new();
    for (index, _) in code.match_indices("crate::") {
        let rest = &code[index + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => used.extend(heads_of_list(list)),
            None => used.extend(head(rest)),
        }
    }
    used
}

/// The first names of the entries of a braced use list.
fn heads_of_list(list: &str) -> Vec<String> {
    let mut depth = 1;
    let mut entries = vec![String::new()];
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => entries.push(String::new()),
            _ if depth == 1 => entries.last_mut().unwrap().push(character),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    entries.iter().filter_map(|entry| head(entry.trim())).collect()
}

/// The module that a path begins with; `None` for types re-exported at the root, which begin with a capital.
fn head(path: &str) -> Option<String> {
    let name: String = path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    name.chars().next().is_some_and(char::is_lowercase).then_some(name)
}

/// The code before the tests, which stand last in each file, without line comments.
fn without_tests_and_comments(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Whether every mention of `name` stands in an item behind the feature `fs`.
fn gated_behind_fs(code: &str, name: &str) -> bool {
    code.contains("feature = \"fs\"") && name == "std::fs"
}
