//! What is written down of uploads: one file each in a folder, which a crash at any moment leaves readable.

mod header;
mod log;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use header::{Header, RawPath, Subject, Wanted, WantedSubtitle};

use self::log::{Log, Opened};
use super::plan::FollowUp;
use super::record::Record;
use super::state::State;
use crate::profile::Use;

/// The folder where the journals of uploads are.
#[derive(Clone, Debug)]
pub struct Journals {
    folder: PathBuf,
}

/// The journal of one upload, held by this process alone.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    log: Log,
}

/// What a journal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name of the upload.
    pub name: String,
    /// What it is of and for, with what was asked for last.
    pub header: Header,
    /// What has happened to it.
    pub state: State,
}

/// What a journal could not be used for.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another process sends this upload.
    #[error("another process is sending this upload (its journal {} is in use)", .0.display())]
    InUse(PathBuf),
    /// The system said no.
    #[error("the journal {}: {cause}", .path.display())]
    System {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

impl Entry {
    /// Whether nothing is left to do: the file is uploaded, and what was asked for beside it is attached.
    pub fn is_done(&self) -> bool {
        let Wanted { alt_text, subtitles, .. } = &self.header.wanted;
        // Other uses take no text, and none is sent for them.
        let takes_text =
            self.header.subject.category.is_none_or(|category| matches!(category.takes(), Use::Image | Use::Gif));
        let is_attached = |wanted: &WantedSubtitle| {
            self.state.followed.iter().any(|done| {
                matches!(done, FollowUp::Subtitle(subtitle)
                    if subtitle.language_code == wanted.language && subtitle.display_name == wanted.name)
            })
        };
        let mut texts = alt_text.iter().filter(|_| takes_text);
        self.state.uploaded.is_some()
            && texts.all(|text| self.state.has_followed(&FollowUp::AltText(text.clone())))
            && subtitles.iter().all(is_attached)
    }
}

impl Journals {
    /// The journals in the folder `uploads` of a folder for the state of the program.
    pub fn below(state: &Path) -> Self {
        Self { folder: state.join("uploads") }
    }

    /// Opens the journal of an upload, and says what is in it. Absent: nothing that can be gone on from.
    pub fn open(&self, subject: &Subject) -> Result<(Journal, Option<Entry>), JournalError> {
        self.make()?;
        let name = subject.name();
        let path = self.path_of(&name);
        let failed = |cause| JournalError::System { path: path.clone(), cause };
        let (log, lines) = match Log::open(&path).map_err(failed)? {
            Opened::Ours(log, lines) => (log, lines),
            Opened::InUse => return Err(JournalError::InUse(path)),
        };
        let entry = entry_of(name, &lines).filter(|entry| entry.header.subject == *subject);
        Ok((Journal { path, log }, entry))
    }

    /// What all journals say, by the time at which they were begun. Those that cannot be read are left out.
    pub fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        let failed = |cause| JournalError::System { path: self.folder.clone(), cause };
        let files = match fs::read_dir(&self.folder) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut entries = Vec::new();
        for file in files {
            let path = file.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION)
                && let Some(name) = path.file_stem().and_then(|name| name.to_str())
                && let Ok(lines) = Log::read(&path)
            {
                entries.extend(entry_of(name.to_owned(), &lines));
            }
        }
        entries.sort_by(|one, other| (one.header.began, &one.name).cmp(&(other.header.began, &other.name)));
        Ok(entries)
    }

    /// Removes the journal of that name; says whether there was one. One that is in use stays.
    pub fn forget(&self, name: &str) -> Result<bool, JournalError> {
        let path = self.path_of(name);
        let failed = |cause| JournalError::System { path: path.clone(), cause };
        if !path.exists() {
            return Ok(false);
        }
        match Log::open(&path).map_err(failed)? {
            Opened::InUse => Err(JournalError::InUse(path)),
            Opened::Ours(log, _) => {
                // There a file that is open is not removed.
                #[cfg(windows)]
                drop(log);
                let removed = fs::remove_file(&path).map_err(failed);
                #[cfg(not(windows))]
                drop(log);
                removed.map(|()| true)
            }
        }
    }

    fn path_of(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension(EXTENSION)
    }

    /// Makes the folder, for its owner alone where it is new.
    fn make(&self) -> Result<(), JournalError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder).map_err(|cause| JournalError::System { path: self.folder.clone(), cause })
    }
}

impl Journal {
    /// Begins the journal, without what was in it.
    pub fn begin(&mut self, header: &Header) -> Result<(), JournalError> {
        self.log.clear().and_then(|()| self.log.append(&[json(header)?])).map_err(|cause| self.failed(cause))?;
        // The name of a new file is in its folder, which is written on its own.
        #[cfg(unix)]
        if let Some(folder) = self.path.parent() {
            fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|cause| self.failed(cause))?;
        }
        Ok(())
    }

    /// Writes a record down; it outlives a crash when this returns.
    pub fn write(&mut self, record: &Record) -> Result<(), JournalError> {
        json(record).and_then(|line| self.log.append(&[line])).map_err(|cause| self.failed(cause))
    }

    fn failed(&self, cause: io::Error) -> JournalError {
        JournalError::System { path: self.path.clone(), cause }
    }
}

