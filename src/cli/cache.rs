//! `preflight cache`, and where the cache of scans is.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum, ValueHint};
use media_preflight::folders;
use media_preflight::scan::Cache;

use super::environment;
use super::failure::{Failure, Usage};
use super::note;
use super::terminal::Terminal;

#[derive(Debug, Args)]
pub(crate) struct CacheCommandArgs {
    /// What to do.
    #[arg(value_enum)]
    pub(crate) action: CacheAction,

    /// Folder of the cache [default: media-preflight in the user's folder for caches].
    #[arg(long, value_name = "DIR", env = environment::unless_empty("PREFLIGHT_CACHE_DIR"), hide_env_values = true)]
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) cache_dir: Option<PathBuf>,
}

/// What to do with the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CacheAction {
    /// Forget everything.
    Clear,
    /// Say how much is remembered.
    Stats,
    /// Print where it is.
    Path,
}

// What a scan remembers.
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Open every file, and remember nothing.
    #[arg(long, help_heading = CACHE)]
    pub(crate) no_cache: bool,

    /// Folder of the cache [default: media-preflight in the user's folder for caches].
    #[arg(long, value_name = "DIR", env = environment::unless_empty("PREFLIGHT_CACHE_DIR"), hide_env_values = true)]
    #[arg(value_hint = ValueHint::DirPath, help_heading = CACHE)]
    pub(crate) cache_dir: Option<PathBuf>,
}

/// Clears the cache, or says where it is and what it holds.
pub(crate) fn run(args: &CacheCommandArgs) -> Result<ExitCode, Failure> {
    let folder = args.cache_dir.clone().or_else(folders::cache).ok_or(Usage::NoCacheFolder)?;
    let path = Cache::file_in(&folder);
    let mut output = Terminal::output();
    match args.action {
        CacheAction::Path => writeln!(output, "{}", path.display()),
        CacheAction::Clear => {
            let was_there = Cache::clear(&folder).map_err(|cause| Failure::Write { path: path.clone(), cause })?;
            writeln!(output, "{} {}", if was_there { "removed" } else { "there is no" }, path.display())
        }
        CacheAction::Stats => match Cache::stats(&folder) {
            Ok(Some(stats)) => writeln!(
                output,
                "{}\n{} files remembered, {} reports, {} bytes",
                path.display(),
                stats.files,
                stats.reports,
                stats.bytes
            ),
            Ok(None) => writeln!(output, "there is no {}", path.display()),
            Err(why) => return Err(Failure::Cache { path, why }),
        },
    }
    .and_then(|()| output.flush())
    .map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}

/// The cache that the arguments ask for, where it can be used.
pub(crate) fn open(args: &CacheArgs) -> Option<Cache> {
    if args.no_cache {
        return None;
    }
    let opening = Cache::open(&args.cache_dir.clone().or_else(folders::cache)?);
    if let Some(why) = opening.note {
        note(&why);
    }
    opening.cache
}

const CACHE: &str = "Cache";
