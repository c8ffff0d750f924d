//! What happens to an upload, one record for each step that must not be forgotten.

use serde::{Deserialize, Serialize};

use super::journal::Wanted;
use super::moment::Moment;
use super::plan::FollowUp;
use crate::api::{MediaId, MediaKey};

/// One step of an upload, written down before the next call goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// The server has given an id.
    Initialized {
        /// The id.
        id: MediaId,
        /// Its key, where the server said one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<MediaKey>,
        /// When it expires. Absent: the server did not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Moment>,
        /// Bytes of a segment.
        chunk: u64,
    },
    /// The server has taken segments.
    Acknowledged {
        /// Which ones.
        segments: Vec<Stored>,
        /// When the id expires now. Absent: as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Moment>,
    },
    /// Segments are smaller from here on, since the server found the others too large.
    Recut {
        /// The first segment of the new size.
        first: u16,
        /// Where in the file it begins.
        offset: u64,
        /// Bytes of a segment.
        chunk: u64,
    },
    /// Every segment is taken, the file is still the one that was sent, and FINALIZE is about to go out.
    Finalizing {
        /// SHA-256 of the file, in hexadecimal.
        sha256: String,
    },
    /// The server has the file and looks at it.
    Processing {
        /// When the id expires now. Absent: as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires: Option<Moment>,
    },
    /// The upload is done.
    Finished(Uploaded),
    /// Something that comes after the upload is done.
    Followed {
        /// What.
        done: FollowUp,
    },
    /// A later command asks for something else beside the upload than the one that began it.
    Wanted(Wanted),
    /// The id is given up: what comes next is another INIT.
    GivenUp {
        /// The reason, in one sentence.
        why: String,
        /// Bytes of a segment from now on. Absent: as the plan says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chunk: Option<u64>,
    },
}

/// A segment that the server has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Its number.
    pub index: u16,
    /// Offset of its first byte in the file.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// CRC-32 of what was sent.
    pub crc32: u32,
}

/// An upload that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// The id, for the post.
    pub id: MediaId,
    /// Its key, where the server said one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<MediaKey>,
    /// When it expires. Absent: the server did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Moment>,
}