/// What the lines of a journal say. Absent: they say nothing that this version understands.
fn entry_of(name: String, lines: &[String]) -> Option<Entry> {
    let (first, rest) = lines.split_first()?;
    let mut header: Header = serde_json::from_str(first).ok()?;
    if header.journal != Header::VERSION {
        return None;
    }
    // A record of a later version ends what can be gone on from.
    let records: Vec<Record> = rest.iter().map_while(|line| serde_json::from_str(line).ok()).collect();
    let state = State::of(header.stamp.size, &records);
    for record in records {
        if let Record::Wanted(wanted) = record {
            header.wanted = wanted;
        }
    }
    Some(Entry { name, header, state })
}

fn json(value: &impl serde::Serialize) -> io::Result<String> {
    serde_json::to_string(value).map_err(io::Error::other)
}

/// The end of the names of journals.
const EXTENSION: &str = "journal";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{MediaId, Version};
    use crate::upload::{Moment, Stamp, Stored};

    fn header(path: &str) -> Header {
        let subject = Subject {
            api: Version::V2,
            endpoint: "https://api.x.com".to_owned(),
            account: "12".to_owned(),
            path: path.to_owned(),
            category: None,
            additional_owners: Vec::new(),
            simple: false,
        };
        let stamp = Stamp { size: 10, modified_seconds: 5, modified_nanoseconds: 6 };
        let media_type = "image/png".to_owned();
        Header {
            journal: 1,
            program: "0.1.0".to_owned(),
            began: Moment::from_secs(1),
            subject,
            raw_path: None,
            stamp,
            media_type,
            wanted: Wanted::default(),
        }
    }

    fn initialized() -> Record {
        Record::Initialized { id: MediaId::new(7).unwrap(), key: None, expires: None, chunk: 4 }
    }

    #[test]
    fn an_upload_is_gone_on_from_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::below(folder.path());
        let header = header("/a.png");
        let (mut journal, entry) = journals.open(&header.subject).unwrap();
        assert_eq!(entry, None);
        journal.begin(&header).unwrap();
        journal.write(&initialized()).unwrap();
        let segments = vec![Stored { index: 0, offset: 0, length: 4, crc32: 9 }];
        journal.write(&Record::Acknowledged { segments, expires: None }).unwrap();
        assert!(matches!(journals.open(&header.subject), Err(JournalError::InUse(_))));
        assert!(matches!(journals.forget(&header.subject.name()), Err(JournalError::InUse(_))));
        drop(journal);
        let (_, entry) = journals.open(&header.subject).unwrap();
        let entry = entry.unwrap();
        assert_eq!((entry.header, entry.state.stored_bytes()), (header, 4));
    }

    #[test]
    fn an_upload_is_done_when_all_that_was_asked_for_is_attached() {
        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::below(folder.path());
        let entry = || journals.entries().unwrap().remove(0);
        let subtitles = vec![WantedSubtitle {
            language: "en".to_owned(),
            name: "English".to_owned(),
            path: "/a.srt".to_owned(),
            raw_path: None,
        }];
        let video = Header { wanted: Wanted { subtitles, ..Wanted::default() }, ..header("/a.mp4") };
        let (mut journal, _) = journals.open(&video.subject).unwrap();
        journal.begin(&video).unwrap();
        journal.write(&initialized()).unwrap();
        assert!(!entry().is_done());
        let id = MediaId::new(7).unwrap();
        journal.write(&Record::Finished(crate::upload::Uploaded { id, key: None, expires: None })).unwrap();
        assert!(!entry().is_done(), "the subtitles are open");
        let (language_code, display_name) = ("en".to_owned(), "English".to_owned());
        let subtitle = crate::api::Subtitle { id, language_code, display_name };
        journal.write(&Record::Followed { done: FollowUp::Subtitle(subtitle) }).unwrap();
        assert!(entry().is_done());
        // A later command asks for a text too.
        let wanted = Wanted { alt_text: Some("A cat".to_owned()), ..video.wanted };
        journal.write(&Record::Wanted(wanted.clone())).unwrap();
        assert_eq!((entry().is_done(), entry().header.wanted), (false, wanted));
        journal.write(&Record::Followed { done: FollowUp::AltText("A cat".to_owned()) }).unwrap();
        assert!(entry().is_done());
    }

    #[test]
    fn entries_are_listed_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::below(folder.path());
        assert!(journals.entries().unwrap().is_empty());
        for path in ["/a.png", "/b.png"] {
            let header = header(path);
            journals.open(&header.subject).unwrap().0.begin(&header).unwrap();
        }
        fs::write(folder.path().join("uploads/other.txt"), "x").unwrap();
        fs::write(folder.path().join("uploads/damaged.journal"), "x").unwrap();
        let entries = journals.entries().unwrap();
        assert_eq!(entries.len(), 2);
        assert!(journals.forget(&entries[0].name).unwrap());
        assert!(!journals.forget(&entries[0].name).unwrap());
        assert_eq!(journals.entries().unwrap().len(), 1);
    }

    #[test]
    fn a_journal_of_another_version_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::below(folder.path());
        let later = Header { journal: 2, ..header("/a.png") };
        journals.open(&later.subject).unwrap().0.begin(&later).unwrap();
        assert_eq!(journals.open(&later.subject).unwrap().1, None);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_reads_a_journal() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let journals = Journals::below(folder.path());
        let (journal, _) = journals.open(&header("/a.png").subject).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&journal.path), 0o600);
        assert_eq!(mode(&journals.folder), 0o700);
    }
}
