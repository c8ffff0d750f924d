//! What a server answers, both versions in one.

use std::fmt;

use super::{MediaId, MediaKey};

/// The answer to a request that was accepted. Each field is what the server said; most calls say few of them, and several
/// (APPEND, alternative texts and subtitles of v1.1) say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The upload.
    pub id: Option<MediaId>,
    /// What other calls name it by.
    pub media_key: Option<MediaKey>,
    /// The size of the whole file in bytes.
    pub size: Option<u64>,
    /// Until when it has to be sent, or used.
    pub expires: Option<Expiry>,
    /// What the server read of an image.
    pub image: Option<Image>,
    /// What the server read of a video.
    pub video: Option<Video>,
    /// How the processing goes. Where FINALIZE does not say, the upload is ready for use.
    pub processing: Option<ProcessingInfo>,
    /// Whether subtitles were taken off (v2).
    pub deleted: Option<bool>,
}

/// When an upload expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// So many seconds after the answer.
    AfterSecs(u64),
    /// At this time, in seconds since 1970.
    At(u64),
}

/// What a server read of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// MIME type, such as `image/jpeg`.
    pub image_type: Option<String>,
    /// Width in pixels.
    pub width: Option<u64>,
    /// Height in pixels.
    pub height: Option<u64>,
}

/// What a server read of a video.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Video {
    /// MIME type, such as `video/mp4`.
    pub video_type: Option<String>,
}

/// How the processing of an upload goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessingInfo {
    /// How far it is.
    pub state: State,
    /// After how many seconds to ask again; it may be missing though the end is not reached.
    pub check_after_secs: Option<u64>,
    /// How much is done, from 0 to 100; no replacement for the state.
    pub progress_percent: Option<u8>,
    /// What is wrong. It may stand beside `in_progress`, and ends the processing all the same.
    pub error: Option<ProcessingError>,
}

/// How far the processing is: pending, in progress, then succeeded or failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Pending,
    /// Begun.
    InProgress,
    /// The upload is ready for use.
    Succeeded,
    /// The upload is of no use.
    Failed,
    /// A word that the documents do not have.
    Other(String),
}

/// Why the processing failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessingError {
    /// The number of the error: 1 is `InvalidMedia`, 3 `UnsupportedMedia`.
    pub code: Option<u64>,
    /// Its name.
    pub name: Option<String>,
    /// What the server says of it.
    pub message: Option<String>,
}

impl ProcessingInfo {
    /// Whether the processing has come to its end, one way or the other.
    pub const fn is_over(&self) -> bool {
        self.error.is_some() || matches!(self.state, State::Succeeded | State::Failed)
    }

    /// Whether the upload is of no use: it failed, or there is an error whatever the state says.
    pub const fn has_failed(&self) -> bool {
        self.error.is_some() || matches!(self.state, State::Failed)
    }
}

impl State {
    /// The state as on the wire, such as `in_progress`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }
}

impl From<&str> for State {
    fn from(word: &str) -> Self {
        match word {
            "pending" => Self::Pending,
            "in_progress" => Self::InProgress,
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ProcessingError {
    /// The server's own words: `Unsupported video format (InvalidMedia, code 1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.as_deref().unwrap_or("no message"))?;
        match (&self.name, self.code) {
            (Some(name), Some(code)) => write!(f, " ({name}, code {code})"),
            (Some(name), None) => write!(f, " ({name})"),
            (None, Some(code)) => write!(f, " (code {code})"),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_ends_the_processing_whatever_the_state_says() {
        let mut info =
            ProcessingInfo { state: State::InProgress, check_after_secs: Some(5), progress_percent: None, error: None };
        assert!(!info.is_over());
        info.error = Some(ProcessingError::default());
        assert!(info.is_over() && info.has_failed());
        info = ProcessingInfo { state: State::Succeeded, error: None, ..info };
        assert!(info.is_over() && !info.has_failed());
    }

    #[test]
    fn errors_are_shown_in_the_servers_words() {
        let error = |code, name: Option<&str>, message: Option<&str>| {
            ProcessingError { code, name: name.map(str::to_owned), message: message.map(str::to_owned) }.to_string()
        };
        let text = "Unsupported video format";
        assert_eq!(error(Some(1), Some("InvalidMedia"), Some(text)), format!("{text} (InvalidMedia, code 1)"));
        assert_eq!(error(Some(3), None, None), "no message (code 3)");
        assert_eq!(error(None, None, Some(text)), text);
    }
}
