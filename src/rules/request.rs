//! What is asked of one file besides its bytes.

use crate::profile::Category;
use crate::units::Duration;

/// What is asked of one file besides its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The file's name or path, for the extension. Absent: the extension is not checked.
    pub name: Option<&'a str>,
    /// The category it is sent under. Absent: derived from the content.
    pub category: Option<Category>,
    /// Alternative text that goes with it.
    pub alt_text: Option<&'a str>,
    /// For captions: duration of the video they belong to.
    pub video_duration: Option<Duration>,
    /// User ids that may also use the upload.
    pub additional_owners: &'a [String],
}
