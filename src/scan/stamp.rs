//! What the file system says of a file's state.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// What tells one state of a file from another, as far as the file system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) size: u64,
    pub(crate) modified_seconds: i64,
    pub(crate) modified_nanoseconds: u32,
    pub(crate) inode: u64,
    pub(crate) device: u64,
}

impl Stamp {
    #[cfg(all(unix, any(feature = "watch", not(target_os = "linux"), test)))]
    pub(crate) fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            size: metadata.len(),
            modified_seconds: metadata.mtime(),
            modified_nanoseconds: u32::try_from(metadata.mtime_nsec()).unwrap_or(0),
            inode: metadata.ino(),
            device: metadata.dev(),
        }
    }

    /// The same of an open file; `None` where it is no regular one.
    ///
    /// A scan asks this of every file, so it is the leaner of the system's two calls.
    #[cfg(target_os = "linux")]
    pub(crate) fn of_open(file: &File) -> io::Result<Option<Self>> {
        Ok(Self::of_stat(&rustix::fs::fstat(file)?))
    }

    /// The same of an open file; `None` where it is no regular one.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn of_open(file: &File) -> io::Result<Option<Self>> {
        let metadata = file.metadata()?;
        Ok(metadata.is_file().then(|| Self::of(&metadata)))
    }

    /// The same of the file that a path leads to; `None` where it leads to no regular one.
    #[cfg(target_os = "linux")]
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        Self::of_stat(&rustix::fs::stat(path).ok()?)
    }

    /// The same of the file that a path leads to; `None` where it leads to no regular one.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok()?;
        metadata.is_file().then(|| Self::of(&metadata))
    }

    #[cfg(target_os = "linux")]
    #[allow(
        clippy::cast_lossless,
        clippy::cast_sign_loss,
        clippy::unnecessary_cast,
        reason = "the types of the fields differ among processors"
    )]
    pub(super) fn of_stat(stat: &rustix::fs::Stat) -> Option<Self> {
        rustix::fs::FileType::from_raw_mode(stat.st_mode).is_file().then(|| Self {
            size: stat.st_size as u64,
            modified_seconds: stat.st_mtime as i64,
            modified_nanoseconds: u32::try_from(stat.st_mtime_nsec).unwrap_or(0),
            inode: stat.st_ino as u64,
            device: stat.st_dev as u64,
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn of(metadata: &std::fs::Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        let modified = modified.unwrap_or_default();
        Self {
            size: metadata.len(),
            modified_seconds: i64::try_from(modified.as_secs()).unwrap_or(0),
            modified_nanoseconds: modified.subsec_nanos(),
            inode: 0,
            device: 0,
        }
    }

    /// Whether a change after `now` is sure to give another stamp.
    ///
    /// The clock of a file system ticks: a file that is written twice within a tick has the same time. Ticks are 10 ms or
    /// shorter where there are fractions of a second, and up to 2 s (FAT) where there are none.
    pub(crate) fn is_settled(&self, now: SystemTime) -> bool {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = i128::from(now.as_secs()) * 1_000_000_000 + i128::from(now.subsec_nanos());
        let modified = i128::from(self.modified_seconds) * 1_000_000_000 + i128::from(self.modified_nanoseconds);
        let tick = if self.modified_nanoseconds == 0 { 2_000_000_000 } else { 20_000_000 };
        now - modified > tick
    }
}

#[cfg(feature = "watch")]
impl Stamp {
    /// Whether the file was last written to at least `age` before `now`.
    pub(crate) fn is_older_than(&self, age: std::time::Duration, now: SystemTime) -> bool {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().saturating_sub(age);
        let now = (i64::try_from(now.as_secs()).unwrap_or(i64::MAX), now.subsec_nanos());
        (self.modified_seconds, self.modified_nanoseconds) <= now
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_stamp_is_settled_once_the_clock_has_moved_on() {
        let stamp = |seconds, nanoseconds| Stamp {
            size: 0,
            modified_seconds: seconds,
            modified_nanoseconds: nanoseconds,
            inode: 0,
            device: 0,
        };
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(10);
        assert!(stamp(9, 900_000_000).is_settled(now));
        assert!(!stamp(9, 990_000_000).is_settled(now));
        assert!(!stamp(8, 0).is_settled(now));
        assert!(stamp(7, 0).is_settled(now));
        assert!(!stamp(11, 1).is_settled(now), "a time to come says nothing");
        assert!(stamp(i64::MIN, 0).is_settled(now));
    }
}
