//! Uploads on disk.
//!
//! ```text
//! incoming/N               media that arrive; nothing of it outlives the program
//! uploads/ID/meta.json     what is known of an unfinished upload
//! uploads/ID/0000.segment  its segments, by index
//! uploads/ID/content       its whole content, once it is made of them
//! media/ID/meta.json       a finished upload
//! media/ID/content         its content
//! ```
//!
//! Every file gets its name when it is whole, and a finished upload moves in one step.

#![allow(clippy::disallowed_methods, reason = "this is where the server keeps its files")]

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Spool, Store};
use crate::api::MediaId;
use crate::emulator::LAST_SEGMENT;
use crate::emulator::upload::{Phase, Upload};
use crate::input::{FileSource, Source};

/// Uploads in a folder.
#[derive(Clone, Debug)]
pub struct DiskStore {
    root: Arc<Path>,
    next: Arc<AtomicU64>,
    /// Held until the last clone is dropped; the system lets go of it when the program is killed.
    _lock: Arc<File>,
}

/// Media that arrive, in a file that is removed unless it is kept.
#[derive(Debug)]
pub struct DiskSpool {
    file: File,
    path: PathBuf,
    length: u64,
    kept: bool,
}

impl DiskStore {
    /// Uploads in the folder `root`, which is made where it is missing.
    ///
    /// Errors: what the system says, or [`io::ErrorKind::ResourceBusy`] where another program has it open.
    pub fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let lock = Arc::new(lock(&root.join(LOCK))?);
        let store = Self { root: Arc::from(root), next: Arc::new(AtomicU64::new(0)), _lock: lock };
        let incoming = store.root.join(INCOMING);
        // What an earlier run was receiving when it ended.
        match fs::remove_dir_all(&incoming) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        for folder in [INCOMING, UPLOADS, MEDIA] {
            fs::create_dir_all(store.root.join(folder))?;
        }
        Ok(store)
    }

    /// The folder of all.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn unfinished(&self, id: MediaId) -> PathBuf {
        self.root.join(UPLOADS).join(id.to_string())
    }

    fn finished(&self, id: MediaId) -> PathBuf {
        self.root.join(MEDIA).join(id.to_string())
    }

    /// The folder where an upload is now.
    fn folder(&self, id: MediaId) -> PathBuf {
        let finished = self.finished(id);
        if finished.is_dir() { finished } else { self.unfinished(id) }
    }

    fn fresh_path(&self) -> PathBuf {
        self.root.join(INCOMING).join(self.next.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// Writes a file under another name first, so that it is whole or not there.
    fn write_whole(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let fresh = self.fresh_path();
        fs::write(&fresh, bytes)?;
        fs::rename(&fresh, path)
    }

    /// Reads one unfinished upload; `None` where its folder holds none that can be read.
    fn load_unfinished(&self, folder: &Path) -> io::Result<Option<Upload>> {
        let Some(mut upload) = read_meta(folder)? else {
            // It was being begun.
            fs::remove_dir_all(folder)?;
            return Ok(None);
        };
        if matches!(upload.phase, Phase::Succeeded | Phase::Failed) {
            // It was being moved.
            fs::rename(folder, self.finished(upload.id))?;
            return Ok(Some(upload));
        }
        if upload.phase == Phase::Receiving {
            for index in 0..=LAST_SEGMENT {
                match fs::metadata(folder.join(segment_name(index))) {
                    Ok(metadata) => {
                        upload.segments.insert(index, metadata.len());
                    }
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(Some(upload))
    }
}

impl Store for DiskStore {
    type Spool = DiskSpool;

    fn spool(&self) -> io::Result<DiskSpool> {
        let path = self.fresh_path();
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok(DiskSpool { file, path, length: 0, kept: false })
    }

    fn load(&self) -> io::Result<Vec<Upload>> {
        let mut uploads = Vec::new();
        for folder in folders(&self.root.join(UPLOADS))? {
            uploads.extend(self.load_unfinished(&folder)?);
        }
        for folder in folders(&self.root.join(MEDIA))? {
            uploads.extend(read_meta(&folder)?);
        }
        uploads.sort_by_key(|upload| upload.id);
        uploads.dedup_by_key(|upload| upload.id);
        Ok(uploads)
    }

    fn save(&self, upload: &Upload) -> io::Result<()> {
        let folder = self.folder(upload.id);
        fs::create_dir_all(&folder)?;
        let mut json = serde_json::to_vec_pretty(upload)?;
        json.push(b'\n');
        self.write_whole(&folder.join(META), &json)
    }

    fn keep(&self, id: MediaId, index: u16, spool: DiskSpool) -> io::Result<()> {
        spool.keep(&self.unfinished(id).join(segment_name(index)))
    }

    fn keep_whole(&self, id: MediaId, spool: DiskSpool) -> io::Result<()> {
        spool.keep(&self.unfinished(id).join(CONTENT))
    }

    fn assemble(&self, upload: &Upload) -> io::Result<()> {
        let folder = self.unfinished(upload.id);
        let content = folder.join(CONTENT);
        if !content.is_file() {
            fs::rename(join_segments(&folder, &upload.segments)?, &content)?;
        }
        for index in upload.segments.keys() {
            match fs::remove_file(folder.join(segment_name(*index))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn content(&self, id: MediaId) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(FileSource::open(&self.folder(id).join(CONTENT))?))
    }

    fn finish(&self, upload: &Upload) -> io::Result<()> {
        self.save(upload)?;
        let finished = self.finished(upload.id);
        if finished.is_dir() { Ok(()) } else { fs::rename(self.unfinished(upload.id), finished) }
    }

    fn forget(&self, id: MediaId) -> io::Result<()> {
        match fs::remove_dir_all(self.unfinished(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl DiskSpool {
    fn keep(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for DiskSpool {
    fn drop(&mut self) {
        if !self.kept {
            // Where it cannot be removed now, the next start does it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Write for DiskSpool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.length = self.length.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Spool for DiskSpool {
    fn length(&self) -> u64 {
        self.length
    }
}

/// Opens a file that one program has at a time.
fn lock(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    #[cfg(unix)]
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).map_err(|error| match error {
        rustix::io::Errno::WOULDBLOCK => io::Error::new(io::ErrorKind::ResourceBusy, "another server is using it"),
        other => other.into(),
    })?;
    Ok(file)
}

/// Makes one file of the segments in a folder, by adding the others to the first. An earlier try may have begun.
fn join_segments(folder: &Path, segments: &BTreeMap<u16, u64>) -> io::Result<PathBuf> {
    let part = folder.join(PART);
    let mut segments = segments.iter();
    let (first, length) = segments.next().ok_or(io::ErrorKind::NotFound)?;
    if !part.is_file() {
        fs::rename(folder.join(segment_name(*first)), &part)?;
    }
    let mut whole = OpenOptions::new().write(true).open(&part)?;
    whole.set_len(*length)?;
    whole.seek(SeekFrom::End(0))?;
    for (index, length) in segments {
        let mut segment = File::open(folder.join(segment_name(*index)))?;
        if io::copy(&mut segment, &mut whole)? != *length {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("segment {index} has another length")));
        }
    }
    Ok(part)
}

/// The folders directly in a folder.
fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// What is known of the upload in a folder; `None` where nothing is, as after a kill between making the folder and writing it.
fn read_meta(folder: &Path) -> io::Result<Option<Upload>> {
    let path = folder.join(META);
    match fs::read(&path) {
        Ok(bytes) => {
            let upload = serde_json::from_slice(&bytes);
            upload
                .map(Some)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display())))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn segment_name(index: u16) -> String {
    format!("{index:04}.segment")
}

const LOCK: &str = "lock";
const INCOMING: &str = "incoming";
const UPLOADS: &str = "uploads";
const MEDIA: &str = "media";
const META: &str = "meta.json";
const CONTENT: &str = "content";
const PART: &str = "content.part";

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::*;
    use crate::api::Version;
    use crate::emulator::upload::Millis;

    fn upload(segments: &[&[u8]]) -> Upload {
        Upload {
            id: MediaId::new(7).unwrap(),
            media_key: None,
            phase: Phase::Processing,
            api: Version::V2,
            total_bytes: segments.iter().map(Source::len).sum(),
            media_type: "video/mp4".to_owned(),
            media_category: None,
            additional_owners: Vec::new(),
            shared: false,
            created_ms: Millis(1),
            expires_ms: Millis(2),
            one_shot: false,
            segments: (0..).zip(segments.iter().map(Source::len)).collect(),
            finalized_ms: Some(Millis(1)),
            judgement: None,
            alt_text: None,
            subtitles: Vec::new(),
        }
    }

    fn keep(store: &DiskStore, id: MediaId, index: u16, bytes: &[u8]) {
        let mut spool = store.spool().unwrap();
        spool.write_all(bytes).unwrap();
        assert_eq!(spool.length(), bytes.len() as u64);
        store.keep(id, index, spool).unwrap();
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_content_is_whole_wherever_making_it_was_interrupted() {
        let segments: [&[u8]; 3] = [b"abc", b"de", b"f"];
        for crash in 0..5 {
            let root = tempfile::tempdir().unwrap();
            let store = DiskStore::open(root.path()).unwrap();
            let upload = upload(&segments);
            store.save(&upload).unwrap();
            for (index, bytes) in (0..).zip(segments) {
                keep(&store, upload.id, index, bytes);
            }
            let folder = root.path().join("uploads/7");
            let (part, content) = (folder.join(PART), folder.join(CONTENT));
            let first = folder.join("0000.segment");
            match crash {
                // The first segment is in its place, then some bytes of the second, then all, then its name, then a cleared one.
                0 => {}
                1 => fs::rename(first, part).unwrap(),
                2 => {
                    fs::rename(first, &part).unwrap();
                    fs::write(&part, b"abcd").unwrap();
                }
                3 => {
                    fs::remove_file(first).unwrap();
                    fs::write(&content, b"abcdef").unwrap();
                }
                _ => {
                    fs::remove_file(first).unwrap();
                    fs::remove_file(folder.join("0001.segment")).unwrap();
                    fs::write(&content, b"abcdef").unwrap();
                }
            }
            store.assemble(&upload).unwrap();
            assert_eq!(fs::read(&content).unwrap(), b"abcdef", "{crash}");
            assert_eq!(names(&folder), ["content", "meta.json"], "{crash}");
            store.assemble(&upload).unwrap();
            store.finish(&Upload { phase: Phase::Succeeded, ..upload }).unwrap();
            assert_eq!(names(&root.path().join("media/7")), ["content", "meta.json"]);
            assert!(names(&root.path().join("uploads")).is_empty());
        }
    }

    /// Opens a storage that was closed a moment ago: a child that another test is just starting has its lock, too, until
    /// its program begins.
    fn open_again(root: &Path) -> DiskStore {
        for _ in 0..500 {
            match DiskStore::open(root) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                    thread::sleep(Duration::from_millis(10));
                }
                opened => return opened.unwrap(),
            }
        }
        panic!("the storage stays in use");
    }

    #[test]
    fn what_was_being_moved_or_begun_at_the_end_is_settled_at_the_start() {
        let root = tempfile::tempdir().unwrap();
        let store = DiskStore::open(root.path()).unwrap();
        let moved = Upload { phase: Phase::Failed, ..upload(&[b"x"]) };
        store.save(&moved).unwrap();
        fs::create_dir(root.path().join("uploads/9")).unwrap();
        let mut arriving = store.spool().unwrap();
        arriving.write_all(b"x").unwrap();
        std::mem::forget(arriving);
        drop(store);
        let store = open_again(root.path());
        assert_eq!(store.load().unwrap(), [moved]);
        assert!(names(&root.path().join("uploads")).is_empty() && names(&root.path().join("incoming")).is_empty());
        assert_eq!(names(&root.path().join("media")), ["7"]);
    }

    #[test]
    fn segments_that_differ_from_what_was_counted_are_no_content() {
        let root = tempfile::tempdir().unwrap();
        let store = DiskStore::open(root.path()).unwrap();
        let upload = upload(&[b"abc", b"de"]);
        store.save(&upload).unwrap();
        keep(&store, upload.id, 0, b"abc");
        keep(&store, upload.id, 1, b"d");
        assert_eq!(store.assemble(&upload).unwrap_err().kind(), io::ErrorKind::InvalidData);
        store.forget(upload.id).unwrap();
        assert!(store.load().unwrap().is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_storage_is_for_one_server() {
        let root = tempfile::tempdir().unwrap();
        let store = DiskStore::open(root.path()).unwrap();
        assert_eq!(DiskStore::open(root.path()).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        drop(store);
        open_again(root.path());
    }
}
