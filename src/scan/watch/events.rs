//! What the system says about files, in the few words that matter here.

use std::path::PathBuf;

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, MetadataKind, ModifyKind, RenameMode};
use notify::{ErrorKind, Event};

/// What happened to a file or a folder.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// It is new, or another name of what was there.
    Created(PathBuf),
    /// It has been written to.
    Written(PathBuf),
    /// It was closed after writing.
    Closed(PathBuf),
    /// It was moved to this name.
    Arrived(PathBuf),
    /// It no longer has this name.
    Gone(PathBuf),
    /// Some of what happened was lost.
    Lost,
    /// Something cannot be watched: why.
    Failed(String),
}

/// The signals of one event. Most events give none or one.
pub(crate) fn signals(event: notify::Result<Event>) -> Vec<Signal> {
    let event = match event {
        Ok(event) => event,
        Err(error) => return vec![failed(&error)],
    };
    if event.need_rescan() {
        return vec![Signal::Lost];
    }
    let signal: fn(PathBuf) -> Signal = match event.kind {
        EventKind::Create(CreateKind::Any | CreateKind::File | CreateKind::Folder | CreateKind::Other) => {
            Signal::Created
        }
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => Signal::Closed,
        // A new time is all that tells of writing where files are polled. Elsewhere no such event comes.
        EventKind::Modify(
            ModifyKind::Data(_) | ModifyKind::Any | ModifyKind::Other | ModifyKind::Metadata(MetadataKind::WriteTime),
        ) => Signal::Written,
        EventKind::Modify(ModifyKind::Name(RenameMode::From)) | EventKind::Remove(_) => Signal::Gone,
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => {
            return event.paths.into_iter().zip([Signal::Gone, Signal::Arrived]).map(|(path, is)| is(path)).collect();
        }
        // Without a direction both names are told of; the one that is gone is seen to be.
        EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Any | RenameMode::Other)) => Signal::Arrived,
        EventKind::Any | EventKind::Other | EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => {
            return Vec::new();
        }
    };
    event.paths.into_iter().map(signal).collect()
}

fn failed(error: &notify::Error) -> Signal {
    // A file that went away while it was looked at.
    let is_gone = match &error.kind {
        ErrorKind::PathNotFound | ErrorKind::WatchNotFound => true,
        ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    };
    if is_gone { Signal::Lost } else { Signal::Failed(reason(error)) }
}

/// Why something cannot be watched, in one sentence.
pub(crate) fn reason(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => {
            "the system lets no more folders be watched (on Linux: sysctl fs.inotify.max_user_watches)".to_owned()
        }
        ErrorKind::PathNotFound => "No such file or directory".to_owned(),
        ErrorKind::Io(error) => super::super::walk::plain(error),
        ErrorKind::Generic(text) => text.clone(),
        ErrorKind::WatchNotFound | ErrorKind::InvalidConfig(_) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{DataChange, Flag, RemoveKind};

    use super::*;

    fn told(kind: EventKind, paths: &[&str]) -> Vec<Signal> {
        let event = paths.iter().fold(Event::new(kind), |event, path| event.add_path(PathBuf::from(path)));
        signals(Ok(event))
    }

    #[test]
    fn each_event_is_told_in_few_words() {
        let a = || PathBuf::from("a");
        let b = || PathBuf::from("b");
        for (kind, signal) in [
            (EventKind::Create(CreateKind::File), Signal::Created(a())),
            (EventKind::Create(CreateKind::Any), Signal::Created(a())),
            (EventKind::Modify(ModifyKind::Data(DataChange::Any)), Signal::Written(a())),
            (EventKind::Modify(ModifyKind::Metadata(MetadataKind::WriteTime)), Signal::Written(a())),
            (EventKind::Access(AccessKind::Close(AccessMode::Write)), Signal::Closed(a())),
            (EventKind::Modify(ModifyKind::Name(RenameMode::To)), Signal::Arrived(a())),
            (EventKind::Modify(ModifyKind::Name(RenameMode::From)), Signal::Gone(a())),
            (EventKind::Remove(RemoveKind::File), Signal::Gone(a())),
        ] {
            assert_eq!(told(kind, &["a"]), [signal], "{kind:?}");
        }
        let both = EventKind::Modify(ModifyKind::Name(RenameMode::Both));
        assert_eq!(told(both, &["a", "b"]), [Signal::Gone(a()), Signal::Arrived(b())]);
        for kind in [
            EventKind::Access(AccessKind::Open(AccessMode::Any)),
            EventKind::Access(AccessKind::Close(AccessMode::Read)),
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)),
        ] {
            assert_eq!(told(kind, &["a"]), [], "{kind:?}");
        }
    }

    #[test]
    fn lost_events_are_told() {
        assert_eq!(signals(Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan))), [Signal::Lost]);
        let full = notify::Error::new(ErrorKind::MaxFilesWatch);
        assert!(matches!(&signals(Err(full))[..], [Signal::Failed(why)] if why.contains("max_user_watches")));
    }
}
