//! The paths of the API, both those of the documents and older ones that are still in use.

use super::{MediaId, Method, Version};

/// A path of the API with its method, as a server finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// Whose path it is.
    pub version: Version,
    /// What is asked there.
    pub call: RouteCall,
}

/// What is asked at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouteCall {
    /// POST: the parameter `command` says what (INIT, APPEND, FINALIZE); without one it is a simple upload. Both versions.
    Upload,
    /// GET: `command=STATUS`. Both versions.
    Status,
    /// v2: begin.
    Initialize,
    /// v2: one segment; `None` where the path names no identifier.
    Append(Option<MediaId>),
    /// v2: end; `None` where the path names no identifier.
    Finalize(Option<MediaId>),
    /// The alternative text.
    Metadata,
    /// Attach subtitles.
    SubtitlesCreate,
    /// Take subtitles off.
    SubtitlesDelete,
}

/// Where v1.1 takes uploads.
pub(super) const V1_UPLOAD: &str = "/1.1/media/upload.json";
/// Where v1.1 takes alternative texts.
pub(super) const V1_METADATA: &str = "/1.1/media/metadata/create.json";
/// Where v1.1 attaches subtitles.
pub(super) const V1_SUBTITLES_CREATE: &str = "/1.1/media/subtitles/create.json";
/// Where v1.1 takes subtitles off.
pub(super) const V1_SUBTITLES_DELETE: &str = "/1.1/media/subtitles/delete.json";
/// Where v2 takes uploads; segments and their end stand below.
pub(super) const V2_UPLOAD: &str = "/2/media/upload";
/// Where v2 begins uploads.
pub(super) const V2_INITIALIZE: &str = "/2/media/upload/initialize";
/// Where v2 takes alternative texts.
pub(super) const V2_METADATA: &str = "/2/media/metadata";
/// Where v2 attaches subtitles and takes them off.
pub(super) const V2_SUBTITLES: &str = "/2/media/subtitles";

impl Route {
    /// The route of a method and a path without its query; `None` where the API has none.
    pub fn of(method: Method, path: &str) -> Option<Self> {
        use Method::{Delete, Get, Post};
        use RouteCall::{Initialize, Metadata, Status, SubtitlesCreate, SubtitlesDelete, Upload};
        let (version, call) = match (method, path) {
            (Post, V1_UPLOAD) => (Version::V1_1, Upload),
            (Get, V1_UPLOAD) => (Version::V1_1, Status),
            (Post, V1_METADATA) => (Version::V1_1, Metadata),
            (Post, V1_SUBTITLES_CREATE) => (Version::V1_1, SubtitlesCreate),
            (Post, V1_SUBTITLES_DELETE) => (Version::V1_1, SubtitlesDelete),
            (Post, V2_UPLOAD) => (Version::V2, Upload),
            (Get, V2_UPLOAD) => (Version::V2, Status),
            (Post, V2_INITIALIZE) => (Version::V2, Initialize),
            (Post, V2_METADATA | "/2/media/metadata/create") => (Version::V2, Metadata),
            (Post, V2_SUBTITLES | "/2/media/subtitles/create") => (Version::V2, SubtitlesCreate),
            (Delete, V2_SUBTITLES) | (Post | Delete, "/2/media/subtitles/delete") => (Version::V2, SubtitlesDelete),
            (Post, path) => (Version::V2, below_upload(path)?),
            _ => return None,
        };
        Some(Self { version, call })
    }

    /// Whether the path is one of the API's, with whatever method.
    pub fn is_path(path: &str) -> bool {
        [Method::Get, Method::Post, Method::Delete].into_iter().any(|method| Self::of(method, path).is_some())
    }
}

/// The call of a path `/2/media/upload/ID/append` or `/finalize`.
fn below_upload(path: &str) -> Option<RouteCall> {
    let (id, call) = path.strip_prefix(V2_UPLOAD)?.strip_prefix('/')?.split_once('/')?;
    let id = id.parse().ok();
    match call {
        "append" => Some(RouteCall::Append(id)),
        "finalize" => Some(RouteCall::Finalize(id)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_paths_lead_to_the_same_calls() {
        for (method, path, version, call) in [
            (Method::Post, "/2/media/metadata/create", Version::V2, RouteCall::Metadata),
            (Method::Post, "/2/media/subtitles/create", Version::V2, RouteCall::SubtitlesCreate),
            (Method::Post, "/2/media/subtitles/delete", Version::V2, RouteCall::SubtitlesDelete),
            (Method::Delete, "/2/media/subtitles", Version::V2, RouteCall::SubtitlesDelete),
            (Method::Post, "/2/media/upload", Version::V2, RouteCall::Upload),
            (Method::Post, "/1.1/media/upload.json", Version::V1_1, RouteCall::Upload),
            (Method::Post, "/2/media/upload/7/append", Version::V2, RouteCall::Append(MediaId::new(7))),
            (Method::Post, "/2/media/upload/x/finalize", Version::V2, RouteCall::Finalize(None)),
        ] {
            assert_eq!(Route::of(method, path), Some(Route { version, call }), "{path}");
        }
        for path in ["/", "/2/media/upload/", "/2/media/upload/7", "/2/media/upload/7/append/", "/1.1/media/upload"] {
            assert_eq!(Route::of(Method::Post, path), None, "{path}");
            assert!(!Route::is_path(path));
        }
        assert!(Route::is_path("/2/media/subtitles/delete"));
    }
}
