//! The commands that speak to the server: `upload`, `uploads`, `media`, `subtitles`.

mod answer;
mod args;
mod bar;
mod connect;
mod dry_run;
mod gate;
mod job;
mod media;
mod receipts;
mod send;
mod subtitles;
mod uploads;
mod usage;
mod words;

pub(crate) use args::{MediaArgs, SubtitlesArgs, UploadArgs, UploadsArgs};
pub(crate) use media::run as run_media;
pub(crate) use send::run;
pub(crate) use subtitles::run as run_subtitles;
pub(crate) use uploads::run as run_uploads;
pub(crate) use usage::UploadUsage;
