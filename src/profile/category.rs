//! The media categories of the upload API.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What an upload is for; the platform's `media_category`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Category {
    /// A photo of a post.
    TweetImage,
    /// The video of a post.
    TweetVideo,
    /// The animated GIF of a post.
    TweetGif,
    /// A photo of a direct message.
    DmImage,
    /// The video of a direct message.
    DmVideo,
    /// The animated GIF of a direct message.
    DmGif,
    /// A video for promotion.
    AmplifyVideo,
    /// Captions of a video.
    Subtitles,
}

/// The content that a category takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// Still images.
    Image,
    /// Animated GIFs.
    Gif,
    /// Videos.
    Video,
    /// Captions.
    Captions,
}

impl Category {
    /// All categories, in the order of the documents.
    pub const ALL: [Self; 8] = [
        Self::TweetImage,
        Self::TweetVideo,
        Self::TweetGif,
        Self::DmImage,
        Self::DmVideo,
        Self::DmGif,
        Self::AmplifyVideo,
        Self::Subtitles,
    ];

    /// The category as the documents write it, such as `tweet_video`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TweetImage => "tweet_image",
            Self::TweetVideo => "tweet_video",
            Self::TweetGif => "tweet_gif",
            Self::DmImage => "dm_image",
            Self::DmVideo => "dm_video",
            Self::DmGif => "dm_gif",
            Self::AmplifyVideo => "amplify_video",
            Self::Subtitles => "subtitles",
        }
    }

    /// The content that the category takes.
    pub const fn takes(self) -> Use {
        match self {
            Self::TweetImage | Self::DmImage => Use::Image,
            Self::TweetGif | Self::DmGif => Use::Gif,
            Self::TweetVideo | Self::DmVideo | Self::AmplifyVideo => Use::Video,
            Self::Subtitles => Use::Captions,
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no category.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no media category; the categories are tweet_image, tweet_video, tweet_gif, dm_image, dm_video, dm_gif, amplify_video and subtitles"
)]
pub struct UnknownCategory(pub String);

impl FromStr for Category {
    type Err = UnknownCategory;

    /// Reads a category in any spelling that real clients use: case and underscores are ignored, so `TweetVideo` is
    /// `tweet_video`; `amplify` is `amplify_video`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain: String = text.chars().filter(|&c| c != '_' && c != '-').map(|c| c.to_ascii_lowercase()).collect();
        if plain == "amplify" {
            return Ok(Self::AmplifyVideo);
        }
        Self::ALL
            .into_iter()
            .find(|category| category.as_str().replace('_', "") == plain)
            .ok_or_else(|| UnknownCategory(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_real_clients_is_read() {
        for (text, category) in [
            ("tweet_video", Category::TweetVideo),
            ("TweetVideo", Category::TweetVideo),
            ("SUBTITLES", Category::Subtitles),
            ("Subtitles", Category::Subtitles),
            ("amplify", Category::AmplifyVideo),
            ("DM_GIF", Category::DmGif),
        ] {
            assert_eq!(text.parse(), Ok(category));
        }
        assert!("tweet".parse::<Category>().is_err());
    }
}
