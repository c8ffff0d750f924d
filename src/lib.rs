//! Looks at a video, GIF, image or subtitle file and says, in milliseconds and without decoding it, whether the
//! platform will take it, exactly why not, and how to mend it.
//!
//! # Check a file before posting it
//!
//! ```
//! use media_preflight::{Checker, Profile, Request, Verdict};
//!
//! // Build a checker once; it may be shared by threads.
//! let checker = Checker::new(Profile::default());
//!
//! let report = checker.check_bytes(b"GIF89a\x01\x00\x01\x00\x00\x00\x00", &Request::default());
//! assert_eq!(report.verdict, Verdict::Fail);
//! for finding in &report.findings {
//!     println!("{}: {} (limit {}, actual {})", finding.rule, finding.message, finding.limit, finding.actual);
//! }
//! ```
//!
//! A file is [`Verdict::Pass`], [`Verdict::Fail`] or [`Verdict::Undecided`]. Undecided means that something a rule needs
//! could not be learnt; it is never a pass.
//!
//! # From facts to findings
//!
//! Three steps, each of use alone:
//!
//! 1. [`inspect`] reads the structure of a file into [`facts::Facts`]: every value with the offset it was read at, as
//!    exact integers and ratios. Damage in a file is data ([`facts::Anomaly`]), never an error.
//! 2. A [`Profile`] is a rule pack: limits with their level, basis and source, from TOML. Five are built in.
//! 3. [`Checker::judge`] holds facts against the pack by the [`rules`] and yields a [`FileReport`].
//!
//! ```
//! use media_preflight::facts::Format;
//! use media_preflight::input::Limits;
//! use media_preflight::{Checker, Profile, Request, inspect};
//!
//! let captions: &[u8] = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n";
//! let facts = inspect(&captions, Limits::default())?;
//! assert_eq!(facts.format, Format::Srt);
//! let checker = Checker::new(Profile::built_in("twitter-2026").unwrap_or_default());
//! assert!(checker.judge(facts, &Request::default()).findings.is_empty());
//! # Ok::<(), media_preflight::input::SourceError>(())
//! ```
//!
//! # Where bytes come from
//!
//! Anything that implements [`input::Source`]: byte slices, and with the feature `fs` files by path
//! (`Checker::check_path`). Only headers, tables and the heads of coded pictures are read. What a file may cost is bounded by
//! [`input::Limits`], whatever the file says of itself.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | (none) | the pure core: no file system, threads, clock, network or unsafe code |
//! | `fs` | files by path |
//! | `config` | the configuration of a folder of media, from `preflight.toml` |
//! | `deep` | full decoding of images and GIFs, to find damage that headers do not show |
//! | `fix` | carrying out plans: ffmpeg as a child, images and captions in process |
//! | `report` | reports for people and as JSON |
//! | `api` | the upload API on the wire: requests, answers, errors, signatures |
//! | `upload` | uploads of what passed: in segments, journalled, resumable |
//! | `keyring` | credentials of uploads from the keyring of the system |
//! | `schema` | the JSON schema of the report |
//! | `cli` (default) | the command `preflight`, and all of the above but `keyring` |

#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::similar_names,
        clippy::trivially_copy_pass_by_ref,
        reason = "tests build small structures by hand"
    )
)]

#[cfg(feature = "api")]
pub mod api;
#[cfg(feature = "report")]
pub mod baseline;
mod check;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "deep")]
mod deep;
#[cfg(feature = "emulator")]
pub mod emulator;
pub mod facts;
pub mod finding;
#[cfg(feature = "fix")]
pub mod fix;
#[cfg(any(feature = "upload", feature = "cli"))]
pub mod folders;
pub mod input;
pub mod profile;
pub mod report;
pub mod rules;
#[cfg(feature = "scan")]
pub mod scan;
mod syntax;
pub mod transcode;
pub mod units;
#[cfg(feature = "upload")]
pub mod upload;

pub use check::{Checker, Request};
pub use finding::{FileReport, Finding, Severity, Verdict};
pub use profile::{Category, Profile};
pub use syntax::{inspect, inspect_with};
