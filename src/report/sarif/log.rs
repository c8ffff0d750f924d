//! The objects of a SARIF log, each named as its section of the standard names it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::finding::Severity;
use crate::profile::Level;
use crate::rules;
use crate::transcode::compare;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) semantic_version: &'a str,
    pub(super) rules: &'a [Descriptor],
    pub(super) properties: DriverProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct DriverProperties<'a> {
    pub(super) pack: &'a str,
}

/// A rule (3.49).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    pub(super) id: &'static str,
    pub(super) short_description: Message,
    pub(super) full_description: Message,
    pub(super) help: Help,
    pub(super) default_configuration: Configuration,
}

impl Descriptor {
    pub(super) fn new(rule: &rules::Rule, level: Option<Level>) -> Self {
        let explanation = rule.explanation();
        let first = explanation.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        Self {
            id: rule.id,
            short_description: Message::new(rule.summary),
            full_description: Message::new(&first),
            help: Help { text: doubled(&explanation), markdown: doubled(&explanation) },
            default_configuration: Configuration {
                level: if level == Some(Level::Must) { Severity::Error } else { Severity::Warning }.as_str(),
                enabled: level != Some(Level::Off),
            },
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Help {
    pub(super) text: String,
    pub(super) markdown: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Configuration {
    pub(super) level: &'static str,
    pub(super) enabled: bool,
}

impl Descriptor {
    /// A row of a comparison, which is no rule of a pack.
    pub(super) fn of_row(row: &compare::Row) -> Self {
        let help = format!("Compares whether {}. Tolerance: {}. {}", row.summary, row.tolerance, row.remedy);
        Self {
            id: row.id,
            short_description: Message::new(row.summary),
            full_description: Message::new(&format!("{}; tolerance: {}", row.summary, row.tolerance)),
            help: Help { text: doubled(&help), markdown: doubled(&help) },
            default_configuration: Configuration { level: row.severity.as_str(), enabled: true },
        }
    }
}

/// A message (3.11).
#[derive(Debug, Serialize)]
pub(super) struct Message {
    pub(super) text: String,
}

impl Message {
    pub(super) fn new(text: &str) -> Self {
        Self { text: doubled(text) }
    }
}

/// A result (3.27).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult<'a> {
    pub(super) rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    pub(super) kind: &'static str,
    pub(super) level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) baseline_state: Option<&'static str>,
    pub(super) message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Location>,
    pub(super) partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<ResultProperties>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultProperties {
    pub(super) basis: &'static str,
    pub(super) limit: String,
    pub(super) actual: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) media_type: Option<String>,
}

/// A location (3.28).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    pub(super) physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logical_locations: Option<[LogicalLocation; 1]>,
}

impl Location {
    pub(super) fn of(path: &str) -> Self {
        let artifact_location = ArtifactLocation::of(path);
        Self { physical_location: PhysicalLocation { artifact_location, region: None }, logical_locations: None }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub(super) artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region>,
}

/// Where an artifact is (3.4): its URI reference, percent-encoded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uri_base_id: Option<&'static str>,
}

impl ArtifactLocation {
    pub(super) fn of(path: &str) -> Self {
        if path.starts_with('/') {
            return Self { uri: format!("file://{}", encoded(path)), uri_base_id: None };
        }
        Self { uri: encoded(relative(path)), uri_base_id: Some(ROOT) }
    }
}

/// A region of binary content (3.30.4): it has no lines.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) byte_offset: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation {
    pub(super) fully_qualified_name: String,
}

#[derive(Serialize)]
pub(super) struct UriBase {
    pub(super) description: Message,
}

/// What happened as the command ran (3.20).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: bool,
    pub(super) exit_code: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_execution_notifications: Vec<Notification>,
}

#[derive(Debug, Serialize)]
pub(super) struct Notification {
    pub(super) level: &'static str,
    pub(super) message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Location>,
}

/// A text in which braces stand for themselves and not for arguments (3.11.5).
fn doubled(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// A relative path without the steps that lead nowhere.
fn relative(path: &str) -> &str {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path
}

/// A path as the path of a URI reference (RFC 3986): slashes stay, and of the rest what is unreserved.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => {
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

/// What stays the same while a finding does: rule, path and actual value, as a number of 128 bits.
pub(super) fn fingerprint(rule: &str, path: Option<&str>, actual: &str) -> BTreeMap<&'static str, String> {
    let path = path.map(relative).unwrap_or_default();
    let mut hash = FNV_OFFSET;
    // No part holds the byte 0 but as the path of a file system that none has, so the parts stay apart.
    for byte in [rule, "\0", path, "\0", actual].iter().flat_map(|part| part.bytes()) {
        hash = (hash ^ u128::from(byte)).wrapping_mul(FNV_PRIME);
    }
    BTreeMap::from([(FINGERPRINT, format!("{hash:032x}"))])
}

/// The folder to which paths are relative, by the name that code hosts look for.
pub(super) const ROOT: &str = "%SRCROOT%";
/// The name of the fingerprint, with the version of what goes into it.
const FINGERPRINT: &str = "rulePathActual/v1";
/// FNV-1a of 128 bits.
const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn a_fingerprint_changes_with_rule_path_and_value_alone() {
        let of = |rule, path, actual| fingerprint(rule, Some(path), actual).remove(FINGERPRINT).unwrap();
        let one = of("open-gop", "a.mp4", "1");
        assert_eq!(one, of("open-gop", "./a.mp4", "1"));
        assert_eq!(one, "425699ae61b41b22d3abaa3448d6bb47");
        for other in [of("open-go", "pa.mp4", "1"), of("open-gop", "b.mp4", "1"), of("open-gop", "a.mp4", "2")] {
            assert_ne!(one, other);
        }
    }

    proptest! {
        #[test]
        fn any_path_is_a_uri_that_is_read_back(path in any::<String>()) {
            let ArtifactLocation { uri, uri_base_id } = ArtifactLocation::of(&path);
            prop_assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%:".contains(&byte)), "{}", uri);
            let bytes = uri.strip_prefix("file://").unwrap_or(&uri).as_bytes();
            let mut read = Vec::new();
            let mut rest = bytes;
            while let Some((&first, after)) = rest.split_first() {
                rest = after;
                if first == b'%' {
                    read.push(u8::from_str_radix(std::str::from_utf8(&rest[..2]).unwrap(), 16).unwrap());
                    rest = &rest[2..];
                } else {
                    read.push(first);
                }
            }
            prop_assert_eq!(String::from_utf8(read).unwrap(), relative(&path));
            prop_assert_eq!(uri_base_id.is_none(), path.starts_with('/'));
        }
    }
}
