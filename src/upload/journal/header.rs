//! What an upload is of and for: the first record of its journal, and its name.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::api::{UserId, Version};
use crate::profile::Category;
use crate::upload::hex::hexadecimal;
use crate::upload::{Moment, Stamp};

/// What an upload is of and for. No secret is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the journal; another one is not read.
    pub journal: u32,
    /// The version of the program that began the upload.
    pub program: String,
    /// When it was begun.
    pub began: Moment,
    /// What tells it from other uploads.
    #[serde(flatten)]
    pub subject: Subject,
    /// The path of the file itself, where its text in the subject is none that opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_path: Option<RawPath>,
    /// The state of the file that was checked and is sent.
    pub stamp: Stamp,
    /// MIME type.
    pub media_type: String,
    /// What else was asked for, so that another command can go on.
    #[serde(default)]
    pub wanted: Wanted,
}

/// What was asked for beside the upload itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The alternative text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// The subtitles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subtitles: Vec<WantedSubtitle>,
    /// Whether media travel as base64.
    #[serde(default)]
    pub base64: bool,
}

/// Subtitles of a video that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedSubtitle {
    /// BCP 47 tag, as it was typed.
    pub language: String,
    /// What viewers see.
    pub name: String,
    /// The file, as an absolute path; bytes that are not UTF-8 are written as `\xNN`.
    pub path: String,
    /// The path itself, where that text is none that opens the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_path: Option<RawPath>,
}

/// A path that is not UTF-8, in hexadecimal: JSON has text only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawPath(String);

impl RawPath {
    /// The path, where it is not UTF-8. Absent: its text is the path.
    pub fn of(path: &Path) -> Option<Self> {
        path.to_str().is_none().then(|| Self(hexadecimal(path.as_os_str().as_encoded_bytes())))
    }

    /// The path of a file of which this and the text are remembered.
    pub fn restored(raw: Option<&Self>, text: &str) -> PathBuf {
        raw.and_then(Self::path).unwrap_or_else(|| PathBuf::from(text))
    }

    #[cfg(unix)]
    fn path(&self) -> Option<PathBuf> {
        use std::os::unix::ffi::OsStringExt;

        let digits = self.0.as_bytes().chunks(2).map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok());
        Some(std::ffi::OsString::from_vec(digits.collect::<Option<_>>()?).into())
    }

    /// Elsewhere no bytes from a file may become a path.
    #[cfg(not(unix))]
    fn path(&self) -> Option<PathBuf> {
        None
    }
}

/// What tells one upload from another: the same file for the same use to the same place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The version of the API.
    pub api: Version,
    /// The server.
    pub endpoint: String,
    /// Whose upload it is: a user id, or a word for the kind of credentials.
    pub account: String,
    /// The file, as an absolute path; bytes that are not UTF-8 are written as `\xNN`.
    pub path: String,
    /// What the upload is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Other users who may use it, in order of their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_owners: Vec<UserId>,
    /// Whether it goes in one call.
    #[serde(default)]
    pub simple: bool,
}

impl Wanted {
    /// This, and where it leaves something open, what was asked for before.
    #[must_use]
    pub fn or(self, before: Option<&Self>) -> Self {
        let Some(before) = before else { return self };
        let subtitles = if self.subtitles.is_empty() { before.subtitles.clone() } else { self.subtitles };
        Self { alt_text: self.alt_text.or_else(|| before.alt_text.clone()), subtitles, ..self }
    }
}

impl Header {
    /// The version of the journal that is written.
    pub const VERSION: u32 = 1;
}

impl Subject {
    /// A name that other uploads do not have: 32 hexadecimal digits.
    pub fn name(&self) -> String {
        let mut digest = Sha256::new();
        let category = self.category.map_or("", Category::as_str);
        let owners: Vec<String> = self.additional_owners.iter().map(ToString::to_string).collect();
        let simple = if self.simple { "simple" } else { "" };
        for part in [self.api.as_str(), &self.endpoint, &self.account, &self.path, category, &owners.join(","), simple]
        {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        let mut name = hexadecimal(&digest.finalize());
        name.truncate(32);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf8_is_read_back() {
        use std::os::unix::ffi::OsStrExt;

        let path = Path::new(std::ffi::OsStr::from_bytes(b"/n\xff.mp4"));
        let raw = RawPath::of(path);
        let again: Option<RawPath> = serde_json::from_str(&serde_json::to_string(&raw).unwrap()).unwrap();
        assert_eq!(RawPath::restored(again.as_ref(), "/n\\xff.mp4"), path);
        assert_eq!(RawPath::of(Path::new("/a\\xff.mp4")), None);
        assert_eq!(RawPath::restored(None, "/a\\xff.mp4"), Path::new("/a\\xff.mp4"));
        assert_eq!(RawPath::restored(Some(&RawPath("zz".to_owned())), "/a"), Path::new("/a"));
    }

    #[test]
    fn whatever_differs_gives_another_name() {
        let subject = Subject {
            api: Version::V2,
            endpoint: "https://api.x.com".to_owned(),
            account: "1".to_owned(),
            path: "/a.mp4".to_owned(),
            category: Some(Category::TweetVideo),
            additional_owners: Vec::new(),
            simple: false,
        };
        let others = [
            Subject { api: Version::V1_1, ..subject.clone() },
            Subject { endpoint: "https://api.x.co".to_owned(), ..subject.clone() },
            Subject { account: "2".to_owned(), ..subject.clone() },
            Subject { path: "/b.mp4".to_owned(), ..subject.clone() },
            Subject { category: Some(Category::DmVideo), ..subject.clone() },
            Subject { category: None, ..subject.clone() },
            Subject { additional_owners: vec![UserId::new(7).unwrap()], ..subject.clone() },
            Subject { simple: true, ..subject.clone() },
        ];
        let mut names: Vec<String> = others.iter().map(Subject::name).collect();
        names.push(subject.name());
        assert!(names.iter().all(|name| name.len() == 32));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), others.len() + 1);
    }
}
