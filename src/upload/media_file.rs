//! The file that is sent: opened once, looked at again and again, so that no change of it goes unseen.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::hex::hexadecimal;
use super::record::Stored;

/// What tells one state of a file from another, as far as the file system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// When it was last written to, in seconds since 1970; 0 where the system does not say.
    pub modified_seconds: u64,
    /// The rest of that in nanoseconds.
    pub modified_nanoseconds: u32,
}

/// An open regular file in the state in which it was opened.
#[derive(Debug)]
pub struct MediaFile {
    file: File,
    stamp: Stamp,
    /// When the system last noted any change of the file or of what it says of it, which nobody can set back.
    noted: Noted,
}

/// What one reading of a whole file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDigest {
    /// SHA-256 in hexadecimal: what `sha256sum` prints.
    pub sha256: String,
    /// CRC-32 of stretches of the file, by their offset and length.
    stretches: BTreeMap<(u64, u64), u32>,
}

impl Stamp {
    /// The state that the system tells.
    pub fn of(metadata: &Metadata) -> Self {
        let modified =
            metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        Self {
            size: metadata.len(),
            modified_seconds: modified.as_secs(),
            modified_nanoseconds: modified.subsec_nanos(),
        }
    }
}

impl MediaFile {
    /// Opens the file at `path`. What is no regular file is refused.
    pub fn open(path: &Path) -> io::Result<Self> {
        // Opening a FIFO blocks until somebody writes to it, so the kind is asked first.
        if !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        Ok(Self { stamp: Stamp::of(&metadata), noted: noted(&metadata), file })
    }

    /// Another handle of the same open file.
    pub fn try_clone(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// The state in which it was opened.
    pub const fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// What has changed since it was opened, in words. Absent: nothing that the file system tells.
    pub fn change(&self) -> Option<String> {
        match self.file.metadata() {
            Err(error) => Some(format!("its state cannot be read any more: {error}")),
            Ok(metadata) => {
                let now = Stamp::of(&metadata);
                if now.size != self.stamp.size {
                    Some(format!("it had {} bytes, and has {}", self.stamp.size, now.size))
                } else if now != self.stamp {
                    Some("it was written to since it was checked".to_owned())
                } else {
                    None
                }
            }
        }
    }

    /// Fills `buffer` with the bytes at `offset`; fewer where the file ends there.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        loop {
            match read_at(&self.file, buffer, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    /// Reads the whole file once. `stretches` are offsets and lengths of which the check sums are kept, in order and without
    /// overlap; `go_on` is asked again and again. Absent: it said no.
    pub fn digest(&self, stretches: &[(u64, u64)], go_on: &dyn Fn() -> bool) -> io::Result<Option<FileDigest>> {
        let mut digest = Sha256::new();
        let mut sums = BTreeMap::new();
        let mut buffer = vec![0; PORTION];
        let mut offset = 0;
        let mut ahead = stretches.iter().copied();
        let mut current = ahead.next();
        let mut sum = crc32fast::Hasher::new();
        while go_on() {
            let count = self.read_at(&mut buffer, offset)?;
            let mut bytes = buffer.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                let sha256 = hexadecimal(&digest.finalize());
                return Ok(Some(FileDigest { sha256, stretches: sums }));
            }
            digest.update(bytes);
            while let Some((start, length)) = current {
                let end = start.saturating_add(length);
                let before = start.saturating_sub(offset);
                let Some(inside) = usize::try_from(before).ok().and_then(|before| bytes.get(before..)) else { break };
                let from = offset.saturating_add(before);
                let wanted = usize::try_from(end.saturating_sub(from)).unwrap_or(usize::MAX).min(inside.len());
                let (mine, rest) = inside.split_at(wanted);
                sum.update(mine);
                offset = from.saturating_add(wanted as u64);
                bytes = rest;
                if offset < end {
                    break;
                }
                sums.insert((start, length), std::mem::take(&mut sum).finalize());
                current = ahead.next();
            }
            offset = offset.saturating_add(bytes.len() as u64);
        }
        Ok(None)
    }

    /// What differs between what was sent and what `digest` read, in words. Absent: nothing.
    pub fn difference(&self, digest: &FileDigest, sent: impl Iterator<Item = Stored>) -> io::Result<Option<String>> {
        for stored in sent {
            let stretch = (stored.offset, stored.length);
            let now = match digest.stretches.get(&stretch) {
                Some(sum) => Some(*sum),
                None => self.checksum(stretch)?,
            };
            if now != Some(stored.crc32) {
                let end = stored.offset.saturating_add(stored.length);
                return Ok(Some(format!("its bytes from {} to {end} are not those that were sent", stored.offset)));
            }
        }
        if let Some(change) = self.change() {
            return Ok(Some(change));
        }
        // It may have been written to and its time set back, or only renamed: its content decides.
        if noted(&self.file.metadata()?) != self.noted
            && self.digest(&[], &|| true)?.is_none_or(|now| now.sha256 != digest.sha256)
        {
            return Ok(Some("it was written to since it was checked, and its time was set back".to_owned()));
        }
        Ok(None)
    }

    /// Whether the file has what was sent, where it was sent from.
    pub fn holds(&self, mut sent: impl Iterator<Item = Stored>) -> io::Result<bool> {
        sent.try_fold(true, |holds, stored| {
            Ok(holds && self.checksum((stored.offset, stored.length))? == Some(stored.crc32))
        })
    }

    /// CRC-32 of a stretch. Absent: the file ends before.
    fn checksum(&self, (mut offset, mut left): (u64, u64)) -> io::Result<Option<u32>> {
        let mut sum = crc32fast::Hasher::new();
        let mut buffer = vec![0; PORTION];
        while left > 0 {
            let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(PORTION);
            let count = self.read_at(buffer.get_mut(..wanted).unwrap_or_default(), offset)?;
            if count == 0 {
                return Ok(None);
            }
            sum.update(buffer.get(..count).unwrap_or_default());
            offset = offset.saturating_add(count as u64);
            left = left.saturating_sub(count as u64);
        }
        Ok(Some(sum.finalize()))
    }
}

/// Seconds and nanoseconds of the last change that the system noted.
type Noted = (i64, i64);

#[cfg(unix)]
fn noted(metadata: &Metadata) -> Noted {
    use std::os::unix::fs::MetadataExt;

    (metadata.ctime(), metadata.ctime_nsec())
}

/// There the system does not tell.
#[cfg(not(unix))]
const fn noted(_: &Metadata) -> Noted {
    (0, 0)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Bytes that are read at once.
const PORTION: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn file(bytes: &[u8]) -> (tempfile::TempDir, MediaFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, bytes).unwrap();
        let file = MediaFile::open(&path).unwrap();
        (folder, file)
    }

