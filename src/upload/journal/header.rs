//! What an upload is of and for: the first record of its journal, and its name.

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
    /// The file, as an absolute path.
    pub path: String,
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
