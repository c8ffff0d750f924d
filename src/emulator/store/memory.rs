//! Uploads in memory, for tests of the machine.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use super::{Spool, Store};
use crate::api::MediaId;
use crate::emulator::upload::{Phase, Upload};
use crate::input::Source;

/// Uploads in memory; clones share them, as a restart does with a disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryStore(Rc<RefCell<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    uploads: BTreeMap<MediaId, Upload>,
    segments: BTreeMap<(MediaId, u16), Vec<u8>>,
    contents: BTreeMap<MediaId, Vec<u8>>,
    /// Whether every write fails.
    full: bool,
}

#[derive(Debug, Default)]
pub(crate) struct MemorySpool(pub(crate) Vec<u8>);

impl MemoryStore {
    /// Makes every write fail, or no longer.
    pub(crate) fn fill(&self, full: bool) {
        self.0.borrow_mut().full = full;
    }

    /// The whole content of an upload.
    pub(crate) fn bytes(&self, id: MediaId) -> Option<Vec<u8>> {
        self.0.borrow().contents.get(&id).cloned()
    }

    /// Whether nothing at all is kept.
    pub(crate) fn is_empty(&self) -> bool {
        let inner = self.0.borrow();
        inner.uploads.is_empty() && inner.segments.is_empty() && inner.contents.is_empty()
    }

    fn write(&self) -> io::Result<std::cell::RefMut<'_, Inner>> {
        let inner = self.0.borrow_mut();
        if inner.full { Err(io::ErrorKind::StorageFull.into()) } else { Ok(inner) }
    }
}

impl Store for MemoryStore {
    type Spool = MemorySpool;

    fn spool(&self) -> io::Result<MemorySpool> {
        self.write().map(|_| MemorySpool::default())
    }

    fn load(&self) -> io::Result<Vec<Upload>> {
        let inner = self.0.borrow();
        let mut uploads: Vec<Upload> = inner.uploads.values().cloned().collect();
        for upload in uploads.iter_mut().filter(|upload| upload.phase == Phase::Receiving) {
            let own = inner.segments.iter().filter(|((id, _), _)| *id == upload.id);
            upload.segments = own.map(|((_, index), bytes)| (*index, bytes.len() as u64)).collect();
        }
        Ok(uploads)
    }

    fn save(&self, upload: &Upload) -> io::Result<()> {
        self.write()?.uploads.insert(upload.id, upload.clone());
        Ok(())
    }

    fn keep(&self, id: MediaId, index: u16, spool: MemorySpool) -> io::Result<()> {
        self.write()?.segments.insert((id, index), spool.0);
        Ok(())
    }

    fn keep_whole(&self, id: MediaId, spool: MemorySpool) -> io::Result<()> {
        self.write()?.contents.insert(id, spool.0);
        Ok(())
    }

    fn assemble(&self, upload: &Upload) -> io::Result<()> {
        let mut inner = self.write()?;
        let of_upload = |key: &(MediaId, u16)| key.0 == upload.id;
        let whole =
            inner.segments.iter().filter(|(key, _)| of_upload(key)).flat_map(|(_, bytes)| bytes.clone()).collect();
        inner.contents.entry(upload.id).or_insert(whole);
        inner.segments.retain(|key, _| !of_upload(key));
        Ok(())
    }

    fn content(&self, id: MediaId) -> io::Result<Box<dyn Source>> {
        let bytes = self.bytes(id).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(bytes))
    }

    fn finish(&self, upload: &Upload) -> io::Result<()> {
        self.save(upload)
    }

    fn forget(&self, id: MediaId) -> io::Result<()> {
        let mut inner = self.write()?;
        inner.uploads.remove(&id);
        inner.contents.remove(&id);
        inner.segments.retain(|(own, _), _| *own != id);
        Ok(())
    }
}

impl Write for MemorySpool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spool for MemorySpool {
    fn length(&self) -> u64 {
        self.0.len() as u64
    }
}