    fn stored(index: u16, offset: u64, length: u64, crc32: u32) -> Stored {
        Stored { index, offset, length, crc32 }
    }

    #[test]
    fn check_sums_of_stretches_are_those_of_their_bytes() {
        let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| (number / 7) as u8).collect();
        let (_folder, file) = file(&bytes);
        for chunk in [1000, 262_144, 300_000, 999_999, 1_000_000, 2_000_000] {
            let stretches: Vec<(u64, u64)> = (0..1_000_000_u64.div_ceil(chunk))
                .map(|number| (number * chunk, chunk.min(1_000_000 - number * chunk)))
                .collect();
            let digest = file.digest(&stretches, &|| true).unwrap().unwrap();
            assert_eq!(digest.stretches.len(), stretches.len());
            for (offset, length) in stretches {
                let part = &bytes[offset as usize..(offset + length) as usize];
                assert_eq!(digest.stretches[&(offset, length)], crc32fast::hash(part), "{chunk} {offset}");
                assert_eq!(file.checksum((offset, length)).unwrap(), Some(crc32fast::hash(part)));
            }
        }
    }

    #[test]
    fn stretches_may_leave_gaps() {
        let (_folder, file) = file(b"0123456789");
        let digest = file.digest(&[(1, 2), (5, 3)], &|| true).unwrap().unwrap();
        assert_eq!(digest.stretches, [((1, 2), crc32fast::hash(b"12")), ((5, 3), crc32fast::hash(b"567"))].into());
        assert_eq!(digest.sha256, "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882");
        assert_eq!(file.digest(&[], &|| false).unwrap(), None);
    }

    #[test]
    fn every_change_is_seen() {
        let (folder, file) = file(b"0123456789");
        let path = folder.path().join("file");
        let digest = file.digest(&[(0, 4)], &|| true).unwrap().unwrap();
        let sent = [stored(0, 0, 4, crc32fast::hash(b"0123")), stored(1, 4, 2, crc32fast::hash(b"45"))];
        assert_eq!(file.difference(&digest, sent.into_iter()).unwrap(), None);
        let other = [stored(0, 0, 4, crc32fast::hash(b"0124"))];
        assert!(file.difference(&digest, other.into_iter()).unwrap().unwrap().contains("from 0 to 4"));
        assert!(file.holds(sent.into_iter()).unwrap() && !file.holds(other.into_iter()).unwrap());
        let other = [stored(1, 8, 4, 0)];
        assert!(file.difference(&digest, other.into_iter()).unwrap().unwrap().contains("from 8 to 12"));
        // A new name is no change.
        fs::rename(&path, folder.path().join("renamed")).unwrap();
        fs::rename(folder.path().join("renamed"), &path).unwrap();
        assert_eq!(file.difference(&digest, sent.into_iter()).unwrap(), None);
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let writer = fs::OpenOptions::new().write(true).open(&path).unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::FileExt::write_all_at(&writer, b"x", 9).unwrap();
            writer.set_modified(modified).unwrap();
            assert!(file.difference(&digest, sent.into_iter()).unwrap().unwrap().contains("its time was set back"));
        }
        writer.set_len(9).unwrap();
        assert_eq!(file.change().unwrap(), "it had 10 bytes, and has 9");
        assert!(MediaFile::open(folder.path()).is_err());
    }
}
