//! `preflight cache`, and where the cache of scans is.

use std::io::Write;
use std::process::ExitCode;

use media_preflight::folders;
use media_preflight::scan::Cache;

use super::args::{CacheAction, CacheArgs, CacheCommandArgs};
use super::failure::{Failure, Usage};
use super::note;
use super::terminal::Terminal;

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
