//! From what a file is to what it should be: what to do in which order and with which command, and whether what came of it is
//! still the same.
//!
//! All of it is part of the core: no file system, no clock, no process. What runs ffmpeg is elsewhere.
//!
//! ```
//! use media_preflight::transcode::plan::{self, Options};
//! use media_preflight::{Checker, Profile, Request};
//!
//! let checker = Checker::new(Profile::default());
//! let request = Request { name: Some("clip.mp4"), ..Request::default() };
//! let report = checker.check_bytes(b"", &request);
//! let plan = plan::plan(&report, checker.profile(), &Options::default());
//! // An empty file holds nothing that could be mended, and the plan says so.
//! assert!(plan.steps.is_empty());
//! assert_eq!(plan.refused[0].rule, "empty-file");
//! ```

pub mod captions;
pub mod compare;
pub mod ffmpeg;
#[cfg(feature = "fix")]
pub mod image;
pub mod ladder;
pub mod plan;
pub mod quality;
