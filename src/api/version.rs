//! The two versions of the API, and what they call the categories.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::profile::Category;

/// A version of the upload API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Version {
    /// v1.1, of `upload.twitter.com`. It passed its announced sunset; code and proxies still speak it.
    #[serde(rename = "1.1")]
    V1_1,
    /// v2, of `api.x.com`.
    #[serde(rename = "2")]
    V2,
}

impl Version {
    /// The version as in paths: `1.1` or `2`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_1 => "1.1",
            Self::V2 => "2",
        }
    }

    /// The service's own address for the version, without a path.
    pub const fn service(self) -> &'static str {
        match self {
            Self::V1_1 => "https://upload.twitter.com",
            Self::V2 => "https://api.x.com",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no version of the upload API; the versions are 2 and 1.1")]
pub struct UnknownVersion(pub String);

impl FromStr for Version {
    type Err = UnknownVersion;

    /// Reads `2` or `1.1`, also with a `v` in front.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim_start_matches(['v', 'V']) {
            "1.1" => Ok(Self::V1_1),
            "2" => Ok(Self::V2),
            _ => Err(UnknownVersion(text.to_owned())),
        }
    }
}

/// The `media_category` of an upload, such as `tweet_video`. Both versions write it alike.
pub const fn wire_category(category: Category, version: Version) -> &'static str {
    match version {
        Version::V1_1 | Version::V2 => category.as_str(),
    }
}

/// The `media_category` of a call about the subtitles of a video, which is written otherwise than that of an upload:
/// `TweetVideo`. `None` where the category is of no video of a post.
pub const fn subtitles_category(category: Category) -> Option<&'static str> {
    match category {
        Category::TweetVideo => Some("TweetVideo"),
        Category::AmplifyVideo => Some("AmplifyVideo"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_written() {
        for version in [Version::V1_1, Version::V2] {
            assert_eq!(version.to_string().parse(), Ok(version));
            assert_eq!(format!("v{version}").parse(), Ok(version));
            let json = serde_json::to_string(&version).unwrap();
            assert_eq!(json, format!("\"{version}\""));
            assert_eq!(serde_json::from_str::<Version>(&json).unwrap(), version);
        }
        assert_eq!("3".parse::<Version>(), Err(UnknownVersion("3".to_owned())));
    }

    #[test]
    fn categories_on_the_wire_are_read_back() {
        for category in Category::ALL {
            assert_eq!(wire_category(category, Version::V2).parse(), Ok(category));
            if let Some(name) = subtitles_category(category) {
                assert_eq!(name.parse(), Ok(category));
            }
        }
    }
}
